"""Corrects what a question claims besides what it asks, and adds what it asks.

A muscle said to belong to a group, a structure said to be what it isn't, and a claim of another kind than the question:
each is held against its own facts, and a correction keeps the answer to what was asked.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fabella_intents.question import Context
from fabella_intents.reading import Read

from fabella import claims, positions
from fabella.deciding import decide
from fabella.desk import Desk
from fabella.draft import Draft, say
from fabella.evidence import Evidence
from fabella.looking import look_up
from fabella.telling import tell
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, Verdict

# Kinds of names in a claim, and the section that says whether it holds.
_CLAIMS = {
    frozenset({"nerve", "root"}): "Innervation",
    frozenset({"artery"}): "Blood supply",
    frozenset({"compartment"}): "Location",
    frozenset({"movement"}): "Action",
}
_CLAIMING = frozenset({"yesno", "truefalse", "presumes"})
_ENDING = re.compile(r"\b(?:insert|attach|join|end|anchor)\w*", re.I)
_ASKED_BESIDES = re.compile(r"[,.;?]\s*(?:then |so )?(?:(?:at|in|on|by|from|to|of) )?(?:which|what|where|who)\b", re.I)


def belonging(read: Read, context: Context, desk: Desk) -> Draft | None:
    """ "Is the gracilis one of the pes anserinus?": against the members that the group's article names."""
    groups = [x.term for x in read.links if x.kind == "group"]
    plain = all(x.kind in {"muscle", "group", "tendon", "author"} for x in read.links)
    if len(groups) != 1 or not plain or read.question.form not in _CLAIMING or not positions.said_to_belong(read):
        return None
    verdict = positions.members(read, groups[0], desk.facts)
    relating = desk.answering("Relations")
    if verdict is None or relating is None or not desk.facts.section(groups[0], "Members"):
        return None
    if read.question.negated:
        verdict = replace(verdict, kind=SUPPORTED if verdict.kind == CONTRADICTED else CONTRADICTED)
    held = Evidence(verdict.facts, verdict.facts, ())
    told = tell(read, desk.definition(relating), groups[0], held, verdict, context, desk)
    if verdict.kind != CONTRADICTED:
        return told
    muscle = next(x.term for x in read.links if x.kind == "muscle")
    whole = with_asked(read, told, muscle, context, desk) if muscle in desk.facts.library.articles else told
    return with_ends(read, whole, whole.structure or "", desk)


def with_ends(read: Read, corrected: Draft, structure: str, desk: Desk) -> Draft:
    """The correction that a muscle ends with a group, with where it ends: "it inserts with the pes anserinus"."""
    told = {desk.facts.library.by_id[one.passage].section for one in corrected.said if one.passage}
    muscle = next((x.term for x in read.links if x.kind == "muscle"), structure)
    if told != {"Members"} or not _ENDING.search(read.text):
        return corrected
    held = (f.passage for f in desk.facts.section(muscle, "Insertion") if not f.passage.further)
    return replace(corrected, said=(*corrected.said, *(say(one, desk.display(muscle)) for one in held)))


def miscalled(read: Read, context: Context, desk: Desk) -> Draft | None:
    """The correction where a structure is said to be what it isn't ("the fabella, being a muscle")."""
    definition = desk.definition(read.question.intents[0])
    for one in (x.term for x in read.links if x.term in desk.facts.library.articles):
        said = claims.kind(read, one, desk.facts)
        if said is not None:
            return tell(read, definition, one, Evidence(said.facts, said.facts, ()), said, context, desk)
    return None


def claimed(read: Read, structure: str, context: Context, desk: Desk) -> Draft | None:
    """The correction of a claim of another kind than what is asked: a wrong nerve in a question about a movement."""
    if read.question.form not in _CLAIMING or read.question.negated:
        return None
    kinds = {x.kind for x in read.links}
    for wanted, section in _CLAIMS.items():
        label = desk.answering(section)
        if label is None or not wanted & kinds or label in read.question.intents:
            continue
        evidence = look_up(read, label, desk.definition(label), structure, desk.facts)
        if evidence.facts and desk.fits(desk.definition(label), structure):
            verdict = decide(read, structure, evidence, desk.facts)
            if verdict.kind == CONTRADICTED:
                corrected = tell(read, desk.definition(label), structure, evidence, verdict, context, desk)
                return with_asked(read, corrected, structure, context, desk)
    return None


def with_asked(read: Read, corrected: Draft, structure: str, context: Context, desk: Desk) -> Draft:
    """A correction with what is asked besides: "given that it lies in the arm, which nerve does it get?"."""
    definition = desk.definition(read.question.intents[0])
    declined = definition.refusal is not None or definition.handler is not None
    if declined or not desk.fits(definition, structure):
        return corrected
    evidence = look_up(read, read.question.intents[0], definition, structure, desk.facts)
    wrong = claims.values(read, structure, evidence, desk.facts)
    if wrong is not None and wrong.kind == CONTRADICTED:  # and what else is claimed: its nerve, its ends
        more = (say(f.passage, desk.display(f.passage.structure)) for f in wrong.facts)
        return replace(corrected, said=tuple(dict.fromkeys((*corrected.said, *more))))
    if not _ASKED_BESIDES.search(read.text):
        return corrected
    asked = tell(read, definition, structure, evidence, Verdict(OPEN, evidence.facts), context, desk)
    return replace(corrected, said=tuple(dict.fromkeys((*corrected.said, *asked.said))))
