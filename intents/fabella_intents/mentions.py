"""Links the words of a question to terms of the vocabulary, parts and combinations of words included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fabella_knowledge.tokens import DETERMINERS, singular
from fabella_knowledge.vocabulary import Vocabulary

STRUCTURES = frozenset({"muscle", "sesamoid bone", "tendon", "group"})  # kinds that a question can be about
_PLACES = frozenset({"inside", "outside"})
_JOINERS = frozenset({"or", "and", "vs", "versus", "nor", "the", "than", "of", "two", "its", "these"})


@dataclass(frozen=True, slots=True)
class Link:
    """A name at words `start:end`. `terms` holds more than one when the name is ambiguous and has no default.

    `assumed` tells that a declared default was taken. `part` marks a part ("lateral head") instead of a term.
    """

    kind: str
    terms: tuple[str, ...]
    start: int
    end: int
    assumed: bool = False

    @property
    def term(self) -> str:
        """The one term, or the first of several."""
        return self.terms[0]


def link(row: Sequence[str], vocabulary: Vocabulary) -> tuple[Link, ...]:
    """The links in `row` (corrected words), from left to right. Parts have the kind "part"."""
    taken = [False] * len(row)
    found: list[Link] = []
    for start, end, part in _abbreviated(row, vocabulary):
        found.append(Link("part", (part,), start, end))
        taken[start:end] = [True] * (end - start)
    for mention in vocabulary.gazetteer.find(row):
        if any(taken[mention.start : mention.end]):
            continue
        alias = " ".join(row[mention.start : mention.end])
        terms = mention.terms
        assumed = False
        if len(terms) > 1:
            doubt = vocabulary.ambiguous.get(alias) or vocabulary.ambiguous.get(" ".join(map(singular, alias.split())))
            if doubt is not None and doubt.default is not None:
                terms, assumed = (doubt.default,), True
        found.append(Link(vocabulary.kind(terms[0]), terms, mention.start, mention.end, assumed))
        taken[mention.start : mention.end] = [True] * (mention.end - mention.start)
    found += _sides(row, taken, found, vocabulary)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _abbreviated(row: Sequence[str], vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    hits = []
    short = vocabulary.parts.abbreviations
    at = 0
    while at < len(row):
        for size in (3, 2, 1):
            part = short.get(" ".join(row[at : at + size])) if at + size <= len(row) else None
            if part is not None:
                hits.append((at, at + size, part))
                at += size - 1
                break
        at += 1
    return hits


def _sides(row: Sequence[str], taken: list[bool], found: Sequence[Link], vocabulary: Vocabulary) -> list[Link]:
    """A side word names a part when a noun for parts, or a muscle's name, follows: "inner half", "outer calf"."""
    words = vocabulary.parts
    muscles = {one.start for one in found if one.kind == "muscle"}
    hits: list[Link] = []
    pending: list[tuple[int, str]] = []
    for at, word in enumerate(row):
        if taken[at]:
            if at in muscles and pending:
                hits += [Link("part", (f"{side} head",), place, place + 1) for place, side in pending]
            pending = []
            continue
        side = words.sides.get(word)
        if side is not None and word in _PLACES and row[at + 1 : at + 2] and row[at + 1] in DETERMINERS:
            pending = []  # "inside the calf" tells a place
        elif side is not None:
            pending.append((at, side))
        elif pending and (singular(word) in words.nouns or word in words.loose):
            ends_with = at + 1
            # "the outside of the knee" and "the lateral side of the knee" tell a place, not a part
            if not _of_place(row, ends_with, found, vocabulary):
                hits += [Link("part", (f"{s} head",), place, ends_with) for place, s in pending]
            pending = []
        elif word not in _JOINERS:
            pending = []
    return hits


def _of_place(row: Sequence[str], at: int, found: Sequence[Link], vocabulary: Vocabulary) -> bool:
    if at >= len(row) or row[at] not in {"of", "on"} or (at and singular(row[at - 1]) in {"head", "belly"}):
        return False
    after = at + 1
    while after < len(row) and row[after] in {"the", "my", "your", "his", "her", "a"}:
        after += 1
    return any(one.start == after and one.kind not in {"muscle", "region"} for one in found)
