"""Answers which of the muscles that a question names it is: "which crosses the knee: soleus, gastrocnemius"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fabella_intents.reading import Read
from fabella_intents.seeking import named

from fabella.criteria import Criterion, telling
from fabella.draft import Draft, say
from fabella.evidence import Fact

if TYPE_CHECKING:
    from fabella.desk import Desk

_FEW = 2  # muscles named from which on they are what is chosen from
_ONLY = re.compile(r"\b(?:only|just|solely|exclusively|not both)\b", re.I)
_ODD = re.compile(r"\bodd (?:one|man) out\b", re.I)


def among(read: Read, wanted: Sequence[Criterion], listed: Sequence[str], desk: Desk) -> Draft | None:
    """Those of the muscles named that meet the criteria, or don't where all of these are negated.

    `listed` are those that "which of the two" points at. None where fewer than two are named.
    """
    offered = named(read.links, read.row, read.start) or listed
    offered = tuple(one for one in offered if one in desk.facts.library.articles)
    if len(offered) < _FEW or not wanted:
        return None
    denied = all(one.negated for one in wanted) or _ODD.search(read.text) is not None
    sought = tuple(replace(one, negated=False) for one in wanted) if denied else tuple(wanted)
    # Which does neither: each of what is denied rules one out.
    found = [m for one in sought for m in desk.atlas.seek((one,))] if denied else desk.atlas.seek(sought)
    met: dict[str, list[Fact]] = {}
    for match in found:
        if match.structure in offered:
            met.setdefault(match.structure, []).extend(f for held in match.facts for f in held)
    if not met and len(sought) > 1 and not denied:
        return _each(read, offered, sought, desk)
    if not met:
        return desk.refuse(read, "My sources say that of none of these.", intent="muscles")
    meant = tuple(one for one in offered if (one in met) != denied)
    told = [f for one in offered for f in met.get(one, ())]
    instead = [f for one in meant if denied for f in desk.facts.section(one, *telling(sought))]
    draft = _shown(read, (*instead, *told), meant, desk)
    draft = replace(draft, structure=meant[0] if len(meant) == 1 else None)
    if len(meant) in {0, len(offered)} or _ONLY.search(read.text):
        return draft
    note = _note(meant, denied, any(one.negated for one in wanted))
    return replace(draft, lead=f"{', '.join(map(desk.display, meant))}.", notes=(note,))


def _each(read: Read, offered: Sequence[str], sought: Sequence[Criterion], desk: Desk) -> Draft:
    """What each of them meets: "medial or lateral pterygoid: which opens the mouth and which closes it?"."""
    found = [match for one in sought for match in desk.atlas.seek((one,)) if match.structure in offered]
    if not found:
        return desk.refuse(read, "My sources say that of none of these.", intent="muscles")
    facts = (f for match in found for held in match.facts for f in held)
    return _shown(read, facts, tuple(dict.fromkeys(match.structure for match in found)), desk)


def _shown(read: Read, facts: Iterable[Fact], meant: tuple[str, ...], desk: Desk) -> Draft:
    """The facts of the muscles meant; those that only go further where there are no others."""
    held = tuple(dict.fromkeys(facts))
    return Draft(
        "answered",
        "muscles",
        said=tuple(
            say(f.passage, desk.display(f.passage.structure))
            for f in [one for one in held if not one.passage.further] or held
        ),
        listed=meant,
        chance=max(read.answerable, desk.router.threshold),
    )


def _note(meant: Sequence[str], denied: bool, excluding: bool) -> str:
    """What the sources' silence about the rest, or about those meant, doesn't prove."""
    if excluding and not denied:
        return "Left out are those of which a source says what you excluded; the others may do it unsaid."
    others = "the others" if not denied else "this one" if len(meant) == 1 else "these"
    return f"My sources don't say it of {others}, which is no proof."
