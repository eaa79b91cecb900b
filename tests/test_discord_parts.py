"""The small parts of the adapter by what each promises: ids of buttons, inert texts, limits, conversations, turns."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fabella import Answer, Context, Engine, Question
from fabella.discord import ids
from fabella.discord.admission import IN_TIME, Admission
from fabella.discord.answerer import Answerer, Outdated
from fabella.discord.conversations import Conversations, Place
from fabella.discord.hands import Answered, Hands
from fabella.discord.inert import inert, literal
from fabella.discord.limits import CUSTOM_ID, clip
from fabella.discord.pace import Pace
from fabella.discord.service import Service
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scene import until

EPOCH = 1_420_070_400.0  # seconds: the first of 2015
START = EPOCH + 300_000_000.0
SLOTS = (
    "parts",
    "others",
    "joints",
    "movements",
    "landmarks",
    "nerves",
    "roots",
    "arteries",
    "regions",
    "compartments",
)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


# Ids of buttons

names = st.text(min_size=1, max_size=12)
some = st.lists(st.one_of(names, st.sampled_from(("lateral head", "a|b", "+", "%", "%1", "C5+C6", "|"))), max_size=3)

sized = st.builds(lambda text, more: text + "x" * more, st.text(max_size=60), st.integers(0, 60))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question of any intents and slots, with separators in their names now and then."""
    slots: dict[str, Any] = {name: tuple(draw(some)) for name in SLOTS}
    intents = tuple(draw(st.lists(names, min_size=1, max_size=3)))
    return Question(intents, structure=draw(st.one_of(st.none(), names)), **slots)


@given(questions())
@example(Question(("origin",), structure="a|b+c%", parts=("%1", "+")))
@example(Question(("muscles",), roots=("C5+C6",), nerves=("a", "b")))
def test_a_question_is_read_as_it_was_written(question: Question) -> None:
    assert ids.read(ids.written(question)) == question


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question(("origin",), structure="soleus"), "origin|soleus"),
        (
            Question(("origin",), structure="gastrocnemius", parts=("lateral head",)),
            "origin|gastrocnemius|lateral head",
        ),
        (Question(("compare", "origin"), structure="a", others=("b", "c")), "compare+origin|a||b+c"),
        (Question(("muscles",), nerves=("tibial nerve",)), "muscles|||||||tibial nerve"),
    ],
)
def test_messages_that_were_sent_keep_their_buttons(question: Question, text: str) -> None:
    assert ids.written(question) == text and ids.read(text) == question


@given(st.one_of(st.text(max_size=120), st.text(st.sampled_from("ab|+%0123"), max_size=60)))
@example("")
@example("|soleus")
@example("origin|a+b")
@example("origin|" + "|" * 12)
@example("origin|%9")
@example("origin|%")
def test_any_text_is_a_question_or_none(text: str) -> None:
    try:
        read = ids.read(text)
    except ValueError:
        return
    assert isinstance(read, Question) and read.intents and all(read.intents)
    assert ids.read(ids.written(read)) == read


@given(st.sampled_from(ids.ASK + ids.TEXT + ids.MORE + ids.SOURCES + ids.UP + ids.PAGE), sized)
@example(ids.ASK, "x" * 94)
def test_an_id_is_whole_or_there_is_none(kind: str, rest: str) -> None:
    made = ids.custom_id(kind, rest)
    assert (made is None) == (len(rest) > ids.ROOM)
    if made is not None:
        assert len(made) <= CUSTOM_ID and ids.parted(made) == (kind, rest)


@given(st.text(max_size=130))
@example("fab1:a")
@example("fab1::x")
@example("fab1:ab:x")
@example("fab2:a:x")
@example("fab1:a:" + "x" * 94)
def test_what_nobody_wrote_is_no_id(text: str) -> None:
    found = ids.parted(text)
    assert found is None or ids.custom_id(*found) == text


def test_every_follow_up_is_answered_as_if_it_were_asked(engine: Engine) -> None:
    written: dict[str, Question] = {}
    for name in engine.structures()[::6]:
        answer = engine.ask(Question(("overview",), structure=name.lower()))
        for one in engine.follow_ups(answer):
            made = ids.custom_id(ids.ASK, ids.written(one)) if one.intents else None
            if made is not None:
                assert written.setdefault(made, one).text == one.text  # one id, one meaning
    assert len(written) > 50
    for made, asked in list(written.items())[::5]:
        found = ids.parted(made)
        assert found is not None
        by_id, by_hand = engine.ask(ids.read(found[1])), engine.ask(asked)
        assert (by_id.status, by_id.statements) == (by_hand.status, by_hand.statements), made


