"""The vocabulary: terms, their aliases, ambiguous names, parts, opposites, and pairs never to be bridged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabella_knowledge.errors import Problem
from fabella_knowledge.gazetteer import Gazetteer
from fabella_knowledge.model import Term
from fabella_knowledge.tokens import words

_TERM_KEYS = {"kind", "aliases", "part_of", "branch_of", "opposite", "joint"}
_TABLES = {"names", "terms", "lay", "parts", "ambiguous", "never", "opposites"}


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An alias that several terms own; `default` is the one meant when nothing tells them apart."""

    alias: str
    owners: tuple[str, ...]
    default: str | None


@dataclass(frozen=True, slots=True)
class PartWords:
    """How people name a part of a structure: a side word and a noun ("inner half"), or an abbreviation."""

    nouns: frozenset[str]
    loose: frozenset[str]
    sides: Mapping[str, str]
    abbreviations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opposition:
    """A way of saying something that the evidence excludes when it uses one of `against`."""

    name: str
    words: frozenset[str]
    against: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """All terms by name, and the look-up tables made of them."""

    terms: Mapping[str, Term]
    ambiguous: Mapping[str, Ambiguity]
    parts: PartWords
    never: frozenset[tuple[str, str]]
    opposites: tuple[Opposition, ...]
    gazetteer: Gazetteer

    def ancestors(self, name: str) -> Iterator[str]:
        """`name`, then what it is a part or branch of, outwards."""
        seen = set()
        at: str | None = name
        while at is not None and at not in seen:
            seen.add(at)
            yield at
            term = self.terms.get(at)
            at = (term.part_of or term.branch_of) if term else None

    def covers(self, wider: str, narrower: str) -> bool:
        """Whether `narrower` is `wider` or belongs to it: the femur covers its lateral condyle."""
        return wider in self.ancestors(narrower)

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
            table[other.name] = Term(
                other.name, other.kind, other.display, other.aliases, other.part_of, other.branch_of,
                term.name, other.joint, other.article,
            )  # fmt: skip
    pairs = {pair for a, b in never for pair in ((a, b), (b, a))}
    return Vocabulary(
        terms=table,
        ambiguous=doubtful,
        parts=parts or PartWords(frozenset(), frozenset(), {}, {}),
        never=frozenset(pairs),
        opposites=tuple(opposites),
        gazetteer=Gazetteer(aliases),
    )


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """What one `vocabulary.toml` holds, before the files and articles of a library are joined."""

    terms: tuple[Term, ...]
    lines: Mapping[str, int]
    lay: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[Ambiguity, ...]
    parts: PartWords | None
    never: tuple[tuple[str, str], ...]
    opposites: tuple[Opposition, ...]


def read(path: Path, text: str, shown: str) -> tuple[VocabularyFile, list[Problem]]:
    """Parse a vocabulary. Problems name the line of the table or key that they are about."""
    empty = VocabularyFile((), {}, {}, (), None, (), ())
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return empty, [Problem(shown, _line_of_error(error), f"not TOML: {error}")]
    lines = text.splitlines()
    problems: list[Problem] = []

    def where(*needles: str) -> int:
        return next((n for n, line in enumerate(lines, 1) if all(x in line for x in needles)), 0)

    problems += [
        Problem(shown, where(f"[{key}"), f"unknown table '{key}'; known are {', '.join(sorted(_TABLES))}")
        for key in data
        if key not in _TABLES
    ]
    terms: list[Term] = []
    places: dict[str, int] = {}
    for name, body in _tables(data.get("terms")):
        place = where("[terms.", f"{name}") or where("[terms")
        places[name] = place
        for key in sorted(set(body) - _TERM_KEYS):
            problems.append(Problem(shown, place, f"unknown key '{key}' in term '{name}'"))
        if not isinstance(body.get("kind"), str):
            problems.append(Problem(shown, place, f"term '{name}' has no kind"))
            continue
        terms.append(
            Term(
                name=name, kind=body["kind"], display=name, aliases=_strings(body.get("aliases")),
                part_of=body.get("part_of"), branch_of=body.get("branch_of"), opposite=body.get("opposite"),
                joint=body.get("joint"),
            )  # fmt: skip
        )
    for kind, held in _items(data.get("names")):
        terms += [Term(one.lower(), kind, one) for one in _strings(held)]
    lay = {name.lower(): _strings(held) for name, held in _items(data.get("lay"))}
    ambiguous = []
    for alias, body in _tables(data.get("ambiguous")):
        owners = tuple(owner.lower() for owner in _strings(body.get("owners")))
        if len(owners) < 2:
            problems.append(Problem(shown, where(alias), f"ambiguous alias '{alias}' needs at least two owners"))
        default = body.get("default")
        if default is not None and default not in owners:
            problems.append(Problem(shown, where(alias), f"default '{default}' of '{alias}' is none of its owners"))
        ambiguous.append(Ambiguity(alias, owners, default))
    never = [tuple(pair) for pair in data.get("never", {}).get("bridge", ())]
    problems += [
        Problem(shown, where("bridge"), f"a pair that is never bridged needs two words: {pair!r}")
        for pair in never
        if len(pair) != 2
    ]
    opposites = [
        Opposition(name, frozenset(_strings(body.get("words"))), frozenset(_strings(body.get("against"))))
        for name, body in _tables(data.get("opposites"))
    ]
    file = VocabularyFile(
        terms=tuple(terms),
        lines=places,
        lay=lay,
        ambiguous=tuple(ambiguous),
        parts=_part_words(data["parts"]) if isinstance(data.get("parts"), dict) else None,
        never=tuple((pair[0], pair[1]) for pair in never if len(pair) == 2),
        opposites=tuple(opposites),
    )
    return file, problems


def _part_words(body: Mapping[str, Any]) -> PartWords:
    sides = {word: side for side, held in _items(body.get("sides")) for word in _strings(held)}
    short = {
        " ".join(words(alias)): part for part, held in _items(body.get("abbreviations")) for alias in _strings(held)
    }
    return PartWords(frozenset(_strings(body.get("nouns"))), frozenset(_strings(body.get("loose"))), sides, short)


def _items(body: object) -> list[tuple[str, Any]]:
    return list(body.items()) if isinstance(body, dict) else []


def _tables(body: object) -> list[tuple[str, dict[str, Any]]]:
    return [(key, value) for key, value in _items(body) if isinstance(value, dict)]


def _strings(value: object) -> tuple[str, ...]:
    return tuple(x for x in value if isinstance(x, str)) if isinstance(value, list) else ()


def _line_of_error(error: tomllib.TOMLDecodeError) -> int:
    tail = str(error).rpartition("line ")[2].split(",")[0]
    return int(tail) if tail.isdigit() else 0
