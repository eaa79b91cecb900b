"""Engines of others, each set up as its own documentation has it for English text."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .engine import AbsentError, Engine, best, size
from .reading import Passage

_WORD = re.compile(r"\w+")
MODEL = "all-MiniLM-L6-v2"


class Bm25s(Engine):
    """bm25s with its defaults, English stop words and Snowball stems where PyStemmer is installed."""

    def __init__(self) -> None:
        self._bm25s = _module("bm25s", "bm25s")
        try:
            import Stemmer
        except ModuleNotFoundError:
            self._stemmer, stems = None, "not stemmed: no PyStemmer"
        else:
            self._stemmer, stems = Stemmer.Stemmer("english"), "stemmed"
        self.release = f"bm25s {version('bm25s')} ({stems})"

    def build(self, passages: Sequence[Passage]) -> None:
        texts = [one.whole for one in passages]
        words = self._bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
        self._ranker = self._bm25s.BM25()
        self._ranker.index(words, show_progress=False)

    def rank(self, query: str, top: int) -> list[int]:
        words = self._bm25s.tokenize(
            query, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        if not words[0]:
            return []
        top = min(top, self._ranker.scores["num_docs"])
        places, scores = self._ranker.retrieve(words, k=top, show_progress=False)
        return places[0][scores[0] > 0].tolist()

    def keep(self, folder: Path) -> int | None:
        self._ranker.save(folder, show_progress=False)
        return size(folder)

    def open(self, folder: Path) -> None:
        self._ranker = self._bm25s.BM25.load(folder, show_progress=False)


class Tantivy(Engine):
    """tantivy: one field with the analyser `en_stem`, any of the query's words, in memory until it is kept."""

    def __init__(self) -> None:
        self._tantivy = _module("tantivy", "tantivy")
        self.release = f"tantivy {version('tantivy')} (en_stem)"

    def build(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._index = self._fill(self._tantivy.Index(self._schema()))
        self._searcher = self._index.searcher()

    def rank(self, query: str, top: int) -> list[int]:
        # Lower case, so that no word is an operator.
        asked = " ".join(_WORD.findall(query.lower()))
        if not asked:
            return []
        found = self._searcher.search(self._index.parse_query(asked, ["passage"]), top, count=False)
        return self._searcher.fast_field_values("place", [at for _, at in found.hits])

    def keep(self, folder: Path) -> int | None:
        self._fill(self._tantivy.Index(self._schema(), path=str(folder)))
        return size(folder)

    def open(self, folder: Path) -> None:
        self._index = self._tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    def _schema(self) -> Any:
        made = self._tantivy.SchemaBuilder()
        made.add_text_field("passage", stored=False, tokenizer_name="en_stem")
        made.add_integer_field("place", fast=True)
        return made.build()

    def _fill(self, index: Any) -> Any:
        writer = index.writer(num_threads=1)
        for place, one in enumerate(self._passages):
            writer.add_document(self._tantivy.Document(passage=one.whole, place=place))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index


class Fts5(Engine):
    """SQLite's full-text search with its Porter stemmer, any of the query's words, ranked by its bm25()."""

    def __init__(self) -> None:
        self._store = sqlite3.connect(":memory:")
        try:
            self._store.execute("CREATE VIRTUAL TABLE passages USING fts5(passage, tokenize = 'porter unicode61')")
        except sqlite3.OperationalError as error:
            raise AbsentError(f"this Python's SQLite {sqlite3.sqlite_version} has no FTS5: {error}") from None
        self.release = f"SQLite {sqlite3.sqlite_version} FTS5 (porter)"

    def build(self, passages: Sequence[Passage]) -> None:
        rows = ((place, one.whole) for place, one in enumerate(passages))
        self._store.executemany("INSERT INTO passages (rowid, passage) VALUES (?, ?)", rows)
        self._store.execute("INSERT INTO passages (passages) VALUES ('optimize')")
        self._store.commit()

    def rank(self, query: str, top: int) -> list[int]:
        asked = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        if not asked:
            return []
        found = self._store.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (asked, top)
        )
        return [place for (place,) in found]

    def keep(self, folder: Path) -> int | None:
        self._store.execute("VACUUM INTO ?", (str(folder / "passages.sqlite"),))
        return size(folder)


class RankBm25(Engine):
    """rank_bm25's BM25Okapi with its defaults, over lower-case words, stemmed where PyStemmer is installed."""

    def __init__(self) -> None:
        self._rank_bm25 = _module("rank_bm25", "rank-bm25")
        self._stem: Callable[[list[str]], list[str]]
        try:
            import Stemmer
        except ModuleNotFoundError:
            self._stem, stems = list, "not stemmed: no PyStemmer"
        else:
            self._stem, stems = Stemmer.Stemmer("english").stemWords, "stemmed"
        self.release = f"rank_bm25 {version('rank-bm25')} ({stems})"

    def build(self, passages: Sequence[Passage]) -> None:
        self._ranker = self._rank_bm25.BM25Okapi([self._words(one.whole) for one in passages])

    def rank(self, query: str, top: int) -> list[int]:
        return best(self._ranker.get_scores(self._words(query)), top)

    def _words(self, text: str) -> list[str]:
        return self._stem(_WORD.findall(text.lower()))


class TfIdf(Engine):
    """scikit-learn's TfidfVectorizer: words, sublinear, English stop words; the score is the cosine."""

    def __init__(self) -> None:
        self._text = _module("sklearn.feature_extraction.text", "scikit-learn")
        self.release = f"scikit-learn {version('scikit-learn')} TF-IDF"

    def build(self, passages: Sequence[Passage]) -> None:
        self._vectorizer = self._text.TfidfVectorizer(sublinear_tf=True, stop_words="english")
        self._rows = self._vectorizer.fit_transform([one.whole for one in passages])

    def rank(self, query: str, top: int) -> list[int]:
        return best((self._rows @ self._vectorizer.transform([query]).T).toarray().ravel(), top)

    def keep(self, folder: Path) -> int | None:
        rows = self._rows
        np.savez(folder / "rows.npz", data=rows.data, indices=rows.indices, indptr=rows.indptr)
        (folder / "vocabulary.txt").write_text("\n".join(self._vectorizer.vocabulary_), encoding="utf-8")
        return size(folder)


class Embeddings(Engine):
    """sentence-transformers with a small model that must be on this machine already; the score is the cosine."""

    def __init__(self) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read as the package is imported: nothing is fetched
        package = _module("sentence_transformers", "sentence-transformers")
        try:
            self._model = package.SentenceTransformer(MODEL, device="cpu", local_files_only=True)
        except Exception as error:  # which one depends on the release
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise AbsentError(f"the model {MODEL} is not on this machine: {reason}") from None
        self.release = f"{MODEL}, sentence-transformers {version('sentence-transformers')}"

    def build(self, passages: Sequence[Passage]) -> None:
        self._rows = self._encoded([one.whole for one in passages])

    def rank(self, query: str, top: int) -> list[int]:
        return best(self._rows @ self._encoded([query])[0], top)

    def keep(self, folder: Path) -> int | None:
        np.save(folder / "rows.npy", self._rows)
        return size(folder)

    def _encoded(self, texts: list[str]) -> Any:
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)


def _module(name: str, package: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise AbsentError(f"not installed: pip install {package} ({error})") from None
