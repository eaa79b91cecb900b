"""What a press of a button does. All that it needs stands in its id, so that it works after a restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import discord
from fabella_knowledge.errors import FabellaError

from fabella import Context
from fabella.discord import exchange, faults, ids, modals, replies, sending
from fabella.discord.records import Vote
from fabella.discord.sending import Interaction, Letter
from fabella.discord.service import Service

Press = Callable[[Service, Interaction, str, float], Awaitable[None]]
_STYLES = ("ama", "apa", "bibtex")
_UNKEPT = "That could not be kept just now. Please try again later."


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
        found = ids.parted(self.custom_id)
        press = _PRESSES.get(found[0]) if found is not None else None

        async def work(age: float) -> None:
            try:
                if found is None or press is None:
                    raise ValueError(self.custom_id)
                await press(self.service, interaction, found[1], age)
            except ValueError:
                await sending.note(interaction, "This button is of another version. Please ask again.", age=age)

        await exchange.handled(self.service, interaction, work)


async def _ask(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await exchange.ask(
        service, interaction, ids.read(rest), private=_privately(interaction), title=_label(interaction), age=age
    )


async def _text(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await exchange.ask(
        service, interaction, rest, private=_privately(interaction), title=rest, context=Context(), age=age
    )


async def _more(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await sending.open_modal(interaction, modals.question(rest, private=_privately(interaction)))


async def _sources(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    style = next((one for one in _STYLES if rest.startswith(f"{one}:")), "ama")
    packed = rest.removeprefix(f"{style}:")
    found = service.engine.sources(ids.unpacked(packed, service.answerer.hashes), style=style)
    if not found:
        await sending.note(interaction, "These sources are no longer in my library.", age=age)
        return
    others = ((one, ids.custom_id(ids.SOURCES, f"{one}:{packed}")) for one in _STYLES if one != style)
    named = {"ama": "AMA", "apa": "APA", "bibtex": "BibTeX"}
    row = tuple(replies.button(named[one], made) for one, made in others if made is not None)
    letter = await exchange.paged(service, replies.references(found, style), (row,))
    again = interaction.message is not None and interaction.message.flags.ephemeral and ":" in rest
    if again:
        await sending.update(interaction, letter, age=age)
    else:
        await sending.respond(interaction, letter, private=True, age=age)


async def _up(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await _vote(service, interaction, rest, up=True, age=age)


async def _down(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await _vote(service, interaction, rest, up=False, age=age)


async def _vote(service: Service, interaction: Interaction, about: str, *, up: bool, age: float) -> None:
    message = interaction.message
    if message is None:
        return
    try:
        vote = Vote(interaction.guild_id, message.id, interaction.user.id, up, about)
        await service.store.vote(vote)
    except FabellaError as error:
        faults.log(error)
        await sending.note(interaction, _UNKEPT, age=age)
        return
    why = replies.button("Say why", ids.custom_id(ids.WHY, str(message.id)))
    thanks = "Thank you. Your vote is kept." if up else "Thank you. Your vote is kept. What was wrong?"
    letter = Letter((discord.Embed(description=thanks, colour=replies.COLOUR),), ((why,),))
    await sending.respond(interaction, letter, private=True, age=age)


async def _why(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    await sending.open_modal(interaction, modals.reason(int(rest)))


async def _page(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    key, _, at = rest.rpartition(":")
    try:
        found = await service.turning.page(key, int(at))
    except FabellaError as error:
        faults.log(error)
        found = None
    if found is None:
        await sending.note(interaction, "These pages are no longer kept. Please ask again.", age=age)
        return
    page, count = found
    shown = interaction.message.embeds if interaction.message is not None else []
    page["title"] = (shown[0].title if shown else None) or "Fabella"
    turning = replies.page_row(key, int(at), count)
    if _asker(interaction) in (None, interaction.user.id):
        others = (row for row in _rows(interaction) if not _of_kind(row, ids.PAGE))
        await sending.update(interaction, Letter((sending.Page(page),), (turning, *others)), age=age)
    else:  # somebody else reads on without turning the page for everybody
        await sending.respond(interaction, Letter((sending.Page(page),), (turning,)), private=True, age=age)


async def _delete(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    if interaction.user.id != int(rest) and not interaction.permissions.manage_messages:
        await sending.note(interaction, "Only who asked, or a moderator, can delete this answer.", age=age)
        return
    await sending.delete(interaction, age=age)


async def _forget(service: Service, interaction: Interaction, rest: str, age: float) -> None:
    talks = service.conversations.forget_user(interaction.user.id)
    try:
        gone = await service.store.forget_user(interaction.user.id)
    except FabellaError as error:
        faults.log(error)
        await sending.note(interaction, _UNKEPT.replace("kept", "deleted"), age=age)
        return
    await sending.note(interaction, f"Deleted: {talks} conversations, {gone.votes} votes with their reasons.", age=age)


_PRESSES: Mapping[str, Press] = {
    ids.ASK: _ask,
    ids.TEXT: _text,
    ids.MORE: _more,
    ids.SOURCES: _sources,
    ids.UP: _up,
    ids.DOWN: _down,
    ids.WHY: _why,
    ids.PAGE: _page,
    ids.DELETE: _delete,
    ids.FORGET: _forget,
}


def _rows(interaction: Interaction) -> list[tuple[dict[str, Any], ...]]:
    """The buttons of the message as the API takes them."""
    held = interaction.message.components if interaction.message is not None else []
    rows = (one.to_dict() for one in held if isinstance(one, discord.ActionRow))
    return [tuple(dict(child) for child in row["components"]) for row in rows]


def _label(interaction: Interaction) -> str | None:
    """What stands on the button that was pressed."""
    pressed = interaction.custom_id
    held = (one for row in _rows(interaction) for one in row if one.get("custom_id") == pressed)
    return next((str(one["label"]) for one in held if one.get("label")), None)


def _of_kind(row: tuple[dict[str, Any], ...], kind: str) -> bool:
    """Whether a row holds a button of a kind."""
    return any((ids.parted(str(one.get("custom_id"))) or ("", ""))[0] == kind for one in row)


def _asker(interaction: Interaction) -> int | None:
    """Who asked for the answer, by the button that takes it away; None on an answer for one person alone."""
    found = (ids.parted(str(one.get("custom_id"))) for row in _rows(interaction) for one in row)
    return next((int(one[1]) for one in found if one is not None and one[0] == ids.DELETE), None)


def _privately(interaction: Interaction) -> bool:
    """Whether the answer to a press is for the presser alone: on a private message, or on somebody else's answer."""
    message = interaction.message
    hidden = message is not None and message.flags.ephemeral
    return hidden or (interaction.guild_id is not None and _asker(interaction) != interaction.user.id)
