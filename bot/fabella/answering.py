"""Answers one question that was read: looks up, decides, and says so, or declines with the reason."""

from __future__ import annotations

import re
from dataclasses import replace

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.seeking import SELECTING
from fabella_knowledge.tokens import DETERMINERS

from fabella import meaning, naming
from fabella.comparing import table
from fabella.correcting import belonging, claimed, miscalled, with_asked, with_ends
from fabella.criteria import criteria
from fabella.declining import counted, rescue
from fabella.desk import Desk
from fabella.draft import Draft
from fabella.pointing import pointed
from fabella.sections import sections
from fabella.seeking import muscles
from fabella.several import merged, of_own_part, together, with_lacking
from fabella.telling import UNTOLD_LEAD
from fabella.unnamed import described

# What muscles can be looked up by in a question of an intent that names no structure.
_FIELDS = {
    "origin": frozenset({"origin", "attachment"}),
    "insertion": frozenset({"insertion", "attachment"}),
    "attachments": frozenset({"origin", "insertion", "attachment"}),
    "innervation": frozenset({"nerve", "action"}),
    "blood_supply": frozenset({"artery", "action"}),
    "action": frozenset({"action"}),
}
_PLACED = frozenset({"origin", "insertion", "attachment", "place", "group"})
# The intents that a name of each kind beside a muscle's asks for.
_ABOUT = {
    **dict.fromkeys(("movement", "activity", "joint"), "action"),
    **dict.fromkeys(("nerve", "root"), "innervation"),
    "artery": "blood_supply",
    **dict.fromkeys(("bone", "landmark"), "attachments"),
}
_WHAT_IT_IS = "overview"  # "the masseter is a facial nerve muscle" claims its nerve
_LIKELY = 4  # intents that an unclear question may ask for
_UNLIKELY = -0.7  # the score from which on it may
_NAMED = re.compile(
    r"^\W*(?:so |and |ok |okay )*what(?:'s| is| are)(?: called)? the [\w']+(?: [\w']+)? muscles?\b", re.I
)
_ITS_NAME = re.compile(r"\b(?:names?|call(?:ed)?|term)\b", re.I)
_TENDON_OF = re.compile(r"^tendons? of (?:the )?")
_MANY = 5  # structures from which on none is offered: naming some would be a guess
_CLEAR = 0.3  # the score from which on the router is clear about an intent


