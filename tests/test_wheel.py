"""The wheel, as people get it: built, installed where no source can be seen, and used by a host project.

The host owns modules named `bot`, `knowledge` and `intents`. Only the dependencies come from the environment
that runs the tests; the package comes from the wheel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {"fabella": "bot", "fabella_intents": "intents", "fabella_knowledge": "knowledge"}
QUESTION = "Where does the lateral head of the gastrocnemius begin?"
HOST = ("bot", "knowledge", "intents")
APP = f"""
import bot, intents, knowledge
import importlib.metadata, json, sys
import fabella, fabella_intents, fabella_knowledge

answer = fabella.Engine.load().ask({QUESTION!r})
print(json.dumps({{
    "own": [bot.OWNER, intents.OWNER, knowledge.OWNER],
    "files": [one.__file__ for one in (fabella, fabella_intents, fabella_knowledge)],
    "path": sys.path,
    "version": importlib.metadata.version("fabella"),
    "answer": answer.to_dict(),
}}))
"""


def run(*command: str | Path, cwd: Path, cache: Path) -> str:
    """What a process writes to its standard output, without any trace of the sources in its surroundings."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "FABELLA_LIBRARY", "FABELLA_DEBUG"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    surroundings["FABELLA_CACHE"] = str(cache)
    done = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources."""
    made = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps")
    run(*pip, "-w", made, ROOT, cwd=made, cache=made)
    (one,) = made.glob("*.whl")
    return one


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@dataclass(frozen=True)
class Host:
    """A project of somebody else: its folder, and the programs of the environment that it runs in."""

    folder: Path
    programs: Path
    cache: Path

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints, started in the host's folder."""
        return run(self.programs / program, *arguments, cwd=self.folder, cache=self.cache)


@pytest.fixture(scope="module")
def host(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A host project with modules of its own, in an environment where the wheel was installed."""
    base = tmp_path_factory.mktemp("host")
    folder = base / "project"
    folder.mkdir()
    for name in HOST:
        (folder / f"{name}.py").write_text(f"OWNER = 'the host: {name}'\n", encoding="utf-8")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    run(sys.executable, "-m", "venv", "--without-pip", base / "venv", cwd=base, cache=base)
    programs = base / "venv" / "bin"
    python = programs / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install")
    run(*pip, "--quiet", "--no-deps", "--no-index", wheel, cwd=base, cache=base)
    (installed,) = (base / "venv").glob("lib/python*/site-packages/fabella")
    # Folders that a .pth names come last, and .pth files inside them do nothing: the sources stay unseen.
    shared = [one for one in sys.path if Path(one).name in {"site-packages", "dist-packages"}]
    (installed.parent / "dependencies.pth").write_text("\n".join(shared), encoding="utf-8")
    return Host(folder, programs, base / "cache")


def sources(suffixes: frozenset[str]) -> set[str]:
    """The files of the packages with these suffixes, by their places in a wheel."""
    return {
        path.relative_to(ROOT / folder).as_posix()
        for package, folder in SOURCES.items()
        for path in (ROOT / folder / package).rglob("*")
        if path.suffix in suffixes and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_texts_definitions_and_types(names: frozenset[str]) -> None:
    for package in SOURCES:
        assert f"{package}/__init__.py" in names
        assert f"{package}/py.typed" in names
    assert "fabella_knowledge/texts/leg/gastrocnemius.md" in names
    assert "fabella_knowledge/texts/references.json" in names
    assert "fabella_knowledge/texts/vocabulary.toml" in names
    assert "fabella_intents/definitions/origin.toml" in names
    assert sources(frozenset({".py", ".md", ".toml", ".json"})) <= names


def test_the_wheel_holds_nothing_else(names: frozenset[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {one for one in tops if not one.endswith(".dist-info")} == set(SOURCES)
    suffixes = {Path(name).suffix for name in names if ".dist-info/" not in name}
    assert suffixes <= {".py", ".typed", ".md", ".toml", ".json"}
    unwanted = ("__pycache__", "test", "conftest", ".hypothesis", "_cache", "benchmark", "egg-info")
    assert not [name for name in names if any(one in name for one in unwanted) and name != "fabella/cache.py"]


def test_the_wheel_says_what_it_is(wheel: Path, names: frozenset[str]) -> None:
    (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(metadata).decode()
    assert "\nName: fabella\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    assert "\nProvides-Extra: discord\n" in text
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_a_host_with_modules_of_the_same_names_gets_a_cited_answer(host: Host, wheel: Path) -> None:
    told = json.loads(host.run("python", "app.py"))
    assert told["own"] == ["the host: bot", "the host: intents", "the host: knowledge"]
    unseen = [ROOT / name for name in SOURCES.values()]
    assert not [one for one in told["path"] if any(Path(one).resolve() == root for root in unseen)]
    assert all(Path(one).is_relative_to(host.programs.parent) for one in told["files"])
    assert wheel.name.startswith(f"fabella-{told['version']}-")
    answer = told["answer"]
    assert answer["status"] == "answered"
    assert answer["statements"] and all(one["citations"] for one in answer["statements"])
    assert "lateral condyle of the femur" in answer["statements"][0]["text"]
    assert [one["number"] for one in answer["citations"]] == list(range(1, len(answer["citations"]) + 1))


def test_the_console_script_answers(host: Host) -> None:
    said = host.run("fabella", "ask", QUESTION)
    assert "lateral condyle of the femur" in said
    assert "[1]" in said
    answer = json.loads(host.run("fabella", "ask", "--json", QUESTION))
    assert answer["status"] == "answered"
    assert host.run("fabella", "--version").startswith("fabella ")


def test_the_texts_in_the_wheel_have_no_problem(host: Host) -> None:
    host.run("fabella", "check")
