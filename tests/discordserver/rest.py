"""REST v10 for the bot: itself, channels, messages, reactions and guilds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from discordserver import payloads
from discordserver.errors import ApiError, unknown
from discordserver.permissions import bits
from discordserver.routes import Answer, Call, Routes
from discordserver.world import DM, TEXT, Channel, Guild, Message, User

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

NONCE_SECONDS = 300.0
BULK_AGE_MS = 14 * 24 * 3600 * 1000


class Rest:
    """The handlers; each gives back a status and what is printed."""

    def __init__(self, server: DiscordServer, routes: Routes) -> None:
        self.server = server
        self._nonces: dict[tuple[int, str], tuple[float, Message]] = {}
        messages = "/channels/{channel}/messages"
        one = messages + "/{message}"
        for method, template, handler in (
            ("GET", "/users/@me", self.me),
            ("POST", "/users/@me/channels", self.open_dm),
            ("GET", "/users/@me/guilds", self.my_guilds),
            ("GET", "/users/{user}", self.user),
            ("GET", "/oauth2/applications/@me", self.application),
            ("GET", "/applications/@me", self.application),
            ("GET", "/gateway", self.gateway),
            ("GET", "/gateway/bot", self.gateway_bot),
            ("GET", "/channels/{channel}", self.channel),
            ("POST", "/channels/{channel}/typing", self.typing),
            ("PUT", "/channels/{channel}/thread-members/@me", self.join),
            ("GET", messages, self.history),
            ("POST", messages, self.send),
            ("POST", messages + "/bulk-delete", self.delete_many),
            ("GET", one, self.message),
            ("PATCH", one, self.edit),
            ("DELETE", one, self.delete),
            ("PUT", one + "/reactions/{emoji}/@me", self.react),
            ("DELETE", one + "/reactions/{emoji}/{user}", self.unreact),
            ("GET", "/guilds/{guild}", self.guild),
            ("GET", "/guilds/{guild}/channels", self.channels),
            ("GET", "/guilds/{guild}/members/{user}", self.member),
        ):
            routes.add(method, template, handler)

    # The bot itself

    async def me(self, call: Call) -> Answer:
        """GET /users/@me."""
        bot = payloads.user(self.server.world.bot)
        return 200, bot | {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0, "email": None}

    async def application(self, call: Call) -> Answer:
        """GET /oauth2/applications/@me."""
        server = self.server
        return 200, {
            "id": str(server.application_id),
            "name": server.world.bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot": payloads.user(server.world.bot),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "owner": payloads.user(server.world.person("developer")),
            "team": None,
            "flags": server.application_flags,
            "approximate_guild_count": sum(one.has_bot for one in server.world.guilds.values()),
            "approximate_user_install_count": sum(one.installed for one in server.world.users.values()),
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}, "1": {}},
            "redirect_uris": [],
        }

    async def gateway(self, call: Call) -> Answer:
        """GET /gateway."""
        return 200, {"url": self.server.gateway}

    async def gateway_bot(self, call: Call) -> Answer:
        """GET /gateway/bot."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
        return 200, {"url": self.server.gateway, "shards": self.server.shards, "session_start_limit": limit}

    async def user(self, call: Call) -> Answer:
        """GET /users/{user}."""
        found = self.server.world.users.get(call.id("user"))
        if found is None:
            raise unknown("User")
        return 200, payloads.user(found)

    async def my_guilds(self, call: Call) -> Answer:
        """GET /users/@me/guilds."""
        bot = self.server.world.bot
        mine = [one for one in self.server.world.guilds.values() if one.has_bot]
        return 200, [
            {"id": str(one.id), "name": one.name, "icon": None, "owner": False, "features": []}
            | {"permissions": str(one.permissions(bot))}
            for one in mine
        ]

    async def open_dm(self, call: Call) -> Answer:
        """POST /users/@me/channels."""
        found = self.server.world.users.get(int(call.body.get("recipient_id") or 0))
        if found is None or found is self.server.world.bot:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return 200, payloads.channel(self.server.world.private(found, self.server.world.bot))

    # Channels and guilds

    def _guild(self, call: Call) -> Guild:
        found = self.server.world.guilds.get(call.id("guild"))
        if found is None or not found.has_bot:
            raise unknown("Guild")
        return found

    def _channel(self, call: Call, *needed: str) -> Channel:
        """The channel of a call. Raises: ApiError: 10003, 50001 (can't see it) or 50013 (may not do this)."""
        found = self.server.world.channels.get(call.id("channel"))
        bot = self.server.world.bot
        if found is None:
            raise unknown("Channel")
        if found.guild is None:
            if bot not in found.recipients:
                raise ApiError(403, 50001, "Missing Access")
            return found
        if not found.guild.has_bot or not found.may(bot, "view_channel"):
            raise ApiError(403, 50001, "Missing Access")
        if not found.may(bot, *needed):
            raise ApiError(403, 50013, "Missing Permissions")
        return found

    async def guild(self, call: Call) -> Answer:
        """GET /guilds/{guild}."""
        return 200, payloads.guild_outline(self._guild(call))

    async def channels(self, call: Call) -> Answer:
        """GET /guilds/{guild}/channels."""
        return 200, [payloads.channel(one) for one in self._guild(call).channels.values() if one.parent is None]

    async def member(self, call: Call) -> Answer:
        """GET /guilds/{guild}/members/{user}."""
        found = self._guild(call).members.get(call.id("user"))
        if found is None:
            raise unknown("Member")
        return 200, payloads.member(found)

    async def channel(self, call: Call) -> Answer:
        """GET /channels/{channel}."""
        return 200, payloads.channel(self._channel(call))

    async def typing(self, call: Call) -> Answer:
        """POST /channels/{channel}/typing."""
        channel = self._channel(call, "send_messages")
        self.server.typed.append(channel)
        self.server.changed()
        return 204, None

    async def join(self, call: Call) -> Answer:
        """PUT /channels/{channel}/thread-members/@me."""
        self._channel(call)
        return 204, None

    # Messages

    def _message(self, call: Call, channel: Channel) -> Message:
        found = channel.messages.get(call.id("message"))
        if found is None:
            raise unknown("Message")
        return found

    async def send(self, call: Call) -> Answer:
        """POST /channels/{channel}/messages."""
        found = self.server.world.channels.get(call.id("channel"))
        threaded = found is not None and found.parent is not None
        channel = self._channel(call, "send_messages_in_threads" if threaded else "send_messages")
        body, bot = call.body, self.server.world.bot
        self._may_send(channel)
        nonce = (channel.id, str(body.get("nonce")))
        now = self.server.clock.monotonic()
        if body.get("enforce_nonce") and body.get("nonce") is not None and nonce in self._nonces:
            at, before = self._nonces[nonce]
            if now - at < NONCE_SECONDS:
                return 200, self.server.posting.printed(before)
        self._may_carry(channel, call)
        self.server.posting.check(
            body | ({"attachments": [1]} if call.uploads else {}), int(body.get("flags") or 0) & 1 << 15
        )
        more: dict[str, object] = {}
        if body.get("message_reference"):
            if channel.guild is not None and not channel.may(bot, "read_message_history"):
                raise ApiError(400, 160002, "Cannot reply without permission to read message history")
            reference, referenced = self.server.posting.refer(channel, body["message_reference"])
            if referenced is not None:
                more = {"reference": reference, "referenced": referenced, "type": 19}
        made = self.server.posting.create(channel, bot, body, uploads=call.uploads, checked=True, **more)
        made.flags &= ~(1 << 6)
        if body.get("nonce") is not None:
            self._nonces[nonce] = (now, made)
        return 200, self.server.posting.printed(made)

    def _may_send(self, channel: Channel) -> None:
        if channel.type == DM and not all(one.dms_open for one in channel.recipients):
            raise ApiError(403, 50007, "Cannot send messages to this user")

    def _may_carry(self, channel: Channel, call: Call) -> None:
        """Raises: ApiError: 50013, embeds or files without the permission."""
        if channel.guild is None:
            return
        allowed = channel.permissions(self.server.world.bot)
        for carried, needed in ((call.uploads, "attach_files"), (call.body.get("embeds"), "embed_links")):
            if carried and not allowed & bits(needed):
                raise ApiError(403, 50013, "Missing Permissions")

    async def message(self, call: Call) -> Answer:
        """GET /channels/{channel}/messages/{message}."""
        return 200, self.server.posting.printed(self._message(call, self._channel(call, "read_message_history")))

    async def history(self, call: Call) -> Answer:
        """GET /channels/{channel}/messages: newest first."""
        channel = self._channel(call)
        limit = int(call.query.get("limit", 50))
        if not 1 <= limit <= 100:
            problem = {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": "int value should be between 1 and 100."}]}
            raise ApiError(400, 50035, "Invalid Form Body", {"limit": problem})
        if channel.guild is not None and not channel.may(self.server.world.bot, "read_message_history"):
            return 200, []
        ids = list(channel.messages)
        if "before" in call.query:
            ids = [one for one in ids if one < int(call.query["before"])][-limit:]
        elif "after" in call.query:
            ids = [one for one in ids if one > int(call.query["after"])][:limit]
        elif "around" in call.query:
            middle = int(call.query["around"])
            half = limit // 2
            before = [one for one in ids if one < middle][-half:] if half else []
            ids = [*before, *[one for one in ids if one >= middle][: half + 1]]
        else:
            ids = ids[-limit:]
        return 200, [self.server.posting.printed(channel.messages[one]) for one in reversed(ids)]

    async def edit(self, call: Call) -> Answer:
        """PATCH /channels/{channel}/messages/{message}."""
        message = self._message(call, self._channel(call))
        if message.author is not self.server.world.bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self.server.posting.edit(message, call.body, call.uploads)
        return 200, self.server.posting.printed(message)

    async def delete(self, call: Call) -> Answer:
        """DELETE /channels/{channel}/messages/{message}."""
        channel = self._channel(call)
        message = self._message(call, channel)
        bot = self.server.world.bot
        if message.author is not bot and (channel.guild is None or not channel.may(bot, "manage_messages")):
            raise ApiError(403, 50013 if channel.guild else 50003, "Missing Permissions")
        self.server.posting.delete(message)
        return 204, None

    async def delete_many(self, call: Call) -> Answer:
        """POST /channels/{channel}/messages/bulk-delete."""
        channel = self._channel(call, "manage_messages")
        ids = [int(one) for one in call.body.get("messages") or ()]
        if channel.type != TEXT or not 2 <= len(ids) <= 100:
            raise ApiError(400, 50016, "Provided too few or too many messages to delete. Must provide at least 2")
        found = [channel.messages[one] for one in ids if one in channel.messages]
        if found:
            self.server.posting.delete(*found)
        return 204, None

    # Reactions

    async def react(self, call: Call) -> Answer:
        """PUT a reaction of the bot."""
        channel = self._channel(call, "add_reactions", "read_message_history")
        message = self._message(call, channel)
        emoji = unquote(call.params["emoji"])
        if emoji.isascii() and ":" not in emoji:
            raise unknown("Emoji")
        self.react_as(message, emoji, self.server.world.bot)
        return 204, None

    def react_as(self, message: Message, emoji: str, user: User) -> None:
        """Adds somebody's reaction; the bot hears of it."""
        self._react(message, emoji, user.id, add=True)

    async def unreact(self, call: Call) -> Answer:
        """DELETE a reaction."""
        mine = call.params["user"] == "@me"
        message = self._message(call, self._channel(call, *(() if mine else ("manage_messages",))))
        who = self.server.world.bot.id if mine else call.id("user")
        self._react(message, unquote(call.params["emoji"]), who, add=False)
        return 204, None

    def _react(self, message: Message, emoji: str, who: int, *, add: bool) -> None:
        ids = message.reactions.setdefault(emoji, [])
        if (who in ids) == add:
            return
        ids.append(who) if add else ids.remove(who)
        if not ids:
            del message.reactions[emoji]
        about = {"user_id": str(who), "channel_id": str(message.channel.id), "message_id": str(message.id)}
        about |= {"emoji": {"id": None, "name": emoji}, "burst": False, "type": 0}  # type: ignore[dict-item]
        guild = message.channel.guild
        if guild is not None:
            about["guild_id"] = str(guild.id)
        event = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
        self.server.gateway_side.emit(event, about, guild)
        self.server.changed()