def test_references_are_told_apart_by_their_hashes(engine: Engine) -> None:
    known = {ids.hashed(one): one for one in engine.references()}
    assert len(known) == len(engine.references()) > 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{4}", one) for one in known)
    assert Answerer(engine).hashes == known


def test_references_that_share_a_hash_are_not_taken_for_each_other() -> None:
    seen: dict[str, str] = {}
    others = (f"reference {n}" for n in range(200_000))
    pair = next((held, one) for one in others if (held := seen.setdefault(ids.hashed(one), one)) != one)

    class Library:
        def references(self) -> tuple[str, ...]:
            return (*pair, "another")

    assert set(Answerer(Library()).hashes.values()) == {"another"}  # type: ignore[arg-type]


@given(st.lists(st.text(max_size=40), max_size=40, unique=True), st.integers(0, 100))
def test_references_are_packed_as_far_as_there_is_room(references: list[str], room: int) -> None:
    known = {ids.hashed(one): one for one in references}
    assume(len(known) == len(references))
    packed = ids.packed(references, room=room)
    assert len(packed) <= room and packed.isascii()
    assert ids.unpacked(packed, known) == dict(enumerate(references[: room // 4], 1))
    gone = {key: one for key, one in known.items() if one != (references or [""])[0]}
    assert ids.unpacked(packed, gone) == dict(enumerate(references[1 : room // 4], 2))  # the others keep their numbers


@given(st.text(max_size=60))
def test_any_text_is_unpacked(text: str) -> None:
    assert ids.unpacked(text, {}) == {}


# Inert texts

PIECES = (
    "**", "__", "*", "_", "~~", "`", "```", "||", "[a](https://evil.example)", "[", "](", ")", "\\", "\\\\", " ", "a",
    "<https://evil.example>", "https://evil.example", "x_https://evil.example", "1http://evil.example",
    "HTTPS://EVIL.EXAMPLE", "@everyone", "@here", "<@1>", "<@!1>", "<@&2>", "<#3>", "</ask:4>", "<t:5:R>", "<:a:6>",
    "<a:b:7>", "<id:browse>", "# a", "### b", "-# c", "> d", ">>> e", "- f", "+ g", "1. h", "2) i",
    "\n", "\r", "\t", "\u2028", "\ud800", "\u200b",
)  # fmt: skip
written = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=14).map("".join)


def read_by_a_client(text: str) -> list[str]:
    """What a client would take for Markdown, a mention or a link, letter by letter."""
    found = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] and not re.match(r"[0-9A-Za-z\s]", text[at + 1]):
            at += 2
            continue
        rest = text[at:]
        if rest[0] in "*_~`|":
            found.append(rest[0])
        if re.match(r"https?://", rest, re.IGNORECASE) or re.match(r"\[[^\]]*\]\(", rest):
            found.append(rest[:12])
        if re.match(r"<(?:[@#/:]|a:|t:|id:|https?:)", rest):
            found.append(rest[:3])
        at += 1
    # Mentions are found in the text as it was sent, escapes or not.
    found += re.findall(r"@(?:everyone|here)|<(?:@[!&]?|#)\d+>|<t:\d|</\w+:\d|<a?:\w+:\d", text)
    return found + re.findall(r"(?m)^\s*(?:#{1,3}|-#|>{1,3}|[-+]|\d+[.)])\s", text)


def test_the_check_itself_sees_what_is_active() -> None:
    for piece in PIECES:
        if piece not in ("[", "](", ")", "\\", "\\\\", " ", "a", "\n", "\r", "\t", "\u2028", "\ud800", "\u200b"):
            assert read_by_a_client(f"{piece} x"), piece


@given(written)
@example("x_https://evil.example")
@example("1https://evil.example")
@example("\\https://evil.example")
@settings(max_examples=400)
def test_what_people_write_is_shown_and_does_nothing(text: str) -> None:
    shown = inert(text)
    assert read_by_a_client(shown) == []
    assert shown == shown.strip() and len(shown.splitlines()) <= 1
    assert len(shown) <= 4 * len(text) + 1
    assert bool(shown) == bool(text.strip())
    shown.encode()  # no lone surrogate is left
    seen = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown).replace("\u200b", "")
    said = " ".join(re.sub(r"[\ud800-\udfff]", "\ufffd", text).split()).replace("\u200b", "")
    assert seen == said  # and every letter of it is still to be read


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_nothing_stays_nothing(text: str) -> None:
    assert inert(text) == ""


def test_plain_words_are_left_alone() -> None:
    text = "Where does the soleus (a calf muscle) insert, and why? 3.5 cm; 50 %: yes/no & so on"
    assert inert(text) == text and literal(text) == text


@given(st.lists(st.sampled_from((*"*_~`|[]\\ab(", "https://a.example/b_c~d", " ")), max_size=20).map("".join))
def test_the_librarys_marks_are_escaped_and_its_addresses_are_links(text: str) -> None:
    shown = literal(text)
    addresses = re.findall(r"https?://[^\s)\]>]+", text)
    assert re.findall(r"https?://[^\s)\]>]+", shown) == addresses
    rest = re.sub(r"https?://[^\s)\]>]+", "", shown)
    assert not re.search(r"[*_~`|\[]", re.sub(r"\\[^0-9A-Za-z\s]", "", rest))


# Texts within limits


@given(st.text(max_size=80), st.integers(1, 90))
def test_a_clipped_text_fits_and_says_that_it_was_clipped(text: str, limit: int) -> None:
    made = clip(text, limit)
    assert len(made) <= limit
    if len(text) <= limit:
        assert made == text
    else:
        assert made.endswith("…") and text.startswith(made[:-1])


def test_a_text_is_clipped_at_a_word_where_one_ends_near() -> None:
    assert clip("the lateral head", 13) == "the lateral…"
    assert clip("gastrocnemius", 7) == "gastro…"
    assert clip("a gastrocnemius", 9) == "a gastro…"  # the word's end is too far away


# The limit of a user


@given(
    st.integers(1, 120),
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 90)), max_size=150),
)
@settings(max_examples=200)
def test_nobody_asks_more_than_the_limit_beyond_the_first_minutes_worth(
    per_minute: int, asked: list[tuple[str, float]]
) -> None:
    hand = Hand(0.0)
    pace = Pace(clock=hand)
    let: dict[str, list[float]] = {"a": [], "b": []}
    for key, pause in asked:
        hand.now += pause if pause > 30 else pause / 100  # mostly in a hurry
        wait = pace.wait(key, per_minute)
        assert 0.0 <= wait <= 60.0 / per_minute + 1e-6
        if wait == 0.0:
            let[key].append(hand.now)
    for times in let.values():
        for n, first in enumerate(times):
            for count, last in enumerate(times[n:], 1):
                assert count <= per_minute + (last - first) * per_minute / 60.0 + 1e-3


