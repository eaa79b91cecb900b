"""A question of intents and slots as the reading that a sentence would have given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fabella_intents.definition import intent_of
from fabella_intents.forms import Form
from fabella_intents.mentions import Link
from fabella_intents.question import Question
from fabella_intents.reading import Read, Reading
from fabella_intents.router import Prediction
from fabella_intents.utterance import Utterance
from fabella_knowledge.vocabulary import Vocabulary


def asked(question: Question, vocabulary: Vocabulary, intents: Collection[str]) -> Reading:
    """The reading of `question`: its structures stand for the words, so that nothing else narrows the answer.

    Raises:
        ValueError: none of the question's intents is among `intents`.
    """
    known = tuple(label for label in question.intents if intent_of(label) in intents)
    if not known:
        named = ", ".join(question.intents) or "(none)"
        raise ValueError(f"no such intent: {named}; known are {', '.join(intents)}")
    structure = question.structure.lower() if question.structure else None
    others = tuple(one.lower() for one in question.others)
    row = tuple(one for one in (structure, *others) if one)
    text = question.text or " ".join((*question.intents, *row, *question.parts))
    read = Read(
        text="",
        question=replace(question, structure=structure, others=others, intents=known),
        prediction=Prediction((), 1.0, ()),
        links=tuple(Link(vocabulary.kind(one) or "muscle", (one,), n, n + 1) for n, one in enumerate(row)),
        form=Form(question.form, False, (), False, False, text),
        row=row,
        message=row,
        asked=known[1:],
        said=text,
    )
    return Reading(Utterance(text, text, False), (read,), (), (), None)
