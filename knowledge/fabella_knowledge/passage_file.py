"""Reads a file of passages: JSON lines, each an object with `id`, `text`, and `title` and `heading` if it has them."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from fabella_knowledge.errors import FabellaError, Problem, brief
from fabella_knowledge.model import Citation, Excerpt
from fabella_knowledge.quotable import control, locator
from fabella_knowledge.tokens import printable

LONGEST = 1 << 20  # bytes of a line
_LONGEST_ID = 200  # characters
_BOM = b"\xef\xbb\xbf"
_READ = frozenset({"id", "title", "heading", "text"})
_BETWEEN = " > "  # headings in one text


def read(data: bytes, *, shown: str, name: str, title: str) -> Iterator[Excerpt | Problem]:
    """The passages in their order; a line that cannot be used is a problem in its place, and the rest goes on.

    `name` is the reference that the passages cite, `title` that of passages without one. Blank lines are skipped.
    """
    for line, raw in enumerate(io.BytesIO(data.removeprefix(_BOM)), 1):
        bare = raw.strip()
        if bare:
            try:
                yield _passage(_record(raw, bare), line, shown, name, title)
            except _Unfit as fault:
                yield Problem(shown, line, str(fault))


class _Unfit(FabellaError):
    """A line that is no passage, for the reason in its text. It doesn't leave this module."""


def _record(raw: bytes, bare: bytes) -> dict[str, Any]:
    if len(raw.rstrip(b"\r\n")) > LONGEST:
        raise _Unfit(f"longer than {LONGEST >> 20} MiB, which a line may have; part it into passages")
    try:
        record = _parse(bare.decode())
    except UnicodeDecodeError as error:
        raise _Unfit(f"not UTF-8 (byte 0x{bare[error.start]:02x}); save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise _Unfit(f"not JSON: {error.msg} (character {error.pos + 1})") from None
    except RecursionError:
        raise _Unfit("too deeply nested") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise _Unfit(f"not JSON: {error}") from None
    if not isinstance(record, dict):
        raise _Unfit('no object: a passage is written {"id": "...", "title": "...", "heading": "...", "text": "..."}')
    return record


def _no_number(name: str) -> NoReturn:
    raise _Unfit(f"not JSON: {name} is no number there")


_parse = json.JSONDecoder(parse_constant=_no_number).decode
_dumped = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def _passage(record: Mapping[str, Any], line: int, shown: str, name: str, title: str) -> Excerpt:
    key = _id(record.get("id"))
    text = _text("text", record.get("text"))
    if not text:
        raise _Unfit("'text' is missing or empty")
    if (found := control(text)) is not None:
        raise _Unfit(f"'text' holds a control character (U+{ord(found.group()):04X})")
    heading = _heading(record.get("heading"))
    place = Citation(name, locator(heading, f"passage {key}", f"line {line}"))
    headed = _name("title", record.get("title")) or title
    return Excerpt(key, headed, heading, text, (place,), shown, line, _further(record))


def _id(value: object) -> str:
    if value is None or value == "":
        raise _Unfit("'id' is missing or empty")
    # Numbers are ids in many collections; True and 1.0 are slips.
    key = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(key, str):
        raise _Unfit(f"'id' must be a text or a whole number, not {brief(value)}")
    if not key.strip() or not printable(key):
        raise _Unfit("'id' must be a text of one line, without control characters")
    if len(key) > _LONGEST_ID:
        raise _Unfit(f"'id' has {len(key)} characters, at most {_LONGEST_ID} are read: '{brief(key)}'")
    return key


def _text(field: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unfit(f"'{field}' must be a text, not {brief(value)}")
    # Decomposed letters, as one system writes them, would part a word in two.
    return unicodedata.normalize("NFC", value).strip()


def _name(field: str, value: object) -> str:
    """A text of one line, "" for none."""
    text = _text(field, value)
    if not printable(text):
        raise _Unfit(f"'{field}' must be a text of one line, without control characters")
    return text


def _heading(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value):
            raise _Unfit("'heading' must be a text or a list of texts")
        parts = [_name("heading", one) for one in value]
    else:
        parts = [one.strip() for one in _name("heading", value).split(_BETWEEN)]
    return tuple(one for one in parts if one)


def _further(record: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in record.items() if key not in _READ}
    if not kept:
        return ""
    try:
        return _dumped(kept)
    except RecursionError:
        raise _Unfit("too deeply nested") from None
    except ValueError:  # 1e999 is JSON, and is read as an infinite number
        raise _Unfit("holds a number that is too large") from None
