"""The measures of ranked retrieval, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, linear_regression, quantiles


def rank_of(gold: str, ranked: Iterable[str]) -> int | None:
    """The place of `gold`, from 1, among the different names in `ranked`, each standing where it comes first.

    `ranked` holds the section of each passage, best passage first. None where `gold` doesn't occur.
    """
    seen = dict.fromkeys(ranked)
    return next((place for place, name in enumerate(seen, 1) if name == gold), None)


def success(ranks: Sequence[int | None], cutoff: int) -> float:
    """S@cutoff: the share, 0 to 1, of `ranks` up to `cutoff`. None counts as missed, no ranks at all give 0."""
    return fmean(rank is not None and rank <= cutoff for rank in ranks) if ranks else 0.0


def reciprocal_rank(ranks: Sequence[int | None], cutoff: int = 10) -> float:
    """MRR@cutoff: the mean of 1/rank, 0 to 1, where ranks beyond `cutoff` and None count as 0."""
    return fmean(1 / rank if rank is not None and rank <= cutoff else 0.0 for rank in ranks) if ranks else 0.0


def ndcg(gains: Sequence[float], judged: Iterable[float], cutoff: int = 10) -> float:
    """nDCG@cutoff, 0 to 1: linear gain, discounted by log2 of the place plus one, over the ideal order's.

    After Järvelin and Kekäläinen (2002) in the form that trec_eval computes. `gains` are the judgements of the ranked
    documents, best first (0 for one that isn't judged), `judged` all judgements of the query. Negative judgements
    count as 0; a query without a relevant document gives 0.
    """
    ideal = _discounted(sorted(judged, reverse=True)[:cutoff])
    return _discounted(gains[:cutoff]) / ideal if ideal else 0.0


def recall(gains: Sequence[float], judged: Iterable[float], cutoff: int = 100) -> float:
    """Recall@cutoff: the share, 0 to 1, of the relevant documents (judged above 0) among the first `cutoff`."""
    relevant = sum(gain > 0 for gain in judged)
    return sum(gain > 0 for gain in gains[:cutoff]) / relevant if relevant else 0.0


def percentile99(values: Sequence[float]) -> float:
    """The 99th percentile, in the unit of `values`; of one value that value."""
    return quantiles(values, n=100)[98] if len(values) > 1 else values[0]


def slope(sizes: Sequence[float], values: Sequence[float]) -> float | None:
    """The slope of the least-squares line through log(values) over log(sizes): 1 grows in proportion, 0 not at all.

    None for less than two different sizes, or a value that isn't above 0.
    """
    if len(set(sizes)) < 2 or min(values) <= 0:
        return None
    return linear_regression([math.log(one) for one in sizes], [math.log(one) for one in values]).slope


def _discounted(gains: Iterable[float]) -> float:
    return sum(max(0.0, gain) / math.log2(place + 1) for place, gain in enumerate(gains, 1))
