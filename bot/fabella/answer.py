"""Answers: what a source says, with its citations, and fixed sentences around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fabella_intents.question import Context, Entity

from fabella.rendering import plain

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source of an answer. `number` counts from 1; `text` is the reference in the chosen style.

    `label` names it in a few words ("Gray 1918"), where there is no room for the reference.
    """

    number: int
    id: str
    text: str
    url: str
    locator: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be asked of a structure: an intent's name, as a `Question` takes it, and what it is about."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says. `citations` are numbers of the answer's sources; `passage` is where it stands.

    Raises:
        ValueError: a statement without a citation.
    """

    text: str
    citations: tuple[int, ...]
    passage: str = ""

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"a statement without a citation: {self.text!r}")


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions in a message, with its own status."""

    question: str
    status: str
    intent: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: a column for each structure, and rows of a label and a cell for each column.

    A cell holds what sources say there, each value with its citations; none where they say nothing. The statements of
    the answer say the same, one structure after the other.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Statement, ...], ...]], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the explanation of an answer (`--why`): a name and what was found there."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whatever its status. The attributes are the keys of its JSON, in the same names.

    `confidence` is the probability (0 to 1) that the answer is right. `context` goes into the next `ask`.
    """

    question: str
    status: str
    intent: str
    lead: str = ""
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()
    citations: tuple[Source, ...] = ()
    parts: tuple[Part, ...] = ()
    table: Table | None = None
    options: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0
    library: str = ""
    context: Context = field(default_factory=Context)
    why: tuple[Step, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @property
    def text(self) -> str:
        """Lead, statements, notes and sources as plain text."""
        return plain(self)

    def to_dict(self, *, id: str | None = None) -> dict[str, Any]:
        """The JSON object of the answer. `id` is passed through from a batch line."""
        body: dict[str, Any] = {"schema_version": self.schema_version}
        if id is not None:
            body["id"] = id
        body |= {
            "question": self.question,
            "status": self.status,
            "intent": self.intent,
            "text": self.text,
            "lead": self.lead,
            "statements": [_statement(one) for one in self.statements],
            "notes": list(self.notes),
            "citations": [_source(one) for one in self.citations],
            "parts": [
                {
                    "question": one.question,
                    "status": one.status,
                    "intent": one.intent,
                    "statements": [_statement(held) for held in one.statements],
                }
                for one in self.parts
            ],
            "table": _table(self.table),
            "options": list(self.options),
            "entities": [
                {"type": one.type, "name": one.name, "part": one.part, "span": list(one.span)} for one in self.entities
            ],
            "suggestions": list(self.suggestions),
            "confidence": round(self.confidence, 4),
            "library": self.library,
        }
        return body


def _statement(one: Statement) -> Mapping[str, Any]:
    return {"text": one.text, "citations": list(one.citations)}


def _table(table: Table | None) -> Mapping[str, Any] | None:
    if table is None:
        return None
    rows = [
        {"label": label, "cells": [[_statement(one) for one in cell] for cell in cells]} for label, cells in table.rows
    ]
    return {"columns": list(table.columns), "rows": rows}


def _source(one: Source) -> Mapping[str, Any]:
    held: dict[str, Any] = {
        "number": one.number,
        "id": one.id,
        "label": one.label,
        "text": one.text,
        "url": one.url,
    }
    if one.locator:
        held["locator"] = one.locator
    return held
