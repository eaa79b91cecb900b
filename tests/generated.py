"""Questions made from the articles themselves: every fact of every muscle, in several phrasings.

A fact is answered when a statement of the answer is its passage and all its citations are shown. `python
tests/generated.py` prints the share by section and the first failures.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Iterator

from fabella import Engine
from fabella_knowledge.library import Library
from fabella_knowledge.model import Article, Passage

PHRASINGS = {
    "Origin": (
        "What is the origin of the {}?", "where does {} originate", "{} origin", "From which sites does the {} arise?",
        "tell me where the {} starts",
    ),
    "Insertion": (
        "What is the insertion of the {}?", "where does {} insert", "{} insertion", "Where does the {} end?",
        "distal attachment of {}",
    ),
    "Action": (
        "What does the {} do?", "action of {}", "{} function?", "Which movements does the {} make?",
        "what are the actions of the {}",
    ),
    "Innervation": (
        "Which nerve supplies the {}?", "{} innervation", "what innervates {}", "nerve and roots of the {}",
        "by which nerve is the {} supplied?",
    ),
    "Blood supply": (
        "Which artery supplies the {}?", "{} blood supply", "arterial supply of the {}", "what arteries feed the {}",
        "where does the {} get its blood from?",
    ),
}  # fmt: skip
PARTS = (
    "What is the {section} of the {part} of the {}?", "{section} of {} {part}", "{}: {section} of the {part}?",
)  # fmt: skip
NAMES = {"Origin": "origin", "Insertion": "insertion", "Action": "action", "Innervation": "innervation"}


def facts(library: Library) -> Iterator[tuple[Article, Passage]]:
    """The facts of the muscles that their sections tell first, in the library's order."""
    for article in library.articles.values():
        if article.kind == "muscle":
            for passage in article.passages:
                if passage.section in PHRASINGS and not passage.further:
                    yield article, passage


def questions(article: Article, passage: Passage) -> Iterator[str]:
    """The questions that a fact answers."""
    name = article.display.lower()
    for phrasing in PHRASINGS[passage.section]:
        yield phrasing.format(name)
    if passage.part is not None and passage.section in NAMES:
        for phrasing in PARTS:
            yield phrasing.format(name, section=NAMES[passage.section], part=passage.part)


def run(engine: Engine, library: Library) -> tuple[collections.Counter[str], collections.Counter[str], list[str]]:
    """Asked and answered by section, and what went wrong, a line each."""
    asked: collections.Counter[str] = collections.Counter()
    right: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    given: dict[str, dict[str, set[str]]] = {}
    for article, passage in facts(library):
        for question in questions(article, passage):
            if question not in given:
                answer = engine.ask(question)
                ids = {source.number: source.id for source in answer.citations}
                given[question] = {one.passage: {ids[n] for n in one.citations} for one in answer.statements}
            asked[passage.section] += 1
            cited = given[question].get(passage.id)
            if cited is not None and {c.reference for c in passage.citations} <= cited:
                right[passage.section] += 1
            else:
                wrong.append(f"{question} -> {passage.id}: {passage.text}")
    return asked, right, wrong


if __name__ == "__main__":
    from fabella_knowledge import library as libraries

    total, answered, failures = run(Engine.load(), libraries.load())
    for section in PHRASINGS:
        print(f"{section:<14} {answered[section]:>5} of {total[section]:>5}  {answered[section] / total[section]:.1%}")
    print(f"{'all':<14} {answered.total():>5} of {total.total():>5}  {answered.total() / total.total():.2%}")
    print(*failures[: int(sys.argv[1]) if len(sys.argv) > 1 else 40], sep="\n")
