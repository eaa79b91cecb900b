"""Whether a question can be answered at all: a logistic gate over what the router's scores leave to tell.

It weighs the best answerable and the best declined score, how much of the question the examples of the best label
hold, and the words that are in no dictionary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from fabella_intents.features import Features, Floats, Ints, Ngrams

MEASURED = ("best answerable", "best declined", "covered", "strange")
NO_LABEL = -2.0  # the score of a label that there is not
_MOST_STRANGE = 3  # words in no dictionary; more tell no more
_STEEPEST = 50.0  # of the logistic function, beyond which it stays as it is


@dataclass(frozen=True, slots=True)
class Gate:
    """Measures questions and weighs what it measured.

    `answerable` and `declined` are the places of such labels among all; `used` (stems, labels) tells whether an
    example of the label holds the stem; `weights` are the bias and one for each of `MEASURED`.
    """

    answerable: Ints
    declined: Ints
    used: NDArray[np.bool_]
    weights: Floats

    def measure(self, values: Floats, examples: Sequence[Features], ngrams: Ngrams) -> Floats:
        """A row of `MEASURED` for each example; `values` (examples, labels) are the scores of all labels."""
        count = len(examples)
        out = np.empty((count, len(MEASURED)))
        if len(self.answerable):
            among = values[:, self.answerable]
            first = among.argmax(axis=1)
            out[:, 0] = among[np.arange(count), first]
            labels = self.answerable[first]
        else:
            out[:, 0] = NO_LABEL
        out[:, 1] = values[:, self.declined].max(axis=1) if len(self.declined) else NO_LABEL
        for row, one in enumerate(examples):
            out[row, 2] = self._covered(one, int(labels[row]), ngrams) if len(self.answerable) else 0.0
            out[row, 3] = min(_MOST_STRANGE, one.strange)
        return out

    def chance(self, measured: Sequence[float]) -> float:
        """The probability (0 to 1) that a question is answerable, from its row of `MEASURED`."""
        bias, *weights = self.weights.tolist()
        total = bias + sum(weight * value for weight, value in zip(weights, measured, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-_STEEPEST, min(_STEEPEST, total))))

    def _covered(self, one: Features, label: int, ngrams: Ngrams) -> float:
        """The share (0 to 1) of the question's stems, by idf, that examples of the label hold."""
        places, idf, unknown = ngrams.rarity(one.row)
        whole = sum(idf) + unknown
        return sum(compress(idf, self.used[places, label].tolist())) / whole if whole else 0.0
