"""What is decided about one question before it is numbered and printed."""

from __future__ import annotations

from dataclasses import dataclass

from fabella_knowledge.model import Citation, Passage

GIVEN = ("answered", "corrected")  # the statuses of what says something
QUOTATION = "quotation"  # the intent of what a text says that is no article
BUDGET = 600  # characters of statements, unless more was asked for


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says: the text, its citations, and the passage that it stands in ("" for a reference entry)."""

    text: str
    citations: tuple[Citation, ...]
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before its sources are numbered: names of columns, and rows of a label and a cell a column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Said, ...], ...]], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The outcome for one question.

    `references` are those that the answer is about, `listed` the structures that it lists, for later ordinals;
    `sought` what these have in common.
    """

    status: str
    intent: str
    lead: str = ""
    said: tuple[Said, ...] = ()
    notes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    structure: str | None = None
    parts: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()
    grid: Grid | None = None
    style: str | None = None
    chance: float = 0.5


def say(passage: Passage, display: str) -> Said:
    """A passage as a statement that stands on its own: "Gastrocnemius, origin (lateral head): ..."."""
    label, colon, rest = passage.text.partition(": ")
    titled = bool(colon) and len(label) <= 40 and passage.section in {"Origin", "Insertion", "Action", "Variants"}
    if passage.section == "Description":
        return Said(f"{display}: {_lower(passage.text)}", passage.citations, passage.id)
    part = f" ({_lower(label)})" if titled else ""
    text = rest if titled else passage.text
    return Said(f"{display}, {passage.section.lower()}{part}: {_lower(text)}", passage.citations, passage.id)


def _lower(text: str) -> str:
    """The first letter small, unless the first word is an abbreviation or a name like "T-band"."""
    first, _, rest = text.partition(" ")
    name = rest[:1].isupper() and rest[1:2].islower()  # "Central Europe"
    return text if name or (len(first) > 1 and not first[1:].islower()) else text[:1].lower() + text[1:]


def fitted(said: tuple[Said, ...]) -> tuple[Said, ...]:
    """The first statements that keep to the budget, at least one."""
    total = 0
    kept: list[Said] = []
    for one in said:
        total += len(one.text)
        if kept and total > BUDGET:
            break
        kept.append(one)
    return tuple(kept)
