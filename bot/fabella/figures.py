"""Holds figures and "everybody has one" against the rates that the sources give."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.evidence import Evidence, Fact, Facts
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, Verdict

_ALL = r"(?:everyone|everybody|every (?:single )?(?:person|human|knee|one|body|adult|leg)|all (?:people|humans|knees|of us|persons|adults|legs)|we all|nobody|no one|no-one|no human)"
_HAS = r"(?:has|have|had|got|gets|owns?|possess\w*|carr(?:y|ies)|shows?|is born|are born|walks? around with)"
# "Everybody has one", "is it in every knee", "always there": not any sentence with such a word ("everyone says").
_EVERYONE = re.compile(
    rf"\b{_ALL}(?:\W+\w+){{0,2}}?\W+{_HAS}\b|\b(?:does|do|has|have|did)\W+{_ALL}\b|\b(?:in|of|for|to|by|with|among)\W+{_ALL}\b"
    r"|\b(?:always|never)\W+(?:\w+\W+)?(?:there|present|found|seen|visible|exists?|occurs?|absent|missing|has|have|be|with)\b|\b(?:is|are)\W+(?:\w+\W+)?(?:always|never)\b|100 ?%",
    re.I,
)
_EVERY_HUMAN = re.compile(rf"\b{_ALL}\b", re.I)
_NOT_ALL = re.compile(rf"(?:\bnot|n't)\W+(?:\w+\W+){{0,4}}?(?:{_ALL}|always)\b", re.I)
_SOME = frozenset({"some"})
_RARER = re.compile(
    r"\b(?:rarer|scarcer|less (?:common|frequent|often)|fewer|declin\w+|decreas\w+|dropp\w+|drop|fell|falling|shr[aiu]nk\w*|vanish\w*|disappear\w*|dying out)\b",
    re.I,
)
_TREND = "change over time"
_PARTICULAR = frozenset({"method", "population", "condition"})  # what a rate is of
_LONG = re.compile(r"\b\d+\.\d+\b|\b\d{1,3}(?:,\d{3})+\b|\b(?!19|20)\d{2,6}\b")  # numbers that no year is
_COUNTED = re.compile(
    r"\b(\d[\d,]*)\s+(?:studies|knees|people|subjects|individuals|persons|specimens|cadavers|patients)\b", re.I
)
_NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent|pct)?\s*(?:-|–|—|to|and)?\s*(\d+(?:[.,]\d+)?)?\s*(%|percent|per cent|pct)",
    re.I,
)


def prevalence(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict | None:
    """Figures and "everybody has one": against the rates, and for a muscle against its variants."""
    rates = _rates(read, structure, evidence, facts)
    if not rates:
        return None
    if _EVERYONE.search(read.text):
        some = [f for f in facts.section(structure, "Description") if _SOME & set(words(f.passage.text))]
        whom = {x.term for x in read.links if x.kind in {"condition", "population"}}
        rates = tuple(f for f in facts.section(structure, "Prevalence") if whom & f.terms) or rates
        # "It isn't in everybody, is it?" says what the sources say.
        right = _not_all(read.text) and not read.question.negated
        return Verdict(SUPPORTED if right else CONTRADICTED, tuple(dict.fromkeys((*some, *rates))))
    every = facts.section(structure, "Prevalence")
    changed = tuple(f for f in every if _TREND in f.terms)
    if changed and _RARER.search(read.text) and any(x.term == _TREND for x in read.links):
        return Verdict(CONTRADICTED, changed)
    another = _another_source(read, every, facts)
    if another:
        return Verdict(CONTRADICTED, another)
    claim = _NUMBER.search(read.text)
    return _figure(read, claim, rates, every, facts) if claim is not None else None


def _rates(read: Read, structure: str, evidence: Evidence, facts: Facts) -> tuple[Fact, ...]:
    """The rates that were looked up; where all people are spoken of, also those of the structure and its absence."""
    rates = tuple(f for f in evidence.considered if f.passage.section == "Prevalence")
    if rates or not (_EVERYONE.search(read.text) and _EVERY_HUMAN.search(read.text)):
        return rates
    told = (f for f in facts.section(structure, "Prevalence", "Variants") if not f.passage.further)
    return tuple(f for f in told if f.passage.section == "Prevalence" or "absent" in f.stems)


def _figure(
    read: Read, claim: re.Match[str], rates: tuple[Fact, ...], every: tuple[Fact, ...], facts: Facts
) -> Verdict:
    """A claimed figure: contradicted where no source gives it, or where it is of another method or other people."""
    claimed = {n.replace(",", ".") for n in claim.groups()[:2] if n}
    giving = tuple(f for f in every if all(_gives(f, n) for n in claimed))
    said = _said(read, _PARTICULAR)
    if not said:
        held = all(any(_gives(f, n) for f in rates) for n in claimed)
        exact = giving if any("." in n for n in claimed) else ()
        return Verdict(OPEN, rates if held else exact) if held or exact else Verdict(CONTRADICTED, rates)
    of_those = tuple(f for f in every if _is_of(f, said, facts))
    right = tuple(f for f in giving if f in of_those)
    if right:
        counted = _COUNTED.findall(read.text)
        told = all(_gives(f, n.replace(",", "")) for f in right for n in counted)
        return Verdict(SUPPORTED if told else CONTRADICTED, right)
    exact = tuple(f for f in giving if claimed <= _numbers(f))
    whom = {kind: terms for kind, terms in said.items() if kind != "method"}
    authors = {x.term for x in read.links if x.kind == "author"}
    about = tuple(f for f in every if _is_of(f, whom, facts) or (authors & facts.people(f) and not f.passage.further))
    return Verdict(CONTRADICTED, tuple(dict.fromkeys((*about, *exact))) or rates)


def _said(read: Read, kinds: frozenset[str]) -> dict[str, set[str]]:
    """The terms of those kinds that the question names, by kind."""
    said: dict[str, set[str]] = {}
    for one in read.links:
        if one.kind in kinds:
            said.setdefault(one.kind, set()).add(one.term)
    return said


def _is_of(fact: Fact, said: Mapping[str, set[str]], facts: Facts) -> bool:
    """Whether a rate is of a method, people or condition named, and of no other of that kind."""
    vocabulary = facts.library.vocabulary
    fitting = False
    for kind, terms in said.items():
        own = {t for t in fact.terms if vocabulary.kind(t) == kind}
        if not own:
            continue
        if not any(vocabulary.covers(t, m) or vocabulary.covers(m, t) for t in own for m in terms):
            return False
        fitting = True
    return fitting


def _gives(fact: Fact, claimed: str) -> bool:
    """Whether a fact holds a number, or one that it is rounded from ("12" for 11.94)."""
    return claimed in _numbers(fact) or any(
        "." in n and "." not in claimed and round(float(n)) == int(claimed) for n in _numbers(fact)
    )


def _another_source(read: Read, every: tuple[Fact, ...], facts: Facts) -> tuple[Fact, ...]:
    """What the author named does say, and who gives the number that the question says is his; empty where it is."""
    named = {x.term for x in read.links if x.kind == "author"}
    told = {n.replace(",", "") for n in _LONG.findall(read.text)}
    giving = tuple(f for f in every if told & _numbers(f))
    if not named or not giving or any(named & facts.people(f) for f in giving):
        return ()
    return (*(f for f in every if named & facts.people(f) and not f.passage.further), *giving)


def _numbers(fact: Fact) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:\.\d+)?", fact.passage.text.replace(",", "")))


def _not_all(text: str) -> bool:
    """Whether it is denied that all have one; "doesn't everybody ...?" denies nothing."""
    denied = _NOT_ALL.search(text)
    return denied is not None and len(words(text[: denied.start()])) != 1
