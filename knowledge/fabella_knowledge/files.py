"""The files of a library: gathered from paths in a fixed order, read as bytes, not yet parsed."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from fabella_knowledge import article, reading
from fabella_knowledge.errors import LibraryError, Problem, one_line
from fabella_knowledge.passage_file import LONGEST

BUILTIN = Path(__file__).parent / "texts"
REFERENCES = "references.json"
VOCABULARY = "vocabulary.toml"
_PASSAGES = ".jsonl"
_LARGEST = 4 << 20  # bytes of a Markdown file: a book; parsing ten times as much would take minutes
# Plain Markdown that explains a folder to people and is no text of the library.
_ABOUT = {"readme.md"}
Kind = Literal["references", "vocabulary", "article", "plain", "passages"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a library: its path, how problems name it, its bytes, and the place of its path among those read.

    `also` are the places of further paths that lead to it. `fault` says why it could not be read, "" if it could.
    """

    path: Path
    shown: str
    data: bytes
    root: int = 0
    within: str = ""
    also: tuple[int, ...] = ()
    fault: str = ""

    @property
    def inside(self) -> str:
        """Its path inside the folder that was named: "notes/leg.md"."""
        return self.within or self.path.name

    @property
    def roots(self) -> frozenset[int]:
        """The places of all paths that lead to it."""
        return frozenset((self.root, *self.also))

    @property
    def kind(self) -> Kind:
        """What it holds. Of Markdown, what begins with front matter is an article and the rest plain text."""
        if self.path.name == REFERENCES:
            return "references"
        if self.path.name == VOCABULARY:
            return "vocabulary"
        if self.path.name.endswith(_PASSAGES):
            return "passages"
        return "article" if article.begun(self.data) else "plain"


def collect(paths: Iterable[Path | str], *, builtin: bool = True) -> tuple[SourceFile, ...]:
    """The files of the built-in texts (if wanted) and of every path in `paths`, in a fixed order.

    Raises:
        LibraryError: a path that is missing, unreadable, or holds no text.
    """
    files, problems = gather(paths, builtin=builtin)
    if problems:
        raise LibraryError(problems)
    return files


def gather(paths: Iterable[Path | str], *, builtin: bool = True) -> tuple[tuple[SourceFile, ...], tuple[Problem, ...]]:
    """The files, and what keeps the library from being read. A file that is reached by two paths is read once.

    A path may be a single file: then the references and the vocabulary beside a Markdown file are read as well. A
    text that cannot be read is among the files, with its fault: what that means depends on what the others hold.
    """
    found: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    roots = ([BUILTIN] if builtin else []) + [Path(path) for path in paths]
    if not roots:
        problems.append(Problem("library", 0, "nothing to load: builtin=False and no path given"))
    for place, root in enumerate(roots):
        try:
            chosen, closed = _chosen(root)
        except (OSError, ValueError) as error:
            named = getattr(error, "filename", None) or root
            problems.append(Problem(_shown(Path(named)), 0, f"cannot be read: {_reason(error)}"))
            continue
        if not closed and not root.is_file() and not any(_is_text(path.name) for path in chosen):
            message = f"holds no text: put at least one .md or {_PASSAGES} file there"
            problems.append(Problem(_shown(root), 0, message))
        files = [_read(path, root, place) for path in chosen if not _again(os.path.realpath(path), found, place)]
        files += [_faulty(Path(error.filename), root, place, error) for error in closed]
        for file in files:
            # Two links that lead nowhere are two faults.
            key = str(file.path.absolute()) if file.fault else os.path.realpath(file.path)
            if file.fault and file.kind in ("references", "vocabulary"):
                problems.append(Problem(file.shown, 0, file.fault))
            elif not _again(key, found, place):
                found[key] = file
    return tuple(found.values()), tuple(problems)


def checked(files: Iterable[SourceFile]) -> frozenset[int]:
    """The places of the paths that hold an article: these are checked as a whole."""
    return frozenset(root for file in files if file.kind == "article" for root in file.roots)


def text(file: SourceFile) -> str | Problem:
    """What the bytes of a file say, or where they are not UTF-8."""
    try:
        # Decomposed letters, as one system writes them, would part a word in two.
        return unicodedata.normalize("NFC", file.data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        return Problem(file.shown, line, f"not UTF-8 (byte 0x{file.data[error.start]:02x}); save it as UTF-8")


def digest(files: Sequence[SourceFile]) -> str:
    """SHA-256 over paths inside their folders, bytes and faults of the files, first 16 hexadecimal digits."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.inside.encode("utf-8", "surrogateescape") + b"\0")
        total.update(hashlib.sha256(file.data).digest())
        total.update(file.fault.encode("utf-8", "surrogateescape") + b"\0")
    return total.hexdigest()[:16]


def _chosen(root: Path) -> tuple[list[Path], list[OSError]]:
    """The files of a path, and the folders in it that cannot be opened."""
    if root.is_file():
        if not _is_text(root.name) and root.name not in (REFERENCES, VOCABULARY):
            raise ValueError(f"neither a text (.md, {_PASSAGES}) nor {REFERENCES} nor {VOCABULARY}")
        if root.name.endswith(_PASSAGES):
            return [root], []
        beside = [root.parent / name for name in (REFERENCES, VOCABULARY)]
        return [root, *(path for path in beside if path != root and path.exists())], []
    try:
        root.stat()  # a circle of links has a reason of its own
    except FileNotFoundError:
        raise FileNotFoundError(2, "no such file or folder") from None
    if not root.is_dir():
        raise OSError(None, "not a plain file")
    closed: list[OSError] = []
    chosen: list[Path] = []
    # Links to folders are not followed, so a circle of links has no end to miss.
    for folder, subfolders, names in os.walk(root, onerror=closed.append):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        chosen += [Path(folder) / name for name in sorted(names) if _belongs(name)]
    if any(Path(error.filename) == root for error in closed):
        raise closed[0]
    return chosen, closed


def _belongs(name: str) -> bool:
    if name.startswith("."):
        return False
    return name in (REFERENCES, VOCABULARY) or (_is_text(name) and name.lower() not in _ABOUT)


def _is_text(name: str) -> bool:
    return name.endswith((".md", _PASSAGES))


def _again(key: str, found: dict[str, SourceFile], place: int) -> bool:
    """Whether a file was read already; that it is reached by this path as well is noted."""
    held = found.get(key)
    if held is not None and place not in held.roots:
        found[key] = replace(held, also=(*held.also, place))
    return held is not None


def _read(path: Path, root: Path, place: int) -> SourceFile:
    try:
        if path.name in (REFERENCES, VOCABULARY):
            data = reading.whole(path)
        elif path.name.endswith(_PASSAGES):
            data = reading.whole(path, longest=LONGEST)
        else:
            data = reading.whole(path, most=_LARGEST)
    except OSError as error:
        return _faulty(path, root, place, error)
    return SourceFile(path, _shown(path), data, place, _within(path, root))


def _faulty(path: Path, root: Path, place: int, error: OSError) -> SourceFile:
    fault = f"cannot be read: {_reason(error)}"
    return SourceFile(path, _shown(path), b"", place, _within(path, root), fault=fault)


def _within(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path != root else path.name


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _shown(path: Path) -> str:
    """How problems and traces name a file, in one line: built-in ones from the folder of the texts on."""
    named = path.relative_to(BUILTIN.parent) if path.is_relative_to(BUILTIN) else path
    return one_line(str(named))
