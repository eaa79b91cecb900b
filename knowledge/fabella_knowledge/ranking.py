"""Ranks indexed passages for a query, and says why one is where it is.

A passage's score is a sum: its words and pairs of words, and those of the section that it stands in, to which the
characters of the words add. Every weight was fixed when the index was fitted (see `index`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabella_knowledge.mending import Mender
from fabella_knowledge.postings import Ints, Postings
from fabella_knowledge.tokens import words
from fabella_knowledge.units import WINDOW, asking, content, grams, joining, stems

LEVELS = ("passage", "section")
_POSTINGS = ("starts", "places", "weights")
_SHOWN = 5  # terms that a reason names


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found: its place among those indexed, and its score, above 0 and without an upper end."""

    place: int
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What one kind of term ("words of the passage") adds to a score, and the heaviest of these terms."""

    name: str
    value: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """How well the best document answers a query.

    `fit` is its score for each unit of what the query asks: the sum of the idf of its content words, those that no
    document holds as rare as can be. `rival` is the share (0 to 1) of its score that the best document of another
    section has.
    """

    place: int
    fit: float
    rival: float


@dataclass(frozen=True, slots=True)
class Query:
    """A query in the terms of an index.

    `words` are all of its words, as mended; `mended` are slips, each with what it was mended to. `stems`, `pairs` and
    `grams` are numbers of terms, each once.
    """

    words: tuple[str, ...]
    mended: tuple[tuple[str, str], ...]
    stems: tuple[int, ...]
    pairs: tuple[int, ...]
    grams: tuple[int, ...]


class Index:
    """Fitted arrays and how to search with them. Immutable. Make one with `index.fit` or `from_arrays`.

    Terms are numbered: stems, then pairs (by key), then character grams. The key of a pair of stems a, b is
    a * n + b, n the number of stems, for neighbours; for what is near each other n * n is added, and a < b.
    """

    def __init__(
        self,
        stems: Sequence[str],
        pairs: Ints,
        grams: Sequence[str],
        levels: Mapping[str, Postings],
        section_of: NDArray[np.int64],
        known: Sequence[str],
    ) -> None:
        self._stems = {stem: n for n, stem in enumerate(stems)}
        self._pairs = pairs
        first = len(self._stems) + len(pairs)
        self._grams = {gram: n for n, gram in enumerate(grams, first)}
        self._levels = dict(levels)
        self._section_of = section_of
        self._known = tuple(known)
        self._mender = Mender(self._known)
        self._joining = frozenset(self._stems[one] for one in joining() if one in self._stems)

    def __len__(self) -> int:
        return len(self._section_of)

    def search(self, query: Query | str, limit: int = 10, *, first: int = 0) -> tuple[Hit, ...]:
        """The documents that share a term with `query`, best first, at most `limit`; equal ones in their order.

        Those before the place `first` are left out.
        """
        scores = self.scores(self.query(query) if isinstance(query, str) else query)
        return best(scores[first:], limit, first)

    def scores(self, query: Query) -> NDArray[np.float64]:
        """The score of every document, in their order; 0 for one that shares no term with the query."""
        terms = np.array((*query.stems, *query.pairs, *query.grams), dtype=np.int64)
        passages, sections = (self._levels[level].scores(terms) for level in LEVELS)
        return passages + sections[self._section_of]

    def support(self, query: Query, *, first: int = 0) -> Support | None:
        """How well the best of the documents from `first` on answers; None where none shares a term with the query."""
        scores = self.scores(query)[first:]
        if not len(scores) or not scores.max() > 0:
            return None
        place = int(np.argmax(scores))
        sections = self._section_of[first:]
        others = scores[sections != sections[place]]
        rival = float(others.max()) / float(scores[place]) if len(others) else 0.0
        asked = sum(self.asked(query).values())
        return Support(first + place, float(scores[place]) / asked if asked else 0.0, rival)

    def asked(self, query: Query) -> dict[str, float]:
        """The stems of a query's content words, each with how rare it is: what an answer should hold."""
        return {stem: self._rarity(stem) for stem in stems(query.words) if content(stem)}

    def _rarity(self, stem: str) -> float:
        """The idf of a stem (see `postings`); as rare as can be where no document holds it."""
        n = len(self)
        number = self._stems.get(stem)
        if number is None:
            return math.log1p((n + 0.5) / 0.5)
        starts = self._levels["passage"].starts
        held = int(starts[number + 1] - starts[number]) or n / 2  # too common to have postings
        return math.log1p((n - held + 0.5) / (held + 0.5))

    def query(self, text: str, *, mended: Sequence[tuple[str, str]] = ()) -> Query:
        """`text` in the terms of the index. Words that no text holds are mended where one is near.

        `mended` are slips that were mended in it before.
        """
        row = list(words(text))
        found = stems(row)
        slips = list(mended)
        for at, word in enumerate(row):
            if found[at] in self._stems or asking(found[at]):
                continue
            near = self._mender.nearest(word)
            # What only joins others describes no passage: "wats" is no "was".
            if near is not None and content(stem := stems([near])[0]):
                slips.append((word, near))
                row[at], found[at] = near, stem
        numbers = self._stems
        said = [numbers.get(stem, -1) for stem in found if not asking(stem)]
        chars = self._grams
        spelt = dict.fromkeys(chars[gram] for word in row for gram in grams(word) if gram in chars)
        held = dict.fromkeys(stem for stem in said if stem >= 0)
        return Query(tuple(row), tuple(slips), tuple(held), self._paired(said), tuple(spelt))

    def reasons(self, query: Query, place: int) -> tuple[Reason, ...]:
        """What the score of a document is made of, the heaviest first; the values add up to it."""
        found = []
        named = self._named(query)
        for level, at in zip(LEVELS, (place, int(self._section_of[place])), strict=True):
            postings = self._levels[level]
            for kind, terms in (("words", query.stems), ("phrases", query.pairs), ("characters", query.grams)):
                weights = {named[term]: weight for term in terms if (weight := postings.weight(term, at))}
                shown = sorted(weights, key=lambda term: -weights[term])[:_SHOWN]
                found.append(Reason(f"{kind} of the {level}", sum(weights.values()), tuple(shown)))
        return tuple(sorted((one for one in found if one.value), key=lambda one: -one.value))

    def _paired(self, row: Sequence[int]) -> tuple[int, ...]:
        """The pairs of a row of stems (-1: a word that no text holds) that the texts hold, by number."""
        size = len(self._stems)
        keys = {one * size + two for one, two in pairwise(row) if one >= 0 and two >= 0}
        content = [one for one in row if one not in self._joining]
        for at, one in enumerate(content):
            for two in content[at + 1 : at + 1 + WINDOW]:
                if one >= 0 and two >= 0 and one != two:
                    keys.add((size + one) * size + two if one < two else (size + two) * size + one)
        wanted = np.fromiter(keys, dtype=np.int64, count=len(keys))
        places = np.searchsorted(self._pairs, wanted)
        held = places[np.take(self._pairs, places, mode="clip") == wanted] if len(self._pairs) else places[:0]
        return tuple((held + size).tolist())

    def _named(self, query: Query) -> dict[int, str]:
        """What each term of a query is, in its words."""
        size = len(self._stems)
        words = {
            self._stems[stem]: word
            for word, stem in zip(query.words, stems(query.words), strict=True)
            if stem in self._stems
        }
        named = {stem: words[stem] for stem in query.stems}
        for pair in query.pairs:
            one, two = divmod(int(self._pairs[pair - size]), size)
            named[pair] = f"{words[one]} {words[two]}" if one < size else f"{words[one - size]} … {words[two]}"
        spelt = {self._grams[gram]: gram for word in query.words for gram in grams(word) if gram in self._grams}
        return named | spelt

    def to_arrays(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What `from_arrays` needs: plain data that JSON can hold, and arrays."""
        plain = {
            "stems": "\n".join(self._stems), "grams": "\n".join(self._grams), "known": "\n".join(self._known),
            "sections": self._levels["section"].among,
        }  # fmt: skip
        arrays: dict[str, NDArray[Any]] = {"index_pairs": self._pairs, "index_section_of": self._section_of}
        for level, postings in self._levels.items():
            arrays |= {f"index_{level}_{name}": getattr(postings, name) for name in _POSTINGS}
        return plain, arrays

    @classmethod
    def from_arrays(cls, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Index:
        """The index that `to_arrays` took apart. The arrays may be memory-mapped."""
        # A view without the cost of a memory map at each look.
        views = {name: np.asarray(array) for name, array in arrays.items() if name.startswith("index_")}
        sizes = {"passage": len(views["index_section_of"]), "section": int(plain["sections"])}
        levels = {
            level: Postings(**{name: views[f"index_{level}_{name}"] for name in _POSTINGS}, among=sizes[level])
            for level in LEVELS
        }
        words = (plain[name].split("\n") if plain[name] else [] for name in ("stems", "grams", "known"))
        held, chars, known = words
        return cls(held, views["index_pairs"], chars, levels, views["index_section_of"], known)


def best(scores: NDArray[np.float64], limit: int, first: int = 0) -> tuple[Hit, ...]:
    """The places of the highest scores above 0, best first, at most `limit`; equal ones in their order.

    `first` is the place of the first score.
    """
    limit = min(max(0, limit), len(scores))
    if not limit:
        return ()
    if limit < len(scores):
        least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        chosen = np.flatnonzero(scores >= max(least, np.nextafter(0.0, 1.0)))
    else:
        chosen = np.flatnonzero(scores > 0)
    order = chosen[np.argsort(-scores[chosen], kind="stable")][:limit]
    return tuple(Hit(first + int(place), float(scores[place])) for place in order)
