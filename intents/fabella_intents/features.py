"""What the router sees of a question, and TF-IDF of its n-grams in three blocks.

The first block holds stems and pairs of neighbouring words (with the borders of the question), the second unordered
pairs of stems that stand near each other, the third character trigrams of the words. The weight of an n-gram is
(1 + ln tf) * idf with idf = ln((1 + n) / (1 + df)) + 1, and each block of a question has the same length in every
question. These are the formulas of scikit-learn's `TfidfVectorizer` with `sublinear_tf=True`.

An n-gram is a number: those of stems come first, then those of neighbours, near pairs and trigrams. So the n-grams
that are known are one sorted array, which can stay in its file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
from fabella_knowledge.units import stems
from numpy.typing import NDArray

NEAR = 8  # a pair of stems stands at most so far apart: more find nothing more, and long messages stay cheap
LEAST_PAIR = 2  # examples that hold a pair of stems, at least
LEAST_TRIGRAM = 2
LENGTHS = (1.0, 0.7, 1.2)  # of the blocks of a question: pairs tell less, characters more than words
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Features:
    """What the router sees of a question.

    `row` are its words, names replaced by their kind or term; `strange` counts words that are in no dictionary.
    """

    row: tuple[str, ...]
    strange: int = 0


@dataclass(frozen=True, slots=True)
class Weighted:
    """Rows of a sparse matrix: `weights` at `places`; row i is `starts[i]:starts[i + 1]` of both."""

    places: Ints
    weights: Floats
    starts: Ints

    def times(self, dense: NDArray[np.float32]) -> Floats:
        """The product with a dense matrix."""
        out = np.zeros((len(self.starts) - 1, dense.shape[1]))
        weights = self.weights.astype(np.float32)
        for row, (start, stop) in enumerate(pairwise(self.starts.tolist())):
            # One row after the other: what they pick of the matrix fits into the processor's cache.
            out[row] = weights[start:stop] @ dense[self.places[start:stop]]
        return out


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in numbers; one that no example holds has the number after the last."""

    number: int
    stem: int
    trigrams: tuple[int, ...]  # those that examples hold


