"""Reads references in CSL-JSON, and finds what a reader would miss who looks for the source."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fabella_knowledge.errors import Problem, brief
from fabella_knowledge.tokens import printable

_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]*[A-Za-z0-9)>/#_-]$")
_DOI_PREFIX = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_URL = re.compile(r"https?://\S+$")
NAMES = frozenset(
    {
        "author", "chair", "collection-editor", "compiler", "composer", "container-author", "contributor",
        "curator", "director", "editor", "editor-translator", "editorial-director", "executive-producer",
        "guest", "host", "illustrator", "interviewer", "narrator", "organizer", "original-author",
        "performer", "producer", "recipient", "reviewed-author", "script-writer", "series-creator",
        "translator",
    }
)  # fmt: skip
DATES = frozenset({"accessed", "available-date", "event-date", "issued", "original-date", "submitted"})
_NAME_PARTS = ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle")
# The rest of CSL 1.0.2: what Zotero exports is taken as it is; anything else is a slip.
_TEXTS = frozenset(
    {
        "DOI", "ISBN", "ISSN", "PMCID", "PMID", "URL", "abstract", "annote", "archive", "archive-place",
        "archive_collection", "archive_location", "authority", "call-number", "chapter-number",
        "citation-key", "citation-label", "citation-number", "collection-number", "collection-title",
        "container-title", "container-title-short", "dimensions", "division", "edition", "event",
        "event-place", "event-title", "first-reference-note-number", "genre", "id", "issue",
        "journalAbbreviation", "jurisdiction", "keyword", "language", "license", "locator", "medium",
        "note", "number", "number-of-pages", "number-of-volumes", "original-publisher",
        "original-publisher-place", "original-title", "page", "page-first", "part-number", "part-title",
        "printing-number", "publisher", "publisher-place", "references", "reviewed-genre", "reviewed-title",
        "scale", "section", "shortTitle", "source", "status", "supplement-number", "title", "title-short",
        "type", "version", "volume", "volume-title", "year-suffix",
    }
)  # fmt: skip
_TYPES = frozenset(
    {
        "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast",
        "chapter", "classic", "collection", "dataset", "document", "entry", "entry-dictionary",
        "entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview", "legal_case",
        "legislation", "manuscript", "map", "motion_picture", "musical_score", "pamphlet",
        "paper-conference", "patent", "performance", "periodical", "personal_communication", "post",
        "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech",
        "standard", "thesis", "treaty", "webpage",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference as CSL-JSON holds it, and where it stands. `data` is empty when it has a wrong shape."""

    id: str
    data: Mapping[str, Any]
    path: str
    line: int


