"""Sends a reply so that it arrives: in time, once, and if need be by another way. Nobody is left without a word."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import discord

from fabella.discord import faults
from fabella.discord.limits import CONTENT, clip

_LOG = logging.getLogger(__name__)
NOBODY = discord.AllowedMentions.none()
IN_TIME = 2.6  # seconds after which an interaction is taken for lost; Discord gives three
_ATTEMPT = 0.9  # seconds for one attempt to answer an interaction: the library sleeps longer than that after a 5xx
_PAUSE = 0.1  # seconds between attempts to answer an interaction
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between attempts to send a message
_MESSAGE_ATTEMPT = 10.0  # seconds for one of these

Interaction = discord.Interaction[Any]
_T = TypeVar("_T")


class Rows(discord.ui.View):
    """Rows of buttons as they are, of which the library keeps nothing: their clicks are read from their ids."""

    def __init__(self, rows: Sequence[Sequence[dict[str, Any]]]) -> None:
        super().__init__(timeout=None)
        self._rows = [{"type": 1, "components": list(row)} for row in rows if row]

    def to_components(self) -> list[dict[str, Any]]:
        """The rows as the API takes them."""
        return self._rows

    def is_finished(self) -> bool:
        """Always: there is nothing to wait for."""
        return True


class Page(discord.Embed):
    """An embed as the API takes it, made beforehand."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__()
        self._payload = payload

    def to_dict(self) -> Any:
        """The embed as the API takes it."""
        return self._payload


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: an embed with its buttons. `text` says the same where embeds are not allowed."""

    embeds: tuple[discord.Embed, ...]
    rows: tuple[tuple[dict[str, Any], ...], ...] = ()
    text: str = ""

    def arguments(self) -> dict[str, Any]:
        """For the library's ways of sending."""
        return {"embeds": list(self.embeds), "view": Rows(self.rows), "allowed_mentions": NOBODY}

    def plain(self) -> dict[str, Any]:
        """The same without an embed. The text is somebody's or a library's: nothing in it mentions anybody."""
        return {"content": clip(self.text or "…", CONTENT), "view": Rows(self.rows), "allowed_mentions": NOBODY,
                "suppress_embeds": True}  # fmt: skip


async def respond(interaction: Interaction, letter: Letter, *, private: bool, age: float = 0.0) -> bool:
    """Answer an interaction, which is `age` seconds old; gives whether the letter arrived by any way.

    Faults of Discord are tried again as long as it accepts an answer. Then the letter goes to the channel, or where
    it is `private` to the user. Where that fails as well, the loss is logged with a short id.
    """
    if interaction.response.is_done():
        return await _deliver(interaction, letter, lambda: _edit(interaction, letter), private=private, until=600.0)

    async def first() -> None:
        await interaction.response.send_message(ephemeral=private, **letter.arguments())

    return await _deliver(interaction, letter, first, private=private, until=max(0.3, IN_TIME - age))


async def update(interaction: Interaction, letter: Letter, *, age: float = 0.0) -> bool:
    """Put a letter in the place of the message whose button was pressed."""

    async def first() -> None:
        given = letter.arguments()
        await interaction.response.edit_message(embeds=given["embeds"], view=given["view"], allowed_mentions=NOBODY)

    return await _deliver(interaction, letter, first, private=True, until=max(0.3, IN_TIME - age))


async def note(interaction: Interaction, text: str, *, age: float = 0.0) -> bool:
    """A sentence for the user alone."""
    embed = discord.Embed(description=text)
    return await respond(interaction, Letter((embed,), text=text), private=True, age=age)


async def defer(interaction: Interaction, *, private: bool, age: float = 0.0) -> bool:
    """Tell Discord that the answer takes longer; gives whether it took that."""

    async def attempt() -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)

    try:
        await _in_time(attempt, max(0.3, IN_TIME - age))
    except Exception as error:
        _LOG.warning("an interaction could not be deferred: %s", faults.told(error))
        return faults.answered(error)
    return True


async def post(channel: discord.abc.Messageable, letter: Letter, **extra: Any) -> discord.Message | None:
    """Send a message, however often it takes within half a minute, but only once; None where it can't be sent.

    Raises:
        discord.Forbidden: the bot may not write there.
        discord.NotFound: the channel is gone.
    """
    nonce = secrets.token_hex(12)  # Discord makes one message of all attempts that carry the same
    arguments = letter.arguments() if _may_embed(channel) else letter.plain()
    try:
        return await _persistently(lambda: channel.send(nonce=nonce, **arguments, **extra))
    except Exception as error:
        if not faults.temporary(error):
            raise
        _LOG.error("a message could not be sent: %s", faults.told(error))
        return None


