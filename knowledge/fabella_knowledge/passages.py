"""Makes an article of what its file says: passages with ids, and the terms that each of them names."""

from __future__ import annotations

from collections.abc import Sequence

from fabella_knowledge.article import ArticleFile, Claim
from fabella_knowledge.errors import Problem
from fabella_knowledge.files import REFERENCES
from fabella_knowledge.model import ATTACHMENT_KINDS, Article, Passage
from fabella_knowledge.tokens import words
from fabella_knowledge.vocabulary import Vocabulary

# What a line under each section that is looked up must name, and how it is called.
_LOOKED_UP = {
    "Origin": (ATTACHMENT_KINDS, "an attachment site"),
    "Insertion": (ATTACHMENT_KINDS, "an attachment site"),
    "Action": (frozenset({"movement"}), "a movement"),
    "Innervation": (frozenset({"nerve", "root"}), "a nerve"),
    "Blood supply": (frozenset({"artery"}), "an artery"),
}
# What moves where there is no joint to name: an eye, a lip, the hyoid bone.
_MOVED = ATTACHMENT_KINDS | {"joint", "region", "organ"}
# Segments of a limb move at a joint, which is named.
_LIMB = frozenset({"thigh", "lower leg", "foot", "arm", "forearm", "hand", "scapula", "mandible"})


def resolve(draft: ArticleFile, vocabulary: Vocabulary) -> Article:
    """The article with its passages, in the order of the file; ids are unique in a library."""
    passages: list[Passage] = []
    count: dict[str, int] = {}
    name = draft.name.lower()
    for claim in draft.claims:
        slug = ".".join(part.lower().replace(" ", "-") for part in claim.heading)
        count[slug] = count.get(slug, 0) + 1
        passages.append(
            Passage(
                id=f"{name.replace(' ', '-')}#{slug}.{count[slug]}",
                structure=name,
                heading=claim.heading,
                part=claim.label if claim.label in draft.parts else None,
                text=claim.text,
                citations=claim.citations,
                terms=_terms(claim.text, vocabulary),
                path=draft.path,
                line=claim.line,
            )
        )
    return Article(
        name, draft.name, draft.latin, draft.kind, draft.region, draft.tissue, draft.parts, tuple(passages), draft.path
    )


def uncited(draft: ArticleFile, ids: set[str]) -> list[Problem]:
    """The citations of sources that no references file holds."""
    return [
        Problem(draft.path, claim.line, f"'@{c.reference}' is not in any {REFERENCES}")
        for claim in draft.claims
        for c in claim.citations
        if c.reference not in ids
    ]


def unresolved(draft: ArticleFile, vocabulary: Vocabulary) -> list[Problem]:
    """The lines of the look-up sections that don't name what the section is looked up by."""
    problems = []
    for claim in draft.claims:
        message = _lacking(claim, _terms(claim.text, vocabulary), vocabulary)
        if message:
            problems.append(Problem(draft.path, claim.line, f"{message}: '{claim.text}'"))
    return problems


def _lacking(claim: Claim, terms: Sequence[str], vocabulary: Vocabulary) -> str:
    section = claim.heading[0]
    if section not in _LOOKED_UP:
        return ""
    wanted, called = _LOOKED_UP[section]
    kinds = {vocabulary.kind(term) for term in terms}
    if not kinds & wanted:
        return f"the line under {section} names {called} that the vocabulary doesn't know"
    moved = [term for term in terms if vocabulary.kind(term) == "movement"]
    if section == "Action" and not kinds & _MOVED and not any(vocabulary.terms[t].joint for t in moved):
        return "the line under Action names neither a joint nor what is moved"
    if (
        section == "Action"
        and "joint" not in kinds
        and len(_LIMB & set(terms)) > 0
        and not any(vocabulary.terms[t].joint for t in moved)
    ):
        return "the line under Action names no joint for its movement"
    return ""


def _terms(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    found: list[str] = []
    row = words(text)
    named, runs = vocabulary.find(row)
    spans = [(one.start, one.terms) for one in named] + [(one.start, one.terms) for one in runs]
    for _, terms in sorted(spans, key=lambda span: span[0]):
        found += [term for name in terms for term in vocabulary.meaning(name) if term not in found]
    return tuple(found)
