"""A library: articles, their references and the vocabulary, read from folders and checked as a whole.

`collect` gathers the files and their content hash without parsing; `build` parses and checks them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from fabella_knowledge import article as articles
from fabella_knowledge import references as bibliography
from fabella_knowledge import vocabulary as vocabularies
from fabella_knowledge.article import ArticleFile, Claim
from fabella_knowledge.errors import LibraryError, Problem
from fabella_knowledge.model import ATTACHMENT_KINDS, Article, Passage, Reference, Term
from fabella_knowledge.tokens import singular, words
from fabella_knowledge.vocabulary import PartWords, Vocabulary, VocabularyFile

BUILTIN = Path(__file__).parent / "texts"
REFERENCES = "references.json"
VOCABULARY = "vocabulary.toml"
# Plain Markdown that explains a folder to people and holds no article.
_NOT_ARTICLES = {"README.md"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a library: its path, how problems name it, its bytes."""

    path: Path
    shown: str
    data: bytes


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


def collect(paths: Iterable[Path | str], *, builtin: bool = True) -> tuple[SourceFile, ...]:
    """The files of the built-in texts (if wanted) and of every folder in `paths`, in a fixed order.

    Raises:
        LibraryError: a path that is missing, no folder, unreadable, or holds no article.
    """
    found: list[SourceFile] = []
    problems: list[Problem] = []
    for root in ([BUILTIN] if builtin else []) + [Path(path) for path in paths]:
        try:
            held = _files(root)
        except OSError as error:
            problems.append(Problem(str(root), 0, f"cannot be read: {error.strerror or error}"))
            continue
        if not any(file.path.suffix == ".md" for file in held):
            problems.append(Problem(str(root), 0, "holds no article: put at least one .md file there"))
        found += held
    if not found and not problems:
        problems.append(Problem("library", 0, "nothing to load: builtin=False and no path given"))
    if problems:
        raise LibraryError(problems)
    return tuple(found)


def _files(root: Path) -> list[SourceFile]:
    if not root.exists():
        raise FileNotFoundError(2, "no such folder")
    if root.is_file():
        chosen = [root]
        base = root.parent
    else:
        base = root
        chosen = []
        for folder, subfolders, names in os.walk(root):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            chosen += [
                Path(folder) / name
                for name in sorted(names)
                if (name.endswith(".md") and name not in _NOT_ARTICLES) or name in (REFERENCES, VOCABULARY)
            ]
    inside = base == BUILTIN
    return [
        SourceFile(path, str(path.relative_to(base.parent) if inside else path), path.read_bytes()) for path in chosen
    ]


