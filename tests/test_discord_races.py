"""Answers that arrive late, twice or not at all; edits and deletions meanwhile; and that nobody is held up."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from discordserver import Message, payloads
from fabella import Engine
from fabella.discord import exchange, parsing, sending
from scene import Scene, acted, buttons, custom_id, description, labels, title, until

pytestmark = pytest.mark.asyncio
CALLBACK = "/interactions/{id}/{token}/callback"
QUESTION = "Which nerve supplies the soleus?"
OTHER = "which artery supplies the soleus?"
LONG = f"{QUESTION} {'It lies under the gastrocnemius. ' * 12}"  # read in a thread


def shown(scene: Scene) -> list[str]:
    """The bot's answers in the channel."""
    return [str(one.embeds[0]["description"]) for one in scene.general.messages.values() if one.embeds]


async def settled(scene: Scene) -> None:
    """Wait until nothing is being answered or tried again."""
    await scene.service.admission.drained()
    await scene.service.errands.done()


def slow(engine: Engine, seconds: float) -> Any:
    """An engine that takes its time."""

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def ask(self, *args: Any, **more: Any) -> Any:
            time.sleep(seconds)
            return engine.ask(*args, **more)

    return Slow()


@pytest.mark.parametrize("private", [False, True])
async def test_a_callback_that_takes_long_is_no_second_answer(scene: Scene, private: bool) -> None:
    scene.server.fault("POST", CALLBACK, times=99, delay=1.0, status=None)
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION, private=private)
    await settled(scene)
    assert asked.message is not None and "tibial nerve" in description(asked)
    assert len(shown(scene)) == (0 if private else 1)
    assert not scene.server.sent(scene.alice.dm())


async def test_a_press_whose_callback_takes_long_is_done_once(scene: Scene) -> None:
    found = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    scene.server.fault("POST", CALLBACK, times=None, delay=1.0, status=None)
    turned, form = await asyncio.gather(scene.alice.click(found, "Next"), scene.alice.click(asked, "Ask more"))
    await scene.alice.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    await settled(scene)
    assert turned.updated and "Page 2" in str(found.message)
    assert form.modal is not None and form.followups == []
    assert asked.message is None and not scene.server.sent(scene.alice.dm())


async def test_an_answer_that_is_ready_while_its_deferral_is_on_its_way_is_told_once(
    scene: Scene, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_DEFER", 2.5)
    monkeypatch.setattr(sending, "_MOMENT", 0.8)
    scene.service.swap(slow(engine, 0.3))
    scene.server.fault("POST", CALLBACK, times=1, delay=0.7, status=None)
    asked = await scene.alice.slash(scene.general, "ask", question=LONG)
    await settled(scene)
    assert asked.deferred and not asked.thinking and "tibial nerve" in description(asked)
    assert len(shown(scene)) == 1


async def test_a_success_that_exhausts_its_rate_limit_is_no_second_answer(scene: Scene) -> None:
    template = "/interactions/{interaction}/{token}/callback"
    scene.server.rate_limits.set("POST", template, limit=1, per=3.0)  # the library holds such a success back
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    await settled(scene)
    assert len(asked.callbacks) == 1 and len(shown(scene)) == 1
    assert not scene.server.sent(scene.alice.dm())


async def test_a_refused_answer_gives_an_apology_in_its_place(scene: Scene) -> None:
    body = {"message": "Invalid Form Body", "code": 50035}
    scene.server.fault("POST", CALLBACK, times=1, status=400, body=body)
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    await settled(scene)
    assert asked.ephemeral and "Something went wrong" in description(asked)
    assert not scene.server.sent(scene.alice.dm())


async def test_a_clock_that_was_wrong_for_a_moment_costs_nothing(scene: Scene) -> None:
    admission = scene.service.admission
    admission._clock = lambda: time.time() - 10.0
    await scene.alice.slash(scene.general, "ask", question=QUESTION)
    admission._clock = time.time
    scene.server.fault("POST", CALLBACK, times=99, delay=0.4, status=None)
    await scene.alice.slash(scene.general, "ask", question=OTHER)
    await settled(scene)
    assert len(shown(scene)) == 2


async def test_a_rate_limit_of_the_whole_bot_is_waited_out(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_PAUSES", (0.1, 0.1))
    body = {"message": "You are being rate limited.", "retry_after": 1.0, "global": True}
    scene.server.fault("POST", f"/channels/{scene.general.id}/messages", times=1, status=429, body=body)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await said.answer(timeout=8))
    again = await scene.bob.says(scene.guild.channel("other"), QUESTION, mention=True)
    assert "tibial nerve" in description(await again.answer())


async def test_a_private_reply_that_meets_such_a_limit_costs_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "_PATIENCE", 0.3)
    body = {"message": "You are being rate limited.", "retry_after": 0.8, "global": True}
    hit = scene.server.fault("POST", CALLBACK, times=1, status=429, body=body)
    scene.server.gateway_side.event("INTERACTION_CREATE", {"id": "1", "token": "x", "type": 2})  # nobody can read it
    await until(lambda: hit.hits)
    await asyncio.sleep(0.4)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await said.answer())