def read(text: str, shown: str) -> tuple[list[Entry], list[Problem]]:
    """The entries of a CSL-JSON file in their order, and what is wrong with them."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return [], [Problem(shown, error.lineno, f"not JSON: {error.msg}")]
    except (ValueError, RecursionError) as error:  # a number of too many digits, brackets without end
        return [], [Problem(shown, 1, f"not JSON: {error}")]
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        return [], [Problem(shown, 1, "not CSL-JSON: a list of objects is expected")]
    entries: list[Entry] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for entry, start, end in _spans(text):
        name = entry.get("id")
        line = _line(text, start, end, "id")
        if not isinstance(name, str) or not name.strip() or not printable(name):
            problems.append(Problem(shown, line, "a reference without an id (a text)"))
            continue
        misshapen = _misshapen(entry)
        faults = misshapen or _faults(entry)
        if name in first:
            faults.append(("id", f"stands twice; first in line {first[name]}"))
        first.setdefault(name, line)
        problems += [
            Problem(shown, _line(text, start, end, key), f"reference '{name}': {message}") for key, message in faults
        ]
        entries.append(Entry(name, {} if misshapen else entry, shown, line))
    return entries, problems


def _spans(text: str) -> Iterator[tuple[dict[str, Any], int, int]]:
    """The objects of a well-formed list with the places where each begins and ends."""
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    while (start := text.find("{", at)) >= 0:
        entry, at = decoder.raw_decode(text, start)
        yield entry, start, at


def _line(text: str, start: int, end: int, key: str) -> int:
    """The line of a key of the entry between `start` and `end`, else the line where the entry begins."""
    match = re.compile(rf'"{re.escape(key)}"\s*:').search(text, start, end)
    return text.count("\n", 0, match.start() if match else start) + 1


def _misshapen(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keys whose value is not what CSL-JSON has there, and keys that it doesn't know."""
    found = []
    for key, value in entry.items():
        if key in NAMES:
            if not (isinstance(value, list) and value and all(_is_person(one) for one in value)):
                message = "must be a list of people, each with 'family' (and 'given') or 'literal'"
                found.append((key, f"'{key}' {message}"))
        elif key in DATES:
            if not (isinstance(value, dict) and _is_date(value)):
                found.append((key, f"'{key}' must hold 'date-parts' like [[2018, 6, 30]], or 'literal'"))
        elif key not in _TEXTS:
            found.append((key, f"unknown key '{key}'"))
        elif not _is_plain(value):
            found.append((key, f"'{key}' must be a text or a number"))
    kind = entry.get("type", "")
    if not isinstance(kind, str) or kind not in _TYPES:
        found.append(("type", f"'{brief(kind)}' is no type of CSL, such as 'article-journal' or 'book'"))
    return found


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return printable(" ".join(value.split()))
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_person(value: object) -> bool:
    if not isinstance(value, dict) or not (value.get("family") or value.get("literal")):
        return False
    return all(isinstance(one, str) and printable(one) for key, one in value.items() if key in _NAME_PARTS)


def _is_date(value: Mapping[str, Any]) -> bool:
    if isinstance(value.get("literal"), str) and "date-parts" not in value:
        return bool(value["literal"].strip()) and printable(value["literal"])
    parts = value.get("date-parts")
    if not isinstance(parts, list) or len(parts) not in (1, 2):
        return False
    return all(isinstance(one, list) and _is_day(one) for one in parts)


def _is_day(parts: Sequence[object]) -> bool:
    """Whether `parts` are a year, a year and month, or a year, month and day, as numbers or digits."""
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"[0-9]{1,4}", str(part)) for part in parts):
        return False
    _, month, day = ([int(str(part)) for part in parts] + [1, 1])[:3]
    return 1 <= month <= 12 and 1 <= day <= 31


def _faults(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a reader would miss, as (key, message)."""
    found = []
    if not entry.get("title"):
        found.append(("title", "has no title"))
    if not any(entry.get(key) for key in ("author", "editor", "publisher", "container-title")):
        found.append(("author", "has neither author, editor, publisher nor container-title"))
    if not (year(entry) or entry.get("accessed")):
        found.append(("issued", "has neither a year (issued) nor a date of access"))
    found += _whereabouts(entry)
    return found


def _whereabouts(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    doi, url = str(entry.get("DOI") or ""), str(entry.get("URL") or "")
    paged = entry.get("container-title") and entry.get("page")
    if not (doi or url or entry.get("ISBN") or entry.get("publisher") or paged):
        message = "has no DOI, URL, ISBN, publisher or journal with pages: nobody could find it"
        found.append(("title", message))
    if _DOI_PREFIX.match(doi):
        found.append(("DOI", f"write the DOI without what stands before '10.': '{_DOI_PREFIX.sub('', doi)}'"))
    elif doi and not _DOI.match(doi):
        found.append(("DOI", f"'{doi}' is not a DOI; one is '10.', digits, '/' and a suffix without spaces"))
    if url and not _URL.match(url):
        found.append(("URL", f"'{url}' is not an address; one begins with 'https://'"))
    return found


def year(entry: Mapping[str, Any]) -> str:
    """The year of publication, "" when it has none."""
    issued = entry.get("issued") or {}
    if "date-parts" in issued:
        return str(issued["date-parts"][0][0])
    match = re.search(r"\d{4}", str(issued.get("literal", "")))
    return match.group() if match else ""
