"""What is still to be done when an answer's turn is over: in the background, bounded, waited for at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from typing import Any

_LOG = logging.getLogger(__name__)
MOST = 2_000  # errands in the background at once; more are left out


class Errands:
    """Work that nobody waits for, but the end of the bot."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._running = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Begin an errand. It handles its own faults; one too many is left out, with a line in the log."""
        if len(self._tasks) >= self._most:
            work.close()
            _LOG.error("too much is being tried again: %s was left out", name)
            return

        async def run() -> None:
            with self.counted():
                await work

        task = asyncio.create_task(run(), name=f"fabella-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is done in this block as an errand."""
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def done(self) -> None:
        """Wait until nothing is being done."""
        await self._idle.wait()
