"""Parts what frames a question within its sentence ("I coach climbers, so which ...") from the question itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PREPOSITION = r"(?:(?:in|on|at|to|onto|into|from|of|by|with|through|via|for|out of)\s+)?"
_WH = rf"{_PREPOSITION}(?:what|what's|whats|where|where's|which|who|whose|how|why)\b"
# "... and I'd like to know which", "... and my teacher asked what".
_ANNOUNCED = re.compile(
    r"\b(?:to (?:know|understand|learn|ask|check|find out|figure out|work out|be sure)"
    r"|wonder(?:ing|ed)?|remind me|tell me|explain|forgot(?:ten)?|forget|remember|recall|not sure|no (?:idea|clue)"
    r"|question (?:is|was)|ask(?:s|ed|ing)?(?: me| us| you)?"
    rf"|know|unsure|curious|confused(?: about)?|clear|straight)[,:]?\s+(?={_WH})",
    re.I,
)
_TURN = re.compile(rf"\s*(?:,\s*(?:so|but|and|now|then)?|\b(?:so|but))\s+(?={_WH})|\s*[;–—]\s*|\s-\s|:\s+", re.I)
_ASKING = re.compile(rf"{_WH}|(?:is|are|does|do|did|can|could|has|have)\b", re.I)
# A condition, a place or a question at the front belongs to what is asked.
_BELONGING = re.compile(
    r"\W*(?:(?:and|so|but|ok|okay|well|also|then|now)\W+)*(?:if|when|while|with|without|since|because|as|given|although|though|once|whenever|after|before"
    r"|during|in|on|at|of|from|to|by|for|among|between|under|behind|what|which|where|who|whose|how|why|is|are|does|do|did|can|could"
    r"|compare|name|list|tell|give|show|true|false)\b",
    re.I,
)
# Somebody speaks of himself or of what others said: no part of what is asked.
_PERSONAL = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|im|ive|we|we're|we've|my|our|me|us|he|she|revising|studying|learning|reading|preparing|homework"
    r"|(?:teacher|tutor|prof|professor|lecturer|lecture|instructor|coach|physio|trainer|doctor|surgeon|nurse|book|textbook|exam"
    r"|quiz|class|course|patient|client|friend|colleague|student)s?)\b",
    re.I,
)
_QUESTION = re.compile(r"\b(?:what|which|where|who|whose|how|why)\b", re.I)
_POINTING = re.compile(r"\b(?:that|this|these|those|it|they|them|its|their)\b", re.I)
_STOP = re.compile(r"[:;]\s+")
_WORDS = 4  # of a frame at least


def begins(sentence: str) -> int:
    """Where the question begins in a sentence that frames it first; 0 where the whole of it asks."""
    if _BELONGING.match(sentence):
        return 0
    personal = _PERSONAL.search(sentence)
    found = 0
    asked = _QUESTION.search(sentence)
    first = asked.start() if asked is not None else len(sentence)  # what joins two questions frames none of them
    turns = (turn for turn in _TURN.finditer(sentence) if turn.end() <= first)
    for turn in (*_ANNOUNCED.finditer(sentence), *turns):
        frame, rest = sentence[: turn.start()], sentence[turn.end() :]
        told = personal is not None and personal.start() < turn.start()
        concluding = re.search(r"\b(?:so|but)\b", turn.group(), re.I) is not None
        asks = _ASKING.match(rest) or (rest.rstrip().endswith("?") and told)
        if ":" in turn.group() and _POINTING.search(rest):
            continue  # "the long columns that we call erector spinae: which muscles is that made up of?"
        if len(frame.split()) >= _WORDS and (told or concluding) and asks and len(rest.split()) > 2:
            found = max(found, turn.end())
    return found


def clauses(frame: str) -> Iterator[tuple[int, str]]:
    """The clauses of a frame between colons and semicolons, each with its place."""
    at = 0
    for mark in (*_STOP.finditer(frame), None):
        end = mark.start() if mark is not None else len(frame)
        yield at, frame[at:end]
        at = mark.end() if mark is not None else end
