"""The conversation in a terminal: keys, completion, commands, history; and the program on a real terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from fabella import Answer, Engine, repl
from fabella.screen import screen
from fabella.session import COMMANDS, Listing, Reply, Session
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

RUN = Path(__file__).resolve().parent.parent / "run_bot.py"
ORIGIN = "What is the origin of the gastrocnemius?"
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


class Seen:
    """A screen that remembers what it was shown."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    def show(self, reply: Reply) -> None:
        self.replies.append(reply)

    def echo(self, question: str) -> None:
        raise AssertionError("a person sees what they type")

    @property
    def questions(self) -> list[str]:
        return [one.question for one in self.replies if isinstance(one, Answer)]


def typed(engine: Engine, keys: str) -> Seen:
    """What is shown when a person types these keys and then nothing more."""
    seen = Seen()
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text(keys)
        assert repl.run(engine, seen) == 0
    return seen


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own for each test; gives the place of the history."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "fabella" / "history"


# --- keys -----------------------------------------------------------------------------------------


def test_questions_share_their_context_and_ctrl_d_leaves(engine: Engine) -> None:
    seen = typed(engine, f"{ORIGIN}\r\r   \rand the insertion?\r{CTRL_D}")
    assert seen.questions == [ORIGIN, "and the insertion?"]
    last = seen.replies[-1]
    assert isinstance(last, Answer) and "calcaneus" in last.text
    assert isinstance(seen.replies[0], Listing) and "muscles" in seen.replies[0].title


def test_ctrl_c_clears_the_line_and_goes_on(engine: Engine) -> None:
    assert typed(engine, f"what is half a {CTRL_C}hello\r{CTRL_D}").questions == ["hello"]


def test_ctrl_c_during_an_answer_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Session.reply

    def reply(self: Session, line: str) -> Reply:
        if line == "slow":
            raise KeyboardInterrupt
        return real(self, line)

    monkeypatch.setattr(Session, "reply", reply)
    assert typed(engine, f"slow\rhello\r{CTRL_D}").questions == ["hello"]


@pytest.mark.parametrize("word", ["/quit", "/exit", " /QUIT "])
def test_a_word_leaves_too(engine: Engine, word: str) -> None:
    assert typed(engine, f"{word}\rhello\r").questions == []


# --- history --------------------------------------------------------------------------------------


def test_history_lasts_and_is_nobody_elses(engine: Engine, state: Path) -> None:
    typed(engine, f"hello\r{CTRL_D}")
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert list(repl.history().load_history_strings()) == ["hello"]


def test_history_survives_surrogates(engine: Engine, state: Path) -> None:
    kept = repl.history()
    kept.store_string("fabella \udcff")
    assert b"fabella ?" in state.read_bytes()
    assert list(repl.history().load_history_strings()) == ["fabella ?"]


