"""What a press of a button does. All that it needs stands in its id, so that it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import discord
from fabella_knowledge.errors import FabellaError

from fabella import Context, Question
from fabella.discord import exchange, faults, ids, modals, pages, replies, sending
from fabella.discord.answerer import Outdated
from fabella.discord.letters import Letter, Page
from fabella.discord.records import Vote
from fabella.discord.sending import Interaction
from fabella.discord.service import Service

_Press = Callable[[Service, Interaction, Any, float], Awaitable[None]]
_UNKEPT = "That could not be kept just now. Please try again later."
_STYLES = {"ama": "AMA", "apa": "APA", "bibtex": "BibTeX"}


class Pressed(discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile(r"fab1:.:.*", re.DOTALL)):
    """A button of this adapter, whatever message it stands on and whichever process sent it."""

    service: Service  # set in the class that `bound` makes

    def __init__(self, item: discord.ui.Button[Any]) -> None:
        super().__init__(item)

    @classmethod
    def bound(cls, service: Service) -> type[Pressed]:
        """The class whose buttons are answered by a service."""
        return type("Pressed", (cls,), {"service": service}, template=cls.__discord_ui_compiled_template__)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button as it stands on the message."""
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button is for; a button of a version that is gone says so."""

        async def work(until: float) -> None:
            press, what = _read(self.custom_id)
            await press(self.service, interaction, what, until)

        await exchange.handled(self.service, interaction, work)


def _read(custom_id: str) -> tuple[_Press, Any]:
    """What a button does, and what with.

    Raises:
        Outdated: an id that this version doesn't write.
    """
    kind, rest = ids.parted(custom_id) or ("", "")
    if kind not in _PRESSES:
        raise Outdated(custom_id)
    parse, press = _PRESSES[kind]
    try:
        return press, parse(rest)
    except ValueError as error:
        raise Outdated(custom_id) from error


async def _ask(service: Service, interaction: Interaction, asked: Question, until: float) -> None:
    title = service.engine.worded(asked)
    await exchange.ask(service, interaction, asked, private=_privately(interaction), title=title, until=until)


async def _text(service: Service, interaction: Interaction, text: str, until: float) -> None:
    private = _privately(interaction)
    await exchange.ask(service, interaction, text, private=private, title=text, context=Context(), until=until)


async def _more(service: Service, interaction: Interaction, about: str, until: float) -> None:
    form = modals.question(about, private=_privately(interaction))
    await service.sender.open(interaction, form, until=until)


async def _sources(service: Service, interaction: Interaction, wanted: tuple[str, str], until: float) -> None:
    style, packed = wanted
    named = ids.unpacked(packed, service.answerer.hashes)
    found = service.engine.sources(named.values(), style=style or "ama")
    if not found:
        await service.sender.note(interaction, "These sources are no longer in my library.", until=until)
        return
    numbers = {one.id: [at for at, name in named.items() if name == one.id] for one in found}
    others = ((one, ids.custom_id(ids.SOURCES, f"{one}:{packed}")) for one in _STYLES if one != (style or "ama"))
    row = tuple(replies.button(_STYLES[one], made) for one, made in others if made is not None)
    letter = await exchange.paged(service, pages.references(found, style or "ama", numbers), (row,))
    if style:  # a style is chosen on the private list
        await service.sender.update(interaction, letter, until=until)
    else:
        await service.sender.respond(interaction, letter, private=True, until=until)


async def _up(service: Service, interaction: Interaction, about: str, until: float) -> None:
    await _vote(service, interaction, about, up=True, until=until)


async def _down(service: Service, interaction: Interaction, about: str, until: float) -> None:
    await _vote(service, interaction, about, up=False, until=until)


async def _vote(service: Service, interaction: Interaction, about: str, *, up: bool, until: float) -> None:
    message = interaction.message
    if message is None:
        return
    try:
        await service.store.vote(Vote(interaction.guild_id, message.id, interaction.user.id, up, about))
    except FabellaError as error:
        faults.log(error)
        await service.sender.note(interaction, _UNKEPT, until=until)
        return
    why = replies.button("Say why", ids.custom_id(ids.WHY, str(message.id)))
    thanks = "Thank you. Your vote is kept." if up else "Thank you. Your vote is kept. What was wrong?"
    letter = Letter((discord.Embed(description=thanks, colour=pages.COLOUR),), ((why,),), thanks)
    await service.sender.respond(interaction, letter, private=True, until=until)


async def _why(service: Service, interaction: Interaction, message: int, until: float) -> None:
    await service.sender.open(interaction, modals.reason(message), until=until)


async def _page(service: Service, interaction: Interaction, wanted: tuple[str, int], until: float) -> None:
    key, at = wanted
    try:
        found = await service.turning.page(key, at)
    except FabellaError as error:
        faults.log(error)
        found = None
    if found is None:
        await service.sender.note(interaction, "These pages are no longer kept. Please ask again.", until=until)
        return
    page, count = found
    shown = interaction.message.embeds if interaction.message is not None else []
    page["title"] = (shown[0].title if shown else None) or "Fabella"
    turning = replies.page_row(key, at, count)
    if _asker(interaction) in (None, interaction.user.id):
        others = (row for row in _rows(interaction) if not _of_kind(row, ids.PAGE))
        await service.sender.update(interaction, Letter((Page(page),), (turning, *others)), until=until)
    else:  # somebody else reads on without turning the page for everybody
        await service.sender.respond(interaction, Letter((Page(page),), (turning,)), private=True, until=until)


async def _delete(service: Service, interaction: Interaction, asker: int, until: float) -> None:
    if interaction.user.id != asker and not interaction.permissions.manage_messages:
        said = "Only who asked, or a moderator, can delete this answer."
        await service.sender.note(interaction, said, until=until)
        return
    await service.sender.delete(interaction, until=until)


async def _forget(service: Service, interaction: Interaction, rest: str, until: float) -> None:
    talks = service.conversations.forget_user(interaction.user.id)
    try:
        gone = await service.store.forget_user(interaction.user.id)
    except FabellaError as error:
        faults.log(error)
        await service.sender.note(interaction, sending.UNDELETED, until=until)
        return
    conversations, votes = replies.counted(talks, "conversation"), replies.counted(gone.votes, "vote")
    await service.sender.note(interaction, f"Deleted: {conversations}, {votes} with their reasons.", until=until)


def _paging(rest: str) -> tuple[str, int]:
    key, _, at = rest.rpartition(":")
    return key, int(at)


def _styled(rest: str) -> tuple[str, str]:
    style, colon, packed = rest.partition(":")
    return (style, packed) if colon and style in _STYLES else ("", rest)


_PRESSES: Mapping[str, tuple[Callable[[str], Any], _Press]] = {
    ids.ASK: (ids.read, _ask),
    ids.TEXT: (str, _text),
    ids.MORE: (str, _more),
    ids.SOURCES: (_styled, _sources),
    ids.UP: (str, _up),
    ids.DOWN: (str, _down),
    ids.WHY: (int, _why),
    ids.PAGE: (_paging, _page),
    ids.DELETE: (int, _delete),
    ids.FORGET: (str, _forget),
}


def _rows(interaction: Interaction) -> list[tuple[dict[str, Any], ...]]:
    """The buttons of the message as the API takes them."""
    held = interaction.message.components if interaction.message is not None else []
    rows = (one.to_dict() for one in held if isinstance(one, discord.ActionRow))
    return [tuple(dict(child) for child in row["components"]) for row in rows]


def _of_kind(row: tuple[dict[str, Any], ...], kind: str) -> bool:
    """Whether a row holds a button of a kind."""
    return any((ids.parted(str(one.get("custom_id"))) or ("", ""))[0] == kind for one in row)


def _asker(interaction: Interaction) -> int | None:
    """Who asked for the answer, by the button that takes it away; None on an answer for one person alone."""
    found = (ids.parted(str(one.get("custom_id"))) for row in _rows(interaction) for one in row)
    return next((int(one[1]) for one in found if one is not None and one[0] == ids.DELETE and one[1].isdecimal()), None)


def _privately(interaction: Interaction) -> bool:
    """Whether the answer to a press is for the presser alone: on a private message, or on somebody else's answer."""
    message = interaction.message
    hidden = message is not None and message.flags.ephemeral
    return hidden or (interaction.guild_id is not None and _asker(interaction) != interaction.user.id)
