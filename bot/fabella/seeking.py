"""Answers a question for muscles with all those that the sources list, each with the fact and its citation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fabella_intents.mentions import STRUCTURES, Link, link
from fabella_intents.question import STRUCTURE, Context
from fabella_intents.reading import Read
from fabella_knowledge.model import Citation
from fabella_knowledge.tokens import words

from fabella import naming
from fabella.among import among
from fabella.atlas import Match
from fabella.criteria import Criterion, criteria, excluded, parsed, telling, written
from fabella.draft import Draft, Said, say
from fabella.evidence import Fact
from fabella.unnamed import about, described

if TYPE_CHECKING:
    from fabella.desk import Desk

_THE_MUSCLE = re.compile(
    r"\b(?:the|that|this|a) (?:[\w-]+ ){0,3}muscle\b|\bone (?:[\w-]+ ){0,3}muscle\b|\bthat one\b", re.I
)
_OF_THEM = re.compile(
    r"\b(?:which|what|any|all|one|ones|some|how many) (?:one |ones )?"
    r"of (?:them|these|those|the (?:two|three|four|five|six))\b|\bthe ones that\b",
    re.I,
)
_SEGMENTS = frozenset({"forearm", "arm", "thigh", "lower leg", "hand", "foot", "neck", "back"})
_THIS = re.compile(r"\b(?:this|that|the same) (nerve|artery|bone|landmark|process|compartment|layer)\b", re.I)
_KINDS = {
    "nerve": ("nerve",), "artery": ("artery",), "bone": ("bone", "landmark"), "landmark": ("landmark",),
    "process": ("landmark",), "compartment": ("compartment",), "layer": ("compartment",),
}  # fmt: skip
_FIELD = {"nerve": "nerve", "artery": "artery", "bone": "attachment", "landmark": "attachment", "compartment": "place"}
_AND_WHICH = re.compile(r"^\W*(?:(?:and|but|or|also) )*(?:which|who)(?: ones?| muscles?)? \w+", re.I)
_ENDS = frozenset({"origin", "insertion", "attachment"})
_OF_EACH = frozenset({"Origin", "Insertion", "Action", "Innervation", "Blood supply"})
_OFFERED = 5  # muscles that are offered at most
_LISTED = 3  # muscles that are told of at once, where one is meant
_ONLY = re.compile(r"\b(?:only|solely|exclusively|not both)\b", re.I)
_SKELETAL = re.compile(r"\b(?:skeletal|voluntary|striated)\b", re.I)
_EACH = 2  # facts shown of a muscle for one criterion


def muscles(read: Read, context: Context, desk: Desk) -> Draft:
    """The muscles that meet what the question wants of them."""
    if naming.misnamed(read, desk.facts.library.vocabulary) or naming.unheld(read):
        return desk.refuse(read, "My sources know no structure of that name.", intent="structure")
    wanted = criteria(read, desk.facts.library.vocabulary)
    marks = {x.term: mark for mark, links in _options(read, desk).items() for x in links if x.kind == "muscle"}
    if marks and wanted and all(one.negated for one in wanted):
        rest = among(read, wanted, tuple(marks), desk)
        if rest is not None and len(rest.listed) == 1:
            return replace(rest, lead=f"Answer: {marks[rest.listed[0]]}.")
    pointing = _OF_THEM.search(read.text) is not None
    chosen = among(read, wanted, spoken_of(context) if pointing and not context.sought else (), desk)
    if chosen is not None:
        return chosen
    if pointing:
        wanted = (*(parsed(context.sought) or _groups_before(read, desk)), *wanted)
    elif context.sought and _AND_WHICH.match(read.text):
        # "Which of the rotator cuff get this nerve, and which gets that one?"
        wanted = (*(one for one in parsed(context.sought) if one.field == "group"), *wanted)
    if not wanted:
        wanted = _of_shown(read, context, desk)
    if not wanted:
        wanted = criteria(_whole(read, desk), desk.facts.library.vocabulary)
    if not wanted or all(one.negated for one in wanted):
        portrayed = described(read, context, desk)
        return portrayed or desk.clarify(read, "What do the muscles have in common that you look for?")
    smooth = desk.atlas.smooth if _SKELETAL.search(read.text) else ()
    without = excluded(read) | set(smooth)
    found = desk.atlas.seek(wanted, without=without)
    notes = holdings(desk)
    if _ONLY.search(read.text):
        notes = ("What a muscle does only is not looked up: some of these may do more.", *notes)
    if not found:
        # "Flexors of the forearm" bend it, or lie in it.
        placed = tuple(_placed(one) for one in wanted)
        found = desk.atlas.seek(_flat(placed), without=without) if placed != tuple((one,) for one in wanted) else ()
        wanted = _flat(placed) if found else wanted
    if not found:
        # What no muscle at all is said to do is left aside, if something else is asked for.
        known = tuple(one for one in wanted if one.negated or desk.atlas.seek((one,)))
        if len(known) == len(wanted):  # of each for itself there are some: not in the place named
            known = tuple(one for one in wanted if one.field != "place")
        if known and len(known) < len(wanted) and not all(one.negated for one in known):
            wanted, found = known, desk.atlas.seek(known, without=without)
            notes = ("My sources list no muscle for a part of that; these meet the rest.", *notes)
    if not found:
        portrayed = described(read, context, desk)
        if portrayed is not None:
            return portrayed
        draft = desk.refuse(read, "My sources list no muscle for that.", intent="muscles")
        return replace(draft, notes=(*notes, *draft.notes[1:]))
    single = _single(read, wanted, found, context, desk)
    if single is not None:
        return single
    letter, told = _option(read, found, desk)
    asked = _asked(read, wanted, desk)
    shown = tuple((*_facts(match, wanted, desk), *_asked_of(match, asked, desk)) for match in told)
    cited = Counter(c.reference for facts in shown for f in facts for c in f.passage.citations)
    about = () if letter else _described(wanted, desk)
    return Draft(
        "answered",
        "muscles",
        f"Answer: {letter}." if letter else _lead(found),
        (*about, *(_said(match, facts, cited, desk) for match, facts in zip(told, shown, strict=True))),
        () if letter else (*_derived(wanted), *_parts(found, wanted, desk), *_left_out(wanted), *notes),
        suggestions=desk.suggest(found[0].structure),
        structure=told[0].structure if len(told) == 1 else _shared(wanted, desk),
        listed=tuple(match.structure for match in told),
        sought=written(wanted),
        chance=max(read.answerable, desk.router.threshold),
    )


def _of_shown(read: Read, context: Context, desk: Desk) -> tuple[Criterion, ...]:
    """What "this nerve" or "that bone" was in the last answer."""
    pointed = _THIS.search(read.text)
    kinds = _KINDS.get(pointed.group(1).lower(), ()) if pointed is not None else ()
    shown = (desk.facts.get(one) for one in context.shown)
    named = dict.fromkeys(t for f in shown if f is not None for t in sorted(f.main))
    vocabulary = desk.facts.library.vocabulary
    held = [one for one in named if vocabulary.kind(one) in kinds]
    return (Criterion(_FIELD[vocabulary.kind(held[0])], ((None, held[0]),)),) if held else ()


def _whole(read: Read, desk: Desk) -> Read:
    """The whole message as one question: "third layer of the sole. Name its muscles"."""
    said = read.message[: read.start + len(read.row)]
    return replace(read, links=link(said, desk.facts.library.vocabulary), row=said, start=0)


def _placed(one: Criterion) -> tuple[Criterion, ...]:
    """A movement of a region as one that happens in it."""
    if one.field != "action" or one.negated or len(one.choices) != 1 or one.choices[0][1] not in _SEGMENTS:
        return (one,)
    movement, region = one.choices[0]
    return (replace(one, choices=((movement, None),)), Criterion("place", ((None, region),)))


def _flat(wanted: Iterable[tuple[Criterion, ...]]) -> tuple[Criterion, ...]:
    return tuple(one for several in wanted for one in several)


def _shared(wanted: Sequence[Criterion], desk: Desk) -> str | None:
    """The one structure with an article that they have in common: "which muscles share the calcaneal tendon?"."""
    named = {t for one in wanted if not one.negated for _, t in one.choices} & desk.facts.library.articles.keys()
    return named.pop() if len(named) == 1 else None


def spoken_of(context: Context) -> tuple[str, ...]:
    """The structures that "which of the two" points at: those listed last, else the last two that were spoken of."""
    listed = tuple(one.removeprefix(STRUCTURE) for one in context.listed if one.startswith(STRUCTURE))
    return listed or tuple(one for one in (context.former, context.structure) if one is not None)


def _groups_before(read: Read, desk: Desk) -> tuple[Criterion, ...]:
    """The group named earlier in the message: "SITS muscles? And which one of the four turns the arm inwards?"."""
    before = link(read.message[: read.start], desk.facts.library.vocabulary)
    return tuple(Criterion("group", ((None, x.term),)) for x in before if x.kind == "group")[-1:]


def _single(
    read: Read, wanted: Sequence[Criterion], found: Sequence[Match], context: Context, desk: Desk
) -> Draft | None:
    """What is asked about the one muscle that is meant: "where does the muscle that opens the jaw insert?"."""
    asked = [name for name in read.asked if desk.definitions[name].suggestion and not desk.definitions[name].refusal]
    if not _THE_MUSCLE.search(read.text):
        return None
    if len(found) > 1:
        portrayed = described(read, context, desk)
        if portrayed is not None and portrayed.status == "answered":
            return portrayed
    if not asked or any(one.field in _ENDS for one in wanted) or 1 < len(found) <= _LISTED:
        return None
    return about(read, [match.structure for match in found[:_OFFERED]], context, desk)


def _described(wanted: Sequence[Criterion], desk: Desk) -> tuple[Said, ...]:
    """What the article of the one group asked for says of it."""
    if len(wanted) != 1 or wanted[0].field != "group" or len(wanted[0].choices) != 1:
        return ()
    group = wanted[0].choices[0][1] or ""
    return tuple(say(f.passage, desk.display(group)) for f in desk.facts.section(group, "Description"))


def holdings(desk: Desk) -> tuple[str, ...]:
    """How many muscles the library holds, and what a list doesn't prove."""
    count = len(desk.atlas.muscles)
    return (f"My library holds {count} muscles. That a muscle isn't listed is no proof that it doesn't belong here.",)


