"""Prints a reference as a numbered source of an answer: in full, and in a few words."""

from __future__ import annotations

import re

from fabella_knowledge.model import Reference

from fabella.answer import Source

_LONGEST = 60  # characters of a label
_FAMILY = re.compile(r"^(?P<family>.+?)(?: [A-Z]{1,4})?$")  # "Moore KL", "da Vinci L", "OpenStax"


def printed(reference: Reference, number: int, *, style: str = "ama", locator: str | None = None) -> Source:
    """The source under its number, the reference in one of the engine's styles."""
    return Source(number, reference.id, getattr(reference, style), reference.url, locator, label(reference))


def label(reference: Reference) -> str:
    """A reference in at most 60 characters: "Gray 1918", "Wikipedia: Biceps", or its title."""
    person = reference.authors[0] if reference.authors else ""
    named = _FAMILY.match(person)
    family = named["family"] if named is not None else ""
    work = ": ".join(one for one in (reference.container, reference.title) if one)
    # A site's contributors are nobody's name: which of its pages it is says more.
    known = family and reference.year and not family.startswith(reference.container or "\n")
    return _clipped(f"{family} {reference.year}" if known else work or reference.id)


def _clipped(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
