"""Postings: by term the places that hold it, each with what the term adds to the score of that place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_FEW = 50  # places that a term stands in are never too many


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often each term stands in each of `among` places: arrays of one length, sorted by term, then by place."""

    terms: Ints
    places: Ints
    counts: NDArray[Any]
    among: int

    @classmethod
    def of(cls, terms: Ints, places: Ints, *, among: int) -> Occurrences:
        """Counted from one entry an occurrence."""
        found = terms * among
        found += places
        found.sort()
        starts = np.flatnonzero(np.diff(found, prepend=-1))
        counts = np.diff(starts, append=len(found))
        return cls(*np.divmod(found[starts], max(1, among)), counts, among)

    def numbered(self) -> tuple[Occurrences, Ints]:
        """The same with the terms numbered from 0, in their order; and the terms that these numbers stand for."""
        new = np.diff(self.terms, prepend=-1) != 0
        return Occurrences(np.cumsum(new) - 1, self.places, self.counts, self.among), self.terms[new]

    def spread(self, starts: Ints, parts: Ints) -> Occurrences:
        """Those of what the terms consist of: the parts of term t are `parts[starts[t]:starts[t + 1]]`."""
        sizes = starts[self.terms + 1] - starts[self.terms]
        held = parts[_ranges(starts[self.terms], sizes)]
        found, at = np.unique(held * self.among + np.repeat(self.places, sizes), return_inverse=True)
        counts = np.bincount(at, weights=np.repeat(self.counts, sizes), minlength=len(found))
        return Occurrences(*np.divmod(found, max(1, self.among)), counts, self.among)

    @property
    def lengths(self) -> NDArray[np.float64]:
        """How many terms stand in each place."""
        return np.asarray(np.bincount(self.places, weights=self.counts, minlength=self.among), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Saturation:
    """How a weight grows with the occurrences of a term (slower by `k1`) and shrinks with a place's length (by `b`)."""

    k1: float
    b: float


@dataclass(frozen=True, slots=True)
class Postings:
    """Those of term t are `places[starts[t]:starts[t + 1]]`, ascending, with `weights` of the same length.

    `among` is the number of places. Weights have the three digits of half precision, places as few bytes as will do.
    """

    starts: Ints
    places: NDArray[Any]
    weights: NDArray[np.float16]
    among: int

    @classmethod
    def none(cls, terms: int, *, among: int) -> Postings:
        """Those of terms that stand nowhere."""
        return cls(np.zeros(terms + 1, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.float16), among)

    @classmethod
    def weighed(
        cls,
        held: Occurrences,
        lengths: NDArray[Any],
        scale: NDArray[np.float64],
        by: Saturation,
        *,
        common: float = 1.0,
    ) -> Postings:
        """Weights by BM25 (Robertson and Zaragoza 2009, with the idf of Lucene), times `scale`, one a term.

        idf = ln(1 + (n - df + 0.5) / (df + 0.5))
        weight = idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))
        Terms in more than the share `common` of the places get none.
        """
        n = held.among
        df = np.bincount(held.terms, minlength=len(scale))
        idf = np.log1p((n - df + 0.5) / (df + 0.5)) * scale
        idf[df > max(_FEW, common * n)] = 0.0
        at = np.flatnonzero(idf[held.terms])
        terms, places, counts = held.terms[at], held.places[at], held.counts[at]
        norm = by.k1 * (1 - by.b + by.b * lengths / max(1.0, lengths.mean() if n else 0.0))
        weights = idf[terms] * counts * (by.k1 + 1) / (counts + norm[places])
        return cls(
            np.concatenate(([0], np.cumsum(np.bincount(terms, minlength=len(scale))))),
            places.astype(np.min_scalar_type(max(1, n - 1))),
            weights.astype(np.float16),
            n,
        )

    @classmethod
    def joined(cls, blocks: Sequence[Postings]) -> Postings:
        """Those of several kinds of terms in the same places, one kind numbered after the other."""
        counts = np.concatenate([np.diff(one.starts) for one in blocks])
        return cls(
            np.concatenate(([0], np.cumsum(counts))),
            np.concatenate([one.places for one in blocks]),
            np.concatenate([one.weights for one in blocks]),
            blocks[0].among,
        )

    def scores(self, terms: Ints) -> NDArray[np.float64]:
        """The sum of the terms' weights in each place. Linear in their postings."""
        begin = self.starts[terms]
        at = _ranges(begin, self.starts[terms + 1] - begin)
        total = np.bincount(self.places[at], weights=self.weights[at], minlength=self.among)
        return np.asarray(total, dtype=np.float64)

    def weight(self, term: int, place: int) -> float:
        """What one term adds to the score of one place; 0 where it isn't held."""
        begin, end = int(self.starts[term]), int(self.starts[term + 1])
        at = begin + int(np.searchsorted(self.places[begin:end], place))
        return float(self.weights[at]) if at < end and self.places[at] == place else 0.0


def _ranges(starts: Ints, sizes: Ints) -> Ints:
    """The numbers from each start on, as many as its size, one range after the other."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + sizes, sizes)
