"""What a click needs, written into the `custom_id` of its button and read back: nothing of it lives in memory."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fabella import Question
from fabella.discord.limits import CUSTOM_ID

PREFIX = "fab1:"  # the version of this format: older messages keep their buttons as long as it is read
ASK, TEXT, MORE, SOURCES, UP, DOWN, WHY, PAGE, DELETE, FORGET = "atmsudwpxf"
ROOM = CUSTOM_ID - len(PREFIX) - 2  # characters behind the kind
_HASH = 4  # letters of a reference's hash, 24 bits
_SLOTS = ("joints", "movements", "landmarks", "nerves", "roots", "arteries", "regions", "compartments")
_FIELD, _ITEM = "|", "+"
_ESCAPES = {"%": "%0", _FIELD: "%1", _ITEM: "%2"}  # so that what holds a separator isn't read as several
_ESCAPED = re.compile("%(.?)", re.DOTALL)


def custom_id(kind: str, rest: str = "") -> str | None:
    """The id of a button, None where it would be too long for Discord: then there is no such button."""
    made = f"{PREFIX}{kind}:{rest}"
    return made if len(made) <= CUSTOM_ID else None


def parted(text: str) -> tuple[str, str] | None:
    """The kind and the rest of an id that `custom_id` made, None for anything else."""
    if not text.startswith(PREFIX) or len(text) > CUSTOM_ID:
        return None
    kind, colon, rest = text[len(PREFIX) :].partition(":")
    return (kind, rest) if colon and len(kind) == 1 else None


def written(question: Question) -> str:
    """The intents, structures, parts and other slots of a question, in this order, as short as can be."""
    slots = (question.intents, (question.structure or "",), question.parts, question.others)
    rows = [_ITEM.join(map(_escaped, one)) for one in (*slots, *(getattr(question, name) for name in _SLOTS))]
    return _FIELD.join(rows).rstrip(_FIELD)


def read(text: str) -> Question:
    """The question that `written` wrote.

    Raises:
        ValueError: a text that it didn't write.
    """
    rows = [tuple(_unescaped(one) for one in row.split(_ITEM) if one) for row in text.split(_FIELD)]
    if not rows[0] or len(rows) > len(_SLOTS) + 4:
        raise ValueError(f"not a question: {text!r}")
    intents, structure, parts, others, *slots = (*rows, (), (), ())[: max(len(rows), 4)]
    if len(structure) > 1:
        raise ValueError(f"not a question: {text!r}")
    named = Question(intents, structure=structure[0] if structure else None, parts=parts, others=others)
    held: dict[str, Any] = dict(zip(_SLOTS, slots, strict=False))
    return replace(named, **held)


def _escaped(item: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in item)


def _unescaped(item: str) -> str:
    def meant(found: re.Match[str]) -> str:
        held = next((one for one, escape in _ESCAPES.items() if escape == found[0]), None)
        if held is None:
            raise ValueError(f"not a question: {item!r}")
        return held

    return _ESCAPED.sub(meant, item)


def hashed(reference: str) -> str:
    """A reference's id in four letters that a `custom_id` may hold."""
    digest = hashlib.blake2b(reference.encode("utf-8", "surrogatepass"), digest_size=3).digest()
    return urlsafe_b64encode(digest).decode()


def packed(references: Iterable[str], *, room: int) -> str:
    """As many of the first references as fit into `room` characters, each by its hash."""
    return "".join([hashed(one) for one in references][: room // _HASH])


def unpacked(text: str, known: Mapping[str, str]) -> dict[int, str]:
    """The references of a packed text by their numbers, from 1; `known` gives each by its hash.

    One that left the library is left out.
    """
    hashes = (text[at : at + _HASH] for at in range(0, len(text), _HASH))
    return {number: known[one] for number, one in enumerate(hashes, 1) if one in known}
