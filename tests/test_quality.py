"""How well questions of people are answered: floors under the figures that the README reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fabella import Engine
from fabella.evaluation import Outcome, evaluate, read
from fabella_intents.definition import collect, load
from fabella_knowledge.tokens import words

QUESTIONS = Path(__file__).parent / "questions"
# Right of all: under what was measured by some questions, so that a change of the examples may cost one or two.
FLOORS = {
    "held_out.jsonl": {"answer": 0.95, "refuse": 0.95, "premise": 0.92},
    "atlas_development.jsonl": {"needs_atlas": 0.96, "premise": 0.95, "refuse": 0.99},
    "development.jsonl": {"answer": 0.96, "refuse": 0.96, "smalltalk": 0.98},
}


@pytest.fixture(scope="module", params=FLOORS)
def outcomes(engine: Engine, request: pytest.FixtureRequest) -> list[Outcome]:
    problems: list[str] = []
    with (QUESTIONS / request.param).open("rb") as lines:
        found = list(evaluate(engine, read(lines, name=request.param, report=problems.append)))
    assert not problems
    return found


def test_questions_of_each_kind_are_answered_right(outcomes: list[Outcome], request: pytest.FixtureRequest) -> None:
    for kind, floor in FLOORS[request.node.callspec.params["outcomes"]].items():
        held = [one for one in outcomes if one.gold.kind == kind]
        wrong = [f"{one.gold.question!r}: {', '.join(one.missed)}" for one in held if not one.right]
        assert len(held) > 40
        assert 1 - len(wrong) / len(held) >= floor, "\n".join(wrong)


def test_no_held_out_question_is_an_example() -> None:
    examples = {
        " ".join(words(text)) for one in load(collect()).values() for aspect in one.aspects for text in aspect.examples
    }
    assert examples
    for line in (QUESTIONS / "held_out.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        assert "turns" in gold or " ".join(words(gold["q"])) not in examples, gold["q"]


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
