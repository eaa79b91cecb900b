"""Intent definitions: one TOML file each. Whoever adds a file adds an intent.

    name = "origin"
    summary = "where a muscle begins"
    slots = ["structure", "part", "landmark"]
    names = ["origin", "proximal attachment"]
    sections = ["Origin"]
    examples = ["where does it start", ...]

An intent that has several sides splits them into `[[aspects]]`, each with its own name, sections and
examples. `refusal` makes it an intent that is declined, with that sentence; `handler` one that code computes.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabella_knowledge.article import HEADINGS
from fabella_knowledge.errors import DefinitionError
from fabella_knowledge.tokens import words

BUILTIN = Path(__file__).parent / "definitions"
_LISTS = frozenset({"slots", "names", "cues", "cue_kinds", "sections", "otherwise", "examples", "kinds"})
_TEXTS = frozenset({"name", "summary", "handler", "refusal", "subject", "suggestion"})
_SWITCHES = frozenset({"together", "firm", "final", "alternatives"})
_KEYS = _LISTS | _TEXTS | _SWITCHES | {"aspects"}
_ASPECT_KEYS = frozenset({"name", "sections", "examples"})
TYPICAL = 0.03  # share of the examples that must use a word for it to be typical of the intent
SLOTS = frozenset(
    "structure part joint movement landmark nerve root artery region compartment exercise method depth".split()
)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of an intent and the sections of an article that answer it, the most fitting first."""

    name: str
    sections: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """An intent.

    `names` are the words that ask for it outright ("origin"), `cues` and `cue_kinds` words and kinds of
    term that speak for it. `subject` is the structure that it is about when no other fits; `kinds` are the
    kinds of structure that it can be asked of (empty: any). `suggestion` is a question that it answers,
    with {} for the structure. `together` keeps its facts together where no slot parts them (figures that
    must not stand alone, both ends of a muscle). `firm` makes a refusal hold for the whole message: nothing else in
    it is answered, no premise of it corrected; `final` makes it hold whatever the texts of the library say, which are
    not even quoted. `alternatives` tells that of its sections only the first one that an
    article has answers. `otherwise` are sections that answer together where those have nothing. `typical` are
    the words that many of its examples use:
    they tell the intent, not what in particular is asked.
    """

    name: str
    summary: str
    slots: tuple[str, ...]
    names: tuple[str, ...]
    cues: tuple[str, ...]
    cue_kinds: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    handler: str | None = None
    refusal: str | None = None
    subject: str | None = None
    kinds: tuple[str, ...] = ()
    suggestion: str | None = None
    together: bool = False
    firm: bool = False
    final: bool = False
    alternatives: bool = False
    otherwise: tuple[str, ...] = ()
    typical: frozenset[str] = frozenset()

    @property
    def labels(self) -> tuple[str, ...]:
        """The router's classes of this intent: "origin", or "fabella.where" where there are aspects."""
        return tuple(f"{self.name}.{one.name}" if one.name else self.name for one in self.aspects)

    def suits(self, kind: str) -> bool:
        """Whether it can be asked of a structure of that kind; a group of muscles is asked about like a muscle."""
        return not self.kinds or kind in self.kinds or (kind == "group" and "muscle" in self.kinds)

    @property
    def supplies(self) -> bool:
        """Whether it asks for a nerve or an artery: it is answered from no other section."""
        held = {section for one in self.aspects for section in one.sections}
        return bool(held) and held <= {"Innervation", "Blood supply"}

    def sections(self, label: str) -> tuple[str, ...]:
        """The sections that answer `label`; for the bare name, those of all aspects."""
        _, _, wanted = label.partition(".")
        found: list[str] = []
        for one in self.aspects:
            if wanted in ("", one.name):
                found += [section for section in one.sections if section not in found]
        return tuple(found)


def intent_of(label: str) -> str:
    """The intent of a label, which may name an aspect of it: "references" of "references.all"."""
    return label.partition(".")[0]