def digest(files: Sequence[SourceFile]) -> str:
    """SHA-256 over names and bytes of the files, first 16 hexadecimal digits."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.path.name.encode("utf-8", "surrogateescape") + b"\0")
        total.update(hashlib.sha256(file.data).digest())
    return total.hexdigest()[:16]


def load(*paths: Path | str, builtin: bool = True) -> Library:
    """Read, check and join the built-in texts and the folders in `paths`.

    Raises:
        LibraryError: with every problem found, each with file and line.
    """
    return build(collect(paths, builtin=builtin))


def check(*paths: Path | str, builtin: bool = True) -> tuple[Problem, ...]:
    """Every problem that keeps the library from being loaded, sorted by file and line; empty when there is none."""
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
    problems: list[Problem] = []
    drafts: list[ArticleFile] = []
    entries: list[dict[str, Any]] = []
    vocabulary_files: list[tuple[VocabularyFile, str]] = []
    for file in files:
        try:
            text = file.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.data[: error.start].count(b"\n") + 1
            problems.append(Problem(file.shown, line, f"not UTF-8 (byte 0x{file.data[error.start]:02x}); save it as UTF-8"))
            continue
        if file.path.name == VOCABULARY:
            held, found = vocabularies.read(file.path, text, file.shown)
            vocabulary_files.append((held, file.shown))
        elif file.path.name == REFERENCES:
            more, found = bibliography.read(text, file.shown)
            known = {entry["id"] for entry in entries}
            entries += [entry for entry in more if entry["id"] not in known]
        else:
            draft, found = articles.read(text, file.shown)
            if draft is not None:
                drafts.append(draft)
        problems += found
    vocabulary, found = _join(drafts, vocabulary_files, _sources(drafts, entries))
    problems += found
    ids = {entry["id"] for entry in entries}
    made: dict[str, Article] = {}
    for draft in drafts:
        one, found = _article(draft, vocabulary, ids)
        problems += found
        made.setdefault(one.name, one)
    if problems:
        raise LibraryError(problems)
    cited = {c.reference for one in made.values() for p in one.passages for c in p.citations}
    return Library(made, bibliography.format_all([e for e in entries if e["id"] in cited]), vocabulary, digest(files))


def _sources(drafts: Sequence[ArticleFile], entries: Sequence[Mapping[str, Any]]) -> tuple[Term, ...]:
    """Terms for the authors and journals of the cited references: people ask for sources by them."""
    cited = {c.reference for draft in drafts for claim in draft.claims for c in claim.citations}
    used = [entry for entry in entries if entry["id"] in cited]
    # Of a long list people know the first name, and names like "Young" or "He" would be found everywhere.
    named = [one for entry in used for one in (entry.get("author") or [])[: None if len(entry.get("author", ())) <= 5 else 1]]
    authors = {str(one["family"]) for one in named if one.get("family")}
    journals = {str(entry["container-title"]) for entry in used if entry.get("container-title")}
    return (
        *(Term(name.lower(), "author", name) for name in sorted(authors)),
        *(Term(name.lower(), "journal", name) for name in sorted(journals)),
    )


def _join(
    drafts: Sequence[ArticleFile], files: Sequence[tuple[VocabularyFile, str]], sources: Sequence[Term]
) -> tuple[Vocabulary, list[Problem]]:
    """One vocabulary of all files and all articles; an article's own name wins over a term of that name."""
    problems: list[Problem] = []
    terms: dict[str, Term] = {}
    places: dict[str, tuple[str, int]] = {}
    for file, shown in files:
        for term in file.terms:
            if term.name in terms and terms[term.name].aliases and term.aliases:
                problems.append(Problem(shown, file.lines.get(term.name, 0), f"term '{term.name}' is declared twice"))
            if term.name not in terms or term.aliases:
                terms[term.name] = term
                places[term.name] = (shown, file.lines.get(term.name, 0))
    for draft in drafts:
        name = draft.name.lower()
        if name in terms and terms[name].article:
            first, line = places[name]
            message = f"'{draft.name}' already has an article: {first}:{line}"
            problems.append(Problem(draft.path, draft.line_of_name, message))
            continue
        held = terms.get(name) or Term(name, draft.kind, draft.name)
        latin = (draft.latin,) if draft.latin and draft.latin.lower() != name else ()
        terms[name] = replace(
            held, kind=draft.kind, display=draft.name, aliases=(*held.aliases, *draft.aliases, *latin), article=True
        )
        places[name] = (draft.path, draft.line_of_name)
    for file, shown in files:
        for name, aliases in file.lay.items():
            if name in terms:
                terms[name] = replace(terms[name], aliases=(*terms[name].aliases, *aliases))
            else:
                problems.append(Problem(shown, 0, f"lay words for '{name}', which is no term"))
    spoken = {_key(alias) for term in terms.values() for alias in (term.name, *term.aliases)}
    # An author whose name is also a word of the vocabulary is found by the title only.
    terms.update({term.name: term for term in sources if _key(term.name) not in spoken})
    places.update({term.name: (REFERENCES, 0) for term in sources})
    ambiguous = [one for file, _ in files for one in file.ambiguous]
    problems += _unknown_targets(terms, places)
    problems += _double_aliases(terms, places, {_key(one.alias) for one in ambiguous})
    parts = [file.parts for file, _ in files if file.parts]
    vocabulary = vocabularies.build(
        terms.values(),
        ambiguous=ambiguous,
        parts=_joined_parts(parts),
        never=[pair for file, _ in files for pair in file.never],
        opposites=[one for file, _ in files for one in file.opposites],
    )
    return vocabulary, problems


