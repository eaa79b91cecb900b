"""The command line, run as people run it: a process, its streams and its exit status."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import sysconfig
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fabella import Engine, arguments, cli
from fabella.batch import Progress, dump

RUN = Path(__file__).resolve().parent.parent / "run_bot.py"
COMMAND = [sys.executable, "-W", "error", str(RUN)]
ESCAPE = "\x1b"
FAULT = re.compile(rb"Traceback|Exception|Error|BrokenPipe|Interrupt")
pytestmark = pytest.mark.usefixtures("engine")  # the cache is warm before the first process starts


def run(*options: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One process. Whatever it was asked, no traceback and no escape code may leave it."""
    done = subprocess.run(
        [*COMMAND, *options], input=given, capture_output=True, env={**os.environ, **(env or {})}, timeout=120
    )
    made = subprocess.CompletedProcess(options, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in made.stderr
    assert ESCAPE not in made.stdout + made.stderr
    return made


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def on_terminal(*options: str, columns: int, env: Mapping[str, str] | None = None) -> str:
    """What a process writes to a terminal of that width."""
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (50, columns))
    surroundings = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    process = subprocess.Popen([*COMMAND, *options], stdout=child, stderr=subprocess.PIPE, env=surroundings)
    os.close(child)
    held = b""
    while select.select([parent], [], [], 60)[0]:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        held += piece
    os.close(parent)
    with process:
        assert process.stderr is not None and process.stderr.read() == b""
    return held.decode().replace("\r\n", "\n")


# --- ask ------------------------------------------------------------------------------------------


def test_an_answer_has_its_statement_its_mark_and_its_source() -> None:
    done = run("ask", "What is the origin of the gastrocnemius?")
    assert done.returncode == 0 and done.stderr == ""
    statements, _, sources = done.stdout.partition("\nSources\n")
    assert re.search(r"lateral condyle of the femur.*\[1\]", statements)
    assert re.search(r"^\[1\] Moore KL", sources, re.MULTILINE)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("What is the insertion of the gastrocnemius?", 0),
        ("Does the fabella sit in the medial head?", 0),
        ("hello", 0),
        ("", 0),
        ("\U0001f9b4\U0001f9b4", 0),
        ("What is the capital of France?", 3),
        ("My calf hurts, what should I do?", 3),
    ],
)
def test_the_exit_status_says_whether_there_was_an_answer(question: str, status: int) -> None:
    assert run("ask", question).returncode == status


@pytest.mark.parametrize(
    "options",
    [
        ("ask",),
        ("ask", "--batch", "-", "what is the fabella"),
        ("ask", "--cite", "mla", "what is the fabella"),
        ("ask", "--batch", "/no/such/file"),
        ("ask", "--batch", "/"),
        ("eval",),
        ("eval", "/no/such/file"),
        ("dance",),
        ("--library",),
    ],
)
def test_wrong_usage_is_2_and_says_why(options: Sequence[str]) -> None:
    done = run(*options)
    assert done.returncode == 2
    assert done.stdout == "" and len(done.stderr.splitlines()) >= 1


def test_json_is_the_answer_object(engine: Engine) -> None:
    question = "What is the insertion of the gastrocnemius?"
    done = run("ask", "--json", question)
    assert json.loads(done.stdout) == json.loads(json.dumps(engine.ask(question).to_dict()))
    explained = json.loads(run("ask", "--json", "--why", question).stdout)
    assert "threshold" in json.dumps(explained["why"])


def test_why_shows_the_reading_and_the_evidence() -> None:
    done = run("ask", "--why", "what is the fabella")
    assert re.search(r"^ +answerable +\d\.\d\d, threshold", done.stdout, re.MULTILINE)
    assert re.search(r"^ +evidence .*fabella\.md:\d+", done.stdout, re.MULTILINE)
    assert "How this was read" not in run("ask", "what is the fabella").stdout


@pytest.mark.parametrize(
    ("style", "mark"),
    [("ama", "Moore KL, Dalley AF"), ("apa", "Moore, K. L."), ("bibtex", "@book{moore2013")],
)
def test_references_come_in_the_style_asked_for(style: str, mark: str) -> None:
    assert mark in run("ask", "--cite", style, "what is the fabella").stdout


def test_a_refusal_cites_nothing_and_offers_a_next_step() -> None:
    done = run("ask", "What is the capital of France?")
    assert "Sources" not in done.stdout.splitlines() and "[1]" not in done.stdout
    assert re.search(r"You can ask:\n- .+\?", done.stdout)


