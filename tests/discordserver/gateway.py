"""The gateway: sessions by shard, HELLO to RESUMED, and events to whoever may have them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from discordserver import payloads
from discordserver.encoding import dumps, loads
from discordserver.faults import reset

if TYPE_CHECKING:
    from discordserver.server import DiscordServer
    from discordserver.world import Channel, Guild, Message

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0,
    1,
    2,
    3,
    6,
    7,
    8,
    9,
    10,
    11,
)
NOT_AUTHENTICATED, BAD_TOKEN, ALREADY, BAD_SHARD, BAD_INTENTS, DISALLOWED = 4003, 4004, 4005, 4010, 4013, 4014
GUILDS, GUILD_MESSAGES, GUILD_REACTIONS, DM_MESSAGES, CONTENT = 1, 1 << 9, 1 << 10, 1 << 12, 1 << 15
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": CONTENT}
NEEDS = {
    "GUILD_CREATE": GUILDS,
    "GUILD_DELETE": GUILDS,
    "GUILD_ROLE_CREATE": GUILDS,
    "CHANNEL_CREATE": GUILDS,
    "CHANNEL_UPDATE": GUILDS,
    "CHANNEL_DELETE": GUILDS,
    "THREAD_CREATE": GUILDS,
    "THREAD_DELETE": GUILDS,
    "MESSAGE_REACTION_ADD": GUILD_REACTIONS,
    "MESSAGE_REACTION_REMOVE": GUILD_REACTIONS,
}
REMEMBERED = 5000  # events that a session replays


class Connection:
    """One websocket; sends in order, compressed where the client asked for it."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest, level: int) -> None:
        self.socket = socket
        self.request = request
        self.acks = True
        self.session: Session | None = None
        self.left = False  # the client said goodbye: nothing to resume
        compressed = request.query.get("compress") == "zlib-stream"
        self._deflate = zlib.compressobj(level) if compressed else None
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._send_all(), name="discordserver-gateway-writer")

    def send(self, raw: bytes) -> None:
        """Queues one payload, already printed."""
        self._waiting.append(raw)
        self._wake.set()

    async def _send_all(self) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    raw = self._waiting.popleft()
                    if self._deflate is None:
                        await self.socket.send_frame(raw, WSMsgType.TEXT)
                    else:
                        packed = self._deflate.compress(raw) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                        await self.socket.send_frame(packed, WSMsgType.BINARY)

    async def close(self, code: int) -> None:
        """Sends what is queued and closes with this code."""
        while self._waiting and not self._task.done():
            await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self.socket.close(code=code, drain=False)

    def abort(self) -> None:
        """Breaks the connection without a word."""
        reset(self.request.transport)

    async def done(self) -> None:
        """Ends the writer."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


class Session:
    """What a bot resumes: intents, shard, sequence and the events that it may have missed."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.connection: Connection | None = None
        self.past: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)

    def serves(self, guild: int | None) -> bool:
        """Whether events of this guild, or of private conversations, belong to this shard."""
        number, count = self.shard
        return number == (0 if guild is None else (guild >> 22) % count)

    def dispatch(self, event: str, data: bytes) -> None:
        """Sends an event, or keeps it for a resume."""
        self.sequence += 1
        raw = b'{"t":"%s","s":%d,"op":0,"d":%s}' % (event.encode(), self.sequence, data)
        self.past.append((self.sequence, raw))
        if self.connection is not None:
            self.connection.send(raw)


