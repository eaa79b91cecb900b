"""Load for benchmarks: interactions on a schedule or so many outstanding, and how the bot keeps up."""

from __future__ import annotations

import asyncio
import gc
import itertools
import resource
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from discordserver import payloads
from discordserver.acts import Invocation, clicked, invoking
from discordserver.encoding import dumps
from discordserver.interactions import CALLBACK_SECONDS, COMMAND, COMPONENT, Interaction
from discordserver.people import Person
from discordserver.world import Channel, Message

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

REMEMBERED_SECONDS = 20.0  # tokens of load are forgotten after that, so that memory stays flat
KEPT_MESSAGES = 200
_TOKEN = "load" * 40  # as long as real ones
_ID, _TEXT, _NUMBER = "111111111111111111", "@@text@@", "@@token@@"


@dataclass(frozen=True, slots=True)
class Template:
    """A printed event that lacks identifier, token and text."""

    kind: int
    pieces: tuple[bytes, ...]
    order: tuple[str, ...]
    data: dict[str, Any]
    source: Message | None

    @classmethod
    def of(cls, printed: dict[str, Any], kind: int, source: Message | None) -> Template:
        """Cuts the event where each one differs."""
        raw = dumps(printed)
        marks = [(raw.find(b'"%s"' % mark.encode()), mark) for mark in (_ID, _NUMBER, _TEXT)]
        places = sorted((at, mark) for at, mark in marks if at >= 0)
        pieces, start = [], 0
        for at, mark in places:
            pieces.append(raw[start:at])
            start = at + len(mark) + 2
        order = tuple(mark for _, mark in places)
        return cls(kind, (*pieces, raw[start:]), order, printed["data"], source)

    def fill(self, number: int, token: str, text: bytes) -> bytes:
        """The event with these."""
        values = {_ID: b'"%d"' % number, _NUMBER: b'"%s"' % token.encode(), _TEXT: text}
        parts = [part for piece, mark in zip(self.pieces, self.order, strict=False) for part in (piece, values[mark])]
        return b"".join((*parts, self.pieces[-1]))


@dataclass(eq=False)
class Measured:
    """What a run has counted; latencies in seconds from sending the event to the callback's arrival."""

    offered: int = 0
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    late: int = 0
    refused: int = 0
    first: float = 0.0
    last: float = 0.0

    def report(self, cpu: float, **more: Any) -> dict[str, Any]:
        """The figures, times in milliseconds."""
        taken = max(self.last - self.first, 1e-9)
        answered = len(self.latencies)
        return more | {
            "offered": self.offered,
            "answered_in_time": answered,
            "share": round(answered / max(self.offered, 1), 4),
            "late": self.late,
            "refused": self.refused,
            "unanswered": self.offered - answered - self.late - self.refused,
            "answered_a_second": round(answered / taken, 1),
            "p50_ms": _at(self.latencies, 0.50),
            "p99_ms": _at(self.latencies, 0.99),
            "max_ms": _at(self.latencies, 1.0),
            "schedule_lag_p99_ms": _at(self.lags, 0.99),
            "server_cpu_s": round(cpu, 3),
        }


def _at(values: list[float], share: float) -> float | None:
    if not values:
        return None
    return round(sorted(values)[min(int(len(values) * share), len(values) - 1)] * 1000, 3)


