"""What the conversation adds to a question: ellipsis, pronouns, "the other head", ordinals, more, shorter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from fabella_knowledge.vocabulary import PartWords

from fabella_intents.definition import Definition, intent_of
from fabella_intents.mentions import STRUCTURES
from fabella_intents.ordinals import counts, nth
from fabella_intents.question import SOURCE, Context
from fabella_intents.reading import Read
from fabella_intents.router import Router
from fabella_intents.seeking import SEEKING
from fabella_intents.turns import CLEAR, CONNECTING, HELD, OTHER, WORK, Turn, bare, carry

_FURTHER = re.compile(
    r"\b(?:more|further|additional|rest|(?:any|some)(?:thing|where)? else|other (?:studies|figures|numbers|ones|sources|exercises))\b",
    re.I,
)
_THAT = re.compile(
    r"\bthat (?:muscle|one)\b|\b(?:the )?(?:deeper|other|second) (?:muscle|one)\b|\bthe one (?:below|beneath|underneath)\b",
    re.I,
)
_WHEN = re.compile(r"\bwhen\b.*\b(?:publish|publ|written|wrote|come out|came out|appear|out|from)", re.I)
_THE_ONE = re.compile(r"\bthe (?:\w+ )?(?:one|paper|study|source|reference)\b", re.I)
_GOING_ON = re.compile(
    r"^\W*(?:(?:ok|okay|right|so|well|now|then|fine|good|oh|ah|hm+|oops)\W+)*(?:and|or|also|only|just|back to|same (?:question |thing )?for|likewise|(?:and )?(?:what|how) about|no+|nope|not|sorry|wait|oops"
    r"|actually|i mean|i meant)\b",
    re.I,
)
_WHAT_IS = re.compile(r"\bwhat(?:'s| is| are) (?:it|that|they|this)\b", re.I)
_SAME = frozenset({"same", "question", "thing", "likewise"})
_SAYS = -0.45  # over this score a follow-up points to an intent
_OWN = 0.5  # over this score a follow-up that names an author asks something of its own
_LABEL_FLOOR = -0.4  # under this score a follow-up says nothing of its own: the intent before it goes on


def resolve(
    read: Read, context: Context, definitions: Mapping[str, Definition], router: Router, spoken: PartWords
) -> Read:
    """`read` with its gaps filled from `context`; as it is when nothing is missing or nothing came before.

    The first rule that fits decides.
    """
    turn = Turn(read, context, definitions, router, spoken)
    if not (context.structure or context.intents or context.options or context.references):
        return replace(read, elliptical=not turn.named)
    turn = replace(turn, read=_outright(turn))
    return next(found for rule in _RULES if (found := rule(turn)) is not None)


def _outright(turn: Turn) -> Read:
    """A short follow-up about which the router is not sure: an intent that it names outright, or "the paper on ..."."""
    unsure = turn.loud < (0.5 if turn.definition.refusal or turn.label in turn.router.talk else 0.0)
    seeking = turn.read.question.intents == (SEEKING,)  # "which of them has the axillary nerve?"
    if not turn.short or turn.named or turn.definition.firm or seeking or not unsure:
        return turn.read
    if len(turn.read.asked) == 1 and turn.read.asked[0] in turn.definitions:
        return replace(turn.read, question=replace(turn.read.question, intents=turn.read.asked))
    if turn.definition.refusal and turn.about_sources and turn.loud < 0.3 and _THE_ONE.search(turn.read.text):
        return replace(turn.read, question=replace(turn.read.question, intents=("references.which",)))
    return turn.read


def _ordinal(turn: Turn) -> Read | None:
    """ "The second one": of what was offered or listed."""
    read, context = turn.read, turn.context
    if not read.question.ordinal or turn.named or read.question.parts:
        return None
    picks = turn.short or HELD & set(read.row) or counts(read.text)
    if not picks or not (context.options or context.listed or len(context.shown) > 1):
        return None
    return nth(read, context, turn.definitions, turn.spoken)


def _published(turn: Turn) -> Read | None:
    """ "When did that come out?": the source named before."""
    if turn.about_sources and not turn.named and turn.short and _WHEN.search(turn.read.text):
        return turn.asking("references.detail", answerable=0.8)
    return None


def _answer_back(turn: Turn) -> Read | None:
    """A name alone, as the answer to a question back."""
    told = turn.named and not set(turn.read.loose) - CONNECTING
    return turn.carried() if turn.context.options and turn.context.intents and told else None


def _that_muscle(turn: Turn) -> Read | None:
    """ "And that muscle?": the other one that the last answer told of."""
    if turn.context.beside and not turn.named and turn.definition.handler is None and _THAT.search(turn.read.text):
        return replace(turn.read, question=replace(turn.read.question, structure=turn.context.beside))
    return None


def _names_alone(turn: Turn) -> Read | None:
    """ "And the medial?", "in Korea?": nothing but names, sides and the words that are usual with the intent before."""
    usual: frozenset[str] = frozenset()
    if turn.loud < CLEAR:
        before = {intent_of(label) for label in turn.context.intents} & turn.definitions.keys()
        usual = usual.union(*(turn.definitions[name].typical for name in before))
    if turn.read.question.intents == (SEEKING,) or _of_the_found(turn):
        return None  # "so which muscle does open the jaw?"
    assumed = all(x.assumed for x in turn.read.links if x.kind in STRUCTURES)  # "internal one?"
    about = not turn.named or assumed or (turn.parts and turn.read.question.structure == turn.context.structure)
    going_on = _GOING_ON.match(turn.read.text) is not None  # "and the soleus?"
    about = about or (going_on and not _WHAT_IS.search(turn.read.text) and bare(turn.read, turn.spoken.sides, _SAME))
    return turn.carried() if turn.context.intents and about and bare(turn.read, turn.spoken.sides, usual) else None


def _of_the_found(turn: Turn) -> bool:
    """Whether something is claimed of a muscle found before: "is it a flexor of the knee?" looks for no others."""
    claiming = turn.read.question.form in {"yesno", "truefalse", "presumes"}
    return claiming and turn.context.intents == (SEEKING,) and turn.context.structure is not None


def _other_part(turn: Turn) -> Read | None:
    """ "And the other one?": of two parts."""
    other = turn.short and len(turn.context.parts) == 1 and OTHER.search(turn.read.text)
    return turn.carried() if turn.goes_on and other else None


def _of_author(turn: Turn) -> Read | None:
    """ "And according to Dalip?", and in talk of sources "no, Gallucci": the same again for him."""
    if not turn.by_author:
        return None
    asks_sources = any(one.startswith("references") for one in turn.read.question.intents)
    own = turn.loud > _OWN and not asks_sources
    if turn.goes_on and not own and not (asks_sources and turn.about_sources):
        return turn.carried()
    says_nothing = turn.declined or turn.definition.handler == "again"
    if turn.about_sources and turn.context.last and says_nothing:
        return turn.asking(turn.context.last, answerable=0.9)
    return None


def _is_declined(turn: Turn) -> Read | None:
    """What is declined stays so, unless it only names a part or asks for more."""
    if not turn.declined:
        return None
    again, score = turn.read.prediction.best(frozenset({"again.more", "again.shorter", "again.detail"}))
    only_parts = bool(turn.parts) and all(x.kind == "part" for x in turn.read.links) and turn.short
    more = bool(again) and turn.label == "person" and score > turn.loud - 0.1
    if turn.goes_on and (only_parts or more):
        return turn.carried()
    return replace(turn.read, elliptical=turn.elliptical)


def _the_source(turn: Turn) -> Read | None:
    """ "And the one on the leg curl?" in talk of sources."""
    if turn.about_sources and turn.definition.handler is None and not turn.named and _THE_ONE.search(turn.read.text):
        return turn.asking("references.which")
    return None


def _again(turn: Turn) -> Read | None:
    """ "More", "shorter", "which one?": the intent before it, unless the words point to another one."""
    if turn.definition.handler != "again":
        return None
    if turn.named:
        return turn.carried() if turn.label != "again.detail" else replace(turn.read, elliptical=turn.elliptical)
    elsewhere = {
        one
        for one in turn.router.answerable
        if one.startswith("again.") or turn.definitions[intent_of(one)].subject not in (None, turn.context.structure)
    }
    label, score = turn.read.prediction.best(turn.router.answerable - elsewhere)
    if label and score > _SAYS and score > turn.loud - 0.35:
        meant = replace(turn, read=replace(turn.read, question=replace(turn.read.question, intents=(label,))))
        if meant.definition.handler != "again":
            return _own(meant)
    return turn.carried()


def _own(turn: Turn) -> Read:
    """An intent of its own about what the conversation is about; one that says little goes on with the one before."""
    read, context, definition = turn.read, turn.context, turn.definition
    of_source = turn.about_sources and definition.handler is None and WORK.search(read.text)
    if of_source and read.picked is None and context.references:
        read = replace(read, picked=SOURCE + context.references[-1])  # "did they use EMG?": what that source says
    question = read.question
    if turn.goes_on and set(question.intents) & set(context.intents) and _FURTHER.search(read.text):
        question = replace(question, more=True)
        read = replace(read, question=question)
    covered = sum(x.end - x.start for x in read.links)
    only_names = bool(read.links or turn.parts) and covered >= len(read.row) - 4 and turn.short
    says_little = turn.loud < (_LABEL_FLOOR if not question.claims else _LABEL_FLOOR - 0.3) and not read.asked
    if context.intents and says_little and not _of_the_found(turn) and (only_names or (turn.elliptical and turn.short)):
        return carry(read, context, turn.parts)
    structure = question.structure
    if structure is None and definition.handler is None:
        structure = definition.subject or context.structure
    parts = question.parts if question.parts or turn.named else turn.parts
    return replace(read, question=replace(question, structure=structure, parts=parts), elliptical=turn.elliptical)


_RULES: tuple[Callable[[Turn], Read | None], ...] = (
    _ordinal,
    _published,
    _answer_back,
    _that_muscle,
    _names_alone,
    _other_part,
    _of_author,
    _is_declined,
    _the_source,
    _again,
    _own,
)
