"""Fabella in somebody else's bot: loaded in a line, reloaded, taken out, and the host's own things left alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.ext import commands
from discordserver import Channel, DiscordServer, Guild, Person
from discordserver.library import Plain, PlainSharded, running
from fabella import Answer, Engine
from fabella.discord.service import Service
from fabella.discord.settings import Settings
from fabella.discord.setup import remove_fabella, service_of, setup_fabella
from fabella.discord.store import Store
from fabella_knowledge.errors import LibraryError, SettingError
from folders import write
from scene import description, labels, until

pytestmark = pytest.mark.asyncio
EXTENSION = "fabella.ext.discord"
OURS = {"ask", "muscle", "compare", "find", "sources", "help", "privacy", "about", "fabella", "Ask Fabella about this"}
QUESTION = "Which nerve supplies the soleus?"
LONG = f"{QUESTION} {'I wonder about it. ' * 40}"  # it is read in a thread
QUIET = 0.15  # seconds in which an answer would have come
TESTS = Path(__file__).parent

ARTICLE = "---\nname: Popliteus\nkind: muscle\n---\n\n## Innervation\n- Tibial nerve [@one]\n"
REFERENCE = """\
[{"id": "one", "type": "book", "title": "A book", "publisher": "A press", "issued": {"date-parts": [[1918]]}}]
"""


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine that tells of the popliteus from other texts."""
    texts = {"popliteus.md": ARTICLE, "references.json": REFERENCE}
    return Engine.load(write(tmp_path_factory.mktemp("texts"), texts))


