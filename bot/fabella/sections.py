"""Drafts what the sections of one structure's article say, for each intent that a question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.splitting import POINTS

from fabella import heights, meaning, motion
from fabella.deciding import decide
from fabella.desk import Desk
from fabella.draft import Draft
from fabella.evidence import Evidence
from fabella.looking import look_up
from fabella.several import merged
from fabella.telling import tell


def sections(read: Read, structure: str, context: Context, desk: Desk) -> Draft:
    """The draft from the sections of all intents asked for; what one of them doesn't give is a note."""
    return merged([_section(read, label, structure, context, desk) for label in read.question.intents])


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
        claims = read.question.form in {"yesno", "truefalse"} and not read.question.negated
        instead = motion.untold(read, evidence, desk.facts) if claims else None
        if instead is not None:  # "does the soleus flex the knee?": what it is said to do
            return tell(read, definition, subject, evidence, instead, context, desk)
        return desk.refuse(read, "My sources don't say that.", intent=definition.name, structure=subject)
    return tell(read, definition, subject, evidence, verdict, context, desk)


def _elsewhere(read: Read, definition: Definition, desk: Desk) -> str | None:
    """A structure named that an intent's own subject has nothing to do with: "how common is psoas minor?"."""
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


def _other_end(read: Read, label: str, subject: str, desk: Desk) -> str:
    """The label of the end that lies there ("its upper end"), or has the site named: "its humeral attachment"."""
    ends = desk.ends
    if label not in (*ends, "attachments"):
        return label
    above = heights.asked(read.text)
    if above:
        sites = {one: _sites(subject, one, desk) for one in ends}
        upper = next(
            (
                x
                for x in ends
                for y in ends
                if heights.higher(sites[x], sites[y], desk.facts.library.vocabulary) == above
            ),
            None,
        )
        return upper or label
    if (
        label not in ends
        or label in read.asked
        or read.question.form not in {"open", "either"}
        or not read.question.landmarks
    ):
        return label
    there = next((one for one in ends if one != label), None)
    covers = desk.facts.library.vocabulary.covers

    def names(one: str | None) -> bool:
        return any(covers(site, t) for site in read.question.landmarks for t in _sites(subject, one or label, desk))

    return there if there is not None and not names(label) and names(there) else label


def _sites(subject: str, label: str, desk: Desk) -> tuple[str, ...]:
    return tuple(t for f in desk.facts.section(subject, *desk.definition(label).sections(label)) for t in f.main)


def _of_members(
    read: Read, label: str, definition: Definition, subject: str, context: Context, desk: Desk
) -> Draft | None:
    """What the members' articles say where that of their group says nothing: the nerves of the hamstrings."""
    members = tuple(desk.atlas.groups.get(subject, ()))
    if not members or desk.facts.section(subject, *definition.sections(label), *definition.otherwise):
        return None
    alone = replace(read, question=replace(read.question, intents=(label,)))
    drafts = [_section(alone, label, one, context, desk) for one in members]
    return replace(merged(drafts), listed=members) if any(one.said for one in drafts) else None


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
