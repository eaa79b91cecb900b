"""One typo in a text: a letter of a longer word is wrong, missing, too many, or has changed places."""

from __future__ import annotations

import random
import re
import string

LEAST = 4  # letters of a word that is mistyped
_LONG = re.compile(rf"[^\W\d_]{{{LEAST},}}")


def mistyped(text: str, draw: random.Random) -> str | None:
    """`text` with one typo, drawn from `draw`: the word, the kind and the place are all equally likely.

    None where no word has `LEAST` letters.
    """
    found = list(_LONG.finditer(text))
    if not found:
        return None
    word = draw.choice(found)
    return text[: word.start()] + _slip(word.group(), draw) + text[word.end() :]


def _slip(word: str, draw: random.Random) -> str:
    kind = draw.choice(("substitution", "deletion", "insertion", "transposition"))
    if kind == "transposition":
        apart = [n for n in range(len(word) - 1) if word[n] != word[n + 1]]
        if apart:
            n = draw.choice(apart)
            return word[:n] + word[n + 1] + word[n] + word[n + 2 :]
        kind = "substitution"  # a word of one letter repeated has nothing to change places
    if kind == "insertion":
        n = draw.randrange(len(word) + 1)
        return word[:n] + draw.choice(string.ascii_lowercase) + word[n:]
    n = draw.randrange(len(word))
    if kind == "deletion":
        return word[:n] + word[n + 1 :]
    other = draw.choice([letter for letter in string.ascii_lowercase if letter != word[n].lower()])
    return word[:n] + (other.upper() if word[n].isupper() else other) + word[n + 1 :]
