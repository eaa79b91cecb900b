"""Settles names that several structures have: by the rest of the question, the conversation, a declared default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents.mentions import Link
from fabella_intents.question import Context

Kin = Callable[[str], frozenset[str]]
# Names that say nothing of where a structure lies.
_SILENT = frozenset({"author", "journal", "method", "population", "depth", "state"})


def settle(links: Sequence[Link], context: Context, kin: Kin) -> tuple[Link, ...]:
    """The links with one term where something tells which is meant. `kin` are the terms that go with a structure.

    What the question itself tells is no assumption; what the conversation or a default tells is one, and is said.
    """
    made = []
    for one in links:
        owners = one.owners
        if len(owners) < 2:
            made.append(one)
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
    """The links with names that leave out what the structure spoken of says: "no, the magnus" after adductor brevis."""
    name = tuple((context.structure or "").split())
    if len(name) < 2 or any(x.kind == "muscle" for x in links):
        return tuple(links)
    taken = {n for x in links for n in range(x.start, x.end)}
    for at, word in enumerate(row):
        if at in taken or word not in vocabulary.latin:
            continue
        for place in range(len(name) - 1, 0, -1):
            other = " ".join((*name[:place], word, *name[place + 1 :]))
            shorter = " ".join((*name[:place], word))
            found = next((x for x in (other, shorter) if x in vocabulary.terms and x != context.structure), None)
            if found is not None:
                made = Link(vocabulary.kind(found), (found,), at, at + 1, True, (found,))
                return tuple(sorted((*links, made), key=lambda x: (x.start, x.end)))
    return tuple(links)


def _best(owners: Sequence[str], told: frozenset[str] | set[str], kin: Kin) -> str | None:
    """The owner with the most kin among what is told, None for a tie."""
    scores = sorted(((len(told & (kin(one) | {one})), one) for one in owners), reverse=True)
    return scores[0][1] if scores[0][0] > scores[1][0] else None
