"""Answers as what Discord shows: pages of an embed with numbered citations, sources as links, and buttons.

Pure functions of the answer; nothing here knows a connection. What comes out keeps to every limit of Discord.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fabella import Answer, Question, Source, Statement
from fabella.discord import ids
from fabella.discord.inert import inert, literal
from fabella.discord.limits import DESCRIPTION, FIELD_VALUE, LABEL, ROW, TITLE, clip
from fabella.rendering import numbers

COLOUR = 0x2E9E8F  # reads on dark and on light
FOOTER = "Anatomy from cited texts. Not medical advice."
SHOWN = 3  # follow-up buttons of an answer
_PAGE = 2400  # characters of statements on a page: two screens of a phone
_SOURCES = 3  # fields of sources on a page
_FIELD = FIELD_VALUE - 40  # characters of one of these, with room for a last line
_CITED = re.compile(r"\[(\d+)\]")
LONGEST = 6000  # characters of a page at most
_LABELLED = 70  # characters of a statement's label that is set in bold
_BESIDE = 200  # characters that a line has room for beside a statement and its marks
_NAMED = 100  # characters of a source's name, and of a place in it
_GREY, _BLUE = 2, 1
_UNRATED = frozenset({"personal", "treatment", "dose", "injection", "disease"})  # a vote would say who asked of it

Component = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: the embeds of its pages and its rows of buttons, as Discord's API takes them. `text` is the same in
    plain words, for a channel where embeds are not allowed. The first page is shown, the others on request.
    """

    pages: tuple[dict[str, Any], ...]
    rows: tuple[tuple[Component, ...], ...] = ()
    text: str = ""
    about: str = ""


def reply(answer: Answer, follow_ups: Sequence[Question] = (), *, title: str | None = None) -> Reply:
    """The reply to a question. `follow_ups` become buttons; `title` stands for a question that nobody typed."""
    heading = clip(inert(title if title is not None else answer.question), TITLE) or "Fabella"
    sources = {one.number: _source(one) for one in answer.citations}
    pages = [_page(heading, lines, sources) for lines in _paged(_blocks(answer), sources)]
    about = _about(answer)
    rows = (_offers(answer, follow_ups), _tools(answer, about))
    return Reply(tuple(pages), tuple(row for row in rows if row), _plain(answer), about)


