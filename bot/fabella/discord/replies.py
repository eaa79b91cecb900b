"""Answers as what Discord shows: pages of an embed with numbered citations, sources as links, and buttons.

Pure functions of the answer; nothing here knows a connection. What comes out keeps to every limit of Discord.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
LONGEST = 6000  # characters of a page at most
_LABELLED = 70  # characters of a statement's label that is set in bold
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
    blocks = _blocks(answer)
    pages = [_page(heading, block, answer.citations) for block in _paged(blocks)]
    about = _about(answer)
    rows = (_offers(answer, follow_ups), _tools(answer, about))
    return Reply(tuple(pages), tuple(row for row in rows if row), answer.text, about)


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
        lines = [f"```bibtex\n{one.text.replace('```', '')}\n```" for one in sources]
    else:
        lines = [f"- {literal(one.text)}" for one in sources]
    shown = [card("Sources", block) for block in _paged([[clip(one, _PAGE)] for one in lines])]
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


def _blocks(answer: Answer) -> list[list[str]]:
    """The lines of an answer in groups that are not parted between pages."""
    blocks = [[f"**{inert(answer.lead)}**"]] if answer.lead else []
    if answer.table is not None:
        for at, column in enumerate(answer.table.columns):
            rows = [[_row(label, cells[at])] for label, cells in answer.table.rows if cells[at]]
            blocks += [[*([""] if blocks else []), f"**{literal(column)}**", *(rows[0] if rows else ())], *rows[1:]]
    else:
        blocks += _statements(answer.statements)
    blocks += [[f"{n}. {inert(one)}"] for n, one in enumerate(answer.options, 1)]
    notes = [f"*{inert(one)}*" for one in answer.notes]
    blocks += [["", *notes] if blocks else notes] if notes else []
    return blocks or [["…"]]


def _row(label: str, cell: Sequence[Statement]) -> str:
    said = "; ".join(f"{literal(one.text)} {numbers(one.citations)}" for one in cell)
    return f"- **{label}**: {said}"


def _statements(statements: Sequence[Statement]) -> list[list[str]]:
    """A line for each; several in a row with one label stand below it."""
    blocks: list[list[str]] = []
    for label, run in itertools.groupby(statements, key=_label):
        held = tuple(run)
        texts = [one.text[len(label) + 2 :] if label else one.text for one in held]
        lines = [f"{literal(text)} {numbers(one.citations)}" for text, one in zip(texts, held, strict=True)]
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


def _paged(blocks: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines on pages of at most `_PAGE` characters."""
    pages: list[list[str]] = [[]]
    size = 0
    for block in blocks:
        length = sum(len(line) + 1 for line in block)
        if pages[-1] and size + length > _PAGE:
            pages.append([])
            size = 0
        pages[-1] += [clip(line, _PAGE) for line in block]
        size += length
    return pages


def _page(title: str, lines: Sequence[str], sources: Sequence[Source]) -> dict[str, Any]:
    page = card(title, lines, footer=FOOTER)
    text = page["description"]
    cited = [one for one in sources if f"[{one.number}]" in text]
    fields = _source_fields(cited)
    return {**page, "fields": fields} if fields else page


def _source_fields(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """The sources of a page in fields; where they are too many, the last line says how many the button tells."""
    values: list[str] = [""]
    shown = 0
    for one in sources:
        line = _source(one)
        if len(values[-1]) + len(line) + 1 > FIELD_VALUE - 40:  # room for the last line
            if len(values) == _SOURCES:
                break
            values.append("")
        values[-1] += f"\n{line}" if values[-1] else line
        shown += 1
    if shown < len(sources):
        values[-1] += f"\nand {len(sources) - shown} more: *Sources*"
    return [{"name": "Sources" if n == 0 else "\u200b", "value": one, "inline": False} for n, one in
            enumerate(values) if one]  # fmt: skip


def _source(one: Source) -> str:
    label = literal(one.label).replace("[", "(").replace("]", ")")
    place = f", {literal(one.locator)}" if one.locator else ""
    linked = one.url.startswith(("http://", "https://")) and len(one.url) < 400 and not set(" ()<>") & set(one.url)
    return f"[{one.number}] {f'[{label}]({one.url})' if linked else label}{clip(place, 120)}"


def _offers(answer: Answer, follow_ups: Sequence[Question]) -> tuple[Component, ...]:
    shown: list[Component] = []
    for one in follow_ups[: ROW if answer.options else SHOWN]:
        kind, rest = (ids.ASK, ids.written(one)) if one.intents else (ids.TEXT, one.text)
        made = ids.custom_id(kind, rest)
        if made is not None and all(made != other["custom_id"] for other in shown):
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
        up, down = (ids.custom_id(kind, about) for kind in (ids.UP, ids.DOWN))
        row += [button("", up, emoji="👍"), button("", down, emoji="👎")]
    return tuple(row)
