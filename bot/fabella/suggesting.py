"""Questions that the library really answers, to offer as a next step or as readings of an unclear one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fabella_intents.definition import Definition

from fabella.evidence import Facts

LIMIT = 3
_ORDER = (
    "attachments",
    "action",
    "exercises",
    "prevalence",
    "clinical",
    "insertion",
    "origin",
    "innervation",
    "fabella",
    "overview",
)


def questions(
    structure: str, definitions: Mapping[str, Definition], facts: Facts, *, without: Iterable[str] = ()
) -> tuple[str, ...]:
    """Every question about `structure` that its article answers, without those of the intents in `without`."""
    display = facts.library.vocabulary.display(structure).lower()
    skipped = {name.partition(".")[0] for name in without}
    found = []
    for name in sorted(definitions, key=lambda n: (_ORDER.index(n) if n in _ORDER else 99, n)):
        one = definitions[name]
        if one.suggestion is None or one.handler or one.name in skipped:
            continue
        if one.subject is None and one.kinds and facts.library.vocabulary.kind(structure) not in one.kinds:
            continue
        subject = one.subject or structure
        if facts.section(subject, *one.sections(one.name)) and (
            one.subject is None or _near(structure, subject, facts)
        ):
            found.append(one.suggestion.format(display))
    return tuple(found)


def _near(structure: str, subject: str, facts: Facts) -> bool:
    """Whether one of the two structures' articles names the other."""
    return (
        structure == subject
        or any(subject in f.terms for f in facts.of(structure))
        or any(structure in f.terms for f in facts.of(subject))
    )
