"""Holds claims about sites, parts, exercises, kinds and heads against the facts, one kind a function.

Each returns a verdict, or None where the question claims nothing of the kind.
"""

from __future__ import annotations

import re

from fabella_intents.mentions import Link
from fabella_intents.ordinals import number
from fabella_intents.question import SOURCE
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.criteria import criteria
from fabella.evidence import Evidence, Fact, Facts
from fabella.limits import alone, denied, left_out
from fabella.verdict import CONTRADICTED, SUPPORTED, Verdict

# The kinds of term whose list under a heading is complete: another value of the kind contradicts it.
_WHOLE = {
    "Origin": frozenset({"bone", "landmark"}),
    "Insertion": frozenset({"bone", "landmark"}),
    "Articulation": frozenset({"bone", "landmark"}),
    "Innervation": frozenset({"nerve", "root"}),
    "Blood supply": frozenset({"artery"}),
    "Location": frozenset({"compartment"}),
}
# Words that tell which end of a muscle is meant where both were looked up.
_ENDS = {
    "Origin": frozenset(
        "origin originate originates originating arise arises arising begin begins start starts proximal proximally".split()
    ),
    "Insertion": frozenset("insertion insert inserts inserting inserted end ends distal distally".split()),
}
_NOTHING = re.compile(
    r"\b(?:nothing(?! else)|useless|pointless|ineffective|no effect|waste of time|no (?:significant )?(?:contraction|activity|activation|evidence)|not (?:work|activate|help|train|contract)|n't (?:work|activate|help|train|do (?:anything|much)|contract|use|involve)|fail(?:ed|s)? to|no good|no use)\b",
    re.I,
)
HEADS = re.compile(
    r"(?:(?<=only )|(?<=just )|(?<=has )|(?<=have )|(?<=its ))(one)\s+(?:head|belly)\b|\b(single|two|three|four|five|[1-5]|third|fourth)(?:\s+(?:different|separate|distinct|muscle))?[\s-]+(?:heads?|headed|bell(?:y|ies|ied))\b",
    re.I,
)
_PLACED = re.compile(
    r"\b(?:belongs? to|(?:lies?|lying|sits?|sitting|is|being|located|found|situated|runs?) (?:\w+ )?in"
    r"|part of|member of)\b",
    re.I,
)
_SIDE = re.compile(
    r"\b(inner|outer|medial|lateral|front|back|anterior|posterior) (?:side|surface|aspect|part|edge|border) of(?: the)?$"
)
_SIDES = {"inner": "medial", "outer": "lateral", "front": "anterior", "back": "posterior"}
_ACROSS = {"medial": "lateral", "lateral": "medial", "anterior": "posterior", "posterior": "anterior"}
_SIDE_WORDS = 5  # words before a bone that may tell a side of it
_DIGITS = frozenset({"toes", "fingers", "thumb", "great toe"})
_BEING = frozenset({"is", "being", "as", "are", "was"})
_CALLED = frozenset({"called", "named"})
_NOUNS = frozenset(
    "muscle tendon ligament bone nerve artery vein cartilage meniscus bursa joint tooth gland organ vessel".split()
)
_PORTION = re.compile(
    r"\b(upper|middle|lower|top|bottom)(?:most)?\b(?=(?: \w+)? (?:part|third|half|portion|area|bit)\b)", re.I
)


