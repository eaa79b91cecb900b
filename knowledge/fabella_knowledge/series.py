"""Numbered members of a row of structures, and ranges of them: "vertebrae L1 to L5", "toes 2 to 5", "C5 to T1"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fabella_knowledge.tokens import singular

_TO = frozenset({"to", "through", "thru", "until"})
_AND = frozenset({"and", "or", "n"})


@dataclass(frozen=True, slots=True)
class Series:
    """A row of terms in their order, each with its label ("l5").

    `heads` are the words before a label ("rib" for "ribs 2 to 5"); without any, labels stand alone ("L4 to S1").
    """

    name: str
    heads: frozenset[str]
    labels: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The terms that words `start:end` name."""

    terms: tuple[str, ...]
    start: int
    end: int


def starting(series: Sequence[Series]) -> Mapping[str, tuple[Series, ...]]:
    """The series by the words that a run of theirs may begin with."""
    table: dict[str, tuple[Series, ...]] = {}
    for one in series:
        for word in one.heads or one.labels:
            table[word] = (*table.get(word, ()), one)
    return table


def runs(row: Sequence[str], begun: Mapping[str, Sequence[Series]]) -> tuple[Run, ...]:
    """The runs in `row` (folded words) from left to right, none overlapping. A run holds a head or two labels.

    `begun` is what `starting` gives.
    """
    found: list[Run] = []
    at = 0
    while at < len(row):
        series = begun.get(singular(row[at])) or begun.get(row[at], ())
        best = max((run for one in series if (run := _run(row, at, one)) is not None), key=_length, default=None)
        if best is None:
            at += 1
        else:
            found.append(best)
            at = best.end
    return tuple(found)


def _length(run: Run) -> int:
    return run.end - run.start


def _run(row: Sequence[str], start: int, one: Series) -> Run | None:
    headed = singular(row[start]) in one.heads
    at = start + 1 if headed else start
    if not headed and one.heads:
        return None
    places: list[int] = []
    end = at
    while at < len(row) and row[at] in one.labels:
        place = one.labels.index(row[at])
        at += 1
        if at + 1 < len(row) and row[at] in _TO and row[at + 1] in one.labels:
            last = one.labels.index(row[at + 1])
            places += range(min(place, last), max(place, last) + 1)
            at += 2
        else:
            places.append(place)
        end = at
        if at + 1 < len(row) and row[at] in _AND and row[at + 1] in one.labels:
            at += 1
    if not places or (not headed and len(places) < 2):
        return None
    return Run(tuple(dict.fromkeys(one.terms[place] for place in places)), start, end)
