"""Replies as rich text, for a terminal of any width. Imported only where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from fabella.answer import Answer, Table
from fabella.rendering import located, numbers, offers, visible
from fabella.session import Listing, Reply

WIDEST_TABLE = 160  # columns of text for a table
_COLUMN = 28  # columns of text that a column of a table needs at least
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
        width = min(self._console.width, WIDEST)
        if isinstance(reply, Answer):
            if reply.table is not None:
                width = min(self._console.width, WIDEST_TABLE)
            blocks = _answer(reply, width)
        else:
            blocks = _listing(reply)
        for block in blocks:
            self._console.print(block, width=width, overflow="fold")
        self._console.print()

    def echo(self, question: str) -> None:
        """Write a question above its answer."""
        self._console.print(Text(f"? {visible(question)}", style="bold"), overflow="fold")


def _answer(answer: Answer, width: int) -> Iterable[RenderableType]:
    if answer.lead:
        yield Text(visible(answer.lead), style=_LEAD.get(answer.status, "bold"))
    if answer.table is not None and _fits(answer.table, width):
        yield _compared(answer.table)
    elif answer.statements:
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


def _fits(table: Table, width: int) -> bool:
    """Whether the columns of a table have room side by side; else it is told as a list, a structure at a time."""
    return (len(table.columns) + 1) * _COLUMN <= width + _COLUMN // 2


def _compared(table: Table) -> RichTable:
    grid = RichTable(show_lines=True, box=box.SIMPLE_HEAVY, pad_edge=False)
    grid.add_column("", style="bold", no_wrap=True)
    for name in table.columns:
        grid.add_column(visible(name), overflow="fold", ratio=1)
    for label, cells in table.rows:
        grid.add_row(
            label,
            *(
                Text("\n").join(_statement(one.text, numbers(one.citations)) for one in cell)
                if cell
                else Text("–", style="dim")
                for cell in cells
            ),
        )
    return grid


def _statement(text: str, marks: str) -> Text:
    return Text.assemble(visible(text), " ", (marks, "cyan"))


def _listing(listing: Listing) -> Iterable[RenderableType]:
    yield Text(visible(listing.title), style="bold")
    yield _grid((label, Text(visible(text), style="" if label else "dim")) for label, text in listing.rows)


def _grid(rows: Iterable[tuple[str, Text]]) -> RichTable:
    """Labels in a column as wide as they need, texts beside them with a hanging indent."""
    table = RichTable.grid(padding=(0, 1, 0, 0))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(visible(label), text)
    return table