class Gateway:
    """All sessions of the bot."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identified: list[dict[str, Any]] = []  # every IDENTIFY that was accepted
        self.resumed = 0
        self.handshakes = 0
        self.acks = True
        self._held = asyncio.Event()

    @property
    def live(self) -> list[Session]:
        """Sessions with a connection."""
        return [one for one in self.sessions.values() if one.connection is not None]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One connection from its handshake to its end."""
        self.handshakes += 1
        self.server.changed()
        if self.server.faults.handshakes:
            how = self.server.faults.handshakes.popleft()
            if how == "503":
                return web.Response(status=503, text="upstream connect error")
            if how == "reset":
                reset(request.transport)
                return web.Response(status=503)
            await self._held.wait()
        socket = web.WebSocketResponse(max_msg_size=0, compress=False, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, request, self.server.compression)
        self.connections.append(connection)
        hello = {"heartbeat_interval": int(self.server.heartbeat * 1000), "_trace": ["discordserver"]}
        connection.send(dumps({"op": HELLO, "d": hello, "s": None, "t": None}))
        try:
            while not socket.closed:
                message = await socket.receive()
                if message.type is WSMsgType.TEXT:
                    await self._receive(connection, loads(message.data))
                elif message.type is WSMsgType.CLOSE:
                    connection.left = message.data in (1000, 1001)
                    break
                else:
                    break
        finally:
            self.connections.remove(connection)
            if connection.session is not None and connection.session.connection is connection:
                connection.session.connection = None
                if connection.left:
                    self.sessions.pop(connection.session.id, None)
            await connection.done()
            self.server.changed()
        return socket

    async def _receive(self, connection: Connection, payload: dict[str, Any]) -> None:
        kind, data = payload.get("op"), payload.get("d")
        if kind == HEARTBEAT:
            if self.acks and connection.acks:
                connection.send(b'{"t":null,"s":null,"op":11,"d":null}')
        elif kind == IDENTIFY and isinstance(data, dict):
            await self._identify(connection, data)
        elif kind == RESUME and isinstance(data, dict):
            await self._resume(connection, data)
        elif connection.session is None:
            await connection.close(NOT_AUTHENTICATED)
        elif kind == MEMBERS and isinstance(data, dict):
            self._members(connection.session, data)

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        intents = data.get("intents", 0)
        number, count = data.get("shard") or (0, 1)
        if data.get("token") != self.server.token:
            return await connection.close(BAD_TOKEN)
        if connection.session is not None:
            return await connection.close(ALREADY)
        if not isinstance(intents, int) or intents < 0 or intents >> 26:
            return await connection.close(BAD_INTENTS)
        if any(intents & bit and name not in self.server.privileged for name, bit in PRIVILEGED.items()):
            return await connection.close(DISALLOWED)
        if not 0 <= number < count:
            return await connection.close(BAD_SHARD)
        self.identified.append(data)
        session = Session((number, count), intents)
        session.connection, connection.session = connection, session
        self.sessions[session.id] = session
        guilds = [one for one in self.server.world.guilds.values() if one.has_bot and session.serves(one.id)]
        ready = {
            "v": 10,
            "user": payloads.user(self.server.world.bot) | {"verified": True, "mfa_enabled": True, "flags": 0},
            "user_settings": {},
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.server.gateway,
            "shard": [number, count],
            "application": {"id": str(self.server.application_id), "flags": self.server.application_flags},
            "session_type": "normal",
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "geo_ordered_rtc_regions": [],
            "_trace": ["discordserver"],
        }
        session.dispatch("READY", dumps(ready))
        if intents & GUILDS:
            for one in guilds:
                if not one.unavailable:
                    session.dispatch("GUILD_CREATE", dumps(payloads.guild(one)))
        self.server.changed()
        return None

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        if data.get("token") != self.server.token:
            return await connection.close(BAD_TOKEN)
        session = self.sessions.get(data.get("session_id") or "")
        sequence = data.get("seq")
        lost = session is not None and session.past and isinstance(sequence, int) and session.past[0][0] > sequence + 1
        if session is None or not isinstance(sequence, int) or sequence > session.sequence or lost:
            connection.send(dumps({"op": INVALID, "d": False, "s": None, "t": None}))
            return None
        session.connection, connection.session = connection, session
        for number, raw in session.past:
            if number > sequence:
                connection.send(raw)
        session.dispatch("RESUMED", dumps({"_trace": ["discordserver"]}))
        self.resumed += 1
        self.server.changed()
        return None

    def _members(self, session: Session, data: dict[str, Any]) -> None:
        guild = self.server.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = {int(one) for one in data.get("user_ids") or ()}
        query = (data.get("query") or "").lower()
        found = [
            payloads.member(one)
            for one in guild.members.values()
            if (one.user.id in wanted if wanted else one.user.name.lower().startswith(query))
        ]
        chunk = {"guild_id": str(guild.id), "members": found, "chunk_index": 0, "chunk_count": 1}
        session.dispatch("GUILD_MEMBERS_CHUNK", dumps(chunk | {"nonce": data.get("nonce"), "not_found": []}))

    def emit(self, event: str, data: dict[str, Any], guild: Guild | None) -> None:
        """Sends an event about a guild, or about a private conversation, to the shards that may have it."""
        if guild is not None and not guild.has_bot and event != "INTERACTION_CREATE":
            return
        printed = dumps(data)
        need = NEEDS.get(event, 0)
        for session in self.sessions.values():
            if session.serves(guild.id if guild else None) and session.intents & need == need:
                session.dispatch(event, printed)

    def emit_message(self, event: str, message: Message) -> None:
        """Sends MESSAGE_CREATE or MESSAGE_UPDATE, with its text where the session may read it."""
        self._to_readers(message.channel, event, lambda content: payloads.event(message, content=content))

    def emit_about(self, event: str, channel: Channel, data: dict[str, Any]) -> None:
        """Sends another event about messages, such as MESSAGE_DELETE."""
        self._to_readers(channel, event, lambda _content: data)

    def _to_readers(self, channel: Channel, event: str, printer: Callable[[bool], dict[str, Any]]) -> None:
        guild = channel.guild
        if guild is not None and (not guild.has_bot or not channel.may(self.server.world.bot, "view_channel")):
            return
        if guild is None and self.server.world.bot not in channel.recipients:
            return
        need = DM_MESSAGES if guild is None else GUILD_MESSAGES
        printed: dict[bool, bytes] = {}
        for session in self.sessions.values():
            if session.intents & need and session.serves(guild.id if guild else None):
                content = bool(session.intents & CONTENT)
                if content not in printed:
                    printed[content] = dumps(printer(content))
                session.dispatch(event, printed[content])

    # What tests do to it

    def raw(self, payload: dict[str, Any] | str | bytes) -> None:
        """Sends exactly this to every connection, readable or not."""
        data = payload.encode() if isinstance(payload, str) else payload
        for connection in self.connections:
            connection.send(data if isinstance(data, bytes) else dumps(data))

    def event(self, name: str, data: Any) -> None:
        """Sends an event with this content, readable or not, in sequence."""
        for session in self.sessions.values():
            session.dispatch(name, dumps(data))

    def reconnect(self) -> None:
        """Asks every connection to come back (RECONNECT)."""
        self.raw({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Tells every connection that its session is invalid (INVALID_SESSION)."""
        if not resumable:
            for connection in self.connections:
                if connection.session is not None:
                    self.sessions.pop(connection.session.id, None)
        self.raw({"op": INVALID, "d": resumable, "s": None, "t": None})

    async def close(self, code: int = WSCloseCode.SERVICE_RESTART) -> None:
        """Closes every connection with this code."""
        for connection in list(self.connections):
            await connection.close(code)

    def drop(self) -> None:
        """Breaks every connection without a word."""
        for connection in list(self.connections):
            connection.abort()

    def release(self) -> None:
        """Lets handshakes go on that "hang"."""
        self._held.set()
        self._held = asyncio.Event()

    def forget(self) -> None:
        """Forgets all sessions: a resume is answered by INVALID_SESSION."""
        self.sessions.clear()
