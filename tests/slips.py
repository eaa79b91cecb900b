"""Single slips of the names of structures: of typing, of hearing, of missing letters.

A slip that equals another structure's name, or lies as near to one, is set apart: it should be asked about. Of the rest
the share that finds its structure is counted. `python tests/slips.py` prints the figures and the first failures.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from fabella import Engine
from fabella_knowledge import library as libraries
from fabella_knowledge.library import Library
from fabella_knowledge.tokens import singular, words
from rapidfuzz import process
from rapidfuzz.distance import OSA

KEYS = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
SOUNDS = [
    ("ph", "f"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("ae", "e"), ("x", "ks"), ("th", "t"), ("rh", "r"),
    ("qu", "kw"), ("oe", "e"), ("ei", "ie"), ("ie", "ei"), ("us", "is"), ("or", "er"), ("z", "s"), ("s", "z"),
]  # fmt: skip
LEAST = 5  # letters of a word that gets a slip
EACH = 4  # slips of a name


@dataclass(frozen=True, slots=True)
class Slip:
    """A name as it was mistyped: of which structure, the name, and what was typed."""

    structure: str
    name: str
    typed: str


def names(library: Library) -> dict[str, set[str]]:
    """The names that people may type, folded, with the structures that own them; those with a long word only."""
    found: dict[str, set[str]] = {}
    for term in library.vocabulary.terms.values():
        if term.article:
            for alias in (term.name, *term.aliases):
                found.setdefault(" ".join(words(alias)), set()).add(term.name)
    for alias, doubt in library.vocabulary.ambiguous.items():
        found.setdefault(alias, set()).update(doubt.owners)
    return found


def variants(word: str) -> Iterator[str]:
    """The single slips of a word, of every kind."""
    for n in range(len(word)):
        yield word[:n] + word[n + 1 :]
        yield word[:n] + word[n] + word[n:]
        if n + 1 < len(word) and word[n] != word[n + 1]:
            yield word[:n] + word[n + 1] + word[n] + word[n + 2 :]
        for key in KEYS.get(word[n], ""):
            yield word[:n] + key + word[n + 1 :]
    for sound, other in SOUNDS:
        at = word.find(sound)
        if at >= 0:
            yield word[:at] + other + word[at + len(sound) :]


def slips(library: Library, *, seed: int = 7) -> Iterator[Slip]:
    """Some slips of every name that one structure alone owns."""
    draw = random.Random(seed)
    for name, owners in sorted(names(library).items()):
        row = name.split()
        long = [n for n, word in enumerate(row) if len(word) >= LEAST and word.isalpha()]
        if len(owners) != 1 or not long:
            continue
        made: set[str] = set()
        for _ in range(EACH):
            at = draw.choice(long)
            typed = draw.choice(sorted(set(variants(row[at])) - {row[at]}))
            made.add(" ".join((*row[:at], typed, *row[at + 1 :])))
        yield from (Slip(next(iter(owners)), name, typed) for typed in sorted(made))


def parted(library: Library) -> tuple[list[Slip], list[Slip]]:
    """The slips that lie nearest to their own structure, and those that equal or lie as near to another."""
    held = names(library)
    pool = sorted(held)
    clear, apart = [], []
    made = list(slips(library))
    distances = process.cdist([one.typed for one in made], pool, scorer=OSA.distance, score_cutoff=3)
    for one, row in zip(made, distances, strict=True):
        own = min(d for d, name in zip(row, pool, strict=True) if one.structure in held[name])
        other = min(d for d, name in zip(row, pool, strict=True) if one.structure not in held[name])
        (clear if own < other else apart).append(one)
    return clear, apart


def found(engine: Engine, one: Slip) -> str | None:
    """The structure that a question with the slip is answered about, None where it is asked back or refused."""
    answer = engine.ask(f"What is the {one.typed}?")
    if answer.status in {"clarify", "refused"}:
        return None
    if answer.intent == "muscles":
        return next((e.name.lower() for e in answer.entities if e.type == "structure"), None)
    return answer.statements[0].passage.partition("#")[0].replace("-", " ") if answer.statements else None


def crosses(library: Library, one: Slip, got: str) -> bool:
    """Whether the structure found differs from the one meant by a pair that must never be bridged."""
    meant, given = set(words(one.structure)), set(words(got))
    never = library.vocabulary.never
    return any((a, b) in never for a in meant - given for b in given - meant)


def main(show: int) -> None:
    """Print the figures."""
    library, engine = libraries.load(), Engine.load()
    clear, apart = parted(library)
    wrong = [(one, got) for one in clear if not same(got := found(engine, one), one)]
    asked_back = sum(found(engine, one) is None for one in apart)
    bridged = [(one, got) for one in (*clear, *apart) if (got := found(engine, one)) and crosses(library, one, got)]
    print(f"slips nearest to their own name  {len(clear):>6}")
    print(f"  found                          {len(clear) - len(wrong):>6}  {1 - len(wrong) / len(clear):.2%}")
    print(f"slips as near to another name    {len(apart):>6}, asked back or refused {asked_back}")
    print(f"across a pair of opposites       {len(bridged):>6}")
    for one, got in [*bridged, *wrong][:show]:
        print(f"  {one.typed} ({one.name}, {one.structure}) -> {got}")


def same(got: str | None, one: Slip) -> bool:
    """Whether that structure was meant. Hyphens and plurals of its name don't matter."""
    return got is not None and [singular(w) for w in words(got)] == [singular(w) for w in words(one.structure)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