def _joined_parts(parts: Sequence[PartWords]) -> PartWords | None:
    if not parts:
        return None
    return PartWords(
        frozenset().union(*(one.nouns for one in parts)),
        frozenset().union(*(one.loose for one in parts)),
        {word: side for one in parts for word, side in one.sides.items()},
        {alias: part for one in parts for alias, part in one.abbreviations.items()},
    )


def _unknown_targets(terms: Mapping[str, Term], places: Mapping[str, tuple[str, int]]) -> list[Problem]:
    return [
        Problem(*places[term.name], f"'{term.name}': {key} names '{target}', which is no term")
        for term in terms.values()
        for key in ("part_of", "branch_of", "opposite", "joint")
        if (target := getattr(term, key)) is not None and target not in terms
    ]


def _double_aliases(
    terms: Mapping[str, Term], places: Mapping[str, tuple[str, int]], declared: set[str]
) -> list[Problem]:
    owners: dict[str, str] = {}
    problems = []
    for term in terms.values():
        for alias in (term.name, *term.aliases):
            key = _key(alias)
            first = owners.setdefault(key, term.name)
            if first != term.name and key not in declared:
                message = (
                    f"alias '{alias}' of '{term.name}' already belongs to '{first}'; "
                    f"declare it under [ambiguous] in {VOCABULARY} with both owners, or drop it"
                )
                problems.append(Problem(*places[term.name], message))
    return problems


def _key(alias: str) -> str:
    return " ".join(singular(word) for word in words(alias))


def _article(draft: ArticleFile, vocabulary: Vocabulary, ids: set[str]) -> tuple[Article, list[Problem]]:
    problems: list[Problem] = []
    passages: list[Passage] = []
    count: dict[tuple[str, ...], int] = {}
    name = draft.name.lower()
    for claim in draft.claims:
        problems += [
            Problem(draft.path, claim.line, f"'@{c.reference}' is not in any {REFERENCES}")
            for c in claim.citations
            if c.reference not in ids
        ]
        terms = _terms(claim.text, vocabulary)
        problems += _unresolved(claim, terms, vocabulary, draft.path)
        count[claim.heading] = count.get(claim.heading, 0) + 1
        slug = ".".join(part.lower().replace(" ", "-") for part in claim.heading)
        passages.append(
            Passage(
                id=f"{name.replace(' ', '-')}#{slug}.{count[claim.heading]}",
                structure=name,
                heading=claim.heading,
                part=claim.label if claim.label in draft.parts else None,
                text=claim.text,
                citations=claim.citations,
                terms=terms,
                path=draft.path,
                line=claim.line,
            )
        )
    if not passages and not problems:
        problems.append(Problem(draft.path, draft.line_of_name, f"'{draft.name}' says nothing: no claim under any heading"))
    made = Article(name, draft.name, draft.latin, draft.kind, draft.region, draft.parts, tuple(passages), draft.path)
    return made, problems


def _terms(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    found: list[str] = []
    for mention in vocabulary.gazetteer.find(words(text)):
        found += [term for term in mention.terms if term not in found]
    return tuple(found)


def _unresolved(claim: Claim, terms: Sequence[str], vocabulary: Vocabulary, path: str) -> list[Problem]:
    """A line under one of the look-up sections must name what that section is looked up by."""
    kinds = {vocabulary.kind(term) for term in terms}
    section = claim.heading[0]
    wanted = {
        "Origin": (ATTACHMENT_KINDS, "an attachment site"),
        "Insertion": (ATTACHMENT_KINDS, "an attachment site"),
        "Action": (frozenset({"movement"}), "a movement"),
        "Innervation": (frozenset({"nerve"}), "a nerve"),
        "Blood supply": (frozenset({"artery"}), "an artery"),
    }.get(section)
    if wanted is None:
        return []
    if not kinds & wanted[0]:
        return [Problem(path, claim.line, f"the line under {section} names {wanted[1]} that the vocabulary doesn't know: '{claim.text}'")]
    if section == "Action" and "joint" not in kinds and not any(
        vocabulary.terms[t].joint for t in terms if vocabulary.kind(t) == "movement"
    ):
        return [Problem(path, claim.line, f"the line under Action names no joint for its movement: '{claim.text}'")]
    return []