def answer(read: Read, context: Context, desk: Desk) -> Draft:
    """The draft for one question."""
    if read.doubts:
        return _ambiguous(read, desk)
    member = belonging(read, context, desk)
    if member is not None:
        return member
    at = read.question.ordinal
    if at and len(context.options) >= abs(at):
        return Draft("again", "again", options=(context.options[at - 1 if at > 0 else at],))
    definition = desk.definition(read.question.intents[0])
    if definition.refusal is not None:
        return (
            _what_it_is(read, definition, context, desk)
            or counted(read, definition, context, desk)
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
    member = belonging(read, Context(), desk)
    if member is not None and member.status == "corrected":
        return member
    definition = desk.definition(read.question.intents[0])
    claimed_of = tuple(dict.fromkeys(_ABOUT[x.kind] for x in read.links if x.kind in _ABOUT))
    if definition.refusal is not None or definition.handler == "again":
        found = rescue(read, definition, Context(), desk)
        if found is not None or definition.firm:
            return found
    plain = definition.refusal is None and definition.handler is None and definition.name != _WHAT_IT_IS
    if not plain and not any(x.kind == "muscle" for x in read.links):
        return None
    for label in read.question.intents if plain else claimed_of:
        question = replace(read.question, intents=(label,))
        draft = _from_sections(replace(read, question=question), Context(), desk)
        if draft.status == "corrected" and draft.lead != UNTOLD_LEAD:
            return draft
    return None


def _from_sections(read: Read, context: Context, desk: Desk) -> Draft:
    definition = desk.definition(read.question.intents[0])
    called = miscalled(read, context, desk)
    if called is not None:
        return called
    each = pointed(read, context, desk)
    if each:
        if SELECTING.search(read.text):
            read = replace(read, links=())  # what selects them is no claim about them
        return replace(merged([sections(read, one, context, desk) for one in each]), listed=each)
    structure = meaning.pointed(read, definition, context) or read.question.structure
    portrayed = described(read, context, desk) if structure is None and definition.subject is None else None
    if portrayed is not None:
        return portrayed
    structure = structure or meaning.by_part(read, definition, desk.facts)
    structure = structure or meaning.only(read, definition, desk.facts)
    structure = structure or meaning.by_terms(read, definition, desk.facts)
    if structure is None:
        return _elliptical(read, definition, context, desk)
    of_tendon = _TENDON_OF.sub("", structure)
    if structure not in desk.facts.library.articles and of_tendon in desk.facts.library.articles:
        structure = of_tendon  # where the tendon of a muscle ends, the muscle does
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
    several = together(read, structure, desk)
    if len(several) > 1:
        drafts = [sections(of_own_part(read, one, desk), one, context, desk) for one in several]
        return replace(merged(drafts), listed=several)
    draft = with_lacking(read, sections(read, structure, context, desk), desk)
    alone = not set(read.loose) - DETERMINERS - {"muscle", "muscles"}
    named = _ITS_NAME.search(read.text) and _by_other_words(read, desk)
    if draft.status == "refused" and (alone or named):
        question = replace(read.question, intents=(_WHAT_IT_IS,))
        draft = sections(replace(read, question=question), structure, context, desk)
    if draft.status == "refused":
        draft = _otherwise(read, structure, context, desk) or draft
    if draft.status == "corrected":
        draft = with_ends(read, draft, structure, desk)
    corrected = claimed(read, structure, context, desk) if draft.status != "corrected" else None
    if corrected is not None:
        return corrected
    asked = definition.sections(read.question.intents[0])
    told = {desk.facts.library.by_id[one.passage].section for one in draft.said if one.passage}
    if draft.status == "corrected" and told.isdisjoint(asked):
        return with_asked(read, draft, structure, context, desk)
    return draft


def _otherwise(read: Read, structure: str, context: Context, desk: Desk) -> Draft | None:
    """What the other names of an unclear question ask about it: a movement its actions, a nerve its nerve."""
    unclear = bool(read.prediction.scores) and read.prediction.scores[0][1] < 0
    if not unclear or not any(x.term == structure for x in read.links):
        return None
    told = dict.fromkeys(_ABOUT[x.kind] for x in read.links if x.kind in _ABOUT)
    likely = (label for label, score in read.prediction.scores[:_LIKELY] if score > _UNLIKELY)
    for label in (*told, *likely):
        if desk.by_section(label) and label not in read.question.intents:
            question = replace(read.question, intents=(label,))
            draft = sections(replace(read, question=question), structure, context, desk)
            if draft.said:
                return draft
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
            placed = [one for one in (structure, *named) if facts.section(one, "Location")]
            if len(placed) > 1 and any(x.kind == "depth" for x in read.links):
                return table(read, [(one, None) for one in placed], desk)  # the layers may tell which lies deeper
            reason = "My sources don't say how the two lie to each other."
            return desk.refuse(read, reason, intent=definition.name, structure=structure)
    return None


def _group(read: Read, refusal: Definition, context: Context, desk: Desk) -> Draft | None:
    """A question about the members of a group that has no article: the facts that name the group."""
    groups = [x.term for x in read.links if x.kind == "group" and x.term not in desk.facts.library.articles]
    relating = desk.answering("Relations")
    if not groups or refusal.firm or relating is None:
        return None
    question = replace(read.question, intents=(relating,), structure=groups[0])
    return _from_sections(replace(read, question=question), context, desk)


def _by_other_words(read: Read, desk: Desk) -> bool:
    """Whether nothing but a structure is named, by other words than its name: "kissing muscle, Latin name?"."""
    named = [x for x in read.links if x.kind in STRUCTURES]
    others = {x.kind for x in read.links} - STRUCTURES - {"region", "bone", "landmark"}
    called = (" ".join(read.message[x.start : x.end]) for x in named)
    return not others and not any(one == desk.display(x.term).lower() for one, x in zip(called, named, strict=True))


def _what_it_is(read: Read, refusal: Definition, context: Context, desk: Desk) -> Draft | None:
    """An overview of the one structure with an article of which a declined question asks what it is."""
    named = {x.term for x in read.links if x.kind in STRUCTURES and len(x.terms) == 1}
    held = named & desk.facts.library.articles.keys()
    describing = desk.answering("Description")
    asks = _NAMED.match(read.text) or (_ITS_NAME.search(read.text) and _by_other_words(read, desk))
    if refusal.firm or len(held) != 1 or describing is None or not asks:
        return None
    question = replace(read.question, intents=(describing,), structure=held.pop())
    return _from_sections(replace(read, question=question), context, desk)


def _elliptical(read: Read, definition: Definition, context: Context, desk: Desk) -> Draft:
    """The muscles that have in common what the question names instead of one; else a question back."""
    fields = {one.field for one in criteria(read, desk.facts.library.vocabulary) if not one.negated}
    if fields & _FIELDS.get(definition.name, _PLACED) and read.question.form in {"open", "cloze", "presumes"}:
        found = muscles(read, context, desk)
        if found.status == "answered":
            return found
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
