"""Understands a message: spelling, names, form, intents and slots, with what the conversation adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from fabella_knowledge.model import ATTACHMENT_KINDS
from fabella_knowledge.tokens import DETERMINERS, tokenize
from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents import dialogue, forms, framing, messages
from fabella_intents.choosing import Chooser
from fabella_intents.definition import Definition, intent_of
from fabella_intents.doubts import Kin, completed, settle
from fabella_intents.entities import entities
from fabella_intents.forms import Form
from fabella_intents.language import foreign
from fabella_intents.mentions import STRUCTURES, Link, link
from fabella_intents.messages import Message, Span
from fabella_intents.ordinals import COUNTS, ORDINALS, ordinal
from fabella_intents.predicting import Predictor
from fabella_intents.question import STRUCTURE, Context, Question
from fabella_intents.reading import Read, Reading
from fabella_intents.router import Prediction, Router
from fabella_intents.seeking import COMMON, GOING_ON, RANKS, SEEKING, SELECTING, SHARING, named, names_one, seeks
from fabella_intents.segments import Segment
from fabella_intents.spelling import Speller
from fabella_intents.splitting import COMPARING, DESCRIBES, POINTS, Splitter
from fabella_intents.subject import subject
from fabella_intents.utterance import clean

_BRIEF = 6  # words of a follow-up that may go on with the intent before it
_ELSEWHERE = 0.3  # what an intent about another structure than the conversation's loses in it
_OF_IT = re.compile(r"\bits?\b|\b(?:the|this|that) muscle\b(?! (?:that|which|who|in|of|at|on|for|between|with))", re.I)
# "At the knee?": of what the conversation is about, where it is about a structure.
_WHERE_ONLY = re.compile(
    r"^\W*(?:and |but |so |ok |okay )*(?:from|on|to|onto|into|at|in|for) (?:the )?(?:\w+ ?){1,3}\W*$", re.I
)
# "What can the biceps do that the brachialis can't?"
_ONLY_ONE = re.compile(r"\bthat (?:the )?[\w ]{3,40}\b(?:can't|cannot|can not|doesn't|does not|lacks?)\W*$", re.I)
_DIFFER = re.compile(r"\b(?:differences? between|differ|different|distinguish\w*|same)\b", re.I)
_WHAT = re.compile(r"\bwhat (?:do|does|have|has|is)\b", re.I)  # not "which tendon do they have in common"
# The kinds of name by which a statement says something of a muscle that the library may contradict.
_STATED = frozenset({"nerve", "root", "artery", "bone", "landmark", "movement", "joint", "compartment", "group"})
_FIRM = 0.3  # the score from which on a firm refusal stands before a search for muscles
_RANKING = "ranking"
_UNRELATED = -0.9  # under this score an intent has nothing to do with the question
_SOUGHT = 0.9  # the chance that the library can answer what looks for muscles by what its articles tell
_GOES_ON = 0.3  # what that adds to the intent's score
_NOT = frozenset(
    "not never no don't doesn't isn't aren't can't cannot won't didn't hasn't haven't wasn't weren't "
    "without neither nor".split()
)
_PRONOUNS = frozenset({"it", "they", "he", "she", "we", "you"})
_NAMING = frozenset({"muscle", "os", "tendon", "nerve", "artery", "ligament", "musculus"})  # before or behind a name
# The kinds of term that a question asserts or offers beside its subject.
_FOCUS = frozenset(
    "movement activity state joint landmark bone region nerve artery root exercise method depth tissue tendon "
    "condition group population".split()
)


Then = Callable[[Read], Callable[[], Context]]


class Understanding:
    """Reads messages. Holds only frozen tables: safe to share between threads."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        definitions: Mapping[str, Definition],
        spell: Speller,
        router: Router,
        kin: Kin = lambda name: frozenset(),
    ) -> None:
        """`kin` gives the terms that go with a structure: they tell which one an ambiguous name means."""
        self.vocabulary = vocabulary
        self._kin = kin
        self.definitions = definitions
        self.spell = spell
        self.router = router
        self._predictor = Predictor(router, spell.known)
        self._chooser = Chooser(definitions, router)
        self._splitter = Splitter(self._predictor, vocabulary.parts, self._chooser)

    def named(self, text: str) -> tuple[str, ...]:
        """The terms that `text` names and nothing else, slips mended; all owners of a name that several have."""
        row = self._mended(text)
        links = link(row, self.vocabulary)
        taken = {at for one in links for at in range(one.start, one.end)}
        loose = {word for at, word in enumerate(row) if at not in taken} - DETERMINERS - {"muscle", "muscles"}
        return () if loose else tuple(term for one in links for term in one.terms)

    def _mended(self, text: str) -> Sequence[str]:
        row, _ = self.spell.correct([token.norm for token in tokenize(clean(text).text)])
        return row

    def read(self, text: str, context: Context, then: Then | None = None) -> Reading:
        """The questions in `text`; no reads when it holds no word.

        `then` is told each question as soon as it is read, and gives what tells the context of the next one; without it
        they all stand in `context`.
        """
        utterance = clean(text)
        tokens = tokenize(utterance.text)
        if not tokens:
            return Reading(utterance, (), (), (), None)
        said = [token.norm for token in tokens]
        language = foreign(utterance.text, said, self.spell.known)
        if language is not None:
            return Reading(utterance, (), (), (), None, language=language)
        row, corrections = self.spell.correct(said)
        message = messages.make(utterance, tokens, row, self.vocabulary, corrections)
        links = settle(message.links, row, context, self._kin)
        message = replace(message, links=completed(links, row, context, self.vocabulary))
        whole = self._predictor.predict(message, (0, len(row)))
        pieces = self._splitter.pieces(message, whole)
        reads: list[Read] = []
        now: Callable[[], Context] | None = None
        for piece in pieces:
            before = now() if now is not None else context
            reads.append(self._declined(self._read(piece, message, whole, before), reads))
            now = then(reads[-1]) if then is not None else None
        split = pieces != (message.whole,)
        return Reading(
            utterance,
            tuple(reads),
            entities(message, self.vocabulary),
            corrections,
            self._read(message.whole, message, whole, Context()) if split else None,
            tuple(dict.fromkeys(one.term for one in message.links if one.assumed)),
            self._chooser.named(row),
            told=tuple(self._told(message, pieces)),
        )

    def _told(self, message: Message, pieces: Sequence[Segment]) -> Iterator[Read]:
        """The statements about muscles beside the questions of a message: "soleus flexes the knee, so why ...?"."""
        for one in message.told:
            apart = not any(p.start < one.start + len(one.text) and one.start < p.start + len(p.text) for p in pieces)
            stated = apart or (not one.asks and len(message.told) > 1)
            granted = (0, one.text) if stated else framing.premise(one.text)
            if granted is None:
                continue
            premise = Segment(granted[1], one.start + granted[0], False)
            span = message.span(premise)
            kinds = {x.kind for x in message.inside(span)}
            if "muscle" in kinds and kinds & _STATED:
                read = self._read(premise, message, self._predictor.predict(message, span), Context())
                yield replace(read, question=replace(read.question, form="presumes"))

    def _declined(self, read: Read, before: Sequence[Read]) -> Read:
        """The read; one that points back at a question that is firmly declined is declined with it."""
        points = bool(POINTS & set(read.row)) and not any(x.kind in STRUCTURES for x in read.links)
        intents = before[-1].question.intents if before else ()
        if (
            not intents
            or not points
            or not self._definition(intents).firm
            or self._definition(read.question.intents).refusal
        ):
            return read
        return replace(read, question=replace(read.question, intents=intents), answerable=0.0)

    def _read(self, piece: Segment, message: Message, whole: Prediction, context: Context) -> Read:
        form = forms.detect(piece.text)
        # The options of a multiple choice name what is wrong as well: only the stem tells what is asked.
        span = message.span(replace(piece, text=form.stem) if form.options and form.stem else piece)
        part, whole = self._predicted(piece, span, form, message, whole, context)
        inside = message.inside(span)
        words = message.words(span)
        intents, chance = self._chooser.choose(part, whole, words, form, inside, context, span[0])
        # "And it is supplied by ...?", "the muscle is fed by ..., yes?": of the one that the conversation is about.
        spoken = any(x.kind in STRUCTURES and x.end <= span[0] for x in message.links)
        told = (context.structure is not None or spoken) and _OF_IT.search(piece.text) is not None
        told = told or (context.structure is not None and _WHERE_ONLY.match(piece.text) is not None)
        firm = self._definition(intents).firm and part.scores[0][1] > _FIRM
        of_it = bool(context.shown) and not names_one(inside, words, span[0]) and SHARING.search(piece.text) is not None
        going_on = bool(context.sought) and not names_one(inside, words, span[0]) and GOING_ON.match(piece.text)
        ranks = RANKS.search(piece.text) is not None and part.score(_RANKING) > _UNRELATED
        if ranks and not told and seeks(form.stem or piece.text, words, inside, span[0]):
            intents, chance = (_RANKING,), 1.0 - _SOUGHT  # "which adductor is the largest?": no list tells
        elif (
            not told
            and not firm
            and (of_it or (going_on and inside) or seeks(form.stem or piece.text, words, inside, span[0]))
        ):
            intents, chance = (SEEKING,), max(chance, _SOUGHT)
        elif intents == (SEEKING,) and (told or names_one(inside, words, span[0])):
            asked = self._chooser.named(words)
            intents = asked if len(asked) == 1 else (part.best(self.router.answerable - {SEEKING})[0] or SEEKING,)
        compared = _ONLY_ONE.search(piece.text) or (COMMON.search(piece.text) and _WHAT.search(piece.text))
        parts = {x.term for x in inside if x.kind == "part"}
        several = len(named(inside, words, span[0])) > 1 and compared
        if (several or (len(parts) > 1 and _DIFFER.search(piece.text))) and not firm:
            intents = (COMPARING,)
        question = Question(
            intents=intents,
            structure=subject(
                piece.text,
                self._definition(intents),
                inside,
                message.spoken,
                message.before(span),
                message.row,
                self.vocabulary,
            ),
            parts=tuple(dict.fromkeys(x.term for x in inside if x.kind == "part")),
            joints=_of_kind(inside, "joint"),
            movements=_of_kind(inside, "movement", "activity"),
            landmarks=_of_kind(inside, *ATTACHMENT_KINDS - STRUCTURES),
            nerves=_of_kind(inside, "nerve"),
            roots=_of_kind(inside, "root"),
            arteries=_of_kind(inside, "artery"),
            regions=_of_kind(inside, "region"),
            compartments=_of_kind(inside, "compartment"),
            text=piece.text,
            form=form.kind,
            claims=tuple(dict.fromkeys(x.term for x in inside if x.kind in _FOCUS and len(x.terms) == 1)),
            options=tuple(f"{letter}\t{option}" for letter, option in form.options),
            negated=form.negated and _negates(words, inside, span[0]),
            ordinal=_ordinal(piece.text, words, inside, span[0]),
            brief=form.brief,
            more=form.more,
        )
        read = Read(
            piece.text,
            question,
            part,
            inside,
            form,
            words,
            start=span[0],
            message=message.kept,
            strange=self._strange(message, span),
            doubts=() if intents == (SEEKING,) else _doubtful(inside, context),
            answerable=chance,
            asked=self._chooser.named(words),
            said=message.given(message.span(piece)),
        )
        return dialogue.resolve(read, context, self.definitions, self.router, self.vocabulary.parts)

    def _predicted(
        self, piece: Segment, span: Span, form: Form, message: Message, whole: Prediction, context: Context
    ) -> tuple[Prediction, Prediction]:
        """The predictions for a piece and for the whole message, in the light of the conversation."""
        all_of_it = span == (0, len(message.row))
        part = whole if all_of_it else self._predictor.predict(message, span)
        states = DESCRIBES.match(piece.text) is not None or framing.states(piece.text)
        begin = framing.asking(piece.text) if states else 0
        asking = message.span(Segment(piece.text[begin:], piece.start + begin, True))
        if begin:  # "the pear-shaped muscle under the glutes, what nerve has it?"
            part = self._predictor.predict(message, asking)
        if form.options and whole.answerable > part.answerable:
            part = whole  # a stem without its options may say too little
        if part.scores[0][0].startswith("again.") and context == Context():
            part = whole.without("again.") if whole.scores[0][0].startswith("again.") else whole
        inside = message.inside(span)
        if (context.listed or context.shown) and _ordinal(piece.text, message.words(span), inside, span[0]):
            # "The first one" points at a list: it asks for no history.
            part = self._predictor.predict(message, span, without=tuple(ORDINALS))
        elif inside and any(one.startswith(STRUCTURE) for one in context.listed) and SELECTING.search(piece.text):
            part = self._predictor.predict(message, span, without=_selecting(message, span, inside))
        named = any(x.kind in STRUCTURES for x in inside)
        if context.intents and span[1] - span[0] <= _BRIEF and not named:
            same = {label for label in self.router.labels if label in context.intents}
            part = self.router.favour(part, same, _GOES_ON)
            if context.structure is not None:
                other = {x for x in self.router.labels if self._subject(x) not in (None, context.structure)}
                part = self.router.favour(part, other - same, -_ELSEWHERE)
            whole = part if all_of_it else whole
        return part, whole

    def _subject(self, label: str) -> str | None:
        return self.definitions[intent_of(label)].subject

    def _strange(self, message: Message, span: Span) -> tuple[int, ...]:
        """The places of words that no dictionary holds: in `span`, before it where it points back or they are names.

        The name of a person or a place is none of them unless a structure is called after it ("ligament of Struthers"),
        nor is a compound of plain words.
        """
        inside = message.inside(span)
        first = 0 if not inside and POINTS & set(message.words(span)) else span[0]
        taken = {n for x in message.links for n in range(x.start, x.end)}
        row = message.kept
        return tuple(
            n
            for n in range(span[1])
            if (n >= first or _NAMING & {*row[max(0, n - 1) : n], *row[n + 1 : n + 2]})
            and n not in taken and len(word := message.kept[n]) > 3 and not word.isdigit()
            and not self.spell.knows(word) and not self.spell.compound(word)
            and not (message.proper(n) and (n == 0 or message.row[n - 1] != "of"))
        )  # fmt: skip

    def _definition(self, intents: Sequence[str]) -> Definition:
        return self.definitions[intent_of(intents[0])]


