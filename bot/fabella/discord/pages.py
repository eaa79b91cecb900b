"""Answers as pages of an embed: statements with numbered citations, and the sources of each page as links below it.

Pure functions. What comes out keeps to every limit of Discord.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fabella import Answer, Source, Statement
from fabella.discord.inert import inert, literal
from fabella.discord.limits import DESCRIPTION, FIELD_VALUE, TITLE, clip
from fabella.rendering import numbers

COLOUR = 0x2E9E8F  # reads on dark and on light
FOOTER = "From cited texts. Not medical advice."
_PAGE = 1500  # characters of statements on a page: about two screens of a phone
_LONGEST = 2400  # characters of a line
_SOURCES = 3  # fields of sources on a page
_FIELD = FIELD_VALUE - 40  # characters of one of these, with room for a last line
_CITED = re.compile(r"(?<!\\)\[(\d+)\]")  # not what a text itself says
_LABELLED = 70  # characters of a statement's label that is set in bold
_BESIDE = 200  # characters that a line has room for beside a statement and its marks
_NAMED = 100  # characters of a source's name, and of a place in it
_LINK = 400  # characters of an address that is linked

Page = dict[str, Any]


def pages(answer: Answer, title: str) -> tuple[Page, ...]:
    """The pages of an answer; `title` is its question, or what was looked up."""
    heading = clip(inert(title), TITLE) or "Fabella"
    sources = {one.number: _source(one) for one in answer.citations}
    return tuple(_page(heading, lines, sources) for lines in _paged(_blocks(answer, heading), sources))


def numbered(made: Sequence[Page]) -> tuple[Page, ...]:
    """The pages with their numbers in the footer, where there are several."""
    if len(made) < 2:
        return tuple(made)
    return tuple({**page, "footer": {"text": f"Page {n} of {len(made)} · {FOOTER}"}} for n, page in enumerate(made, 1))


def together(made: Sequence[Page], room: int) -> tuple[Page, ...]:
    """As many of the first pages as a message of `room` characters holds; the last one says what is left out."""
    shown: list[Page] = []
    for page in made[:10]:
        room -= _size(page) + len("The rest could not be kept. ")
        if room < 0:
            break
        shown.append(page)
    if shown and len(shown) < len(made):
        footer = f"The rest could not be kept. {shown[-1]['footer']['text']}"
        shown[-1] = {**shown[-1], "footer": {"text": footer}}
    return tuple(shown)


def card(title: str, lines: Iterable[str], *, footer: str = "") -> Page:
    """An embed of fixed sentences: what is told beside answers. The lines may hold Markdown."""
    made: Page = {
        "type": "rich",
        "title": clip(title, TITLE),
        "description": clip("\n".join(lines), DESCRIPTION),
        "color": COLOUR,
    }
    return {**made, "footer": {"text": footer}} if footer else made


def references(
    sources: Sequence[Source], style: str, marks: Mapping[str, Sequence[int]] | None = None
) -> tuple[Page, ...]:
    """Pages of full references, for who looks them up or cites them; `marks` are their numbers in an answer."""
    lines = []
    for one in sources:
        mark = numbers(tuple((marks or {}).get(one.id, ())))
        if style == "bibtex":
            lines.append(f"{mark}```bibtex\n{clip(one.text.replace('```', ''), _LONGEST - _BESIDE)}\n```")
        else:
            lines.append(f"{mark or '-'} {literal(one.text)}")
    return numbered(
        [card("Sources", block) | {"footer": {"text": FOOTER}} for block in _paged([[one] for one in lines])]
    )


def _size(page: Page) -> int:
    """The characters that Discord counts."""
    fields = (text for one in page.get("fields", ()) for text in (one["name"], one["value"]))
    return sum(map(len, (page["title"], page["description"], page["footer"]["text"], *fields)))


def _blocks(answer: Answer, title: str) -> list[list[str]]:
    """The lines of an answer in groups that are not parted between pages."""
    blocks = [[f"**{clip(lead, _LONGEST - _BESIDE)}**"] for lead in (inert(answer.lead),) if lead]
    if answer.table is not None:
        for at, column in enumerate(answer.table.columns):
            rows = [[line] for label, cells in answer.table.rows if cells[at] for line in _row(label, cells[at])]
            blocks += [[*([""] if blocks else []), f"**{literal(column)}**", *(rows[0] if rows else ())], *rows[1:]]
    else:
        blocks += _statements(answer.statements, _subject(answer, title))
    notes = [f"*{clip(note, _LONGEST - _BESIDE)}*" for note in map(inert, answer.notes) if note]
    if notes and blocks:
        blocks[-1] = [*blocks[-1], "", *notes]  # they don't stand on a page alone
    return blocks or [notes or ["…"]]


def _subject(answer: Answer, title: str) -> str:
    """The structure that every statement begins with, where the title names it: it needn't be said again."""
    subjects = {_label(one).partition(", ")[0] for one in answer.statements}
    subject = next(iter(subjects)) if len(subjects) == 1 else ""
    return subject if subject and subject.casefold() in title.casefold() else ""


