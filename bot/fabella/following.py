"""What the next question of a conversation may refer to: what the answers before it were about, listed and cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fabella_intents.definition import intent_of
from fabella_intents.mentions import STRUCTURES
from fabella_intents.question import SOURCE, STRUCTURE, TOPIC, Context
from fabella_intents.reading import Read, Reading
from fabella_intents.utterance import Utterance
from fabella_knowledge.library import Library
from fabella_knowledge.model import Passage

from fabella.draft import GIVEN, QUOTATION, Draft

_FULL = 12  # items from which on a context may be too long
_KEPT = 5  # statements of a list that the next question may refer to, and half as many of its structures


def context(reading: Reading, drafts: Sequence[Draft], before: Context, library: Library) -> Context:
    """What the next question may refer to. A refusal or small talk in between leaves the topic as it was."""
    reads = reading.reads
    given = [d for d in drafts if d.status in GIVEN and d.intent != QUOTATION]
    quoted = tuple(
        dict.fromkeys(c.reference for d in drafts if d.intent == QUOTATION for s in d.said for c in s.citations)
    )
    if not given and quoted:
        return replace(_moved_on(reading, before, library), cited=quoted)
    if not given:
        clarifying = next((d for d in drafts if d.status == "clarify"), None)
        if clarifying is not None and reads:
            asked = reads[0].question
            return Context(
                structure=before.structure,
                parts=asked.parts or before.parts,
                intents=asked.intents,
                references=before.references,
                options=clarifying.options,
            )
        return _moved_on(reading, before, library)
    last = given[-1]
    at = next(n for n, d in enumerate(drafts) if d is last)
    cited = tuple(dict.fromkeys(c.reference for d in given for one in d.said for c in one.citations))
    intents = reads[at].question.intents if at < len(reads) else ()
    if last.intent == "references":
        intents = before.intents
    elif intents and not any(intent_of(label) == last.intent for label in intents):
        intents = (last.intent,)
    named = tuple(r for d in given for r in d.references)
    picked = at < len(reads) and reads[at].picked is not None
    shown = tuple(dict.fromkeys(one.passage for d in given for one in d.said if one.passage))
    if at < len(reads) and reads[at].question.more and before.structure == last.structure:
        shown = tuple(dict.fromkeys((*before.shown, *shown)))  # "more", and more again
    if last.listed:
        shown, cited = shown[:_KEPT], cited[:_KEPT]  # of a long list, enough to go on with
    made = Context(
        structure=last.structure or before.structure,
        parts=last.parts,
        intents=intents,
        references=tuple(dict.fromkeys((*before.references, *named))),
        shown=shown or before.shown,
        cited=cited,
        sought=last.sought,
        beside=_beside(shown, last.structure, library),
        former=before.structure if before.structure not in {None, last.structure} else before.former,
        listed=_before(before) if picked else _listed(reading, given, before, library),
        last=reads[at].question.intents[0] if at < len(reads) else None,
    )
    # What would not fit into a context is left out of it now, not when it is written down.
    return made if _size(made) < _FULL else Context.from_json(made.to_json())


def after(read: Read, draft: Draft, before: Context, library: Library) -> Context:
    """What the next question of the same message may refer to."""
    reading = Reading(Utterance(read.text, read.text, False), (read,), (), (), None, asked=read.asked)
    return context(reading, (draft,), before, library)


def _moved_on(reading: Reading, before: Context, library: Library) -> Context:
    """The context after a refusal or small talk: "how strong is the soleus?" makes the soleus the one to speak of."""
    named = {x.term for one in reading.reads for x in one.links if x.kind in STRUCTURES and len(x.terms) == 1}
    held = named & library.articles.keys()
    if len(held) != 1 or before.structure in held:
        return before
    return replace(before, structure=held.pop(), parts=(), former=before.structure)


def _size(context: Context) -> int:
    return len(context.references) + len(context.listed) + len(context.shown) + len(context.cited)


def _listed(reading: Reading, given: Sequence[Draft], before: Context, library: Library) -> tuple[str, ...]:
    """The items that the message or its answer lists; those of before where there are none. References add up.

    Empty where they are the passages shown.
    """
    topics = tuple(dict.fromkeys(d.intent for d in given)) if len(given) > 1 else ()
    topics = topics if len(topics) > 1 else reading.asked
    if len(topics) > 1:
        return tuple(TOPIC + name for name in topics)
    named = tuple(SOURCE + r for d in given for r in d.references)
    if named:
        among = bool(before.listed) and not any(one.startswith(SOURCE) for one in before.listed)
        if among and len(before.listed) > 1 and len(named) == 1:
            return before.listed  # the source of one of them: "and the third one?" still counts them
        earlier = () if among else before.listed
        return tuple(dict.fromkeys((*earlier, *named)))
    listed = tuple(STRUCTURE + name for d in given for name in d.listed[: 2 * _KEPT])
    if len(listed) > 1:
        return listed
    shown = [p for d in given for one in d.said if (p := library.by_id.get(one.passage)) is not None]
    items = tuple(dict.fromkeys(_item(one, library) for one in shown))
    if len(shown) == 1 and shown[0].section == "Heads":
        items = library.articles[shown[0].structure].parts
    if len(items) < 2:
        return _before(before)
    return () if all(one in library.by_id for one in items) else items


def _before(context: Context) -> tuple[str, ...]:
    """The items of the answer before."""
    return context.listed or (context.shown if len(context.shown) > 1 else ())


def _beside(shown: Sequence[str], structure: str | None, library: Library) -> str | None:
    """The other muscle that the statements on relations tell of, if there is just one."""
    told = [
        p for one in shown if (p := library.by_id.get(one)) is not None and p.section in {"Relations", "Description"}
    ]
    kind = library.vocabulary.kind
    others = {t for p in told for t in p.terms if kind(t) == "muscle" and t != structure}
    return others.pop() if len(others) == 1 else None


def _item(passage: Passage, library: Library) -> str:
    """What a statement is about in a list: a part, an exercise, or the passage itself."""
    exercise = next((t for t in passage.terms if library.vocabulary.kind(t) == "exercise"), None)
    return passage.part or (exercise if passage.section == "Exercises" and exercise else passage.id)
