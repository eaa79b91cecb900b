"""The bot's settings, its log lines and its waits: what each takes, what it refuses in which words, what it hides."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fabella.discord import logs
from fabella.discord.backoff import Backoff
from fabella.discord.settings import Settings, load_settings
from fabella_knowledge.errors import SettingError
from hypothesis import given
from hypothesis import strategies as st

TOKEN = "MTIzNDU2Nzg5.Gabcde.not-a-real-token"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("DISCORD_TOKEN", "DISCORD_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"FABELLA_{name}", raising=False)
    return tmp_path


# --- settings -------------------------------------------------------------------------------------


def token_of(settings: Settings) -> str | None:
    return settings.token.get_secret_value() if settings.token else None


def test_without_any_setting_there_are_defaults_and_no_token(folder: Path) -> None:
    settings = Settings()
    assert settings.token is None and settings.shard_ids is None and not settings.message_content
    assert settings.database == f"sqlite+aiosqlite:///{folder}/data/fabella/discord.sqlite3"


@pytest.mark.parametrize("name", ["FABELLA_DISCORD_TOKEN", "DISCORD_TOKEN"])
def test_the_token_is_found_in_each_place(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "secret").write_text(f"{TOKEN}\n")
    for written, value in ((name, TOKEN), (f"{name}_FILE", str(folder / "secret"))):
        monkeypatch.setenv(written, value)
        assert token_of(load_settings()) == TOKEN
        monkeypatch.delenv(written)
        (folder / ".env").write_text(f'{written}="{value}"\n')
        assert token_of(load_settings()) == TOKEN
        (folder / ".env").unlink()
    assert load_settings().token is None


def test_the_environment_goes_before_the_file_and_the_own_name_before_the_general(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("FABELLA_DISCORD_TOKEN=written\nDISCORD_TOKEN=general\nFABELLA_DISCORD_JSON_LOGS=1\n")
    assert token_of(load_settings()) == "written" and load_settings().json_logs
    monkeypatch.setenv("DISCORD_TOKEN", "other")
    assert token_of(load_settings()) == "written"
    monkeypatch.setenv("FABELLA_DISCORD_TOKEN", "set")
    monkeypatch.setenv("FABELLA_DISCORD_JSON_LOGS", "0")
    assert token_of(load_settings()) == "set" and not load_settings().json_logs
    assert token_of(load_settings(token="given")) == "given"
    monkeypatch.setenv("FABELLA_DISCORD_TOKEN", "")  # as good as unset
    assert token_of(load_settings()) == "written"


@pytest.mark.parametrize(
    ("given_", "line"),
    [
        ({"shard_ids": "0,1"}, r"FABELLA_DISCORD_SHARD_IDS \(--shard-ids\): .*--shard-count"),
        ({"shard_ids": "0,x"}, r"FABELLA_DISCORD_SHARD_IDS \(--shard-ids\): give numbers with commas"),
        ({"shard_ids": "0,4", "shard_count": 4}, r"FABELLA_DISCORD_SHARD_IDS \(--shard-ids\): .*0 to 3"),
        ({"shard_ids": "1,1", "shard_count": 4}, r"FABELLA_DISCORD_SHARD_IDS \(--shard-ids\): .*once"),
        ({"shard_count": "0"}, r"FABELLA_DISCORD_SHARD_COUNT \(--shard-count\): give a number from 1"),
        ({"shard_count": "two"}, r"FABELLA_DISCORD_SHARD_COUNT \(--shard-count\): give a whole number"),
        ({"log_level": "loud"}, r"FABELLA_DISCORD_LOG_LEVEL \(--log-level\): give one of debug, info"),
        ({"message_content": "perhaps"}, r"FABELLA_DISCORD_MESSAGE_CONTENT: give true or false"),
        ({"api": "example.org"}, r"FABELLA_DISCORD_API: .*http://"),
        ({"gateway": "http://example.org"}, r"FABELLA_DISCORD_GATEWAY: .*ws://"),
        ({"database": "mysql://me:hidden-value@host/x"}, r"FABELLA_DISCORD_DATABASE: give sqlite:///PATH"),
        ({"token": f"Bot {TOKEN}"}, r"FABELLA_DISCORD_TOKEN: give the token alone"),
        ({"token": "hidden-value two"}, r"FABELLA_DISCORD_TOKEN: not a token"),
    ],
)
def test_a_wrong_value_is_told_in_one_line_that_does_not_repeat_it(given_: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings(**given_)
    assert re.fullmatch(line + ".*", str(caught.value))
    assert "hidden-value" not in str(caught.value) and TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"), [(None, "cannot be read: No such file"), (b"  \n", "is empty"), (b"\xff\xfe", "no text")]
)
def test_a_token_file_that_holds_none_is_told(
    text: bytes | None, reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (folder / "secret").write_bytes(text)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "secret")
    with pytest.raises(SettingError, match=rf"^DISCORD_TOKEN_FILE: secret .*{reason}"):
        load_settings()


def test_what_is_secret_is_not_printed() -> None:
    settings = load_settings(token=TOKEN, database="postgres://fabella:pass-word@localhost/fabella")
    assert settings.database == "postgresql+asyncpg://fabella:pass-word@localhost/fabella"
    assert TOKEN not in f"{settings} {settings!r}" and "pass-word" not in f"{settings} {settings!r}"


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), st.text(max_size=40) | st.integers()))
def test_any_values_give_settings_or_lines(values: dict[str, Any]) -> None:
    try:
        settings = load_settings(**values)
    except SettingError as error:
        lines = str(error).split("\n")
        assert all(re.match(r"FABELLA_DISCORD_[A-Z_]+( \(--[a-z-]+\))?: ", one) and one.isprintable() for one in lines)
    else:
        assert settings.shard_ids is None or set(settings.shard_ids) <= set(range(settings.shard_count or 0))
        assert settings.database.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://"))


# --- log lines ------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards the process logs as before."""
    loggers = [logging.getLogger(name) for name in (None, "fabella", "discord", "asyncio", "sqlalchemy", "aiohttp")]
    before = [(one, one.level, one.handlers[:]) for one in loggers]
    yield io.StringIO()
    for one, level, handlers in before:
        one.setLevel(level)
        one.handlers[:] = handlers


