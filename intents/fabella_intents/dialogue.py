"""What the conversation adds to a question: ellipsis, pronouns, "the other head", ordinals, more, shorter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from fabella_intents.definition import Definition
from fabella_intents.question import Context
from fabella_intents.router import Router

if TYPE_CHECKING:
    from fabella_intents.understanding import Read

_OTHER = re.compile(r"\b(?:the )?other (?:one|head|side|half|part)\b|\bthe opposite (?:one|head)\b|\bthe other\s*\?*$", re.I)
_BOTH = re.compile(r"\bboth\b|\btogether\b|\bthe two\b", re.I)
_POINTS = re.compile(r"\b(?:it|its|that|this|they|their|them|those|these|he|she)\b|\b(?:the|that|this) (?:muscle|bone|tendon|head|one|structure)\b", re.I)
_AND = re.compile(r"^\W*(?:and|ok and|what about|how about|and what about|or|but|also|same for|then|so)\b", re.I)
_CORRECTS = re.compile(r"^\W*(?:no+|nope|not that|i mean|i meant|sorry|actually|wait)\b", re.I)
_THE_ONE = re.compile(r"\bthe (?:other )?(?:one|paper|study|source|reference)\b", re.I)
_LABEL_FLOOR = -0.35  # under this score a follow-up says nothing of its own: the intent before it goes on


def resolve(
    read: Read, context: Context, definitions: Mapping[str, Definition], router: Router, sides: Mapping[str, str]
) -> Read:
    """`read` with its gaps filled from `context`; as it is when nothing is missing or nothing came before."""
    question = read.question
    fresh = context == Context()
    named = question.structure is not None and any(
        x.kind in {"muscle", "sesamoid bone", "tendon", "group"} for x in read.links
    )
    label = question.intents[0]
    definition = definitions[label.partition(".")[0]]
    short = len(read.row) <= 7
    elliptical = not named and bool(_AND.match(read.text) or _POINTS.search(read.text) or short or _CORRECTS.match(read.text))
    if fresh:
        return replace(read, elliptical=not named)
    parts = _parts(read, context, sides)
    if definition.refusal or label in router.talk:
        again, score = read.prediction.best(frozenset({"again.more", "again.shorter", "again.detail"}))
        only_parts = bool(parts) and all(x.kind == "part" for x in read.links) and short
        if context.intents and not named and (only_parts or (again and label == "person" and score > read.prediction.scores[0][1] - 0.1)):
            return _carry(read, context, parts)
        return replace(read, elliptical=elliptical)
    if (context.last or "").startswith("references") and definition.handler is None and not named and _THE_ONE.search(read.text):
        return replace(read, question=replace(question, intents=("references.which",)), elliptical=True)
    if definition.handler == "again":
        return _carry(read, context, parts) if not named or label != "again.detail" else replace(read, elliptical=elliptical)
    only_names = bool(read.links or parts) and sum(x.end - x.start for x in read.links) >= len(read.row) - 4 and short
    says_little = read.prediction.scores[0][1] < (_LABEL_FLOOR if not question.claims else _LABEL_FLOOR - 0.3)
    if context.intents and (only_names and says_little or (says_little and elliptical and short)):
        return _carry(read, context, parts)
    structure = question.structure
    if structure is None and definition.handler is None:
        structure = _fits(context.structure, definition)
    if not question.parts and not named and parts:
        question = replace(question, parts=parts)
    return replace(read, question=replace(question, structure=structure), elliptical=elliptical)


def _carry(read: Read, context: Context, parts: tuple[str, ...]) -> Read:
    """The intent before it, asked again with what is new."""
    question = read.question
    label = question.intents[0]
    intents = context.intents or question.intents
    brief = question.brief or label == "again.shorter"
    more = question.more or label == "again.more"
    return replace(
        read,
        question=replace(
            question, intents=intents, structure=question.structure or context.structure, parts=parts, brief=brief, more=more
        ),
        elliptical=True,
        answerable=max(read.answerable, 0.75),
    )


def _parts(read: Read, context: Context, sides: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that are meant: named ones, the other one, both, or those that the conversation was about."""
    named = read.question.parts
    if _BOTH.search(read.text):
        return ()
    if _OTHER.search(read.text) and len(context.parts) == 1:
        side = {"lateral head": "medial head", "medial head": "lateral head", "long head": "short head", "short head": "long head"}
        return (side.get(context.parts[0], context.parts[0]),)
    if named:
        return named
    if len(read.row) <= 5:
        # "and the medial?", "no, lateral": in a conversation a side word alone names the part
        bare = tuple(dict.fromkeys(f"{sides[w]} head" for w in read.loose if w in sides))
        if bare:
            return bare
    if re.search(r"\b(?:that|this|same|the) (?:head|part|one|side|half)\b", read.text, re.I):
        return context.parts
    return ()


def _fits(structure: str | None, definition: Definition) -> str | None:
    return definition.subject or structure
