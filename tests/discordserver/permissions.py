"""The bits of Discord's permissions that matter to a bot, by name."""

from __future__ import annotations

BITS = {
    "create_instant_invite": 0,
    "kick_members": 1,
    "ban_members": 2,
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "add_reactions": 6,
    "view_audit_log": 7,
    "view_channel": 10,
    "send_messages": 11,
    "send_tts_messages": 12,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_external_emojis": 18,
    "connect": 20,
    "speak": 21,
    "change_nickname": 26,
    "manage_roles": 28,
    "manage_webhooks": 29,
    "use_application_commands": 31,
    "manage_threads": 34,
    "create_public_threads": 35,
    "send_messages_in_threads": 38,
    "moderate_members": 40,
    "use_external_apps": 50,
}
ALL = (1 << 53) - 1
EVERYONE_NAMES = (
    "create_instant_invite add_reactions view_channel send_messages embed_links attach_files read_message_history "
    "use_external_emojis connect speak change_nickname use_application_commands create_public_threads "
    "send_messages_in_threads use_external_apps"
).split()


def bits(*names: str) -> int:
    """These permissions as one number. Raises: KeyError: no such permission."""
    value = 0
    for name in names:
        value |= 1 << BITS[name]
    return value


EVERYONE = bits(*EVERYONE_NAMES)
ADMINISTRATOR = bits("administrator")
