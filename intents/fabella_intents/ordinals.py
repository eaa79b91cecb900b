"""Picks what an ordinal means: "the second one" of what was offered, listed or shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fabella_knowledge.vocabulary import PartWords

from fabella_intents.definition import Definition, intent_of
from fabella_intents.question import SECTION, SOURCE, STRUCTURE, TOPIC, Context
from fabella_intents.reading import Read
from fabella_intents.turns import CLEAR, CONNECTING, HELD, WORK

_NTH = re.compile(
    r"\b(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
    r"(?![ -](?:years?|time|aid|place|semester|term|class|language|grade|hand|thing|week|night|day|month|edition|authors?)\b)(?: (one|paper|study|source|reference|option|book|figure|number|value|exercise|action|movement|head|item|point|part|statement|fact))?\b",
    re.I,
)
_OPENER = re.compile(
    r"^\W*(?:and |ok |okay )*(?:(?:last|next|final|one last|one more)(?: one| question| thing)?|(?:first|second|third|firstly|secondly)(?: question)?)\s*[,:]",
    re.I,
)
ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "last": -1,
}
COUNTS = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SOURCES = frozenset({"references.detail", "references.which"})
_NO_CHANCE = 0.1  # under this chance of being answerable a question about an item is declined
_ASKS = -0.3  # and over this one a question about an item


def ordinal(text: str) -> int:
    """1 for "the first one", 2 for "the second", -1 for "the last one", 0 for no ordinal."""
    match = _NTH.search(_OPENER.sub("", text))
    return ORDINALS[match.group(1).lower()] if match else 0


def _of_structure(read: Read, structure: str, definitions: Mapping[str, Definition]) -> Read:
    """What is asked about one of several muscles, else an overview of it: "and the second one's nerve?"."""
    label, loud = read.prediction.scores[0] if read.prediction.scores else ("overview", 0.0)
    meant = definitions[intent_of(label)]
    left = set(read.row) - ORDINALS.keys() - CONNECTING
    asks = bool(left) and loud > _ASKS and meant.handler is None
    intents = read.question.intents if asks else ("overview",)
    question = replace(read.question, intents=intents, structure=structure)
    chance = read.answerable if asks else max(read.answerable, 0.8)
    return replace(read, question=question, elliptical=True, answerable=chance)


def number(word: str) -> int | None:
    """The number that a word tells, by count or by order: 3 for "three", "3" and "third"; None for another word."""
    word = word.lower()
    return int(word) if word.isdecimal() else COUNTS.get(word, ORDINALS.get(word))


def counts(text: str) -> bool:
    """Whether an ordinal stands with what it counts: "the first exercise"."""
    return any(match.group(2) for match in _NTH.finditer(text))


def nth(read: Read, context: Context, definitions: Mapping[str, Definition], spoken: PartWords) -> Read:
    """The n-th of what was offered or listed: as it is for an option, else with what is asked about that item."""
    question = read.question
    at = question.ordinal
    items = context.listed or context.shown
    if context.options or len(items) < abs(at):
        return replace(read, elliptical=True)
    item = items[at - 1 if at > 0 else at]
    if item.startswith(STRUCTURE):
        return _of_structure(read, item.removeprefix(STRUCTURE), definitions)
    label, loud = read.prediction.scores[0]
    meant = definitions[intent_of(label)]
    about_source = max(read.prediction.best(_SOURCES)[1], -0.5 if HELD & set(read.row) else -2.0)
    if HELD & set(read.row) and WORK.search(read.text):
        about_source = max(about_source, loud)  # "the study behind the first one, what year?"
    left = set(read.row) - ORDINALS.keys() - CONNECTING
    says_more = len(left) > 1 or (bool(left) and loud > CLEAR)  # "origin of the first one?"
    if meant.refusal and says_more and (loud > max(CLEAR, about_source) or read.answerable < _NO_CHANCE):
        return replace(read, picked=item, elliptical=True)
    read = replace(read, picked=item, elliptical=True, answerable=max(read.answerable, 0.8))
    if item.startswith(SOURCE) or about_source > max(loud - 0.01, -0.6):
        return replace(read, question=replace(question, intents=("references.detail",)))
    parts = (item,) if item in spoken.opposites else ()
    topic = (item.removeprefix(TOPIC),) if item.startswith(TOPIC) else context.intents
    if parts or not (SECTION in item or item.startswith(TOPIC)):
        question = replace(question, parts=parts, claims=question.claims if parts else (*question.claims, item))
    own = says_more and loud > _ASKS and not meant.refusal and meant.handler is None
    return replace(
        read,
        question=replace(
            question,
            intents=question.intents if own else topic or question.intents,
            structure=question.structure or context.structure,
        ),
    )
