"""Messages as people write them: a story first, several questions, a muscle described, a claim on the way."""

from __future__ import annotations

import pytest
from fabella import Engine
from fabella_intents import framing
from fabella_intents.question import Context
from hypothesis import given
from hypothesis import strategies as st

STORIES = (
    ("I teach Pilates and after a talk on tendon injuries I'd like to know where the gracilis ends.", "tibia"),
    ("My tutor pointed at the soleus and I said gastroc, so which nerve does the plantaris have?", "tibial nerve"),
    ("Dancer here. After a talk on shin pain I wonder which muscles lie in the lateral compartment of the leg.",
     "fibularis brevis"),
    ("The supinator was easy in the exam, but the anconeus, what nerve has it?", "radial nerve"),
    ("Where does the iliacus insert, I always mix it up with psoas minor", "lesser trochanter"),
    ("infrahyoid muscles please, oral exam tomorrow", "sternothyroid"),
)  # fmt: skip
SEVERAL = (
    ("Which muscles evert the foot? And which nerve has each?", ("fibularis longus: everts", "deep fibular nerve")),
    ("What does the axillary nerve supply, and where do they insert?", ("deltoid tuberosity", "greater tubercle")),
    ("plantaris nerve? and gracilis. and pectineus", ("tibial nerve", "obturator nerve", "femoral nerve")),
    ("FCU artery, FCR artery", ("ulnar artery", "radial artery")),
    ("Which muscles attach to the coracoid process, and what does the one with the musculocutaneous nerve do?",
     ("pectoralis minor", "flexes")),
    ("Thenar muscles? Which of these opposes the thumb?", ("abductor pollicis brevis", "opposes the thumb")),
)  # fmt: skip
DESCRIBED = (
    ("the dome-shaped muscle you breathe with, which nerve?", "phrenic nerve"),
    ("Fan-shaped muscle at the side of the skull that closes the jaw: which nerve has it?", "temporalis"),
    ("that little muscle behind the knee which unlocks it, where does it start?", "popliteus"),
    ("the muscle that runs from the first rib to the collarbone, what nerve?", "subclavius"),
)
TOLD = (
    ("Soleus starts on the femur, so why doesn't it bend the knee?", "soleus, origin"),
    ("My book says the sartorius is supplied by the obturator nerve. Where does it end?", "femoral nerve"),
    ("Since the brachialis inserts on the radius, which nerve does it get?", "tuberosity of the ulna"),
    ("Palmaris longus being an ulnar nerve muscle, what does it do?", "median nerve"),
    ("The biceps femoris joins the pes anserinus, right?", "head of the fibula"),
)
ENDS = (
    ("What is the rectus abdominis attached to at its upper end?", "costal cartilages", "pubic"),
    ("Where does the rectus abdominis attach at the bottom?", "pubic", "costal cartilages"),
    ("Upper attachment of the soleus?", "fibula", "calcaneus"),
)


def texts(engine: Engine, question: str, context: Context | None = None) -> str:
    return " ".join(one.text for one in engine.ask(question, context=context).statements).lower()


@pytest.mark.parametrize(("message", "fact"), STORIES)
def test_a_story_around_the_question_is_left_aside(engine: Engine, message: str, fact: str) -> None:
    assert fact in texts(engine, message)


@pytest.mark.parametrize(("message", "facts"), SEVERAL)
def test_each_question_leans_on_the_one_before(engine: Engine, message: str, facts: tuple[str, ...]) -> None:
    said = texts(engine, message)
    assert all(fact in said for fact in facts), said


@pytest.mark.parametrize(("message", "fact"), DESCRIBED)
def test_a_muscle_that_is_described_is_found_and_named(engine: Engine, message: str, fact: str) -> None:
    assert fact in texts(engine, message)


def test_a_description_that_fits_several_is_no_guess(engine: Engine) -> None:
    answer = engine.ask("a small muscle at the front of the neck, which nerve has that one?")
    assert answer.status != "answered" or len({one.passage.partition("#")[0] for one in answer.statements}) > 1


@pytest.mark.parametrize(("message", "fact"), TOLD)
def test_a_wrong_statement_before_the_question_is_corrected(engine: Engine, message: str, fact: str) -> None:
    assert engine.ask(message).status == "corrected"
    assert fact in texts(engine, message)


def test_a_right_statement_before_the_question_is_not(engine: Engine) -> None:
    assert engine.ask("Since the soleus starts on the fibula, which nerve does it get?").status == "answered"


@pytest.mark.parametrize(("question", "told", "untold"), ENDS)
def test_the_upper_end_is_the_one_that_lies_higher(engine: Engine, question: str, told: str, untold: str) -> None:
    said = texts(engine, question)
    assert told in said
    assert untold not in said


def test_one_side_and_both_do_different_things(engine: Engine) -> None:
    assert "together" not in texts(engine, "What does the quadratus lumborum do when only one side contracts?")
    both = texts(engine, "What does the quadratus lumborum do when both sides contract together?")
    assert "extends" in both
    assert "laterally" not in both


def test_what_several_have_in_common(engine: Engine) -> None:
    said = texts(engine, "what do the sartorius and the semitendinosus have in common")
    assert "pes anserinus" in said
    assert "flexes the leg at the knee joint" in said
    assert "iliac spine" not in said
    assert "ischial tuberosity" not in said


def test_this_nerve_is_the_one_told_before(engine: Engine) -> None:
    before = engine.ask("Which nerve supplies the teres minor?")
    assert "deltoid" in texts(engine, "Which other muscles does this nerve supply?", before.context)
    assert "deltoid" in texts(engine, "and what muscles share that nerve", before.context)


@pytest.mark.parametrize(
    "question",
    [
        "Into which lymph nodes does the skin of the sole drain?",
        "origin of the gluteus secundus",
        "Nerve supply to the flexor longissimus?",
        "insertion of the orbicularis plantae",
        "how many units of botox for the masseter",
        "Where is the needle put for the vastus medialis?",
        "which of the adductors is the largest",
    ],
)
def test_what_no_source_knows_is_declined(engine: Engine, question: str) -> None:
    assert engine.ask(question).status == "refused"


@given(st.text(alphabet="abc ,.:;?-'wh who which what so but I my is ", max_size=120))
def test_places_in_a_sentence_lie_within_it(sentence: str) -> None:
    assert 0 <= framing.begins(sentence) <= len(sentence)
    assert 0 <= framing.trailing(sentence) <= len(sentence)
    assert 0 <= framing.asking(sentence) <= len(sentence)
    granted = framing.premise(sentence)
    assert granted is None or sentence[granted[0] :].startswith(granted[1])
    assert all(sentence[at : at + len(text)] == text for at, text in framing.clauses(sentence))


def test_the_number_one_describes_no_muscle(engine: Engine) -> None:
    assert not engine.ask("What keeps the blood moving in one direction through the heart?").statements
