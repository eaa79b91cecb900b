"""The router: which intent a question has, and whether it is one that the library can answer at all.

A linear support vector machine (one against the rest) over word and character n-grams scores every label. A logistic
gate over the margin between the best answerable and the best declined label, and over what the question says that
nobody has said before, gives the probability that the question is answerable. The gate and its threshold are fitted
on held-out folds of the examples: no example is judged by a machine that was trained on it.

scikit-learn is imported for fitting alone. Scoring reads plain arrays.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabella_intents.features import CHAR_RANGE, WORD_RANGE, char_ngrams, weigh, word_ngrams

FOLDS = 3  # one part in so many is held out for the gate
C = 1.0
CHAR_WEIGHT = 1.4  # of the character block beside the word block; both chosen on held-out folds of the examples
TOLERANCE = 1e-3
SEED = 0
GATE_FEATURES = ("margin", "best answerable", "best declined", "strange words", "unseen words", "words")


@dataclass(frozen=True, slots=True)
class Features:
    """What the router sees of a question.

    `row` are its words, names replaced by their kind or term; `strange` counts words that are in no dictionary.
    """

    row: tuple[str, ...]
    strange: int

    @property
    def text(self) -> str:
        """The words in one text, for character n-grams."""
        return " ".join(self.row)


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
    """Fitted arrays and how to score with them. Make one with `fit` or `from_arrays`."""

    def __init__(
        self,
        labels: Sequence[str],
        declined: frozenset[str],
        talk: frozenset[str],
        words: Sequence[str],
        chars: Sequence[str],
        arrays: Mapping[str, NDArray[Any]],
        threshold: float,
    ) -> None:
        self.labels = tuple(labels)
        self.declined = declined
        self.talk = talk
        self.answerable = frozenset(labels) - declined - talk
        self.threshold = threshold
        self._words = {gram: at for at, gram in enumerate(words)}
        self._chars = {gram: at for at, gram in enumerate(chars)}
        self._arrays = dict(arrays)
        self._word_idf = arrays["word_idf"].tolist()
        self._char_idf = arrays["char_idf"].tolist()
        self._coef = np.asarray(arrays["coef"])  # a view without the cost of a memory map at each look
        self._bias = arrays["bias"]
        self._gate = arrays["gate"].tolist()
        self._is_answerable = np.array([label in self.answerable for label in self.labels])
        self._is_declined = np.array([label in self.declined for label in self.labels])

    def decision(self, seen: Features) -> NDArray[np.float64]:
        """Decision values of all labels, in the order of `labels`; equal to scikit-learn's within 1e-6."""
        places, weights = weigh(word_ngrams(seen.row), self._words, self._word_idf)
        more, further = weigh(char_ngrams(seen.text), self._chars, self._char_idf)
        base = len(self._word_idf)
        rows = places + [base + at for at in more]
        if not rows:
            return np.array(self._bias, dtype=np.float64)
        return np.asarray(
            np.array(weights + [CHAR_WEIGHT * w for w in further]) @ self._coef[rows] + self._bias, dtype=np.float64
        )

    def predict(self, seen: Features) -> Prediction:
        """Labels by score, and the probability that the question is answerable."""
        values = self.decision(seen)
        known = sum(word in self._words for word in seen.row)
        measured = _measure(values, self._is_answerable, self._is_declined, seen, len(seen.row) - known)
        order = np.argsort(-values, kind="stable")
        chance = _logistic(self._gate, measured)
        return Prediction(
            tuple((self.labels[at], float(values[at])) for at in order),
            chance,
            tuple(zip(GATE_FEATURES, measured, strict=True)),
        )

    def favour(self, one: Prediction, labels: Collection[str], bonus: float) -> Prediction:
        """The prediction with `bonus` on the scores of `labels`, and the gate's probability that follows from them."""
        scores = sorted(((n, v + bonus if n in labels else v) for n, v in one.scores), key=lambda x: -x[1])
        best = max((v for n, v in scores if n in self.answerable), default=-2.0)
        worst = max((v for n, v in scores if n in self.declined), default=-2.0)
        gate = (best - worst, best, worst, *(value for _, value in one.gate[3:]))
        return Prediction(tuple(scores), _logistic(self._gate, gate), tuple(zip(GATE_FEATURES, gate, strict=True)))

    def to_arrays(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What `from_arrays` needs: plain data that JSON can hold, and arrays."""
        plain = {
            "labels": self.labels, "declined": sorted(self.declined), "talk": sorted(self.talk),
            "words": list(self._words), "chars": list(self._chars), "threshold": self.threshold,
        }  # fmt: skip
        return plain, self._arrays

    @classmethod
    def from_arrays(cls, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Router:
        """The router that `to_arrays` took apart."""
        return cls(
            plain["labels"], frozenset(plain["declined"]), frozenset(plain["talk"]), plain["words"], plain["chars"],
            arrays, plain["threshold"],
        )  # fmt: skip


def fit(
    examples: Sequence[Features], labels: Sequence[str], *, declined: frozenset[str], talk: frozenset[str]
) -> Router:
    """Fit everything on `examples` and their `labels`. `declined` and `talk` are labels that get no evidence."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=WORD_RANGE, sublinear_tf=True, token_pattern=r"\S+", lowercase=False)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=CHAR_RANGE, sublinear_tf=True, min_df=3, lowercase=False)
    texts = [one.text for one in examples]
    matrix = hstack([words.fit_transform(texts), CHAR_WEIGHT * chars.fit_transform(texts)]).tocsr()
    names = sorted(set(labels))
    target = np.array(labels)
    answerable = np.array([name not in declined and name not in talk for name in names])
    refused = np.array([name in declined for name in names])

    def judge(split: tuple[NDArray[Any], NDArray[Any]]) -> list[tuple[list[float], bool]]:
        """Gate values and truth of the held-out examples of one fold."""
        train, held = split
        machine = LinearSVC(C=C, tol=TOLERANCE, random_state=SEED).fit(matrix[train], target[train])
        values = np.full((len(held), len(names)), -2.0)
        given = machine.decision_function(matrix[held])
        columns = [names.index(name) for name in machine.classes_]
        values[:, columns] = np.stack([-given, given], axis=1) if given.ndim == 1 else given
        seen = {word for at in train for word in examples[at].row}
        judged = []
        for at, row in zip(held, values, strict=True):
            if target[at] not in talk:
                unseen = sum(word not in seen for word in examples[at].row)
                judged.append(
                    (_measure(row, answerable, refused, examples[at], unseen), bool(target[at] not in declined))
                )
        return judged

    # One after the other: liblinear draws from one generator for the whole process.
    split = next(iter(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(matrix, target)))
    judged = judge(split)
    machine = LinearSVC(C=C, tol=TOLERANCE, random_state=SEED).fit(matrix, target)
    measured = [values for values, _ in judged]
    truth = [right for _, right in judged]
    gate, threshold = _fit_gate(np.array(measured), np.array(truth))

    coef = machine.coef_
    bias = machine.intercept_
    if len(names) == 2:
        coef = np.vstack([-coef[0], coef[0]])
        bias = np.array([-bias[0], bias[0]])
    arrays = {
        "word_idf": words.idf_.astype(np.float64), "char_idf": chars.idf_.astype(np.float64),
        "coef": np.ascontiguousarray(coef.T), "bias": np.asarray(bias, dtype=np.float64), "gate": gate,
    }  # fmt: skip
    return Router(
        names,
        declined,
        talk,
        list(words.get_feature_names_out()),
        list(chars.get_feature_names_out()),
        arrays,
        threshold,
    )


def _fit_gate(measured: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Logistic weights (bias first), and the threshold.

    It is the middle of those thresholds that judge no more wrong than the best one, give or take a standard error.
    """
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        constant = 20.0 if truth.all() else -20.0
        return np.array([constant] + [0.0] * measured.shape[1]), 0.5
    machine = LogisticRegression(max_iter=1000).fit(measured, truth)
    chances = machine.predict_proba(measured)[:, 1]
    cuts = np.unique(np.round(chances, 3))
    right = np.array([((chances >= cut) == truth).mean() for cut in cuts])
    error = np.sqrt(right.max() * (1 - right.max()) / len(truth))
    good = cuts[right >= right.max() - error]
    threshold = float(good.min() + good.max()) / 2
    return np.concatenate([machine.intercept_, machine.coef_[0]]).astype(np.float64), threshold


def _measure(
    values: NDArray[np.float64], answerable: NDArray[np.bool_], declined: NDArray[np.bool_], one: Features, unseen: int
) -> list[float]:
    best = float(values[answerable].max()) if answerable.any() else -2.0
    worst = float(values[declined].max()) if declined.any() else -2.0
    size = max(1, len(one.row))
    return [best - worst, best, worst, min(3.0, one.strange), unseen / size, min(1.0, size / 40)]


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    total = weights[0] + sum(w * v for w, v in zip(weights[1:], values, strict=True))
    if total >= 0:
        return 1.0 / (1.0 + math.exp(-total))
    grown = math.exp(total)
    return grown / (1.0 + grown)
