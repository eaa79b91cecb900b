"""Holds claims about movements, joints, and what is more under which condition against the facts.

Each returns a verdict, or None where the question claims nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.mentions import Link, link
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.criteria import Criterion, criteria
from fabella.evidence import Evidence, Fact, Facts
from fabella.limits import alone, left_out
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, UNTOLD, Verdict

_NO_PART = re.compile(
    r"\b(?:nothing (?:to do|at|on|with|happens)|no (?:action|effect|role|function|influence|part|business)"
    r"|not (?:act|work|cross|move|affect|involved))\b",
    re.I,
)
_DIGITS = frozenset({"toes", "fingers"})
_SIDED = re.compile(r"\b(?:same|own|other|opposite|left|right) side\b|\bto the (?:left|right)\b", re.I)
_MORE = frozenset("more higher greater larger bigger stronger increased".split())
_LESS = frozenset("less lower smaller weaker reduced decreased".split())


def movements(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Movements said of the structure, at the joints and under the conditions named.

    Supported where a fact tells them; contradicted by the opposite one, or taken for granted at another joint.
    """
    vocabulary = facts.library.vocabulary
    claims = _claims(read, facts)
    if not any(one.field == "action" for one in claims):
        return None
    # What moves in an exercise is the person's doing, not what the muscle is said to do.
    considered = [f for f in evidence.considered if f.passage.section != "Exercises"]
    telling: list[Fact] = []
    against: list[Fact] = []
    missing = False
    for one in claims:
        said = [f for f in considered if any(_tells(f, m, t, facts) for m, t in one.choices)]
        telling += said
        missing = missing or not said
        if said or read.question.form == "open":
            continue
        for movement, target in one.choices:
            opposite = vocabulary.opposite(movement) if movement is not None else None
            if opposite is not None:
                against += (f for f in considered if _tells(f, opposite, target, facts))
                # Who flexes the trunk doesn't extend the vertebral column in it.
                wider = [
                    a for a in vocabulary.ancestors(target or "") if vocabulary.kind(a) == "region" and a != target
                ]
                against += (f for f in considered if set(wider) & f.main and _tells(f, opposite, None, facts))
            if movement and vocabulary.kind(target or "") == "joint" and read.question.form == "presumes":
                against += (f for f in considered if _tells(f, movement, None, facts) and facts.joints(f))
    if against:
        denied = {x.term for x in read.links if left_out(x, read)}
        also = (f for f in considered if denied & f.terms)
        return Verdict(CONTRADICTED, evidence.ordered((*against, *also)))
    if not telling or (missing and read.question.form != "open"):
        return None
    told = evidence.ordered(telling)
    if _SIDED.search(read.text) and not any("side" in f.passage.text for f in told):
        return Verdict(OPEN, told)
    for state in (x for x in read.links if x.kind == "state"):
        if vocabulary.opposite(state.term) in told[0].condition:
            # Another condition than the source's: denied where it is said to be the only one, else left open.
            return Verdict(CONTRADICTED if alone(read, {state.term}) else OPEN, told)
    return Verdict(SUPPORTED, told)


def _claims(read: Read, facts: Facts) -> tuple[Criterion, ...]:
    """What the structure is said to move: each movement with what it moves, and the joints said besides."""
    aside = {x.term for x in read.links if left_out(x, read)} | read.conditional
    said = criteria(read, facts.library.vocabulary)
    # "It only bends the elbow and can't supinate": what a negated question is about stands behind the "not".
    denied = read.question.negated and any(one.negated for one in said)
    return tuple(
        one
        for one in said
        if one.field in {"action", "crosses"} and one.negated == denied and not any(aside & {*c} for c in one.choices)
    )


def _tells(fact: Fact, movement: str | None, target: str | None, facts: Facts) -> bool:
    """Whether a fact tells the movement of what it moves; None stands for any."""
    covers = facts.library.vocabulary.covers
    if target in _DIGITS:  # who extends the great toe doesn't extend the toes
        told = {t for t in fact.main if covers(target, t)}
        if target not in told and len(told) < 2:
            return False
    return (movement is None or any(covers(movement, t) for t in fact.main)) and (
        target is None or any(covers(target, t) for t in fact.main | facts.joints(fact))
    )


