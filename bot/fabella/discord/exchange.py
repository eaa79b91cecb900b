"""Takes a question that came by an interaction to its answer: limit, context, engine, pages, sending, memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from discord import app_commands

from fabella import Context, Question
from fabella.discord import faults, pages, replies, sending
from fabella.discord.answerer import Outdated, Told
from fabella.discord.conversations import Place
from fabella.discord.letters import Letter, Page
from fabella.discord.limits import EMBEDS_TOTAL, ROW
from fabella.discord.sending import Interaction
from fabella.discord.service import Service

_DEFER = 1.2  # seconds before the last moment at which an answer that isn't there is deferred
_PRIVATE = "fabella.private"  # whether an interaction's answer is for the asker alone, once that is known
_OUTDATED = "This button is of another version. Please ask again."


async def handled(service: Service, interaction: Interaction, work: Callable[[float], Awaitable[None]]) -> None:
    """Await `work` in its turn, with the time up to which the interaction can be answered.

    What takes long is deferred, and what goes wrong becomes an apology with a short id.
    """

    async def safely(until: float) -> None:
        try:
            await work(until)
        except Outdated:
            await service.sender.note(interaction, _OUTDATED, until=until)
        except Exception as error:
            if faults.gone(error):  # the message or channel went away meanwhile: nobody waits there
                return
            await _apologise(service, interaction, error, until)

    async def watched(until: float) -> None:
        task = asyncio.ensure_future(safely(until))
        loop = asyncio.get_running_loop()
        done, _ = await asyncio.wait({task}, timeout=max(0.0, until - _DEFER - loop.time()))
        if not done:
            private = bool(interaction.extras.get(_PRIVATE, True))
            await service.sender.defer(interaction, private=private, until=until)
        await task

    await service.admission.turn(interaction.id, watched)


async def failed(service: Service, interaction: Interaction, error: app_commands.AppCommandError) -> None:
    """Apologise for a command that the library couldn't call: it has others than Discord has, or an option is gone."""
    cause = getattr(error, "original", error)
    await service.admission.turn(interaction.id, lambda until: _apologise(service, interaction, cause, until))


async def _apologise(service: Service, interaction: Interaction, error: BaseException, until: float) -> None:
    fault = sending.failed(error, "while answering")
    await service.sender.note(interaction, f"Something went wrong here. If you report it, name {fault}.", until=until)


async def ask(
    service: Service,
    interaction: Interaction,
    asked: str | Question,
    *,
    until: float,
    private: bool | None = None,
    title: str | None = None,
    context: Context | None = None,
) -> None:
    """Answer a question in the channel, or where `private` (None: as the server wants it) to the asker alone.

    `context` stands for the conversation where the question refers to something else; a `Question` needs none.

    Raises:
        Outdated: a `Question` that the engine doesn't know.
    """
    place = place_of(interaction)
    server = await service.rules(place.server)
    hidden = server.private if private is None else private
    interaction.extras[_PRIVATE] = hidden
    wait = service.pace.wait((place.server, place.user), server.per_minute)
    if wait > 0:
        await service.sender.note(interaction, told_limit(server.per_minute, wait), until=until)
        return
    before = service.conversations.at(place) if context is None else context
    if isinstance(asked, Question):
        before = Context()
    told = await service.answerer.tell(asked, before, title=title)
    letter = await letter_of(service, told, None if hidden else place.user)
    await service.sender.respond(interaction, letter, private=hidden, until=until)
    text = asked if isinstance(asked, str) else asked.text
    # A server that people brought the bot to by themselves has nobody who could see or delete what is kept.
    kept = server.keep_unanswered and not hidden and interaction.is_guild_integration()
    service.remember(place, text, told, kept=kept)


async def letter_of(service: Service, told: Told, asker: int | None) -> Letter:
    """The first page of a reply with its buttons; `asker` may take it back (None: nobody need)."""
    rows = list(told.reply.rows)
    if asker is not None and rows and len(rows[-1]) < ROW:
        rows[-1] = (*rows[-1], replies.delete_button(asker))
    return await paged(service, told.reply.pages, rows, told.reply.text)


async def paged(
    service: Service, made: Sequence[pages.Page], rows: Sequence[tuple[dict[str, Any], ...]] = (), text: str = ""
) -> Letter:
    """The first page with its rows, under buttons that turn to the others."""
    if len(made) < 2:
        return Letter(tuple(Page(one) for one in made), tuple(rows), text)
    numbered = pages.numbered(made)
    key = await service.turning.keep(numbered)
    if key is not None:
        turning = replies.page_row(key, 0, len(numbered))
        return Letter((Page(numbered[0]),), (turning, *rows), text)
    # Nothing gets lost as long as there is room for it.
    return Letter(tuple(Page(one) for one in pages.together(numbered, EMBEDS_TOTAL)), tuple(rows), text)


def place_of(interaction: Interaction) -> Place:
    """Whose conversation an interaction belongs to."""
    return Place(interaction.guild_id, interaction.channel_id or 0, interaction.user.id)


def told_limit(per_minute: int, wait: float) -> str:
    """The sentence about the limit, in whole seconds."""
    seconds = max(1, round(wait))
    asked = replies.counted(per_minute, "question")
    return f"You have asked {asked} within a minute, the limit here. Try again in {seconds} s."
