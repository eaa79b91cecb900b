"""The tests' own Discord, driven by the unmodified discord.py, and what that library does not survive by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from discordserver import DiscordServer, NotPossible
from discordserver.control import Control
from discordserver.library import Plain, PlainSharded, discord, pointed, running
from discordserver.load import Load

pytestmark = pytest.mark.asyncio

CALLBACK = "/interactions/{interaction}/{token}/callback"
MESSAGES = "/channels/{channel}/messages"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as made:
        yield made


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The library's tracebacks are part of what is shown here."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("discord").setLevel(logging.NOTSET)


@contextlib.asynccontextmanager
async def asking(server: DiscordServer, answer: Any, **settings: Any) -> AsyncIterator[Plain]:
    """A stock bot whose /ask is answered by this function."""
    bot = Plain(**settings)

    @bot.tree.command(description="Asks")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        await answer(interaction, question)

    async with running(bot, server, sync=True):
        yield bot


async def call(server: DiscordServer, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """A request by hand: its status and what it answers."""
    headers = {"Authorization": f"Bot {token or server.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, server.api + path, json=body, headers=headers) as response,
    ):
        return response.status, await response.json() if response.status != 204 else None


# What the stock library does not survive


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The greatest delay that each reconnect may take, in seconds; nobody waits for it."""
    seen: list[int] = []
    delay = discord.backoff.ExponentialBackoff.delay

    def at_once(self: Any) -> float:
        delay(self)
        seen.append(2**self._exp)
        return 0.0

    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", at_once)
    return seen


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is slept for a second or more; nobody waits for it."""
    seen: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float, result: Any = None) -> Any:
        if seconds >= 1:
            seen.append(seconds)
            seconds = 0
        return await sleep(seconds, result)

    monkeypatch.setattr(asyncio, "sleep", nap)
    return seen


@pytest.mark.parametrize("how", ["refused", "503"])
async def test_stock_dies_of_a_first_gateway_connection_that_fails(
    server: DiscordServer, delays: list[int], how: str
) -> None:
    if how == "refused":
        await server.gateway_down()
    else:
        server.refuse_connections(1, "503")
    bot = Plain()
    with pointed(server), pytest.raises(AttributeError, match="'NoneType' object has no attribute 'sequence'"):
        await bot.start(server.token)
    await bot.close()
    assert len(delays) == 1


async def test_stock_dies_of_503_at_login_and_of_503_on_sync(server: DiscordServer) -> None:
    server.fault("GET", "/users/@me", status=503)
    bot = Plain()
    with pointed(server):
        with pytest.raises(discord.DiscordServerError):
            await bot.start(server.token)
        await bot.close()

    class Syncing(Plain):
        async def setup_hook(self) -> None:
            await self.tree.sync()

    server.fault("PUT", "/applications/{application}/commands", status=503)
    bot = Syncing()
    with pointed(server):
        with pytest.raises(discord.DiscordServerError):
            await bot.start(server.token)
        await bot.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 503}, discord.DiscordServerError),
        ({"status": 429, "via": False}, discord.HTTPException),
        ({"reset": True}, aiohttp.ClientOSError),
    ],
)
async def test_stock_gives_up_a_message_at_once(server: DiscordServer, fault: dict[str, Any], error: type) -> None:
    channel = server.guild("Anatomy").channel("general")
    bot = Plain()
    async with running(bot, server):
        struck = server.fault("POST", MESSAGES, **fault)
        target = bot.get_channel(channel.id)
        with pytest.raises(error):
            await target.send("an answer")
        assert struck.hits == 1
        assert server.sent(channel) == []


async def test_stock_tries_500_again_for_25_seconds(server: DiscordServer, naps: list[float]) -> None:
    channel = server.guild("Anatomy").channel("general")
    bot = Plain()
    async with running(bot, server):
        server.fault("POST", MESSAGES, status=500, times=None)
        with pytest.raises(discord.DiscordServerError):
            await bot.get_channel(channel.id).send("an answer")
    assert naps == [1, 3, 5, 7, 9]


async def test_stock_backoff_grows_over_blips_that_each_ended_well(server: DiscordServer, delays: list[int]) -> None:
    server.guild("Anatomy")
    bot = Plain()
    async with running(bot, server):
        gateway = server.gateway_side
        for blip in range(12):
            server.refuse_connections(1, "503")
            gateway.drop()
            assert await server.until(lambda done=blip + 1: gateway.resumed == done)
    assert delays == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024]


async def test_stock_dies_of_an_event_that_it_cannot_read(server: DiscordServer) -> None:
    server.guild("Anatomy")
    bot = Plain()
    async with running(bot, server) as task:
        server.gateway_side.event("MESSAGE_CREATE", {"id": "1"})
        await asyncio.wait([task], timeout=5)
        with pytest.raises(KeyError):
            await task


async def test_stock_answers_twice_after_a_500_that_had_been_accepted(server: DiscordServer, naps: list[float]) -> None:
    general = server.guild("Anatomy").channel("general")
    alice = next(iter(server.world.guilds.values())).member("alice")
    codes = []

    async def answer(interaction: discord.Interaction, question: str) -> None:
        try:
            await interaction.response.send_message(question)
        except discord.HTTPException as error:
            codes.append(error.code)

    async with asking(server, answer):
        server.fault("POST", CALLBACK, then_accept=True)
        asked = await alice.slash(general, "ask", question="where")
        assert await server.until(lambda: codes)
    assert asked.text == "where"
    assert codes == [40060]


# The gateway


async def test_connects_with_guilds_channels_threads_and_its_own_permissions(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general = guild.channel("general")
    quiz = guild.thread(general, "quiz")
    general.deny(server.bot, "send_messages")
    elsewhere = server.guild("Elsewhere", bot=False)
    bot = Plain()
    async with running(bot, server):
        seen = bot.get_guild(guild.id)
        assert (seen.name, seen.get_channel(general.id).name, seen.get_thread(quiz.id).name) == (
            "Anatomy",
            "general",
            "quiz",
        )
        may = seen.get_channel(general.id).permissions_for(seen.me)
        assert (may.send_messages, may.view_channel) == (False, True)
        assert bot.get_guild(elsewhere.id) is None
        assert server.gateway_side.identified[0]["intents"] == discord.Intents.default().value
        later = guild.channel("later")
        assert await server.until(lambda: seen.get_channel(later.id), 2)
        guild.remove_bot()
        assert await server.until(lambda: bot.get_guild(guild.id) is None, 2)


async def test_shards_have_the_guilds_that_are_theirs() -> None:
    async with DiscordServer(shards=2) as server:
        guilds = [server.guild(f"Guild {number}") for number in range(4)]
        channel = guilds[3].channel("general")
        alice = guilds[3].member("alice")
        bot = PlainSharded()

        @bot.tree.command()
        async def where(interaction: discord.Interaction) -> None:
            await interaction.response.send_message(str(interaction.guild.shard_id))

        async with running(bot, server, sync=True):
            assert sorted(one["shard"] for one in server.gateway_side.identified) == [[0, 2], [1, 2]]
            assert [bot.get_guild(one.id).shard_id for one in guilds] == [0, 1, 0, 1]
            assert (await alice.slash(channel, "where")).text == "1"


async def test_a_wrong_token_is_refused_by_both_doors(server: DiscordServer) -> None:
    bot = Plain()
    with pointed(server):
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")
        await bot.close()
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0, "properties": {}}})
        assert (await socket.receive()).data == 4004


async def test_a_privileged_intent_needs_the_portal() -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with DiscordServer() as server:
        bot = Plain(intents=intents)
        with pointed(server):
            with pytest.raises(discord.PrivilegedIntentsRequired):
                await bot.start(server.token)
            await bot.close()
    async with DiscordServer(privileged=("message_content",)) as server:
        bot = Plain(intents=intents)
        async with running(bot, server):
            assert bot.application.flags.gateway_message_content_limited


@pytest.mark.parametrize("how", ["drop", "reconnect", "close", "invalid"])
async def test_resumes_and_is_told_what_it_missed(server: DiscordServer, how: str) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    heard: list[str] = []
    bot = Plain()
    bot.event(_listener(heard))
    async with running(bot, server):
        gateway = server.gateway_side
        await alice.says(general, "before", mention=True)
        assert await server.until(lambda: len(heard) == 1, 2)
        server.refuse_connections(1, "hang")  # so that the bot is away for a moment
        if how == "drop":
            gateway.drop()
        elif how == "reconnect":
            gateway.reconnect()
        elif how == "close":
            await gateway.close(4000)
        else:
            gateway.invalidate(resumable=True)
        assert await server.until(lambda: not gateway.live)
        await alice.says(general, "meanwhile", mention=True)
        assert await server.until(lambda: gateway.handshakes == 2)
        gateway.release()
        assert await server.until(lambda: gateway.resumed == 1, 5)
        assert await server.until(lambda: len(heard) == 2, 2)
        assert [text.split()[-1] for text in heard] == ["before", "meanwhile"]
        assert len(gateway.identified) == 1


def _listener(heard: list[str]) -> Any:
    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    return on_message


async def test_a_session_that_is_lost_is_begun_anew(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    bot = Plain()
    async with running(bot, server):
        gateway = server.gateway_side
        gateway.invalidate(resumable=False)
        assert await server.until(lambda: len(gateway.identified) == 2)
        gateway.forget()
        gateway.drop()
        assert await server.until(lambda: len(gateway.identified) == 3)
        assert await server.until(lambda: bot.get_guild(guild.id) is not None)
        assert gateway.resumed == 0


async def test_a_gateway_that_stops_answering_heartbeats() -> None:
    async with DiscordServer(heartbeat=0.05) as server:
        server.guild("Anatomy")
        bot = Plain(heartbeat_timeout=0.3)
        async with running(bot, server):
            assert await server.until(lambda: bot.latency < 1, 2)
            await asyncio.sleep(0.5)
            assert len(server.gateway_side.identified) == 1 and server.gateway_side.resumed == 0
            server.gateway_side.acks = False
            assert await server.until(lambda: server.gateway_side.resumed, 5)


async def test_the_gateway_speaks_plain_json_too(server: DiscordServer) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway) as socket:
        assert (await socket.receive_json())["d"]["heartbeat_interval"] == 41250
        await socket.send_json({"op": 1, "d": None})
        assert (await socket.receive_json())["op"] == 11
        await socket.send_json({"op": 2, "d": {"token": server.token, "intents": 0, "properties": {}}})
        ready = await socket.receive_json()
        assert (ready["t"], ready["s"]) == ("READY", 1)


# Messages


async def test_without_the_intent_only_what_concerns_the_bot_can_be_read(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    heard: list[str] = []
    bot = Plain()
    bot.event(_listener(heard))
    async with running(bot, server):
        sent = await bot.get_channel(general.id).send("mine")
        mine = general.messages[sent.id]
        await alice.says(general, "nothing of yours")
        await alice.says(general, "for you", mention=True)
        await alice.says(general, "a reply", reply_to=mine)
        await alice.says(general, "a quiet reply", reply_to=mine, ping=False)
        await alice.says(alice.dm(), "in private")
        assert await server.until(lambda: len(heard) == 6, 2)
        assert heard == ["mine", "", f"{server.bot.mention} for you", "a reply", "", "in private"]
        history = [one.content async for one in bot.get_channel(general.id).history(limit=10)]
        assert history == ["", "a reply", f"{server.bot.mention} for you", "", "mine"]


async def test_with_the_intent_everything_can_be_read() -> None:
    async with DiscordServer(privileged=("message_content",)) as server:
        guild = server.guild("Anatomy")
        general, alice = guild.channel("general"), guild.member("alice")
        heard: list[str] = []
        intents = discord.Intents.default()
        intents.message_content = True
        bot = Plain(intents=intents)
        bot.event(_listener(heard))
        async with running(bot, server):
            await alice.says(general, "nothing of yours")
            assert await server.until(lambda: heard, 2)
            assert heard == ["nothing of yours"]


async def test_a_reply_to_the_answer_of_a_command_does_not_ping(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    heard: list[discord.Message] = []

    async def answer(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message("the answer")

    async with asking(server, answer) as bot:
        bot.add_listener(_collector(heard), "on_message")
        asked = await alice.slash(general, "ask", question="where")
        await alice.says(general, "and then", reply_to=asked)
        await alice.says(general, "and then", reply_to=asked, mention=True)
        assert await server.until(lambda: len(heard) == 3, 2)
        assert [(one.content, bot.user in one.mentions) for one in heard[1:]] == [
            ("", False),
            (f"{server.bot.mention} and then", True),
        ]
        assert heard[1].reference.resolved.content == "the answer"
        assert heard[0].interaction_metadata.user.id == alice.id


def _collector(heard: list[discord.Message]) -> Any:
    async def on_message(message: discord.Message) -> None:
        heard.append(message)

    return on_message


async def test_answers_edits_and_deletions_reach_both_sides(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general = guild.channel("general")
    alice, mod = guild.member("alice"), guild.member("mod", manage_messages=True)
    bot = Plain()
    answers: dict[int, discord.Message] = {}
    gone: list[int] = []

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            answers[message.id] = await message.reply(message.content.split()[-1].upper(), mention_author=False)

    @bot.event
    async def on_raw_message_edit(payload: discord.RawMessageUpdateEvent) -> None:
        if payload.message_id in answers:
            await answers[payload.message_id].edit(content=payload.message.content.split()[-1].upper())

    @bot.event
    async def on_raw_message_delete(payload: discord.RawMessageDeleteEvent) -> None:
        gone.append(payload.message_id)

    @bot.event
    async def on_raw_bulk_message_delete(payload: discord.RawBulkMessageDeleteEvent) -> None:
        gone.extend(sorted(payload.message_ids))

    async with running(bot, server):
        said = await alice.says(general, "soleus", mention=True)
        answer = await said.answer()
        assert (answer["content"], answer["mentions"], answer["type"]) == ("SOLEUS", [], 19)
        assert answer["referenced_message"]["id"] == str(said.id)
        await alice.edits(said, "plantaris", mention=True)
        assert (await said.answered_again())["content"] == "PLANTARIS"
        with pytest.raises(NotPossible):
            await alice.deletes(answer)
        await mod.deletes(answer)
        other = await alice.says(general, "popliteus", mention=True)
        await other.answer()
        await mod.deletes(said, other)
        assert await server.until(lambda: len(gone) == 3, 2)
        assert gone == [int(answer["id"]), said.id, other.id]
        with pytest.raises(discord.NotFound) as refusal:
            await answers[said.id].edit(content="x")
        assert refusal.value.code == 10008


async def test_a_nonce_gives_the_same_message_back(server: DiscordServer) -> None:
    channel = server.guild("Anatomy").channel("general")
    bot = Plain()
    async with running(bot, server):
        target = bot.get_channel(channel.id)
        first = await target.send("once", nonce=7)
        again = await target.send("once", nonce=7)
        assert first.id == again.id and len(server.sent(channel)) == 1
        server.clock.advance(600)
        assert (await target.send("once", nonce=7)).id != first.id


async def test_history_reactions_typing_files_and_private_messages(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    channel, alice, bob = guild.channel("general"), guild.member("alice"), guild.member("bob")
    bot = Plain()
    async with running(bot, server):
        target = bot.get_channel(channel.id)
        sent = [await target.send(str(number)) for number in range(6)]
        for window, expected in (
            ({"before": sent[2]}, ["1", "0"]),
            ({"after": sent[3]}, ["4", "5"]),
            ({"around": sent[3], "limit": 3}, ["4", "3", "2"]),
            ({"limit": 2}, ["5", "4"]),
        ):
            found = [one.content async for one in target.history(**window)]
            assert sorted(found) == sorted(expected)
        await sent[0].add_reaction("👍")
        assert (await target.fetch_message(sent[0].id)).reactions[0].me
        await sent[0].remove_reaction("👍", bot.user)
        async with target.typing():
            pass
        assert server.typed == [channel]
        export = await target.send(file=discord.File(__file__, "export.py"))
        assert await export.attachments[0].read() == Path(__file__).read_bytes()
        person = await bot.fetch_user(alice.id)
        await person.send("hello")
        assert [one.content for one in server.sent(alice.dm())] == ["hello"]
        bob.closes_dms()
        with pytest.raises(discord.Forbidden) as refusal:
            await (await bot.fetch_user(bob.id)).send("hello")
        assert refusal.value.code == 50007
        assert (await bot.get_guild(guild.id).fetch_member(alice.id)).name == "alice"


async def test_bots_and_webhooks_are_marked_as_such(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    channel, other = guild.channel("general"), guild.bot("other")
    heard: list[discord.Message] = []
    bot = Plain()
    bot.event(_collector(heard))
    async with running(bot, server):
        await other.says(channel, "beep", mention=True)
        server.webhook_says(channel, "boop")
        assert await server.until(lambda: len(heard) == 2, 2)
        assert [(one.author.bot, bool(one.webhook_id)) for one in heard] == [(True, False), (True, True)]


async def test_what_is_refused_has_discords_codes(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    mute, hidden, gone = guild.channel("mute"), guild.channel("hidden"), guild.channel("gone")
    alice = guild.member("alice")
    said = await alice.says(mute, "mine")
    mute.deny(server.bot, "send_messages")
    hidden.deny(server.bot, "view_channel")
    gone.delete()
    text = {"content": "x"}
    for method, path, body, status, code in (
        ("POST", f"/channels/{mute.id}/messages", text, 403, 50013),
        ("POST", f"/channels/{hidden.id}/messages", text, 403, 50001),
        ("POST", f"/channels/{gone.id}/messages", text, 404, 10003),
        ("GET", f"/channels/{mute.id}/messages/1", None, 404, 10008),
        ("PATCH", f"/channels/{mute.id}/messages/{said.id}", text, 403, 50005),
        ("DELETE", f"/channels/{mute.id}/messages/{said.id}", None, 403, 50013),
        ("POST", f"/channels/{alice.dm().id}/messages", {}, 400, 50006),
        ("POST", f"/channels/{alice.dm().id}/messages", {"content": "  "}, 400, 50006),
        ("POST", "/interactions/1/x/callback", {"type": 4}, 404, 10062),
        ("POST", f"/webhooks/{server.application_id}/x", text, 404, 10015),
        ("GET", "/nowhere", None, 404, 0),
    ):
        answer = await call(server, method, path, body)
        assert (answer[0], answer[1]["code"]) == (status, code), path
    assert (await call(server, "GET", "/users/@me", token="wrong"))[0] == 401


async def test_nobody_is_pinged_whom_allowed_mentions_leaves_out(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    channel, alice = guild.channel("general"), guild.member("alice")
    bot = Plain()
    async with running(bot, server):
        target = bot.get_channel(channel.id)
        await target.send(f"{alice.mention} @everyone")
        await target.send(f"{alice.mention} @everyone", allowed_mentions=discord.AllowedMentions.none())
    loud, silent = server.sent(channel)
    assert (loud.mentions, silent.mentions) == ([alice], [])
    assert not loud.mention_everyone  # the bot lacks the permission


# Interactions


async def test_a_command_with_typed_options_subcommands_and_a_private_answer(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general = guild.channel("general")
    alice, mod = guild.member("alice"), guild.member("mod", manage_guild=True)
    seen: list[tuple[Any, ...]] = []

    group = discord.app_commands.Group(
        name="fabella", description="Settings", default_permissions=discord.Permissions(manage_guild=True)
    )
    channels = discord.app_commands.Group(name="channels", description="Where", parent=group)

    @channels.command(name="allow", description="Allow")
    async def allow(
        interaction: discord.Interaction, channel: discord.TextChannel, user: discord.Member, days: int, loud: bool
    ) -> None:
        seen.append((channel.id, user.id, days, loud, interaction.permissions.manage_guild))
        await interaction.response.send_message("allowed", ephemeral=True)

    bot = Plain()
    bot.tree.add_command(group)
    async with running(bot, server, sync=True):
        options = {"channel": general, "user": alice, "days": 3, "loud": True}
        done = await mod.slash(general, "fabella channels allow", **options)
        assert (done.text, done.ephemeral, general.messages) == ("allowed", True, {})
        assert seen == [(general.id, alice.id, 3, True, True)]
        assert done.message["interaction_metadata"]["user"]["id"] == str(mod.id)
        assert done.message["interaction_metadata"]["name"] == "fabella channels allow"
        for wrong in (
            alice.slash(general, "fabella channels allow", **options),
            mod.slash(general, "fabella channels allow"),
            mod.slash(general, "fabella channels", **options),
            mod.slash(general, "fabella channels allow", **options | {"days": "x", "more": 1}),
            mod.slash(general, "other"),
        ):
            with pytest.raises(NotPossible):
                await wrong
        with pytest.raises(NotPossible):
            await alice.click(done, "x")


async def test_buttons_menus_and_forms(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")

    class Form(discord.ui.Modal, title="Why"):
        reason = discord.ui.TextInput(label="Reason", required=True, max_length=10)

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=f"because {self.reason.value}")

    class Buttons(discord.ui.View):
        @discord.ui.button(label="More")
        async def more(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.edit_message(content=f"more by {interaction.user.name}")

        @discord.ui.button(label="Sources")
        async def sources(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.send_message("sources", ephemeral=True)

        @discord.ui.button(label="Off", disabled=True)
        async def off(self, interaction: discord.Interaction, _: Any) -> None: ...

        @discord.ui.button(label="Form")
        async def form(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.response.send_modal(Form())

        @discord.ui.select(options=[discord.SelectOption(label="One"), discord.SelectOption(label="Two")])
        async def choose(self, interaction: discord.Interaction, menu: Any) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content=f"chose {menu.values[0]}")

    async def answer(interaction: discord.Interaction, question: str) -> None:
        reply = await interaction.response.send_message(question, view=Buttons())
        assert reply.resource.content == question and not reply.is_ephemeral()

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="where")
        more = await alice.click(asked, "More")
        assert more.updated and more.message["id"] == asked.message["id"]
        assert asked.text.splitlines()[0] == "more by alice"
        sources = await alice.click(asked, "Sources")
        assert (sources.text, sources.ephemeral, sources.updated) == ("sources", True, False)
        assert sources.message["message_reference"]["message_id"] == asked.message["id"]
        with pytest.raises(NotPossible):
            await alice.click(asked, "Off")
        chosen = await alice.select(asked, values=["Two"])
        assert await server.until(lambda: "chose Two" in chosen.text, 2)
        form = await alice.click(asked, "Form")
        assert form.modal["title"] == "Why"
        with pytest.raises(NotPossible):
            await alice.submit(form, {"Reason": "far too long for it"})
        sent = await alice.submit(form, {"Reason": "so"})
        assert sent.text.splitlines()[0] == "because so"


async def test_deferring_following_up_and_editing(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    going = asyncio.Event()

    async def answer(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await going.wait()
        await interaction.followup.send("first")
        second = await interaction.followup.send("second", wait=True)
        await second.edit(content="second, edited")
        await interaction.edit_original_response(content="first, edited")
        await (await interaction.followup.send("third", wait=True)).delete()

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="where")
        assert (asked.deferred, asked.thinking, asked.text) == (True, True, "")
        going.set()
        await asked.settled()
        assert asked.ephemeral and asked.text.startswith("first")
        assert await server.until(lambda: asked.text == "first, edited", 2)
        assert await server.until(lambda: [one["content"] for one in asked.followups] == ["second, edited"], 2)


async def test_autocomplete(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    count = 3
    bot = Plain()

    @bot.tree.command()
    async def muscle(interaction: discord.Interaction, name: str, part: str = "") -> None:
        await interaction.response.send_message(name)

    @muscle.autocomplete("name")
    async def names(interaction: discord.Interaction, current: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=f"{current}{n}", value=str(n)) for n in range(count)]

    async with running(bot, server, sync=True):
        offered = await alice.autocomplete(general, "muscle", focused="name", name="gas")
        assert [one["name"] for one in offered] == ["gas0", "gas1", "gas2"]
        assert await alice.autocomplete(general, "muscle", focused="name", name="x" * 100, timeout=0.3) is None
        count = 26  # the refusal is swallowed by the library
        assert await alice.autocomplete(general, "muscle", focused="name", name="gas", timeout=0.3) is None
        with pytest.raises(NotPossible):
            await alice.autocomplete(general, "muscle", focused="part", part="x")


async def test_context_menus_in_guilds_private_messages_and_as_a_user_install(server: DiscordServer) -> None:
    guild, elsewhere = server.guild("Anatomy"), server.guild("Elsewhere", bot=False)
    general, alice, bob = guild.channel("general"), guild.member("alice"), guild.member("bob")
    there = elsewhere.channel("there")
    carol = elsewhere.member("carol").installs()
    seen: list[tuple[Any, ...]] = []
    bot = Plain()

    @bot.tree.context_menu(name="Ask about this")
    @discord.app_commands.allowed_installs(guilds=True, users=True)
    @discord.app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def about(interaction: discord.Interaction, message: discord.Message) -> None:
        where = interaction.context
        seen.append((message.content, where.guild, where.dm_channel, where.private_channel))
        await interaction.response.send_message("about it")
        assert interaction.is_user_integration() == (interaction.user.name == "carol")

    async with running(bot, server, sync=True):
        said = await bob.says(general, "no text for bots without the intent")
        assert (await alice.menu(general, said, "Ask about this")).text == "about it"
        direct = await alice.says(alice.dm(), "direct")
        assert (await alice.menu(alice.dm(), direct, "Ask about this")).text == "about it"
        between = carol.private(bob)
        private = await bob.says(between, "between us")
        asked = await carol.menu(between, private, "Ask about this")
        assert asked.text == "about it"
        outside = await carol.says(there, "outside")
        assert (await carol.menu(there, outside, "Ask about this")).text == "about it"
        with pytest.raises(NotPossible):
            await bob.menu(between, private, "Ask about this")
    assert seen == [
        ("no text for bots without the intent", True, False, False),
        ("direct", False, True, False),
        ("between us", False, False, True),
        ("outside", True, False, False),
    ]


async def test_a_callback_has_three_seconds_and_one_go(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    codes: list[int] = []

    async def answer(interaction: discord.Interaction, question: str) -> None:
        if question == "wait":
            server.clock.advance(3.01)
        for _ in range(2):
            try:
                await discord.InteractionResponse(interaction).send_message("x")
            except discord.HTTPException as error:
                codes.append(error.code)

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="twice")
        assert await server.until(lambda: codes == [40060], 2)
        assert not asked.failed and asked.refused == [(400, 40060)]
        late = await alice.slash(general, "ask", question="wait", timeout=0.2)
        assert await server.until(lambda: codes == [40060, 10062, 10062], 2)
        assert late.failed and late.message is None
        old = await alice.slash(general, "ask", question="old", age=4.0)
        assert await server.until(lambda: codes[3:] == [10062, 10062], 2)
        assert old.failed


async def test_a_token_dies_after_fifteen_minutes_and_is_nothing_before_the_callback(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    codes: list[int] = []

    async def answer(interaction: discord.Interaction, question: str) -> None:
        for step in ("early", "after", "late"):
            try:
                await interaction.followup.send(step)
            except discord.HTTPException as error:
                codes.append(error.code)
            if step == "early":
                await interaction.response.send_message("x")
            elif step == "after":
                server.clock.advance(15 * 60)

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="where")
        assert (await asked.followed_up())["content"] == "after"
        assert await server.until(lambda: codes == [10015, 50027], 2)


async def test_an_answer_beyond_a_limit_is_refused_and_another_is_taken(
    server: DiscordServer,
) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    errors: list[discord.HTTPException] = []

    async def answer(interaction: discord.Interaction, question: str) -> None:
        try:
            await interaction.response.send_message(embed=discord.Embed(title="x" * 257))
        except discord.HTTPException as error:
            errors.append(error)
            await discord.InteractionResponse(interaction).send_message("sorry", ephemeral=True)

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="where")
        assert asked.text == "sorry" and asked.refused == [(400, 50035)]
        assert "embeds.0.title: Must be 256 or fewer in length." in str(errors[0])


async def test_a_message_that_was_deleted_meanwhile(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    codes: list[int] = []

    class Buttons(discord.ui.View):
        @discord.ui.button(label="More")
        async def more(self, interaction: discord.Interaction, _: Any) -> None:
            await interaction.message.delete()
            try:
                await interaction.response.edit_message(content="more")
            except discord.NotFound as error:
                codes.append(error.code)

    async def answer(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message(question, view=Buttons())

    async with asking(server, answer):
        asked = await alice.slash(general, "ask", question="where")
        await alice.click(asked, "More", timeout=0.3)
        assert await server.until(lambda: codes == [10008], 2)
        assert asked.message is None


async def test_a_user_install_may_follow_up_five_times(server: DiscordServer) -> None:
    alice = server.person("alice").installs()
    between = alice.private(server.person("bob"))
    codes: list[int] = []
    bot = Plain()

    @bot.tree.command()
    @discord.app_commands.user_install()
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("x")
        for _ in range(6):
            try:
                await interaction.followup.send("x")
            except discord.HTTPException as error:
                codes.append(error.code)

    async with running(bot, server, sync=True):
        asked = await alice.slash(between, "ask")
        await asked.followed_up(5)
        assert await server.until(lambda: codes == [40094], 2)


async def test_commands_are_kept_by_name_and_checked_as_one_form(server: DiscordServer) -> None:
    bot = Plain()

    @bot.tree.command()
    async def one(interaction: discord.Interaction) -> None: ...

    @bot.tree.command()
    async def two(interaction: discord.Interaction, text: str) -> None: ...

    async with running(bot, server):
        first = await bot.tree.sync()
        again = await bot.tree.sync()
        assert {one.id for one in first} == {one.id for one in again}
        assert [one.name for one in await bot.tree.fetch_commands()] == ["one", "two"]
        bot.tree.remove_command("one")
        await bot.tree.sync()
        assert [one["name"] for one in server.commands.everywhere] == ["two"]
        two.description = "x" * 101
        with pytest.raises(discord.app_commands.CommandSyncFailure, match="Must be between 1 and 100 in length"):
            await bot.tree.sync()


async def test_an_answer_can_be_deleted_by_the_bot_and_dismissed_by_its_reader(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")

    async def answer(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message(question, ephemeral=question == "private")
        if question == "gone":
            await interaction.delete_original_response()

    async with asking(server, answer):
        gone = await alice.slash(general, "ask", question="gone")
        assert await server.until(lambda: gone.message is None, 2)
        assert not gone.failed and general.messages == {}
        private = await alice.slash(general, "ask", question="private")
        await alice.deletes(private)
        assert private.message is None


async def test_messages_of_version_2_and_a_person_as_target(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice, bob = guild.channel("general"), guild.member("alice"), guild.member("bob", nick="Bobby")

    class Page(discord.ui.LayoutView):
        def __init__(self, name: str) -> None:
            super().__init__()
            button: discord.ui.Button[Page] = discord.ui.Button(label="More", custom_id="more")
            button.callback = self.more  # type: ignore[method-assign]
            box = discord.ui.Container(discord.ui.TextDisplay(f"About {name}"), discord.ui.ActionRow(button))
            self.add_item(box)

        async def more(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message("more", ephemeral=True)

    bot = Plain()

    @bot.tree.context_menu(name="Who")
    async def who(interaction: discord.Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(view=Page(user.display_name))

    async with running(bot, server, sync=True):
        asked = await alice.menu(general, bob, "Who")
        assert asked.text.splitlines() == ["About Bobby", "[More]"]
        assert (await alice.click(asked, "More")).text == "more"


async def test_threads_follow_the_permissions_of_their_channel_and_guilds_go_and_come(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general = guild.channel("general")
    quiz = guild.thread(general, "quiz")
    bot = Plain()
    async with running(bot, server):
        thread = bot.get_guild(guild.id).get_thread(quiz.id)
        await thread.send("one")
        general.deny(server.bot, "send_messages_in_threads")
        with pytest.raises(discord.Forbidden):
            await thread.send("two")
        general.allow(server.bot, "send_messages_in_threads")
        await thread.send("three")
        assert [one.content for one in server.sent(quiz)] == ["one", "three"]
        guild.outage()
        assert await server.until(lambda: bot.get_guild(guild.id).unavailable, 2)
        guild.back()
        assert await server.until(lambda: not bot.get_guild(guild.id).unavailable, 2)


async def test_what_people_can_not_do(server: DiscordServer) -> None:
    guild, other = server.guild("Anatomy"), server.guild("Other")
    general, alice, bob = guild.channel("general"), guild.member("alice"), other.member("bob")
    said = await alice.says(general, "hello")
    for wrong in (
        bob.says(general, "hello"),
        bob.slash(general, "ask"),
        alice.deletes(said, said.message | {"id": "1"}),
        alice.click(said, "More"),
    ):
        with pytest.raises(NotPossible):
            await wrong


# Rate limits and faults


async def test_a_bucket_that_is_empty_is_waited_for_by_the_library(server: DiscordServer) -> None:
    channel = server.guild("Anatomy").channel("general")
    server.rate_limits.set("POST", MESSAGES, limit=2, per=0.3)
    bot = Plain()
    async with running(bot, server):
        target = bot.get_channel(channel.id)
        await asyncio.gather(*(target.send(str(number)) for number in range(5)))
    posts = [one for one in server.requests if one.template == MESSAGES]
    accepted = [one.time for one in posts if one.status == 200]
    assert len(accepted) == 5 and all(accepted[n + 2] - accepted[n] >= 0.3 for n in range(3))


async def test_one_request_too_many_is_told_when_to_come_back(server: DiscordServer) -> None:
    channel = server.guild("Anatomy").channel("general")
    server.rate_limits.set("POST", MESSAGES, limit=1, per=60.0)
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{server.api}/channels/{channel.id}/messages"
        async with session.post(url, json={"content": "x"}) as first:
            assert first.headers["Content-Type"] == "application/json"
            assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("1", "0")
        async with session.post(url, json={"content": "x"}) as second:
            body = await second.json()
            assert (second.status, second.headers["Via"], body["global"]) == (429, "1.1 google", False)
            assert 59 < body["retry_after"] <= 60.01
        server.clock.advance(61)
        async with session.post(url, json={"content": "x"}) as third:
            assert third.status == 200
        server.rate_limits.set_everywhere(1, 60.0)
        for expected in (200, 429):
            async with session.get(f"{server.api}/users/@me") as response:
                assert response.status == expected
        assert response.headers["X-RateLimit-Scope"] == "global"


async def test_faults_strike_where_and_as_often_as_they_should(server: DiscordServer) -> None:
    channel = server.guild("Anatomy").channel("general")
    path = f"/channels/{channel.id}/messages"
    fault = server.fault("POST", "/channels/{c}/messages", status=502, times=2, after=1)
    statuses = [(await call(server, "POST", path, {"content": "x"}))[0] for _ in range(4)]
    assert (statuses, fault.hits) == ([200, 502, 502, 200], 2)
    server.fault("POST", path, then_accept=True)
    assert (await call(server, "POST", path, {"content": "done all the same"}))[0] == 500
    assert [one.content for one in server.sent(channel)][-1] == "done all the same"
    server.fault("POST", path, reset=True)
    with pytest.raises(aiohttp.ClientOSError) as broken:
        await call(server, "POST", path, {"content": "x"})
    assert isinstance(broken.value, ConnectionResetError) or broken.value.errno in (104, 54)
    server.fault("GET", "/users/@me", delay=0.05)
    start = time.monotonic()
    assert (await call(server, "GET", "/users/@me"))[0] == 200
    assert time.monotonic() - start >= 0.05
    assert [one.status for one in server.requests] == [200, 502, 502, 200, 200, 500, None, 200]


async def test_a_handshake_is_refused_or_reset(server: DiscordServer) -> None:
    server.refuse_connections(1, "503")
    server.refuse_connections(2, "reset")  # the client tries the first again by itself
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(server.gateway)
        with pytest.raises(aiohttp.ClientError):
            await session.ws_connect(server.gateway)
        await server.gateway_down()
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.ws_connect(server.gateway)
        await server.gateway_up()
        async with session.ws_connect(server.gateway) as socket:
            assert (await socket.receive_json())["op"] == 10


async def test_it_stops_at_once_whatever_is_under_way() -> None:
    server = DiscordServer()
    await server.start()
    server.fault("GET", "/users/@me", hang=3600.0)
    server.refuse_connections(1, "hang")
    async with aiohttp.ClientSession() as session:
        waiting = asyncio.create_task(call(server, "GET", "/users/@me"))
        joining = asyncio.create_task(session.ws_connect(server.gateway))
        await server.until(lambda: server.gateway_side.handshakes and server.faults.requests[0].hits)
        await asyncio.wait_for(server.stop(), 10)
        results = await asyncio.gather(waiting, joining, return_exceptions=True)
    assert all(isinstance(one, aiohttp.ClientError) for one in results)


async def test_another_process_may_disturb_it(server: DiscordServer) -> None:
    guild = server.guild("Anatomy")
    general, alice = guild.channel("general"), guild.member("alice")
    control = server.control = Control(
        server, Load(server, alice, general, command="ask", option="question", texts=["where"])
    )

    async def answer(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message(question)

    async with asking(server, answer), aiohttp.ClientSession() as session:

        async def post(what: str, **body: Any) -> tuple[int, Any]:
            async with session.post(f"{server.site}/control/{what}", json=body) as response:
                return response.status, await response.json()

        async with session.get(f"{server.site}/control/state") as response:
            state = await response.json()
        assert (state["connections"], state["commands"]) == (1, ["ask"])
        status, report = await post("load", rate=50, seconds=0.2)
        assert (status, report["offered"], report["answered_in_time"]) == (200, 10, 10)
        await post("fault", method="POST", path=CALLBACK, status=400, times=None)
        status, report = await post("load", outstanding=2, seconds=0.2)
        assert (report["answered_in_time"], report["unanswered"]) == (0, report["offered"])
        await post("gateway", do="drop")
        assert await server.until(lambda: server.gateway_side.resumed == 1)
        assert (await post("load", seconds=1))[0] == (await post("nothing"))[0] == 400
        await post("stop")
        assert control.stopped.is_set()


# A process of its own


async def test_as_a_process_it_offers_load_and_stops(tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text('where is "it"\nwho\n', encoding="utf-8")
    plan = [{"outstanding": 4, "seconds": 0.3}, {"rate": 100, "seconds": 0.3, "share_of_clicks": 0.5}]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "discordserver", "--seconds", "20"),
        *("--texts", str(texts), "--plan", json.dumps(plan)),
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    urls = json.loads(await process.stdout.readline())
    heard: set[str] = set()
    bot = Plain(intents=discord.Intents.none())

    class Buttons(discord.ui.View):
        @discord.ui.button(label="More", custom_id="more")
        async def more(self, interaction: discord.Interaction, _: Any) -> None:
            heard.add("click")
            await interaction.response.edit_message(content="more")

    view = Buttons(timeout=None)

    @bot.tree.command()
    async def ask(interaction: discord.Interaction, question: str) -> None:
        heard.add(question)
        await interaction.response.send_message("x", view=view)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", urls["environment"]["FABELLA_DISCORD_API"])
        gateway = discord.gateway.DiscordWebSocket
        patch.setattr(gateway, "DEFAULT_GATEWAY", type(gateway.DEFAULT_GATEWAY)(urls["gateway"]))
        async with bot:
            await bot.login(urls["token"])
            bot.add_view(view)
            await bot.tree.sync()
            task = asyncio.create_task(bot.connect())
            reports = [json.loads(await process.stdout.readline()) for _ in plan]
        await asyncio.gather(task, return_exceptions=True)
        await process.wait()
    assert heard >= {'where is "it"', "who", "click"}
    for report in reports:
        assert report["offered"] == report["answered_in_time"] > 0
        assert report["p99_ms"] >= report["p50_ms"] > 0
    assert reports[1]["offered"] == 30
    assert process.returncode == 0