async def change(channel: discord.PartialMessageable, message: int, letter: Letter) -> None:
    """Put a letter in the place of a message of the bot, however often it takes within half a minute.

    Raises:
        discord.NotFound: the message is gone.
        discord.Forbidden: it can't be seen any more.
    """
    given = letter.arguments()
    held = channel.get_partial_message(message)
    await _persistently(lambda: held.edit(embeds=given["embeds"], view=given["view"], allowed_mentions=NOBODY))


async def take_back(channel: discord.PartialMessageable, message: int) -> None:
    """Delete a message of the bot; one that is gone already is no fault."""
    try:
        await _persistently(channel.get_partial_message(message).delete)
    except discord.NotFound:
        return


async def delete(interaction: Interaction, *, age: float = 0.0) -> None:
    """Delete the message whose button was pressed, and say so where that isn't allowed."""

    async def first() -> None:
        await interaction.response.defer()

    try:
        await _in_time(first, max(0.3, IN_TIME - age))
        await _persistently(interaction.delete_original_response)
    except discord.NotFound:
        return


async def open_modal(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Open a form; it must be the first answer to an interaction, so there is no other way."""
    await _in_time(lambda: interaction.response.send_modal(form), IN_TIME)


async def apologise(user: discord.User | discord.Member, reason: str, trouble: str) -> None:
    """Tell somebody in private that an answer got lost; `trouble` is the id in the log. Some take no messages."""
    text = f"{reason} If you report this, name {trouble}."
    try:
        await post(user, Letter((discord.Embed(description=text),), text=text))
    except discord.HTTPException as error:
        _LOG.info("%s: no apology could be sent: %s", trouble, faults.told(error))


async def _deliver(
    interaction: Interaction, letter: Letter, first: Callable[[], Awaitable[None]], *, private: bool, until: float
) -> bool:
    try:
        await _in_time(first, until)
        return True
    except Exception as error:
        if faults.answered(error):
            return await _again(interaction, letter, private=private)
        if not (faults.temporary(error) or faults.expired(error)):
            trouble = faults.short_id()
            _LOG.error("%s: an interaction could not be answered: %s", trouble, faults.told(error), exc_info=error)
            await apologise(interaction.user, "Something went wrong with your question.", trouble)
            return False
        _LOG.warning("an interaction could not be answered in time: %s", faults.told(error))
    return await _elsewhere(interaction, letter, private=private)


async def _again(interaction: Interaction, letter: Letter, *, private: bool) -> bool:
    """The letter where an attempt arrived whose reply got lost, or somebody else answered."""
    try:
        await _in_time(lambda: _edit(interaction, letter), 10.0)
        return True
    except Exception as error:
        _LOG.warning("an answered interaction could not be edited: %s", faults.told(error))
    return await _elsewhere(interaction, letter, private=private)


async def _elsewhere(interaction: Interaction, letter: Letter, *, private: bool) -> bool:
    """The letter by an ordinary message: to the channel, or in private to the user."""
    channel = interaction.channel
    open_here = not private and interaction.guild is not None and isinstance(channel, discord.abc.Messageable)
    for target in (channel, interaction.user) if open_here else (interaction.user,):
        try:
            if isinstance(target, discord.abc.Messageable) and await post(target, letter) is not None:
                return True
        except Exception as error:
            _LOG.info("an answer could not be sent instead: %s", faults.told(error))
    _LOG.error("%s: an answer got lost", faults.short_id())
    return False


async def _edit(interaction: Interaction, letter: Letter) -> None:
    given = letter.arguments()
    await interaction.edit_original_response(embeds=given["embeds"], view=given["view"], allowed_mentions=NOBODY)


async def _persistently(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Try again, with longer and longer pauses, as long as the fault is a temporary one; then raise it."""
    for pause in _PAUSES:
        try:
            async with asyncio.timeout(_MESSAGE_ATTEMPT):
                return await attempt()
        except Exception as error:
            if not faults.temporary(error):
                raise
        await asyncio.sleep(pause)
    async with asyncio.timeout(_MESSAGE_ATTEMPT):
        return await attempt()


async def _in_time(attempt: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Try until it works, it can't, or the time is over; then the last error is raised."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        left = end - loop.time()
        try:
            async with asyncio.timeout(max(0.05, min(_ATTEMPT, left))):
                await attempt()
                return
        except Exception as error:
            if not faults.temporary(error) or loop.time() + _PAUSE >= end:
                raise
        await asyncio.sleep(_PAUSE)


def _may_embed(channel: object) -> bool:
    """Whether embeds are shown where the message goes; unknown places show them."""
    guild = getattr(channel, "guild", None)
    if guild is None or guild.me is None or not hasattr(channel, "permissions_for"):
        return True
    return bool(channel.permissions_for(guild.me).embed_links)
