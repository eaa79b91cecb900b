"""Plain questions, in the words that a beginner uses: each of them is answered, by the intent that it asks for."""

from __future__ import annotations

import pytest
from fabella import Engine

MUSCLE = ("the gastrocnemius", "gastrocnemius", "gastroc", "the calf muscle")
BONE = ("the fabella", "fabella", "the little bone behind the knee")
PLAIN = {
    "origin": (
        MUSCLE,
        "What is the origin of {}?|Where does {} originate?|{} origin|Where does {} start?|Where does {} arise?",
    ),
    "insertion": (MUSCLE, "What is the insertion of {}?|Where does {} insert?|{} insertion|Where does {} end?"),
    "attachments": (MUSCLE, "What are the attachments of {}?|Where does {} attach?|{} attachments"),
    "action": (
        MUSCLE,
        "What does {} do?|What is the action of {}?|What's the function of {}?|What does {} do at the knee?"
        "|Which joints does {} move?|What is the role of {} in walking?",
    ),
    "innervation": (MUSCLE, "What nerve supplies {}?|What is the innervation of {}?|nerve roots of {}"),
    "blood_supply": (MUSCLE, "What is the blood supply of {}?|Which arteries supply {}?"),
    "heads": (MUSCLE, "How many heads does {} have?|Name the heads of {}"),
    "relations": (MUSCLE, "What lies beneath {}?|What is deep to {}?|What muscle shares its tendon with {}?"),
    "overview location": (MUSCLE, "What is {}?|Where is {}?|Tell me about {}"),
    "variants": (MUSCLE, "What are the variants of {}?|Are there variations of {}?"),
    "exercises": (MUSCLE, "Which exercises work {}?|best exercises for {}|Do calf raises work {}?"),
    "clinical": (
        MUSCLE,
        "What does a shortened {} do?|How is {} connected with the lower back?|What happens if {} is shortened?",
    ),
    "fabella overview": (BONE, "What is {}?|What's {}?|What kind of bone is {}?"),
    "fabella": (BONE, "Where is {}?|In which head is {}?|What does {} articulate with?"),
    "prevalence": (
        BONE,
        "What's the prevalence of {}?|How common is {}?|How often does {} occur?"
        "|How rare is {}?|How many people have {}?|What percentage of people have {}?"
        "|Does everyone have {}?|What is the incidence of {}?|Is {} common?",
    ),
}
CASES = [
    (intents, pattern.format(name))
    for intents, (names, patterns) in PLAIN.items()
    for pattern in patterns.split("|")
    for name in names
]


@pytest.mark.parametrize(("intents", "question"), CASES)
def test_a_plain_question_is_answered(engine: Engine, intents: str, question: str) -> None:
    answer = engine.ask(question)
    assert answer.status in {"answered", "corrected"}
    assert answer.intent in intents.split()


def test_a_structure_is_found_by_what_its_facts_can_name(engine: Engine) -> None:
    answer = engine.ask("which muscle do heel raises hit in asian people")
    assert (answer.status, answer.intent, answer.context.structure) == ("answered", "exercises", "gastrocnemius")
