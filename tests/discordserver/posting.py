"""Making, editing and deleting messages, whoever does it: the bot, a person, a webhook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discordserver import limits, payloads
from discordserver.clock import moment
from discordserver.errors import ApiError
from discordserver.world import COMPONENTS_V2, EPHEMERAL, LOADING, Channel, Message, User

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

MENTIONED = re.compile(r"<@!?(\d+)>")
MENTIONED_ROLE = re.compile(r"<@&(\d+)>")
SETTABLE_FLAGS = (1 << 2) | EPHEMERAL | (1 << 12) | COMPONENTS_V2  # embeds suppressed, ephemeral, silent, version 2
FREE: dict[str, Any] = {"parse": ["users", "roles", "everyone"], "replied_user": True}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes
    kind: str


def numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components with an id each, as Discord gives them back."""
    count = 0

    def number(one: dict[str, Any]) -> dict[str, Any]:
        nonlocal count
        count += 1
        made = {"id": count} | one
        if "components" in one:
            made["components"] = [number(each) for each in one["components"]]
        if isinstance(one.get("accessory"), dict):
            made["accessory"] = number(one["accessory"])
        return made

    return [number(one) for one in components]


def _embeds(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "rich", "content_scan_version": 0} | one | {"type": "rich"} for one in given]


