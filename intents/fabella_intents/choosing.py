"""Chooses the intents of a question: the router's scores, weighed with what the definitions name outright.

The gate parts what is answerable from what is not; its threshold was chosen on held-out examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fabella_knowledge.tokens import DETERMINERS, tokenize

from fabella_intents.definition import Definition, intent_of
from fabella_intents.forms import Form
from fabella_intents.mentions import Link
from fabella_intents.question import Context
from fabella_intents.router import Prediction, Router
from fabella_intents.utterance import BLANK

_CUE = 0.3  # what a cue word of an intent adds to its score
_NAME = 0.05  # and what its name adds
_FIRM = 0.3  # the score from which on a firm refusal holds for the whole message
_UNCLEAR = -0.3  # up to this score a firm refusal of what is named outright is not clear
_CLOSE = 0.1  # up to this score a refusal is not sure
_CLOSE_BY = 0.35  # and an intent is as likely that scores at most so much less
_CHANCE_ALONE = 0.25  # the same where no muscle is named
_CHANCE = 0.15  # the chance of being answerable from which on it is taken
_ABOUT = 0.15  # scores that lie so near to each other tell two intents not apart
_UNSURE = 0.5  # an intent named outright is taken before one that scores at most so much more
_CHAT = "smalltalk.chat"
_NOTE = 8  # words of a question that asks by a name for the most part
_CLEAR = 0.5  # the score from which on the router is sure of another intent than the one named in it
_NOTHING = -0.75  # under this score an intent has nothing to do with the question
_GAP = -0.7  # the score from which on a second gap may ask for an intent of its own
_MEANT = 0.5  # and this near to the best an intent may be meant beside it
_AUXILIARIES = frozenset("is are was were do does did can could will would may might should has have must".split())
_ORDER = ("origin", "insertion", "innervation", "blood_supply", "action")
_LISTED = 4  # words between two named intents that still make a list
_CUED_AWAY = -0.9  # the score from which on a cue word of a declined intent declines


class Chooser:
    """Chooses among the intents of `definitions` with the scores of `router`."""

    def __init__(self, definitions: Mapping[str, Definition], router: Router) -> None:
        self.definitions = definitions
        self.router = router
        self._named = _names(definitions)
        self._held: dict[str, tuple[str, ...]] = {}  # the sections of a label, filled when asked for
        self._firsts = frozenset(name.partition(" ")[0] for name in self._named)

    def choose(
        self,
        part: Prediction,
        whole: Prediction,
        words: Sequence[str],
        form: Form,
        inside: Sequence[Link],
        context: Context,
        start: int,
    ) -> tuple[tuple[str, ...], float]:
        """The labels asked for, best first, and how probable it is that they can be answered."""
        best, score = part.scores[0]
        chance = part.answerable
        if whole is not part:
            declined, loud = whole.scores[0]
            if self.definitions[intent_of(declined)].firm and loud > max(_FIRM, score) and whole.answerable < 0.5:
                return (declined,), whole.answerable
        outright = self.named(words)
        unsure = best == _CHAT and score < 0 and chance >= self.router.threshold and _names_muscle(inside)
        if best in self.router.talk and not unsure:
            return (best,), chance
        for name, one in self.definitions.items():
            # A cue word of something that is declined ("mnemonic") is meant, whatever else the question names.
            if one.refusal and set(one.cues) & set(words) and part.score(name) > _CUED_AWAY:
                return (name,), min(chance, 0.1)
        cued = self._cued(part, words, inside)
        # Of a computed answer the sections named say what of it is wanted: the rows of a table, the claim of a source.
        named = () if self.computed(cued.scores[0][0]) else outright
        if len(named) > 1 and form.kind == "open" and chance >= 0.15:
            return named, max(chance, self.router.threshold)
        # Near the threshold an intent that the words have nothing to do with is no answer.
        nothing = best in self.router.declined and not outright and cued.best(self.router.answerable)[1] < _NOTHING
        if chance < self.router.threshold or nothing:
            label, score = part.best(self.router.declined)
            firm = self.definitions[intent_of(label)].firm and (score > _UNCLEAR or not _names_muscle(inside))
            least = _CHANCE if _names_muscle(inside) else _CHANCE_ALONE
            if len(named) == 1 and not firm and score < _CLOSE and chance >= least:
                return named, self.router.threshold
            _, likely = cued.best(self.router.answerable)
            close = score < _CLOSE and likely > max(score - _CLOSE_BY, _NOTHING) and chance >= _CHANCE
            if firm or not close or not _names_muscle(inside):
                return (label,), chance
            chance = self.router.threshold  # of a muscle that is named, what may be answered as well is
        label, top = cued.best(self.router.answerable)
        label = self._wider(label, top, cued)
        brief = len(words) <= _NOTE
        told = cued.score(named[0]) if named else top
        outweighed = top >= _CLEAR or told < _NOTHING - _ABOUT if brief else top >= 0.0 or told <= top - _UNSURE
        if len(named) == 1 and named[0] != intent_of(label) and not outweighed:
            label = named[0]  # the router is unsure, and the question says outright what it asks
        _, not_meant = self._mentioned(words, inside, start)
        if label in not_meant and form.kind != "except":  # "which is NOT an action" asks for actions
            label = named[0] if named else cued.best(self.router.answerable - set(not_meant))[0]
        if form.stem.count(BLANK) > 1:
            # Several gaps may ask for several things: "a ____ bone in the ____ head".
            also, value = cued.best(self.router.answerable - {label})
            return ((label, also) if value > _GAP else (label,)), chance
        return (label,), chance

    def _wider(self, label: str, score: float, part: Prediction) -> str:
        """`label`, or one that scores about as much and whose sections hold those of `label` and others that are meant too."""
        own = set(self._sections(label))
        near = [other for other, value in part.scores if value > score - _MEANT and other in self.router.answerable]
        for other in near:
            wider = set(self._sections(other))
            rest = any(own.isdisjoint(held := set(self._sections(x))) and held < wider for x in near)
            if part.score(other) > score - _ABOUT and own and own < wider and rest:
                return other
        return label

    def _sections(self, label: str) -> tuple[str, ...]:
        held = self._held.get(label)
        if held is None:
            held = self._held[label] = self.definitions[intent_of(label)].sections(label)
        return held

    def _cued(self, part: Prediction, words: Sequence[str], inside: Sequence[Link]) -> Prediction:
        """The prediction with the cue words of the definitions weighed in."""
        bonus = dict.fromkeys(self.named(words), _NAME)
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
        scores = [(label, value + bonus.get(intent_of(label), 0.0)) for label, value in part.scores]
        return replace(part, scores=tuple(sorted(scores, key=lambda x: -x[1])))

    def computed(self, label: str) -> bool:
        """Whether code computes the answer of the intent."""
        return self.definitions[intent_of(label)].handler is not None

    def topic(self, label: str) -> str:
        """What tells two questions apart: the label, or the intent alone where one answer serves all its aspects."""
        return intent_of(label) if self.computed(label) else label

    def named(self, words: Sequence[str]) -> tuple[str, ...]:
        """The intents that the words ask for outright ("origin and insertion"), in their order."""
        found, _ = self._mentioned(words)
        ends = {"origin", "insertion", "attachments"} & set(found)
        # "The origin of both heads" asks for the origin.
        return tuple(name for name in found if not (name == "heads" and ends))

    def _mentioned(
        self, words: Sequence[str], inside: Sequence[Link] = (), start: int = 0
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The intents that the words name, and those named behind a "not"."""
        found: list[str] = []
        not_meant: list[str] = []
        at = 0
        last: int | None = None
        while at < len(words):
            for size in (4, 3, 2, 1) if words[at] in self._firsts else ():
                hit = self._named.get(" ".join(words[at : at + size])) if at + size <= len(words) else None
                if hit:
                    part_of_name = any(x.start - start <= at < x.end - start for x in inside)
                    denied = not part_of_name and _denied(words, at)
                    pool = not_meant if denied else found
                    if last is not None and at - last > _LISTED and not denied:
                        pool = []  # too far from the one before to be a list: "which exercise uses its functions"
                    last = at + size
                    pool += [name for name in hit if name not in pool]
                    at += size - 1
                    break
            at += 1
        return tuple(found), tuple(name for name in not_meant if name not in found)


def _names_muscle(inside: Sequence[Link]) -> bool:
    return any(one.kind == "muscle" for one in inside)


def _denied(words: Sequence[str], at: int) -> bool:
    """Whether the name at that place is said not to be meant: "not the origin"."""
    before = at - 1
    while before >= 0 and words[before] in DETERMINERS:
        before -= 1
    verb = before > 0 and words[before - 1] in _AUXILIARIES  # "it does not insert there" denies no question
    return before >= 0 and words[before] == "not" and not verb


def _names(definitions: Mapping[str, Definition]) -> dict[str, tuple[str, ...]]:
    """Which intents a name asks for, by its folded words."""
    table: dict[str, tuple[str, ...]] = {}
    for one in definitions.values():
        for name in one.names:
            key = " ".join(token.norm for token in tokenize(name))
            table[key] = (*table.get(key, ()), one.name)
    # "OINA": one word for several intents names them in the order of a textbook.
    return {key: tuple(sorted(held, key=_textbook)) for key, held in table.items()}


def _textbook(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)
