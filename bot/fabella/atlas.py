"""Looks muscles up by what their articles say of them: movements, sites, nerves, arteries, places, groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fabella_intents.mentions import link
from fabella_knowledge.model import ATTACHMENT_KINDS
from fabella_knowledge.tokens import words

from fabella.criteria import HEADED, Criterion, heads
from fabella.evidence import Fact, Facts

# What only locates a site is no site: "posterior surface of the tibia, below the soleal line".
_LOCATING = re.compile(
    r",\s+(?:\w+ )?(?:above|below|between|behind|in front of|near|beside|adjacent to|opposite|from behind|"
    r"(?:lateral|medial|deep|superficial|superior|inferior|anterior|posterior|distal|proximal) to)\b"
)
_ASIDE = re.compile(r", which ")
_FIELDS = {
    "Origin": "origin", "Insertion": "insertion", "Action": "action", "Innervation": "nerve",
    "Blood supply": "artery", "Location": "place", "Heads": "heads",
}  # fmt: skip
SMOOTH = "smooth"


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it is looked up: the movement (of actions), and the terms that it names for its field."""

    field: str
    movement: str | None
    terms: frozenset[str]
    fact: Fact


@dataclass(frozen=True, slots=True)
class Match:
    """A muscle that meets the criteria, with the facts that say so, a tuple for each criterion.

    `exact` tells that they name what was asked for itself, not a part or branch of it.
    """

    structure: str
    facts: tuple[tuple[Fact, ...], ...]
    exact: bool


