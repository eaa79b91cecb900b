"""Mends slips in the words of a query towards the words of the texts that are searched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORT = 4  # letters that a word has at least to be mended
_LONG = 8  # letters from which on it may carry two slips
_MOST = 30  # letters of the longest word that is looked at
_ENDS = 2  # letters at the beginning or at the end that are right: slips seldom stand at both
_CANDIDATES = 32


class Mender:
    """The words of the texts, the most used first. Distances are restricted Damerau-Levenshtein (OSA).

    `shortest` is how many letters a word has at least to be mended.
    """

    def __init__(self, known: Sequence[str], *, shortest: int = _SHORT) -> None:
        self._known = known
        self._shortest = shortest

    def nearest(self, word: str) -> str | None:
        """The nearest word, the most used of several; None for one that is too short, too long, or near nothing."""
        if not self._shortest <= len(word) <= _MOST or not word.isalpha():
            return None
        begun, ended = self._by_ends
        allowed = 1 if len(word) < _LONG else 2
        found: list[tuple[int, int]] = []
        for pool in (begun.get(word[:_ENDS], {}), ended.get(word[-_ENDS:], {})):
            hits = process.extract(word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=_CANDIDATES)
            found += [(int(distance), at) for _, distance, at in hits]
        return self._known[min(found)[1]] if found else None

    @cached_property
    def _by_ends(self) -> tuple[dict[str, dict[int, str]], dict[str, dict[int, str]]]:
        """The words by how they begin and by how they end, each by its rank."""
        begun: dict[str, dict[int, str]] = {}
        ended: dict[str, dict[int, str]] = {}
        for rank, word in enumerate(self._known):
            begun.setdefault(word[:_ENDS], {})[rank] = word
            ended.setdefault(word[-_ENDS:], {})[rank] = word
        return begun, ended
