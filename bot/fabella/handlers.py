"""Intents that compute their answer instead of reading a section. Registered by the name in the definition.

Third parties add theirs by the entry point group "fabella.handlers"; a handler takes what a question was read as, the
context and the desk, and gives a draft.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fabella_intents.question import TOPIC, Context
from fabella_intents.reading import Read
from fabella_knowledge.model import Citation, Reference

from fabella.comparing import compare
from fabella.draft import Draft, Said, fitted, say
from fabella.seeking import muscles

if TYPE_CHECKING:
    from fabella.desk import Desk

Handler = Callable[[Read, Context, "Desk"], Draft]
GROUP = "fabella.handlers"
_STYLES = {"apa": "apa", "bibtex": "bibtex", "bib": "bibtex", "ama": "ama", "latex": "bibtex"}
_PLURAL = frozenset("sources references papers studies books articles authors".split())
_FEW = 12  # articles whose sources are all shown together
_SEVERAL = 6  # sources shown to a question for several
_LOG = logging.getLogger(__name__)


def references(read: Read, context: Context, desk: Desk) -> Draft:
    """Which source says so, its particulars, all of them, or in a citation style."""
    label = read.question.intents[0]
    if read.question.structure is None and context.structure is None and read.question.parts:
        # "Which source gives the origin of the lateral head?"
        read = read.about(desk.facts.library.vocabulary.parts.default)
    style = next((_STYLES[w] for w in read.row if w in _STYLES), None)
    wrong = desk.bibliography.mismatch(read)
    several = bool(_PLURAL & set(read.row))
    if wrong:
        found = wrong
    elif label == "references.all":
        found = desk.bibliography.of(_spoken(read, context, desk))
    elif (read.picked or "").startswith(TOPIC):
        found = desk.bibliography.backing(_shown(str(read.picked).removeprefix(TOPIC), context, desk))
    else:
        found = desk.bibliography.meant(read, context, limit=_SEVERAL if several else 3)
        if not found and read.question.structure is not None:
            backing = desk.bibliography.backing([f.passage.id for f in desk.facts.of(read.question.structure)])
            found = backing[:_SEVERAL]
    if not found:
        return desk.refuse(read, "I can't tell which source you mean.", intent="references")
    told = tuple(_named(one, read, desk, label) for one in found)
    rest = len(desk.bibliography.references) - len(found)
    notes = (f"My library cites {rest} further sources; ask for those of a structure.",) if rest > _SEVERAL else ()
    return Draft(
        status="corrected" if wrong else "answered",
        intent="references",
        lead="Not quite." if wrong else "",
        said=told if several or label == "references.all" else fitted(told),
        notes=notes if label == "references.all" else (),
        references=tuple(one.id for one in found),
        structure=context.structure or read.question.structure,
        parts=context.parts,
        style=style,
        chance=read.answerable,
    )


def _spoken(read: Read, context: Context, desk: Desk) -> tuple[str, ...]:
    """The structures whose sources are all asked for: the one spoken of, else the default one and what goes with it."""
    articles = desk.facts.library.articles
    one = read.question.structure or context.structure or desk.facts.library.vocabulary.parts.default
    if one is None or one not in articles or len(articles) <= _FEW:
        return tuple(articles)
    return (one, *(x for x in articles if x != one and articles[x].kind != "muscle" and articles[x].kind != "group"
                   and desk.facts.near(one, x)))  # fmt: skip


def _shown(topic: str, context: Context, desk: Desk) -> tuple[str, ...]:
    """The passages shown last that answer the intent `topic`."""
    sections = desk.definitions[topic].sections(topic) if topic in desk.definitions else ()
    held = (desk.facts.get(one) for one in context.shown)
    return tuple(f.passage.id for f in held if f is not None and f.passage.section in sections)


def _named(one: Reference, read: Read, desk: Desk, label: str) -> Said:
    """A reference as a statement; asked which source says something, with what it is cited for."""
    claim = desk.bibliography.claim(read, one) if label == "references.which" else None
    if claim is None:
        return Said(_entry(one), (Citation(one.id),))
    passage = desk.facts.fact(claim).passage
    told = say(passage, desk.facts.library.vocabulary.display(passage.structure))
    return Said(
        f"{_entry(one)} (cited for: {told.text})",
        tuple(c for c in passage.citations if c.reference == one.id),
        passage.id,
    )


def _entry(one: Reference) -> str:
    people = ", ".join(one.authors[:6]) + (", et al" if len(one.authors) > 6 else "")
    place = f"{one.container}, {one.year}" if one.container and one.year else one.container or one.year
    found = f"; doi {one.doi}" if one.doi else f"; {one.url}" if one.url else ""
    return f"{people + ': ' if people else ''}{one.title}. {place}{found}"


def again(read: Read, context: Context, desk: Desk) -> Draft:
    """A follow-up without a conversation before it: nothing to go on with."""
    return desk.clarify(read, "There is nothing before this to go on with.")


def help_(read: Read, context: Context, desk: Desk) -> Draft:
    """What can be asked."""
    topics = "; ".join(one.summary for one in desk.definitions.values() if one.refusal is None and one.handler is None)
    return Draft(
        status="smalltalk",
        intent="help",
        lead="I answer questions about anatomy from sources that I cite, and say so when they don't tell.",
        notes=(desk.covered, f"Ask about: {topics}."),
        suggestions=desk.suggest(None),
    )


def smalltalk(read: Read, context: Context, desk: Desk) -> Draft:
    """A short friendly word and what can be asked."""
    kind = read.question.intents[0].partition(".")[2]
    lead = {"greeting": "Hello.", "thanks": "You're welcome.", "bye": "Goodbye."}.get(kind, "I'm here.")
    notes = () if kind in {"thanks", "bye"} else ("Ask me about anatomy; 'help' shows what I know.",)
    return Draft("smalltalk", "smalltalk", lead, notes=notes, suggestions=() if kind == "bye" else desk.suggest(None))


BUILTIN: Mapping[str, Handler] = {
    "references": references,
    "again": again,
    "help": help_,
    "smalltalk": smalltalk,
    "muscles": muscles,
    "compare": compare,
}


def load() -> dict[str, Handler]:
    """The built-in handlers and those of installed packages; a broken one is logged by name and left out."""
    from importlib.metadata import entry_points

    found = dict(BUILTIN)
    for point in entry_points(group=GROUP):
        try:
            found.setdefault(point.name, point.load())
        except Exception as error:
            _LOG.warning("handler %r of %s cannot be loaded: %s", point.name, point.value, error)
    return found
