"""Tells what the evidence says: chooses the facts, the word before them and the notes."""

from __future__ import annotations

import re

from fabella_intents.definition import Definition
from fabella_intents.question import Context, Question
from fabella_intents.reading import Read

from fabella import others
from fabella.desk import Desk
from fabella.draft import Draft, fitted, say
from fabella.evidence import Evidence, Fact
from fabella.looking import in_full
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, UNTOLD, Verdict

_MORE_ABOUT = re.compile(r"\bmore (?:about|on)\b", re.I)
UNTOLD_LEAD = "My sources don't say so. They say:"
MORE = 5  # statements that "more" adds about a structure


def tell(
    read: Read, definition: Definition, subject: str, evidence: Evidence, verdict: Verdict, context: Context, desk: Desk
) -> Draft:
    """The draft that answers `read` about `subject`; a refusal where nothing is left to say."""
    question = read.question
    facts = _chosen(read, evidence, verdict, context, desk)
    if not facts:
        reason = "My sources hold no more on that." if question.more else "My sources name no others."
        return desk.refuse(read, reason, intent=definition.name, structure=subject)
    said = tuple(say(f.passage, desk.display(f.passage.structure)) for f in facts)
    whole = question.more or len(question.intents) > 1 or (definition.alternatives and in_full(read))
    kept = said if whole else fitted(said)
    notes = _notes(facts, evidence, question)
    if len(kept) < len(said):
        notes = (*notes, f"'more' shows {len(said) - len(kept)} further statements.")
    parts = question.parts
    if not parts and definition.subject is not None and not definition.together:
        # "Which head can contain it?" makes that head the one to speak of.
        parts = tuple(sorted(frozenset().union(*(f.parts for f in facts[: len(kept)]))))[:1]
    return Draft(
        "corrected" if verdict.kind in {CONTRADICTED, UNTOLD} and not verdict.letter else "answered",
        definition.name,
        _lead(question, verdict),
        kept,
        notes,
        suggestions=desk.suggest(subject, without=question.intents),
        structure=subject,
        parts=parts,
        chance=read.answerable,
    )


def _lead(question: Question, verdict: Verdict) -> str:
    """The word before the statements: what the evidence says of the claim, "" where nothing is claimed or decided."""
    if verdict.letter:
        return f"Answer: {verdict.letter}."
    if verdict.kind == CONTRADICTED:
        return "False." if question.form == "truefalse" else "Not quite."
    if verdict.kind == UNTOLD:
        return UNTOLD_LEAD
    if verdict.kind == SUPPORTED and question.form == "truefalse":
        return "True."
    return "Yes." if verdict.kind == SUPPORTED and question.form == "yesno" and not question.negated else ""


def _chosen(read: Read, evidence: Evidence, verdict: Verdict, context: Context, desk: Desk) -> tuple[Fact, ...]:
    question = read.question
    described = evidence.facts[0].passage.section == "Description" and _MORE_ABOUT.search(read.text) is not None
    if (question.more or described) and context.shown:
        fresh = tuple(f for f in (*evidence.facts, *evidence.further) if f.passage.id not in context.shown)
        if not fresh and evidence.facts[0].passage.section == "Description":
            # More about a structure as such: what its article says next.
            told = desk.facts.of(evidence.facts[0].passage.structure)
            fresh = tuple(f for f in told if f.passage.id not in context.shown and not f.passage.further)[:MORE]
        return fresh
    picked = desk.facts.get(read.picked) if read.picked else None
    if picked is not None:
        return (picked,)
    if others.asked(read) and (verdict.kind == OPEN or others.whether(read)):
        facts = others.others(read, evidence, context, desk.facts)
    else:
        decided = (
            verdict.kind in {CONTRADICTED, UNTOLD}
            or verdict.letter
            or question.form in {"yesno", "truefalse", "either"}
        )
        facts = (verdict.facts if decided else ()) or evidence.facts
    return _shorter(facts) if question.brief and read.elliptical and not question.parts else facts


def _shorter(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The first fact of each section and, among those about parts or exercises, of each of them."""
    kept: dict[tuple[str, str], Fact] = {}
    for one in facts:
        listed = one.passage.terms[0] if one.passage.section == "Exercises" and one.passage.terms else one.passage.part
        kept.setdefault((one.passage.section, listed or ""), one)
    return tuple(kept.values())


def _notes(facts: tuple[Fact, ...], evidence: Evidence, question: Question) -> tuple[str, ...]:
    if any(f.passage.section == "Prevalence" for f in facts) and evidence.further and not question.more:
        return (f"The figures depend on method and population; 'more' shows {len(evidence.further)} further ones.",)
    return ()
