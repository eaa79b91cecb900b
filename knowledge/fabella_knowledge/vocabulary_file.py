"""Reads one `vocabulary.toml`: what it declares, before the files and articles of a library are joined."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fabella_knowledge.errors import Problem, brief
from fabella_knowledge.model import Term
from fabella_knowledge.places import Places, line_of_error
from fabella_knowledge.series import Series
from fabella_knowledge.tokens import printable, singular, words
from fabella_knowledge.vocabulary import Ambiguity, Opposition, PartWords

_TABLES = frozenset({"names", "terms", "lay", "parts", "ambiguous", "never", "opposites", "series", "regions"})
_TERM_TEXTS = ("kind", "branch_of", "opposite", "joint")
_KEYS = {
    "terms": frozenset({*_TERM_TEXTS, "aliases", "means", "part_of"}),
    "ambiguous": frozenset({"owners", "default"}),
    "opposites": frozenset({"words", "against"}),
    "parts": frozenset({"nouns", "loose", "sides", "abbreviations", "opposites", "default"}),
    "never": frozenset({"bridge"}),
    "series": frozenset({"heads", "labels", "terms"}),
}


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """What one file holds. `names` are terms that are only known to exist; `terms` are declared at length."""

    shown: str
    places: Places
    names: tuple[Term, ...]
    terms: tuple[Term, ...]
    lay: Mapping[str, tuple[str, ...]]
    ambiguous: tuple[Ambiguity, ...]
    parts: PartWords | None
    never: tuple[tuple[str, str], ...]
    opposites: tuple[Opposition, ...]
    series: tuple[Series, ...]
    regions: tuple[str, ...]


def read(text: str, shown: str) -> tuple[VocabularyFile | None, list[Problem]]:
    """Parse a vocabulary. Returns it, or None when it is not TOML, and every problem with its line."""
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of too many digits, brackets without end
        return None, [Problem(shown, line_of_error(error, text), f"not TOML: {error}")]
    reader = _Reader(data, Places(text), shown)
    return reader.file(), reader.problems


class _Reader:
    """One pass over the tables of a file; what has the wrong shape is left out and noted in `problems`."""

    def __init__(self, data: Mapping[str, Any], places: Places, shown: str) -> None:
        self.problems: list[Problem] = []
        self._data = data
        self._places = places
        self._shown = shown

    def file(self) -> VocabularyFile:
        known = ", ".join(sorted(_TABLES))
        for key in self._data:
            if key not in _TABLES:
                self._note(f"unknown table '{key}'; known are {known}", key)
        return VocabularyFile(
            shown=self._shown,
            places=self._places,
            names=tuple(Term(one.lower(), kind, one) for kind, held in self._lists("names") for one in held),
            terms=tuple(one for name, body in self._tables("terms") if (one := self._term(name, body))),
            lay={name.lower(): held for name, held in self._lists("lay")},
            ambiguous=tuple(self._ambiguity(alias, body) for alias, body in self._tables("ambiguous")),
            parts=self._parts() if "parts" in self._data else None,
            never=self._never(),
            opposites=tuple(
                Opposition(
                    name,
                    frozenset(self._strings(body, "words", "opposites", name)),
                    frozenset(self._strings(body, "against", "opposites", name)),
                )
                for name, body in self._tables("opposites")
            ),
            series=tuple(row for name, body in self._tables("series") if (row := self._series(name, body))),
            regions=self._strings(self._data, "regions"),
        )

    def _series(self, name: str, body: Mapping[str, Any]) -> Series | None:
        heads, labels, terms = (self._strings(body, key, "series", name) for key in ("heads", "labels", "terms"))
        if not labels or len(labels) != len(terms):
            self._note(f"series '{name}' needs as many terms as labels, at least one", "series", name, "terms")
            return None
        heads = tuple(singular(head.lower()) for head in heads)
        return Series(name, frozenset(heads), tuple(label.lower() for label in labels), terms)

    def _term(self, name: str, body: Mapping[str, Any]) -> Term | None:
        if not words(name) or not printable(name):
            self._note(f"term '{name}' has no letter or digit in its name", "terms", name)
            return None
        held: dict[str, str] = {}
        for key in _TERM_TEXTS:
            if isinstance(body.get(key), str):
                held[key] = body[key]
            elif key in body:
                self._note(f"'{key}' of term '{name}' must be a text", "terms", name, key)
        if "kind" not in body:
            self._note(f"term '{name}' has no kind", "terms", name)
        aliases = self._strings(body, "aliases", "terms", name)
        if "kind" not in held:
            return None
        whole = body.get("part_of")
        part_of = {"part_of": [whole]} if isinstance(whole, str) else body
        return Term(
            name=name, kind=held["kind"], display=name, aliases=aliases, branch_of=held.get("branch_of"),
            opposite=held.get("opposite"), joint=held.get("joint"),
            part_of=self._strings(part_of, "part_of", "terms", name), means=self._strings(body, "means", "terms", name),
        )  # fmt: skip

    def _ambiguity(self, alias: str, body: Mapping[str, Any]) -> Ambiguity:
        owners = self._strings(body, "owners", "ambiguous", alias)
        default = body.get("default")
        if len(set(owners)) < 2:
            self._note(f"ambiguous alias '{alias}' needs at least two owners", "ambiguous", alias, "owners")
        if default is not None and default not in owners:
            message = f"default '{brief(default)}' of '{alias}' is none of its owners"
            self._note(message, "ambiguous", alias, "default")
            default = None
        return Ambiguity(alias, owners, default)

    def _never(self) -> tuple[tuple[str, str], ...]:
        body = self._table(self._data, "never", known=_KEYS["never"])
        return self._pairs(body, "never", "bridge", "a pair that is never bridged needs two words")

    def _pairs(self, body: Mapping[str, Any], table: str, key: str, rule: str) -> tuple[tuple[str, str], ...]:
        pairs = body.get(key, [])
        if not isinstance(pairs, list):
            self._note(f"'{key}' must be a list of pairs", table, key)
            return ()
        held = []
        for pair in pairs:
            if isinstance(pair, list) and len(pair) == 2 and all(isinstance(word, str) for word in pair):
                held.append((pair[0], pair[1]))
            else:
                line = self._places.line(table, key)
                if isinstance(pair, list) and pair and isinstance(pair[0], str):
                    line = self._places.quoted(pair[0], table, key)
                self.problems.append(Problem(self._shown, line, f"{rule}: {brief(pair)}"))
        return tuple(held)

    def _parts(self) -> PartWords:
        body = self._table(self._data, "parts", known=_KEYS["parts"])
        sides = self._table(body, "sides", "parts")
        short = self._table(body, "abbreviations", "parts")
        others = self._pairs(body, "parts", "opposites", "a part and the other one are two names")
        return PartWords(
            frozenset(self._strings(body, "nouns", "parts")),
            frozenset(self._strings(body, "loose", "parts")),
            {word: side for side in sides for word in self._strings(sides, side, "parts", "sides")},
            {
                " ".join(words(alias)): part
                for part in short
                for alias in self._strings(short, part, "parts", "abbreviations")
            },
            {part: other for a, b in others for part, other in ((a, b), (b, a))},
            self._default(body),
        )

    def _default(self, body: Mapping[str, Any]) -> str | None:
        value = body.get("default")
        if value is None or (isinstance(value, str) and words(value)):
            return value.lower() if isinstance(value, str) else None
        self._note("'default' of 'parts' must be the name of a structure", "parts", "default")
        return None

    def _tables(self, key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The tables inside the table `key`."""
        body = self._table(self._data, key)
        return [(name, self._table(body, name, key, known=_KEYS[key])) for name in body]

    def _lists(self, key: str) -> list[tuple[str, tuple[str, ...]]]:
        """The lists of texts inside the table `key`."""
        body = self._table(self._data, key)
        return [(name, self._strings(body, name, key)) for name in body]

    def _table(
        self, around: Mapping[str, Any], key: str, *path: str, known: Collection[str] | None = None
    ) -> Mapping[str, Any]:
        """The table `key` of `around`, empty when there is none; `known` are the keys that it may have."""
        value = around.get(key, {})
        if not isinstance(value, dict):
            self._note(f"'{key}' must be a table", *path, key)
            return {}
        for name in value:
            if known is not None and name not in known:
                message = f"unknown key '{name}' in '{key}'; known are {', '.join(sorted(known))}"
                self._note(message, *path, key, name)
        return value

    def _strings(self, body: Mapping[str, Any], key: str, *path: str) -> tuple[str, ...]:
        value = body.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) and words(one) for one in value):
            return tuple(value)
        self._note(f"'{key}' must be a list of texts", *path, key)
        return ()

    def _note(self, message: str, *path: str) -> None:
        self.problems.append(Problem(self._shown, self._places.line(*path), message))