class Ngrams:
    """The n-grams of a set of examples, each with its place in a row of weights, and its idf.

    `words`, `stems` and `trigrams` are sorted; the numbers of words begin at 1, for 0 is the border of a question.
    `known` are the numbers of the n-grams, sorted: all the stems (so that the place of a stem is its number), then
    the others; `idf` is theirs.
    """

    def __init__(
        self, words: Sequence[str], stems: Sequence[str], trigrams: Sequence[str], known: Ints, idf: Floats
    ) -> None:
        self._words = {word: n for n, word in enumerate(words, 1)}
        self._stems = {stem: n for n, stem in enumerate(stems)}
        self._known = np.asarray(known)  # views without the cost of a memory map at each look
        self.idf = np.asarray(idf)
        self._width = len(self._words) + 2  # the border, the words, and one that is unknown
        self._unknown = len(self._stems)
        self._first_phrase = len(self._stems) + 1
        self._first_pair = self._first_phrase + self._width**2
        self._first_trigram = self._first_pair + self._first_phrase**2
        self._trigrams = {gram: n for n, gram in enumerate(trigrams, self._first_trigram)}
        self._ends = np.searchsorted(self._known, (self._first_pair, self._first_trigram))  # of two blocks of three
        self._rarest = float(self.idf.max(initial=1.0))
        self._stem_idf = self.idf[: len(self._stems)].tolist()
        self._apart: dict[str, _Word] = {}  # words of the examples, filled when asked for

    def __len__(self) -> int:
        return len(self.idf)

    @property
    def stems(self) -> int:
        """How many stems there are: the n-grams of the first places."""
        return len(self._stems)

    @classmethod
    def fit(cls, rows: Sequence[Sequence[str]]) -> tuple[Ngrams, Weighted]:
        """The n-grams that enough of the rows hold, and their weights in each row."""
        words = sorted(set(chain.from_iterable(rows)))
        trigrams = sorted({gram for word in words for gram in trigrams_of(word)})
        nothing = np.zeros(0)
        every = cls(words, sorted(set(stems(words))), trigrams, nothing.astype(np.int64), nothing)
        numbers, counts, owners = every._numbered(rows)
        known, places, held = np.unique(numbers, return_inverse=True, return_counts=True)
        least = np.ones(len(known))
        least[known >= every._first_pair] = LEAST_PAIR
        least[known >= every._first_trigram] = LEAST_TRIGRAM
        enough = held >= least
        idf = np.log((1 + len(rows)) / (1.0 + held[enough])) + 1.0
        made = cls(words, list(every._stems), trigrams, known[enough], idf)
        kept = enough[places]
        places = (np.cumsum(enough) - 1)[places[kept]]
        return made, made._weighted(places, counts[kept], owners[kept], len(rows))

    def weigh(self, rows: Sequence[Sequence[str]]) -> Weighted:
        """The weights of the known n-grams of each row."""
        numbers, counts, owners = self._numbered(rows)
        if not len(self):
            return Weighted(numbers[:0], counts[:0], np.zeros(len(rows) + 1, dtype=np.int64))
        places = self._known.searchsorted(numbers)
        kept = self._known.take(places, mode="clip") == numbers
        return self._weighted(places[kept], counts[kept], owners[kept], len(rows))

    def rarity(self, row: Sequence[str]) -> tuple[list[int], list[float], float]:
        """The places of the row's different stems, their idf, and that of those together that no example holds."""
        found = {self._word(word).stem for word in row}
        unknown = 0.0
        if self._unknown in found:
            found.remove(self._unknown)
            unknown = self._rarest * len({stem for stem in stems(row) if stem not in self._stems})
        places = list(found)
        return places, [self._stem_idf[at] for at in places], unknown

    def to_arrays(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What `from_arrays` needs: plain data that JSON can hold, and arrays."""
        plain = {"words": list(self._words), "stems": list(self._stems), "trigrams": list(self._trigrams)}
        return plain, {"known": self._known, "idf": self.idf}

    @classmethod
    def from_arrays(cls, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Ngrams:
        """The n-grams that `to_arrays` took apart."""
        return cls(plain["words"], plain["stems"], plain["trigrams"], arrays["known"], arrays["idf"])

    def _weighted(self, places: Ints, counts: Floats, owners: Ints, rows: int) -> Weighted:
        """Weights from how often the rows that are the `owners` hold the n-grams at `places`."""
        weights = (1.0 + np.log(counts)) * self.idf[places]
        blocks = owners * len(LENGTHS) + self._ends.searchsorted(places, side="right")
        lengths = np.sqrt(np.bincount(blocks, weights * weights))
        weights *= np.array(LENGTHS)[blocks % len(LENGTHS)] / lengths[blocks]
        return Weighted(places, weights, owners.searchsorted(np.arange(rows + 1)))

    def _numbered(self, rows: Sequence[Sequence[str]]) -> tuple[Ints, Floats, Ints]:
        """The n-grams of the rows by their numbers, each once a row; how often they are in it; and which row it is."""
        counted = [self._counted(row) for row in rows]
        sizes = [len(one) for one in counted]
        size = sum(sizes)
        numbers = np.fromiter(chain.from_iterable(counted), dtype=np.int64, count=size)
        counts = np.fromiter(chain.from_iterable([one.values() for one in counted]), dtype=np.float64, count=size)
        return numbers, counts, np.repeat(np.arange(len(rows)), sizes)

    def _counted(self, row: Sequence[str]) -> Counter[int]:
        """How often the row holds each n-gram, by its number. Those with an unknown word have numbers of no other."""
        words = [self._word(word) for word in row]
        found = [word.stem for word in words]
        numbers = [*found]
        at, width = self._first_phrase, self._width
        before = 0
        for word in words:
            numbers.append(at + before * width + word.number)
            before = word.number
        numbers.append(at + before * width)
        at, width = self._first_pair, self._first_phrase
        for n, one in enumerate(found, 1):
            base = at + one
            for other in found[n : n + NEAR]:
                if one < other:
                    numbers.append(at + one * width + other)
                elif other < one:
                    numbers.append(base + other * width)
        for word in words:
            numbers += word.trigrams
        return Counter(numbers)

    def _word(self, word: str) -> _Word:
        held = self._apart.get(word)
        if held is None:
            (stem,) = stems((word,))
            trigrams = tuple(n for gram in trigrams_of(word) if (n := self._trigrams.get(gram)) is not None)
            held = _Word(self._words.get(word, self._width - 1), self._stems.get(stem, self._unknown), trigrams)
            if word in self._words:  # what else people write is not kept
                self._apart[word] = held
        return held


def trigrams_of(word: str) -> list[str]:
    """The character trigrams of a word between blanks."""
    padded = f" {word} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)]
