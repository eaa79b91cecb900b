"""Which engines there are, ours first, and how one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .engine import Engine
from .ours import Fabella, Unmended, Unstemmed
from .peers import Bm25s, Embeddings, Fts5, RankBm25, Tantivy, TfIdf

ENGINES: dict[str, type[Engine]] = {
    "fabella": Fabella, "bm25s": Bm25s, "tantivy": Tantivy, "fts5": Fts5, "tfidf": TfIdf, "rank_bm25": RankBm25,
    "embeddings": Embeddings,
}  # fmt: skip
PARTS: dict[str, type[Engine]] = {
    "unstemmed": Unstemmed,
    "unmended": Unmended,
}  # ours without what no setting takes out
GROWING = ("fabella", "bm25s", "tantivy")  # whose times grow little enough to measure them on 100,000 passages


@dataclass(frozen=True, slots=True)
class Spec:
    """An engine to measure, by its key in `ENGINES` or `PARTS`; `settings` are for ours alone, `label` for tables."""

    engine: str
    label: str = ""
    settings: Any = None

    @property
    def name(self) -> str:
        """What the tables call it before its release is known."""
        return self.label or self.engine

    def made(self) -> Engine:
        """The engine, empty. Raises: AbsentError."""
        return Fabella(self.settings) if self.engine == "fabella" else (ENGINES | PARTS)[self.engine]()
