"""Asks the engine, and keeps the replies that it gave: what many ask is worked out once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fabella import Context, Engine, Question
from fabella.discord import ids
from fabella.discord.replies import Reply, reply

MOST = 1024  # replies that are kept
_LONG = 300  # characters from which on reading takes more than 10 ms, too long for an event loop


@dataclass(frozen=True, slots=True)
class Told:
    """The reply to a question, the context of the one after it, and how it was answered."""

    reply: Reply
    context: Context
    status: str
    intent: str


class Answerer:
    """An engine with the replies that it gave last. Swap the engine by making another one."""

    def __init__(self, engine: Engine, *, most: int = MOST) -> None:
        self.engine = engine
        self._kept: OrderedDict[tuple[str | Question, Context, str | None], Told] = OrderedDict()
        self._most = most

    def quick(self, asked: str | Question) -> bool:
        """Whether a question is answered within a few milliseconds, at once."""
        return not isinstance(asked, str) or len(asked) <= _LONG

    async def tell(self, asked: str | Question, context: Context | None = None, *, title: str | None = None) -> Told:
        """The reply to a question. A long text is read in a thread, so that the event loop goes on.

        Raises:
            ValueError: a `Question` of an intent that the engine doesn't know (from a button of an older version).
        """
        before = context or Context()
        key = (asked, before, title)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        if self.quick(asked):
            told = self._told(asked, before, title)
        else:
            told = await asyncio.to_thread(self._told, asked, before, title)
        self._kept[key] = told
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return told

    def _told(self, asked: str | Question, before: Context, title: str | None) -> Told:
        answer = self.engine.ask(asked, context=before)
        made = reply(answer, self.engine.follow_ups(answer), title=title)
        return Told(made, answer.context, answer.status, answer.intent)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The id of every reference by its hash in a button."""
        return {ids.hashed(one): one for one in self.engine.references()}
