"""Replies as rich text, for a terminal of any width. Imported only where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from fabella.answer import Answer
from fabella.rendering import located, numbers, offers, visible
from fabella.session import Listing, Reply

WIDEST = 96  # columns of text: longer lines are hard to read, however wide the window
_LEAD = {
    "answered": "bold",
    "corrected": "bold yellow",
    "clarify": "bold cyan",
    "refused": "bold",
    "smalltalk": "bold",
}


class Terminal:
    """A terminal. `no_color` leaves out every style, so that nothing but text is written."""

    def __init__(self, stream: TextIO, *, no_color: bool = False, width: int | None = None) -> None:
        self._console = Console(
            file=stream,
            color_system=None if no_color else "auto",
            highlight=False,
            markup=False,
            emoji=False,
            width=width,
        )

    def show(self, reply: Reply) -> None:
        """Write one reply, with an empty line below it."""
        blocks = _answer(reply) if isinstance(reply, Answer) else _listing(reply)
        width = min(self._console.width, WIDEST)
        for block in blocks:
            self._console.print(block, width=width, overflow="fold")
        self._console.print()

    def echo(self, question: str) -> None:
        """Write a question above its answer."""
        self._console.print(Text(f"? {visible(question)}", style="bold"), overflow="fold")


def _answer(answer: Answer) -> Iterable[RenderableType]:
    if answer.lead:
        yield Text(visible(answer.lead), style=_LEAD.get(answer.status, "bold"))
    if answer.statements:
        yield _grid(("•", _statement(one.text, numbers(one.citations))) for one in answer.statements)
    if answer.options:
        yield _grid((f"{n}.", Text(visible(one))) for n, one in enumerate(answer.options, 1))
    for note in answer.notes:
        yield Text(visible(note), style="italic")
    if answer.citations:
        yield Text()
        yield _grid(
            (
                f"[{one.number}]",
                Text(visible(located(one)), style="dim"),
            )
            for one in answer.citations
        )
    if asked := offers(answer):
        yield Text()
        yield Text("You can ask", style="dim")
        yield _grid(("›", Text(visible(one))) for one in asked)


def _statement(text: str, marks: str) -> Text:
    return Text.assemble(visible(text), " ", (marks, "cyan"))


def _listing(listing: Listing) -> Iterable[RenderableType]:
    yield Text(visible(listing.title), style="bold")
    yield _grid((label, Text(visible(text), style="" if label else "dim")) for label, text in listing.rows)


def _grid(rows: Iterable[tuple[str, Text]]) -> Table:
    """Labels in a column as wide as they need, texts beside them with a hanging indent."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(visible(label), text)
    return table
