"""Finds the names of terms in a row of words: exact, longest first, through the table of aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fabella_knowledge.tokens import DETERMINERS, singular, words

_END = ""
_INSIDE = DETERMINERS - {"that", "those"}  # "the muscle in the leg that curls the toe" names no leg curl


@dataclass(frozen=True, slots=True)
class Mention:
    """Terms that words `start:end` may name. More than one term: the name is ambiguous."""

    terms: tuple[str, ...]
    start: int
    end: int


class Gazetteer:
    """A trie over the words of all aliases; a walk takes the words times those of the longest alias."""

    def __init__(self, aliases: Mapping[str, Sequence[str]]) -> None:
        """`aliases` maps an alias as people write it to the names of the terms that it may stand for.

        An alias without a letter or digit is never found.
        """
        self._root: dict[str, object] = {}
        for alias, terms in aliases.items():
            node = self._root
            for word in _key(words(alias)):
                node = node.setdefault(word, {})  # type: ignore[assignment]
            if node is not self._root:
                held = node.setdefault(_END, [])
                assert isinstance(held, list)
                held.extend(term for term in terms if term not in held)

    def find(self, row: Sequence[str]) -> tuple[Mention, ...]:
        """The mentions in `row` (folded words) from left to right, longest match first, none overlapping."""
        keys = [singular(word) for word in row]
        mentions: list[Mention] = []
        at = 0
        while at < len(row):
            best = self._longest(keys, at)
            if best is None:
                at += 1
            else:
                mentions.append(best)
                at = best.end
        return tuple(mentions)

    def _longest(self, keys: Sequence[str], start: int) -> Mention | None:
        node: dict[str, object] = self._root
        best = None
        at = start
        while at < len(keys):
            child = node.get(keys[at])
            if child is None:
                if at > start and keys[at] in _INSIDE:
                    at += 1
                    continue
                break
            assert isinstance(child, dict)
            node = child
            at += 1
            held = node.get(_END)
            if held is not None:
                assert isinstance(held, list)
                best = Mention(tuple(held), start, at)
        return best


def _key(row: Iterable[str]) -> list[str]:
    """The words that must be there: no determiners inside the name, but "bundle of His" keeps its end."""
    found = [singular(word) for word in row]
    last = len(found) - 1
    return [word for at, word in enumerate(found) if at in (0, last) or word not in DETERMINERS]
