"""Yes-or-no claims made from the articles: facts of each muscle, and others that no source tells of it.

A true claim is what one fact says; a false one a fact of other muscles that the muscle's own article nowhere tells, not
of a part or a whole of it either; a half-true one joins the two with "and". No false or half-true claim may be answered
with a yes, no true one with a no. `python tests/claims.py` counts how answers begin.
"""

from __future__ import annotations

import collections
import random
import re
from collections.abc import Iterator

from fabella import Engine
from fabella_intents.mentions import link
from fabella_knowledge.library import Library
from fabella_knowledge.model import Passage
from fabella_knowledge.tokens import words

TRUE, FALSE, HALF = "true", "false", "half true"
EACH = 6  # false claims of each muscle's action, and one of each other section
ASKED = {
    "Action": "Does the {} {}?",
    "Origin": "Does the {} arise from the {}?",
    "Insertion": "Does the {} insert on the {}?",
    "Innervation": "Is the {} supplied by the {}?",
    "Blood supply": "Is the {} supplied by the {}?",
}
KINDS = {
    "Origin": {"landmark", "bone"}, "Insertion": {"landmark", "bone"}, "Innervation": {"nerve"},
    "Blood supply": {"artery"},
}  # fmt: skip
_PLAIN = re.compile(
    r"((?:medially |laterally )?(?:flex|extend|abduct|adduct|rotate|elevate|depress|pronate|supinate|invert|evert"
    r"|dorsiflex|plantarflex|protract|retract))(?:s|es) (the [a-z ]+)",
    re.I,
)


def claims(library: Library, seed: int = 5) -> Iterator[tuple[str, str]]:
    """Whether it is so, and the question."""
    rng = random.Random(seed)
    for section, asked in ASKED.items():
        own: dict[str, list[Passage]] = collections.defaultdict(list)
        for passage in library.passages:
            if passage.section == section and library.articles[passage.structure].kind == "muscle":
                own[passage.structure].append(passage)
        named = {said: _named(said, library) for held in own.values() for one in held for said in _said(one, library)}
        for muscle, held in own.items():
            so = sorted({said for one in held if not one.part and not one.further for said in _said(one, library)})
            told = frozenset().union(*(_named(one.text, library) for one in held))
            strange = [said for said in sorted(named) if _strange(named[said], told, library)]
            name = library.articles[muscle].display.lower()
            for said in so:
                yield TRUE, asked.format(name, said)
            for said in rng.sample(strange, EACH if section == "Action" else 1):
                yield FALSE, asked.format(name, said)
            if so:
                other = rng.choice(strange)
                both = f"{rng.choice(so)} and {other if section == 'Action' else f'the {other}'}"
                yield HALF, asked.format(name, both)


def memberships(library: Library, seed: int = 6) -> Iterator[tuple[str, str]]:
    """Whether it is so, and the question whether a muscle belongs to a group."""
    rng = random.Random(seed)
    muscles = [one.name for one in library.articles.values() if one.kind == "muscle"]
    for group in library.articles.values():
        listed = [p for p in group.passages if p.section == "Members"]
        members = [x.term for p in listed for x in link(words(p.text), library.vocabulary) if x.kind == "muscle"]
        others = [one for one in muscles if one not in members]
        if group.kind != "group" or not members:
            continue
        name = group.display.lower()
        member, other = rng.choice(members), rng.choice(others)
        yield TRUE, f"Is the {member} a member of the {name}?"
        yield FALSE, f"Is the {other} one of the {name}?"
        yield HALF, f"Do the {member} and the {other} belong to the {name}?"


def _said(passage: Passage, library: Library) -> list[str]:
    """The claims that a passage makes in plain words: one movement, or each term of the section's kind."""
    if passage.section == "Action":
        found = _PLAIN.fullmatch(passage.text)
        return [f"{found.group(1)} {found.group(2)}".lower()] if found else []
    links = link(words(passage.text), library.vocabulary)
    return [
        library.vocabulary.display(x.term).lower()
        for x in links
        if x.kind in KINDS[passage.section] and len(x.terms) == 1
    ]


def _named(text: str, library: Library) -> frozenset[tuple[str, str]]:
    """The movements in a text, each with what else the text names; without movements, each term with itself."""
    links = link(words(text), library.vocabulary)
    moved = [x.term for x in links if x.kind == "movement"]
    others = [term for x in links if x.kind != "movement" for term in x.terms]
    return frozenset((a, b) for a in moved for b in others) or frozenset((one, one) for one in others)


def _strange(said: frozenset[tuple[str, str]], told: frozenset[tuple[str, str]], library: Library) -> bool:
    """Whether nothing told is what is said, of the same or of what it belongs to or holds."""
    covers = library.vocabulary.covers
    return bool(said) and not any(
        (covers(a, b) or covers(b, a)) and (covers(x, y) or covers(y, x)) for a, x in said for b, y in told
    )


def run(engine: Engine, library: Library) -> dict[str, dict[str, list[str]]]:
    """The questions by whether it is so, and by the word that the answer begins with ("" for none)."""
    found: dict[str, dict[str, list[str]]] = {kind: collections.defaultdict(list) for kind in (TRUE, FALSE, HALF)}
    for kind, question in (*claims(library), *memberships(library)):
        answer = engine.ask(question)
        found[kind][answer.lead if answer.statements else "(refused)"].append(question)
    return found


if __name__ == "__main__":
    from fabella_knowledge import library as libraries

    for kind, leads in run(Engine.load(), libraries.load()).items():
        total = sum(map(len, leads.values()))
        print(f"{kind:<10} {total:>5}  " + ", ".join(f"{lead or '-'} {len(held)}" for lead, held in leads.items()))
