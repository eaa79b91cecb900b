"""Answers as plain text. Pure functions of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabella.answer import Answer


def numbers(citations: tuple[int, ...]) -> str:
    """Citation marks: "[1][3]"."""
    return "".join(f"[{number}]" for number in citations)


def plain(answer: Answer) -> str:
    """Lead, statements, notes and sources, a line each. One question a block where there are several."""
    lines: list[str] = []
    if answer.lead:
        lines.append(answer.lead)
    lines += [f"- {one.text} {numbers(one.citations)}" for one in answer.statements]
    lines += [f"- {option}" for option in answer.options]
    lines += list(answer.notes)
    if answer.citations:
        lines += ["", "Sources"]
        lines += [source_line(one.number, one.text, one.locator) for one in answer.citations]
    return "\n".join(lines)


def source_line(number: int, text: str, locator: str | None) -> str:
    """One numbered source with the place in it."""
    return f"[{number}] {text}" + (f" [{locator}]" if locator and not text.startswith("@") else "")
