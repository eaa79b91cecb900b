"""Reads plain Markdown: every top-level block is a passage under its path of headings, without markup, unchanged."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fabella_knowledge import article
from fabella_knowledge.errors import Problem
from fabella_knowledge.model import Citation, Excerpt
from fabella_knowledge.quotable import control, locator
from fabella_knowledge.tokens import words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DEEPEST = 50  # quotes and lists inside each other
_LABEL = 3  # words of a line before a list that is never a passage of its own
_LEAD = 11  # words of such a line when it ends with a colon: "These are the muscles:"
_SLUG = 60  # characters of a heading in an id
_INTRODUCED = ("bullet_list_open", "ordered_list_open", "table_open")
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[a-z][^<>]*>|<[!?][^<>]*>", re.DOTALL | re.IGNORECASE
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(text: str, *, shown: str, name: str, title: str, keys: Collection[str]) -> Iterator[Excerpt | Problem]:
    """The passages in their order; a block that cannot be quoted is a problem in its place.

    `name` begins the ids of the passages and is the reference that they cite; `title` stands in for a heading of
    level 1. A citation [@key] of a reference in `keys` becomes that of its passage; others are text like any.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    yield from _Reader(text, shown, name, title, keys).passages()


@dataclass(frozen=True, slots=True)
class _Block:
    """The text of a top-level block, what it cites, and the first of its lines."""

    text: str
    citations: tuple[Citation, ...]
    line: int


class _Reader:
    def __init__(self, text: str, shown: str, name: str, title: str, keys: Collection[str]) -> None:
        self._shown = shown
        self._name = name
        self._title = title
        self._keys = keys
        self._lines = text.split("\n")
        self._env: dict[str, object] = {}  # link definitions, which may stand behind their use
        self._groups = list(_top(_markdown().parse(text, self._env)))
        self._counts: dict[str, int] = {}
        self._faults: list[Problem] = []

    def passages(self) -> Iterator[Excerpt | Problem]:
        titled = next((one for one in self._groups if one[0].tag == "h1" and self._heading(one)), None)
        title = self._heading(titled) if titled is not None else self._title
        path: list[tuple[int, str]] = []
        lead: _Block | None = None
        for place, group in enumerate(self._groups):
            first = group[0]
            if first.type == "heading_open":
                level = int(first.tag[1:])
                path = [one for one in path if one[0] < level]
                path += [(level, self._heading(group))] if group is not titled else []
                continue
            block = self._block(group)
            yield from self._faults
            self._faults.clear()
            following = self._groups[place + 1][0].type if place + 1 < len(self._groups) else ""
            if block is not None and lead is not None:
                cited = tuple(dict.fromkeys((*lead.citations, *block.citations)))
                block = _Block(f"{lead.text}\n{block.text}", cited, lead.line)
            block, lead = block or lead, None
            if block is None:
                continue
            if first.type == "paragraph_open" and following in _INTRODUCED and _introduces(block.text):
                lead = block
            else:
                yield self._excerpt(title, tuple(text for _, text in path if text), block)

    def _excerpt(self, title: str, heading: tuple[str, ...], block: _Block) -> Excerpt:
        slug = ".".join("-".join(words(one))[:_SLUG] or "section" for one in heading)
        count = self._counts[slug] = self._counts.get(slug, 0) + 1
        key = f"{self._name}#{slug}.{count}" if slug else f"{self._name}#{count}"
        itself = Citation(self._name, locator(heading, f"line {block.line}"))
        return Excerpt(key, title, heading, block.text, block.citations or (itself,), self._shown, block.line)

    def _heading(self, group: Sequence[Token]) -> str:
        """The text of a heading in one line; what no line may hold becomes a blank."""
        text = "".join(" " if control(c) else c for c in self._plain(group[1]))
        return " ".join(text.split())

    def _block(self, group: Sequence[Token]) -> _Block | None:
        """What a block says, None for one that says nothing or cannot be quoted."""
        start, end = group[0].map or (0, 0)
        if any(token.nesting == 1 and token.level >= _DEEPEST - 1 for token in group):
            self._faults.append(Problem(self._shown, start + 1, f"nested deeper than {_DEEPEST} lists and quotes"))
            return None
        if any(self._controlled(line, number) for number, line in enumerate(self._lines[start:end], start + 1)):
            return None
        lines: list[str] = []
        cited: dict[Citation, None] = {}
        row: list[str] | None = None
        for token in group:
            if token.type == "tr_open":
                row = []
            elif token.type == "inline":
                (lines if row is None else row).append(self._uncited(self._plain(token), cited))
            elif token.type == "tr_close" and row is not None:
                lines += [" | ".join(row)] if any(row) else []
                row = None
            elif token.type in ("fence", "code_block"):
                lines.append(token.content.strip("\n").rstrip())
            elif token.type == "html_block":
                lines.append(html.unescape(_MARKUP.sub("", token.content)).strip())
        text = "\n".join(line for line in lines if line and not line.isspace()).rstrip()
        # "&#12;" is a control character as well.
        return _Block(text, tuple(cited), start + 1) if text and not self._controlled(text, start + 1) else None

    def _controlled(self, text: str, line: int) -> bool:
        found = control(text)
        if found is not None:
            message = f"the block holds a control character (U+{ord(found.group()):04X})"
            self._faults.append(Problem(self._shown, line, message))
        return found is not None

    def _plain(self, token: Token) -> str:
        children: list[Token] = []
        _markdown().inline.parse(token.content, _markdown(), self._env, children)
        return _spoken(children).strip()

    def _uncited(self, text: str, cited: dict[Citation, None]) -> str:
        """The text without the citations of references that are known, which are added to `cited`."""
        pieces: list[str] = []
        at = 0
        for match in article.CITED.finditer(text):
            found, broken = article.keys(match.group(1))
            if not broken and all(one.reference in self._keys for one in found):
                cited.update(dict.fromkeys(found))
                pieces.append(text[at : match.start()].rstrip())
                at = match.end()
        return "".join((*pieces, text[at:])).strip()


@cache
def _markdown() -> MarkdownIt:
    """The parser of blocks; what stands inside them is parsed when their turn comes."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    made.core.ruler.disable("inline")
    return made


def _top(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of one top-level block after the other."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting != 1:
            yield group
            group = []


def _spoken(tokens: Sequence[Token]) -> str:
    pieces = []
    for token in tokens:
        if token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and _BREAK.fullmatch(token.content)):
            pieces.append("\n")
        elif token.type == "image":
            pieces.append(_spoken(token.children or ()))
        elif token.type in ("text", "text_special", "code_inline"):
            pieces.append(token.content)
    return "".join(pieces)


def _introduces(text: str) -> bool:
    count = len(words(text))
    return count <= _LABEL or (count <= _LEAD and text.endswith(":"))
