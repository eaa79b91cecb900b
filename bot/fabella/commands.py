"""The commands of the command line. Each gives an exit status and imports what it alone needs."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from fabella_knowledge.errors import SettingError

from fabella import arguments, cache
from fabella.batch import Progress
from fabella.engine import Engine
from fabella.screen import Screen, screen
from fabella.texts import Texts, open_texts

DONE, PROBLEMS, HELD = 0, 1, 3
Command = Callable[[argparse.Namespace, Sequence[Path]], int]


def ask(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Print the answer to one question (3: refused or asked back), or with --batch those to many."""
    if options.batch is not None:
        return _batch(options, folders)
    answer = _load(folders).ask(" ".join(options.question), style=options.cite, explain=options.why)
    if options.json:
        from fabella.batch import dump, to_json

        print(dump(to_json(answer, why=options.why), encoding=sys.stdout.encoding))
    else:
        from fabella.session import why

        shown = _screen()
        shown.show(answer)
        if options.why:
            shown.show(why(answer.why))
    return HELD if answer.status in ("refused", "clarify") else DONE


def _batch(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    from fabella import batch

    with _opened(options.batch) as lines:
        answers = batch.answers(_load(folders), lines, style=options.cite, why=options.why)
        right = batch.write(answers, sys.stdout, sys.stderr, name=options.batch)
    return DONE if right else PROBLEMS


def search(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Print the passages that fit a query best (3: none does), or with --batch those of many.

    The texts that are named by --library are searched, and no others; else all that would be asked.
    """
    from fabella import batch, finding, searching

    if options.batch is not None:
        with _opened(options.batch) as lines:
            found = searching.answers(_texts(options, folders), lines, limit=options.limit or arguments.MANY)
            right = batch.write(found, sys.stdout, sys.stderr, name=options.batch)
        return DONE if right else PROBLEMS
    query = " ".join(options.query)
    results = finding.search(_texts(options, folders), query, limit=options.limit or arguments.FEW, explain=True)
    if options.json:
        print(batch.dump(searching.to_json(query, results), encoding=sys.stdout.encoding))
    elif results:
        print(searching.shown(results))
    else:
        tell("nothing found: no passage holds any of these words")
    return DONE if results else HELD


def _texts(options: argparse.Namespace, folders: Sequence[Path]) -> Texts:
    named = arguments.named(options)
    root = cache.chosen(cache.DEFAULT)
    with _progress() as (step, report):
        return open_texts(named or folders, builtin=not named, root=root, report=report, step=step)


def evaluate(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Print the score of the question files; 1 when a line could not be read."""
    from fabella import evaluation, scoresheet

    problems: list[str] = []
    golds: list[evaluation.Gold] = []
    for name in options.file:
        with _opened(name) as lines:
            golds += evaluation.read(lines, name=name, report=problems.append)
    tell(*problems)
    progress = Progress(sys.stderr)
    outcomes = evaluation.evaluate(_load(folders), golds, step=progress.step)
    progress.clear()
    print(scoresheet.table(outcomes, failures=options.failures))
    return PROBLEMS if problems else DONE


def check(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Print every problem of the library and of the folders named; 1 when there is one."""
    from fabella_knowledge import check as problems_of

    problems = problems_of(*folders, *options.path)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "no problem found")
    if options.gaps and not problems:
        _print_gaps(*folders, *options.path)
    return PROBLEMS if problems else DONE


def _print_gaps(*folders: Path) -> None:
    """Print what the articles on muscles lack, region by region, and the shares of facts with one kind of source."""
    import itertools

    from fabella_knowledge import library as libraries
    from fabella_knowledge.gaps import gaps, shares

    library = libraries.load(*folders)
    for region, held in itertools.groupby(gaps(library), key=lambda gap: gap.region):
        print(f"\n{region or 'no region'}")
        for gap in held:
            if gap.missing:
                print(f"  {gap.name}: no {', '.join(section.lower() for section in gap.missing)}")
            for passage in gap.alone:
                print(f"  {gap.name}: rests on Wikipedia alone: {passage.section.lower()}: {passage.text}")
    print("\nfacts that rest on Wikipedia alone")
    for share in shares(library):
        print(f"  {share.section.lower():<14}{share.alone:>5} of {share.facts}")


def converse(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Hold a conversation: with a person at a terminal, else one question a line of standard input."""
    shown = _screen()
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        engine = _load(folders)
        from fabella import repl

        return repl.run(engine, shown)
    from fabella.session import LEAVING, Session

    with _opened("-") as lines:
        talk = Session(_load(folders))
        for raw in lines:
            line = raw.decode("utf-8", "surrogateescape").strip()
            if line.lower() in LEAVING:
                break
            if line:
                shown.echo(line)
                shown.show(talk.reply(line))
    return DONE


def discord(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Run the bot, or register its commands, print its install links, or check its settings.

    Raises:
        SettingError: the packages that it needs are not installed.
    """
    try:
        from fabella.discord import running
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "fabella":
            raise
        raise SettingError(
            f"the bot needs packages that are not installed ({error.name}): pip install 'fabella[discord]'"
        ) from None
    return running.run(options, folders)


COMMANDS: Mapping[str | None, Command] = {
    None: converse,
    "ask": ask,
    "check": check,
    "discord": discord,
    "eval": evaluate,
    "search": search,
}


def tell(*lines: str) -> None:
    """Write lines to standard error."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def _load(folders: Sequence[Path]) -> Engine:
    with _progress() as (step, report):
        return Engine.load(*folders, report=report, step=step)


@contextlib.contextmanager
def _progress() -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """What shows a count on a terminal, and what tells a line in its place; the count is gone at the end."""
    made = Progress(sys.stderr)

    def report(line: str) -> None:
        made.clear()
        tell(line)

    try:
        yield made.reach, report
    finally:
        made.clear()


def _screen() -> Screen:
    return screen(sys.stdout, no_color=bool(os.environ.get("NO_COLOR")))


def _opened(name: str) -> contextlib.AbstractContextManager[BinaryIO]:
    """The bytes of a file, or of standard input for "-".

    Raises:
        SettingError: a file that cannot be opened, or a standard input that is closed.
    """
    if name == "-":
        if sys.stdin is None:
            raise SettingError("standard input is closed: nothing to answer")
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"{name}: cannot be read: {reason}") from None
