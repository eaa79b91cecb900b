"""A library: articles, references and vocabulary, checked as a whole, and excerpts of texts that are only quoted.

`collect` gathers the files and their content hash without parsing; `build` parses and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fabella_knowledge import article as articles
from fabella_knowledge import files as sources
from fabella_knowledge import joining, passages, printing, quoting
from fabella_knowledge import references as bibliography
from fabella_knowledge import vocabulary_file as vocabularies
from fabella_knowledge.article import ArticleFile
from fabella_knowledge.errors import LibraryError, Problem
from fabella_knowledge.excerpts import Excerpts
from fabella_knowledge.files import BUILTIN, SourceFile, collect, digest, gather
from fabella_knowledge.model import Article, Passage, Reference
from fabella_knowledge.references import Entry
from fabella_knowledge.vocabulary import Vocabulary
from fabella_knowledge.vocabulary_file import VocabularyFile

__all__ = ["BUILTIN", "Library", "SourceFile", "build", "check", "collect", "digest", "load"]


@dataclass(frozen=True)
class Library:
    """Everything that answers are made of. `digest` is the hash of all content, 16 hexadecimal digits.

    `excerpts` come from passage files and plain Markdown, in the order of the files; `left_out` is what of these
    could not be read, by file and line.
    """

    articles: Mapping[str, Article]
    references: Mapping[str, Reference]
    vocabulary: Vocabulary
    digest: str
    excerpts: Excerpts = field(default_factory=lambda: Excerpts.of(()))
    left_out: tuple[Problem, ...] = ()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All passages of articles, one article after the other, in the order of the files."""
        return tuple(p for one in self.articles.values() for p in one.passages)

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """The passages by their id."""
        return {p.id: p for p in self.passages}


def load(*paths: Path | str, builtin: bool = True) -> Library:
    """Read, check and join the built-in texts and what stands at `paths`.

    A path is a folder of articles, plain Markdown and passage files, or one such file. What of a passage file or of
    plain Markdown cannot be read is left out, and the rest is there.

    Raises:
        LibraryError: with every problem found, each with file and line: a path that is missing or of which nothing
            can be read, an article, references or a vocabulary with a fault.
    """
    files, problems = gather(paths, builtin=builtin)
    return _build(files, problems)


def check(*paths: Path | str, builtin: bool = True) -> tuple[Problem, ...]:
    """Every problem by file and line, of what is left out as well; empty if there is none."""
    try:
        return load(*paths, builtin=builtin).left_out
    except LibraryError as error:
        return error.problems


def build(files: Sequence[SourceFile]) -> Library:
    """Parse and check `files`.

    Raises:
        LibraryError: with every problem found.
    """
    return _build(files, ())


class _Parsed:
    """What articles and the files beside them hold. `broken` are the kinds of which one could not be parsed."""

    def __init__(self) -> None:
        self.drafts: list[ArticleFile] = []
        self.entries: dict[str, Entry] = {}
        self.vocabularies: list[VocabularyFile] = []
        self.broken: set[str] = set()
        self._roots: dict[str, int] = {}
        self.problems: list[Problem] = []

    def add(self, file: SourceFile) -> None:
        """Parse one file."""
        text = sources.text(file)
        if isinstance(text, Problem):
            self.problems.append(text)
            self.broken.add(file.kind)
            return
        if file.kind == "vocabulary":
            held, found = vocabularies.read(text, file.shown)
            self.vocabularies += [held] if held is not None else []
            usable = held is not None
        elif file.kind == "references":
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
            self.broken.add(file.kind)

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
    checked = sources.checked(files)
    # A text that cannot be read may be an article, among articles.
    unread = [
        *unread,
        *(Problem(f.shown, 0, f.fault) for f in files if f.fault and f.kind == "plain" and checked & f.roots),
    ]
    parsed = _Parsed()
    for file in files:
        if file.kind not in ("plain", "passages"):
            parsed.add(file)
    problems = [*unread, *parsed.problems]
    # What refers to a file that cannot be read is no problem of its own.
    whole = not unread and not parsed.broken - {"references"}
    entries = list(parsed.entries.values())
    vocabulary, found = joining.join(parsed.drafts, parsed.vocabularies, entries, whole=whole)
    problems += found
    made: dict[str, Article] = {}
    for draft in parsed.drafts:
        if not draft.claims and not any(one.path == draft.path for one in problems):
            message = f"'{draft.name}' says nothing: no claim under any heading"
            problems.append(Problem(draft.path, draft.line_of_name, message))
        if not unread and "references" not in parsed.broken:
            problems += passages.uncited(draft, set(parsed.entries))
        if whole:
            problems += passages.unresolved(draft, vocabulary)
        one = passages.resolve(draft, vocabulary)
        made.setdefault(one.name, one)
    taken = {p.id: (p.path, p.line) for one in made.values() for p in one.passages}
    quoted = quoting.quote(files, keys=parsed.entries.keys(), taken=taken)
    problems += quoted.fatal
    if not (problems or made or quoted.excerpts):
        problems.append(Problem("library", 0, "nothing to serve: no path holds an article or a passage"))
    if problems:
        raise LibraryError([*problems, *quoted.left_out])
    cited = quoted.cited.union(c.reference for one in made.values() for p in one.passages for c in p.citations)
    printed = printing.format_all([one for one in entries if one.id in cited])
    return Library(made, {**printed, **quoted.own}, vocabulary, digest(files), quoted.excerpts, quoted.left_out)
