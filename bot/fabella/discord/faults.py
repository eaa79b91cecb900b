"""Tells Discord's faults apart: what may be tried again, what was done already, what is gone, what isn't allowed."""

from __future__ import annotations

import asyncio
import logging
import secrets

import aiohttp
import discord

_LOG = logging.getLogger(__name__)
UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK = 10062, 10015
ACKNOWLEDGED = 40060
NO_HISTORY = 160002  # a reply without the permission to read what it replies to
NETWORK = (OSError, aiohttp.ClientError, asyncio.TimeoutError, discord.DiscordServerError, discord.GatewayNotFound)


def temporary(error: BaseException) -> bool:
    """Whether the same request may succeed in a moment: the network, a server error, a rate limit."""
    if isinstance(error, NETWORK):
        return True
    return isinstance(error, discord.HTTPException) and (error.status == 429 or error.status >= 500)


def pause(error: BaseException, otherwise: float) -> float:
    """Seconds to wait before the next attempt: as Discord says at a rate limit, at least `otherwise`."""
    if not isinstance(error, discord.HTTPException) or error.status != 429:
        return otherwise
    try:
        return max(otherwise, float(error.response.headers.get("Retry-After", 0.0)))
    except (TypeError, ValueError):
        return otherwise


def answered(error: BaseException) -> bool:
    """Whether an interaction has been answered already, by an attempt whose reply got lost."""
    done = isinstance(error, discord.InteractionResponded)
    return done or (isinstance(error, discord.HTTPException) and error.code == ACKNOWLEDGED)


def expired(error: BaseException) -> bool:
    """Whether an interaction can't be answered, any more or yet."""
    return isinstance(error, discord.HTTPException) and error.code in (UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK)


def gone(error: BaseException) -> bool:
    """Whether the channel or the message isn't there any more, or can't be seen."""
    return isinstance(error, discord.HTTPException) and error.status == 404 and not expired(error)


def short_id() -> str:
    """An id that a person can read out and that is found in the log: six letters and digits."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(6))


def told(error: BaseException) -> str:
    """An error in one line without anything that a person wrote: its kind, and Discord's status and code."""
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__} (status {error.status}, code {error.code})"
    return type(error).__name__


def log(error: BaseException) -> None:
    """Log what the storage couldn't do."""
    _LOG.warning("the storage failed: %s", error)
