"""Compares structures, or the parts of one, section by section: a table whose cells are cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fabella_intents.mentions import STRUCTURES, link
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.seeking import COMMON
from fabella_intents.splitting import POINTS

from fabella.criteria import criteria
from fabella.desk import UNRELATED
from fabella.draft import Draft, Grid, Said, say
from fabella.evidence import Fact
from fabella.sections import sections
from fabella.seeking import spoken_of

if TYPE_CHECKING:
    from fabella.desk import Desk

ROWS = ("Location", "Heads", "Members", "Origin", "Insertion", "Action", "Innervation", "Blood supply")
_WHOLE = frozenset({"Heads", "Members", "Location"})  # what is told of a muscle, not of its parts
_MOST = 6  # columns of a table
# The rows that tell of a kind of term.
_TELLING = {
    **dict.fromkeys(("movement", "activity", "joint"), ("Action",)),
    **dict.fromkeys(("nerve", "root"), ("Innervation",)),
    **dict.fromkeys(("bone", "landmark"), ("Origin", "Insertion")),
    "artery": ("Blood supply",),
    **dict.fromkeys(("compartment", "depth"), ("Location",)),
}
_WHICH = re.compile(
    r"\b(?:which|who)\b(?! (?:direction|way|side|end|part|joint|bone|nerve|root|arter|movement|action|level)\w*)", re.I
)
_DOING = re.compile(
    r"\bwhat (?:each(?: one| of them)?|they|both) do(?:es)?\b"
    r"|\bwhat (?:else |extra |more |movements? )?(?:do|does|can) [^?]*\b(?:do|make|perform)\b",
    re.I,
)
# What verbs ask for: "where does each of them attach below the knee?".
_VERBS = (
    (re.compile(r"\b(?:aris\w*|originat\w*|start\w*|begin\w*|com(?:e|es|ing) from)\b", re.I), ("Origin",)),
    (re.compile(r"\b(?:insert\w*|end(?:s|ing)?|finish\w*)\b", re.I), ("Insertion",)),
    (re.compile(r"\b(?:attach\w*|anchor\w*)\b", re.I), ("Origin", "Insertion")),
    (re.compile(r"\b(?:innervat\w*|nerves?|wired)\b", re.I), ("Innervation",)),
)
_THERE = re.compile(r"\b(?:there|in (?:this|that))\b\W*$", re.I)
_THEY = re.compile(r"\b(?:they|them|these|those|the two|both|their)\b", re.I)
_EACH = re.compile(r"\b(?:each|respectively)\b", re.I)
_JOINT = re.compile(r"\b(?:joints?|cross(?:es|ing)?|act(?:s|ing)? (?:on|at|over))\b", re.I)
_HEADS = re.compile(r"\b(?:heads?|bell(?:y|ies)|parts?|halves|portions?)\b", re.I)


def compare(read: Read, context: Context, desk: Desk) -> Draft:
    """What the library says of each of the structures named, side by side."""
    held = desk.facts.library.articles
    named = [x.term for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1]
    if not named and _THEY.search(read.text):
        before = link(read.message[: read.start], desk.facts.library.vocabulary)
        named = [x.term for x in before if x.kind == "muscle" and len(x.terms) == 1]
    if not named and read.question.structure is not None:
        named = [read.question.structure]  # "it has two heads. Do they share a nerve?"
    grouped = len(set(named)) == 1 and bool(desk.atlas.groups.get(named[0])) and not POINTS & set(read.row)
    if len(set(named)) < 2 and context.structure is not None and not grouped and not _HEADS.search(read.text):
        named = [context.structure, *named]  # "how is that different from the soleus?"
    if len(set(named)) < 2 and _THEY.search(read.text):
        named = [*spoken_of(context), *named]  # "do they have the same nerve?"
    columns: list[tuple[str, str | None]] = [(one, None) for one in dict.fromkeys(named) if one in held]
    lacking = [one for one in dict.fromkeys(named) if one not in held]
    if len(columns) == 1 and desk.atlas.groups.get(columns[0][0]) and len(set(named)) == 1:
        columns = [(one, None) for one in desk.atlas.groups[columns[0][0]]]
    if len(columns) == 1 and len(held[columns[0][0]].parts) > 1:
        columns = [(columns[0][0], part) for part in held[columns[0][0]].parts]
    if len(columns) < 2:
        if lacking:
            reason = f"My sources hold no article about this: {', '.join(map(desk.display, lacking))}."
            return desk.refuse(read, reason, intent="compare")
        return _alone(read, columns, context, desk) or desk.clarify(read, "Which structures shall I compare? Name two.")
    return table(read, columns[:_MOST], desk, lacking=lacking)


def _alone(read: Read, columns: Sequence[tuple[str, str | None]], context: Context, desk: Desk) -> Draft | None:
    """What is asked of the one structure that is named, where there is nothing to compare it with."""
    related = (label for label, score in read.prediction.scores if score > UNRELATED)
    label = next(filter(desk.by_section, related), None) or desk.answering("Description")
    if not columns or label is None:
        return None
    structure = columns[0][0]
    question = replace(read.question, intents=(label,), structure=structure)
    draft = sections(replace(read, question=question), structure, context, desk)
    return draft if draft.said else None


def table(read: Read, columns: Sequence[tuple[str, str | None]], desk: Desk, *, lacking: Sequence[str] = ()) -> Draft:
    """The table of structures, or of parts of them, with the rows that were asked for or all."""
    common = COMMON.search(read.text) is not None
    wanted = _rows(read, desk, every=common, parts=any(part is not None for _, part in columns))
    rows = []
    for row in wanted:
        cells = [_facts(structure, part, row, desk) for structure, part in columns]
        cells = _shared(row, cells) if common else cells
        if any(cells):
            rows.append((row, cells))
    if not rows and common:
        return desk.refuse(read, "My sources name nothing that these have in common.", intent="compare")
    if not rows:
        return desk.refuse(read, "My sources don't say that about these.", intent="compare")
    said: list[Said] = []
    grid = []
    for row, cells in rows:
        grid.append((row, tuple(_cell(cell) for cell in cells)))
    for at in range(len(columns)):
        for _, cells in rows:
            said += [say(f.passage, desk.display(f.passage.structure)) for f in cells[at]]
    names = tuple(_name(structure, part, desk) for structure, part in columns)
    notes = tuple(f"My sources hold no article about this: {desk.display(one)}." for one in lacking)
    return Draft(
        "answered",
        "compare",
        _fulfilling(read, columns, desk),
        said=tuple(dict.fromkeys(said)),
        notes=notes,
        structure=columns[0][0],
        listed=tuple(dict.fromkeys(structure for structure, _ in columns)),
        grid=Grid(names, tuple(grid)),
        chance=max(read.answerable, desk.router.threshold),
    )


def _shared(row: str, cells: Sequence[tuple[Fact, ...]]) -> list[tuple[Fact, ...]]:
    """Of each column the facts that name what the others' name too: a movement as a whole, a site, a nerve."""

    def named(facts: Sequence[Fact]) -> set[frozenset[str]]:
        whole = row in {"Action", "Location"}
        return {key for f in facts for key in ([f.main] if whole else (frozenset({t}) for t in f.main))}

    alike = set[frozenset[str]].intersection(*(named(cell) for cell in cells)) - {frozenset()}
    return [tuple(f for f in cell if named([f]) & alike) for cell in cells]


