"""An utterance cleaned of what is not language: control characters, markup, mentions, links, emoji.

Linear in its length, and bounded: what lies beyond `LIMIT` characters is not read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LIMIT = 2000
_MENTION = re.compile(
    r"<[@#][!&]?\d+>|<a?:\w+:\d+>|@(?:everyone|here|\w{2,32})\b|(?<!\w):[a-z_]{3,20}:(?!\w)|https?://\S{1,500}"
)
_MARKUP = re.compile(r"[*`~|>]+|(?<!\w)_(?=[^\W_])|(?<=[^\W_])_(?!\w)")
_HTML = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
_CLOZE = re.compile(r"\{\{c\d+::.{0,60}?\}\}|\[\s*\.{2,}\s*\]|_{2,}|\.{4,}|\(\s*\)|\[\s*\]")
# "Sup. glut. n.", "the mm. of the sole": a kind of structure in short, not the end of a sentence.
_SHORT_FOR = re.compile(
    r"(?<=[a-z.= ]\s)(?:(nn|mm|aa|n|m|a)\.(?=[\s,;:?)]|$)|(?<!glute )(?<!gluteus )(?<!vastus )(med|lat)\.(?=\s[a-z]))",
    re.I,
)
_KINDS = {
    "n": "nerve",
    "nn": "nerves",
    "m": "muscle",
    "mm": "muscles",
    "a": "artery",
    "aa": "arteries",
    "med": "medial",
    "lat": "lateral",
}
# "Origins of (i) the humeral and (ii) the ulnar head": numbers that list what is asked, not what to choose from.
_ENUMERATED = re.compile(r"\b(?:and|plus)\s+\(i{2,3}\)", re.I)
_ROMAN = re.compile(r"\((?:i{1,3}|iv|v)\)\s*", re.I)
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_SPACE = re.compile(r"\s+")
# Abbreviations whose dot ends no sentence.
_ABBREVIATIONS = (
    "acc", "al", "rev", "approx", "vs", "e.g", "i.e", "n", "m", "no", "prox", "dist", "lat", "med", "ed",
    "incl", "resp", "musc", "aa", "att",
)  # fmt: skip
_SENTENCE = re.compile("".join(rf"(?<!\b{re.escape(one)}\.)" for one in _ABBREVIATIONS) + r"(?<=[.!?;])\s+(?=\S)|\n+")
BLANK = "blank__"
# Cf format (zero width, direction), Me enclosing: they stand inside words ("gas\u00adtroc") and leave no gap.
_INVISIBLE = frozenset({"Cf", "Me"})
# Cc control, Cs lone surrogate, Co private, Cn unassigned, So emoji, Sk modifiers
_SILENT = frozenset({"Cc", "Cs", "Co", "Cn", "So", "Sk"})


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
    """The utterance behind `raw`, `LIMIT` characters at most. A gap to fill in becomes the word `BLANK`."""
    cut = len(raw) > LIMIT
    text = _COLOUR.sub(" ", raw[:LIMIT]).replace("\r", "\n")
    if not text.isascii():
        text = "".join(_spoken(c) for c in unicodedata.normalize("NFKC", text))
    elif not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    text = _MENTION.sub(" ", text)
    text = _HTML.sub(" ", text)
    if _ENUMERATED.search(text):
        text = _ROMAN.sub("", text)
    text = _SHORT_FOR.sub(lambda m: _KINDS[m.group(m.lastindex or 0).lower()], text)
    text = _CLOZE.sub(f" {BLANK} ", text)
    text = _MARKUP.sub(" ", text)
    lines = [_SPACE.sub(" ", line).strip() for line in text.split("\n")]
    # A compatibility form may be many letters, and a gap is a long word: the limit holds for what comes out.
    text = "\n".join(line for line in lines if line)
    return Utterance(raw, text[:LIMIT].rstrip(), cut or len(text) > LIMIT)


def _spoken(character: str) -> str:
    """What is left of a character: itself, a space, or nothing."""
    category = unicodedata.category(character)
    if category in _INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return ""
    return " " if category in _SILENT and character != "\n" else character
