"""A library: articles, their references and the vocabulary, read from folders and checked as a whole.

`collect` gathers the files and their content hash without parsing; `build` parses and checks them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fabella_knowledge import article as articles
from fabella_knowledge import joining, passages, printing
from fabella_knowledge import references as bibliography
from fabella_knowledge import vocabulary_file as vocabularies
from fabella_knowledge.article import ArticleFile
from fabella_knowledge.errors import LibraryError, Problem
from fabella_knowledge.files import BUILTIN, REFERENCES, VOCABULARY, SourceFile, collect, digest, gather
from fabella_knowledge.model import Article, Passage, Reference
from fabella_knowledge.references import Entry
from fabella_knowledge.vocabulary import Vocabulary
from fabella_knowledge.vocabulary_file import VocabularyFile

__all__ = ["BUILTIN", "Library", "SourceFile", "build", "check", "collect", "digest", "load"]


@dataclass(frozen=True)
class Library:
    """Everything that answers are made of. `digest` is the hash of all content, 16 hexadecimal digits."""

    articles: Mapping[str, Article]
    references: Mapping[str, Reference]
    vocabulary: Vocabulary
    digest: str

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, article by article, in the order of the files."""
        return tuple(p for one in self.articles.values() for p in one.passages)

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """The passages by their id."""
        return {p.id: p for p in self.passages}


def load(*paths: Path | str, builtin: bool = True) -> Library:
    """Read, check and join the built-in texts and the folders in `paths`.

    Raises:
        LibraryError: with every problem found, each with file and line.
    """
    files, problems = gather(paths, builtin=builtin)
    return _build(files, problems)


def check(*paths: Path | str, builtin: bool = True) -> tuple[Problem, ...]:
    """Every problem that keeps the library from being loaded, by file and line; empty if there is none."""
    try:
        load(*paths, builtin=builtin)
    except LibraryError as error:
        return error.problems
    return ()


def build(files: Sequence[SourceFile]) -> Library:
    """Parse and check `files`.

    Raises:
        LibraryError: with every problem found.
    """
    return _build(files, ())


class _Parsed:
    """What the files hold, one by one. `broken` are the kinds of files of which one could not be parsed."""

    def __init__(self) -> None:
        self.drafts: list[ArticleFile] = []
        self.entries: dict[str, Entry] = {}
        self.vocabularies: list[VocabularyFile] = []
        self.broken: set[str] = set()
        self._roots: dict[str, int] = {}
        self.problems: list[Problem] = []

    def add(self, file: SourceFile) -> None:
        """Parse one file."""
        kind = file.path.name if file.path.name in (REFERENCES, VOCABULARY) else "article"
        try:
            # Decomposed letters, as one system writes them, would part a word in two.
            text = unicodedata.normalize("NFC", file.data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = file.data[: error.start].count(b"\n") + 1
            message = f"not UTF-8 (byte 0x{file.data[error.start]:02x}); save it as UTF-8"
            self.problems.append(Problem(file.shown, line, message))
            self.broken.add(kind)
            return
        if kind == VOCABULARY:
            held, found = vocabularies.read(text, file.shown)
            self.vocabularies += [held] if held is not None else []
            usable = held is not None
        elif kind == REFERENCES:
            entries, found = bibliography.read(text, file.shown)
            for entry in entries:
                self._add_reference(entry)
            usable = bool(entries) or not found
        else:
            draft, found = articles.read(text, file.shown)
            if draft is not None:
                self._add_article(draft, file.root)
            usable = draft is not None
        self.problems += found
        if not usable:
            self.broken.add(kind)

    def _add_article(self, draft: ArticleFile, root: int) -> None:
        """An article takes the place of one of the same name in a folder that was read before."""
        name = draft.name.lower()
        if self._roots.setdefault(name, root) != root:
            self.drafts = [one for one in self.drafts if one.name.lower() != name]
            self._roots[name] = root
        self.drafts.append(draft)

    def _add_reference(self, entry: Entry) -> None:
        first = self.entries.setdefault(entry.id, entry)
        if first.path != entry.path and first.data != entry.data:
            message = f"reference '{entry.id}' is not that of {first.path}:{first.line}; give it another id"
            self.problems.append(Problem(entry.path, entry.line, message))


def _build(files: Sequence[SourceFile], unread: Sequence[Problem]) -> Library:
    parsed = _Parsed()
    for file in files:
        parsed.add(file)
    problems = [*unread, *parsed.problems]
    # What refers to a file that cannot be read is no problem of its own.
    whole = not unread and not parsed.broken - {REFERENCES}
    entries = list(parsed.entries.values())
    vocabulary, found = joining.join(parsed.drafts, parsed.vocabularies, entries, whole=whole)
    problems += found
    made: dict[str, Article] = {}
    for draft in parsed.drafts:
        if not draft.claims and not any(one.path == draft.path for one in problems):
            message = f"'{draft.name}' says nothing: no claim under any heading"
            problems.append(Problem(draft.path, draft.line_of_name, message))
        if not unread and REFERENCES not in parsed.broken:
            problems += passages.uncited(draft, set(parsed.entries))
        if whole:
            problems += passages.unresolved(draft, vocabulary)
        one = passages.resolve(draft, vocabulary)
        made.setdefault(one.name, one)
    if problems:
        raise LibraryError(problems)
    cited = {c.reference for one in made.values() for p in one.passages for c in p.citations}
    printed = printing.format_all([one for one in entries if one.id in cited])
    return Library(made, printed, vocabulary, digest(files))