async def test_messages_that_cannot_be_sent_hold_nobody_up(scene: Scene) -> None:
    scene.server.fault("POST", f"/channels/{scene.general.id}/messages", times=None, hang=3.0)
    for _ in range(80):
        await scene.alice.says(scene.general, QUESTION, mention=True)
    await asyncio.sleep(0.3)
    for _ in range(3):
        asked = await scene.bob.slash(scene.guild.channel("other"), "ask", question=QUESTION)
        assert not asked.failed and "tibial nerve" in description(asked)
    scene.server.faults.clear()


async def test_the_rate_limit_of_one_channel_holds_no_other_up(scene: Scene) -> None:
    scene.server.rate_limits.set("POST", "/channels/{channel}/messages", limit=5, per=5.0)
    for _ in range(80):
        await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: len(shown(scene)) == 5)
    said = await scene.bob.says(scene.guild.channel("other"), QUESTION, mention=True)
    asked = await scene.bob.slash(scene.guild.channel("other"), "ask", question=QUESTION)
    assert not asked.failed and "tibial nerve" in description(asked)
    assert "tibial nerve" in description(await said.answer())


async def test_messages_that_cannot_be_sent_leave_room_for_what_is_tried_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.service.errands, "_most", 3)
    hung = scene.server.fault("POST", "/channels/{c}/messages", times=None, hang=2.0)
    for number in range(6):
        await scene.alice.says(scene.guild.channel(f"c{number}"), QUESTION, mention=True)
    await until(lambda: hung.hits >= 6)
    scene.server.fault("POST", CALLBACK, times=1, status=503, then_accept=True)
    asked = await scene.bob.slash(scene.general, "ask", question=QUESTION)
    await scene.bob.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    assert await scene.server.until(lambda: asked.message is None, 1.0)
    scene.server.faults.clear()


