"""Features of a question for the router: TF-IDF of word and character n-grams, as scikit-learn computes them.

The formulas are those of `sklearn.feature_extraction.text.TfidfVectorizer` with `sublinear_tf=True` and the
default smoothed idf and l2 norm: weight = (1 + ln tf) * idf, each block divided by its euclidean length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

WORD_RANGE = (1, 2)
CHAR_RANGE = (4, 4)


def word_ngrams(row: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours, as scikit-learn's word analyzer with `token_pattern=r"\\S+"`."""
    grams = list(row)
    grams += [f"{a} {b}" for a, b in pairwise(row)]
    return grams


def char_ngrams(text: str) -> list[str]:
    """Character n-grams inside word borders, as scikit-learn's `char_wb` analyzer."""
    grams: list[str] = []
    low, high = CHAR_RANGE
    for word in text.split():
        padded = f" {word} "
        size = len(padded)
        for n in range(low, high + 1):
            grams.append(padded[:n])
            offset = 0
            while offset + n < size:
                offset += 1
                grams.append(padded[offset : offset + n])
            if offset == 0:
                break
    return grams


def weigh(grams: Sequence[str], index: Mapping[str, int], idf: Sequence[float]) -> tuple[list[int], list[float]]:
    """Indices and l2-normed TF-IDF weights of the known n-grams; both empty when none is known."""
    counts: dict[int, int] = {}
    for gram in grams:
        at = index.get(gram)
        if at is not None:
            counts[at] = counts.get(at, 0) + 1
    if not counts:
        return [], []
    places = list(counts)
    weights = [idf[at] if counts[at] == 1 else (1.0 + math.log(counts[at])) * idf[at] for at in places]
    length = math.sqrt(sum(weight * weight for weight in weights))
    return places, [weight / length for weight in weights]
