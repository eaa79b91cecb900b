"""Reads one Markdown article: front matter, headings, claims with their citations, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabella_knowledge.errors import Problem
from fabella_knowledge.model import Citation

HEADINGS = (
    "Description", "Location", "Heads", "Relations", "Origin", "Insertion", "Action", "Innervation",
    "Blood supply", "Articulation", "Variants", "Prevalence", "Clinical relevance", "Exercises",
)  # fmt: skip
KEYS = frozenset({"name", "latin", "kind", "aliases", "region", "parts", "ids"})
_CITED = re.compile(r"\s*\[(@[^\]]*)\]")
_KEY = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9_.:-]*)\s*(?:,\s*(.*))?$", re.DOTALL)
_LABEL = re.compile(r"([^:]{2,40}):\s+\S")


@dataclass(frozen=True, slots=True)
class Claim:
    """A list item or paragraph: its heading path, the text without citations, the citations, its line."""

    heading: tuple[str, ...]
    text: str
    citations: tuple[Citation, ...]
    line: int

    @property
    def label(self) -> str | None:
        """What stands before the first colon ("Lateral head: ..."), in lower case."""
        match = _LABEL.match(self.text)
        return match.group(1).strip().lower() if match else None


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """What one file says, before names are resolved."""

    name: str
    latin: str
    kind: str
    region: str
    aliases: tuple[str, ...]
    parts: tuple[str, ...]
    claims: tuple[Claim, ...]
    path: str
    line_of_name: int


def read(text: str, shown: str) -> tuple[ArticleFile | None, list[Problem]]:
    """Parse an article. Returns it, or None where the front matter cannot be used, and every problem."""
    import frontmatter
    import yaml

    try:
        post = frontmatter.loads(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return None, [Problem(shown, line, f"broken front matter: {getattr(error, 'problem', None) or error}")]
    if not post.metadata:
        message = "no front matter: an article begins with a block between two lines '---' that holds at least 'name' and 'kind'"
        return None, [Problem(shown, 1, message)]
    lines = text.splitlines()
    first = _first_line(lines)
    meta: Mapping[str, Any] = post.metadata
    problems = _front_matter(meta, lines, shown)
    if not isinstance(meta.get("name"), str) or not isinstance(meta.get("kind"), str):
        return None, problems
    claims, more = _body(post.content, first + _blank(lines, first), shown)
    name = meta["name"].strip()
    return (
        ArticleFile(
            name=name,
            latin=str(meta.get("latin") or ""),
            kind=meta["kind"].strip().lower(),
            region=str(meta.get("region") or ""),
            aliases=_strings(meta.get("aliases")),
            parts=tuple(part.lower() for part in _strings(meta.get("parts"))),
            claims=claims,
            path=shown,
            line_of_name=_line_of("name", lines),
        ),
        problems + more,
    )


def _front_matter(meta: Mapping[str, Any], lines: list[str], shown: str) -> list[Problem]:
    known = ", ".join(sorted(KEYS))
    problems = [
        Problem(shown, _line_of(str(key), lines), f"unknown key '{key}'; known are {known}")
        for key in meta
        if key not in KEYS
    ]
    problems += [
        Problem(shown, _line_of(key, lines), f"'{key}' is missing or not a text")
        for key in ("name", "kind")
        if not isinstance(meta.get(key), str)
    ]
    problems += [
        Problem(shown, _line_of(key, lines), f"'{key}' must be a list of texts")
        for key in ("aliases", "parts")
        if key in meta and not (isinstance(meta[key], list) and all(isinstance(x, str) for x in meta[key]))
    ]
    return problems


def _body(content: str, offset: int, shown: str) -> tuple[tuple[Claim, ...], list[Problem]]:
    from markdown_it import MarkdownIt

    claims: list[Claim] = []
    problems: list[Problem] = []
    heading: list[str] = []
    level = 0
    for token in MarkdownIt("commonmark", {"html": False}).parse(content):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            line = offset + (token.map[0] if token.map else 0) + 1
            text = " ".join(token.content.split())
            if level:
                heading = _under(heading, level, text, line, shown, problems)
            else:
                _claim(heading, text, line, shown, claims, problems)
        elif token.type in ("fence", "code_block", "html_block"):
            line = offset + (token.map[0] if token.map else 0) + 1
            problems.append(Problem(shown, line, "only headings, lists and paragraphs are read; this block is lost"))
    return tuple(claims), problems


def _under(path: list[str], level: int, text: str, line: int, shown: str, problems: list[Problem]) -> list[str]:
    if level == 2:
        if text not in HEADINGS:
            problems.append(Problem(shown, line, f"unknown heading '{text}'; known are {', '.join(HEADINGS)}"))
        return [text]
    if level == 3 and path:
        return [path[0], text]
    problems.append(Problem(shown, line, f"heading '{text}': sections are '## ', their sub-sections '### '"))
    return path


def _claim(
    heading: list[str], raw: str, line: int, shown: str, claims: list[Claim], problems: list[Problem]
) -> None:
    citations: list[Citation] = []
    for group in _CITED.finditer(raw):
        for piece in group.group(1).split(";"):
            match = _KEY.match(piece.strip())
            if match is None:
                problems.append(Problem(shown, line, f"broken citation '{piece.strip()}'; write [@key] or [@key, p. 3]"))
            else:
                locator = (match.group(2) or "").strip() or None
                one = Citation(match.group(1), locator)
                if one not in citations:
                    citations.append(one)
    text = _CITED.sub("", raw).strip()
    if not heading:
        problems.append(Problem(shown, line, "a claim before the first heading"))
        return
    if not text:
        problems.append(Problem(shown, line, "a citation without a claim"))
        return
    if not citations:
        problems.append(Problem(shown, line, f"a claim without a citation: '{_short(text)}'; add [@key]"))
        return
    claims.append(Claim(tuple(heading), text, tuple(citations), line))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _strings(value: object) -> tuple[str, ...]:
    return tuple(x.strip() for x in value if isinstance(x, str) and x.strip()) if isinstance(value, list) else ()


def _first_line(lines: list[str]) -> int:
    """The number of lines up to and with the one that ends the front matter."""
    fences = [n for n, line in enumerate(lines) if line.strip() == "---"]
    return fences[1] + 1 if len(fences) > 1 else 0


def _blank(lines: list[str], first: int) -> int:
    """How many blank lines follow the front matter: the parser of the front matter strips them."""
    count = 0
    while first + count < len(lines) and not lines[first + count].strip():
        count += 1
    return count


def _line_of(key: str, lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:")), 1)
