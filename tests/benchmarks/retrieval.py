"""How well and how fast Fabella's index ranks, beside the peers that are installed.

    python tests/benchmarks/retrieval.py --passages FILE --questions FILE             one table
    python tests/benchmarks/retrieval.py --passages FILE --questions FILE --typos     each query once more with a typo
    python tests/benchmarks/retrieval.py --passages FILE --questions FILE --ablation  what each part of ours gives
    python tests/benchmarks/retrieval.py --passages FILE --questions FILE --growth    1, 10 and 100 thousand passages
    python tests/benchmarks/retrieval.py --beir FOLDER                                nDCG@10 on data in BEIR's format

Passages are JSON lines of `title, heading, text` and the `section` they are of; questions of `id, kind, query` and
the `section` that answers. A passage is title, heading and text to every engine; sections are ranked by their first
passage among the best 100. S@1 and S@5 are the shares of questions whose section is the first or among the first
five, MRR@10 the mean of one over its rank up to ten.

Each engine runs in a process of its own, in one thread on one core. Queries are timed singly, warmed up, five times,
by turns with the other engines' (an engine that takes long is timed once); median and p99 are of all of them. The
peak is how far the memory of the process grew while it built, the index what it takes in files. Peers are installed
with `pip install bm25s PyStemmer tantivy rank-bm25 sentence-transformers`; `pip install matplotlib` for --plot.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from retrieving import tables
from retrieving.ablation import variants
from retrieving.engines import ENGINES, GROWING, Spec
from retrieving.growth import SIZES, grown
from retrieving.judging import judged
from retrieving.machine import ONE_THREAD, described
from retrieving.measuring import measured, say
from retrieving.plotting import draw
from retrieving.reading import Passage, Question, UnreadableError, read_beir, read_passages, read_questions
from retrieving.typos import mistyped

PICTURES = (".png", ".svg", ".pdf")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; gives the exit status: 0, 1 where an engine failed, 2 for input that can't be used."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _check(parser, options)
    os.environ.update(ONE_THREAD)
    machine = described()
    try:
        lines, figures, failed = _measured(options)
    except UnreadableError as error:
        say("")
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    say("")
    if options.json:
        print(json.dumps({"machine": machine, "timed_top": options.top} | figures, indent=2))
    else:
        print(machine, f"times are of ranking the best {options.top}", "", *lines, sep="\n")
    return int(failed)


def _measured(options: argparse.Namespace) -> tuple[list[str], dict[str, Any], bool]:
    """The table's lines, the same figures for JSON, and whether an engine failed."""
    if options.beir:
        data = read_beir(options.beir)
        scored = judged(_specs(options, tuple(ENGINES)), data, top=options.top)
        counts = {"passages": len(data.passages), "questions": len(data.queries)}
        return (
            _told(counts, tables.beir_table(scored)),
            counts | {"beir": tables.plain_scores(scored)},
            any(o.row.failed for o in scored),
        )
    passages = read_passages(options.passages)
    questions = read_questions(options.questions, passages)
    counts = {"passages": len(passages), "questions": len(questions)}
    if options.growth:
        return _growth(options, passages, questions)
    typos, unchanged = None, 0
    if options.typos:
        made = [mistyped(one.query, random.Random(f"{options.seed}:{one.id}")) for one in questions]
        typos = [new or one.query for new, one in zip(made, questions, strict=True)]
        unchanged = made.count(None)
    specs = variants() if options.ablation else _specs(options, tuple(ENGINES))
    rows = measured(specs, passages, questions, typos, top=options.top)
    figures: dict[str, Any] = counts | ({"typos_unchanged": unchanged} if typos else {})
    failed = any(row.failed for row in rows)
    if options.ablation:
        return _told(counts, tables.ablation_table(rows)), figures | {"ablation": tables.plain_rows(rows)}, failed
    lines = _told(counts, tables.table(rows))
    if typos:
        lines += ["", *tables.typo_table(rows, unchanged)]
    return lines, figures | {"engines": tables.plain_rows(rows)}, failed


def _growth(
    options: argparse.Namespace, passages: Sequence[Passage], questions: Sequence[Question]
) -> tuple[list[str], dict[str, Any], bool]:
    queries = [one.query for one in questions]
    specs = _specs(options, GROWING)
    curves = grown(specs, passages, queries, options.growth, top=options.top, seed=options.seed)
    if options.plot:
        try:
            draw(curves, options.plot)
        except (OSError, ValueError) as error:
            raise UnreadableError(f"--plot {options.plot}: {error}") from None
    return list(tables.growth_table(curves)), {"growth": tables.plain_curves(curves)}, any(one.failed for one in curves)


def _told(counts: dict[str, int], lines: Iterable[str]) -> list[str]:
    return [", ".join(f"{number:,} {what}" for what, number in counts.items()), "", *lines]


def _specs(options: argparse.Namespace, usual: Sequence[str]) -> list[Spec]:
    return [Spec(one) for one in options.only or usual]


def _parser() -> _Parser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = _Parser(description=__doc__, formatter_class=plain)
    parser.add_argument("--passages", type=Path, metavar="FILE", help="JSON lines of passages")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="JSON lines of questions")
    parser.add_argument("--typos", action="store_true", help="also ask each query with one typo")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--ablation", action="store_true", help="our index without each of its parts, instead of peers")
    what.add_argument(
        "--growth", type=_sizes, nargs="?", const=SIZES, metavar="SIZES",
        help="numbers of passages to recombine, between commas (default: 1000,10000,100000)",
    )  # fmt: skip
    what.add_argument("--beir", type=Path, metavar="FOLDER", help="corpus.jsonl, queries.jsonl and qrels/test.tsv")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="with --growth: a picture of it, PNG for instance")
    parser.add_argument("--only", type=_engines, metavar="NAMES", help=f"some of {','.join(ENGINES)}, between commas")
    parser.add_argument("--top", type=_positive, default=10, help="how many passages a timed query ranks (default: 10)")
    parser.add_argument("--seed", type=int, default=7, help="for typos and recombined passages (default: 7)")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    return parser


def _check(parser: _Parser, options: argparse.Namespace) -> None:
    """End with a line where the options don't fit together."""
    if options.beir:
        if options.passages or options.questions or options.typos:
            parser.error("--beir FOLDER has its own passages and questions, and no --typos")
    elif not (options.passages and options.questions):
        parser.error("--passages FILE and --questions FILE are needed, or --beir FOLDER")
    if options.plot and not options.growth:
        parser.error("--plot FILE is drawn with --growth")
    if options.plot:
        # Now, and not when everything has been measured.
        if find_spec("matplotlib") is None:
            parser.error("--plot FILE is drawn by matplotlib: pip install matplotlib")
        if options.plot.suffix not in PICTURES or not options.plot.parent.is_dir():
            parser.error(f"--plot {options.plot}: a file in a folder that exists, ending in {', '.join(PICTURES)}")
    if options.growth and options.typos:
        parser.error("--growth doesn't measure --typos")
    if options.ablation and options.only:
        parser.error("--ablation is of our index alone, without --only")


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({_positive(one) for one in text.split(",")}))


def _positive(text: str) -> int:
    if not text.strip().isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _engines(text: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(text.split(",")))
    for one in asked:
        if one not in ENGINES:
            raise argparse.ArgumentTypeError(f"{one!r} is none of {', '.join(ENGINES)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
