"""Words of a text, the same way for documents and for questions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
# Words that may stand inside a name without changing it: "back of my heel bone".
DETERMINERS = frozenset("a an the my your his her its our their this that these those".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word: `norm` is what is compared (case folded, without accents), `start:end` its place in the text."""

    norm: str
    start: int
    end: int


def fold(text: str) -> str:
    """`text` in lower case without accents or compatibility forms ("Musculus" and "ＭＵＳＣＵＬＵＳ" alike)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of `text` in order. Hyphens part words; a possessive 's is dropped."""
    tokens = []
    for match in _WORD.finditer(text):
        norm = _POSSESSIVE.sub("", fold(match.group()).replace("’", "'")).replace("'", "")
        if norm:
            tokens.append(Token(norm, match.start(), match.end()))
    return tuple(tokens)


def words(text: str) -> tuple[str, ...]:
    """The compared forms alone."""
    return tuple(token.norm for token in tokenize(text))


def singular(word: str) -> str:
    """A light plural stripper for matching names: "arteries" -> "artery", "heads" -> "head", "soleus" as it is."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ps")):
        return word[:-1]
    return word
