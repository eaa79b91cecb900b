"""Where commands are offered: in servers, direct messages and group chats, installed by a server or by a user."""

from __future__ import annotations

from typing import Any, TypeVar

from discord import app_commands

CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
_Command = TypeVar("_Command", bound=app_commands.Command[Any, ..., Any])


def everywhere(command: _Command) -> _Command:
    """The command, offered wherever Discord can offer one."""
    command.allowed_contexts, command.allowed_installs = CONTEXTS, INSTALLS
    return command