def numbered(pages: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The pages with their numbers in the footer, where there are several."""
    if len(pages) < 2:
        return tuple(pages)
    return tuple(
        {**page, "footer": {"text": f"Page {n} of {len(pages)} · {FOOTER}"}} for n, page in enumerate(pages, 1)
    )


def card(title: str, lines: Iterable[str], *, footer: str = "") -> dict[str, Any]:
    """An embed of fixed sentences: what is told beside answers. The lines may hold Markdown."""
    made: dict[str, Any] = {
        "type": "rich",
        "title": clip(title, TITLE),
        "description": clip("\n".join(lines), DESCRIPTION),
        "color": COLOUR,
    }
    return {**made, "footer": {"text": footer}} if footer else made


def references(sources: Sequence[Source], style: str) -> tuple[dict[str, Any], ...]:
    """Pages of full references, for a reader who wants to look them up or to cite them."""
    if style == "bibtex":
        lines = [f"```bibtex\n{clip(one.text.replace('```', ''), _PAGE - _BESIDE)}\n```" for one in sources]
    else:
        lines = [f"- {literal(one.text)}" for one in sources]
    shown = [card("Sources", block) for block in _paged([[one] for one in lines])]
    return numbered([{**page, "footer": {"text": FOOTER}} for page in shown])


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


def _about(answer: Answer) -> str:
    """What an answer was about, as votes count it: "origin: gastrocnemius"."""
    structure = answer.context.structure
    return f"{answer.intent}: {structure}" if structure else answer.intent


def _plain(answer: Answer) -> str:
    """The answer without embeds: what somebody wrote is as inert there."""
    return replace(
        answer,
        lead=inert(answer.lead),
        statements=tuple(replace(one, text=literal(one.text)) for one in answer.statements),
        options=tuple(map(inert, answer.options)),
        notes=tuple(map(inert, answer.notes)),
    ).text


def _blocks(answer: Answer) -> list[list[str]]:
    """The lines of an answer in groups that are not parted between pages."""
    blocks = [[f"**{clip(lead, _PAGE - _BESIDE)}**"] for lead in (inert(answer.lead),) if lead]
    if answer.table is not None:
        for at, column in enumerate(answer.table.columns):
            rows = [[line] for label, cells in answer.table.rows if cells[at] for line in _row(label, cells[at])]
            blocks += [[*([""] if blocks else []), f"**{literal(column)}**", *(rows[0] if rows else ())], *rows[1:]]
    else:
        blocks += _statements(answer.statements)
    blocks += [[f"{n}. {inert(one)}"] for n, one in enumerate(answer.options, 1)]
    notes = [f"*{clip(note, _PAGE - _BESIDE)}*" for note in map(inert, answer.notes) if note]
    blocks += [["", *notes] if blocks else notes] if notes else []
    return blocks or [["…"]]


def _row(label: str, cell: Sequence[Statement]) -> list[str]:
    """A row of a table in a line, or where that is too long in one for each statement."""
    bold = f"**{literal(clip(label, _LABELLED))}**"
    told = [_told(one, one.text) for one in cell]
    whole = f"- {bold}: {'; '.join(told)}"
    return [whole] if len(whole) <= _PAGE else [f"- {bold}: {one}" for one in told]


def _told(one: Statement, text: str) -> str:
    """What a statement says, or a part of it, with its marks, which stay where it is too long for a page."""
    marks = numbers(one.citations)
    return f"{clip(literal(text), max(_BESIDE, _PAGE - _BESIDE - len(marks)))} {marks}"


def _statements(statements: Sequence[Statement]) -> list[list[str]]:
    """A line for each; several in a row with one label stand below it."""
    blocks: list[list[str]] = []
    for label, run in itertools.groupby(statements, key=_label):
        held = tuple(run)
        lines = [_told(one, one.text[len(label) + 2 :] if label else one.text) for one in held]
        bold = f"**{literal(label)}**"
        if label and len(lines) > 1:
            blocks += [[bold, f"- {lines[0]}"], *([f"- {line}"] for line in lines[1:])]
        else:
            blocks += [[f"- {bold}: {line}" if label else f"- {line}"] for line in lines]
    return blocks


def _label(one: Statement) -> str:
    """What stands before the colon: "Soleus, origin"; empty where that is no label."""
    label, colon, _ = one.text.partition(": ")
    return label if colon and len(label) <= _LABELLED else ""


def _paged(blocks: Sequence[Sequence[str]], sources: Mapping[int, str] | None = None) -> list[list[str]]:
    """The lines on pages of at most `_PAGE` characters, where the sources that a page cites have room below it."""
    pages: list[list[str]] = [[]]
    size = 0
    cited: set[int] = set()
    for part in _parts(blocks):
        length = sum(len(line) + 1 for line in part)
        named = {int(one) for line in part for one in _CITED.findall(line)} if sources else set()
        if pages[-1] and (size + length > _PAGE or len(_fields(sources or {}, cited | named)) > _SOURCES):
            pages.append([])
            size, cited = 0, set()
        pages[-1] += part
        size += length
        cited |= named
    return pages


def _parts(blocks: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The blocks, none longer than a page: one that is longer is parted line by line."""
    for block in blocks:
        lines = [clip(line, _PAGE) for line in block]
        if sum(len(line) + 1 for line in lines) <= _PAGE:
            yield lines
        else:
            yield from ([line] for line in lines if line)


def _page(title: str, lines: Sequence[str], sources: Mapping[int, str]) -> dict[str, Any]:
    page = card(title, lines, footer=FOOTER)
    cited = {int(one) for one in _CITED.findall(page["description"])}
    fields = _fields(sources, cited)
    left = sum(map(len, fields[_SOURCES:]))
    values = ["\n".join(one) for one in fields[:_SOURCES]]
    if left:
        values[-1] += f"\nand {left} more: *Sources*"
    named = [{"name": "\u200b" if n else "Sources", "value": one, "inline": False} for n, one in enumerate(values)]
    return {**page, "fields": named} if named else page


def _fields(sources: Mapping[int, str], cited: set[int]) -> list[list[str]]:
    """The sources of a page in its fields; those beyond the last one that it has are not shown."""
    fields: list[list[str]] = []
    size = _FIELD
    for line in (line for number, line in sources.items() if number in cited):
        size += len(line) + 1
        if size > _FIELD:
            fields.append([])
            size = len(line)
        fields[-1].append(line)
    return fields


def _source(one: Source) -> str:
    label = literal(clip(one.label or one.id, _NAMED).replace("[", "(").replace("]", ")"))
    place = f", {literal(clip(one.locator, _NAMED))}" if one.locator else ""
    linked = one.url.startswith(("http://", "https://")) and len(one.url) < 400 and not re.search(r"[\s()<>]", one.url)
    return f"[{one.number}] {f'[{label}]({one.url})' if linked else label}{place}"


def _offers(answer: Answer, follow_ups: Sequence[Question]) -> tuple[Component, ...]:
    shown: list[Component] = []
    for one in follow_ups[: ROW if answer.options else SHOWN]:
        kind, rest = (ids.ASK, ids.written(one)) if one.intents else (ids.TEXT, one.text)
        made = ids.custom_id(kind, rest)
        if made is not None and one.text.strip() and all(made != other["custom_id"] for other in shown):
            shown.append(button(one.text, made, style=_BLUE if answer.options else _GREY))
    return tuple(shown)


def _tools(answer: Answer, about: str) -> tuple[Component, ...]:
    """Ask on, the sources, and the votes."""
    told = Question(answer.context.intents, structure=answer.context.structure, parts=answer.context.parts)
    more = ids.custom_id(ids.MORE, ids.written(told)) or ids.custom_id(ids.MORE)
    row = [button("Ask more", more)]
    if answer.citations:
        cited = ids.packed((one.id for one in answer.citations), room=ids.ROOM)
        row.append(button("Sources", ids.custom_id(ids.SOURCES, cited)))
    if answer.status != "smalltalk" and answer.intent not in _UNRATED:
        up, down = (ids.custom_id(kind, about) or ids.custom_id(kind, answer.intent) for kind in (ids.UP, ids.DOWN))
        row += [button("", up, emoji="👍"), button("", down, emoji="👎")]
    return tuple(row)
