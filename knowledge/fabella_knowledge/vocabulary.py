"""The vocabulary: terms, their aliases, ambiguous names, parts, opposites, and pairs never to be bridged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from fabella_knowledge.gazetteer import Gazetteer, Mention
from fabella_knowledge.model import Term
from fabella_knowledge.series import Run, Series, runs, starting
from fabella_knowledge.tokens import DETERMINERS, words
from fabella_knowledge.variants import Variants


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An alias that several terms own; `default` is the one meant when nothing tells them apart."""

    alias: str
    owners: tuple[str, ...]
    default: str | None


@dataclass(frozen=True)
class PartWords:
    """How people name a part of a structure: a side word and a noun ("inner half"), an abbreviation, or "the other".

    `default` is the structure that a part belongs to where several have one of that name and nothing tells which.
    """

    nouns: frozenset[str]
    loose: frozenset[str]
    sides: Mapping[str, str]
    abbreviations: Mapping[str, str]
    opposites: Mapping[str, str]
    default: str | None = None

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Finds the names of parts themselves and their abbreviations; each mention has one term, the part."""
        return Gazetteer({alias: (part,) for alias, part in self.abbreviations.items()})


# Adjectives that muscles of one name differ by.
_SIDES = (
    ("internal", "external"), ("medial", "lateral"), ("superior", "inferior"), ("anterior", "posterior"),
    ("dorsal", "palmar"), ("dorsal", "plantar"), ("superficial", "deep"), ("long", "short"), ("innermost", "middle"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opposition:
    """A way of saying something that the evidence excludes when it uses one of `against`."""

    name: str
    words: frozenset[str]
    against: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """All terms by name, and the look-up tables made of them. `regions` are those of articles in the order of lists."""

    terms: Mapping[str, Term]
    ambiguous: Mapping[str, Ambiguity]
    parts: PartWords
    never: frozenset[tuple[str, str]]
    opposites: tuple[Opposition, ...]
    series: tuple[Series, ...]
    regions: tuple[str, ...]
    gazetteer: Gazetteer

    @cached_property
    def variants(self) -> Variants:
        """Finds names that are cut short or misspelt."""
        return Variants(self.terms.values(), self.never)

    @cached_property
    def latin(self) -> frozenset[str]:
        """The Latin second words of muscles' names ("profundus"), which make another name of the first."""
        endings = ("us", "is", "or", "um", "i", "ae")
        names = (one.name for one in self.terms.values() if one.kind == "muscle")
        return frozenset(w for name in names for w in name.split()[1:] if len(w) > 4 and w.endswith(endings))

    @cached_property
    def leading(self) -> frozenset[str]:
        """The Latin first words of muscles' names that name no muscle by themselves ("orbicularis")."""
        names = {w for one in self.terms.values() for w in (one.name, *one.aliases)}
        firsts = (one.name.split()[0] for one in self.terms.values() if one.kind == "muscle" and " " in one.name)
        return frozenset(w for w in firsts if w.endswith(("us", "is", "um")) and w not in names)

    @cached_property
    def parting(self) -> frozenset[str]:
        """The words that tell muscles of one name apart: Latin second words, "internal" of two obliques."""
        firsts = {one.name.split()[0] for one in self.terms.values() if one.kind == "muscle" and " " in one.name}
        return self.latin | (firsts & {w for pair in _SIDES for w in pair})

    def ancestors(self, name: str) -> Iterator[str]:
        """`name`, then what it is a part or branch of, outwards."""
        reached = [name]
        for at in reached:
            yield at
            term = self.terms.get(at)
            wider = (*term.part_of, term.branch_of) if term else ()
            reached += [one for one in wider if one is not None and one not in reached]

    def meaning(self, name: str) -> tuple[str, ...]:
        """A term with those that say the same in other words: "shrugging" with elevation and the scapula."""
        term = self.terms.get(name)
        return (name, *term.means) if term is not None else (name,)

    def covers(self, wider: str, narrower: str) -> bool:
        """Whether `narrower` is `wider` or belongs to it: the femur covers its lateral condyle."""
        return wider in self.ancestors(narrower)

    def find(self, row: Sequence[str]) -> tuple[tuple[Mention, ...], tuple[Run, ...]]:
        """The names in `row` (folded words), and the runs of numbered structures, each with all its terms.

        "Transverse processes of the vertebrae L1 to L3" is a name and a run; within a run there are no other names.
        """
        found: list[Run] = []
        mentions = self.gazetteer.find(row)
        for run in runs(row, self._starting):
            start = next((m.end for m in mentions if m.start < run.start < m.end < run.end), run.start)
            found.append(Run(run.terms, start, run.end))
        named = (m for m in mentions if not any(r.start < m.end and m.start < r.end for r in found))
        return tuple(m for m in named if self._meant(m, row)), tuple(found)

    @cached_property
    def _starting(self) -> Mapping[str, tuple[Series, ...]]:
        return starting(self.series)

    def _meant(self, mention: Mention, row: Sequence[str]) -> bool:
        """Whether a word that also names parts of structures ("head") stands for what it names by itself."""
        if mention.end - mention.start > 1:
            return True
        if row[mention.start] in self.parts.sides:
            return False  # "lat" is lateral, "lats" is a muscle
        if row[mention.start] not in self.parts.nouns:
            return True
        before = row[mention.start - 1] if mention.start else ""
        after = row[mention.end] if mention.end < len(row) else ""
        return (before in DETERMINERS or before == "and") and after != "of"

    def opposite(self, name: str) -> str | None:
        """The term that excludes `name`, if there is one."""
        term = self.terms.get(name)
        return term.opposite if term else None

    def kind(self, name: str) -> str:
        """The kind of a term, "" for none of that name."""
        term = self.terms.get(name)
        return term.kind if term else ""

    def display(self, name: str) -> str:
        """How a term is printed."""
        term = self.terms.get(name)
        return term.display if term else name


def build(
    terms: Iterable[Term],
    *,
    ambiguous: Iterable[Ambiguity] = (),
    parts: PartWords | None = None,
    never: Iterable[tuple[str, str]] = (),
    opposites: Iterable[Opposition] = (),
    series: Iterable[Series] = (),
    regions: Iterable[str] = (),
) -> Vocabulary:
    """A vocabulary with its gazetteer; opposites are made mutual."""
    table = {term.name: term for term in terms}
    doubtful = {" ".join(words(one.alias)): one for one in ambiguous}
    aliases: dict[str, list[str]] = {}
    for term in table.values():
        for alias in (term.name, *term.aliases):
            key = " ".join(words(alias))
            if key not in doubtful:
                aliases.setdefault(key, []).append(term.name)
    for key, one in doubtful.items():
        aliases[key] = list(one.owners)
    for term in list(table.values()):
        other = table.get(term.opposite or "")
        if other is not None and other.opposite is None:
            table[other.name] = replace(other, opposite=term.name)
    pairs = {pair for a, b in never for pair in ((a, b), (b, a))}
    return Vocabulary(
        terms=table,
        ambiguous=doubtful,
        parts=parts or PartWords(frozenset(), frozenset(), {}, {}, {}),
        never=frozenset(pairs),
        opposites=tuple(opposites),
        series=tuple(series),
        regions=tuple(dict.fromkeys(regions)),
        gazetteer=Gazetteer(aliases),
    )
