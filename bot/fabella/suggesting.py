"""Questions that the library really answers, to offer as a next step or as readings of an unclear one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fabella_intents.definition import Definition, intent_of

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


class Suggestions:
    """The questions about each structure that its article answers, made once."""

    def __init__(self, definitions: Mapping[str, Definition], facts: Facts) -> None:
        ordered = sorted(definitions.values(), key=lambda d: (_ORDER.index(d.name) if d.name in _ORDER else 99, d.name))
        self._of = {
            name: tuple(
                (one.name, one.suggestion.format(_shown(name, facts)))
                for one in ordered
                if one.suggestion and _fits(one, name, facts)
            )
            for name in facts.library.articles
        }

    def about(self, structure: str, *, without: Iterable[str] = ()) -> tuple[str, ...]:
        """Every such question about `structure`, without those of the intents in `without`."""
        skipped = {intent_of(label) for label in without}
        return tuple(question for name, question in self._of.get(structure, ()) if name not in skipped)


def _shown(structure: str, facts: Facts) -> str:
    return facts.library.vocabulary.display(structure).lower()


def _fits(one: Definition, structure: str, facts: Facts) -> bool:
    """Whether the article of the structure, or of the intent's own subject beside it, answers the intent."""
    if one.handler or (one.subject is None and one.kinds and facts.library.vocabulary.kind(structure) not in one.kinds):
        return False
    subject = one.subject or structure
    return bool(facts.section(subject, *one.sections(one.name))) and _near(structure, subject, facts)


def _near(structure: str, subject: str, facts: Facts) -> bool:
    """Whether one of the two structures' articles names the other."""
    return (
        structure == subject
        or any(subject in f.terms for f in facts.of(structure))
        or any(structure in f.terms for f in facts.of(subject))
    )
