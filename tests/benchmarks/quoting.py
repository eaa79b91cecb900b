"""How often a quotation is right: `python tests/benchmarks/quoting.py --passages FILE --questions FILE [--json]`.

Each question is asked twice: of the whole book, and of the book without the section that answers it, where a
quotation is always counted as wrong. A quotation is right if it is from the section that the question belongs to; that
another section may say the same counts against it. Both files are JSON lines as in `retrieval.py`; passages have a
`section` beside what Fabella reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fabella import quotation
from fabella.texts import Texts, documents
from fabella_knowledge import LibraryError, load
from fabella_knowledge.excerpts import Excerpts
from fabella_knowledge.index import fit
from fabella_knowledge.library import Library

CURVE = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, quotation.THRESHOLD, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its kind, and the section that answers it."""

    text: str
    kind: str
    section: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: the probability of the best quotation (0: none), and whether it is right."""

    question: Question
    removed: bool
    chance: float
    right: bool


def outcomes(library: Library, questions: Sequence[Question]) -> Iterator[Outcome]:
    """Each question asked of all passages, then of those without its section."""
    sections = [json.loads(one.further).get("section") for one in library.excerpts]
    by_section: dict[str, list[Question]] = defaultdict(list)
    for one in questions:
        by_section[one.section].append(one)
    yield from _asked(library, range(len(sections)), sections, questions, removed=False)
    for section, asked in by_section.items():
        kept = [at for at, held in enumerate(sections) if held != section]
        yield from _asked(library, kept, sections, asked, removed=True)


def _asked(
    library: Library, kept: Sequence[int], sections: Sequence[str], questions: Sequence[Question], *, removed: bool
) -> Iterator[Outcome]:
    part = replace(library, excerpts=Excerpts.of(library.excerpts[at] for at in kept))
    texts = Texts(part, fit(documents(part)), "")
    section_of = {library.excerpts[at].id: sections[at] for at in kept}
    for one in questions:
        draft = quotation.quote(texts, one.text, threshold=0.0)
        right = draft is not None and section_of[draft.said[0].passage] == one.section
        yield Outcome(one, removed, draft.chance if draft is not None else 0.0, right)


def row(found: Sequence[Outcome], threshold: float) -> dict[str, float]:
    """Figures at a threshold, shares from 0 to 1."""
    whole = [one for one in found if not one.removed]
    without = [one for one in found if one.removed]
    given = [one for one in found if one.chance >= threshold]
    there = [one for one in whole if one.chance >= threshold]
    return {
        "threshold": threshold,
        "answered": len(there) / max(1, len(whole)),
        "right_of_answered": sum(one.right for one in there) / max(1, len(there)),
        "answered_without_the_section": sum(one.chance >= threshold for one in without) / max(1, len(without)),
        "precision": sum(one.right for one in given) / max(1, len(given)),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or one JSON object; 2 for files that cannot be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", required=True, type=Path)
    parser.add_argument("--questions", required=True, type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    try:
        library = load(options.passages, builtin=False)
        lines = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines() if line]
        questions = [Question(one["query"], one["kind"], one["section"]) for one in lines]
    except (LibraryError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"quoting: {error}", file=sys.stderr)
        return 2
    found = list(outcomes(library, questions))
    kinds = ["all", *dict.fromkeys(one.kind for one in questions)]
    table = {
        kind: [row([one for one in found if kind in ("all", one.question.kind)], at) for at in CURVE] for kind in kinds
    }
    if options.json:
        print(json.dumps({"threshold": quotation.THRESHOLD, "questions": len(questions), "curve": table}))
        return 0
    for kind, rows in table.items():
        print(f"\n{kind}\nthreshold  answered  right of these  answered without the section  precision, half of each")
        for one in rows:
            print(
                f"{one['threshold']:>9.2f}{one['answered']:>10.1%}{one['right_of_answered']:>16.1%}"
                f"{one['answered_without_the_section']:>30.1%}{one['precision']:>26.1%}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
