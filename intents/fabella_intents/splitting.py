"""Parts a message into the questions that it asks, where each of them says enough by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from fabella_knowledge.tokens import singular
from fabella_knowledge.tokens import words as spoken
from fabella_knowledge.vocabulary import PartWords

from fabella_intents import forms, segments
from fabella_intents.choosing import Chooser
from fabella_intents.mentions import STRUCTURES
from fabella_intents.messages import Message, Span
from fabella_intents.predicting import Predictor
from fabella_intents.router import Prediction
from fabella_intents.seeking import SEEKING, seeks
from fabella_intents.segments import Segment

_WEAK = 0.2  # under this score a question in a message is not sure to be one of its own
_TOPIC = 0.3  # the score from which on an item of a list asks something of its own
_SAYS = -0.45  # the score from which on a piece says anything
_UNDECIDED = 0.3  # the chance of being answerable from which on, up to the threshold, a piece is unclear
# Words that ask for nothing in particular by themselves: "which one then?", "and where else", "in what direction".
_FUNCTION = frozenset(
    "a an the this that these those it its they them their he she his her my your our i me you we us one ones two three four of in on at to from for by with as and "
    "or but nor so then than if is are was were be been being do does did done has have had can could will would should may might must not no yes "
    "right correct true what which who whom whose where when how why there here else instead way direction also too well please pls thanks again now "
    "just only really actually any some all both each every other say says said tell me about call called mean means get got give show go goes come "
    "comes name names list order line lines sentence sentences short briefly bullet bullets points etc ok okay hi hey what's where's who's it's that's isn't doesn't don't".split()
)
# And questions that are whole although all their words are such: "what is it", "where does it come from".
_ASKS = r"\b(?:what|where|who|how|why)(?:'?s|\s+(?:is|are|does|do|did|can))"
_WHOLE = re.compile(rf"{_ASKS}?\s+(?:it|they|this|that|one|each|each one)\b", re.I)
_WHICH_PART = re.compile(r"\b(?:which|what)\s+(?:head|belly|half|side)\b", re.I)
_GOES_ON = re.compile(r"\W*(?:and|also|plus|then|& |same for|what about|how about)\b", re.I)
_COUNTING = frozenset("first firstly second secondly third thirdly next last thing things question questions".split())
_LISTS = re.compile(r"\W*(?:please )?(?:name|list|give(?: me)?|tell me|state)\b", re.I)
_FROM_WHERE = re.compile(r"\bwhere (?:from|to)\b\W*$", re.I)
_WHOLE_OF = re.compile(rf"{_ASKS}\b", re.I)
_GENERIC = frozenset(
    {"muscle", "bone", "tendon", "structure", "thing", "two", "headed"}
)  # names of nothing in a list of topics
_SUBORDINATE = re.compile(
    r"\W*(?:if|when|since|because|as|given|although|though|while|with|after|once|whenever)\b", re.I
)
COMPARING = "compare"  # the intent of comparisons, whose topics are rows
DESCRIBES = re.compile(r"\W*(?:the|that|this|a) (?:[\w-]+ ){0,4}(?:muscle|one)\b(?! (?:is|are|has|does)\b)", re.I)
_LONG = 18  # words from which on a message tells a story
_FILLER = re.compile(
    r"^(?:anybody|anyone|right|please|pls|thanks|ok|okay|no|yes|huh|eh|you know|correct|true|help|any ideas?)\W*$", re.I
)
_OF_THEM = re.compile(
    r"\b(?:which|what) (?:one|of (?:them|these|those|the (?:two|three)))\b|\bthe(?:y|ir|m|se)\b|\bthose\b|\bits\b|\beach\b"
    r"|\bthe (?:ones?|two) (?:with|that|which|from|in|on|of|at)\b",
    re.I,
)
_WH = re.compile(r"\W*(?:(?:tell|show) (?:me|us) |\w+ )?(?:what|which|where|who|how|why|when)\b", re.I)
_WHICH_OF = re.compile(
    r"\W*(?:(?:and|or|but|so) )*(?:which|who)\b(?! (?:nerve|arter|root|joint|bone|side|end|part|head)\w*)", re.I
)
_THERE = re.compile(r"(?<!is )(?<!are )(?<!was )\bthere\b\W*$", re.I)  # "what muscles begin there?"
POINTS = frozenset({"that", "it", "this", "so", "they", "them"})  # words that point back


class Splitter:
    """Parts messages with what `predictor` says of the pieces, and `chooser` of the intents that they name."""

    def __init__(self, predictor: Predictor, parts: PartWords, chooser: Chooser) -> None:
        self._predictor = predictor
        self._router = predictor.router
        self._parts = parts
        self._chooser = chooser

    def pieces(self, message: Message, whole: Prediction) -> tuple[Segment, ...]:
        """The pieces that are questions of their own; the whole message when splitting it makes nothing clearer."""
        text = message.text
        begin = message.told[0].start if message.told else 0  # behind "switching to anatomy, ..."
        everything = Segment(text[begin:], begin, True)
        if forms.detect(text).options:
            return (everything,)
        asked = [one for one in message.told if (one.asks or self._noted(one, message)) and self._worded(one, message)]
        telling = [one for one in asked if self._content(one, message) or self._noted(one, message)]
        if not asked or (len(telling) == 1 and any(self._names(one, message) for one in asked if one not in telling)):
            return (everything,)  # "And of the lateral one?" says little, and says something
        asked = telling or asked
        if len(asked) > 1 and not self._separate(asked, message):
            if not self._stands_alone(asked[-1], message):
                # A later sentence that says little ("anybody?", "right?") belongs to the one before it.
                return (everything,)
            asked = asked[-1:]
        found = [
            piece for one in asked for clause in self._clauses(one, message) for piece in self._topics(clause, message)
        ]
        if len(found) == 1 and found[0].text != everything.text and self._needs_story(found[0], message, whole):
            return (self._story(found[0], everything, message),)
        return tuple(found)

    def _story(self, piece: Segment, everything: Segment, message: Message) -> Segment:
        """The question with what it points back at: from the last sentence that names a structure, else all of it."""
        if self._content(piece, message):
            return everything
        naming = [
            one for one in message.told if one.start < piece.start and self._structures(message.span(one), message)
        ]
        start = naming[-1].start if naming else everything.start
        return Segment(message.text[start:], start, True)

    def _clauses(self, sentence: Segment, message: Message) -> tuple[Segment, ...]:
        """The questions that a sentence joins, if each is one of its own."""
        clauses = segments.clauses(sentence)
        span = message.span(sentence)
        wh = any(_WH.match(one.text) for one in clauses[1:])
        if not wh and seeks(sentence.text, message.words(span), message.inside(span), span[0]):
            return (sentence,)  # "which muscle arises here and is supplied by that nerve?"
        told = all(self._content(one, message) for one in clauses)
        return clauses if len(clauses) > 1 and told and self._separate(clauses, message, alike=True) else (sentence,)

    def _topics(self, piece: Segment, message: Message) -> tuple[Segment, ...]:
        """The topics that a sentence lists ("type of bone, place, what it touches"), each with what belongs to it."""
        items = segments.items(piece)
        span = message.span(piece)
        if seeks(piece.text, message.words(span), message.inside(span), span[0]):
            return (piece,)  # "which muscles start here and end there": what they have in common
        if len(items) < 2 or forms.detect(piece.text).kind not in {"open", "cloze", "either"}:
            return (piece,)
        if DESCRIBES.match(items[0].text) and not self._chooser.named(message.words(message.span(items[0]))):
            return (piece,)  # "the pear-shaped muscle under the glutes, what nerve has it?"
        topics: list[tuple[int, str]] = []
        named: list[tuple[str, ...]] = []  # the structures of each
        for one in items:
            behind = piece.text[one.start - piece.start + len(one.text) :].lstrip()
            heads = behind.startswith(":") and not self._chooser.named(message.words(message.span(one)))
            if heads or not self._content(one, message, named=False) or _SUBORDINATE.match(one.text):
                continue
            label, score = self._predictor.predict(message, message.span(one)).scores[0]
            if score >= _TOPIC and label in self._router.answerable and not label.startswith("again."):
                topics.append((one.start, self._chooser.topic(label)))
                held = message.inside(message.span(one))
                named.append(tuple(x.term for x in held if x.kind in STRUCTURES and len(x.terms) == 1))
        if any(label == COMPARING for _, label in topics):
            return (piece,)  # "compare A and B: origin, nerve": the topics are rows of the comparison
        asked = len({label for _, label in topics})
        own = len(topics) > 1 and all(named) and len(set(named)) == len(named)  # "the nerve of A, the nerve of B"
        if not own and (asked < 2 or asked <= len(self._chooser.named(message.words(message.span(piece))))):
            return (piece,)
        # What is no topic belongs to the one before it, and what comes before the first to the first.
        starts = [piece.start, *(start for start, _ in topics[1:])]
        ends = [*starts[1:], piece.start + len(piece.text)]
        return tuple(
            Segment(piece.text[a - piece.start : b - piece.start], a, piece.asks)
            for a, b in zip(starts, ends, strict=True)
        )

    def _separate(self, pieces: Sequence[Segment], message: Message, *, alike: bool = False) -> bool:
        """Whether the pieces ask different things, each of them clearly: by intent, or by what they speak of.

        `alike` allows the same intent even where nothing that the pieces speak of tells them apart.
        """
        labels: list[str] = []
        spoken = []
        weak = seeking = offered = False
        for piece in pieces:
            span = message.span(piece)
            part = self._predictor.predict(message, span)
            label, score = part.scores[0]
            if labels and offered and _WHICH_OF.match(piece.text) and not self._structures(span, message):
                return (
                    False  # "compare A and B. Which one crosses the knee?", "A or B: which opens it, which closes it?"
                )
            offered = offered or len({x.term for x in message.inside(span) if x.kind == "muscle"}) > 1
            seeking = (
                seeking or label == SEEKING or seeks(piece.text, message.words(span), message.inside(span), span[0])
            )
            if labels and self._leans(piece, message, seeking=seeking):
                continue
            unclear = _UNDECIDED <= part.answerable < self._router.threshold and label not in self._router.talk
            if unclear or score < _SAYS or label.startswith("again.") or span[1] - span[0] < 2:
                return False
            weak = weak or (label in self._router.answerable and score < _WEAK)
            labels.append(self._chooser.topic(label))
            named = {x.term for x in message.inside(span) if x.kind not in STRUCTURES}
            spoken.append(named | (set(message.words(span)) - _FUNCTION if score > _WEAK else set()))
        declined = any(label in self._router.declined for label in labels)
        alike = alike and not any(self._chooser.computed(label) for label in labels)
        if weak and declined:
            return False  # what follows a question that is declined asks on about the same, unless it is clear
        if len(set(labels)) > 1:
            return True
        return not declined and (alike or all(a - b and b - a for a, b in itertools.pairwise(spoken)))

    def _content(self, piece: Segment, message: Message, *, named: bool = True) -> bool:
        """Whether a piece says what it asks for: in words beside names and function words, or (`named`) by a name."""
        span = message.span(piece)
        inside = message.inside(span)
        if named and any(x.kind not in STRUCTURES and x.kind != "part" for x in inside):
            return True
        lists = piece.text.rstrip().endswith("?") or _LISTS.match(piece.text)
        if lists and any(x.kind == "group" for x in inside):
            return True  # "SITS muscles?"
        if any(one.search(piece.text) for one in (_WHICH_PART, _WHOLE, _FROM_WHERE)):
            return True
        if _WHOLE_OF.search(piece.text) and any(x.kind in STRUCTURES for x in inside):
            return True
        taken = {n for x in inside for n in range(x.start, x.end)}
        empty = _FUNCTION if named else _FUNCTION | _GENERIC
        return any(
            word not in empty and singular(word) not in self._parts.nouns and not word.isdigit()
            for n, word in enumerate(message.words(span), span[0])
            if n not in taken
        )

    def _noted(self, piece: Segment, message: Message) -> bool:
        """Whether a piece without a question word asks by a name and a topic alone: "and the origin of the soleus"."""
        span = message.span(piece)
        inside = message.inside(span)
        words = message.words(span)
        asked = self._chooser.named(words)
        taken = {n for x in inside for n in range(x.start, x.end)}
        rest = {w for n, w in enumerate(words, span[0]) if n not in taken} - _FUNCTION - _COUNTING
        topics = {w for one in asked for name in self._chooser.definitions[one].names for w in spoken(name)}
        named = any(x.kind in STRUCTURES for x in inside)
        goes_on = _GOES_ON.match(piece.text) is not None and any(
            one.asks for one in message.told if one.start < piece.start
        )
        return named and rest <= topics and (bool(asked) or goes_on)

    def _leans(self, piece: Segment, message: Message, *, seeking: bool) -> bool:
        """Whether a piece goes on with the one before it: "which muscles lie there, and what does the one with ... do?"."""
        if self._noted(piece, message):
            return not self._chooser.named(message.words(message.span(piece)))  # "the nerve of A, and B?"
        return (
            seeking and _OF_THEM.search(piece.text) is not None and not self._structures(message.span(piece), message)
        )

    def _structures(self, span: Span, message: Message) -> bool:
        return any(x.kind in STRUCTURES for x in message.inside(span))

    def _names(self, piece: Segment, message: Message) -> bool:
        return any(x.kind not in STRUCTURES for x in message.inside(message.span(piece)))

    def _stands_alone(self, piece: Segment, message: Message) -> bool:
        """Whether a question at the end of a story is clear without it."""
        span = message.span(piece)
        part = self._predictor.predict(message, span)
        label, score = part.scores[0]
        names = any(x.kind != "part" for x in message.inside(span))
        clear = score > _WEAK and part.answerable >= self._router.threshold and label in self._router.answerable
        asks = _WH.match(piece.text) is not None or _LISTS.match(piece.text) is not None
        points = bool(POINTS & set(message.words(span))) or _OF_THEM.search(piece.text) is not None
        return names and clear and asks and not points

    def _needs_story(self, piece: Segment, message: Message, whole: Prediction) -> bool:
        """Whether the one question of a message says too little, or points back: what comes before tells what is asked."""
        span = message.span(piece)
        score = self._predictor.predict(message, span).scores[0][1]
        named = _starting(message, span)
        if not self._content(piece, message):
            return True
        points = named <= 1 and bool(POINTS & set(message.words(span)))
        if not named and _THERE.search(piece.text) and any(x.end <= span[0] for x in message.links):
            return True
        if whole.scores[0][0] in self._router.talk:
            return False
        known = any(x.kind in STRUCTURES for x in message.links if points or x.start >= span[0])
        says = bool(set(message.words(span)) - _FUNCTION)  # not just "what is it?"
        if says and len(message.row) > _LONG and (known or (named and not points and score > _SAYS)):
            return False  # what is asked about is known, and a long story tells the router nothing
        clear = score > max(_WEAK, whole.scores[0][1]) and not _WHOLE.search(piece.text)
        if points and clear and any(x.kind in STRUCTURES and x.end <= span[0] for x in message.links):
            return False  # the structure is known from before, and what is asked is clear
        if whole.answerable >= self._router.threshold and (points or (not named and score < 0.5)):
            return True
        return score < 0 and whole.scores[0][1] > score

    def _worded(self, piece: Segment, message: Message) -> bool:
        span = message.span(piece)
        return span[1] > span[0] and any(c.isalpha() for c in piece.text) and not _FILLER.match(piece.text)


def _starting(message: Message, span: Span) -> int:
    return sum(span[0] <= x.start < span[1] for x in message.links)
