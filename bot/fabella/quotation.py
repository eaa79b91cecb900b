"""Quotes a text of the library where no article answers: the sentences that say what was asked, as they stand.

Who asks what something is gets the sentence that says so. Else the probability that the best passage answers is
logistic in how well it fits and in how much better than the rest of the library. That and the threshold were fitted on
questions about other books than those for which the README gives figures, half of them with the section that answers
taken out (`tests/benchmarks/quoting.py`).
"""

from __future__ import annotations

import math
from dataclasses import replace

from fabella_knowledge.index import Query
from fabella_knowledge.model import Excerpt
from fabella_knowledge.ranking import Support
from fabella_knowledge.sentences import spans
from fabella_knowledge.tokens import words
from fabella_knowledge.units import stems

from fabella import defining, finding
from fabella.draft import QUOTATION, Draft, Said
from fabella.texts import Texts

LEAD = "No article says so. A text of the library does:"
BESIDE = "What no article says is quoted from a text of the library."
THRESHOLD = 0.87  # of the probability; nine of ten quotations were right in the questions that it was fitted on
_WEIGHTS = (2.50, 0.49, -5.84)  # constant, fit, rival
_DEFINED = 0.9  # the share of sentences that define, among those found in the books that the rest was fitted on
_LOOKED_AT = 100  # passages, for a sentence that defines
_HELD = 0.6  # of what is asked, by rarity, stands in the passage
_LONGEST = 3  # sentences of a quotation
_SHOWN = 1000  # characters
_ENOUGH = 0.9  # of what three sentences say is said by fewer


def quote(texts: Texts, text: str, *, threshold: float = THRESHOLD) -> Draft | None:
    """What a text of the library says to a question, None where none says enough: with less than this probability."""
    first = len(texts.library.passages)
    if first == len(texts.index):
        return None
    query = finding.read(texts, text)
    name = defining.asked(text)
    found = _defined(texts, query, name, first) if name is not None else None
    if found is None:
        held = texts.index.support(query, first=first)
        if held is None or chance(held) < threshold:
            return None
        weights = texts.index.asked(query)
        excerpt = texts.library.excerpts[held.place - first]
        if _worth(" ".join((excerpt.title, *excerpt.heading, excerpt.text)), weights) < _HELD * sum(weights.values()):
            return None  # the best of a few passages, for want of another
        found = excerpt, telling(excerpt.text, weights), chance(held)
        if not found[1]:
            return None
    excerpt, sentence, probability = found
    said = Said(sentence, excerpt.citations, excerpt.id)
    return Draft("answered", QUOTATION, LEAD, said=(said,), notes=_notes(query), chance=probability)


def beside(texts: Texts, text: str) -> Draft | None:
    """The quotation for one of several questions of which others are answered by articles."""
    draft = quote(texts, text)
    return replace(draft, lead="", notes=(BESIDE, *draft.notes)) if draft is not None else None


def _defined(texts: Texts, query: Query, name: str, first: int) -> tuple[Excerpt, str, float] | None:
    """The sentence that says what `name` is, of the best passage that has one."""
    # A slip in the name was mended in the query.
    mended = dict(query.mended)
    written = " ".join(mended.get(word, word) for word in words(name))
    held = [texts.library.excerpts[hit.place - first] for hit in texts.index.search(query, _LOOKED_AT, first=first)]
    sentences = [(one, one.text[a:b]) for one in held for a, b in spans(one.text) if b - a <= _SHOWN]
    for defines in defining.definition_of(written):
        for excerpt, sentence in sentences:
            if defines(sentence):
                return excerpt, sentence, _DEFINED
    return None


def chance(held: Support) -> float:
    """The probability (0 to 1) that the best passage answers."""
    constant, fit, rival = _WEIGHTS
    return 1.0 / (1.0 + math.exp(-(constant + fit * held.fit + rival * held.rival)))


def telling(text: str, weights: dict[str, float]) -> str:
    """The fewest sentences that follow each other and say most of what `weights` ask for, by stem; as they stand.

    Empty where each sentence is too long to be quoted.
    """
    at = spans(text)
    windows = {
        (size, n): text[at[n][0] : at[n + size - 1][1]]
        for size in range(1, _LONGEST + 1)
        for n in range(len(at) - size + 1)
        if at[n + size - 1][1] - at[n][0] <= _SHOWN
    }
    worth = {key: _worth(window, weights) for key, window in windows.items()}
    enough = _ENOUGH * max(worth.values(), default=0.0)
    held = [key for key, value in worth.items() if value >= enough]
    return windows[min(held, key=lambda key: (key[0], -worth[key]))] if held else ""


def _worth(text: str, weights: dict[str, float]) -> float:
    """The weights of the stems that a text holds."""
    return sum(weights[stem] for stem in set(stems(words(text))) & weights.keys())


def _notes(query: Query) -> tuple[str, ...]:
    return (f"Read as: {', '.join(to for _, to in query.mended)}.",) if query.mended else ()
