"""Where replies are shown: plain text for pipes and files, rich text for a terminal."""

from __future__ import annotations

from typing import Protocol, TextIO

from fabella.answer import Answer
from fabella.rendering import offers, visible
from fabella.session import Listing, Reply


class Screen(Protocol):
    """Shows replies, one after the other. What is shown has left the process when a method returns."""

    def show(self, reply: Reply) -> None:
        """Write one reply."""

    def echo(self, question: str) -> None:
        """Write a question that nobody typed here, above its answer."""


class Plain:
    """Replies as lines of text without any escape code, not wrapped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gap = ""

    def show(self, reply: Reply) -> None:
        """Write one reply."""
        lines = _answer(reply) if isinstance(reply, Answer) else _listing(reply)
        self._write(lines)

    def echo(self, question: str) -> None:
        """Write a question, set off from the answer before it."""
        self._write([f"> {question}"])
        self._gap = ""

    def _write(self, lines: list[str]) -> None:
        self._stream.write(self._gap + visible("\n".join(lines)) + "\n")
        self._stream.flush()
        self._gap = "\n"


def screen(stream: TextIO, *, no_color: bool) -> Screen:
    """A screen that suits `stream`: rich text for a terminal alone, without styles where none are wanted."""
    if stream.isatty():
        from fabella.terminal import Terminal

        return Terminal(stream, no_color=no_color)
    return Plain(stream)


def _answer(answer: Answer) -> list[str]:
    asked = offers(answer)
    return [answer.text, *(["", "You can ask:", *(f"- {one}" for one in asked)] if asked else [])]


def _listing(listing: Listing) -> list[str]:
    if not listing.rows:
        return [listing.title]
    width = max(len(label) for label, _ in listing.rows)
    return [
        f"{listing.title}:",
        *(f"  {label:<{width}}  {text}" if width else f"  {text}" for label, text in listing.rows),
    ]