# --- batches --------------------------------------------------------------------------------------


def test_a_batch_answers_in_order_and_keeps_conversations_apart() -> None:
    lines: list[dict[str, Any]] = [
        {
            "id": "a#1",
            "question": "What is the origin of the lateral head of the gastrocnemius?",
            "conversation": "a",
        },
        {"id": "b#1", "question": "How often does the fabella occur?", "conversation": "b"},
        {"id": "a#2", "question": "and the insertion?", "conversation": "a"},
        {"id": 7, "question": "and the insertion?"},
        {"question": "hello"},
    ]
    done = run("ask", "--batch", "-", given="\n".join(map(json.dumps, lines)).encode())
    assert done.returncode == 0 and done.stderr == ""
    made = objects(done.stdout)
    assert [one.get("id") for one in made] == ["a#1", "b#1", "a#2", 7, None]
    assert [one["question"] for one in made] == [one["question"] for one in lines]
    assert made[2]["status"] == "answered" and "calcaneus" in made[2]["text"]
    assert made[3]["status"] == "clarify"
    assert "id" not in made[4]


def test_unreadable_lines_are_named_and_the_others_answered(tmp_path: Path) -> None:
    rows = [
        b'\xef\xbb\xbf{"id": "1", "question": "what is the fabella"}',
        b"{not json}",
        b"",
        b"[1, 2]",
        b'{"id": "5"}',
        b'{"id": "6", "question": 6}',
        b'{"id": ["7"], "question": "hello"}',
        b"[" * 100_000,
        b'{"id": "9", "question": "hello"}',
        b'{"id": NaN, "question": "hello"}',
        b'{"id": -Infinity, "question": "hello"}',
        b'{"id": 1e999, "question": "hello"}',
        b'{"id": 1.5, "question": "hello"}',
    ]
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\n".join(rows))
    done = run("ask", "--batch", str(file))
    assert done.returncode == 1
    assert [one["id"] for one in objects(done.stdout)] == ["1", "9", 1.5]
    assert re.findall(rf"^{re.escape(str(file))}:(\d+): .+", done.stderr, re.MULTILINE) == [
        "2",
        "4",
        "5",
        "6",
        "7",
        "8",
        "10",
        "11",
        "12",
    ]


def test_surrogates_and_foreign_bytes_survive_a_batch() -> None:
    lone = b'{"id": "\\ud800", "question": "what is the fabella \\udfff"}\n'
    foreign = b'{"id": "x", "question": "fabella \xff\xfe?"}\n'
    done = run("ask", "--batch", "-", given=lone + foreign + '{"id": "ü", "question": "¿fabella?"}'.encode())
    assert done.returncode == 0
    first, second, third = objects(done.stdout)
    assert first["id"] == "\ud800" and first["question"] == "what is the fabella \udfff"
    assert second["question"] == "fabella \udcff\udcfe?"
    assert third["id"] == "ü" and "ü" in done.stdout.splitlines()[2]