def fault() -> None:
    try:
        int("what is the fabella")
    except ValueError:
        logging.getLogger("fabella.discord").exception("fault")


def test_a_plain_line_has_its_time_in_utc_and_hides_secrets_and_questions(written: io.StringIO) -> None:
    logs.configure(stream=written, secrets=[TOKEN])
    logging.getLogger("fabella.discord").info("it is %s\nand more", TOKEN)
    logging.getLogger("discord.http").warning(
        "POST %s", "/api/v10/interactions/12/abcdef/callback and postgres://me:pw@h/x"
    )
    logging.getLogger("discord.gateway").info("chatter")
    logging.getLogger("fabella.discord").debug("detail")
    fault()
    lines = written.getvalue().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) +\S+: ", one) for one in lines)
    assert len(lines) == 3 and TOKEN not in written.getvalue() and "abcdef" not in lines[1] and ":pw@" not in lines[1]
    assert lines[0].endswith(r"it is [secret]\nand more")
    assert (
        "ValueError at test_discord_settings.py" in lines[2]
        and "fabella\n" not in lines[2]
        and "what is" not in lines[2]
    )


def test_a_json_line_is_an_object_with_the_same(written: io.StringIO) -> None:
    logs.configure(json=True, stream=written, secrets=[TOKEN])
    logging.getLogger("fabella.discord").warning("it is %s\nand more", TOKEN, extra={"fault": "abc123"})
    fault()
    first, second = (json.loads(one) for one in written.getvalue().splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {
        "level": "WARNING",
        "logger": "fabella.discord",
        "message": "it is [secret]\nand more",
        "fault": "abc123",
    }
    assert second["exc_info"].startswith("ValueError at test_discord_settings.py")


@pytest.mark.parametrize("as_json", [False, True])
def test_at_debug_everything_is_logged_but_the_secrets(written: io.StringIO, as_json: bool) -> None:
    logs.configure(json=as_json, level="debug", stream=written, secrets=[TOKEN])
    logging.getLogger("discord.gateway").debug("received %s", TOKEN)
    fault()
    assert "received [secret]" in written.getvalue() and "what is the fabella" in written.getvalue()


def test_repeated_lines_are_held_back_and_counted() -> None:
    now = 0.0
    sparing = logs.Sparing(seconds=60, most=2, clock=lambda: now)
    assert [sparing.held("a") for _ in range(3)] == [0, None, None] and sparing.held("b") == 0
    now = 60.0
    assert sparing.held("a") == 2
    assert sparing.held("c") == 0 and sparing.held("b") == 0  # only two are remembered


# --- waits ----------------------------------------------------------------------------------------


def backoff(**options: Any) -> Backoff:
    return Backoff(chance=lambda: 1.0, **options)


def test_waits_double_up_to_the_most() -> None:
    pauses = backoff(first=1.0, most=30.0)
    assert [pauses.delay() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_what_came_up_is_back_at_once_unless_it_keeps_falling() -> None:
    now = 0.0
    pauses = backoff(first=0.25, steady=10.0, patience=10, flapping=4.0, clock=lambda: now)
    for _ in range(9):
        pauses.delay()
    falls = []
    for _ in range(17):
        pauses.came_up()
        falls.append(pauses.delay())
    assert falls[:10] == [0.25] * 10 and falls[10:] == [0.5, 1, 2, 4, 4, 4, 4]
    pauses.came_up()
    now += 10.0
    assert [pauses.delay(), pauses.delay()] == [0.25, 0.5]


@given(st.lists(st.sampled_from(["fail", "rise", "later"]), max_size=60), st.randoms(use_true_random=False))
def test_no_wait_is_longer_than_the_most(steps: list[str], chance: Any) -> None:
    now = 0.0
    pauses = Backoff(most=30.0, clock=lambda: now, chance=chance.random)
    for one in steps:
        if one == "rise":
            pauses.came_up()
        elif one == "later":
            now += 100.0
        else:
            assert 0.0 < pauses.delay() <= 30.0
