"""Finds what the library says to a question: the sections of an article, narrowed to what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fabella_intents.definition import Definition
from fabella_intents.dialogue import SOURCE
from fabella_intents.mentions import link
from fabella_intents.reading import Read
from fabella_intents.utterance import BLANK
from fabella_knowledge.library import Library
from fabella_knowledge.model import Passage
from fabella_knowledge.tokens import singular, words

_CONDITION = (" when ", " if ", " while ")
# The kinds of term that a slot of an intent narrows its facts by.
_SLOT_KINDS = {
    "joint": frozenset({"joint"}),
    "movement": frozenset({"movement", "activity", "state"}),
    "landmark": frozenset({"landmark", "bone", "tendon"}),
    "region": frozenset({"region", "tissue", "condition"}),
    "exercise": frozenset({"exercise"}),
    "depth": frozenset({"depth", "group"}),
    "method": frozenset({"method", "condition", "population"}),
}
_NUMBERS = re.compile(r"\d+[.,]\d+|\d{2,}")
_WHICH_NOT = re.compile(r"\bwhich\b[^?.]{0,50}(?:\bnot\b|n't\b|\bnever\b)", re.I)
_WHICH_ONE = re.compile(
    r"\bwhich\b(?: one)?(?: of)?(?: (?:the|its|these|those))?(?: (?:two|both))? (?:heads?|bell(?:y|ies))\b", re.I
)
_EACH = frozenset({"both", "each", "two", "heads", "bellies"})
_PART_OF = re.compile(
    r"\b(?:which|what) (?:exact )?(?:part|third|portion|area|half|bit|section|level|region|spot|facet) (?:of|on) (?:the|that|this|its)\b"
    r"|\b(?:upper|middle|lower)\b.{0,30}\b(?:third|part|half)\b|\bmore (?:precise|exact|specific)(?:ly|ally)?\b",
    re.I,
)
STOP = frozenset(
    "the a an of in on at to for and or is are does do it its this that which what where how who by from with as be "
    "can may about up out so did has have joint joints bone bones side sides area whole thing things gastrocnemius "
    "fabella muscle muscles head heads one ones not no any some there their about into than then when if my me "
    "you".split()
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A passage with what it names: `main` terms, those of its `condition` ("when the knee ..."), and parts."""

    passage: Passage
    main: frozenset[str]
    condition: frozenset[str]
    parts: frozenset[str]
    stems: frozenset[str]

    @property
    def terms(self) -> frozenset[str]:
        """All terms, wherever they stand."""
        return self.main | self.condition


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts that answer a question, in the library's order.

    `considered` are all facts of the sections that were looked at: a yes or no is decided on them. `further` are
    those that are told when more is asked for.
    """

    facts: tuple[Fact, ...]
    considered: tuple[Fact, ...]
    further: tuple[Fact, ...]


class Facts:
    """All facts of a library by structure and section."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._of = {p.id: self._fact(p) for p in library.passages}

    def _fact(self, passage: Passage) -> Fact:
        text = passage.text
        cut = min((at for mark in _CONDITION if (at := text.find(mark)) > 0), default=len(text))
        vocabulary = self.library.vocabulary
        head = link(words(text[:cut]), vocabulary)
        tail = link(words(text[cut:]), vocabulary)
        parts = {x.term for x in head if x.kind == "part"} | ({passage.part} if passage.part else set())
        return Fact(
            passage,
            frozenset(t for x in head if x.kind != "part" for t in x.terms),
            frozenset(t for x in tail if x.kind != "part" for t in x.terms),
            frozenset(parts),
            frozenset(stem(w) for w in words(text) if w not in STOP),
        )

    def fact(self, passage: Passage | str) -> Fact:
        """The fact of a passage."""
        return self._of[passage if isinstance(passage, str) else passage.id]

    def get(self, id: str) -> Fact | None:
        """The fact of a passage id, None for an unknown one."""
        return self._of.get(id)

    @cached_property
    def _by_section(self) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
        table: dict[tuple[str, str], list[Fact]] = {}
        for fact in self._of.values():
            table.setdefault((fact.passage.structure, fact.passage.section), []).append(fact)
        return {key: tuple(held) for key, held in table.items()}

    def section(self, structure: str, *sections: str) -> tuple[Fact, ...]:
        """The facts under those sections of an article, sub-headings included."""
        return tuple(f for section in sections for f in self._by_section.get((structure, section), ()))

    def of(self, structure: str) -> tuple[Fact, ...]:
        """All facts about a structure."""
        return tuple(f for f in self._of.values() if f.passage.structure == structure)

    def holders(self, sections: Iterable[str]) -> tuple[str, ...]:
        """The structures whose articles have at least one of the sections."""
        wanted = frozenset(sections)
        return tuple(dict.fromkeys(structure for structure, section in self._by_section if section in wanted))

    def joints(self, fact: Fact) -> frozenset[str]:
        """The joints that a fact names, and those at which its movements take place."""
        terms = [held for t in fact.main if (held := self.library.vocabulary.terms.get(t)) is not None]
        return frozenset(t.name for t in terms if t.kind == "joint") | frozenset(t.joint for t in terms if t.joint)

    def by_size(self) -> tuple[str, ...]:
        """The structures that have an article, the one that says most first."""
        return tuple(sorted(self.library.articles, key=lambda name: -len(self.of(name))))

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._of.values())