class Load:
    """Offers interactions of `people` in one channel on the bot's one connection."""

    def __init__(
        self,
        server: DiscordServer,
        person: Person,
        channel: Channel,
        *,
        command: str,
        option: str | None,
        texts: list[str],
        people: int = 1,
    ) -> None:
        self.server = server
        self.person = person
        self.channel = channel
        self.command = command
        self.option = option
        self.texts = itertools.cycle([dumps(text) for text in texts] or [b'"where"'])
        self._numbers = itertools.count()
        self._people = people
        self._recent: deque[Interaction] = deque()
        self._clicks: list[Template] = []
        self._slash: Template | None = None

    async def prepare(self, labels: list[str] | None = None) -> None:
        """Uses the command once and learns its buttons; the labels say which, all when left out.

        Raises: TimeoutError: the bot does not answer it.
        """
        server = self.server
        server.log = False
        server.posting.kept = KEPT_MESSAGES
        text: dict[str, Any] = {self.option: "where does the gastrocnemius insert"} if self.option else {}
        asked = await self.person.slash(self.channel, self.command, **text)
        if not asked.callbacks:
            raise TimeoutError(f"/{self.command} was not answered: {asked!r}")
        await asked.settled()
        state = asked.state
        assert state is not None
        how = Invocation(server, self.person, self.channel)
        self._slash = self._template(COMMAND, invoking(how, self.command, dict.fromkeys(text, _TEXT)), None)
        self._clicks = []
        for one in _buttons(state):
            if labels is None or one.get("label") in labels:
                self._clicks.append(self._template(COMPONENT, clicked(state, None, one["custom_id"]), state))

    def _template(self, kind: int, data: dict[str, Any], source: Message | None) -> Template:
        owners = self.server.interactions.owners(self.person, self.channel)
        one = Interaction(int(_ID), _NUMBER, kind, self.person, self.channel, data, 0.0, owners, source)
        return Template.of(self.server.interactions.payload(one), kind, source)

    def _plan(self, share: float) -> Iterator[Template]:
        """Commands and clicks in turn; `share` of them are clicks."""
        assert self._slash is not None, "prepare first"
        clicks = itertools.cycle(self._clicks) if self._clicks else None
        owed = 0.0
        while True:
            owed += share
            if clicks is not None and owed >= 1.0:
                owed -= 1.0
                yield next(clicks)
            else:
                yield self._slash

    def _send(self, template: Template, now: float) -> Interaction:
        server = self.server
        number = server.world.ids.next()
        token = f"{_TOKEN}{next(self._numbers)}"
        one = Interaction(
            number, token, template.kind, self.person, self.channel, template.data, now, {"0": "0"}, template.source
        )
        server.interactions.by_id[number] = one
        server.interactions.by_token[token] = one
        self._recent.append(one)
        while now - self._recent[0].created > REMEMBERED_SECONDS:
            server.interactions.forget(self._recent.popleft())
        raw = template.fill(number, token, next(self.texts))
        if self._people > 1:  # each of them in turn
            other = self.person.id + int(token.removeprefix(_TOKEN)) % self._people
            raw = raw.replace(b'"%d"' % self.person.id, b'"%d"' % other)
        guild = self.channel.guild
        for session in server.gateway_side.live:
            if session.serves(guild.id if guild else None):
                session.dispatch("INTERACTION_CREATE", raw)
        return one

    async def open(self, rate: float, seconds: float, share_of_clicks: float = 0.0) -> dict[str, Any]:
        """Offers so many a second at fixed times, whatever comes back; the report."""
        measured, plan = self._listen(), self._plan(share_of_clicks)
        cpu = _cpu()
        clock = self.server.clock.monotonic
        start = measured.first = clock()
        for turn in range(int(rate * seconds)):
            due = start + turn / rate
            now = clock()
            if due > now:
                await asyncio.sleep(due - now)
                now = clock()
            elif turn % 16 == 0:
                await asyncio.sleep(0)
                now = clock()
            measured.lags.append(now - due)
            self._send(next(plan), now)
            measured.offered += 1
        sent = clock()
        await self._rest(measured)
        measured.last = max(sent, start + seconds)
        return self._done(
            measured.report(_cpu() - cpu, mode="open", rate=rate, seconds=seconds, clicks=share_of_clicks)
        )

    async def closed(self, outstanding: int, seconds: float, share_of_clicks: float = 0.0) -> dict[str, Any]:
        """Keeps so many unanswered at any time and finds how many a second the bot can; the report."""
        measured, plan = self._listen(), self._plan(share_of_clicks)
        cpu = _cpu()
        clock = self.server.clock.monotonic
        end = clock() + seconds
        free = asyncio.Semaphore(outstanding)
        waiting: dict[int, Interaction] = {}

        def answered(one: Interaction, accepted: bool) -> None:
            self._count(measured, one, accepted)
            if waiting.pop(one.id, None) is not None:
                free.release()

        self.server.interactions.on_answer = answered
        measured.first = clock()
        while clock() < end:
            if free.locked():
                try:
                    await asyncio.wait_for(free.acquire(), 0.5)
                except TimeoutError:
                    self._give_up(waiting, free)
                    continue
            else:
                await free.acquire()
            one = self._send(next(plan), clock())
            waiting[one.id] = one
            measured.offered += 1
        measured.last = clock()
        in_time = len(measured.latencies)
        await self._rest(measured)
        report = measured.report(
            _cpu() - cpu, mode="closed", outstanding=outstanding, seconds=seconds, clicks=share_of_clicks
        )
        report["answered_a_second"] = round(in_time / (measured.last - measured.first), 1)
        return self._done(report)

    def _give_up(self, waiting: dict[int, Interaction], free: asyncio.Semaphore) -> None:
        """Those that will get no answer any more make room."""
        now = self.server.clock.monotonic()
        for number in [key for key, one in waiting.items() if now - one.created > CALLBACK_SECONDS]:
            del waiting[number]
            free.release()

    def _listen(self) -> Measured:
        measured = Measured()
        gc.collect()
        gc.disable()  # its pauses would be taken for the bot's
        self.server.interactions.on_answer = lambda one, accepted: self._count(measured, one, accepted)
        return measured

    def _count(self, measured: Measured, one: Interaction, accepted: bool) -> None:
        if accepted and one.answered is not None:
            measured.latencies.append(one.answered - one.created)
        elif one.refused and one.refused[-1][1] == 10062:
            measured.late += 1
        elif not one.callbacks:
            measured.refused += 1

    async def _rest(self, measured: Measured) -> None:
        """Waits for what can still be answered."""
        end = self.server.clock.monotonic() + CALLBACK_SECONDS + 0.5
        while self.server.clock.monotonic() < end:
            if len(measured.latencies) + measured.late + measured.refused >= measured.offered:
                return
            await asyncio.sleep(0.02)

    def _done(self, report: dict[str, Any]) -> dict[str, Any]:
        gc.enable()
        self.server.interactions.on_answer = lambda one, accepted: None
        return report


def _buttons(message: Message) -> list[dict[str, Any]]:
    printed = payloads.message(message)["components"]
    inside = [each for row in printed for each in row.get("components") or ()]
    return [one for one in inside if one["type"] == 2 and one.get("custom_id") and not one.get("disabled")]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
