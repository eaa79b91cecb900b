"""Understands a message: spelling, names, form, intents and slots, with what the conversation adds."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fabella_knowledge.tokens import Token, singular, tokenize
from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents import dialogue, forms, segments
from fabella_intents.choosing import Chooser
from fabella_intents.definition import Definition, intent_of
from fabella_intents.fitting import features
from fabella_intents.language import foreign
from fabella_intents.mentions import STRUCTURES, Link, link
from fabella_intents.question import Context, Entity, Question
from fabella_intents.reading import Read, Reading
from fabella_intents.router import Prediction, Router
from fabella_intents.segments import Segment
from fabella_intents.spelling import Speller
from fabella_intents.subject import subject
from fabella_intents.utterance import Utterance, clean

_BRIEF = 6  # words of a follow-up that may go on with the intent before it
_WEAK = 0.2  # under this score a question in a message is not sure to be one of its own
_TOPIC = 0.3  # the score from which on an item of a list asks something of its own
_GOES_ON = 0.3  # what that adds to the intent's score
_NOT = frozenset("not never no don't doesn't isn't aren't can't cannot won't didn't hasn't without neither nor".split())
# Words that ask for nothing in particular by themselves: "which one then?", "and where else", "in what direction".
_FUNCTION = frozenset(
    "a an the this that these those it its they them their he she his her my your our i me you we us one ones of in on at to from for by with as and or but "
    "nor so then than if is are was were be been being do does did done has have had can could will would should may might must not no yes right correct true "
    "what which who whom whose where when how why there here else instead way direction also too well please pls thanks again now just only really actually "
    "any some all both each every other say says said tell me about call called mean means get got give show go goes come comes and/or etc ok okay hi hey "
    "what's where's who's it's that's isn't doesn't don't".split()
)
# And questions that are whole although all their words are such: "what is it", "where does it come from".
_WHOLE = re.compile(r"\b(?:what|where|who|how|why)(?:'?s|\s+(?:is|are|does|do|did|can))?\s+(?:it|they|this|that|one|each|each one)\b", re.I)
_WHOLE_OF = re.compile(r"\b(?:what|where|who|how|why)(?:'?s|\s+(?:is|are|does|do|did|can))\b", re.I)
_POINTS = frozenset({"that", "it", "this", "so", "they", "them"})
_FOCUS = frozenset(
    {
        "movement",
        "activity",
        "state",
        "joint",
        "landmark",
        "bone",
        "region",
        "nerve",
        "artery",
        "root",
        "exercise",
        "method",
        "depth",
        "tissue",
        "tendon",
        "condition",
    }
)
_ENTITY_TYPES = {"sesamoid bone": "structure", "muscle": "structure", "tendon": "structure", "group": "structure"}


class Understanding:
    """Reads messages. Holds only frozen tables: safe to share between threads."""

    def __init__(
        self, vocabulary: Vocabulary, definitions: Mapping[str, Definition], spell: Speller, router: Router
    ) -> None:
        self.vocabulary = vocabulary
        self.definitions = definitions
        self.spell = spell
        self.router = router
        self._chooser = Chooser(definitions, router)

    def read(self, text: str, context: Context) -> Reading:
        """The questions in `text`; no reads when it holds no word."""
        utterance = clean(text)
        tokens = tokenize(utterance.text)
        if not tokens:
            return Reading(utterance, (), (), (), None)
        said = [token.norm for token in tokens]
        language = foreign(utterance.text, said, self.spell.known)
        if language is not None:
            return Reading(utterance, (), (), (), None, language=language)
        row, corrections = self.spell.correct(said)
        links = link(row, self.vocabulary)
        whole = self.router.predict(features(row, links, self.spell.known))
        told = segments.split(utterance)
        # What is taken back or left ("not China, Korea") is no part of what is asked.
        begin = told[0].start if told else 0
        message = tuple(word if token.start >= begin else "" for word, token in zip(row, tokens, strict=True))
        pieces = self._pieces(utterance, told, tokens, row, links, whole)
        reads = tuple(self._read(piece, tokens, row, links, message, whole, context) for piece in pieces)
        reads = tuple(self._spread(reads))
        everything = Segment(utterance.text, 0, True)
        return Reading(
            utterance, reads, _entities(links, tokens, utterance, self.vocabulary), corrections,
            self._read(everything, tokens, row, links, message, whole, Context()) if pieces != (everything,) else None,
            tuple(dict.fromkeys(one.term for one in links if one.assumed)),
            self._chooser.named(row),
        )  # fmt: skip

    def _spread(self, reads: Sequence[Read]) -> Iterator[Read]:
        """The reads; one that points back at a question that is firmly declined is declined with it."""
        declined: tuple[str, ...] | None = None
        for one in reads:
            points = bool(_POINTS & set(one.row)) and not any(x.kind in STRUCTURES for x in one.links)
            if declined is not None and points and not self._definition(one.question.intents).refusal:
                one = replace(one, question=replace(one.question, intents=declined), answerable=0.0)
            declined = one.question.intents if self._definition(one.question.intents).firm else None
            yield one

    def _pieces(
        self,
        utterance: Utterance,
        told: Sequence[Segment],
        tokens: Sequence[Token],
        row: Sequence[str],
        links: Sequence[Link],
        whole: Prediction,
    ) -> tuple[Segment, ...]:
        """The segments that are questions of their own; the whole message when splitting it makes nothing clearer."""
        begin = told[0].start if told else 0  # behind "switching to anatomy, ..."
        all_of_it = Segment(utterance.text[begin:], begin, True)
        if forms.detect(utterance.text).options:
            return (all_of_it,)
        asked = [one for one in told if one.asks and _worded(one, tokens)]
        asked = [one for one in asked if self._content(one, tokens, row, links)] or asked
        if not asked:
            return (all_of_it,)
        if len(asked) > 1 and not self._separate(asked, tokens, row, links):
            # A later sentence that says little ("anybody?", "right?") belongs to the one before it.
            return (all_of_it,)
        found: list[Segment] = []
        for one in asked:
            clauses = segments.clauses(one)
            if not all(self._content(clause, tokens, row, links) for clause in clauses):
                clauses = (one,)
            split = len(clauses) > 1 and self._separate(clauses, tokens, row, links, alike=True)
            for clause in clauses if split else (one,):
                found += self._topics(clause, tokens, row, links)
        if len(found) == 1 and found[0].text != all_of_it.text:
            span = _span(found[0], tokens)
            alone = self._predict(span, row, links).scores[0][1]
            inside = [x for x in links if span[0] <= x.start < span[1]]
            points = (
                len(inside) <= 1
                and bool(_POINTS & set(row[span[0] : span[1]]))
                and whole.answerable >= self.router.threshold
            )
            points = points or (not inside and alone < 0.5 and whole.answerable >= self.router.threshold)
            # Alone it says too little, or points back: what came before it tells what is asked.
            return (all_of_it,) if points or (alone < 0 and whole.scores[0][1] > alone) else tuple(found)
        return tuple(found) if found else (all_of_it,)

    def _separate(
        self,
        pieces: Sequence[Segment],
        tokens: Sequence[Token],
        row: Sequence[str],
        links: Sequence[Link],
        *,
        alike: bool = False,
    ) -> bool:
        """Whether the pieces ask different things, each of them clearly: by intent, or by what they name.

        `alike` allows the same intent even where the pieces name nothing that tells them apart.
        """
        labels = []
        named = []
        weak = False
        for piece in pieces:
            span = _span(piece, tokens)
            part = self._predict(span, row, links)
            label, score = part.scores[0]
            unclear = 0.3 <= part.answerable < self.router.threshold and label not in self.router.talk
            if unclear or score < -0.45 or label.startswith("again.") or span[1] - span[0] < 2:
                return False
            weak = weak or (label in self.router.answerable and score < _WEAK)
            labels.append(label)
            named.append(
                {x.term for x in links if span[0] <= x.start and x.end <= span[1] and x.kind not in STRUCTURES}
            )
        if weak and any(label in self.router.declined for label in labels):
            return False  # what follows a question that is declined asks on about the same, unless it is clear
        if len(set(labels)) > 1:
            return True
        apart = alike or all(a and b and not a & b for a, b in itertools.pairwise(named))
        return apart and not any(label in self.router.declined for label in labels)

    def _content(
        self, piece: Segment, tokens: Sequence[Token], row: Sequence[str], links: Sequence[Link], *, named: bool = True
    ) -> bool:
        """Whether a piece says what it asks for: words beside names and function words, or (`named`) a name of no structure."""
        span = _span(piece, tokens)
        inside = [x for x in links if span[0] <= x.start and x.end <= span[1]]
        if named and any(x.kind not in STRUCTURES and x.kind != "part" for x in inside):
            return True
        if _WHOLE.search(piece.text) or (_WHOLE_OF.search(piece.text) and any(x.kind in STRUCTURES for x in inside)):
            return True
        taken = {n for x in inside for n in range(x.start, x.end)}
        return any(
            row[n] not in _FUNCTION and singular(row[n]) not in self.vocabulary.parts.nouns and not row[n].isdigit()
            for n in range(*span)
            if n not in taken
        )

    def _topics(
        self, piece: Segment, tokens: Sequence[Token], row: Sequence[str], links: Sequence[Link]
    ) -> tuple[Segment, ...]:
        """The topics that a sentence lists ("type of bone, place, what it touches"), each with what belongs to it; else the piece."""
        items = segments.items(piece)
        if len(items) < 2 or forms.detect(piece.text).kind != "open":
            return (piece,)
        topics: list[tuple[int, str]] = []
        for one in items:
            if not self._content(one, tokens, row, links, named=False):
                continue
            label, score = self._predict(_span(one, tokens), row, links).scores[0]
            if score >= _TOPIC and label in self.router.answerable and not label.startswith("again."):
                topics.append((one.start, label))
        asked = len({label for _, label in topics})
        if asked < 2 or asked <= len(self._chooser.named(row[slice(*_span(piece, tokens))])):
            return (piece,)
        # What is no topic belongs to the one before it, and what comes before the first to the first.
        starts = [piece.start, *(start for start, _ in topics[1:])]
        ends = [*starts[1:], piece.start + len(piece.text)]
        return tuple(
            Segment(piece.text[a - piece.start : b - piece.start], a, piece.asks) for a, b in zip(starts, ends, strict=True)
        )

    def _predict(self, span: tuple[int, int], row: Sequence[str], links: Sequence[Link]) -> Prediction:
        """The prediction for the words in `span`; where they name no structure, as if they began with the first named before."""
        about = [x for x in links if x.kind in STRUCTURES and x.start < span[1]]
        about = [] if any(x.start >= span[0] for x in about) else about[:1]
        inside = [
            replace(x, start=x.start - span[0], end=x.end - span[0])
            for x in links
            if span[0] <= x.start and x.end <= span[1]
        ]
        seen = features(row[span[0] : span[1]], inside, self.spell.known)
        before = features((), [replace(x, start=0, end=0) for x in about], self.spell.known)
        return self.router.predict(replace(seen, row=(*before.row, *seen.row)))

    def _read(
        self,
        piece: Segment,
        tokens: Sequence[Token],
        row: Sequence[str],
        links: Sequence[Link],
        message: tuple[str, ...],
        whole: Prediction,
        context: Context,
    ) -> Read:
        form = forms.detect(piece.text)
        # The options of a multiple choice name what is wrong as well: only the stem tells what is asked.
        span = _span(replace(piece, text=form.stem) if form.options and form.stem else piece, tokens)
        part = whole if span == (0, len(row)) else self._predict(span, row, links)
        if form.options and whole.answerable > part.answerable:
            part = whole  # a stem without its options may say too little
        if part.scores[0][0].startswith("again.") and context == Context():
            part = whole.without("again.") if whole.scores[0][0].startswith("again.") else whole
        inside = tuple(one for one in links if span[0] <= one.start and one.end <= span[1])
        words = tuple(row[span[0] : span[1]])
        if context.listed and dialogue.ordinal(piece.text):
            # "The first one" points at a list: it asks for no history.
            part = self._predict(span, [w if w not in dialogue.ORDINALS else "" for w in row], links)
        if context.intents and len(words) <= _BRIEF and not any(x.kind in STRUCTURES for x in inside):
            same = {label for label in self.router.labels if label in context.intents}
            part = self.router.favour(part, same, _GOES_ON)
            whole = part if span == (0, len(row)) else whole
        taken = {n for x in links for n in range(x.start, x.end)}
        strange = tuple(
            n
            for n, w in enumerate(row)
            if len(w) > 3 and n not in taken and not w.isdigit() and not self.spell.knows(w)
        )
        intents, chance = self._chooser.choose(part, whole, words, form, inside, links, context, span[0])
        doubts = next((x.terms for x in inside if len(x.terms) > 1), ())
        parts = tuple(dict.fromkeys(x.term for x in inside if x.kind == "part"))
        question = Question(
            intents=intents,
            structure=subject(piece.text, self._definition(intents), inside, links, row, self.vocabulary),
            parts=parts,
            joints=_of_kind(inside, "joint"),
            movements=_of_kind(inside, "movement", "activity"),
            landmarks=_of_kind(inside, "landmark", "bone"),
            text=piece.text,
            form=form.kind,
            claims=tuple(dict.fromkeys(x.term for x in inside if x.kind in _FOCUS and len(x.terms) == 1)),
            options=tuple(f"{letter}\t{option}" for letter, option in form.options),
            negated=form.negated and _negates(words, inside, span[0]),
            ordinal=dialogue.ordinal(piece.text),
            brief=form.brief,
            more=form.more,
        )
        read = Read(
            piece.text, question, part, inside, form, words, start=span[0], message=message, strange=strange,
            doubts=self._doubtful(doubts, inside, context), answerable=chance, asked=self._chooser.named(words),
        )  # fmt: skip
        return dialogue.resolve(read, context, self.definitions, self.router, self.vocabulary.parts)

    def _definition(self, intents: Sequence[str]) -> Definition:
        return self.definitions[intent_of(intents[0])]

    def _doubtful(self, doubts: tuple[str, ...], inside: Sequence[Link], context: Context) -> tuple[str, ...]:
        """What stays in doubt once the question's other names and the conversation have spoken."""
        if not doubts:
            return ()
        if context.structure in doubts or any(x.term in doubts and len(x.terms) == 1 for x in inside):
            return ()
        return doubts


