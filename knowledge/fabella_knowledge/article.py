"""Reads one Markdown article: front matter, headings, claims with their citations, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from fabella_knowledge.errors import Problem, brief
from fabella_knowledge.model import Citation
from fabella_knowledge.tokens import printable, words

if TYPE_CHECKING:
    from markdown_it.token import Token

HEADINGS = (
    "Description", "Members", "Location", "Heads", "Relations", "Origin", "Insertion", "Action", "Innervation",
    "Blood supply", "Articulation", "Variants", "Prevalence", "Clinical relevance", "Exercises",
)  # fmt: skip
KEYS = frozenset({"name", "latin", "kind", "aliases", "region", "parts", "ids", "tissue"})
CITED = re.compile(r"\[(@[^\[\]]*)\]")
_CITED = re.compile(r"\s*\[(@[^\[\]]*)\]")
_KEY = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9_.:-]*)\s*(?:,\s*(.*))?$", re.DOTALL)
_STRAY = re.compile(r"(?<![\w.])@\w+|\[@(?!\w)")
_LABEL = re.compile(r"([^:]{2,40}):\s+\S")
_YAML_KEY = re.compile(r"[\"']?([\w-]+)[\"']?\s*:")
_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)
_FENCE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[^\S\r\n]*[\r\n])*+-{3,}[^\S\r\n]*(?:[\r\n]|\Z)")
_NO_FRONT = "no front matter: begin with a block between two lines '---' that holds 'name' and 'kind'"


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
    tissue: str
    aliases: tuple[str, ...]
    parts: tuple[str, ...]
    claims: tuple[Claim, ...]
    path: str
    line_of_name: int


def begun(data: bytes) -> bool:
    """Whether a Markdown file begins with a line "---": then it is an article, else a text that is only quoted."""
    return _FENCE.match(data) is not None


def keys(group: str) -> tuple[list[Citation], list[str]]:
    """The citations of what stands between brackets, "@key, p. 3; @other", and the pieces that are none."""
    found: list[Citation] = []
    broken: list[str] = []
    for piece in group.split(";"):
        match = _KEY.match(piece.strip())
        if match is None:
            broken.append(piece.strip())
        else:
            found.append(Citation(match.group(1), (match.group(2) or "").strip() or None))
    return found, broken


def read(text: str, shown: str) -> tuple[ArticleFile | None, list[Problem]]:
    """Parse an article. Returns it, or None where the front matter cannot be used, and every problem."""
    from frontmatter.default_handlers import YAMLHandler

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fences = list(islice(YAMLHandler.FM_BOUNDARY.finditer(text), 2))
    if not fences or text[: fences[0].start()].strip():
        return None, [Problem(shown, 1, _NO_FRONT)]
    before = text.count("\n", 0, fences[0].end())
    if len(fences) == 1:
        return None, [Problem(shown, before + 1, "the front matter has no end: close it with a line '---'")]
    head, body = text[fences[0].end() : fences[1].start()], text[fences[1].end() :]
    try:
        meta = YAMLHandler().load(head)
    except Exception as error:  # PyYAML raises what its constructors do: ValueError for 2013-13-13
        mark = getattr(error, "problem_mark", None)
        line = before + 1 + (mark.line if mark else 0)
        said = " ".join(str(getattr(error, "problem", None) or error).split())
        return None, [Problem(shown, line, f"broken front matter: {said}")]
    if not isinstance(meta, dict) or not meta:
        return None, [Problem(shown, before + 1, _NO_FRONT)]
    places, problems = _places(head, before + 1, shown)
    problems += _front_matter(meta, places, before + 1, shown)
    claims, more = _body(body, text.count("\n", 0, fences[1].end()), shown)
    problems += more
    if not (_is_text(meta.get("name")) and _is_text(meta.get("kind"))):
        return None, problems
    article = ArticleFile(
        name=meta["name"].strip(),
        latin=_text(meta.get("latin")),
        kind=meta["kind"].strip().lower(),
        region=_text(meta.get("region")),
        tissue=_text(meta.get("tissue")),
        aliases=_strings(meta.get("aliases")),
        parts=tuple(part.lower() for part in _strings(meta.get("parts"))),
        claims=claims,
        path=shown,
        line_of_name=places.get("name", before + 1),
    )
    return article, problems


def _places(head: str, first: int, shown: str) -> tuple[dict[str, int], list[Problem]]:
    """The line of every key of the front matter, and the keys that stand there twice."""
    places: dict[str, int] = {}
    problems = []
    for line, text in enumerate(head.split("\n"), first):
        match = _YAML_KEY.match(text)
        if match is not None and match.group(1) in places:
            problems.append(Problem(shown, line, f"'{match.group(1)}' stands twice in the front matter"))
        elif match is not None:
            places[match.group(1)] = line
    return places, problems


def _front_matter(meta: Mapping[Any, Any], places: Mapping[str, int], first: int, shown: str) -> list[Problem]:
    known = ", ".join(sorted(KEYS))
    found = [
        (key if isinstance(key, str) else brief(key), f"unknown key '{brief(key)}'; known are {known}")
        for key in meta
        if key not in KEYS
    ]
    for key in ("name", "kind"):
        if not _is_text(meta.get(key)):
            found.append((key, f"'{key}' is missing or not a text of one line"))
    for key in ("latin", "region", "tissue"):
        if meta.get(key) is not None and not _is_text(meta[key]):
            found.append((key, f"'{key}' must be a text of one line"))
    for key in ("aliases", "parts"):
        held = meta.get(key)
        if held is not None and not (isinstance(held, list) and all(_is_text(one) for one in held)):
            found.append((key, f"'{key}' must be a list of texts"))
    return [Problem(shown, places.get(key, first), message) for key, message in found]


def _body(content: str, offset: int, shown: str) -> tuple[tuple[Claim, ...], list[Problem]]:
    from markdown_it import MarkdownIt

    claims: list[Claim] = []
    problems: list[Problem] = []
    heading: list[str] = []
    level = 0
    for token in MarkdownIt("commonmark").parse(content):
        line = offset + (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            text = _plain(token)
            if level:
                heading = _under(heading, level, text, line, shown, problems)
            elif text or not _COMMENT.fullmatch(token.content):
                _claim(heading, text, line, shown, claims, problems)
        elif token.type in ("fence", "code_block") or (
            token.type == "html_block" and not _COMMENT.fullmatch(token.content)
        ):
            message = "only headings, lists and paragraphs are read; this block is lost"
            problems.append(Problem(shown, line, message))
    return tuple(claims), problems


def _plain(token: Token) -> str:
    """The text of a block without its markup; comments are left out."""
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type in ("text", "code_inline", "image") or not child.content.startswith("<!--"):
            pieces.append(child.content)
    return " ".join("".join(pieces).split())


def _under(path: list[str], level: int, text: str, line: int, shown: str, problems: list[Problem]) -> list[str]:
    if level == 2:
        if text not in HEADINGS:
            known = ", ".join(HEADINGS)
            problems.append(Problem(shown, line, f"unknown heading '{text}'; known are {known}"))
        return [text]
    if level == 3 and path:
        return [path[0], text]
    problems.append(Problem(shown, line, f"heading '{text}': sections are '## ', their sub-sections '### '"))
    return path or [text]


def _claim(heading: list[str], raw: str, line: int, shown: str, claims: list[Claim], problems: list[Problem]) -> None:
    citations: list[Citation] = []
    broken: list[str] = []
    for group in _CITED.finditer(raw):
        found, wrong = keys(group.group(1))
        citations += [one for one in dict.fromkeys(found) if one not in citations]
        broken += wrong
    text = _CITED.sub("", raw).strip()
    broken += _STRAY.findall(text)
    hint = "write [@key] or [@key, p. 3]"
    problems += [Problem(shown, line, f"broken citation '{one}'; {hint}") for one in broken]
    if not heading:
        problems.append(Problem(shown, line, "a claim before the first heading"))
    elif not text:
        problems.append(Problem(shown, line, "a citation without a claim"))
    elif not citations and not broken:
        said = text if len(text) <= 60 else text[:59] + "…"
        problems.append(Problem(shown, line, f"a claim without a citation: '{said}'; add [@key]"))
    elif citations:
        claims.append(Claim(tuple(heading), text, tuple(citations), line))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and printable(value.strip()) and bool(words(value))


def _text(value: object) -> str:
    """A text without blanks around it, "" for what is none: aliases of YAML make a huge one of a small list."""
    return value.strip() if isinstance(value, str) else ""


def _strings(value: object) -> tuple[str, ...]:
    return tuple(one.strip() for one in value if isinstance(one, str)) if isinstance(value, list) else ()
