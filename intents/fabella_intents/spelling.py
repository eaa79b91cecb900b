"""Mends slips of spelling towards the words of the library and of the examples, behind a guard.

Edit distance is unsafe in anatomy: words that differ by two letters may be opposites. So a word is left alone when it
is known, a pair of the vocabulary's `never` table is not bridged, and a slip that lies as near to two names is
reported with both instead of being settled.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fabella_knowledge.tokens import singular
from rapidfuzz import process
from rapidfuzz.distance import OSA

CHAT: Mapping[str, str] = {
    "wats": "what", "wat": "what", "wut": "what", "whats": "what", "wht": "what", "wich": "which", "whch": "which", "whos": "who", "wheres": "where",
    "hows": "how", "teh": "the", "hte": "the", "n": "and", "nd": "and", "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please",
    "thx": "thanks", "ty": "thanks", "b4": "before", "bc": "because", "cuz": "because", "coz": "because", "dont": "don't", "doesnt": "doesn't",
    "isnt": "isn't", "im": "i'm", "ive": "i've", "cant": "can't", "couldnt": "couldn't", "wasnt": "wasn't", "didnt": "didn't", "havent": "haven't", "shouldnt": "shouldn't", "youre": "you're", "youve": "you've", "theyll": "they'll", "wont": "won't", "whr": "where", "wer": "where", "abt": "about", "ppl": "people",
    "theyve": "they've", "weve": "we've", "theyre": "they're", "youll": "you'll", "itll": "it'll", "arent": "aren't", "werent": "weren't",
    "hasnt": "hasn't", "hadnt": "hadn't", "wouldnt": "wouldn't", "shouldve": "should've", "couldve": "could've", "wouldve": "would've", "whove": "who've", "aint": "ain't",
    "pt": "point", "auths": "authors", "auth": "author", "vals": "values", "loc": "location", "prev": "prevalence", "hed": "head", "hedd": "head", "studys": "studies", "musle": "muscle", "mussle": "muscle", "muscel": "muscle", "msucle": "muscle", "musel": "muscle",
    "wid": "with", "da": "the", "dis": "this", "dat": "that", "lemme": "let me", "gimme": "give me", "wanna": "want to", "gonna": "going to",
    "adn": "and", "nad": "and", "ex": "exercise", "exs": "exercises", "exer": "exercise", "exers": "exercises", "orig": "origin", "ins": "insertion", "attachs": "attaches", "attch": "attach", "posn": "position", "prox": "proximal", "dist": "distal",
    "ant": "anterior", "post": "posterior", "sup": "superior", "inf": "inferior", "art": "artery", "nv": "nerve", "w": "with", "ext": "extension", "aa": "arteries", "nn": "nerves", "mm": "muscles", "mt": "metatarsal", "mts": "metatarsals", "arts": "arteries", "ed": "edition", "theres": "there", "thats": "that", "heres": "here", "yr": "year", "fxn": "function", "fxns": "functions", "fn": "function", "func": "function", "innerv": "innervation", "sesamid": "sesamoid", "yrs": "years", "wud": "would", "cud": "could", "shud": "should", "coudl": "could", "cld": "could", "wld": "would", "ref": "reference", "refs": "references",
}  # fmt: skip


_CASE = ("us", "um")
_LATIN = ("us", "um", "is", "ar", "al", "or", "ae", "ale", "oid", "osa", "ata", "ulla")


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was mended, and to what. Several candidates: as near to each, so none was taken."""

    word: str
    candidates: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether there was one nearest word."""
        return len(self.candidates) == 1


class Speller:
    """Corrects single words.

    `known` are words that are right as they stand; `weights` maps each word that a slip may be mended to onto how
    much the library leans on it (names of structures most). Distances are restricted Damerau-Levenshtein (OSA).
    """

    def __init__(self, known: Iterable[str], weights: Mapping[str, float], never: Iterable[tuple[str, str]]) -> None:
        self.known = frozenset(known) | frozenset(weights)
        self.weights = dict(weights)
        self._never: dict[str, list[str]] = {}
        for a, b in never:
            self._never.setdefault(a, []).append(b)
        self._names = sorted(word for word, weight in self.weights.items() if weight >= _NAMED)
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self.weights):
            self._by_length.setdefault(len(word), []).append(word)

    def correct(self, row: Sequence[str]) -> tuple[tuple[str, ...], tuple[Correction, ...]]:
        """The row with each slip mended (same length), and what was mended or left between two."""
        out: list[str] = []
        found: list[Correction] = []
        for at, word in enumerate(row):
            fixed = _confused(row, at) if word in _CONFUSED or word in _SIDED else None
            fixed = fixed or (self.nearest(word) if word not in _CONFUSED else None)
            if fixed is None:
                out.append(word)
                continue
            found.append(fixed)
            out.append(fixed.candidates[0] if fixed.settled else word)
        return tuple(out), tuple(found)

    def nearest(self, word: str) -> Correction | None:
        """The correction of one normalised word; None when it is known, too short, too long, or near nothing."""
        if word in CHAT:
            return Correction(word, (CHAT[word],)) if CHAT[word] != word else None
        if word in self.known:
            return None
        if len(word) > 30 or not word.isalpha():
            return None
        agent = _agent(word)
        if agent in self.known:
            return Correction(word, (agent,))
        # What looks like a form of a known word may still be a name with a slip: "adducter", "bicepss".
        formed = self.knows(word)
        begun = self._begun(word) if not formed else None
        if begun is not None:
            return Correction(word, (begun,))
        allowed = (1 if len(word) > _LONG else 0) if formed else _allowed(len(word))
        if not allowed:
            return None
        hits: list[tuple[int, str]] = []
        for length in range(max(3, len(word) - allowed), len(word) + allowed + 1):
            pool = self._by_length.get(length)
            if pool:
                for choice, distance, _ in process.extract(
                    word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=6
                ):
                    hits.append((int(distance), choice))
        if formed:
            hits = [(distance, choice) for distance, choice in hits if self.weights[choice] >= NAME]
        if word.endswith(_CASE):  # a Latin name that is unknown is no slip of an English word
            hits = [
                (distance, choice)
                for distance, choice in hits
                if choice.endswith(_CASE) or self.weights[choice] >= NAME
            ]
        if not hits:
            return None
        return self._settle(word, hits)

    def _begun(self, word: str) -> str | None:
        """The one word of names that begins so: "musculocut" is the musculocutaneous."""
        if len(word) < _BEGINNING:
            return None
        at = bisect_left(self._names, word)
        held = [one for one in self._names[at : at + 8] if one.startswith(word) and len(one) >= len(word) + _LEFT]
        held = [one for one in held if self.weights[one] > NAME] or held  # of a muscle rather than of a bone
        return held[0] if held and all(_same_stem(held[0], one) for one in held) else None

    def knows(self, word: str) -> bool:
        """Whether the word is known, or an inflection of a known one ("attaches", "distally")."""
        if word in self.known:
            return True
        return any(
            word.endswith(ending) and len(word) - len(ending) >= 4
            and (word[: -len(ending)] in self.known or word[: -len(ending)] + "e" in self.known)
            for ending in ("s", "es", "ed", "ing", "ly", "er", "ers")
        )  # fmt: skip

    def compound(self, word: str) -> bool:
        """Whether the word is two known ones written together ("mailbag"); one with a Latin ending never is."""
        if word.endswith(_LATIN) or len(word) > 30:
            return False
        return any(word[:at] in self.known and word[at:] in self.known for at in range(3, len(word) - 2))

    def _settle(self, word: str, hits: list[tuple[int, str]]) -> Correction | None:
        least = min(distance for distance, _ in hits)
        if least > 1 and len(word) < 5:
            return None
        nearest = [choice for distance, choice in hits if distance == least]
        same_start = [choice for choice in nearest if choice[0] == word[0]]
        nearest = same_start or nearest
        if least > 1 and not same_start and len(word) < 8:
            return None
        for choice in nearest:
            # An opposite that lies as near makes the reading a guess.
            rivals = [o for o in self._never.get(choice, ()) if OSA.distance(word, o, score_cutoff=least) <= least]
            if rivals:
                return Correction(word, tuple(sorted({choice, *rivals})))
        nearest.sort(key=lambda choice: (-self.weights[choice], choice))
        best = nearest[0]
        if len(nearest) > 1:
            second = nearest[1]
            both_names = self.weights[best] >= NAME and self.weights[second] >= NAME
            if both_names and not _same_stem(best, second):
                return Correction(word, tuple(sorted(choice for choice in nearest if self.weights[choice] >= NAME)))
        return Correction(word, (best,))


_BEGINNING = 6  # letters that a shortened word has at least
_LEFT = 3  # and letters that it leaves out
_LONG = 6  # letters of a form of a known word that may be mended towards a name, at least one more


def _confused(row: Sequence[str], at: int) -> Correction | None:
    """A word written for another that sounds alike: "what dose it do", "were is it"."""
    word = row[at]
    before = row[at - 1] if at else ""
    after = row[at + 1] if at + 1 < len(row) else ""
    if word in {"were", "wear"}:
        return (
            Correction(word, ("where",)) if after in _VERBS and before not in _VERBS | {"they", "you", "we"} else None
        )
    if word in _SIDED:
        return Correction(word, (_SIDED[word],)) if singular(after) in _OF_SIDES else None
    asked = bool(_ASKING & set(row[max(0, at - 3) : at])) and before not in {"the", "a", "of", "right", "correct"}
    return Correction(word, ("does",)) if asked and after not in {"", "of", "for", "per", *_VERBS} else None


_SIDED = {"ext": "external", "int": "internal"}
# What is told apart as external and internal; elsewhere "ext" is extension.
_OF_SIDES = frozenset(
    "oblique intercostal abdominal obturator pterygoid rotator rotation urethral anal sphincter".split()
)
_CONFUSED = frozenset({"dose", "were", "wear"})
_VERBS = frozenset({"is", "are", "does", "do", "should", "can"})
_ASKING = frozenset("what which where when why how who wat wich waht".split())
_NAMED = 200.0  # the weight from which on a word counts as part of any term's name
NAME = 1000.0  # the weight from which on a word counts as (part of) a structure's own name


def _agent(word: str) -> str:
    """The Latin form of who does something: "pronators" for "pronaters"; "" for other words."""
    for ending in ("er", "ers"):
        if word.endswith(ending) and len(word) > _LONG:
            return f"{word[: -len(ending)]}or{ending[2:]}"
    return ""


def _allowed(length: int) -> int:
    """How many edits a word of this length may carry."""
    if length < 4:
        return 0
    if length < 6:
        return 1
    return 2 if length < 10 else 3


def _same_stem(a: str, b: str) -> bool:
    shared = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        shared += 1
    return shared >= min(len(a), len(b)) - 2
