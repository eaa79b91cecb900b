"""Holds claims about position and membership against the facts: layers, regions, groups, shared tendons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabella_intents.mentions import Link, link
from fabella_intents.reading import Read
from fabella_knowledge.tokens import DETERMINERS, words

from fabella import meaning
from fabella.evidence import Evidence, Fact, Facts
from fabella.verdict import CONTRADICTED, SUPPORTED, Verdict

_IN = frozenset({"in", "on", "of", "at", "from", "inside", "within"})
# The sections whose questions may place a structure wrongly.
_PLACED = frozenset({"Location", "Description", "Relations", "Action", "Heads", "Origin", "Insertion"})


_NEAR = 4  # words between a group and what says that something belongs to it
_BELONGS = re.compile(
    r"\b(?:members?|parts? of|one of|belong\w*|counts?|counted|includes?|included|among|components?|constituents?"
    r"|join(?:s|ed)?|(?:in|of) the|(?:is|are|also) an?)\b",
    re.I,
)


def depth(read: Read, facts: Facts, structure: str) -> Verdict | None:
    """Which of two muscles lies deeper, or whether one is deep or superficial."""
    vocabulary = facts.library.vocabulary
    claimed = _ordered(read.links, structure) or _of_subject(read, structure)
    if claimed is None:
        return None
    agreeing: list[Fact] = []
    opposed: list[Fact] = []
    for fact in (
        f for one in dict.fromkeys((structure, claimed[0], claimed[2])) for f in facts.section(one, "Relations")
    ):
        named = link(words(fact.passage.text), vocabulary)
        told = _ordered(named, fact.passage.structure) or _implied(named, fact.passage.structure)
        if told is not None and {claimed[0], claimed[2]} == {told[0], told[2]}:
            same = claimed == told or (claimed[2], vocabulary.opposite(claimed[1]), claimed[0]) == told
            (agreeing if same else opposed).append(fact)
    if not agreeing and not opposed:
        return None
    return Verdict(SUPPORTED, tuple(agreeing)) if agreeing else Verdict(CONTRADICTED, tuple(opposed))


def _implied(links: Sequence[Link], structure: str) -> tuple[str, str, str] | None:
    """ "Deep to the gastrocnemius", of the structure whose article says so."""
    layers = [x for x in links if x.kind == "depth"]
    others = {x.term for x in links if x.kind == "muscle" and x.term != structure}
    return (structure, layers[0].term, others.pop()) if len(layers) == 1 and len(others) == 1 else None


def _of_subject(read: Read, structure: str) -> tuple[str, str, str] | None:
    """ "Is it deep to the soleus?": the layer of the structure that the conversation is about."""
    layers = [x for x in read.links if x.kind == "depth"]
    others = [x for x in read.links if x.kind == "muscle" and x.term != structure]
    if len(layers) != 1 or len(others) != 1 or any(x.term == structure for x in read.links):
        return None
    layer, other = layers[0], others[0]
    if layer.start < other.start:
        return structure, layer.term, other.term
    return other.term, layer.term, structure


def _ordered(links: Sequence[Link], structure: str) -> tuple[str, str, str] | None:
    """(X, deep or superficial to, Y) as the words stand; None without two muscles and one such word."""
    depth = [x for x in links if x.kind == "depth"]
    muscles = [x for x in links if x.kind == "muscle"]
    if not depth or len({m.term for m in muscles}) < 2:
        return None
    at = depth[0]
    before = [m for m in muscles if m.start < at.start]
    after = [m for m in muscles if m.start > at.start and (not before or m.term != before[-1].term)]
    if before and after:
        return before[-1].term, at.term, after[0].term
    if len(after) >= 2 and after[0].term != after[1].term:
        return after[1].term, at.term, after[0].term
    if len(before) >= 2 and before[-1].term != before[-2].term:
        return before[0].term, at.term, before[-1].term
    return None


def place(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """A region or joint of another part of the body: against the region that the structure lies in."""
    vocabulary = facts.library.vocabulary
    sections = {f.passage.section for f in evidence.considered}
    if not sections & _PLACED:
        return None
    ends = sections <= {"Origin", "Insertion"}
    assertive = read.question.form not in {"open", "presumes"} or not ends
    if read.question.form == "cloze":
        return None
    if read.question.form in {"open", "presumes"} and (read.elliptical or (ends and meaning.parted(read))):
        return None  # "and at the shoulder?", "a point for each head on this femur in my hand": nothing is asserted
    held = [f for f in facts.section(structure, "Location", "Description") if not f.passage.further]
    around = {a for f in held for t in f.main if vocabulary.kind(t) == "region" for a in vocabulary.ancestors(t)}
    for one in read.links:
        if (
            one.kind in {"region", "joint"}
            and (assertive or _placed(read, one))
            and any(vocabulary.opposite(a) in around for a in vocabulary.ancestors(one.term) if vocabulary.opposite(a))
        ):
            telling = tuple(f for f in held if any(vocabulary.kind(t) == "region" for t in f.main))
            return Verdict(CONTRADICTED, telling[:1])
    return None


def _placed(read: Read, one: Link) -> bool:
    """Whether something is said to be in or on it: "of the forearm", not "the two arms of the letter"."""
    at = one.start - read.start - 1
    while at >= 0 and read.row[at] in DETERMINERS:
        at -= 1
    return at >= 0 and read.row[at] in _IN


def owners(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """The muscles that a tendon is said to belong to: against those that its article names."""
    claimed = {x.term for x in read.links if x.kind == "muscle"}
    telling = [
        f
        for f in facts.section(structure, "Relations", "Description")
        if facts.library.vocabulary.kind(structure) == "tendon"
    ]
    told = {t for f in telling for t in f.main if facts.library.vocabulary.kind(t) == "muscle"}
    if not claimed or not told or claimed <= told or read.question.form not in {"yesno", "truefalse", "presumes"}:
        return None
    return Verdict(CONTRADICTED, tuple(telling[-1:]))


def members(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """Members of a group ("the triceps surae is made of ..."): against the fact that names the group."""
    if not said_to_belong(read):
        return None
    groups = {x.term for x in read.links if x.kind == "group"}
    claimed = {x.term for x in read.links if x.kind == "muscle"}
    for group in groups:
        listed = facts.section(group, "Members")
        told = {t for f in listed for t in f.main}
        if listed and claimed:
            belonging = tuple(f for f in listed if f.main & claimed)
            return Verdict(SUPPORTED, belonging) if claimed <= told else Verdict(CONTRADICTED, listed)
    for fact in facts.section(structure, "Relations"):
        if groups & fact.main and claimed:
            return Verdict(SUPPORTED if claimed <= fact.main else CONTRADICTED, (fact,))
    return None


def said_to_belong(read: Read) -> bool:
    """Whether the words between a muscle and a group say that it is one of it."""
    group = next((x for x in read.links if x.kind == "group"), None)
    muscles = [x for x in read.links if x.kind == "muscle"]
    if group is None:
        return False
    row, start, end = read.row, group.start - read.start, group.end - read.start
    before = any(x.end <= group.start for x in muscles) and _BELONGS.search(
        " ".join(row[max(0, start - _NEAR) : start])
    )
    behind = any(group.end <= x.start for x in muscles) and _BELONGS.search(" ".join(row[end : end + _NEAR]))
    return bool(before or behind)
