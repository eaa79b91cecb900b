"""What the conversation adds to a question: ellipsis, pronouns, "the other head", ordinals, more, shorter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fabella_knowledge.vocabulary import PartWords

from fabella_intents.definition import Definition, intent_of
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.router import Router

_OTHER = re.compile(
    r"\b(?:the )?other (?:one|head|side|half|part)\b|\bthe opposite (?:one|head)\b|\bthe other\s*\?*$", re.I
)
_BOTH = re.compile(r"\bboth\b|\btogether\b|\bthe two\b", re.I)
_POINTS = re.compile(
    r"\b(?:it|its|that|this|they|their|them|those|these|he|she)\b|\b(?:the|that|this) (?:muscle|bone|tendon|head|one|structure)\b",
    re.I,
)
_AND = re.compile(r"^\W*(?:and|ok and|what about|how about|and what about|or|but|also|same for|then|so)\b", re.I)
_CORRECTS = re.compile(r"^\W*(?:no+|nope|not that|i mean|i meant|sorry|actually|wait)\b", re.I)
_NTH = re.compile(
    r"\b(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)(?: (one|paper|study|source|reference|option|book|figure|number|value|exercise|action|movement|head|item|point|part|statement|fact))?\b",
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
_SOURCES = frozenset({"references.detail", "references.which"})
_CONNECTING = frozenset(
    "and or but the a an of for in on to what about how no not nope sorry i meant mean ok okay then one ones please just only same it that head "
    "heads side is need want oops country figure number study go back again too also well wait actually so by with according now both wrong rather instead hm hmm was were after".split()
)
# What a reference entry tells of a source.
HELD = frozenset(
    "year edition doi journal title volume publisher link url authors author issue pages published".split()
)
_FURTHER = re.compile(
    r"\b(?:more|further|additional|rest|(?:any|some)(?:thing|where)? else|other (?:studies|figures|numbers|ones|sources|exercises))\b",
    re.I,
)
_WORK = re.compile(
    r"\b(?:they|them|their)\b|\b(?:the|that|this) (?:study|paper|review|book|authors?|article|one)\b", re.I
)
_THAT = re.compile(
    r"\bthat (?:muscle|one)\b|\b(?:the )?(?:deeper|other|second) (?:muscle|one)\b|\bthe one (?:below|beneath|underneath)\b",
    re.I,
)
_WHEN = re.compile(r"\bwhen\b.*\b(?:publish|publ|written|wrote|come out|came out|appear|out|from)", re.I)
_THE_ONE = re.compile(r"\bthe (?:\w+ )?(?:one|paper|study|source|reference)\b", re.I)
SOURCE = "@"  # before the key of a reference in `Context.listed`
TOPIC = "?"  # before the name of an intent there
SECTION = "#"  # in the id of a passage
_NO_CHANCE = 0.1  # under this chance of being answerable a question about an item is declined
_ASKS = -0.3  # and over this one a question about an item
_FEW = 4  # a follow-up with fewer words than this that says "both" says nothing else
_CLEAR = 0.2  # over this score a follow-up asks something of its own
_LABEL_FLOOR = -0.4  # under this score a follow-up says nothing of its own: the intent before it goes on


def resolve(
    read: Read, context: Context, definitions: Mapping[str, Definition], router: Router, spoken: PartWords
) -> Read:
    """`read` with its gaps filled from `context`; as it is when nothing is missing or nothing came before."""
    question = read.question
    fresh = context == Context()
    named = question.structure is not None and any(x.kind in STRUCTURES for x in read.links)
    label = question.intents[0]
    definition = definitions[intent_of(label)]
    short = len(read.row) <= 8
    elliptical = not named and bool(
        _AND.match(read.text) or _POINTS.search(read.text) or short or _CORRECTS.match(read.text)
    )
    if fresh or not (context.structure or context.intents or context.options or context.references):
        return replace(read, elliptical=not named)
    parts = _parts(read, context, spoken)
    loud = read.prediction.scores[0][1] if read.prediction.scores else 0.0
    if short and not named and not definition.firm and loud < (0.5 if definition.refusal else 0.0):
        if len(read.asked) == 1 and read.asked[0] in definitions:
            question = replace(question, intents=read.asked)
        elif (
            definition.refusal
            and (context.last or "").startswith("references")
            and _THE_ONE.search(read.text)
            and loud < 0.3
        ):
            question = replace(question, intents=("references.which",))
        label = question.intents[0]
        definition = definitions[intent_of(label)]
        read = replace(read, question=question)
    if (
        question.ordinal
        and not named
        and not question.parts
        and (short or HELD & set(read.row) or any(match.group(2) for match in _NTH.finditer(read.text)))
        and (context.options or context.listed or len(context.shown) > 1)
    ):
        return _nth(read, context, definitions, spoken)
    if (context.last or "").startswith("references") and not named and short and _WHEN.search(read.text):
        return replace(
            read, question=replace(question, intents=("references.detail",)), elliptical=True, answerable=0.8
        )
    if context.options and context.intents and named and not set(read.loose) - _CONNECTING:
        return _carry(read, context, parts)  # the answer to a question back: a name alone
    usual: frozenset[str] = frozenset()
    if loud < _CLEAR:
        before = (intent_of(label) for label in context.intents)
        usual = usual.union(*(definitions[name].typical for name in before if name in definitions))
    if context.beside and not named and definition.handler is None and _THAT.search(read.text):
        return replace(read, question=replace(question, structure=context.beside))
    about = not named or (parts and question.structure == context.structure)
    if context.intents and about and _bare(read, spoken.sides, usual):
        return _carry(read, context, parts)
    if context.intents and not named and short and len(context.parts) == 1 and _OTHER.search(read.text):
        return _carry(read, context, parts)
    fresh_topic = not any(one.startswith("references") for one in question.intents) or "references" not in (
        context.last or ""
    )
    by_author = any(x.kind == "author" for x in read.links) and len(read.row) <= 11 and not HELD & set(read.row)
    if context.intents and not named and by_author and fresh_topic:
        return _carry(read, context, parts)
    if (
        context.last
        and context.last.startswith("references")
        and by_author
        and (definition.refusal or label in router.talk)
    ):
        return replace(read, question=replace(question, intents=(context.last,)), elliptical=True, answerable=0.9)
    if definition.refusal or label in router.talk:
        again, score = read.prediction.best(frozenset({"again.more", "again.shorter", "again.detail"}))
        only_parts = bool(parts) and all(x.kind == "part" for x in read.links) and short
        if (
            context.intents
            and not named
            and (only_parts or (again and label == "person" and score > read.prediction.scores[0][1] - 0.1))
        ):
            return _carry(read, context, parts)
        return replace(read, elliptical=elliptical)
    if (
        (context.last or "").startswith("references")
        and definition.handler is None
        and not named
        and _THE_ONE.search(read.text)
    ):
        return replace(read, question=replace(question, intents=("references.which",)), elliptical=True)
    if definition.handler == "again" and not named:
        elsewhere = {
            one
            for one in router.answerable
            if one.startswith("again.") or definitions[intent_of(one)].subject not in (None, context.structure)
        }
        label, score = read.prediction.best(router.answerable - elsewhere)
        if label and score > -0.45 and score > read.prediction.scores[0][1] - 0.35:
            question = replace(question, intents=(label,))
            definition = definitions[intent_of(label)]
    if definition.handler == "again":
        return (
            _carry(read, context, parts)
            if not named or label != "again.detail"
            else replace(read, elliptical=elliptical)
        )
    if (
        read.picked is None
        and (context.last or "").startswith("references")
        and context.references
        and definition.handler is None
        and _WORK.search(read.text)
    ):
        read = replace(read, picked=SOURCE + context.references[-1])  # "did they use EMG?": what that source says
    if context.intents and set(question.intents) & set(context.intents) and not named and _FURTHER.search(read.text):
        question = replace(question, more=True)
    only_names = bool(read.links or parts) and sum(x.end - x.start for x in read.links) >= len(read.row) - 4 and short
    says_little = read.prediction.scores[0][1] < (_LABEL_FLOOR if not question.claims else _LABEL_FLOOR - 0.3)
    says_little = says_little and not read.asked
    if context.intents and ((only_names and says_little) or (says_little and elliptical and short)):
        return _carry(read, context, parts)
    structure = question.structure
    if structure is None and definition.handler is None:
        structure = definition.subject or context.structure
    if not question.parts and not named and parts:
        question = replace(question, parts=parts)
    return replace(read, question=replace(question, structure=structure), elliptical=elliptical)


def ordinal(text: str) -> int:
    """1 for "the first one", 2 for "the second", -1 for "the last one", 0 for no ordinal."""
    match = _NTH.search(_OPENER.sub("", text))
    return ORDINALS[match.group(1).lower()] if match else 0


def _nth(read: Read, context: Context, definitions: Mapping[str, Definition], spoken: PartWords) -> Read:
    """The n-th of what was offered or listed: as it is for an option, else with what is asked about that item."""
    question = read.question
    at = question.ordinal
    items = context.listed or context.shown
    if context.options or len(items) < abs(at):
        return replace(read, elliptical=True)
    item = items[at - 1 if at > 0 else at]
    label, loud = read.prediction.scores[0]
    meant = definitions[intent_of(label)]
    about_source = max(read.prediction.best(_SOURCES)[1], -0.5 if HELD & set(read.row) else -2.0)
    says_more = len(set(read.row) - ORDINALS.keys() - _CONNECTING) > 1
    if meant.refusal and says_more and (loud > max(_CLEAR, about_source) or read.answerable < _NO_CHANCE):
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


def _bare(read: Read, sides: Mapping[str, str], usual: frozenset[str]) -> bool:
    """Whether the words hold nothing but names of parts, sides, authors, and connecting or `usual` words: "and the medial?"."""
    content = [w for w in read.loose if w not in _CONNECTING and w not in sides and w not in usual]
    return not content and bool(
        read.links or set(read.loose) & set(sides) or (_BOTH.search(read.text) and len(read.row) < _FEW)
    )


def _carry(read: Read, context: Context, parts: tuple[str, ...]) -> Read:
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
    if _OTHER.search(read.text) and len(context.parts) == 1:
        return (spoken.opposites.get(context.parts[0], context.parts[0]),)
    if named:
        return named
    if len(read.row) <= 5:
        # "and the medial?", "no, lateral": in a conversation a side word alone names the part
        bare = tuple(dict.fromkeys(f"{spoken.sides[w]} head" for w in read.loose if w in spoken.sides))
        if bare:
            return bare
    if re.search(r"\b(?:that|this|same|the) (?:head|part|one|side|half)\b", read.text, re.I):
        return context.parts
    return ()
