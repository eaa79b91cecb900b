"""Looks up what the library says to a question: the sections of an article, narrowed to what was asked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from fabella_intents.definition import Definition
from fabella_intents.question import SOURCE
from fabella_intents.reading import Read
from fabella_intents.utterance import BLANK
from fabella_knowledge.tokens import words

from fabella.evidence import STOP, Evidence, Fact, Facts, stem

# The kinds of term that a slot of an intent narrows its facts by.
_SLOT_KINDS = {
    "joint": frozenset({"joint"}),
    "movement": frozenset({"movement", "activity", "state"}),
    "landmark": frozenset({"landmark", "bone", "tendon"}),
    "region": frozenset({"region", "tissue", "condition"}),
    "exercise": frozenset({"exercise"}),
    "depth": frozenset({"depth", "group", "tendon"}),
    "method": frozenset({"method", "condition", "population"}),
}
_NUMBERS = re.compile(r"\d+[.,]\d+|\d{2,}(?=\s*(?:%|per ?cent|pct|studies|knees))", re.I)
_WHICH_NOT = re.compile(r"\bwhich\b[^?.]{0,50}(?:\bnot\b|n't\b|\bnever\b)", re.I)
_WHICH_ONE = re.compile(
    r"\bwhich\b(?: one)?(?: of)?(?: (?:the|its|these|those))?(?: (?:two|both))? (?:heads?|bell(?:y|ies))\b", re.I
)
_HOW = re.compile(r"\bhow\b(?! (?:many|much|common|often|strong))|\b(?:what|which) (?:movement|motion)s?\b", re.I)
_ONE_SIDE = re.compile(
    r"\b(?:one|a single|only the (?:left|right)) side\b|\bone[- ]sided\b|\bunilateral\w*|\bon its own side\b|\bjust one (?:of them|side)\b",
    re.I,
)
_BOTH_SIDES = re.compile(r"\b(?:both|the two|left and right) (?:sides|of them)?\b|\bbilateral\w*|\btogether\b", re.I)
_JOINTLY = re.compile(r"\b(?:act|acts|acting|contract|contracts|contracting) together\b|\bbilateral\w*", re.I)
_REST = re.compile(rf"(?:,[^.?!]*)?\b(?:and|or)\s+(?:the\s+|a\s+)?{BLANK}", re.I)
_EACH = frozenset({"both", "each", "two", "heads", "bellies"})
_PART_OF = re.compile(
    r"\b(?:which|what) (?:exact )?(?:part|third|portion|area|half|bit|section|level|region|spot|facet) (?:of|on) (?:the|that|this|its)\b"
    r"|\b(?:upper|middle|lower)\b.{0,30}\b(?:third|part|half)\b|\bmore (?:precise|exact|specific)(?:ly|ally)?\b",
    re.I,
)
_ANY_SOURCE = re.compile(
    r"\b(?:any(?:one|body)?|all|none|some|another|other|each|every one) (?:other )?(?:of )?(?:the |your |its |these |those )?(?:sources?|books?|texts?|textbooks?|accounts?|works?|authors?|references?|papers?|articles?)\b"
    r"|\b(?:sources?|books?|texts?|textbooks?|accounts?|authors|references) (?:all |really |ever |always )?(?:agree|disagree|differ)\b"
    r"|\b(?:described|worded|told|stated|written) (?:\w+ )?(?:differently|elsewhere|otherwise)\b",
    re.I,
)


_IN_FULL = re.compile(
    r"\b(?:everything|all about|all (?:the )?(?:basic |key |main |important )*facts|sum(?:s|med)?(?: \w+)? up|summar\w+|overview"
    r"|(?:basic|key|main|essential|important) (?:facts|things|points)|the basics|run-?down|profile|fact ?sheet|cheat ?sheet)\b",
    re.I,
)


# What only says which section is asked for: "which nerve supplies it" singles out no "second supply".
_ASKING = frozenset(
    map(
        stem,
        "fibre fibres fiber fibers structure structures supply supplies supplied innervates serves feeds fed end ends begins starts arises attaches inserts goes".split(),
    )
)


def narrowing(definition: Definition) -> frozenset[str]:
    """The kinds of term that the slots of an intent narrow its facts by."""
    return frozenset().union(*(_SLOT_KINDS.get(slot, frozenset()) for slot in definition.slots))


def look_up(read: Read, label: str, definition: Definition, structure: str, facts: Facts) -> Evidence:
    """The facts that answer `label` about `structure`, narrowed to the parts and terms of the question."""
    held = _held(read, definition, label, structure, facts)
    default = tuple(f for f in held if not f.passage.further)
    if not default:
        # What stands under sub-headings alone is told at once: the compartment of a muscle.
        default = tuple(f for f in held if not f.passage.heading[-1].startswith("Further")) or held
    further = tuple(f for f in held if f not in default)
    chosen = of_parts(default, read.question.parts)
    cited = _cited((*chosen, *further), read, facts)
    if cited:
        first = tuple(f for f in cited if not f.passage.further) or cited
        first = _narrow(first, read, structure, facts, definition) or first
        return Evidence(first, chosen or default, tuple(f for f in further if f not in cited))
    chosen = _of_sides(chosen, read)
    told = _singled_out(chosen, read, structure, facts, definition) or chosen
    if read.question.more:
        return Evidence((*told, *of_parts(further, read.question.parts)), chosen, ())
    alone = definition.together and definition.subject is not None
    if accounts(read) and not alone:
        return Evidence((*told, *of_parts(further, read.question.parts)), chosen or default, ())
    specific = _specific(further, default, read, facts) or _within(further, told, read)
    # A figure of its own stands for itself; a further account stands beside the first one.
    given = specific if specific and alone else (*told, *specific)
    return Evidence(given, chosen or default, tuple(f for f in further if f not in given))


def accounts(read: Read) -> bool:
    """Whether the question asks what the sources say one by one: "does any of your sources", "do all books agree"."""
    return _ANY_SOURCE.search(read.text) is not None


def in_full(read: Read) -> bool:
    """Whether the question asks for all there is: "sum up the sartorius", "the basic facts on it"."""
    return _IN_FULL.search(read.text) is not None


def _held(read: Read, definition: Definition, label: str, structure: str, facts: Facts) -> tuple[Fact, ...]:
    """The facts of the sections that answer; of the first one that has any, where the sections are alternatives."""
    sections = definition.sections(label)
    if definition.alternatives:
        held = next((held for one in sections if (held := facts.section(structure, one))), ())
        if in_full(read):
            return (*held, *facts.section(structure, *definition.otherwise))
    else:
        held = facts.section(structure, *sections)
    return held or facts.section(structure, *definition.otherwise)


def _of_sides(chosen: tuple[Fact, ...], read: Read) -> tuple[Fact, ...]:
    """What a muscle does on one side alone, or on both together, where that is asked."""
    one, both = _ONE_SIDE.search(read.text) is not None, _BOTH_SIDES.search(read.text) is not None
    if one == both:
        return chosen
    return tuple(f for f in chosen if bool(_JOINTLY.search(f.passage.text)) == both) or chosen


def _singled_out(
    chosen: tuple[Fact, ...], read: Read, structure: str, facts: Facts, definition: Definition
) -> tuple[Fact, ...]:
    """The facts that the question singles out, both heads where both are meant; empty for none or all."""
    if (
        definition.sections(definition.name)[:1] == ("Action",)
        and _HOW.search(read.text)
        and any(x.kind == "movement" for x in read.links)
    ):
        return ()  # "how does it unlock the knee?": by what it does beside
    if read.text.count(BLANK) > 1:
        return ()  # what stands around several gaps does not tell which fact fills them
    narrowed = _narrow(chosen, read, structure, facts, definition)
    if narrowed and _REST.search(read.text):
        return tuple(f for f in chosen if f not in narrowed)  # "calf raises, band kicks and ____": what is left
    parts = {f.passage.part for f in chosen} - {None}
    if len(parts) < 2 or not narrowed:
        return narrowed
    left = tuple(f for f in chosen if f not in narrowed)
    if _WHICH_NOT.search(read.text) and left:
        return left  # "which head does not come from there?"
    each = bool(_EACH & set(read.row)) and not _WHICH_ONE.search(read.text)
    return () if each and not parts <= {f.passage.part for f in narrowed} else narrowed


def of_parts(held: Sequence[Fact], parts: Sequence[str]) -> tuple[Fact, ...]:
    """The facts about those parts; those that name no part stay when no fact of theirs does."""
    if not parts:
        return tuple(held)
    sections = {f.passage.section for f in held if f.passage.part in parts}
    return tuple(
        f for f in held if f.passage.part in parts or (f.passage.part is None and f.passage.section not in sections)
    ) or tuple(held)


def _cited(held: Sequence[Fact], read: Read, facts: Facts) -> tuple[Fact, ...]:
    """The facts that rest on the source that the question names or means: an author, a journal, one picked before."""
    named = {x.term for x in read.links if x.kind in {"author", "journal"}}
    works = {(read.picked or "").removeprefix(SOURCE)} if (read.picked or "").startswith(SOURCE) else set()
    if not named and not works:
        return ()
    for one in facts.library.references.values():
        people = {a.rsplit(" ", 1)[0].lower() for a in one.authors}
        if named & {one.container.lower(), *people}:
            works.add(one.id)
    return tuple(f for f in held if any(c.reference in works for c in f.passage.citations))


def _narrow(held: Sequence[Fact], read: Read, structure: str, facts: Facts, definition: Definition) -> tuple[Fact, ...]:
    """The facts that the question's terms single out; empty when they single out none or all.

    Each term that only some of the facts name picks the facts where it stands outside a condition, rarest first;
    a term that a picked fact already names picks no more. Without such terms, words do the same.
    """
    if len(held) < 2:
        return ()
    vocabulary = facts.library.vocabulary
    question = read.question
    asking = {stem(word) for name in definition.names for word in name.split()} | _ASKING
    loose = frozenset(stem(w) for w in read.loose if w not in STOP) - asking
    conditional = read.conditional
    kinds = narrowing(definition)
    named = dict.fromkeys((*question.claims, *question.joints, *question.movements, *question.landmarks))
    asked = [t for t in named if t != structure and vocabulary.kind(t) in kinds]
    if _places(read):
        asked = [t for t in asked if vocabulary.kind(t) != "joint"]  # "at the foot/ankle": at either

    def naming(term: str, pool: Iterable[Fact], *, main: bool) -> list[Fact]:
        if main and term in conditional:
            return []
        return [
            f
            for f in pool
            if any(
                vocabulary.covers(term, t)
                for t in (f.main if main else f.condition if term in conditional else f.terms)
            )
        ]

    picked: list[Fact] = []
    moved = [t for t in asked if vocabulary.kind(t) in {"movement", "state"}]
    rows = sorted(
        ((naming(t, held, main=True), naming(t, held, main=False), t) for t in asked),
        key=lambda r: (r[2] not in moved, len(r[0]) or 99, len(r[1])),
    )
    for main, everywhere, term in rows:
        # "In which position of the knee does it plantarflex": the fact on plantarflexion tells of the knee as well.
        if moved and term not in moved and any(f in picked for f in everywhere):
            continue
        if main and len(main) < len(held):
            if not any(f in picked for f in main):
                picked += (not definition.together and _by_words(main, loose)) or main
        elif not main and everywhere and len(everywhere) < len(held) and not any(f in picked for f in everywhere):
            picked += everywhere
    if not picked and not definition.together:
        picked = _by_words(held, loose)
    return tuple(f for f in held if f in picked) if len(picked) < len(held) else ()


def _places(read: Read) -> bool:
    """Whether a joint and a region are named side by side: "what does it do at the foot or ankle?"."""
    near = [(a, b) for a, b in itertools.pairwise(read.links) if b.start - a.end <= 1]
    between = (read.row[a.end - read.start : b.start - read.start] for a, b in near)
    kinds = ({a.kind, b.kind} == {"joint", "region"} for a, b in near)
    return any(k and set(words) <= {"and", "or"} for k, words in zip(kinds, between, strict=True))


def _by_words(held: Sequence[Fact], stems: frozenset[str]) -> list[Fact]:
    """The facts with most of the words that only one of them has."""
    shared = [(sum(1 for s in f.stems & stems if sum(s in g.stems for g in held) == 1), f) for f in held]
    best = max(n for n, _ in shared)
    return [f for n, f in shared if n == best] if best >= 1 else []


def _specific(further: Sequence[Fact], default: Sequence[Fact], read: Read, facts: Facts) -> tuple[Fact, ...]:
    """Facts under a sub-heading that share a word with the question that no default fact has."""
    if not further:
        return ()
    common: frozenset[str] = frozenset().union(*(f.stems for f in default))
    terms = frozenset().union(*(f.terms for f in default))
    stems = frozenset(stem(w) for w in read.message if w and w not in STOP) - common
    figures = _figures(read.text) - frozenset().union(*(_figures(f.passage.text) for f in default))
    asked = {
        t for t in read.question.claims if facts.library.vocabulary.kind(t) in {"method", "condition", "population"}
    } - terms
    scored = [
        (
            sum(any(_akin(s, t) for t in _particular(f)) for s in stems)
            + 2 * len(f.main & asked)
            + 2 * len(figures & _figures(f.passage.text)),
            f,
        )
        for f in further
    ]
    headed = [
        f for f in further
        if not f.passage.heading[1].startswith("Further") and stems & {stem(w) for w in words(f.passage.heading[1])}
    ]  # fmt: skip
    if headed:
        return tuple(headed)
    best = max(n for n, _ in scored)
    return tuple(f for n, f in scored if n == best) if best else ()


def _within(further: Sequence[Fact], told: Sequence[Fact], read: Read) -> tuple[Fact, ...]:
    """The facts under a sub-heading that tell more exactly where on a landmark: "which part of that surface?"."""
    if not _PART_OF.search(read.text):
        return ()
    parts = frozenset().union(*(f.parts for f in told))
    landmarks = frozenset().union(*(f.main for f in told))
    return tuple(f for f in further if f.main & landmarks and (not f.parts or f.parts & parts))


def _figures(text: str) -> frozenset[str]:
    """The numbers in a text that tell one figure from another: with a decimal, or of two digits and more."""
    return frozenset(n.replace(",", ".") for n in _NUMBERS.findall(text))


def _particular(fact: Fact) -> frozenset[str]:
    """The stems of names and years in a fact: what makes it one of a kind."""
    _, *rest = fact.passage.text.replace(",", " ").replace(":", " ").split()
    named = {w for w in rest if (w[:1].isupper() and w.isalpha()) or (w.isdigit() and len(w) == 4)}
    return frozenset(stem(w) for one in named for w in words(one))


def _akin(a: str, b: str) -> bool:
    """Whether two stems are one word's, or one begins with the other ("korea", "korean")."""
    return a == b or (min(len(a), len(b)) >= 5 and (a.startswith(b) or b.startswith(a)))