async def test_only_so_many_messages_are_in_hand(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(vars(scene.bot.get_cog("Fabella mentions"))["_hands"], "_at_once", 2)
    hung = scene.server.fault("POST", "/channels/{c}/messages", times=2, delay=0.3, status=None)
    channels = [scene.guild.channel(f"c{number}") for number in range(4)]
    for one in channels:
        await scene.alice.says(one, QUESTION, mention=True)
    await until(lambda: hung.hits == 2)
    await settled(scene)
    assert sum(len(scene.server.sent(one)) for one in channels) == 2
    assert sum("too many messages" in one.getMessage() for one in caplog.records) == 1


@pytest.mark.parametrize("fault", [{"status": 503}, {"reset": True}], ids=["503", "reset"])
async def test_a_deletion_whose_receipt_gets_lost_deletes(scene: Scene, fault: dict[str, Any]) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    scene.server.fault("POST", CALLBACK, times=1, then_accept=True, **fault)
    await scene.alice.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    await settled(scene)
    assert asked.message is None and not scene.server.sent(scene.alice.dm())


async def test_an_answer_that_cannot_be_deleted_is_told_of(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_PAUSES", (0.05,))
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    scene.server.fault("DELETE", "/webhooks/{a}/{t}/messages/@original", times=None, status=429, via=False)
    press = await scene.alice.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    await press.followed_up()
    assert "could not be deleted" in str(press.followups[0]) and press.followups[0]["flags"] & 64
    assert "tibial nerve" in description(asked)


async def test_two_who_delete_one_answer_are_both_content(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    bin_ = custom_id(asked.message, "🗑️")
    presses = await asyncio.gather(*(one.click(asked, custom_id=bin_) for one in (scene.alice, scene.mod)))
    await settled(scene)
    assert asked.message is None and [(one.failed, one.followups) for one in presses] == [(False, [])] * 2
    assert not scene.server.sent(scene.alice.dm()) and not scene.server.sent(scene.mod.dm())


async def test_a_form_whose_receipt_gets_lost_is_open(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    scene.server.fault("POST", CALLBACK, times=1, status=503, then_accept=True)
    form = await scene.alice.click(asked, "Ask more")
    await settled(scene)
    assert form.modal is not None
    assert "tibial nerve" in shown(scene)[0] and not scene.server.sent(scene.alice.dm())


async def test_a_form_that_comes_too_late_is_told_of(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    await scene.alice.click(asked, "Ask more", age=3.2)
    await until(lambda: scene.server.sent(scene.alice.dm()))
    assert "Something went wrong" in description(scene.server.sent(scene.alice.dm())[0])


async def test_a_deferred_answer_is_not_hammered_at(
    scene: Scene, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_DEFER", 2.4)
    monkeypatch.setattr(sending, "_PAUSES", (0.1,) * 9)
    scene.service.swap(slow(engine, 0.6))
    template = "/webhooks/{a}/{t}/messages/@original"
    hit = scene.server.fault("PATCH", template, times=None, status=429, retry_after=1.2, via=False)
    asked = await scene.alice.slash(scene.general, "ask", question=LONG)
    await until(lambda: hit.hits)
    await asyncio.sleep(0.8)
    assert asked.deferred and hit.hits == 1
    scene.server.faults.clear()
    await settled(scene)
    assert "tibial nerve" in description(asked)


async def test_an_edit_while_the_answer_is_on_its_way_gives_one_answer(scene: Scene) -> None:
    slow = scene.server.fault("POST", f"/channels/{scene.general.id}/messages", times=1, delay=0.4, status=None)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: slow.hits)
    await scene.alice.edits(said, OTHER, mention=True)
    await settled(scene)
    assert len(shown(scene)) == 1 and "posterior tibial artery" in shown(scene)[0]
    await scene.alice.deletes(said)
    await until(lambda: not shown(scene))


async def test_the_last_edit_is_the_one_that_is_answered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_PAUSES", (0.4, 0.4))
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    await said.answer()
    failed = scene.server.fault("PATCH", f"/channels/{scene.general.id}/messages/{{m}}", times=1, status=503)
    await scene.alice.edits(said, OTHER, mention=True)
    await until(lambda: failed.hits)
    await scene.alice.edits(said, "where does the deltoid insert?", mention=True)
    await settled(scene)
    assert len(shown(scene)) == 1 and "deltoid tuberosity" in shown(scene)[0]


async def test_a_question_that_is_deleted_before_its_answer_has_none(scene: Scene) -> None:
    known = scene.service.rules
    begun = asyncio.Event()

    async def slow(server: int | None) -> Any:
        begun.set()
        await asyncio.sleep(0.2)
        return await known(server)

    scene.service.rules = slow  # type: ignore[method-assign]
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    await begun.wait()
    await scene.alice.deletes(said)
    await settled(scene)
    messages = f"/channels/{scene.general.id}/messages"
    assert not [one for one in scene.server.requests if one.method == "POST" and one.path == messages]


async def test_an_edit_changes_the_text_where_embeds_are_not_allowed(scene: Scene) -> None:
    scene.general.deny(scene.server.bot, "embed_links")
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    await said.answer()
    await scene.alice.edits(said, "where does the deltoid insert?", mention=True)
    again = await said.answered_again()
    assert "deltoid tuberosity" in again["content"] and again["embeds"] == []


async def test_an_old_message_that_nobody_knows_is_left_alone(scene: Scene) -> None:
    said = await scene.alice.says(scene.general, QUESTION)
    said.state.id -= (2 * 3600 * 1000) << 22  # as if it had been written two hours ago
    scene.general.messages[said.state.id] = said.state
    await scene.alice.edits(said, QUESTION, mention=True)
    assert await said.quiet(0.3)


async def test_without_the_history_a_mention_is_answered_without_a_reference(scene: Scene) -> None:
    body = {"message": "Cannot reply without permission to read message history", "code": 160002}
    scene.server.fault("POST", f"/channels/{scene.general.id}/messages", times=1, status=403, body=body)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    answer = await said.answer()
    assert "tibial nerve" in description(answer) and "message_reference" not in answer
    assert not scene.server.sent(scene.alice.dm())


async def test_what_the_storage_cannot_keep_is_said_to_be_left_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*args: Any) -> None:
        return None

    monkeypatch.setattr(scene.service.turning, "keep", refused)
    asked = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    assert asked.message is not None
    footers = [one["footer"]["text"] for one in asked.message["embeds"]]
    assert [one.startswith(f"Page {n} of 2") for n, one in enumerate(footers, 1)] == [True, True]
    assert "Next" not in labels(asked.message) and "could not be kept" not in str(footers)
    monkeypatch.setattr(exchange, "EMBEDS_TOTAL", 4000)  # as if there were more pages than a message holds
    longer = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    assert longer.message is not None
    assert [one["footer"]["text"][:40] for one in longer.message["embeds"]] == [
        "The rest could not be kept. Page 1 of 2 "
    ]


async def test_what_waits_for_a_slow_storage_is_deferred(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    keep = scene.service.store.vote

    async def slow(vote: Any) -> None:
        await asyncio.sleep(2.0)
        await keep(vote)

    monkeypatch.setattr(scene.service.store, "vote", slow)
    vote = await scene.alice.click(asked, custom_id=custom_id(asked.message, "👍"))
    assert vote.deferred and not vote.failed
    await vote.settled()
    assert vote.ephemeral and "Your vote is kept" in description(vote)
    assert "tibial nerve" in shown(scene)[0]


async def test_an_answer_comes_in_time_although_the_storage_hangs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hanging(*args: Any) -> Any:
        await asyncio.sleep(3.5)
        raise AssertionError

    monkeypatch.setattr(scene.service.store._database, "_run", hanging)
    scene.service.store._settings._known.clear()
    scene.server.fault("POST", CALLBACK, times=1, hang=1.2)
    asked = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    await asked.settled()
    await scene.service.admission.drained()
    assert not asked.failed and "26 muscles" in description(asked)


@pytest.mark.parametrize("how", ["deferred", "503", "reset"])
async def test_an_export_arrives_with_its_file(scene: Scene, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(exchange, "_DEFER", 2.4)
    held = scene.service.store.export

    async def takes(server: int) -> Any:
        await asyncio.sleep(0.6 if how == "deferred" else 0.0)
        return await held(server)

    monkeypatch.setattr(scene.service.store, "export", takes)
    if how != "deferred":
        fault = {"reset": True} if how == "reset" else {"status": 503}
        scene.server.fault("POST", CALLBACK, times=1, **fault)
    asked = await scene.mod.slash(scene.general, "fabella export")
    await asked.settled()
    await settled(scene)
    assert asked.ephemeral and asked.deferred is (how == "deferred") and asked.message is not None
    assert [one["filename"] for one in asked.message["attachments"]] == [f"fabella-{scene.guild.id}.json"]


async def test_a_page_of_a_message_that_is_gone_is_quiet(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    found = scene.service.turning.page

    async def slow(*args: Any) -> Any:
        await asyncio.sleep(0.3)
        return await found(*args)

    scene.service.turning.page = slow  # type: ignore[method-assign]
    press = asyncio.create_task(scene.alice.click(asked, "Next"))
    await asyncio.sleep(0.1)
    await scene.mod.deletes(asked)
    pressed = await press
    await settled(scene)
    assert pressed.callbacks == [] and pressed.followups == [] and not scene.server.sent(scene.alice.dm())


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])
async def test_a_fault_of_the_engine_is_no_other_version(scene: Scene, engine: Engine, kind: type[Exception]) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    form = await scene.alice.click(asked, "Ask more")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def ask(self, *args: Any, **more: Any) -> None:
            raise kind

    scene.service.swap(Broken())  # type: ignore[arg-type]
    assert "Something went wrong" in description(await scene.alice.submit(form, {"text": "and its nerve?"}))
    if kind is not ValueError:  # by which the engine refuses what it doesn't know
        told = await scene.alice.click(asked, str(buttons(asked.message)[0]["label"]))
        assert "Something went wrong" in description(told)


async def test_a_command_that_is_no_longer_there_is_answered(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "oldcommand", force=True)
    assert asked.ephemeral and "don't have this command" in description(asked)


async def test_a_thread_that_the_bot_has_not_seen_can_be_allowed(scene: Scene) -> None:
    thread = scene.guild.thread(scene.general, "quiz")
    held = scene.bot.get_guild(scene.guild.id)
    await until(lambda: held.get_thread(thread.id))
    held._threads.pop(thread.id)  # as one that is archived
    changed = await scene.mod.slash(scene.general, "fabella allow", channel=thread)
    assert f"<#{thread.id}>" in description(changed)


async def test_a_command_in_another_form_is_answered(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path, sync=False) as scene:  # what Discord has is not what the bot has
        for name, options in (("ask", {"answer": "x"}), ("muscle", {"name": "soleus", "part": 3})):
            asked = await scene.alice.slash(scene.general, name, **options)
            await settled(scene)
            assert asked.ephemeral and "Something went wrong" in description(asked), name
            assert asked.followups == [] and not scene.server.sent(scene.alice.dm())


async def test_a_command_that_cannot_be_called_is_told_of_once(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path, sync=False) as scene:
        scene.server.fault("POST", CALLBACK, times=None, delay=1.0, status=None)
        asked = await scene.alice.slash(scene.general, "ask", answer="x")
        await settled(scene)
        await scene.bot.sender._errands.done()
        assert "Something went wrong" in description(asked) and asked.followups == []


async def test_a_forwarded_message_is_asked_about_from_its_menu(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    said = await scene.bob.says(scene.general, ".")
    plain = payloads.message

    def forwarded(message: Message) -> dict[str, Any]:
        made = plain(message)
        if message is not said.state:
            return made
        about = {"type": 1, "channel_id": made["channel_id"], "message_id": "7"}
        inside = {key: made[key] for key in ("type", "embeds", "attachments", "timestamp", "flags", "components")}
        snapshot = {"message": {**inside, "content": QUESTION, "edited_timestamp": None, "mentions": []}}
        return {**made, "content": "", "message_reference": about, "message_snapshots": [snapshot]}

    monkeypatch.setattr(payloads, "message", forwarded)
    told = await scene.alice.menu(scene.general, said, "Ask Fabella about this")
    assert "tibial nerve" in description(told) and title(told) == QUESTION


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("muscle", {"name": "soleus", "about": "weather"}, "no such topic"),
        ("muscle", {"name": "soleus", "part": "lateral head"}, "no such part of the soleus"),
        ("muscle", {"name": "gastrocnemius", "part": "third head"}, "lateral head, medial head"),
        ("muscle", {"name": "gastrocnemius tertius"}, "know no structure"),
        ("compare", {"first": "soleus", "second": "soleus"}, "no parts to compare"),
        ("find", {"nerve": "nerve of the moon"}, "no nerve of that name"),
    ],
)
async def test_what_is_typed_and_not_known_is_not_guessed(
    scene: Scene, command: str, options: dict[str, str], said: str
) -> None:
    told = await scene.alice.slash(scene.general, command, **options)
    assert told.ephemeral and said in description(told)


async def test_the_sources_of_a_structure_come_in_the_style_that_was_chosen(scene: Scene) -> None:
    told = await scene.alice.slash(scene.general, "sources", name="soleus", style="bibtex")
    assert "@book{" in description(told)


async def test_sources_carry_the_numbers_of_the_answer(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the biceps brachii insert?")
    told = await scene.alice.click(asked, "Sources")
    assert asked.message is not None
    cited = {line.split("] ")[0][1:] for line in asked.message["embeds"][0]["fields"][0]["value"].split("\n")}
    numbers = {one for line in description(told).split("\n") for one in line.split(" ")[0].strip("[]").split("][")}
    assert numbers == cited and title(told) == "Sources"