def look_up(read: Read, label: str, definition: Definition, structure: str, facts: Facts) -> Evidence:
    """The facts that answer `label` about `structure`, narrowed to the parts and terms of the question."""
    question = read.question
    loose = frozenset(stem(w) for w in read.loose if w not in STOP)
    sections = definition.sections(label)
    held: tuple[Fact, ...] = ()
    if definition.name in {"location", "overview"}:
        for section in sections:
            held = facts.section(structure, section)
            if held:
                break
    else:
        held = facts.section(structure, *sections)
    default = tuple(f for f in held if not f.passage.further)
    further = tuple(f for f in held if f.passage.further)
    chosen = of_parts(default, question.parts)
    authors = {x.term for x in read.links if x.kind in {"author", "journal"}}
    source = (read.picked or "").removeprefix(SOURCE) if (read.picked or "").startswith(SOURCE) else None
    if authors or source:
        cited = _by_authors((*chosen, *further), authors, source, facts)
        if cited:
            rest = tuple(f for f in further if f not in cited)
            first = tuple(f for f in cited if not f.passage.further) or cited
            first = _narrow(first, read, structure, facts, loose, definition) or first
            return Evidence(first, chosen or default, rest)
    gaps = read.text.count(BLANK) > 1  # what stands around several gaps does not tell which fact fills them
    narrowed = () if gaps else _narrow(chosen, read, structure, facts, loose, definition)
    parted = {f.passage.part for f in chosen} - {None}
    if len(parted) > 1 and narrowed:
        left = tuple(f for f in chosen if f not in narrowed)
        if _WHICH_NOT.search(read.text) and left:
            narrowed = left  # "which head does not come from there?"
        elif (
            _EACH & set(read.row)
            and not _WHICH_ONE.search(read.text)
            and not parted <= {f.passage.part for f in narrowed}
        ):
            narrowed = ()
    message = frozenset(stem(w) for w in read.message if w and w not in STOP)
    specific = _specific(further, default, message, read, facts) or _within(further, narrowed or chosen, read)
    if question.more:
        facts_given = (*(narrowed or chosen), *of_parts(further, question.parts))
        return Evidence(facts_given, chosen, ())
    given = specific if specific and definition.name == "prevalence" else (*(narrowed or chosen), *specific)
    rest = tuple(f for f in further if f not in given)
    return Evidence(given, chosen or default, rest)


def of_parts(held: Sequence[Fact], parts: Sequence[str]) -> tuple[Fact, ...]:
    """The facts about those parts; those that name no part stay when no fact of theirs does."""
    if not parts:
        return tuple(held)
    sections = {f.passage.section for f in held if f.passage.part in parts}
    return tuple(
        f for f in held if f.passage.part in parts or (f.passage.part is None and f.passage.section not in sections)
    ) or tuple(held)


def _by_authors(held: Sequence[Fact], authors: set[str], source: str | None, facts: Facts) -> tuple[Fact, ...]:
    """The facts that rest on a work of one of the authors or journals, or on the reference `source`."""
    references = facts.library.references
    works = {source} | {r.id for r in references.values() if r.container.lower() in authors}
    works |= {r.id for r in references.values() if any(a.rsplit(" ", 1)[0].lower() in authors for a in r.authors)}
    return tuple(f for f in held if any(c.reference in works for c in f.passage.citations))


