"""What a person sees: the outcome of an act on the application, and the answers to a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from discordserver import payloads
from discordserver.interactions import CALLBACK_SECONDS, DEFER, DEFER_UPDATE, MODAL, UPDATE, Interaction
from discordserver.world import EPHEMERAL, LOADING, Channel, Message

if TYPE_CHECKING:
    from discordserver.server import DiscordServer


class Asked:
    """An act on the application and what the person sees of its outcome, always as of now."""

    def __init__(self, server: DiscordServer, interaction: Interaction) -> None:
        self.server = server
        self.interaction = interaction

    @property
    def callbacks(self) -> list[dict[str, Any]]:
        """The bodies of the callbacks that were accepted: one at most."""
        return self.interaction.callbacks

    @property
    def refused(self) -> list[tuple[int, int]]:
        """Status and code of each callback that was refused."""
        return self.interaction.refused

    @property
    def failed(self) -> bool:
        """Whether the app says "This interaction failed" or "The application did not respond"."""
        late = self.server.clock.monotonic() - self.interaction.created > CALLBACK_SECONDS
        return late and not self.callbacks

    @property
    def state(self) -> Message | None:
        """The message that answers, as the server keeps it."""
        one = self.interaction
        found = one.response or (one.source if one.answer in (UPDATE, DEFER_UPDATE) else None)
        return None if found is None or found.deleted else found

    @property
    def message(self) -> dict[str, Any] | None:
        """The message that answers, or that the click has changed; None: there is none (any more)."""
        return None if self.state is None else payloads.message(self.state)

    @property
    def followups(self) -> list[dict[str, Any]]:
        """The messages after the first, without those that were deleted."""
        return [payloads.message(one) for one in self.interaction.followups if not one.deleted]

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees the answer."""
        return self.state is not None and bool(self.state.flags & EPHEMERAL)

    @property
    def deferred(self) -> bool:
        """Whether the bot asked for time at first."""
        return self.interaction.answer in (DEFER, DEFER_UPDATE)

    @property
    def thinking(self) -> bool:
        """Whether the person still reads "is thinking"."""
        return self.state is not None and bool(self.state.flags & LOADING)

    @property
    def updated(self) -> bool:
        """Whether the message with the button was changed in place."""
        return self.interaction.answer in (UPDATE, DEFER_UPDATE)

    @property
    def modal(self) -> dict[str, Any] | None:
        """The form that opened."""
        return self.callbacks[0]["data"] if self.interaction.answer == MODAL else None

    @property
    def latency(self) -> float | None:
        """Seconds from the event to the callback."""
        one = self.interaction
        return None if one.answered is None else one.answered - one.created

    @property
    def text(self) -> str:
        """All that can be read in the answer: content, embeds, labels, as lines."""
        return "" if self.message is None else readable(self.message)

    async def settled(self, timeout: float = 10.0) -> Asked:
        """Waits till a deferred answer has its content. Raises: TimeoutError."""
        await self._wait(lambda: self.callbacks and not self.thinking, timeout, "did not settle")
        return self

    async def followed_up(self, count: int = 1, timeout: float = 5.0) -> dict[str, Any]:
        """Waits for so many followups; the last of them. Raises: TimeoutError."""
        await self._wait(lambda: len(self.followups) >= count, timeout, "was not followed up")
        return self.followups[count - 1]

    async def edited(self, timeout: float = 5.0) -> dict[str, Any]:
        """Waits for the next edit of the answer; the message then. Raises: TimeoutError."""
        edits = self.state.edits if self.state else 0
        await self._wait(lambda: self.state is not None and self.state.edits > edits, timeout, "was not edited")
        assert self.message is not None
        return self.message

    async def _wait(self, happened: Callable[[], Any], timeout: float, what: str) -> None:
        if not await self.server.until(happened, timeout):
            raise TimeoutError(f"the answer {what} within {timeout} s: {self!r}")

    def __repr__(self) -> str:
        return f"<Asked {self.interaction.data} callbacks={self.callbacks} refused={self.refused} text={self.text!r}>"


class Said:
    """A message of a person, and what the bot makes of it."""

    def __init__(self, server: DiscordServer, state: Message) -> None:
        self.server = server
        self.state = state
        self._edits: dict[int, int] = {}

    @property
    def id(self) -> int:
        """The message's identifier."""
        return self.state.id

    @property
    def channel(self) -> Channel:
        """Where it was said."""
        return self.state.channel

    @property
    def message(self) -> dict[str, Any]:
        """The message as it is now."""
        return payloads.message(self.state)

    def answers(self) -> list[Message]:
        """What the bot has said to it: its replies, or else whatever it said in the channel since."""
        later = [one for one in self.server.sent(self.channel) if one.id > self.id and one.metadata is None]
        replies = [one for one in later if one.reference and one.reference["message_id"] == str(self.id)]
        return replies or [one for one in later if one.reference is None]

    async def answer(self, timeout: float = 5.0) -> dict[str, Any]:
        """Waits for the bot's answer. Raises: TimeoutError."""
        if not await self.server.until(self.answers, timeout):
            raise TimeoutError(f"no answer to {self.state.content!r} within {timeout} s")
        return payloads.message(self.answers()[0])

    async def answered_again(self, timeout: float = 5.0) -> dict[str, Any]:
        """Waits till the answer that stood when the message was last edited has changed. Raises: TimeoutError."""

        def changed() -> list[Message]:
            return [one for one in self.answers() if one.edits > self._edits.get(one.id, 0)]

        if not await self.server.until(changed, timeout):
            raise TimeoutError(f"the answer to {self.state.content!r} did not change within {timeout} s")
        return payloads.message(changed()[0])

    async def quiet(self, seconds: float = 0.5) -> bool:
        """Whether the bot neither answers nor reacts for so long."""
        return not await self.server.until(lambda: self.answers() or self.state.reactions, seconds)

    def note_answers(self) -> None:
        """Remembers how the answers stand, for `answered_again`."""
        self._edits = {one.id: one.edits for one in self.answers()}


def readable(message: dict[str, Any]) -> str:
    """All that can be read in a message, line by line: content, embeds, and the labels of its components."""
    lines = [message["content"]] if message["content"] else []
    for embed in message["embeds"]:
        lines += [embed.get("author", {}).get("name"), embed.get("title"), embed.get("description")]
        for field in embed.get("fields") or ():
            lines += [field["name"], field["value"]]
        lines.append(embed.get("footer", {}).get("text"))
    waiting = list(message["components"])
    while waiting:
        one = waiting.pop(0)
        label = one.get("label") or one.get("placeholder") or (one.get("emoji") or {}).get("name")
        lines += [one.get("content"), f"[{label}]" if label else None]
        waiting = [*(one.get("components") or ()), *waiting]
    return "\n".join(line for line in lines if line)
