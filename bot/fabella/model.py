"""Everything that is built or fitted once: library, definitions, speller and router."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fabella_intents import definition, fitting
from fabella_intents.definition import Definition
from fabella_intents.router import Router
from fabella_intents.spelling import Speller
from fabella_knowledge import library as libraries
from fabella_knowledge.library import Library


@dataclass(frozen=True)
class Model:
    """The frozen whole."""

    library: Library
    definitions: Mapping[str, Definition]
    speller: Speller
    router: Router


def open_model(paths: Iterable[Path | str] = (), *, builtin: bool = True, cache: Path | None | str = "default") -> Model:
    """Build or fetch from the cache."""
    files = libraries.collect(paths, builtin=builtin)
    library = libraries.build(files)
    definitions = definition.load(definition.collect())
    speller = fitting.speller(library, definitions.values(), fitting.english_words())
    return Model(library, definitions, speller, fitting.router(definitions, library.vocabulary, speller))
