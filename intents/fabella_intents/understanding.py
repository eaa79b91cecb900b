"""Understands a message: spelling, names, form, intents and slots, with what the conversation adds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fabella_intents import dialogue, forms, segments
from fabella_intents.definition import Definition
from fabella_intents.fitting import features
from fabella_intents.language import foreign
from fabella_intents.mentions import Link, link
from fabella_intents.question import Context, Entity, Question
from fabella_intents.router import Prediction, Router
from fabella_intents.segments import Segment
from fabella_intents.spelling import Correction, Speller
from fabella_intents.utterance import Utterance, clean
from fabella_knowledge.tokens import Token, tokenize
from fabella_knowledge.vocabulary import Vocabulary

_CONDITION = frozenset({"when", "with", "if", "while", "whilst", "once", "whenever"})
_NOT = frozenset("not never no don't doesn't isn't aren't can't cannot won't didn't hasn't without neither nor".split())
_CUE = 0.3  # what a cue word of an intent adds to its score
_NAME = 0.05  # and what its name adds
_BETWEEN = frozenset({"vs", "versus", "and", "or", "the", "with", "to", "compared", "v"})
_MENDS = re.compile(r"\b(?:i mean|i meant|argh|sorry|no wait|correction|rather the|scratch that)\b")
_WROTE = re.compile(r"\bwho (?:wrote|did|ran|conducted|authored|published|made|are the authors|is the author|was the author)\b")
_DOUBT = 0.4  # from here to the threshold the cues of the definitions decide
_POINTS = frozenset({"that", "it", "this", "so", "they", "them"})
_STRUCTURES = frozenset({"muscle", "sesamoid bone", "tendon", "group"})
_FOCUS = frozenset({"movement", "activity", "state", "joint", "landmark", "bone", "region", "nerve", "artery", "root", "exercise", "method", "depth", "tissue", "tendon", "condition"})
_ENTITY_TYPES = {"sesamoid bone": "structure", "muscle": "structure", "tendon": "structure", "group": "structure"}


@dataclass(frozen=True, slots=True)
class Read:
    """One question of a message with the evidence of how it was read.

    `row` are its corrected words, `message` those of the whole message; `strange` are places in the message of words
    that no dictionary holds.

    `question` is None where it is declined before any look-up (`declined` names the intent), or where names are in
    doubt (`doubts`: the terms that an ambiguous name may mean).
    """

    text: str
    question: Question
    prediction: Prediction
    links: tuple[Link, ...]
    form: forms.Form
    row: tuple[str, ...]
    start: int = 0
    message: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    strange: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    elliptical: bool = False
    answerable: float = 1.0

    def about(self, structure: str | None) -> Read:
        """The read with the structure of the question before it, where it names none itself."""
        if structure is None or self.question.structure is not None:
            return self
        return replace(self, question=replace(self.question, structure=structure))

    @property
    def conditional(self) -> frozenset[str]:
        """The terms that stand in a condition: "when the knee is bent", "with straight knees"."""
        found = set()
        for one in self.links:
            at = one.start - self.start
            before = self.row[max(0, at - 4) : max(0, at)]
            stated = any(x.kind == "state" and -3 <= x.start - one.start <= 5 for x in self.links)
            if one.kind in {"joint", "movement"} and set(before) & _CONDITION or one.kind == "joint" and stated:
                found.add(one.term)
        return frozenset(found)

    @property
    def loose(self) -> tuple[str, ...]:
        """The words that belong to no name."""
        taken = {n for x in self.links for n in range(x.start - self.start, x.end - self.start)}
        return tuple(word for n, word in enumerate(self.row) if n not in taken)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole message, read: its questions in order, the names found, and the corrections made.

    `whole` is the message read as one question, None where that is what `reads` holds. `language` is set where the
    message is in another one than English, and then there are no reads.
    """

    utterance: Utterance
    reads: tuple[Read, ...]
    entities: tuple[Entity, ...]
    corrections: tuple[Correction, ...]
    whole: Read | None
    assumed: tuple[str, ...] = ()
    language: str | None = None


