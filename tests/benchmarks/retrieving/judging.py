"""Measures engines on data with graded judgements (BEIR's format): nDCG@10 and recall@100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from .engines import Spec
from .measuring import DEPTH, Row, keep, running, timed
from .metrics import ndcg, recall
from .reading import Judged


@dataclass(frozen=True, slots=True)
class Scored:
    """An engine's row with nDCG@10 and recall@100, 0 to 1, None where the row's note says why."""

    row: Row
    ndcg10: float | None
    recall100: float | None


def judged(specs: Sequence[Spec], data: Judged, *, top: int) -> list[Scored]:
    """The engines' figures, means over the queries that have judgements; times are of ranking the best `top`."""
    queries = list(data.queries.values())
    with running(specs, data.passages) as runners:
        # One more than counts: a query that is itself a document of the corpus doesn't find itself.
        ranked = [runner.attempt(lambda one: one.rank(queries, DEPTH + 1)) for runner in runners]
        timed(runners, queries, top)
        keep(runners)
        return [
            Scored(runner.row, *((None, None) if places is None else scores(data, places)))
            for runner, places in zip(runners, ranked, strict=True)
        ]


def scores(data: Judged, ranked: Sequence[Sequence[int]]) -> tuple[float, float]:
    """nDCG@10 and recall@100 of the places ranked for each query, in the order of `data.queries`."""
    each = []
    for query, places in zip(data.queries, ranked, strict=True):
        judgements = {document: gain for document, gain in data.judgements[query].items() if document != query}
        found = [data.ids[place] for place in places if data.ids[place] != query]
        gains = [judgements.get(document, 0) for document in found]
        each.append((ndcg(gains, judgements.values(), 10), recall(gains, judgements.values(), DEPTH)))
    return fmean(one for one, _ in each), fmean(one for _, one in each)
