"""Reads one file as bytes: as it stood at one moment, or not at all."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

_TRIES = 4
_PAUSE = 0.05  # seconds between two tries
_PIECE = 1 << 18  # bytes
# Opening a pipe that nobody writes to must not wait.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def whole(path: Path, *, most: int | None = None, longest: int | None = None) -> bytes:
    """The bytes of a plain file, all of them from one state of it: a file that changes meanwhile is read again.

    `most` is the largest size in bytes. `longest` cuts longer lines: of these the first `longest + 1` bytes stay, so
    that a line of any length takes no more memory than that.

    Raises:
        OSError: a file that cannot be read, is no plain file, is larger than `most`, or doesn't stop changing.
    """
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        _plain(path.stat().st_mode)  # before it is opened: opening a device may do something
        descriptor = os.open(path, _FLAGS)
        try:
            before = os.fstat(descriptor)
            _plain(before.st_mode)
            if most is not None and before.st_size > most:
                raise OSError(None, f"has {before.st_size:,} bytes, at most {most:,} are read; part it into several")
            data, size = _drained(descriptor, before.st_size, longest)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and size == after.st_size:
            return data
    raise OSError(None, f"it changed while it was read, {_TRIES} times; try again when nothing writes to it")


def _plain(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(None, "not a plain file")


def _drained(descriptor: int, size: int, longest: int | None) -> tuple[bytes, int]:
    """What stands in the file, with long lines cut, and how many bytes were read; little more than `size`."""
    pieces: list[bytes] = []
    total = 0
    begun = 0  # bytes of the last line so far
    while total <= size and (piece := os.read(descriptor, _PIECE)):
        total += len(piece)
        if longest is None:
            pieces.append(piece)
            continue
        # A piece is no longer than a line may be: only its first and its last line can go on in another one.
        end = piece.find(b"\n")
        head = piece if end < 0 else piece[:end]
        room = max(0, longest + 1 - begun)
        pieces.append(head[:room])
        begun += len(head)
        if end >= 0:
            pieces.append(piece[end:])
            begun = len(piece) - piece.rfind(b"\n") - 1
    return b"".join(pieces), total
