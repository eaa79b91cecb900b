"""A question in its conversation: what it leaves out, what it points back at, and the intent before it asked again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fabella_knowledge.vocabulary import PartWords

from fabella_intents.definition import Definition, intent_of
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.router import Router

OTHER = re.compile(
    r"\b(?:the )?other (?:one|head|side|half|part)\b|\bthe opposite (?:one|head)\b|\bthe other\s*\?*$", re.I
)
_BOTH = re.compile(r"\bboth\b|\btogether\b|\bthe two\b", re.I)
_POINTS = re.compile(
    r"\b(?:it|its|that|this|they|their|them|those|these|he|she)\b|\b(?:the|that|this) (?:muscle|bone|tendon|head|one|structure)\b",
    re.I,
)
_AND = re.compile(r"^\W*(?:and|ok and|what about|how about|and what about|or|but|also|same for|then|so)\b", re.I)
_CORRECTS = re.compile(r"^\W*(?:no+|nope|not that|i mean|i meant|sorry|actually|wait)\b", re.I)
CONNECTING = frozenset(
    "oh ah and or but the a an of for in on to what about how no not nope sorry i meant mean ok okay then one ones please just only same it that its wanted short shorter together head "
    "heads side is need want oops country figure number study go back again too also well wait actually so by with according now both wrong rather instead hm hmm was were after".split()
)
# What a reference entry tells of a source.
HELD = frozenset(
    "year edition doi journal title volume publisher link url authors author issue pages published".split()
)
WORK = re.compile(
    r"\b(?:they|them|their)\b|\b(?:the|that|this) (?:study|paper|review|book|authors?|article|one)\b", re.I
)
CLEAR = 0.2  # over this score a follow-up asks something of its own
_SHORT = 8  # words of a follow-up that may lean on what came before
_FEW = 4  # a follow-up with fewer words than this that says "both" says nothing else


@dataclass(frozen=True)
class Turn:
    """A question in its conversation, and what the rules ask about it."""

    read: Read
    context: Context
    definitions: Mapping[str, Definition]
    router: Router
    spoken: PartWords

    @property
    def label(self) -> str:
        """The first intent chosen."""
        return self.read.question.intents[0]

    @property
    def definition(self) -> Definition:
        """Its definition."""
        return self.definitions[intent_of(self.label)]

    @property
    def declined(self) -> bool:
        """Whether nothing is looked up for it."""
        return self.definition.refusal is not None or self.label in self.router.talk

    @cached_property
    def named(self) -> bool:
        """Whether the question itself names its structure."""
        return self.read.question.structure is not None and any(x.kind in STRUCTURES for x in self.read.links)

    @property
    def short(self) -> bool:
        """Whether it is as short as a follow-up."""
        return len(self.read.row) <= _SHORT

    @property
    def loud(self) -> float:
        """The router's best score."""
        return self.read.prediction.scores[0][1] if self.read.prediction.scores else 0.0

    @property
    def elliptical(self) -> bool:
        """Whether it leaves its structure to what came before."""
        text = self.read.text
        return not self.named and bool(self.short or _AND.match(text) or _POINTS.search(text) or _CORRECTS.match(text))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that are meant."""
        return _parts(self.read, self.context, self.spoken)

    @property
    def goes_on(self) -> bool:
        """Whether it may go on with the intent before it: there is one, and no structure is named."""
        return bool(self.context.intents) and not self.named

    @property
    def about_sources(self) -> bool:
        """Whether the last answer was about sources."""
        return (self.context.last or "").startswith("references")

    @property
    def by_author(self) -> bool:
        """Whether a short question names an author and asks for none of his work's particulars."""
        named = any(x.kind == "author" for x in self.read.links)
        return named and len(self.read.row) <= _SHORT + 3 and not HELD & set(self.read.row)

    def asking(self, *intents: str, **changes: Any) -> Read:
        """The read with other intents: it leans on what came before."""
        question = replace(self.read.question, intents=intents)
        return replace(self.read, question=question, elliptical=True, **changes)

    def carried(self) -> Read:
        """The intent before it, asked again with what is new."""
        return carry(self.read, self.context, self.parts)


def bare(read: Read, sides: Mapping[str, str], usual: frozenset[str]) -> bool:
    """Whether the words hold nothing but names of parts, sides, authors, and connecting or `usual` words: "and the medial?"."""
    content = [w for w in read.loose if w not in CONNECTING and w not in sides and w not in usual]
    if any(x.kind == "depth" for x in read.links):
        return False  # "what lies under it?" asks for neighbours, whatever came before
    return not content and bool(
        read.links or set(read.loose) & set(sides) or (_BOTH.search(read.text) and len(read.row) < _FEW)
    )


def carry(read: Read, context: Context, parts: tuple[str, ...]) -> Read:
    """The intent before it, asked again with what is new."""
    question = read.question
    label = question.intents[0]
    if not parts and label.startswith("again.") and not _BOTH.search(read.text):
        parts = context.parts
    intents = context.intents or question.intents
    brief = question.brief or label == "again.shorter"
    more = question.more or label == "again.more"
    return replace(
        read,
        question=replace(
            question,
            intents=intents,
            structure=question.structure or context.structure,
            parts=parts,
            brief=brief,
            more=more,
        ),
        elliptical=True,
        answerable=max(read.answerable, 0.75),
    )


def _parts(read: Read, context: Context, spoken: PartWords) -> tuple[str, ...]:
    """The parts that are meant: named ones, the other one, both, or those that the conversation was about."""
    named = read.question.parts
    if _BOTH.search(read.text):
        return ()
    if OTHER.search(read.text) and len(context.parts) == 1:
        return (spoken.opposites.get(context.parts[0], context.parts[0]),)
    if named:
        return named
    lone = [a for a, b in itertools.pairwise(read.row) if b in {"one", "ones"}]  # "the long one"
    found = tuple(dict.fromkeys(t for w in lone for m in spoken.gazetteer.find((w, "head")) for t in m.terms))
    if found and len(found) == len(lone):
        return found
    if len(read.row) <= 5:
        # "and the medial?", "no, lateral": in a conversation a side word alone names the part
        bare = tuple(dict.fromkeys(f"{spoken.sides[w]} head" for w in read.loose if w in spoken.sides))
        if bare:
            return bare
    if re.search(r"\b(?:that|this|same|the) (?:head|part|one|side|half)\b", read.text, re.I):
        return context.parts
    return ()