@given(st.integers(1, 120))
def test_a_minutes_worth_may_come_at_once_and_what_is_refused_doesnt_count(per_minute: int) -> None:
    hand = Hand(0.0)
    pace = Pace(clock=hand)
    assert [pace.wait("a", per_minute) for _ in range(per_minute)] == [0.0] * per_minute
    waits = [pace.wait("a", per_minute) for _ in range(50)]
    assert set(waits) == {waits[0]} and waits[0] > 0  # asking on makes it no longer
    assert pace.wait("b", per_minute) == 0.0 and pace.wait("a", 0) == 0.0
    hand.now += waits[0]
    assert pace.wait("a", per_minute) == 0.0 and pace.wait("a", per_minute) > 0


def test_only_so_many_people_are_kept_count_of() -> None:
    pace = Pace(most=3, clock=Hand(0.0))
    for key in "abcad":
        assert pace.wait(key, 2) == 0.0
    assert pace.wait("a", 2) > 0 and pace.wait("d", 1) > 0  # those who asked last are known
    assert [pace.wait("b", 2) for _ in range(2)] == [0.0, 0.0]  # the one that was longest quiet is forgotten


# Conversations

places = st.builds(Place, st.sampled_from((None, 1, 2)), st.sampled_from((3, 4)), st.sampled_from((5, 6)))
contexts = st.builds(lambda name: Context(structure=name), st.sampled_from((None, "soleus", "plantaris")))


