"""What a library lacks: sections that articles on muscles don't have, and facts that rest on Wikipedia alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fabella_knowledge.library import Library
from fabella_knowledge.model import Article, Passage

LOOKED_UP = ("Origin", "Insertion", "Action", "Innervation", "Blood supply")
_ALONE = "Wikipedia"  # the container of references that should not stand alone


@dataclass(frozen=True, slots=True)
class Gap:
    """An article of a region and what it lacks: sections without a fact, facts that rest on Wikipedia alone."""

    region: str
    name: str
    missing: tuple[str, ...]
    alone: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Of the facts under a section, how many there are, and how many rest on Wikipedia alone."""

    section: str
    facts: int
    alone: int


def gaps(library: Library) -> tuple[Gap, ...]:
    """The muscles that lack something, by region in the vocabulary's order, then as the files stand."""
    order = {region: n for n, region in enumerate(library.vocabulary.regions)}
    found = [gap for one in _muscles(library) if (gap := _gap(one, library)).missing or gap.alone]
    return tuple(sorted(found, key=lambda gap: order.get(gap.region, len(order))))


def shares(library: Library) -> tuple[Share, ...]:
    """A row for each section that muscles are looked up by."""
    held = [p for one in _muscles(library) for p in one.passages]
    return tuple(
        Share(
            section,
            sum(p.section == section for p in held),
            sum(p.section == section and _rests_alone(p, library) for p in held),
        )
        for section in LOOKED_UP
    )


def _muscles(library: Library) -> Iterator[Article]:
    return (one for one in library.articles.values() if one.kind == "muscle")


def _gap(one: Article, library: Library) -> Gap:
    told = {p.section for p in one.passages}
    return Gap(
        one.region,
        one.display,
        tuple(section for section in LOOKED_UP if section not in told),
        tuple(p for p in one.passages if _rests_alone(p, library)),
    )


def _rests_alone(passage: Passage, library: Library) -> bool:
    return all(library.references[c.reference].container == _ALONE for c in passage.citations)
