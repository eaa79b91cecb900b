"""Finds what there is besides: "which other joint", "any exercise apart from calf raises", "another description"."""

from __future__ import annotations

import re

from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read

from fabella.evidence import Evidence, Fact, Facts
from fabella.looking import accounts, of_parts

_OTHERS = re.compile(
    r"\b(?:other(?! (?:way|end|side|hand|head|one|words|names?|methods?|people|person|place|half|part|leg|knee))|others|else|besides|apart from|another(?! name)|aside from|in addition)\b",
    re.I,
)
_OR_ELSE = re.compile(
    r"\bor (?:\w+ )?(?:something|anything|someone|what|where|how) else\b", re.I
)  # an open alternative
_IS_THERE = re.compile(r"\b(?:is|are) there\b|\b(?:do|does) (?:any|other|another|one)\b", re.I)
_BESIDE = frozenset({"besides", "apart", "aside", "than", "not"})
# The kinds of term that tell the facts of a section apart.
_APART = {
    "Exercises": frozenset({"exercise"}),
    "Action": frozenset({"movement", "activity", "joint"}),
    "Origin": frozenset({"landmark"}),
    "Insertion": frozenset({"landmark"}),
}
_TOGETHER = frozenset({"Clinical relevance", "Prevalence"})  # sections whose facts all count as others


def asked(read: Read) -> bool:
    """Whether the question asks for what there is besides."""
    return _OTHERS.search(_OR_ELSE.sub("", read.text)) is not None and not accounts(read)


def whether(read: Read) -> bool:
    """Whether it asks if there is anything else: the facts answer, not a yes."""
    return read.question.form == "yesno" and _IS_THERE.search(read.text) is not None


def others(read: Read, evidence: Evidence, context: Context, facts: Facts) -> tuple[Fact, ...]:
    """The facts besides those that the question names, or besides what was shown last; empty: nothing else."""
    sections = {f.passage.section for f in evidence.considered}
    kinds = frozenset().union(*(_APART.get(section, frozenset()) for section in sections))
    named = {x.term for x in read.links if x.kind in kinds}
    pool = evidence.considered
    if named & {t for f in pool for t in f.terms} and sections <= {"Origin", "Insertion"}:
        pool = (*pool, *of_parts(evidence.further, read.question.parts))
    if named:
        return tuple(f for f in pool if not named & (f.main | facts.joints(f)))
    if sections & _TOGETHER:
        return evidence.facts
    if (
        any(x.kind in STRUCTURES and _BESIDE & set(_before(read, x.start)) for x in read.links)
        and "Exercises" not in sections
    ):
        return ()
    if read.elliptical and context.shown:
        pool = (*pool, *of_parts(evidence.further, read.question.parts))
    return tuple(f for f in pool if f.passage.id not in context.shown)


def _before(read: Read, place: int) -> tuple[str, ...]:
    at = place - read.start
    return read.row[max(0, at - 4) : max(0, at)]
