"""Links the words of a question to terms of the vocabulary, parts and combinations of words included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fabella_knowledge.tokens import DETERMINERS, singular
from fabella_knowledge.vocabulary import Vocabulary

STRUCTURES = frozenset({"muscle", "sesamoid bone", "tendon", "group"})  # kinds that a question can be about
_JOINING = frozenset({"and", "or", "vs", "versus"})
_PLACES = frozenset({"inside", "outside"})
# Kinds whose names may share an end.
_SHARING = frozenset({"muscle", "nerve", "artery", "part", "landmark", "bone", "joint"})
_SHARED = 2  # words of a name that leaves out its end, at most
_JOINERS = frozenset({"or", "and", "vs", "versus", "nor", "the", "than", "of", "two", "its", "these"})


@dataclass(frozen=True, slots=True)
class Link:
    """A name at words `start:end`. `terms` holds more than one when the name is ambiguous and has no default.

    `owners` are all that the name may stand for; `assumed` tells that a default, or what came before, made the choice
    among them. `part` marks a part ("lateral head") instead of a term.
    """

    kind: str
    terms: tuple[str, ...]
    start: int
    end: int
    assumed: bool = False
    owners: tuple[str, ...] = ()

    @property
    def term(self) -> str:
        """The one term, or the first of several."""
        return self.terms[0]


def link(row: Sequence[str], vocabulary: Vocabulary) -> tuple[Link, ...]:
    """The links in `row` (corrected words), from left to right. Parts have the kind "part"."""
    taken = [False] * len(row)
    found: list[Link] = []
    mentions, runs = vocabulary.find(row)
    for one in vocabulary.parts.gazetteer.find(row):
        # "The lateral part of the sacrum" is no part of a muscle.
        if not any(
            m.start <= one.start and one.end <= m.end and m.end - m.start > one.end - one.start for m in mentions
        ):
            found.append(Link("part", one.terms, one.start, one.end))
            taken[one.start : one.end] = [True] * (one.end - one.start)
    for run in runs:
        found += [Link(vocabulary.kind(term), (term,), run.start, run.end) for term in run.terms]
        taken[run.start : run.end] = [True] * (run.end - run.start)
    for mention in mentions:
        if any(taken[mention.start : mention.end]):
            continue
        alias = " ".join(row[mention.start : mention.end])
        terms = mention.terms
        assumed = False
        if len(terms) > 1:
            doubt = vocabulary.ambiguous.get(alias) or vocabulary.ambiguous.get(" ".join(map(singular, alias.split())))
            if doubt is not None and doubt.default is not None:
                terms, assumed = (doubt.default,), True
        found.append(Link(vocabulary.kind(terms[0]), terms, mention.start, mention.end, assumed, mention.terms))
        taken[mention.start : mention.end] = [True] * (mention.end - mention.start)
    for at in range(len(row)):
        short = None if taken[at] else vocabulary.variants.shortened(row, at)
        if short is not None and not any(taken[short.start : short.end]):
            found.append(Link("muscle", short.terms, short.start, short.end, False, short.terms))
            taken[short.start : short.end] = [True] * (short.end - short.start)
    found += _sharing(row, taken, found, vocabulary)
    found += _sides(row, taken, found, vocabulary)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _sharing(row: Sequence[str], taken: list[bool], found: list[Link], vocabulary: Vocabulary) -> list[Link]:
    """Names that leave to a neighbour what they share: "superior and inferior gemellus", "femoral and obturator nerve".

    What they were linked to alone ("femoral") is taken out of `found`.
    """
    made: list[Link] = []
    for one in [x for x in found if x.kind in _SHARING and x.end - x.start > 1]:
        name = tuple(row[one.start : one.end])
        start, joined = one.start, False
        while (before := _shared_before(row, start, name, one, joined, vocabulary)) is not None:
            if any(x.kind == one.kind and x.start < before.end and before.start < x.end for x in (*found, *made)):
                break
            made.append(before)
            start, joined = before.start, True
        end = one.end
        while one.kind == "muscle" and end < len(row):  # "gluteus maximus, medius and minimus"
            at = end + (row[end] in _JOINING)
            behind = None if at >= len(row) or taken[at] else _named((*name[:-1], row[at]), one, vocabulary)
            if behind is None:
                break
            made.append(Link("muscle", behind, at, at + 1, False, behind))
            end = at + 1
    made += _nouns_left_out(row, taken, found, vocabulary)
    for one in made:
        taken[one.start : one.end] = [True] * (one.end - one.start)
        found[:] = [x for x in found if x.end <= one.start or one.end <= x.start]
    return made


def _nouns_left_out(row: Sequence[str], taken: list[bool], found: list[Link], vocabulary: Vocabulary) -> list[Link]:
    """ "The suprascapular nerve, and which gets the axillary?": at the end of a clause, behind "the"."""
    made = []
    for one in [x for x in found if x.kind in {"nerve", "artery"} and x.end - x.start > 1]:
        for at in range(one.end + 1, len(row)):
            last = at + 1 == len(row) or row[at + 1] in _JOINING
            if not taken[at] and last and row[at - 1] in DETERMINERS:
                terms = _named((row[at], row[one.end - 1]), one, vocabulary)
                made += [Link(one.kind, terms, at, at + 1, False, terms)] if terms is not None else []
    return made


def _shared_before(
    row: Sequence[str], start: int, name: Sequence[str], one: Link, joined: bool, vocabulary: Vocabulary
) -> Link | None:
    """The name before `start`, joined to it or in the list that it ends, that lacks the end of `name`."""
    while start and row[start - 1] in DETERMINERS:
        start -= 1  # "the long and the short head"
    end = start - 1 if start > 0 and row[start - 1] in _JOINING else start if joined else 0
    for size in range(min(_SHARED, end), 0, -1):
        for rest in dict.fromkeys((tuple(name[1:]), tuple(name[-1:]))):
            terms = _named((*row[end - size : end], *rest), one, vocabulary)
            if terms is not None:
                return Link(one.kind, terms, end - size, end, False, terms)
    return None


def _named(name: Sequence[str], one: Link, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """The terms that a whole name stands for, if they are of the kind of `one` and others."""
    names = vocabulary.parts.gazetteer if one.kind == "part" else vocabulary.gazetteer
    hit = next((m for m in names.find(name) if m.end - m.start == len(name)), None)
    same = hit is not None and one.kind in {"part", vocabulary.kind(hit.terms[0])} and hit.terms != one.terms
    return hit.terms if hit is not None and same else None


def _sides(row: Sequence[str], taken: list[bool], found: Sequence[Link], vocabulary: Vocabulary) -> list[Link]:
    """A side word names a part when a noun for parts, or a muscle's name, follows: "inner half", "outer calf"."""
    words = vocabulary.parts
    muscles = {one.start for one in found if one.kind == "muscle"}
    parts = {one.start: one.term for one in found if one.kind == "part"}
    hits: list[Link] = []
    pending: list[tuple[int, str]] = []
    for at, word in enumerate(row):
        if taken[at]:
            if at in parts and pending:
                noun = parts[at].rpartition(" ")[2]
                hits += [Link("part", (f"{side} {noun}",), place, place + 1) for place, side in pending]
            elif at in muscles and pending:
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
