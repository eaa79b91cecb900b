"""A TF-IDF index over passages: fitted by scikit-learn, searched through plain arrays.

The weight of a term in a passage is (1 + ln tf) * idf with idf = ln((1 + n) / (1 + df)) + 1, rows of length
1 (the formulas of scikit-learn's TfidfVectorizer with `sublinear_tf=True`); the score is the cosine of query
and passage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabella_knowledge.model import Passage
from fabella_knowledge.tokens import singular, words


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it fits a query: the cosine, 0 to 1."""

    passage: Passage
    score: float


def document(passage: Passage) -> tuple[str, ...]:
    """The index terms of a passage: its structure, headings and text, names of terms included."""
    return terms(" ".join((passage.structure, *passage.heading, passage.text, *passage.terms)))


def terms(text: str) -> tuple[str, ...]:
    """The index terms of a text, the same way for documents and queries."""
    return tuple(singular(word) for word in words(text))


class Index:
    """Postings by term. Immutable; `search` is linear in the postings of the query's terms."""

    def __init__(
        self, passages: Sequence[Passage], vocabulary: Sequence[str], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        self._passages = tuple(passages)
        self._at = {term: n for n, term in enumerate(vocabulary)}
        self.arrays = dict(arrays)
        self._idf = arrays["index_idf"].tolist()
        self._starts = arrays["index_starts"].tolist()
        self._places = arrays["index_places"]
        self._weights = arrays["index_weights"]

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The terms, in the order of the arrays."""
        return tuple(self._at)

    def search(self, query: Sequence[str], limit: int = 10) -> tuple[Hit, ...]:
        """The passages that share a term with `query` (see `terms`), best first, at most `limit`."""
        scores = self.scores(query)
        order = np.argsort(-scores, kind="stable")[: max(0, limit)]
        return tuple(Hit(self._passages[at], float(scores[at])) for at in order if scores[at] > 0)

    def scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        """The cosine of the query with every passage, in their order."""
        counts: dict[int, int] = {}
        for term in query:
            at = self._at.get(term)
            if at is not None:
                counts[at] = counts.get(at, 0) + 1
        scores = np.zeros(len(self._passages))
        weights = {at: (1.0 + math.log(n)) * self._idf[at] for at, n in counts.items()}
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        for at, weight in weights.items():
            held = slice(self._starts[at], self._starts[at + 1])
            scores[self._places[held]] += self._weights[held] * (weight / length)
        return scores


def fit(passages: Sequence[Passage]) -> Index:
    """The index of `passages`."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=document, sublinear_tf=True)
    columns = vectorizer.fit_transform(passages).tocsc()
    arrays = {
        "index_idf": vectorizer.idf_.astype(np.float64), "index_starts": columns.indptr.astype(np.int64),
        "index_places": columns.indices.astype(np.int64), "index_weights": columns.data.astype(np.float64),
    }  # fmt: skip
    return Index(passages, list(vectorizer.get_feature_names_out()), arrays)
