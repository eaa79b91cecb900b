"""Answers a multiple choice: the option that the facts support best, or for "all except" the one least supported."""

from __future__ import annotations

from collections.abc import Sequence

from fabella_intents.mentions import Link, link
from fabella_intents.ordinals import number
from fabella_intents.reading import Read
from fabella_knowledge.tokens import words

from fabella.claims import HEADS
from fabella.evidence import Evidence, Fact, Facts, stem
from fabella.verdict import OPEN, Verdict


def choose(read: Read, structure: str, evidence: Evidence, facts: Facts) -> Verdict:
    """The option that the facts support best, or for "all except" the one that they support least."""
    wanted = read.question.form != "except"
    rated = _rated(read, evidence.considered, facts)
    if not wanted and sum(score > 0 for score, _, _ in rated) < 2:
        # The options are of several kinds: all that the article says decides.
        rated = _rated(read, tuple(f for f in facts.of(structure) if not f.passage.further), facts)
    best = max(rated, key=lambda r: r[0]) if wanted else min(rated, key=lambda r: r[0])
    tie = sum(1 for r in rated if r[0] == best[0]) > 1
    if tie or (wanted and best[0] <= 0):
        return Verdict(OPEN, evidence.facts)
    given = (best[2] or evidence.facts) if wanted else evidence.facts
    return Verdict(OPEN, given, best[1])


def _rated(read: Read, pool: Sequence[Fact], facts: Facts) -> list[tuple[float, str, tuple[Fact, ...]]]:
    """The options in order: how well `pool` supports each, its mark, and the facts that do."""
    rated = []
    for option in read.question.options:
        mark, _, text = option.partition("\t")
        row = words(text)
        score, holding = _rate(row, link(row, facts.library.vocabulary), pool, facts)
        rated.append((score, mark, holding))
    return rated


def _rate(
    row: Sequence[str], links: Sequence[Link], pool: Sequence[Fact], facts: Facts
) -> tuple[float, tuple[Fact, ...]]:
    """How well facts support an option (below 0: they contradict it), and which facts do."""
    vocabulary = facts.library.vocabulary
    terms = [x for x in links if x.kind != "part"]
    parts = {x.term for x in links if x.kind == "part"}
    best = 0.0
    holding: tuple[Fact, ...] = ()
    for fact in pool:
        score = 0.0
        for one in terms:
            if any(vocabulary.covers(one.term, t) for t in fact.main):
                score += 2.0
            elif vocabulary.opposite(one.term) in fact.main:
                score -= 2.0
            elif any(one.term in vocabulary.ancestors(t) for t in fact.condition):
                score += 0.1
        if parts and fact.parts:
            score += 1.0 if parts & fact.parts else -1.0
        stems = {stem(w) for w in row}
        score += len(stems & fact.stems) / (1 + len(stems))
        if not terms and not stems & fact.stems:
            continue
        if score > best:
            best, holding = score, (fact,)
    claimed = HEADS.search(" ".join(row))
    if claimed is not None and pool:
        count = len(facts.library.articles[pool[0].passage.structure].parts)
        return (3.0 if number(claimed.group(1) or claimed.group(2)) == count else -3.0), holding
    missing = [x for x in terms if not any(vocabulary.covers(x.term, t) for f in pool for t in f.main)]
    return best - 1.5 * len(missing), holding
