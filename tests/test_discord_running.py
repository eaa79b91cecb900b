"""The shipped bot over a real connection: it comes up, stays up, comes back, ends well, and says what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discordserver import Channel, DiscordServer, Person
from fabella.discord.backoff import Backoff
from fabella.discord.client import FabellaBot
from fabella.discord.registering import TRIES, invite
from fabella.discord.settings import load_settings
from fabella.discord.supervisor import supervise, verdict
from scene import pointed, running, settings_for
from yarl import URL

pytestmark = pytest.mark.asyncio
RUN = Path(__file__).resolve().parent.parent / "run_bot.py"
QUESTION = "where does the gastrocnemius insert"
PORTAL = "https://discord.com/developers/applications"
Install = Callable[[FabellaBot], Awaitable[None]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory, no setting in the environment, and the library as it was afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in [one for one in os.environ if one.startswith(("FABELLA_DISCORD_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield tmp_path
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


# --- in this process: the bot with one command ----------------------------------------------------


async def echo(bot: FabellaBot) -> None:
    """A bot's only command."""

    @bot.tree.command(name="echo")
    async def command(interaction: discord.Interaction[FabellaBot], text: str) -> None:
        """Says it."""
        await interaction.response.send_message(text)


@dataclass
class Scene:
    """A server, somebody in it, and the bots that the supervisor has made so far."""

    server: DiscordServer
    channel: Channel
    alice: Person
    bots: list[FabellaBot]
    task: asyncio.Task[int]

    async def echoes(self, text: str = "still here") -> bool:
        """Whether the bot answers now."""
        return (await self.alice.slash(self.channel, "echo", text=text)).text == text

    async def resumes(self, times: int) -> bool:
        """Whether the bot has resumed its session so often, within a few seconds."""
        return await self.server.until(lambda: self.server.gateway_side.resumed >= times, 5.0)

    async def identifies(self, times: int) -> bool:
        """Whether the bot has begun so many sessions, within a few seconds."""
        return await self.server.until(lambda: len(self.server.gateway_side.identified) >= times, 5.0)


@contextlib.asynccontextmanager
async def supervised(
    server: DiscordServer, *, install: Install = echo, token: str | None = None, **settings: Any
) -> AsyncIterator[Scene]:
    """The bot under its supervisor as long as this lasts."""
    chosen = load_settings(api=server.api, gateway=server.gateway, **settings)
    guild = server.guild("Anatomy")
    bots: list[FabellaBot] = []

    def make() -> FabellaBot:
        bots.append(FabellaBot(chosen, install=install))
        return bots[-1]

    quick = Backoff(first=0.05, most=0.2)
    task = asyncio.create_task(supervise(make, server.token if token is None else token, backoff=quick, grace=0.5))
    try:
        yield Scene(server, guild.channel("general"), guild.member("alice"), bots, task)
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            assert task.exception() is None


def lines_of(caplog: pytest.LogCaptureFixture, words: str) -> list[str]:
    return [one.getMessage() for one in caplog.records if words in one.getMessage()]


