"""The storage of the Discord adapter, over SQLite and over PostgreSQL: what it keeps, shares, forgets and survives."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from fabella.discord import migrating
from fabella.discord.records import (
    Feedback,
    Forgotten,
    Reason,
    ServerSettings,
    Tally,
    Unanswered,
    Vote,
)
from fabella.discord.remembering import Remembered
from fabella.discord.store import Store, StoreError
from fabella.discord.tables import VERSION_TABLE, metadata
from fabella_knowledge.errors import SettingError
from postgres import Cluster, cluster
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import Pool

pytestmark = pytest.mark.asyncio

SERVER, OTHER = 2**62 + 1, 81384788765712384
ADA, BO = 2**63 - 1, 7
TODAY = datetime.datetime.now(datetime.UTC).date
KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest_asyncio.fixture(params=KINDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that doesn't exist yet (SQLite) or is empty (PostgreSQL)."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "some" / "folder" / "fabella.db")
    made: str = await request.getfixturevalue("postgresql").create()
    return made


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def file(tmp_path: Path) -> Path:
    return tmp_path / "fabella.db"


@pytest_asyncio.fixture
async def on_file(file: Path) -> AsyncIterator[Store]:
    """A store on the SQLite database `file`, which reads settings anew every time."""
    opened = await Store.open(sqlite_url(file), fresh=0.0)
    yield opened
    await opened.close()


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def execute(url: str, statement: str, **values: object) -> None:
    """Run a statement as somebody else would."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)
    await engine.dispose()


def counted(day: datetime.date, words: str, count: int = 1, intent: str = "unknown") -> Unanswered:
    return Unanswered(words, intent, count, day, day)


# Settings


async def test_a_server_that_changed_nothing_has_the_defaults(store: Store) -> None:
    assert await store.server(SERVER) == ServerSettings(SERVER, (), (), False, 10, True)
    assert await store.server(0) == ServerSettings(0)  # direct messages


async def test_a_change_holds_at_once_and_after_a_restart(store: Store, url: str) -> None:
    before = await store.server(SERVER)
    made = await store.change(SERVER, channels=[ADA, 5, 5], private=True)
    assert made == ServerSettings(SERVER, (5, ADA), (), True, 10, True) != before
    assert await store.change(SERVER, per_minute=0, keep_unanswered=False, listening=(9,)) == await store.server(SERVER)
    assert await store.server(OTHER) == ServerSettings(OTHER)
    again = await Store.open(url)
    assert await again.server(SERVER) == ServerSettings(SERVER, (5, ADA), (9,), True, 0, False)
    await again.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("per_minute", -1),
        ("per_minute", 121),
        ("per_minute", True),
        ("per_minute", "10"),
        ("private", 1),
        ("keep_unanswered", None),
        ("channels", (0,)),
        ("channels", (2**63,)),
        ("channels", ("5",)),
        ("channels", 5),
        ("listening", range(1, 5)),
        ("channels", tuple(range(1, 502))),
    ],
)
async def test_a_setting_out_of_range_is_refused_by_its_name_and_changes_nothing(
    on_file: Store, name: str, value: object
) -> None:
    with pytest.raises(SettingError, match=f"^{name}: "):
        await on_file.change(SERVER, **{name: value})
    with pytest.raises(SettingError, match=f"^{name}: "):
        await on_file.change(SERVER, lambda held: {name: value})
    assert await on_file.server(SERVER) == ServerSettings(SERVER)


@pytest.mark.parametrize("name", ["volume", "guild_id"])
async def test_a_setting_that_does_not_exist_is_refused_with_those_that_do(on_file: Store, name: str) -> None:
    with pytest.raises(SettingError, match=rf"^{name}: there is no such setting.*per_minute"):
        await on_file.change(SERVER, None, **{name: 11})
    with pytest.raises(SettingError, match=rf"^{name}: there is no such setting.*per_minute"):
        await on_file.change(SERVER, lambda held: {name: 11})


