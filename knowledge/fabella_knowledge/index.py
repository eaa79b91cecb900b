"""Fits the index that passages are searched by.

Terms are stems, pairs of stems, and grams of characters. A term's weight is a TF-IDF with the saturation and length of
BM25 (see `postings`), in a passage and in its section: a run of passages under one title (one without a title is its
own). The settings were chosen on questions about other books than those for which the README gives figures.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fabella_knowledge.postings import Ints, Occurrences, Postings, Saturation
from fabella_knowledge.ranking import Hit, Index, Query, Reason
from fabella_knowledge.tokens import words
from fabella_knowledge.units import WINDOW, grams, joining, stems

__all__ = ["DEFAULT", "Document", "Hit", "Index", "Level", "Query", "Reason", "Settings", "fit"]
_SPELT = Saturation(5.0, 0.75)
_STEP = 1000  # documents between two reports of progress


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched: a text under its title and headings."""

    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """What a passage, or a section, is found by: the weight of each kind of term (0: none) and their saturation."""

    words: float
    phrases: float  # two words, one right after the other
    near: float  # two content words, at most two others between them, in any order
    of_words: Saturation
    of_pairs: Saturation
    characters: float = 0.0
    of_characters: Saturation = _SPELT
    common: float = 1.0  # words in a larger share of the passages don't tell them apart


_PASSAGE = Level(1.0, 0.3, 0.15, Saturation(0.6, 0.75), Saturation(1.2, 0.5), common=0.5)
_SECTION = Level(0.25, 0.3, 0.2, Saturation(8.0, 1.0), Saturation(4.0, 0.6), characters=0.25)


@dataclass(frozen=True, slots=True)
class Settings:
    """The weights of what a passage and its section hold."""

    passage: Level = _PASSAGE
    section: Level = _SECTION


DEFAULT = Settings()


def fit(
    documents: Iterable[Document], *, settings: Settings = DEFAULT, step: Callable[[int], None] | None = None
) -> Index:
    """The index of `documents`, in their order. `step` is told now and then how many were read."""
    corpus = _read(documents, step)
    names = {stem: n for n, stem in enumerate(dict.fromkeys(stems(corpus.known)))}
    row = np.array([names[stem] for stem in stems(corpus.known)], dtype=np.int64)[corpus.row]
    keys, at = _pairs(row, corpus.place, names)
    chars, starts, parts = _grams(corpus.known)
    levels = {}
    for level, by, part_of in (
        ("passage", settings.passage, np.arange(len(corpus.section_of))),
        ("section", settings.section, corpus.section_of),
    ):
        place = part_of[corpus.place]
        among = int(part_of[-1]) + 1 if len(part_of) else 0
        held = Occurrences.of(row, place, among=among)
        lengths = held.lengths
        paired, pairs = Occurrences.of(keys, place[at], among=among).numbered()
        scale = np.where(pairs < len(names) ** 2, by.phrases, by.near)
        blocks = [
            Postings.weighed(held, lengths, np.full(len(names), by.words), by.of_words, common=by.common),
            Postings.weighed(paired, lengths, scale, by.of_pairs),
        ]
        if by.characters:
            spelt = Occurrences.of(corpus.row, place, among=among).spread(starts, parts)
            scale = np.full(len(chars), by.characters)
            blocks.append(Postings.weighed(spelt, spelt.lengths, scale, by.of_characters))
        else:
            blocks.append(Postings.none(len(chars), among=among))
        levels[level] = Postings.joined(blocks)
    uses = np.bincount(corpus.row, minlength=len(corpus.known))
    known = [corpus.known[n] for n in np.argsort(-uses, kind="stable")]
    return Index(tuple(names), pairs, chars, levels, corpus.section_of, known)


@dataclass(frozen=True, slots=True)
class _Corpus:
    """The words of all documents in one row: `row` numbers them in `known`, `place` says in which document each is."""

    known: list[str]
    row: Ints
    place: Ints
    section_of: Ints


def _read(documents: Iterable[Document], step: Callable[[int], None] | None) -> _Corpus:
    numbers: dict[str, int] = {}
    row, lengths, section_of = array("l"), array("l"), array("l")
    title = ""
    section = -1
    for count, one in enumerate(documents, 1):
        if one.title != title or not title:
            title = one.title
            section += 1
        held = words(f"{one.title} {one.heading} {one.text}")
        row.extend(numbers.setdefault(word, len(numbers)) for word in held)
        lengths.append(len(held))
        section_of.append(section)
        if step is not None and count % _STEP == 0:
            step(count)
    place = np.repeat(np.arange(len(lengths)), np.asarray(lengths, dtype=np.int64))
    return _Corpus(list(numbers), np.asarray(row, np.int64), place, np.asarray(section_of, np.int64))


def _pairs(row: Ints, place: Ints, names: dict[str, int]) -> tuple[Ints, Ints]:
    """The key of each pair (see `Index`) and where in the row it begins."""
    size = len(names)
    together = place[:-1] == place[1:]
    begins = np.flatnonzero(together)
    keys, at = [row[begins] * size + row[begins + 1]], [begins]
    joined = np.isin(row, [names[one] for one in joining() if one in names])
    content = np.flatnonzero(~joined)
    for gap in range(1, WINDOW + 1):
        one, two = content[:-gap], content[gap:]
        chosen = (place[one] == place[two]) & (row[one] != row[two])
        a, b = row[one[chosen]], row[two[chosen]]
        keys.append((size + np.minimum(a, b)) * size + np.maximum(a, b))
        at.append(one[chosen])
    return np.concatenate(keys), np.concatenate(at)


def _grams(known: Sequence[str]) -> tuple[tuple[str, ...], Ints, Ints]:
    """All grams, and those of each word: where they start in a row of numbers, and the row."""
    numbers: dict[str, int] = {}
    held, sizes = array("l"), array("l")
    for word in known:
        found = grams(word)
        held.extend(numbers.setdefault(gram, len(numbers)) for gram in found)
        sizes.append(len(found))
    starts = np.concatenate(([0], np.cumsum(np.asarray(sizes, np.int64))))
    return tuple(numbers), starts, np.asarray(held, np.int64)
