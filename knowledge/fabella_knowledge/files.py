"""The files of a library: gathered from folders in a fixed order, read as bytes, not yet parsed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fabella_knowledge.errors import LibraryError, Problem, one_line

BUILTIN = Path(__file__).parent / "texts"
REFERENCES = "references.json"
VOCABULARY = "vocabulary.toml"
# Plain Markdown that explains a folder to people and holds no article.
_NOT_ARTICLES = {"readme.md"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a library: its path, how problems name it, its bytes, and the place of its folder among those read."""

    path: Path
    shown: str
    data: bytes
    root: int = 0


def collect(paths: Iterable[Path | str], *, builtin: bool = True) -> tuple[SourceFile, ...]:
    """The files of the built-in texts (if wanted) and of every folder in `paths`, in a fixed order.

    Raises:
        LibraryError: a path that is missing, unreadable, or holds no article.
    """
    files, problems = gather(paths, builtin=builtin)
    if problems:
        raise LibraryError(problems)
    return files


def gather(paths: Iterable[Path | str], *, builtin: bool = True) -> tuple[tuple[SourceFile, ...], tuple[Problem, ...]]:
    """What can be read, and what cannot. A file that is reached by two paths is read once.

    A path may be a single file: then the references and the vocabulary beside it are read as well.
    """
    found: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    roots = ([BUILTIN] if builtin else []) + [Path(path) for path in paths]
    if not roots:
        problems.append(Problem("library", 0, "nothing to load: builtin=False and no path given"))
    for place, root in enumerate(roots):
        try:
            chosen = _chosen(root)
        except (OSError, ValueError) as error:
            named = getattr(error, "filename", None) or root
            problems.append(Problem(_shown(Path(named)), 0, f"cannot be read: {_reason(error)}"))
            continue
        if not any(path.suffix == ".md" for path in chosen) and not root.is_file():
            problems.append(Problem(_shown(root), 0, "holds no article: put at least one .md file there"))
        for path in chosen:
            try:
                found.setdefault(os.path.realpath(path), SourceFile(path, _shown(path), _bytes(path), place))
            except OSError as error:
                problems.append(Problem(_shown(path), 0, f"cannot be read: {_reason(error)}"))
    return tuple(found.values()), tuple(problems)


def digest(files: Sequence[SourceFile]) -> str:
    """SHA-256 over names and bytes of the files, first 16 hexadecimal digits."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.path.name.encode("utf-8", "surrogateescape") + b"\0")
        total.update(hashlib.sha256(file.data).digest())
    return total.hexdigest()[:16]


def _chosen(root: Path) -> list[Path]:
    if root.is_file():
        if not _belongs(root.name):
            raise ValueError(f"neither an article (.md) nor {REFERENCES} nor {VOCABULARY}")
        beside = [root.parent / name for name in (REFERENCES, VOCABULARY)]
        return [root, *(path for path in beside if path != root and path.exists())]
    if not root.exists():
        raise FileNotFoundError(2, "no such folder")
    chosen: list[Path] = []
    # Links to folders are not followed, so a circle of links has no end to miss.
    for folder, subfolders, names in os.walk(root, onerror=_raise):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        chosen += [Path(folder) / name for name in sorted(names) if _belongs(name)]
    return chosen


def _belongs(name: str) -> bool:
    if name.startswith("."):
        return False
    return name in (REFERENCES, VOCABULARY) or (name.endswith(".md") and name.lower() not in _NOT_ARTICLES)


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise OSError(None, "not a plain file")
    return path.read_bytes()


def _raise(error: OSError) -> None:
    raise error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _shown(path: Path) -> str:
    """How problems and traces name a file, in one line: built-in ones from the folder of the texts on."""
    named = path.relative_to(BUILTIN.parent) if path.is_relative_to(BUILTIN) else path
    return one_line(str(named))