async def test_two_stores_on_one_database_see_each_others_changes(url: str) -> None:
    one, two = await Store.open(url, fresh=0.0), await Store.open(url, fresh=0.0)
    assert await two.server(SERVER) == ServerSettings(SERVER)
    await one.change(SERVER, per_minute=3)
    assert (await two.server(SERVER)).per_minute == 3
    await two.vote(Vote(SERVER, 1, ADA, True, "origin: soleus"))
    assert (await one.feedback(SERVER)).up == 1
    await two.keep_pages("key", ("a", "b"))
    assert await one.pages("key") == ("a", "b")
    await one.forget_server(SERVER)
    assert (await two.feedback(SERVER)).up == 0
    await one.close()
    await two.close()


async def test_settings_are_remembered_for_some_seconds_and_own_changes_are_seen_at_once(url: str) -> None:
    one, two = await Store.open(url, fresh=3600.0), await Store.open(url, fresh=0.0)
    assert (await one.server(SERVER)).per_minute == 10
    await two.change(SERVER, per_minute=3)
    assert (await one.server(SERVER)).per_minute == 10
    assert (await one.change(SERVER, private=True)) == (await one.server(SERVER))
    assert (await one.server(SERVER)).per_minute == 3
    await one.forget_server(SERVER)
    assert await one.server(SERVER) == ServerSettings(SERVER)
    await one.close()
    await two.close()


async def test_changes_at_the_same_time_from_two_stores_are_all_kept(url: str) -> None:
    stores = await Store.open(url), await Store.open(url)
    await asyncio.gather(
        *(
            stores[n % 2].change(SERVER, lambda held, n=n: {"channels": (*held.channels, n)})  # type: ignore[misc]
            for n in range(1, 13)
        )
    )
    fresh = await Store.open(url)
    assert (await fresh.server(SERVER)).channels == tuple(range(1, 13))
    for one in (*stores, fresh):
        await one.close()


# Votes


async def test_a_user_has_one_vote_a_message(store: Store) -> None:
    await store.vote(Vote(SERVER, 1, ADA, True, "origin: soleus"))
    await store.vote(Vote(SERVER, 1, BO, True, "origin: soleus"))
    await store.vote(Vote(SERVER, 2, ADA, True, "action: soleus"))
    await store.vote(Vote(SERVER, 1, ADA, False, "origin: soleus"))
    await store.vote(Vote(OTHER, 3, ADA, True, "origin: soleus"))
    await store.vote(Vote(None, 4, ADA, True, "origin: soleus"))
    tallies = (Tally("origin: soleus", 1, 1), Tally("action: soleus", 1, 0))
    assert await store.feedback(SERVER) == Feedback(30, 2, 1, tallies, ())


async def test_a_reason_is_added_to_ones_own_vote_and_redacted(store: Store) -> None:
    await store.vote(Vote(SERVER, 1, ADA, False, "origin: soleus"))
    assert await store.add_reason(SERVER, 1, ADA, " I think @bo's page 12\nsays otherwise ")
    reasons = (Reason(TODAY(), False, "origin: soleus", "I think page # says otherwise"),)
    assert (await store.feedback(SERVER)).reasons == reasons
    assert not await store.add_reason(SERVER, 1, BO, "not my vote")
    assert not await store.add_reason(SERVER, 2, ADA, "no such message")
    assert not await store.add_reason(OTHER, 1, ADA, "another server")
    assert not await store.add_reason(None, 1, ADA, "a direct message")
    assert not await store.add_reason(SERVER, 1, ADA, "my knee still hurts")
    assert not await store.add_reason(SERVER, 1, ADA, " 12 ")
    assert (await store.feedback(SERVER)).reasons == reasons
    await store.vote(Vote(None, 5, ADA, False, "origin: soleus"))
    assert await store.add_reason(None, 5, ADA, "too short")


async def test_a_reason_stays_when_the_same_is_voted_again_and_goes_with_a_change_of_mind(store: Store) -> None:
    await store.vote(Vote(SERVER, 1, ADA, False, "origin: soleus", "wrong bone"))
    await store.vote(Vote(SERVER, 1, ADA, False, "origin: soleus"))
    assert [one.text for one in (await store.feedback(SERVER)).reasons] == ["wrong bone"]
    await store.vote(Vote(SERVER, 1, ADA, False, "origin: soleus", "wrong page"))
    assert [one.text for one in (await store.feedback(SERVER)).reasons] == ["wrong page"]
    await store.vote(Vote(SERVER, 1, ADA, True, "origin: soleus"))
    assert (await store.feedback(SERVER)).reasons == ()


