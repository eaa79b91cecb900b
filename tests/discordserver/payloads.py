"""Users, guilds, channels and messages as Discord prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discordserver.clock import moment

if TYPE_CHECKING:
    from discordserver.world import Channel, Guild, Member, Message, Role, User

Payload = dict[str, Any]


def user(one: User) -> Payload:
    """An account."""
    printed: Payload = {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0000" if one.bot else "0",
        "global_name": None if one.bot else one.name.title(),
        "avatar": None,
        "public_flags": 0,
        "avatar_decoration_data": None,
    }
    if one.bot:
        printed["bot"] = True
    return printed


def member(one: Member, *, whole: bool = True) -> Payload:
    """A membership; without the account when not whole, as it stands beside a message."""
    printed: Payload = {
        "roles": [str(role) for role in one.roles],
        "joined_at": one.joined,
        "premium_since": None,
        "nick": one.nick,
        "avatar": None,
        "banner": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    if whole:
        printed["user"] = user(one.user)
    return printed


def role(one: Role) -> Payload:
    """A role."""
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel(one: Channel) -> Payload:
    """A channel, a thread or a private conversation."""
    last = next(reversed(one.messages), None)
    printed: Payload = {"id": str(one.id), "type": one.type, "last_message_id": str(last) if last else None}
    if one.guild is None:
        printed["recipients"] = [user(each) for each in one.recipients if each is not one.world.bot]
        printed["flags"] = 0
        if len(one.recipients) > 2:
            printed |= {"name": one.name, "icon": None, "owner_id": str(one.recipients[0].id)}
        return printed
    printed |= {"guild_id": str(one.guild.id), "name": one.name, "flags": 0, "rate_limit_per_user": 0}
    if one.parent is not None:
        assert one.owner is not None
        started = moment(one.id)
        return printed | {
            "parent_id": str(one.parent.id),
            "owner_id": str(one.owner.id),
            "message_count": len(one.messages),
            "member_count": 1,
            "total_message_sent": len(one.messages),
            "thread_metadata": {
                "archived": False,
                "archive_timestamp": started,
                "auto_archive_duration": 1440,
                "locked": False,
                "create_timestamp": started,
            },
        }
    return printed | {
        "position": 0,
        "topic": one.topic,
        "nsfw": False,
        "parent_id": None,
        "permission_overwrites": [
            {"id": str(key), "type": kind, "allow": str(allow), "deny": str(deny)}
            for key, (kind, allow, deny) in one.overwrites.items()
        ],
    }


def guild(one: Guild) -> Payload:
    """A guild with its channels, as GUILD_CREATE carries it."""
    bot = one.members.get(one.world.bot.id)
    bot_joined = bot.joined if bot else moment()
    return guild_outline(one) | {
        "joined_at": bot_joined,
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(bot)] if bot else [],
        "channels": [channel(each) for each in one.channels.values() if each.parent is None],
        "threads": [channel(each) for each in one.channels.values() if each.parent is not None],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def guild_outline(one: Guild) -> Payload:
    """A guild without its channels, as REST gives it."""
    assert one.owner is not None
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(one.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role(each) for each in one.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "max_members": 500000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": one.locale,
        "nsfw_level": 0,
        "nsfw": False,
    }


def message(one: Message, *, nested: bool = False) -> Payload:
    """A message as REST gives it; nested ones carry no message of their own."""
    printed: Payload = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author": user(one.author),
        "content": one.content,
        "timestamp": moment(one.id),
        "edited_timestamp": one.edited,
        "tts": one.tts,
        "mention_everyone": one.mention_everyone,
        "mentions": [user(each) for each in one.mentions],
        "mention_roles": [str(each) for each in one.mention_roles],
        "attachments": one.attachments,
        "embeds": one.embeds,
        "components": one.components,
        "pinned": False,
        "type": one.type,
        "flags": one.flags,
    }
    if one.reactions:
        bot = one.channel.world.bot.id
        printed["reactions"] = [
            {
                "emoji": {"id": None, "name": emoji},
                "count": len(ids),
                "count_details": {"burst": 0, "normal": len(ids)},
                "burst_colors": [],
                "me": bot in ids,
                "me_burst": False,
            }
            for emoji, ids in one.reactions.items()
        ]
    if one.nonce is not None:
        printed["nonce"] = one.nonce
    if one.webhook_id is not None:
        printed["webhook_id"] = str(one.webhook_id)
    if one.application_id is not None:
        printed["application_id"] = str(one.application_id)
    if one.metadata is not None:
        printed["interaction_metadata"] = one.metadata
        if one.metadata["type"] == 2:
            printed["interaction"] = {key: one.metadata[key] for key in ("id", "type", "name", "user")}
    if one.reference is not None:
        printed["message_reference"] = one.reference
        if not nested:
            gone = one.referenced is None or one.referenced.deleted
            printed["referenced_message"] = (
                None if gone or one.referenced is None else message(one.referenced, nested=True)
            )
    return printed


def concerns(one: Message) -> bool:
    """Whether the bot may read the message without the message content intent."""
    bot = one.channel.world.bot
    return one.channel.guild is None or one.author is bot or bot in one.mentions


def readable(printed: Payload, one: Message) -> Payload:
    """The message for a bot without the message content intent: text only where it concerns the bot."""
    if not concerns(one):
        printed = printed | {"content": "", "embeds": [], "attachments": [], "components": []}
    if printed.get("referenced_message") and one.referenced is not None:
        printed = printed | {"referenced_message": readable(printed["referenced_message"], one.referenced)}
    return printed


def event(one: Message, *, content: bool) -> Payload:
    """The message as MESSAGE_CREATE and MESSAGE_UPDATE carry it, for a bot with or without message content."""
    printed = message(one)
    where = one.channel.guild
    if where is not None:
        printed["guild_id"] = str(where.id)
        if one.author.id in where.members:
            printed["member"] = member(where.members[one.author.id], whole=False)
        for each in printed["mentions"]:
            if int(each["id"]) in where.members:
                each["member"] = member(where.members[int(each["id"])], whole=False)
    printed["channel_type"] = one.channel.type
    return printed if content else readable(printed, one)
