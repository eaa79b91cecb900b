"""Reads passages and questions: JSON lines, and data in BEIR's format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_One = TypeVar("_One")


class UnreadableError(Exception):
    """Input that can't be measured with. The message is one line that says what is wrong, in which file and line."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked. Questions name the `section` that answers them."""

    section: str
    title: str
    heading: str
    text: str

    @property
    def whole(self) -> str:
        """Title, heading and text in one, as peers index it."""
        return " ".join(part for part in (self.title, self.heading, self.text) if part)


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the section that answers it. `kind` groups questions in the tables."""

    id: str
    kind: str
    query: str
    section: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A corpus with queries: `judgements` holds, by query id, the gain of each judged document by its id."""

    ids: tuple[str, ...]
    passages: tuple[Passage, ...]
    queries: dict[str, str]
    judgements: dict[str, dict[str, int]]


def read_passages(path: Path) -> tuple[Passage, ...]:
    """The passages of a file, in its order; `section` may be left out and is the title then.

    Raises: UnreadableError.
    """
    found: list[Passage] = []
    for where, fields in _objects(path):
        title = _text(fields, "title", where)
        heading = fields.get("heading", "")
        if isinstance(heading, list):
            heading = " ".join(map(str, heading))
        elif not isinstance(heading, str):
            raise UnreadableError(f'{where}: "heading" is neither a text nor a list of texts')
        section = _text(fields, "section", where) if "section" in fields else title
        found.append(Passage(section, title, heading, _text(fields, "text", where)))
    return _some(found, path, "passage")


def read_questions(path: Path, passages: tuple[Passage, ...]) -> tuple[Question, ...]:
    """The questions of a file, in its order. Each section must be that of a passage.

    Raises: UnreadableError.
    """
    sections = {one.section for one in passages}
    found: list[Question] = []
    for where, fields in _objects(path):
        identity, kind, query, section = (_text(fields, name, where) for name in ("id", "kind", "query", "section"))
        if section not in sections:
            raise UnreadableError(f"{where}: no passage is of section {section!r}")
        found.append(Question(identity, kind, query, section))
    return _some(found, path, "question")


def read_beir(folder: Path) -> Judged:
    """The test part of a data set in BEIR's format: corpus.jsonl, queries.jsonl and qrels/test.tsv.

    Queries without a judgement are left out. Judgements of documents that the corpus doesn't have are kept: nobody
    can find them, and they count. Raises: UnreadableError.
    """
    ids: list[str] = []
    passages: list[Passage] = []
    for where, fields in _objects(folder / "corpus.jsonl"):
        ids.append(_text(fields, "_id", where))
        # A document is what is found, so that each is a section of its own here.
        title = _text(fields, "title", where, empty=True) if "title" in fields else ""
        passages.append(Passage(ids[-1], title, "", _text(fields, "text", where, empty=True)))
    corpus = folder / "corpus.jsonl"
    if len(set(ids)) < len(ids):
        twice = next(one for one, times in Counter(ids).items() if times > 1)
        raise UnreadableError(f'{corpus}: "_id" {twice!r} comes more than once')
    queries = {_text(f, "_id", where): _text(f, "text", where) for where, f in _objects(folder / "queries.jsonl")}
    judgements = _judgements(folder / "qrels" / "test.tsv", queries)
    asked = {identity: queries[identity] for identity in judgements}
    return Judged(tuple(ids), _some(passages, corpus, "document"), asked, judgements)


def _judgements(path: Path, queries: dict[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}, line {number}"
        columns = line.split("\t")
        if len(columns) != 3:
            raise UnreadableError(f"{where}: {len(columns)} columns, not query, document and score between tabs")
        query, document, score = columns
        try:
            gain = int(score)
        except ValueError:
            if number == 1:  # the names of the columns
                continue
            raise UnreadableError(f"{where}: the score {score!r} is no whole number") from None
        if query not in queries:
            raise UnreadableError(f"{where}: queries.jsonl has no query {query!r}")
        found.setdefault(query, {})[document] = gain
    if not found:
        raise UnreadableError(f"{path}: no judgement in it")
    return found


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file of JSON lines, each with its place in words; empty lines are passed over."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"{where}: not JSON: {error}") from None
        if not isinstance(fields, dict):
            raise UnreadableError(f"{where}: a JSON object is expected")
        yield where, fields


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield line.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    raise UnreadableError(f"{path}, line {number}: not UTF-8") from None
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from None


def _text(fields: dict[str, Any], name: str, where: str, *, empty: bool = False) -> str:
    if name not in fields:
        raise UnreadableError(f'{where}: "{name}" is missing')
    value = fields[name]
    if not isinstance(value, str):
        raise UnreadableError(f'{where}: "{name}" is no text')
    if not empty and not value.strip():
        raise UnreadableError(f'{where}: "{name}" is empty')
    return value


def _some(found: list[_One], path: Path, what: str) -> tuple[_One, ...]:
    if not found:
        raise UnreadableError(f"{path}: no {what} in it")
    return tuple(found)