async def test_a_vote_does_not_tell_that_somebody_asked_about_their_health(store: Store) -> None:
    await store.vote(Vote(SERVER, 1, ADA, True, "personal: calf"))
    await store.vote(Vote(SERVER, 2, ADA, True, "treatment"))
    assert await store.feedback(SERVER) == Feedback(30, 2, 0)
    assert "personal" not in json.dumps(await store.export(SERVER))


async def test_what_a_vote_was_about_is_clipped_and_can_be_stored(store: Store) -> None:
    await store.vote(Vote(SERVER, 1, ADA, True, "origin:\0 \ud800\n" + "é" * 200, "fine\0 \ud800 answer"))
    held = await store.feedback(SERVER)
    assert held.about == (Tally("origin: " + "é" * 92, 1, 0),)
    assert held.reasons[0].text == "fine answer"


async def test_feedback_counts_the_last_days_and_the_ten_most_voted(store: Store, url: str) -> None:
    for n in range(12):
        for user in range(1, 14 - n):
            await store.vote(
                Vote(SERVER, n + 1, user, user % 2 == 0, f"origin: m{n:02}", f"reason {'abcdefghijkl'[n]}")
            )
    held = await store.feedback(SERVER)
    assert [one.about for one in held.about] == [f"origin: m{n:02}" for n in range(10)]
    assert held.about[0] == Tally("origin: m00", 6, 7)
    assert len(held.reasons) == 10
    assert held.up + held.down == sum(range(2, 14))
    await execute(url, "UPDATE fabella_votes SET at = at - 8 * 86400 WHERE message_id > 1")
    week = await store.feedback(SERVER, days=7)
    assert (week.days, week.up, week.down, week.about) == (7, 6, 7, (Tally("origin: m00", 6, 7),))
    assert {one.text for one in week.reasons} == {"reason a"}
    assert (await store.feedback(SERVER, days=9)).up == held.up


# Questions without an answer


async def test_equal_questions_are_counted_and_the_last_asked_comes_first(store: Store, url: str) -> None:
    today = TODAY()
    assert await store.record_unanswered(SERVER, "Which muscles lie there?", "muscles")
    assert await store.record_unanswered(SERVER, "<@5> which  MUSCLES lie there", "muscles")
    assert await store.record_unanswered(OTHER, "which muscles lie there", "muscles")
    await execute(url, "UPDATE fabella_unanswered SET first_day = :day, last_day = :day", day=day_before(url, today, 3))
    assert await store.record_unanswered(SERVER, "where is S1", "location")
    assert await store.record_unanswered(SERVER, "which muscles lie there?", "unknown")
    assert await store.unanswered(SERVER) == (
        Unanswered("Which muscles lie there?", "unknown", 3, today - datetime.timedelta(3), today),
        counted(today, "where is S#", intent="location"),
    )
    assert len(await store.unanswered(SERVER, limit=1)) == 1
    assert [one.count for one in await store.unanswered(OTHER)] == [1]


def day_before(url: str, day: datetime.date, days: int) -> object:
    """A day as a statement in words takes it."""
    before = day - datetime.timedelta(days)
    return before.isoformat() if url.startswith("sqlite") else before


async def test_questions_at_the_same_time_from_two_stores_are_all_counted(url: str) -> None:
    stores = await Store.open(url), await Store.open(url)
    asked = (stores[n % 2].record_unanswered(SERVER, "which muscles lie there", "muscles") for n in range(60))
    assert await asyncio.gather(*asked) == [True] * 60
    assert [one.count for one in await stores[0].unanswered(SERVER)] == [60]
    for one in stores:
        await one.close()


async def test_questions_about_health_are_not_kept(store: Store) -> None:
    assert not await store.record_unanswered(SERVER, "my knee hurts", "unknown")
    assert not await store.record_unanswered(SERVER, "which muscles lie there", "personal")
    assert not await store.record_unanswered(SERVER, "<@12> 34", "unknown")
    assert await store.unanswered(SERVER) == ()


async def test_nothing_is_kept_where_an_owner_said_no_even_in_another_process(url: str) -> None:
    one, two = await Store.open(url, fresh=3600.0), await Store.open(url)
    assert await one.record_unanswered(SERVER, "which muscles lie there", "muscles")
    await two.change(SERVER, keep_unanswered=False)
    assert not await one.record_unanswered(SERVER, "where does it lie", "location")
    assert len(await one.unanswered(SERVER)) == 1
    await one.close()
    await two.close()


