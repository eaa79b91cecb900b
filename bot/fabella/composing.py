"""Puts the drafts of a message together into one answer: numbers the sources, names what isn't known."""

from __future__ import annotations

from collections.abc import Sequence

from fabella_intents.question import Context
from fabella_intents.reading import Reading
from fabella_knowledge.library import Library
from fabella_knowledge.model import Citation

from fabella import following
from fabella.answer import Answer, Part, Source, Statement, Step, Table
from fabella.citing import printed
from fabella.confidence import confidence
from fabella.draft import GIVEN, Draft, Said

_PLACES = 6  # places in one source that are printed one by one


def compose(
    reading: Reading,
    drafts: Sequence[Draft],
    library: Library,
    before: Context,
    *,
    style: str = "ama",
    why: Sequence[Step] = (),
) -> Answer:
    """The answer to a message whose questions have these drafts, in their order."""
    raw = reading.utterance.raw
    chosen = next((d.style for d in drafts if d.style), None) or style
    given = [d for d in drafts if d.status in GIVEN]
    sources = _Numbering()
    parts: list[Part] = []
    statements: list[Statement] = []
    for read, draft in zip(reading.reads, drafts, strict=False):
        merged = bool(draft.listed)
        made = tuple(_stated(one, sources, merged=merged) for one in draft.said)
        statements += [one for one in made if one not in statements]
        parts.append(Part(read.said or read.text, draft.status, draft.intent, made))
    table = _table(given, sources)
    lead, notes = _around(reading, drafts, given)
    first = given[0] if given else drafts[0]
    status = first.status if not given else "corrected" if any(d.status == "corrected" for d in given) else "answered"
    return Answer(
        question=raw,
        status=status,
        intent=first.intent,
        lead=lead,
        statements=tuple(statements),
        notes=notes,
        citations=sources.printed(library, chosen),
        parts=tuple(parts) if len(parts) > 1 else (),
        table=table,
        options=() if given else first.options,
        entities=reading.entities,
        suggestions=tuple(one for one in first.suggestions if one.casefold() != raw.strip().casefold()),
        confidence=min(confidence(d.status, d.chance) for d in drafts),
        library=library.digest,
        context=following.context(reading, drafts, before, library),
        why=tuple(why),
    )


def _stated(one: Said, sources: _Numbering, *, merged: bool) -> Statement:
    return Statement(one.text, sources.number(one.citations, merged=merged), one.passage)


def _table(given: Sequence[Draft], sources: _Numbering) -> Table | None:
    grid = next((d.grid for d in given if d.grid is not None), None)
    if grid is None or len(given) > 1:
        return None
    rows = tuple(
        (label, tuple(tuple(_stated(one, sources, merged=True) for one in cell) for cell in cells))
        for label, cells in grid.rows
    )
    return Table(grid.columns, rows)


class _Numbering:
    """Numbers sources by their first mention. A place in a source makes it another one, unless they are merged."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}
        self._places: dict[int, list[str]] = {}

    def number(self, citations: Sequence[Citation], *, merged: bool) -> tuple[int, ...]:
        """The numbers of these citations. `merged`: all places in a source share one number, as in a list."""
        found: list[int] = []
        for one in citations:
            key = Citation(one.reference) if merged else one
            at = self._numbers.setdefault(key, len(self._numbers) + 1)
            places = self._places.setdefault(at, [])
            if one.locator is not None and one.locator not in places:
                places.append(one.locator)
            if at not in found:
                found.append(at)
        return tuple(found)

    def printed(self, library: Library, style: str) -> tuple[Source, ...]:
        """The sources in the order of their numbers."""
        made = []
        for one, at in self._numbers.items():
            held = library.references[one.reference]
            places = self._places[at]
            locator = "; ".join(places) if len(places) <= _PLACES else f"{len(places)} entries"
            made.append(printed(held, at, style=style, locator=locator or None))
        return tuple(made)


def _around(reading: Reading, drafts: Sequence[Draft], given: Sequence[Draft]) -> tuple[str, tuple[str, ...]]:
    shown = given or drafts[:1]
    lead = next((d.lead for d in shown if d.lead), "")
    notes = [n for d in shown for n in d.notes]
    if given:
        notes += [
            f'Not in my sources: "{(read.said or read.text).strip()}"' if draft.status == "refused" else draft.lead
            for read, draft in zip(reading.reads, drafts, strict=False)
            if draft.status not in GIVEN and draft.status != "smalltalk"
        ]
        if reading.assumed:
            notes.append(f"Read as: {', '.join(reading.assumed)}.")
    if reading.utterance.cut:
        notes.append("Only the beginning of this long message was read.")
    return lead, tuple(dict.fromkeys(notes))
