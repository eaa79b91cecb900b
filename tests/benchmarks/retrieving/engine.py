"""What an engine must be able to do to be measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .reading import Passage


class AbsentError(Exception):
    """An engine that isn't on this machine. The message says what is missing and how to get it."""


class Engine(ABC):
    """Ranks passages by their places. What `__init__` does (importing, mostly) counts as no part of a build.

    Raises: AbsentError in `__init__`.
    """

    release = ""  # name and version of what is measured

    @abstractmethod
    def build(self, passages: Sequence[Passage]) -> None:
        """Index the passages, from their texts on."""

    @abstractmethod
    def rank(self, query: str, top: int) -> list[int]:
        """The places of the best passages, best first, at most `top`; none that shares nothing with the query."""

    def keep(self, folder: Path) -> int | None:
        """Write the index to an empty folder; gives its bytes, or None where there is no such thing."""
        return None

    def open(self, folder: Path) -> None:
        """Go on with an index that was kept. Raises: NotImplementedError where an engine has no such thing."""
        raise NotImplementedError


def best(scores: NDArray[Any], top: int) -> list[int]:
    """The places of the highest scores above 0, highest first; among equals the one that comes first."""
    top = min(top, len(scores))
    if top < len(scores):
        # All that reach the lowest score which still counts, so that equals are not cut off at random.
        least = np.partition(scores, len(scores) - top)[len(scores) - top]
        places = np.flatnonzero((scores >= least) & (scores > 0))
    else:
        places = np.flatnonzero(scores > 0)
    return places[np.argsort(-scores[places], kind="stable")][:top].tolist()


def size(folder: Path) -> int:
    """The bytes of the files in a folder and below."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
