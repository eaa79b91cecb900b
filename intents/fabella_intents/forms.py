"""How a question is asked: openly, for a yes or no, between options, with a gap, or taking something for granted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fabella_intents.utterance import BLANK

_NT = "isn't|aren't|doesn't|don't|didn't|can't|hasn't|won't|isnt|doesnt"
_AUX = rf"(?:is|are|was|were|does|do|did|can|could|has|have|will|would|should|{_NT})"
_REQUEST = re.compile(
    r"^\W*(?:(?:so|and|but|ok|okay|hey|hi|hello|please)\b[\s,:]*)*(?:(?:do|does|did) (?:you|u|anyone|anybody|someone|somebody) (?:know|remember|recall|happen)|(?:can|could|would|will) (?:you|u|someone|somebody|anyone|we have|i (?:get|have)))\b",
    re.I,
)
_YESNO = re.compile(
    rf"^(?:(?:so|and|but|ok|okay|hey|hi|hello|um|wait|hmm|well|please|quick question|question)\b[\s,:]*)*{_AUX}\b", re.I
)
_TAG = re.compile(
    rf"(?:,|\s-|\.|\?|;)?\s*(?:right|correct|true|yes|no|yeah|innit|or not|or no|or {_AUX} (?:it|they|that)|agreed?|am i right|isn't that so|is that (?:right|true|correct|so)|(?<=[,;-] ){_AUX} (?:it|they|that|he|she|there)|(?:{_NT}) (?:it|they|that|he|she|there))\s*[?!.]*$",
    re.I,
)
_TRUE_FALSE = re.compile(
    r"\btrue or false\b|\bt\s*/\s*f\b|\btrue/false\b|\bright or wrong\b|\bcorrect or (?:incorrect|wrong|not)\b|\bfact or (?:myth|fiction)\b|\bmyth or fact\b|\btrue or not\b",
    re.I,
)
_EXCEPT = re.compile(
    r"(?i:\bexcept\b|\bodd one out\b|\bexcluding\b|\bother than\b)|\b(?:which|what)\b[^?.]{0,60}\b(?:is|are|does|do)\s*(?:not|n't)\b|\bNOT\b|\bwhich[^?]{0,40}\b(?:false|untrue|incorrect|wrong)\b"
)
_PRESUMES = re.compile(
    r"\b(?:why|how come|since|because|given that|seeing that|as the|if the|considering|now that|what makes|what is the reason|for what reason|how does|how do|how can|so that's|therefore|so|although|despite)\b",
    re.I,
)
_NEGATED = re.compile(
    rf"\b(?:not|never|no longer|nothing|{_NT}|cannot|nor|neither|dont|without|useless|pointless|waste of time|no effect|fails?|unable)\b",
    re.I,
)
_LEADING_NOT = re.compile(
    rf"^\W*(?:why |how come |so |but )?{_AUX}(?:n't)?(?:\s+(?:it|the|a|they|he|she))?\s+not\b|^\W*(?:{_NT})\b",
    re.I,
)
# "On the calcaneus, not the tibia" denies a site, not what the question says.
_CONTRAST = re.compile(
    r"(?:,|\band|\bbut)\s+not\s+(?:(?:on|at|in|from|of|to|into|with|by|through)\s+)?(?:the|its|a|an)\b", re.I
)
_EITHER = re.compile(r"\b(?:or|vs\.?|versus)\b", re.I)
_LETTERED = re.compile(r"(?:^|[\s,;/(])\(?([A-Ha-h])\s*[).:]\s*(?=\S)")
_ROMAN = re.compile(r"(?:^|[\s,;/(])\(?(i{1,3}|iv|vi{0,3})\s*[).:]\s*(?=\S)", re.I)
_NUMBERED = re.compile(r"(?:^|[\s,;/(])\(?([1-8])\s*[).:]\s*(?=\S)")
_MARKS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}
# Numbers list options only where one of them is to be chosen; else they number questions.
_CHOOSES = re.compile(
    r"\b(?:which of (?:the|these)|choose|pick|select|statements?|options?|correct|true|false|except|one of)\b", re.I
)
_BARE = re.compile(r"(?<=[\s:,;?])([A-E])\s+(?=\S)")
_BRIEF = re.compile(
    r"\b(?:one sentence|one line|briefly|in brief|short answer|tl;?dr|in short|keep it short|shorter|in a nutshell|concise(?:ly)?|one-liner|few words|shortly)\b",
    re.I,
)
_MORE = re.compile(
    r"\b(?:in detail|all the figures|everything|full list|more details?|detailed|all figures|further figures|all numbers)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Form:
    """`kind` as in `Question.form`; `options` are (mark, text) of a multiple choice: capitals, or numbers as they were given."""

    kind: str
    negated: bool
    options: tuple[tuple[str, str], ...]
    brief: bool
    more: bool
    stem: str


@lru_cache(maxsize=16)  # the parts of one message ask for it more than once
def detect(text: str) -> Form:
    """The form of a question. `stem` is the text without the lettered options."""
    options, stem = _options(text)
    # "Isn't it ...?" and "..., isn't it?" expect a yes: their "not" negates nothing.
    negated = bool(_NEGATED.search(_CONTRAST.sub("", _LEADING_NOT.sub("", _TAG.sub("", stem)))))
    if options:
        kind = "except" if _EXCEPT.search(stem) else "choice"
    elif re.search(r"\bexcept\b", stem, re.I) and stem.count("/") >= 2:
        head, _, tail = stem.partition(":")
        pieces = re.split(r"\s*/\s*", tail or re.split(r"\bexcept\b", stem, flags=re.I)[-1])
        options = tuple((chr(65 + n), piece.strip(" .?")) for n, piece in enumerate(pieces[:8]) if piece.strip())
        kind, stem = "except", head or stem
    elif _TRUE_FALSE.search(stem):
        kind = "truefalse"
    elif BLANK in stem:
        kind = "cloze"
    elif (_YESNO.match(stem) and not _REQUEST.match(stem)) or _TAG.search(stem):
        kind = "either" if _EITHER.search(_TAG.sub("", stem)) else "yesno"
    elif _PRESUMES.search(stem):
        kind = "presumes"
    elif _EITHER.search(stem):
        kind = "either"
    else:
        kind = "open"
    return Form(kind, negated, options, bool(_BRIEF.search(text)), bool(_MORE.search(text)), stem)


def _options(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    for pattern in (_LETTERED, _ROMAN, _NUMBERED, _BARE):
        run: list[re.Match[str]] = []
        for mark in pattern.finditer(text):
            if _rank(mark.group(1)) == len(run) + 1:
                run.append(mark)
        stem = text[: run[0].start()].strip() if run else text
        if len(run) >= 2 and (pattern in (_LETTERED, _BARE) or _CHOOSES.search(stem)):
            ends = [m.start() for m in run[1:]] + [len(text)]
            options = tuple(
                (
                    m.group(1).upper() if m.group(1) in "ABCDEFGHabcdefgh" else m.group(1),
                    text[m.end() : end].strip(" ,;/.?"),
                )
                for m, end in zip(run, ends, strict=True)
            )
            return options, stem
    return (), text


def _rank(mark: str) -> int:
    """The place that a mark stands for: 2 for "b", "ii" and "2"."""
    if mark.isdigit():
        return int(mark)
    return _MARKS.get(mark.upper(), 0) if len(mark) > 1 or mark in "iIvV" else ord(mark.upper()) - 64
