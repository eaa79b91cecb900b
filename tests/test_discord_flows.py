"""What people do with the bot in a server: commands, buttons, forms, completion, over a real connection."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fabella import Engine
from folders import write
from scene import Scene, acted, buttons, connected, custom_id, description, labels, same_as_before, title

pytestmark = pytest.mark.asyncio
EPHEMERAL = 64


async def test_a_question_is_answered_with_citations_and_links(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the lateral head of the gastroc begin?")
    assert not asked.ephemeral and len(asked.callbacks) == 1
    embed = asked.message["embeds"][0]
    assert embed["title"] == "Where does the lateral head of the gastroc begin?"
    assert "lateral condyle of the femur [1][2]" in embed["description"]
    sources = embed["fields"][0]
    assert sources["name"] == "Sources" and sources["value"].startswith("[1] ")
    assert "](https://" in sources["value"]
    assert asked.message["content"] == ""
    assert {"Ask more", "Sources", "👍", "👎", "🗑️"} < set(labels(asked.message))
    assert asked.callbacks[0]["data"]["allowed_mentions"]["parse"] == []
    same_as_before("ask", asked.message)


@pytest.mark.parametrize(
    ("default", "chosen", "hidden"),
    [(False, None, False), (False, True, True), (True, None, True), (True, False, False)],
)
async def test_who_sees_an_answer(scene: Scene, default: bool, chosen: bool | None, hidden: bool) -> None:
    await scene.set(private=default)
    more = {} if chosen is None else {"private": chosen}
    asked = await scene.alice.slash(scene.general, "ask", question="What does the soleus do?", **more)
    assert asked.ephemeral is hidden
    assert ("🗑️" in labels(asked.message)) is not hidden  # what one person sees, that person dismisses


async def test_a_refusal_cites_nothing_and_offers_one_next_step(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="How many grams does the gastrocnemius weigh?")
    embed = asked.message["embeds"][0]
    assert "fields" not in embed and "[1]" not in embed["description"]
    assert "My sources cover" in embed["description"]
    assert "Sources" not in labels(asked.message)
    assert len(asked.message["components"][0]["components"]) == 1
    same_as_before("refusal", asked.message)


async def test_a_wrong_premise_is_corrected(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Is the fabella in the medial head?")
    assert description(asked).startswith("**Not quite.**\n- **Location**: in the lateral head")


async def test_an_unclear_name_is_asked_back_with_buttons_that_answer(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="nerve of flexor digitorum")
    offered = labels(asked.message)[:4]
    assert all(one.startswith("Flexor digitorum") for one in offered)
    chosen = await scene.alice.click(asked, offered[0])
    assert title(chosen) == "Which nerve supplies the flexor digitorum superficialis?"
    assert "median nerve" in description(chosen)


async def test_every_follow_up_button_is_answered(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    offered = asked.message["components"][0]["components"]
    assert offered
    for one in offered:
        told = await scene.alice.click(asked, one["label"])
        assert "soleus" in title(told) and "[1]" in description(told) and not told.ephemeral


async def test_others_press_for_themselves_alone(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    told = await scene.bob.click(asked, "Action")
    assert told.ephemeral and "plantarflexes" in description(told)


async def test_a_conversation_goes_on_by_a_form(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the medial head of the gastroc begin?")
    form = await scene.alice.click(asked, "Ask more")
    assert form.modal["title"] == "Ask more"
    told = await scene.alice.submit(form, {"text": "and the lateral one?"})
    assert "lateral condyle of the femur" in description(told) and title(told) == "and the lateral one?"


async def test_a_form_asks_about_the_answer_above_it(scene: Scene) -> None:
    first = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    await scene.alice.slash(scene.general, "ask", question="Where does the deltoid insert?")
    form = await scene.alice.click(first, "Ask more")
    assert "Soleus, innervation" in description(await scene.alice.submit(form, {"text": "which nerve supplies it?"}))


async def test_commands_of_one_person_share_a_context_and_others_have_none(scene: Scene) -> None:
    await scene.alice.slash(scene.general, "ask", question="What does the soleus do?")
    assert "Soleus, innervation" in description(
        await scene.alice.slash(scene.general, "ask", question="and its nerve?")
    )
    stranger = await scene.bob.slash(scene.general, "ask", question="and its nerve?")
    elsewhere = await scene.alice.slash(scene.guild.channel("other"), "ask", question="and its nerve?")
    for one in (stranger, elsewhere):
        assert "Soleus" not in description(one) and "fields" not in one.message["embeds"][0]


async def test_sources_in_full_and_in_other_styles(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    shown = await scene.bob.click(asked, "Sources")
    assert shown.ephemeral and "Anatomy of the Human Body. 20th ed." in description(shown)
    assert labels(shown.message) == ["APA", "BibTeX"]
    again = await scene.bob.click(shown, "BibTeX")
    assert again.updated and "```bibtex\n@book{" in description(again)
    assert labels(again.message) == ["AMA", "APA"]


async def test_votes_are_acknowledged_privately_and_counted_once(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    for thumb in ("👍", "👎"):
        told = await scene.bob.click(asked, custom_id=custom_id(asked.message, thumb))
        assert told.ephemeral and "Your vote is kept" in description(told)
    form = await scene.bob.click(told, "Say why")
    thanks = await scene.bob.submit(form, {"text": "the tendon is missing"})
    assert thanks.ephemeral and "Your reason is kept" in description(thanks)
    held = await scene.service.store.feedback(scene.guild.id)
    assert (held.up, held.down) == (0, 1)
    assert [(one.about, one.text) for one in held.reasons] == [("insertion: soleus", "the tendon is missing")]
    assert len(scene.server.sent(scene.general)) == 1  # nobody else sees anything of it


async def test_questions_about_health_have_no_votes(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="my calf hurts, what should I do?")
    assert "Please ask a doctor" in description(asked)
    assert not {"👍", "👎"} & set(labels(asked.message))


async def test_only_the_asker_and_moderators_delete_an_answer(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    other = await scene.bob.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    assert other.ephemeral and "Only who asked" in description(other) and asked.message is not None
    await scene.alice.click(asked, custom_id=custom_id(asked.message, "🗑️"))
    assert await scene.server.until(lambda: asked.message is None)
    second = await scene.alice.slash(scene.general, "ask", question="What does the soleus do?")
    await scene.mod.click(second, custom_id=custom_id(second.message, "🗑️"))
    assert await scene.server.until(lambda: second.message is None)


async def test_pages_are_kept_without_the_question(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="which muscles has the facial nerve of Xerxes?")
    turned = await scene.alice.click(asked, "Next")
    assert turned.updated and title(turned) == "which muscles has the facial nerve of Xerxes?"
    key = buttons(asked.message)[1]["custom_id"].split(":")[2]
    kept = await scene.service.store.pages(key)
    assert kept and len(kept) == 2 and not any("Xerxes" in one for one in kept)


async def test_a_long_list_is_told_on_pages(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
    assert asked.message["embeds"][0]["footer"]["text"].startswith("Page 1 of 2")
    back = buttons(asked.message)[0]
    assert back["label"] == "Previous" and back["disabled"]
    turned = await scene.alice.click(asked, "Next")
    assert turned.updated and asked.message["embeds"][0]["footer"]["text"].startswith("Page 2 of 2")
    assert "🗑️" in labels(asked.message) and asked.message["components"][0]["components"][1]["disabled"]
    other = await scene.bob.click(asked, "Previous")
    assert other.ephemeral and other.message["embeds"][0]["footer"]["text"].startswith("Page 1 of 2")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gastrocnemius", "tibial nerve"),
        ("gastroc", "tibial nerve"),
        ("calf muscle", "calcaneus"),
        ("FDP", "phalanges"),
    ],
)
async def test_a_muscle_is_shown_by_any_of_its_names(scene: Scene, name: str, told: str) -> None:
    shown = await scene.alice.slash(scene.general, "muscle", name=name)
    assert told in description(shown) and "**Origin" in description(shown)


async def test_a_muscle_by_a_slip_and_a_part(scene: Scene) -> None:
    shown = await scene.alice.slash(scene.general, "muscle", name="gastrocnemeus", part="medial head", about="origin")
    assert "popliteal surface of the femur" in description(shown)
    assert "lateral condyle" not in description(shown)
    assert title(shown) == "Gastrocnemius, medial head: origin"


async def test_a_name_of_several_muscles_is_asked_back(scene: Scene) -> None:
    shown = await scene.alice.slash(scene.general, "muscle", name="flexor digitorum", about="innervation")
    assert shown.ephemeral and len(labels(shown.message)) == 4
    told = await scene.alice.click(shown, "flexor digitorum longus")
    assert "flexor digitorum longus" in title(told) and "tibial nerve" in description(told)


async def test_a_name_that_nobody_knows(scene: Scene) -> None:
    shown = await scene.alice.slash(scene.general, "muscle", name="**qqq** @everyone <@1>")
    assert shown.ephemeral and "know no structure" in description(shown)
    assert "**qqq**" not in description(shown) and "@everyone" not in description(shown)


async def test_a_comparison_is_a_list_a_muscle(scene: Scene) -> None:
    shown = await scene.alice.slash(scene.general, "compare", first="soleus", second="plantaris", about="innervation")
    assert description(shown).startswith("**Soleus**\n- **Innervation**: tibial nerve")
    assert "**Plantaris**\n- **Innervation**" in description(shown)
    heads = await scene.alice.slash(scene.general, "compare", first="gastrocnemius", about="origin")
    assert "Gastrocnemius, lateral head" in description(heads) and "Gastrocnemius, medial head" in description(heads)
    same_as_before("compare", shown.message)


async def test_muscles_are_found_by_what_they_share(scene: Scene) -> None:
    shown = await scene.alice.slash(scene.general, "find", movement="flexion", joint="knee joint")
    assert "My sources list" in description(shown) and "**Popliteus**" in description(shown)
    assert title(shown) == "Muscles: flexion · knee joint"
    nothing = await scene.alice.slash(scene.general, "find")
    assert nothing.ephemeral and "Name at least one" in description(nothing)
    strange = await scene.alice.slash(scene.general, "find", nerve="tibal nerve of the moon")
    assert strange.ephemeral or "tibial nerve" in description(strange)


async def test_both_ends_are_told_apart(scene: Scene) -> None:
    ends = [
        description(await scene.alice.slash(scene.general, "find", attachment="coracoid process", end=end))
        for end in ("origin", "insertion")
    ]
    assert "Coracobrachialis" in ends[0] and "Pectoralis minor" not in ends[0]
    assert "Pectoralis minor" in ends[1] and "Coracobrachialis" not in ends[1]


async def test_names_are_completed_by_beginning_alias_and_slip(scene: Scene) -> None:
    async def names(typed: str) -> list[str]:
        found = await scene.alice.autocomplete(scene.general, "muscle", focused="name", name=typed)
        assert found is not None and len(found) <= 25
        return [one["name"] for one in found]

    assert (await names("gas"))[0] == "Gastrocnemius"
    assert "Calcaneal tendon" in await names("achil")
    assert "Gastrocnemius" in await names("gastrocnemeus")
    assert "Flexor hallucis brevis" in await names("hallucis br")
    assert len(await names("")) == 25
    assert await names("qqqqqqq") == []


async def test_parts_topics_and_terms_are_completed(scene: Scene) -> None:
    parts = await scene.alice.autocomplete(scene.general, "muscle", focused="part", name="gastroc", part="lat")
    assert [one["name"] for one in parts or ()] == ["lateral head"]
    topics = await scene.alice.autocomplete(scene.general, "compare", focused="about", first="soleus", about="blood")
    assert [one["name"] for one in topics or ()] == ["blood supply"]
    nerves = await scene.alice.autocomplete(scene.general, "find", focused="nerve", nerve="tib")
    assert [one["name"] for one in nerves or ()] == ["tibial nerve"]


async def test_sources_of_the_last_answer_and_of_a_structure(scene: Scene) -> None:
    none = await scene.alice.slash(scene.general, "sources")
    assert none.ephemeral and "cites nothing" in description(none)
    await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    last = await scene.alice.slash(scene.general, "sources", style="apa")
    assert last.ephemeral and "Gray, H. (1918)." in description(last)
    named = await scene.alice.slash(scene.general, "sources", name="soleus")
    assert named.ephemeral and "Gray" in description(named)


@pytest.mark.parametrize("name", ["help", "privacy", "about"])
async def test_the_bot_tells_of_itself_privately(scene: Scene, name: str) -> None:
    shown = await scene.alice.slash(scene.general, name)
    assert shown.ephemeral and description(shown)
    if name != "about":  # it holds the library's hash
        same_as_before(name, shown.message)


async def test_what_is_kept_of_a_person_is_deleted_on_request(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    await scene.alice.click(asked, custom_id=custom_id(asked.message, "👍"))
    shown = await scene.alice.slash(scene.general, "privacy")
    gone = await scene.alice.click(shown, "Delete what is kept about me")
    assert gone.ephemeral and "1 conversation, 1 vote" in description(gone)
    assert (await scene.service.store.feedback(scene.guild.id)).up == 0
    assert "Soleus" not in description(await scene.alice.slash(scene.general, "ask", question="and its nerve?"))


async def test_a_message_is_asked_about_from_its_menu(scene: Scene) -> None:
    said = await scene.bob.says(scene.general, "which nerve supplies the soleus")
    told = await scene.alice.menu(scene.general, said, "Ask Fabella about this")
    assert "tibial nerve" in description(told) and title(told) == "which nerve supplies the soleus"
    assert await said.quiet(0.1)


async def test_it_is_used_where_the_bot_is_not(scene: Scene) -> None:
    carol = scene.server.person("carol").installs()
    for channel in (carol.dm(), carol.private(scene.bob)):
        told = await carol.slash(channel, "ask", question="Which nerve supplies the soleus?")
        assert "tibial nerve" in description(told)
    elsewhere = scene.server.guild("Elsewhere", bot=False)
    member = elsewhere.member("dave").installs()
    told = await member.slash(elsewhere.channel("any"), "muscle", name="soleus")
    assert "tibial nerve" in description(told)


async def test_a_click_works_after_a_restart(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        asked = await scene.alice.slash(scene.general, "find", nerve="facial nerve")
        told = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
        form = await scene.alice.click(told, "Ask more")
        await scene.bot.close()
        async with connected(scene.server, engine, tmp_path):
            assert "plantarflexes" in description(await scene.alice.click(told, "Action"))
            assert "Gray" in description(await scene.alice.click(told, "Sources"))
            assert "Page 2" in str((await scene.alice.click(asked, "Next")).message)
            vote = await scene.alice.click(told, custom_id=custom_id(told.message, "👍"))
            assert "Your vote is kept" in description(vote)
            sent = await scene.alice.submit(form, {"text": "and its nerve?"})
            assert "Soleus, innervation" in description(sent)
            await scene.alice.click(told, custom_id=custom_id(told.message, "🗑️"))
            assert await scene.server.until(lambda: told.message is None)


async def test_a_button_of_another_version_says_so(scene: Scene) -> None:
    asked = await scene.alice.slash(scene.general, "ask", question="Where does the soleus insert?")
    for strange in ("fab1:z:", "fab1:a:", "fab1:a:nosuchintent|soleus", "fab1:p:nothing:x", "fab1:w:x"):
        asked.state.components[0]["components"][0]["custom_id"] = strange
        told = await scene.alice.click(asked, custom_id=strange)
        assert told.ephemeral and "another version" in description(told), strange


async def test_the_limit_is_told_privately(scene: Scene) -> None:
    await scene.set(per_minute=2)
    answers = [await scene.alice.slash(scene.general, "ask", question="What does the soleus do?") for _ in range(3)]
    assert [one.ephemeral for one in answers] == [False, False, True]
    assert "2 questions within a minute" in description(answers[2])
    assert not (await scene.bob.slash(scene.general, "ask", question="What does the soleus do?")).ephemeral


async def test_what_people_write_is_inert(scene: Scene) -> None:
    text = "**where** does [this](https://evil.example) @everyone <@1> <#2> `x` ||y|| insert https://evil.example # z"
    asked = await scene.alice.slash(scene.general, "ask", question=text)
    shown = str(asked.message["embeds"])
    for active in ("**where**", "](https", "@everyone", "<@1>", "<#2>", "https://evil", "||y||"):
        assert active not in shown
    assert asked.message["mentions"] == [] and not asked.message["mention_everyone"]


async def test_a_long_question_is_clipped_in_the_title_alone(scene: Scene) -> None:
    text = "Where does the soleus insert? " + "It is the one under the gastrocnemius. " * 24
    asked = await scene.alice.slash(scene.general, "ask", question=text[:1000])
    assert len(title(asked)) <= 256 and title(asked).endswith("…")


ARTICLE = """\
---
name: Popliteus
kind: muscle
---

## Innervation
- Tibial nerve [@one]
"""
REFERENCE = (
    '[{"id": "one", "type": "book", "title": "A book", "publisher": "A press", "issued": {"date-parts": [[1918]]}}]'
)


async def test_new_articles_are_answered_without_a_restart(scene: Scene, tmp_path: Path) -> None:
    before = await scene.alice.slash(scene.general, "ask", question="Which nerve supplies the popliteus?")
    assert "A book" not in str(before.message)
    folder = write(tmp_path / "texts", {"popliteus.md": ARTICLE, "references.json": REFERENCE})
    scene.service.swap(await asyncio.to_thread(Engine.load, folder))
    after = await scene.alice.slash(scene.general, "ask", question="Which nerve supplies the popliteus?")
    assert "tibial nerve [1]" in description(after) and "A book" in str(after.message)
