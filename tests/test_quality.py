"""How well questions of people are answered: floors under the figures that the README reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from fabella import Engine
from fabella.evaluation import Outcome, evaluate, read

QUESTIONS = Path(__file__).parent / "questions" / "development.jsonl"
FLOORS = {"answer": 0.93, "refuse": 0.92, "premise": 0.93, "smalltalk": 0.97}


@pytest.fixture(scope="module")
def outcomes(engine: Engine) -> list[Outcome]:
    problems: list[str] = []
    with QUESTIONS.open("rb") as lines:
        found = list(evaluate(engine, read(lines, name=QUESTIONS.name, report=problems.append)))
    assert not problems
    return found


@pytest.mark.parametrize("kind", FLOORS)
def test_questions_of_a_kind_are_answered_right(outcomes: list[Outcome], kind: str) -> None:
    held = [one for one in outcomes if one.gold.kind == kind]
    wrong = [f"{one.gold.question!r}: {', '.join(one.missed)}" for one in held if not one.right]
    assert len(held) > 50
    assert 1 - len(wrong) / len(held) >= FLOORS[kind], "\n".join(wrong)


def test_no_statement_without_a_source_and_no_source_on_a_refusal(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        numbers = {source.number for source in one.answer.citations}
        assert all(set(said.citations) <= numbers for said in one.answer.statements)
        given = one.answer.status in ("answered", "corrected")
        assert given == bool(one.answer.statements) == bool(one.answer.citations), one.gold.question


def test_confidence_is_calibrated(outcomes: list[Outcome]) -> None:
    bins: dict[int, list[Outcome]] = {}
    for one in outcomes:
        bins.setdefault(min(9, int(one.answer.confidence * 10)), []).append(one)
    gaps = [abs(sum(o.answer.confidence for o in held) - sum(o.right for o in held)) for held in bins.values()]
    assert sum(gaps) / len(outcomes) <= 0.05
