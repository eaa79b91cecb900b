"""Keeps the bot running: starts it anew when it dies of what passes, and ends it well when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any

import discord
from fabella_knowledge.errors import FabellaError, SettingError

from fabella.discord import faults, logs
from fabella.discord.backoff import Backoff
from fabella.discord.client import FabellaBot
from fabella.discord.shards import BAD_TOKEN, FINAL, INTENTS_OFF, SHARDING_REQUIRED

_LOG = logging.getLogger(__name__)
# Exit statuses. 128 and the signal as shells count, but SIGTERM is how a service is told to end well.
ENDED, UNUSABLE, WRONG_TOKEN, SWITCHED_OFF, FAULT, UNREACHABLE, INTERRUPTED = 0, 2, 4, 5, 70, 75, 130
_FAULTY = 5  # starts that fail of a fault in the program, before one has ever succeeded, until that is given up
PORTAL = "https://discord.com/developers/applications"
TOKEN_REFUSED = (
    f"Discord refuses the token: copy it again from {PORTAL} (your application, Bot, Reset Token) "
    "into FABELLA_DISCORD_TOKEN"
)
INTENT_OFF = (
    "Discord refuses to show the content of messages: switch on 'Message Content Intent' at "
    f"{PORTAL} (your application, Bot, Privileged Gateway Intents), or leave FABELLA_DISCORD_MESSAGE_CONTENT unset"
)
SHARDS_REFUSED = (
    "Discord refuses the shards: raise --shard-count (FABELLA_DISCORD_SHARD_COUNT) in every process, "
    "or leave both --shard-ids and --shard-count out"
)
LIBRARY_REFUSED = "Discord refuses what discord.py asks for: pip install --upgrade 'fabella[discord]'"
_CLOSING = 3.0  # seconds to close connections and the storage: with the grace less than containers are given
Reload = Callable[[], Awaitable[None]]
Ending = Callable[[int], None]


class _Signals:
    """What the process was told: to stop, once or urgently, or to reload."""

    def __init__(self, reload: Reload | None, ending: Ending | None) -> None:
        self.stopping = asyncio.Event()
        self.urgent = asyncio.Event()
        self.status = ENDED
        self._ending = ending
        self._reload = reload
        self._reloading: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Hear signals in this block, where the loop can."""
        loop = asyncio.get_running_loop()
        heard: list[int] = []
        handlers: dict[int, Callable[[], None]] = {
            signal.SIGTERM: lambda: self._stop(ENDED),
            signal.SIGINT: lambda: self._stop(INTERRUPTED),
        }
        if self._reload is not None and hasattr(signal, "SIGHUP"):
            handlers[signal.SIGHUP] = self._start_reload
        for number, handler in handlers.items():
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # no main thread, or Windows
                loop.add_signal_handler(number, handler)
                heard.append(number)
        try:
            yield
        finally:
            for number in heard:
                loop.remove_signal_handler(number)
            if self._reloading is not None:
                self._reloading.cancel()

    def _stop(self, status: int) -> None:
        if self.stopping.is_set():
            self.urgent.set()
        else:
            self.status = status
            self.stopping.set()
            if self._ending is not None:
                self._ending(status)

    def _start_reload(self) -> None:
        if self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._reload_now(), name="fabella-reload")

    async def _reload_now(self) -> None:
        assert self._reload is not None
        try:
            await self._reload()
        except FabellaError as error:
            _LOG.error("not reloaded, the old one goes on: %s", error)
        except Exception as error:
            _LOG.error("not reloaded, the old one goes on: %s", logs.described(error))


