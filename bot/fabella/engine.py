"""The answer engine: load once, ask from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fabella_intents.definition import intent_of
from fabella_intents.forms import Form
from fabella_intents.question import Context, Question
from fabella_intents.reading import Read, Reading
from fabella_intents.router import Prediction
from fabella_intents.understanding import Understanding
from fabella_intents.utterance import Utterance
from fabella_knowledge.index import Hit, terms
from fabella_knowledge.tokens import words
from rapidfuzz import fuzz

from fabella import answering, composing, following, handlers
from fabella.answer import Answer, Step
from fabella.atlas import Atlas
from fabella.describing import Portraits
from fabella.desk import Desk
from fabella.draft import GIVEN, Draft
from fabella.evidence import Facts
from fabella.model import DEFAULT, Model, open_model
from fabella.sources import Bibliography
from fabella.suggesting import Suggestions

_NEAR = 70.0  # rapidfuzz ratio (0 to 100) from which on a name is offered for a slip
STYLES = ("ama", "apa", "bibtex")


class Engine:
    """Answers questions from a library. Immutable after loading: no input or output, safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._facts = Facts(model.library)
        self._understanding = Understanding(
            model.library.vocabulary, model.definitions, model.speller, model.router, self._facts.kin
        )
        atlas = Atlas(self._facts)
        self._desk = Desk(
            facts=self._facts,
            atlas=atlas,
            bibliography=Bibliography(self._facts),
            definitions=model.definitions,
            handlers=handlers.load(),
            router=model.router,
            suggestions=Suggestions(model.definitions, self._facts),
            portraits=Portraits(self._facts, atlas),
        )

    @classmethod
    def load(
        cls,
        *paths: Path | str,
        builtin: bool = True,
        cache: Path | str | None = DEFAULT,
        report: Callable[[str], None] | None = None,
    ) -> Engine:
        """The engine over the built-in texts and the folders in `paths`.

        What is fitted is kept in the user's cache folder (`cache` names another, None keeps nothing). `report` is
        told in one line when something takes long.

        Raises:
            LibraryError: a library with problems, each with file and line.
        """
        return cls(open_model(paths, builtin=builtin, cache_folder=cache, report=report))

    @property
    def library(self) -> str:
        """The content hash of the library."""
        return self._model.library.digest

    def ask(
        self, question: str | Question, *, context: Context | None = None, style: str = "ama", explain: bool = False
    ) -> Answer:
        """Answer a sentence, or a question made of intents and slots.

        `context` is that of the answer before; `style` one of `STYLES`; `explain` fills `Answer.why`.

        Raises:
            ValueError: a `Question` without an intent that is known.
        """
        before = context or Context()
        turns = _Turns(before, self._desk, self._understanding)
        if isinstance(question, Question):
            reading = self._given(question)
            turns(reading.reads[0])
        else:
            reading = self._understanding.read(question, before, turns)
        if not reading.reads:
            return self._wordless(reading, before)
        drafts = turns.drafts
        if len(drafts) == 1 and turns.picked is not None:
            # The option stands for what was typed, in which its names have no place.
            chosen = self.ask(turns.picked, style=style, explain=explain)
            return replace(chosen, question=reading.utterance.raw, entities=())
        reading, drafts = self._corrected(reading, drafts)
        why = _why(reading, drafts, self._model) if explain else ()
        return composing.compose(reading, drafts, self._model.library, before, style=style, why=why)

    def _corrected(self, reading: Reading, drafts: list[Draft]) -> tuple[Reading, list[Draft]]:
        """The drafts behind the correction of what the message takes for granted, as they are where it is right."""
        said = {one.passage for d in drafts if d.status == "corrected" for one in d.said}
        for told in reading.told:
            corrected = answering.correct(told, self._desk)
            if corrected is not None and not said & {one.passage for one in corrected.said}:
                given = [(r, d) for r, d in zip(reading.reads, drafts, strict=True) if d.status in GIVEN]
                return replace(reading, reads=(told, *(r for r, _ in given))), [corrected, *(d for _, d in given)]
        if reading.whole is None or said:
            return reading, drafts
        corrected = answering.correct(reading.whole, self._desk)
        if corrected is None:
            return reading, drafts
        return replace(reading, reads=(reading.whole,)), [corrected]

    async def ask_async(
        self, question: str | Question, *, context: Context | None = None, style: str = "ama"
    ) -> Answer:
        """`ask` in a thread, for event loops."""
        return await asyncio.to_thread(self.ask, question, context=context, style=style)

    def structures(self) -> tuple[str, ...]:
        """The structures that the library holds an article about."""
        return tuple(one.display for one in self._model.library.articles.values())

    @property
    def coverage(self) -> str:
        """One sentence on what the library holds: its structures, or where they are many how many of each kind."""
        return self._desk.covered

    def complete(self, prefix: str, *, limit: int = 10, slips: bool = True) -> tuple[str, ...]:
        """Names of structures that begin with `prefix`; else (`slips`) those of which it may be a slip."""
        typed = " ".join(words(prefix))
        names = {alias: term.display for term in self._model.library.vocabulary.terms.values() if term.article
                 for alias in (" ".join(words(one)) for one in (term.name, *term.aliases))}  # fmt: skip
        found = dict.fromkeys(names[alias] for alias in sorted(names, key=len) if alias.startswith(typed))
        if not found and slips and len(typed) > 2:
            found = dict.fromkeys(names[alias] for alias in names if fuzz.ratio(typed, alias) >= _NEAR)
        return tuple(found)[:limit]

    def search(self, text: str, *, limit: int = 10) -> tuple[Hit, ...]:
        """Passages by their TF-IDF similarity to `text`, names and slips resolved first; best first."""
        query = terms(" ".join(self._understanding.canonical(text)))
        return self._model.index.search(query, limit)

    def _given(self, question: Question) -> Reading:
        text = question.text or " ".join((*question.intents, question.structure or "", *question.parts)).strip()
        known = [label for label in question.intents if intent_of(label) in self._model.definitions]
        if not known:
            raise ValueError(
                f"no such intent: {', '.join(question.intents) or '(none)'}; "
                f"known are {', '.join(self._model.definitions)}"
            )
        structure = question.structure.lower() if question.structure else None
        held = Question(
            **{
                **{f: getattr(question, f) for f in Question.__dataclass_fields__},
                "structure": structure,
                "intents": tuple(known),
            }
        )
        read = Read(
            text,
            held,
            Prediction((), 1.0, ()),
            (),
            Form(question.form, False, (), False, False, text),
            tuple(text.lower().split()),
        )
        return Reading(Utterance(text, text, False), (read,), (), (), None)

    def _wordless(self, reading: Reading, before: Context) -> Answer:
        if reading.language is not None:
            draft = Draft(
                "refused",
                "language",
                "I understand questions in English only.",
                suggestions=self._desk.suggest(None)[:1],
                chance=0.9,
            )
            return composing.compose(reading, [draft], self._model.library, before)
        empty = not reading.utterance.raw.strip()
        lead = "Ask me a question about anatomy." if empty else "I read words only."
        draft = Draft("smalltalk", "smalltalk", lead, suggestions=self._desk.suggest(None))
        return composing.compose(reading, [draft], self._model.library, before)


