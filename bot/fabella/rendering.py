"""Answers as plain text, and what every way of showing them shares. Pure functions of the answer."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabella.answer import Answer, Source

_GIVEN = ("answered", "corrected")


def numbers(citations: tuple[int, ...]) -> str:
    """Citation marks: "[1][3]"."""
    return "".join(f"[{number}]" for number in citations)


def plain(answer: Answer) -> str:
    """Lead, statements, options, notes and sources, a line each."""
    lines: list[str] = []
    if answer.lead:
        lines.append(answer.lead)
    lines += [f"- {one.text} {numbers(one.citations)}" for one in answer.statements]
    lines += [f"- {option}" for option in answer.options]
    lines += list(answer.notes)
    if answer.citations:
        lines += ["", "Sources"]
        lines += [f"[{one.number}] {located(one)}" for one in answer.citations]
    return "\n".join(lines)


def located(source: Source) -> str:
    """A source with the place in it, except in BibTeX, whose entries hold none."""
    return source.text + (f" [{source.locator}]" if source.locator and not source.text.startswith("@") else "")


def visible(text: str) -> str:
    """`text` without control characters, and with lone surrogates as U+FFFD: a terminal obeys none of it."""
    if text.isprintable():
        return text
    kept = (c if c in "\n\t" or unicodedata.category(c) != "Cc" else "" for c in text)
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in kept)


def offers(answer: Answer) -> tuple[str, ...]:
    """The suggestions to show below an answer: all of them where there was no answer, else none."""
    return () if answer.status in _GIVEN else answer.suggestions
