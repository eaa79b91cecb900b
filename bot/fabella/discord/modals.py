"""The two forms: one more question, and the reason of a vote. What they are about stands in their ids."""

from __future__ import annotations

from typing import Any

import discord
from fabella_knowledge.errors import FabellaError

from fabella import Context
from fabella.discord import exchange, faults, ids
from fabella.discord.sending import Interaction
from fabella.discord.service import Service

_QUESTION, _REASON = "q", "r"
_INPUT = "text"
_OPENLY, _PRIVATELY = "01"
_UNKEPT = "Your reason could not be kept: there is no vote of yours, or it tells of somebody's health."
_LONGEST = 1_000  # characters of a question
_REASONED = 300  # characters of a reason


def question(about: str, *, private: bool) -> discord.ui.Modal:
    """The form for one more question; `about` is what the answer under which it opens was about."""
    public = _PRIVATELY if private else _OPENLY
    made = ids.custom_id(_QUESTION, f"{public}{about}") or str(ids.custom_id(_QUESTION, public))
    return _form("Ask more", made, "Your question", "and the lateral head?", _LONGEST)


def reason(message: int) -> discord.ui.Modal:
    """The form for the reason of a vote on a message."""
    made = str(ids.custom_id(_REASON, str(message)))
    hint = "Please name nobody, and nothing about a person."
    return _form("Say why", made, "What was right or wrong?", hint, _REASONED)


async def submitted(service: Service, interaction: Interaction) -> None:
    """Do what a form of this adapter is for; any other interaction is left alone."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    given: Any = interaction.data or {}
    found = ids.parted(str(given.get("custom_id", "")))
    if found is None or found[0] not in (_QUESTION, _REASON):
        return
    kind, rest = found
    text = _typed(given)

    async def work(until: float) -> None:
        if not text:
            await service.sender.note(interaction, "Nothing was written.", until=until)
        elif kind == _QUESTION:
            private = True if rest[:1] == _PRIVATELY else None
            await exchange.ask(service, interaction, text, private=private, context=_context(rest[1:]), until=until)
        else:
            await _reasoned(service, interaction, int(rest) if rest.isdecimal() else 0, text, until)

    await exchange.handled(service, interaction, work)


async def _reasoned(service: Service, interaction: Interaction, message: int, text: str, until: float) -> None:
    try:
        kept = await service.store.add_reason(interaction.guild_id, message, interaction.user.id, text)
    except FabellaError as error:
        faults.log(error)
        kept = False
    said = "Thank you. Your reason is kept." if kept else _UNKEPT
    await service.sender.note(interaction, said, until=until)


def _context(about: str) -> Context | None:
    """What the next question may refer to; None (the conversation) where the answer was about nothing of its own."""
    try:
        told = ids.read(about)
    except ValueError:
        return None
    return Context(structure=told.structure, parts=told.parts, intents=told.intents, last=told.intents[0])


def _form(title: str, custom_id: str, label: str, placeholder: str, longest: int) -> discord.ui.Modal:
    form = discord.ui.Modal(title=title, custom_id=custom_id, timeout=None)
    form.add_item(
        discord.ui.TextInput(
            label=label,
            custom_id=_INPUT,
            placeholder=placeholder,
            style=discord.TextStyle.paragraph,
            max_length=longest,
            required=True,
        )
    )
    form.stop()  # so that the library keeps nothing of it
    return form


def _typed(given: Any) -> str:
    """What was typed into the form, wherever Discord puts it: in a row, or under a label."""
    for row in given.get("components", []):
        for held in (*row.get("components", ()), row.get("component") or {}):
            if held.get("custom_id") == _INPUT:
                return str(held.get("value", "")).strip()
    return ""
