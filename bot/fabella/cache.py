"""Keeps what was built and fitted in a folder, so that only the first run ever has to fit.

An entry is one folder named by its key: `plain.json`, an `.npy` file an array, and `entry.json` with the
check sums of them all; no pickle. It is written beside its place and moved there in one step: a reader
never sees half of it, and two writers don't harm each other. Whatever is wrong with an entry (cut off,
foreign, of another version) it counts as missing and is written anew. Arrays are mapped into memory: what
opening costs is their check sums. Nothing but such entries and drafts is ever removed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import shutil
import time
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

FORMAT = 3
ENVIRONMENT = "FABELLA_CACHE"
DEFAULT = "default"
_Held = TypeVar("_Held")
_LOG = logging.getLogger(__name__)
_KEPT = 32  # entries; those that were not read for longest go when there are more
_ROOM = 4 << 30  # bytes of all entries but the newest; the same go
_READERS = 4  # check sums at a time
_PIECE = 1 << 18  # bytes that are summed at a time: they stay in the processor's own memory
_STALE = 24 * 3600  # seconds after which a draft was left by a process that is gone
_KEY = re.compile(r"[0-9a-f]{24}")
_DRAFT = re.compile(r"\.(?:[0-9a-f]{24}|old)-[0-9a-f]{8}")
_CONTENTS = "entry.json"
_PLAIN = "plain.json"


def folder() -> Path:
    """The user's cache folder, or the one that `FABELLA_CACHE` names."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("fabella", appauthor=False)


def chosen(named: Path | str | None) -> Path | None:
    """The folder that is meant: `DEFAULT` is that of `folder`, None is none."""
    if named is None:
        return None
    return folder() if named == DEFAULT else Path(named)


def opened(
    root: Path | None, key: str, thaw: Callable[[dict[str, Any], dict[str, NDArray[Any]]], _Held]
) -> _Held | None:
    """What `thaw` makes of the entry under `key`; None without a folder, or without an entry that can be used."""
    if root is None:
        return None
    held = read(root, key)
    if held is None:
        return None
    try:
        return thaw(*held)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        _LOG.warning("cache entry %s is made anew: %s: %s", root / key, type(error).__name__, error)
        _remove(root / key)  # it is whole, so that a writer would take it for another's and leave it
        return None


def read(root: Path, key: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """The entry under `key`, None when there is none that can be used."""
    place = root / key
    try:
        held = _read(place, key)
    except FileNotFoundError:
        return None
    except Exception as error:  # anything can stand there, and numpy raises what its parsers ran into
        _LOG.warning("cache entry %s cannot be used and is made anew: %s", place, error)
        return None
    with contextlib.suppress(OSError):  # a folder that cannot be written isn't tidied either
        os.utime(place)
    return held


def _read(place: Path, key: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    contents = json.loads((place / _CONTENTS).read_bytes())
    if contents["format"] != FORMAT or contents["key"] != key:
        raise ValueError("made by something else")
    sums = contents["sums"]
    with ThreadPoolExecutor(_READERS) as readers:
        found = readers.map(_sum, [place / name for name in sums])
        for name, held in zip(sums, found, strict=True):
            if held != sums[name]:
                raise ValueError(f"{name} is not what was written")
    plain = json.loads((place / _PLAIN).read_bytes())
    names = [name for name in sums if name != _PLAIN]
    arrays = {Path(name).stem: np.load(place / name, mmap_mode="r", allow_pickle=False) for name in names}
    return plain, arrays


def write(root: Path, key: str, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Keep an entry. False, and a warning in the log, when the folder cannot be written (read-only, full)."""
    draft = root / f".{key}-{secrets.token_hex(4)}"
    try:
        draft.mkdir(parents=True)
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        (draft / _PLAIN).write_bytes(json.dumps(plain, separators=(",", ":")).encode())
        sums = {one.name: _sum(one) for one in sorted(draft.iterdir())}
        contents = {"format": FORMAT, "key": key, "sums": sums}
        (draft / _CONTENTS).write_bytes(json.dumps(contents).encode())
        _move(draft, root / key)
    except OSError as error:
        _LOG.warning("cache folder %s cannot be written, going on without: %s", root, error)
        return False
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # not there any more once it was moved
    _prune(root, key)
    return True


def _sum(file: Path) -> int:
    total = 0
    piece = memoryview(bytearray(_PIECE))
    with file.open("rb", buffering=0) as stream:
        while size := stream.readinto(piece):
            total = zlib.crc32(piece[:size], total)
    return total


def _move(draft: Path, place: Path) -> None:
    """Put `draft` in its place. What stands there and can be used stays: another process was quicker."""
    try:
        draft.rename(place)
    except OSError:
        if read(place.parent, place.name) is not None:
            return
        aside = place.parent / f".old-{secrets.token_hex(4)}"
        try:
            place.rename(aside)
            draft.rename(place)
        except OSError:
            # Between the two steps another process put its own there.
            if read(place.parent, place.name) is None:
                raise
        finally:
            _remove(aside)


def _prune(root: Path, key: str) -> None:
    """Remove what was not read for longest beyond `_KEPT` and `_ROOM`, and drafts of processes that were killed."""
    now = time.time()
    held: list[tuple[float, int, Path]] = []
    try:
        for one in root.iterdir():
            if _KEY.fullmatch(one.name) and one.name != key:
                held.append((now - one.stat().st_mtime, sum(file.stat().st_size for file in one.glob("*")), one))
            elif _DRAFT.fullmatch(one.name) and now - one.stat().st_mtime > _STALE:
                _remove(one)
    except OSError as error:
        _LOG.info("cache folder %s cannot be tidied: %s", root, error)  # another process may do the same now
    room = _ROOM
    for rank, (_, size, place) in enumerate(sorted(held), 1):
        room -= size
        if rank >= _KEPT or room < 0:
            _remove(place)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
