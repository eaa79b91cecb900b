"""Settles names that several structures have: by the rest of the question, the conversation, a declared default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents.mentions import Link
from fabella_intents.question import Context

Kin = Callable[[str], frozenset[str]]
_TWO = frozenset({"two", "both"})
# Names that say nothing of where a structure lies.
_SILENT = frozenset({"author", "journal", "method", "population", "depth", "state"})


def settle(links: Sequence[Link], row: Sequence[str], context: Context, kin: Kin) -> tuple[Link, ...]:
    """The links with one term where something tells which is meant. `kin` are the terms that go with a structure.

    "The two teres muscles" are both.

    What the question itself tells is no assumption; what the conversation or a default tells is one, and is said.
    """
    made = []
    for one in links:
        owners = one.owners
        if len(owners) < 2:
            made.append(one)
            continue
        if len(one.terms) == 2 and _TWO & set(row[max(0, one.start - 2) : one.start]):
            made += [replace(one, terms=(term,), owners=(term,)) for term in one.terms]
            continue
        beside = {x.term for x in links if x is not one and len(x.owners) < 2 and x.kind not in _SILENT}
        told = _best(owners, beside, kin)
        if told is not None:
            made.append(replace(one, terms=(told,), assumed=False))
            continue
        before = context.structure if context.structure in owners else None
        if before is None and context.structure is not None:
            before = _best(owners, kin(context.structure), kin)
        if before is not None:
            made.append(replace(one, terms=(before,), assumed=True))
        else:
            made.append(one)
    return tuple(made)


def completed(links: Sequence[Link], row: Sequence[str], context: Context, vocabulary: Vocabulary) -> tuple[Link, ...]:
    """The links with names that leave out what a structure spoken of before says.

    "No, the magnus" after the adductor brevis; "the gluteus medius has this nerve while the maximus has not".
    """
    named = [x for x in links if x.kind == "muscle"]
    made = list(links)
    taken = {n for x in links if x.kind != "part" for n in range(x.start, x.end)}  # "the internal one" may be no part
    telling = vocabulary.latin if named else vocabulary.parting
    for at, word in enumerate(row):
        if at in taken or word not in telling or (not named and len(made) > len(links)):
            continue
        spoken = [x.term for x in made if x.kind == "muscle" and x.end <= at]
        before = spoken[::-1] if named else [context.structure or ""]
        found = next((x for name in before for x in _others(name, word, vocabulary)), None)
        if found is not None:
            made = [x for x in made if x.end <= at or at < x.start]
            made.append(Link(vocabulary.kind(found), (found,), at, at + 1, not named, (found,)))
    return tuple(sorted(made, key=lambda x: (x.start, x.end)))


def _others(name: str, word: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The structures with articles whose names have `word` for one of those of `name`."""
    said = tuple(name.split())
    for place in range(len(said) - 1, -1, -1) if len(said) > 1 else ():
        for other in (" ".join((*said[:place], word, *said[place + 1 :])), " ".join((*said[:place], word))):
            if other != name and other in vocabulary.terms and vocabulary.terms[other].article:
                yield other


def _best(owners: Sequence[str], told: frozenset[str] | set[str], kin: Kin) -> str | None:
    """The owner with the most kin among what is told, and that most of it has as kin; None for a tie."""
    near = [kin(one) for one in told]
    scores = sorted(
        (
            (len(told & (kin(one) | {one})) + sum(one in k for k in near), sum(bool(kin(one) & k) for k in near), one)
            for one in owners
        ),
        reverse=True,
    )
    return scores[0][2] if scores[0][:2] > scores[1][:2] else None
