"""A library and the index of its passages: built once, then read from the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fabella_knowledge import excerpts, index
from fabella_knowledge import library as libraries
from fabella_knowledge import vocabulary as vocabularies
from fabella_knowledge.errors import LibraryError, Problem
from fabella_knowledge.excerpts import Excerpts
from fabella_knowledge.index import Document, Index
from fabella_knowledge.library import Library
from fabella_knowledge.model import Article, Citation, Excerpt, Passage, Reference, Term
from fabella_knowledge.series import Series
from fabella_knowledge.vocabulary import Ambiguity, Opposition, PartWords, Vocabulary

from fabella import cache, fingerprint

_TUPLES = ("aliases", "part_of", "means")  # of a term; JSON has lists
_LONG = 1 << 19  # bytes of texts from which on indexing them takes longer than a moment
Told = Callable[[str], None]


@dataclass(frozen=True)
class Texts:
    """The library, and the index of its passages: those of the articles, then the excerpts.

    `core` is the hash of what questions are understood by: articles, references and vocabulary, without the excerpts.
    """

    library: Library
    index: Index
    core: str

    def at(self, place: int) -> Passage | Excerpt:
        """What the index holds at a place."""
        articles = self.library.passages
        return articles[place] if place < len(articles) else self.library.excerpts[place - len(articles)]


def open_texts(
    paths: Iterable[Path | str] = (),
    *,
    builtin: bool = True,
    root: Path | None = None,
    report: Told | None = None,
    step: Callable[[int], None] | None = None,
) -> Texts:
    """The texts at `paths`, from the cache folder `root` or built and then kept there; None keeps nothing.

    `report` is told in one line what was left out, and what takes long; `step` how many passages were indexed.

    Raises:
        LibraryError: a library with problems.
    """
    paths = tuple(paths)
    try:
        files = libraries.collect(paths, builtin=builtin)
    except LibraryError:
        libraries.load(*paths, builtin=builtin)  # names what is wrong inside the files that can be read, too
        raise
    # Passages remember their files, so that the same texts at another place are another entry.
    key = fingerprint.of("texts", libraries.digest(files), *(file.shown for file in files))
    core = libraries.digest([file for file in files if file.kind not in ("plain", "passages")])
    held = cache.opened(root, key, lambda plain, arrays: _thaw(core, plain, arrays))
    if held is None:
        if report is not None and sum(len(file.data) for file in files) >= _LONG:
            report(f"Indexing these texts for the first time{'' if root is None else '; the index is kept'}.")
        library = libraries.build(files)
        held = Texts(library, index.fit(documents(library), step=step), core)
        if root is not None:
            cache.write(root, key, *_freeze(held))
    if report is not None:
        for problem in held.library.left_out:
            report(f"left out: {problem}")
    return held


def documents(library: Library) -> Iterator[Document]:
    """What is indexed of a library, in the order of `Texts`. Articles are found by the names of their terms as well."""
    for one in library.passages:
        yield Document(one.structure, " ".join(one.heading), " ".join((one.text, *one.terms)))
    for other in library.excerpts:
        yield Document(other.title, " ".join(other.heading), other.text)


def _freeze(held: Texts) -> tuple[dict[str, Any], Mapping[str, Any]]:
    plain_index, arrays = held.index.to_arrays()
    vocabulary = held.library.vocabulary
    plain = {
        "articles": [asdict(one) for one in held.library.articles.values()],
        "references": [asdict(one) for one in held.library.references.values()],
        "digest": held.library.digest,
        "left_out": [asdict(one) for one in held.library.left_out],
        "terms": [asdict(one) for one in vocabulary.terms.values()],
        "ambiguous": [asdict(one) for one in vocabulary.ambiguous.values()],
        "parts": {
            "nouns": sorted(vocabulary.parts.nouns), "loose": sorted(vocabulary.parts.loose),
            "sides": dict(vocabulary.parts.sides), "abbreviations": dict(vocabulary.parts.abbreviations),
            "opposites": dict(vocabulary.parts.opposites), "default": vocabulary.parts.default,
        },
        "never": sorted(vocabulary.never),
        "opposites": [[one.name, sorted(one.words), sorted(one.against)] for one in vocabulary.opposites],
        "series": [[one.name, sorted(one.heads), one.labels, one.terms] for one in vocabulary.series],
        "regions": vocabulary.regions,
        "index": plain_index,
    }  # fmt: skip
    return plain, {**arrays, **held.library.excerpts.arrays}


def _thaw(core: str, plain: Mapping[str, Any], arrays: Mapping[str, Any]) -> Texts:
    library = Library(
        {one["name"]: _article(one) for one in plain["articles"]},
        {one["id"]: Reference(**{**one, "authors": tuple(one["authors"])}) for one in plain["references"]},
        _vocabulary(plain),
        plain["digest"],
        Excerpts(arrays[excerpts.TEXT], arrays[excerpts.AT]),
        tuple(Problem(**one) for one in plain["left_out"]),
    )
    return Texts(library, Index.from_arrays(plain["index"], arrays), core)


def _vocabulary(plain: Mapping[str, Any]) -> Vocabulary:
    parts = plain["parts"]
    return vocabularies.build(
        [Term(**{**one, **{key: tuple(one[key]) for key in _TUPLES}}) for one in plain["terms"]],
        ambiguous=[Ambiguity(a["alias"], tuple(a["owners"]), a["default"]) for a in plain["ambiguous"]],
        parts=PartWords(**{**parts, "nouns": frozenset(parts["nouns"]), "loose": frozenset(parts["loose"])}),
        never=[(a, b) for a, b in plain["never"]],
        opposites=[Opposition(name, frozenset(a), frozenset(b)) for name, a, b in plain["opposites"]],
        series=[Series(name, frozenset(heads), tuple(a), tuple(b)) for name, heads, a, b in plain["series"]],
        regions=plain["regions"],
    )


def _article(one: Mapping[str, Any]) -> Article:
    passages = tuple(
        Passage(**{
            **p, "heading": tuple(p["heading"]), "terms": tuple(p["terms"]),
            "citations": tuple(Citation(**c) for c in p["citations"]),
        })
        for p in one["passages"]
    )  # fmt: skip
    return Article(**{**one, "parts": tuple(one["parts"]), "passages": passages})
