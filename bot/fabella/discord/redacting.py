"""Takes out of a text what could tell who wrote it, and tells which questions must not be kept at all.

Pure functions. What comes out holds no digit, no "@", no address of a page or a mailbox, no mention, no key.
"""

from __future__ import annotations

import re
import unicodedata

from fabella_intents.language import foreign

from fabella.discord.health import UNKEPT, about_person, tells_health

QUESTION = 200  # characters of a question that is kept
REASON = 300  # characters of a vote's reason

_PASSES = 8  # taking one thing out can bring another one forth; a text that still changes is given up
_SECRET = re.compile(
    r"(?i)\b(?:pass(?:word|wd|wort|phrase|code)|api[ _-]?key|secret|token|bearer|credentials?|private key|pin code)s?\b"
)
_TAG = re.compile(r"<[^<>]{1,100}>")  # mentions, emoji, timestamps and commands, as Discord writes them
_EMOJI = re.compile(r":[\w~+-]{2,40}:")
_SPELT = re.compile(r"(?i)\S{1,64}(?: ?[([{]at[)\]}] ?| at )\S{1,64}(?:(?: ?[([{]dot[)\]}] ?| dot )\S{1,64})+")
_ENDINGS = (
    "com|org|net|edu|gov|mil|int|info|biz|name|app|dev|gg|io|me|tv|ai|co|uk|de|fr|es|it|nl|be|ch|at|eu|ru|pl|br|ca|au|us|in|jp|cn"
    "|se|no|dk|fi|link|live|site|online|shop|blog|club|space|xyz|page|cloud|store|tech|health|care|clinic"
)
_ADDRESS = re.compile(  # of a mailbox, a page or an account
    rf"(?i)@|http|www\.|[a-z]{{2}}:/|[\w-]{{2}}\.(?:{_ENDINGS})(?![\w-])|[\w-]{{2}}\.[\w-]{{2,}}/|\w#\d{{3}}|\w_\w|^_\w"
)
_KEY = re.compile(
    r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{12}"  # three kinds of characters
    r"|(?=.*\d[^\W\d_].*\d[^\W\d_]).{8}"  # letters and digits by turns
    r"|(?:sk|pk|gh[a-z]|xox[a-z]|AKIA|eyJ)[-.\w]{12}|.*[=+].{7}|(?:.*[a-z][A-Z]){3}|[^-]{32}"
)
_WORD = 60  # characters of a word at most
_ROOTS = re.compile(r"[CTLSctls]\d{1,2}(?:[-–/,][CTLSctls]?\d{1,2})*[.,;:?!]*")  # of nerves: C5-C6
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s()./–-]{5,}\d")


def keepable(text: str, intent: str) -> str | None:
    """What may be kept of a question that was not answered: one line of at most 200 characters, digits as "#".

    None where it must not be kept: it may be about a person's health, holds a secret, is not in English (nobody here
    could tell what it is about), or nothing is left of it. `keepable` of its own result is that result or None.
    """
    if intent.partition(":")[0].strip() in UNKEPT:
        return None
    plain = _plain(text)
    if about_person(plain) or _SECRET.search(plain) or not _english(plain):
        return None
    kept = redacted(plain, QUESTION)
    # Once more: what stood between two words may have hidden what they say together.
    return None if kept is None or about_person(kept) or _SECRET.search(kept) or not _english(kept) else kept


def sayable(text: str) -> str | None:
    """What may be kept of the reason of a vote: one line of at most 300 characters; None as for `keepable`.

    A comment may speak in the first person ("I think the origin is wrong"); one about a body may not.
    """
    plain = _plain(text)
    if tells_health(plain) or _SECRET.search(plain):
        return None
    kept = redacted(plain, REASON)
    return None if kept is None or tells_health(kept) or _SECRET.search(kept) else kept


def redacted(text: str, limit: int) -> str | None:
    """`text` on one line of at most `limit` characters, cut at a word, without mentions, links, e-mail addresses,
    handles, phone numbers and keys; every other number stands as "#". None where fewer than two letters are left.
    """
    for _ in range(_PASSES):
        before, text = text, _cut(_once(_plain(text)), limit)
        if text == before:
            return text if sum(map(str.isalpha, text)) > 1 else None
    return None


def _plain(text: str) -> str:
    """`text` with compatible forms of characters made one, and without those that cannot be seen, on one line."""
    composed = unicodedata.normalize("NFKC", text[:4000])
    seen = "".join(" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(seen.split())


def _once(text: str) -> str:
    for pattern in (_TAG, _EMOJI, _SPELT):
        text = pattern.sub(" ", text)
    text = _PHONE.sub("#", " ".join(word for word in text.split() if not _tells(word)))
    text = "".join("\0" if _number(c) else c for c in text)
    return " ".join(re.sub(r"\0+(?:[.,:/]\0+)*", "#", text).split())


def _tells(word: str) -> bool:
    """Whether a word is an address, an account, a key or too long to be a word."""
    if len(word) > _WORD or _ADDRESS.search(word):
        return True
    return _KEY.match(word) is not None and _ROOTS.fullmatch(word) is None


def _number(c: str) -> bool:
    return unicodedata.category(c)[0] == "N" or c.isnumeric()


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit + 1].rpartition(" ")[0].rstrip()


def _english(text: str) -> bool:
    return foreign(text, re.findall(r"[^\W\d_]+", text.casefold()), frozenset()) is None
