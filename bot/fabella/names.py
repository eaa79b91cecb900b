"""Completes names as people begin to type them, and tells which term a typed name means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property

from fabella_knowledge.model import Term
from fabella_knowledge.tokens import words
from fabella_knowledge.vocabulary import Vocabulary
from rapidfuzz import fuzz, process

_NEAR = 70.0  # rapidfuzz ratio (0 to 100) from which on a name is offered for a slip
_SHORTEST = 3  # letters from which on a text may be a slip


class Names:
    """The names of the vocabulary's terms. `mended` gives the terms that a text names once its slips are mended."""

    def __init__(self, vocabulary: Vocabulary, mended: Callable[[str], Iterable[str]]) -> None:
        self._vocabulary = vocabulary
        self._mended = mended

    def complete(
        self, prefix: str, *, kinds: Collection[str] = (), limit: int = 10, slips: bool = True
    ) -> tuple[str, ...]:
        """Displayed names of terms of `kinds` (none: of structures with an article) that begin with `prefix`.

        The shortest names come first, then those of which a later word begins so; where there is none, those of which
        it may be a slip.
        """
        typed = " ".join(words(prefix))
        found = dict.fromkeys(self._beginning(typed, kinds))
        if not found and slips and len(typed) >= _SHORTEST:
            names = [name for name, term in self._whole if _wanted(term, kinds)]
            near = process.extract(typed, names, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=limit * 4)
            owners = dict(self._whole)
            found = dict.fromkeys(owners[name].display for name, _, _ in near)
        return tuple(found)[:limit]

    def resolve(self, text: str, *, kinds: Collection[str] = ()) -> tuple[str, ...]:
        """The names of the terms that `text` stands for: one where it is clear, several where it isn't, none at all.

        A name or an alias is taken as it is; else what it names once slips are mended.
        """
        typed = " ".join(words(text))
        owned = self._vocabulary.ambiguous.get(typed)
        if owned is not None and owned.default is None:
            held = (self._vocabulary.terms[one] for one in owned.owners if one in self._vocabulary.terms)
            return tuple(one.name for one in held if _wanted(one, kinds))
        same = [term.name for name, term in self._whole if name == typed and _wanted(term, kinds)]
        if same:
            return tuple(dict.fromkeys(same))
        terms = (self._vocabulary.terms[one] for one in self._mended(text) if one in self._vocabulary.terms)
        return tuple(dict.fromkeys(one.name for one in terms if _wanted(one, kinds)))

    def _beginning(self, typed: str, kinds: Collection[str]) -> Iterator[str]:
        for rows in (self._whole, self._inner):
            start = bisect_left(rows, typed, key=_name)
            end = bisect_left(rows, typed + "\U0010ffff", key=_name)
            held = (row for row in rows[start:end] if _wanted(row[1], kinds))
            yield from (term.display for _, term in sorted(held, key=lambda row: len(row[0])))

    @cached_property
    def _whole(self) -> list[tuple[str, Term]]:
        """Every name and alias, folded, with its term."""
        terms = self._vocabulary.terms.values()
        names = ((" ".join(words(one)), term) for term in terms for one in (term.name, *term.aliases))
        return sorted(set(names), key=_name)

    @cached_property
    def _inner(self) -> list[tuple[str, Term]]:
        """Each term's own name from each of its later words on: "brevis" begins one of the fibularis brevis."""
        names = ((term.name.lower(), term) for term in self._vocabulary.terms.values())
        later = ((name[at + 1 :], term) for name, term in names for at, letter in enumerate(name) if letter == " ")
        return sorted(later, key=_name)


def _name(row: tuple[str, Term]) -> str:
    return row[0]


def _wanted(term: Term, kinds: Collection[str]) -> bool:
    return term.kind in kinds if kinds else term.article