class Posting:
    """The messages of the server, and the events about them."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.files: dict[int, bytes] = {}
        self.kept: int | None = None  # messages kept in a channel; None: all
        self.unlisted: dict[int, Message] = {}  # ephemeral ones, which no channel lists

    def check(self, body: dict[str, Any], flags: int = 0) -> None:
        """Raises: ApiError: 50035 or 50006 when this can't be a new message."""
        limits.message(body, flags=flags)
        content = (body.get("content") or "").strip()
        parts = (body.get("embeds"), body.get("components"), body.get("attachments"), body.get("poll"))
        limits.nonempty(content, *parts, body.get("sticker_ids"))

    def create(
        self,
        channel: Channel,
        author: User,
        body: dict[str, Any],
        *,
        uploads: tuple[Upload, ...] = (),
        checked: bool = False,
        **more: Any,
    ) -> Message:
        """A new message in the channel; the bot hears of it unless it is ephemeral.

        Raises: ApiError: 50035 or 50006, unless checked already.
        """
        flags = int(body.get("flags") or 0) & SETTABLE_FLAGS | more.pop("flags", 0)
        if not checked:
            self.check(body, flags)
        made = Message(self.server.world.ids.next(), channel, author, flags=flags, **more)
        made.content = (body.get("content") or "").strip()
        made.embeds = _embeds(body.get("embeds") or [])
        made.components = numbered(body.get("components") or [])
        made.attachments = self._attach(body.get("attachments"), [], uploads, made)
        made.nonce = body.get("nonce")
        made.tts = bool(body.get("tts"))
        self._mention(made, body.get("allowed_mentions"))
        if flags & EPHEMERAL:
            self.unlisted[made.id] = made
            if self.kept is not None and len(self.unlisted) > self.kept:
                del self.unlisted[next(iter(self.unlisted))]
        else:
            channel.messages[made.id] = made
            if self.kept is not None and len(channel.messages) > self.kept:
                del channel.messages[next(iter(channel.messages))]
            self.server.gateway_side.emit_message("MESSAGE_CREATE", made)
        self.server.changed()
        return made

    def edit(self, message: Message, body: dict[str, Any], uploads: tuple[Upload, ...] = ()) -> None:
        """Changes what the body names; the bot hears of it unless the message is ephemeral.

        Raises: ApiError: 50035 or 50006, and then nothing is changed.
        """
        flags = message.flags
        if body.get("flags") is not None:
            flags = (flags & ~0b100) | (int(body["flags"]) & (0b100 | COMPONENTS_V2))
        limits.message(body, flags=flags)
        content = (body["content"] or "").strip() if "content" in body else message.content
        embeds = _embeds(body["embeds"] or []) if "embeds" in body else message.embeds
        parts = numbered(body["components"] or []) if "components" in body else message.components
        attached = message.attachments
        if "attachments" in body or uploads:
            attached = self._attach(body.get("attachments"), message.attachments, uploads, message)
        limits.nonempty(content, embeds, parts, attached)
        message.content, message.embeds, message.components, message.attachments = content, embeds, parts, attached
        message.flags = flags & ~LOADING
        if not flags & LOADING:
            message.edited = moment()
        message.edits += 1
        if "content" in body:
            self._mention(message, body.get("allowed_mentions"))
        if not flags & EPHEMERAL:
            self.server.gateway_side.emit_message("MESSAGE_UPDATE", message)
        self.server.changed()

    def delete(self, *messages: Message) -> None:
        """Deletes messages of one channel; the bot hears of those that aren't ephemeral."""
        channel = messages[0].channel
        seen = [one for one in messages if channel.messages.pop(one.id, None) is not None]
        for one in messages:
            one.deleted = True
            self.unlisted.pop(one.id, None)
        about: dict[str, Any] = {"channel_id": str(channel.id)}
        if channel.guild is not None:
            about["guild_id"] = str(channel.guild.id)
        if len(messages) > 1:
            ids = [str(one.id) for one in seen]
            self.server.gateway_side.emit_about("MESSAGE_DELETE_BULK", channel, about | {"ids": ids})
        elif seen:
            self.server.gateway_side.emit_about("MESSAGE_DELETE", channel, about | {"id": str(seen[0].id)})
        self.server.changed()

    def refer(self, channel: Channel, reference: dict[str, Any]) -> tuple[dict[str, Any], Message | None]:
        """The reference of a reply, and the message that it refers to.

        Raises: ApiError: 50035 when there is no such message and the reference insists.
        """
        found = channel.messages.get(int(reference["message_id"]))
        if found is None and reference.get("fail_if_not_exists", True):
            problem = {"_errors": [{"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
            raise ApiError(400, 50035, "Invalid Form Body", {"message_reference": problem})
        if found is None:
            return {}, None
        made = {"type": 0, "channel_id": str(channel.id), "message_id": str(found.id)}
        if channel.guild is not None:
            made["guild_id"] = str(channel.guild.id)
        return made, found

    def printed(self, message: Message) -> payloads.Payload:
        """The message as REST gives it to the bot: without message content, only the texts that concern it."""
        whole = payloads.message(message)
        return whole if "message_content" in self.server.privileged else payloads.readable(whole, message)

    def _mention(self, message: Message, allowed: dict[str, Any] | None) -> None:
        """Whom the message mentions: what its text says, as far as allowed, and whom it replies to."""
        allowed = FREE if allowed is None else allowed
        parse = allowed.get("parse") or []
        ids = [int(one) for one in MENTIONED.findall(message.content)]
        if "users" not in parse:
            named = {int(one) for one in allowed.get("users") or ()}
            ids = [one for one in ids if one in named]
        if message.referenced is not None and allowed.get("replied_user", False):
            ids.append(message.referenced.author.id)
        users = self.server.world.users
        message.mentions = [users[one] for one in dict.fromkeys(ids) if one in users]
        roles = [int(one) for one in MENTIONED_ROLE.findall(message.content)]
        named_roles = {int(one) for one in allowed.get("roles") or ()}
        message.mention_roles = [one for one in dict.fromkeys(roles) if "roles" in parse or one in named_roles]
        loud = "@everyone" in message.content or "@here" in message.content
        may = message.channel.guild is not None and message.channel.may(message.author, "mention_everyone")
        message.mention_everyone = loud and may and "everyone" in parse

    def _attach(
        self, listed: Any, had: list[dict[str, Any]], uploads: tuple[Upload, ...], message: Message
    ) -> list[dict[str, Any]]:
        described = {str(one.get("id")): one for one in listed or []}
        kept = [one for one in had if listed is None or one["id"] in described]
        for number, upload in enumerate(uploads):
            key = self.server.world.ids.next()
            about = described.get(str(number), {})
            name = about.get("filename") or upload.name
            self.files[key] = upload.content
            url = f"{self.server.site}/attachments/{message.channel.id}/{key}/{name}"
            made = {"id": str(key), "filename": name, "size": len(upload.content), "url": url, "proxy_url": url}
            kept = [*kept, made | {"content_type": upload.kind, "description": about.get("description")}]
        return kept
