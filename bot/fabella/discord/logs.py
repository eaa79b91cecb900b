"""The log of the running bot: one line a record on standard error, plain or JSON, without secrets and questions."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from fabella_knowledge.errors import one_line
from pythonjsonlogger.json import JsonFormatter

from fabella.discord import faults

MASK = "[secret]"
_FRAMES = 5  # of a fault, the innermost first
# Tokens of interactions and webhooks stand in addresses, and passwords in those of databases.
_ADDRESSES = re.compile(r"(/(?:interactions|webhooks)/\d+/)[^/\s\"'?]+|(://[^:/@\s]+:)[^@\s]+(?=@)")

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure(
    *, json: bool = False, level: str = "info", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send the log of this process to standard error: Fabella's from `level` on, that of libraries from WARNING on.

    With the level "debug" everything is logged, whole tracebacks and what the libraries receive included. `secrets`
    never appear in a line.
    """
    full = level == "debug"
    handler = _Handler(stream or sys.stderr, secrets)
    handler.setFormatter(_Json(full=full) if json else _Plain(full=full))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if full else max(logging.WARNING, _number(level)))
    logging.getLogger("fabella").setLevel(_number(level))
    # What a library has set for itself gives way.
    for name in ("discord", "aiohttp", "asyncio", "sqlalchemy", "alembic", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def described(error: BaseException) -> str:
    """An error in one line without its message, which may repeat what a person wrote: its kind, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))
    return f"{faults.told(error)} at {places}" if places else faults.told(error)


class Sparing:
    """Lets one line a key through in `seconds`, and counts those that it holds back; `most` keys are remembered."""

    def __init__(self, *, seconds: float = 60.0, most: int = 500, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._seen: dict[Hashable, tuple[float, int]] = {}

    def held(self, key: Hashable) -> int | None:
        """How many lines of this key were held back since the last one, None where this one is to be held back too."""
        now = self._clock()
        since, count = self._seen.get(key, (float("-inf"), 0))
        if now - since < self._seconds:
            self._seen[key] = since, count + 1
            return None
        self._seen.pop(key, None)
        while len(self._seen) >= self._most:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = now, 0
        return count


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines from which the secrets are taken, whoever logged them."""

    def __init__(self, stream: TextIO, secrets: Iterable[str]) -> None:
        super().__init__(stream)
        self._secrets = sorted((one for one in secrets if one), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for one in self._secrets:
            text = text.replace(one, MASK)
        return _ADDRESSES.sub(rf"\1\2{MASK}", text)


class _Plain(logging.Formatter):
    def __init__(self, *, full: bool) -> None:
        super().__init__()
        self._full = full

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_moment(record)} {record.levelname:<7} {record.name}: {one_line(record.getMessage())}"
        if not record.exc_info:
            return line
        return f"{line}{chr(10) if self._full else ' | '}{self.formatException(record.exc_info)}"

    def formatException(self, ei: _Info) -> str:
        return super().formatException(ei) if self._full or ei[1] is None else described(ei[1])


class _Json(JsonFormatter):
    def __init__(self, *, full: bool) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"})
        self._full = full

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = _moment(record)
        super().add_fields(log_data, record, message_dict)

    def formatException(self, ei: _Info) -> str:
        if self._full or ei[1] is None:
            return str(super().formatException(ei))
        return described(ei[1])


def _moment(record: logging.LogRecord) -> str:
    """The time of a record in UTC, as ISO 8601 writes it, to the millisecond."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
