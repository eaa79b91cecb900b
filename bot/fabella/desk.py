"""What answers are made with, and the outcomes that need no evidence: a refusal, a question back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabella_intents.definition import Definition, intent_of
from fabella_intents.reading import Read
from fabella_intents.router import Router

from fabella.draft import Draft
from fabella.evidence import Facts
from fabella.handlers import Handler
from fabella.sources import Bibliography
from fabella.suggesting import LIMIT, Suggestions

BY_RULE = 0.9  # the chance that a refusal is right where the gate would have answered and the evidence did not hold


@dataclass(frozen=True)
class Desk:
    """Facts, sources, definitions, handlers, and what can be suggested."""

    facts: Facts
    bibliography: Bibliography
    definitions: Mapping[str, Definition]
    handlers: Mapping[str, Handler]
    router: Router
    suggestions: Suggestions

    def refuse(self, read: Read, reason: str, *, intent: str, structure: str | None = None) -> Draft:
        """A refusal: the reason, what is covered, one next step. No statement and no citation."""
        held = ", ".join(one.display.lower() for one in self.facts.library.articles.values())
        return Draft(
            "refused", intent, reason, notes=(f"My sources cover: {held}.",), suggestions=self.suggest(structure)[:1],
            structure=structure, chance=BY_RULE if read.answerable >= self.router.threshold else 1.0 - read.answerable,
        )  # fmt: skip

    def unsaid(self, read: Read, structure: str, *, intent: str) -> Draft:
        """The refusal of what an article doesn't tell about its structure."""
        reason = f"My sources don't say that about this: {self.display(structure)}."
        return self.refuse(read, reason, intent=intent, structure=structure)

    def clarify(self, read: Read, lead: str, options: tuple[str, ...] = ()) -> Draft:
        """Two readings or more, each of which would be answered."""
        offered = tuple(dict.fromkeys(options))[:5] or self.suggest(None)[:3]
        return Draft("clarify", intent_of(read.question.intents[0]), lead, options=offered, chance=0.6)

    def suggest(self, structure: str | None, *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Up to three questions that the library answers."""
        chosen = structure if structure in self.facts.library.articles else next(iter(self.facts.by_size()), None)
        return self.suggestions.about(chosen, without=without)[:LIMIT] if chosen is not None else ()

    def definition(self, label: str) -> Definition:
        """The definition of a label's intent."""
        return self.definitions[intent_of(label)]

    def answering(self, section: str) -> str | None:
        """The intent that is answered from a section first, None where no definition has it."""
        return next((name for name, one in self.definitions.items() if one.sections(name)[:1] == (section,)), None)

    def fits(self, definition: Definition, structure: str) -> bool:
        """Whether the intent can be asked of a structure of that kind."""
        return not definition.kinds or self.facts.library.vocabulary.kind(structure) in definition.kinds

    def display(self, term: str) -> str:
        """How a term is printed."""
        return self.facts.library.vocabulary.display(term)
