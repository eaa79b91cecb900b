"""Sends a letter so that it arrives: in time, once, and if need be by another way. Nobody is left without a word.

No attempt that the library makes over its own HTTP client is ever cut short: it may be waiting out a rate limit of the
whole bot, and would never end that wait. Answers to interactions have a client of their own, and three seconds.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import discord

from fabella.discord import faults, logs
from fabella.discord.errands import Errands
from fabella.discord.letters import Letter, embedded, sentence

_LOG = logging.getLogger(__name__)
UNDELETED = "That could not be deleted just now. Please try again later."
_ATTEMPT = 0.9  # seconds for one attempt to answer an interaction: the library sleeps longer than that after a 5xx
_PAUSE = 0.1  # seconds between attempts to answer an interaction
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between attempts at anything else
_MOMENT = 1.5  # seconds for an attempt that was cut short to arrive nevertheless
_FIRST = "fabella.first"  # how an interaction was first answered: by a message, or otherwise
_T = TypeVar("_T")

Interaction = discord.Interaction[Any]
Attempt = Callable[[], Awaitable[object]]


class Sender:
    """Sends, and tries again in the background what doesn't arrive at once."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands

    # Answers to interactions. `until` is the time of the event loop up to which Discord takes the first one.

    async def respond(self, interaction: Interaction, letter: Letter, *, private: bool, until: float) -> None:
        """Answer an interaction, to all or in private.

        Faults are tried again as long as Discord accepts a first answer. Then the letter goes to the channel, or where
        it is `private` to the user, and the loss of both is logged with a short id.
        """
        await self._first(
            interaction, "message", letter, private=private, until=until,
            attempt=lambda: interaction.response.send_message(ephemeral=private, **letter.sent()),
        )  # fmt: skip

    async def update(self, interaction: Interaction, letter: Letter, *, until: float) -> None:
        """Put a letter in the place of the message whose button was pressed; of a deferred answer, where that was."""
        await self._first(
            interaction, "update", letter, private=True, until=until,
            attempt=lambda: interaction.response.edit_message(**letter.edited()),
        )  # fmt: skip

    async def note(self, interaction: Interaction, text: str, *, until: float) -> None:
        """A sentence for the user alone."""
        await self.respond(interaction, sentence(text), private=True, until=until)

    async def defer(self, interaction: Interaction, *, private: bool, until: float) -> None:
        """Tell Discord that the answer takes longer, unless an answer is on its way."""
        if begun(interaction):
            return
        interaction.extras[_FIRST] = "message"
        try:
            await _in_time(lambda: interaction.response.defer(ephemeral=private, thinking=True), until)
        except Exception as error:
            _LOG.warning("an interaction could not be deferred: %s", faults.told(error))

    async def delete(self, interaction: Interaction, *, until: float) -> None:
        """Delete the message whose button was pressed; one that is gone already is no fault."""
        interaction.extras[_FIRST] = "update"
        on_its_way = False
        try:
            await _in_time(interaction.response.defer, until)
        except Exception as error:
            on_its_way = isinstance(error, TimeoutError)
            if not (on_its_way or faults.answered(error)):
                raise

        async def deleted() -> None:
            try:
                await _in_place(interaction.delete_original_response, on_its_way=on_its_way)
            except Exception as error:
                if faults.gone(error):
                    return
                _LOG.warning("an answer could not be deleted: %s", faults.told(error))
                await self._further(interaction, sentence(UNDELETED), private=True)

        self._errands.start(deleted(), "deletion")

    async def open(self, interaction: Interaction, form: discord.ui.Modal, *, until: float) -> None:
        """Open a form; it can only be the first answer to an interaction."""
        interaction.extras[_FIRST] = "form"
        try:
            await _in_time(lambda: interaction.response.send_modal(form), until)
        except TimeoutError as error:  # it may open yet; where it doesn't, Discord says that this failed
            _LOG.warning("a form may not have opened: %s", faults.told(error))
        except Exception as error:
            if not faults.answered(error):
                raise

    async def _first(
        self, interaction: Interaction, how: str, letter: Letter, *, private: bool, until: float, attempt: Attempt
    ) -> None:
        """The first answer; what comes after one, and what doesn't arrive in time, goes on in the background."""
        if begun(interaction):
            await self._further(interaction, letter, private=private)
            return
        interaction.extras[_FIRST] = how
        try:
            await _in_time(attempt, until)
        except Exception as error:
            if not (faults.answered(error) or faults.temporary(error) or faults.expired(error)):
                del interaction.extras[_FIRST]  # it was refused: there is no first answer yet
                raise
            on_its_way = isinstance(error, TimeoutError)
            self._errands.start(self._after_all(interaction, letter, private=private, on_its_way=on_its_way), how)

    async def _further(self, interaction: Interaction, letter: Letter, *, private: bool) -> None:
        """What comes after the first answer: into a deferred one, or beside what was done."""
        deferred = interaction.response.type is discord.InteractionResponseType.deferred_channel_message
        if deferred or interaction.extras.get(_FIRST) == "message":
            on_its_way = not interaction.response.is_done()
            further = self._after_all(interaction, letter, private=private, on_its_way=on_its_way)
            self._errands.start(further, "deferred answer")
            return

        async def followed() -> None:
            try:
                await _persistently(lambda: interaction.followup.send(ephemeral=private, **letter.sent()))
            except Exception as error:
                _LOG.warning("a further answer could not be sent: %s", faults.told(error))
                await self._elsewhere(interaction, letter, private=private)

        self._errands.start(followed(), "further answer")

    async def _after_all(
        self, interaction: Interaction, letter: Letter, *, private: bool, on_its_way: bool = False
    ) -> None:
        """The letter in the place of the first answer, which may have arrived although its receipt got lost.

        One that is still `on_its_way` is given a moment before it is taken for lost.
        """
        try:
            await _in_place(lambda: interaction.edit_original_response(**letter.edited()), on_its_way=on_its_way)
        except Exception as error:
            if not (faults.gone(error) or faults.expired(error)):
                _LOG.warning("an answer could not be put in its place: %s", faults.told(error))
            await self._elsewhere(interaction, letter, private=private)

    async def _elsewhere(self, interaction: Interaction, letter: Letter, *, private: bool) -> None:
        """The letter by an ordinary message: to the channel, or in private to the user."""
        channel = interaction.channel
        here = not private and interaction.guild is not None and isinstance(channel, discord.abc.Messageable)
        for target in (channel, interaction.user) if here else (interaction.user,):
            try:
                if isinstance(target, discord.abc.Messageable):
                    await self.post(target, letter)
                    return
            except Exception as error:
                _LOG.info("an answer could not be sent as a message: %s", faults.told(error))
        _LOG.error("fault %s: an answer got lost", faults.short_id())

    # Messages

    async def post(self, channel: discord.abc.Messageable, letter: Letter, **extra: Any) -> discord.Message:
        """Send a message, however often it takes, but only once.

        Raises:
            discord.HTTPException: it can't be sent: no permission, no such channel, or the last of temporary faults.
            OSError, aiohttp.ClientError: the same.
        """
        nonce = secrets.token_hex(12)  # Discord makes one message of all attempts that carry the same
        shown = embedded(channel)
        return await _persistently(lambda: channel.send(nonce=nonce, **letter.sent(embedded=shown), **extra))

    async def change(
        self, bot: discord.Client, channel: discord.abc.MessageableChannel, message: int, letter: Letter
    ) -> None:
        """Put a letter in the place of a message of the bot.

        Raises:
            discord.NotFound: the message is gone.
            discord.Forbidden: it can't be seen any more.
        """
        held = bot.get_partial_messageable(channel.id).get_partial_message(message)
        shown = embedded(channel)
        await _persistently(lambda: held.edit(**letter.edited(embedded=shown)))

    async def take_back(self, bot: discord.Client, channel: int, message: int) -> None:
        """Delete a message of the bot; one that is gone already is no fault."""
        held = bot.get_partial_messageable(channel).get_partial_message(message)
        try:
            await _persistently(held.delete)
        except discord.NotFound:
            return

    async def tell(self, user: discord.User | discord.Member, text: str) -> bool:
        """A sentence by direct message; False where that can't be sent: some take none."""
        try:
            await self.post(user, sentence(text))
        except Exception as error:
            _LOG.info("somebody could not be told something in private: %s", faults.told(error))
            return False
        return True