def _lead(found: Sequence[Match]) -> str:
    return f"My sources list {len(found)} muscle{'s' if len(found) != 1 else ''}."


def _derived(wanted: Sequence[Criterion]) -> tuple[str, ...]:
    if any(one.field == "crosses" for one in wanted):
        return ("Crossing a joint is derived: a cited action moves it.",)
    return ()


def _parts(found: Sequence[Match], wanted: Sequence[Criterion], desk: Desk) -> tuple[str, ...]:
    """What was counted in: parts and branches of what was asked for, as they are named."""
    vocabulary = desk.facts.library.vocabulary
    asked = [t for one in wanted if not one.negated and one.field != "place" for _, t in one.choices if t is not None]
    named: dict[str, None] = {}
    branch = False
    for match in found:
        for term in (t for facts in match.facts for f in facts for t in f.main):
            wider = next((t for t in asked if t != term and vocabulary.covers(t, term)), None)
            if wider is not None and vocabulary.kind(term) not in {"movement", "region", "joint"}:
                named[term] = None
                branch = branch or vocabulary.kind(term) in {"nerve", "artery"}
    if not named or len(named) > 12:
        return ()
    return (f"Counted in as {'branches' if branch else 'parts'}: {', '.join(map(vocabulary.display, named))}.",)


