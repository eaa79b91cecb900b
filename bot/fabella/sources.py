"""Finds the references that a question about sources means."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from fabella_intents.question import SOURCE, Context
from fabella_intents.reading import Read
from fabella_knowledge.model import Reference
from fabella_knowledge.tokens import words

from fabella.evidence import STOP, Facts, stem

_GENERIC = frozenset(
    "give gives giving source reference paper study studies article book author authors author's year doi link journal title which what who wrote says said say one the first "
    "last second third cite citation published publication edition url name full give me where did you get that from it is in of and for on by backs back "
    "behind support supports claim number page pages volume issue come comes research evidence "
    "studied researched research investigated two three those these publish published publisher printed wrote he she his her both them they are more any not anymore instead rather wrong mean meant sorry too also please again ok no so names name their when".split()
)


_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOSE = 0.45  # the least weight of shared words that tells a reference
_FITS = 0.6  # of the best score, from which on a reference on the structure spoken of is meant before another one
_INITIALS = 4  # letters of initials at most
_PRONOUNS = frozenset({"he", "she", "we", "you"})  # family names that mean nobody in a question
_WORKS = 2  # works of a journal that are shown where the words tell none of them
_TITLE = 4  # words of a title that tell which work is meant
_FEW = 2  # such words of a title that has few


class Bibliography:
    """The references of a library as small documents: title, people, place, year, and the claims that cite them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.references = facts.library.references
        self._titles = {r.id: _stems(f"{r.title} {r.container} {r.year}") for r in self.references.values()}
        self._names = {r.id: _people(r) for r in self.references.values()}
        self._known = frozenset().union(*self._names.values())

    @cached_property
    def _claims(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """The stems of each claim that a reference is cited for."""
        made: dict[str, list[frozenset[str]]] = {name: [] for name in self.references}
        for passage in self._facts.library.passages:
            stems = _stems(f"{passage.section} {passage.text}")
            for name in dict.fromkeys(c.reference for c in passage.citations):
                made[name].append(stems)
        return {name: tuple(held) for name, held in made.items()}

    @cached_property
    def _stems(self) -> Mapping[str, frozenset[str]]:
        """All stems of each reference: of its title and of what it is cited for."""
        return {name: self._titles[name].union(*self._claims[name]) for name in self.references}

    def meant(self, read: Read, context: Context, *, limit: int = 3) -> tuple[Reference, ...]:
        """The references that a question names, describes or points back to, best first; empty when none is meant."""
        # "The Nigerian figure" is found by the name of the country.
        row = (*read.row, *(w for x in read.links if x.kind == "population" for w in words(x.term)))
        known = self._known
        row = tuple(w[:-1] if w.endswith("s") and w[:-1] in known and w not in known else w for w in row)  # "moores"
        nth = read.question.ordinal
        if read.picked is not None:
            return self._of_item(read.picked)
        named = tuple(r for r in self.references.values() if self._names[r.id] & set(row))
        if named:
            years = set(re.findall(r"\b(?:19|20)\d\d\b", read.text))
            dated = tuple(r for r in named if r.year in years) or named
            if nth and len(dated) > 1:
                said = sorted(dated, key=lambda r: min(read.row.index(n) for n in self._names[r.id] & set(row)))
                return (said[nth - 1 if nth > 0 else nth],) if len(said) >= abs(nth) else tuple(said)
            people = [name for name in dict.fromkeys(row) if any(name in self._names[r.id] for r in dated)]
            works = [self._best(row, [r for r in dated if name in self._names[r.id]]) for name in people]
            # Two people with a work each: both are meant.
            several = tuple(dict.fromkeys(one for one in works if one is not None))
            best = self._ranked(row, dated, close=0.0)[:limit] if len(dated) > 1 else dated
            return several if len(several) > 1 else best or dated[:limit]
        everything = self._giving(row)
        if context.cited and not read.links:
            # "The DOI as well, please", "who studied them?": what was shown, unless a title or a figure is told.
            figure = any(w.isdigit() and not _YEAR.fullmatch(w) for w in row)
            near = self._near(read, context).union(context.cited)
            told = self._ranked(row, [r for r in everything if r.id in near], claims=figure)
            return (told or self._of(context.cited))[:limit]
        near = self._near(read, context)
        found = self._ranked(row, everything, near=near) or self._ranked(read.message, everything, near=near)
        if found:
            return found[:limit]
        if context.cited:
            return self._of(context.cited)
        return ()

    def _near(self, read: Read, context: Context) -> frozenset[str]:
        """The keys of the references that the article of the structure spoken of cites."""
        structure = read.question.structure or context.structure
        held = self._facts.of(structure) if structure is not None else ()
        return frozenset(c.reference for f in held for c in f.passage.citations)

    def _giving(self, row: Sequence[str]) -> tuple[Reference, ...]:
        """The references cited for a statement with all the numbers in the words; all of them where none is."""
        told = {w for w in row if w.isdigit()}
        giving = tuple(r for r in self.references.values() if any(told <= held for held in self._claims[r.id]))
        return giving if told and giving else self.all()

    def mismatch(self, read: Read) -> tuple[Reference, ...]:
        """What is right where an author is named with another's journal, year or title; empty when they agree."""
        named = [r for r in self.references.values() if self._names[r.id] & set(read.row)]
        journals = {x.term for x in read.links if x.kind == "journal"}
        years = set(re.findall(r"\b(?:19|20)\d\d\b", read.text))
        if named and journals and not any(r.container.lower() in journals for r in named):
            told = set(words(" ".join(journals)))
            row = [w for w in read.row if w not in told]
            if any(_stems(" ".join(row)) & self._titles[r.id] for r in named):
                return tuple(named[:1])  # the work is told by its title: the journal is wrong
            held = [r for r in self.references.values() if r.container.lower() in journals]
            return tuple(dict.fromkeys((*named[:1], *(self._ranked(row, held)[:1] or held[:_WORKS]))))
        if named and years and not any(r.year in years for r in named):
            return tuple(named)
        asked = _stems(" ".join(w for w in read.row if not any(w in self._names[r.id] for r in named)))
        titled = [r for r in self.references.values() if self._told_by(asked, r)]
        if named and titled and not any(self._told_by(asked, r) or r in titled for r in named):
            return tuple(titled[:1])  # the title is another's
        return ()

    def _told_by(self, asked: frozenset[str], one: Reference) -> bool:
        """Whether words tell a work by its title: several of its words, or most of those of a short title."""
        title = _stems(one.title)
        shared = len(asked & title)
        return shared >= _TITLE or (shared >= _FEW and 2 * shared > len(title))

    def claim(self, read: Read, one: Reference) -> str | None:
        """The passage citing `one` that shares most with the question, None when it shares nothing."""
        asked = _stems(" ".join(read.row))
        best, found = 0.0, None
        for passage in self._facts.library.passages:
            if any(c.reference == one.id for c in passage.citations):
                score = float(len(asked & _stems(f"{passage.section} {passage.text}")))
                if score > best:
                    best, found = score, passage.id
        return found

    def backing(self, passages: Sequence[str]) -> tuple[Reference, ...]:
        """The references that the passages cite, in order."""
        held = (self._facts.get(one) for one in passages)
        return self._of(dict.fromkeys(c.reference for f in held if f is not None for c in f.passage.citations))

    def _best(self, row: Sequence[str], pool: Sequence[Reference]) -> Reference | None:
        """The one work, or the one that the words fit best; None where none of several fits."""
        return pool[0] if len(pool) == 1 else next(iter(self._ranked(row, pool, close=0.0)), None)

    def _of_item(self, item: str) -> tuple[Reference, ...]:
        """The reference that an item of `Context.listed` is, or those behind what it names."""
        if item.startswith(SOURCE):
            return self._of((item.removeprefix(SOURCE),))
        told = (
            f.passage.id for f in self._facts if item in {f.passage.id, f.passage.part} or item in f.passage.terms[:1]
        )
        return self.backing(tuple(told))

    def of(self, structures: Sequence[str]) -> tuple[Reference, ...]:
        """The references that the articles of the structures cite, in the order of the file."""
        cited = {c.reference for one in structures for f in self._facts.of(one) for c in f.passage.citations}
        return tuple(one for one in self.references.values() if one.id in cited)

    def all(self) -> tuple[Reference, ...]:
        """Every reference, in the order of the file."""
        return tuple(self.references.values())

    def _of(self, names: Sequence[str] | dict[str, None]) -> tuple[Reference, ...]:
        return tuple(self.references[n] for n in names if n in self.references)

    def _ranked(
        self,
        row: Sequence[str],
        pool: Sequence[Reference],
        *,
        claims: bool = True,
        close: float = _CLOSE,
        near: frozenset[str] = frozenset(),
    ) -> tuple[Reference, ...]:
        """The best by the words of the titles and, with `claims`, of what they are cited for; of those `near` if they fit.

        A stem that df of the n references in `pool` have weighs log(1 + n / df) / log(1 + n).
        """
        asked = _stems(" ".join(row))
        n = len(pool)
        spread = {stem: sum(stem in self._stems[one.id] for one in pool) for stem in asked}
        weights = {stem: math.log(1 + n / df) / math.log(1 + n) for stem, df in spread.items() if df}
        scores = []
        for at, one in enumerate(pool):
            title = 1.5 * sum(weights.get(stem, 0.0) for stem in asked & self._titles[one.id])
            told = self._claims[one.id] if claims else ()
            claim = max((sum(weights.get(stem, 0.0) for stem in asked & held) for held in told), default=0.0)
            scores.append((title + claim, -at, one))
        best = max((score for score, _, _ in scores), default=0.0)
        if best <= 0.0 or best < close:
            return ()
        among = [x for x in scores if x[2].id in near and x[0] >= _FITS * best]
        if among:
            scores, best = among, max(score for score, _, _ in among)
        return tuple(one for score, _, one in sorted(scores, key=lambda x: x[:2], reverse=True) if score >= 0.85 * best)


def _people(one: Reference) -> frozenset[str]:
    """The words that name the people of a work, in small letters; of an institution those that tell it."""
    found: set[str] = set()
    for author in one.authors:
        family, _, initials = author.rpartition(" ")
        if family and initials.isupper() and len(initials) <= _INITIALS:
            found.update(words(family))
        else:
            found.update(w for w in words(author) if len(w) > _INITIALS and w not in _GENERIC and w not in STOP)
    return frozenset(found) - _PRONOUNS


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        stem(w) for w in words(text) if w not in _GENERIC and w not in STOP and (len(w) > 1 or w.isdigit())
    )
