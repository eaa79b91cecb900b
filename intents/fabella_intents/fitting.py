"""Fits what understanding needs: the speller's word lists and the router, from a library and intent definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from fabella_knowledge.library import Library
from fabella_knowledge.tokens import words
from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents import training
from fabella_intents.definition import Definition
from fabella_intents.features import Features
from fabella_intents.mentions import Link, link
from fabella_intents.router import Router
from fabella_intents.spelling import NAME, Speller
from fabella_intents.utterance import BLANK, clean

# Kinds of names that are asked about alike, whichever they are: what is true of one knee flexor is not of the next.
_ALIKE = frozenset(
    "muscle part nerve artery root author journal landmark bone joint movement cartilage disc ligament membrane fascia "
    "compartment region".split()
)
NAMED = 300.0  # the weight of a word that asks for an intent outright ("insertion")
_SHORT = 4  # letters of an English word that is no part of a name worth mending towards, at most
COMMON = 100  # a word that a general corpus of English holds at least so often is taken as meant


def english_words() -> frozenset[str]:
    """Words of general English, from the frequency list of pyspellchecker."""
    from spellchecker import SpellChecker

    return frozenset(w for w, n in SpellChecker(language="en").word_frequency.items() if n >= COMMON)


def speller(library: Library, definitions: Collection[Definition], english: frozenset[str]) -> Speller:
    """A speller that mends towards names, words of the passages, and words that several examples use."""
    weights: dict[str, float] = {}
    uses: Counter[str] = Counter()
    named = {w for one in definitions for name in one.names for w in words(name)}
    for one in definitions:
        for aspect in one.aspects:
            for example in aspect.examples:
                uses.update(set(words(example)))
    weights.update({w: float(n) for w, n in uses.items() if n >= 3 and w in english and len(w) > 3})
    for word in sorted(named):
        if len(word) > 3:
            weights[word] = max(weights.get(word, 0.0), NAMED)
    for passage in library.passages:
        for word in words(passage.text):
            if len(word) > 3:
                weights[word] = max(weights.get(word, 0.0), 20.0)
    for term in library.vocabulary.terms.values():
        weight = NAME + 500 if term.article else NAME if term.kind in {"bone", "muscle"} else 200.0
        for word in words(term.name):
            if len(word) > 3 and (term.article or word not in english or weight < NAME):
                weights[word] = max(weights.get(word, 0.0), weight)
        for alias in term.aliases:
            for word in words(alias):
                if len(word) > 3 and word not in english:
                    weights[word] = max(weights.get(word, 0.0), 200.0 if not term.article else NAME)
                elif len(word) > _SHORT and term.article:
                    weights[word] = max(weights.get(word, 0.0), 1.0)
    short = {
        w for term in library.vocabulary.terms.values() for alias in (term.name, *term.aliases) for w in words(alias)
    }
    short |= named
    short |= set(library.vocabulary.parts.sides) | {
        w for a in library.vocabulary.parts.abbreviations for w in a.split()
    }
    weights = dict(sorted(weights.items()))
    held = Speller(english | short, weights, library.vocabulary.never)
    # What people write in answerable examples and what is near no other word is a word, if a rare one.
    said = {
        word
        for one in definitions
        if one.refusal is None
        for aspect in one.aspects
        for example in aspect.examples
        for word in words(example)
    }
    rare = {word for word in said if not held.knows(word) and held.nearest(word) is None}
    return Speller(english | short | rare, weights, library.vocabulary.never)


def features(row: Sequence[str], links: Sequence[Link], known: frozenset[str]) -> Features:
    """What the router sees: names by kind or term, numbers and unknown words by a marker. Empty words are left out."""
    out: list[str] = []
    strange = 0
    at = 0
    for one in (*links, None):
        stop = one.start if one is not None else len(row)
        for word in filter(None, row[at:stop]):
            if word == BLANK.strip("_"):
                out.append("_blank")
            elif word.isdigit():
                out.append("_number")
            elif word in known:
                out.append(word)
            else:
                strange += len(word) > 3
                out.append("_strange" if len(word) > 3 else word)
        if one is None:
            break
        if one.start >= at:
            out.append(_marker(one))
            at = one.end
    return Features(tuple(out), strange)


def _marker(one: Link) -> str:
    if one.kind == "group":
        return "_muscle"  # a group of muscles is asked about like a muscle
    if one.kind in _ALIKE:
        return f"_{one.kind.replace(' ', '_')}"
    return "_" + one.term.replace(" ", "_").lower()


def router(definitions: Mapping[str, Definition], vocabulary: Vocabulary, spell: Speller) -> Router:
    """The router fitted on the examples of all definitions."""
    seen: list[Features] = []
    labels: list[str] = []
    declined: set[str] = set()
    talk: set[str] = set()
    for one in definitions.values():
        for label, aspect in zip(one.labels, one.aspects, strict=True):
            if one.refusal:
                declined.add(label)
            elif one.handler in {"smalltalk", "help"}:
                talk.add(label)
            for example in aspect.examples:
                row, _ = spell.correct(words(clean(example).text))
                links = link(row, vocabulary)
                if one.refusal and _settled_by_name(one, links, vocabulary):
                    continue
                seen.append(features(row, links, spell.known))
                labels.append(label)
    return training.fit(seen, labels, declined=frozenset(declined), talk=frozenset(talk))


def _settled_by_name(one: Definition, links: Sequence[Link], vocabulary: Vocabulary) -> bool:
    """Whether the example is declined for the muscle that it names alone: the look-up sees to that, not the router."""
    muscles = [link.term for link in links if link.kind == "muscle"]
    return one.name == "structure" and any(not vocabulary.terms[name].article for name in muscles)
