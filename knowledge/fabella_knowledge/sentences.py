"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re

# After a full stop and closing marks, blanks before what a sentence begins with; or a line break before what an item
# or a sentence begins with.
_BREAK = re.compile(r"""(?P<stop>[.!?]["'”’)\]]*)\s+(?=["'“‘(\[]*[A-Z0-9])|\s*\n\s*(?=["“(\[]*[A-Z0-9*•|-])""")
# What ends in a full stop within a sentence: "Fig. 5", "e.g. Iron", "J. Smith", "Dr. Moore".
_WITHIN = re.compile(
    r"(?:^|[\s(\[])(?:[A-Za-z]|e\.g|i\.e|cf|vs|ca|al|approx|[Ff]igs?|[Tt]ab|[Nn]os?|[Vv]ols?|[Pp]p?|[Cc]h|[Ee]ds?|Drs?|Prof|Mr|Mrs|Ms|St)\.$"
)


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence, in order; blanks between them belong to none. Empty for a blank text."""
    found: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for match in _BREAK.finditer(text, start):
        stop = match.end("stop") if match["stop"] else match.start()
        if (
            not match["stop"]
            or "\n" in match[0]
            or not _WITHIN.search(text, max(0, match.start() - 8), match.start() + 1)
        ):
            found.append((start, stop))
            start = match.end()
    end = len(text.rstrip())
    return (*found, (start, end)) if start < end else tuple(found)
