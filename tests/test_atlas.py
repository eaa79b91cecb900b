"""The atlas as a whole: look-ups in both directions, names under slips, questions made from every fact."""

from __future__ import annotations

import collections
import json
from pathlib import Path

import pytest
from fabella import Engine, Question
from fabella_knowledge import library as libraries
from fabella_knowledge.library import Library

from tests import generated, slips
from tests.reverse_table import table

HERE = Path(__file__).parent
TARGET = 0.99  # of the generated questions, answered with their fact and its citations
FOUND = 0.98  # of the names with a slip, found first


@pytest.fixture(scope="module")
def library() -> Library:
    return libraries.load()


def listed(engine: Engine, question: Question) -> set[str]:
    """The muscles that an answer lists."""
    answer = engine.ask(question)
    return {one.passage.partition("#")[0] for one in answer.statements}


def question(field: str, term: str, kind: str) -> Question | None:
    """The question without a sentence that a row of the table answers, None for one that has none."""
    movement, _, target = term.partition("@")
    slots = {
        "origin": {"landmarks": (term,)}, "insertion": {"landmarks": (term,)}, "attachment": {"landmarks": (term,)},
        "nerve": {"nerves": (term,)}, "artery": {"arteries": (term,)}, "crosses": {"joints": (term,)},
        "action": {"movements": (movement,), "joints": (target,) if target else ()},
    }  # fmt: skip
    if field == "place" and kind == "compartment":
        return Question(("muscles",), compartments=(term,))
    if field not in slots or (field == "action" and target and kind != "joint") or (field == "crosses" and kind != "joint"):
        return None
    return Question(("muscles", field) if field in {"origin", "insertion"} else ("muscles",), **slots[field])


def test_reverse_look_ups_are_those_of_a_plain_script(engine: Engine, library: Library) -> None:
    compared: collections.Counter[str] = collections.Counter()
    for (field, term), muscles in table().items():
        named = library.vocabulary.terms.get(term)
        if named is not None and named.means:
            continue  # said in other words: "shrugging"
        asked = question(field, term, library.vocabulary.kind(term.partition("@")[2] or term))
        if asked is not None:
            compared[field] += 1
            assert listed(engine, asked) == {name.replace(" ", "-") for name in muscles}, (field, term)
    assert min(compared.values()) > 20
    assert compared.total() > 1000


@pytest.mark.slow
def test_every_fact_is_answered_in_several_phrasings(engine: Engine, library: Library) -> None:
    asked, right, wrong = generated.run(engine, library)
    assert asked.total() > 5000
    assert right.total() / asked.total() >= TARGET, wrong[:20]
