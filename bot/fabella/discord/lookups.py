"""Looking up without a sentence: a muscle, a comparison, the muscles that share something, the sources."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from discord import app_commands

from fabella import Question
from fabella.discord import exchange, ids, pages, replies, typed
from fabella.discord.everywhere import everywhere
from fabella.discord.inert import inert
from fabella.discord.letters import Letter, Page
from fabella.discord.limits import CHOICE, CHOICES, ROW, clip
from fabella.discord.sending import Interaction
from fabella.discord.serving import Serving

_CARD = ("overview", "attachments", "action", "innervation", "blood_supply")  # what /muscle shows
_STYLES = [app_commands.Choice(name=name, value=name.lower()) for name in ("AMA", "APA", "BibTeX")]
_ENDS = [app_commands.Choice(name=name, value=name) for name in ("origin", "insertion")]
_Name = app_commands.Range[str, 1, CHOICE]
Choices = list[app_commands.Choice[str]]


class Lookups(Serving, name="Fabella look-ups"):
    """Commands that hand the engine a `Question` of intents and slots, with names completed as they are typed."""

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

        def asked() -> Question:
            wanted = Question(typed.topic(self._service.engine, about) or _CARD)
            return typed.about_structures(self._service.engine, wanted, [name], part)

        await self._look_up(interaction, asked, _titled(about), private=private)

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

        def asked() -> Question:
            wanted = Question(("compare", *typed.topic(self._service.engine, about)))
            return typed.about_structures(self._service.engine, wanted, names, None)

        await self._look_up(interaction, asked, _titled(about), private=private)

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
        options = {"movement": movement, "joint": joint, "nerve": nerve, "root": root, "artery": artery,
                   "attachment": attachment, "region": region, "compartment": compartment}  # fmt: skip
        given = {option: value for option, value in options.items() if value}

        def titled(asked: Question) -> str:
            shared = [*(term for slot, _ in typed.FOUND_BY.values() for term in getattr(asked, slot))]
            return f"Muscles: {' · '.join((*shared, *asked.intents[1:]))}"

        await self._look_up(
            interaction,
            lambda: typed.in_common(self._service.engine, given, end.value if end else None),
            titled,
            private=private,
        )

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

        chosen = style.value if style else "ama"

        async def work(until: float) -> None:
            engine = self._service.engine
            if name:
                asked = typed.about_structures(engine, Question(("references.all",)), [name], None)
                cited = tuple(one.id for one in engine.ask(asked).citations)
            else:
                cited = self._service.conversations.at(exchange.place_of(interaction)).cited
            found = engine.sources(cited, style=chosen)
            if not found:
                said = "Your last answer here cites nothing, or is too long ago."
                await self._service.sender.note(interaction, said, until=until)
                return
            letter = await exchange.paged(self._service, pages.references(found, chosen))
            await self._service.sender.respond(interaction, letter, private=True, until=until)

        await self._clearly(interaction, work)

    @muscle.autocomplete("name")
    @compare.autocomplete("first")
    @compare.autocomplete("second")
    @compare.autocomplete("third")
    @compare.autocomplete("fourth")
    @sources.autocomplete("name")
    async def _names(self, interaction: Interaction, current: str) -> Choices:
        return choices(self._service.engine.complete(current, limit=CHOICES))

    @muscle.autocomplete("part")
    async def _parts(self, interaction: Interaction, current: str) -> Choices:
        named = self._service.engine.resolve(str(getattr(interaction.namespace, "name", "") or ""))
        parts = self._service.engine.parts(named[0]) if len(named) == 1 else ()
        return choices([one for one in parts if current.lower() in one])

    @muscle.autocomplete("about")
    @compare.autocomplete("about")
    async def _topics(self, interaction: Interaction, current: str) -> Choices:
        named = [one.name.replace("_", " ") for one in self._service.engine.topics()]
        return choices([one for one in named if current.lower() in one])

    @find.autocomplete("movement")
    @find.autocomplete("joint")
    @find.autocomplete("nerve")
    @find.autocomplete("root")
    @find.autocomplete("artery")
    @find.autocomplete("attachment")
    @find.autocomplete("region")
    @find.autocomplete("compartment")
    async def _terms(self, interaction: Interaction, current: str) -> Choices:
        kinds = typed.FOUND_BY[_focused(interaction)][1]
        return choices(self._service.engine.complete(current, kinds=kinds, limit=CHOICES))

    async def _look_up(
        self,
        interaction: Interaction,
        asked: Callable[[], Question],
        titled: Callable[[Question], str],
        *,
        private: bool | None,
    ) -> None:
        """Ask what was typed, under a title."""

        async def work(until: float) -> None:
            question = asked()
            await exchange.ask(
                self._service, interaction, question, private=private, title=titled(question), until=until
            )

        await self._clearly(interaction, work)

    async def _clearly(self, interaction: Interaction, work: Callable[[float], Awaitable[None]]) -> None:
        """Await `work`; what was typed and isn't clear is told, with buttons for what it may mean."""

        async def clear(until: float) -> None:
            try:
                await work(until)
            except typed.Unclear as unclear:
                lines = [f"**{unclear.said}** {inert(unclear.typed)}", *(f"- {one}" for one in unclear.names)]
                page = Page(pages.card("Which one?" if unclear.names else "Not in my sources", lines))
                row = tuple(_choice(unclear.asked, one) for one in unclear.names[:ROW] if unclear.asked is not None)
                letter = Letter((page,), (row,), unclear.said)
                await self._service.sender.respond(interaction, letter, private=True, until=until)

        await exchange.handled(self._service, interaction, clear)


def _choice(asked: Question, name: str) -> dict[str, Any]:
    """The button that asks about one of the structures that a name may mean."""
    return replies.button(name, ids.custom_id(ids.ASK, ids.written(replace(asked, structure=name.lower()))))


def _titled(about: str | None) -> Callable[[Question], str]:
    """The title of a look-up of structures."""

    def titled(asked: Question) -> str:
        named = " and ".join(one for one in (asked.structure, *asked.others) if one)
        parts = f", {', '.join(asked.parts)}" if asked.parts else ""
        return f"{named[:1].upper()}{named[1:]}{parts}{f': {about.lower()}' if about else ''}"

    return titled


def choices(names: Sequence[str]) -> Choices:
    """At most 25 choices, none longer than Discord takes: the library swallows its refusal, and nothing would show."""
    fitting = dict.fromkeys(clip(one, CHOICE) for one in names if one.strip())
    return [app_commands.Choice(name=one, value=one) for one in list(fitting)[:CHOICES]]


def _focused(interaction: Interaction) -> str:
    """The name of the option that is being typed."""
    given: Any = interaction.data or {}
    return str(next((one["name"] for one in given.get("options", ()) if one.get("focused")), "movement"))
