"""What is taken from our index, part by part, to see what each part gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .engines import Spec

_ONLY_PASSAGES = {f"section.{kind}": 0.0 for kind in ("words", "phrases", "near", "characters")}

# The name of a variant, and which settings differ from the product's: names of fields, dots between them.
VARIANTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("as shipped", {}),
    ("without phrases", {"passage.phrases": 0.0, "section.phrases": 0.0}),
    ("without nearness", {"passage.near": 0.0, "section.near": 0.0}),
    ("without nearness in the passage", {"passage.near": 0.0}),
    ("without nearness in the section", {"section.near": 0.0}),
    ("without the characters of the section", {"section.characters": 0.0}),
    ("without the words of the section", {"section.words": 0.0}),
    ("without the section", _ONLY_PASSAGES),
    ("without length", {f"{level}.{of}.b": 0.0 for level in ("passage", "section") for of in ("of_words", "of_pairs")}),
    ("without saturation of words", {"passage.of_words.k1": 1e6, "section.of_words.k1": 1e6}),
    ("words of the passage alone", {**_ONLY_PASSAGES, "passage.phrases": 0.0, "passage.near": 0.0}),
)
# What no setting takes out, as engines of their own.
PARTS = (("without stems", "unstemmed"), ("without mending", "unmended"))


def variants() -> list[Spec]:
    """Our index once for each variant, the product's own first."""
    from fabella_knowledge.index import Settings

    held = [Spec("fabella", label, changed(Settings(), changes)) for label, changes in VARIANTS]
    return [*held, *(Spec(engine, label) for label, engine in PARTS)]


def changed(settings: Any, changes: Mapping[str, Any]) -> Any:
    """Settings (nested frozen dataclasses) with some fields changed, which are named as "passage.near".

    Raises: TypeError or AttributeError for a field that there isn't.
    """
    for name, value in changes.items():
        first, _, rest = name.partition(".")
        settings = replace(settings, **{first: changed(getattr(settings, first), {rest: value}) if rest else value})
    return settings
