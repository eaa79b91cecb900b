"""Answers one question that was read: looks up, decides, and says so, or declines with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.splitting import POINTS
from fabella_intents.subject import side_by_side

from fabella import claims, meaning, naming
from fabella.deciding import decide
from fabella.declining import counted, rescue
from fabella.desk import Desk
from fabella.draft import Draft
from fabella.evidence import Evidence
from fabella.looking import look_up
from fabella.telling import tell
from fabella.verdict import CONTRADICTED

_EACH = re.compile(
    r"\b(?:each|both|respectively|either one)\b|\band (?:which|what|where|for|how about|the one)\b|[;?]\s*(?:and )?(?:which|what|where)\b"
    r"|\b(?:or|and)\b[^?]*\bwhich (?:one|of)\b|\bwhere does the other\b",
    re.I,
)
# Kinds of names in a claim, and the section that says whether it holds.
_CLAIMS = {
    frozenset({"movement"}): "Action",
    frozenset({"nerve", "root"}): "Innervation",
    frozenset({"artery"}): "Blood supply",
}
_CLOSE = 3  # words between a part and what it is of
_MANY = 5  # structures from which on none is offered: naming some would be a guess
_CLEAR = 0.3  # the score from which on the router is clear about an intent


def answer(read: Read, context: Context, desk: Desk) -> Draft:
    """The draft for one question."""
    if read.doubts:
        return _ambiguous(read, desk)
    at = read.question.ordinal
    if at and len(context.options) >= abs(at):
        return Draft("again", "again", options=(context.options[at - 1 if at > 0 else at],))
    definition = desk.definition(read.question.intents[0])
    if definition.refusal is not None:
        return (
            counted(read, definition, context, desk)
            or _group(read, definition, context, desk)
            or rescue(read, definition, context, desk)
            or desk.refuse(read, definition.refusal, intent=definition.name, structure=read.question.structure)
        )
    if definition.handler is not None:
        handler = desk.handlers.get(definition.handler)
        if handler is None:
            reason = f"The handler '{definition.handler}' of this intent is not installed."
            return desk.refuse(read, reason, intent=definition.name)
        return handler(read, context, desk)
    return _from_sections(read, context, desk)


def correct(read: Read, desk: Desk) -> Draft | None:
    """The correction of what a whole message takes for granted, None where the library contradicts nothing."""
    definition = desk.definition(read.question.intents[0])
    if definition.refusal is not None or definition.handler == "again":
        return rescue(read, definition, Context(), desk)
    if definition.handler is not None:
        return None
    draft = _from_sections(read, Context(), desk)
    return draft if draft.status == "corrected" else None


def _from_sections(read: Read, context: Context, desk: Desk) -> Draft:
    definition = desk.definition(read.question.intents[0])
    miscalled = _miscalled(read, definition, context, desk)
    if miscalled is not None:
        return miscalled
    structure = _pointed(read, definition, context) or read.question.structure
    structure = structure or meaning.by_part(read, definition, desk.facts)
    structure = structure or meaning.only(read, definition, desk.facts)
    structure = structure or meaning.by_terms(read, definition, desk.facts)
    if structure is None:
        return _elliptical(read, definition, desk)
    if structure not in desk.facts.library.articles:
        other = meaning.tied(read, structure, definition, desk.facts)
        relating = desk.answering("Relations")
        if other is None or relating is None:
            reason = f"My sources hold no article about this: {desk.display(structure)}."
            return desk.refuse(read, reason, intent=definition.name)
        structure = other
        read = replace(read, question=replace(read.question, intents=(relating,)))
    refused = _unfitting(read, definition, structure, desk)
    if refused is not None:
        return refused
    claimed = _claimed(read, structure, context, desk)
    if claimed is not None:
        return claimed
    several = _together(read, structure, desk)
    if len(several) > 1:
        drafts = [_sections(_of_own_part(read, one, desk), one, context, desk) for one in several]
        return _merged(drafts, several, desk)
    return _beside(read, _sections(read, structure, context, desk), desk)


def _pointed(read: Read, definition: Definition, context: Context) -> str | None:
    """The structure of the conversation where another one is named beside it: "is it deep to the soleus?"."""
    if "Relations" not in definition.sections(read.question.intents[0]) or context.structure is None:
        return None
    named = [x for x in read.links if x.kind in STRUCTURES]
    if not named or any(x.term == context.structure for x in named):
        return None
    before = read.row[: max(0, named[0].start - read.start)]
    return context.structure if {"it", "they"} & set(before) else None


def _claimed(read: Read, structure: str, context: Context, desk: Desk) -> Draft | None:
    """The correction of a claim of another kind than what is asked: a wrong nerve in a question about a movement."""
    if read.question.form not in {"yesno", "truefalse", "presumes"} or read.question.negated:
        return None
    kinds = {x.kind for x in read.links}
    for wanted, section in _CLAIMS.items():
        label = next((n for n, one in desk.definitions.items() if one.sections(n) == (section,)), None)
        if label is None or not wanted & kinds or label in read.question.intents:
            continue
        evidence = look_up(read, label, desk.definition(label), structure, desk.facts)
        if evidence.facts and desk.fits(desk.definition(label), structure):
            verdict = decide(read, structure, evidence, desk.facts)
            if verdict.kind == CONTRADICTED:
                return tell(read, desk.definition(label), structure, evidence, verdict, context, desk)
    return None


def _together(read: Read, structure: str, desk: Desk) -> tuple[str, ...]:
    """The structures with articles that are asked about alike: "origin of the soleus and the plantaris"."""
    held = desk.facts.library.articles
    relating = desk.answering("Relations")
    if read.question.form not in {"open", "cloze", "either"} or relating in read.question.intents:
        return (structure,)
    named = [x for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1 and x.term in held]
    terms = tuple(dict.fromkeys(x.term for x in named))
    joined = side_by_side(named, read.message, every=True) or _EACH.search(read.text) is not None
    return terms if structure in terms and len(terms) > 1 and joined else (structure,)


def _of_own_part(read: Read, structure: str, desk: Desk) -> Read:
    """The read with the part named right before a structure: "long head of triceps and short head of biceps"."""
    parts = []
    for one in (x for x in read.links if x.term == structure):
        before = [x for x in read.links if x.end <= one.start]
        if before and before[-1].kind == "part" and one.start - before[-1].end <= _CLOSE:
            parts.append(before[-1].term)
    own = tuple(parts) or tuple(x for x in read.question.parts if x in desk.facts.library.articles[structure].parts)
    return replace(read, question=replace(read.question, parts=own))


def _merged(drafts: Sequence[Draft], structures: Sequence[str], desk: Desk) -> Draft:
    """One draft of those about several structures; what one of them lacks is a note."""
    answered = [one for one in drafts if one.said]
    if not answered:
        return drafts[0]
    said = tuple(dict.fromkeys(statement for one in answered for statement in one.said))
    notes = tuple(dict.fromkeys(note for one in answered for note in one.notes))
    missing = tuple(one.lead for one in drafts if not one.said)
    return replace(answered[0], said=said, notes=(*notes, *missing), listed=tuple(structures))


def _beside(read: Read, draft: Draft, desk: Desk) -> Draft:
    """The draft, with a note on structures asked about along with its own that have no article."""
    held = desk.facts.library.articles
    lacking = [x.term for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1 and x.term not in held]
    if draft.status != "answered" or draft.intent == "relations" or read.question.form != "open" or not lacking:
        return draft
    if not side_by_side(read.links, read.message):
        return draft
    named = ", ".join(desk.display(one) for one in dict.fromkeys(lacking))
    return replace(draft, notes=(*draft.notes, f"My sources hold no article about this: {named}."))


def _miscalled(read: Read, definition: Definition, context: Context, desk: Desk) -> Draft | None:
    """The correction where a structure is said to be what it isn't ("the fabella, being a muscle")."""
    for one in (x.term for x in read.links if x.term in desk.facts.library.articles):
        said = claims.kind(read, one, desk.facts)
        if said is not None:
            return tell(read, definition, one, Evidence(said.facts, said.facts, ()), said, context, desk)
    return None


