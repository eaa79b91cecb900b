"""Tells whether a question asks what something is, and which sentence says so."""

from __future__ import annotations

import re
from collections.abc import Callable

_ASKS = re.compile(
    r"^\W*(?:(?:so|and|ok|okay|please|well)\W+)*"
    r"(?:(?:wh?at|who)(?:['’]?s|\s+is|\s+are|\s+was|\s+were)|define|wh?at\s+do(?:es)?(?=.+\bmeans?\b)"
    r"|(?:explain|tell me|say)\s+what(?=.+\b(?:is|are|means?)\W*$))"
    r"\s+(?:(?:an?|the)\s+)?(?P<what>.+?)(?:\s+(?:means?|is|are))?\W*$",
    re.I,
)
_MOST = 5  # words of a name
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_POINTING = frozenset("it this that they these those he she".split())
_OF = re.compile(r"\b(?:of|in|for|to|by|between|with|from|on|at|that|which|who|and|or|called|if|when)\b", re.I)
_NO_KIND = (
    r"(?!(?:\w+(?:ed|ly)|also|not|often|able|sometimes|usually|made|found|known|seen|very|more|most|less|important)\b)"
)
_KIND = r"(?:(?:defined|described)\s+as|an?|the|any|one|those|what|how|when|where|our|another|each|all|part)\b"


def asked(text: str) -> str | None:
    """The name of what a question asks the meaning of: "what are osteoclasts?"; None where it asks something else."""
    match = _ASKS.match(text)
    what = match["what"].strip() if match is not None else ""
    if not what or len(_WORD.findall(what)) > _MOST or _OF.search(what) or what.lower() in _POINTING:
        return None
    return what


def definition_of(name: str) -> tuple[Callable[[str], re.Match[str] | None], ...]:
    """What tells whether a sentence says what `name` is, the surest way first.

    "A gomphosis is the joint ...", then "... the joint, called a gomphosis".
    """
    written = r"[\s\-–]+".join(re.escape(word.removesuffix("s")) + "s?" for word in _WORD.findall(name)) + "(?:es)?"
    begins = re.compile(
        rf"^\W*(?:(?:an?|the|each|every)\s+)?{written}\W*(?:\([^)]*\)\W*)?(?:,[^,.;]{{1,60}},)?\s*"
        rf"\b(?:(?:is|was)\s+{_KIND}|(?:are|were)\s+{_NO_KIND}|refers?\s+to\b|means?\b|consists?\s+of\b)",
        re.I,
    )
    called = re.compile(rf"\b(?:called|termed|known\s+as|referred\s+to\s+as)\s+(?:(?:an?|the)\s+)?\W?{written}\b", re.I)
    return begins.search, called.search
