"""Holds the excerpts of a library in two arrays, so that a hundred thousand of them open at once."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from fabella_knowledge.model import Citation, Excerpt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXT = "excerpts_text"
AT = "excerpts_at"
_DUMPED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Excerpts(Sequence[Excerpt]):
    """An immutable sequence of excerpts, each made when it is asked for.

    `blob` holds one line of JSON an excerpt as UTF-8 bytes; the one at position n stands from `offsets[n]` to
    `offsets[n + 1]`. Both may be mapped from files.
    """

    __slots__ = ("_at", "_text")

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        """Excerpts over arrays that `arrays` gave.

        Raises:
            ValueError: arrays that don't belong together.
        """
        if blob.dtype != "uint8" or offsets.dtype != "int64" or blob.ndim != 1 or offsets.ndim != 1:
            raise ValueError("excerpts are one row of uint8 and one of int64")
        if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(blob) or (offsets[1:] <= offsets[:-1]).any():
            raise ValueError("the offsets of excerpts must grow from 0 to the size of the blob")
        self._text = blob
        self._at = offsets

    @classmethod
    def of(cls, excerpts: Iterable[Excerpt]) -> Excerpts:
        """The excerpts in their order. Each is let go as soon as it is written, so that a generator is enough."""
        import numpy as np

        blob = bytearray()
        at = array("q", [0])
        for one in excerpts:
            cited = [(c.reference, c.locator) for c in one.citations]
            row = (one.id, one.title, one.heading, one.text, cited, one.path, one.line, one.further)
            blob += _DUMPED(row).encode()
            blob += b"\n"
            at.append(len(blob))
        text, offsets = np.frombuffer(blob, np.uint8), np.frombuffer(at, np.int64)
        text.flags.writeable = offsets.flags.writeable = False
        return cls(text, offsets)

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """What `Excerpts(arrays["excerpts_text"], arrays["excerpts_at"])` takes."""
        return {TEXT: self._text, AT: self._at}

    def __len__(self) -> int:
        return len(self._at) - 1

    @overload
    def __getitem__(self, place: int) -> Excerpt: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Excerpt, ...]: ...

    def __getitem__(self, place: int | slice) -> Excerpt | tuple[Excerpt, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        here = range(len(self))[place]
        key, title, heading, text, cited, path, line, further = json.loads(
            self._text[self._at[here] : self._at[here + 1]].tobytes()
        )
        citations = tuple(Citation(reference, locator) for reference, locator in cited)
        return Excerpt(key, title, tuple(heading), text, citations, path, line, further)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Excerpts):
            return NotImplemented
        same = len(self) == len(other) and len(self._text) == len(other._text)
        return same and bool((self._at == other._at).all() and (self._text == other._text).all())

    def __hash__(self) -> int:
        return hash((len(self), len(self._text)))

    def __repr__(self) -> str:
        return f"<{len(self)} excerpts>"
