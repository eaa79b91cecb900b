"""Makes text that people wrote, or that a library holds, stand for itself: no Markdown, no mention, no link."""

from __future__ import annotations

import re

# What Discord's Markdown gives a meaning to anywhere in a line; "<" begins mentions, timestamps, emoji and commands.
_ACTIVE = re.compile(r"([\\`*_~|\[\]<>]|(?<=\])\()")
_LEADING = re.compile(r"^(?=(?:[-+]|\d+[.)]|-?#{1,3})\s)")  # lists, headings, small print
_ADDRESS_OR_MARK = re.compile(r"(?P<address>https?://[^\s)\]>]+)|(?P<mark>[\\`*_~|\[])")
_QUIET = "\u200b"  # a space without width: it parts what would be read together
_BROKEN = re.compile(r"[\ud800-\udfff]")


def inert(text: str) -> str:
    """`text` on one line, shown as it is: escaped, mentions and links broken by a space without width.

    Never empty spaces at its ends; lone surrogates, which no message can hold, become U+FFFD.
    """
    line = " ".join(_BROKEN.sub("\ufffd", text).split())
    line = _ACTIVE.sub(r"\\\1", line)
    line = line.replace("@", f"@{_QUIET}").replace("<", f"<{_QUIET}").replace("://", f":{_QUIET}//")
    return _LEADING.sub(_QUIET, line)


def literal(text: str) -> str:
    """Library text with its Markdown escaped. It holds no mention, and its addresses stay links."""
    return _ADDRESS_OR_MARK.sub(lambda found: found["address"] or f"\\{found['mark']}", text)
