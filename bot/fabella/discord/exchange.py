"""Takes a question that came by an interaction to its answer: limit, context, engine, pages, sending, memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fabella import Context, Question
from fabella.discord import faults, replies, sending
from fabella.discord.answerer import Told
from fabella.discord.conversations import Place
from fabella.discord.limits import EMBEDS_TOTAL, ROW
from fabella.discord.sending import Interaction, Letter
from fabella.discord.service import Service

_LOG = logging.getLogger(__name__)
_SOON = 1.2  # seconds after which an answer that isn't there is deferred


async def ask(
    service: Service,
    interaction: Interaction,
    asked: str | Question,
    *,
    private: bool | None = None,
    title: str | None = None,
    context: Context | None = None,
    age: float = 0.0,
) -> None:
    """Answer a question in the channel, or where `private` (None: as the server wants it) to the asker alone.

    `context` stands for the conversation where the question refers to something else; a `Question` needs none.
    """
    place = place_of(interaction)
    server = await service.rules(place.server)
    hidden = server.private if private is None else private
    wait = service.pace.wait((place.server, place.user), server.per_minute)
    if wait > 0:
        await sending.note(interaction, told_limit(server.per_minute, wait), age=age)
        return
    before = service.conversations.at(place) if context is None else context
    if isinstance(asked, Question):
        before = Context()
    told = await _in_time(service, interaction, asked, before, title, private=hidden, age=age)
    letter = await letter_of(service, told, None if hidden else place.user)
    await sending.respond(interaction, letter, private=hidden, age=age)
    text = asked if isinstance(asked, str) else asked.text
    service.remember(place, text, told, private=hidden, kept=server.keep_unanswered)


async def letter_of(service: Service, told: Told, asker: int | None) -> Letter:
    """The first page of a reply with its buttons; `asker` may take it back (None: nobody need)."""
    rows = list(told.reply.rows)
    if asker is not None and rows and len(rows[-1]) < ROW:
        rows[-1] = (*rows[-1], replies.delete_button(asker))
    return await paged(service, told.reply.pages, rows, told.reply.text)


async def paged(
    service: Service, pages: Sequence[dict[str, Any]], rows: Sequence[tuple[dict[str, Any], ...]] = (), text: str = ""
) -> Letter:
    """The first page with its rows, under buttons that turn to the others."""
    numbered = replies.numbered(pages)
    shown = numbered[:1]
    turning: tuple[tuple[dict[str, Any], ...], ...] = ()
    if len(numbered) > 1:
        key = await service.turning.keep(numbered)
        if key is not None:
            turning = (replies.page_row(key, 0, len(numbered)),)
        else:  # nothing gets lost where there is room for it
            shown = numbered[: EMBEDS_TOTAL // replies.LONGEST]
    return Letter(tuple(sending.Page(one) for one in shown), (*turning, *rows), text)


async def handled(service: Service, interaction: Interaction, work: Callable[[float], Awaitable[None]]) -> None:
    """Await `work` with the interaction's age, in its turn; what goes wrong becomes an apology with a short id."""

    async def safely(age: float) -> None:
        try:
            await work(age)
        except Exception as error:
            trouble = faults.short_id()
            _LOG.error("%s: %s while answering", trouble, faults.told(error), exc_info=error)
            await sending.note(interaction, f"Something went wrong here. If you report it, name {trouble}.", age=age)

    await service.admission.turn(interaction.id, safely)


def place_of(interaction: Interaction) -> Place:
    """Whose conversation an interaction belongs to."""
    return Place(interaction.guild_id, interaction.channel_id or 0, interaction.user.id)


def told_limit(per_minute: int, wait: float) -> str:
    """The sentence about the limit, in whole seconds."""
    seconds = max(1, round(wait))
    return f"You have asked {per_minute} questions within a minute, the limit here. Try again in {seconds} s."


async def _in_time(
    service: Service,
    interaction: Interaction,
    asked: str | Question,
    before: Context,
    title: str | None,
    *,
    private: bool,
    age: float,
) -> Told:
    """The reply; where it takes long, the interaction is deferred meanwhile."""
    work = service.answerer.tell(asked, before, title=title)
    if service.answerer.quick(asked):
        return await work
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=max(0.0, _SOON - age))
    if not done:
        await sending.defer(interaction, private=private, age=age + _SOON)
    return await task
