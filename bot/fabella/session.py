"""A conversation with the engine, line by line, with slash commands. Knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabella_intents.question import Context

from fabella.answer import Answer, Step
from fabella.engine import STYLES, Engine

COMMANDS: Mapping[str, str] = {
    "/sources": "the sources of the last answer, and what each of them backs",
    "/why": "how the last question was read, and what was found",
    "/cite": f"print references in another style: {', '.join(STYLES)}",
    "/reset": "forget the conversation",
    "/help": "this list",
    "/quit": "leave (as Ctrl-D does)",
}
LEAVING = frozenset({"/quit", "/exit"})


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under a title: each a short label (may be empty) and a text."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()


Reply = Answer | Listing


class Session:
    """One person's conversation: context, last answer, citation style. Not to be shared between threads."""

    def __init__(self, engine: Engine, *, style: str = "ama") -> None:
        self._engine = engine
        self.style = style
        self._forget()

    def _forget(self) -> None:
        self._context = Context()
        self._asked: tuple[str, Context] | None = None
        self._last: Answer | None = None
        self._numbered: dict[str, str] = {}

    def reply(self, line: str) -> Reply:
        """The answer to a question (or to the number of an offered option), or what a "/" command gives."""
        words = line.split()
        if words and words[0].startswith("/") and words[0][1:].isalpha():
            return self._command(words[0].lower(), words[1:])
        line = self._numbered.get(line.strip(), line)
        self._asked = (line, self._context)
        self._last = self._engine.ask(line, context=self._context, style=self.style, explain=True)
        self._context = self._last.context
        self._numbered = {str(n): option for n, option in enumerate(self._last.options, 1)}
        return self._last

    def _command(self, name: str, words: list[str]) -> Reply:
        if name == "/help":
            return Listing("Ask in your own words, or type", (*COMMANDS.items(), ("", covered(self._engine))))
        if name == "/reset":
            self._forget()
            return Listing("Forgotten. The next question stands alone.")
        if name == "/cite":
            return self._cite(words)
        if name not in ("/why", "/sources"):
            return Listing(f"There is no command {name}; /help lists them.")
        if self._last is None:
            return Listing("Nothing has been asked yet.")
        return why(self._last.why) if name == "/why" else sources(self._last)

    def _cite(self, words: list[str]) -> Reply:
        chosen = words[0].lower() if len(words) == 1 else ""
        if chosen not in STYLES:
            return Listing(f"Style: {self.style}. Choose with {', '.join(f'/cite {one}' for one in STYLES)}.")
        self.style = chosen
        if self._asked is None:
            return Listing(f"References are printed in the style {chosen} from now on.")
        question, before = self._asked
        self._last = self._engine.ask(question, context=before, style=chosen, explain=True)
        return references(self._last)


def covered(engine: Engine) -> str:
    """One sentence on what the library holds."""
    return engine.coverage


def references(answer: Answer) -> Listing:
    """The references of an answer alone, ready to be copied."""
    if not answer.citations:
        return Listing("The last answer cites nothing.")
    return Listing("References", tuple((f"[{one.number}]", one.text) for one in answer.citations))


def sources(answer: Answer) -> Listing:
    """Each source of an answer with its locator and the statements and passages that it backs."""
    if not answer.citations:
        return Listing("The last answer cites nothing.")
    rows: list[tuple[str, str]] = []
    for source in answer.citations:
        rows.append((f"[{source.number}]", source.text + (f" [{source.locator}]" if source.locator else "")))
        if source.url and source.url not in source.text:
            rows.append(("", source.url))
        for one in answer.statements:
            if source.number in one.citations:
                rows.append(("", f"backs: {one.text}" + (f" (passage {one.passage})" if one.passage else "")))
    return Listing("Sources", tuple(rows))


def why(steps: tuple[Step, ...]) -> Listing:
    """The steps from the question to its answer."""
    return Listing("How this was read", tuple((one.name, one.value) for one in steps))
