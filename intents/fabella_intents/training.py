"""Fits a router to examples: n-grams, the support vector machine, the gate and its threshold.

The gate is fitted on held-out parts of the examples: none is judged by a machine that was trained on it. scikit-learn
and scipy are imported here alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabella_intents.features import Features, Floats, Ints, Ngrams, Weighted
from fabella_intents.gate import MEASURED, NO_LABEL, Gate
from fabella_intents.router import Router, gated

C = 1.0
TOLERANCE = 1.0  # of liblinear; finer ones score held-out examples no better
FOLDS = 2
ENOUGH = 1000  # declined examples that the gate is fitted on: folds are judged until there are as many
REJECTED = 0.03  # the quantile rule: the share of answerable held examples that the threshold gives up
SEED = 0
Truth = NDArray[np.bool_]


def fit(
    examples: Sequence[Features],
    labels: Sequence[str],
    *,
    declined: frozenset[str],
    talk: frozenset[str],
    held: tuple[Sequence[Features], Sequence[str]] | None = None,
) -> Router:
    """Fit everything on `examples` and their `labels`. `declined` and `talk` are labels that get no evidence.

    `held` are further examples with their labels. The threshold follows the quantile rule with them: it rejects
    `REJECTED` of those that are answerable. Without, it is the one that parts the folds of `examples` best.

    Raises:
        ValueError: fewer than two labels, or none of `held` is answerable.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise ValueError("a router needs examples of two labels at least")
    target = np.searchsorted(names, labels)
    ngrams, weighted = Ngrams.fit([one.row for one in examples])
    matrix = _matrix(weighted, len(ngrams))
    machine = _machine(matrix, target)
    coef, bias = machine.coef_, machine.intercept_
    if len(names) == 2:
        coef, bias = np.vstack([-coef, coef]), np.concatenate([-bias, bias])
    gate = gated(names, declined, talk, _used(matrix, target, len(names), ngrams.stems), np.zeros(1 + len(MEASURED)))
    measured, truth = _judged(gate, examples, matrix, target, ngrams)
    gate = replace(gate, weights=_weights(measured, truth))
    plain = np.ascontiguousarray(coef.T, dtype=np.float32)
    threshold = _even(np.array([gate.chance(one) for one in measured.tolist()]), truth)
    router = Router(names, declined, talk, ngrams, plain, bias, gate, threshold)
    if held is not None:
        taken = [one for one, label in zip(*held, strict=True) if label not in declined and label not in talk]
        router.threshold = _quantile(router, taken)
    return router


def _quantile(router: Router, held: Sequence[Features]) -> float:
    if not held:
        raise ValueError("no held example is answerable")
    return float(np.quantile([one.answerable for one in router.predict_all(held)], REJECTED))


def _matrix(rows: Weighted, width: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.weights, rows.places, rows.starts), shape=(len(rows.starts) - 1, width))


def _machine(matrix: Any, target: Ints) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=C, tol=TOLERANCE, random_state=SEED).fit(matrix, target)


def _used(matrix: Any, target: Ints, labels: int, stems: int) -> NDArray[np.bool_]:
    """(stems, labels): whether an example of the label holds the stem."""
    coo = matrix[:, :stems].tocoo()
    used = np.zeros((stems, labels), dtype=np.bool_)
    used[coo.col, target[coo.row]] = True
    return used


def _judged(
    gate: Gate, examples: Sequence[Features], matrix: Any, target: Ints, ngrams: Ngrams
) -> tuple[Floats, Truth]:
    """What the gate measures of held-out examples, and whether they are answerable.

    Where nothing is declined, it is whether their label is right that is to be known.
    """
    labels = gate.used.shape[1]
    counted = np.isin(target, np.concatenate([gate.answerable, gate.declined]))
    measured, truth = [np.zeros((0, len(MEASURED)))], [np.zeros(0, dtype=np.bool_)]
    # One after the other: liblinear draws from one generator for the whole process.
    for train, out in _folds(target):
        out = out[counted[out]]
        if len(set(target[train].tolist())) < 2:
            continue
        machine = _machine(matrix[train], target[train])
        values = np.full((len(out), labels), NO_LABEL)
        given = machine.decision_function(matrix[out])
        values[:, machine.classes_] = np.stack([-given, given], axis=1) if given.ndim == 1 else given
        fold = replace(gate, used=_used(matrix[train], target[train], labels, ngrams.stems))
        measured.append(fold.measure(values, [examples[at] for at in out], ngrams))
        right = ~np.isin(target[out], gate.declined)
        truth.append(right if len(gate.declined) else values.argmax(axis=1) == target[out])
        if sum(int((~one).sum()) for one in truth) >= ENOUGH:
            break
    return np.concatenate(measured), np.concatenate(truth)


def _folds(target: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The places of what is trained on and of what is held out, `FOLDS` times; a fold has its share of each label."""
    order = np.random.default_rng(SEED).permutation(len(target))
    fold = np.empty(len(target), dtype=np.int64)
    fold[order[np.argsort(target[order], kind="stable")]] = np.arange(len(target)) % FOLDS
    for one in range(FOLDS):
        yield np.flatnonzero(fold != one), np.flatnonzero(fold == one)


def _weights(measured: Floats, truth: Truth) -> Floats:
    """Logistic weights, bias first.

    Few declined examples count as much as many answerable ones, or their shape would be lost. The bias is set right
    for it afterwards: the probabilities are those of examples as they come.
    """
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.array([20.0 if truth.all() else -20.0] + [0.0] * measured.shape[1])
    scale = np.maximum(measured.std(axis=0), 1e-9)
    machine = LogisticRegression(max_iter=1000, class_weight="balanced").fit(measured / scale, truth)
    odds = np.log(truth.sum() / (~truth).sum())
    return np.concatenate([machine.intercept_ + odds, machine.coef_[0] / scale])


def _even(chances: Floats, truth: Truth) -> float:
    """The middle of the thresholds that judge no more wrong than the best one, give or take a standard error."""
    if truth.all() or not truth.any():
        return 0.5
    cuts = np.unique(np.round(chances, 3))
    right = np.array([((chances >= cut) == truth).mean() for cut in cuts])
    good = cuts[right >= right.max() - np.sqrt(right.max() * (1 - right.max()) / len(truth))]
    return float(good.min() + good.max()) / 2