class _Turns:
    """Answers the questions of a message in turn: what one of them is about, the next one may lean on."""

    def __init__(self, context: Context, desk: Desk, understanding: Understanding) -> None:
        self.drafts: list[Draft] = []
        self.picked: str | None = None  # the option that a question picked: "the first one"
        self._context = context
        self._desk = desk
        self._understanding = understanding

    def __call__(self, read: Read) -> Callable[[], Context]:
        """Answer `read`; what tells the context in which the question after it stands."""
        draft = answering.answer(read, self._context, self._desk)
        if draft.status == "again":
            self.picked = draft.options[0]
            read = self._understanding.read(self.picked, Context()).reads[0]
            draft = answering.answer(read, Context(), self._desk)
        self.drafts.append(draft)

        def after() -> Context:
            self._context = following.after(read, draft, self._context, self._desk.facts.library)
            return self._context

        return after


def _why(reading: Reading, drafts: list[Draft], model: Model) -> tuple[Step, ...]:
    steps = [Step("read as", " ".join(w for r in reading.reads for w in r.row))]
    steps += [Step("spelling", f"{c.word} -> {' or '.join(c.candidates)}") for c in reading.corrections]
    for read, draft in zip(reading.reads, drafts, strict=False):
        steps.append(Step("question", read.text))
        similar = model.index.scores(terms(" ".join(read.row)))
        scores = {p.id: float(score) for p, score in zip(model.library.passages, similar, strict=True)}
        steps += [Step("name", f"{'/'.join(x.terms)} ({x.kind})") for x in read.links]
        steps.append(Step("intents", ", ".join(f"{n} {v:+.2f}" for n, v in read.prediction.scores[:4])))
        steps.append(Step("answerable", f"{read.prediction.answerable:.2f}, threshold {model.router.threshold:.2f}"))
        steps.append(Step("form", f"{read.question.form}{', negated' if read.question.negated else ''}"))
        for one in draft.said:
            passage = model.library.by_id.get(one.passage)
            place = f"{passage.path}:{passage.line}" if passage else "reference entry"
            cited = ", ".join(c.reference for c in one.citations)
            fit = f", similarity {scores[passage.id]:.2f}" if passage else ""
            steps.append(
                Step(
                    "evidence",
                    f"{one.passage or one.citations[0].reference} at {place}, cites {cited}{fit}",
                )
            )
    return tuple(steps)