def collect(paths: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The built-in definition files and those in the folders of `paths`, in a fixed order.

    Raises:
        DefinitionError: a folder that is missing.
    """
    folders = (BUILTIN, *paths)
    for folder in folders:
        if not folder.is_dir():
            raise DefinitionError(f"{folder}: no such folder")
    return tuple(path for folder in folders for path in sorted(folder.glob("*.toml")))


def digest(files: Sequence[Path]) -> str:
    """SHA-256 over names and bytes of the files, first 16 hexadecimal digits.

    Raises:
        DefinitionError: a file that cannot be read.
    """
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode("utf-8", "surrogateescape") + b"\0")
        total.update(hashlib.sha256(_bytes(file)).digest())
    return total.hexdigest()[:16]


def load(files: Sequence[Path]) -> dict[str, Definition]:
    """The definitions by name, in the order of the files.

    Raises:
        DefinitionError: a file that is not TOML, lacks a key, has a wrong one, or repeats a name.
    """
    made: dict[str, Definition] = {}
    for file in files:
        try:
            data = tomllib.loads(_bytes(file).decode("utf-8-sig").replace("\r\n", "\n"))
        except (ValueError, RecursionError) as error:  # not TOML or not UTF-8
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
    _known(data, _KEYS, file)
    for key in sorted(_TEXTS & set(data) | {"name", "summary"}):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise DefinitionError(f"{file}: '{key}' is missing or not a text")
    if "." in data["name"]:
        raise DefinitionError(f"{file}: 'name' must not have a dot: what follows one is an aspect")
    for key in sorted(_SWITCHES):
        if not isinstance(data.get(key, False), bool):
            raise DefinitionError(f"{file}: '{key}' must be true or false")
    strange = sorted(set(_strings(data, "slots", file)) - SLOTS)
    if strange:
        raise DefinitionError(f"{file}: unknown slot '{strange[0]}'; known are {', '.join(sorted(SLOTS))}")
    return Definition(
        name=data["name"],
        summary=data["summary"],
        slots=_strings(data, "slots", file),
        names=_strings(data, "names", file),
        cues=_strings(data, "cues", file),
        cue_kinds=_strings(data, "cue_kinds", file),
        aspects=(aspects := _aspects(data, file)),
        handler=data.get("handler"),
        refusal=data.get("refusal"),
        subject=data.get("subject"),
        kinds=_strings(data, "kinds", file),
        suggestion=data.get("suggestion"),
        together=data.get("together", False),
        firm=data.get("firm", False),
        final=data.get("final", False),
        alternatives=data.get("alternatives", False),
        otherwise=_sections(data, file, "otherwise"),
        typical=_typical(aspects),
    )


def _aspects(data: Mapping[str, Any], file: Path) -> tuple[Aspect, ...]:
    listed = data.get("aspects", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise DefinitionError(f"{file}: 'aspects' must be tables, each under [[aspects]]")
    aspects = [_aspect(one, file) for one in listed]
    if data.get("examples") or not aspects:
        aspects.insert(0, Aspect("", _sections(data, file), _strings(data, "examples", file)))
    names = Counter(one.name for one in aspects)
    if len(names) < len(aspects):
        raise DefinitionError(f"{file}: two entries of [[aspects]] are called '{names.most_common(1)[0][0]}'")
    for one in aspects:
        if not one.examples:
            what = f"{data['name']}.{one.name}" if one.name else data["name"]
            raise DefinitionError(f"{file}: 'examples' is empty: a router cannot learn '{what}'")
    return tuple(aspects)


def _aspect(data: Mapping[str, Any], file: Path) -> Aspect:
    _known(data, _ASPECT_KEYS, file)
    if not isinstance(data.get("name"), str) or not data["name"].strip():
        raise DefinitionError(f"{file}: an entry of [[aspects]] has no name")
    return Aspect(data["name"], _sections(data, file), _strings(data, "examples", file))


def _sections(data: Mapping[str, Any], file: Path, key: str = "sections") -> tuple[str, ...]:
    sections = _strings(data, key, file)
    for one in sections:
        if one not in HEADINGS:
            known = ", ".join(HEADINGS)
            raise DefinitionError(f"{file}: no article has a section '{one}'; known are {known}")
    return sections


def _known(data: Mapping[str, Any], keys: frozenset[str], file: Path) -> None:
    for key in data:
        if key not in keys:
            raise DefinitionError(f"{file}: unknown key '{key}'; known are {', '.join(sorted(keys))}")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{file}: cannot be read: {error.strerror or error}") from error


def _strings(data: Mapping[str, Any], key: str, file: Path) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise DefinitionError(f"{file}: '{key}' must be a list of texts")
    return tuple(value)
