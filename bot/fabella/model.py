"""What is fitted to a library once: definitions, speller, router; from the cache if they can be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from fabella_intents import definition as definitions
from fabella_intents.definition import Aspect, Definition
from fabella_intents.router import Router
from fabella_intents.spelling import Speller

from fabella import cache, fingerprint
from fabella.texts import Texts, open_texts

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """The texts, and what understanding a question about them takes."""

    texts: Texts
    definitions: Mapping[str, Definition]
    speller: Speller
    router: Router


def open_model(
    paths: Iterable[Path | str] = (),
    *,
    builtin: bool = True,
    cache_folder: Path | str | None = cache.DEFAULT,
    report: Callable[[str], None] | None = None,
    step: Callable[[int], None] | None = None,
) -> Model:
    """The model of a library, from the cache or built and then kept there.

    `cache_folder` None keeps nothing. `report` is told in one line what takes long and what was left out, `step` how
    many passages were indexed.

    Raises:
        LibraryError: a library with problems.
        DefinitionError: an intent definition that cannot be used.
    """
    root = cache.chosen(cache_folder)
    texts = open_texts(paths, builtin=builtin, root=root, report=report, step=step)
    intents = definitions.collect(_contributed())
    # Excerpts are found, not understood: with others the same questions are understood in the same way.
    key = fingerprint.of("model", texts.core, definitions.digest(intents))
    held = cache.opened(root, key, lambda plain, arrays: _thaw(texts, plain, arrays))
    if held is None:
        if report is not None:
            kept = "" if root is None else " and is kept for the next start"
            report(f"Fitting to this library for the first time; this takes some seconds{kept}.")
        held = _fit(texts, definitions.load(intents))
        if root is not None:
            cache.write(root, key, *_freeze(held))
    return held


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


def _fit(texts: Texts, held: Mapping[str, Definition]) -> Model:
    from fabella_intents import fitting

    speller = fitting.speller(texts.library, list(held.values()), fitting.english_words())
    router = fitting.router(held, texts.library.vocabulary, speller)
    return Model(texts, {name: definitions.slim(one) for name, one in held.items()}, speller, router)


def _freeze(model: Model) -> tuple[dict[str, Any], Mapping[str, Any]]:
    router, arrays = model.router.to_arrays()
    plain = {
        "definitions": [{**asdict(d), "typical": sorted(d.typical)} for d in model.definitions.values()],
        "known": " ".join(sorted(model.speller.known)),
        "weights": model.speller.weights,
        "router": router,
    }
    return plain, arrays


def _thaw(texts: Texts, plain: Mapping[str, Any], arrays: Mapping[str, Any]) -> Model:
    speller = Speller(plain["known"].split(" "), plain["weights"], texts.library.vocabulary.never)
    held = {one["name"]: _definition(one) for one in plain["definitions"]}
    return Model(texts, held, speller, Router.from_arrays(plain["router"], arrays))


def _definition(one: Mapping[str, Any]) -> Definition:
    aspects = tuple(Aspect(a["name"], tuple(a["sections"]), ()) for a in one["aspects"])
    held: dict[str, Any] = {key: tuple(x) if isinstance(x, list) else x for key, x in one.items()}
    held.update(aspects=aspects, typical=frozenset(one["typical"]))
    return Definition(**held)