@pytest.fixture(autouse=True)
def database(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings from the environment, as a host would give them; the engine is there so that its model is fitted."""
    for name in [one for one in os.environ if one.startswith("FABELLA_DISCORD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # without anybody's .env
    path = tmp_path / "host.sqlite3"
    monkeypatch.setenv("FABELLA_DISCORD_DATABASE", f"sqlite+aiosqlite:///{path}")
    return path


def hosting(kind: type[Any] = Plain, **settings: Any) -> Any:
    """A bot with things of its own: `!ping`, an `on_message` that keeps what it hears, `/help` and `/roll`."""
    settings.setdefault("intents", discord.Intents(guilds=True, messages=True, message_content=True))
    bot = kind(**settings)
    bot.heard = []

    @bot.command()
    async def ping(context: commands.Context[Any]) -> None:
        await context.send("pong")

    @bot.event
    async def on_message(message: discord.Message) -> None:
        bot.heard.append(message.content)
        await bot.process_commands(message)

    for name in ("help", "roll"):

        async def own(interaction: discord.Interaction[Any], name: str = name) -> None:
            await interaction.response.send_message(f"the host's {name}")

        bot.tree.add_command(discord.app_commands.Command(name=name, description="Own", callback=_bare(own)))
    return bot


def _bare(work: Callable[..., Any]) -> Callable[[discord.Interaction[Any]], Any]:
    async def callback(interaction: discord.Interaction[Any]) -> None:
        await work(interaction)

    return callback


@dataclass
class Stage:
    """A server with people in it, and a host's bot that is connected to it."""

    server: DiscordServer
    guild: Guild
    general: Channel
    alice: Person
    bob: Person
    mod: Person
    bot: Any


@contextlib.asynccontextmanager
async def staged(bot: Any, *, load: bool = True, sync: bool = True) -> AsyncIterator[Stage]:
    """The host's bot in a server, with the extension loaded as its guide says: in the hook before it connects."""
    if load:

        async def setup_hook() -> None:
            await bot.load_extension(EXTENSION)

        bot.setup_hook = setup_hook
    async with DiscordServer(privileged=("message_content",)) as server:
        guild = server.guild("Anatomy")
        alice, bob = guild.member("alice"), guild.member("bob")
        mod = guild.member("mod", manage_guild=True, manage_messages=True)
        async with running(bot, server, sync=sync):
            yield Stage(server, guild, guild.channel("general"), alice, bob, mod, bot)


def held(bot: Any) -> Service:
    """What the bot holds for Fabella."""
    service = service_of(bot)
    assert service is not None
    return service


def commands_of(bot: Any) -> set[str]:
    return {one.name for one in bot.tree.get_commands()}


def inventory(bot: Any) -> dict[str, Any]:
    """What an extension could leave behind: cogs, listeners, commands, buttons."""
    return {
        "cogs": sorted(bot.cogs),
        "listeners": {name: len(many) for name, many in bot.extra_events.items() if many},
        "commands": sorted(commands_of(bot)),
        "buttons": len(bot._connection._view_store._dynamic_items),
        "text commands": sorted(one.name for one in bot.commands),
    }


def registered(server: DiscordServer) -> list[str]:
    """The requests that change the commands which Discord offers."""
    return [f"{one.method} {one.path}" for one in server.requests if "/commands" in one.path and one.method != "GET"]


class Waiting:
    """An engine that doesn't answer before it is let go."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked = threading.Event()
        self.go = threading.Event()
        self.late = False

    def ask(self, *args: Any, **more: Any) -> Answer:
        self.asked.set()
        self.late = not self.go.wait(8)
        return self._engine.ask(*args, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


async def works(stage: Stage) -> None:
    """Commands, buttons, forms, completion, the menu, mentions and settings are answered, each once."""
    before = len(stage.server.sent(stage.general))
    asked = await stage.alice.slash(stage.general, "ask", question="Where does the soleus insert?")
    assert "calcaneus" in description(asked) and len(asked.callbacks) == 1
    pressed = await stage.alice.click(asked, "Action")
    assert "plantarflexes" in description(pressed) and len(pressed.callbacks) == 1
    form = await stage.alice.click(asked, "Ask more")
    sent = await stage.alice.submit(form, {"text": "and its nerve?"})
    assert "tibial nerve" in description(sent) and len(sent.callbacks) == 1
    found = await stage.alice.autocomplete(stage.general, "muscle", focused="name", name="gas")
    assert found and found[0]["name"] == "Gastrocnemius"
    said = await stage.bob.says(stage.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await said.answer())
    menu = await stage.bob.menu(stage.general, said, "Ask Fabella about this")
    assert "tibial nerve" in description(menu) and len(menu.callbacks) == 1
    settings = await stage.mod.slash(stage.general, "fabella settings")
    assert "Mentions are answered" in description(settings)
    await held(stage.bot).admission.drained()
    await asyncio.sleep(QUIET)
    assert len(stage.server.sent(stage.general)) - before == 5  # four answers in public by commands, one to the mention
    assert not any(one.status is not None and one.status >= 400 for one in stage.server.requests)


async def test_a_line_brings_all_of_it_and_the_host_goes_on() -> None:
    async with staged(hosting()) as stage:
        await works(stage)
        said = await stage.bob.says(stage.general, "!ping")
        assert (await said.answer())["content"] == "pong"
        assert (await stage.bob.slash(stage.general, "roll")).text == "the host's roll"
        assert f"{stage.server.bot.mention} {QUESTION}" in stage.bot.heard and "!ping" in stage.bot.heard


async def test_a_long_question_holds_up_neither_messages_nor_commands_of_the_host(engine: Engine) -> None:
    async with staged(hosting()) as stage:
        waiting = Waiting(engine)
        held(stage.bot).swap(waiting)  # type: ignore[arg-type]
        long = await stage.alice.says(stage.guild.channel("other"), LONG, mention=True)
        await until(waiting.asked.is_set)
        said = await stage.bob.says(stage.general, "!ping")
        assert (await said.answer())["content"] == "pong" and "!ping" in stage.bot.heard
        assert (await stage.bob.slash(stage.general, "roll")).text == "the host's roll"
        assert not long.answers()
        waiting.go.set()
        assert "tibial nerve" in description(await long.answer()) and not waiting.late


async def test_a_prefix_command_that_mentions_the_bot_is_the_hosts_alone() -> None:
    bot = hosting()
    bot.command_prefix = commands.when_mentioned_or("!")
    async with staged(bot) as stage:
        for text, mention in (("ping", True), (f"!ping {stage.server.bot.mention}", False)):
            await stage.alice.says(stage.general, text, mention=mention)
        await stage.server.until(lambda: len(stage.server.sent(stage.general)) == 2)
        await asyncio.sleep(QUIET)
        assert [one.content for one in stage.server.sent(stage.general)] == ["pong", "pong"]
        said = await stage.alice.says(stage.general, QUESTION, mention=True)
        assert "tibial nerve" in str(await said.answer())


async def test_the_hosts_own_command_stands_and_the_rest_is_added(caplog: pytest.LogCaptureFixture) -> None:
    async with staged(hosting()) as stage:
        warned = [one.getMessage() for one in caplog.records if one.name.startswith("fabella")]
        assert warned == ["/help is the bot's own command: Fabella's is left out"]
        assert (await stage.alice.slash(stage.general, "help")).text == "the host's help"
        for name in ("privacy", "about"):
            assert description(await stage.alice.slash(stage.general, name))
        await works(stage)
        await stage.bot.reload_extension(EXTENSION)
        assert (await stage.alice.slash(stage.general, "help")).text == "the host's help"
        await stage.bot.unload_extension(EXTENSION)
        assert (await stage.alice.slash(stage.general, "help")).text == "the host's help"


async def test_a_hosts_group_of_our_name_stands_with_all_that_is_in_it(caplog: pytest.LogCaptureFixture) -> None:
    bot = hosting()
    group = discord.app_commands.Group(name="fabella", description="The host's")

    @group.command()
    async def greet(interaction: discord.Interaction[Any]) -> None:
        """Greet"""
        await interaction.response.send_message("the host greets")

    bot.tree.add_command(group)
    async with staged(bot) as stage:
        assert "/fabella is the bot's own command: Fabella's is left out" in caplog.text
        assert "tibial nerve" in description(await stage.alice.slash(stage.general, "ask", question=QUESTION))
        await bot.reload_extension(EXTENSION)
        await bot.unload_extension(EXTENSION)
        assert (await stage.alice.slash(stage.general, "fabella greet")).text == "the host greets"


async def test_a_hosts_command_named_like_one_of_our_settings_is_no_clash(caplog: pytest.LogCaptureFixture) -> None:
    bot = hosting()
    bot.tree.remove_command("help")

    @bot.tree.command()
    async def limit(interaction: discord.Interaction[Any]) -> None:
        """Not ours"""
        await interaction.response.send_message("the host's limit")

    async with staged(bot) as stage:
        assert not [one for one in caplog.records if one.name.startswith("fabella")]
        assert (await stage.mod.slash(stage.general, "limit")).text == "the host's limit"
        told = await stage.mod.slash(stage.general, "fabella limit", per_minute=7)
        assert "at most 7" in description(told)


async def test_commands_are_registered_by_the_host_alone() -> None:
    async with staged(hosting(), sync=False) as stage:
        # Before the host registers them, nobody is offered them; but they would be answered.
        assert "tibial nerve" in description(await stage.alice.slash(stage.general, "ask", question=QUESTION))
        await stage.bot.reload_extension(EXTENSION)
        await stage.bot.unload_extension(EXTENSION)
        await stage.bot.load_extension(EXTENSION)
        assert registered(stage.server) == []
        await stage.bot.tree.sync()
        assert len(registered(stage.server)) == 1
        assert {one["name"] for one in stage.server.commands.everywhere} >= OURS


async def test_a_reload_keeps_engine_and_conversations_and_rebuilds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(hosting()) as stage:
        service = held(stage.bot)
        kept = service.engine, service.conversations, service.pace, service.answerer, service.store
        await stage.alice.slash(stage.general, "ask", question="What does the soleus do?")

        def never(*args: Any, **more: Any) -> None:
            raise AssertionError("a reload loads no engine")

        monkeypatch.setattr(Engine, "load", never)
        monkeypatch.setattr(Engine, "__init__", never)
        before = inventory(stage.bot)
        for _ in range(3):
            await stage.bot.reload_extension(EXTENSION)
        assert held(stage.bot) is service and inventory(stage.bot) == before
        now = service.engine, service.conversations, service.pace, service.answerer, service.store
        assert all(one is other for one, other in zip(now, kept, strict=True))
        went_on = await stage.alice.slash(stage.general, "ask", question="and its nerve?")
        assert "Soleus, innervation" in description(went_on)
        assert [one.get_name() for one in asyncio.all_tasks()].count("fabella-expiry") == 1
        await works(stage)


async def test_buttons_and_forms_of_before_a_reload_work_once() -> None:
    async with staged(hosting()) as stage:
        asked = await stage.alice.slash(stage.general, "ask", question="Where does the soleus insert?")
        form = await stage.alice.click(asked, "Ask more")
        await stage.bot.reload_extension(EXTENSION)
        calls = len(callbacks(stage.server))
        pressed = await stage.alice.click(asked, "Action")
        sent = await stage.alice.submit(form, {"text": "and its nerve?"})
        assert "plantarflexes" in description(pressed) and "Soleus, innervation" in description(sent)
        await asyncio.sleep(QUIET)
        assert len(callbacks(stage.server)) == calls + 2


def callbacks(server: DiscordServer) -> list[Any]:
    return [one for one in server.requests if one.path.endswith("/callback")]


async def test_taken_out_it_leaves_nothing_behind_and_the_host_goes_on() -> None:
    bot = hosting()
    before = inventory(bot)
    async with staged(bot) as stage:
        assert commands_of(bot) == OURS | {"roll"}
        asked = await stage.alice.slash(stage.general, "ask", question=QUESTION)
        await bot.unload_extension(EXTENSION)
        assert inventory(bot) == before
        assert not [one for one in asyncio.all_tasks() if one.get_name().startswith("fabella")]
        said = await stage.alice.says(stage.general, QUESTION, mention=True)
        dead = await stage.alice.click(asked, "Sources", timeout=QUIET)
        assert await said.quiet(QUIET) and not dead.callbacks
        ping = await stage.bob.says(stage.general, "!ping")
        assert (await ping.answer())["content"] == "pong"
        assert (await stage.bob.slash(stage.general, "roll")).text == "the host's roll"
        await bot.load_extension(EXTENSION)
        assert "LUMEN" in description(await stage.alice.click(asked, "Sources"))
        await works(stage)


async def test_what_is_being_answered_is_answered_though_it_is_taken_out(engine: Engine) -> None:
    async with staged(hosting()) as stage:
        waiting = Waiting(engine)
        held(stage.bot).swap(waiting)  # type: ignore[arg-type]
        long = await stage.alice.says(stage.general, LONG, mention=True)
        await until(waiting.asked.is_set)
        going = asyncio.create_task(stage.bot.unload_extension(EXTENSION))
        await asyncio.sleep(0.05)
        waiting.go.set()
        await going
        assert "tibial nerve" in description(long.message | {"embeds": long.answers()[0].embeds})


async def test_votes_are_still_kept_after_a_reload() -> None:
    async with staged(hosting()) as stage:
        asked = await stage.alice.slash(stage.general, "ask", question=QUESTION)
        await stage.bot.reload_extension(EXTENSION)
        thumb = next(one for row in asked.message["components"] for one in row["components"] if _emoji(one) == "👍")
        told = await stage.bob.click(asked, custom_id=thumb["custom_id"])
        assert "Your vote is kept" in description(told)
        assert (await held(stage.bot).store.feedback(stage.guild.id)).up == 1


def _emoji(button: dict[str, Any]) -> str | None:
    return (button.get("emoji") or {}).get("name")


async def test_two_bots_in_a_process_answer_from_their_own_engines(engine: Engine, another: Engine) -> None:
    async with DiscordServer(shards=2, privileged=("message_content",)) as server:
        guilds: dict[int, Guild] = {}
        while len(guilds) < 2:
            guild = server.guild(f"Server {len(server.world.guilds)}")
            guilds.setdefault((guild.id >> 22) % 2, guild)
        first, second = (hosting(shard_id=n, shard_count=2) for n in range(2))
        await setup_fabella(first, engine=engine)
        await setup_fabella(second, engine=another)
        async with running(first, server), running(second, server):
            assert held(first) is not held(second)
            told = []
            for n in range(2):
                member, general = guilds[n].member(f"alice {n}"), guilds[n].channel("general")
                asked = await member.slash(general, "ask", question="Which nerve supplies the popliteus?")
                said = await member.says(general, "Which nerve supplies the popliteus?", mention=True)
                sources = await member.click(asked, "Sources")
                assert "ibial nerve" in description(asked) and "ibial nerve" in description(await said.answer())
                told.append(f"{asked.text} {description(sources)}")
            assert "A book" not in told[0] and "A book" in told[1]
            await remove_fabella(first, close=True)
            assert service_of(first) is None and commands_of(first) == {"help", "roll"}
            again = await member.slash(general, "ask", question="Which nerve supplies the popliteus?")
            assert "ibial nerve" in description(again)
            await remove_fabella(second, close=True)


async def test_two_bots_load_the_extension_and_one_unloads_it() -> None:
    first, second = hosting(), hosting()
    for bot in (first, second):
        await bot.load_extension(EXTENSION)
    await first.unload_extension(EXTENSION)
    async with staged(second, load=False) as stage:
        await works(stage)
    await first.load_extension(EXTENSION)
    await first.unload_extension(EXTENSION)
    await first.close()


async def test_a_host_brings_its_own_engine_settings_and_store(
    engine: Engine, tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "load", None)
    settings = Settings(database=f"sqlite+aiosqlite:///{tmp_path}/unused.sqlite3")
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3")
    bot = hosting()
    service = await setup_fabella(bot, engine=engine, settings=settings, store=store)
    assert (service.engine, service.settings, service.store) == (engine, settings, store)
    async with staged(bot, load=False) as stage:
        await works(stage)
        await stage.mod.slash(stage.general, "fabella limit", per_minute=3)
        assert (await store.server(stage.guild.id)).per_minute == 3
        await remove_fabella(bot, close=True)
    assert not database.exists() and not (tmp_path / "unused.sqlite3").exists()


async def test_setting_it_up_twice_is_setting_it_up_once(engine: Engine) -> None:
    async with staged(hosting()) as stage:
        service, before = held(stage.bot), inventory(stage.bot)
        assert await setup_fabella(stage.bot) is service
        assert await setup_fabella(stage.bot, engine=engine) is service
        assert service.engine is engine and inventory(stage.bot) == before
        await works(stage)


async def test_another_engine_takes_over_without_a_reload(another: Engine) -> None:
    async with staged(hosting()) as stage:
        asked = await stage.alice.slash(stage.general, "ask", question="Which nerve supplies the popliteus?")
        assert "A book" not in str(asked.message)
        held(stage.bot).swap(another)
        again = await stage.alice.slash(stage.general, "ask", question="Which nerve supplies the popliteus?")
        assert "A book" in str(again.message)
        await stage.bot.reload_extension(EXTENSION)
        assert held(stage.bot).engine is another


@pytest.mark.parametrize("broken", ["file", "url", "folder"])
async def test_a_database_that_fails_is_told_plainly_and_the_next_load_works(
    broken: str, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = hosting()
    before = inventory(bot)
    right = os.environ["FABELLA_DISCORD_DATABASE"]
    if broken == "file":
        database.write_bytes(b"no database at all " * 500)
    else:
        wrong = {"url": "mysql://nowhere/x", "folder": f"sqlite+aiosqlite:///{tmp_path}/host.sqlite3/none.sqlite3"}
        database.touch()
        monkeypatch.setenv("FABELLA_DISCORD_DATABASE", wrong[broken])
    with pytest.raises(commands.ExtensionFailed) as raised:
        await bot.load_extension(EXTENSION)
    told = raised.value.original
    assert isinstance(told, SettingError) and "FABELLA_DISCORD_DATABASE" in str(told)
    assert inventory(bot) == before and service_of(bot) is None
    monkeypatch.setenv("FABELLA_DISCORD_DATABASE", right)
    database.unlink()
    async with staged(bot) as stage:
        await works(stage)


async def test_texts_that_fail_are_told_plainly_and_nothing_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Store] = []
    closed: list[Store] = []
    opens, closes = Store.open, Store.close

    async def opening(url: str) -> Store:
        opened.append(await opens(url))
        return opened[-1]

    async def closing(store: Store) -> None:
        closed.append(store)
        await closes(store)

    def failing() -> Engine:
        raise LibraryError([])

    bot = hosting()
    before = inventory(bot)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "open", opening)
        patch.setattr(Store, "close", closing)
        patch.setattr(Engine, "load", failing)
        with pytest.raises(commands.ExtensionFailed) as raised:
            await bot.load_extension(EXTENSION)
    assert isinstance(raised.value.original, LibraryError)
    assert len(opened) == 1 and closed == opened and inventory(bot) == before
    async with staged(bot) as stage:
        await works(stage)


async def test_a_cog_of_the_host_with_our_name_is_not_taken_away() -> None:
    class Own(commands.Cog, name="Fabella look-ups"):
        """The host's."""

    bot = hosting()
    own = Own()
    await bot.add_cog(own)
    before = inventory(bot)
    with pytest.raises(commands.ExtensionFailed) as raised:
        await bot.load_extension(EXTENSION)
    assert "Fabella look-ups" in str(raised.value)
    assert inventory(bot) == before and bot.get_cog("Fabella look-ups") is own
    await bot.remove_cog("Fabella look-ups")
    async with staged(bot) as stage:
        await works(stage)


async def test_a_sharded_host() -> None:
    async with staged(hosting(PlainSharded)) as stage:
        await works(stage)
        await stage.bot.reload_extension(EXTENSION)
        await works(stage)


async def test_slash_commands_need_no_intent_at_all() -> None:
    async with staged(hosting(intents=discord.Intents.none())) as stage:
        asked = await stage.alice.slash(stage.general, "ask", question="Where does the soleus insert?")
        assert "calcaneus" in description(asked) and not asked.ephemeral
        assert "plantarflexes" in description(await stage.alice.click(asked, "Action"))
        sent = await stage.alice.submit(await stage.alice.click(asked, "Ask more"), {"text": "and its nerve?"})
        assert "tibial nerve" in description(sent)
        assert await stage.alice.autocomplete(stage.general, "muscle", focused="name", name="gas")
        assert "at most 4" in description(await stage.mod.slash(stage.general, "fabella limit", per_minute=4))
        deleted = next(one for one in asked.message["components"][-1]["components"] if _emoji(one) == "🗑️")
        await stage.mod.click(asked, custom_id=deleted["custom_id"])
        assert await stage.server.until(lambda: asked.message is None)
        assert labels((await stage.alice.slash(stage.alice.dm(), "ask", question=QUESTION)).message)


async def test_importing_the_engine_imports_nothing_of_the_adapter() -> None:
    heavy = ("discord", "sqlalchemy", "pydantic", "pydantic_settings", "aiosqlite", "alembic", "aiohttp", "dotenv")
    code = (
        f"import sys, fabella; print([one for one in {heavy!r} if one in sys.modules], "
        "[one for one in sys.modules if one.startswith(('fabella.discord', 'fabella.ext'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[] []"), ran.stderr


HOST = """
import asyncio, threading
from discordserver import DiscordServer
from discordserver.library import Plain, running
from scene import description

async def main():
    async with DiscordServer() as server:
        guild = server.guild("Anatomy")
        alice, general = guild.member("alice"), guild.channel("general")
        bot = Plain()
        await bot.load_extension("fabella.ext.discord")
        async with running(bot, server, sync=True):
            asked = await alice.slash(general, "ask", question="How many grams does the gastrocnemius weigh?")
            assert "My sources cover" in description(asked), asked
            asked = await alice.slash(general, "find", nerve="facial nerve")
            assert "26 muscles" in description(asked), asked
    left = [one.get_name() for one in asyncio.all_tasks() if one is not asyncio.current_task()]
    print("ended", left)

asyncio.run(main())
"""


async def test_a_host_that_ends_loses_nothing_and_leaves_nothing_open(database: Path, tmp_path: Path) -> None:
    """Warnings are errors there: a connection that was left open would be told of."""
    warned = ["-W", "error", "-W", "ignore:'audioop' is deprecated:DeprecationWarning"]
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, *warned, "-c", HOST],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "ended []\n", ran.stderr)
    assert "Warning" not in ran.stderr and "Exception" not in ran.stderr and "Traceback" not in ran.stderr, ran.stderr
    with contextlib.closing(sqlite3.connect(database)) as connection:
        kept = connection.execute("select text from fabella_unanswered").fetchall()
    assert kept == [("How many grams does the gastrocnemius weigh?",)]