async def supervise(
    make: Callable[[], FabellaBot],
    token: str,
    *,
    backoff: Backoff | None = None,
    reload: Reload | None = None,
    ending: Ending | None = None,
    grace: float = 5.0,
) -> int:
    """Run bots that `make` makes, one after the other, until one ends on purpose; gives the exit status.

    A stop by SIGTERM (0) or SIGINT (130) lets those who asked have their answers, for `grace` seconds; a second one
    doesn't. SIGHUP awaits `reload`. `ending` is told the exit status as soon as it is known. A refused token gives 4,
    a privileged intent that is switched off 5, shards that Discord doesn't accept 2, each with a line in the log that
    says what to do; a fault in the program, at the first five starts, 70.

    Raises:
        FabellaError: what the installation of the first bots raised: a setting or a library that cannot be used. What
            was good before is taken to be good again later.
    """
    pauses = backoff or Backoff(first=1.0, most=60.0, steady=60.0, patience=0, flapping=60.0)
    asyncio.get_running_loop().set_exception_handler(_log_unhandled)
    told = _Signals(reload, ending)
    proven = False  # whether settings, texts and storage have once been good
    faulty = 0
    with told.listening():
        while True:
            bot = make()
            error = await _run(bot, token, told, grace)
            proven = proven or bot.up_since is not None
            if told.stopping.is_set():
                return told.status
            if error is None:
                return ENDED
            if not proven and isinstance(error, ModuleNotFoundError):
                raise missing(error) from error
            if not proven and isinstance(error, FabellaError):
                raise error
            ended = verdict(error, sharded=bot.settings.shard_count is not None)
            if ended is not None:
                status, line = ended
                _LOG.error("%s", line)
                if ending is not None:
                    ending(status)
                return status
            faulty += not (proven or faults.temporary(error))
            if faulty == _FAULTY:
                _LOG.error("a fault in the program (--log-level debug shows where): %s", logs.described(error))
                return FAULT
            if bot.up_since is not None:
                pauses.came_up(bot.up_since)
            wait = pauses.delay()
            _LOG.error("the bot fell over and starts anew in %.1f s: %s", wait, _told(error))
            _LOG.debug("that was", exc_info=error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.stopping.wait(), wait)
                return told.status


def missing(error: ModuleNotFoundError) -> SettingError:
    """The error that says how to install a package that isn't there."""
    extra = "postgres" if error.name == "asyncpg" else "discord"
    return SettingError(f"the package '{error.name}' is missing: pip install 'fabella[{extra}]'")


def verdict(error: BaseException, *, sharded: bool) -> tuple[int, str] | None:
    """The exit status and the line for an error that no new start mends, None for all others.

    `sharded` is whether the count of shards was set by hand; Discord's own count grows with a new start.
    """
    if isinstance(error, discord.LoginFailure) or (isinstance(error, discord.HTTPException) and error.status == 401):
        return WRONG_TOKEN, TOKEN_REFUSED
    code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if code == BAD_TOKEN:
        return WRONG_TOKEN, TOKEN_REFUSED
    if code == INTENTS_OFF or isinstance(error, discord.PrivilegedIntentsRequired):
        return SWITCHED_OFF, INTENT_OFF
    if code not in FINAL or (code == SHARDING_REQUIRED and not sharded):
        return None
    return UNUSABLE, SHARDS_REFUSED if sharded and code < 4012 else f"{LIBRARY_REFUSED} (close code {code})"


async def _run(bot: FabellaBot, token: str, told: _Signals, grace: float) -> BaseException | None:
    """Run one bot until it ends or is to be stopped; gives what it ended of."""
    await bot.__aenter__()
    running = asyncio.create_task(bot.start(token), name="fabella-bot")
    stopping = asyncio.create_task(told.stopping.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            _LOG.info("stopping")
            if bot.up_since is not None:
                await _drained(bot, told, grace)
    finally:
        stopping.cancel()
        closing = asyncio.create_task(bot.close())
        done, _ = await asyncio.wait({closing}, timeout=_CLOSING)
        if not done:
            closing.cancel()
        elif closing.exception() is not None:
            _LOG.warning("not closed cleanly: %s", logs.described(_error(closing)))
        running.cancel()
        await asyncio.wait({running})
    return None if running.cancelled() else running.exception()


async def _drained(bot: FabellaBot, told: _Signals, grace: float) -> None:
    draining = asyncio.create_task(bot.drain())
    urgent = asyncio.create_task(told.urgent.wait())
    await asyncio.wait({draining, urgent}, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
    urgent.cancel()
    if not draining.done():
        _LOG.warning("stopping although not everything is answered")
        draining.cancel()
    elif draining.exception() is not None:
        _LOG.warning("stopping although not everything is answered: %s", logs.described(_error(draining)))


def _error(task: asyncio.Task[Any]) -> BaseException:
    error = task.exception()
    assert error is not None
    return error


def _told(error: BaseException) -> str:
    """An error in a line: where it arose only if that isn't the network."""
    return faults.told(error) if faults.temporary(error) else logs.described(error)


def _log_unhandled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what a task died of when nobody waited for it."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        fault = faults.short_id()
        info: tuple[type[BaseException], BaseException, TracebackType | None] = (
            type(error),
            error,
            error.__traceback__,
        )
        _LOG.error("fault %s: in the background: %s", fault, logs.described(error), extra={"fault": fault})
        _LOG.debug("fault %s", fault, exc_info=info)
    else:
        _LOG.warning("in the background: %s", context.get("message"))
