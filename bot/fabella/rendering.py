"""Answers as text: plain, and Markdown for chat rooms. Pure functions of the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabella.answer import Answer

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


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


def markdown(answer: Answer) -> str:
    """As `plain`, with everything that came from outside escaped and the sources as links."""
    lines: list[str] = []
    if answer.lead:
        lines.append(f"**{escape(answer.lead)}**")
    lines += [f"- {escape(one.text)} {escape(numbers(one.citations))}" for one in answer.statements]
    lines += [f"- {escape(option)}" for option in answer.options]
    lines += [escape(note) for note in answer.notes]
    if answer.citations:
        lines += ["", "**Sources**"]
        lines += [f"{one.number}. {escape(one.text)}" for one in answer.citations]
    return "\n".join(lines)


def escape(text: str) -> str:
    """`text` with Markdown's own characters made inert."""
    return _MARKDOWN.sub(r"\\\1", text)
