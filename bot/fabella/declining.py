"""Looks once more at a question that is declined: what it takes for granted, or counts, the library may hold."""

from __future__ import annotations

import re

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella import meaning
from fabella.deciding import decide
from fabella.desk import UNRELATED, Desk
from fabella.draft import Draft
from fabella.evidence import Evidence, stem
from fabella.looking import look_up
from fabella.telling import tell
from fabella.verdict import CONTRADICTED, OPEN, Verdict

_COUNT = re.compile(r"\bhow many\s+", re.I)
_CLAIMING = frozenset({"yesno", "truefalse", "presumes", "either"})  # forms that may take something for granted


def counted(read: Read, refusal: Definition, context: Context, desk: Desk) -> Draft | None:
    """ "The third figure, how many knees is that?": a number that the statement meant itself gives."""
    fact = desk.facts.get(read.picked) if read.picked is not None else None
    if fact is None or refusal.firm or not _COUNT.search(read.text):
        return None
    asked = {stem(word) for word in words(_COUNT.split(read.text)[-1])[:1]}
    if not asked & fact.stems or not any(c.isdigit() for c in fact.passage.text):
        return None
    definition = desk.definition(context.intents[0]) if context.intents else refusal
    held = Evidence((fact,), (fact,), ())
    return tell(read, definition, fact.passage.structure, held, Verdict(OPEN, (fact,)), context, desk)


def rescue(read: Read, refusal: Definition, context: Context, desk: Desk) -> Draft | None:
    """The correction of what a declined question takes for granted, None where the library contradicts nothing."""
    if refusal.firm or read.question.form not in _CLAIMING or read.question.negated:
        return None
    # A structure is spoken of: named, or meant by what came before. An intent's own subject alone is no sign of it.
    meant = read.question.structure or (context.structure if read.elliptical else None)
    if meant is None and not any(x.kind in STRUCTURES for x in read.links):
        return None
    for label, score in read.prediction.scores:
        if score < UNRELATED:
            break
        draft = _corrected(read, label, meant, desk) if label in desk.router.answerable else None
        if draft is not None:
            return draft
    return None


def _corrected(read: Read, label: str, meant: str | None, desk: Desk) -> Draft | None:
    definition = desk.definition(label)
    structure = definition.subject or meant
    if definition.handler is not None or structure is None or structure not in desk.facts.library.articles:
        return None
    evidence = look_up(read, label, definition, structure, desk.facts)
    if not evidence.facts or not desk.fits(definition, structure):
        return None
    verdict = decide(read, structure, evidence, desk.facts)
    if verdict.kind != CONTRADICTED or meaning.beside(read, definition, evidence, verdict, desk.facts):
        return None
    return tell(read, definition, structure, evidence, verdict, Context(), desk)
