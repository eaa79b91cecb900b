"""What is built or fitted once: library, definitions, speller, router, index; from the cache if it can be."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache as once
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any

from fabella_intents import definition as definitions
from fabella_intents.definition import Aspect, Definition
from fabella_intents.router import Router
from fabella_intents.spelling import Speller
from fabella_knowledge import index as indexes
from fabella_knowledge import library as libraries
from fabella_knowledge import vocabulary as vocabularies
from fabella_knowledge.errors import LibraryError
from fabella_knowledge.index import Index
from fabella_knowledge.library import Library
from fabella_knowledge.model import Article, Citation, Passage, Reference, Term
from fabella_knowledge.series import Series
from fabella_knowledge.vocabulary import Ambiguity, Opposition, PartWords, Vocabulary

from fabella import cache

_LOG = logging.getLogger(__name__)
_TUPLES = ("aliases", "part_of", "means")  # of a term; JSON has lists
DEFAULT = "default"


@dataclass(frozen=True)
class Model:
    """The frozen whole."""

    library: Library
    definitions: Mapping[str, Definition]
    speller: Speller
    router: Router
    index: Index


def open_model(
    paths: Iterable[Path | str] = (),
    *,
    builtin: bool = True,
    cache_folder: Path | str | None = DEFAULT,
    report: Callable[[str], None] | None = None,
) -> Model:
    """The model of a library, from the cache or built and then kept there.

    `cache_folder` None keeps nothing. `report` is told in one line what takes long.

    Raises:
        LibraryError: a library with problems.
        DefinitionError: an intent definition that cannot be used.
    """
    paths = tuple(paths)
    try:
        files = libraries.collect(paths, builtin=builtin)
    except LibraryError:
        libraries.load(*paths, builtin=builtin)  # names what is wrong inside the files that can be read, too
        raise
    intents = definitions.collect(_contributed())
    # Passages remember their files, so that the same texts at another place are another entry.
    key = _key(libraries.digest(files), definitions.digest(intents), *(file.shown for file in files))
    root = cache.folder() if cache_folder == DEFAULT else None if cache_folder is None else Path(cache_folder)
    if root is not None:
        held = cache.read(root, key)
        if held is not None:
            try:
                return _thaw(*held)
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                _LOG.warning("cache entry %s is made anew: %s", root / key, error)
    if report is not None:
        kept = "" if root is None else " and is kept for the next start"
        report(f"Fitting to this library for the first time; this takes some seconds{kept}.")
    model = _fit(libraries.build(files), definitions.load(intents))
    if root is not None:
        cache.write(root, key, *_freeze(model))
    return model


def _contributed() -> tuple[Path, ...]:
    """Folders of intent definitions that installed packages offer under the entry point group "fabella.intents".

    An entry point is a module or package; its folder is searched. One that cannot be imported is logged and left out.
    """
    found = []
    for point in entry_points(group="fabella.intents"):
        try:
            found.append(Path(str(point.load().__file__)).parent)
        except Exception as error:
            _LOG.warning("intents %r of %s cannot be loaded: %s", point.name, point.value, error)
    return tuple(found)


def _fit(library: Library, held: Mapping[str, Definition]) -> Model:
    from fabella_intents import fitting

    speller = fitting.speller(library, list(held.values()), fitting.english_words())
    router = fitting.router(held, library.vocabulary, speller)
    slim = {name: definitions.slim(one) for name, one in held.items()}
    return Model(library, slim, speller, router, indexes.fit(library.passages))


def _key(*digests: str) -> str:
    return hashlib.sha256("\0".join((*digests, _code(), str(cache.FORMAT))).encode()).hexdigest()[:24]


@once
def _code() -> str:
    """The version and, so that a change in a checkout is seen, the hash of the code that fits."""
    import fabella_intents
    import fabella_knowledge

    try:
        released = version("fabella")
    except PackageNotFoundError:
        released = "unreleased"
    total = hashlib.sha256(released.encode())
    for package in (fabella_knowledge, fabella_intents):
        for file in sorted(Path(package.__path__[0]).glob("*.py")):
            total.update(file.read_bytes())
    total.update(Path(__file__).read_bytes())
    return total.hexdigest()


def _freeze(model: Model) -> tuple[dict[str, Any], Mapping[str, Any]]:
    router, arrays = model.router.to_arrays()
    vocabulary = model.library.vocabulary
    plain = {
        "articles": [asdict(one) for one in model.library.articles.values()],
        "references": [asdict(one) for one in model.library.references.values()],
        "digest": model.library.digest,
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
        "definitions": [{**asdict(d), "typical": sorted(d.typical)} for d in model.definitions.values()],
        "known": " ".join(sorted(model.speller.known)),
        "weights": model.speller.weights,
        "router": router,
        "index": model.index.vocabulary,
    }  # fmt: skip
    return plain, {**arrays, **model.index.arrays}


def _thaw(plain: Mapping[str, Any], arrays: Mapping[str, Any]) -> Model:
    vocabulary = _vocabulary(plain)
    library = Library(
        {one["name"]: _article(one) for one in plain["articles"]},
        {one["id"]: Reference(**{**one, "authors": tuple(one["authors"])}) for one in plain["references"]},
        vocabulary,
        plain["digest"],
    )
    speller = Speller(plain["known"].split(" "), plain["weights"], vocabulary.never)
    held = {one["name"]: _definition(one) for one in plain["definitions"]}
    index = Index(library.passages, plain["index"], arrays)
    return Model(library, held, speller, Router.from_arrays(plain["router"], arrays), index)


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


def _definition(one: Mapping[str, Any]) -> Definition:
    aspects = tuple(Aspect(a["name"], tuple(a["sections"]), ()) for a in one["aspects"])
    held: dict[str, Any] = {key: tuple(x) if isinstance(x, list) else x for key, x in one.items()}
    held.update(aspects=aspects, typical=frozenset(one["typical"]))
    return Definition(**held)
