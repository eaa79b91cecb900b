"""Finds the structure that a question is about among the names in the message."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from fabella_knowledge.tokens import words
from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents import framing
from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES, Link
from fabella_intents.ordinals import ordinal
from fabella_intents.seeking import aside

_BETWEEN = frozenset(
    {"vs", "versus", "and", "or", "the", "with", "to", "of", "compared", "v", "medial", "lateral", "head"}
)


def subject(
    text: str,
    definition: Definition,
    inside: Sequence[Link],
    links: Sequence[Link],
    before: Sequence[Link],
    message: Sequence[str],
    vocabulary: Vocabulary,
) -> str | None:
    """The structure asked about: picked from all `links` by an ordinal, named in the question, else `before` it."""
    picked = _listed(text, links)
    if picked is not None:
        return picked
    for pool in (inside, before):
        told = [x for x in pool if x.kind in STRUCTURES and len(x.terms) == 1]
        named = [x.term for x in told if not aside(x, message, 0)] or [x.term for x in told]
        topic = _topic(text, told, message) if pool is inside else None
        if topic is not None and definition.suits(vocabulary.kind(topic)):
            return topic
        if definition.subject in named:
            return definition.subject
        fitting = [n for n in named if definition.suits(vocabulary.kind(n))]
        held = [n for n in fitting if vocabulary.terms[n].article]
        if definition.subject is not None and named:
            # "which head of the gastrocnemius has it": the other structure is where, not what
            return definition.subject if held else fitting[0] if fitting else definition.subject
        if held or fitting:
            if _told_before(text, fitting, pool, message):
                return (held or fitting)[-1]
            compared = (
                "Relations" in definition.sections(definition.name) or pool is not inside or side_by_side(pool, message)
            )
            return (held or fitting)[0] if compared or not fitting else fitting[0]
    return None


def _topic(text: str, told: Sequence[Link], message: Sequence[str]) -> str | None:
    """The last of several structures, named right before the question: "the one that ..., quadratus plantae: which"."""
    begin = framing.asking(text)
    if not begin or len(told) < 2:
        return None
    row = words(text[:begin])
    last = next((x for x in reversed(told) if row[-(x.end - x.start) :] == tuple(message[x.start : x.end])), None)
    return last.term if last is not None and not _joined(last, told, message) else None


def _joined(last: Link, told: Sequence[Link], message: Sequence[str]) -> bool:
    """Whether it ends a list of structures that are asked about together."""
    before = [x for x in told if x.end <= last.start]
    return bool(before) and set(message[before[-1].end : last.start]) <= _BETWEEN


def _told_before(text: str, named: Sequence[str], pool: Sequence[Link], message: Sequence[str]) -> bool:
    """Whether structures are named in the sentences before the last one and none in it: the story leads to the last."""
    *before, last = re.split(r"(?<=[.!?])\s+", text.strip())
    asked = f" {' '.join(words(last))} "
    said = (f" {' '.join(message[x.start : x.end])} " for x in pool if x.term in named)
    return bool(before) and not any(one in asked for one in said)


def side_by_side(pool: Sequence[Link], message: Sequence[str], *, every: bool = False) -> bool:
    """Whether two structures (`every`: all of them) are asked about together, not one beside the other."""
    named = [x for x in pool if x.kind in STRUCTURES]
    joined = [set(message[a.end : b.start]) <= _BETWEEN for a, b in itertools.pairwise(named)]
    return bool(joined) and (all(joined) if every else any(joined))


def _listed(text: str, links: Sequence[Link]) -> str | None:
    """The structure that an ordinal picks from several named in the message: "fabella, tendon: what's the first?"."""
    nth = ordinal(text)
    named = list(dict.fromkeys(x.term for x in links if x.kind in STRUCTURES and len(x.terms) == 1))
    if not nth or len(named) < 2 or abs(nth) > len(named):
        return None
    return named[nth - 1 if nth > 0 else nth]