def begun(interaction: Interaction) -> bool:
    """Whether an interaction is answered, or being answered."""
    return interaction.response.is_done() or _FIRST in interaction.extras


def failed(error: BaseException, what: str) -> str:
    """Log a fault of ours; gives the short id under which it stands in the log."""
    fault = faults.short_id()
    _LOG.error("fault %s: %s: %s", fault, what, logs.described(error), extra={"fault": fault})
    _LOG.debug("fault %s", fault, exc_info=error)
    return fault


async def _persistently(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Try again, with longer and longer pauses, as long as the fault is a temporary one; then raise it."""
    for pause in _PAUSES:
        try:
            return await attempt()
        except Exception as error:
            if not faults.temporary(error):
                raise
            wait = faults.pause(error, pause)
        await asyncio.sleep(wait)
    return await attempt()


async def _in_place(attempt: Attempt, *, on_its_way: bool) -> None:
    """Try again with what concerns the first answer, and where that may still be `on_its_way` after a moment too."""
    try:
        await _persistently(attempt)
    except Exception as error:
        if not (on_its_way and (faults.expired(error) or faults.gone(error))):
            raise
        await asyncio.sleep(_MOMENT)
        await _persistently(attempt)


async def _in_time(attempt: Attempt, until: float) -> None:
    """Try to answer an interaction until it works, it can't, or the time is over; then the last error is raised.

    An attempt is cut short, since the library would sleep over Discord's three seconds. One that had arrived makes the
    next one say that the interaction is answered already.
    """
    loop = asyncio.get_running_loop()
    while True:
        try:
            async with asyncio.timeout(max(0.3, min(_ATTEMPT, until - loop.time()))):
                await attempt()
                return
        except Exception as error:
            wait = faults.pause(error, _PAUSE)
            if not faults.temporary(error) or loop.time() + wait >= until:
                raise
        await asyncio.sleep(wait)
