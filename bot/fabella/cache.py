"""Keeps what was built and fitted in a folder, so that only the first run ever has to fit.

An entry is one folder named by its key: `model.json`, an `.npy` file an array, and `entry.json` with the
check sums of them all; no pickle. It is written beside its place and moved there in one step: a reader
never sees half of it, and two writers don't harm each other. Whatever is wrong with an entry (cut off,
foreign, of another version) it counts as missing and is written anew. Nothing but such entries and drafts
is ever removed.
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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 2
ENVIRONMENT = "FABELLA_CACHE"
_LOG = logging.getLogger(__name__)
_KEPT = 8  # entries; the oldest go when there are more
_STALE = 24 * 3600  # seconds after which a draft was left by a process that is gone
_KEY = re.compile(r"[0-9a-f]{24}")
_DRAFT = re.compile(r"\.(?:[0-9a-f]{24}|old)-[0-9a-f]{8}")
_CONTENTS = "entry.json"
_PLAIN = "model.json"


def folder() -> Path:
    """The user's cache folder, or the one that `FABELLA_CACHE` names."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("fabella", appauthor=False)


def read(root: Path, key: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """The entry under `key`, None when there is none that can be used."""
    place = root / key
    try:
        return _read(place, key)
    except FileNotFoundError:
        return None
    except Exception as error:  # anything can stand there, and numpy raises what its parsers ran into
        _LOG.warning("cache entry %s cannot be used and is made anew: %s", place, error)
        return None


def _read(place: Path, key: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    contents = json.loads((place / _CONTENTS).read_bytes())
    if contents["format"] != FORMAT or contents["key"] != key:
        raise ValueError("made by something else")
    for name, held in contents["sums"].items():
        if _sum(place / name) != held:
            raise ValueError(f"{name} is not what was written")
    plain = json.loads((place / _PLAIN).read_bytes())
    names = [name for name in contents["sums"] if name != _PLAIN]
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
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            total = zlib.crc32(piece, total)
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
    """Remove the oldest entries beyond `_KEPT`, and drafts of processes that were killed."""
    now = time.time()
    ages: dict[Path, float] = {}
    try:
        for one in root.iterdir():
            if _KEY.fullmatch(one.name) and one.name != key:
                ages[one] = now - one.stat().st_mtime
            elif _DRAFT.fullmatch(one.name) and now - one.stat().st_mtime > _STALE:
                _remove(one)
    except OSError as error:
        _LOG.info("cache folder %s cannot be tidied: %s", root, error)  # another process may do the same now
    for old in sorted(ages, key=lambda one: ages[one])[_KEPT - 1 :]:
        _remove(old)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
