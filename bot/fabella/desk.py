"""What answers are made with, and the outcomes that need no evidence: a refusal, a question back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fabella_intents.definition import Definition, intent_of
from fabella_intents.reading import Read
from fabella_intents.router import Router

from fabella.atlas import Atlas
from fabella.describing import Portraits
from fabella.draft import Draft
from fabella.evidence import Facts
from fabella.sources import Bibliography
from fabella.suggesting import LIMIT, Suggestions

if TYPE_CHECKING:
    from fabella.handlers import Handler

_FEW = 12  # articles that are named one by one
UNRELATED = -0.9  # under this score an intent has nothing to do with the question
BY_RULE = 0.9  # the chance that a refusal is right where the gate would have answered and the evidence did not hold


@dataclass(frozen=True)
class Desk:
    """Facts, sources, definitions, handlers, and what can be suggested."""

    facts: Facts
    atlas: Atlas
    bibliography: Bibliography
    definitions: Mapping[str, Definition]
    handlers: Mapping[str, Handler]
    router: Router
    suggestions: Suggestions
    portraits: Portraits

    def refuse(self, read: Read, reason: str, *, intent: str, structure: str | None = None) -> Draft:
        """A refusal: the reason, what is covered, one next step. No statement and no citation."""
        return Draft(
            "refused", intent, reason, notes=(self.covered,), suggestions=self.suggest(structure)[:1],
            structure=structure, chance=BY_RULE if read.answerable >= self.router.threshold else 1.0 - read.answerable,
        )  # fmt: skip

    @cached_property
    def covered(self) -> str:
        """What the library holds: its structures by name where they are few, else how many of each kind; its texts."""
        articles = self.facts.library.articles.values()
        if len(articles) <= _FEW:
            held = [one.display.lower() for one in articles]
        else:
            smooth = len(self.atlas.smooth)
            held = [_counted(len(self.atlas.muscles), "muscle")]
            held += [_counted(smooth, "smooth muscle")] if smooth else []
            kinds = Counter(one.kind for one in articles if one.kind != "muscle")
            held += [_counted(n, "group" if kind == "group" else kind) for kind, n in sorted(kinds.items())]
        quoted = len(self.facts.library.excerpts)
        held += [_counted(quoted, "passage") + " of texts that are quoted"] if quoted else []
        return f"My sources cover: {', '.join(held)}."

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """The intents that ask for one end of a muscle."""
        held = {("Origin",), ("Insertion",)}
        return tuple(name for name, one in self.definitions.items() if one.sections(name) in held)

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
        articles = self.facts.library.articles
        default = self.facts.library.vocabulary.parts.default
        chosen = next((one for one in (structure, default, *self.facts.by_size) if one in articles), None)
        return self.suggestions.about(chosen, without=without)[:LIMIT] if chosen is not None else ()

    def definition(self, label: str) -> Definition:
        """The definition of a label's intent."""
        return self.definitions[intent_of(label)]

    def by_section(self, label: str) -> bool:
        """Whether a label's intent is answered from the sections of any structure's article, by no handler."""
        one = self.definition(label)
        return one.handler is None and one.refusal is None and one.subject is None

    def answering(self, section: str) -> str | None:
        """The intent of any structure that is answered from a section first, None where no definition has it."""
        return self._answering.get(section)

    @cached_property
    def _answering(self) -> Mapping[str, str]:
        free = ((name, one) for name, one in self.definitions.items() if one.subject is None)
        first = [(one.sections(name)[0], name) for name, one in free if one.sections(name)]
        return dict(reversed(first))  # the first intent of each section

    def fits(self, definition: Definition, structure: str) -> bool:
        """Whether the intent can be asked of a structure of that kind."""
        return definition.suits(self.facts.library.vocabulary.kind(structure))

    def display(self, term: str) -> str:
        """How a term is printed."""
        return self.facts.library.vocabulary.display(term)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