def _unfitting(read: Read, definition: Definition, structure: str, desk: Desk) -> Draft | None:
    """The refusal of a question that names what no source knows, or asks what its structure can't be asked."""
    facts = desk.facts
    apart = naming.apart(read, definition)
    if apart is not None:
        reason = f"My sources hold no article about this: {desk.display(apart)}."
        return desk.refuse(read, reason, intent="structure", structure=structure)
    if naming.invented(read, facts.library.vocabulary) or naming.unheld(read):
        reason = "My sources know no structure of that name."
        return desk.refuse(read, reason, intent="structure", structure=structure)
    unclear = bool(read.prediction.scores) and read.prediction.scores[0][1] < _CLEAR
    for name in read.asked if unclear and any(x.term == structure for x in read.links) else ():
        if name not in read.question.intents and not desk.fits(desk.definitions[name], structure):
            return desk.unsaid(read, structure, intent=name)
    if "Relations" in definition.sections(read.question.intents[0]):
        named = {x.term for x in read.links if x.kind == "muscle" and x.term != structure and len(x.terms) == 1}
        told = {t for f in facts.section(structure, "Relations", "Location") for t in f.terms}
        told |= {one for one in named for f in facts.section(one, "Relations", "Location") if structure in f.terms}
        if named and not named & told:
            reason = "My sources don't say how the two lie to each other."
            return desk.refuse(read, reason, intent=definition.name, structure=structure)
    return None


