"""Looking up without a sentence: a muscle, a comparison, the muscles that share something, the sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from discord import app_commands
from discord.ext import commands
from fabella_knowledge.model import ATTACHMENT_KINDS

from fabella import Question
from fabella.discord import exchange, ids, replies, sending
from fabella.discord.everywhere import everywhere
from fabella.discord.inert import inert
from fabella.discord.limits import CHOICE, CHOICES, ROW, clip
from fabella.discord.sending import Interaction, Letter
from fabella.discord.service import Bot, Service

_CARD = ("overview", "attachments", "action", "innervation", "blood_supply")  # what /muscle shows
_NEAR = 3  # names offered for one that nobody knows
_SITES = ATTACHMENT_KINDS - {"muscle", "sesamoid bone"}
# The options of /find: the slot of a Question that each fills, and the kinds of term that it takes.
_FOUND_BY: dict[str, tuple[str, frozenset[str]]] = {
    "movement": ("movements", frozenset({"movement", "activity"})),
    "joint": ("joints", frozenset({"joint"})),
    "nerve": ("nerves", frozenset({"nerve"})),
    "root": ("roots", frozenset({"root"})),
    "artery": ("arteries", frozenset({"artery"})),
    "attachment": ("landmarks", _SITES),
    "region": ("regions", frozenset({"region"})),
    "compartment": ("compartments", frozenset({"compartment"})),
}
_STYLES = [app_commands.Choice(name=name, value=name.lower()) for name in ("AMA", "APA", "BibTeX")]
_ENDS = [app_commands.Choice(name=name, value=name) for name in ("origin", "insertion")]
_Name = app_commands.Range[str, 1, CHOICE]
Choices = list[app_commands.Choice[str]]


class Lookups(commands.Cog, name="Fabella look-ups"):
    """Commands that hand the engine a `Question` of intents and slots, with names completed as they are typed."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._service = service

    @everywhere
    @app_commands.command()
    @app_commands.describe(
        name="Its name, or another name for it",
        part="One of its heads or parts",
        about="One thing about it",
        private="Show the answer to you alone",
    )
    async def muscle(
        self,
        interaction: Interaction,
        name: _Name,
        part: _Name | None = None,
        about: _Name | None = None,
        private: bool | None = None,
    ) -> None:
        """Look a muscle up"""
        parts = (part.lower(),) if part else ()
        asked = Question(self._intents(about) or _CARD, parts=parts)

        async def work(age: float) -> None:
            await self._look_up(interaction, [name], asked, about, private=private, age=age)

        await exchange.handled(self._service, interaction, work)

    @everywhere
    @app_commands.command()
    @app_commands.describe(
        first="A muscle",
        second="Another one; without it the parts of the first are compared",
        third="One more",
        fourth="One more",
        about="One thing about them",
        private="Show the answer to you alone",
    )
    async def compare(
        self,
        interaction: Interaction,
        first: _Name,
        second: _Name | None = None,
        third: _Name | None = None,
        fourth: _Name | None = None,
        about: _Name | None = None,
        private: bool | None = None,
    ) -> None:
        """Compare muscles, or the heads of one"""
        names = [one for one in (first, second, third, fourth) if one]
        asked = Question(("compare", *self._intents(about)))

        async def work(age: float) -> None:
            await self._look_up(interaction, names, asked, about, private=private, age=age)

        await exchange.handled(self._service, interaction, work)

    @everywhere
    @app_commands.command()
    @app_commands.describe(
        movement="A movement, such as flexion",
        joint="The joint where it happens",
        nerve="The nerve that supplies them",
        root="A spinal root, such as L5",
        artery="An artery that supplies them",
        attachment="A bone or landmark that they attach to",
        end="Which end attaches there",
        region="Where they lie",
        compartment="The compartment in which they lie",
        private="Show the answer to you alone",
    )
    @app_commands.choices(end=_ENDS)
    async def find(
        self,
        interaction: Interaction,
        movement: _Name | None = None,
        joint: _Name | None = None,
        nerve: _Name | None = None,
        root: _Name | None = None,
        artery: _Name | None = None,
        attachment: _Name | None = None,
        end: app_commands.Choice[str] | None = None,
        region: _Name | None = None,
        compartment: _Name | None = None,
        private: bool | None = None,
    ) -> None:
        """Find the muscles that have something in common"""
        typed = {"movement": movement, "joint": joint, "nerve": nerve, "root": root, "artery": artery,
                 "attachment": attachment, "region": region, "compartment": compartment}  # fmt: skip
        given = {option: value for option, value in typed.items() if value}

        async def work(age: float) -> None:
            slots: dict[str, Any] = {}
            for option, value in given.items():
                slot, kinds = _FOUND_BY[option]
                terms = self._service.engine.resolve(value, kinds=kinds)
                if len(terms) != 1:
                    near = self._service.engine.complete(value, kinds=kinds, limit=_NEAR)
                    hint = f" Near it: {', '.join(near)}." if near else " Choose one from the list while you type."
                    await sending.note(interaction, f"I know no {option} named {inert(value)}.{hint}", age=age)
                    return
                slots[slot] = terms
            if not slots:
                await sending.note(interaction, "Name at least one thing that the muscles have in common.", age=age)
                return
            intents = ("muscles", end.value) if end is not None else ("muscles",)
            title = " · ".join(value for one in slots.values() for value in one)
            asked = replace(Question(intents), **slots)
            await exchange.ask(self._service, interaction, asked, private=private, title=f"Muscles: {title}", age=age)

        await exchange.handled(self._service, interaction, work)

    @everywhere
    @app_commands.command()
    @app_commands.describe(name="A structure; without it, of the last answer", style="How they are printed")
    @app_commands.choices(style=_STYLES)
    async def sources(
        self,
        interaction: Interaction,
        name: _Name | None = None,
        style: app_commands.Choice[str] | None = None,
    ) -> None:
        """Show the sources of the last answer, or of a structure"""

        async def work(age: float) -> None:
            if name:
                asked = Question(("references.all",))
                await self._look_up(interaction, [name], asked, "sources", private=True, age=age)
                return
            cited = self._service.conversations.at(exchange.place_of(interaction)).cited
            found = self._service.engine.sources(cited, style=style.value if style else "ama")
            if not found:
                await sending.note(interaction, "Your last answer here cites nothing, or is too long ago.", age=age)
                return
            pages = replies.references(found, style.value if style else "ama")
            await sending.respond(interaction, await exchange.paged(self._service, pages), private=True, age=age)

        await exchange.handled(self._service, interaction, work)

    @muscle.autocomplete("name")
    @compare.autocomplete("first")
    @compare.autocomplete("second")
    @compare.autocomplete("third")
    @compare.autocomplete("fourth")
    @sources.autocomplete("name")
    async def _names(self, interaction: Interaction, typed: str) -> Choices:
        return choices(self._service.engine.complete(typed, limit=CHOICES))

    @muscle.autocomplete("part")
    async def _parts(self, interaction: Interaction, typed: str) -> Choices:
        named = self._service.engine.resolve(str(getattr(interaction.namespace, "name", "") or ""))
        parts = self._service.engine.parts(named[0]) if len(named) == 1 else ()
        return choices([one for one in parts if typed.lower() in one])

    @muscle.autocomplete("about")
    @compare.autocomplete("about")
    async def _topics(self, interaction: Interaction, typed: str) -> Choices:
        named = [one.name.replace("_", " ") for one in self._service.engine.topics()]
        return choices([one for one in named if typed.lower() in one])

    @find.autocomplete("movement")
    @find.autocomplete("joint")
    @find.autocomplete("nerve")
    @find.autocomplete("root")
    @find.autocomplete("artery")
    @find.autocomplete("attachment")
    @find.autocomplete("region")
    @find.autocomplete("compartment")
    async def _terms(self, interaction: Interaction, typed: str) -> Choices:
        kinds = _FOUND_BY[_focused(interaction)][1]
        return choices(self._service.engine.complete(typed, kinds=kinds, limit=CHOICES))

    async def _look_up(
        self,
        interaction: Interaction,
        names: Sequence[str],
        asked: Question,
        about: str | None,
        *,
        private: bool | None,
        age: float,
    ) -> None:
        """Ask about the structures of these names; a name that isn't clear is offered as buttons."""
        engine = self._service.engine
        found: list[str] = []
        for name in names:
            terms = engine.resolve(name)
            if len(terms) != 1:
                await self._unclear(interaction, name, terms, asked, names, age=age)
                return
            found += terms
        question = replace(asked, structure=found[0], others=tuple(found[1:]))
        subject = " and ".join(one.capitalize() if n == 0 else one for n, one in enumerate(found))
        parts = f", {', '.join(asked.parts)}" if asked.parts else ""
        title = f"{subject}{parts}{f': {about}' if about else ''}"
        await exchange.ask(self._service, interaction, question, private=private, title=title, age=age)

    async def _unclear(
        self,
        interaction: Interaction,
        name: str,
        terms: Collection[str],
        asked: Question,
        names: Sequence[str],
        *,
        age: float,
    ) -> None:
        near = tuple(terms) or self._service.engine.complete(name, limit=_NEAR)
        lead = "That name may mean several structures." if terms else "My sources know no structure of that name."
        row = []
        for one in near[:ROW] if len(names) == 1 else ():
            made = ids.custom_id(ids.ASK, ids.written(replace(asked, structure=one.lower())))
            row += [replies.button(one, made)] if made is not None else []
        lines = [f"**{lead}** {inert(name)}", *(f"- {one}" for one in near)]
        page = sending.Page(replies.card("Which one?" if near else "Not in my sources", lines))
        await sending.respond(interaction, Letter((page,), (tuple(row),)), private=True, age=age)

    def _intents(self, about: str | None) -> tuple[str, ...]:
        """The intent of a topic as it is typed; none where there is no such topic."""
        named = {one.name for one in self._service.engine.topics()}
        wanted = (about or "").strip().lower().replace(" ", "_")
        return (wanted,) if wanted in named else ()


def choices(names: Sequence[str]) -> Choices:
    """At most 25 choices, none longer than Discord takes: the library swallows its refusal, and nothing would show."""
    fitting = dict.fromkeys(clip(one, CHOICE) for one in names if one.strip())
    return [app_commands.Choice(name=one, value=one) for one in list(fitting)[:CHOICES]]


def _focused(interaction: Interaction) -> str:
    """The name of the option that is being typed."""
    given: Any = interaction.data or {}
    return str(next((one["name"] for one in given.get("options", ()) if one.get("focused")), "movement"))
