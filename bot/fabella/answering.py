"""Answers one question that was read: looks up, decides, and says so, or declines with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fabella_intents.definition import Definition, intent_of
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import Context, Question
from fabella_intents.reading import Read
from fabella_intents.router import Router
from fabella_knowledge.tokens import words

from fabella import claims, meaning, naming, others
from fabella.deciding import decide
from fabella.draft import Draft, fitted, say
from fabella.evidence import Evidence, Fact, Facts, stem
from fabella.handlers import Handler
from fabella.looking import look_up
from fabella.sources import Bibliography
from fabella.suggesting import LIMIT, Suggestions
from fabella.verdict import CONTRADICTED, OPEN, SUPPORTED, Verdict

BY_RULE = 0.9  # the chance that a refusal is right where the gate would have answered and the evidence did not hold
_COUNT = re.compile(r"\bhow many\s+", re.I)
MORE = 5  # statements that "more" adds about a structure
_CLEAR = 0.3  # the score from which on the router is clear about an intent
_RESCUE_FLOOR = -0.9


@dataclass(frozen=True)
class Desk:
    """What an answer is made with: facts, sources, definitions and handlers."""

    facts: Facts
    bibliography: Bibliography
    definitions: Mapping[str, Definition]
    handlers: Mapping[str, Handler]
    router: Router
    suggestions: Suggestions

    # --- outcomes without evidence -------------------------------------------------------------------------

    def refuse(self, read: Read, reason: str, *, intent: str, structure: str | None = None) -> Draft:
        """A refusal: the reason, what is covered, one next step. No statement and no citation."""
        held = ", ".join(one.display.lower() for one in self.facts.library.articles.values())
        return Draft(
            "refused", intent, reason, notes=(f"My sources cover: {held}.",), suggestions=self.suggest(structure)[:1],
            structure=structure, chance=BY_RULE if read.answerable >= self.router.threshold else 1.0 - read.answerable,
        )  # fmt: skip

    def clarify(self, read: Read, lead: str, options: tuple[str, ...] = ()) -> Draft:
        """Two readings or more, each of which would be answered."""
        offered = tuple(dict.fromkeys(options))[:5] or self.suggest(None)[:3]
        return Draft("clarify", intent_of(read.question.intents[0]), lead, options=offered, chance=0.6)

    def suggest(self, structure: str | None, *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Up to three questions that the library answers."""
        chosen = structure if structure in self.facts.library.articles else next(iter(self.facts.by_size()), None)
        if chosen is None:
            return ()
        return self.suggestions.about(chosen, without=without)[:LIMIT]

    # --- one question ---------------------------------------------------------------------------------------

    def answer(self, read: Read, context: Context) -> Draft:
        """The draft for one question."""
        if read.doubts:
            return self._ambiguous(read, context)
        if read.question.ordinal and context.options:
            at = read.question.ordinal
            if len(context.options) >= abs(at):
                return Draft("again", "again", options=(context.options[at - 1 if at > 0 else at],))
        label = read.question.intents[0]
        definition = self.definitions[intent_of(label)]
        if definition.refusal is not None:
            return (
                self._counted(read, definition, context)
                or self._group(read, definition, context)
                or self._rescue(read, definition, context)
                or self.refuse(read, definition.refusal, intent=definition.name, structure=read.question.structure)
            )
        if definition.handler is not None:
            handler = self.handlers.get(definition.handler)
            if handler is None:
                return self.refuse(
                    read, f"The handler '{definition.handler}' of this intent is not installed.", intent=definition.name
                )
            return handler(read, context, self)
        return self._from_sections(read, context)

    def _from_sections(self, read: Read, context: Context) -> Draft:
        question = read.question
        structure = question.structure
        first = self.definitions[intent_of(question.intents[0])]
        if structure is None:
            structure = meaning.by_part(read, first, self.facts) or meaning.by_terms(read, first, self.facts)
        for one in (x.term for x in read.links if x.term in self.facts.library.articles):
            said = claims.kind(read, one, self.facts)
            if said is not None:
                return self._compose(read, first, one, Evidence(said.facts, said.facts, ()), said, context)
        if structure is None:
            return self._elliptical(read, first)
        article = self.facts.library.articles.get(structure)
        if article is None:
            other = meaning.tied(read, structure, first, self.facts)
            relating = self._answering("Relations")
            if other is not None and relating is not None:
                read = replace(read, question=replace(question, intents=(relating,)))
                question = read.question
            if other is None:
                name = self.facts.library.vocabulary.display(structure)
                return self.refuse(read, f"My sources hold no article about this: {name}.", intent=first.name)
            structure = other
        if naming.invented(read, self.facts.library.vocabulary) or naming.unheld(read):
            return self.refuse(
                read, "My sources know no structure of that name.", intent="structure", structure=structure
            )
        for name in read.asked if read.prediction.scores and read.prediction.scores[0][1] < _CLEAR else ():
            one = self.definitions[name]
            kind = self.facts.library.vocabulary.kind(structure)
            if (
                one.kinds
                and kind not in one.kinds
                and name not in question.intents
                and any(x.term == structure for x in read.links)
            ):
                shown = self.facts.library.vocabulary.display(structure)
                return self.refuse(
                    read, f"My sources don't say that about this: {shown}.", intent=name, structure=structure
                )
        if "Relations" in first.sections(question.intents[0]):
            others = {x.term for x in read.links if x.kind == "muscle" and x.term != structure and len(x.terms) == 1}
            told = {t for f in self.facts.section(structure, "Relations", "Location") for t in f.terms}
            if others and not others & told:
                return self.refuse(
                    read, "My sources don't say how the two lie to each other.", intent=first.name, structure=structure
                )
        drafts = [self._section(read, label, structure, context) for label in question.intents]
        answered = [d for d in drafts if d.said]
        if not answered:
            return drafts[0]
        if len(answered) == 1 and len(drafts) == 1:
            return answered[0]
        missing = tuple(n for d in drafts if not d.said for n in (d.lead,))
        said = tuple(dict.fromkeys(s for d in answered for s in d.said))
        return replace(answered[0], said=said, notes=tuple(dict.fromkeys((*answered[0].notes, *missing))))

    def _section(self, read: Read, label: str, structure: str, context: Context) -> Draft:
        definition = self.definitions[intent_of(label)]
        own = definition.subject
        subject = own if own is not None and own in self.facts.library.articles else structure
        if definition.subject is None and not any(x.term == structure for x in read.links):
            subject = meaning.holder(structure, label, definition, self.facts)
        kind = self.facts.library.vocabulary.kind(subject)
        evidence = look_up(read, label, definition, subject, self.facts)
        if not evidence.facts or (definition.kinds and kind not in definition.kinds):
            name = self.facts.library.vocabulary.display(subject)
            return self.refuse(
                read, f"My sources don't say that about this: {name}.", intent=definition.name, structure=subject
            )
        verdict = decide(read, subject, evidence, self.facts)
        if meaning.beside(read, definition, evidence, verdict, self.facts):
            return self.refuse(read, "My sources don't say that.", intent=definition.name, structure=subject)
        return self._compose(read, definition, subject, evidence, verdict, context)

    def _compose(
        self, read: Read, definition: Definition, subject: str, evidence: Evidence, verdict: Verdict, context: Context
    ) -> Draft:
        question = read.question
        facts = self._chosen(read, evidence, verdict, context)
        if not facts:
            reason = "My sources hold no more on that." if question.more else "My sources name no others."
            return self.refuse(read, reason, intent=definition.name, structure=subject)
        status = "answered"
        lead = ""
        if verdict.letter:
            lead = f"Answer: {verdict.letter}."
        elif verdict.kind == CONTRADICTED:
            status = "corrected"
            lead = "False." if question.form == "truefalse" else "Not quite."
        elif (
            verdict.kind == SUPPORTED
            and question.form in {"yesno", "truefalse"}
            and not (question.negated and question.form == "yesno")
        ):
            lead = "True." if question.form == "truefalse" else "Yes."
        notes = self._notes(facts, evidence, question)
        said = tuple(say(f.passage, self.facts.library.vocabulary.display(f.passage.structure)) for f in facts)
        kept = said if question.more or len(question.intents) > 1 else fitted(said)
        if len(kept) < len(said):
            notes = (*notes, f"'more' shows {len(said) - len(kept)} further statements.")
        parts = question.parts
        if not parts and definition.subject is not None and not definition.together:
            # "Which head can contain it?" makes that head the one to speak of.
            parts = tuple(sorted(frozenset().union(*(f.parts for f in facts[: len(kept)]))))[:1]
        return Draft(
            status, definition.name, lead, kept, notes,
            suggestions=self.suggest(subject, without=question.intents), structure=subject, parts=parts, chance=read.answerable,
        )  # fmt: skip

    def _chosen(self, read: Read, evidence: Evidence, verdict: Verdict, context: Context) -> tuple[Fact, ...]:
        question = read.question
        if question.more and context.shown:
            fresh = tuple(f for f in (*evidence.facts, *evidence.further) if f.passage.id not in context.shown)
            if not fresh and evidence.facts[0].passage.section == "Description":
                # More about a structure as such: what its article says next.
                told = self.facts.of(evidence.facts[0].passage.structure)
                fresh = tuple(f for f in told if f.passage.id not in context.shown and not f.passage.further)[:MORE]
            return fresh
        decided = verdict.kind == CONTRADICTED or verdict.letter or question.form in {"yesno", "truefalse"}
        facts = (verdict.facts if decided else ()) or evidence.facts
        picked = self.facts.get(read.picked) if read.picked else None
        if picked is not None:
            return (picked,)
        if others.asked(read) and (verdict.kind == OPEN or others.whether(read)):
            facts = others.others(read, evidence, context, self.facts)
        return _shorter(facts) if question.brief and read.elliptical and not question.parts else facts

    def _notes(self, facts: tuple[Fact, ...], evidence: Evidence, question: Question) -> tuple[str, ...]:
        if any(f.passage.section == "Prevalence" for f in facts) and evidence.further and not question.more:
            return (f"The figures depend on method and population; 'more' shows {len(evidence.further)} further ones.",)
        return ()

    def _elliptical(self, read: Read, definition: Definition) -> Draft:
        if naming.invented(read, self.facts.library.vocabulary):
            return self.refuse(read, "My sources know no structure of that name.", intent="structure")
        holders = self.facts.holders(definition.sections(read.question.intents[0]))
        options = [
            definition.suggestion.format(self.facts.library.vocabulary.display(one).lower())
            for one in holders
            if definition.suggestion
            and (not definition.kinds or self.facts.library.vocabulary.kind(one) in definition.kinds)
        ]
        for one in holders:
            options += self.suggestions.about(one, without=(definition.name,))[:2]
        return self.clarify(read, "Which structure do you mean?", tuple(options)[:3])

    def _ambiguous(self, read: Read, context: Context) -> Draft:
        vocabulary = self.facts.library.vocabulary
        label = read.question.intents[0]
        definition = self.definitions[intent_of(label)]
        held = [t for t in read.doubts if t in self.facts.library.articles]
        names = ", ".join(vocabulary.display(t).lower() for t in read.doubts)
        if len(held) < 2 or definition.suggestion is None:
            return self.refuse(read, f"That name may mean several structures: {names}.", intent=definition.name)
        return self.clarify(
            read, f"That name may mean several structures: {names}.",
            tuple(definition.suggestion.format(vocabulary.display(t).lower()) for t in held),
        )  # fmt: skip

    def correct(self, read: Read) -> Draft | None:
        """The correction of what a whole message takes for granted, None where the library contradicts nothing."""
        label = read.question.intents[0]
        definition = self.definitions[intent_of(label)]
        if definition.refusal is not None:
            return self._rescue(read, definition, Context())
        if definition.handler is not None:
            return self._rescue(read, definition, Context()) if definition.handler == "again" else None
        draft = self._from_sections(read, Context())
        return draft if draft.status == "corrected" else None

    def _counted(self, read: Read, refusal: Definition, context: Context) -> Draft | None:
        """ "The third figure, how many knees is that?": a number that the statement meant itself gives."""
        fact = self.facts.get(read.picked) if read.picked is not None else None
        if fact is None or refusal.firm or not _COUNT.search(read.text):
            return None
        counted = {stem(word) for word in words(_COUNT.split(read.text)[-1])[:1]}
        if not counted & fact.stems or not any(c.isdigit() for c in fact.passage.text):
            return None
        held = Evidence((fact,), (fact,), ())
        first = self.definitions[intent_of(context.intents[0])] if context.intents else refusal
        return self._compose(read, first, fact.passage.structure, held, Verdict(OPEN, (fact,)), context)

    def _answering(self, section: str) -> str | None:
        """The intent that is answered from a section first, None where no definition has it."""
        return next((name for name, one in self.definitions.items() if one.sections(name)[:1] == (section,)), None)

    def _group(self, read: Read, refusal: Definition, context: Context) -> Draft | None:
        """A question about the members of a group that has no article: the facts that name the group."""
        groups = [x.term for x in read.links if x.kind == "group" and x.term not in self.facts.library.articles]
        relating = self._answering("Relations")
        if not groups or refusal.firm or relating is None:
            return None
        question = replace(read.question, intents=(relating,), structure=groups[0])
        return self._from_sections(replace(read, question=question), context)

    def _rescue(self, read: Read, refusal: Definition, context: Context) -> Draft | None:
        """A question that is declined, but takes for granted what the library can correct."""
        if refusal.firm:
            return None
        if read.question.form in {"open", "choice", "except", "cloze"} or read.question.negated:
            return None
        for label, score in read.prediction.scores:
            if score < _RESCUE_FLOOR:
                break
            if label not in self.router.answerable:
                continue
            definition = self.definitions[intent_of(label)]
            if definition.handler is not None:
                continue
            # A structure is spoken of: named, or meant by what came before. An intent's own subject alone is no sign of it.
            meant = read.question.structure or (context.structure if read.elliptical else None)
            structure = definition.subject or meant
            spoken = meant is not None or any(x.kind in STRUCTURES for x in read.links)
            if structure is None or not spoken or structure not in self.facts.library.articles:
                continue
            evidence = look_up(read, label, definition, structure, self.facts)
            if not evidence.facts or (
                definition.kinds and self.facts.library.vocabulary.kind(structure) not in definition.kinds
            ):
                continue
            verdict = decide(read, structure, evidence, self.facts)
            if verdict.kind == CONTRADICTED and not meaning.beside(read, definition, evidence, verdict, self.facts):
                return self._compose(read, definition, structure, evidence, verdict, Context())
        return None


def _shorter(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The first fact of each section and, among those about parts or exercises, of each of them."""
    kept: dict[tuple[str, str], Fact] = {}
    for one in facts:
        listed = one.passage.terms[0] if one.passage.section == "Exercises" and one.passage.terms else one.passage.part
        kept.setdefault((one.passage.section, listed or ""), one)
    return tuple(kept.values())
