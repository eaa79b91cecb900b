"""What goes wrong with Discord, the network, the storage and the engine: the answer arrives, once, or a word on it."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path
from typing import Any

import pytest
from fabella import Engine
from fabella.discord import sending
from fabella_knowledge.errors import FabellaError
from scene import Scene, custom_id, description, until

pytestmark = pytest.mark.asyncio
CALLBACK = "/interactions/{id}/{token}/callback"
QUESTION = "Which nerve supplies the soleus?"
# What Discord and the network do to a request, as the tests' server plays it.
TEMPORARY: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 502},
    {"status": 503},
    {"status": 504},
    {"reset": True},
    {"status": 429, "retry_after": 0.1, "via": False},
    {"status": 429, "retry_after": 0.1},
    {"status": 500, "then_accept": True},
    {"status": 503, "then_accept": True},
    {"reset": True, "then_accept": True},
]
NAMES = ["-".join(f"{key}={value}" for key, value in one.items()) for one in TEMPORARY]


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts that a test can wait for."""
    monkeypatch.setattr(sending, "_PAUSES", (0.05, 0.05, 0.05))


def shown(scene: Scene) -> list[str]:
    """The answers in the channel, by interaction or message."""
    return [str(one.embeds[0]["description"]) for one in scene.general.messages.values() if one.embeds]


@pytest.mark.parametrize("fault", TEMPORARY, ids=NAMES)
async def test_a_command_is_answered_in_time_and_once(scene: Scene, fault: dict[str, Any]) -> None:
    hit = scene.server.fault("POST", CALLBACK, times=1, **fault)
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    assert hit.hits == 1 and not asked.failed
    await scene.service.admission.drained()
    assert [("tibial nerve" in one) for one in shown(scene)] == [True]


@pytest.mark.parametrize("fault", TEMPORARY, ids=NAMES)
async def test_a_mention_is_answered_once(scene: Scene, brief: None, fault: dict[str, Any]) -> None:
    hit = scene.server.fault("POST", f"/channels/{scene.general.id}/messages", times=2, **fault)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await said.answer(timeout=15))
    await scene.service.admission.drained()
    assert hit.hits >= 1 and len(shown(scene)) == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": True}, {"hang": 1.5}], ids=["503", "reset", "hang"])
async def test_a_button_is_answered(scene: Scene, fault: dict[str, Any]) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    scene.server.fault("POST", CALLBACK, times=1, **fault)
    told = await scene.alice.click(asked, "Action")
    assert not told.failed and "plantarflexes" in description(told)


async def test_a_public_answer_that_comes_too_late_goes_to_the_channel(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION, age=3.2)
    assert asked.message is None
    await until(lambda: shown(scene))
    assert "tibial nerve" in shown(scene)[0]


async def test_a_private_answer_that_comes_too_late_goes_to_the_asker(scene: Scene) -> None:
    await scene.alice.slash(scene.general, "ask", question=QUESTION, private=True, age=3.2)
    await until(lambda: scene.server.sent(scene.alice.dm()))
    assert "tibial nerve" in description(scene.server.sent(scene.alice.dm())[0]) and shown(scene) == []


async def test_where_no_callback_arrives_at_all_the_answer_goes_to_the_channel(scene: Scene) -> None:
    scene.server.fault("POST", CALLBACK, status=503, times=99)
    await scene.alice.slash(scene.general, "ask", question=QUESTION)
    await until(lambda: shown(scene))
    assert "tibial nerve" in shown(scene)[0]


async def test_what_cannot_be_sent_is_told_of_in_private_with_an_id_of_the_log(
    scene: Scene, brief: None, caplog: pytest.LogCaptureFixture
) -> None:
    scene.server.fault("POST", f"/channels/{scene.general.id}/messages", status=503, times=99)
    await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: scene.server.sent(scene.alice.dm()))
    told = description(scene.server.sent(scene.alice.dm())[0])
    found = re.search(r"name ([a-z2-9]{6})\.", told)
    assert "got lost" in told and found is not None
    assert any(found[1] in one.getMessage() for one in caplog.records)
    assert not any(QUESTION in one.getMessage() for one in caplog.records)


