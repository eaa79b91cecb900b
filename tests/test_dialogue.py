"""Conversations: what a turn leaves out comes from the one before it."""

from __future__ import annotations

import pytest
from fabella import Answer, Context, Engine

DIALOGS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("origin of the lateral head of gastroc", "answered", "lateral condyle"),
        ("and the other head?", "answered", "popliteal surface"),
        ("both please", "answered", "lateral condyle"),
        ("and the insertion?", "answered", "calcaneus"),
        ("which source says that?", "answered", "Moore"),
    ),
    (
        ("what is the fabella", "answered", "sesamoid"),
        ("in which head is it?", "answered", "lateral head"),
        ("how many people have one?", "answered", "3–5 %"),
        ("more", "answered", "Korea"),
        ("do dogs have it too?", "refused", ""),
        ("what does it articulate with?", "answered", "lateral femoral condyle"),
    ),
    (
        ("what does the gastrocnemius do", "answered", "plantarflexes"),
        ("why does it dorsiflex?", "corrected", "plantarflexes"),
        ("and at the knee?", "answered", "flexes the leg"),
        ("thanks", "smalltalk", ""),
        ("which exercises work it?", "answered", "calf raises"),
    ),
    (
        ("who wrote the fabella review in Cureus, Dalip?", "answered", "Dalip"),
        ("and the paper on the leg curl?", "answered", "Gallucci"),
        ("the first one, which year?", "answered", "2018"),
    ),
    (
        ("name the heads of the gastrocnemius", "answered", "a lateral head and a medial head"),
        ("where does the second one come from?", "answered", "popliteal surface"),
        ("and the first?", "answered", "lateral aspect"),
    ),
    (
        ("which exercises activate the gastrocnemius?", "answered", "calf raises"),
        ("who ran the study on the third one?", "answered", "Cordova"),
        ("how many reps of the second one should I do?", "refused", ""),
        ("and what about the second exercise?", "answered", "leg curl"),
    ),
    (
        ("How common is the fabella?", "answered", "3–5 %"),
        ("the third figure, how many knees is it based on?", "answered", "34,733 knees"),
        ("who wrote the second one?", "answered", "Dalip"),
    ),
    (
        ("fabella figures from China", "answered", "39.8 %"),
        ("not China, Korea", "answered", "52.83 %"),
        ("Nigeria, not Korea, sorry", "answered", "11.94 %"),
    ),
    (
        ("What lies beneath the gastrocnemius?", "answered", "soleus"),
        ("which nerve supplies that muscle?", "answered", "tibial nerve"),
    ),
    (
        ("who wrote the leg curl paper?", "answered", "Gallucci"),
        ("did they use EMG?", "corrected", "dynamometry"),
    ),
    (
        ("medial head origin of gastroc", "answered", "popliteal surface"),
        ("is it described differently elsewhere?", "answered", "non-articular"),
    ),
)


@pytest.mark.parametrize("turns", DIALOGS)
def test_each_turn_follows_from_those_before(engine: Engine, turns: tuple[tuple[str, str, str], ...]) -> None:
    context: Context | None = None
    for question, status, fact in turns:
        answer = engine.ask(question, context=context)
        context = answer.context
        assert answer.status == status, (question, answer.text)
        assert fact in " ".join(one.text for one in answer.statements), (question, answer.text)


