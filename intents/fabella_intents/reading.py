"""What reading a message gives: its questions, each with the evidence of how it was read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fabella_intents.forms import Form
from fabella_intents.mentions import STRUCTURES, Link
from fabella_intents.question import Entity, Question
from fabella_intents.router import Prediction
from fabella_intents.spelling import Correction
from fabella_intents.utterance import Utterance

_CONDITION = frozenset({"when", "with", "if", "while", "whilst", "once", "whenever"})


@dataclass(frozen=True, slots=True)
class Read:
    """One question of a message with the evidence of how it was read.

    `row` are its corrected words, `message` those of the whole message ("" for one that was taken back); `strange` are
    places in the message of words that no dictionary holds; `asked` are intents that are named outright; `doubts` the
    terms that an ambiguous name may mean; `picked` is the item of a list in the conversation that an ordinal means.
    `answerable` is the probability (0 to 1) that the library answers it; `elliptical` tells that it leaves its
    structure to the conversation. `text` has its slips mended; `said` is what was given.
    """

    text: str
    question: Question
    prediction: Prediction
    links: tuple[Link, ...]
    form: Form
    row: tuple[str, ...]
    start: int = 0
    message: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    strange: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()
    picked: str | None = None
    said: str = ""
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
            # "If it straightens the knee" takes that for granted: the structure stands between, so it is no condition.
            first = self.start + max(0, at - 4)
            about = any(x.kind in STRUCTURES and first < x.start < one.start for x in self.links)
            before = () if about and {"if"} & set(before) else before
            stated = any(x.kind == "state" and -3 <= x.start - one.start <= 5 for x in self.links)
            if (one.kind in {"joint", "movement"} and set(before) & _CONDITION) or (one.kind == "joint" and stated):
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

    `whole` is the message read as one question, None where that is what `reads` holds; `told` are statements in it that
    its questions may take for granted. `language` is set where the
    message is in another one than English, and then there are no reads. `asked` are the intents that the message names
    outright.
    """

    utterance: Utterance
    reads: tuple[Read, ...]
    entities: tuple[Entity, ...]
    corrections: tuple[Correction, ...]
    whole: Read | None
    assumed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    language: str | None = None
    told: tuple[Read, ...] = ()