def _sections(read: Read, structure: str, context: Context, desk: Desk) -> Draft:
    """The draft from the sections of all intents asked for; what one of them doesn't give is a note."""
    drafts = [_section(read, label, structure, context, desk) for label in read.question.intents]
    answered = [one for one in drafts if one.said]
    if not answered or len(drafts) == 1:
        return (answered or drafts)[0]
    missing = (one.lead for one in drafts if not one.said)
    said = tuple(dict.fromkeys(statement for one in answered for statement in one.said))
    return replace(answered[0], said=said, notes=tuple(dict.fromkeys((*answered[0].notes, *missing))))


def _section(read: Read, label: str, structure: str, context: Context, desk: Desk) -> Draft:
    definition = desk.definition(label)
    subject = definition.subject if definition.subject in desk.facts.library.articles else structure
    other = _elsewhere(read, definition, desk)
    if other is not None:
        same = next(
            (name for name in _instead(definition, label, desk) if desk.fits(desk.definitions[name], other)), None
        )
        if same is None:
            return desk.unsaid(read, other, intent=definition.name)
        label, definition, subject = same, desk.definitions[same], other
    if definition.subject is None and not any(x.term == structure for x in read.links):
        subject = meaning.holder(structure, label, definition, desk.facts)
    subject = subject or structure
    if other is None:
        label = _other_end(read, label, subject, desk)
        definition = desk.definition(label)
    members = _of_members(read, label, definition, subject, context, desk)
    if members is not None:
        return members
    evidence = look_up(read, label, definition, subject, desk.facts)
    if not evidence.facts or not desk.fits(definition, subject):
        return desk.unsaid(read, subject, intent=definition.name)
    evidence = _of_both(read, label, definition, subject, evidence, context, desk)
    verdict = decide(read, subject, evidence, desk.facts)
    if meaning.beside(read, definition, evidence, verdict, desk.facts):
        return desk.refuse(read, "My sources don't say that.", intent=definition.name, structure=subject)
    return tell(read, definition, subject, evidence, verdict, context, desk)


def _other_end(read: Read, label: str, subject: str, desk: Desk) -> str:
    """The label of the end that has the site named, where none is told outright: "its humeral attachment"."""
    ends = [name for name, one in desk.definitions.items() if one.sections(name) in {("Origin",), ("Insertion",)}]
    if label not in ends or label in read.asked or read.question.form != "open" or not read.question.landmarks:
        return label
    there = next((one for one in ends if one != label), None)
    covers = desk.facts.library.vocabulary.covers

    def names(one: str | None) -> bool:
        held = desk.facts.section(subject, *desk.definition(one or label).sections(one or label))
        return any(covers(site, t) for site in read.question.landmarks for f in held for t in f.main)

    return there if there is not None and not names(label) and names(there) else label


