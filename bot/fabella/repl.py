"""The conversation in a terminal: history, completion, Ctrl-C and Ctrl-D. Imported only for a terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from fabella.engine import STYLES, Engine
from fabella.screen import Screen
from fabella.session import COMMANDS, LEAVING, Listing, Session, covered

_LOG = logging.getLogger(__name__)
_LONGEST = 4  # words of a name that is being typed


def run(engine: Engine, screen: Screen, *, style: str = "ama") -> int:
    """Ask and answer until Ctrl-D or /quit; 0. Ctrl-C drops the line, or the answer that is being made."""
    talk = Session(engine, style=style)
    prompt: PromptSession[str] = PromptSession(
        FormattedText([("bold", "? ")]),
        history=history(),
        completer=Names(engine),
        reserve_space_for_menu=5,
        complete_while_typing=True,
    )
    screen.show(Listing(f"Fabella {_version()}. {covered(engine)} Ask, or type /help; Ctrl-D leaves."))
    while True:
        try:
            line = prompt.prompt().strip()
            if line.lower() in LEAVING:
                return 0
            if line:
                screen.show(talk.reply(line))
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0


class Names(Completer):
    """Completes commands at the start of a line, and the name of a structure anywhere in it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Commands and styles after a slash; else names that begin with what is typed.

        Unasked from the third letter on; with Tab from the first, and where no name begins so, by aliases.
        """
        typed = document.text_before_cursor.lstrip()
        if typed.startswith("/"):
            command, space, rest = typed.partition(" ")
            choices: Iterable[str] = COMMANDS if not space else STYLES if command == "/cite" else ()
            begun = rest if space else command
            yield from (
                Completion(one, -len(begun), display_meta=COMMANDS.get(one, ""))
                for one in choices
                if one.startswith(begun.lower())
            )
            return
        least = 1 if complete_event.completion_requested else 3
        for tail in _tails(typed):
            if len(tail) < least:
                return
            first, _, further = tail.partition(" ")
            if further and not self._engine.complete(first, slips=False):
                continue  # "the gastroc" is near a name, but "the" begins none
            found = self._engine.complete(tail, slips=not further)
            names = tuple(one for one in found if one.lower().startswith(tail.lower()))
            if not names and complete_event.completion_requested:
                names = found
            if names:
                cased = (name if tail[0].isupper() else name.lower() for name in names)
                yield from (Completion(name, -len(tail)) for name in cased if name != tail)
                return


def _tails(typed: str) -> Iterable[str]:
    """The ends of a line that may be the beginning of a name: several words first, the last word last."""
    words = typed.split(" ")
    if not words[-1]:
        return ()
    return (" ".join(words[-n:]) for n in range(min(_LONGEST, len(words)), 0, -1))


class _Kept(FileHistory):
    """A history file that never costs an answer: what cannot be written is left out."""

    def store_string(self, string: str) -> None:
        try:
            super().store_string(string.encode("utf-8", "replace").decode("utf-8"))
        except OSError as error:
            _LOG.debug("history %s cannot be written: %s", self.filename, error)


def history() -> History:
    """The history in the user's state folder, for its owner alone; in memory where that can't be written."""
    place = user_state_path("fabella", appauthor=False) / "history"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        with place.open("ab"):
            pass
    except OSError as error:
        _LOG.warning("no history is kept, %s cannot be written: %s", place, error.strerror or error)
        return InMemoryHistory()
    return _Kept(str(place))


def _version() -> str:
    try:
        return version("fabella")
    except PackageNotFoundError:
        return "(not installed)"