def _left_out(wanted: Sequence[Criterion]) -> tuple[str, ...]:
    if any(one.negated for one in wanted):
        return ("Left out are those of which a source says what you excluded; the others may do it unsaid.",)
    return ()


def _facts(match: Match, wanted: Sequence[Criterion], desk: Desk) -> tuple[Fact, ...]:
    held = dict.fromkeys(f for facts in match.facts for f in _first(facts))
    if not held:
        place = desk.facts.section(match.structure, "Location", "Description", "Origin")
        held = dict.fromkeys(place[:1] or desk.facts.of(match.structure)[:1])
    return tuple(held)


def _asked(read: Read, wanted: Sequence[Criterion], desk: Desk) -> tuple[str, ...]:
    """The sections that are asked for of the muscles sought: "which nerve supplies the muscles that ...?"."""
    told = telling(wanted)
    named = dict.fromkeys(s for name in read.asked for s in desk.definitions[name].sections(name))
    return tuple(one for one in named if one in _OF_EACH and one not in told)


def _asked_of(match: Match, sections: Sequence[str], desk: Desk) -> tuple[Fact, ...]:
    return tuple(f for one in sections for f in desk.facts.section(match.structure, one) if not f.passage.further)


def _first(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    ordered = sorted(facts, key=lambda f: f.passage.further)
    return tuple(ordered)[:_EACH]


def _said(match: Match, facts: Sequence[Fact], cited: Counter[str], desk: Desk) -> Said:
    """One muscle with what the sources say, cited by those sources that the list cites most."""
    chosen: dict[Citation, None] = {}
    for fact in facts:
        chosen[max(fact.passage.citations, key=lambda c: cited[c.reference])] = None
    texts = "; ".join(dict.fromkeys(_told(f, desk) for f in facts))
    smooth = " (smooth muscle)" if match.structure in desk.atlas.smooth else ""
    return Said(f"{desk.display(match.structure)}{smooth}: {texts}", tuple(chosen), facts[0].passage.id)


def _told(fact: Fact, desk: Desk) -> str:
    if fact.passage.section == "Members":
        group = desk.display(fact.passage.structure)
        return f"member of the group {group[:1].lower()}{group[1:]}"
    return _small(fact.passage.text)


def _small(text: str) -> str:
    first, _, _ = text.partition(" ")
    return text if len(first) > 1 and not first[1:].islower() else text[:1].lower() + text[1:]


def _options(read: Read, desk: Desk) -> dict[str, tuple[Link, ...]]:
    """The names of structures in each option of a multiple choice by its letter."""
    found: dict[str, tuple[Link, ...]] = {}
    for option in read.question.options:
        mark, _, text = option.partition("\t")
        links = link(words(text), desk.facts.library.vocabulary)
        found[mark] = tuple(x for x in links if x.kind in STRUCTURES)
    return found


def _option(read: Read, found: Sequence[Match], desk: Desk) -> tuple[str, tuple[Match, ...]]:
    """The letter of a multiple choice that the list settles and the muscles that settle it; "" and all without one."""
    if read.question.form not in {"choice", "except"}:
        return "", tuple(found)
    held = {match.structure: match for match in found}
    named = {mark: {x.term for x in links} for mark, links in _options(read, desk).items()}
    right = [mark for mark, terms in named.items() if terms and terms <= held.keys()]
    wrong = [mark for mark, terms in named.items() if terms and not terms & held.keys()]
    if read.question.form == "choice" and len(right) == 1:
        return right[0], tuple(held[t] for t in held if t in named[right[0]])
    if read.question.form == "except" and len(wrong) == 1:
        return wrong[0], tuple(held[t] for t in held if any(t in terms for terms in named.values()))
    return "", tuple(found)
