"""Holds what a question asserts against the evidence: supported, contradicted, or left open.

A yes or a no stands only where the evidence says it: a claim is contradicted by its opposite, by another value where
the list of values is the whole of it (attachment sites, nerves, arteries), or by a different number. What is merely
absent stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fabella_intents.mentions import Link, link
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.evidence import Evidence, Fact, Facts, stem

SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "open"
# The kinds of term whose list under a heading is complete: another value of the kind contradicts it.
_WHOLE = {
    "Origin": frozenset({"bone", "landmark"}),
    "Insertion": frozenset({"bone", "landmark"}),
    "Articulation": frozenset({"bone", "landmark"}),
    "Innervation": frozenset({"nerve", "root"}),
    "Blood supply": frozenset({"artery"}),
}
_EVERYONE = re.compile(r"\b(?:everyone|everybody|every (?:person|human|knee|one|single)|all (?:people|humans|knees|of us|persons|adults)|we all|always|nobody|no one|no-one|never|100 ?%|no human)\b", re.I)
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent|pct)?\s*(?:-|–|—|to|and)?\s*(\d+(?:[.,]\d+)?)?\s*(%|percent|per cent|pct)", re.I)
_NOTHING = re.compile(r"\b(?:nothing|useless|pointless|ineffective|no effect|waste of time|no (?:significant )?(?:contraction|activity|activation|evidence)|not (?:work|activate|help|train|contract)|n't (?:work|activate|help|train|do (?:anything|much)|contract|use|involve)|fail(?:ed|s)? to|no good|no use)\b", re.I)
_COUNTS = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "third": 3, "fourth": 4}
_HEADS = re.compile(r"(?:(?<=only )|(?<=just )|(?<=has )|(?<=have )|(?<=its ))(one)\s+(?:head|belly)\b|\b(single|two|three|four|five|[1-5]|third|fourth)(?:\s+(?:different|separate|distinct|muscle))?[\s-]+(?:heads?|headed|bell(?:y|ies|ied))\b", re.I)
_ONLY = re.compile(r"\b(?:only|just|solely|nothing but|nowhere but|stops? at|limited to|confined to|merely|exclusively|purely)\b", re.I)
_NO_PART = re.compile(r"\b(?:nothing (?:to do|at|on|with|happens)|no (?:action|effect|role|function|influence|part|business)|not (?:act|work|cross|move|affect|involved))\b", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says to a question's claims, the facts that decide it, and the letter of a multiple choice."""

    kind: str
    facts: tuple[Fact, ...]
    letter: str = ""