def test_a_fault_on_one_line_costs_no_other(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from fabella import batch

    real = Engine.ask

    def ask(self: Engine, question: str, **options: object) -> object:
        if question == "boom":
            raise ZeroDivisionError("boom\nbang")
        return real(self, question, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "ask", ask)
    out, err = io.StringIO(), io.StringIO()
    answers = batch.answers(engine, [b'{"question": "boom"}', b'{"question": "hi"}'])
    assert not batch.write(answers, out, err, name="here")
    assert len(objects(out.getvalue())) == 1
    assert err.getvalue() == "here:1: not answered: ZeroDivisionError: boom\\nbang\n"


def test_output_that_cannot_hold_a_character_gets_escapes() -> None:
    assert dump({"a": "ü"}, encoding="utf-8") == '{"a": "ü"}'
    assert dump({"a": "ü"}, encoding="ascii") == dump({"a": "ü"}, encoding=None) == '{"a": "\\u00fc"}'
    assert run("ask", "How often does the fabella occur?", env={"PYTHONIOENCODING": "ascii"}).returncode == 0


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_appears_on_a_terminal_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    terminal, pipe = _Tty(), io.StringIO()
    shown, hidden = Progress(terminal), Progress(pipe)
    for now in (100.5, 101.9):  # noqa: B007  the clock reads it
        shown.step()
        hidden.step()
    assert terminal.getvalue() == ""
    now = 104.0
    shown.step()
    hidden.step()
    assert "3 done" in terminal.getvalue() and pipe.getvalue() == ""
    shown.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


# --- a conversation through a pipe ----------------------------------------------------------------


def test_piped_lines_are_one_conversation() -> None:
    questions = b"What is the origin of the gastrocnemius?\n\nand the insertion?\n"
    done = run(given=questions + b"/why\n/cite apa\n/quit\nhello\n")
    assert done.returncode == 0 and done.stderr == ""
    assert [line for line in done.stdout.splitlines() if line.startswith("> ")] == [
        "> What is the origin of the gastrocnemius?", "> and the insertion?", "> /why", "> /cite apa",
    ]  # fmt: skip
    insertion = done.stdout.split("> and the insertion?")[1].split("> /why")[0]
    assert "calcaneus" in insertion and "lateral condyle" not in insertion
    assert "Moore, K. L." in done.stdout.split("> /cite apa")[1]


@pytest.mark.parametrize("given", [b"", b"\n\n", b"\xff\xfe\x00\x1b[2J\n", ("a" * 100_000).encode()])
def test_piped_nonsense_does_no_harm(given: bytes) -> None:
    assert run(given=given).returncode == 0


# --- libraries ------------------------------------------------------------------------------------

_REFERENCES = [{
    "id": "me2020", "type": "book", "title": "Muscles of Mine", "author": [{"family": "Me", "given": "A."}],
    "publisher": "Mine", "issued": {"date-parts": [[2020]]},
}]  # fmt: skip
_ARTICLE = """---
name: Popliteus
kind: muscle
---

## Insertion
- Posterior surface of the tibia [@me2020]
"""


def library(folder: Path, article: str = _ARTICLE) -> Path:
    folder.mkdir()
    (folder / "popliteus.md").write_text(article, encoding="utf-8")
    (folder / "references.json").write_text(json.dumps(_REFERENCES), encoding="utf-8")
    return folder


@pytest.mark.parametrize("way", ["before", "after", "environment"])
def test_a_folder_of_ones_own_is_answered_from(tmp_path: Path, way: str) -> None:
    own = str(library(tmp_path / "own"))
    options = ["ask", "What is the insertion of the popliteus?"]
    if way != "environment":
        options[{"before": 0, "after": 2}[way] : 0] = ["--library", own]
    done = run(*options, env={"FABELLA_LIBRARY": os.pathsep.join(["", own])} if way == "environment" else None)
    assert done.returncode == 0
    assert "tibia" in done.stdout and "Muscles of Mine" in done.stdout


def test_every_problem_of_a_library_is_named(tmp_path: Path) -> None:
    one = library(tmp_path / "one", _ARTICLE.replace(" [@me2020]", ""))
    two = library(tmp_path / "two", _ARTICLE.replace("Popliteus", "Plantaris").replace("me2020", "nobody"))
    (two / "references.json").unlink()
    done = run("ask", "hello", "--library", str(one), "--library", str(two))
    assert done.returncode == 2 and done.stdout == ""
    for file in (one / "popliteus.md", two / "popliteus.md"):
        assert re.search(rf"^{re.escape(str(file))}:7: .+", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("command", [("ask", "hi"), ("ask", "--batch", "-"), ("eval", os.devnull), ()])
def test_a_library_that_is_not_there_is_named(command: Sequence[str]) -> None:
    done = run("--library", "/no/such/folder", *command)
    assert done.returncode == 2 and "/no/such/folder" in done.stderr


def test_check_says_0_or_names_the_problems(tmp_path: Path) -> None:
    good = library(tmp_path / "good")
    done = run("check", str(good))
    assert (done.returncode, done.stdout) == (0, "no problem found\n")
    bad = library(tmp_path / "bad", _ARTICLE.replace("## Insertion", "## Insertoin").replace(" [@me2020]", ""))
    for options in (("check", str(bad)), ("--library", str(bad), "check")):
        done = run(*options)
        assert done.returncode == 1
        assert re.search(rf"^{re.escape(str(bad / 'popliteus.md'))}:\d+: ", done.stdout, re.MULTILINE)


# --- streams and signals --------------------------------------------------------------------------


def test_a_reader_that_stops_early_is_no_fault() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None and process.stdin is not None
    process.stdout.close()
    process.stdin.write(b"what is the fabella\n" * 50)
    process.stdin.close()
    with process:
        assert not FAULT.search(process.stderr.read())
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, "ask", "what is the fabella"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 2
    assert b"No space left" in done.stderr and b"Traceback" not in done.stderr and done.stderr.count(b"\n") == 1


def test_closed_streams_are_no_fault() -> None:
    closed = shlex.join(COMMAND) + " {} 2>&1"
    for redirected in ("ask hello >&-", "ask hello <&-", "ask hello 2>&-", "ask --json hello >&-"):
        done = subprocess.run(["sh", "-c", shlex.join(COMMAND) + " " + redirected], capture_output=True, timeout=60)
        assert done.returncode == 0 and b"Traceback" not in done.stderr, redirected
    done = subprocess.run(["sh", "-c", closed.format("<&-")], capture_output=True, timeout=60)
    assert done.returncode == 2 and b"standard input is closed" in done.stdout


def test_an_interrupt_ends_quietly() -> None:
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A job in the background ignores interrupts, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b"hello\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"> hello\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert not FAULT.search(told)
    assert process.returncode == 130


def test_a_fault_of_the_program_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(Engine, "load", load)
    assert cli.main(["ask", "hello"]) == 70
    assert capsys.readouterr().err.splitlines()[0].endswith("ZeroDivisionError: boom")
    monkeypatch.setenv("FABELLA_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["ask", "hello"])


# --- terminals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "widest"), [(40, 40), (200, 96)])
@pytest.mark.parametrize(
    "options", [("How often does the fabella occur?",), ("--why", "What is the capital of France?")]
)
def test_lines_fit_the_terminal(columns: int, widest: int, options: Sequence[str]) -> None:
    shown = on_terminal("ask", *options, columns=columns)
    assert ESCAPE in shown
    lines = re.sub(r"\x1b\[[\d;]*m", "", shown).split("\n")
    assert max(map(len, lines)) <= widest


def test_a_wide_terminal_is_used() -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", on_terminal("ask", "How often does the fabella occur?", columns=200))
    assert 80 < max(len(line.rstrip()) for line in shown.split("\n")) <= 96


def test_no_color_leaves_text_alone() -> None:
    shown = on_terminal("ask", "How often does the fabella occur?", columns=40, env={"NO_COLOR": "1"})
    assert ESCAPE not in shown and "25 %" in shown
    assert max(map(len, shown.split("\n"))) <= 40
    assert ESCAPE in on_terminal("ask", "hello", columns=40, env={"NO_COLOR": ""})


# --- help, version, and what is imported ----------------------------------------------------------


def test_help_teaches_by_examples_that_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    done = run("--help")
    assert done.returncode == 0
    examples = re.findall(
        r"^  (?:echo .*\| )?python run_bot\.py ?(.*)$", done.stdout.split("examples:")[1], re.MULTILINE
    )
    assert len(examples) >= 8
    for example in examples:
        arguments.parser().parse_args(shlex.split(example.partition(" > ")[0]))
    assert {shlex.split(one)[0] for one in examples if one} >= {"ask", "check", "eval", "--library"}


def test_version() -> None:
    assert re.fullmatch(r"fabella \d+\.\d+\.\d+\S*\n", run("--version").stdout)


@pytest.mark.parametrize("options", [["ask", "what is the fabella"], ["ask", "--json", "--cite", "apa", "hello"]])
def test_a_plain_answer_imports_no_heavy_package(options: list[str]) -> None:
    code = (
        "import sys; from fabella.cli import main; main(sys.argv[1:]); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, timeout=60)
    heavy = {
        "prompt_toolkit",
        "rich",
        "sklearn",
        "scipy",
        "citeproc",
        "markdown_it",
        "frontmatter",
        "discord",
    }
    assert not heavy & set(re.findall(r"\w+", done.stderr))
    assert "fabella" in done.stderr


def test_run_bot_needs_no_installation() -> None:
    # -S: the editable installation is not seen; the packages that it needs are, by PYTHONPATH.
    command = [sys.executable, "-S", str(RUN), "ask", "what is the fabella"]
    packages = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    done = subprocess.run(command, capture_output=True, text=True, env=packages, cwd="/", timeout=60)
    assert done.returncode == 0 and "sesamoid" in done.stdout
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=bare, cwd="/", timeout=60)
    assert done.returncode == 2
    assert "is missing" in done.stderr and "Traceback" not in done.stderr