async def test_a_fault_of_the_engine_is_told_of_with_an_id_of_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def ask(self, *args: Any, **more: Any) -> None:
            raise RuntimeError(QUESTION)

    scene.service.swap(Broken())  # type: ignore[arg-type]
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    found = re.search(r"name ([a-z2-9]{6})\.", description(asked))
    assert asked.ephemeral and found is not None
    assert any(found[1] in one.getMessage() for one in caplog.records)
    await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: scene.server.sent(scene.alice.dm()))
    assert "got lost" in description(scene.server.sent(scene.alice.dm())[0])


async def test_an_answer_that_takes_long_is_deferred(scene: Scene, engine: Engine) -> None:
    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def ask(self, *args: Any, **more: Any) -> Any:
            time.sleep(2.0)
            return engine.ask(*args, **more)

    scene.service.swap(Slow())  # type: ignore[arg-type]
    text = f"{QUESTION} {'It lies under the gastrocnemius. ' * 12}"
    asked = await scene.alice.slash(scene.general, "ask", question=text, private=True)
    assert asked.deferred and asked.ephemeral
    await asked.settled()
    assert "tibial nerve" in description(asked)


async def test_a_channel_that_is_gone_stops_nothing(scene: Scene) -> None:
    quiz = scene.guild.channel("quiz")
    hung = scene.server.fault("POST", f"/channels/{quiz.id}/messages", delay=0.2)
    await scene.alice.says(quiz, QUESTION, mention=True)
    await until(lambda: hung.hits)
    quiz.delete()
    await scene.service.admission.drained()
    assert "tibial nerve" in description(await scene.alice.slash(scene.general, "ask", question=QUESTION))


async def test_a_deleted_answer_is_not_sent_again_by_an_edit(scene: Scene) -> None:
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    answer = await said.answer()
    await scene.mod.deletes(answer)
    await scene.alice.edits(said, "which artery supplies the soleus?", mention=True)
    assert not await scene.server.until(lambda: shown(scene), 0.3)


async def test_somebody_who_takes_no_messages_costs_nothing(scene: Scene) -> None:
    scene.alice.closes_dms()
    scene.general.deny(scene.server.bot, "send_messages")
    await scene.alice.says(scene.general, QUESTION, mention=True)
    await scene.service.admission.drained()
    assert "tibial nerve" in description(await scene.bob.slash(scene.general, "ask", question=QUESTION))


async def test_without_the_storage_questions_are_answered_and_the_rest_says_so(scene: Scene, tmp_path: Path) -> None:
    for one in tmp_path.glob("fabella.sqlite3*"):
        one.write_bytes(b"no database any more" * 500)
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    assert "tibial nerve" in description(asked)
    vote = await scene.alice.click(asked, custom_id=custom_id(asked.message, "👍"))
    assert vote.ephemeral and "could not be kept" in description(vote)
    changed = await scene.mod.slash(scene.general, "fabella limit", per_minute=3)
    assert changed.ephemeral and "didn't work" in description(changed)
    long = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    assert "26 muscles" in description(long)  # the page that is shown, and no button that would lead nowhere
    assert all(
        one["label"] != "Next" for row in long.message["components"] for one in row["components"] if "label" in one
    )
    with pytest.raises(FabellaError):
        await scene.service.store.feedback(scene.guild.id)


async def test_logs_hold_no_question(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await scene.alice.slash(scene.general, "ask", question="Which nerve supplies the soleus of Xerxes?")
        said = await scene.alice.says(scene.general, "and the plantaris of Xerxes?", mention=True)
        await said.answer()
    assert not any("Xerxes" in one.getMessage() for one in caplog.records)