def _selecting(message: Message, span: Span, inside: Sequence[Link]) -> tuple[str, ...]:
    """The words by which one of several is selected, up to the name in them: they don't tell what is asked of it."""
    words = message.words(span)
    start = next((n for n, word in enumerate(words) if word in {"one", "ones", "two", "muscle", "muscles"}), 0)
    end = next((x.end - span[0] for x in inside if x.start - span[0] > start), start)
    return tuple(words[start:end])


def _ordinal(text: str, words: Sequence[str], links: Sequence[Link], start: int) -> int:
    """The item of a list that is meant; "the first metatarsal" is none."""
    named = {n - start for x in links if x.kind != "part" for n in range(x.start, x.end)}
    if any(words[n] in ORDINALS for n in named):
        text = " ".join(word for n, word in enumerate(words) if n not in named)
    return ordinal(text)


def _doubtful(inside: Sequence[Link], context: Context) -> tuple[str, ...]:
    """The terms that an ambiguous name may mean, where nothing else in the question or before it tells."""
    named = any(x.kind in STRUCTURES and len(x.terms) == 1 for x in inside)
    doubts = next((x.terms for x in inside if len(x.terms) > 1 and not (named and x.kind not in STRUCTURES)), ())
    if context.structure in doubts or any(x.term in doubts and len(x.terms) == 1 for x in inside):
        return ()
    return doubts


def _negates(words: Sequence[str], links: Sequence[Link], start: int) -> bool:
    """Whether a "not" stands before something that is claimed, not at the front ("isn't it ...") or in a tag."""
    for at, word in enumerate(words):
        if word not in _NOT or at == 0 or ("'" in word and {*words[at + 1 : at + 2]} & _PRONOUNS):
            continue
        if any(0 < x.start - start - at <= 8 and (x.kind != "muscle" or x.start - start - at <= 4) for x in links):
            return True
        if any(w in COUNTS or w.isdigit() for w in words[at + 1 : at + 6]):
            return True  # "doesn't have three heads"
    return False


def _of_kind(links: Sequence[Link], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.term for x in links if x.kind in kinds and len(x.terms) == 1))
