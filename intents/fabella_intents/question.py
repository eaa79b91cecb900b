"""What a question is once it is understood, and the small value that a conversation carries along."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import Any

_LIMIT = 1024
SOURCE = "@"  # before the key of a reference in `Context.listed`
STRUCTURE = "*"  # before the name of a structure there
TOPIC = "?"  # before the name of an intent there
SECTION = "#"  # in the id of a passage
_ORDER = (
    "cited",
    "sought",
    "listed",
    "options",
    "parts",
    "intents",
)  # given up in this order when references are not enough


@dataclass(frozen=True, slots=True)
class Entity:
    """A name found in the text. `span` are character offsets in the text as it was given."""

    type: str
    name: str
    span: tuple[int, int]
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Intents and slots. To ask without a sentence: `Question(("origin",), structure="gastrocnemius")`.

    `intents` are names or labels with an aspect ("fabella.where"). `parts` are those asked about (none: all).
    `form` is how it is asked: "open", "yesno", "truefalse", "either", "choice", "except", "cloze" or
    "presumes". `others` are further structures, of a comparison. `claims` are terms that the question asserts
    or offers beside its subject; `negated` turns them round.
    """

    intents: tuple[str, ...]
    structure: str | None = None
    parts: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    nerves: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    arteries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    compartments: tuple[str, ...] = ()
    text: str = ""
    form: str = "open"
    claims: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    negated: bool = False
    ordinal: int = 0
    brief: bool = False
    more: bool = False
    others: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Compact JSON of the fields that are set."""
        return _compact(self)

    @classmethod
    def from_json(cls, text: str) -> Question:
        """Raises ValueError on anything that `to_json` didn't write."""
        return cls(**_read(cls, text))


@dataclass(frozen=True, slots=True)
class Context:
    """What the next question may refer back to. At most 1 KB of JSON.

    `structure`, `parts`, `intents` are those of the last answer; `references` the ones named so far, in order
    of their first mention; `shown` the passages of the last answer; `listed` the items of the last answer that
    had several (parts, exercises, or references with "@" before the key; empty where they are those shown), for "the
    second one"; `beside`
    another muscle that it told of, for "that muscle"; `former` the structure spoken of before this one, for "which of
    the two"; `last` is its label even where the topic is older; `options` what a `clarify` offered; `sought` what the
    muscles of the last list have in common, for "which of them".
    """

    structure: str | None = None
    parts: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    beside: str | None = None
    former: str | None = None
    options: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()
    last: str | None = None

    def to_json(self) -> str:
        """Compact JSON of at most 1024 bytes; the oldest references and the last passages go first."""
        newest = _fitting(self.references[::-1])[::-1]
        others: dict[str, Any] = {name: _fitting(getattr(self, name)) for name in ("shown", *_ORDER)}
        one = replace(self, references=newest, **others)
        while len((text := _compact(one)).encode()) > _LIMIT:
            one = _shorter(one)
        return text

    @classmethod
    def from_json(cls, text: str) -> Context:
        """Raises ValueError on anything that `to_json` didn't write."""
        if len(text) > _LIMIT:
            raise ValueError(f"not a Context: longer than {_LIMIT} characters")
        return cls(**_read(cls, text))


def _fitting(texts: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the first texts as could fit if there were nothing else."""
    size = 0
    for count, text in enumerate(texts):
        size += len(text) + len('"",')
        if size > _LIMIT:
            return texts[:count]
    return texts


def _shorter(one: Context) -> Context:
    if one.references and len(one.references) >= len(one.shown):
        return replace(one, references=one.references[1:])
    if one.shown:
        return replace(one, shown=one.shown[:-1])
    for name in _ORDER:
        if held := getattr(one, name):
            return replace(one, **{name: held[:-1]})
    # Only an overlong text is left: it says nothing that a next question could refer to.
    return Context()


def _compact(value: Question | Context) -> str:
    held = {f.name: item for f in fields(value) if (item := getattr(value, f.name)) != f.default}
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate is no UTF-8, but JSON can spell it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _read(cls: type, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError(f"not a {cls.__name__}: nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError(f"not a {cls.__name__}: an object is expected")
    known = {f.name: str(f.type) for f in fields(cls)}
    made: dict[str, Any] = {}
    for key, value in data.items():
        kind = known.get(key)
        if kind is None:
            raise ValueError(f"not a {cls.__name__}: unknown key {key!r}")
        if kind.startswith("tuple"):
            if not (isinstance(value, list) and all(isinstance(x, str) for x in value)):
                raise ValueError(f"not a {cls.__name__}: {key!r} must be a list of texts")
            made[key] = tuple(value)
        elif type(value).__name__ == kind.removesuffix(" | None") or (value is None and "None" in kind):
            made[key] = value
        else:
            raise ValueError(f"not a {cls.__name__}: {key!r} has the wrong type")
    if cls is Question and "intents" not in made:
        raise ValueError("not a Question: 'intents' is missing")
    return made