@given(st.lists(st.tuples(places, st.one_of(st.none(), contexts), st.floats(0, 400)), max_size=60))
def test_a_conversation_goes_on_in_its_place_alone_and_for_its_time(
    steps: list[tuple[Place, Context | None, float]],
) -> None:
    hand = Hand(0.0)
    talks = Conversations(most=4, minutes=10, clock=hand)
    kept: dict[Place, tuple[float, Context]] = {}
    for place, context, pause in steps:
        hand.now += pause
        if context is not None:
            talks.keep(place, context)
            kept.pop(place, None)
            kept[place] = (hand.now, context)
            alive = [one for one, (at, held) in kept.items() if hand.now - at < 600 and held != Context()]
            assert len(talks) == min(4, len(alive))
        alive = [one for one, (at, held) in kept.items() if hand.now - at < 600 and held != Context()]
        for one in {*kept, place}:
            expected = kept[one][1] if one in alive[-4:] else Context()
            assert talks.at(one) == expected


def test_conversations_of_a_user_or_a_server_are_forgotten() -> None:
    talks = Conversations(clock=Hand(0.0))
    held = [Place(server, channel, user) for server in (None, 1, 2) for channel in (3, 4) for user in (5, 6)]
    for place in held:
        talks.keep(place, Context(structure="soleus"))
    assert (talks.forget_user(5), talks.forget_user(5)) == (6, 0)
    assert talks.at(held[0]) == Context() and talks.at(held[1]) != Context()
    assert talks.forget_server(1) == 2 and len(talks) == 4
    talks.keep(held[1], Context())
    assert len(talks) == 3


# Turns


def made(at: float) -> int:
    """The id of what was made at a time."""
    return int((at - EPOCH) * 1000) << 22