@pytest.mark.parametrize("how", ["503", "reset"])
async def test_it_comes_up_although_the_gateway_fails_at_first(how: str, caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordServer() as server:
        server.refuse_connections(2, how)
        async with supervised(server) as scene:
            await server.ready()
            assert await scene.echoes() and len(scene.bots) == 1
    tried = [one for one in caplog.records if "the gateway cannot be reached" in one.getMessage()]
    assert tried and not any(one.exc_info for one in tried)


async def test_it_comes_up_although_the_gateway_refuses_connections_at_first() -> None:
    async with DiscordServer() as server:
        await server.gateway_down()
        async with supervised(server) as scene:
            assert await server.until(lambda: any("gateway" in one.path for one in server.requests))
            await server.gateway_up()
            await server.ready()
            assert await scene.echoes() and len(scene.bots) == 1


@pytest.mark.parametrize(("path", "bots"), [("/users/@me", 3), ("/oauth2/applications/@me", 3), ("/gateway/bot", 1)])
async def test_it_comes_up_although_discord_is_unavailable_at_first(path: str, bots: int) -> None:
    async with DiscordServer() as server:
        fault = server.fault("GET", path, status=503, times=2)
        async with supervised(server) as scene:
            await server.ready()
            assert await scene.echoes() and fault.hits == 2 and len(scene.bots) == bots


async def test_a_connection_that_is_dropped_ten_times_is_back_each_time() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        for number in range(10):
            server.gateway_side.drop()
            assert await scene.resumes(number + 1)
        assert await scene.echoes() and len(server.gateway_side.identified) == 1


async def test_failed_attempts_between_drops_do_not_add_up() -> None:
    # The library's own wait after ten of these is up to 1024 s.
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        for number in range(10):
            server.refuse_connections(1)
            server.gateway_side.drop()
            assert await scene.resumes(number + 1)
        assert await scene.echoes() and len(server.gateway_side.identified) == 1


async def test_it_does_what_the_gateway_asks_for() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        gateway = server.gateway_side
        await server.ready()
        gateway.reconnect()
        assert await scene.resumes(1)
        gateway.invalidate(resumable=True)
        assert await scene.resumes(2)
        for code in (1000, 4000, 4008):
            before = gateway.resumed, len(gateway.identified)
            await gateway.close(code)
            assert await server.until(lambda b=before: (gateway.resumed, len(gateway.identified)) > b)
        begun = len(gateway.identified)
        gateway.invalidate(resumable=False)
        assert await scene.identifies(begun + 1)
        gateway.forget()
        gateway.drop()
        assert await scene.identifies(begun + 2)
        assert await scene.echoes() and len(scene.bots) == 1


async def test_what_was_asked_while_it_was_away_is_answered() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        server.refuse_connections(1)
        server.gateway_side.drop()
        assert await server.until(lambda: not server.gateway_side.live)
        assert await scene.echoes("asked meanwhile")
        assert len(server.gateway_side.identified) == 1


async def test_a_session_is_resumed_elsewhere_when_its_own_gateway_is_gone() -> None:
    class Moving(DiscordServer):
        """Tells the bot to resume where nobody listens."""

        @property
        def gateway(self) -> str:
            return "ws://127.0.0.1:9/gateway"

        @property
        def real(self) -> str:
            return super().gateway

    async with Moving() as server:
        chosen = load_settings(api=server.api, shard_count=1)
        DiscordWebSocket.DEFAULT_GATEWAY = URL(server.real)
        task = asyncio.create_task(supervise(lambda: FabellaBot(chosen), server.token))
        await server.ready()
        server.gateway_side.drop()
        assert await server.until(lambda: server.gateway_side.resumed, 20.0)
        task.cancel()
        await asyncio.wait([task])


async def test_it_identifies_no_more_often_than_discord_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    slept: list[float] = []
    bot = FabellaBot(load_settings())
    elsewhere = FabellaBot(load_settings(gateway="ws://127.0.0.1:9/gateway"))
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await bot.before_identify_hook(0, initial=True)
    await bot.before_identify_hook(1)
    await elsewhere.before_identify_hook(0)
    await elsewhere.before_identify_hook(0)
    assert len(slept) == 1 and 4.0 < slept[0] <= 5.0


async def test_several_shards_come_back_each_by_itself() -> None:
    async with DiscordServer(shards=2) as server, supervised(server) as scene:
        await server.ready(2)
        server.refuse_connections(1)
        server.gateway_side.drop()
        assert await scene.resumes(2)
        assert sorted(one["shard"] for one in server.gateway_side.identified) == [[0, 2], [1, 2]]
        assert await scene.echoes()


async def test_a_process_serves_the_shards_that_it_is_given() -> None:
    async with DiscordServer() as server, supervised(server, shard_ids="1,3", shard_count="4"):
        await server.ready(2)
        assert [one["shard"] for one in server.gateway_side.identified] == [[1, 4], [3, 4]]


async def test_it_asks_for_no_more_than_it_needs() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        asked = discord.Intents._from_value(server.gateway_side.identified[0]["intents"])
        assert {name for name, on in asked if on} == {"guilds", "guild_messages", "dm_messages"}
        said = await scene.alice.says(scene.channel, "!echo hello", mention=True)
        assert await said.quiet(0.2)  # no command begins with a prefix


# --- what the library cannot read -----------------------------------------------------------------


async def test_an_event_that_cannot_be_read_costs_no_connection(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        for _ in range(3):
            server.gateway_side.event("MESSAGE_CREATE", {"id": "1", "content": QUESTION})
        server.gateway_side.event("GUILD_CREATE", {"id": "one"})
        assert await scene.echoes()
        assert len(server.gateway_side.identified) == 1 and server.gateway_side.resumed == 0
    told = lines_of(caplog, "cannot be read")
    assert len(told) == 2  # one a kind
    assert re.match(r"fault \w{6}: an event MESSAGE_CREATE cannot be read: KeyError at ", told[0])
    assert QUESTION not in caplog.text


async def test_who_asked_by_what_cannot_be_read_is_told_so_privately(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        fault = server.fault("POST", "/interactions/{id}/{token}/callback", status=503)
        for number in (2, 4):
            server.gateway_side.event("INTERACTION_CREATE", {"id": "77", "token": f"t{number}", "type": number})
        for unanswerable in ({"id": "78"}, {"id": "78", "token": None}, {"id": "../x", "token": "t"}, [], None, "x"):
            server.gateway_side.event("INTERACTION_CREATE", unanswerable)
        assert await server.until(lambda: fault.hits and sum("/77/" in one.path for one in server.requests) == 3)
        sent = {one.path.split("/")[3]: one.body for one in server.requests if "/77/" in one.path}
        assert sent["t4"] == {"type": 8, "data": {"choices": []}}
        assert sent["t2"]["type"] == 4 and sent["t2"]["data"]["flags"] == 64
        number = re.search(r"fault `(\w{6})`", sent["t2"]["data"]["content"])
        assert number and lines_of(caplog, f"fault {number[1]}: an event INTERACTION_CREATE cannot be read")
        assert await scene.echoes() and {
            one.path.split("/")[2] for one in server.requests if "/callback" in one.path
        } > {"77"}
        assert not any("/78/" in one.path or one.path.split("/")[2] == "x" for one in server.requests)


@pytest.mark.parametrize("raw", ["{no json", '{"op": 0, "t": "READY", "s": 9, "d": {}}', '{"op": 10, "d": null}', "[]"])
async def test_a_frame_that_cannot_be_read_costs_no_bot(raw: str) -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        server.gateway_side.raw(raw)
        assert await scene.identifies(2)
        await server.ready()
        assert await scene.echoes() and len(scene.bots) == 1


async def test_a_fault_in_a_listener_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    async def install(bot: FabellaBot) -> None:
        await echo(bot)

        async def on_interaction(interaction: discord.Interaction[FabellaBot]) -> None:
            if len(seen) < 1:
                seen.append(interaction)
                raise ConnectionResetError(QUESTION)
            raise ValueError(QUESTION)

        bot.add_listener(on_interaction)

    seen: list[Any] = []
    async with DiscordServer() as server, supervised(server, install=install) as scene:
        await server.ready()
        assert await scene.echoes("one") and await scene.echoes("two")
    first, second = (one for one in caplog.records if " in on_interaction: " in one.getMessage())
    assert first.levelname == "WARNING" and re.fullmatch(
        r"fault \w{6}: in .*: ConnectionResetError", first.getMessage()
    )
    assert second.levelname == "ERROR" and "ValueError at test_discord_running.py" in second.getMessage()
    assert QUESTION not in caplog.text and "Traceback" not in caplog.text


# --- the supervisor -------------------------------------------------------------------------------


async def test_it_starts_anew_when_the_bot_falls_over() -> None:
    async with DiscordServer() as server:

        async def install(bot: FabellaBot) -> None:
            await echo(bot)
            if len(scene.bots) < 3:
                raise RuntimeError("storage")

        async with supervised(server, install=install) as scene:
            await server.ready()
            assert await scene.echoes() and len(scene.bots) == 3


async def test_what_no_start_mends_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordServer() as server:
        async with supervised(server, token="secret-but-wrong") as scene:
            assert await scene.task == 4
        async with supervised(server) as scene:
            await server.ready()
            await server.gateway_side.close(4004)
            assert await scene.task == 4
        assert len(lines_of(caplog, "Discord refuses the token")) == 2 and "secret-but-wrong" not in caplog.text
        async with supervised(server, message_content=True) as scene:
            assert await scene.task == 5
        assert lines_of(caplog, "'Message Content Intent'") and lines_of(caplog, PORTAL)
        for code in (4010, 4011):
            async with supervised(server, shard_count=1) as scene:
                await server.ready()
                await server.gateway_side.close(code)
                assert await scene.task == 2
        assert len(lines_of(caplog, "raise --shard-count")) == 2
        for code in (4012, 4013):
            async with supervised(server) as scene:
                await server.ready()
                await server.gateway_side.close(code)
                assert await scene.task == 2
        assert len(lines_of(caplog, "pip install --upgrade")) == 2


async def test_more_shards_are_needed_than_discord_said_before() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        server.shards = 2
        await server.gateway_side.close(4011)
        await server.ready(2)
        assert len(scene.bots) == 2


async def test_the_message_content_is_asked_for_where_it_may_be() -> None:
    async with DiscordServer(privileged=("message_content",)) as server, supervised(server, message_content=True):
        await server.ready()
        assert discord.Intents._from_value(server.gateway_side.identified[0]["intents"]).message_content


async def test_an_end_on_purpose_is_no_fault() -> None:
    async with DiscordServer() as server, supervised(server) as scene:
        await server.ready()
        await scene.bots[0].close()
        assert await scene.task == 0 and verdict(RuntimeError(), sharded=True) is None


async def test_while_it_stops_new_questions_are_declined_and_old_ones_answered() -> None:
    async def install(bot: FabellaBot) -> None:
        @bot.tree.command(name="slow")
        async def command(interaction: discord.Interaction[FabellaBot]) -> None:
            """Answers when it may."""
            await release.wait()
            await interaction.response.send_message("an answer")
            answered.set()

        async def drain() -> None:
            draining.set()
            await answered.wait()

        async def close() -> None:
            closed.append(bot.is_closed())

        bot.when_stopping(drain=drain, close=close)

    release, answered, draining = asyncio.Event(), asyncio.Event(), asyncio.Event()
    closed: list[bool] = []
    async with DiscordServer() as server, supervised(server, install=install) as scene:
        await server.ready()
        asked = asyncio.create_task(scene.alice.slash(scene.channel, "slow"))
        assert await server.until(lambda: server.gateway_side.sessions)
        await asyncio.sleep(0.1)  # the question is with the bot
        os.kill(os.getpid(), signal.SIGTERM)  # the supervisor has taken this signal
        await draining.wait()
        late = await scene.alice.slash(scene.channel, "slow")
        assert late.ephemeral and "restarting" in late.text
        release.set()
        assert (await asked).text == "an answer"
        assert await scene.task == 0 and closed == [True]
        assert not server.gateway_side.sessions  # it said goodbye


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
async def test_an_answer_that_never_comes_holds_it_up_no_longer_than_it_may(
    signals: Sequence[int], caplog: pytest.LogCaptureFixture
) -> None:
    async def install(bot: FabellaBot) -> None:
        bot.when_stopping(drain=asyncio.Event().wait)

    async with DiscordServer() as server, supervised(server, install=install) as scene:
        await server.ready()
        for number in signals:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
        assert await scene.task == (0 if signals[0] == signal.SIGTERM else 130)
    assert lines_of(caplog, "not everything is answered")


@pytest.mark.parametrize("away", ["gateway", "everything"])
async def test_it_ends_while_discord_is_away(away: str) -> None:
    async with DiscordServer() as server:
        await server.gateway_down()
        if away == "everything":
            server.fault("GET", "/users/@me", status=503, times=None)
        async with supervised(server) as scene:
            asked = "/gateway/bot" if away == "gateway" else "/users/@me"
            assert await server.until(lambda: any(one.path == asked for one in server.requests))
            os.kill(os.getpid(), signal.SIGTERM)
            assert await asyncio.wait_for(scene.task, 10.0) == 0


async def test_a_gateway_that_answers_no_goodbye_holds_nothing_up() -> None:
    async def install(bot: FabellaBot) -> None:
        async def close() -> None:
            closed.append(1)

        bot.when_stopping(close=close)

    closed: list[int] = []
    async with DiscordServer() as server, supervised(server, install=install) as scene:
        await server.ready()
        for connection in server.gateway_side.connections:
            assert connection.request.transport is not None
            connection.request.transport.pause_reading()  # type: ignore[attr-defined]
        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(scene.task, 10.0) == 0 and closed == [1]


async def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    code = (
        "import threading, time; from fabella.discord import running; running._LAST = 0.1; "
        "threading.Thread(target=time.sleep, args=(60,)).start(); running._end_at_last(4)"
    )
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert (await ended(started)).status == 4


async def test_a_fault_in_the_background_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    async def install(bot: FabellaBot) -> None:
        await echo(bot)
        asyncio.get_running_loop().call_soon(int, QUESTION)

    async with DiscordServer() as server, supervised(server, install=install) as scene:
        await server.ready()
        assert await scene.echoes()
    assert lines_of(caplog, "in the background: ValueError") and QUESTION not in caplog.text


async def test_hanging_up_reloads_and_a_failure_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def reload() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError(QUESTION)
        done.set()

    calls: list[int] = []
    done = asyncio.Event()
    async with DiscordServer() as server:
        chosen = load_settings(api=server.api, gateway=server.gateway)
        task = asyncio.create_task(supervise(lambda: FabellaBot(chosen), server.token, reload=reload))
        await server.ready()
        os.kill(os.getpid(), signal.SIGHUP)
        assert await server.until(lambda: lines_of(caplog, "not reloaded"))
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.wait_for(done.wait(), 5.0)
        task.cancel()
        await asyncio.wait([task])
    assert QUESTION not in caplog.text


# --- the whole, as people run it ------------------------------------------------------------------


@dataclass(frozen=True)
class Ended:
    """What a process left behind."""

    status: int
    out: str
    err: str


@contextlib.asynccontextmanager
async def process(*options: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`run_bot.py discord` with these options; it lives no longer than this block."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-W", "ignore:'audioop' is deprecated:DeprecationWarning"),
        *(str(RUN), "discord", *options),
        env={**os.environ, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def ended(started: asyncio.subprocess.Process) -> Ended:
    """What the process leaves when it ends by itself, and never with a traceback."""
    out, err = await asyncio.wait_for(started.communicate(), 60.0)
    assert b"Traceback" not in err and started.returncode is not None
    return Ended(started.returncode, out.decode(), err.decode())


async def run(*options: str, **env: str) -> Ended:
    async with process(*options, **env) as started:
        return await ended(started)


async def test_without_a_token_it_says_where_one_may_stand() -> None:
    done = await run()
    assert done.status == 2 and done.err.count("\n") == 1 and done.out == ""
    for place in ("FABELLA_DISCORD_TOKEN ", " DISCORD_TOKEN", "_TOKEN_FILE", ".env", "README"):
        assert place in done.err


async def test_a_wrong_token_has_its_own_status_and_is_not_printed() -> None:
    async with DiscordServer() as server:
        for options in ([], ["--sync"], ["--invite"], ["--log-level", "debug"], ["--check"]):
            done = await run(*options, **(server.environment() | {"FABELLA_DISCORD_TOKEN": "very-secret"}))
            assert done.status == 4
            assert "Discord refuses the token" in done.out + done.err and PORTAL in done.out + done.err
            assert "very-secret" not in done.out + done.err


@pytest.mark.usefixtures("engine")  # the cache is warm before the process starts
async def test_the_portals_switch_has_its_own_status() -> None:
    async with DiscordServer() as server:
        env = server.environment() | {"FABELLA_DISCORD_MESSAGE_CONTENT": "true"}
        checked = await run("--check", **env)
        assert checked.status == 2 and "wrong: " in checked.out and "'Message Content Intent'" in checked.out
        done = await run("--json-logs", **env)
    assert done.status == 5
    told = [json.loads(line) for line in done.err.splitlines()][-1]
    assert told["level"] == "ERROR" and "'Message Content Intent'" in told["message"] and PORTAL in told["message"]


@pytest.mark.parametrize("options", [["--guild", "123456789012345678"], ["--shard-ids", "0"], ["--log-level", "loud"]])
async def test_wrong_options_are_told_in_one_line(options: list[str]) -> None:
    done = await run(*options, FABELLA_DISCORD_TOKEN="x")
    assert done.status == 2 and done.err.count("\n") == 1 and options[0] in done.err


@pytest.mark.usefixtures("engine")
async def test_the_commands_are_registered_when_told_to_and_not_at_start() -> None:
    async with DiscordServer() as server:
        guild = server.guild("Anatomy")
        fault = server.fault("PUT", "/applications/{app}/commands", status=503, times=1)
        done = await run("--sync", **server.environment())
        assert done.status == 0 and fault.hits == 1
        count = len(server.commands.everywhere)
        assert count > 1 and done.out == f"{count} commands registered everywhere\n"
        inside = await run("--sync", "--guild", str(guild.id), **server.environment())
        assert inside.status == 0 and inside.out == f"{count} commands registered in the server {guild.id}\n"
        outside = await run("--sync", "--guild", "123456789012345678", **server.environment())
        assert outside.status == 2 and "--invite" in outside.err and outside.err.startswith("fabella: --guild")
        assert not Path("data").exists()  # it needs no storage


async def test_the_links_ask_for_the_least_permissions() -> None:
    async with DiscordServer() as server:
        fault = server.fault("GET", "/users/@me", status=503, times=1)
        done = await run("--invite", **server.environment())
        assert done.status == 0 and fault.hits == 1
        first, second = re.findall(r"https://\S+", done.out)
    link = rf"https://discord\.com/oauth2/authorize\?client_id={server.application_id}&scope="
    found = re.fullmatch(link + r"bot\+applications\.commands&permissions=(\d+)&integration_type=0", first)
    assert found and re.fullmatch(link + r"applications\.commands&integration_type=1", second)
    assert {name for name, on in discord.Permissions(int(found[1])) if on} == {
        "read_messages",  # to view channels
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "read_message_history",
    }


async def test_the_links_come_with_what_the_portal_keeps_from_working(capsys: pytest.CaptureFixture[str]) -> None:
    async with DiscordServer() as server:
        _, answer = await server.rest.application(None)  # type: ignore[arg-type]
        changes = {"bot_public": False, "bot_require_code_grant": True, "integration_types_config": {"0": {}}}
        server.fault("GET", "/oauth2/applications/@me", status=200, body=answer | changes)
        chosen = load_settings(api=server.api, gateway=server.gateway)
        assert await invite(lambda: FabellaBot(chosen), server.token) == 0
    told = capsys.readouterr().out
    for words in ("'User Install'", "'Requires OAuth2 Code Grant'", "'Public Bot'"):
        assert words in told


async def test_what_is_done_once_gives_up_in_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async with DiscordServer() as server:
        fault = server.fault("GET", "/users/@me", status=503, times=None)
        chosen = load_settings(api=server.api, gateway=server.gateway)
        quick = Backoff(first=0.001, most=0.001)
        assert await invite(lambda: FabellaBot(chosen), server.token, backoff=quick) == 75
        assert fault.hits == TRIES and lines_of(caplog, "try again later")


async def test_check_says_what_is_right(folder: Path) -> None:
    async with DiscordServer() as server:
        done = await run("--check", **server.environment())
    assert done.status == 0 and done.err == ""
    assert [one.split(maxsplit=1)[0] for one in done.out.splitlines()] == ["settings", "token", "database", "library"]
    assert (
        len(re.findall(r"^\w+ +ok\b", done.out, re.MULTILINE)) == 4
        and str(server.application_id) in done.out
        and server.token not in done.out
    )


async def test_check_says_what_is_wrong_with_each(folder: Path) -> None:
    (folder / "texts").mkdir()
    (folder / "texts" / "broken.md").write_text("---\nno front matter")
    async with DiscordServer() as server:
        env = server.environment() | {
            "FABELLA_DISCORD_DATABASE": "postgresql://me:pass-word@127.0.0.1:1/none",
            "FABELLA_LIBRARY": str(folder / "texts"),
        }
        server.fault("GET", "/users/@me", status=503)
        done = await run("--check", **env)
    assert done.status == 2 and done.out.count("wrong: ") >= 3 and "pass-word" not in done.out
    token, database, texts = (
        next(line for line in done.out.splitlines() if line.startswith(what))
        for what in ("token", "database", "library")
    )
    assert "status 503" in token and "127.0.0.1" in database and "broken.md" in texts
    missing = await run("--check", FABELLA_DISCORD_SHARD_COUNT="many")
    assert missing.status == 2 and missing.out.startswith("settings  wrong: FABELLA_DISCORD_SHARD_COUNT")


async def test_without_its_packages_it_says_how_to_install_them(folder: Path) -> None:
    code = (
        "import sys; sys.modules['discord'] = None; "
        "from fabella.cli import main; sys.exit(main(['discord', '--check']))"
    )
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    done = await ended(started)
    assert done.status == 2 and done.err.count("\n") == 1 and "pip install 'fabella[discord]'" in done.err


@pytest.mark.usefixtures("engine")  # the cache is warm before the process starts
async def test_the_whole_bot_answers_and_ends_well(folder: Path) -> None:
    async with DiscordServer() as server:
        guild = server.guild("Anatomy")
        channel, alice = guild.channel("general"), guild.member("alice")
        env = server.environment()
        (folder / "secret").write_text(env.pop("FABELLA_DISCORD_TOKEN"))
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in env.items()))
        server.refuse_connections(1)
        server.fault("GET", "/users/@me", status=503)
        async with process("--json-logs", DISCORD_TOKEN_FILE="secret") as started:
            await server.ready(timeout=60.0)
            assert server.commands.everywhere == []  # not registered at start
            server.fault("POST", "/interactions/{id}/{token}/callback", delay=0.5)
            asked = asyncio.create_task(alice.slash(channel, "ask", question=QUESTION))
            assert await server.until(lambda: server.faults.requests[-1].hits)
            started.send_signal(signal.SIGTERM)  # while the answer is on its way
            answer = await asked
            done = await ended(started)
        assert done.status == 0
        assert "calcaneus" in str(answer.message).lower() or "calcaneal" in str(answer.message).lower()
        assert not server.gateway_side.sessions
    told = [json.loads(line) for line in done.err.splitlines()]
    assert {"time", "level", "logger", "message"} <= set(told[0]) and "shard 0: connected" in done.err
    assert "insert" not in done.err and server.token not in done.err


@pytest.mark.usefixtures("engine")
async def test_interrupted_it_ends_as_the_rest_of_the_command_line() -> None:
    async with DiscordServer() as server, process(**server.environment()) as started:
        await server.ready(timeout=60.0)
        started.send_signal(signal.SIGINT)
        assert (await ended(started)).status == 130


async def test_a_server_that_recommends_no_shards_is_given_one(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        missing = server.fault("GET", "/gateway/bot", status=404, times=99)
        bot = FabellaBot(settings_for(server, tmp_path))
        with pointed(server):
            async with bot, running(bot, server.token):
                assert missing.hits == 1 and bot.shard_count == 1
