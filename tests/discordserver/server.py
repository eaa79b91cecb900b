"""The server as a whole: its life, its two ports, what exists on it and what goes wrong on it."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from discordserver.clock import Clock, Snowflakes
from discordserver.commands import Commands
from discordserver.faults import Fault, Faults
from discordserver.gateway import Gateway
from discordserver.interactions import Interactions
from discordserver.people import Person
from discordserver.permissions import EVERYONE
from discordserver.posting import Posting
from discordserver.ratelimits import RateLimits
from discordserver.requests import Request, Requests
from discordserver.rest import Rest
from discordserver.routes import Routes
from discordserver.world import Channel, Guild, Message, User, World

FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}


class DiscordServer:
    """A small Discord on 127.0.0.1: `async with DiscordServer() as server`.

    `privileged` names the privileged intents that the portal has switched on: "message_content", "members",
    "presences". `heartbeat` is in seconds. `log=False` keeps no requests.
    """

    def __init__(
        self,
        *,
        bot_name: str = "Fabella",
        privileged: tuple[str, ...] = (),
        shards: int = 1,
        heartbeat: float = 41.25,
        port: int = 0,
        compression: int = 6,
        log: bool = True,
    ) -> None:
        self.clock = Clock()
        self.world = World(self.clock, Snowflakes(), bot_name)
        self.world.make_person = lambda number, name: Person(number, name, server=self)
        self.privileged = set(privileged)
        self.shards = shards
        self.heartbeat = heartbeat
        self.compression = compression
        self.log = log
        self.private_permissions = EVERYONE
        self.application_id = self.world.bot.id
        first = base64.urlsafe_b64encode(str(self.application_id).encode()).decode().rstrip("=")
        self.token = f"{first}.Gabcde.not-a-token-of-the-real-Discord-0123456"
        self.faults = Faults()
        self.rate_limits = RateLimits(self.clock)
        self.requests: list[Request] = []
        self.typed: list[Channel] = []
        self.control: Callable[[str, str, Any], Awaitable[Any]] | None = None  # see `control`
        routes = self.routes = Routes()
        self.gateway_side = Gateway(self)
        self.posting = Posting(self)
        self.commands = Commands(self, routes)
        self.interactions = Interactions(self, routes)
        self.rest = Rest(self, routes)
        self.world.emit = self.gateway_side.emit
        self._port = port
        self._gateway_port = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._runner: web.ServerRunner | None = None
        self._gateway_site: web.SockSite | None = None

    # Its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens."""
        self._runner = web.ServerRunner(web.Server(Requests(self).handle, access_log=None), shutdown_timeout=0.2)
        await self._runner.setup()
        main = _listening(self._port)
        self._port = main.getsockname()[1]
        await web.SockSite(self._runner, main).start()
        await self.gateway_up()

    async def stop(self) -> None:
        """Breaks what is open and listens no more."""
        self.gateway_side.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for waiter in self._waiters:
            waiter.cancel()

    async def gateway_down(self) -> None:
        """From now on connections to the gateway are refused (ECONNREFUSED); those that stand go on."""
        if self._gateway_site is not None:
            await self._gateway_site.stop()
            self._gateway_site = None

    async def gateway_up(self) -> None:
        """The gateway listens (again), on the same port."""
        assert self._runner is not None
        listening = _listening(self._gateway_port)
        self._gateway_port = listening.getsockname()[1]
        self._gateway_site = web.SockSite(self._runner, listening)
        await self._gateway_site.start()

    @property
    def site(self) -> str:
        """The root of the HTTP side."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api(self) -> str:
        """What `discord.http.Route.BASE` must be."""
        return f"{self.site}/api/v10"

    @property
    def gateway(self) -> str:
        """What `DiscordWebSocket.DEFAULT_GATEWAY` must be."""
        return f"ws://127.0.0.1:{self._gateway_port}/gateway"

    def environment(self) -> dict[str, str]:
        """The variables that point the shipped bot here."""
        return {
            "FABELLA_DISCORD_API": self.api,
            "FABELLA_DISCORD_GATEWAY": self.gateway,
            "FABELLA_DISCORD_TOKEN": self.token,
        }

    @property
    def application_flags(self) -> int:
        """Which privileged intents the portal has switched on, as flags of the application."""
        return sum(FLAGS[name] for name in self.privileged) | 1 << 23

    # What exists

    @property
    def bot(self) -> User:
        """The account of the bot under test."""
        return self.world.bot

    def guild(self, name: str, *, bot: bool = True) -> Guild:
        """A new guild, with the bot in it or not."""
        return self.world.guild(name, bot=bot)

    def person(self, name: str) -> Person:
        """The person of this name, in no guild unless made a member."""
        return self.world.person(name)

    def sent(self, channel: Channel) -> list[Message]:
        """What the bot has in the channel now, oldest first, without ephemeral messages."""
        return [one for one in channel.messages.values() if one.author is self.world.bot]

    def webhook_says(self, channel: Channel, text: str, name: str = "Captain Hook") -> Message:
        """A message of a webhook."""
        number = self.world.ids.next()
        return self.posting.create(channel, User(number, name, bot=True), {"content": text}, webhook_id=number)

    # Waiting and faults

    def changed(self) -> None:
        """Wakes whoever waits for something to happen."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, happened: Callable[[], Any], timeout: float = 5.0) -> bool:
        """Whether it happens within the time; looks again after everything that the server notices."""
        end = asyncio.get_running_loop().time() + timeout
        while not happened():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await asyncio.wait([waiter], timeout=min(left, 0.25))
        return True

    async def ready(self, connections: int = 1, timeout: float = 10.0) -> None:
        """Waits till the bot has identified on so many shards. Raises: TimeoutError."""
        if not await self.until(lambda: len(self.gateway_side.live) >= connections, timeout):
            raise TimeoutError(f"the bot did not connect within {timeout} s")

    def fault(self, method: str, template: str, **how: Any) -> Fault:
        """Arms a fault for requests such as ("POST", "/channels/{channel}/messages"); see `faults.Fault`."""
        for switch in ("reset", "hang"):
            if how.get(switch):
                how.setdefault("status", None)
        if how.get("then_accept"):
            how.setdefault("status", 500)
        if set(how) <= {"delay", "times", "after"}:
            how["status"] = None
        return self.faults.add(Fault(method, template, **how))

    def refuse_connections(self, times: int = 1, how: str = "503") -> None:
        """The next handshakes of the gateway fail: "503", "reset" or "hang".

        aiohttp's client tries once more after a reset, here as with GET, PUT and DELETE: two make one failure.
        """
        self.faults.handshakes.extend([how] * times)


def _listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made
