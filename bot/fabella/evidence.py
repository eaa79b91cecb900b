"""What the library holds: each passage as a fact with the terms that it names, by structure and section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fabella_intents.mentions import link
from fabella_knowledge.library import Library
from fabella_knowledge.model import Passage
from fabella_knowledge.tokens import singular, words

_CONDITION = (" when ", " if ", " while ")
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

    def ordered(self, held: Iterable[Fact]) -> tuple[Fact, ...]:
        """Each of the facts once, in the order of the library."""
        once = tuple(dict.fromkeys(held))
        return tuple(f for f in self.considered if f in once) or once


class Facts:
    """All facts of a library by structure and section."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._of = {p.id: self._fact(p) for p in library.passages}
        self._kin: dict[str, frozenset[str]] = {}  # filled when asked for; the same whoever fills it
        self._holders: dict[frozenset[str], tuple[str, ...]] = {}  # and so is this

    def _fact(self, passage: Passage) -> Fact:
        text = passage.text
        cut = min((at for mark in _CONDITION if (at := text.find(mark)) > 0), default=len(text))
        vocabulary = self.library.vocabulary
        head = link(words(text[:cut]), vocabulary)
        tail = link(words(text[cut:]), vocabulary)
        parts = {x.term for x in head if x.kind == "part"} | ({passage.part} if passage.part else set())
        return Fact(
            passage,
            frozenset(t for x in head if x.kind != "part" for name in x.terms for t in vocabulary.meaning(name)),
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

    @cached_property
    def _by_structure(self) -> Mapping[str, tuple[Fact, ...]]:
        table: dict[str, list[Fact]] = {}
        for fact in self._of.values():
            table.setdefault(fact.passage.structure, []).append(fact)
        return {key: tuple(held) for key, held in table.items()}

    def section(self, structure: str, *sections: str) -> tuple[Fact, ...]:
        """The facts under those sections of an article, sub-headings included."""
        return tuple(f for section in sections for f in self._by_section.get((structure, section), ()))

    def of(self, structure: str) -> tuple[Fact, ...]:
        """All facts about a structure."""
        return self._by_structure.get(structure, ())

    def kin(self, structure: str) -> frozenset[str]:
        """The terms that go with a structure: those that its article names and what they belong to, parts, region."""
        held = self._kin.get(structure)
        if held is None:
            held = self._kin[structure] = self._related(structure)
        return held

    def _related(self, structure: str) -> frozenset[str]:
        article = self.library.articles.get(structure)
        vocabulary = self.library.vocabulary
        if article is None:
            return frozenset(vocabulary.ancestors(structure))
        named = {t for f in self.of(structure) for t in f.terms} | {
            x.term for x in link(words(article.region), vocabulary)
        }
        return frozenset(a for t in named for a in vocabulary.ancestors(t)).union(article.parts)

    def near(self, structure: str, other: str) -> bool:
        """Whether one of the two structures' articles names the other."""
        return (
            structure == other
            or any(other in f.terms for f in self.of(structure))
            or any(structure in f.terms for f in self.of(other))
        )

    def holders(self, sections: Iterable[str]) -> tuple[str, ...]:
        """The structures whose articles have at least one of the sections."""
        wanted = frozenset(sections)
        held = self._holders.get(wanted)
        if held is None:
            found = (structure for structure, section in self._by_section if section in wanted)
            held = self._holders[wanted] = tuple(dict.fromkeys(found))
        return held

    def joints(self, fact: Fact) -> frozenset[str]:
        """The joints that a fact names, and those at which its movements take place."""
        terms = [held for t in fact.main if (held := self.library.vocabulary.terms.get(t)) is not None]
        return frozenset(t.name for t in terms if t.kind == "joint") | frozenset(t.joint for t in terms if t.joint)

    def people(self, fact: Fact) -> frozenset[str]:
        """The family names, in small letters, of those whose works the fact cites."""
        cited = (self.library.references[c.reference] for c in fact.passage.citations)
        return frozenset(author.rsplit(" ", 1)[0].lower() for one in cited for author in one.authors)

    @cached_property
    def by_size(self) -> tuple[str, ...]:
        """The structures that have an article, the one that says most first."""
        return tuple(sorted(self.library.articles, key=lambda name: -len(self.of(name))))

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._of.values())


def stem(word: str) -> str:
    """A light stem that joins the forms of one word: "shortened" and "shorten", "radiographs" and "radiograph"."""
    word = singular(word)
    for ending in ("ening", "ened", "ness", "ing", "ed", "ly", "es", "en", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
