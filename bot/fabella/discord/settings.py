"""The settings of the bot, from arguments, the environment and `.env`: each checked, the token never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from fabella_knowledge.errors import SettingError, brief
from platformdirs import user_data_dir
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

PREFIX = "FABELLA_DISCORD_"
DOTENV = ".env"
TOKEN = "FABELLA_DISCORD_TOKEN"
# Where a token is looked for, in this order; each file holds it alone.
TOKENS = (TOKEN, "DISCORD_TOKEN")
TOKEN_FILES = ("FABELLA_DISCORD_TOKEN_FILE", "DISCORD_TOKEN_FILE")
NO_TOKEN = (
    "no token: set FABELLA_DISCORD_TOKEN or DISCORD_TOKEN, name a file that holds it in FABELLA_DISCORD_TOKEN_FILE or "
    "DISCORD_TOKEN_FILE, or write one of these into .env (README, 'In Discord': where the portal shows the token)"
)
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_LEVELS = ("debug", "info", "warning", "error")
_PRINTABLE = range(0x21, 0x7F)
_WORDS = {
    "bool_parsing": "give true or false",
    "bool_type": "give true or false",
    "int_parsing": "give a whole number",
    "int_type": "give a whole number",
    "greater_than_equal": "give a number from 1 to 100000",
    "less_than_equal": "give a number from 1 to 100000",
    "literal_error": f"give one of {', '.join(_LEVELS)}",
}
_FLAGS = {"shard_ids": "--shard-ids", "shard_count": "--shard-count", "log_level": "--log-level"}


class _TokenSource(PydanticBaseSettingsSource):
    """The token under its other names, and out of a file; what stands in the environment goes before `.env`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        written = _dotenv()
        for name in TOKENS:
            for source in (os.environ, written):
                if source.get(name):
                    return {"token": SecretStr(source[name] or "")}
        for name in TOKEN_FILES:
            for source in (os.environ, written):
                if source.get(name):
                    return {"token": SecretStr(_token_in(Path(source[name] or "").expanduser(), name))}
        return {}


class Settings(BaseSettings):
    """What the bot runs by. A setting without a value takes its default; there may be no token."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=DOTENV,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    token: SecretStr | None = None
    """The bot's token."""
    database: str = Field(default_factory=lambda: default_database(), repr=False)
    """Where servers' settings and votes are kept: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://...`."""
    message_content: bool = False
    """Whether whole channels can be answered, which needs the privileged intent."""
    api: str | None = None
    """The address of the API in place of Discord's, such as `http://127.0.0.1:1234/api/v10`."""
    gateway: str | None = None
    """The address of the gateway in place of Discord's, such as `ws://127.0.0.1:1234/gateway`."""
    shard_ids: Annotated[tuple[int, ...] | None, NoDecode] = None
    """The shards of this process; all of them when not set."""
    shard_count: int | None = Field(default=None, ge=1, le=100_000)
    """How many shards there are in all processes together; Discord says how many when not set."""
    json_logs: bool = False
    """Whether each log line is a JSON object."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least level that is logged."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments go before the environment, and that before `.env`."""
        return init_settings, env_settings, dotenv_settings, _TokenSource(settings_cls)

    @field_validator("token", mode="after")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value().strip() if value is not None else ""
        if text.lower().startswith("bot "):
            raise ValueError("give the token alone, without 'Bot' in front of it")
        if not all(ord(one) in _PRINTABLE for one in text):
            raise ValueError("not a token: a token has no spaces, line breaks or special letters; copy it again")
        return SecretStr(text) if text else None

    @field_validator("database", mode="after")
    @classmethod
    def _database(cls, value: str) -> str:
        kind, found, rest = value.partition("://")
        if not found or kind not in _DRIVERS or not rest.strip("/"):
            raise ValueError(
                "give sqlite:///PATH (four slashes before an absolute path) or postgresql://USER@HOST/NAME"
            )
        return f"{_DRIVERS[kind]}://{rest}"

    @field_validator("api", "gateway", mode="after")
    @classmethod
    def _address(cls, value: str | None, info: Any) -> str | None:
        if value is None:
            return None
        plain, safe = ("http", "https") if info.field_name == "api" else ("ws", "wss")
        parts = urlsplit(value)
        if parts.scheme not in (plain, safe) or not parts.hostname:
            raise ValueError(f"give an address that begins with {plain}:// or {safe}://")
        return value.rstrip("/")

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _shards(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [one.strip() for one in value.split(",")]
        if not all(one.isascii() and one.isdigit() and len(one) < 7 for one in parts):
            raise ValueError("give numbers with commas between them, such as 0,1")
        return tuple(int(one) for one in parts)

    @field_validator("log_level", mode="before")
    @classmethod
    def _level(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.shard_ids is None:
            return self
        if self.shard_count is None:
            raise ValueError("shard_ids: needs the count of all shards as well (--shard-count)")
        wrong = [one for one in self.shard_ids if not 0 <= one < self.shard_count]
        if wrong or not self.shard_ids or len(set(self.shard_ids)) < len(self.shard_ids):
            raise ValueError(f"shard_ids: give each once, and from 0 to {self.shard_count - 1} (--shard-count - 1)")
        return self


def load_settings(**overrides: Any) -> Settings:
    """The settings, where each of `overrides` that isn't None goes before the environment and `.env`.

    Raises:
        SettingError: a value that cannot be used; one line for each, with the setting and what to do.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingError(*_lines(error)) from None
    except SettingsError as error:
        raise SettingError(f"{PREFIX}*: cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise SettingError(f"{DOTENV}: not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise SettingError(f"{DOTENV}: cannot be read: {error.strerror or error}") from None


def default_database() -> str:
    """The SQLite file in the user's data folder, as a URL."""
    return f"sqlite+aiosqlite:///{Path(user_data_dir('fabella')) / 'discord.sqlite3'}"


def _lines(error: ValidationError) -> list[str]:
    """One line for each problem, without the value: that may be a secret."""
    made = []
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        message = _WORDS.get(one["type"], one["msg"].removeprefix("Value error, "))
        name = str(one["loc"][0]) if one["loc"] else message.partition(":")[0]
        if not one["loc"]:
            message = message.partition(": ")[2]
        flag = f" ({_FLAGS[name]})" if name in _FLAGS else ""
        made.append(f"{PREFIX}{name.upper()}{flag}: {message[:1].lower()}{message[1:]}")
    return made


def _dotenv() -> Mapping[str, str | None]:
    return dotenv_values(DOTENV, encoding="utf-8") if Path(DOTENV).is_file() else {}


def _token_in(path: Path, setting: str) -> str:
    """The token in a file.

    Raises:
        SettingError: a file that cannot be read, or that holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise SettingError(f"{setting}: {brief(path)} holds no text; it must hold the token alone") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"{setting}: {brief(path)} cannot be read: {reason}") from None
    if not text:
        raise SettingError(f"{setting}: {brief(path)} is empty; it must hold the token alone")
    return text