def _of_both(
    read: Read,
    label: str,
    definition: Definition,
    subject: str,
    evidence: Evidence,
    context: Context,
    desk: Desk,
) -> Evidence:
    """The evidence on how two structures lie, with what the other one's article says of the first."""
    if "Relations" not in definition.sections(label):
        return evidence
    others: dict[str | None, None] = dict.fromkeys(
        x.term for x in read.links if x.kind in STRUCTURES and x.term != subject and len(x.terms) == 1
    )
    if not others and context.structure not in (None, subject) and POINTS & set(read.row):
        others = {context.structure: None}  # "where is the soleus relative to it?"
    told = tuple(f for one in others for f in desk.facts.section(one or "", "Relations") if subject in f.terms)
    about = tuple(f for f in evidence.facts if others.keys() & f.terms) or evidence.facts
    if not told:
        return evidence
    return Evidence((*about, *told), (*evidence.considered, *told), evidence.further)


def _elsewhere(read: Read, definition: Definition, desk: Desk) -> str | None:
    """A structure named in a question on an intent's own subject that has nothing to do with it: "how common is psoas minor?"."""
    if definition.subject not in desk.facts.library.articles:
        return None
    named = [x.term for x in read.links if x.kind in STRUCTURES and x.term in desk.facts.library.articles]
    if not named or definition.subject in named:
        return None
    placed = desk.facts.section(definition.subject or "", "Description", "Location", "Relations")
    return named[0] if not any(named[0] in f.terms for f in placed) else None


def _instead(definition: Definition, label: str, desk: Desk) -> Sequence[str]:
    """The intents that ask the same of any structure: how common it is, what and where it is."""
    wanted = {"Variants"} if "Prevalence" in definition.sections(label) else set(definition.sections(label))
    return [
        name for name, one in desk.definitions.items() if one.subject is None and wanted & set(one.sections(name)[:1])
    ]


def _of_members(
    read: Read, label: str, definition: Definition, subject: str, context: Context, desk: Desk
) -> Draft | None:
    """What the members' articles say where that of their group says nothing: the nerves of the hamstrings."""
    members = tuple(desk.atlas.groups.get(subject, ()))
    if not members or desk.facts.section(subject, *definition.sections(label), *definition.otherwise):
        return None
    alone = replace(read, question=replace(read.question, intents=(label,)))
    drafts = [_section(alone, label, one, context, desk) for one in members]
    return _merged(drafts, members, desk) if any(one.said for one in drafts) else None


def _group(read: Read, refusal: Definition, context: Context, desk: Desk) -> Draft | None:
    """A question about the members of a group that has no article: the facts that name the group."""
    groups = [x.term for x in read.links if x.kind == "group" and x.term not in desk.facts.library.articles]
    relating = desk.answering("Relations")
    if not groups or refusal.firm or relating is None:
        return None
    question = replace(read.question, intents=(relating,), structure=groups[0])
    return _from_sections(replace(read, question=question), context, desk)


def _elliptical(read: Read, definition: Definition, desk: Desk) -> Draft:
    """A question back: which structure is meant?"""
    if naming.invented(read, desk.facts.library.vocabulary):
        return desk.refuse(read, "My sources know no structure of that name.", intent="structure")
    holders = desk.facts.holders(definition.sections(read.question.intents[0]))
    if read.question.parts:
        asked = set(read.question.parts)
        holders = tuple(one for one in holders if asked <= set(desk.facts.library.articles[one].parts))
    if len(holders) > _MANY:
        holders = ()
    options = [
        definition.suggestion.format(desk.display(one).lower())
        for one in holders
        if definition.suggestion and desk.fits(definition, one)
    ]
    for one in holders:
        options += desk.suggestions.about(one, without=(definition.name,))[:2]
    return desk.clarify(read, "Which structure do you mean?", tuple(options)[:3])


def _ambiguous(read: Read, desk: Desk) -> Draft:
    """A question back for a name that several structures own, a refusal where the library can't answer for two."""
    definition = desk.definition(read.question.intents[0])
    held = [term for term in read.doubts if term in desk.facts.library.articles]
    lead = f"That name may mean several structures: {', '.join(desk.display(t).lower() for t in read.doubts)}."
    if len(held) < 2:
        return desk.refuse(read, lead, intent=definition.name)
    asked = definition.suggestion if "{}" in (definition.suggestion or "") else "What is the {}?"
    options = tuple(str(asked).format(desk.display(term).lower()) for term in held)
    return desk.clarify(read, lead, options)
