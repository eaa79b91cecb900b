"""Holds what a question asserts against the evidence: supported, contradicted, or left open.

A yes or a no stands only where the evidence says it: a claim is contradicted by its opposite, by another value where
the list of values is the whole of it (attachment sites, nerves, arteries), or by a different number. What is merely
absent stays open, and so is a claim of more than a source says: that only this is so, or all of it.
"""

from __future__ import annotations

import re

from fabella_intents.reading import Read

from fabella import claims, figures, motion, positions
from fabella.choices import choose
from fabella.evidence import Evidence, Facts
from fabella.looking import accounts
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, Verdict

_TOTAL = re.compile(
    r"\b(?:only|solely|exclusively|entirely|purely|all(?<!at all)|every|whole|entire|always|mainly|mostly"
    r"|primar(?:y|ily)|main|chief(?:ly)?|strong(?:ly|est))\b",
    re.I,
)


def decide(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict:
    """The verdict on the claims of `read` about `structure`."""
    question = read.question
    if question.options:
        return choose(read, structure, evidence, facts)
    if question.form == "either":
        rates = figures.prevalence(read, structure, evidence, facts)  # "everyone, or only some?"
        return Verdict(OPEN, evidence.facts if rates is None else rates.facts)
    checks = (
        positions.depth(read, facts, structure),
        claims.parts(read, structure, evidence, facts),
        figures.prevalence(read, structure, evidence, facts),
        claims.exercise(read, evidence),
        motion.compared(read, evidence, facts),
        motion.sided(read, evidence, facts),
        motion.joints(read, evidence, facts),
        claims.opposition(read, structure, evidence, facts),
        claims.portions(read, evidence),
        claims.values(read, structure, evidence, facts),
        motion.movements(read, evidence, facts),
        positions.place(read, structure, evidence, facts),
        positions.members(read, structure, facts),
        positions.owners(read, structure, facts),
        claims.kind(read, structure, facts),
        claims.heads(read, structure, facts),
    )
    against = next((v for v in checks if v is not None and v.kind == CONTRADICTED), None)
    if against is not None and not question.negated:
        return against
    found = against or next((v for v in checks if v is not None and v.kind == SUPPORTED), None)
    if found is None and question.form == "presumes" and not question.negated:
        found = motion.untold(read, evidence, facts)
    if found is None or (found.kind == SUPPORTED and (accounts(read) or _TOTAL.search(read.text))):
        # One source's yes is not every source's, and that something is so doesn't tell that only or all of it is.
        return Verdict(OPEN, evidence.facts)
    if question.negated and found.kind == CONTRADICTED:
        whole = set(found.facts) <= set(evidence.facts)  # what is so instead: all that was looked up
        return Verdict(SUPPORTED, evidence.facts if whole else found.facts)
    if question.negated and question.form in {"yesno", "truefalse", "presumes"}:
        return Verdict(CONTRADICTED, found.facts or evidence.facts)
    return found
