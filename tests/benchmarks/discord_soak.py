"""Ten thousand interactions with faults: is each of them answered, and does the memory stay flat?

    python tests/benchmarks/discord_soak.py [--count 10000] [--json]

The shipped bot runs as a process of its own against the small Discord of the tests, where people use commands, press
buttons, fill in forms, complete names and write messages, some dozens at a time. One request in twenty of the bot's
meets a fault (500, 502, 503, a reset, 429 with and without `Via`, one that was done although it says 500, one that
hangs), and every few hundred interactions the gateway drops the connection, asks for a reconnect or ends the session.

Answered is what got its callback in time, or else its answer by a message. Exit status 1 where something was not, or
where memory grew by more than 16 MB from the first quarter on.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
TESTS = HERE.parents[1]
sys.path.insert(0, str(TESTS))

import psutil  # noqa: E402
from discordserver import Asked, DiscordServer, Person, Said  # noqa: E402
from discordserver.world import Channel  # noqa: E402

QUESTIONS = HERE.with_name("questions.txt")
PEOPLE, AT_ONCE = 200, 24
ONE_IN = 20  # requests of the bot that meet a fault
FLAT = 16.0  # megabytes that memory may grow by
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 500}, {"status": 502}, {"status": 503}, {"reset": True}, {"hang": 1.2},
    {"status": 429, "retry_after": 0.2}, {"status": 429, "retry_after": 0.2, "via": False},
    {"status": 500, "then_accept": True}, {"reset": True, "then_accept": True},
)  # fmt: skip
ROUTES = (
    ("POST", "/interactions/{id}/{token}/callback"),
    ("POST", "/channels/{c}/messages"),
    ("PATCH", "/webhooks/{id}/{token}/messages/@original"),
)


class Soak:
    """What people do, and what became of it."""

    def __init__(self, server: DiscordServer, channels: list[Channel], people: list[Person], seed: int) -> None:
        self.server = server
        self.channels = channels
        self.people = people
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.late: list[Asked] = []
        self.lost: list[str] = []
        self.texts = [one for one in QUESTIONS.read_text(encoding="utf-8").splitlines() if one and one[0] not in "#>"]
        self.acts: list[Callable[[Person, Channel], Awaitable[None]]] = [
            self.ask, self.ask, self.ask, self.mention, self.look_up, self.find, self.complete, self.press, self.form,
        ]  # fmt: skip

    async def one(self) -> None:
        """Somebody does something."""
        act = self.chance.choice(self.acts)
        person, channel = self.chance.choice(self.people), self.chance.choice(self.channels)
        await act(person, channel)

    async def ask(self, person: Person, channel: Channel) -> None:
        """A question by command."""
        self.note("ask", await person.slash(channel, "ask", question=self.chance.choice(self.texts)[:900]))

    async def mention(self, person: Person, channel: Channel) -> None:
        """A question by a message."""
        said = await person.says(channel, self.chance.choice(self.texts)[:900], mention=True)
        self.done["mention"] += 1
        if not await self.answered(said):
            self.lost.append(f"mention: {said}")

    async def look_up(self, person: Person, channel: Channel) -> None:
        """A muscle, privately."""
        name = self.chance.choice(("soleus", "gastroc", "biceps", "deltoid", "flexor digitorum", "qqq"))
        self.note("muscle", await person.slash(channel, "muscle", name=name, private=True))

    async def find(self, person: Person, channel: Channel) -> None:
        """A list with pages, and a turn of them."""
        asked = await person.slash(channel, "find", nerve="facial nerve")
        self.note("find", asked)
        if await self.shows(asked, "Next"):
            self.note("page", await person.click(asked, "Next"))

    async def complete(self, person: Person, channel: Channel) -> None:
        """Names while they are typed. One that is not shown is typed on; nobody waits for it."""
        typed = self.chance.choice(("gas", "flex", "bre", "xq", ""))
        await person.autocomplete(channel, "muscle", focused="name", name=typed)
        self.done["complete"] += 1

    async def press(self, person: Person, channel: Channel) -> None:
        """Buttons of an answer."""
        asked = await person.slash(channel, "ask", question="Where does the soleus insert?")
        self.note("ask", asked)
        if await self.shows(asked, "Action"):
            self.note("follow-up", await person.click(asked, "Action"))
            self.note("sources", await person.click(asked, "Sources"))

    async def form(self, person: Person, channel: Channel) -> None:
        """One more question by a form."""
        asked = await person.slash(channel, "ask", question="Where does the soleus insert?")
        self.note("ask", asked)
        if await self.shows(asked, "Ask more"):
            opened = await person.click(asked, "Ask more")
            self.note("form", opened)
            if opened.modal is not None:
                self.note("submit", await person.submit(opened, {"text": "and its nerve?"}))

    def note(self, kind: str, asked: Asked) -> None:
        """Count it; one without a callback has to be answered by a message."""
        self.done[kind] += 1
        if asked.failed:
            self.late.append(asked)

    async def shows(self, asked: Asked, label: str) -> bool:
        """Whether an answer has a button, once it is there; where it came by a message instead, nobody presses it."""

        def there() -> bool:
            message = asked.message
            return message is not None and f"[{label}]" in asked.text

        return await self.server.until(there, 20.0 if asked.deferred else 0.0)

    async def answered(self, said: Said) -> bool:
        """Whether a message gets its answer, or its asker a word in private."""
        person = said.state.author
        return await self.server.until(lambda: said.answers() or self.server.sent(person.dm()), 40.0)


async def disturb(server: DiscordServer, chance: random.Random) -> None:
    """Put a fault in the way of one request in so many, on each route; the next one when that was met."""
    waiting: list[tuple[str, str, Any]] = [(method, route, None) for method, route in ROUTES]
    while True:
        for at, (method, route, fault) in enumerate(waiting):
            if fault is None or fault.hits:
                after = chance.randrange(2 * ONE_IN)
                fault = server.fault(method, route, times=1, after=after, **chance.choice(FAULTS))
                waiting[at] = (method, route, fault)
        await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def shipped(server: DiscordServer, folder: str) -> AsyncIterator[psutil.Process]:
    """The shipped bot as a process, with its commands registered."""
    database = {"FABELLA_DISCORD_DATABASE": f"sqlite+aiosqlite:///{folder}/soak.sqlite3"}
    environment = os.environ | server.environment() | database
    command = [sys.executable, str(TESTS.parent / "run_bot.py"), "discord"]
    quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    sync = await asyncio.create_subprocess_exec(*command, "--sync", env=environment, **quiet)
    assert await sync.wait() == 0, "the commands could not be registered"
    process = await asyncio.create_subprocess_exec(*command, env=environment, **quiet)
    try:
        await server.ready(timeout=120)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def soak(count: int, seed: int) -> dict[str, Any]:
    """Let people do `count` things; what came of it."""
    async with DiscordServer() as server:
        server.log = False
        guild = server.guild("Anatomy")
        channels = [guild.channel(f"room-{n}") for n in range(8)]
        people = [guild.member(f"person-{n}") for n in range(PEOPLE)]
        with tempfile.TemporaryDirectory() as folder:
            async with shipped(server, folder) as process:
                made = Soak(server, channels, people, seed)
                manager = guild.member("manager", manage_guild=True)
                await manager.slash(channels[0], "fabella limit", per_minute=0)  # what is limited is soon answered
                disturbing = asyncio.create_task(disturb(server, random.Random(seed)))
                memory: list[float] = []
                start = time.monotonic()
                gateway = server.gateway_side
                blows = (gateway.drop, gateway.reconnect, lambda: gateway.invalidate(resumable=True))
                turns = iter(range(1, count + 1))

                async def worker() -> None:
                    for turn in turns:
                        await made.one()
                        if turn % (count // 25) == 0:
                            memory.append(process.memory_info().rss / 1e6)
                            made.chance.choice(blows)()

                await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
                disturbing.cancel()
                server.faults.clear()
                await asyncio.sleep(15.0)  # what is tried again arrives
                sent = sum(
                    one.webhook_id is None and one.author is server.bot
                    for channel in server.world.channels.values()
                    for one in channel.messages.values()
                )
                elsewhere = sent - made.done["mention"]
                quarter = len(memory) // 4
                return {
                    "interactions": sum(made.done.values()),
                    "by kind": dict(made.done),
                    "seconds": round(time.monotonic() - start, 1),
                    "without a callback in time": len(made.late),
                    "of these answered by a message": min(elsewhere, len(made.late)),
                    "lost": made.lost,
                    "memory_mb": [round(one, 1) for one in memory],
                    "growth_mb": round(max(memory[quarter:]) - memory[quarter], 1),
                }


def main() -> int:
    """Soak, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told = asyncio.run(soak(given.count, given.seed))
    if given.json:
        print(json.dumps(told))
    else:
        for key, value in told.items():
            print(f"{key}: {value}")
    unanswered = told["without a callback in time"] - told["of these answered by a message"] + len(told["lost"])
    print(f"unanswered: {unanswered}", file=sys.stderr)
    return int(unanswered > 0 or told["growth_mb"] > FLAT)


if __name__ == "__main__":
    sys.exit(main())
