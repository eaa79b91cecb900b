"""Lays figures out as tables for reading, and as plain objects for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from .growth import Curve
from .judging import Scored
from .measuring import Cost, Quality, Row

_MB = 2**20
_QUALITY = ("S@1", "S@5", "MRR10")
_Column = tuple[str, int, Callable[[Cost], str]]  # head, width, and how the figure is written: a dash without one
_COST: tuple[_Column, ...] = (
    ("build s", 8, lambda one: _number(one.build_s, 2)),
    ("median ms", 10, lambda one: _number(one.median_ms, 3)),
    ("p99 ms", 8, lambda one: _number(one.p99_ms, 3)),
    ("x bm25s", 8, lambda one: _number(one.to_bm25s, 2)),
    ("peak MB", 8, lambda one: _number(one.peak_bytes, 0, _MB)),
    ("index MB", 9, lambda one: _number(one.index_bytes, 1, _MB)),
)
_OURS = tuple(one for one in _COST if one[0] != "x bm25s")
_SLOPES = ("build_s", "peak_bytes", "index_bytes", "open_s", "median_ms", "p99_ms")


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Quality by kind of question and cost, a line for each engine."""
    kinds = _kinds(rows)
    width = _width([row.name for row in rows])
    yield " " * width + "".join(f"{_title(one):>{len(_QUALITY) * 6 + 1}}" for one in kinds)
    heads = "".join(f"{head:>6}" for head in _QUALITY)
    yield " " * width + (" " + heads) * len(kinds) + _heads()
    for row in rows:
        if row.note:
            yield f"{row.name:<{width}} {row.note}"
            continue
        cells = "".join(" " + "".join(f"{_share(v):>6}" for v in (q.s1, q.s5, q.mrr10)) for q in row.quality)
        yield f"{row.name:<{width}}{cells}{_costs(row.cost)}"


def typo_table(rows: Sequence[Row], unchanged: int) -> Iterator[str]:
    """What one typo a query costs each engine, in points, by kind of question."""
    kinds = _kinds(rows)
    width = _width([row.name for row in rows])
    left = f" ({unchanged} without a word of four letters are as they were)" if unchanged else ""
    yield f"with one typo a query{left}: MRR@10, and points lost of S@1 and of MRR@10"
    yield " " * width + "".join(f"{_title(one):>22}" for one in kinds)
    yield " " * width + f"{'MRR10':>8}{'-S@1':>7}{'-MRR10':>7}" * len(kinds)
    for row in rows:
        if not row.note:
            cells = (
                f"{_share(now.mrr10):>8}{(once.s1 - now.s1) * 100:>7.1f}{(once.mrr10 - now.mrr10) * 100:>7.1f}"
                for once, now in zip(row.quality, row.mistyped, strict=True)
            )
            yield f"{row.name:<{width}}{''.join(cells)}"


def ablation_table(rows: Sequence[Row]) -> Iterator[str]:
    """MRR@10 of each variant by kind of question, and the points by which it differs from the first."""
    kinds = _kinds(rows)
    width = _width([row.name for row in rows])
    mistyped = any(row.mistyped for row in rows)
    yield "MRR@10, and points above or below the first line" + (", the right half with one typo a query" * mistyped)
    yield " " * width + "".join(f"{_title(one):>20}" for one in kinds) * (1 + mistyped) + _heads(_OURS)
    for row in rows:
        if row.note:
            yield f"{row.name:<{width}} {row.note}"
            continue
        pairs = [*zip(row.quality, rows[0].quality, strict=False), *zip(row.mistyped, rows[0].mistyped, strict=False)]
        cells = "".join(f"{_share(one.mrr10):>12}{(one.mrr10 - first.mrr10) * 100:>+8.1f}" for one, first in pairs)
        yield f"{row.name:<{width}}{cells}{_costs(row.cost, _OURS)}"


def beir_table(scored: Sequence[Scored]) -> Iterator[str]:
    """nDCG@10, recall@100 and cost, a line for each engine."""
    width = _width([one.row.name for one in scored])
    yield " " * width + f"{'nDCG@10':>9}{'recall@100':>12}" + _heads()
    for one in scored:
        if one.ndcg10 is None or one.recall100 is None:
            yield f"{one.row.name:<{width}} {one.row.note}"
        else:
            yield f"{one.row.name:<{width}}{_share(one.ndcg10):>9}{_share(one.recall100):>12}{_costs(one.row.cost)}"


def growth_table(curves: Sequence[Curve]) -> Iterator[str]:
    """Cost by number of passages, and the slopes of the log-log lines below, for each engine."""
    width = _width([one.name for one in curves])
    heads = ("build s", "peak MB", "index MB", "open ms", "median ms", "p99 ms", "x bm25s")
    yield f"{'':<{width}}{'passages':>10}" + "".join(f"{head:>11}" for head in heads)
    for curve in curves:
        for point in curve.points:
            cost = point.cost
            cells = (
                _number(cost.build_s, 2), _number(cost.peak_bytes, 0, _MB), _number(cost.index_bytes, 1, _MB),
                _number(cost.open_s, 1, 1e-3), _number(cost.median_ms, 3), _number(cost.p99_ms, 3),
                _number(cost.to_bm25s, 2),
            )  # fmt: skip
            yield f"{curve.name:<{width}}{point.passages:>10,}" + "".join(f"{cell:>11}" for cell in cells)
        if curve.note:
            yield f"{curve.name:<{width}} {curve.note}"
        if len(curve.points) > 1:
            slopes = (_number(curve.slope(figure), 2) for figure in _SLOPES)
            yield f"{curve.name:<{width}}{'slope':>10}" + "".join(f"{cell:>11}" for cell in slopes)


def plain_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as objects, qualities by kind."""
    return [
        asdict(row) | {name: {q.kind: _quality(q) for q in getattr(row, name)} for name in ("quality", "mistyped")}
        for row in rows
    ]


def plain_scores(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """The figures on judged data as objects."""
    kept = ("engine", "name", "note", "failed", "cost")
    return [
        {name: value for name, value in asdict(one.row).items() if name in kept}
        | {"ndcg10": one.ndcg10, "recall100": one.recall100}
        for one in scored
    ]


def plain_curves(curves: Sequence[Curve]) -> list[dict[str, Any]]:
    """The curves as objects, with their slopes."""
    return [asdict(one) | {"slopes": {figure: one.slope(figure) for figure in _SLOPES}} for one in curves]


def _quality(one: Quality) -> dict[str, float]:
    return {"questions": one.questions, "s1": one.s1, "s5": one.s5, "mrr10": one.mrr10}


def _kinds(rows: Sequence[Row]) -> tuple[Quality, ...]:
    return next((row.quality for row in rows if row.quality), ())


def _title(one: Quality) -> str:
    return f"{one.kind} ({one.questions:,})"


def _width(names: Sequence[str]) -> int:
    return max(map(len, names), default=0) + 1


def _heads(columns: Sequence[_Column] = _COST) -> str:
    return "".join(f"{head:>{width}}" for head, width, _ in columns)


def _costs(cost: Cost, columns: Sequence[_Column] = _COST) -> str:
    return "".join(f"{write(cost):>{width}}" for _, width, write in columns)


def _number(value: float | None, digits: int, unit: float = 1) -> str:
    return "-" if value is None else f"{value / unit:,.{digits}f}"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
