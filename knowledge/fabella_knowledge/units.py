"""What a text is indexed by: stems of its words, pairs of neighbouring stems, and grams of its words' characters."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

GRAM = 5  # characters
WINDOW = 3  # content words after a word that stand near it
# What joins content words. Pairs of neighbours hold them, for "out of" is a phrase; what is near skips them.
_JOINING = (
    "a an and are as at be by for from has have in is it its of on or that the this to was were will with".split()
)
# What is said around what is asked, in questions and exercises of every field: it describes no passage.
_ASKING = (
    "following describe explain discuss called known term name example list define compare happen likely true false "
    "statement best except what which who whom whose how why when where".split()
)
_local = threading.local()  # a stemmer has a state of its own, so each thread has one


def stems(row: Sequence[str]) -> list[str]:
    """The stem of each word by the Snowball stemmer for English (Porter 2001): "bones" and "bone" are "bone"."""
    return _stemmer().stemWords(row)  # type: ignore[no-any-return]


def grams(word: str) -> list[str]:
    """The character grams of a word between blanks; of a short word there is one, the word."""
    padded = f" {word} "
    return [padded[at : at + GRAM] for at in range(max(1, len(padded) - GRAM + 1))]


def asking(stem: str) -> bool:
    """Whether it only says that something is asked."""
    return stem in _ASKED


def content(stem: str) -> bool:
    """Whether it neither joins others nor only asks."""
    return stem not in _JOINED and stem not in _ASKED


def joining() -> frozenset[str]:
    """Stems that join content words."""
    return _JOINED


def _stemmer() -> Any:
    held = getattr(_local, "stemmer", None)
    if held is None:
        from Stemmer import Stemmer

        held = _local.stemmer = Stemmer("english")
    return held


_JOINED = frozenset(stems(_JOINING))
_ASKED = frozenset(stems(_ASKING))
