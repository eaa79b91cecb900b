"""Tells names that no source knows: words that no dictionary holds, and known names that a Latin word makes unknown."""

from __future__ import annotations

import itertools
import re

from fabella_intents.definition import Definition
from fabella_intents.mentions import STRUCTURES
from fabella_intents.reading import Read
from fabella_knowledge.vocabulary import Vocabulary

_COMPARES = frozenset({"same", "difference", "vs", "versus", "compare", "compared", "different", "than", "like"})
_LATIN = ("us", "um", "is", "ale", "alis", "aris", "ae", "ata", "osa", "ulla", "oid")
_ENGLISH = frozenset({"is", "this", "us", "plus", "thus", "minus", "his"})
_CASES = ("us", "is", "um", "i", "ae")
_UNHELD = frozenset(
    "ligament ligaments bursa bursae retinaculum cartilage meniscus menisci canal gland sheath septum".split()
)
_NEVER = frozenset("vein veins lymph lymphatic lymphatics node nodes".split())  # of these no article tells
_WHICH_KIND = re.compile(
    rf"\b(?:which|what) (?:\w+ )?(?:{'|'.join(_UNHELD)})\b", re.I
)  # "to which cartilage does it attach?"
_NAMING = frozenset({"muscle", "os", "tendon", "nerve", "artery", "ligament", "musculus", "bone"})
_FUNCTION_WORDS = frozenset(
    "is are the same and or how what where which does do did in on of for to with vs versus as like originate insert attach start end from please".split()
)

_APART = frozenset("bone landmark nerve artery joint cartilage disc ligament membrane fascia".split())
_SOON = 5  # words before what is asked about
_WHAT_IS = re.compile(
    r"^\W*(?:(?:so|and|ok|okay|hi|hey|please)\W+)*(?:what|where)(?:'s|\s+(?:is|are|does|do))\s+(?:the\s+|a\s+)?"
    r"(?!(?:attachments?|insertions?|origins?|nerve|nerves|muscles?|supply)\b)",
    re.I,
)
_RELATIVE = re.compile(r"\b(?:relation|relative|relate)\b", re.I)


def unheld(read: Read) -> bool:
    """Whether a noun for a kind of structure stands there that no term of the vocabulary accounts for."""
    loose = set(read.loose)
    return bool(_NEVER & loose) or (bool(_UNHELD & loose) and not _WHICH_KIND.search(read.text))


def apart(read: Read, definition: Definition) -> str | None:
    """A bone, nerve or the like that is asked about itself: "where is the patella, seen from the fabella?"."""
    if definition.handler is not None or not _WHAT_IS.match(read.text):
        return None
    first = next(iter(read.links), None)
    if any(x.kind in STRUCTURES for x in read.links) and not _RELATIVE.search(read.text):
        return None
    held = first is not None and first.kind in _APART and first.start - read.start <= _SOON
    return first.term if first is not None and held and len(first.terms) == 1 else None


def misnamed(read: Read, vocabulary: Vocabulary) -> bool:
    """Whether a Latin word of muscles' names stands there that belongs to no name ("flexor cervicalis magnus")."""
    taken = {n for x in read.links for n in range(x.start, x.end)}
    following = (*read.row, "")[1:]
    for one in read.links:  # "gluteus quartus"
        then = (*read.row[one.end - read.start :], "")[0]
        alone = one.kind == "group" and one.end - one.start == 1 and read.row[one.start - read.start].endswith("us")
        if alone and one.end not in taken and then.endswith(("us", "is", "um")) and then not in _ENGLISH:
            return True
    doing = (x for x in read.links if x.kind == "movement" and x.end - x.start == 1)
    for one in doing:  # "flexor digiti quarti superior"
        at = one.end - read.start
        word, then = (*read.row[at - 1 :], "", "")[:2]
        if word.endswith("or") and one.end not in taken and then.endswith(_CASES) and then in vocabulary.latin:
            return True
    return any(
        read.start + n not in taken
        and (
            (w in vocabulary.latin and w.endswith(("us", "is", "um")))
            or (
                w in vocabulary.leading
                and (read.start + n + 1 in taken or then.endswith(_CASES))
                and then not in _ENGLISH | {"muscle", "muscles", "tendon", "tendons"}
            )
        )
        for n, (w, then) in enumerate(zip(read.row, following, strict=True))
    )


def invented(read: Read, vocabulary: Vocabulary) -> bool:
    """Whether a known name carries a Latin word that makes it another, unknown one ("gastrocnemius profundus")."""
    latin = vocabulary.latin
    taken = {n for x in read.links for n in range(x.start, x.end)}
    if misnamed(read, vocabulary) or _compounded(read):
        return True
    for one in read.links:
        if one.kind in {"muscle", "sesamoid bone", "group"} and not one.assumed:
            for at in (one.end, one.start - 1):
                word = read.row[at - read.start] if 0 <= at - read.start < len(read.row) else ""
                strange = at in read.strange and word.endswith(("us", "is", "um", "alis", "or", "ae"))
                if at not in taken and (word in latin or strange) and _attached(word, read.text):
                    return True
    return unknown(read)


def _compounded(read: Read) -> bool:
    """Whether a known name of one word carries another one's first word: "pronator longissimus"."""
    for a, b in itertools.pairwise(read.links):
        word = read.row[a.start - read.start]
        alone = (
            b.kind == "muscle" and b.end - b.start == 1 and read.row[b.start - read.start].endswith(("us", "is", "um"))
        )
        if a.kind == "movement" and a.end - a.start == 1 and a.end == b.start and word.endswith("or") and alone:
            return True
    return False


def _attached(word: str, text: str) -> bool:
    """Whether the word belongs to the name before it: no punctuation between, and no noun that it describes behind it."""
    match = re.search(rf"[^\W_]\s+{re.escape(word)}\b(?:\s+([^\W\d_]+))?", text, re.I)
    if match is None:
        return False
    after = (match.group(1) or "").lower()
    return word.endswith(("us", "um", "is", "i")) or not after or after in _FUNCTION_WORDS


def unknown(read: Read) -> bool:
    """Whether a word that no dictionary holds stands where a structure is named."""
    if not read.strange:
        return False
    named = any(x.kind in {"muscle", "sesamoid bone", "tendon"} and not x.assumed for x in read.links)
    compared = not named or bool(_COMPARES & set(read.row))
    for at in read.strange:
        if len(read.message[at]) >= 6 and read.message[at].endswith(_LATIN):
            return True
        before = read.message[at - 1] if at else ""
        after = read.message[at + 1] if at + 1 < len(read.message) else ""
        if (
            before in _NAMING
            or after in _NAMING
            or (before == "of" and (not named or any(x.end == at - 1 for x in read.links)))
        ):
            return True
        if _COMPARES & set(read.row) and any(x.kind in {"sesamoid bone", "muscle", "tendon"} for x in read.links):
            return True
        if compared and before in {"a", "an", "the"} and (not after or after in _FUNCTION_WORDS):
            return True
    return not named