@pytest.mark.parametrize("question", ["and the insertion?", "origin?", "what does it do?"])
def test_an_ellipsis_without_a_conversation_asks_back(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert answer.status == "clarify"
    assert len(answer.options) >= 2
    assert all(_answered(engine.ask(option)) for option in answer.options)


def test_the_answer_to_a_question_back_is_taken(engine: Engine) -> None:
    asked = engine.ask("origin?")
    assert "lateral condyle" in engine.ask("the first one", context=asked.context).text
    assert "lateral condyle" in engine.ask("gastrocnemius", context=asked.context).text


def test_a_context_survives_json_and_stays_small(engine: Engine) -> None:
    answer = engine.ask("all the figures on how common the fabella is")
    text = answer.context.to_json()
    assert len(text.encode()) <= 1024
    assert engine.ask("in which head is it?", context=Context.from_json(text)).status == "answered"


def test_more_never_tells_the_same_again(engine: Engine) -> None:
    told: list[str] = []
    context: Context | None = None
    for turn in ("How common is the fabella?", "more", "more"):
        answer = engine.ask(turn, context=context)
        context = answer.context
        new = [one.text for one in answer.statements]
        assert not set(new) & set(told), turn
        told += new
    assert len(told) > 10


def test_a_topic_that_is_left_is_not_answered(engine: Engine) -> None:
    context = engine.ask("what is the fabella?").context
    answer = engine.ask("Enough of the fabella. What does the gastrocnemius do at the knee?", context=context)
    assert [one.text for one in answer.statements] == ["Gastrocnemius, action: flexes the leg at the knee joint"]


def _answered(answer: Answer) -> bool:
    return answer.status in {"answered", "corrected"}


def test_what_lies_under_is_no_ellipsis(engine: Engine) -> None:
    before = engine.ask("Where is the gastrocnemius?").context
    assert engine.ask("what lies under it?", context=before).intent == "relations"


def test_a_pronoun_is_no_family_name(engine: Engine) -> None:
    before = engine.ask("How did Gallucci study the leg curl?").context
    answer = engine.ask("What year did he publish it?", context=before)
    assert [one.id for one in answer.citations] == ["gallucci2002"]


def test_who_studied_them_means_what_was_shown(engine: Engine) -> None:
    before = engine.ask("Are T-band kicks good for the gastrocnemius?").context
    answer = engine.ask("who studied them?", context=before)
    assert [one.id for one in answer.citations] == ["cordova1999"]


def test_the_origin_of_the_first_one(engine: Engine) -> None:
    before = engine.ask("Which heads does the gastrocnemius have?").context
    first = engine.ask("origin of the first one?", context=before)
    assert "lateral condyle" in first.text
    assert "popliteal surface" in engine.ask("and of the second?", context=first.context).text


def test_an_author_as_a_person_is_not_his_study(engine: Engine) -> None:
    before = engine.ask("Is the leg curl with dorsiflexion good for the gastrocnemius?").context
    assert engine.ask("Is Gallucci a professor?", context=before).status == "refused"


def test_a_stray_word_does_not_change_the_source(engine: Engine) -> None:
    before = engine.ask("In the leg curl, does ankle position change the knee flexion moment?").context
    shown = engine.ask("source?", context=before)
    after = engine.ask("the doi as well please", context=shown.context)
    assert {one.id for one in after.citations} == {one.id for one in shown.citations}


def test_a_list_is_counted_on_after_its_sources(engine: Engine) -> None:
    answer = engine.ask("How many people have a fabella?")
    for question in ("the second figure, who published that?", "which journal?", "and the third one, what year?"):
        answer = engine.ask(question, context=answer.context)
    assert [one.id for one in answer.citations] == ["asghar2021"]


def test_another_intent_about_an_author_is_not_the_one_before(engine: Engine) -> None:
    before = engine.ask("Which head is the fabella in?").context
    assert "3–5 %" in engine.ask("and how common is it on x-ray per Moore?", context=before).text


def test_the_intent_meant_by_a_correction(engine: Engine) -> None:
    before = engine.ask("where does gastroc insert").context
    assert engine.ask("oops wrong word, i meant origin", context=before).intent == "origin"


def test_oina_is_told_in_its_order(engine: Engine) -> None:
    sections = [one.text.split(" ", 2)[1].strip(",:") for one in engine.ask("OINA of gastroc").statements]
    assert list(dict.fromkeys(sections)) == ["origin", "insertion", "innervation", "action"]
