"""A message is parted into the questions that it asks, and only into those."""

from __future__ import annotations

import pytest
from fabella import Engine

SEVERAL = (
    (
        "Fabella: kind of bone, place, and what it articulates with.",
        ("sesamoid", "lateral head", "lateral femoral condyle"),
    ),
    (
        "Where does gastroc begin, where does it end and which nerve runs it?",
        ("popliteal", "calcaneus", "tibial nerve"),
    ),
    ("Does the gastrocnemius bend the knee? And what does it do at the ankle?", ("flexes", "plantarflexes")),
    ("What does the rectus femoris do at the knee, and what at the hip?", ("knee", "hip")),
    ("For the gastrocnemius: (1) origin of the medial head, (2) insertion.", ("popliteal", "calcaneus")),
    ("Gastrocnemius and soleus: which is deeper, and do they share a tendon?", ("beneath", "share one tendon")),
)
ONE = (
    ("How many people have got that small extra bone, the fabella?", "prevalence"),
    ("Wich jurnal publised the Gallucci and Challis study?", "references"),
    ("The calf isn't supplied by the femoral nerve, is it? Which one then?", "innervation"),
    ("The medial head, the one on the inside, where does it come from?", "origin"),
    ("I was at a talk in Leeds, and Mirko said the fabella is rare. What share of people have one?", "prevalence"),
)


@pytest.mark.parametrize(("message", "facts"), SEVERAL)
def test_each_question_is_answered(engine: Engine, message: str, facts: tuple[str, ...]) -> None:
    answer = engine.ask(message)
    assert len(answer.parts) > 1
    text = " ".join(one.text for one in answer.statements)
    assert all(fact in text for fact in facts), text


@pytest.mark.parametrize(("message", "intent"), ONE)
def test_one_question_stays_whole(engine: Engine, message: str, intent: str) -> None:
    answer = engine.ask(message)
    assert (answer.parts, answer.intent) == ((), intent)


def test_what_is_firmly_declined_takes_the_rest_along(engine: Engine) -> None:
    answer = engine.ask("Do goats have a gastrocnemius, and what does it do for them?")
    assert (answer.status, answer.intent) == ("refused", "species")


def test_a_question_that_only_points_is_read_with_the_sentence_that_names(engine: Engine) -> None:
    answer = engine.ask("My card just says GASTROCNEMIUS - insertion, and there is coffee on it. What should it say?")
    assert any("calcaneus" in one.text for one in answer.statements)
