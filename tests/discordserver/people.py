"""People who act on the bot as they would in Discord's app."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from discordserver.acts import Invocation, autocompleting, clicked, invoking, on_message, submitted
from discordserver.errors import NotPossible
from discordserver.interactions import AUTOCOMPLETE, CALLBACK_SECONDS, CHOICES, COMMAND, COMPONENT, MODAL_SUBMIT
from discordserver.seen import Asked, Said
from discordserver.world import EPHEMERAL, Channel, Message, User

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

GRACE = 0.25  # a callback that arrives at the last moment is still on its way


Seen = Asked | Said | Message | dict[str, Any]


class Person(User):
    """Somebody who uses Discord. All acts give back what came of them."""

    def __init__(self, id: int, name: str, *, server: DiscordServer) -> None:
        super().__init__(id, name)
        self.server = server

    __hash__ = object.__hash__

    def installs(self) -> Person:
        """Installs the application for this person (a user install)."""
        self.installed = True
        return self

    def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.server.world.private(self, self.server.bot)

    def private(self, *others: User) -> Channel:
        """The direct or group messages with other people, without the bot."""
        return self.server.world.private(self, *others)

    def closes_dms(self) -> None:
        """From now on the bot can't write to this person (50007)."""
        self.dms_open = False

    # Commands

    async def slash(
        self,
        channel: Channel,
        name: str,
        /,
        *,
        timeout: float | None = None,
        age: float = 0.0,
        force: bool = False,
        **options: Any,
    ) -> Asked:
        """Uses a slash command, "fabella channels allow" being a subcommand; waits for the callback.

        `age` sends the event so many seconds late; `force` skips what the app would not let the person do.
        Raises: NotPossible: no such command or option here, or not for this person.
        """
        data = invoking(self._invocation(channel, force), name, options)
        return await self._act(COMMAND, channel, data, timeout=timeout, age=age)

    async def menu(
        self,
        channel: Channel,
        target: Seen | User,
        name: str,
        *,
        timeout: float | None = None,
        age: float = 0.0,
        force: bool = False,
    ) -> Asked:
        """Chooses a command from the context menu of a message or a user. Raises: NotPossible."""
        what = target if isinstance(target, User) else self._look(target)
        data = on_message(self._invocation(channel, force), name, what)
        return await self._act(COMMAND, channel, data, timeout=timeout, age=age)

    async def autocomplete(
        self,
        channel: Channel,
        name: str,
        /,
        *,
        focused: str,
        timeout: float | None = None,
        force: bool = False,
        **options: Any,
    ) -> list[dict[str, Any]] | None:
        """Types into an option of a slash command: the choices that are offered, or None: "failed to load"."""
        data = autocompleting(self._invocation(channel, force), name, focused, options)
        asked = await self._act(AUTOCOMPLETE, channel, data, timeout=timeout)
        if asked.interaction.answer != CHOICES:
            return None
        choices: list[dict[str, Any]] = asked.callbacks[0]["data"]["choices"]
        return choices

    def _invocation(self, channel: Channel, force: bool) -> Invocation:
        return Invocation(self.server, self, channel, force)

    # Components

    async def click(
        self,
        message: Seen,
        label: str | None = None,
        *,
        custom_id: str | None = None,
        timeout: float | None = None,
        age: float = 0.0,
    ) -> Asked:
        """Presses a button. Raises: NotPossible: it isn't there, can't be pressed or can't be seen."""
        state = self._look(message)
        data = clicked(state, label, custom_id)
        return await self._act(COMPONENT, state.channel, data, source=state, timeout=timeout, age=age)

    async def select(
        self,
        message: Seen,
        *,
        custom_id: str | None = None,
        values: list[str],
        timeout: float | None = None,
        age: float = 0.0,
    ) -> Asked:
        """Chooses in a select menu. Raises: NotPossible."""
        state = self._look(message)
        data = clicked(state, None, custom_id, values)
        return await self._act(COMPONENT, state.channel, data, source=state, timeout=timeout, age=age)

    async def submit(
        self, opened: Asked, values: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> Asked:
        """Fills in a form by custom_id or label and sends it. Raises: NotPossible: it is missing or doesn't fit."""
        if opened.modal is None:
            raise NotPossible(f"no form opened: {opened!r}")
        before = opened.interaction
        data = submitted(opened.modal, values or {})
        return await self._act(MODAL_SUBMIT, before.channel, data, source=before.source, parent=before, timeout=timeout)

    async def _act(
        self,
        kind: int,
        channel: Channel,
        data: dict[str, Any],
        *,
        timeout: float | None = None,
        age: float = 0.0,
        **more: Any,
    ) -> Asked:
        self._belongs(channel)
        made = self.server.interactions.open(kind, self, channel, data, age=age, **more)
        wait = max(CALLBACK_SECONDS - age, 0.0) + GRACE if timeout is None else timeout
        await self.server.until(lambda: made.callbacks, wait)
        return Asked(self.server, made)

    def _belongs(self, channel: Channel) -> None:
        """Raises: NotPossible: the person isn't where the channel is."""
        there = channel.recipients if channel.guild is None else [one.user for one in channel.guild.members.values()]
        if self not in there:
            raise NotPossible(f"{self.name} is not in {channel.name or 'this conversation'}")

    def _look(self, seen: Seen) -> Message:
        """The message as it is now. Raises: NotPossible: it is gone, or another person's alone."""
        state = seen.state if isinstance(seen, Asked | Said) else seen
        if isinstance(state, dict):
            number = int(state["id"])
            channel = self.server.world.channels.get(int(state["channel_id"]))
            state = channel.messages.get(number) if channel else None
            state = state or self.server.posting.unlisted.get(number)
        if state is None or state.deleted:
            raise NotPossible(f"{self.name} sees no such message")
        if state.ephemeral_to is not None and state.ephemeral_to is not self:
            raise NotPossible(f"{self.name} can't see what only {state.ephemeral_to.name} sees")
        return state

    # Messages

    async def says(
        self, channel: Channel, text: str, *, mention: bool = False, reply_to: Seen | None = None, ping: bool = True
    ) -> Said:
        """Writes a message; `mention` puts the bot's mention in front. A reply pings unless told otherwise.

        A reply to the answer of a command never pings the bot, as in Discord's app.
        """
        return self._say(channel, text, mention=mention, reply_to=reply_to, ping=ping)

    def _say(self, channel: Channel, text: str, *, mention: bool, reply_to: Seen | None, ping: bool) -> Said:
        self._belongs(channel)
        body: dict[str, Any] = {"content": f"{self.server.bot.mention} {text}" if mention else text}
        more: dict[str, Any] = {}
        if reply_to is not None:
            to = self._look(reply_to)
            if to.flags & EPHEMERAL:
                raise NotPossible("nobody can reply to a message that only one person sees")
            about = {"type": 0, "channel_id": str(channel.id), "message_id": str(to.id)}
            if channel.guild is not None:
                about["guild_id"] = str(channel.guild.id)
            more = {"reference": about, "referenced": to, "type": 19}
            body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"]}
            body["allowed_mentions"]["replied_user"] = ping and to.webhook_id is None
        return Said(self.server, self.server.posting.create(channel, self, body, **more))

    async def edits(self, said: Said, text: str, *, mention: bool = False) -> Said:
        """Changes what was said."""
        said.note_answers()
        self.server.posting.edit(said.state, {"content": f"{self.server.bot.mention} {text}" if mention else text})
        await asyncio.sleep(0)
        return said

    async def deletes(self, *messages: Seen) -> None:
        """Deletes messages: own ones, or anybody's with the permission. Raises: NotPossible."""
        states = [self._look(one) for one in messages]
        for one in states:
            dismisses = one.ephemeral_to is self
            if one.author is not self and not dismisses and not one.channel.may(self, "manage_messages"):
                raise NotPossible(f"{self.name} may not delete what {one.author.name} said")
        self.server.posting.delete(*states)
        await asyncio.sleep(0)

    async def reacts(self, message: Seen, emoji: str) -> None:
        """Reacts to a message."""
        self.server.rest.react_as(self._look(message), emoji, self)
        await asyncio.sleep(0)