def test_without_a_place_for_it_history_is_kept_in_memory(
    engine: Engine, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state.mkdir(parents=True)
    assert isinstance(repl.history(), InMemoryHistory)
    assert str(state) in caplog.text
    assert typed(engine, f"hello\r{CTRL_D}").questions == ["hello"]


def test_a_history_that_can_no_longer_be_written_costs_no_answer(engine: Engine, state: Path) -> None:
    kept = repl.history()
    state.unlink()
    state.mkdir()
    kept.store_string("hello")


# --- completion -----------------------------------------------------------------------------------


def completed(engine: Engine, text: str, *, asked: bool = True) -> list[str]:
    """The lines that completing `text` leads to."""
    event = CompleteEvent(completion_requested=asked, text_inserted=not asked)
    found = repl.Names(engine).get_completions(Document(text), event)
    return [text[: len(text) + one.start_position] + one.text for one in found]


def test_structures_complete_anywhere_in_a_line(engine: Engine) -> None:
    assert completed(engine, "what is the gastroc") == ["what is the gastrocnemius"]
    assert completed(engine, "Gastroc") == ["Gastrocnemius"]
    assert completed(engine, "where is the calcaneal t") == ["where is the calcaneal tendon"]
    assert completed(engine, "insertion of the heel c") == ["insertion of the calcaneal tendon"]
    assert completed(engine, "what is the gastrocnemius ") == []
    assert completed(engine, "zzz") == completed(engine, "") == []


def test_nothing_pops_up_before_the_third_letter(engine: Engine) -> None:
    assert completed(engine, "fa", asked=False) == [] and completed(engine, "fa") == ["fabella"]
    assert completed(engine, "fab", asked=False) == ["fabella"]
    assert completed(engine, "achil", asked=False) == [] and completed(engine, "achil") == ["calcaneal tendon"]


def test_commands_and_their_arguments_complete(engine: Engine) -> None:
    assert set(completed(engine, "/")) == set(COMMANDS)
    assert completed(engine, "/so") == ["/sources"]
    assert completed(engine, "/cite a") == ["/cite ama", "/cite apa"]
    assert completed(engine, "/why a") == []


# --- commands -------------------------------------------------------------------------------------


def listing(session: Session, line: str) -> Listing:
    reply = session.reply(line)
    assert isinstance(reply, Listing)
    return reply


def test_commands_before_any_question(engine: Engine) -> None:
    for line in ("/why", "/sources"):
        assert listing(Session(engine), line).title == "Nothing has been asked yet."
    assert "/help" in listing(Session(engine), "/dance").title
    assert {label for label, _ in listing(Session(engine), "/help").rows} >= set(COMMANDS)


def test_sources_say_what_they_back(engine: Engine) -> None:
    session = Session(engine)
    answer = session.reply(ORIGIN)
    assert isinstance(answer, Answer)
    rows = listing(session, "/sources").rows
    assert [label for label, _ in rows if label] == [f"[{one.number}]" for one in answer.citations]
    said = " ".join(text for _, text in rows)
    assert all(one.text in said and one.passage in said for one in answer.statements)
    session.reply("What is the capital of France?")
    assert listing(session, "/sources").title == "The last answer cites nothing."


def test_why_explains_the_last_answer(engine: Engine) -> None:
    session = Session(engine)
    session.reply(ORIGIN)
    assert {"intents", "answerable", "evidence"} <= {label for label, _ in listing(session, "/why").rows}


def test_cite_prints_the_last_references_and_stays(engine: Engine) -> None:
    session = Session(engine)
    session.reply(ORIGIN)
    session.reply("and the insertion?")
    shown = listing(session, "/cite BibTeX")
    assert all(text.startswith("@") for _, text in shown.rows) and shown.rows
    answer = session.reply("what is the fabella")
    assert isinstance(answer, Answer) and answer.citations[0].text.startswith("@")
    assert "bibtex" in listing(session, "/cite mla").title and session.style == "bibtex"


def test_reset_forgets_the_conversation(engine: Engine) -> None:
    alone = engine.ask("and the insertion?", explain=True)
    session = Session(engine)
    session.reply(ORIGIN)
    session.reply("/reset")
    assert session.reply("and the insertion?") == alone
    assert listing(Session(engine), "/reset").rows == ()


def test_an_option_can_be_chosen_by_its_number(engine: Engine) -> None:
    session = Session(engine)
    asked = session.reply("and the insertion?")
    assert isinstance(asked, Answer) and asked.status == "clarify" and asked.options
    chosen = session.reply(str(len(asked.options)))
    assert isinstance(chosen, Answer) and chosen.question == asked.options[-1]


def test_what_only_looks_like_a_command_is_a_question(engine: Engine) -> None:
    for line in ("/", "/3 of people", "/usr/bin"):
        assert isinstance(Session(engine).reply(line), Answer)


# --- on a real terminal ---------------------------------------------------------------------------


class Screenful:
    """The program on a terminal of its own."""

    def __init__(self, columns: int, options: Sequence[str] = ()) -> None:
        self._parent, child = pty.openpty()
        termios.tcsetwinsize(child, (50, columns))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", str(RUN), *options],
            stdin=child, stdout=child, stderr=child, start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(child)
        self.text = ""

    def until(self, pattern: str, *, seconds: float = 20) -> str:
        """Read on until the pattern comes; gives what came since the last call, without escape codes."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self._parent], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{pattern!r} never came; there was {self.text!r}"
            try:
                piece = os.read(self._parent, 65536).decode(errors="replace")
            except OSError:
                piece = ""
            assert piece, f"it ended before {pattern!r}; there was {self.text!r}"
            self.text = re.sub(r"\x1b(\[[\d;?]*[A-Za-z]|\][^\x07]*\x07|[=>])", "", self.text + piece)
        held, self.text = self.text, ""
        return held

    def type(self, keys: str) -> None:
        os.write(self._parent, keys.encode())

    def leave(self) -> int:
        """Press Ctrl-D; gives the exit status."""
        self.type(CTRL_D)
        return self._process.wait(timeout=30)

    def __enter__(self) -> Screenful:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._parent)


PROMPT = r"\n\?"


@pytest.mark.usefixtures("engine")  # the cache is warm before the program starts
@pytest.mark.parametrize("columns", [40, 200])
def test_the_program_on_a_terminal(columns: int) -> None:
    with Screenful(columns) as screen:
        assert "muscles" in screen.until(r"leaves\.[\s\S]*" + PROMPT)
        screen.type("a line that nobody wants")
        screen.until("wants")
        screen.type(CTRL_C)
        screen.until(PROMPT)
        screen.type("What is the fabe")
        screen.until("fabella")  # the menu
        screen.type("\t")
        screen.until("lla")  # the line
        screen.type("\r")
        shown = screen.until(r"• [\s\S]*\[1\] Moore[\s\S]*" + PROMPT)
        assert "sesamoid" in shown and "Traceback" not in shown
        screen.type(UP)
        screen.until("What is the fabella")
        screen.type(CTRL_C)
        screen.until(PROMPT)
        screen.type("/why\r")
        screen.until(r"threshold[\s\S]*" + PROMPT)
        assert screen.leave() == 0


class Tty(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("style", ["ama", "bibtex"])
def test_a_terminal_shows_the_sources_that_plain_text_shows(engine: Engine, style: str) -> None:
    answer = engine.ask("does the gastrocnemius flex the knee?", style=style)
    assert any(one.locator for one in answer.citations)
    stream = Tty()
    screen(stream, no_color=True).show(answer)
    told = answer.text.partition("Sources\n")[2]
    assert "".join(stream.getvalue().split()).endswith("".join(told.split()))
