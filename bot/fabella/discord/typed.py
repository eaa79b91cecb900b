"""What was typed into the options of a look-up, as slots of a `Question`. Names may be aliases, and have slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fabella_knowledge.errors import FabellaError
from fabella_knowledge.model import ATTACHMENT_KINDS

from fabella import Engine, Question

_NEAR = 3  # names offered for one that nobody knows
_SITES = ATTACHMENT_KINDS - {"muscle", "sesamoid bone"}
# The options of /find: the slot of a Question that each fills, and the kinds of term that it takes.
FOUND_BY: Mapping[str, tuple[str, frozenset[str]]] = {
    "movement": ("movements", frozenset({"movement", "activity"})),
    "joint": ("joints", frozenset({"joint"})),
    "nerve": ("nerves", frozenset({"nerve"})),
    "root": ("roots", frozenset({"root"})),
    "artery": ("arteries", frozenset({"artery"})),
    "attachment": ("landmarks", _SITES),
    "region": ("regions", frozenset({"region"})),
    "compartment": ("compartments", frozenset({"compartment"})),
}


class Unclear(FabellaError):
    """What was typed means nothing, or several things: `said` tells which, `names` what it may mean.

    `asked` is the question to which any of the names could be the structure, None where that isn't all.
    """

    def __init__(self, said: str, typed: str, names: Sequence[str] = (), asked: Question | None = None) -> None:
        super().__init__(f"{said} {typed}")
        self.said = said
        self.typed = typed
        self.names = tuple(names)
        self.asked = asked


def about_structures(engine: Engine, asked: Question, names: Sequence[str], part: str | None) -> Question:
    """The question about the structures of these names, each once, or about a part of the one.

    Raises:
        Unclear: a name of no structure or of several, a part that the structure doesn't have, nothing to compare.
    """
    alone = asked if len(names) == 1 else None
    found = list(dict.fromkeys(_structure(engine, one, alone) for one in names))
    parts = engine.parts(found[0])
    if part is not None and part.lower() not in parts:
        held = f"It has these: {', '.join(parts)}." if parts else "No source tells parts of it."
        raise Unclear(f"I know no such part of the {found[0]}. {held}", part)
    if asked.intents[0] == "compare" and len(found) == 1 and len(parts) < 2:
        raise Unclear(f"The {found[0]} has no parts to compare. Name a second structure.", names[-1])
    named = (part.lower(),) if part is not None else ()
    return replace(asked, structure=found[0], others=tuple(found[1:]), parts=named)


def topic(engine: Engine, about: str | None) -> tuple[str, ...]:
    """The intent of a topic; none where no topic is typed.

    Raises:
        Unclear: there is no such topic.
    """
    if about is None:
        return ()
    topics = {one.name.replace("_", " "): one.name for one in engine.topics()}
    if about.strip().lower() not in topics:
        raise Unclear(f"I know no such topic. There are these: {', '.join(topics)}.", about)
    return (topics[about.strip().lower()],)


def in_common(engine: Engine, given: Mapping[str, str], end: str | None) -> Question:
    """The question for the muscles that share what is typed into these options.

    Raises:
        Unclear: an option holds no name of its kind or of several; nothing is typed.
    """
    slots: dict[str, Any] = {}
    for option, value in given.items():
        slot, kinds = FOUND_BY[option]
        terms = engine.resolve(value, kinds=kinds)
        if len(terms) != 1:
            near = terms or engine.complete(value, kinds=kinds, limit=_NEAR)
            raise Unclear(f"I know no {option} of that name. Choose one from the list while you type.", value, near)
        slots[slot] = terms
    if not slots:
        raise Unclear("Name at least one thing that the muscles have in common.", "")
    return replace(Question(("muscles", end) if end else ("muscles",)), **slots)


def _structure(engine: Engine, name: str, asked: Question | None) -> str:
    terms = engine.resolve(name)
    if len(terms) == 1:
        return terms[0]
    if terms:
        raise Unclear("That name may mean several structures.", name, terms, asked)
    near = engine.complete(name, limit=_NEAR)
    raise Unclear("My sources know no structure of that name.", name, near, asked)
