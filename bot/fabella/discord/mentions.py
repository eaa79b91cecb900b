"""Answers messages that ask the bot: a mention, a reply to it, a direct message; and follows them when they change."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
from discord.ext import commands
from fabella_knowledge.errors import FabellaError

from fabella.discord import exchange, faults, ids, sending
from fabella.discord.answerer import Told
from fabella.discord.conversations import Place
from fabella.discord.letters import Letter
from fabella.discord.records import ServerSettings
from fabella.discord.service import Bot, Service

_LOG = logging.getLogger(__name__)
_MOST = 5_000  # questions whose answers are remembered, to be changed with them
_NEAR = 25  # messages behind a question among which its answer is looked for
_RECENT = timedelta(hours=1)  # the age up to which a message may become a question by an edit
_GIVEN = ("answered", "corrected", "clarify")  # what is said unasked where every message is read
_ANSWERABLE = (discord.MessageType.default, discord.MessageType.reply)
_WAIT = "\N{HOURGLASS WITH FLOWING SAND}"


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a message: where it stands, and a hash of the text that it answers."""

    channel: int
    message: int
    text: bytes


@dataclass(slots=True)
class _Hand:
    """A question in hand: how often it was written anew, whether it was deleted, and who may answer it next."""

    versions: int = 0
    waiting: int = 0
    deleted: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Mentions(commands.Cog, name="Fabella mentions"):
    """Listens beside the host's own `on_message`, which it neither replaces nor holds up."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._bot = bot
        self._service = service
        self._answers: OrderedDict[int, Answered] = OrderedDict()
        self._hands: dict[int, _Hand] = {}

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
        known = message.id in self._answers or message.id in self._hands
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
        self._service.forget_server(guild.id)
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
        if me is None or (await self._bot.get_context(message)).valid:
            return None
        text = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
        if not text:
            return None
        if message.guild is None:
            return text, True
        named = me.id in message.raw_mentions or (me in message.mentions and _of_ours(message.reference))
        server = await self._service.rules(message.guild.id)
        if named:
            return (text, True) if not server.channels or _within(message.channel, server.channels) else None
        listening = self._service.settings.message_content and _within(message.channel, server.listening)
        return (text, False) if listening else None

    # Answering

    async def _in_hand(self, message: discord.Message, *, edited: bool) -> None:
        """Answer a message, one version of it at a time, and the last one last."""
        hand = self._hands.setdefault(message.id, _Hand())
        hand.versions += 1
        version = hand.versions
        hand.waiting += 1

        def wanted() -> bool:
            return version == hand.versions and not hand.deleted

        with self._service.errands.counted():
            try:
                async with hand.turn:
                    if wanted():
                        await self._safely(message, wanted, edited=edited)
            finally:
                hand.waiting -= 1
                if not hand.waiting:
                    del self._hands[message.id]
                    if hand.deleted:
                        await self._deleted(message.id)

    async def _safely(self, message: discord.Message, wanted: Callable[[], bool], *, edited: bool) -> None:
        try:
            await self._answer(message, wanted, edited=edited)
        except discord.Forbidden as error:
            _LOG.info("no permission to answer in a channel: %s", faults.told(error))
            said = "I may not write in the channel where you asked me. Its managers can give me *Send Messages* there."
            await self._service.sender.tell(message.author, said)
        except Exception as error:
            if faults.gone(error):
                _LOG.info("a question's channel or its answer is gone: %s", faults.told(error))
                return
            fault = sending.failed(error, "while answering a message")
            said = f"My answer to your message got lost. If you report it, name {fault}."
            await self._service.sender.tell(message.author, said)

    async def _answer(self, message: discord.Message, wanted: Callable[[], bool], *, edited: bool) -> None:
        asked = await self._asked(message)
        if asked is None:
            return
        text, put = asked
        before = self._answers.get(message.id)
        if before is not None and before.text == _hash(text):
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
            before = Answered(sent.channel.id, sent.id, b"")
        else:
            await self._service.sender.change(self._bot, message.channel, before.message, letter)
        self._keep(message.id, Answered(before.channel, before.message, _hash(text)))
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
                    return Answered(one.channel.id, one.id, b"")
        except (discord.HTTPException, *faults.NETWORK) as error:
            _LOG.info("an earlier answer could not be looked for: %s", faults.told(error))
        return None

    async def _deleted(self, question: int) -> None:
        hand = self._hands.get(question)
        if hand is not None:
            hand.deleted = True  # its answer goes as soon as it is there
            return
        held = self._answers.pop(question, None)
        if held is None:
            return
        try:
            with self._service.errands.counted():
                await self._service.sender.take_back(self._bot, held.channel, held.message)
        except Exception as error:
            _LOG.info("an answer could not be deleted: %s", faults.told(error))

    def _keep(self, question: int, answered: Answered) -> None:
        self._answers[question] = answered
        self._answers.move_to_end(question)
        while len(self._answers) > _MOST:
            self._answers.popitem(last=False)


def _place(message: discord.Message) -> Place:
    return Place(message.guild.id if message.guild is not None else None, message.channel.id, message.author.id)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


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
