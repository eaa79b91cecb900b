"""Answers messages that ask the bot: a mention, a reply to it, a direct message; and follows them when they change."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands
from fabella_knowledge.errors import FabellaError

from fabella.discord import exchange, faults, ids, logs, sending
from fabella.discord.answerer import Told
from fabella.discord.conversations import Place
from fabella.discord.hands import Answered, Hands, hashed
from fabella.discord.letters import Letter
from fabella.discord.records import ServerSettings
from fabella.discord.service import Bot, Service

_LOG = logging.getLogger(__name__)
_NEAR = 25  # messages behind a question among which its answer is looked for
_RECENT = timedelta(hours=1)  # the age up to which a message may become a question by an edit
_GIVEN = ("answered", "corrected", "clarify")  # what is said unasked where every message is read
_ANSWERABLE = (discord.MessageType.default, discord.MessageType.reply)
_WAIT = "\N{HOURGLASS WITH FLOWING SAND}"


class Mentions(commands.Cog, name="Fabella mentions"):
    """Listens beside the host's own `on_message`, which it neither replaces nor holds up."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._bot = bot
        self._service = service
        self._hands = Hands()
        self._sparing = logs.Sparing()

    async def cog_unload(self) -> None:
        """Finish what is being answered, and close the storage: the bot may be about to end, which a cog isn't told."""
        await self._service.finish()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that asks this bot; any other is left alone."""
        if self._may_ask(message):
            await self._in_hand(message, edited=False)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer an edited question anew, in the place of its answer."""
        message = payload.message
        known = self._hands.knows(message.id)
        recent = discord.utils.utcnow() - message.created_at < _RECENT
        # Without a time of the edit, Discord unfolded a link in it.
        if message.edited_at is not None and (known or recent) and self._may_ask(message):
            await self._in_hand(message, edited=True)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the answer back with its question."""
        await self._deleted(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take the answers back with their questions."""
        for one in payload.message_ids:
            await self._deleted(one)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what is kept about a server that the bot has left: nobody there could any more."""
        await self._service.forget_server(guild.id)
        try:
            await self._service.store.forget_server(guild.id)
        except FabellaError as error:
            faults.log(error)

    # What asks

    def _may_ask(self, message: discord.Message) -> bool:
        me = self._bot.user
        person = not message.author.bot and message.webhook_id is None
        return me is not None and person and message.type in _ANSWERABLE and bool(message.content.strip())

    async def _asked(self, message: discord.Message) -> tuple[str, bool] | None:
        """The question in a message, without the mention, and whether it was put to this bot; None for any other.

        What is a command of the bot's own is none, nor a reply to what the bot says elsewhere.
        """
        me = self._bot.user
        text = re.sub(rf"<@!?{me.id}>", " ", message.content).strip() if me is not None else ""
        if me is None or not text:
            return None
        put = await self._put(message, me)
        return None if put is None or await self._is_command(message) else (text, put)

    async def _put(self, message: discord.Message, me: discord.ClientUser) -> bool | None:
        """Whether a message is put to this bot, or only read by it; None where it is neither."""
        if message.guild is None:
            return True
        named = me.id in message.raw_mentions or (me in message.mentions and _of_ours(message.reference))
        server = await self._service.rules(message.guild.id)
        if named:
            return True if not server.channels or _within(message.channel, server.channels) else None
        listening = self._service.settings.message_content and _within(message.channel, server.listening)
        return False if listening else None

    async def _is_command(self, message: discord.Message) -> bool:
        """Whether a message is a command of the bot's own; a host may look up its prefixes, and fail at that."""
        try:
            return (await self._bot.get_context(message)).valid
        except Exception as error:
            _LOG.warning("the bot's own prefixes are not known: %s", faults.told(error))
            return False

    # Answering

    async def _in_hand(self, message: discord.Message, *, edited: bool) -> None:
        """Answer a message, one version of it at a time, and the last one last."""
        if self._hands.full(message.id):
            if self._sparing.held("in hand") is not None:
                _LOG.warning("too many messages are waiting to be answered: more are left alone")
            return
        with self._service.errands.counted():
            async with self._hands.take(message.id) as wanted:
                if wanted():
                    await self._safely(message, wanted, edited=edited)
            if self._hands.deleted(message.id):
                await self._take_back(message.id)

    async def _safely(self, message: discord.Message, wanted: Callable[[], bool], *, edited: bool) -> None:
        """Answer a message; what goes wrong is told to who put it to this bot."""
        put = False
        try:
            asked = await self._asked(message)
            if asked is None:
                return
            text, put = asked
            await self._answer(message, text, put, wanted, edited=edited)
            return
        except discord.Forbidden as error:
            _LOG.info("no permission to answer in a channel: %s", faults.told(error))
            said = "I may not write in the channel where you asked me. Its managers can give me *Send Messages* there."
        except Exception as error:
            if faults.gone(error):
                _LOG.info("a question's channel or its answer is gone: %s", faults.told(error))
                return
            fault = sending.failed(error, "while answering a message")
            said = f"My answer to your message got lost. If you report it, name {fault}."
        if put:
            await self._service.sender.tell(message.author, said)

    async def _answer(
        self, message: discord.Message, text: str, put: bool, wanted: Callable[[], bool], *, edited: bool
    ) -> None:
        before = self._hands.answer(message.id)
        if before is not None and before.text == hashed(text):
            return
        if before is None and edited:
            before = await self._found(message)
        told = await self._told(message, text, put)
        if told is None or not wanted():
            return
        place = _place(message)
        letter = await exchange.letter_of(self._service, told, place.user)
        if before is None:
            sent = await self._send(message, letter)
            before = Answered(sent.channel.id, sent.id)
        else:
            await self._service.sender.change(self._bot, message.channel, before.message, letter)
        self._hands.keep(message.id, Answered(before.channel, before.message, hashed(text)))
        server = await self._service.rules(place.server)
        self._service.remember(place, text, told, kept=server.keep_unanswered)

    async def _told(self, message: discord.Message, text: str, put: bool) -> Told | None:
        """The reply, worked out in its turn; None where it is dropped, over the limit, or nothing to say unasked."""
        place = _place(message)
        server = await self._service.rules(place.server)
        found: list[Told] = []

        async def work(until: float) -> None:
            found.append(await self._service.answerer.tell(text, self._service.conversations.at(place)))

        if put and not await self._within_limit(message, place, server):
            return None
        await self._service.admission.turn(message.id, work)
        if not found or (not put and found[0].status not in _GIVEN):
            return None
        if not put and self._service.pace.wait((place.server, place.user), server.per_minute) > 0:
            return None  # nobody asked, so there is nobody to be told
        return found[0]

    async def _within_limit(self, message: discord.Message, place: Place, server: ServerSettings) -> bool:
        """Whether the author may ask now; if not, that is told in private, once for as long as it lasts."""
        wait = self._service.pace.wait((place.server, place.user), server.per_minute)
        if wait <= 0:
            return True
        if self._service.told.wait(place.user, 1) <= 0:
            said = exchange.told_limit(server.per_minute, wait)
            if not await self._service.sender.tell(message.author, said):
                await self._mark(message)
        return False

    async def _mark(self, message: discord.Message) -> None:
        """A sign on the message, for who takes no direct messages."""
        try:
            await message.add_reaction(_WAIT)
        except Exception as error:
            _LOG.info("no sign could be put on a message: %s", faults.told(error))

    async def _send(self, message: discord.Message, letter: Letter) -> discord.Message:
        reference = message.to_reference(fail_if_not_exists=False)
        try:
            return await self._service.sender.post(message.channel, letter, reference=reference, mention_author=False)
        except discord.HTTPException as error:
            if error.code != faults.NO_HISTORY:
                raise
        return await self._service.sender.post(message.channel, letter)

    async def _found(self, message: discord.Message) -> Answered | None:
        """The answer to a message of before a restart, among those that follow it."""
        me = self._bot.user
        try:
            async for one in message.channel.history(after=message, limit=_NEAR, oldest_first=True):
                replied = one.reference.message_id if one.reference is not None else None
                if me is not None and one.author.id == me.id and replied == message.id:
                    return Answered(one.channel.id, one.id)
        except (discord.HTTPException, *faults.NETWORK) as error:
            _LOG.info("an earlier answer could not be looked for: %s", faults.told(error))
        return None

    async def _deleted(self, question: int) -> None:
        self._hands.delete(question)
        with self._service.errands.counted():
            await self._take_back(question)

    async def _take_back(self, question: int) -> None:
        """Delete the answer to a deleted question, as soon as it is there."""
        held = self._hands.orphan(question)
        if held is None:
            return
        try:
            await self._service.sender.take_back(self._bot, held.channel, held.message)
        except Exception as error:
            _LOG.info("an answer could not be deleted: %s", faults.told(error))


def _place(message: discord.Message) -> Place:
    return Place(message.guild.id if message.guild is not None else None, message.channel.id, message.author.id)


def _within(channel: Any, allowed: tuple[int, ...]) -> bool:
    """Whether a channel, the one that its thread belongs to, or its category is among those allowed."""
    places = {channel.id, getattr(channel, "parent_id", None), getattr(channel, "category_id", None)}
    return not places.isdisjoint(allowed)


def _of_ours(reference: discord.MessageReference | None) -> bool:
    """Whether a reply is one to an answer of this adapter, and not to what its host says."""
    message = reference.resolved if reference is not None else None
    if not isinstance(message, discord.Message):
        return False
    rows = (one for one in message.components if isinstance(one, discord.ActionRow))
    return any(str(getattr(one, "custom_id", "")).startswith(ids.PREFIX) for row in rows for one in row.children)
