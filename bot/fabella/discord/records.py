"""What the store takes and gives: a server's settings, votes, questions without an answer, and counts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from fabella_knowledge.errors import SettingError, brief

ID_LIMIT = 2**63  # ids of Discord are below it, and so fit into a signed column
CHANNELS = 500  # as many as a server has
PER_MINUTE = 120
ABOUT = 100  # characters


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How Fabella behaves in a server. The defaults are those of a server that never changed anything.

    `channels` are where mentions are answered, empty: everywhere. In `listening` every message is answered, which
    takes the message-content intent. `private`: answers to slash commands are seen by the asker alone unless asked
    otherwise. `per_minute` is the limit a user, 0 to 120, 0: no limit. Channels are kept sorted, each once.

    Raises:
        SettingError: a value of the wrong kind or out of its range.
    """

    guild_id: int
    channels: tuple[int, ...] = ()
    listening: tuple[int, ...] = ()
    private: bool = False
    per_minute: int = 10
    keep_unanswered: bool = True

    def __post_init__(self) -> None:
        if self.guild_id != 0:  # direct messages
            _checked_id("guild_id", self.guild_id)
        for name in ("channels", "listening"):
            object.__setattr__(self, name, _channels(name, getattr(self, name)))
        for name in ("private", "keep_unanswered"):
            if not isinstance(getattr(self, name), bool):
                raise SettingError(f"{name}: must be on or off, not {brief(getattr(self, name))!r}")
        limit = self.per_minute
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit <= PER_MINUTE:
            raise SettingError(
                f"per_minute: must be a whole number from 0 (no limit) to {PER_MINUTE}, not {brief(limit)!r}"
            )


@dataclass(frozen=True, slots=True)
class Vote:
    """A thumb up or down for the answer in a message. `guild_id` is None in direct messages.

    `about` tells what the answer was about ("origin: gastrocnemius"); the store keeps 100 characters of it, and of a
    `reason` 300 after taking out what could tell who wrote it.
    """

    guild_id: int | None
    message_id: int
    user_id: int
    up: bool
    about: str = ""
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.guild_id is not None:
            _checked_id("guild_id", self.guild_id)
        _checked_id("message_id", self.message_id)
        _checked_id("user_id", self.user_id)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that had no answer, in a server. It has no owner: neither user nor channel. Days are of UTC."""

    text: str
    intent: str
    count: int
    first_day: datetime.date
    last_day: datetime.date


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes for the answers about one thing."""

    about: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody voted as they did, without who. The day is of UTC."""

    day: datetime.date
    up: bool
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """The votes of a server in the last `days`: all, by what they were about (most votes first), newest reasons."""

    days: int
    up: int = 0
    down: int = 0
    about: tuple[Tally, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of each were deleted."""

    settings: int = 0
    votes: int = 0
    unanswered: int = 0


def _checked_id(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < ID_LIMIT:
        raise SettingError(f"{name}: {brief(value)!r} is no id of Discord")
    return value


def _channels(name: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple | list | set | frozenset):
        raise SettingError(f"{name}: must be ids of channels, not {brief(value)!r}")
    ids = tuple(sorted({_checked_id(name, one) for one in value}))
    if len(ids) > CHANNELS:
        raise SettingError(f"{name}: holds {len(ids)} channels, at most {CHANNELS} can be kept")
    return ids