class Understanding:
    """Reads messages. Holds only frozen tables: safe to share between threads."""

    def __init__(
        self, vocabulary: Vocabulary, definitions: Mapping[str, Definition], spell: Speller, router: Router
    ) -> None:
        self.vocabulary = vocabulary
        self.definitions = definitions
        self.spell = spell
        self.router = router
        self._named = _names(definitions)

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
        pieces = self._pieces(utterance, tokens, row, links, whole)
        reads = tuple(self._read(piece, tokens, row, links, whole, context) for piece in pieces)
        everything = Segment(utterance.text, 0, True)
        return Reading(
            utterance, reads, _entities(links, tokens, utterance, self.vocabulary), corrections,
            self._read(everything, tokens, row, links, whole, Context()) if pieces != (everything,) else None,
            tuple(dict.fromkeys(one.term for one in links if one.assumed)),
        )  # fmt: skip

    def _pieces(
        self, utterance: Utterance, tokens: Sequence[Token], row: Sequence[str], links: Sequence[Link], whole: Prediction
    ) -> tuple[Segment, ...]:
        """The segments that are questions of their own; the whole message when splitting it makes nothing clearer."""
        all_of_it = Segment(utterance.text, 0, True)
        if forms.detect(utterance.text).options:
            return (all_of_it,)
        asked = [one for one in segments.split(utterance) if one.asks and _worded(one, tokens)]
        if not asked:
            return (all_of_it,)
        found: list[Segment] = []
        for one in asked:
            clauses = segments.clauses(one)
            if len(clauses) > 1 and self._separate(clauses, tokens, row, links, alike=True):
                found += clauses
            else:
                found.append(one)
        if len(found) > 1 and not self._separate(found, tokens, row, links):
            # A later sentence that says little ("anybody?", "right?") belongs to the one before it.
            return (all_of_it,)
        if len(found) == 1 and found[0].text != utterance.text:
            span = _span(found[0], tokens)
            alone = self._predict(span, row, links).scores[0][1]
            inside = [x for x in links if span[0] <= x.start < span[1]]
            points = len(inside) <= 1 and bool(_POINTS & set(row[span[0] : span[1]])) and whole.answerable >= self.router.threshold
            points = points or (not inside and alone < 0.5 and whole.answerable >= self.router.threshold)
            # Alone it says too little, or points back: what came before it tells what is asked.
            return (all_of_it,) if points or (alone < 0 and whole.scores[0][1] > alone) else tuple(found)
        return tuple(found) if found else (all_of_it,)

    def _separate(
        self, pieces: Sequence[Segment], tokens: Sequence[Token], row: Sequence[str], links: Sequence[Link], *, alike: bool = False
    ) -> bool:
        """Whether the pieces ask different things, each of them clearly; `alike` allows the same intent twice."""
        labels = []
        for piece in pieces:
            span = _span(piece, tokens)
            part = self._predict(span, row, links)
            label, score = part.scores[0]
            unclear = 0.3 <= part.answerable < self.router.threshold and label not in self.router.talk
            if unclear or score < -0.45 or label.startswith("again.") or span[1] - span[0] < 2:
                return False
            labels.append(label)
        return len(set(labels)) > 1 or (alike and not any(label in self.router.declined for label in labels))

    def _predict(self, span: tuple[int, int], row: Sequence[str], links: Sequence[Link]) -> Prediction:
        inside = [replace(x, start=x.start - span[0], end=x.end - span[0]) for x in links if span[0] <= x.start and x.end <= span[1]]
        return self.router.predict(features(row[span[0] : span[1]], inside, self.spell.known))

    def _read(
        self, piece: Segment, tokens: Sequence[Token], row: Sequence[str], links: Sequence[Link], whole: Prediction, context: Context
    ) -> Read:  # fmt: skip
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
        strange = tuple(
            n for n, w in enumerate(row)
            if len(w) > 3 and not self.spell.knows(w) and not w.isdigit() and not any(x.start <= n < x.end for x in links)
        )  # fmt: skip
        intents, chance = self._intents(part, whole, words, form, inside, links, context, span[0])
        doubts = next((x.terms for x in inside if len(x.terms) > 1), ())
        parts = tuple(dict.fromkeys(x.term for x in inside if x.kind == "part"))
        question = Question(
            intents=intents,
            structure=_listed(piece.text, links) or self._structure(intents, inside, links, row),
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
            piece.text, question, part, inside, form, words, start=span[0], message=tuple(row), strange=strange,
            doubts=self._doubtful(doubts, inside, context), answerable=chance, asked=self._asked_by_name(words),
        )  # fmt: skip
        return dialogue.resolve(read, context, self.definitions, self.router, self.vocabulary.parts.sides)

    def _doubtful(self, doubts: tuple[str, ...], inside: Sequence[Link], context: Context) -> tuple[str, ...]:
        """What stays in doubt once the question's other names and the conversation have spoken."""
        if not doubts:
            return ()
        if context.structure in doubts or any(x.term in doubts and len(x.terms) == 1 for x in inside):
            return ()
        return doubts

    def _intents(
        self, part: Prediction, whole: Prediction, words: Sequence[str], form: forms.Form, inside: Sequence[Link],
        links: Sequence[Link], context: Context, start: int,
    ) -> tuple[tuple[str, ...], float]:
        """The labels asked for, best first, and how probable it is that they can be answered."""
        best, score = part.scores[0]
        chance = part.answerable
        if whole is not part:
            declined, loud = whole.scores[0]
            floor = -0.1 if declined == "injection" else 0.3
            if declined in {"personal", "injection", "quiz", "species"} and loud > max(floor, score) and whole.answerable < 0.5:
                return (declined,), whole.answerable
        outright = self._asked_by_name(words)
        if best in self.router.talk:
            return (outright, self.router.threshold) if len(outright) == 1 and score < 0.5 and len(words) > 3 else ((best,), chance)
        for name, one in self.definitions.items():
            # A cue word of something that is declined ("mnemonic") is meant unless the rest speaks clearly against it.
            if one.refusal and set(one.cues) & set(words) and part.score(name) > -0.8 and chance < 0.6:
                return (name,), min(chance, 0.1)
        cued = self._unless_other(self._cued(part, words, inside), words, links, context)
        named = () if cued.scores[0][0].startswith("references") else outright
        if len(named) > 1 and _MENDS.search(" ".join(words)):
            named = named[-1:]  # "the origin, no, the insertion I mean"
            return named, max(chance, self.router.threshold)
        if len(named) > 1 and form.kind == "open" and chance >= 0.15:
            return named, max(chance, self.router.threshold)
        clear = cued.best(self.router.answerable)[1] > cued.best(self.router.declined)[1] + 0.05
        if chance < self.router.threshold and not (clear and chance >= _DOUBT):
            label, score = part.best(self.router.declined)
            if len(named) == 1 and label in {"structure", "naming", "cause"} and score < 0 and chance >= 0.25:
                return named, self.router.threshold
            if label == "person" and _WROTE.search(" ".join(words)):
                return ("references.which",), self.router.threshold
            if label == "person" and dialogue.HELD & set(words) and part.score("references.detail") > score - 0.35:
                return ("references.detail",), self.router.threshold
            return (label,), chance
        label, _ = cued.best(self.router.answerable)
        _, not_meant = self._mentioned(words, inside, start)
        if label in not_meant or (label == "heads" and len(named) == 1):
            label = named[0] if named else cued.best(self.router.answerable - set(not_meant))[0]
        if label.startswith("references.") and {"list", "all", "every"} & set(words) and not any(x.kind == "author" for x in inside):
            label = "references.all" if "references.all" in self.router.labels else label
        sourced = any(x.kind in {"author", "journal"} for x in inside)
        if sourced and dialogue.HELD & set(words) and "references.detail" in self.router.labels and "prevalence" not in label:
            label = "references.detail"
        return (label,), chance

    def _unless_other(self, part: Prediction, words: Sequence[str], links: Sequence[Link], context: Context) -> Prediction:
        """An intent with a subject of its own is unlikely where only another structure is named."""
        named = {x.term for x in links if x.kind in _STRUCTURES}
        if not named or {"bone", "bones", "sesamoid", "ossicle", "opacity"} & set(words):
            return part
        away = {n for n, one in self.definitions.items() if one.subject and one.subject not in named and context.structure != one.subject}
        if not away:
            return part
        scores = [(label, value - 0.4 if label.partition(".")[0] in away else value) for label, value in part.scores]
        return replace(part, scores=tuple(sorted(scores, key=lambda x: -x[1])))

    def _cued(self, part: Prediction, words: Sequence[str], inside: Sequence[Link]) -> Prediction:
        """The prediction with the cue words of the definitions weighed in."""
        bonus = {name: _NAME for name in self._asked_by_name(words)}
        # An intent that has cue words is less likely without one of them than with one.
        bonus |= {
            name: _CUE if set(one.cues) & set(words) else -_CUE / 2
            for name, one in self.definitions.items() if one.cues and not one.refusal
        }  # fmt: skip
        # "Which paper examines the leg curl" asks for the paper: a word outweighs the kind of a name.
        kinds = set() if any(value >= _CUE for value in bonus.values()) else {x.kind for x in inside}
        for name, one in self.definitions.items():
            if kinds & set(one.cue_kinds):
                bonus[name] = bonus.get(name, 0.0) + _CUE
        if not bonus:
            return part
        scores = [(label, value + bonus.get(label.partition(".")[0], 0.0)) for label, value in part.scores]
        return replace(part, scores=tuple(sorted(scores, key=lambda x: -x[1])))

    def _asked_by_name(self, words: Sequence[str]) -> tuple[str, ...]:
        found, _ = self._mentioned(words)
        ends = {"origin", "insertion", "attachments"} & set(found)
        # "The origin of both heads" asks for the origin.
        return tuple(name for name in found if not (name == "heads" and ends))

    def _mentioned(self, words: Sequence[str], inside: Sequence[Link] = (), start: int = 0) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The intents that the words name, and those named behind a "not"."""
        found: list[str] = []
        not_meant: list[str] = []
        at = spent = 0
        while at < len(words):
            for size in (3, 2, 1):
                hit = self._named.get(" ".join(words[at : at + size])) if at + size <= len(words) else None
                if hit:
                    part_of_name = any(x.start - start <= at < x.end - start for x in inside)
                    denied = not part_of_name and bool(set(words[max(spent, at - 3) : at]) & {"not", "don't"})
                    spent = at
                    pool = not_meant if denied else found
                    pool += [name for name in hit if name not in pool]
                    at += size - 1
                    break
            at += 1
        return tuple(found), tuple(name for name in not_meant if name not in found)

    def _structure(
        self, intents: Sequence[str], inside: Sequence[Link], links: Sequence[Link], message: Sequence[str]
    ) -> str | None:
        """The structure that is asked about: named in the question, else before it in the message."""
        definition = self.definitions[intents[0].partition(".")[0]]
        for pool in (inside, links):
            named = [x.term for x in pool if x.kind in _STRUCTURES and len(x.terms) == 1]
            if definition.subject in named:
                return definition.subject
            fitting = [n for n in named if not definition.kinds or self.vocabulary.kind(n) in definition.kinds]
            held = [n for n in fitting if self.vocabulary.terms[n].article]
            if definition.subject is not None and named:
                # "which head of the gastrocnemius has it": the other structure is where, not what
                return definition.subject if held else fitting[0] if fitting else definition.subject
            if held or fitting:
                compared = definition.name == "relations" or pool is not inside or _side_by_side(pool, links, message)
                return (held or fitting)[0] if compared or not fitting else fitting[0]
        return None


def _negates(words: Sequence[str], links: Sequence[Link], start: int) -> bool:
    """Whether a "not" stands before something that is claimed, not at the front ("isn't it ...") or in a tag."""
    for at, word in enumerate(words):
        if word in _NOT and at > 0 and any(0 < x.start - start - at <= 8 and (x.kind != "muscle" or x.start - start - at <= 4) for x in links):
            return True
    return False


def _side_by_side(pool: Sequence[Link], links: Sequence[Link], message: Sequence[str]) -> bool:
    """Whether two structures are asked about together ("soleus and gastrocnemius"), not one beside the other."""
    named = [x for x in pool if x.kind in _STRUCTURES]
    return any(set(message[a.end : b.start]) <= _BETWEEN for a, b in zip(named, named[1:], strict=False))


def _listed(text: str, links: Sequence[Link]) -> str | None:
    """The structure that an ordinal picks from several named in the message: "fabella, tendon: what's the first?"."""
    nth = dialogue.ordinal(text)
    named = list(dict.fromkeys(x.term for x in links if x.kind in _STRUCTURES and len(x.terms) == 1))
    if not nth or len(named) < 2 or abs(nth) > len(named):
        return None
    return named[nth - 1 if nth > 0 else nth]


def _names(definitions: Mapping[str, Definition]) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for one in definitions.values():
        for name in one.names:
            key = " ".join(token.norm for token in tokenize(name))
            table[key] = (*table.get(key, ()), one.name)
    return table


def _of_kind(links: Sequence[Link], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(x.term for x in links if x.kind in kinds and len(x.terms) == 1))


def _span(piece: Segment, tokens: Sequence[Token]) -> tuple[int, int]:
    end = piece.start + len(piece.text)
    inside = [n for n, token in enumerate(tokens) if piece.start <= token.start < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


_FILLER = re.compile(r"^(?:anybody|anyone|right|please|pls|thanks|ok|okay|no|yes|huh|eh|you know|correct|true|help|any ideas?)\W*$", re.I)


def _worded(piece: Segment, tokens: Sequence[Token]) -> bool:
    span = _span(piece, tokens)
    return span[1] > span[0] and any(c.isalpha() for c in piece.text) and not _FILLER.match(piece.text)


def _entities(
    links: Sequence[Link], tokens: Sequence[Token], utterance: Utterance, vocabulary: Vocabulary
) -> tuple[Entity, ...]:
    """The names with their places in the text as it was given, before it was cleaned."""
    found = []
    at = 0
    for one in links:
        said = [utterance.text[token.start : token.end] for token in tokens[one.start : one.end]]
        match = re.compile(r"[\W_]*".join(map(re.escape, said)), re.I).search(utterance.raw, at)
        at = match.end() if match else at
        span = match.span() if match else (tokens[one.start].start, tokens[one.end - 1].end)
        part = one.term if one.kind == "part" else None
        found.append(Entity(_ENTITY_TYPES.get(one.kind, one.kind), vocabulary.display(one.term), span, part))
    return tuple(found)
