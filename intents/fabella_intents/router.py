"""The router: which intent a question has, and whether it is one that the library can answer at all.

A linear support vector machine (one against the rest) scores every label by the n-grams of the question; the gate
says from the scores how probable it is that the question is answerable. `training` fits both.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabella_intents.features import Features, Floats, Ngrams
from fabella_intents.gate import MEASURED, NO_LABEL, Gate

CHUNK = 256  # questions that are scored at once, at most


@dataclass(frozen=True, slots=True)
class Prediction:
    """Scores a label (decision values of the SVM, 0 is the border), best first, and the gate's probability.

    `answerable` is the probability (0 to 1) that the question is one of those that the library answers;
    `gate` shows the values that led to it.
    """

    scores: tuple[tuple[str, float], ...]
    answerable: float
    gate: tuple[tuple[str, float], ...]

    def score(self, label: str) -> float:
        """The score of one label, -inf for an unknown one."""
        return next((value for name, value in self.scores if name == label), -math.inf)

    def without(self, prefix: str) -> Prediction:
        """The prediction without the labels that begin so."""
        return Prediction(tuple(x for x in self.scores if not x[0].startswith(prefix)), self.answerable, self.gate)

    def best(self, labels: frozenset[str]) -> tuple[str, float]:
        """The best of `labels` and its score, ("", -inf) when there is none."""
        return next(((n, v) for n, v in self.scores if n in labels), ("", -math.inf))


class Router:
    """Fitted arrays and how to score with them. Make one with `training.fit` or `from_arrays`.

    `labels` are in the order of the columns of `coef` (n-grams, labels) and of `bias`; `declined` and `talk` are
    those that get no evidence. A question is answerable from a probability of `threshold` on.
    """

    def __init__(
        self,
        labels: Sequence[str],
        declined: frozenset[str],
        talk: frozenset[str],
        ngrams: Ngrams,
        coef: NDArray[np.float32],
        bias: Floats,
        gate: Gate,
        threshold: float,
    ) -> None:
        self.labels = tuple(labels)
        self.declined = declined
        self.talk = talk
        self.answerable = frozenset(labels) - declined - talk
        self.threshold = threshold
        self.gate = gate
        self._ngrams = ngrams
        self._coef = np.asarray(coef)  # a view without the cost of a memory map at each look
        self._bias = np.asarray(bias)
        self._names = np.array(self.labels, dtype=object)

    def decision(self, examples: Sequence[Features]) -> Floats:
        """Decision values (examples, labels), in the order of `labels`; equal to scikit-learn's within 1e-4."""
        return self._ngrams.weigh([one.row for one in examples]).times(self._coef) + self._bias

    def predict(self, seen: Features) -> Prediction:
        """Labels by score, and the probability that the question is answerable."""
        return self.predict_all((seen,))[0]

    def predict_all(self, examples: Sequence[Features]) -> list[Prediction]:
        """The prediction for each of many questions."""
        found: list[Prediction] = []
        for at in range(0, len(examples), CHUNK):
            some = examples[at : at + CHUNK]
            values = self.decision(some)
            measured = self.gate.measure(values, some, self._ngrams).tolist()
            orders = np.argsort(-values, axis=1, kind="stable")
            for row, order, gate in zip(values, orders, measured, strict=True):
                scores = tuple(zip(self._names[order].tolist(), row[order].tolist(), strict=True))
                found.append(Prediction(scores, self.gate.chance(gate), tuple(zip(MEASURED, gate, strict=True))))
        return found

    def favour(self, one: Prediction, labels: Collection[str], bonus: float) -> Prediction:
        """The prediction with `bonus` on the scores of `labels`, and the gate's probability that follows from them."""
        scores = sorted(((n, v + bonus if n in labels else v) for n, v in one.scores), key=lambda x: -x[1])
        best = max((v for n, v in scores if n in self.answerable), default=NO_LABEL)
        worst = max((v for n, v in scores if n in self.declined), default=NO_LABEL)
        gate = (best, worst, *(value for _, value in one.gate[2:]))
        return Prediction(tuple(scores), self.gate.chance(gate), tuple(zip(MEASURED, gate, strict=True)))

    def to_arrays(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What `from_arrays` needs: plain data that JSON can hold, and arrays."""
        plain, arrays = self._ngrams.to_arrays()
        plain |= {
            "labels": self.labels, "declined": sorted(self.declined), "talk": sorted(self.talk),
            "threshold": self.threshold,
        }  # fmt: skip
        arrays |= {"coef": self._coef, "bias": self._bias, "used": self.gate.used, "gate": self.gate.weights}
        return plain, arrays

    @classmethod
    def from_arrays(cls, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Router:
        """The router that `to_arrays` took apart."""
        labels, declined, talk = plain["labels"], frozenset(plain["declined"]), frozenset(plain["talk"])
        gate = gated(labels, declined, talk, np.asarray(arrays["used"]), np.asarray(arrays["gate"]))
        ngrams = Ngrams.from_arrays(plain, arrays)
        return cls(labels, declined, talk, ngrams, arrays["coef"], arrays["bias"], gate, plain["threshold"])


def gated(
    labels: Sequence[str],
    declined: Collection[str],
    talk: Collection[str],
    used: NDArray[np.bool_],
    weights: Floats,
) -> Gate:
    """The gate over `labels`."""
    answerable = [at for at, name in enumerate(labels) if name not in declined and name not in talk]
    refused = [at for at, name in enumerate(labels) if name in declined]
    return Gate(np.array(answerable, dtype=np.int64), np.array(refused, dtype=np.int64), used, weights)