def sided(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "The left one turns the head to the left": against the facts that tell the side of that movement."""
    said = re.findall(r"\bleft\b|\bright\b(?!\s*[?.!]*$)|(?<=to the )right\b", read.text.lower())
    if "same side" in read.text.lower() or "own side" in read.text.lower():
        claimed = "same side"
    elif "opposite side" in read.text.lower() or "other side" in read.text.lower():
        claimed = "opposite side"
    elif len(said) == 2:
        claimed = "same side" if said[0] == said[1] else "opposite side"
    else:
        return None
    covers = facts.library.vocabulary.covers
    claims = _claims(read, facts)
    for fact in evidence.considered:
        told = next((side for side in ("same side", "opposite side") if side in fact.passage.text), None)
        for movement, target in (choice for one in claims for choice in one.choices):
            # Who turns the head turns the face.
            here = target is None or any(covers(target, t) or covers(t, target) for t in fact.main)
            if told is None or not here or not _tells(fact, movement, None, facts):
                continue
            if told != claimed:
                return Verdict(CONTRADICTED, (fact,))
            if len(claims) == 1:
                return Verdict(SUPPORTED, (fact,))
    return None


def untold(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "Why does the soleus cross the knee?": a joint or movement that no action of the structure names."""
    acting = tuple(f for f in evidence.considered if f.passage.section == "Action" and not f.passage.further)
    if not acting:
        return None
    vocabulary = facts.library.vocabulary
    moved = {
        x.term for x in read.links if x.kind == "joint" and x.term not in read.conditional and not left_out(x, read)
    }
    made = {x.term for x in read.links if x.kind == "movement" and x.term not in read.conditional}
    joints = frozenset().union(*(facts.joints(f) for f in acting))
    told = frozenset().union(*(f.main for f in acting))
    strange = bool(joints) and any(not any(vocabulary.covers(one, at) for at in joints) for one in moved)
    strange = strange or any(
        not any(vocabulary.covers(one, t) or vocabulary.covers(t, one) for t in told) for one in made
    )
    return Verdict(UNTOLD, acting) if strange else None


def joints(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "Only moves the ankle", "does nothing at the knee": against the joints that the actions name."""
    acting = [f for f in evidence.considered if f.passage.section == "Action"]
    claimed = {x.term for x in read.links if x.kind == "joint" and x.term not in read.conditional}
    if not acting or not claimed or read.question.form == "open":
        return None
    denied = {x.term for x in read.links if x.term in claimed and left_out(x, read)}
    without = tuple(f for f in acting if facts.joints(f) & denied)
    if without:
        return Verdict(CONTRADICTED, without)
    if any(x.kind == "movement" for x in read.links):
        return None
    moving = tuple(f for f in acting if facts.joints(f) & claimed)
    if _NO_PART.search(read.text):
        return Verdict(CONTRADICTED, moving) if moving else None
    others = tuple(f for f in acting if facts.joints(f) - claimed)
    if moving and others and alone(read, claimed):
        return Verdict(CONTRADICTED, others)
    return None


def compared(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "Higher with X than with Y", of opposite terms: against a fact that compares them the one way or the other."""
    said = _more_of(
        read.row, [replace(x, start=x.start - read.start, end=x.end - read.start) for x in read.links], facts
    )
    if said is None:
        return None
    for fact in evidence.considered:
        row = words(fact.passage.text)
        told = _more_of(row, link(row, facts.library.vocabulary), facts)
        if told is not None and set(told) == set(said):
            return Verdict(SUPPORTED if told == said else CONTRADICTED, (fact,))
    return None


def _more_of(row: Sequence[str], named: Sequence[Link], facts: Facts) -> tuple[str, str] | None:
    """What is said to be more, and its opposite: "lower with B than with A" is (A, B); None without a comparison."""
    names = {at for x in named for at in range(x.start, x.end)}  # "the greater trochanter" compares nothing
    at = next((i for i, w in enumerate(row) if (w in _MORE or w in _LESS) and i not in names), None)
    if at is None:
        return None
    opposites = [
        (x.term, x.start, against) for x in named if (against := facts.library.vocabulary.opposite(x.term)) is not None
    ]
    after = [x for x in opposites if x[1] > at]
    first = next(iter(after or reversed(opposites)), None)
    if first is None:
        return None
    return (first[0], first[2]) if row[at] in _MORE else (first[2], first[0])