async def test_a_server_keeps_the_newest_thousand_questions(store: Store, url: str) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"muscle {a}{b}" for a in letters for b in letters][:600]
    day = day_before(url, TODAY(), 2)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO fabella_unanswered (guild_id, folded, text, intent, count, first_day, last_day) "
                "VALUES (:guild, :folded, :folded, 'unknown', 1, :day, :day)"
            ),
            [{"guild": SERVER, "folded": f"{kind} {one}", "day": day} for kind in "xy" for one in words],
        )
    await engine.dispose()
    assert len(await store.unanswered(SERVER, limit=5000)) == 1200
    await store.record_unanswered(SERVER, "which muscles lie there", "muscles")
    held = await store.unanswered(SERVER, limit=5000)
    assert len(held) == 1000
    assert held[0].text == "which muscles lie there"
    assert held[-1].text.startswith("x ")


async def test_what_is_older_than_thirty_days_is_neither_shown_nor_kept(store: Store, url: str) -> None:
    await store.record_unanswered(SERVER, "which muscles lie there", "muscles")
    await store.keep_pages("short", ("a",), days=1)
    await store.keep_pages("long", ("b",), days=60)
    now = datetime.datetime.now(datetime.UTC)
    assert await store.expire() == 0
    assert await store.expire(now + datetime.timedelta(2)) == 1
    assert await store.pages("short") is None
    assert await store.expire(now + datetime.timedelta(30)) == 0
    assert await store.expire(now + datetime.timedelta(31)) == 1
    assert await store.pages("long") == ("b",)
    await store.record_unanswered(SERVER, "which muscles lie there", "muscles")
    await execute(url, "UPDATE fabella_unanswered SET last_day = :day", day=day_before(url, TODAY(), 31))
    assert await store.unanswered(SERVER) == ()
    assert (await store.export(SERVER))["unanswered"] == []


# Pages


async def test_pages_are_kept_as_they_are_until_they_expire(store: Store) -> None:
    pages = ("one\0\ud800", '{"title": "é"}', "")
    await store.keep_pages("key", pages)
    assert await store.pages("key") == pages
    await store.keep_pages("key", ("other",))
    assert await store.pages("key") == ("other",)
    assert await store.pages("none") is None
    await store.keep_pages("gone", ("a",), days=0)
    assert await store.pages("gone") is None


# Export and deletion


async def test_the_export_holds_a_servers_data_and_nobodys_id(store: Store) -> None:
    await store.change(SERVER, channels=(5, 2**62))
    await store.vote(Vote(SERVER, 123456, ADA, False, "origin: soleus", "wrong bone"))
    await store.vote(Vote(OTHER, 123456, BO, True, "origin: gracilis"))
    await store.record_unanswered(SERVER, "which muscles lie there", "muscles")
    held = json.loads(json.dumps(await store.export(SERVER)))
    today = TODAY().isoformat()
    assert datetime.datetime.fromisoformat(held.pop("exported")).tzinfo is not None
    assert held == {
        "format": 1,
        "server": str(SERVER),
        "settings": {
            "channels": ["5", str(2**62)],
            "listening": [],
            "private": False,
            "per_minute": 10,
            "keep_unanswered": True,
        },
        "unanswered": [
            {"text": "which muscles lie there", "intent": "muscles", "count": 1, "first_day": today, "last_day": today}
        ],
        "votes": [{"day": today, "up": False, "about": "origin: soleus", "reason": "wrong bone"}],
    }


async def test_a_server_or_a_user_is_forgotten_and_nothing_else(store: Store) -> None:
    for server in (SERVER, OTHER):
        await store.change(server, per_minute=1)
        await store.vote(Vote(server, server - 1, ADA, True, "origin: soleus", "fine"))
        await store.vote(Vote(server, server - 1, BO, True, "origin: soleus"))
        await store.record_unanswered(server, "which muscles lie there", "muscles")
    await store.vote(Vote(None, 77, ADA, True, "origin: soleus"))
    assert await store.forget_server(SERVER) == Forgotten(1, 2, 1)
    assert await store.server(SERVER) == ServerSettings(SERVER)
    assert await store.feedback(SERVER) == Feedback(30)
    assert await store.unanswered(SERVER) == ()
    assert (await store.server(OTHER)).per_minute == 1
    assert await store.forget_user(ADA) == Forgotten(votes=2)
    assert (await store.feedback(OTHER)).up == 1
    assert (await store.feedback(OTHER)).reasons == ()
    assert await store.forget_user(ADA) == Forgotten()
    assert await store.forget_server(SERVER) == Forgotten()


