"""Finds names of structures that are cut short ("glut max") or that a slip makes another word ("pollicis longs")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from rapidfuzz.distance import OSA

from fabella_knowledge.gazetteer import Mention
from fabella_knowledge.model import Term
from fabella_knowledge.tokens import singular, words

_LETTERS = 3  # letters of a word that is cut short, at least
_WORDS = 5  # words of a name that is


class Variants:
    """The names of the terms that have articles, by what is left of them when a word is cut short or changed."""

    def __init__(self, terms: Iterable[Term], never: frozenset[tuple[str, str]]) -> None:
        """`never` holds the pairs of words of which none is taken for the other."""
        self._terms = tuple(one for one in terms if one.article)
        self._never = never

    @cached_property
    def _by_start(self) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
        """Names of muscles in several words, with their term, by the first letters of the first word."""
        table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for one in self._terms:
            row = words(one.name)
            if one.kind == "muscle" and 1 < len(row) <= _WORDS:
                table.setdefault(row[0][:_LETTERS], []).append((row, one.name))
        return {key: tuple(held) for key, held in table.items()}

    def shortened(self, row: Sequence[str], start: int) -> Mention | None:
        """A name whose words are all cut short from `start` on: "glut max", "tib ant", "flex dig sup"."""
        found = []
        for name, term in self._by_start.get(row[start][:_LETTERS], ()):
            said = row[start : start + len(name)]
            if (
                len(said) == len(name)
                and tuple(said) != name
                and all(len(a) >= _LETTERS and b.startswith(a) for a, b in zip(said, name, strict=True))
            ):
                found.append((len(name), term))
        if not found:
            return None
        longest = max(size for size, _ in found)
        return Mention(tuple(term for size, term in found if size == longest), start, start + longest)

    @cached_property
    def _patterns(self) -> Mapping[tuple[int, tuple[str, ...]], tuple[tuple[str, str], ...]]:
        """Names of structures that have articles, one word left out: its place and the rest, to word and term."""
        table: dict[tuple[int, tuple[str, ...]], list[tuple[str, str]]] = {}
        for one in self._terms:
            for alias in (one.name, *one.aliases):
                row = tuple(map(singular, words(alias)))
                for at, word in enumerate(row) if 1 < len(row) <= _WORDS else ():
                    if len(word) > _LETTERS:
                        table.setdefault((at, (*row[:at], *row[at + 1 :])), []).append((word, one.name))
        return {key: tuple(dict.fromkeys(held)) for key, held in table.items()}

    @cached_property
    def _pattern_words(self) -> frozenset[str]:
        return frozenset(word for _, rest in self._patterns for word in rest)

    def nearly(self, row: Sequence[str], start: int) -> Mention | None:
        """The longest name from `start` on of which a slip makes one word another: "extensor pollicis longs".

        Several terms: it lies as near to each. A pair that is never bridged is not.
        """
        keys = [singular(word) for word in row[start : start + _WORDS]]
        known = [word in self._pattern_words for word in keys]
        for size in range(len(keys), 1, -1):
            if sum(known[:size]) < size - 1:
                continue
            near: dict[str, None] = {}
            for at in range(size):
                rest = (*keys[:at], *keys[at + 1 : size])
                for word, term in self._patterns.get((at, rest), ()):
                    said = keys[at]
                    if (
                        said != word
                        and (said, word) not in self._never
                        and OSA.distance(said, word, score_cutoff=1) <= 1
                    ):
                        near[term] = None
            if near:
                return Mention(tuple(near), start, start + size)
        return None
