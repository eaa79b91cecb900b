"""Tells which end of a muscle lies higher: "where does the rectus abdominis attach at its upper end?".

Sites are compared in the anatomical position by the bone or region that they belong to, in the order from head to foot
of each column: the trunk with the lower limb, and the upper limb.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabella_knowledge.vocabulary import Vocabulary

_ENDS = r"(?:end|attachment|insertion|origin|anchor|fixation|point|site)s?"
_ATTACHING = r"(?:attach|fix|anchor|insert|aris|originat|start|begin|end)\w*"


def _asking(words: str, adverbs: str) -> re.Pattern[str]:
    end = rf"^\W*(?:{adverbs})\b|\b(?:{words}) (?:\w+ )?{_ENDS}\b|\bat (?:the |its )?(?:{words})\b"
    return re.compile(rf"{end}|\b{_ATTACHING}\b[^,?]{{0,30}}\b(?:{adverbs})\W*$", re.I)


_UPPER = _asking("upper|uppermost|top|superior|cranial|higher", "above|superiorly|up top|cranially")
_LOWER = _asking("lower|lowermost|bottom|inferior|caudal", "below|inferiorly|down below|caudally")
_APART = 1.0  # rows that lie between two ends at least, of which one is told to be the upper one
# What lies at one height stands in one row.
_COLUMN = (
    ("skull",),
    ("mandible",),
    ("hyoid bone", "cervical vertebrae"),
    ("larynx",),
    ("clavicle",),
    ("scapula",),
    ("sternum", "ribs", "costal cartilages", "thoracic vertebrae"),
    ("humerus",),
    ("lumbar vertebrae",),
    ("ilium",),
    ("ulna", "radius", "sacrum"),
    ("hip bone", "pubis", "ischium", "coccyx"),
    ("carpal bones",),
    ("metacarpals",),
    ("phalanges of the hand",),
    ("femur",),
    ("patella",),
    ("tibia", "fibula"),
    ("tarsal bones", "calcaneus"),
    ("metatarsals",),
    ("phalanges of the foot",),
)
_ROW = {name: n for n, names in enumerate(_COLUMN) for name in names}


def asked(text: str) -> int:
    """1 where the upper end is asked for, -1 where the lower one is, 0 where neither is or both are."""
    return bool(_UPPER.search(text)) - bool(_LOWER.search(text))


def higher(one: Iterable[str], other: Iterable[str], vocabulary: Vocabulary) -> int:
    """1 where the sites of `one` lie above those of `other`, -1 where they lie below, 0 where that isn't told."""
    first, second = _height(one, vocabulary), _height(other, vocabulary)
    if first is None or second is None or abs(first - second) <= _APART:
        return 0
    return 1 if first < second else -1


def _height(sites: Iterable[str], vocabulary: Vocabulary) -> float | None:
    rows = [row for site in sites if (row := _row(site, vocabulary)) is not None]
    return sum(rows) / len(rows) if rows else None


def _row(site: str, vocabulary: Vocabulary) -> int | None:
    """The row of a site: of the innermost whole that has one."""
    return next((_ROW[one] for one in vocabulary.ancestors(site) if one in _ROW), None)
