"""Holds claims about movements, joints, and what is more under which condition against the facts.

Each returns a verdict, or None where the question claims nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabella_intents.mentions import Link, link
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.criteria import criteria
from fabella.evidence import Evidence, Fact, Facts
from fabella.limits import alone, left_out
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, UNTOLD, Verdict

_NO_PART = re.compile(
    r"\b(?:nothing (?:to do|at|on|with|happens)|no (?:action|effect|role|function|influence|part|business)"
    r"|not (?:act|work|cross|move|affect|involved))\b",
    re.I,
)
_MORE = frozenset("more higher greater larger bigger stronger increased".split())
_LESS = frozenset("less lower smaller weaker reduced decreased".split())
_NEAR = 4  # tokens between a movement and the joint that it is said of


def movements(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Movements said of the structure, at the joints and under the conditions named.

    Supported where a fact tells them; contradicted by the opposite one, or taken for granted at another joint.
    """
    vocabulary = facts.library.vocabulary
    conditional = read.conditional
    claimed = [x for x in read.links if x.kind == "movement" and x.term not in conditional and not left_out(x, read)]
    named = {x.term for x in read.links if x.kind == "joint" and x.term not in conditional}
    moved = {one: _moved(one, read) for one in claimed}
    free = named - set().union(*moved.values())
    telling: list[Fact] = []
    against: list[Fact] = []
    for one in claimed:
        opposite = vocabulary.opposite(one.term)
        at = moved[one] or free
        for fact in evidence.considered:
            here = facts.joints(fact)
            if at and here and not at & here:
                if moved[one] and one.term in fact.main and read.question.form == "presumes":
                    against.append(fact)
            elif one.term in fact.main:
                telling.append(fact)
            elif opposite is not None and opposite in fact.main and read.question.form != "open":
                against.append(fact)
    if against:
        denied = {x.term for x in read.links if left_out(x, read)}
        also = (f for f in evidence.considered if denied & f.terms)
        return Verdict(CONTRADICTED, evidence.ordered((*against, *also)))
    if not telling:
        return None
    told = evidence.ordered(telling)
    for one in (x for x in read.links if x.kind == "state"):
        if vocabulary.opposite(one.term) in told[0].condition:
            # Another condition than the source's: denied where it is said to be the only one, else left open.
            return Verdict(CONTRADICTED if alone(read, {one.term}) else OPEN, told)
    return Verdict(SUPPORTED, told) if read.question.form == "open" or _all_told(read, evidence, facts) else None


def _all_told(read: Read, evidence: Evidence, facts: Facts) -> bool:
    """Whether the facts tell each movement of what it is said to move: "flexes the hip and the knee" is two claims."""
    vocabulary = facts.library.vocabulary
    denied = {x.term for x in read.links if left_out(x, read)}

    def tells(fact: Fact, movement: str | None, target: str | None) -> bool:
        moved = fact.main | facts.joints(fact)
        return (movement is None or any(vocabulary.covers(movement, t) for t in fact.main)) and (
            target is None or any(vocabulary.covers(target, t) for t in moved)
        )

    return all(
        any(tells(fact, *choice) for fact in evidence.considered for choice in one.choices)
        for one in criteria(read, vocabulary)
        if one.field in {"action", "crosses"} and not one.negated and not any(denied & {*c} for c in one.choices)
    )


def sided(read: Read, evidence: Evidence) -> Verdict | None:
    """ "The left one turns the head to the left": against a fact that tells the same or the opposite side."""
    said = re.findall(r"\bleft\b|\bright\b(?!\s*[?.!]*$)|(?<=to the )right\b", read.text.lower())
    if "same side" in read.text.lower() or "own side" in read.text.lower():
        claimed = "same side"
    elif "opposite side" in read.text.lower() or "other side" in read.text.lower():
        claimed = "opposite side"
    elif len(said) == 2:
        claimed = "same side" if said[0] == said[1] else "opposite side"
    else:
        return None
    for fact in evidence.considered:
        told = next((side for side in ("same side", "opposite side") if side in fact.passage.text), None)
        if told is not None and (fact.main & {x.term for x in read.links} or len(evidence.considered) == 1):
            return Verdict(SUPPORTED if told == claimed else CONTRADICTED, (fact,))
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


def _moved(movement: Link, read: Read) -> set[str]:
    """The joint that a movement is said to take place at: the one that follows it closely."""
    for one in read.links:
        if one.start >= movement.end and one.kind in {"movement", "joint"}:
            close = one.kind == "joint" and one.start - movement.end <= _NEAR and one.term not in read.conditional
            return {one.term} if close else set()
    return set()


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
    said = _more_of(read.row, [(x.term, x.start - read.start) for x in read.links], facts)
    if said is None:
        return None
    for fact in evidence.considered:
        row = words(fact.passage.text)
        told = _more_of(row, [(x.term, x.start) for x in link(row, facts.library.vocabulary)], facts)
        if told is not None and set(told) == set(said):
            return Verdict(SUPPORTED if told == said else CONTRADICTED, (fact,))
    return None


def _more_of(row: Sequence[str], named: Sequence[tuple[str, int]], facts: Facts) -> tuple[str, str] | None:
    """What is said to be more, and its opposite: "lower with B than with A" is (A, B); None without a comparison."""
    at = next((i for i, w in enumerate(row) if w in _MORE or w in _LESS), None)
    if at is None:
        return None
    opposites = [(t, i, against) for t, i in named if (against := facts.library.vocabulary.opposite(t)) is not None]
    after = [x for x in opposites if x[1] > at]
    first = next(iter(after or reversed(opposites)), None)
    if first is None:
        return None
    return (first[0], first[2]) if row[at] in _MORE else (first[2], first[0])
