"""Holds claims about sites, movements, exercises, kinds and heads against the facts, one kind a function.

Each returns a verdict, or None where the question claims nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fabella_intents.mentions import Link, link
from fabella_intents.question import SOURCE
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.evidence import Evidence, Fact, Facts
from fabella.looking import accounts
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, Verdict

# The kinds of term whose list under a heading is complete: another value of the kind contradicts it.
_WHOLE = {
    "Origin": frozenset({"bone", "landmark"}),
    "Insertion": frozenset({"bone", "landmark"}),
    "Articulation": frozenset({"bone", "landmark"}),
    "Innervation": frozenset({"nerve", "root"}),
    "Blood supply": frozenset({"artery"}),
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
COUNTS = {
    "one": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
    "third": 3,
    "fourth": 4,
}
HEADS = re.compile(
    r"(?:(?<=only )|(?<=just )|(?<=has )|(?<=have )|(?<=its ))(one)\s+(?:head|belly)\b|\b(single|two|three|four|five|[1-5]|third|fourth)(?:\s+(?:different|separate|distinct|muscle))?[\s-]+(?:heads?|headed|bell(?:y|ies|ied))\b",
    re.I,
)
_ONLY = frozenset("only just solely merely exclusively purely alone".split())
_LIMITS = re.compile(
    r"\b(?:nothing but|nowhere but|(?:stops?|stays?|remains?) (?:at|in|within)|nothing (?:else|more|above|below|beyond|further|other)|limited to|confined to"
    r"|no (?:other|further) than|never (?:gets?|goes|reaches|leaves)|and that(?:'s| is) (?:it|all))\b",
    re.I,
)
_BEING = frozenset({"is", "being", "as", "are", "was"})
_CALLED = frozenset({"called", "named"})
_NOUNS = frozenset(
    "muscle tendon ligament bone nerve artery vein cartilage meniscus bursa joint tooth gland organ vessel".split()
)
_NO_PART = re.compile(
    r"\b(?:nothing (?:to do|at|on|with|happens)|no (?:action|effect|role|function|influence|part|business)|not (?:act|work|cross|move|affect|involved))\b",
    re.I,
)

_LEFT_OUT = re.compile(
    r"\b(?:rather than|instead of|(?<= )not|nothing(?: to do)?|no (?:action|effect|role|function|influence|part|movement))"
    r"(?: (?:on|at|with|in|into|from|by|through|across|over|for|to|of|any|even|moving|bending|flexing|the|its|your|my))*$"
)
_PORTION = re.compile(
    r"\b(upper|middle|lower|top|bottom)(?:most)?\b(?=(?: \w+)? (?:part|third|half|portion|area|bit)\b)", re.I
)
_DENIED = re.compile(r"\b(?:not|rather than|instead of)(?: (?:in|on|at|into|to|the|its))*\s*$", re.I)
_MORE = frozenset("more higher greater larger bigger stronger increased".split())
_LESS = frozenset("less lower smaller weaker reduced decreased".split())
_NEAR = 4  # tokens between a movement and the joint that it is said of


def values(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Sites, nerves and arteries named in the question against those of the sections that answer it."""
    vocabulary = facts.library.vocabulary
    links, read_words = read.links, set(read.row)
    verdict = against = None
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
        holding = [f for f in relevant if any(vocabulary.covers(one.term, t) for t in f.terms)]
        held_parts = {f.passage.part for f in holding}
        if _left_out(one, read):
            against = Verdict(CONTRADICTED, _union(evidence, against, holding)) if holding else against
            continue
        if holding and "both" in read_words and len(held_parts) < len({f.passage.part for f in relevant}):
            return Verdict(CONTRADICTED, tuple(relevant))
        if holding:
            verdict = Verdict(SUPPORTED, _union(evidence, verdict, holding))
            continue
        elsewhere = [
            f for f in facts.section(structure, *{r.passage.section for r in relevant})
            if f not in relevant and not f.passage.further and any(vocabulary.covers(one.term, t) for t in f.terms)
        ]  # fmt: skip
        siblings = any(_related(one.term, t, facts) for f in relevant for t in f.terms)
        if elsewhere or not siblings:
            against = Verdict(CONTRADICTED, _union(evidence, against or Verdict(OPEN, evidence.facts), relevant))
    return against or verdict


def _end_of(one: Link, read: Read) -> str | None:
    """The end that a site is said to be of: told by the last word before it that names one, else by the only one."""
    told = [(at, end) for at, word in enumerate(read.row) for end, names in _ENDS.items() if word in names]
    before = [end for at, end in told if at < one.start - read.start]
    if before and len({end for _, end in told}) > 1:
        return before[-1]
    ends = {end for _, end in told}
    return ends.pop() if len(ends) == 1 else None


