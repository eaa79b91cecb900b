"""What the readers of quoted texts share: characters that no quotation may hold, and how a place is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Tabs and line breaks belong to a text; a terminal obeys the rest, and half of a surrogate pair is no character.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST = 160  # characters of the headings


def control(text: str) -> re.Match[str] | None:
    """The first control character or lone surrogate of `text`, None for a text that can be quoted."""
    return _CONTROL.search(text)


def locator(heading: Sequence[str], *places: str) -> str:
    """The path of headings, if there is one, and the places: "Calf > Soleus, line 12"."""
    path = " > ".join(heading)
    if len(path) > _LONGEST:
        path = path[: _LONGEST - 1].rstrip(" >") + "…"
    return ", ".join([path, *places] if path else places)
