"""What is kept, logged and told of people, and that it goes when it should."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from discordserver import NotPossible
from fabella import Engine
from fabella.discord import service
from fabella_knowledge.errors import FabellaError
from scene import Scene, acted, custom_id, description, until

pytestmark = pytest.mark.asyncio
UNKNOWN = "how heavy is the soleus?"


async def test_what_is_forgotten_is_not_written_afterwards(scene: Scene) -> None:
    await scene.alice.slash(scene.general, "ask", question=UNKNOWN)
    await scene.mod.slash(scene.general, "fabella forget", sure=True)
    await scene.service.drain()
    assert await scene.service.store.unanswered(scene.guild.id) == ()


async def test_what_is_being_written_is_forgotten_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    record = scene.service.store.record_unanswered
    begun = asyncio.Event()

    async def slow(*args: Any, **more: Any) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await record(*args, **more)

    monkeypatch.setattr(scene.service.store, "record_unanswered", slow)
    for text in (UNKNOWN, "how wide is the deltoid?", "how long is the plantaris?"):
        await scene.alice.slash(scene.general, "ask", question=text)
    writing = asyncio.create_task(scene.service.unanswered.write())
    await begun.wait()
    await scene.mod.slash(scene.general, "fabella forget", sure=True)
    await writing
    assert await scene.service.store.unanswered(scene.guild.id) == ()


async def test_what_is_being_written_is_waited_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    record = scene.service.store.record_unanswered

    async def slow(*args: Any, **more: Any) -> None:
        await asyncio.sleep(0.2)
        await record(*args, **more)

    monkeypatch.setattr(scene.service.store, "record_unanswered", slow)
    await scene.alice.slash(scene.general, "ask", question=UNKNOWN)
    writing = asyncio.create_task(scene.service.unanswered.write())
    await asyncio.sleep(0.05)
    await scene.service.unanswered.write()  # as at the end of the bot
    assert len(await scene.service.store.unanswered(scene.guild.id)) == 1
    await writing


async def test_nothing_is_kept_of_a_server_that_did_not_install_the_bot(scene: Scene) -> None:
    elsewhere = scene.server.guild("Elsewhere", bot=False)
    dave = elsewhere.member("dave").installs()
    assert "don't give" in description(await dave.slash(elsewhere.channel("any"), "ask", question=UNKNOWN))
    await scene.service.drain()
    assert await scene.service.store.unanswered(elsewhere.id) == ()
    boss = elsewhere.member("boss", manage_guild=True).installs()
    with pytest.raises(NotPossible):
        await boss.slash(elsewhere.channel("any"), "fabella limit", per_minute=3)


async def test_a_servers_data_goes_with_the_bot_and_stays_through_an_outage(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=UNKNOWN)
    await scene.alice.click(asked, custom_id=custom_id(asked.message, "👎"))
    await scene.service.drain()
    scene.guild.outage()
    await until(lambda: scene.bot.get_guild(scene.guild.id) is None or scene.bot.get_guild(scene.guild.id).unavailable)
    scene.guild.back()
    assert len(await scene.service.store.unanswered(scene.guild.id)) == 1
    await until(lambda: scene.bot.get_guild(scene.guild.id) and not scene.bot.get_guild(scene.guild.id).unavailable)
    scene.guild.remove_bot()
    await until(lambda: scene.bot.get_guild(scene.guild.id) is None)
    await scene.service.store.server(scene.guild.id)
    for _ in range(200):
        if not await scene.service.store.unanswered(scene.guild.id):
            break
    assert await scene.service.store.unanswered(scene.guild.id) == ()
    assert (await scene.service.store.feedback(scene.guild.id)).down == 0


async def test_what_a_server_asked_last_goes_with_the_bot(scene: Scene) -> None:
    await scene.alice.slash(scene.general, "ask", question=UNKNOWN)
    scene.guild.remove_bot()
    await until(lambda: scene.bot.get_guild(scene.guild.id) is None)
    await scene.service.drain()
    assert await scene.service.store.unanswered(scene.guild.id) == ()


async def test_questions_are_forgotten_although_nobody_asks_any_more(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_SWEEP", 0.02)
    async with acted(engine, tmp_path) as scene:
        said = await scene.alice.says(scene.general, "which nerve supplies the soleus of Xerxes?", mention=True)
        await said.answer()
        await scene.service.drain()
        answerer = vars(scene.service.answerer)
        assert "Xerxes" in str(answerer["_kept"])
        hands = vars(scene.bot.get_cog("Fabella mentions"))["_hands"]
        assert hands.answer(said.id) is not None and "Xerxes" not in str(vars(hands))
        monkeypatch.setitem(answerer, "_clock", lambda: time.monotonic() + 15 * 60)
        await until(lambda: not answerer["_kept"])


@pytest.mark.parametrize("asked", ["what is it?", "which nerve supplies the soleus?"])
async def test_no_question_about_health_stays_in_memory(scene: Scene, asked: str) -> None:
    text = f"my calf hurts since Monday, {asked}"
    said = await scene.alice.says(scene.general, text, mention=True)
    assert description(await said.answer())
    await scene.alice.slash(scene.general, "ask", question=text)
    kept = str(
        [vars(scene.service.answerer)["_kept"], vars(vars(scene.bot.get_cog("Fabella mentions"))["_hands"])["_answers"]]
    )
    assert "Monday" not in kept


async def test_the_storages_fault_tells_no_address(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*args: Any, **more: Any) -> None:
        raise FabellaError("postgresql://somebody@db.example:5432 refuses the connection")

    monkeypatch.setattr(scene.service.store, "feedback", failing)
    told = await scene.mod.slash(scene.general, "fabella feedback")
    assert "That didn't work just now" in description(told) and "example" not in description(told)


async def test_logs_hold_nothing_of_what_was_asked(
    scene: Scene, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def ask(self, question: str, **more: Any) -> None:
            raise RuntimeError(f"cannot read {question}")

    scene.service.swap(Broken())  # type: ignore[arg-type]
    with caplog.at_level(logging.INFO):
        await scene.alice.slash(scene.general, "ask", question="Which nerve has Xerxes?")
        await scene.alice.says(scene.general, "and the artery of Xerxes?", mention=True)
        await until(lambda: scene.server.sent(scene.alice.dm()))
    told = [logging.Formatter().format(one) for one in caplog.records]
    assert told and not any("Xerxes" in one for one in told)
