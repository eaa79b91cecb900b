"""Intent definitions: one TOML file each. Whoever adds a file adds an intent.

    name = "origin"
    summary = "where a muscle begins"
    slots = ["structure", "part", "landmark"]
    names = ["origin", "proximal attachment"]
    sections = ["Origin"]
    examples = ["where does it start", ...]

An intent that has several sides splits them into `[[aspects]]`, each with its own name, sections and examples.
`refusal` makes it an intent that is declined, with that sentence; `says` one that is answered with small talk;
`handler` one that code computes.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabella_knowledge.errors import DefinitionError
from fabella_knowledge.tokens import words

BUILTIN = Path(__file__).parent / "definitions"
_KEYS = frozenset(
    "name summary slots names cues sections examples aspects handler refusal says subject kinds suggestion".split()
)
_ASPECT_KEYS = frozenset("name sections examples names".split())
TYPICAL = 0.03  # share of the examples that must use a word for it to be typical of the intent
SLOTS = frozenset("structure part joint movement landmark".split())


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of an intent and the sections of an article that answer it, the most fitting first."""

    name: str
    sections: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """An intent.

    `names` are the words that ask for it outright ("origin"), `cues` words that speak for it. `subject` is the structure that it is about when no
    other fits; `kinds` are the kinds of structure that it can be asked of (empty: any).
    `suggestion` is a question that it answers, with {} for the structure. `typical` are the words that many of its
    examples use: they tell the intent, not what in particular is asked.
    """

    name: str
    summary: str
    slots: tuple[str, ...]
    names: tuple[str, ...]
    cues: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    handler: str | None = None
    refusal: str | None = None
    says: tuple[str, ...] = ()
    subject: str | None = None
    kinds: tuple[str, ...] = ()
    suggestion: str | None = None
    typical: frozenset[str] = frozenset()

    @property
    def labels(self) -> tuple[str, ...]:
        """The router's classes of this intent: "origin", or "fabella.where" where there are aspects."""
        return tuple(f"{self.name}.{one.name}" if one.name else self.name for one in self.aspects)

    def sections(self, label: str) -> tuple[str, ...]:
        """The sections that answer `label`; for the bare name, those of all aspects."""
        _, _, wanted = label.partition(".")
        found: list[str] = []
        for one in self.aspects:
            if wanted in ("", one.name):
                found += [section for section in one.sections if section not in found]
        return tuple(found)


def collect(paths: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The built-in definition files and those in the folders of `paths`, in a fixed order."""
    return tuple(path for folder in (BUILTIN, *paths) for path in sorted(folder.glob("*.toml")))


def digest(files: Sequence[Path]) -> str:
    """SHA-256 over names and bytes of the files, first 16 hexadecimal digits."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def load(files: Sequence[Path]) -> dict[str, Definition]:
    """The definitions by name, in the order of the files.

    Raises:
        DefinitionError: a file that is not TOML, misses a key, has an unknown one, or repeats a name.
    """
    made: dict[str, Definition] = {}
    for file in files:
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise DefinitionError(f"{file}: cannot be read: {error}") from error
        one = _definition(data, file)
        if one.name in made:
            raise DefinitionError(f"{file}: intent '{one.name}' is defined twice")
        made[one.name] = one
    return made


def slim(definition: Definition) -> Definition:
    """The definition without its examples, which only fitting needs."""
    return replace(definition, aspects=tuple(replace(one, examples=()) for one in definition.aspects))


def _typical(aspects: Sequence[Aspect]) -> frozenset[str]:
    uses: Counter[str] = Counter()
    total = 0
    for aspect in aspects:
        for example in aspect.examples:
            uses.update(set(words(example)))
            total += 1
    return frozenset(word for word, n in uses.items() if n >= max(2, TYPICAL * total) and not word.isdigit())


def _definition(data: Mapping[str, Any], file: Path) -> Definition:
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise DefinitionError(f"{file}: unknown key '{unknown[0]}'; known are {', '.join(sorted(_KEYS))}")
    for key in ("name", "summary"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise DefinitionError(f"{file}: '{key}' is missing or not a text")
    strange = sorted(set(_strings(data, "slots", file)) - SLOTS)
    if strange:
        raise DefinitionError(f"{file}: unknown slot '{strange[0]}'; known are {', '.join(sorted(SLOTS))}")
    aspects = [_aspect(one, file) for one in data.get("aspects", ())]
    if data.get("examples") or not aspects:
        aspects.insert(0, Aspect("", _strings(data, "sections", file), _strings(data, "examples", file)))
    if not any(one.examples for one in aspects):
        raise DefinitionError(f"{file}: 'examples' is empty: a router cannot learn '{data['name']}'")
    return Definition(
        name=data["name"],
        summary=data["summary"],
        slots=_strings(data, "slots", file),
        names=_strings(data, "names", file),
        cues=_strings(data, "cues", file),
        aspects=tuple(aspects),
        handler=data.get("handler"),
        refusal=data.get("refusal"),
        says=_strings(data, "says", file),
        subject=data.get("subject"),
        kinds=_strings(data, "kinds", file),
        suggestion=data.get("suggestion"),
        typical=_typical(aspects),
    )


def _aspect(data: Mapping[str, Any], file: Path) -> Aspect:
    unknown = sorted(set(data) - _ASPECT_KEYS)
    if unknown:
        raise DefinitionError(f"{file}: unknown key '{unknown[0]}' in [[aspects]]")
    if not isinstance(data.get("name"), str):
        raise DefinitionError(f"{file}: an entry of [[aspects]] has no name")
    return Aspect(data["name"], _strings(data, "sections", file), _strings(data, "examples", file))


def _strings(data: Mapping[str, Any], key: str, file: Path) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise DefinitionError(f"{file}: '{key}' must be a list of texts")
    return tuple(value)
