"""Splits a message into the questions that it holds, and tells the preamble from what is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from fabella_intents import framing
from fabella_intents.utterance import Utterance

_ASKING = (
    "what|what's|whats|wat|where|where's|which|wich|who|whose|whom|when|why|how|is|are|does|do|did|can|could|has|have|will|would|should|isn't|doesn't|don't|"
    "aren't|tell|explain|describe|name|list|give|state|compare|show|cite|define|summarise|summarize|true|outline|identify|between|with which|at which|"
    "in which|on which|to which|from which|of which|by which|in what|on what|to what|from what|through which|via which|and what|and where|and which|and how"
)
# "All I need is where it sits", "I was wondering ...".
_WANTS = re.compile(
    r"^(?:(?:so|and|but|ok|okay|well|please|now)\b[\s,:]*)*(?:(?:all |what )?(?:i|we)(?:'m|'d|'ve)? ?(?:am|was|would|have|just|only|really|actually|still)?"
    r" ?(?:need|want|like|love|wonder|wondering|looking|trying|curious|after|must know|have to know)\b|my (?:only |main )?question\b|question:|the question\b|let me know\b|looking for\b)",
    re.I,
)
_ASKS = re.compile(
    rf"^(?:[\w\s]{{1,30}}:\s*)?(?:(?:so|and|but|ok|okay|also|then|now|please|pls|hey|hi|um|well|plus|just|oh|btw|by the way"
    rf"|if (?:so|not|yes)|(?:while|since) (?:we|you|i)(?:'re|'m| are| am)? at it|one more(?: thing| question)?)\b[\s,:]*)*(?:{_ASKING})\b",
    re.I,
)
# What only announces another topic, or says which one is left: "new question: ...", "enough of that, ...".
_LEAD = r"^(?:(?:ok|okay|so|and|cool|right|lol|but|oh|hm+)\W+)*"
_SWITCH = re.compile(
    rf"{_LEAD}(?:switching topics?|(?:new|another|different|other) (?:topic|question)|chang(?:e|ing) (?:of |the )?(?:topic|subject)"
    r"|moving on(?! to)|(?:let's |lets |let us )?(?:leave|forget|drop|skip)|never ?mind|enough (?:of|about|on)|(?:i'm |im )?done with|apart from that"
    r"|(?:totally |completely |entirely )?(?:unrelated|off[- ]topic|something (?:else|different))|by the way|btw|side note"
    r"|on (?:a|another) (?:\w+ )?note)[^,:;?]{0,40}[,:;]\s*(?=\w)",
    re.I,
)
_TO = re.compile(
    rf"{_LEAD}(?:switching (?:over )?to|(?:go(?:ing)? )?back to|on to|moving on to)\s+(?=\w)", re.I
)  # its topic stays
_LEAVES = re.compile(
    rf"{_LEAD}(?:let's |lets |let us )?(?:leave|forget|drop|skip|enough (?:of|about|on)|never ?mind|(?:i'm |im )?done with)\b[^?]{{0,40}}$",
    re.I,
)
_LISTS = re.compile(r"\b(?:which|what|name|list)\b.*\bmuscles?\b", re.I)  # "which muscles flex the knee, not the hip?"
_EXCUSE = re.compile(r"[,;.\s]+(?:my (?:mistake|bad|fault|error)|sorry|oops)\W*$", re.I)
_SHORT = 8  # words of a sentence that may be a correction
# "China, not Nigeria": what stands behind is taken back.
_NOT_THAT = re.compile(
    r"[,;–—-]\s*(?:and\s+)?not\s+(?:(?:the|in|from|on|at|for)\s+)?[\w'-]+(?:\s[\w'-]+)?\s*[.!?]*$", re.I
)
# What is taken back in favour of what follows: "not China, Korea", "oops not the origin, the insertion".
_TAKEN_BACK = re.compile(
    r"^(?:(?:no+|nope|oops|sorry|wait|hm+|ah|oh|argh|i meant?|i said)\W+)*not\s+(?:(?:the|in|from|on|at|for|my)\s+)?(?:[\w'-]+\s?){1,3}[,;:–—]\s*(?:but\s+|rather\s+|i meant?\s+)?(?=\w)",
    re.I,
)
_OPENING = re.compile(
    r"^(?:(?:ok|okay|so|and|hi|hello|hey)\W+)*(?:(?:a |one |another |next |new |different |quick |last )+questions?(?: again)?|next one|hi|hello|hey(?: there)?|thanks|thank you|cheers|my (?:mistake|bad|fault|error)|sorry|oops)\W*$",
    re.I,
)
_HELP = re.compile(
    r"^\W*(?:(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody)\b.{0,30}|any(?:one|body)?\b.{0,20}|help.{0,20}"
    r"|what (?:should|could|would) i (?:have )?(?:say|said|answer\w*|tell|told).{0,20}|what(?:'s| is) the (?:right )?answer)"
    r"\?\W*$",
    re.I,
)
_JOINT = re.compile(
    r"(?:\s*[,;]\s*|\s+)(?:and|also|plus|&|n|and also|and then)\s+(?:also\s+)?(?=(?:if [^,;?]{1,40},\s*)?(?:(?:in|on|at|to|from|of|by|with|through|for|into)\s+)?(?:what|what's|whats|where|where's|which|who|how|when|why|does|do|is|are|can|tell|give|list|name)\b)"
    r"|\s*,\s*(?=(?:(?:in|on|at|to|from|of|by|with|through)\s+)?(?:what|where|which|who|how|why)\b(?! (?:is|are) (?:the )?(?:link|point)\b))",
    re.I,
)


_LISTED = re.compile(
    r"\s*(?:[,;:+&/]|\s[-–—]\s|\(?\b\d[).](?=\s)|\b(?:and|plus|n|also|then)\b)[\s,;:]*(?:(?:and|plus|also|then)\b\s*)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the message: its text, its offset in the cleaned text, and whether it asks something."""

    text: str
    start: int
    asks: bool


