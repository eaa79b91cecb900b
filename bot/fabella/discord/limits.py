"""What Discord takes at most, and texts clipped to it. The figures are those of its API documentation."""

from __future__ import annotations

CONTENT = 2000  # characters of a message's text
TITLE = 256
DESCRIPTION = 4096
FIELD_VALUE = 1024
EMBEDS_TOTAL = 6000  # characters of all embeds of a message together
LABEL = 80  # of a button
CUSTOM_ID = 100
ROW = 5  # buttons of a row, and rows of a message
CHOICES = 25  # of an autocompletion
CHOICE = 100  # characters of a choice's name and of its value


def clip(text: str, limit: int) -> str:
    """`text` in at most `limit` characters: cut at a word where one ends near, with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at_word = kept.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else kept).rstrip() + "…"
