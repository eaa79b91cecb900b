"""The names in a message with their places in the text as it was given, before it was cleaned."""

from __future__ import annotations

import re
import unicodedata

from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents.mentions import STRUCTURES
from fabella_intents.messages import Message
from fabella_intents.question import Entity


def entities(message: Message, vocabulary: Vocabulary) -> tuple[Entity, ...]:
    """The names, in order; one that was rewritten beyond recognition has no place in the text and is left out."""
    plain, places = _unfolded(message.utterance.raw)
    text = message.utterance.text
    found = []
    at = 0
    for one in message.links:
        said = [text[token.start : token.end] for token in message.tokens[one.start : one.end]]
        pattern = r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, said)) + r"(?![^\W_])"
        match = re.compile(pattern, re.I).search(plain, at)
        if match is None:
            continue
        at = match.end()
        span = (places[match.start()], places[match.end() - 1] + 1)
        kind = "structure" if one.kind in STRUCTURES else one.kind
        found.append(Entity(kind, vocabulary.display(one.term), span, one.term if one.kind == "part" else None))
    return tuple(found)


def _unfolded(raw: str) -> tuple[str, list[int]]:
    """The text with compatibility forms resolved and invisible characters gone, and the place of each character."""
    if raw.isascii():
        return raw, list(range(len(raw)))
    pairs = [
        (folded, place)
        for place, character in enumerate(raw)
        for folded in unicodedata.normalize("NFKC", character)
        if unicodedata.category(folded) not in {"Cf", "Me"}
    ]
    return "".join(c for c, _ in pairs), [place for _, place in pairs]
