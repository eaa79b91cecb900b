"""Scores the engine on question files, so that whoever writes an article can test it.

A file holds one JSON object a line: `q`, `class`, `must` (groups of regexes: one of each is in the text),
`must_not`, `cite` (one of each is in the references), and optionally `id`, `style`, `statements` (regexes,
one for each statement that the answer needs) and `allowed` (regexes of further statements that do no harm).
`repeat` asks `q` so many times in one question. A line with `turns` is a conversation of such objects.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fabella_intents.question import Context
from fabella_knowledge.errors import one_line

from fabella.answer import Answer
from fabella.batch import objects
from fabella.engine import Engine

KINDS = ("answer", "needs_atlas", "premise", "refuse", "smalltalk")
_GIVEN = ("answered", "corrected")
_REPEATS = 1000  # a question is cut long before; more would only fill the memory
# Look-alikes that a regex writes in plain ASCII.
_FOLD = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2212": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u00ad": None,
        "\u200b": None,
    }
)
Group = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and what a right answer to it holds. `statements` is None where nobody labelled them."""

    id: str
    question: str
    kind: str
    style: str
    must: tuple[Group, ...] = ()
    must_not: tuple[Group, ...] = ()
    cite: tuple[Group, ...] = ()
    statements: tuple[Group, ...] | None = None
    allowed: tuple[Group, ...] = ()
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer and what is wrong with it; nothing missed means that it is right."""

    gold: Gold
    answer: Answer
    missed: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the answer is what the gold asks for."""
        return not self.missed


def read(lines: Iterable[bytes], *, name: str, report: Callable[[str], None]) -> Iterator[Gold]:
    """The questions of a file in their order. `report` gets "name:line: problem" for what cannot be read."""
    for line in objects(lines):
        if line.body is None:
            report(f"{name}:{line.number}: {line.problem}")
            continue
        body, shown = line.body, f"{name}:{line.number}"
        label = str(body.get("id") or shown)
        turns = body.get("turns")
        if turns is not None and not isinstance(turns, list):
            report(f'{shown}: "turns" is no list')
            continue
        talk = None if turns is None else f"{shown} {label}"
        found: list[Gold] = []
        try:
            if turns is None:
                found.append(_gold(body, label, body, None))
            else:
                found += [_gold(turn, f"{label}#{n}", body, talk) for n, turn in enumerate(turns, 1)]
        except ValueError as error:
            report(one_line(f"{shown}: {error}"))
            continue
        yield from found


def _gold(body: Any, label: str, around: Mapping[str, Any], talk: str | None) -> Gold:
    if not isinstance(body, dict) or not isinstance(body.get("q"), str):
        raise ValueError('no "q"')
    if body.get("class") not in KINDS:
        raise ValueError(f'"class" is {body.get("class")!r}, known are {", ".join(KINDS)}')
    times = body.get("repeat") or 1
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= _REPEATS:
        raise ValueError(f'"repeat" is {times!r:.60}, known are 1 to {_REPEATS}')
    groups = {key: _groups(body.get(key), key) for key in ("must", "must_not", "cite", "statements", "allowed")}
    return Gold(
        label,
        " ".join([body["q"]] * times),
        body["class"],
        str(body.get("style") or around.get("style") or "-"),
        groups["must"],
        groups["must_not"],
        groups["cite"],
        groups["statements"] if body.get("statements") is not None else None,
        groups["allowed"],
        talk,
    )


def _groups(value: object, key: str) -> tuple[Group, ...]:
    """Groups of alternatives; a text alone is a group of one."""
    made = []
    if value is not None and not isinstance(value, list):
        raise ValueError(f'"{key}" is no list')
    for item in value or ():
        alternatives = [item] if isinstance(item, str) else item
        if (
            not isinstance(alternatives, list)
            or not alternatives
            or not all(isinstance(x, str) and x for x in alternatives)
        ):
            raise ValueError(f'"{key}" holds an empty or wrong group: {item!r}')
        try:
            made.append(tuple(map(_regex, alternatives)))
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f'"{key}" holds a regex that cannot be read: {item!r}: {error}') from None
    return tuple(made)


def _regex(written: str) -> re.Pattern[str]:
    """The regex, read in silence: Python warns of what a later version may read otherwise ("[[a]")."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(written, re.IGNORECASE | re.DOTALL)


def evaluate(engine: Engine, golds: Iterable[Gold], *, step: Callable[[], None] = lambda: None) -> tuple[Outcome, ...]:
    """Ask every question, turns with the context of their conversation. `step` is called after each."""
    contexts: dict[str, Context] = {}
    made = []
    for gold in golds:
        answer = engine.ask(gold.question, context=contexts.get(gold.conversation or ""))
        if gold.conversation is not None:
            contexts[gold.conversation] = answer.context
        made.append(Outcome(gold, answer, judge(gold, answer)))
        step()
    return tuple(made)


def judge(gold: Gold, answer: Answer) -> tuple[str, ...]:
    """What is wrong with an answer, in words; empty when it is right.

    "answer" and "needs_atlas" need an answer with every `must`, no `must_not`, every `cite` and a citation;
    "refuse" and "smalltalk" anything but an answer; "premise" a refusal, or an answer with every `must` and
    no `must_not`.
    """
    given = answer.status in _GIVEN
    if gold.kind in ("refuse", "smalltalk"):
        return (f"status {answer.status}",) if given else ()
    if gold.kind == "premise" and answer.status == "refused":
        return ()
    if not given:
        return (f"status {answer.status}",)
    text = answer.text
    missed = [f"must {_shown(one)}" for one in gold.must if not matches(one, text)]
    missed += [f"must_not {_shown(one)}" for one in gold.must_not if matches(one, text)]
    if gold.kind != "premise":
        cited = [one.text for one in answer.citations if one.text.strip()]
        missed += [] if cited else ["no citation"]
        missed += [f"cite {_shown(one)}" for one in gold.cite if not matches(one, "\n".join(cited))]
    return tuple(missed)


def matches(group: Group, text: str) -> bool:
    """Whether an alternative is found in `text`, as it stands or with look-alike characters in ASCII."""
    folded = text.translate(_FOLD)
    return any(one.search(text) or one.search(folded) for one in group)


def _shown(group: Group) -> str:
    return "|".join(one.pattern for one in group)