class Desk:
    """Work that goes on until it is let go, and what became of it."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.left: list[float] = []  # seconds in which each could be answered

    async def work(self, until: float) -> None:
        self.left.append(round(until - asyncio.get_running_loop().time(), 1))
        await self.go.wait()


@pytest.fixture
def hand() -> Iterator[Hand]:
    yield Hand()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_what_is_old_is_answered_where_there_is_room(hand: Hand) -> None:
    turns, desk = Admission(at_once=2, clock=hand), Desk()
    desk.go.set()
    assert await turns.turn(made(hand.now), desk.work)
    assert turns.admits(made(hand.now - 60)) and await turns.turn(made(hand.now - 60), desk.work)
    assert desk.left == [IN_TIME, 0.3]  # however late it is, it is tried


@pytest.mark.asyncio
async def test_under_load_what_is_older_than_the_patience_is_dropped(hand: Hand) -> None:
    turns, desk = Admission(at_once=1, patience=2.0, clock=hand), Desk()
    first = asyncio.create_task(turns.turn(made(hand.now), desk.work))
    await settle()
    assert not turns.admits(made(hand.now - 2.5)) and not await turns.turn(made(hand.now - 2.5), desk.work)
    fresh, waiting = (asyncio.create_task(turns.turn(made(hand.now - age), desk.work)) for age in (0.5, 1.0))
    await settle()
    assert len(desk.left) == 1 and turns.admits(made(hand.now))
    hand.now += 1.2  # the second one has become too old while it waited
    desk.go.set()
    assert [await first, await fresh, await waiting] == [True, True, False]
    assert desk.left == [IN_TIME, round(IN_TIME - 1.7, 1)]


@pytest.mark.asyncio
async def test_only_so_many_wait(hand: Hand) -> None:
    turns, desk = Admission(at_once=2, waiting=3, clock=hand), Desk()
    tasks = [asyncio.create_task(turns.turn(made(hand.now), desk.work)) for _ in range(5)]
    await settle()
    assert len(desk.left) == 2
    assert not await asyncio.wait_for(turns.turn(made(hand.now), desk.work), 1)
    desk.go.set()
    assert await asyncio.gather(*tasks) == [True] * 5
    assert await turns.turn(made(hand.now), desk.work)


@pytest.mark.asyncio
async def test_dropping_is_told_once_a_second_with_how_many(hand: Hand, caplog: pytest.LogCaptureFixture) -> None:
    def told() -> list[str]:
        return [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]

    turns, desk = Admission(at_once=1, waiting=0, clock=hand), Desk()
    first = asyncio.create_task(turns.turn(made(hand.now), desk.work))
    await settle()
    for _ in range(7):
        assert not await asyncio.wait_for(turns.turn(made(hand.now), desk.work), 1)
    turns.admits(made(hand.now - 9))
    assert told() == []
    await until(told)
    await turns.turn(made(hand.now), desk.work)
    await until(lambda: len(told()) == 2)
    desk.go.set()
    await first
    numbers = [re.findall(r"\d+", one)[0] for one in told()]
    assert numbers == ["8", "1"]


@pytest.mark.asyncio
async def test_it_is_drained_when_nothing_is_answered_any_more(hand: Hand) -> None:
    turns, desk = Admission(at_once=1, clock=hand), Desk()
    await asyncio.wait_for(turns.drained(), 1)
    tasks = [asyncio.create_task(turns.turn(made(hand.now), desk.work)) for _ in range(3)]
    await settle()
    drained = asyncio.create_task(turns.drained())
    await settle()
    assert not drained.done()
    desk.go.set()
    await asyncio.wait_for(drained, 1)
    assert all(one.done() for one in tasks)


@pytest.mark.asyncio
async def test_what_fails_or_is_cancelled_frees_its_turn(hand: Hand) -> None:
    async def failing(until: float) -> None:
        raise RuntimeError("no")

    turns, desk = Admission(at_once=1, waiting=2, clock=hand), Desk()
    with pytest.raises(RuntimeError):
        await turns.turn(made(hand.now), failing)
    tasks = [asyncio.create_task(turns.turn(made(hand.now), desk.work)) for _ in range(3)]
    await settle()
    assert not await asyncio.wait_for(turns.turn(made(hand.now), desk.work), 1)
    for one in (tasks[1], tasks[0]):  # one that waits, and the one that is at work
        one.cancel()
        await asyncio.wait({one})
    await settle()
    assert len(desk.left) == 2 and not tasks[2].done()
    desk.go.set()
    assert await tasks[2] and await turns.turn(made(hand.now), desk.work)
    await asyncio.wait_for(turns.drained(), 1)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 20)), min_size=1, max_size=50), st.floats(-1e6, 1e6))
def test_ages_need_no_clocks_that_agree(arrivals: list[tuple[float, float]], off: float) -> None:
    asyncio.run(_aged(arrivals, off))


async def _aged(arrivals: list[tuple[float, float]], off: float) -> None:
    hand = Hand()
    turns = Admission(clock=hand)
    came, fastest = START, float("inf")
    for pause, way in arrivals:  # within half a minute
        came += pause
        fastest = min(fastest, way)
        hand.now = came + off
        assert turns.age(made(came - way)) == pytest.approx(way - fastest, abs=0.003)


@pytest.mark.asyncio
async def test_a_clock_that_was_put_back_for_a_moment_makes_nothing_look_old_for_good(hand: Hand) -> None:
    turns = Admission(clock=hand)
    for off in (0.0, -30.0, 0.0):
        hand.now = START + off
        turns.age(made(START))
    for second in range(0, 300, 5):
        hand.now = START + second
        age = turns.age(made(hand.now))
    assert age == 0.0
    assert turns.age(made(hand.now - 5)) == 5.0


# What was asked before


class Counting:
    """An engine that counts, and tells in which thread it was asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[str | Question] = []
        self.threads: list[bool] = []

    def ask(self, asked: str | Question, *, context: Context | None = None) -> Answer:
        self.asked.append(asked)
        self.threads.append(threading.current_thread() is threading.main_thread())
        return self.engine.ask(asked, context=context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


@pytest.fixture
def counting(engine: Engine) -> Counting:
    return Counting(engine)


SOLEUS, NERVE = Context(structure="soleus"), "and its nerve?"


@pytest.mark.asyncio
async def test_what_many_ask_is_worked_out_once(counting: Counting) -> None:
    answerer = Answerer(counting)  # type: ignore[arg-type]
    told = [await answerer.tell("What does the soleus do?") for _ in range(3)]
    assert len(counting.asked) == 1 and told[0] is told[2]
    for _ in range(2):
        await answerer.tell(Question(("origin",), structure="soleus"), title="Soleus: origin")
    assert len(counting.asked) == 2
    named = await answerer.tell(Question(("origin",), structure="soleus"), title="Another title")
    assert named.reply.pages[0]["title"] == "Another title"


@pytest.mark.asyncio
async def test_another_context_is_another_question(counting: Counting) -> None:
    answerer = Answerer(counting)  # type: ignore[arg-type]
    contexts = (SOLEUS, replace(SOLEUS, structure="gastrocnemius"), None, SOLEUS)
    told = [(await answerer.tell(NERVE, one)).reply.pages[0]["description"] for one in contexts]
    assert len(counting.asked) == 3 and told[0] == told[3]
    assert "Soleus" in told[0] and "Gastrocnemius" in told[1] and "Soleus" not in told[2]


@pytest.mark.asyncio
async def test_only_so_many_replies_are_kept(counting: Counting) -> None:
    answerer = Answerer(counting, most=2)  # type: ignore[arg-type]
    first, second, third = (f"What does the {one} do?" for one in ("soleus", "plantaris", "popliteus"))
    for text in (first, second, third, second, third, first):
        await answerer.tell(text)
    assert counting.asked == [first, second, third, first]  # the earliest had gone


@pytest.mark.asyncio
async def test_replies_are_kept_for_a_while_alone(counting: Counting) -> None:
    hand = Hand()
    answerer = Answerer(counting, seconds=60, clock=hand)  # type: ignore[arg-type]
    first, second = "What does the soleus do?", "What does the plantaris do?"
    for text, pause in ((first, 40), (second, 30), (first, 0), (second, 0)):
        await answerer.tell(text)
        hand.now += pause
    assert counting.asked == [first, second, first]
    hand.now += 59
    answerer.expire()
    await answerer.tell(first)
    await answerer.tell(second)
    assert counting.asked == [first, second, first, second]


@pytest.mark.asyncio
async def test_what_is_asked_about_health_is_kept_nowhere(counting: Counting) -> None:
    answerer = Answerer(counting)  # type: ignore[arg-type]
    for _ in range(2):
        await answerer.tell("my calf hurts, what should I do?")
    assert len(counting.asked) == 2


@pytest.mark.asyncio
async def test_a_long_text_is_read_beside_the_event_loop(counting: Counting) -> None:
    answerer = Answerer(counting)  # type: ignore[arg-type]
    long = "What does the soleus do? " + "I wonder. " * 60
    await answerer.tell("What does the soleus do?")
    await answerer.tell(long)
    await answerer.tell(long)
    assert counting.threads == [True, False]


@pytest.mark.asyncio
async def test_an_intent_of_another_version_is_refused_each_time(counting: Counting) -> None:
    answerer = Answerer(counting)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(Outdated):
            await answerer.tell(Question(("nosuchintent",), structure="soleus"))
    assert len(counting.asked) == 2


@pytest.mark.asyncio
async def test_a_swapped_engine_is_asked_anew(engine: Engine) -> None:
    old, new = Counting(engine), Counting(engine)
    service = Service(old, None, None)  # type: ignore[arg-type]
    asks: Callable[[], Any] = lambda: service.answerer.tell("What does the soleus do?")  # noqa: E731
    await asks()
    service.swap(new)  # type: ignore[arg-type]
    await asks()
    await asks()
    assert (len(old.asked), len(new.asked), service.engine) == (1, 1, new)


@pytest.mark.asyncio
async def test_only_the_last_version_of_a_question_is_wanted_and_one_is_answered_at_a_time() -> None:
    hands, order, go = Hands(), [], asyncio.Event()

    async def version(number: int) -> None:
        async with hands.take(7) as wanted:
            if number == 1:
                await go.wait()
            order.append((number, wanted()))

    tasks = [asyncio.create_task(version(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    assert hands.knows(7) and order == []
    go.set()
    await asyncio.gather(*tasks)
    assert order == [(1, False), (2, False), (3, True)] and not hands.knows(7)


@pytest.mark.asyncio
async def test_the_answer_to_a_question_that_is_deleted_meanwhile_goes_once_it_is_there() -> None:
    hands, answered = Hands(), Answered(1, 2)
    async with hands.take(7) as wanted:
        hands.delete(7)
        assert not wanted() and hands.orphan(7) is None and not hands.deleted(7)
        hands.keep(7, answered)
    assert hands.deleted(7) and hands.orphan(7) == answered
    assert hands.orphan(7) is None and not hands.knows(7)


def test_answers_are_remembered_up_to_a_number() -> None:
    hands = Hands(most=2)
    for question in (1, 2, 3):
        hands.keep(question, Answered(1, question))
    assert [hands.answer(question) is not None for question in (1, 2, 3)] == [False, True, True]