def _narrow(
    held: Sequence[Fact], read: Read, structure: str, facts: Facts, loose: frozenset[str], definition: Definition
) -> tuple[Fact, ...]:
    """The facts that the question's terms single out; empty when they single out none or all.

    Each term that only some of the facts name picks the facts where it stands outside a condition, rarest first;
    a term that a picked fact already names picks no more. Without such terms, words do the same.
    """
    if len(held) < 2:
        return ()
    vocabulary = facts.library.vocabulary
    question = read.question
    conditional = read.conditional
    kinds = frozenset().union(*(_SLOT_KINDS.get(slot, frozenset()) for slot in definition.slots))
    named = dict.fromkeys((*question.claims, *question.joints, *question.movements, *question.landmarks))
    asked = [t for t in named if t != structure and vocabulary.kind(t) in kinds]

    def naming(term: str, pool: Iterable[Fact], *, main: bool) -> list[Fact]:
        if main and term in conditional:
            return []
        return [
            f
            for f in pool
            if any(
                vocabulary.covers(term, t)
                for t in (f.main if main else f.condition if term in conditional else f.terms)
            )
        ]

    picked: list[Fact] = []
    moved = [t for t in asked if vocabulary.kind(t) in {"movement", "state"}]
    rows = sorted(
        ((naming(t, held, main=True), naming(t, held, main=False), t) for t in asked),
        key=lambda r: (r[2] not in moved, len(r[0]) or 99, len(r[1])),
    )
    for main, everywhere, term in rows:
        # "In which position of the knee does it plantarflex": the fact on plantarflexion tells of the knee as well.
        if moved and term not in moved and any(f in picked for f in everywhere):
            continue
        if main and len(main) < len(held):
            if not any(f in picked for f in main):
                picked += (not definition.together and _by_words(main, loose)) or main
        elif not main and everywhere and len(everywhere) < len(held) and not any(f in picked for f in everywhere):
            picked += everywhere
    if not picked and not definition.together:
        picked = _by_words(held, loose)
    return tuple(f for f in held if f in picked) if len(picked) < len(held) else ()


def _by_words(held: Sequence[Fact], stems: frozenset[str]) -> list[Fact]:
    """The facts with most of the words that only one of them has."""
    shared = [(sum(1 for s in f.stems & stems if sum(s in g.stems for g in held) == 1), f) for f in held]
    best = max(n for n, _ in shared)
    return [f for n, f in shared if n == best] if best >= 1 else []


def _specific(
    further: Sequence[Fact], default: Sequence[Fact], loose: frozenset[str], read: Read, facts: Facts
) -> tuple[Fact, ...]:
    """Facts under a sub-heading that share a word with the question that no default fact has."""
    if not further:
        return ()
    common: frozenset[str] = frozenset().union(*(f.stems for f in default))
    terms = frozenset().union(*(f.terms for f in default))
    stems = loose - common
    figures = numbers(read.text) - frozenset().union(*(numbers(f.passage.text) for f in default))
    asked = {
        t for t in read.question.claims if facts.library.vocabulary.kind(t) in {"method", "condition", "population"}
    } - terms
    scored = [
        (
            sum(any(_akin(s, t) for t in _particular(f)) for s in stems)
            + 2 * len(f.main & asked)
            + 2 * len(figures & numbers(f.passage.text)),
            f,
        )
        for f in further
    ]
    headed = [
        f for f in further
        if not f.passage.heading[1].startswith("Further") and stems & {stem(w) for w in words(f.passage.heading[1])}
    ]  # fmt: skip
    if headed:
        return tuple(headed)
    best = max(n for n, _ in scored)
    return tuple(f for n, f in scored if n == best) if best else ()


def _within(further: Sequence[Fact], told: Sequence[Fact], read: Read) -> tuple[Fact, ...]:
    """The facts under a sub-heading that tell more exactly where on a landmark: "which part of that surface?"."""
    if not _PART_OF.search(read.text):
        return ()
    parts = frozenset().union(*(f.parts for f in told))
    landmarks = frozenset().union(*(f.main for f in told))
    return tuple(f for f in further if f.main & landmarks and (not f.parts or f.parts & parts))


def numbers(text: str) -> frozenset[str]:
    """The numbers in a text that tell one figure from another: with a decimal, or of two digits and more."""
    return frozenset(n.replace(",", ".") for n in _NUMBERS.findall(text))


def _particular(fact: Fact) -> frozenset[str]:
    """The stems of names and years in a fact: what makes it one of a kind."""
    _, *rest = fact.passage.text.replace(",", " ").replace(":", " ").split()
    named = {w for w in rest if (w[:1].isupper() and w.isalpha()) or (w.isdigit() and len(w) == 4)}
    return frozenset(stem(w) for one in named for w in words(one))


def _akin(a: str, b: str) -> bool:
    """Whether two stems are one word's, or one begins with the other ("korea", "korean")."""
    return a == b or (min(len(a), len(b)) >= 5 and (a.startswith(b) or b.startswith(a)))


def stem(word: str) -> str:
    """A light stem that joins the forms of one word: "shortened" and "shorten", "radiographs" and "radiograph"."""
    word = singular(word)
    for ending in ("ening", "ened", "ness", "ing", "ed", "ly", "es", "en", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
