"""Fabella's index as an engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from .engine import AbsentError, Engine, size
from .reading import Passage


class Fabella(Engine):
    """The index of the product, with its own settings unless others are given."""

    def __init__(self, settings: Any = None) -> None:
        try:
            from fabella_knowledge import index
        except ImportError as error:
            raise AbsentError(f"not importable: {error}") from None
        self._index = index
        self._with = {} if settings is None else {"settings": settings}
        try:
            self.release = f"fabella {version('fabella')}"
        except PackageNotFoundError:
            self.release = "fabella"

    def build(self, passages: Sequence[Passage]) -> None:
        document = self._index.Document
        self._found = self._index.fit((document(one.title, one.heading, one.text) for one in passages), **self._with)

    def rank(self, query: str, top: int) -> list[int]:
        return [hit.place for hit in self._found.search(query, limit=top)]

    def keep(self, folder: Path) -> int | None:
        plain, arrays = self._found.to_arrays()
        (folder / "plain.json").write_text(json.dumps(plain), encoding="utf-8")
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        return size(folder)

    def open(self, folder: Path) -> None:
        plain = json.loads((folder / "plain.json").read_text(encoding="utf-8"))
        arrays = {one.stem: np.load(one, mmap_mode="r") for one in folder.glob("*.npy")}
        self._found = self._index.Index.from_arrays(plain, arrays)


class Unstemmed(Fabella):
    """Ours, with words as they are written."""

    def build(self, passages: Sequence[Passage]) -> None:
        from fabella_knowledge import ranking, units

        for module in (units, self._index, ranking):
            module.stems = list  # the process of this engine knows no other
        super().build(passages)


class Unmended(Fabella):
    """Ours, with slips left as they are."""

    def build(self, passages: Sequence[Passage]) -> None:
        from fabella_knowledge.mending import Mender

        Mender.nearest = lambda self, word: None
        super().build(passages)
