"""The data of interactions as Discord's app builds it from what a person does, and what it refuses to send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discordserver import payloads
from discordserver.commands import (
    BOOLEAN,
    CHANNEL,
    CHAT,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ON_MESSAGE,
    ON_USER,
    ROLE,
    SUBCOMMAND,
    TEXT,
    USER,
)
from discordserver.errors import NotPossible
from discordserver.world import Channel, Message, Role, User

if TYPE_CHECKING:
    from discordserver.server import DiscordServer


@dataclass(frozen=True, slots=True)
class Invocation:
    """Who uses a command where; `force` skips what the app would not let them do."""

    server: DiscordServer
    user: User
    channel: Channel
    force: bool = False

    def command(self, name: str, kind: int) -> dict[str, Any] | None:
        """The command as it was synced; None when nothing has been. Raises: NotPossible."""
        commands = self.server.commands
        guild = self.channel.guild
        found = commands.find(name, kind, guild.id if guild else None)
        if found is None:
            if self.force or not (commands.everywhere or commands.by_guild):
                return None
            raise NotPossible(f"there is no command {name!r} here")
        if not self.force:
            self._check(found)
        return found

    def _check(self, command: dict[str, Any]) -> None:
        name, channel = command["name"], self.channel
        owners = self.server.interactions.owners(self.user, channel)
        installs = command.get("integration_types") or [0]
        if not any(str(one) in owners for one in installs):
            raise NotPossible(f"/{name} is not installed for {self.user.name} here: {owners}, {installs}")
        contexts = command.get("contexts")
        context = self.server.interactions.context(channel)
        if contexts is not None and context not in contexts:
            raise NotPossible(f"/{name} is not offered in context {context}")
        if contexts is None and context == 2 and 1 not in installs:
            raise NotPossible(f"/{name} is not offered in private channels")
        needed = command.get("default_member_permissions")
        if channel.guild is None:
            return
        has = channel.permissions(self.user)
        if not channel.may(self.user, "view_channel", "use_application_commands"):
            raise NotPossible(f"{self.user.name} may not use commands here")
        if needed is not None and (int(needed) == 0 or has & int(needed) != int(needed)):
            raise NotPossible(f"{self.user.name} lacks the permissions {needed} for /{name}")


def invoking(how: Invocation, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The data of a slash command. Raises: NotPossible."""
    return _chat(how, name, values, None)


def autocompleting(how: Invocation, name: str, focused: str, values: dict[str, Any]) -> dict[str, Any]:
    """The data of typing into an option. Raises: NotPossible."""
    return _chat(how, name, {focused: "", **values}, focused)


def _chat(how: Invocation, name: str, values: dict[str, Any], focused: str | None) -> dict[str, Any]:
    root, *path = name.removeprefix("/").split()
    command = how.command(root, CHAT)
    declared: list[dict[str, Any]] | None = None
    if command is not None:
        declared = command.get("options") or []
        for step in path:
            inner = next((one for one in declared if one["name"] == step and one["type"] in (SUBCOMMAND, GROUP)), None)
            if inner is None:
                raise NotPossible(f"/{root} has no subcommand {step!r}")
            declared = inner.get("options") or []
        if any(one["type"] in (SUBCOMMAND, GROUP) for one in declared):
            raise NotPossible(f"/{name} needs a subcommand")
    resolved: dict[str, dict[str, Any]] = {}
    options = _options(how, name, values, declared, focused, resolved)
    for depth, step in enumerate(reversed(path)):
        options = [{"name": step, "type": SUBCOMMAND if depth == 0 else GROUP, "options": options}]
    data: dict[str, Any] = {"id": command["id"] if command else "1", "name": root, "type": CHAT, "options": options}
    if command and "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if resolved:
        data["resolved"] = resolved
    return data


def _options(
    how: Invocation,
    name: str,
    values: dict[str, Any],
    declared: list[dict[str, Any]] | None,
    focused: str | None,
    resolved: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    if declared is None:
        return [_option(how, key, _kind(value), value, focused, resolved) for key, value in values.items()]
    by_name = {one["name"]: one for one in declared}
    unknown = set(values) - set(by_name)
    missing = [one["name"] for one in declared if one.get("required") and one["name"] not in values]
    if unknown or (missing and focused is None and not how.force):
        raise NotPossible(f"/{name}: no options {sorted(unknown)}, missing {missing}")
    made = []
    for key, value in values.items():
        option = by_name[key]
        if key != focused:
            _fits(name, option, value)
        elif not option.get("autocomplete"):
            raise NotPossible(f"/{name} offers no choices for {key!r}")
        made.append(_option(how, key, option["type"], value, focused, resolved))
    return made


def _fits(name: str, option: dict[str, Any], value: Any) -> None:
    """Raises: NotPossible: the app would not send this value."""
    kind, key = option["type"], option["name"]
    if isinstance(value, str) and kind == TEXT:
        if not option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000):
            raise NotPossible(f"/{name} {key}: {len(value)} characters do not fit")
    elif kind in (INTEGER, NUMBER):
        if not option.get("min_value", value) <= value <= option.get("max_value", value):
            raise NotPossible(f"/{name} {key}: {value} is out of range")
    elif (kind == BOOLEAN) != isinstance(value, bool):
        raise NotPossible(f"/{name} {key}: {value!r} is of another type")
    choices = [one["value"] for one in option.get("choices") or ()]
    if choices and value not in choices:
        raise NotPossible(f"/{name} {key}: {value!r} is not among {choices}")


