"""What is sent, as the library takes it: embeds made beforehand, rows of buttons, the same in plain words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from fabella.discord.limits import CONTENT, clip
from fabella.discord.pages import COLOUR

NOBODY = discord.AllowedMentions.none()


class Rows(discord.ui.View):
    """Rows of buttons as they are, of which the library keeps nothing: their clicks are read from their ids."""

    def __init__(self, rows: Sequence[Sequence[dict[str, Any]]]) -> None:
        super().__init__(timeout=None)
        self._rows = [{"type": 1, "components": list(row)} for row in rows if row]

    def to_components(self) -> list[dict[str, Any]]:
        """The rows as the API takes them."""
        return self._rows

    def is_finished(self) -> bool:
        """Always: there is nothing to wait for."""
        return True


class Page(discord.Embed):
    """An embed as the API takes it, made beforehand."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__()
        self._payload = payload

    def to_dict(self) -> Any:
        """The embed as the API takes it."""
        return self._payload


@dataclass(frozen=True, slots=True)
class Letter:
    """Embeds with their buttons. `text` says the same where embeds are not allowed; `file` is a name and its bytes."""

    embeds: tuple[discord.Embed, ...]
    rows: tuple[tuple[dict[str, Any], ...], ...] = ()
    text: str = ""
    file: tuple[str, bytes] | None = None

    def sent(self, *, embedded: bool = True) -> dict[str, Any]:
        """For the library's ways of sending, made anew for each attempt. Nothing in it mentions anybody."""
        given: dict[str, Any] = {"view": Rows(self.rows), "allowed_mentions": NOBODY}
        if self.file is not None:
            given["file"] = discord.File(io.BytesIO(self.file[1]), self.file[0])
        if embedded:
            return given | {"embeds": list(self.embeds)}
        return given | {"content": clip(self.text or "…", CONTENT), "suppress_embeds": True}

    def edited(self, *, embedded: bool = True) -> dict[str, Any]:
        """For the library's ways of editing: nothing of the old message stays."""
        given: dict[str, Any] = {"view": Rows(self.rows), "allowed_mentions": NOBODY}
        if self.file is not None:
            given["attachments"] = [discord.File(io.BytesIO(self.file[1]), self.file[0])]
        if embedded:
            return given | {"content": None, "embeds": list(self.embeds)}
        return given | {"content": clip(self.text or "…", CONTENT), "embeds": []}


def sentence(text: str) -> Letter:
    """A fixed sentence as a letter."""
    return Letter((discord.Embed(description=text, colour=COLOUR),), text=text)


def embedded(channel: object) -> bool:
    """Whether embeds are shown in a channel; where that isn't known they are."""
    guild = getattr(channel, "guild", None)
    if guild is None or guild.me is None or not hasattr(channel, "permissions_for"):
        return True
    try:
        return bool(channel.permissions_for(guild.me).embed_links)
    except discord.ClientException:  # a thread whose channel is not known
        return True
