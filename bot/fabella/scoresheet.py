"""The outcomes of an evaluation as a table: by kind and style, and how well `confidence` is calibrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fabella.evaluation import KINDS, Outcome, matches

BINS = 10
_NAME = 20  # with the three columns of figures, a row fits 40 columns


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in the tenth from `low` on. `confidence` is their mean, 0 to 1."""

    low: float
    count: int
    confidence: float
    right: int

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1."""
        return self.right / self.count


def calibration(outcomes: Sequence[Outcome]) -> tuple[Bin, ...]:
    """The tenths of `confidence` that hold an answer, from low to high; 1.0 belongs to the last."""
    held: dict[int, list[Outcome]] = {}
    for one in outcomes:
        held.setdefault(min(int(one.answer.confidence * BINS), BINS - 1), []).append(one)
    return tuple(
        Bin(
            n / BINS,
            len(row),
            sum(one.answer.confidence for one in row) / len(row),
            sum(one.right for one in row),
        )
        for n, row in sorted(held.items())
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error, 0 to 1: the mean of |accuracy - confidence| over the bins, by count.

    After Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian binning (2015).
    """
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.accuracy - one.confidence) for one in bins) / total if total else 0.0


def statement_scores(outcomes: Sequence[Outcome]) -> tuple[float, float, int] | None:
    """Precision and recall of statements over the labelled questions, and their number; None without any.

    Precision: the share of the statements given that are needed or allowed. Recall: the share of the needed
    ones that some statement gives. Both over all questions together, 1.0 where nothing was given or needed.
    """
    labelled = [one for one in outcomes if one.gold.statements is not None]
    if not labelled:
        return None
    given = fine = needed = found = 0
    for one in labelled:
        wanted = one.gold.statements or ()
        texts = [statement.text for statement in one.answer.statements]
        given += len(texts)
        fine += sum(any(matches(group, text) for group in (*wanted, *one.gold.allowed)) for text in texts)
        needed += len(wanted)
        found += sum(any(matches(group, text) for text in texts) for group in wanted)
    return fine / given if given else 1.0, found / needed if needed else 1.0, len(labelled)


def table(outcomes: Sequence[Outcome], *, failures: int = 0) -> str:
    """All figures as text, and the first `failures` questions that went wrong."""
    return "\n".join(_rows(outcomes, failures))


def _rows(outcomes: Sequence[Outcome], failures: int) -> Iterator[str]:
    yield f"{'kind and style':<{_NAME}}{'n':>6}{'right':>7}{'%':>7}"
    for kind in KINDS:
        held = [one for one in outcomes if one.gold.kind == kind]
        if not held:
            continue
        yield _row(kind, held)
        for style in sorted({one.gold.style for one in held} - {"-"}):
            yield _row(f"  {style}", [one for one in held if one.gold.style == style])
    yield _row("all", outcomes)
    talks: dict[str, list[bool]] = {}
    for one in outcomes:
        if one.gold.conversation is not None:
            talks.setdefault(one.gold.conversation, []).append(one.right)
    if talks:
        yield _row("turns of dialogs", [one for one in outcomes if one.gold.conversation is not None])
        yield _figures("whole dialogs", len(talks), sum(all(turns) for turns in talks.values()))
    yield from ("", f"{'confidence':<{_NAME}}{'n':>6}{'right':>7}{'%':>7}")
    bins = calibration(outcomes)
    for tenth in bins:
        name = f"{tenth.low:.1f}-{tenth.low + 1 / BINS:.1f}, mean {tenth.confidence:.2f}"
        yield _figures(name, tenth.count, tenth.right)
    yield f"expected calibration error {calibration_error(bins):.3f}"
    scores = statement_scores(outcomes)
    if scores is not None:
        yield from (
            "",
            f"statements ({scores[2]} questions)",
            f"  precision {scores[0]:.3f}",
            f"  recall    {scores[1]:.3f}",
        )
    wrong = [one for one in outcomes if not one.right]
    if wrong and failures:
        yield from ("", f"wrong ({min(failures, len(wrong))} of {len(wrong)})")
        for one in wrong[:failures]:
            sort = f"{one.gold.kind}, {one.gold.style}, {one.answer.status}"
            yield f"- {one.gold.id} [{sort}] {_short(one.gold.question)}"
            yield from (f"    missed: {miss}" for miss in one.missed)
            yield f"    answer: {_short(one.answer.text)}"


def _row(name: str, held: Sequence[Outcome]) -> str:
    return _figures(name, len(held), sum(one.right for one in held))


def _figures(name: str, count: int, right: int) -> str:
    share = f"{100 * right / count:.1f}" if count else "-"
    return f"{name[:_NAME]:<{_NAME}}{count:>6}{right:>7}{share:>7}"


def _short(text: str) -> str:
    """`text` on one line, at most 160 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
