"""What each person's next question may refer to, by server, channel and user: few, short-lived, in memory alone."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fabella import Context

MINUTES = 15  # after which a conversation is forgotten
MOST = 10_000  # conversations that are kept at once


@dataclass(frozen=True, slots=True)
class Place:
    """Whose conversation it is, and where. `server` is None in a direct message."""

    server: int | None
    channel: int
    user: int


class Conversations:
    """The context of each conversation. The longest unused go first; none is read across places."""

    def __init__(
        self, *, most: int = MOST, minutes: float = MINUTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._held: OrderedDict[Place, tuple[float, Context]] = OrderedDict()
        self._most = most
        self._seconds = minutes * 60
        self._clock = clock

    def __len__(self) -> int:
        return len(self._held)

    def at(self, place: Place) -> Context:
        """The context of a conversation; an empty one where there is none, or none so lately."""
        until, context = self._held.get(place, (0.0, Context()))
        return context if self._clock() < until else Context()

    def keep(self, place: Place, context: Context) -> None:
        """Go on from `context`; an empty one ends the conversation."""
        self._held.pop(place, None)
        if context != Context():
            self._held[place] = (self._clock() + self._seconds, context)
        now = self._clock()
        while self._held and (len(self._held) > self._most or next(iter(self._held.values()))[0] <= now):
            self._held.popitem(last=False)

    def forget_user(self, user: int) -> int:
        """End every conversation of a user; gives how many there were."""
        return self._forget(lambda place: place.user == user)

    def forget_server(self, server: int) -> int:
        """End every conversation in a server; gives how many there were."""
        return self._forget(lambda place: place.server == server)

    def _forget(self, wanted: Callable[[Place], bool]) -> int:
        found = [place for place in self._held if wanted(place)]
        for place in found:
            del self._held[place]
        return len(found)
