"""Answers as what Discord shows: their pages, and the buttons below them, as its API takes them.

Pure functions of the answer; nothing here knows a connection. What comes out keeps to every limit of Discord.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fabella import Answer, Question
from fabella.discord import ids
from fabella.discord.health import UNKEPT
from fabella.discord.inert import inert, literal
from fabella.discord.limits import LABEL, ROW, clip
from fabella.discord.pages import Page, pages

SHOWN = 3  # follow-up buttons of an answer
_GREY, _BLUE = 2, 1

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: the embeds of its pages, the first of which is shown, and its rows of buttons.

    `text` is the same in plain words, for a channel where embeds are not allowed.
    """

    pages: tuple[Page, ...]
    rows: tuple[tuple[Component, ...], ...] = ()
    text: str = ""


def reply(answer: Answer, follow_ups: Sequence[Question] = (), *, title: str | None = None) -> Reply:
    """The reply to a question. `follow_ups` become buttons; `title` stands for a question that nobody typed."""
    # A list is about no structure: what is suggested there concerns the first that it names.
    listed = answer.context.structure is None and bool(answer.statements)
    if answer.options:
        offers = _options(follow_ups)
    else:
        offers = () if listed else _follow_ups(follow_ups, answer.context.structure)
    if len(offers) < len(answer.options):  # some are no buttons: all are told
        lead = " ".join((answer.lead, *(f"{n}. {one}" for n, one in enumerate(answer.options, 1))))
        shown = replace(answer, lead=lead)
    else:
        shown = answer
    made = pages(shown, title if title is not None else answer.question)
    return Reply(made, tuple(row for row in (offers, _tools(answer)) if row), _plain(answer))


def page_row(key: str, at: int, count: int) -> tuple[Component, ...]:
    """The buttons that turn pages; `at` counts from 0."""
    moves = (("Previous", at - 1), ("Next", at + 1))
    return tuple(
        button(label, ids.custom_id(ids.PAGE, f"{key}:{to}"), disabled=not 0 <= to < count) for label, to in moves
    )


def button(
    label: str, custom_id: str | None, *, style: int = _GREY, emoji: str | None = None, disabled: bool = False
) -> Component:
    """A button as the API takes it."""
    made: Component = {"type": 2, "style": style, "custom_id": custom_id, "disabled": disabled}
    if label:
        made["label"] = clip(label, LABEL)
    if emoji is not None:
        made["emoji"] = {"name": emoji}
    return made


def delete_button(asker: int) -> Component:
    """The button by which the asker, or a moderator, takes an answer back."""
    return button("", ids.custom_id(ids.DELETE, str(asker)), emoji="🗑️")


def counted(count: int, noun: str) -> str:
    """A number of things: "1 vote", "2 votes"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _plain(answer: Answer) -> str:
    """The answer without embeds: what somebody wrote is as inert there."""
    return replace(
        answer,
        lead=inert(answer.lead),
        statements=tuple(replace(one, text=literal(one.text)) for one in answer.statements),
        options=tuple(map(inert, answer.options)),
        notes=tuple(map(inert, answer.notes)),
    ).text


def _options(asked: Sequence[Question]) -> tuple[Component, ...]:
    """The readings of an unclear question: by the structure alone, where that is what they differ in."""
    alike = len({one.intents for one in asked}) == 1 and len({one.structure for one in asked}) == len(asked)
    return _buttons([(one, one.structure or "") if alike else (one, one.text) for one in asked[:ROW]], _BLUE)


def _follow_ups(asked: Sequence[Question], structure: str | None) -> tuple[Component, ...]:
    """What else is answered: by the topic alone, where it is about the structure of the answer."""
    short = [(one, one.structure == structure and structure is not None) for one in asked[:SHOWN]]
    return _buttons(
        [(one, one.intents[0].replace("_", " ") if own and one.intents else one.text) for one, own in short], _GREY
    )


def _buttons(asked: Sequence[tuple[Question, str]], style: int) -> tuple[Component, ...]:
    shown: list[Component] = []
    for one, label in asked:
        kind, rest = (ids.ASK, ids.written(one)) if one.intents else (ids.TEXT, one.text)
        made = ids.custom_id(kind, rest)
        text = (label or one.text).strip()
        if made is not None and text and all(made != other["custom_id"] for other in shown):
            shown.append(button(text[:1].upper() + text[1:], made, style=style))
    return tuple(shown)


def _tools(answer: Answer) -> tuple[Component, ...]:
    """Ask on, the sources, and the votes."""
    told = Question(answer.context.intents, structure=answer.context.structure, parts=answer.context.parts)
    more = ids.custom_id(ids.MORE, ids.written(told)) or ids.custom_id(ids.MORE)
    row = [button("Ask more", more)]
    if answer.citations:
        cited = ids.packed((one.id for one in answer.citations), room=ids.ROOM)
        row.append(button("Sources", ids.custom_id(ids.SOURCES, cited)))
    if answer.status != "smalltalk" and answer.intent not in UNKEPT:  # a vote would say who asked of their health
        about = f"{answer.intent}: {answer.context.structure}" if answer.context.structure else answer.intent
        up, down = (ids.custom_id(kind, about) or ids.custom_id(kind, answer.intent) for kind in (ids.UP, ids.DOWN))
        row += [button("", up, emoji="👍"), button("", down, emoji="👎")]
    return tuple(row)
