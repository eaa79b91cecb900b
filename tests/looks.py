"""Draws messages, as Discord's API takes them, as a page of HTML that looks like a channel of Discord."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

_STYLE = Path(__file__).with_name("looks.css")
_EPHEMERAL = 1 << 6
_BUTTON = 2
_COLOURS = ("#5865f2", "#3ba55d", "#eb459e", "#faa61a")
# What Discord's Markdown has of the common one; "zero" has nothing else. Raw HTML, images and tables are not among it.
_RULES = ("backticks", "blockquote", "emphasis", "escape", "fence", "heading", "link", "list", "newline",
          "strikethrough")  # fmt: skip
_MARKDOWN = MarkdownIt("zero", {"breaks": True, "html": False}).enable(list(_RULES))
_ITEM = re.compile(r" *(?:[-*]|\d+\.) ")
_ADDRESS = re.compile(r"(?<![(\"\w])https?://[^\s<>)\]]+[^\s<>)\].,;]")
_QUIET = "\u200b"


@dataclass(frozen=True, slots=True)
class Turn:
    """A message as it stands in a channel: who wrote it, and what stands above it.

    `used` is the command by which somebody (`by`) asked for it; `replied` the text of the message that it answers.
    """

    author: str
    message: dict[str, Any]
    by: str = ""
    used: str = ""
    replied: str = ""


def page(turns: Sequence[Turn], *, theme: str, width: int) -> str:
    """A page of HTML with these messages; `theme` is "dark" or "light", `width` in pixels."""
    shown = "".join(map(_message, turns))
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="{escape(theme)}"><meta charset="utf-8"><title>Fabella</title>'
        f"<style>{_STYLE.read_text(encoding='utf-8')}body {{ width: {width}px; }}</style><body>{shown}</body></html>"
    )


def marked(text: str) -> str:
    """Markdown as Discord shows it: single line breaks stay, and a list ends where a line is not indented."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and _ITEM.match(lines[-1]) and not _ITEM.match(line) and not line.startswith(" "):
            lines.append("")  # the common Markdown would go on with the item
        if not line and lines:
            before = next((one for one in reversed(lines) if one), "")
            line = "" if _ITEM.match(before) else f"{_QUIET}"  # an empty line is shown, but not behind a list
        lines.append(line)
    return _MARKDOWN.render("\n".join(lines))


def _message(turn: Turn) -> str:
    told = turn.message
    bot = bool(told["author"].get("bot"))
    content = _inline(told["content"])
    for one in told.get("mentions", ()):
        named = f'<span class="mention">@{escape(one["username"])}</span>'
        content = content.replace(f"&lt;@{one['id']}&gt;", named)
    alone = '<div class="alone">👁 Only you can see this</div>' if told.get("flags", 0) & _EPHEMERAL else ""
    return (
        f'<div class="message">{_above(turn)}{_avatar(turn.author, "avatar")}'
        f'<div><span class="name">{escape(turn.author)}</span>{"<span class=app>APP</span>" if bot else ""}'
        f'<span class="time">10:24</span></div>{content}'
        f"{''.join(map(_embed, told['embeds']))}{''.join(map(_row, told['components']))}{alone}</div>"
    )


def _above(turn: Turn) -> str:
    if turn.used:
        told = f'<b>{escape(turn.by)}</b> used <span class="what">{escape(turn.used)}</span>'
    elif turn.replied:
        told = f'<b>@{escape(turn.by)}</b> <span class="cut">{escape(turn.replied)}</span>'
    else:
        return ""
    return f'<div class="above">{_avatar(turn.by, "small")}{told}</div>'


def _avatar(name: str, kind: str) -> str:
    colour = "#2e9e8f" if name == "Fabella" else _COLOURS[sum(map(ord, name)) % len(_COLOURS)]
    return f'<div class="{kind}" style="background:{colour}">{escape(name[:1].upper())}</div>'


def _embed(embed: dict[str, Any]) -> str:
    colour = f"#{embed['color']:06x}" if embed.get("color") else "#1e1f22"
    parts = [f'<div class="title">{_inline(embed["title"])}</div>' if embed.get("title") else ""]
    parts += [f"<div>{_linked(marked(embed['description']))}</div>" if embed.get("description") else ""]
    for field in embed.get("fields") or ():
        told = _linked(marked(field["value"]))
        parts.append(f'<div class="field"><b>{_inline(field["name"])}</b><div>{told}</div></div>')
    if embed.get("footer"):
        parts.append(f'<div class="footer">{escape(embed["footer"]["text"])}</div>')
    return f'<div class="embed" style="border-left-color:{colour}">{"".join(parts)}</div>'


def _inline(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))


def _linked(html: str) -> str:
    """Addresses that stand in the text become links; those in attributes are left alone."""
    parts = re.split(r"(<a .*?</a>|<code.*?</code>|<[^>]*>)", html, flags=re.DOTALL)
    return "".join(
        one if one.startswith("<") else _ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', one)
        for one in parts
    )


def _row(row: dict[str, Any]) -> str:
    return f'<div class="row">{"".join(map(_button, row["components"]))}</div>'


def _button(one: dict[str, Any]) -> str:
    if one["type"] != _BUTTON:
        return f'<div class="button">{escape(one.get("placeholder", ""))}</div>'
    kinds = "button" + (" primary" if one["style"] == 1 else "") + (" off" if one.get("disabled") else "")
    shown = " ".join(part for part in ((one.get("emoji") or {}).get("name"), one.get("label")) if part)
    return f'<div class="{kinds}">{escape(shown)}</div>'
