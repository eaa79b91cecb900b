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
_ABOUT = re.compile(
    rf"(?:the|that|this|its|what about) [\w ]{{3,40}},\s*{_WH}", re.I
)  # "but the short head, what ...?"
_TURN = re.compile(
    rf"\s*[,.]\s*(?:so|but)\s+(?=(?:the|that|this|its|what about) [\w ]{{3,40}},\s*{_WH})|"
    rf"\s*(?:,\s*(?:so|but|and|now|then)?|\b(?:so|but))\s+(?={_WH})|\s*[;–—]\s*|\s-\s|:\s+",
    re.I,
)
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
# "What our lecturer skipped was which muscle goes there."
_WHAT_WE = re.compile(
    rf"\W*what (?:i|we|he|she|they|my|our|the|nobody|no one)\b[^?:]{{3,100}}?\b(?:is|was)[,:]?\s+(?={_WH})", re.I
)
_TAIL = re.compile(
    r"\s*(?:[,;]|\s[–—-])\s*(?:(?:and|but|because|since|as|cause|cos|coz)\s+)?"
    r"(?:i|we|my|our|they|the (?:teacher|prof|book))(?:'m|'ve|'d|'ll)?\b(?! (?:mean|meant)\b)[^?:]*$",
    re.I,
)
_BEING = re.compile(r"\W*((?:the )?[\w -]{4,40} being [^,?]{3,80}),\s+(?=\w)", re.I)
_STATED = re.compile(
    rf"((?!{_WH})[^,?]{{10,150}}),\s+(?:(?:so|then|and|but)\s+)?(?={_WH}|(?:is|are|does|do|did|can)\b)", re.I
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|arises?|inserts?|attach(?:es)?|comes?|goes|ends?|starts?|begins?|cross(?:es)?|flex(?:es)?"
    r"|extends?|lies?|sits?|runs?|told|said|says?)\b",
    re.I,
)
_PREMISE = re.compile(
    r"\W*(?:(?:so|but|and|ok|okay|well)\W+)*"
    r"(?:since|because|as|(?:given|seeing|considering)(?: that)?|if|now that|although|though)\s+"
    r"([^?]{8,200}?),\s+(?=\w)",
    re.I,
)
# "..., oral anatomy exam tomorrow".
_SOON = re.compile(
    r"\s*[,;–—-]\s*(?:[\w']+ ){0,4}(?:exam|test|quiz|viva|lab|class|practical|presentation|course|paper|homework)s?"
    r"(?: (?:is|are))?(?: (?:coming up|tomorrow|today|tonight|soon|(?:this|next) week|on \w+day))?\W*$",
    re.I,
)
_QUESTION = re.compile(r"\b(?:what|which|where|who|whose|how|why)\b", re.I)
_POINTING = re.compile(r"\b(?:that|this|these|those|it|they|them|its|their)\b", re.I)
_STOP = re.compile(r"[:;]\s+")
_WORDS = 4  # of a frame at least


def begins(sentence: str) -> int:
    """Where the question begins in a sentence that frames it first; 0 where the whole of it asks."""
    lead = _WHAT_WE.match(sentence)
    if lead is not None:
        return lead.end()
    personal = _PERSONAL.search(sentence)
    asked = _QUESTION.search(sentence)
    first = asked.start() if asked is not None else len(sentence)  # what joins two questions frames none of them
    found = 0
    for turn in _ANNOUNCED.finditer(sentence):
        if personal is not None and personal.start() < turn.start() <= first and _frames(sentence, turn):
            found = max(found, turn.end())
    if _BELONGING.match(sentence):
        return found  # "after a talk on shin pain I wonder which", not "in the leg, which"
    for turn in _TURN.finditer(sentence):
        told = personal is not None and personal.start() < turn.start()
        concludes = re.search(r"\b(?:so|but)\b", turn.group(), re.I) is not None
        ends = sentence.rstrip().endswith("?") and (told or concludes)
        pause = re.search(r"[:;–—-]", turn.group()) is not None
        if not ends or not _frames(sentence, turn) or (turn.end() > first and not (pause and told)):
            continue
        rest = sentence[turn.end() :]
        if ":" in turn.group() and _POINTING.search(rest):
            continue  # "the long columns that we call erector spinae: which muscles is that made up of?"
        if _ASKING.match(rest) or _ABOUT.match(rest) or told:
            found = max(found, turn.end())
    return found


def _frames(sentence: str, turn: re.Match[str]) -> bool:
    return len(sentence[: turn.start()].split()) >= _WORDS and len(sentence[turn.end() :].split()) > 2


def trailing(sentence: str) -> int:
    """Where somebody speaks of himself behind his question ("..., I always forget"); its length for nowhere."""
    tail = _TAIL.search(sentence)
    soon = _SOON.search(sentence)
    if soon is not None and len(sentence[: soon.start()].split()) >= 2:
        return soon.start()
    asks = tail is not None and (_ASKING.match(sentence) or "?" in sentence[: tail.start()])
    return tail.start() if tail is not None and asks else len(sentence)


def states(text: str) -> bool:
    """Whether a statement stands before the question of a sentence: "it has two heads, where does each come from?"."""
    stated = _STATED.match(text)
    return stated is not None and _BELONGING.match(text) is None and _VERB.search(stated.group(1)) is not None


def asking(text: str) -> int:
    """Where the question begins behind what it is about ("the flat muscle of the calf, what nerve has it?"), else 0."""
    turns = [turn.end() for turn in _TURN.finditer(text) if _ASKING.match(text[turn.end() :])]
    return turns[-1] if turns else 0


def premise(sentence: str) -> tuple[int, str] | None:
    """The clause that a sentence takes for granted ("since it comes from the femur, ...") with its place."""
    found = _PREMISE.match(sentence) or _BEING.match(sentence) or _STATED.match(sentence)
    return (found.start(1), found.group(1)) if found is not None else None


def clauses(frame: str) -> Iterator[tuple[int, str]]:
    """The clauses of a frame between colons and semicolons, each with its place."""
    at = 0
    for mark in (*_STOP.finditer(frame), None):
        end = mark.start() if mark is not None else len(frame)
        yield at, frame[at:end]
        at = mark.end() if mark is not None else end