def values(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Sites, nerves and arteries named in the question against those of the sections that answer it.

    Supported where each of them is told, contradicted where one is not and none like it could be meant.
    """
    vocabulary = facts.library.vocabulary
    # What a movement moves is claimed to be moved, not to be an attachment.
    moved = {t for one in criteria(read, vocabulary) if one.field == "action" for _, t in one.choices}
    links, read_words = [x for x in read.links if x.term not in moved], set(read.row)
    telling: list[Fact] = []
    against: list[Fact] = []
    # "It goes to the little toe because it starts on the fibula": of the digits named the facts must tell, too.
    digits = [x.term for x in read.links if x.kind == "region" and set(vocabulary.ancestors(x.term)) & _DIGITS]
    around = " ".join(f.passage.text.lower() for f in facts.section(structure, "Insertion", "Origin", "Action"))
    missing = any(one not in around for one in digits)
    for one in links:
        relevant = [f for f in evidence.considered if one.kind in _WHOLE.get(f.passage.section, frozenset())]
        end = _end_of(one, read)
        relevant = [f for f in relevant if end is None or f.passage.section == end or f.passage.section not in _ENDS]
        if not relevant:
            continue
        part = next((x.term for x in reversed(links) if x.kind == "part" and x.start < one.start), None)
        relevant = [f for f in relevant if part is not None and f.passage.part == part] or relevant
        if not relevant or len(one.terms) > 1:
            continue
        stated = read.question.form not in {"open", "presumes"} or _PLACED.search(read.text)
        if one.kind == "compartment" and not stated:
            continue  # "if I take the soleus away, which deep posterior muscles do I find?"
        holding = [f for f in relevant if any(vocabulary.covers(one.term, t) for t in f.terms)]
        held_parts = {f.passage.part for f in holding}
        if left_out(one, read):
            against += holding
            continue
        side = _side_of(one, read)
        if side is not None and holding and not any(side in words(f.passage.text) for f in holding):
            # "The inner side of the tibia": another side of it is told, or none.
            if any(_ACROSS[side] in words(f.passage.text) for f in holding):
                against += relevant
            missing = True
            continue
        if holding and "both" in read_words and len(held_parts) < len({f.passage.part for f in relevant}):
            return Verdict(CONTRADICTED, tuple(relevant))
        if holding:
            telling += holding
            continue
        elsewhere = [
            f for f in facts.section(structure, *{r.passage.section for r in relevant})
            if f not in relevant and not f.passage.further and any(vocabulary.covers(one.term, t) for t in f.terms)
        ]  # fmt: skip
        siblings = any(
            _related(one.term, t, facts) or vocabulary.covers(t, one.term) for f in relevant for t in f.terms
        )
        if elsewhere or not siblings:
            against += relevant if against else [*evidence.facts, *relevant]
        missing = True
    if against:
        return Verdict(CONTRADICTED, evidence.ordered(against))
    return Verdict(SUPPORTED, evidence.ordered(telling)) if telling and not missing else None


def _end_of(one: Link, read: Read) -> str | None:
    """The end that a site is said to be of: told by the last word before it that names one, else by the only one."""
    named = {at - read.start for x in read.links for at in range(x.start, x.end)}  # "the proximal phalanx" tells none
    told = [
        (at, end)
        for at, word in enumerate(read.row)
        for end, names in _ENDS.items()
        if word in names and at not in named
    ]
    before = [end for at, end in told if at < one.start - read.start]
    if before and len({end for _, end in told}) > 1:
        return before[-1]
    ends = {end for _, end in told}
    return ends.pop() if len(ends) == 1 else None


def _side_of(one: Link, read: Read) -> str | None:
    """The side of a bone that is spoken of: "medial" for "the inner side of the tibia"."""
    before = " ".join(read.row[max(0, one.start - read.start - _SIDE_WORDS) : one.start - read.start])
    said = _SIDE.search(before)
    return _SIDES.get(said.group(1), said.group(1)) if said is not None else None


def portions(read: Read, evidence: Evidence) -> Verdict | None:
    """ "The lower part of that surface": against the fact that tells which part it is."""
    said = {m.group(1).lower() for m in _PORTION.finditer(read.text) if not denied(read.text[: m.start()])}
    if not said:
        return None
    for fact in evidence.facts:
        told = {m.group(1).lower() for m in _PORTION.finditer(fact.passage.text)}
        if told:
            return Verdict(SUPPORTED if said <= told else CONTRADICTED, (fact,))
    return None


def _related(claim: str, held: str, facts: Facts) -> bool:
    """Whether two sites lie on one bone without excluding each other: then the names alone decide nothing."""
    vocabulary = facts.library.vocabulary
    wider, other = set(vocabulary.ancestors(claim)), set(vocabulary.ancestors(held))
    if any(vocabulary.opposite(a) in other for a in wider) or any(vocabulary.opposite(a) in wider for a in other):
        return False  # the superior border of the greater trochanter is no part of the lesser one
    if vocabulary.kind(claim) not in {"bone", "landmark"} or vocabulary.kind(held) not in {"bone", "landmark"}:
        return False
    return bool(wider & other)


def parts(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """A part that is said to hold or be something: against the parts that the facts name."""
    article = facts.library.articles[structure]
    if not read.question.parts or set(read.question.parts) & set(article.parts):
        return None
    naming = [f for f in facts.section(structure, "Location", "Description") if f.parts]
    if not naming or len(read.question.parts) > 1:
        return None
    if any(set(read.question.parts) & f.parts for f in naming):
        return Verdict(SUPPORTED, (*naming,) if "where" in read.question.intents[0] else evidence.facts)
    return Verdict(
        CONTRADICTED,
        tuple(dict.fromkeys((*naming, *(f for f in evidence.facts if f.passage.section == "Articulation")))),
    )


def exercise(read: Read, evidence: Evidence) -> Verdict | None:
    """ "Does nothing" and a wrong kind of study, against what the exercise facts say."""
    held = [f for f in evidence.considered if f.passage.section == "Exercises"]
    if not held:
        return None
    named = {x.term for x in read.links if x.kind == "exercise"}
    about = [f for f in held if named & f.terms] or held
    if _NOTHING.search(read.text) and (named or {"exercise", "exercises"} & set(read.row)):
        return Verdict(SUPPORTED if read.question.negated else CONTRADICTED, tuple(about))
    methods = {x.term for x in read.links if x.kind == "method"}
    if (read.picked or "").startswith(SOURCE) and methods and read.question.form in {"yesno", "truefalse"}:
        # "Did they use EMG?", of one study: its fact says which method it was not.
        denying = tuple(f for f in evidence.facts if any(f"not {m}".lower() in f.passage.text.lower() for m in methods))
        return Verdict(CONTRADICTED, denying) if denying else None
    if named and methods:
        for fact in about:
            if any(f"not {m}".lower() in fact.passage.text.lower() for m in methods) and named & fact.terms:
                others = named - fact.terms
                return None if others else Verdict(CONTRADICTED, tuple(about))
    return None


def opposition(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Opposite words of the vocabulary ("increase" against "less") and opposite terms, in clinical and place facts."""
    vocabulary = facts.library.vocabulary
    held = [f for f in evidence.facts if f.passage.section not in {"Prevalence", "Heads"}]
    held += [
        f for f in facts.section(structure, "Relations") if f not in held and {"alone", "separate"} & set(read.row)
    ]
    telling: list[Fact] = []
    if read.question.form not in {"yesno", "truefalse", "presumes"}:
        return None
    spoken = set(read.loose) | {
        w for x in read.links if x.kind == "depth" for w in read.row[x.start - read.start : x.end - read.start]
    }
    for fact in held:
        said = set(words(fact.passage.text))
        for one in read.links:
            against = vocabulary.opposite(one.term)
            if (
                against is not None
                and against in fact.main
                and one.term not in fact.main
                and one.kind in {"region", "movement"}
                and fact.passage.section != "Action"
            ):
                return Verdict(CONTRADICTED, (fact,))
        for pair in vocabulary.opposites:
            if pair.words & spoken and pair.against & said and not pair.against & set(read.row):
                return Verdict(CONTRADICTED, (fact,))
        if fact.passage.section == "Clinical relevance":
            shared = {x.term for x in read.links} & fact.main
            places = [t for t in fact.main if vocabulary.kind(t) in {"joint", "region"}]
            if (
                alone(read, shared)
                and len(places) > 1
                and shared & set(places)
                and len(shared & set(places)) < len(places)
            ):
                return Verdict(CONTRADICTED, (fact,))
            if shared & set(places):
                telling.append(fact)
    return Verdict(SUPPORTED, evidence.ordered(telling)) if telling else None


def kind(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """ "The fabella, being a muscle", "the ligament called fabella": against the kind that the article states."""
    own = set(facts.library.articles[structure].kind.split())
    for one in read.links:
        if one.term != structure or one.assumed:
            continue
        before = read.row[max(0, one.start - read.start - 2) : one.start - read.start]
        if before[1:] and before[1] in _CALLED and before[0] in _NOUNS - own:
            return Verdict(CONTRADICTED, facts.section(structure, "Description"))
        at = one.end - read.start
        said = read.row[at : at + 5]
        if len(said) > 2 and said[0] in _BEING and said[1] in {"a", "an"}:
            nouns = {w for w in said[2:] if w in _NOUNS}
            if nouns and not nouns & own:
                return Verdict(CONTRADICTED, facts.section(structure, "Description"))
    return None


def heads(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """A number of heads, against the parts of the article."""
    count = len(facts.library.articles[structure].parts)
    claim = HEADS.search(read.text)
    if not count or claim is None:
        return None
    held = facts.section(structure, "Heads")
    if not held:
        return None
    return Verdict(SUPPORTED if number(claim.group(1) or claim.group(2)) == count else CONTRADICTED, held)
