"""An utterance cleaned of what is not language: control characters, markup, mentions, links, emoji.

Linear in its length, and bounded: what lies beyond `LIMIT` characters is not read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LIMIT = 2000
_MENTION = re.compile(r"<[@#][!&]?\d+>|<a?:\w+:\d+>|@(?:everyone|here|\w{2,32})\b|:[a-z_]{3,20}:|https?://\S{1,500}")
_MARKUP = re.compile(r"[*`~|>]+|(?<!\w)_{1}(?=\w)|(?<=\w)_{1}(?!\w)")
_HTML = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
_CLOZE = re.compile(r"\{\{c\d+::.{0,60}?\}\}|\[\s*\.{2,}\s*\]|_{2,}|\.{4,}|…{1,}(?=\s*\w)|\(\s*\)|\[\s*\]")
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n+")
BLANK = "blank__"


@dataclass(frozen=True, slots=True)
class Utterance:
    """`text` is what was said without markup; `cut` tells that it was longer than the limit."""

    raw: str
    text: str
    cut: bool

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the text, in order."""
        return tuple(piece.strip() for piece in _SENTENCE.split(self.text) if piece and piece.strip())


def clean(raw: str) -> Utterance:
    """The utterance behind `raw`. A gap to fill in becomes the word `BLANK`."""
    cut = len(raw) > LIMIT
    text = raw[:LIMIT].replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(" " if _silent(c) else c for c in text)
    elif not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    text = _MENTION.sub(" ", text)
    text = _HTML.sub(" ", text)
    text = _CLOZE.sub(f" {BLANK} ", text)
    text = _MARKUP.sub(" ", text)
    lines = [_SPACE.sub(" ", line).strip() for line in text.split("\n")]
    return Utterance(raw, "\n".join(line for line in lines if line), cut)


def _silent(character: str) -> bool:
    if character == "\n":
        return False
    # Cc control, Cf format (zero width, direction), Cs lone surrogate, Co private, Cn unassigned, So emoji, Sk modifiers
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"}
