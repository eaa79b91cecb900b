"""Takes several structures that one question asks about alike: which they are, and one draft of theirs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.mentions import STRUCTURES, Link
from fabella_intents.reading import Read
from fabella_intents.subject import side_by_side

from fabella.desk import Desk
from fabella.draft import Draft

_EACH = re.compile(
    r"\b(?:each|both|respectively|either one)\b|\band (?:which|what|where|for|how about|the one)\b|[;?]\s*(?:and )?(?:which|what|where)\b"
    r"|\b(?:or|and)\b[^?]*\bwhich (?:one|of)\b|\bwhere does the other\b",
    re.I,
)
_CLAIMING = frozenset({"yesno", "truefalse"})
_SAME = re.compile(r"\bsame\b[^?]*\b(?:as|like)\b", re.I)  # "has it the same nerve as the plantaris?"
_JOINING = frozenset({"and", "or", "plus", "also"})
_RELATING = frozenset("with than from under over between deep superficial to by into onto past".split())
_GAP = 7  # words between two structures that are listed
_CLOSE = 3  # words between a part and what it is of


def together(read: Read, structure: str, desk: Desk) -> tuple[str, ...]:
    """The structures with articles that are asked about alike: "origin of the soleus and the plantaris"."""
    held = desk.facts.library.articles
    relating = desk.answering("Relations")
    if read.question.form not in {"open", "cloze", "either", *_CLAIMING} or relating in read.question.intents:
        return (structure,)
    named = [x for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1 and x.term in held]
    terms = tuple(dict.fromkeys(x.term for x in named))
    joined = side_by_side(named, read.message, every=True) or (bool(read.asked) and _listed(named, read.message))
    joined = joined or _SAME.search(read.text) is not None
    joined = joined or (read.question.form not in _CLAIMING and _EACH.search(read.text) is not None)
    return terms if structure in terms and len(terms) > 1 and joined else (structure,)


def _listed(named: Sequence[Link], row: Sequence[str]) -> bool:
    """Whether each is joined to the one before: "the nerve of the genioglossus and also the nerve of the palatoglossus"."""
    gaps = [row[a.end : b.start] for a, b in itertools.pairwise(named)]
    return all(_JOINING & set(gap) and len(gap) <= _GAP and not _RELATING & set(gap) for gap in gaps)


def of_own_part(read: Read, structure: str, desk: Desk) -> Read:
    """The read with the part named right before a structure: "long head of triceps and short head of biceps"."""
    parts = []
    for one in (x for x in read.links if x.term == structure):
        before = [x for x in read.links if x.end <= one.start]
        if before and before[-1].kind == "part" and one.start - before[-1].end <= _CLOSE:
            parts.append(before[-1].term)
    own = tuple(parts) or tuple(x for x in read.question.parts if x in desk.facts.library.articles[structure].parts)
    return replace(read, question=replace(read.question, parts=own))


def merged(drafts: Sequence[Draft]) -> Draft:
    """One draft of several; what one of them lacks is a note. The first where none says anything.

    A claim about all of them is so where it is so of each.
    """
    answered = [one for one in drafts if one.said]
    if not answered:
        return drafts[0]
    said = tuple(dict.fromkeys(statement for one in answered for statement in one.said))
    leads = {one.lead for one in answered}
    lead = next(iter(leads)) if len(leads) == 1 and len(answered) == len(drafts) else ""
    first = next((one for one in answered if one.status == "corrected"), answered[0])
    if first.status == "corrected":
        lead = first.lead  # what is claimed of all is not so of one of them
    notes = (*(note for one in answered for note in one.notes), *(one.lead for one in drafts if not one.said))
    return replace(first, lead=lead, said=said, notes=tuple(dict.fromkeys(notes)))


def with_lacking(read: Read, draft: Draft, desk: Desk) -> Draft:
    """The draft, with a note on structures asked about along with its own that have no article."""
    held = desk.facts.library.articles
    lacking = [x.term for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1 and x.term not in held]
    if draft.status != "answered" or draft.intent == "relations" or read.question.form != "open" or not lacking:
        return draft
    if not side_by_side(read.links, read.message):
        return draft
    named = ", ".join(desk.display(one) for one in dict.fromkeys(lacking))
    return replace(draft, notes=(*draft.notes, f"My sources hold no article about this: {named}."))
