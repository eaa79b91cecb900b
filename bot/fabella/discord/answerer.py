"""Asks the engine, and keeps for a while the replies that it gave: what many ask is worked out once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from fabella_knowledge.errors import FabellaError

from fabella import Context, Engine, Question
from fabella.discord import ids
from fabella.discord.health import UNKEPT, about_person
from fabella.discord.replies import Reply, reply

MOST = 1024  # replies that are kept
SECONDS = 900.0  # for how long
_LONG = 300  # characters from which on reading takes more than 10 ms, too long for an event loop


class Outdated(FabellaError):
    """A question that this version doesn't know, from a button of another one."""


@dataclass(frozen=True, slots=True)
class Told:
    """The reply to a question, the context of the one after it, and how it was answered."""

    reply: Reply
    context: Context
    status: str
    intent: str


class Answerer:
    """An engine with the replies that it gave last. Swap the engine by making another one."""

    def __init__(
        self, engine: Engine, *, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.engine = engine
        self._kept: OrderedDict[tuple[str | Question, Context, str | None], tuple[float, Told]] = OrderedDict()
        self._most = most
        self._seconds = seconds
        self._clock = clock

    async def tell(self, asked: str | Question, context: Context | None = None, *, title: str | None = None) -> Told:
        """The reply to a question. A long text is read in a thread, so that the event loop goes on.

        Raises:
            Outdated: a `Question` of an intent that the engine doesn't know.
        """
        before = context or Context()
        key = (asked, before, title)
        until, kept = self._kept.get(key, (0.0, None))
        if kept is not None and self._clock() < until:
            return kept
        if isinstance(asked, str) and len(asked) > _LONG:
            told = await asyncio.to_thread(self._told, asked, before, title)
        else:
            told = self._told(asked, before, title)
        personal = told.intent in UNKEPT or (isinstance(asked, str) and about_person(asked))
        if not personal:  # what somebody asks about their health stays nowhere
            self._kept[key] = (self._clock() + self._seconds, told)
            self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return told

    def expire(self) -> None:
        """Forget the replies that were kept long enough."""
        now = self._clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)

    def _told(self, asked: str | Question, before: Context, title: str | None) -> Told:
        try:
            answer = self.engine.ask(asked, context=before)
        except ValueError as error:
            if isinstance(asked, str):
                raise
            raise Outdated(str(error)) from error
        made = reply(answer, self.engine.follow_ups(answer), title=title)
        return Told(made, answer.context, answer.status, answer.intent)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The id of every reference by its hash in a button; those that share one are left out."""
        hashed = {one: ids.hashed(one) for one in self.engine.references()}
        count = Counter(hashed.values())
        return {made: one for one, made in hashed.items() if count[made] == 1}
