"""Finds the muscle that a question describes instead of naming it: "the flat calf muscle hidden under the big one".

Every muscle is a document of what its article says of it, its names and the terms that these hold or belong to. What a
description shares with one counts by how rare it is among the muscles: ln(N / n), N muscles, n of which share it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from fabella_intents.mentions import link
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.atlas import Atlas
from fabella.criteria import criteria
from fabella.evidence import STOP, Facts, stem

# "The muscle that", "a small muscle with", "the deep one", "one that": one muscle is meant; not "in one direction".
_ONE = re.compile(
    r"\bmuscle\b|\b(?:the|that|this|which|an?)\s+(?:(?!in\b|of\b|on\b|at\b|to\b|from\b|with\b)[\w-]+\s+){0,4}one\b"
    r"|\bone\b(?=\s*$|\s+(?:that|which|who|whose|with|under|over|on|in|at|behind|between|beside|of|from|you|we|i|used)\b)",
    re.I,
)
_SEVERAL = re.compile(r"\bmuscles\b", re.I)
_NAMING = frozenset({"muscle", "part", "exercise", "author", "journal"})  # what is named needs no description
_LEAST = 5.0  # the weight of what is shared, from which on a muscle is meant at all
_SHARE = 0.5  # and the share of all that describes
_AHEAD = 1.2  # how many times the weight of the next one that of the muscle meant is at least
_NEAR = 0.8  # the share of the best one's weight from which on others may be meant
_OFFERED = 4
_SILENT = frozenset({"part", "author", "journal", "state", "method", "population"})
_SHAPED = ("Description", "Location", "Heads")  # sections whose words tell how a muscle looks and where it lies
_SAYING = frozenset(
    map(
        stem,
        "muscle one called named name call know nerve artery blood supply origin insertion insert attach "
        "attachment start begin end come go get got make made move movement action do work exactly really "
        "actually please thank learn look human person people student teacher today yesterday part belong "
        "side sit lie run".split(),
    )
)


@dataclass(frozen=True)
class Portrait:
    """What is known of a muscle: stems of the words and the terms of its article."""

    stems: frozenset[str]
    terms: frozenset[str]


class Portraits:
    """The muscles of a library by what describes them."""

    def __init__(self, facts: Facts, atlas: Atlas) -> None:
        self._facts = facts
        self._atlas = atlas

    def described(self, read: Read) -> tuple[str, ...]:
        """The muscle that the message describes; several where it fits them as well; none where it describes none."""
        said = " ".join(read.message)
        if not _ONE.search(said) or _SEVERAL.search(said) or any(x.kind in _NAMING for x in read.links):
            return ()
        rated, whole = self.rated(read)
        if not rated or rated[0][0] < max(_LEAST, _SHARE * whole):
            return ()
        best = rated[0][0]
        if len(rated) == 1 or best >= _AHEAD * rated[1][0]:
            return (rated[0][1],)
        near = tuple(name for weight, name in rated if weight >= _NEAR * best)
        return near if len(near) <= _OFFERED else ()

    def rated(self, read: Read) -> tuple[list[tuple[float, str]], float]:
        """The muscles that share something with the message by weight, the best first, and the weight of all of it."""
        vocabulary = self._facts.library.vocabulary
        row = [word for word in read.message if word]
        links = [x for x in link(row, vocabulary) if len(x.terms) == 1 and x.kind not in _SILENT]
        taken = {n for x in links for n in range(x.start, x.end)}
        said = {stem(w) for n, w in enumerate(row) if n not in taken and w not in STOP and not w.isdigit()} - _SAYING
        wanted = [one for one in criteria(read, vocabulary) if not one.negated]
        sharing = [[m.structure for m in self._atlas.seek((one,))] for one in wanted]
        told = {t for one in wanted for pair in one.choices for t in pair}
        sharing += [self._with(terms={x.term}) for x in links if x.term not in told]
        sharing += [self._with(stems={one}) for one in said]
        weights: Counter[str] = Counter()
        whole = 0.0
        for held in filter(None, sharing):
            weight = math.log(len(self._portraits) / len(held))
            whole += weight
            weights.update(dict.fromkeys(held, weight))
        return sorted(((weight, name) for name, weight in weights.items()), key=lambda x: (-x[0], x[1])), whole

    def _with(
        self, *, stems: frozenset[str] | set[str] = frozenset(), terms: frozenset[str] | set[str] = frozenset()
    ) -> list[str]:
        return [name for name, one in self._portraits.items() if stems & one.stems or terms & one.terms]

    @cached_property
    def _portraits(self) -> dict[str, Portrait]:
        return {name: self._portrait(name) for name in self._atlas.muscles}

    def _portrait(self, name: str) -> Portrait:
        term = self._facts.library.vocabulary.terms[name]
        groups = {group for group, members in self._atlas.groups.items() if name in members}
        spoken = {stem(w) for text in (term.name, *term.aliases) for w in words(text)}
        shaped = (f.stems for f in self._facts.section(name, *_SHAPED))
        return Portrait(frozenset(spoken).union(*shaped), self._facts.kin(name) | groups)
