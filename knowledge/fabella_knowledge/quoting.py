"""Gathers what is quoted as it stands: excerpts with ids of their own, the texts they cite, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath

from fabella_knowledge import files as sources
from fabella_knowledge import passage_file, plain, printing
from fabella_knowledge.errors import Problem, one_line
from fabella_knowledge.excerpts import Excerpts
from fabella_knowledge.files import SourceFile
from fabella_knowledge.model import Excerpt, Reference
from fabella_knowledge.references import Entry

_MOST = 1000  # problems of one file that are named one by one
_UNFIT = re.compile(r"[^\w./+-]+")  # for a key of BibTeX
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Quoted:
    """The excerpts of a library.

    `own` are references to texts that cite themselves, by id; `cited` the ids of other references that excerpts cite.
    `left_out` is what could not be read while the rest is served, `fatal` what keeps the library from being served.
    """

    excerpts: Excerpts
    own: Mapping[str, Reference]
    cited: frozenset[str]
    left_out: tuple[Problem, ...]
    fatal: tuple[Problem, ...]


def quote(files: Sequence[SourceFile], *, keys: Collection[str], taken: Mapping[str, Place]) -> Quoted:
    """Read the passage files and plain texts among `files`, in their order.

    `keys` are the ids of all references, `taken` the places of ids that an excerpt cannot have. Of excerpts of one id
    the first stays. In a folder of articles a plain text that cannot be read is fatal, since it may be one of them;
    and so is all that is wrong with a path of which nothing is left to serve.
    """
    reader = _Reader(files, keys, taken)
    excerpts = Excerpts.of(chain.from_iterable(map(reader.read, files)))
    left_out: list[Problem] = []
    fatal: list[Problem] = []
    for file, problem in reader.faults:
        (fatal if reader.needed(file) else left_out).append(problem)
    return Quoted(excerpts, reader.own, frozenset(reader.cited), tuple(sorted(left_out)), tuple(fatal))


class _Reader:
    def __init__(self, files: Sequence[SourceFile], keys: Collection[str], taken: Mapping[str, Place]) -> None:
        self._keys = keys
        self._places = dict(taken)
        self._names = set(keys)
        self._checked = sources.checked(files)
        self._served = set(self._checked)
        self._unread: set[SourceFile] = set()
        self.own: dict[str, Reference] = {}
        self.cited: set[str] = set()
        self.faults: list[tuple[SourceFile, Problem]] = []

    def read(self, file: SourceFile) -> Iterator[Excerpt]:
        """The excerpts of one file; of an article or another file there are none."""
        if file.kind not in ("plain", "passages"):
            return
        name, stem = self._name(file), one_line(PurePath(file.inside).stem)
        problems: list[Problem] = []
        held = unnamed = 0
        for one in self._passages(file, name, stem):
            if isinstance(one, Excerpt):
                first = self._places.setdefault(one.id, (one.path, one.line))
                if first == (one.path, one.line):
                    held += 1
                    self._note(one, name, file, stem)
                    yield one
                    continue
                one = Problem(one.path, one.line, f"id '{one.id}' already stands at {first[0]}:{first[1]}")
            if len(problems) < _MOST:
                problems.append(one)
            else:
                unnamed += 1
        if unnamed:
            problems.append(Problem(file.shown, problems[-1].line, f"and {unnamed:,} more behind this line"))
        if not held and not problems:
            problems.append(Problem(file.shown, 0, "holds no passage"))
        if held:
            self._served |= file.roots
        self.faults += [(file, one) for one in problems]

    def needed(self, file: SourceFile) -> bool:
        """Whether what is wrong with a file keeps the library from being served."""
        maybe_article = file in self._unread and file.kind == "plain" and self._checked & file.roots
        return bool(maybe_article) or not self._served & file.roots

    def _passages(self, file: SourceFile, name: str, stem: str) -> Iterator[Excerpt | Problem]:
        if not file.fault and file.kind == "passages":
            return passage_file.read(file.data, shown=file.shown, name=name, title=stem)
        text = Problem(file.shown, 0, file.fault) if file.fault else sources.text(file)
        if isinstance(text, Problem):
            self._unread.add(file)
            return iter((text,))
        return plain.read(text, shown=file.shown, name=name, title=stem, keys=self._keys)

    def _name(self, file: SourceFile) -> str:
        """The file as an id of a reference that no other has: "notes/leg.md", "notes/leg.md-2"."""
        made = first = _UNFIT.sub("-", one_line(file.inside))
        count = 1
        while made in self._names:
            count += 1
            made = f"{first}-{count}"
        self._names.add(made)
        return made

    def _note(self, excerpt: Excerpt, name: str, file: SourceFile, stem: str) -> None:
        """Remember the references that an excerpt cites; one to the text itself is made of its title and its file."""
        for one in excerpt.citations:
            if one.reference != name:
                self.cited.add(one.reference)
            elif name not in self.own:
                titled = file.kind == "plain" and excerpt.title != stem
                self.own[name] = _itself(name, excerpt.title if titled else "", one_line(file.inside))


def _itself(name: str, title: str, file: str) -> Reference:
    """The reference to a text of which nothing is known but its title, if that, and its file."""
    printed = " ".join((title if title.endswith((".", "?", "!")) else f"{title}.", file)) if title else file
    entry = Entry(name, {"title": title or file, "container-title": file if title else ""}, file, 0)
    return Reference(
        id=name,
        ama=printed,
        apa=printed,
        bibtex=printing.bibtex(entry),
        title=title or file,
        authors=(),
        year="",
        container="",
        doi="",
        url="",
    )