def _row(label: str, cell: Sequence[Statement]) -> list[str]:
    """A row of a table in a line, or where that is too long in one for each statement."""
    bold = f"**{literal(clip(label, _LABELLED))}**"
    told = [_told(one, _small(one.text)) for one in cell]
    whole = f"- {bold}: {'; '.join(told)}"
    return [whole] if len(whole) <= _PAGE else [f"- {bold}: {one}" for one in told]


def _told(one: Statement, text: str) -> str:
    """What a statement says, or a part of it, with its marks, which stay where it is too long for a page."""
    marks = numbers(tuple(sorted(one.citations)))
    return f"{clip(literal(text), max(_BESIDE, _LONGEST - _BESIDE - len(marks)))} {marks}"


def _small(text: str) -> str:
    """The first letter small, unless the word is a name or an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _statements(statements: Sequence[Statement], subject: str) -> list[list[str]]:
    """A line for each. Where several share a label, each label stands above its own; without the `subject`."""
    runs = [(label, tuple(run)) for label, run in itertools.groupby(statements, key=_label)]
    headed = any(label and len(run) > 1 for label, run in runs)
    blocks: list[list[str]] = []
    for label, run in runs:
        shown = _shown(label, subject)
        lines = [_told(one, one.text[len(label) + 2 :] if label else one.text) for one in run]
        if not shown:
            blocks += [[f"- {line}"] for line in lines]
        elif headed:
            blocks += [[f"**{literal(shown)}**", f"- {lines[0]}"], *([f"- {line}"] for line in lines[1:])]
        else:
            blocks += [[f"- **{literal(shown)}**: {line}"] for line in lines]
    return blocks


def _shown(label: str, subject: str) -> str:
    """A label without the subject: "Origin" of "Soleus, origin"."""
    if not subject:
        return label
    left = label.removeprefix(subject).removeprefix(", ")
    return left[:1].upper() + left[1:]


def _label(one: Statement) -> str:
    """What stands before the colon: "Soleus, origin"; empty where that is no label."""
    label, colon, _ = one.text.partition(": ")
    return label if colon and len(label) <= _LABELLED else ""


def _paged(blocks: Sequence[Sequence[str]], sources: Mapping[int, str] | None = None) -> list[list[str]]:
    """The lines on pages of at most `_PAGE` characters, where the sources that a page cites have room below it."""
    made: list[list[str]] = [[]]
    size = 0
    cited: set[int] = set()
    for part in _parts(blocks):
        length = sum(len(line) + 1 for line in part)
        named = {int(one) for line in part for one in _CITED.findall(line)} if sources else set()
        if made[-1] and (size + length > _PAGE or len(_fields(sources or {}, cited | named)) > _SOURCES):
            made.append([])
            size, cited = 0, set()
        made[-1] += part
        size += length
        cited |= named
    return made


def _parts(blocks: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The blocks, none longer than a page can hold: one that is longer is parted line by line."""
    for block in blocks:
        lines = [clip(line, _LONGEST) for line in block]
        if sum(len(line) + 1 for line in lines) <= _LONGEST:
            yield lines
        else:
            yield from ([line] for line in lines if line)


def _page(title: str, lines: Sequence[str], sources: Mapping[int, str]) -> Page:
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
    web = one.url.startswith(("http://", "https://")) and len(one.url) < _LINK
    linked = web and not re.search(r"[\s()<>]", one.url)
    return f"[{one.number}] {f'[{label}]({one.url})' if linked else label}{place}"
