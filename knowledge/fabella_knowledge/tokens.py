"""Words of a text, the same way for documents and for questions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"%|[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words that may stand inside a name without changing it: "back of my heel bone".
DETERMINERS = frozenset(
    {"a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word: `norm` is what is compared (letters and digits, folded), `start:end` its place in the text."""

    norm: str
    start: int
    end: int


def fold(text: str) -> str:
    """`text` in lower case without accents or compatibility forms: "ＭＵＳＣＵＬＵＳ" is "musculus"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of `text` in order. Hyphens part words; a possessive 's is dropped."""
    tokens = []
    for match in _WORD.finditer(text):
        norm = "percent" if match.group() == "%" else _POSSESSIVE.sub("", fold(match.group()))
        if not norm.isalnum():
            # An apostrophe, or what a compatibility form was folded into: "½" becomes "1⁄2".
            norm = "".join(c for c in norm if c.isalnum())
        if norm:
            tokens.append(Token(norm, match.start(), match.end()))
    return tuple(tokens)


def words(text: str) -> tuple[str, ...]:
    """The compared forms alone."""
    if text.isascii():
        # Most texts, and most words in them, need no folding but of case.
        found = _WORD.findall(text.lower())
        if all(word.isalnum() for word in found):
            return tuple(found)
        if "%" not in found:
            return tuple(bare for word in found if (bare := _POSSESSIVE.sub("", word).replace("'", "")))
    return tuple(token.norm for token in tokenize(text))


def printable(text: str) -> bool:
    """Whether `text` has no control character (a line break is one) and no lone surrogate: fit for a name."""
    return _CONTROL.search(text) is None


def alias_key(alias: str) -> str:
    """What spellings of a name share: folded words without plurals, "Sural Arteries" -> "sural artery"."""
    return " ".join(singular(word) for word in words(alias))


@lru_cache(maxsize=1 << 14)
def singular(word: str) -> str:
    """A light plural stripper for names: "arteries" -> "artery", "heads" -> "head", "soleus" as it is."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ps")):
        return word[:-1]
    return word
