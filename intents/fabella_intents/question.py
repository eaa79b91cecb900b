"""What a question is once it is understood, and the small value that a conversation carries along."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Entity:
    """A name found in the text. `span` are character offsets in the text as it was given."""

    type: str
    name: str
    span: tuple[int, int]
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Intents and slots. Build one to ask without a sentence: `Question(("origin",), structure="gastrocnemius")`.

    `intents` are names or labels with an aspect ("fabella.where"). `parts` holds the parts asked about (empty: all).
    `form` is how it is asked: "open", "yesno", "truefalse", "either", "choice", "except", "cloze" or "presumes".
    `claims` are terms that the question asserts or offers beside its subject; `negated` turns them round.
    """

    intents: tuple[str, ...]
    structure: str | None = None
    parts: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    text: str = ""
    form: str = "open"
    claims: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    negated: bool = False
    brief: bool = False
    more: bool = False

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

    `structure`, `parts`, `intents` are those of the last answer; `references` the ones named so far, in order of
    their first mention; `shown` the passages of the last answer; `last` is its label even where the topic is older; `options` what a `clarify` offered.
    """

    structure: str | None = None
    parts: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    last: str | None = None

    def to_json(self) -> str:
        """Compact JSON within 1 KB; the oldest references and passages go first."""
        one = self
        while len((text := _compact(one)).encode()) > _LIMIT:
            if one.references and len(one.references) >= len(one.shown):
                one = replace(one, references=one.references[1:])
            elif one.shown:
                one = replace(one, shown=one.shown[:-1])
            elif one.cited:
                one = replace(one, cited=one.cited[:-1])
            else:
                one = replace(one, options=one.options[:-1], intents=one.intents[:4], parts=one.parts[:4])
                if not one.options:
                    return _compact(replace(one, structure=(one.structure or "")[:80] or None))
        return text

    @classmethod
    def from_json(cls, text: str) -> Context:
        """Raises ValueError on anything that `to_json` didn't write."""
        return cls(**_read(cls, text))


def _compact(value: Any) -> str:
    held = {key: item for key, item in asdict(value).items() if item not in (None, (), "", False)}
    if held.get("form") == "open":
        del held["form"]
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _read(cls: type, text: str) -> dict[str, Any]:
    data = json.loads(text)
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
        elif isinstance(value, bool) if kind == "bool" else isinstance(value, str) or (value is None and "None" in kind):
            made[key] = value
        else:
            raise ValueError(f"not a {cls.__name__}: {key!r} has the wrong type")
    if cls is Question and "intents" not in made:
        raise ValueError("not a Question: 'intents' is missing")
    return made