def _kind(value: Any) -> int:
    for types, kind in (
        (bool, BOOLEAN),
        (int, INTEGER),
        (float, NUMBER),
        (User, USER),
        (Channel, CHANNEL),
        (Role, ROLE),
    ):
        if isinstance(value, types):
            return kind
    return TEXT


def _option(
    how: Invocation, name: str, kind: int, value: Any, focused: str | None, resolved: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": kind, "value": value}
    if name == focused:
        return made | {"value": str(value), "focused": True}
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        made["value"] = str(value.id)
        _resolve(how, value, resolved)
    return made


def _resolve(how: Invocation, value: User | Channel | Role, resolved: dict[str, dict[str, Any]]) -> None:
    key = str(value.id)
    guild = how.channel.guild
    if isinstance(value, User):
        resolved.setdefault("users", {})[key] = payloads.user(value)
        if guild is not None and value.id in guild.members:
            member = payloads.member(guild.members[value.id], whole=False)
            member["permissions"] = str(how.channel.permissions(value))
            resolved.setdefault("members", {})[key] = member
    elif isinstance(value, Channel):
        printed = payloads.channel(value) | {"permissions": str(value.permissions(how.user))}
        resolved.setdefault("channels", {})[key] = printed
    else:
        resolved.setdefault("roles", {})[key] = payloads.role(value)


def on_message(how: Invocation, name: str, target: Message | User) -> dict[str, Any]:
    """The data of a context menu. Raises: NotPossible."""
    kind = ON_USER if isinstance(target, User) else ON_MESSAGE
    command = how.command(name, kind)
    resolved: dict[str, dict[str, Any]] = {}
    if isinstance(target, User):
        _resolve(how, target, resolved)
    else:
        resolved["messages"] = {str(target.id): payloads.message(target)}
    data = {"id": command["id"] if command else "1", "name": name, "type": kind, "target_id": str(target.id)}
    if command and "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data | {"resolved": resolved}


def parts(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All components, those inside others too, in order."""
    found = []
    for one in components:
        inside = [*(one.get("components") or ()), *([one["component"]] if "component" in one else ())]
        found += [one, *parts(inside + ([one["accessory"]] if isinstance(one.get("accessory"), dict) else []))]
    return found


def clicked(
    message: Message, label: str | None, custom_id: str | None, values: list[str] | None = None
) -> dict[str, Any]:
    """The data of pressing a button or, with values, of choosing in a select menu. Raises: NotPossible."""
    wanted = (2,) if values is None else (3, 5, 6, 7, 8)
    usable = [one for one in parts(message.components) if one["type"] in wanted and one.get("custom_id")]
    found = [
        one
        for one in usable
        if (label is None or one.get("label") == label) and (custom_id is None or one["custom_id"] == custom_id)
    ]
    if len(found) != 1:
        there = [(one.get("label"), one["custom_id"]) for one in usable]
        raise NotPossible(f"{len(found)} components are called {label or custom_id!r} among {there}")
    one = found[0]
    if one.get("disabled"):
        raise NotPossible(f"{label or custom_id!r} is disabled")
    data = {"component_type": one["type"], "custom_id": one["custom_id"], "id": one.get("id", 1)}
    if values is not None:
        offered = [each["value"] for each in one.get("options") or ()]
        if one["type"] == 3 and not set(values) <= set(offered):
            raise NotPossible(f"{values} are not among {offered}")
        if not one.get("min_values", 1) <= len(values) <= one.get("max_values", 1):
            raise NotPossible(f"{len(values)} values can't be chosen")
        data["values"] = values
    return data


def submitted(modal: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The data of sending a form; values by custom_id or label. Raises: NotPossible."""
    left = dict(values)
    rows = []
    for number, row in enumerate(modal["components"]):
        inside = row.get("component") or (row.get("components") or [None])[0]
        if inside is None:
            continue
        label = row.get("label") or inside.get("label")
        key = next((one for one in (inside["custom_id"], label) if one in left), None)
        value = inside.get("value") or "" if key is None else left.pop(key)
        filled = {"type": inside["type"], "custom_id": inside["custom_id"], "id": 2 * number + 2}
        if inside["type"] == 4:
            _typed(inside, label, value)
            filled["value"] = value
        else:
            filled["values"] = [value] if isinstance(value, str) else list(value)
        if "component" in row:
            rows.append({"type": row["type"], "id": 2 * number + 1, "component": filled})
        else:
            rows.append({"type": 1, "id": 2 * number + 1, "components": [filled]})
    if left:
        raise NotPossible(f"the form has no {sorted(left)}")
    return {"custom_id": modal["custom_id"], "components": rows}


def _typed(field: dict[str, Any], label: str | None, value: str) -> None:
    """Raises: NotPossible: the app would not send the form."""
    if not value and not field.get("required", True):
        return
    least = max(field.get("min_length") or 0, 1 if field.get("required", True) else 0)
    if not least <= len(value) <= (field.get("max_length") or 4000):
        raise NotPossible(f"{label!r}: {len(value)} characters do not fit")
