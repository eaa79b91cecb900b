"""Answers many questions: JSON lines in, JSON lines out, one conversation after the other or interleaved.

A line is `{"question": ..., "id": ...?, "conversation": ...?}`; the questions of one conversation share their
context, in the order of the lines.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from fabella_intents.question import Context
from fabella_knowledge.errors import one_line

from fabella.answer import Answer
from fabella.engine import Engine

_PATIENCE = 2.0  # seconds before progress is shown
_PACE = 0.2  # seconds between two changes of it
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """An object read from a line, or made for it; `problem` says why there is none. Numbers count from 1."""

    number: int
    body: dict[str, Any] | None
    problem: str = ""


def objects(lines: Iterable[bytes]) -> Iterator[Line]:
    """The JSON objects of the lines, in order, without empty lines. Non-UTF-8 bytes become surrogates."""
    for number, raw in enumerate(lines, 1):
        if number == 1:
            raw = raw.removeprefix(_MARK)
        if not raw.strip():
            continue
        try:
            text = raw.decode("utf-8", "surrogateescape")
            body = json.loads(text, parse_float=_finite, parse_constant=_finite)
        except ValueError as error:
            yield Line(number, None, f"no JSON: {error}")
        except RecursionError:
            yield Line(number, None, "no JSON that can be read: nested too deeply")
        else:
            yield Line(number, body) if isinstance(body, dict) else Line(number, None, "no JSON object")


def _finite(written: str) -> float:
    """The number that is written so.

    Raises:
        ValueError: NaN, an infinity, or a number that would become one: an answer could not give it back as JSON.
    """
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written:.20} is no finite number")
    return number


def answers(engine: Engine, lines: Iterable[bytes], *, style: str = "ama", why: bool = False) -> Iterator[Line]:
    """The answer to each line, in order, as the JSON object to print. See `to_json` for `why`."""
    contexts: dict[str, Context] = {}
    for line in objects(lines):
        problem = line.problem or lacking(line.body or {}, "question", texts=("id", "conversation"))
        if problem or line.body is None:
            yield Line(line.number, None, problem)
            continue
        talk = line.body.get("conversation")
        before = None if talk is None else contexts.get(str(talk))
        try:
            answer = engine.ask(line.body["question"], context=before, style=style, explain=why)
        except Exception as error:  # one question must not cost the answers to the others
            yield Line(line.number, None, f"not answered: {type(error).__name__}: {error}")
            continue
        if talk is not None:
            contexts[str(talk)] = answer.context
        yield Line(line.number, to_json(answer, id=line.body.get("id"), why=why))


def to_json(answer: Answer, *, id: str | float | None = None, why: bool = False) -> dict[str, Any]:
    """The JSON object of an answer. An `id` that is a number stays one; `why` adds the explanation."""
    body = answer.to_dict(id=None if id is None else str(id))
    if id is not None:
        body["id"] = id
    if why:
        body["why"] = [{"name": one.name, "value": one.value} for one in answer.why]
    return body


def lacking(body: Mapping[str, Any], wanted: str, *, texts: Sequence[str]) -> str:
    """What keeps an object from being a line of a batch: `wanted` must be a text, `texts` may be or a number; or ""."""
    if not isinstance(body.get(wanted), str):
        return f'no "{wanted}"' if wanted not in body else f'"{wanted}" is no text'
    for key in texts:
        if isinstance(body.get(key), bool) or not isinstance(body.get(key), str | int | float | None):
            return f'"{key}" is neither a text nor a number'
    return ""


def write(found: Iterable[Line], out: TextIO, err: TextIO, *, name: str) -> bool:
    """Write the objects to `out`, what is wrong with a line to `err`; true when every line got an object."""
    complete = True
    progress = Progress(err)
    for line in found:
        if line.body is None:
            progress.clear()
            err.write(f"{name}:{line.number}: {one_line(line.problem)}\n")
            complete = False
        else:
            out.write(dump(line.body, encoding=out.encoding) + "\n")
            out.flush()  # whoever writes one question and waits gets its answer
        progress.step()
    progress.clear()
    return complete


def dump(body: dict[str, Any], *, encoding: str | None = "utf-8") -> str:
    """Compact JSON on one line; with \\u escapes only where `encoding` or a lone surrogate demands them."""
    if (encoding or "").lower().replace("-", "") == "utf8":
        text = json.dumps(body, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return json.dumps(body)


class Progress:
    """A count on one line of a terminal, from the second second on. Nothing where `stream` is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._wanted = stream.isatty()
        self._begun = time.monotonic()
        self._shown = 0.0
        self._count = 0

    def step(self) -> None:
        """One more is done."""
        self.reach(self._count + 1)

    def reach(self, count: int) -> None:
        """So many are done."""
        self._count = count
        if not self._wanted:
            return
        now = time.monotonic()
        if now - self._begun >= _PATIENCE and now - self._shown >= _PACE:
            self._shown = now
            rate = self._count / (now - self._begun)
            self._stream.write(f"\r{self._count} done, {rate:.0f} a second\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = 0.0