def _rows(read: Read, desk: Desk, *, every: bool, parts: bool) -> tuple[str, ...]:
    """The sections asked for: those of intents named outright, else those that tell of the other names, else all."""
    asked = [s for name in read.asked for s in desk.definitions[name].sections(name)]
    asked = [one for one in asked if not (parts and one in _WHOLE)]
    if not any(one in ROWS for one in asked) and _DOING.search(read.text):
        asked = ["Action"]
    if not any(one in ROWS for one in asked):
        said = " ".join(read.message) if _THERE.search(read.text) else read.text
        asked = [s for pattern, held in _VERBS for s in held if pattern.search(said)]
    if not any(one in ROWS for one in asked) and not every:
        asked = [s for one in read.links for s in _TELLING.get(one.kind, ())]
        asked += ["Action"] if _JOINT.search(read.text) else []
    return tuple(row for row in ROWS if row in asked) or ROWS


def _fulfilling(read: Read, columns: Sequence[tuple[str, str | None]], desk: Desk) -> str:
    """ "Which of the two crosses the knee?": the columns of which sources say it, where they don't of all."""
    # "Which turns it in and which turns it out" is told by the table.
    one = len(_WHICH.findall(read.text)) == 1 and not _EACH.search(read.text)
    wanted = criteria(read, desk.facts.library.vocabulary) if one else ()
    if not wanted or any(one.negated for one in wanted):
        return ""
    met = {match.structure: match.facts for match in desk.atlas.seek(wanted)}
    own = [
        (structure, part)
        for structure, part in columns
        if structure in met
        and all(any(f.passage.part in {part, None} or part is None for f in facts) for facts in met[structure])
    ]
    return f"{', '.join(_name(*one, desk) for one in own)}." if 0 < len(own) < len(columns) else ""


def _facts(structure: str, part: str | None, row: str, desk: Desk) -> tuple[Fact, ...]:
    held = tuple(f for f in desk.facts.section(structure, row) if not f.passage.further or row == "Location")
    if part is None:
        return held
    if row in _WHOLE:
        return ()
    own = tuple(f for f in held if f.passage.part == part)
    return own or tuple(f for f in held if f.passage.part is None)


def _cell(facts: Sequence[Fact]) -> tuple[Said, ...]:
    return tuple(Said(f.passage.text, f.passage.citations, f.passage.id) for f in facts)


def _name(structure: str, part: str | None, desk: Desk) -> str:
    return f"{desk.display(structure)}, {part}" if part is not None else desk.display(structure)
