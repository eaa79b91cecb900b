"""The settings of a server: what its managers see and change, and that nobody else can."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from discordserver import NotPossible
from fabella import Engine
from scene import Scene, acted, custom_id, description, same_as_before

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def scene(engine: Engine, tmp_path: Path) -> AsyncIterator[Scene]:
    async with acted(engine, tmp_path) as made:
        yield made


async def test_the_settings_are_shown_to_managers_alone(scene: Scene) -> None:
    shown = await scene.mod.slash(scene.general, "fabella settings")
    assert shown.ephemeral
    same_as_before("settings", shown.message)
    with pytest.raises(NotPossible):
        await scene.alice.slash(scene.general, "fabella settings")
    forced = await scene.alice.slash(scene.general, "fabella forget", sure=True, force=True)
    assert "*Manage Server*" in description(forced)


async def test_channels_are_allowed_and_taken_off(scene: Scene) -> None:
    quiz = scene.guild.channel("quiz")
    shown = await scene.mod.slash(scene.general, "fabella allow", channel=quiz)
    assert f"<#{quiz.id}>" in description(shown)
    assert (await scene.service.rules(scene.guild.id)).channels == (quiz.id,)
    await scene.mod.slash(scene.general, "fabella disallow", channel=quiz)
    assert (await scene.service.rules(scene.guild.id)).channels == ()
    await scene.mod.slash(scene.general, "fabella allow", channel=quiz)
    assert "everywhere" in description(await scene.mod.slash(scene.general, "fabella everywhere"))


async def test_privacy_limit_and_keeping(scene: Scene) -> None:
    await scene.mod.slash(scene.general, "fabella private", on=True)
    await scene.mod.slash(scene.general, "fabella limit", per_minute=3)
    await scene.mod.slash(scene.general, "fabella keep", on=False)
    held = await scene.service.rules(scene.guild.id)
    assert (held.private, held.per_minute, held.keep_unanswered) == (True, 3, False)
    asked = await scene.alice.slash(scene.general, "ask", question="how heavy is the soleus?", private=False)
    assert not asked.ephemeral
    await scene.service.drain()
    assert await scene.service.store.unanswered(scene.guild.id) == ()
    with pytest.raises(NotPossible):
        await scene.mod.slash(scene.general, "fabella limit", per_minute=121)


async def test_listening_needs_the_opt_in(scene: Scene) -> None:
    shown = await scene.mod.slash(scene.general, "fabella listen", channel=scene.general, on=True)
    assert "FABELLA_DISCORD_MESSAGE_CONTENT" in description(shown)
    assert (await scene.service.rules(scene.guild.id)).listening == ()


async def test_a_channel_is_listened_to(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path, privileged=("message_content",), message_content=True) as scene:
        for on in (True, False):
            await scene.mod.slash(scene.general, "fabella listen", channel=scene.general, on=on)
            held = await scene.service.rules(scene.guild.id)
            assert held.listening == ((scene.general.id,) if on else ())


async def test_unanswered_questions_feedback_export_and_forgetting(scene: Scene) -> None:
    none = await scene.mod.slash(scene.general, "fabella unanswered")
    assert "None in the last 30 days" in description(none)
    asked = await scene.alice.slash(scene.general, "ask", question="how heavy is the **soleus**?")
    down = await scene.alice.click(asked, custom_id=custom_id(asked.message, "👎"))
    await scene.alice.submit(await scene.alice.click(down, "Say why"), {"text": "it should *know*"})
    await scene.service.drain()

    shown = await scene.mod.slash(scene.general, "fabella unanswered")
    assert (
        "soleus" in description(shown)
        and "once, last on" in description(shown)
        and "**soleus" not in description(shown)
    )
    told = await scene.mod.slash(scene.general, "fabella feedback")
    assert "👎 1" in description(told) and "it should \\*know\\*" in description(told)

    file = await scene.mod.slash(scene.general, "fabella export")
    assert file.ephemeral
    (raw,) = scene.server.posting.files.values()
    text = raw.decode() if isinstance(raw, bytes) else str(raw)
    assert "how heavy is the" in text and str(scene.alice.id) not in text
    json.loads(text)

    kept = await scene.mod.slash(scene.general, "fabella forget", sure=False)
    assert "Nothing was deleted" in description(kept)
    gone = await scene.mod.slash(scene.general, "fabella forget", sure=True)
    assert "1 vote, 1 unanswered question" in description(gone)
    assert await scene.service.store.unanswered(scene.guild.id) == ()
    assert (await scene.service.store.feedback(scene.guild.id)).down == 0


async def test_other_servers_are_not_touched(scene: Scene) -> None:
    other = scene.server.guild("Elsewhere")
    boss = other.member("boss", manage_guild=True)
    await scene.mod.slash(scene.general, "fabella limit", per_minute=3)
    await boss.slash(other.channel("any"), "fabella forget", sure=True)
    assert (await scene.service.rules(scene.guild.id)).per_minute == 3
    assert (await scene.service.rules(other.id)).per_minute == 10