def _union(evidence: Evidence, verdict: Verdict | None, more: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of both, in the order of the library."""
    held = (*(verdict.facts if verdict else ()), *more)
    return tuple(f for f in evidence.considered if f in held) or tuple(held)


def portions(read: Read, evidence: Evidence) -> Verdict | None:
    """ "The lower part of that surface": against the fact that tells which part it is."""
    said = {m.group(1).lower() for m in _PORTION.finditer(read.text) if not _DENIED.search(read.text[: m.start()])}
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
    if vocabulary.opposite(claim) == held or vocabulary.opposite(held) == claim:
        return False
    if vocabulary.kind(claim) not in {"bone", "landmark"} or vocabulary.kind(held) not in {"bone", "landmark"}:
        return False
    return bool(set(vocabulary.ancestors(claim)) & set(vocabulary.ancestors(held)))


def movements(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Movements said of the structure, at the joints and under the conditions named: supported, or excluded by an opposite."""
    vocabulary = facts.library.vocabulary
    conditional = read.conditional
    claimed = [x for x in read.links if x.kind == "movement" and x.term not in conditional and not _left_out(x, read)]
    named = {x.term for x in read.links if x.kind == "joint" and x.term not in conditional}
    moved = {one: _moved(one, read) for one in claimed}
    free = named - set().union(*moved.values())
    supported = contradicted = None
    for one in claimed:
        against = vocabulary.opposite(one.term)
        at = moved[one] or free
        for fact in evidence.considered:
            here = facts.joints(fact)
            if at and here and not at & here:
                if moved[one] and one.term in fact.main and read.question.form == "presumes":
                    contradicted = Verdict(CONTRADICTED, _union(evidence, contradicted, [fact]))
                continue
            if one.term in fact.main:
                supported = Verdict(SUPPORTED, _union(evidence, supported, [fact]))
            elif against is not None and against in fact.main and read.question.form != "open":
                contradicted = Verdict(CONTRADICTED, _union(evidence, contradicted, [fact]))
    if contradicted is not None:
        denied = {x.term for x in read.links if _left_out(x, read)}
        return Verdict(
            CONTRADICTED, _union(evidence, contradicted, [f for f in evidence.considered if denied & f.terms])
        )
    if supported is not None:
        for one in (x for x in read.links if x.kind == "state"):
            if vocabulary.opposite(one.term) in supported.facts[0].condition:
                # Another condition than the source's: denied where it is said to be the only one, else left open.
                return Verdict(CONTRADICTED if _alone(read, {one.term}) else OPEN, supported.facts)
    return supported


def _moved(movement: Link, read: Read) -> set[str]:
    """The joint that a movement is said to take place at: the one that follows it closely."""
    for one in read.links:
        if one.start >= movement.end and one.kind in {"movement", "joint"}:
            close = one.kind == "joint" and one.start - movement.end <= _NEAR and one.term not in read.conditional
            return {one.term} if close else set()
    return set()


def _left_out(one: Link, read: Read) -> bool:
    """Whether a name is said to have no part: "rather than the knee", "no action on the ankle", "not the tibia"."""
    if read.question.negated or accounts(read):
        return False
    at = one.start - read.start
    return _LEFT_OUT.search(" ".join(read.row[max(0, at - 8) : at])) is not None


def _alone(read: Read, terms: Collection[str]) -> bool:
    """Whether one of the terms is said to be the only one: "only the ankle", "the foot alone", "and nothing above it"."""
    if _LIMITS.search(read.text):
        return True
    for one in read.links:
        start, end = one.start - read.start, one.end - read.start
        if one.term in terms and _ONLY & {*read.row[max(0, start - 5) : start], *read.row[end : end + 2]}:
            return True
    return False


def joints(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "Only moves the ankle", "does nothing at the knee": against the joints that the actions name."""
    acting = [f for f in evidence.considered if f.passage.section == "Action"]
    claimed = {x.term for x in read.links if x.kind == "joint" and x.term not in read.conditional}
    if not acting or not claimed or read.question.form == "open":
        return None
    denied = {x.term for x in read.links if x.term in claimed and _left_out(x, read)}
    left_out = tuple(f for f in acting if facts.joints(f) & denied)
    if left_out:
        return Verdict(CONTRADICTED, left_out)
    if any(x.kind == "movement" for x in read.links):
        return None
    moving = tuple(f for f in acting if facts.joints(f) & claimed)
    if _NO_PART.search(read.text):
        return Verdict(CONTRADICTED, moving) if moving else None
    others = tuple(f for f in acting if facts.joints(f) - claimed)
    if moving and others and _alone(read, claimed):
        return Verdict(CONTRADICTED, others)
    return None


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


def compared(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """ "Higher with X than with Y", of opposite terms: against a fact that compares them the one way or the other."""
    said = _more_of(read.row, [(x.term, x.start - read.start) for x in read.links], facts)
    if said is None:
        return None
    for fact in evidence.considered:
        row = words(fact.passage.text)
        told = _more_of(row, [(x.term, x.start) for x in link(row, facts.library.vocabulary)], facts)
        if told is not None and set(told) == set(said):
            return Verdict(SUPPORTED if told == said else CONTRADICTED, (fact,))
    return None


def _more_of(row: Sequence[str], named: Sequence[tuple[str, int]], facts: Facts) -> tuple[str, str] | None:
    """What is said to be more, and its opposite: "lower with B than with A" is (A, B); None where nothing is compared."""
    at = next((i for i, w in enumerate(row) if w in _MORE or w in _LESS), None)
    if at is None:
        return None
    opposites = [(t, i, against) for t, i in named if (against := facts.library.vocabulary.opposite(t)) is not None]
    after = [x for x in opposites if x[1] > at]
    first = next(iter(after or reversed(opposites)), None)
    if first is None:
        return None
    return (first[0], first[2]) if row[at] in _MORE else (first[2], first[0])


def opposition(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Opposite words of the vocabulary ("increase" against "less") and opposite terms, in clinical and place facts."""
    vocabulary = facts.library.vocabulary
    held = [f for f in evidence.facts if f.passage.section not in {"Prevalence", "Heads"}]
    held += [
        f for f in facts.section(structure, "Relations") if f not in held and {"alone", "separate"} & set(read.row)
    ]
    supported = None
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
                _alone(read, shared)
                and len(places) > 1
                and shared & set(places)
                and len(shared & set(places)) < len(places)
            ):
                return Verdict(CONTRADICTED, (fact,))
            if shared & set(places):
                supported = Verdict(SUPPORTED, _union(evidence, supported, [fact]))
    return supported


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
    return Verdict(SUPPORTED if COUNTS[(claim.group(1) or claim.group(2)).lower()] == count else CONTRADICTED, held)
