"""JSON as text and as bytes, by orjson where it is installed."""

from __future__ import annotations

import importlib
import json
from typing import Any

try:
    orjson: Any = importlib.import_module("orjson")
except ImportError:  # not required: the standard library says the same, slower
    orjson = None

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def dumps(value: Any) -> bytes:
    """The value as JSON."""
    if orjson is not None:
        return bytes(orjson.dumps(value))
    return _encode(value).encode()


def loads(text: bytes | str) -> Any:
    """The value of JSON. Raises: ValueError: it isn't any."""
    return json.loads(text)
