"""Answers what is asked about a muscle that the question describes instead of naming it; the answer names it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.question import Context
from fabella_intents.reading import Read

from fabella import naming
from fabella.desk import UNRELATED, Desk
from fabella.draft import Draft
from fabella.sections import sections


def described(read: Read, context: Context, desk: Desk) -> Draft | None:
    """What is asked about the muscle that is described, a question back for several, None where it describes none."""
    vocabulary = desk.facts.library.vocabulary
    if context.structure is not None or naming.invented(read, vocabulary) or naming.unheld(read):
        return None
    found = desk.portraits.described(read)
    return about(read, found, context, desk) if found else None


def about(read: Read, found: Sequence[str], context: Context, desk: Desk) -> Draft | None:
    """What is asked about the one muscle found; a question back which of several is meant."""
    label = _asked(read, desk)
    if label is None:
        return None
    definition = desk.definition(label)
    if len(found) > 1:
        asked = definition.suggestion if "{}" in (definition.suggestion or "") else "What is the {}?"
        options = tuple(str(asked).format(desk.display(one).lower()) for one in found)
        return desk.clarify(read, "Which of these muscles do you mean?", options)
    question = replace(read.question, intents=(label,), structure=found[0], movements=(), negated=False)
    draft = sections(replace(read, question=question, links=()), found[0], context, desk)
    return replace(draft, notes=(*draft.notes, f"Read as: {desk.display(found[0]).lower()}.")) if draft.said else None


def _asked(read: Read, desk: Desk) -> str | None:
    """The intent that a section of the muscle's article answers: named outright, chosen, or the likeliest one."""
    scored = (label for label, score in read.prediction.scores if score > UNRELATED)
    return next(filter(desk.by_section, (*read.asked, *read.question.intents, *scored)), None)
