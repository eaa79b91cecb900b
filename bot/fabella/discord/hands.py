"""Questions that are being answered, and answers that were given: so that edits and deletions find theirs."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

AT_ONCE = 4_000  # questions in hand at a time
MOST = 5_000  # questions whose answers are remembered, to be changed with them


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a message: where it stands, and a hash of the text that it answers."""

    channel: int
    message: int
    text: bytes = b""


@dataclass(slots=True)
class _Hand:
    versions: int = 0
    waiting: int = 0
    deleted: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hands:
    """By question: one version of it is answered at a time, the last one last, and none that was deleted."""

    def __init__(self, *, most: int = MOST, at_once: int = AT_ONCE) -> None:
        self._hands: dict[int, _Hand] = {}
        self._answers: OrderedDict[int, Answered] = OrderedDict()
        self._most = most
        self._at_once = at_once

    @contextlib.asynccontextmanager
    async def take(self, question: int) -> AsyncIterator[Callable[[], bool]]:
        """Wait for one's turn with a new version of a question; what is given tells whether it is still wanted."""
        hand = self._hands.setdefault(question, _Hand())
        hand.versions += 1
        version = hand.versions
        hand.waiting += 1
        try:
            async with hand.turn:
                yield lambda: version == hand.versions and not hand.deleted
        finally:
            hand.waiting -= 1
            if not hand.waiting and not hand.deleted:
                del self._hands[question]

    def full(self, question: int) -> bool:
        """Whether a question is one too many to be taken in hand: those that can't be sent may wait for long."""
        return question not in self._hands and len(self._hands) >= self._at_once

    def knows(self, question: int) -> bool:
        """Whether a question is being answered or has been."""
        return question in self._hands or question in self._answers

    def answer(self, question: int) -> Answered | None:
        """The answer that a question has."""
        return self._answers.get(question)

    def keep(self, question: int, answered: Answered) -> None:
        """Remember the answer to a question."""
        self._answers[question] = answered
        self._answers.move_to_end(question)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def delete(self, question: int) -> None:
        """Note that a question was deleted, in case it is being answered."""
        if question in self._hands:
            self._hands[question].deleted = True

    def deleted(self, question: int) -> bool:
        """Whether a question was deleted while it was being answered, which is over."""
        hand = self._hands.get(question)
        return hand is not None and hand.deleted and not hand.waiting

    def orphan(self, question: int) -> Answered | None:
        """The answer to a deleted question, once; None as long as it is being answered, and where there is none."""
        hand = self._hands.get(question)
        if hand is not None:
            if hand.waiting:
                return None
            del self._hands[question]
        return self._answers.pop(question, None)


def hashed(text: str) -> bytes:
    """A text in eight bytes: enough to tell whether it was edited."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
