"""Messages that ask the bot: mentions, replies, direct messages; edits and deletions; where it keeps quiet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fabella import Engine
from scene import Scene, acted, connected, custom_id, description, same_as_before, until

pytestmark = pytest.mark.asyncio
QUIET = 0.15  # seconds in which an answer would have come
QUESTION = "which nerve supplies the soleus?"


@pytest_asyncio.fixture
async def listening(engine: Engine, tmp_path: Path) -> AsyncIterator[Scene]:
    async with acted(engine, tmp_path, privileged=("message_content",), message_content=True) as made:
        await made.set(per_minute=0, listening=(made.general.id,))
        yield made


async def test_a_mention_is_answered_by_a_reply_that_pings_nobody(scene: Scene) -> None:
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    answer = await said.answer()
    assert "**Innervation**: tibial nerve" in description(answer)
    assert answer["message_reference"]["message_id"] == str(said.id) and answer["mentions"] == []
    assert answer["embeds"][0]["title"] == QUESTION  # without the mention
    same_as_before("mention", answer)


async def test_a_conversation_goes_on_by_replies_and_mentions(scene: Scene) -> None:
    first = await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
    second = await (await scene.alice.says(scene.general, "and its origin?", reply_to=first)).answer()
    assert "Soleus, origin" in description(second)
    third = await (await scene.alice.says(scene.general, "and its insertion?", mention=True)).answer()
    assert "Soleus, insertion" in description(third)
    other = await (await scene.bob.says(scene.general, "and its origin?", mention=True)).answer()
    assert "Soleus" not in description(other)


async def test_a_direct_message_is_answered(scene: Scene) -> None:
    said = await scene.alice.says(scene.alice.dm(), QUESTION)
    assert "tibial nerve" in description(await said.answer())
    again = await scene.alice.says(scene.alice.dm(), "and its artery?")
    assert "Soleus, blood supply" in description(await again.answer())


async def test_it_keeps_quiet_where_it_was_not_asked(scene: Scene) -> None:
    answer = await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
    command = await scene.alice.slash(scene.general, "ask", question=QUESTION)
    quiet = [
        await scene.alice.says(scene.general, QUESTION),
        await scene.alice.says(scene.general, "thanks", reply_to=answer, ping=False),
        await scene.alice.says(scene.general, "and its origin?", reply_to=command),  # carries no text, and no ping
        await scene.alice.says(scene.general, "", mention=True),
        await scene.alice.says(scene.general, "@everyone which nerve supplies the soleus?"),
        await scene.guild.bot("other").says(scene.general, QUESTION, mention=True),
    ]
    scene.server.webhook_says(scene.general, f"{scene.server.bot.mention} {QUESTION}")
    for one in quiet:
        assert await one.quiet(QUIET), one
    assert len(scene.server.sent(scene.general)) == 2


async def test_an_edited_question_is_answered_anew_in_place(scene: Scene) -> None:
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    first = await said.answer()
    await scene.alice.edits(said, "which artery supplies the soleus?", mention=True)
    again = await said.answered_again()
    assert again["id"] == first["id"] and "posterior tibial artery" in description(again)
    assert again["embeds"][0]["title"] == "which artery supplies the soleus?"
    assert len(scene.server.sent(scene.general)) == 1


async def test_a_question_that_became_one_by_an_edit_is_answered(scene: Scene) -> None:
    said = await scene.alice.says(scene.general, QUESTION)
    assert await said.quiet(QUIET)
    await scene.alice.edits(said, QUESTION, mention=True)
    assert "tibial nerve" in description(await said.answer())


async def test_an_edit_finds_its_answer_after_a_restart(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        said = await scene.alice.says(scene.general, QUESTION, mention=True)
        first = await said.answer()
        await scene.bot.close()
        async with connected(scene.server, engine, tmp_path):
            await scene.alice.edits(said, "which artery supplies the soleus?", mention=True)
            assert (await said.answered_again())["id"] == first["id"]


async def test_an_answer_goes_with_its_question(scene: Scene) -> None:
    for act in (scene.alice.deletes, scene.mod.deletes):
        said = await scene.alice.says(scene.general, QUESTION, mention=True)
        answer = await said.answer()
        await act(said)
        assert await scene.server.until(lambda gone=answer: int(gone["id"]) not in scene.general.messages)


async def test_an_answer_is_deleted_by_its_asker(scene: Scene) -> None:
    answer = await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
    told = await scene.bob.click(answer, custom_id=custom_id(answer, "🗑️"))
    assert told.ephemeral
    await scene.alice.click(answer, custom_id=custom_id(answer, "🗑️"))
    assert await scene.server.until(lambda: int(answer["id"]) not in scene.general.messages)


async def test_mentions_are_answered_in_the_channels_of_the_list_and_their_threads(scene: Scene) -> None:
    quiz, other = scene.guild.channel("quiz"), scene.guild.channel("other")
    thread = scene.guild.thread(quiz, "today")
    await scene.set(channels=(quiz.id,))
    for channel in (quiz, thread):
        assert await (await scene.alice.says(channel, QUESTION, mention=True)).answer()
    assert await (await scene.alice.says(other, QUESTION, mention=True)).quiet(QUIET)
    assert "tibial nerve" in description(await scene.alice.slash(other, "ask", question=QUESTION))


async def test_the_limit_is_told_in_private_and_once(scene: Scene) -> None:
    await scene.set(per_minute=1)
    await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
    for _ in range(2):
        assert await (await scene.alice.says(scene.general, QUESTION, mention=True)).quiet(QUIET)
    told = scene.server.sent(scene.alice.dm())
    assert len(told) == 1 and "1 question within a minute" in description(told[0])


async def test_what_cannot_be_answered_is_kept_without_who_asked(scene: Scene) -> None:
    texts = ("how many grams does the soleus weigh in <@12345678901234567>?", "my calf hurts, what is it?")
    for text in texts:
        await (await scene.alice.says(scene.general, text, mention=True)).answer()
    await scene.alice.slash(scene.general, "ask", question="how wide is the deltoid?", private=True)
    await (await scene.alice.says(scene.alice.dm(), "how long is the fabella?")).answer()
    await scene.service.drain()
    held = await scene.service.store.unanswered(scene.guild.id)
    assert [one.text for one in held] == ["how many grams does the soleus weigh in ?"]


async def test_a_whole_channel_is_answered_where_that_is_set_up(listening: Scene) -> None:
    said = await listening.alice.says(listening.general, QUESTION)
    assert "tibial nerve" in description(await said.answer())
    again = await listening.alice.says(listening.general, "and its origin?")
    assert "Soleus, origin" in description(await again.answer())
    for text in ("see you at lunch", "hello everybody", "how many grams does the soleus weigh?"):
        assert await (await listening.alice.says(listening.general, text)).quiet(QUIET), text
    elsewhere = await listening.alice.says(listening.guild.channel("other"), QUESTION)
    assert await elsewhere.quiet(QUIET)
    named = await listening.alice.says(listening.general, "how many grams does the soleus weigh?", mention=True)
    assert "don't give that number" in description(await named.answer())


async def test_without_the_permission_to_embed_the_answer_is_plain(scene: Scene) -> None:
    scene.general.deny(scene.server.bot, "embed_links")
    answer = await (await scene.alice.says(scene.general, f"{QUESTION} @everyone", mention=True)).answer()
    assert answer["embeds"] == [] and "tibial nerve" in answer["content"] and len(answer["content"]) <= 2000
    assert not answer["mention_everyone"]


async def test_without_the_permission_to_write_the_asker_is_told(scene: Scene) -> None:
    scene.general.deny(scene.server.bot, "send_messages")
    await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: scene.server.sent(scene.alice.dm()))
    assert "I may not write" in description(scene.server.sent(scene.alice.dm())[0])


async def test_a_question_that_is_gone_is_answered_all_the_same(scene: Scene) -> None:
    hung = scene.server.fault("POST", f"/channels/{scene.general.id}/messages", delay=0.3)
    said = await scene.alice.says(scene.general, QUESTION, mention=True)
    await until(lambda: hung.hits)
    await scene.alice.deletes(said)
    await scene.service.admission.drained()
    await until(lambda: not scene.general.messages)


async def test_a_very_long_message_holds_nothing_up(scene: Scene) -> None:
    text = "which nerve supplies the soleus? " * 55
    said = await scene.alice.says(scene.general, text[:1900], mention=True)
    quick = await scene.bob.slash(scene.general, "ask", question="Which nerve supplies the plantaris?")
    assert "tibial nerve" in description(quick)
    assert "tibial nerve" in description(await said.answer())