def split(utterance: Utterance) -> tuple[Segment, ...]:
    """The sentences of a message as segments, in order."""
    found: list[Segment] = []
    indirect: list[Segment] = []
    at = 0
    for sentence in utterance.sentences:
        start = utterance.text.index(sentence, at)
        at = start + len(sentence)
        turned = _SWITCH.match(sentence) or _TO.match(sentence) or _TAKEN_BACK.match(sentence)
        if turned is not None:
            sentence, start = sentence[turned.end() :], start + turned.end()
        sentence = _EXCUSE.sub("", sentence)
        back = _NOT_THAT.search(sentence)
        if back is not None and len(sentence.split()) <= _SHORT and not _LISTS.search(sentence):
            sentence = sentence[: back.start()]
        begin = framing.begins(sentence)
        if begin:
            found += (Segment(text, start + at, False) for at, text in framing.clauses(sentence[:begin]))
            sentence, start = sentence[begin:], start + begin
        sentence = sentence[: framing.trailing(sentence)]
        asks = sentence.rstrip(" )\"'").endswith("?") or bool(_ASKS.match(sentence)) or bool(_WANTS.match(sentence))
        found.append(Segment(sentence, start, asks))
        if begin and not sentence.rstrip().endswith("?"):
            indirect.append(found[-1])
    if any(one.text.rstrip().endswith("?") and not _HELP.match(one.text) for one in found):
        # "I got curious which nerve runs it. ... Which two?": the first sentence only tells.
        found = [replace(one, asks=False) if one in indirect else one for one in found]
    if sum(one.asks for one in found) > 1:
        found = [replace(one, asks=one.asks and not _HELP.match(one.text)) for one in found]
    told = [one for one in found if not _OPENING.match(one.text) and not _LEAVES.match(one.text)] or found
    if not told:
        return ()
    if len(told) == 1:
        return (Segment(told[0].text, told[0].start, True),)
    return tuple(told)


def items(segment: Segment) -> tuple[Segment, ...]:
    """The pieces between commas, colons, "and", "plus", numbers in brackets: topics, if each asks something of its own."""
    pieces: list[Segment] = []
    at = 0
    for match in (*_LISTED.finditer(segment.text), None):
        end = match.start() if match is not None else len(segment.text)
        if segment.text[at:end].strip():
            pieces.append(Segment(segment.text[at:end], segment.start + at, segment.asks))
        at = match.end() if match is not None else end
    return tuple(pieces)


def clauses(segment: Segment) -> tuple[Segment, ...]:
    """The questions that one sentence joins ("what is it and how common is it"); one clause: the segment itself."""
    pieces: list[Segment] = []
    at = 0
    for match in _JOINT.finditer(segment.text):
        piece = segment.text[at : match.start()]
        joined = match.group().strip(" ,;") != ""
        if len(piece.split()) >= 2 and (joined or _ASKS.match(piece)):
            pieces.append(Segment(piece, segment.start + at, segment.asks))
            at = match.end()
    pieces.append(Segment(segment.text[at:], segment.start + at, segment.asks))
    return tuple(pieces)