def _negates(words: Sequence[str], links: Sequence[Link], start: int) -> bool:
    """Whether a "not" stands before something that is claimed, not at the front ("isn't it ...") or in a tag."""
    for at, word in enumerate(words):
        if (
            word in _NOT
            and at > 0
            and any(0 < x.start - start - at <= 8 and (x.kind != "muscle" or x.start - start - at <= 4) for x in links)
        ):
            return True
    return False


def _of_kind(links: Sequence[Link], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.term for x in links if x.kind in kinds and len(x.terms) == 1))


def _span(piece: Segment, tokens: Sequence[Token]) -> tuple[int, int]:
    end = piece.start + len(piece.text)
    inside = [n for n, token in enumerate(tokens) if piece.start <= token.start < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


_FILLER = re.compile(
    r"^(?:anybody|anyone|right|please|pls|thanks|ok|okay|no|yes|huh|eh|you know|correct|true|help|any ideas?)\W*$", re.I
)


def _worded(piece: Segment, tokens: Sequence[Token]) -> bool:
    span = _span(piece, tokens)
    return span[1] > span[0] and any(c.isalpha() for c in piece.text) and not _FILLER.match(piece.text)


def _entities(
    links: Sequence[Link], tokens: Sequence[Token], utterance: Utterance, vocabulary: Vocabulary
) -> tuple[Entity, ...]:
    """The names with their places in the text as it was given, before it was cleaned."""
    plain, places = _unfolded(utterance.raw)
    found = []
    at = 0
    for one in links:
        said = [utterance.text[token.start : token.end] for token in tokens[one.start : one.end]]
        pattern = r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, said)) + r"(?![^\W_])"
        match = re.compile(pattern, re.I).search(plain, at)
        if match is None:
            continue  # what was rewritten beyond recognition has no place in the text
        at = match.end()
        span = (places[match.start()], places[match.end() - 1] + 1)
        part = one.term if one.kind == "part" else None
        found.append(Entity(_ENTITY_TYPES.get(one.kind, one.kind), vocabulary.display(one.term), span, part))
    return tuple(found)


def _unfolded(raw: str) -> tuple[str, list[int]]:
    """The text with compatibility forms resolved and invisible characters gone, and the place of each character."""
    if raw.isascii():
        return raw, list(range(len(raw)))
    pairs = [
        (folded, place)
        for place, character in enumerate(raw)
        for folded in unicodedata.normalize("NFKC", character)
        if unicodedata.category(folded) not in {"Cf", "Me"}
    ]
    return "".join(c for c, _ in pairs), [place for _, place in pairs]
