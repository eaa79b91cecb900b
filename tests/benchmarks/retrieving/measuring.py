"""Measures engines side by side: how well they rank, and what building, memory and a query cost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TypeVar

from .engine import AbsentError
from .engines import Spec
from .metrics import percentile99, rank_of, reciprocal_rank, success
from .process import EngineProcess, FailedError
from .reading import Passage, Question

DEPTH = 100  # passages whose sections are looked at
ROUNDS = 5  # times that each query is timed
_BUDGET = 5.0  # seconds of timing after which an engine starts no further round
_BLOCK = 100  # queries until it is the next engine's turn
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Quality:
    """How sections are ranked for the questions of a kind: S@1, S@5, MRR@10, all 0 to 1."""

    kind: str
    questions: int
    s1: float
    s5: float
    mrr10: float


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a build, milliseconds of a query, bytes; None where it wasn't or can't be measured."""

    build_s: float | None = None
    median_ms: float | None = None
    p99_ms: float | None = None
    to_bm25s: float | None = None  # ratio of the medians
    peak_bytes: float | None = None
    index_bytes: int | None = None
    open_s: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An engine's figures. `note` says why there are none, `failed` that this is the engine's fault."""

    engine: str
    name: str
    note: str = ""
    failed: bool = False
    quality: tuple[Quality, ...] = ()
    mistyped: tuple[Quality, ...] = ()
    cost: Cost = field(default_factory=Cost)


@dataclass(slots=True)
class Runner:
    """An engine's process with the row that is being filled."""

    process: EngineProcess
    row: Row

    @property
    def runs(self) -> bool:
        """Whether there is nothing wrong with it so far."""
        return not self.row.note

    def attempt(self, act: Callable[[EngineProcess], _Value]) -> _Value | None:
        """What `act` gives; None, and a note in the row, where the engine is absent or fails."""
        if not self.runs:
            return None
        try:
            return act(self.process)
        except AbsentError as error:
            self.row = replace(self.row, note=str(error))
        except FailedError as error:
            self.row = replace(self.row, note=f"failed: {error}", failed=True)
        return None

    def spent(self, **figures: float | int | None) -> None:
        """Note figures of the `Cost`."""
        self.row = replace(self.row, cost=replace(self.row.cost, **figures))


@contextmanager
def running(specs: Sequence[Spec], passages: Sequence[Passage]) -> Iterator[list[Runner]]:
    """The engines, one after the other built over `passages`; those that can't have a note in their row."""
    with ExitStack() as stack:
        runners = []
        for spec in specs:
            say(f"{spec.name}: building over {len(passages):,} passages")
            process = stack.enter_context(EngineProcess(spec))
            runner = Runner(process, Row(spec.engine, spec.name))
            release = runner.attempt(lambda one: one.release())
            if release is not None:
                runner.row = replace(runner.row, name=spec.label or release)
            built = runner.attempt(lambda one: one.build(passages))
            if built is not None:
                runner.spent(build_s=built.seconds, peak_bytes=built.peak)
            runners.append(runner)
        yield runners


def measured(
    specs: Sequence[Spec], passages: Sequence[Passage], questions: Sequence[Question],
    typos: Sequence[str] | None = None, *, top: int,
) -> list[Row]:  # fmt: skip
    """A row for each engine. `typos` are the queries once more, mistyped; times are of ranking the best `top`."""
    sections = [one.section for one in passages]
    queries = [one.query for one in questions]
    with running(specs, passages) as runners:
        for runner in runners:
            say(f"{runner.row.name}: ranking for {len(questions):,} questions")
            for name, asked in (("quality", queries), ("mistyped", typos)):
                ranked = None if asked is None else runner.attempt(lambda one, q=asked: one.rank(q, DEPTH))
                if ranked is not None:
                    runner.row = replace(runner.row, **{name: qualities(questions, ranked, sections)})
        timed(runners, queries, top)
        keep(runners)
        return [runner.row for runner in runners]


def keep(runners: Sequence[Runner]) -> None:
    """Note the bytes of each kept index."""
    for runner in runners:
        runner.spent(index_bytes=runner.attempt(lambda one: one.kept()))


def timed(runners: Sequence[Runner], queries: Sequence[str], top: int) -> None:
    """Note median and 99th percentile of ranking each query singly, and the ratios of the medians to bm25s.

    The engines take turns after each block of queries, so that whatever else goes on hits all alike.
    """
    taken: dict[int, list[float]] = {at: [] for at in range(len(runners))}
    blocks = [queries[at : at + _BLOCK] for at in range(0, len(queries), _BLOCK)]
    for turn in range(ROUNDS):
        going = [at for at in taken if runners[at].runs and sum(taken[at]) < _BUDGET]
        say(f"timing, round {turn + 1} of {ROUNDS}: {', '.join(runners[at].row.name for at in going)}")
        for n, block in enumerate(blocks):
            shift = n % len(going) if going else 0
            for at in going[shift:] + going[:shift]:
                taken[at] += runners[at].attempt(lambda one, b=block: one.time(b, top)) or []
    medians = {at: median(one) for at, one in taken.items() if one and runners[at].runs}
    bar = next((value for at, value in medians.items() if runners[at].row.engine == "bm25s"), None)
    for at, value in medians.items():
        ratio = value / bar if bar else None
        runners[at].spent(median_ms=value * 1e3, p99_ms=percentile99(taken[at]) * 1e3, to_bm25s=ratio)


def qualities(
    questions: Sequence[Question], ranked: Sequence[Sequence[int]], sections: Sequence[str]
) -> tuple[Quality, ...]:
    """The quality for each kind of question, in the order in which the kinds come, and for "all"."""
    ranks: dict[str, list[int | None]] = {}
    every: list[int | None] = []
    for question, places in zip(questions, ranked, strict=True):
        rank = rank_of(question.section, (sections[place] for place in places))
        ranks.setdefault(question.kind, []).append(rank)
        every.append(rank)
    return tuple(
        Quality(kind, len(held), success(held, 1), success(held, 5), reciprocal_rank(held))
        for kind, held in (*ranks.items(), ("all", every))
    )


def say(what: str) -> None:
    """Tell on the terminal, if there is one, what is being done."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)