async def test_what_is_forgotten_is_not_left_in_the_file(file: Path) -> None:
    store = await Store.open(sqlite_url(file))
    await store.vote(Vote(SERVER, 1, ADA, True, "origin: soleus", "sternothyroid is missing"))
    await store.close()
    assert b"sternothyroid" in file.read_bytes()
    store = await Store.open(sqlite_url(file))
    await store.forget_user(ADA)
    await store.close()
    assert b"sternothyroid" not in file.read_bytes()
    assert list(file.parent.iterdir()) == [file]


async def test_the_file_is_for_the_bot_alone(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path / "new" / "fabella.db"))
    await store.vote(Vote(SERVER, 1, ADA, True))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "new").iterdir()}
    assert modes == dict.fromkeys(("fabella.db", "fabella.db-wal", "fabella.db-shm"), 0o600)
    await store.close()


# Migrations


async def test_the_migrations_make_the_tables_that_the_code_reads(store: Store, url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


OPENING = """
import asyncio, sys
from fabella.discord.remembering import Remembered
from fabella.discord.store import Store
from fabella.discord.records import Vote

async def main():
    store = await Store.open(sys.argv[1])
    await store.vote(Vote(5, 1, int(sys.argv[2]), True, "origin: soleus"))
    await store.close()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


async def test_processes_and_stores_that_start_at_once_migrate_once(url: str) -> None:
    def together() -> list[int]:
        running = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", OPENING, url, str(n)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in (1, 2, 3)
        ]
        for one in running:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in running:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        for one in running:
            one.communicate(timeout=60)
        return [one.returncode for one in running]

    codes, *stores = await asyncio.gather(asyncio.to_thread(together), *(Store.open(url) for _ in range(3)))
    assert codes == [0, 0, 0]
    assert (await stores[0].feedback(5)).up == 3
    for one in stores:
        await one.close()


async def test_the_tables_of_a_newer_version_are_left_alone(url: str) -> None:
    await (await Store.open(url)).close()
    await execute(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SettingError, match=r"FABELLA_DISCORD_DATABASE: .*newer version.*pip install -U"):
        await Store.open(url)


async def test_a_database_may_be_shared_with_other_tables(url: str) -> None:
    if url.startswith("sqlite"):
        path = Path(url.partition("///")[2])
        path.parent.mkdir(parents=True)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        await connection.execute(text("INSERT INTO alembic_version VALUES ('of the host')"))
    await engine.dispose()
    store = await Store.open(url)
    await store.vote(Vote(SERVER, 1, ADA, True))
    await store.close()


async def test_a_migration_waits_for_another_process(url: str) -> None:
    """A lock that is held at the start, and let go a moment later."""
    await (await Store.open(url)).close()
    await execute(url, "DROP TABLE fabella_pages")
    await execute(url, "DROP TABLE fabella_unanswered")
    await execute(url, "DROP TABLE fabella_votes")
    await execute(url, "DROP TABLE fabella_servers")
    await execute(url, f"DELETE FROM {VERSION_TABLE}")
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        if url.startswith("sqlite"):
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({migrating._LOCK})")
        opening = asyncio.create_task(Store.open(url))
        done, _ = await asyncio.wait({opening}, timeout=3.5)  # longer than one wait for the lock
        assert not done
        await connection.rollback()
    await engine.dispose()
    store = await opening
    assert await store.unanswered(SERVER) == ()
    await store.close()


# What can't be opened


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("fabella.db", r"no URL.*sqlite\+aiosqlite:///PATH"),
        ("", "no URL"),
        ("sqlite:///x.db", r"sqlite:// is no kind.*sqlite\+aiosqlite"),
        ("postgresql://u:verysecret@h/d", r"postgresql:// is no kind.*postgresql\+asyncpg"),
        ("mysql+aiomysql://u:verysecret@h/d", "no kind"),
        ("postgresql+asyncpg://u:verysecret@h:port/d", "no URL"),
        ("sqlite+aiosqlite://", "must name a file"),
        ("sqlite+aiosqlite:///:memory:", "must name a file"),
        ("sqlite+aiosqlite:///x.db?mode=ro", "no options"),
    ],
)
async def test_a_wrong_url_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(SettingError, match=rf"^FABELLA_DISCORD_DATABASE: .*{told}") as caught:
        await Store.open(url)
    assert "verysecret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("sqlite+aiosqlite:///{}/x.db", "aiosqlite", "discord"),
        ("postgresql+asyncpg://u:verysecret@127.0.0.1/d", "asyncpg", "postgres"),
    ],
)
async def test_a_missing_driver_is_told_with_what_to_install(
    url: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingError, match=rf"DATABASE: .*{module} is not installed.*pip install 'fabella\[{extra}\]'"):
        await Store.open(url.format(tmp_path))


async def test_a_file_that_cannot_be_used_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    (tmp_path / "folder").mkdir()
    for path, told in (
        (tmp_path / "text", "is no SQLite database.*Name another file"),
        (tmp_path / "text" / "x.db", "can't be written.*Name a file"),
        (tmp_path / "folder", "can't be written"),
        (Path("/proc/fabella/x.db"), "can't be written"),
    ):
        with pytest.raises(SettingError, match=rf"^FABELLA_DISCORD_DATABASE: {path} {told}"):
            await Store.open(sqlite_url(path))
    assert (tmp_path / "text").read_text().startswith("no database")


async def test_a_file_that_somebody_holds_is_told(file: Path, on_file: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await on_file.close()
    monkeypatch.setattr(migrating, "_PATIENCE", 0.0)
    with held_alone(file), pytest.raises(SettingError, match=r"is locked.*End the program"):
        await Store.open(sqlite_url(file))


async def test_a_server_that_cannot_be_used_is_told_with_what_to_do(postgresql: Cluster) -> None:
    nobody = postgresql.url("d").replace(str(postgresql.port), "1")
    for url, told in (
        (nobody, r"at 127\.0\.0\.1:1 can't be used.*Start it"),
        (postgresql.url("d").replace("127.0.0.1", "host.invalid"), r"at host\.invalid:\d+ can't be used"),
        (postgresql.url("postgres", password="verysecret"), "refuses the user or the password"),
        (postgresql.url("postgres", user="nobody"), "refuses the user or the password"),
        (postgresql.url("not_there"), "has no database 'not_there'.*createdb"),
    ):
        with pytest.raises(SettingError, match=rf"^FABELLA_DISCORD_DATABASE: PostgreSQL .*{told}") as caught:
            await Store.open(url)
        assert "verysecret" not in str(caught.value)


async def test_a_user_who_may_not_make_tables_is_told(postgresql: Cluster) -> None:
    url = await postgresql.create()
    await postgresql.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    with pytest.raises(SettingError, match=r"may not create tables.*Grant CREATE"):
        await Store.open(postgresql.url(url.rpartition("/")[2], user="guest", password="guest"))


# Faults


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Another process's connection that lets nobody read or write."""
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        other.close()


async def every_door_but_the_settings_fails(store: Store) -> None:
    """Every method raises the one error, in a message that repeats nothing of what was to be stored."""
    doors = (
        store.change(SERVER, per_minute=3),
        store.vote(Vote(SERVER, 9, BO, True, "origin: sternothyroid")),
        store.add_reason(SERVER, 9, BO, "sternothyroid is missing"),
        store.feedback(SERVER),
        store.record_unanswered(SERVER, "where is the sternothyroid", "location"),
        store.unanswered(SERVER),
        store.keep_pages("sternothyroid", ("sternothyroid",)),
        store.pages("key"),
        store.export(SERVER),
        store.forget_server(SERVER),
        store.forget_user(ADA),
        store.expire(),
    )
    for result in await asyncio.gather(*doors, return_exceptions=True):
        assert isinstance(result, StoreError), result
        assert str(result).startswith("the database can't be used right now: ")
        assert "sternothyroid" not in str(result)
        assert len(str(result).splitlines()) == 1


async def works_again(store: Store, *, message: int = 50) -> None:
    """The same store, without a restart; what was kept before the fault is there."""
    await store.vote(Vote(SERVER, message, BO, True, "origin: soleus"))
    assert (await store.feedback(SERVER)).up == 2
    assert (await store.unanswered(SERVER))[0].text == "which muscles lie there"
    assert (await store.change(SERVER, private=True)).per_minute == 5


async def something_is_kept(store: Store) -> ServerSettings:
    await store.vote(Vote(SERVER, 1, ADA, True, "origin: soleus"))
    await store.record_unanswered(SERVER, "which muscles lie there", "muscles")
    return await store.change(SERVER, per_minute=5)


async def test_while_another_process_holds_the_file_the_last_known_settings_are_given(
    on_file: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    known = await something_is_kept(on_file)
    await on_file._database._engine.dispose()  # so that the other one can take the file whole
    with held_alone(file):
        assert await on_file.server(SERVER) == known
        assert await on_file.server(OTHER) == ServerSettings(OTHER)
        await every_door_but_the_settings_fails(on_file)
        assert await on_file.server(SERVER) == known
    said = [one for one in caplog.records if one.name.startswith("fabella")]
    assert [one.levelno for one in said] == [logging.WARNING]
    assert "going on with those last known" in said[0].getMessage()
    await works_again(on_file)


async def test_while_another_process_writes_all_can_be_read(on_file: Store, file: Path) -> None:
    known = await something_is_kept(on_file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert await on_file.server(SERVER) == known
    assert (await on_file.feedback(SERVER)).up == 1
    with pytest.raises(StoreError, match="locked"):
        await on_file.vote(Vote(SERVER, 2, ADA, True))
    other.close()
    await works_again(on_file)


async def test_a_caller_that_gives_up_is_let_go_at_once_and_the_work_is_done_behind_its_back(
    on_file: Store, file: Path
) -> None:
    await something_is_kept(on_file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    keeping = [asyncio.create_task(on_file.keep_pages(f"key{n}", ("a",))) for n in range(3)]
    done, _ = await asyncio.wait(keeping, timeout=0.2)
    assert not done
    for one in keeping:
        one.cancel()
    done, _ = await asyncio.wait(keeping, timeout=0)  # a turn of the loop or two, not the time of the lock
    await asyncio.sleep(0)
    assert all(one.cancelled() for one in keeping)
    other.close()
    await works_again(on_file)
    await on_file.close()
    again = await Store.open(sqlite_url(file))
    assert [await again.pages(f"key{n}") for n in range(3)] == [("a",)] * 3
    await again.close()


async def test_many_callers_of_a_database_that_is_held_are_all_told(on_file: Store, file: Path) -> None:
    await something_is_kept(on_file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    votes = (on_file.vote(Vote(SERVER, n, ADA, True)) for n in range(10, 50))
    told = await asyncio.gather(*votes, return_exceptions=True)
    assert all(isinstance(one, StoreError) for one in told)
    other.close()
    await works_again(on_file)


async def test_a_full_disk_is_told_and_survived(file: Path) -> None:
    pages = {"limit": 1_000_000}

    def limited(connection: object, record: object, proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {pages['limit']}")
        cursor.close()

    event.listen(Pool, "checkout", limited)
    try:
        store = await Store.open(sqlite_url(file), fresh=0.0)
        known = await something_is_kept(store)
        pages["limit"] = 1  # no more than there are
        with pytest.raises(StoreError, match="full"):
            await store.keep_pages("key", ("long " * 50_000,))
        assert await store.server(SERVER) == known
        assert (await store.feedback(SERVER)).up == 1
        assert await store.pages("key") is None
        pages["limit"] = 1_000_000
        await store.keep_pages("key", ("long " * 50_000,))
        await works_again(store)
        await store.close()
    finally:
        event.remove(Pool, "checkout", limited)


async def test_a_file_that_is_gone_is_not_made_anew_and_works_when_it_is_back(on_file: Store, file: Path) -> None:
    known = await something_is_kept(on_file)
    away = file.with_name("away.db")
    file.rename(away)
    assert await on_file.server(SERVER) == known
    await every_door_but_the_settings_fails(on_file)
    assert not file.exists()
    away.rename(file)
    await works_again(on_file)


async def test_a_file_replaced_by_garbage_is_told_and_a_backup_works(on_file: Store, file: Path) -> None:
    known = await something_is_kept(on_file)
    backup = file.with_name("backup.db")
    source, target = sqlite3.connect(file), sqlite3.connect(backup)
    source.backup(target)
    source.close()
    target.close()
    garbage = file.with_name("garbage")
    garbage.write_bytes(b"garbage " * 5000)
    for left in ("-wal", "-shm"):  # SQLite mends a file with what is in there
        file.with_name(file.name + left).unlink()
    garbage.replace(file)
    assert await on_file.server(SERVER) == known
    await every_door_but_the_settings_fails(on_file)
    for left in ("-wal", "-shm"):
        file.with_name(file.name + left).unlink(missing_ok=True)
    backup.replace(file)
    await works_again(on_file)


async def test_garbage_written_into_the_open_file_is_told(on_file: Store, file: Path) -> None:
    known = await something_is_kept(on_file)
    await on_file._database._engine.dispose()  # what is only in memory yet goes to the file
    file.write_bytes(b"garbage " * 5000)
    assert await on_file.server(SERVER) == known
    await every_door_but_the_settings_fails(on_file)


async def test_settings_that_somebody_spoilt_do_not_cost_an_answer(store: Store, url: str) -> None:
    await store.change(SERVER, per_minute=5)
    await execute(url, "UPDATE fabella_servers SET per_minute = 5000")
    fresh = await Store.open(url, fresh=0.0)
    assert await fresh.server(SERVER) == ServerSettings(SERVER)
    await fresh.close()


async def test_settings_that_were_read_before_a_change_do_not_undo_it() -> None:
    old, new = ServerSettings(SERVER), ServerSettings(SERVER, per_minute=5)
    begun, read = asyncio.Event(), asyncio.Event()

    async def reading(guild_id: int) -> ServerSettings:
        begun.set()
        await read.wait()
        return old

    remembered = Remembered(reading, fresh=3600.0)
    asking = asyncio.create_task(remembered.get(SERVER))
    await begun.wait()
    remembered.put(new)
    read.set()
    assert await asking == new
    assert await remembered.get(SERVER) == new


async def test_a_database_that_fails_is_left_alone_for_a_while() -> None:
    """Each try may take a second, and there may be a thousand messages a second."""
    tries = []

    async def reading(guild_id: int) -> ServerSettings:
        tries.append(guild_id)
        raise StoreError("gone")

    remembered = Remembered(reading, fresh=0.0)
    for guild in range(1, 50):
        assert await remembered.get(guild) == ServerSettings(guild)
    assert len(tries) == 1


async def test_a_reading_that_hangs_is_not_waited_for_and_is_used_when_it_ends() -> None:
    made, read = ServerSettings(SERVER, per_minute=5), asyncio.Event()

    async def reading(guild_id: int) -> ServerSettings:
        await read.wait()
        return made

    remembered = Remembered(reading, fresh=3600.0)
    assert await remembered.get(SERVER) == ServerSettings(SERVER)
    read.set()
    await remembered.close()
    assert await remembered.get(SERVER) == made


async def test_postgresql_may_stop_and_come_back(caplog: pytest.LogCaptureFixture) -> None:
    with cluster() as own:
        store = await Store.open(await own.create(), fresh=0.0)
        known = await something_is_kept(store)
        own.stop()
        assert await store.server(SERVER) == known
        assert await store.server(OTHER) == ServerSettings(OTHER)
        await every_door_but_the_settings_fails(store)
        assert len([one for one in caplog.records if one.name.startswith("fabella")]) == 1
        own.start()
        await works_again(store)
        own.stop()
        own.start()  # nobody asked meanwhile: connections that are held are dead
        assert (await store.feedback(SERVER)).up == 2
        await store.close()


async def test_a_postgresql_that_hangs_is_not_waited_for(postgresql: Cluster) -> None:
    url = await postgresql.create()
    store = await Store.open(url, fresh=0.0)
    await something_is_kept(store)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.execute(text("LOCK TABLE fabella_votes IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StoreError):
            await store.vote(Vote(SERVER, 2, ADA, True))
        await connection.rollback()
    await engine.dispose()
    await works_again(store)
    await store.close()


async def test_nothing_outside_of_the_adapter_imports_the_database() -> None:
    code = "import sys, fabella, fabella.cli; print(sorted({'sqlalchemy', 'alembic', 'discord'} & set(sys.modules)))"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"
