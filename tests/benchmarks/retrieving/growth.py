"""Measures how build, index and queries grow with the number of passages."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .engines import Spec
from .measuring import Cost, Row, keep, running, timed
from .metrics import slope
from .reading import Passage

SIZES = (1_000, 10_000, 100_000)
ASKED = 300  # questions, drawn from all
_SECTION = (10, 30)  # passages of a section: as in a book, 20 on average
_HEADED = (1, 6)  # passages below a heading
_END = re.compile(r"(?<=[.?!])\s+(?=[^\W\d_a-z])")


@dataclass(frozen=True, slots=True)
class Point:
    """An engine's cost at a number of passages."""

    passages: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Curve:
    """An engine's points by size, or the `note` why there are none."""

    engine: str
    name: str
    points: tuple[Point, ...]
    note: str = ""
    failed: bool = False

    def slope(self, figure: str) -> float | None:
        """The slope of the log-log line of a figure of the `Cost`: 1 grows in proportion with the passages.

        None for less than two points that have it.
        """
        held = [(one.passages, getattr(one.cost, figure)) for one in self.points]
        known = [(size, value) for size, value in held if value]
        return slope([size for size, _ in known], [value for _, value in known]) if known else None


def recombined(passages: Sequence[Passage], size: int, *, seed: int) -> tuple[Passage, ...]:
    """`size` passages of sentences drawn from all passages, in sections of a natural length.

    Titles and headings are those of random passages, held for a run; no two neighbouring sections share a title if
    there is another. The words stay those of the passages, so that postings grow in proportion with `size`: a
    natural text of that length has rarer words too, and is easier on an index.
    """
    draw = random.Random(f"{seed}:{size}")
    by_passage = [_END.split(one.text) for one in passages]
    sentences = [sentence for held in by_passage for sentence in held]
    lengths = [len(held) for held in by_passage]
    titles = [one.title for one in passages]
    several = len(set(titles)) > 1
    made: list[Passage] = []
    title, sections = "", 0
    while len(made) < size:
        title, last = draw.choice(titles), title
        while several and title == last:
            title = draw.choice(titles)
        sections += 1
        left = min(draw.randint(*_SECTION), size - len(made))
        while left:
            heading = draw.choice(passages).heading
            run = min(draw.randint(*_HEADED), left)
            left -= run
            for _ in range(run):
                text = " ".join(draw.choices(sentences, k=draw.choice(lengths)))
                made.append(Passage(str(sections), title, heading, text))
    return tuple(made)


def grown(
    specs: Sequence[Spec], passages: Sequence[Passage], queries: Sequence[str], sizes: Sequence[int], *,
    top: int, seed: int,
) -> list[Curve]:  # fmt: skip
    """A curve for each engine: build, bytes of the kept index, opening it, and queries to the opened index."""
    asked = random.Random(seed).sample(list(queries), min(ASKED, len(queries)))
    rows: list[list[Row]] = [[] for _ in specs]
    for size in sizes:
        with running(specs, recombined(passages, size, seed=seed)) as runners:
            keep(runners)
            for runner in runners:
                runner.spent(open_s=runner.attempt(lambda one: one.opened(asked[0], top)))
                runner.attempt(lambda one: one.rank(asked, top))  # warm
            timed(runners, asked, top)
            for held, runner in zip(rows, runners, strict=True):
                held.append(runner.row)
    return [_curve(spec, sizes, held) for spec, held in zip(specs, rows, strict=True)]


def _curve(spec: Spec, sizes: Sequence[int], rows: Sequence[Row]) -> Curve:
    points = tuple(Point(size, row.cost) for size, row in zip(sizes, rows, strict=True) if not row.note)
    wrong = next((row for row in rows if row.note), None)
    if wrong is None:
        return Curve(spec.engine, rows[0].name, points)
    return Curve(spec.engine, rows[0].name, points, wrong.note, wrong.failed)