def decide(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict:
    """The verdict on the claims of `read` about `structure`."""
    question = read.question
    if question.options:
        return _choose(read, structure, evidence, facts)
    if question.form == "either":
        return Verdict(OPEN, evidence.facts)
    checks = (
        _heads(read, structure, facts),
        _depth(read, facts, structure),
        _parts(read, structure, evidence, facts),
        _prevalence(read, evidence),
        _exercise(read, evidence),
        _joints(read, evidence, facts),
        _opposition(read, structure, evidence, facts),
        _values(read.links, structure, evidence, facts),
        _movement(read, evidence, facts),
        _place(read, structure, facts),
        _members(read, structure, facts),
        _owners(read, structure, facts),
        None if question.negated else _named(read, structure, evidence, facts),
    )
    against = next((v for v in checks if v is not None and v.kind == CONTRADICTED), None)
    if against is not None and not question.negated:
        return against
    found = against or next((v for v in checks if v is not None and v.kind == SUPPORTED), None)
    if found is None:
        return Verdict(OPEN, evidence.facts)
    if question.negated and question.form in {"yesno", "truefalse", "presumes"}:
        turned = SUPPORTED if found.kind == CONTRADICTED else CONTRADICTED
        return Verdict(turned, found.facts or evidence.facts)
    return found


def _values(links: Sequence[Link], structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Sites, nerves and arteries named in the question against those of the sections that answer it."""
    vocabulary = facts.library.vocabulary
    verdict = None
    for one in links:
        relevant = [f for f in evidence.considered if one.kind in _WHOLE.get(f.passage.section, frozenset())]
        part = next((x.term for x in reversed(links) if x.kind == "part" and x.start < one.start), None)
        relevant = [f for f in relevant if part is not None and f.passage.part == part] or relevant
        if not relevant or len(one.terms) > 1:
            continue
        holding = [f for f in relevant if any(vocabulary.covers(one.term, t) for t in f.terms)]
        if holding:
            verdict = Verdict(SUPPORTED, _union(evidence, verdict, holding))
            continue
        elsewhere = [
            f for f in facts.section(structure, *{r.passage.section for r in relevant})
            if f not in relevant and not f.passage.further and any(vocabulary.covers(one.term, t) for t in f.terms)
        ]  # fmt: skip
        siblings = any(_related(one.term, t, facts) for f in relevant for t in f.terms)
        if elsewhere or not siblings:
            return Verdict(CONTRADICTED, _union(evidence, Verdict(OPEN, evidence.facts), relevant))
    return verdict


def _union(evidence: Evidence, verdict: Verdict | None, more: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts of both, in the order of the library."""
    held = (*(verdict.facts if verdict else ()), *more)
    return tuple(f for f in evidence.considered if f in held) or tuple(held)


def _related(claim: str, held: str, facts: Facts) -> bool:
    """Whether two sites lie on one bone without excluding each other: then the names alone decide nothing."""
    vocabulary = facts.library.vocabulary
    if vocabulary.opposite(claim) == held or vocabulary.opposite(held) == claim:
        return False
    if vocabulary.kind(claim) not in {"bone", "landmark"} or vocabulary.kind(held) not in {"bone", "landmark"}:
        return False
    return bool(set(vocabulary.ancestors(claim)) & set(vocabulary.ancestors(held)))


def _movement(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    vocabulary = facts.library.vocabulary
    conditional = read.conditional
    claimed = [x for x in read.links if x.kind == "movement" and x.term not in conditional]
    joints = {x.term for x in read.links if x.kind == "joint" and x.term not in conditional}
    supported = None
    for one in claimed:
        against = vocabulary.opposite(one.term)
        for fact in evidence.considered:
            here = {t for t in fact.main if vocabulary.kind(t) == "joint"}
            here |= {j for t in fact.main if (j := _joint(t, facts)) is not None}
            if joints and here and not joints & here:
                continue
            if one.term in fact.main:
                supported = Verdict(SUPPORTED, _union(evidence, supported, [fact]))
            elif against is not None and against in fact.main:
                return Verdict(CONTRADICTED, (fact,))
    if supported is not None and _ONLY.search(read.text):
        for one in (x for x in read.links if x.kind == "state"):
            if vocabulary.opposite(one.term) in supported.facts[0].condition:
                return Verdict(CONTRADICTED, supported.facts)
    return supported


def _joint(term: str, facts: Facts) -> str | None:
    held = facts.library.vocabulary.terms.get(term)
    return held.joint if held else None


def _joints(read: Read, evidence: Evidence, facts: Facts) -> Verdict | None:
    """"Only moves the ankle", "does nothing at the knee": against the joints that the actions name."""
    vocabulary = facts.library.vocabulary
    acting = [f for f in evidence.considered if f.passage.section == "Action"]
    claimed = {x.term for x in read.links if x.kind == "joint" and x.term not in read.conditional}
    if not acting or not claimed or any(x.kind == "movement" for x in read.links):
        return None

    def at(fact: Fact) -> set[str]:
        return {t for t in fact.main if vocabulary.kind(t) == "joint"} | {j for t in fact.main if (j := _joint(t, facts)) is not None}

    moving = tuple(f for f in acting if at(f) & claimed)
    if _NO_PART.search(read.text):
        return Verdict(CONTRADICTED, moving) if moving else None
    others = tuple(f for f in acting if at(f) - claimed)
    if _ONLY.search(read.text) and moving and others:
        return Verdict(CONTRADICTED, others)
    return None


def _parts(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """A part that is said to hold or be something: against the parts that the facts name."""
    article = facts.library.articles[structure]
    if not read.question.parts or set(read.question.parts) & set(article.parts):
        return None
    naming = [f for f in facts.section(structure, "Location", "Description") if f.parts]
    if not naming or len(read.question.parts) > 1:
        return None
    if any(set(read.question.parts) & f.parts for f in naming):
        return Verdict(SUPPORTED, (*naming,) if "where" in read.question.intents[0] else evidence.facts)
    return Verdict(CONTRADICTED, tuple(dict.fromkeys((*naming, *(f for f in evidence.facts if f.passage.section == "Articulation")))))


def _prevalence(read: Read, evidence: Evidence) -> Verdict | None:
    rates = [f for f in evidence.considered if f.passage.section == "Prevalence"]
    if not rates:
        return None
    if _EVERYONE.search(read.text):
        return Verdict(CONTRADICTED, tuple(rates))
    claim = _NUMBER.search(read.text)
    if claim is None:
        return None
    methods = {x.term for x in read.links if x.kind == "method"}
    same = [f for f in rates if methods & f.terms] or rates
    numbers = {n.replace(",", ".") for n in claim.groups()[:2] if n}
    held = {n for f in same for n in re.findall(r"\d+(?:\.\d+)?", f.passage.text.replace(",", ""))}
    return Verdict(OPEN if numbers <= held else CONTRADICTED, tuple(rates))


def _exercise(read: Read, evidence: Evidence) -> Verdict | None:
    held = [f for f in evidence.considered if f.passage.section == "Exercises"]
    if not held:
        return None
    named = {x.term for x in read.links if x.kind == "exercise"}
    about = [f for f in held if named & f.terms] or held
    if _NOTHING.search(read.text) and (named or {"exercise", "exercises"} & set(read.row)):
        return Verdict(SUPPORTED if read.question.negated else CONTRADICTED, tuple(about))
    methods = {x.term for x in read.links if x.kind == "method"}
    if named and methods:
        for fact in about:
            if any(f"not {m}".lower() in fact.passage.text.lower() for m in methods) and named & fact.terms:
                others = named - fact.terms
                return None if others else Verdict(CONTRADICTED, tuple(about))
    return None


def _opposition(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Opposite words of the vocabulary ("increase" against "less") and opposite terms, in clinical and place facts."""
    vocabulary = facts.library.vocabulary
    held = [f for f in evidence.facts if f.passage.section not in {"Prevalence", "Heads"}]
    held += [f for f in facts.section(structure, "Relations") if f not in held and {"alone", "separate"} & set(read.row)]
    supported = None
    if read.question.form not in {"yesno", "truefalse", "presumes"}:
        return None
    spoken = set(read.loose) | {w for x in read.links if x.kind == "depth" for w in read.row[x.start - read.start : x.end - read.start]}
    for fact in held:
        said = set(words(fact.passage.text))
        for one in read.links:
            against = vocabulary.opposite(one.term)
            if against is not None and against in fact.main and one.term not in fact.main and one.kind in {"region", "movement"} and fact.passage.section != "Action":
                return Verdict(CONTRADICTED, (fact,))
        for pair in vocabulary.opposites:
            if pair.words & spoken and pair.against & said and not pair.against & set(read.row):
                return Verdict(CONTRADICTED, (fact,))
        if fact.passage.section == "Clinical relevance":
            shared = {x.term for x in read.links} & fact.main
            places = [t for t in fact.main if vocabulary.kind(t) in {"joint", "region"}]
            if _ONLY.search(read.text) and len(places) > 1 and shared & set(places) and len(shared & set(places)) < len(places):
                return Verdict(CONTRADICTED, (fact,))
            if shared & set(places):
                supported = Verdict(SUPPORTED, _union(evidence, supported, [fact]))
    return supported


def _heads(read: Read, structure: str, facts: Facts) -> Verdict | None:
    count = len(facts.library.articles[structure].parts)
    claim = _HEADS.search(read.text)
    if not count or claim is None:
        return None
    held = facts.section(structure, "Heads")
    if not held:
        return None
    return Verdict(SUPPORTED if _COUNTS[(claim.group(1) or claim.group(2)).lower()] == count else CONTRADICTED, held)


def _depth(read: Read, facts: Facts, structure: str) -> Verdict | None:
    """Which of two muscles lies deeper, or whether one is deep or superficial."""
    vocabulary = facts.library.vocabulary
    claimed = _ordered(read.links, structure)
    if claimed is None:
        return None
    for fact in facts.section(structure, "Relations"):
        told = _ordered(link(words(fact.passage.text), vocabulary), structure)
        if told is None:
            continue
        if {claimed[0], claimed[2]} == {told[0], told[2]}:
            same = claimed == told or (claimed[2], vocabulary.opposite(claimed[1]), claimed[0]) == told
            return Verdict(SUPPORTED if same else CONTRADICTED, (fact,))
    return None


def _ordered(links: Sequence[Link], structure: str) -> tuple[str, str, str] | None:
    """(X, deep or superficial to, Y) as the words stand; None without two muscles and one such word."""
    depth = [x for x in links if x.kind == "depth"]
    muscles = [x for x in links if x.kind == "muscle"]
    if not depth or len({m.term for m in muscles}) < 2:
        return None
    at = depth[0]
    before = [m for m in muscles if m.start < at.start]
    after = [m for m in muscles if m.start > at.start and (not before or m.term != before[-1].term)]
    if before and after:
        return before[-1].term, at.term, after[0].term
    if len(after) >= 2 and after[0].term != after[1].term:
        return after[1].term, at.term, after[0].term
    if len(before) >= 2 and before[-1].term != before[-2].term:
        return before[0].term, at.term, before[-1].term
    return None


def _place(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """A region or joint of another part of the body: against the region that the structure lies in."""
    vocabulary = facts.library.vocabulary
    if read.question.intents[0].partition(".")[0] not in {"location", "overview", "relations", "action", "heads", "attachments", "origin", "insertion"}:
        return None
    held = [f for f in facts.section(structure, "Location", "Description") if not f.passage.further]
    around = {a for f in held for t in f.main if vocabulary.kind(t) == "region" for a in vocabulary.ancestors(t)}
    for one in read.links:
        if one.kind in {"region", "joint"} and any(vocabulary.opposite(a) in around for a in vocabulary.ancestors(one.term) if vocabulary.opposite(a)):
            telling = tuple(f for f in held if any(vocabulary.kind(t) == "region" for t in f.main))
            return Verdict(CONTRADICTED, telling[:1])
    return None


def _owners(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """The muscles that a tendon is said to belong to: against those that its article names."""
    claimed = {x.term for x in read.links if x.kind == "muscle"}
    telling = [f for f in facts.section(structure, "Relations", "Description") if facts.library.vocabulary.kind(structure) == "tendon"]
    told = {t for f in telling for t in f.main if facts.library.vocabulary.kind(t) == "muscle"}
    if not claimed or not told or claimed <= told or read.question.form not in {"yesno", "truefalse", "presumes"}:
        return None
    return Verdict(CONTRADICTED, tuple(telling[-1:]))


def _members(read: Read, structure: str, facts: Facts) -> Verdict | None:
    """Members of a group ("the triceps surae is made of ..."): against the fact that names the group."""
    groups = {x.term for x in read.links if x.kind == "group"}
    claimed = {x.term for x in read.links if x.kind == "muscle"}
    for fact in facts.section(structure, "Relations"):
        if groups & fact.main and claimed:
            return Verdict(SUPPORTED if claimed <= fact.main else CONTRADICTED, (fact,))
    return None


def _named(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Other structures that the facts tie to this one ("does the soleus share its tendon"): supported, never denied."""
    others = {x.term for x in read.links if x.kind in {"muscle", "tendon", "sesamoid bone"} and x.term != structure}
    holding = tuple(f for f in evidence.facts if others & f.main)
    return Verdict(SUPPORTED, holding) if others and holding and all(any(o in f.main for f in holding) for o in others) else None


def _choose(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict:
    """The option that the facts support best, or for "all except" the one that they support least."""
    vocabulary = facts.library.vocabulary
    wanted = read.question.form != "except"
    pool = evidence.considered if wanted else tuple(f for f in facts.of(structure) if not f.passage.further)
    rated: list[tuple[float, str, tuple[Fact, ...]]] = []
    for option in read.question.options:
        letter, _, text = option.partition("\t")
        row = words(text)
        links = link(row, vocabulary)
        score, holding = _rate(row, links, pool, facts)
        rated.append((score, letter, holding))
    best = max(rated, key=lambda r: r[0]) if wanted else min(rated, key=lambda r: r[0])
    tie = sum(1 for r in rated if r[0] == best[0]) > 1
    if tie or (wanted and best[0] <= 0):
        return Verdict(OPEN, evidence.facts)
    given = (best[2] or evidence.facts) if wanted else evidence.facts
    return Verdict(OPEN, given, best[1])


def _rate(row: Sequence[str], links: Sequence[Link], pool: Sequence[Fact], facts: Facts) -> tuple[float, tuple[Fact, ...]]:
    """How well facts support an option (below 0: they contradict it), and which facts do."""
    vocabulary = facts.library.vocabulary
    terms = [x for x in links if x.kind != "part"]
    parts = {x.term for x in links if x.kind == "part"}
    best = 0.0
    holding: tuple[Fact, ...] = ()
    for fact in pool:
        score = 0.0
        for one in terms:
            if any(vocabulary.covers(one.term, t) for t in fact.main):
                score += 2.0
            elif vocabulary.opposite(one.term) in fact.main:
                score -= 2.0
            elif any(one.term in vocabulary.ancestors(t) for t in fact.condition):
                score += 0.1
        if parts and fact.parts:
            score += 1.0 if parts & fact.parts else -1.0
        stems = {stem(w) for w in row}
        score += len(stems & fact.stems) / (1 + len(stems))
        if not terms and not stems & fact.stems:
            continue
        if score > best:
            best, holding = score, (fact,)
    claimed = _HEADS.search(" ".join(row))
    if claimed is not None and pool:
        count = len(facts.library.articles[pool[0].passage.structure].parts)
        return (3.0 if _COUNTS[claimed.group(1) or claimed.group(2)] == count else -3.0), holding
    missing = [x for x in terms if not any(vocabulary.covers(x.term, t) for f in pool for t in f.main)]
    return best - 1.5 * len(missing), holding
