"""The answer engine: load once, ask from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path

from fabella_intents.question import Context, Question
from fabella_intents.reading import Read, Reading
from fabella_intents.understanding import Understanding

from fabella import answering, composing, finding, following, handlers, quotation
from fabella.answer import Answer, Source, Step, Topic
from fabella.asked import asked
from fabella.atlas import Atlas
from fabella.cache import DEFAULT
from fabella.citing import printed
from fabella.describing import Portraits
from fabella.desk import Desk
from fabella.draft import GIVEN, Draft
from fabella.evidence import Facts
from fabella.finding import Found
from fabella.model import Model, open_model
from fabella.names import Names
from fabella.sources import Bibliography
from fabella.suggesting import Suggestions
from fabella.texts import Texts

STYLES = ("ama", "apa", "bibtex")


class Engine:
    """Answers questions from a library. Immutable after loading: no input or output, safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._library = model.texts.library
        self._facts = Facts(self._library)
        self._understanding = Understanding(
            self._library.vocabulary, model.definitions, model.speller, model.router, self._facts.kin
        )
        self._names = Names(self._library.vocabulary, self._understanding.named)
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
        step: Callable[[int], None] | None = None,
    ) -> Engine:
        """The engine over the built-in texts and the folders in `paths`.

        What is fitted is kept in the user's cache folder (`cache` names another, None keeps nothing). `report` is
        told in one line when something takes long, and what of a text was left out; `step` how many passages were
        indexed.

        Raises:
            LibraryError: a library with problems, each with file and line.
        """
        return cls(open_model(paths, builtin=builtin, cache_folder=cache, report=report, step=step))

    @property
    def library(self) -> str:
        """The content hash of the library."""
        return self._library.digest

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
            reading = asked(question, self._library.vocabulary, self._model.definitions)
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
        reading, drafts = self._quoted(*self._corrected(reading, drafts))
        why = _why(reading, drafts, self._model) if explain else ()
        return composing.compose(reading, drafts, self._library, before, style=style, why=why)

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

    def _quoted(self, reading: Reading, drafts: list[Draft]) -> tuple[Reading, list[Draft]]:
        """What the texts say where no article answers: to the whole message, or to those questions of several."""
        if not self._library.excerpts or any(self._final(draft) for draft in drafts):
            return reading, drafts
        open_ = [draft.status in ("refused", "clarify") for draft in drafts]
        if all(open_):
            quoted = quotation.quote(self._model.texts, reading.utterance.raw)
            return (replace(reading, reads=reading.reads[:1], assumed=()), [quoted]) if quoted else (reading, drafts)
        found = [
            (quotation.beside(self._model.texts, read.said or read.text) if wanted else None) or draft
            for read, draft, wanted in zip(reading.reads, drafts, open_, strict=True)
        ]
        return reading, found

    def _final(self, draft: Draft) -> bool:
        """Whether it declines, whatever the texts say."""
        held = self._model.definitions.get(draft.intent)
        return draft.status == "refused" and held is not None and held.final

    async def ask_async(
        self, question: str | Question, *, context: Context | None = None, style: str = "ama"
    ) -> Answer:
        """`ask` in a thread, for event loops."""
        return await asyncio.to_thread(self.ask, question, context=context, style=style)

    def structures(self) -> tuple[str, ...]:
        """The structures that the library holds an article about."""
        return tuple(one.display for one in self._library.articles.values())

    @property
    def coverage(self) -> str:
        """One sentence on what the library holds: its structures, or where they are many how many of each kind."""
        return self._desk.covered

    def complete(
        self, prefix: str, *, kinds: Collection[str] = (), limit: int = 10, slips: bool = True
    ) -> tuple[str, ...]:
        """Names that begin with `prefix`, else (`slips`) those of which it may be a slip.

        They are those of structures with an article, or of all vocabulary terms of `kinds` ("nerve", "joint", ...).
        """
        return self._names.complete(prefix, kinds=kinds, limit=limit, slips=slips)

    def resolve(self, name: str, *, kinds: Collection[str] = ()) -> tuple[str, ...]:
        """The terms that a name, an alias or a slip of one stands for, as slots of a `Question` take them.

        One where it is clear, several where the name has several owners, none where nothing is known by it.
        """
        return self._names.resolve(name, kinds=kinds)

    def parts(self, structure: str) -> tuple[str, ...]:
        """The parts of a structure that its article tells apart ("lateral head"); none for one without an article."""
        article = self._library.articles.get(structure.lower())
        return article.parts if article is not None else ()

    def topics(self) -> tuple[Topic, ...]:
        """What can be asked of a structure: the intents that are answered from an article's sections."""
        named = (one for name, one in self._model.definitions.items() if self._desk.by_section(name))
        return tuple(Topic(one.name, one.summary) for one in named if one.sections(one.name))

    def follow_ups(self, answer: Answer) -> tuple[Question, ...]:
        """The suggestions and options of an answer as questions of intents and slots, `text` saying them in words.

        One that can't be said so has its `text` and no intent.
        """
        asked = (*answer.options, *answer.suggestions)
        return tuple(self._desk.suggestions.question(one) or Question((), text=one) for one in asked)

    def worded(self, question: Question) -> str:
        """A question of intents and slots in words, as far as it can be said in one of the suggestions."""
        return self._desk.suggestions.worded(question)

    def references(self) -> tuple[str, ...]:
        """The ids of all sources of the library."""
        return tuple(self._library.references)

    def sources(self, ids: Iterable[str], *, style: str = "ama") -> tuple[Source, ...]:
        """The sources of these ids in one of `STYLES`, numbered from 1; an unknown id is left out."""
        held = self._library.references
        found = (held[one] for one in dict.fromkeys(ids) if one in held)
        return tuple(printed(one, n, style=style) for n, one in enumerate(found, 1))

    def search(self, text: str, *, limit: int = 10, explain: bool = False) -> tuple[Found, ...]:
        """The passages that fit `text`, names and slips resolved first; best first, at most `limit`.

        `explain` fills `Found.reasons`.
        """
        return finding.search(self._model.texts, text, limit=limit, explain=explain)

    def _wordless(self, reading: Reading, before: Context) -> Answer:
        if reading.language is not None:
            draft = Draft(
                "refused",
                "language",
                "I understand questions in English only.",
                suggestions=self._desk.suggest(None)[:1],
                chance=0.9,
            )
            return composing.compose(reading, [draft], self._library, before)
        empty = not reading.utterance.raw.strip()
        lead = "Ask me a question about anatomy." if empty else "I read words only."
        draft = Draft("smalltalk", "smalltalk", lead, suggestions=self._desk.suggest(None))
        return composing.compose(reading, [draft], self._library, before)


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
    texts = model.texts
    steps = [Step("read as", " ".join(w for r in reading.reads for w in r.row))]
    steps += [Step("spelling", f"{c.word} -> {' or '.join(c.candidates)}") for c in reading.corrections]
    for read, draft in zip(reading.reads, drafts, strict=False):
        steps.append(Step("question", read.text))
        scores = texts.index.scores(finding.read(texts, " ".join(read.row)))
        steps += [Step("name", f"{'/'.join(x.terms)} ({x.kind})") for x in read.links]
        steps.append(Step("intents", ", ".join(f"{n} {v:+.2f}" for n, v in read.prediction.scores[:4])))
        steps.append(Step("answerable", f"{read.prediction.answerable:.2f}, threshold {model.router.threshold:.2f}"))
        steps.append(Step("form", f"{read.question.form}{', negated' if read.question.negated else ''}"))
        for one in draft.said:
            at = _place(one.passage, texts)
            passage = texts.at(at) if at is not None else None
            place = f"{passage.path}:{passage.line}" if passage else "reference entry"
            cited = ", ".join(c.reference for c in one.citations)
            fit = f", score {scores[at]:.1f}" if at is not None else ""
            steps.append(
                Step(
                    "evidence",
                    f"{one.passage or one.citations[0].reference} at {place}, cites {cited}{fit}",
                )
            )
    return tuple(steps)


def _place(id: str, texts: Texts) -> int | None:
    """The place of a passage in the index; None for "" and what is no passage."""
    held = texts.library.by_id.get(id)
    if held is not None:
        return texts.library.passages.index(held)
    first = len(texts.library.passages)
    return next((at for at, one in enumerate(texts.library.excerpts, first) if one.id == id), None)
