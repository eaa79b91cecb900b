"""Answers messages that ask the bot: a mention, a reply to it, a direct message; and follows them when they change."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import discord
from discord.ext import commands

from fabella.discord import exchange, faults, sending
from fabella.discord.conversations import Place
from fabella.discord.records import ServerSettings
from fabella.discord.sending import Letter
from fabella.discord.service import Bot, Service

_LOG = logging.getLogger(__name__)
_MOST = 5_000  # questions whose answers are remembered, to be changed with them
_LATE = 25  # messages behind a question among which its answer is looked for
_GIVEN = ("answered", "corrected", "clarify")  # what is said unasked where every message is read
_ANSWERABLE = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a message: where it stands, and the text that it answers."""

    channel: int
    message: int
    text: str


class Mentions(commands.Cog, name="Fabella mentions"):
    """Listens beside the host's own `on_message`, which it neither replaces nor holds up."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._bot = bot
        self._service = service
        self._answers: OrderedDict[int, Answered] = OrderedDict()
        self._asking: dict[int, bool] = {}  # the questions in hand, and whether they were deleted meanwhile

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that asks this bot; any other is left alone."""
        text = await self._asked(message)
        if text is None:
            return
        await self._service.admission.turn(message.id, lambda age: self._safely(message, text, None))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer an edited question anew, in the place of its answer."""
        message = payload.message
        if message.edited_at is None:
            return  # Discord unfolded a link in it
        before = self._answers.get(message.id)
        text = await self._asked(message)
        if text is None or (before is not None and before.text == text):
            return
        if before is None:
            before = await self._found(message, text)
        await self._service.admission.turn(message.id, lambda age: self._safely(message, text, before))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the answer back with its question."""
        await self._take_back(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take the answers back with their questions."""
        for one in payload.message_ids:
            await self._take_back(one)

    async def _asked(self, message: discord.Message) -> str | None:
        """The question in a message that asks this bot, without the mention; None for any other."""
        me = self._bot.user
        if me is None or message.author.bot or message.webhook_id is not None or message.type not in _ANSWERABLE:
            return None
        if message.guild is None:
            return message.content.strip() or None
        named = any(one.id == me.id for one in message.mentions)
        text = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
        if not text:
            return None  # nothing to read: without the portal's switch, or nothing was written
        server = await self._service.rules(message.guild.id)
        if named:
            return text if not server.channels or _within(message.channel, server.channels) else None
        if not self._service.settings.message_content or not _within(message.channel, server.listening):
            return None
        return text

    async def _safely(self, message: discord.Message, text: str, before: Answered | None) -> None:
        self._asking.setdefault(message.id, False)
        try:
            await self._answer(message, text, before)
        except discord.Forbidden as error:
            await self._unable(message, error)
        except discord.NotFound as error:
            _LOG.info("a question's channel is gone: %s", faults.told(error))
        except Exception as error:
            trouble = faults.short_id()
            _LOG.error("%s: %s while answering a message", trouble, faults.told(error), exc_info=error)
            await sending.apologise(message.author, "Something went wrong with your question.", trouble)
        finally:
            if self._asking.pop(message.id, False):
                await self._take_back(message.id)

    async def _answer(self, message: discord.Message, text: str, before: Answered | None) -> None:
        guild = message.guild.id if message.guild is not None else None
        place = Place(guild, message.channel.id, message.author.id)
        server = await self._service.rules(guild)
        wait = self._service.pace.wait((guild, place.user), server.per_minute)
        if wait > 0:
            await self._limited(message, server, wait)
            return
        told = await self._service.answerer.tell(text, self._service.conversations.at(place))
        unasked = guild is not None and not any(one.id == self._bot.user.id for one in message.mentions)  # type: ignore[union-attr]
        if unasked and told.status not in _GIVEN:
            return
        letter = await exchange.letter_of(self._service, told, place.user)
        if before is None:
            await self._send(message, text, letter)
        else:
            await self._change(message, text, letter, before)
        self._service.remember(place, text, told, private=False, kept=server.keep_unanswered)

    async def _send(self, message: discord.Message, text: str, letter: Letter) -> None:
        reference = message.to_reference(fail_if_not_exists=False)
        sent = await sending.post(message.channel, letter, reference=reference, mention_author=False)
        if sent is None:
            trouble = faults.short_id()
            _LOG.error("%s: an answer to a message got lost", trouble)
            await sending.apologise(message.author, "My answer could not be sent.", trouble)
            return
        self._keep(message.id, Answered(sent.channel.id, sent.id, text))

    async def _change(self, message: discord.Message, text: str, letter: Letter, before: Answered) -> None:
        try:
            await sending.change(self._bot.get_partial_messageable(before.channel), before.message, letter)
        except discord.NotFound:
            return  # the answer was deleted: it isn't wanted
        self._keep(message.id, Answered(before.channel, before.message, text))

    async def _limited(self, message: discord.Message, server: ServerSettings, wait: float) -> None:
        """Tell the limit in private, once for as long as it lasts."""
        if self._service.told.wait(message.author.id, 1) > 0:
            return
        said = exchange.told_limit(server.per_minute, wait)
        try:
            await sending.post(message.author, Letter((discord.Embed(description=said),), text=said))
        except discord.HTTPException as error:
            _LOG.info("the limit could not be told: %s", faults.told(error))

    async def _unable(self, message: discord.Message, error: discord.Forbidden) -> None:
        """Tell in private that the bot may not write where it was asked."""
        _LOG.info("no permission to answer in a channel: %s", faults.told(error))
        said = "I may not write in the channel where you asked me. Its managers can give me *Send Messages* there."
        try:
            await sending.post(message.author, Letter((discord.Embed(description=said),), text=said))
        except discord.HTTPException as failed:
            _LOG.info("the missing permission could not be told: %s", faults.told(failed))

    async def _found(self, message: discord.Message, text: str) -> Answered | None:
        """The answer to a message of before a restart, among those that follow it."""
        try:
            async for one in message.channel.history(after=message, limit=_LATE, oldest_first=True):
                replied = one.reference.message_id if one.reference is not None else None
                if self._bot.user is not None and one.author.id == self._bot.user.id and replied == message.id:
                    return Answered(one.channel.id, one.id, "")
        except (discord.HTTPException, *faults.NETWORK) as error:
            _LOG.info("an earlier answer could not be looked for: %s", faults.told(error))
        return None

    async def _take_back(self, question: int) -> None:
        if question in self._asking:
            self._asking[question] = True  # as soon as it is there
            return
        held = self._answers.pop(question, None)
        if held is None:
            return
        channel = self._bot.get_partial_messageable(held.channel)
        try:
            await sending.take_back(channel, held.message)
        except Exception as error:
            _LOG.info("an answer could not be deleted: %s", faults.told(error))

    def _keep(self, question: int, answered: Answered) -> None:
        self._answers[question] = answered
        self._answers.move_to_end(question)
        while len(self._answers) > _MOST:
            self._answers.popitem(last=False)


def _within(channel: Any, allowed: tuple[int, ...]) -> bool:
    """Whether a channel, or the one that its thread belongs to, is among those allowed."""
    return channel.id in allowed or getattr(channel, "parent_id", None) in allowed
