"""A shard that comes back by itself: it resumes, waits briefly between attempts, and holds up no other shard."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import EventItem, EventType, Shard
from yarl import URL

from fabella.discord import faults, logs
from fabella.discord.backoff import Backoff

if TYPE_CHECKING:
    from fabella.discord.client import FabellaBot

_LOG = logging.getLogger(__name__)
BAD_TOKEN, INTENTS_OFF = 4004, 4014
# An invalid shard, too few shards, an invalid version of the API, invalid intents.
BAD_SHARD, SHARDING_REQUIRED, BAD_VERSION, BAD_INTENTS = 4010, 4011, 4012, 4013
FINAL = frozenset((BAD_TOKEN, BAD_SHARD, SHARDING_REQUIRED, BAD_VERSION, BAD_INTENTS, INTENTS_OFF))
TIMEOUT = 30.0  # seconds for one attempt, the wait before identifying included
_LOYAL = 3  # attempts at the gateway that a session is to be resumed at, before the general one


def final(error: BaseException) -> bool:
    """Whether the gateway refuses this bot: no attempt will be taken differently."""
    return isinstance(error, discord.ConnectionClosed) and error.code in FINAL


async def connected(
    bot: FabellaBot,
    backoff: Backoff,
    shard: int,
    *,
    gateway: URL | None,
    after: DiscordWebSocket | None = None,
) -> DiscordWebSocket:
    """A connection for a shard, however many attempts it takes; `after` is the one whose session it resumes.

    Raises:
        discord.ConnectionClosed: the gateway refuses this bot.
    """
    failures = 0
    while True:
        session = after.session_id if after is not None else None
        attempt = DiscordWebSocket.from_client(
            bot,
            gateway=bot.gateway or (gateway if failures < _LOYAL else None),
            shard_id=shard,
            session=session,
            sequence=after.sequence if after is not None and session else None,
            resume=session is not None,
        )
        try:
            return await asyncio.wait_for(attempt, timeout=TIMEOUT)
        except ReconnectWebSocket as again:
            reason = "it hung up"
            if not again.resume:
                after = None
        except Exception as error:  # whatever it is, the next attempt may fare better
            if final(error):
                raise
            reason = faults.told(error)
        failures += 1
        wait = backoff.delay()
        _LOG.warning("shard %d: the gateway cannot be reached: %s; again in %.1f s", shard, reason, wait)
        await asyncio.sleep(wait)


class SteadyShard(Shard):
    """One shard's connection. Only a refusal by the gateway ends it, and then the bot."""

    def __init__(
        self, ws: DiscordWebSocket, bot: FabellaBot, report: Callable[[EventItem], None], backoff: Backoff
    ) -> None:
        super().__init__(ws, bot, report)
        self._bot = bot
        self._pause = backoff

    async def worker(self) -> None:
        """Read events until the bot closes, over as many connections as it takes."""
        try:
            while not self._bot.is_closed():
                try:
                    await self.ws.poll_event()
                except ReconnectWebSocket as again:
                    await self._come_back(resume=again.resume)
                except Exception as error:
                    if self._bot.is_closed():
                        return
                    if final(error):
                        raise
                    # What cannot even be unpacked is not asked for again: that might never end.
                    _LOG.warning("shard %d: connection lost: %s", self.id, logs.described(error))
                    await self._come_back(resume=isinstance(error, self._handled_exceptions))
        except asyncio.CancelledError:
            return
        except Exception as error:
            self._queue_put(EventItem(EventType.terminate, self, error))

    async def _come_back(self, *, resume: bool) -> None:
        old = self.ws
        self._dispatch("disconnect")
        self._dispatch("shard_disconnect", self.id)
        if old.open:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(old.close(4000), timeout=2.0)
        wait = self._pause.delay()
        _LOG.info("shard %d: connection lost, coming back", self.id)
        await asyncio.sleep(wait)
        gateway = old.gateway if resume else None
        self.ws = await connected(self._bot, self._pause, self.id, gateway=gateway, after=old if resume else None)
