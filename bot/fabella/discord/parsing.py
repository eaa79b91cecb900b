"""Events that the library cannot read: each is logged, answered where somebody waits, and costs no connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, MutableMapping
from typing import Any

import discord
from discord.http import HTTPClient, Route

from fabella.discord import faults, logs

_LOG = logging.getLogger(__name__)
INTERACTION, MESSAGE = "INTERACTION_CREATE", "MESSAGE_CREATE"
_AUTOCOMPLETE = 4  # a type of interaction
_REPLY, _CHOICES = 4, 8  # types of an interaction's answer
_EPHEMERAL = 1 << 6
_PAUSE, _PATIENCE = 0.3, 3.0  # seconds between two tries of a private reply, and for all
Parser = Callable[[Any], None]
Parsers = MutableMapping[str, Parser]
Admits = Callable[[int], bool]


class Reader:
    """Reads events with the library's parsers, and survives what they stumble over."""

    def __init__(self, parsers: Parsers, http: HTTPClient) -> None:
        self._parsers = parsers
        self._http = http
        self._sparing = logs.Sparing()
        self._replies: set[asyncio.Task[None]] = set()
        self._admits: Admits | None = None
        for event, parser in list(parsers.items()):
            parsers[event] = self._guarded(event, parser)

    def admit(self, admits: Admits) -> None:
        """Read an interaction only where `admits` is true for its id: under load it is too late for some."""
        self._admits = admits

    def stop_taking(self, reason: str) -> None:
        """Read no question any more; who asks by an interaction is told the reason privately."""
        self._parsers[MESSAGE] = lambda data: None
        self._parsers[INTERACTION] = lambda data: self._reply(data, reason)

    async def close(self) -> None:
        """Wait for the replies that are on their way, at most for the time that they may take."""
        if self._replies:
            await asyncio.wait(self._replies, timeout=_PATIENCE)

    def _guarded(self, event: str, parser: Parser) -> Parser:
        def parse(data: Any) -> None:
            try:
                if event == INTERACTION and self._admits is not None and not self._admits(int(data["id"])):
                    return
                parser(data)
            except Exception as error:
                self._unreadable(event, data, error)

        return parse

    def _unreadable(self, event: str, data: Any, error: Exception) -> None:
        fault = faults.short_id()
        waiting = event == INTERACTION
        held = 0 if waiting else self._sparing.held((event, type(error)))
        if held is not None:
            more = f" ({held} more of these in between)" if held else ""
            _LOG.error(
                "fault %s: an event %s cannot be read: %s%s",
                fault,
                event,
                logs.described(error),
                more,
                extra={"fault": fault, "event": event},
            )
            _LOG.debug("fault %s", fault, exc_info=error)
        if waiting:
            self._reply(data, f"Sorry, I could not read that. If it happens again, report fault `{fault}`.")

    def _reply(self, data: Any, text: str) -> None:
        """Answer an interaction privately, where it says enough of itself to be answered."""
        interaction, token = _told(data, "id"), _told(data, "token")
        if not interaction.isdecimal() or not token:
            return
        task = asyncio.ensure_future(self._send(interaction, token, _answer(data, text)))
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    async def _send(self, interaction: str, token: str, answer: dict[str, Any]) -> None:
        # Discord counts these by interaction, so the library must as well: one that hangs holds up no other.
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=int(interaction),
            webhook_token=token,
        )
        until = asyncio.get_running_loop().time() + _PATIENCE
        try:
            while True:  # no attempt is cut short: the library may be waiting out a rate limit of the whole bot
                try:
                    await self._http.request(route, json=answer)
                    return
                except Exception as error:
                    if not faults.temporary(error) or asyncio.get_running_loop().time() + _PAUSE > until:
                        raise
                await asyncio.sleep(_PAUSE)
        except Exception as error:
            if not faults.answered(error):
                _LOG.warning("a private reply could not be sent: %s", faults.told(error))


def _answer(data: Any, text: str) -> dict[str, Any]:
    if data.get("type") == _AUTOCOMPLETE:
        return {"type": _CHOICES, "data": {"choices": []}}
    mentions = discord.AllowedMentions.none().to_dict()
    return {"type": _REPLY, "data": {"content": text, "flags": _EPHEMERAL, "allowed_mentions": mentions}}


def _told(data: Any, key: str) -> str:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""
