"""Tells a question that is not in English, by its script or by the everyday words of other languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# Everyday and anatomical words that English doesn't have, a language each.
_WORDS = {
    "German": "der die das und ist von vom zum beim welche welcher welches was wo wie viele warum der den dem ein eine einen ich nicht mit für auf ursprung ansatz "
    "muskel nerv sehne knochen wade knie welchen setzt entspringt funktion innervation macht habe mein meine kann gibt es heißt heisst",
    "Spanish": "el la los las del que qué cuál cual es donde dónde cómo como por para con una un músculo musculo origen inserción insercion nervio hueso tendón tendon "
    "gemelo pantorrilla cuántos cuantos tiene rodilla y gastrocnemio",
    "French": "le la les du des est que quel quelle où ou comment pour avec une un muscle origine insertion nerf os tendon mollet genou sur dans qui quels quelles "
    "gastrocnémien gastrocnemien combien pourquoi et",
    "Italian": "il lo la gli le del della che quale dove come perché perche con una un muscolo origine inserzione nervo osso tendine polpaccio ginocchio è di gastrocnemio quanti",
    "Portuguese": "o os as do da dos das que qual onde como por para com uma um músculo musculo origem inserção insercao nervo osso tendão tendao panturrilha joelho é "
    "gastrocnêmio gastrocnemio quantos",
    "Dutch": "het een van de waar welke wat hoe veel waarom spier oorsprong aanhechting zenuw bot pees kuit knie met voor niet is zit de",
    "Turkish": "nereye nerede nedir kas kasi kası hangi kemik sinir baldır baldir yapışır yapisir bir ve mi ne kaç kac icin için ile",
    "Polish": "gdzie jest jaki jaka jakie co to mięsień miesien przyczep nerw kość kosc ścięgno łydka kolano ile dlaczego czy się w z na",
}
_TABLE = {name: frozenset(text.split()) for name, text in _WORDS.items()}
LATIN_SHARE = 0.5  # of the letters: below it the question is in another script


def foreign(text: str, row: Sequence[str], english: frozenset[str]) -> str | None:
    """The language of a question that is not in English ("another script" where the script tells), None for English.

    `row` are the words as said, folded; `english` are known ones: a language is named when at least two of its words
    stand there that English lacks, and more of the words are its own than English.
    """
    letters = [c for c in text if c.isalpha()]
    if letters and sum("LATIN" in unicodedata.name(c, "") for c in letters) < LATIN_SHARE * len(letters):
        return "another script"
    folded = {name: {_fold(w) for w in words} for name, words in _TABLE.items()} if not text.isascii() else _TABLE
    best, hits = None, 0
    for name, words in folded.items():
        own = sum(word in words and word not in english for word in row)
        if own > hits:
            best, hits = name, own
    plain = sum(word in _PLAIN for word in row)
    return best if hits >= 2 and hits > plain else None


_PLAIN = frozenset(
    "the what which where who how why when is are does do did of to in on at for with from and or it its this that my your me i you can a an".split()
)


def _fold(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
