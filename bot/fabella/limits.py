"""Tells how a question limits or denies what it names: "only the ankle", "rather than the knee"."""

from __future__ import annotations

import re
from collections.abc import Collection

from fabella_intents.mentions import Link
from fabella_intents.reading import Read

from fabella.looking import accounts

_ONLY = frozenset("only just solely merely exclusively purely alone".split())
_LIMITS = re.compile(
    r"\b(?:nothing but|nowhere but|(?:stops?|stays?|remains?) (?:at|in|within)"
    r"|nothing (?:else|more|above|below|beyond|further|other)|limited to|confined to"
    r"|no (?:other|further) than|never (?:gets?|goes|reaches|leaves)|and that(?:'s| is) (?:it|all))\b",
    re.I,
)
_LEFT_OUT = re.compile(
    r"\b(?:rather than|instead of|(?<= )not|nothing(?: to do)?"
    r"|no (?:action|effect|role|function|influence|part|movement))"
    r"(?: (?:on|at|with|in|into|from|by|through|across|over|for|to|of"
    r"|any|even|moving|bending|flexing|the|its|your|my))*$",
    re.I,
)


def alone(read: Read, terms: Collection[str]) -> bool:
    """Whether one of the terms is said to be the only one: "only the ankle", "and nothing above it"."""
    if _LIMITS.search(read.text):
        return True
    for one in read.links:
        start, end = one.start - read.start, one.end - read.start
        if one.term in terms and _ONLY & {*read.row[max(0, start - 5) : start], *read.row[end : end + 2]}:
            return True
    return False


def left_out(one: Link, read: Read) -> bool:
    """Whether a name is said to have no part: "rather than the knee", "no action on the ankle", "not the tibia"."""
    if read.question.negated or accounts(read):
        return False
    at = one.start - read.start
    return denied(" ".join(read.row[max(0, at - 8) : at]))


def denied(before: str) -> bool:
    """Whether the words before something deny it: "not in the", "rather than on the"."""
    return _LEFT_OUT.search(before.rstrip()) is not None
