"""Finds which muscles of the conversation a question points back at: each of them, or the one that meets something."""

from __future__ import annotations

import re

from fabella_intents.mentions import STRUCTURES, link
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.seeking import SELECTING
from fabella_intents.splitting import POINTS

from fabella.criteria import criteria
from fabella.desk import Desk
from fabella.seeking import spoken_of

_EACH = re.compile(
    r"\b(?:each|both) of (?:them|these|those)\b|\b(?:do|does|have|has) (?:each(?: one)?|both|the two|they both)\b"
    r"|^\W*(?:(?:and|so|ok|but|what about|how about)\W+)*(?:what (?:is|are)|where (?:is|are))? ?(?:their|both)\b"
    r"|\bof (?:them|those|these)\b|\b(?:they|these|those|them)(?: all| both)? (?:have )?(?:in common|share)\b"
    r"|^\W*(?:and |so )?(?:which|what) (?:are )?(?:the(?:ir)? )?"
    r"(?:nerves|arteries|roots|origins|insertions|actions|attachments)\W*$",
    re.I,
)
_FEW = 4  # structures found of which all are told, where one is meant
_MANY = 5  # structures from which on none is offered: naming some would be a guess


def pointed(read: Read, context: Context, desk: Desk) -> tuple[str, ...]:
    """The structures with articles that are meant; none where the question names its own or points at none."""
    if any(x.kind in STRUCTURES for x in read.links) or read.question.ordinal:
        return ()
    before = link(read.message[: read.start], desk.facts.library.vocabulary) if not context.listed else ()
    said = tuple(dict.fromkeys(x.term for x in before if x.kind == "muscle" and len(x.terms) == 1))
    spoken = said if len(said) > 1 and _EACH.search(read.text) else spoken_of(context)
    held = tuple(one for one in spoken if one in desk.facts.library.articles)
    if len(held) < 2:
        return ()
    if SELECTING.search(read.text):
        wanted = criteria(read, desk.facts.library.vocabulary)
        met = {match.structure for match in desk.atlas.seek(wanted)} if wanted else set()
        return tuple(one for one in held if one in met)
    if context.structure is None and len(held) <= _FEW and POINTS & set(read.row):
        return held  # "what nerve does it have?" after two were found
    return held if len(held) <= _MANY and _EACH.search(read.text) else ()
