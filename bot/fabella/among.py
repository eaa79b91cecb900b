"""Answers which of the muscles that a question names it is: "which crosses the knee: soleus, gastrocnemius"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fabella_intents.reading import Read
from fabella_intents.seeking import named

from fabella.criteria import SECTIONS, Criterion
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
    meant = [one for one in offered if (one in met) != denied]
    told = [f for one in offered for f in met.get(one, ())]
    instead = [f for one in meant if denied for f in desk.facts.section(one, *_sections(sought))]
    facts = dict.fromkeys(f for f in (*instead, *told) if not f.passage.further) or dict.fromkeys((*instead, *told))
    clear = 0 < len(meant) < len(offered) and not _ONLY.search(read.text)
    lead = f"{', '.join(map(desk.display, meant))}." if clear else ""
    excluding = not denied and any(one.negated for one in wanted)
    others = "this one" if denied and len(meant) == 1 else "these" if denied else "the others"
    note = f"My sources don't say it of {others}, which is no proof."
    if excluding:
        note = "Left out are those of which a source says what you excluded; the others may do it unsaid."
    return Draft(
        "answered",
        "muscles",
        lead,
        tuple(say(f.passage, desk.display(f.passage.structure)) for f in facts),
        (note,) if lead else (),
        structure=meant[0] if len(meant) == 1 else None,
        listed=tuple(meant),
        chance=max(read.answerable, desk.router.threshold),
    )


def _each(read: Read, offered: Sequence[str], sought: Sequence[Criterion], desk: Desk) -> Draft:
    """What each of them meets: "medial or lateral pterygoid: which opens the mouth and which closes it?"."""
    found = [match for one in sought for match in desk.atlas.seek((one,)) if match.structure in offered]
    if not found:
        return desk.refuse(read, "My sources say that of none of these.", intent="muscles")
    facts = dict.fromkeys(f for match in found for held in match.facts for f in held)
    plain = [f for f in facts if not f.passage.further] or list(facts)
    return Draft(
        "answered",
        "muscles",
        said=tuple(say(f.passage, desk.display(f.passage.structure)) for f in plain),
        listed=tuple(dict.fromkeys(match.structure for match in found)),
        chance=max(read.answerable, desk.router.threshold),
    )


def _sections(wanted: Sequence[Criterion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(section for one in wanted for section in SECTIONS.get(one.field, ())))
