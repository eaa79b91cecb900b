"""Finds the structure whose article answers a question that names it by a part, by its facts, or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context
from fabella_intents.reading import Read
from fabella_intents.splitting import POINTS

from fabella import others
from fabella.evidence import Evidence, Fact, Facts
from fabella.looking import narrowing
from fabella.verdict import OPEN, Verdict

_MEANT = -0.5  # the score from which on a question that names no structure asks about the default one
_FEW = 6  # words of a message that may name a part and ask nothing
_PARTS = re.compile(r"\b(?:both|two|each of the|the) (?:\w+ )?(?:heads|bellies)\b|\beach (?:head|belly)\b", re.I)
_AMONG = frozenset("in among amongst for of do does are have has".split())
_SUPPLIES = re.compile(r"\b(?:suppl|innervat|serv|feed|fed|control|fire|drive|run|go(?:es)? to|reach)", re.I)
_PASSES = re.compile(
    r"\b(?:pass(?:es)?|cross(?:es)?|l(?:ie|ies)|between|travels?|courses?|near|close|emerges?|pierces?)\b", re.I
)
# "The muscle inserts", not "the muscle that opens the jaw".
_THE_KIND = re.compile(
    r"\b(?:the|this|that) (muscle|tendon)\b(?! (?:that|which|who|whose|in|of|on|at|behind|under|over|above|below|for|called|named|between|used|with|to|next|i|you|we)\b)",
    re.I,
)


def pointed(read: Read, definition: Definition, context: Context) -> str | None:
    """The structure of the conversation where another one is named beside it: "is it deep to the soleus?"."""
    if "Relations" not in definition.sections(read.question.intents[0]) or context.structure is None:
        return None
    named = [x for x in read.links if x.kind in STRUCTURES]
    if not named or any(x.term == context.structure for x in named):
        return None
    before = read.row[: max(0, named[0].start - read.start)]
    return context.structure if {"it", "they"} & set(before) else None


def by_part(read: Read, definition: Definition, facts: Facts) -> str | None:
    """The one structure of the library that has the parts named ("the medial head")."""
    if not parted(read) or definition.subject is not None:
        return definition.subject
    named = {definition.name} & set(read.asked)
    if not read.prediction.scores or (read.prediction.scores[0][1] <= 0 and len(read.row) <= _FEW and not named):
        return None  # "no, the medial one" on its own asks for nothing in particular
    asked = set(read.question.parts)
    owners = [a.name for a in facts.library.articles.values() if a.parts and asked <= set(a.parts)]
    if len(owners) < 2:
        return next(iter(owners), None)
    default = facts.library.vocabulary.parts.default
    told = {x.term for x in read.links if x.kind not in {"part", "author", "journal", "depth"} and len(x.terms) == 1}
    if default in owners and not told - facts.kin(default):
        return default
    rated = sorted(((len(told & facts.kin(one)), one) for one in owners), reverse=True)
    if rated[0][0] > rated[1][0]:
        return rated[0][1]
    return default if default in owners else None


def parted(read: Read) -> bool:
    """Whether the question names parts: "the medial head", "both bellies"."""
    return bool(read.question.parts) or _PARTS.search(read.text) is not None


def by_terms(read: Read, definition: Definition, facts: Facts) -> str | None:
    """The one structure whose facts in the asked sections name what the question names."""
    terms = {x.term for x in read.links if x.kind not in {"part", "author", "journal", "depth"} and len(x.terms) == 1}
    kinds = narrowing(definition)
    terms = {t for t in terms if facts.library.vocabulary.kind(t) in kinds} or terms
    sections = definition.sections(read.question.intents[0])
    holders = facts.holders(sections)
    if definition.subject in holders:
        return definition.subject
    if definition.supplies and not {"muscle", "muscles"} & set(read.row):
        return _supplied(terms, sections, facts)
    if read.elliptical and not terms and not any(x.kind == "author" for x in read.links):
        return None
    authors = {x.term for x in read.links if x.kind == "author"}
    cited = [one for one in holders if any(authors & facts.people(f) for f in facts.section(one, *sections))]
    if cited:
        return max(cited, key=lambda n: len(facts.of(n)))  # "what did Cordova find?"
    covers = facts.library.vocabulary.covers
    naming = _most({one: _told(terms, facts.section(one, *sections), covers) for one in holders}, len(terms))
    if not naming:
        # "What works the back of my lower leg": where a structure lies tells which one is meant.
        places = {t for t in terms if facts.library.vocabulary.kind(t) == "region"}
        naming = _most({one: _told(places, facts.section(one, "Location"), covers) for one in holders}, len(places))
    default = facts.library.vocabulary.parts.default
    if len(naming) > 1:
        meant = default in naming and read.prediction.scores and read.prediction.scores[0][1] > _MEANT
        return default if meant else None  # which of several is meant is not to be guessed
    return next(iter(naming), None)


def _supplied(terms: set[str], sections: Sequence[str], facts: Facts) -> str | None:
    """The one structure that a nerve named after it goes to ("roots of the nerve to piriformis"), None for other nerves."""
    nerves = [one for one in terms if one.startswith("nerve to ")]
    named = [x for one in nerves for x in facts.holders(sections) if one.endswith(f" {x}")]
    return named[0] if len(named) == 1 else None


def only(read: Read, definition: Definition, facts: Facts) -> str | None:
    """The one structure of a kind that the library holds, where nothing but that kind is named: "the muscle inserts"."""
    spoken = _THE_KIND.search(read.text)
    if spoken is None or any(x.kind in STRUCTURES for x in read.links):
        return None
    kind = spoken.group(1).lower()
    held = [name for name in facts.library.articles if facts.library.vocabulary.kind(name) == kind]
    return held[0] if len(held) == 1 and (not definition.kinds or kind in definition.kinds) else None


def _told(terms: set[str], held: Sequence[Fact], covers: Callable[[str, str], bool]) -> int:
    """How many of the terms the facts name, themselves or by what belongs to them."""
    return sum(any(covers(term, one) for fact in held for one in fact.terms) for term in terms)


def _most(counts: Mapping[str, int], wanted: int) -> tuple[str, ...]:
    """The structures with a count of `wanted`, which is above 0."""
    return tuple(one for one, count in counts.items() if count == wanted) if wanted else ()


def tied(read: Read, structure: str, definition: Definition, facts: Facts) -> str | None:
    """The structure whose facts in the asked sections speak of one that has no article ("what shares the soleus' tendon")."""
    group = facts.library.vocabulary.kind(structure) == "group"
    layered = definition.alternatives and any(x.kind == "depth" for x in read.links)
    sections = set(definition.sections(definition.name))
    if "Relations" in sections or (group and sections & {"Description", "Heads"}) or layered:
        return next(
            (n for n in facts.by_size if any(structure in f.terms for f in facts.section(n, "Relations"))), None
        )
    return None


def holder(structure: str, label: str, definition: Definition, facts: Facts) -> str:
    """The structure itself, or where its article lacks the sections the one that it is tied to ("that head", "the muscle")."""
    sections = (*definition.sections(label), *definition.otherwise)
    vocabulary = facts.library.vocabulary

    def fits(name: str) -> bool:
        return bool(facts.section(name, *sections)) and (
            not definition.kinds or vocabulary.kind(name) in definition.kinds
        )

    if fits(structure):
        return structure
    tied = [t for f in facts.of(structure) for t in sorted(f.terms) if t in facts.library.articles]
    return next((t for t in tied if fits(t)), structure)


def _elsewhere(read: Read, subject: str, facts: Facts) -> bool:
    """Whether places are named at none of which the subject lies: "the little bone in the wrist"."""
    places = {x.term for x in read.links if x.kind in {"joint", "region"}}
    told = {t for f in facts.of(subject) for t in f.terms}
    told |= {t for one in told if one in facts.library.articles for f in facts.of(one) for t in f.terms}
    covers = facts.library.vocabulary.covers
    return bool(places) and not any(covers(one, t) or covers(t, one) for one in places for t in told)


def _unknown_population(read: Read, evidence: Evidence, facts: Facts) -> bool:
    """Whether figures are asked for people of whom no fact speaks: "in Norway", "among women"."""
    held = {t for f in (*evidence.considered, *evidence.further, *evidence.facts) for t in f.terms}
    asked = [
        x.term
        for x in read.links
        if x.kind == "population"
        and (len(read.row) <= _FEW or _AMONG & set(read.row[max(0, x.start - read.start - 2) : x.start - read.start]))
    ]
    covers = facts.library.vocabulary.covers
    return bool(asked) and not any(covers(one, t) for one in asked for t in held)


def beside(read: Read, definition: Definition, evidence: Evidence, verdict: Verdict, facts: Facts) -> bool:
    """Whether the question asks beside the facts: for a movement that they don't name, or beyond the nerve or artery."""
    form = read.question.form
    named = {x.term for x in read.links}
    if definition.together and _unknown_population(read, evidence, facts):
        return True
    if definition.subject is not None and definition.subject not in named and not POINTS & set(read.row):
        # "How many people have a patella", "does the patella touch the tibia": another bone is asked about.
        covers = facts.library.vocabulary.covers
        told = {t for f in evidence.considered for t in f.terms}
        other = any(x.kind == "bone" and not any(covers(x.term, t) for t in told) for x in read.links)
        if read.question.structure is None and _elsewhere(read, definition.subject, facts):
            return True
        return other and (read.question.structure is None or (definition.together and not read.elliptical))
    acts = "Action" in definition.sections(definition.name)
    if acts and form in {"yesno", "truefalse", "either"} and verdict.kind == OPEN:
        claimed = {x.term for x in read.links if x.kind in {"movement", "activity"} and x.term not in read.conditional}
        covers = facts.library.vocabulary.covers
        return bool(claimed) and not any(covers(c, t) for c in claimed for f in evidence.considered for t in f.terms)
    if acts and form == "open" and read.elliptical:
        joints = {x.term for x in read.links if x.kind in {"joint", "region"} and x.term not in read.conditional}
        held = {t for f in evidence.considered for t in f.terms | facts.joints(f)}
        return len(joints) == 1 and not {x.term for x in read.links} & held
    if definition.supplies:
        told = {t for f in evidence.considered for t in f.terms}
        named = {x.term for x in read.links if x.kind in {"nerve", "artery"}}
        if form not in {"open", "presumes"}:
            # "Does the sural nerve pass between the heads?" asks for no supply.
            return form == "yesno" and bool(named) and not named & told and _PASSES.search(read.text) is not None
        if named & told:
            called = {f"nerve to {f.passage.structure}" for f in evidence.facts}
            about = any(x.kind == "muscle" and not x.assumed for x in read.links) or bool(called & named)
            about = about and not others.asked(read)
            return not about and not {"muscle", "muscles"} & set(read.row)
        muscle = any(x.kind == "muscle" and not x.assumed for x in read.links)
        return bool(named) and not muscle and not _SUPPLIES.search(read.text)
    return False
