"""Finds passages: names resolved, slips mended, the best first, and why."""

from __future__ import annotations

from dataclasses import dataclass

from fabella_intents.mentions import link
from fabella_knowledge.index import Query, Reason
from fabella_knowledge.model import Excerpt, Passage

from fabella.texts import Texts

LONGEST = 10_000  # characters of a query


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found. The score is above 0 and has no upper end; `reasons` add up to it, if wanted."""

    passage: Passage | Excerpt
    score: float
    reasons: tuple[Reason, ...] = ()


def search(texts: Texts, text: str, *, limit: int = 10, explain: bool = False) -> tuple[Found, ...]:
    """The passages that fit `text`, best first, at most `limit`. `explain` fills `Found.reasons`."""
    query = read(texts, text)
    hits = texts.index.search(query, limit)
    return tuple(
        Found(texts.at(hit.place), hit.score, texts.index.reasons(query, hit.place) if explain else ()) for hit in hits
    )


def read(texts: Texts, text: str) -> Query:
    """`text` in the terms of the index, with the names of what it names by another: "heel bone" is the calcaneus.

    What lies beyond the first `LONGEST` characters is not read.
    """
    query = texts.index.query(text[:LONGEST])
    said = set(query.words)
    named = dict.fromkeys(term for one in link(query.words, texts.library.vocabulary) for term in one.terms)
    # A term that no text holds would be taken for a slip itself: "chile" for "while".
    more = [term for term in named if not said.issuperset(term.split()) and not texts.index.query(term).mended]
    return query if not more else texts.index.query(" ".join((*query.words, *more)), mended=query.mended)
