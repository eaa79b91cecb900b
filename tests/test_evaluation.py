"""Scoring question files: the rules, the figures, and the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fabella import Engine, Source, Statement, evaluation
from fabella.answer import Answer
from fabella.evaluation import Gold, Outcome, judge
from fabella.scoresheet import calibration, calibration_error, statement_scores, table

RUN = Path(__file__).resolve().parent.parent / "run_bot.py"


def gold(**fields: object) -> Gold:
    """One question of a file."""
    held: list[str] = []
    body = {"id": "1", "q": "?", "class": "answer", **fields}
    made = list(evaluation.read([json.dumps(body).encode()], name="gold", report=held.append))
    assert not held and len(made) == 1
    return made[0]


def given(*texts: str, status: str = "answered", cited: str = "Moore KL. Anatomy.", confidence: float = 0.5) -> Answer:
    """An answer with these statements, all from one source."""
    return Answer(
        "?", status, "origin", "", tuple(Statement(text, (1,)) for text in texts),
        citations=(Source(1, "moore", cited, ""),) if texts else (), confidence=confidence,
    )  # fmt: skip


def outcome(right: bool, confidence: float = 0.5) -> Outcome:
    return Outcome(gold(), given("x", confidence=confidence), () if right else ("must x",))


@pytest.mark.parametrize(
    ("kind", "status", "text", "right"),
    [
        ("answer", "answered", "the lateral condyle", True),
        ("answer", "corrected", "the lateral condyle", True),
        ("answer", "answered", "the patella", False),
        ("answer", "answered", "lateral, not medial", False),
        ("answer", "refused", "", False),
        ("answer", "clarify", "", False),
        ("needs_atlas", "answered", "the lateral condyle", True),
        ("refuse", "answered", "the lateral condyle", False),
        ("refuse", "corrected", "the lateral condyle", False),
        ("refuse", "refused", "", True),
        ("refuse", "clarify", "", True),
        ("refuse", "smalltalk", "", True),
        ("smalltalk", "smalltalk", "", True),
        ("smalltalk", "answered", "the lateral condyle", False),
        ("premise", "refused", "", True),
        ("premise", "clarify", "", False),
        ("premise", "smalltalk", "", False),
        ("premise", "corrected", "the LATERAL head", True),
        ("premise", "corrected", "the medial head", False),
    ],
)
def test_an_answer_is_judged_by_the_kind_of_its_question(kind: str, status: str, text: str, right: bool) -> None:
    wanted = gold(**{"class": kind, "must": [["lateral", "outer"]], "must_not": ["medial"]})
    assert (judge(wanted, given(*([text] if text else []), status=status)) == ()) is right


def test_what_was_missed_is_named() -> None:
    wanted = gold(must=[["lateral"], ["popliteal"]], must_not=[["patella"]], cite=[["moore"], ["gray"]])
    assert judge(wanted, given("lateral patella")) == ("must popliteal", "must_not patella", "cite gray")
    assert "no citation" in judge(gold(), Answer("?", "answered", "origin", lead="Yes."))
    assert judge(gold(**{"class": "premise"}), Answer("?", "corrected", "origin", lead="No.")) == ()


def test_look_alikes_match_plain_ascii() -> None:
    assert judge(gold(must=[["3-5 %"], ["head's"]]), given("3\u20115 % in the head\u2019s")) == ()
    assert judge(gold(must=[["3\u20135"]]), given("3\u20135 %")) == ()


def test_turns_repeats_and_missing_ids_are_read() -> None:
    turns = {"id": "d", "style": "pronoun", "turns": [
        {"q": "a", "class": "answer", "style": "typo"}, {"q": "b", "class": "refuse"},
    ]}  # fmt: skip
    lines = [turns, {"q": "word", "repeat": 3, "class": "refuse"}]
    first, second, third = evaluation.read(
        (json.dumps(line).encode() for line in lines), name="gold.jsonl", report=pytest.fail
    )
    assert (first.id, first.style, second.id, second.style) == ("d#1", "typo", "d#2", "pronoun")
    assert first.conversation == second.conversation and third.conversation is None
    assert (third.id, third.question) == ("gold.jsonl:2", "word word word")


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"3", b"{}", b'{"q": 1, "class": "answer"}', b'{"q": "a", "class": "other"}', b'{"q": "a"}',
        b'{"q": "a", "class": "answer", "must": "a"}', b'{"q": "a", "class": "answer", "must": [["("]]}',
        b'{"q": "a", "class": "answer", "must": [[]]}', b'{"q": "a", "class": "answer", "statements": [3]}',
        b'{"q": "a", "class": "answer", "repeat": "x"}', b'{"turns": 3}', b'{"turns": [{"q": "a"}]}',
        b'{"turns": [3]}', b'{"q": "a", "class": "answer", "id": NaN}',
        b'{"q": "a", "class": "answer", "repeat": 1001}',
        b'{"q": "a", "class": "answer", "repeat": 1' + b"0" * 4000 + b"}",
        b'{"turns": [{"q": "a", "class": "answer", "repeat": 1000000000000}]}',
        b'{"q": "a", "class": "answer", "must": ["(?\\n"]}', b'{"q": "a", "class": "answer", "must": ["(?\\u001b"]}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_question_is_reported_by_number(line: bytes) -> None:
    problems: list[str] = []
    made = list(evaluation.read([b"", line, b'{"q": "a", "class": "answer"}'], name="gold", report=problems.append))
    assert [one.question for one in made] == ["a"]
    assert len(problems) == 1 and problems[0].startswith("gold:2: ")
    assert problems[0].isprintable() and len(problems[0]) < 200


def test_a_question_is_repeated_up_to_1000_times() -> None:
    assert gold(q="a", repeat=1000).question.split() == ["a"] * 1000


@pytest.mark.filterwarnings("error")
def test_a_regex_that_python_warns_of_is_read_in_silence() -> None:
    assert judge(gold(must=["[[a]"]), given("a")) == ()


def test_calibration_error_is_the_weighted_distance() -> None:
    held = [
        outcome(True, 0.95),
        outcome(False, 0.91),
        outcome(True, 1.0),
        outcome(False, 0.0),
        outcome(False, 0.3),
    ]
    bins = calibration(held)
    assert [(one.low, one.count, one.right) for one in bins] == [(0.0, 1, 0), (0.3, 1, 0), (0.9, 3, 2)]
    assert bins[-1].confidence == pytest.approx(2.86 / 3)
    expected = (1 * 0.0 + 1 * 0.3 + 3 * abs(2 / 3 - 2.86 / 3)) / 5
    assert calibration_error(bins) == pytest.approx(expected)
    assert calibration_error(()) == 0.0


def test_statement_precision_and_recall() -> None:
    def labelled(answer: Answer, **fields: object) -> Outcome:
        return Outcome(gold(**fields), answer, ())

    assert statement_scores([outcome(True)]) is None
    both = given("lateral head", "a note", "noise")
    assert statement_scores([
        labelled(both, statements=["lateral", "medial"], allowed=["note"]),
        labelled(given("medial head"), statements=["medial"]),
        labelled(given("never asked for"), **{"class": "refuse", "statements": []}),
        outcome(True),
    ]) == (3 / 5, 2 / 3, 3)  # fmt: skip
    assert statement_scores([labelled(given(status="refused"), **{"class": "refuse", "statements": []})]) == (
        1.0,
        1.0,
        1,
    )


def test_questions_are_asked_in_their_conversation(engine: Engine) -> None:
    turns = [
        {
            "q": "What is the origin of the lateral head of the gastrocnemius?",
            "class": "answer",
            "must": ["lateral"],
        },
        {"q": "no, the medial one", "class": "answer", "must": ["popliteal"], "must_not": ["lateral aspect"]},
    ]
    lines = [json.dumps({"id": "d", "turns": turns}).encode()]
    steps: list[int] = []
    outcomes = evaluation.evaluate(
        engine, evaluation.read(lines, name="g", report=pytest.fail), step=lambda: steps.append(1)
    )
    assert [one.right for one in outcomes] == [True, True] and len(steps) == 2
    alone = evaluation.evaluate(engine, [gold(q="and the insertion?", must=["calcaneus"])])
    assert not alone[0].right


def test_the_table_has_kinds_styles_and_fits_40_columns() -> None:
    held = [
        Outcome(gold(style="typo"), given("x"), ()),
        Outcome(gold(style="lay"), given("x"), ("must y",)),
        Outcome(gold(**{"class": "refuse", "style": "a very long name of a style"}), given(status="refused"), ()),
    ]
    lines = table(held).split("\n")
    rows = [line.split() for line in lines]
    assert ["answer", "2", "1", "50.0"] in rows and ["typo", "1", "1", "100.0"] in rows
    assert ["lay", "1", "0", "0.0"] in rows and ["all", "3", "2", "66.7"] in rows
    assert max(map(len, lines)) <= 40
    assert "wrong" not in table(held) and "missed: must y" in table(held, failures=1)
    assert "statements" not in table(held)
    assert "precision 1.000" in table([Outcome(gold(statements=["x"]), given("x"), ())])
    assert "expected calibration error 0.000" in table([])


@pytest.mark.usefixtures("engine")
def test_eval_prints_the_table_and_its_status_tells_of_unreadable_lines(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    needed = '"must": ["sesamoid"], "statements": ["sesamoid"]'
    line = f'{{"id": "1", "q": "What kind of bone is the fabella?", "class": "answer", {needed}}}'
    wrong = '{"id": "2", "q": "What kind of bone is the fabella?", "class": "refuse", "style": "odd"}'
    file.write_text(f"{line}\n{wrong}\n", encoding="utf-8")
    command = [sys.executable, str(RUN), "eval", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert (
        "recall    1.000" in done.stdout
        and "- 2 [refuse, odd, answered] What kind of bone is the fabella?" in done.stdout
    )
    file.write_text(f"{line}\nnonsense\n", encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 1 and done.stderr.startswith(f"{file}:2: ") and "all" in done.stdout
