"""The words of a question for a router of any set of intents: in lower case, slips mended towards the examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from fabella_knowledge.mending import Mender
from fabella_knowledge.tokens import words

from fabella_intents.features import Features

_SHORTEST = 3  # letters of a slip, at least: of a word of four letters one may be missing
_LEAST_USES = 2  # of a word that is mended towards
_LEAST_LETTERS = 4


class Wording:
    """Words of the examples, and those of `english`, are taken as meant; others as the nearest of the examples."""

    def __init__(self, examples: Iterable[str], english: Collection[str]) -> None:
        uses = Counter(word for text in examples for word in words(text))
        worth = [word for word, n in uses.most_common() if n >= _LEAST_USES and len(word) >= _LEAST_LETTERS]
        self._known = frozenset(english) | frozenset(uses)
        self._mender = Mender(worth, shortest=_SHORTEST)

    def features(self, text: str) -> Features:
        """What the router sees of a question."""
        return Features(tuple([word if word in self._known else self._mended(word) for word in words(text)]))

    def _mended(self, word: str) -> str:
        return self._mender.nearest(word) or word
