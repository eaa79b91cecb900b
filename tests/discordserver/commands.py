"""Application commands: storing them as the bot sends them, and Discord's limits on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from discordserver.errors import ApiError, Problems, unknown
from discordserver.routes import Answer, Call, Routes

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

CHAT, ON_USER, ON_MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
MOST = {CHAT: 100, ON_USER: 5, ON_MESSAGE: 5}  # five as the library counts
NAME = re.compile(r"[-_'\w]{1,32}")
CHARACTERS = 8000
LOCALES = set(
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja "
    "zh-TW ko".split()
)
Place = tuple[str | int, ...]


def _name(problems: Problems, place: Place, value: Any, *, chat: bool) -> None:
    if not problems.length(place, value, 1, 32):
        return
    if chat and not (NAME.fullmatch(value) and value == value.lower()):
        problems.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _localized(problems: Problems, place: Place, value: Any, most: int) -> int:
    total = 0
    for locale, text in (value or {}).items():
        if locale not in LOCALES:
            problems.add((*place, locale), "BASE_TYPE_CHOICES", "Unknown locale")
        if problems.length((*place, locale), text, 1, most):
            total = max(total, len(text))
    return total


def _choices(problems: Problems, place: Place, option: dict[str, Any]) -> int:
    choices = option.get("choices") or []
    if not problems.listing(place, choices, 0, 25):
        return 0
    total, names = 0, set()
    for number, choice in enumerate(choices):
        here = (*place, number)
        if problems.length((*here, "name"), choice.get("name"), 1, 100):
            total += len(choice["name"])
            if choice["name"] in names:
                problems.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE", "Not unique")
            names.add(choice["name"])
        value = choice.get("value")
        if option.get("type") == TEXT and problems.length((*here, "value"), value, 1, 100):
            total += len(value)
        elif option.get("type") in (INTEGER, NUMBER) and not isinstance(value, int | float):
            problems.add((*here, "value"), "NUMBER_TYPE_COERCE", "Value is not a number")
    if choices and option.get("autocomplete"):
        problems.add(place, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_AND_CHOICES", "Not both")
    return total


def _options(problems: Problems, place: Place, options: Any, depth: int) -> int:
    """Checks options or subcommands; the number of characters that count."""
    if not problems.listing(place, options, 0, 25) or not isinstance(options, list):
        return 0
    total, names, optional = 0, set(), False
    nested = [one.get("type") in (SUBCOMMAND, GROUP) for one in options]
    if any(nested) and not all(nested):
        problems.add(
            place, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and options are mutually exclusive"
        )
    for number, one in enumerate(options):
        here = (*place, number)
        kind = one.get("type")
        if kind not in range(1, 12) or (kind == GROUP and depth > 0) or (kind == SUBCOMMAND and depth > 1):
            problems.add((*here, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, ..., 11}.")
        _name(problems, (*here, "name"), one.get("name"), chat=True)
        if one.get("name") in names:
            problems.add((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "Option name is not unique")
        names.add(one.get("name"))
        if problems.length((*here, "description"), one.get("description"), 1, 100):
            total += len(one["description"])
        total += len(one.get("name") or "")
        total += _localized(problems, (*here, "name_localizations"), one.get("name_localizations"), 32)
        total += _localized(problems, (*here, "description_localizations"), one.get("description_localizations"), 100)
        if kind in (SUBCOMMAND, GROUP):
            total += _options(problems, (*here, "options"), one.get("options") or [], depth + 1)
            continue
        if one.get("required") and optional:
            problems.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before")
        optional = optional or not one.get("required")
        if one.get("autocomplete") and kind not in (TEXT, INTEGER, NUMBER):
            problems.add((*here, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_TYPE", "Not for this type")
        for key, least in (("min_length", 0), ("max_length", 1)):
            value = one.get(key)
            if value is not None and not (kind == TEXT and isinstance(value, int) and least <= value <= 6000):
                problems.add((*here, key), "NUMBER_TYPE_MAX", f"int value should be between {least} and 6000.")
        total += _choices(problems, (*here, "choices"), one)
    return total


def check(problems: Problems, place: Place, one: Any, *, in_guild: bool) -> None:
    """Checks one command."""
    kind = one.get("type", CHAT)
    if kind not in MOST:
        problems.add((*place, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
        return
    _name(problems, (*place, "name"), one.get("name"), chat=kind == CHAT)
    total = len(one.get("name") or "") + len(one.get("description") or "")
    total += _localized(problems, (*place, "name_localizations"), one.get("name_localizations"), 32)
    total += _localized(problems, (*place, "description_localizations"), one.get("description_localizations"), 100)
    if kind == CHAT:
        problems.length((*place, "description"), one.get("description"), 1, 100)
        total += _options(problems, (*place, "options"), one.get("options") or [], 0)
    else:
        for key in ("description", "options"):
            if one.get(key):
                problems.add((*place, key), "APPLICATION_COMMAND_CONTEXT_MENU_INVALID", "Not for context menus")
    if total > CHARACTERS:
        problems.add(place, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({CHARACTERS})")
    needed = one.get("default_member_permissions")
    if needed is not None and not str(needed).isdecimal():
        problems.add((*place, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
    for key, allowed in (("contexts", {0, 1, 2}), ("integration_types", {0, 1})):
        value = one.get(key)
        if value is None:
            continue
        if in_guild:
            problems.add((*place, key), "APPLICATION_COMMAND_GUILD_INVALID", "Not for commands of a guild")
        elif not isinstance(value, list) or not value or not set(value) <= allowed or len(set(value)) < len(value):
            problems.add((*place, key), "BASE_TYPE_CHOICES", f"Values must be of {allowed}.")


class Commands:
    """The application's commands, everywhere and by guild."""

    def __init__(self, server: DiscordServer, routes: Routes) -> None:
        self.server = server
        self.everywhere: list[dict[str, Any]] = []
        self.by_guild: dict[int, list[dict[str, Any]]] = {}
        root = "/applications/{application}/"
        for where in ("commands", "guilds/{guild}/commands"):
            routes.add("GET", root + where, self.listed)
            routes.add("PUT", root + where, self.overwrite)
            routes.add("POST", root + where, self.create)
            routes.add("GET", root + where + "/{command}", self.read)
            routes.add("PATCH", root + where + "/{command}", self.edit)
            routes.add("DELETE", root + where + "/{command}", self.delete)

    def find(self, name: str, kind: int, guild: int | None) -> dict[str, Any] | None:
        """The command of this name that a person in the guild sees; the guild's own first."""
        one: dict[str, Any]
        for one in [*self.by_guild.get(guild or 0, ()), *self.everywhere]:
            if one["name"] == name and one["type"] == kind:
                return one
        return None

    def _where(self, call: Call) -> int | None:
        if call.id("application") != self.server.application_id:
            raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
        if "guild" not in call.params:
            return None
        guild = self.server.world.guilds.get(call.id("guild"))
        if guild is None or not guild.has_bot:
            raise ApiError(403, 50001, "Missing Access")
        return guild.id

    def _all(self, where: int | None) -> list[dict[str, Any]]:
        return self.everywhere if where is None else self.by_guild.setdefault(where, [])

    def _one(self, call: Call) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        among = self._all(self._where(call))
        for one in among:
            if one["id"] == call.params["command"]:
                return among, one
        raise unknown("application command")

    def _printed(self, one: dict[str, Any], where: int | None, had: dict[str, Any] | None) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": had["id"] if had else str(self.server.world.ids.next()),
            "application_id": str(self.server.application_id),
            "version": str(self.server.world.ids.next()),
            "type": CHAT,
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "name_localizations": None,
            "description_localizations": None,
        }
        if where is None:
            made |= {"dm_permission": True, "contexts": None, "integration_types": [0]}
        else:
            made["guild_id"] = str(where)
        return made | {key: value for key, value in one.items() if value is not None}

    async def listed(self, call: Call) -> Answer:
        """GET all of them."""
        return 200, self._all(self._where(call))

    async def read(self, call: Call) -> Answer:
        """GET one of them."""
        return 200, self._one(call)[1]

    async def overwrite(self, call: Call) -> Answer:
        """PUT all of them at once; an id is kept where name and type stay."""
        where = self._where(call)
        problems = Problems()
        seen: set[tuple[str, int]] = set()
        if not isinstance(call.body, list):
            raise ApiError(400, 50035, "Invalid Form Body", {"_errors": [{"code": "LIST_TYPE_CONVERT", "message": ""}]})
        for number, one in enumerate(call.body):
            check(problems, (number,), one, in_guild=where is not None)
            key = (one.get("name"), one.get("type", CHAT))
            if key in seen:
                problems.add(
                    (number,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
                )
            seen.add(key)
        problems.refuse()
        for kind, most in MOST.items():
            if sum(one.get("type", CHAT) == kind for one in call.body) > most:
                raise ApiError(400, 30032, f"Maximum number of application commands reached ({most})")
        had = {(one["name"], one["type"]): one for one in self._all(where)}
        made = [self._printed(one, where, had.get((one["name"], one.get("type", CHAT)))) for one in call.body]
        self._all(where)[:] = made
        return 200, made

    async def create(self, call: Call) -> Answer:
        """POST one; it replaces the one of the same name and type."""
        where = self._where(call)
        problems = Problems()
        check(problems, (), call.body, in_guild=where is not None)
        problems.refuse()
        among = self._all(where)
        key = (call.body["name"], call.body.get("type", CHAT))
        had = next((one for one in among if (one["name"], one["type"]) == key), None)
        made = self._printed(call.body, where, had)
        if had is not None:
            among.remove(had)
        among.append(made)
        return (200 if had else 201), made

    async def edit(self, call: Call) -> Answer:
        """PATCH one."""
        among, had = self._one(call)
        problems = Problems()
        check(problems, (), had | call.body, in_guild="guild_id" in had)
        problems.refuse()
        made = had | call.body
        among[among.index(had)] = made
        return 200, made

    async def delete(self, call: Call) -> Answer:
        """DELETE one."""
        among, one = self._one(call)
        among.remove(one)
        return 204, None