class Atlas:
    """The muscles of a library and the look-up tables over their facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._vocabulary = facts.library.vocabulary
        articles = facts.library.articles
        self.muscles = tuple(name for name, one in articles.items() if one.kind == "muscle" and one.tissue != SMOOTH)
        self.smooth = tuple(name for name, one in articles.items() if one.kind == "muscle" and one.tissue == SMOOTH)
        self._entries: dict[str, list[Entry]] = {name: [] for name in (*self.muscles, *self.smooth)}
        self.groups: dict[str, dict[str, Fact]] = {name: {} for name, one in articles.items() if one.kind == "group"}
        for fact in facts:
            held = fact.passage.structure
            if held in self._entries and fact.passage.section in _FIELDS:
                self._entries[held] += self._of(fact)
            elif held in self.groups and fact.passage.section == "Members":
                self.groups[held].update((t, fact) for t in fact.main if t in self._entries)
        order = {region: n for n, region in enumerate(facts.library.vocabulary.regions)}
        self._rank = {name: (order.get(articles[name].region, len(order)), n) for n, name in enumerate(self._entries)}
        self._order = {name: n for n, name in enumerate(self._vocabulary.terms)}
        self._within = {name: self._regions(name) for name in self._entries}

    def _regions(self, name: str) -> frozenset[str]:
        region = self._facts.library.articles[name].region
        named = link(words(region), self._vocabulary)
        return frozenset(x.term for x in named)

    def _of(self, fact: Fact) -> tuple[Entry, ...]:
        field = _FIELDS[fact.passage.section]
        if field in {"origin", "insertion"}:
            return (Entry(field, None, self._sites(fact), fact),)
        if field == "heads":
            told = HEADED.match(fact.passage.text)
            return (Entry(field, None, frozenset({heads(told.group(1), told.group(2))}), fact),) if told else ()
        if field == "action":
            return self._moving(fact)
        return (Entry(field, None, fact.main, fact),)

    def _moving(self, fact: Fact) -> tuple[Entry, ...]:
        """The movement that a fact begins with, and the one that this serves: "elevates the ribs in inspiration"."""
        kind = self._vocabulary.kind
        row = words(fact.passage.text)
        named = [x for x in link(row, self._vocabulary) if x.kind == "movement"]
        terms = frozenset(t for t in fact.main if kind(t) != "movement")
        if not named:
            return (Entry("action", None, terms, fact),)
        end = len(words(_ASIDE.split(fact.passage.text)[0]))
        served = [
            x for x in named[1:] if x.end <= end and x.term in fact.main and "in" in row[max(0, x.start - 2) : x.start]
        ]
        made = []
        for one in (named[0], *served):
            movement = next(t for t in self._vocabulary.meaning(one.term)[::-1] if kind(t) == "movement")
            joint = self._vocabulary.terms[movement].joint
            made.append(Entry("action", movement, terms | ({joint} if joint else set()), fact))
        return tuple(made)

    def _sites(self, fact: Fact) -> frozenset[str]:
        _, colon, rest = fact.passage.text.partition(": ")
        text = rest if colon and fact.passage.part else fact.passage.text
        named = link(words(_LOCATING.split(text)[0]), self._vocabulary)
        return frozenset(x.term for x in named if x.kind in ATTACHMENT_KINDS and len(x.terms) == 1)

    def joints(self, structure: str) -> Mapping[str, tuple[Fact, ...]]:
        """The joints that the cited actions of a muscle move, each with the facts that say so."""
        found: dict[str, tuple[Fact, ...]] = {}
        for one in self._entries.get(structure, ()):
            if one.field == "action":
                for term in one.terms:
                    if self._vocabulary.kind(term) == "joint":
                        found[term] = (*found.get(term, ()), one.fact)
        return found

    def seek(self, criteria: Sequence[Criterion], *, without: Iterable[str] = ()) -> tuple[Match, ...]:
        """The muscles that meet all criteria: those that name the very thing first, then from head to foot."""
        skipped = frozenset(without)
        found = []
        for name in self._entries:
            if name in skipped:
                continue
            held = self._meets(name, criteria)
            if held is not None:
                found.append(Match(name, held[0], held[1]))
        return tuple(sorted(found, key=lambda m: (not m.exact, self._place(m, criteria), self._rank[m.structure])))

    def _place(self, match: Match, criteria: Sequence[Criterion]) -> int:
        """The place of a muscle among the layers or compartments that were asked for, in the vocabulary's order."""
        wanted = [one for one in criteria if not one.negated]
        if len(wanted) != 1 or wanted[0].field != "place":
            return 0
        named = (t for facts in match.facts for f in facts for t in f.main if self._vocabulary.kind(t) == "compartment")
        return min((self._order.get(t, len(self._order)) for t in named), default=len(self._order))

    def _meets(self, name: str, criteria: Sequence[Criterion]) -> tuple[tuple[tuple[Fact, ...], ...], bool] | None:
        told: list[tuple[Fact, ...]] = []
        exact = True
        for one in criteria:
            facts, same = self._telling(name, one)
            if one.negated:
                if facts:
                    return None
                continue
            if not facts and not (one.field == "place" and self._lies(name, one)):
                return None
            exact = exact and (same or not facts)
            told.append(facts)
        return tuple(told), exact

    def _lies(self, name: str, one: Criterion) -> bool:
        return any(
            self._vocabulary.covers(target or "", region) for _, target in one.choices for region in self._within[name]
        )

    def _telling(self, name: str, one: Criterion) -> tuple[tuple[Fact, ...], bool]:
        """The facts of a muscle that meet a criterion, and whether one of them names the very thing."""
        if one.field == "group":
            facts = tuple(
                held[name] for _, target in one.choices if (held := self.groups.get(target or "", {})) and name in held
            )
            return facts, True
        met = [(entry.fact, rated) for entry in self._entries[name] if (rated := self._rate(entry, one))]
        return tuple(fact for fact, _ in met), any(rated == 2 for _, rated in met)

    def _rate(self, entry: Entry, one: Criterion) -> int:
        """2 where the entry names what is wanted, 1 where it names a part or branch of it, else 0."""
        if one.field == "crosses":
            if entry.field != "action":
                return 0
        elif one.field == "attachment":
            if entry.field not in {"origin", "insertion"}:
                return 0
        elif entry.field != one.field:
            return 0
        terms = entry.terms
        if one.field == "crosses":
            terms = frozenset(t for t in terms if self._vocabulary.kind(t) == "joint")
        best = 0
        for movement, target in one.choices:
            if movement is not None and not (entry.movement and self._vocabulary.covers(movement, entry.movement)):
                continue
            if target is None or target in terms:
                best = 2
            elif any(self._vocabulary.covers(target, term) for term in terms):
                best = max(best, 1)
        return best
