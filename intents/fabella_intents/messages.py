"""A message as it is worked on: its words mended, its names linked, and its sentences told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from fabella_knowledge.tokens import Token
from fabella_knowledge.vocabulary import Vocabulary

from fabella_intents import segments
from fabella_intents.mentions import STRUCTURES, Link, link
from fabella_intents.segments import Segment
from fabella_intents.spelling import Correction
from fabella_intents.utterance import Utterance

Span = tuple[int, int]
# English words that abbreviations of names are spelt like: "SO" is the superior oblique, "so" is not.
_WORDS = frozenset(
    "so it is in as at an be by do he if me my no of on or to up us we am go hi ok oh ah add pin lam ed er ma pa ta mm "
    "ad ham bum men eat sit let tip".split()
)
_BRACKET = re.compile(r"\([^()]{1,60}\)")
_ASIDE = 3  # words of a bracket that may stand within a name
_TISSUES = frozenset({"soft tissue", "fascia", "tissue"})
_BELLIES = frozenset({"belly", "bellies"})  # of a muscle that is named, not of a person
_WAYS = frozenset("up down outward outwards inward inwards forward forwards backward backwards each away".split())
_IT = frozenset({"it", "they"})


@dataclass(frozen=True)
class Message:
    """`tokens` are the words as given; `row` are those words mended, `spots` their places in the mended `text`.

    `links` are the names among them, `told` the sentences. A `Span` is a half-open range of places in `row`.
    """

    utterance: Utterance
    tokens: tuple[Token, ...]
    text: str
    spots: tuple[Token, ...]
    row: tuple[str, ...]
    links: tuple[Link, ...]
    told: tuple[Segment, ...]

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The words, "" for one that was taken back or left behind ("not China, Korea")."""
        spans = [range(*self.span(one)) for one in self.told]
        return tuple(word if any(n in span for span in spans) else "" for n, word in enumerate(self.row))

    @cached_property
    def spoken(self) -> tuple[Link, ...]:
        """The names of what was not taken back."""
        return tuple(one for one in self.links if self.kept[one.start])

    def before(self, span: Span) -> tuple[Link, ...]:
        """The names of the nearest sentence before `span` that names a structure; of all that was said without one."""
        earlier = [x for one in reversed(self.told) if (x := self.span(one))[1] <= span[0]]
        near = (self.inside(one) for one in earlier)
        return next((held for held in near if any(x.kind in STRUCTURES for x in held)), self.spoken)

    @property
    def whole(self) -> Segment:
        """All of it as one piece."""
        return Segment(self.text, 0, True)

    def span(self, piece: Segment) -> Span:
        """The places of the words of `piece`; (0, 0) for none."""
        end = piece.start + len(piece.text)
        inside = [n for n, token in enumerate(self.spots) if piece.start <= token.start < end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def words(self, span: Span) -> tuple[str, ...]:
        """The mended words in `span`."""
        return self.row[span[0] : span[1]]

    def given(self, span: Span) -> str:
        """The words in `span` as they were given, with the punctuation behind them."""
        if span[0] == span[1]:
            return ""
        text = self.utterance.text
        end = self.tokens[span[1]].start if span[1] < len(self.tokens) else len(text)
        return text[self.tokens[span[0]].start : end].rstrip(" ([\"'")

    def inside(self, span: Span) -> tuple[Link, ...]:
        """The names that lie in `span`."""
        return tuple(one for one in self.links if span[0] <= one.start and one.end <= span[1])

    def about(self, span: Span) -> Link | None:
        """The structure named first before `span`, where `span` names none or also says "it"."""
        named = [one for one in self.spoken if one.kind in STRUCTURES and one.start < span[1]]
        before = next((one for one in named if one.start < span[0]), None)
        inside = any(one.start >= span[0] for one in named)
        return before if not inside or _IT & set(self.words(span)) else None

    def proper(self, place: int) -> bool:
        """Whether the word there is written like the name of a person or place: a capital within a sentence."""
        token = self.spots[place]
        text = self.text
        if not text[token.start].isupper() or text[token.start : token.end].isupper():
            return False
        before = text[: token.start].rstrip(" (\"'")
        return bool(before) and before[-1] not in ".!?:;\n"


def make(
    utterance: Utterance,
    tokens: tuple[Token, ...],
    row: Sequence[str],
    vocabulary: Vocabulary,
    doubts: Sequence[Correction] = (),
) -> Message:
    """The message with these words, its names linked.

    `doubts` are slips that lie as near to several words: where these make names, the name is ambiguous.
    """
    text, spots = _mended(utterance.text, tokens, row)
    told = segments.split(replace(utterance, text=text))
    shouted = not any(c.islower() for c in utterance.text)
    links = tuple(
        one
        for one in link(row, vocabulary)
        if one.end - one.start > 1
        or row[one.start] not in _WORDS
        or (utterance.text[tokens[one.start].start : tokens[one.start].end].isupper() and not shouted)
    )
    muscle = any(one.kind == "muscle" for one in links)
    links = tuple(one for one in links if not _facing(one, row) and not (muscle and row[one.start] in _BELLIES))
    links = _parted(links, row, text, spots, vocabulary)
    links = _across(links, row, text, spots, vocabulary)
    links = _doubtful(links, row, vocabulary, doubts)
    said = tuple(token.norm for token in tokens)
    for words in (row,) if said == tuple(row) else (row, said):
        links = _nearly(links, words, vocabulary)  # as mended, and as given: "fibularis revis" is no "revise"
    return Message(utterance, tokens, text, spots, tuple(row), links, told)


def _facing(one: Link, row: Sequence[str]) -> bool:
    """Whether "face" is what something does: "tip the sole to face outward"."""
    if one.end - one.start > 1 or row[one.start] not in {"face", "faces"}:
        return False
    before, after = row[one.start - 1] if one.start else "", row[one.end] if one.end < len(row) else ""
    return before in {"to", "palm", "palms", "sole", "soles"} or after in _WAYS


def _parted(
    links: tuple[Link, ...], row: Sequence[str], text: str, spots: Sequence[Token], vocabulary: Vocabulary
) -> tuple[Link, ...]:
    """The links where no name reaches over a comma into a muscle's: "the inner thigh, adductor longus"."""
    for one in links:
        breaks = [n for n in range(one.start + 1, one.end) if "," in text[spots[n - 1].end : spots[n].start]]
        if not breaks or one.kind == "muscle":
            continue
        behind = [
            replace(x, start=x.start + breaks[0], end=x.end + breaks[0]) for x in link(row[breaks[0] :], vocabulary)
        ]
        first = next((x for x in behind if x.start == breaks[0] and x.kind == "muscle"), None)
        if first is not None:
            ahead = [x for x in link(row[: breaks[0]], vocabulary) if x.start >= one.start]
            kept = (x for x in links if x.end <= one.start or x.start >= first.end)
            return tuple(sorted((*kept, *ahead, first), key=lambda x: (x.start, x.end)))
    return links


def _across(
    links: tuple[Link, ...], row: Sequence[str], text: str, spots: Sequence[Token], vocabulary: Vocabulary
) -> tuple[Link, ...]:
    """The links with names that a bracket parts: "the front (flexor) compartment of the arm"."""
    for bracket in _BRACKET.finditer(text):
        inside = [n for n, token in enumerate(spots) if bracket.start() < token.start < bracket.end()]
        if not inside or len(inside) > _ASIDE:
            continue
        first, behind = inside[0], inside[-1] + 1
        for one in link((*row[:first], *row[behind:]), vocabulary):
            if one.start < first < one.end:
                made = replace(one, end=one.end + behind - first)
                kept = (x for x in links if x.end <= made.start or x.start >= made.end)
                links = tuple(sorted((*kept, made), key=lambda x: (x.start, x.end)))
    return links


def _nearly(links: tuple[Link, ...], row: Sequence[str], vocabulary: Vocabulary) -> tuple[Link, ...]:
    """The links with names of which a slip made one word another one, where no structure is named already."""
    at = 0
    while at < len(row):
        near = vocabulary.variants.nearly(row, at)
        over = [x for x in links if near and x.start < near.end and near.start < x.end]
        held = [x for x in over if x.kind in STRUCTURES]
        longer = near is not None and all(
            near.start <= x.start and x.end <= near.end and x.end - x.start < near.end - near.start for x in held
        )
        if near is None or not longer or any(x.kind in _TISSUES for x in over):  # a skin muscle is none of the shin
            at += 1
            continue
        made = Link(vocabulary.kind(near.terms[0]), near.terms, near.start, near.end, False, near.terms)
        kept = (one for one in links if one.end <= made.start or one.start >= made.end)
        links = tuple(sorted((*kept, made), key=lambda one: (one.start, one.end)))
        at = near.end
    return links


def _doubtful(
    links: tuple[Link, ...], row: Sequence[str], vocabulary: Vocabulary, doubts: Sequence[Correction]
) -> tuple[Link, ...]:
    """The links, with those that a slip may stand for: "aductor hallucis" may be the adductor or the abductor."""
    for doubt in doubts:
        if doubt.settled or doubt.word not in row:
            continue
        at = list(row).index(doubt.word)
        named: dict[str, Link] = {}
        for candidate in doubt.candidates:
            mended = [*row[:at], candidate, *row[at + 1 :]]
            for one in link(mended, vocabulary):
                if one.start <= at < one.end and one.kind in STRUCTURES:
                    named.update(dict.fromkeys(one.terms, one))
        longest = max((one.end - one.start for one in named.values()), default=0)
        named = {term: one for term, one in named.items() if one.end - one.start == longest}
        if named:
            first = next(iter(named.values()))
            kind = first.kind if len(named) == 1 else "muscle"
            made = Link(kind, tuple(named), first.start, first.end, False, tuple(named))
            kept = (one for one in links if one.end <= made.start or one.start >= made.end)
            links = tuple(sorted((*kept, made), key=lambda one: (one.start, one.end)))
    return links


def _mended(text: str, tokens: Sequence[Token], row: Sequence[str]) -> tuple[str, tuple[Token, ...]]:
    """The text with its slips mended, and the places of its words."""
    pieces: list[str] = []
    spots: list[Token] = []
    at = size = 0
    for token, word in zip(tokens, row, strict=True):
        said = text[token.start : token.end]
        if word != token.norm:
            # "whats" stands for two words: sentences are told apart by them.
            said = f"{word}'s" if word in _SHORTENED and token.norm.endswith("s") else word
        between = text[at : token.start]
        size += len(between)
        spots.append(Token(word, size, size + len(said)))
        size += len(said)
        pieces += (between, said)
        at = token.end
    return "".join((*pieces, text[at:])), tuple(spots)


_SHORTENED = frozenset({"what", "where", "who", "how", "that", "there", "here"})
