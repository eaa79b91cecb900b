"""Keeps what was built and fitted in a folder, so that only the first run ever has to fit.

An entry is one folder named by its key: `model.json` and an `.npy` file an array, no pickle. It is written beside its place and
moved there in one step, so that a reader never sees half of it and two writers don't harm each other. Whatever is
wrong with an entry (cut off, foreign, of another version) it counts as missing and is written anew.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
ENVIRONMENT = "FABELLA_CACHE"
_LOG = logging.getLogger(__name__)
_KEPT = 8  # entries; the oldest go when there are more


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
        plain = json.loads((place / "model.json").read_text(encoding="utf-8"))
        if not isinstance(plain, dict) or plain.get("key") != key or plain.get("format") != FORMAT:
            raise ValueError("made by something else")
        arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in plain["arrays"]}
        if any(list(array.shape) != plain["arrays"][name] for name, array in arrays.items()):
            raise ValueError("arrays of another shape")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        _LOG.warning("cache entry %s cannot be used and is made anew: %s", place, error)
        return None
    return plain, arrays


def write(root: Path, key: str, plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Keep an entry. False, and a warning in the log, when the folder cannot be written (read-only, full)."""
    draft: Path | None = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{key}-", dir=root))
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        shapes = {name: list(array.shape) for name, array in arrays.items()}
        body = {**plain, "key": key, "format": FORMAT, "arrays": shapes}
        (draft / "model.json").write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        _move(draft, root / key)
        _prune(root, key)
    except OSError as error:
        _LOG.warning("cache folder %s cannot be written, going on without: %s", root, error)
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        return False
    return True


def _move(draft: Path, place: Path) -> None:
    try:
        draft.rename(place)
    except OSError:
        # Another process was quicker, or an unusable entry stands there: put ours in its place.
        aside = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
        place.rename(aside / "entry")
        draft.rename(place)
        shutil.rmtree(aside, ignore_errors=True)


def _prune(root: Path, key: str) -> None:
    entries = [one for one in root.iterdir() if one.is_dir() and not one.name.startswith(".") and one.name != key]
    for old in sorted(entries, key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
