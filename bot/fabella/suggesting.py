"""Questions that the library really answers, to offer as a next step or as readings of an unclear one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from fabella_intents.definition import Definition, intent_of
from fabella_intents.question import Question

from fabella.evidence import Facts

LIMIT = 3
_MANY = ("ossei", "ales", "ores", "arii", "cles", "enes")  # plurals of muscles' names
_ONE = ("us", "is", "as", "os", "ps", "es")  # other names of one muscle that end in "s"
_ORDER = (
    "attachments",
    "action",
    "exercises",
    "prevalence",
    "clinical",
    "insertion",
    "origin",
    "innervation",
    "fabella",
    "overview",
)


class Suggestions:
    """The questions about each structure that its article answers, made once."""

    def __init__(self, definitions: Mapping[str, Definition], facts: Facts) -> None:
        self._facts = facts
        self._of: dict[str, tuple[tuple[str, str], ...]] = {}  # made when first asked for; the same whoever asks
        self._ordered = sorted(
            definitions.values(), key=lambda d: (_ORDER.index(d.name) if d.name in _ORDER else 99, d.name)
        )

    def about(self, structure: str, *, without: Iterable[str] = ()) -> tuple[str, ...]:
        """Every such question about `structure`, without those of the intents in `without`."""
        skipped = {intent_of(label) for label in without}
        if structure not in self._facts.library.articles:
            return ()
        if structure not in self._of:
            self._of[structure] = tuple(
                (one.name, _worded(one.suggestion, _shown(structure, self._facts)))
                for one in self._ordered
                if one.suggestion and _fits(one, structure, self._facts)
            )
        return tuple(question for name, question in self._of[structure] if name not in skipped)

    def question(self, text: str) -> Question | None:
        """A suggestion as a question of an intent and a structure, None for a text that is none."""
        for one in self._ordered:
            if one.suggestion == text:
                return Question((one.name,), structure=one.subject, text=text)
            for asking in (one.suggestion or "", _of_many(one.suggestion or "")):
                before, gap, behind = asking.partition("{}")
                name = text[len(before) : len(text) - len(behind)] if gap else ""
                if name in self._named and text == f"{before}{name}{behind}":
                    return Question((one.name,), structure=self._named[name], text=text)
        return None

    def worded(self, question: Question) -> str:
        """A question of one intent about a structure in words; of anything else the name of the structure."""
        shown = _shown(question.structure, self._facts) if question.structure else ""
        one = next((d for d in self._ordered if (d.name,) == tuple(map(intent_of, question.intents))), None)
        if one is not None and one.suggestion and shown and not question.parts and not question.others:
            return _worded(one.suggestion, shown)
        return shown[:1].upper() + shown[1:]

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """The structures with an article by the name that a suggestion calls them."""
        return {_shown(one, self._facts): one for one in self._facts.library.articles}


def _shown(structure: str, facts: Facts) -> str:
    return facts.library.vocabulary.display(structure).lower()


def _worded(asking: str, name: str) -> str:
    """A suggestion about the structure of that name: "do the hamstrings", "does the soleus"."""
    head = name.partition(" of ")[0].rpartition(" ")[2]
    many = head.endswith(_MANY) or (head.endswith("s") and not head.endswith(_ONE))
    return (_of_many(asking) if many else asking).format(name)


def _of_many(asking: str) -> str:
    """The question about several things."""
    return asking.replace(" does the {}", " do the {}").replace(" is the {}", " are the {}")


def _fits(one: Definition, structure: str, facts: Facts) -> bool:
    """Whether the article of the structure, or of the intent's own subject beside it, answers the intent."""
    if one.handler or (one.subject is None and one.kinds and facts.library.vocabulary.kind(structure) not in one.kinds):
        return False
    subject = one.subject or structure
    return bool(facts.section(subject, *one.sections(one.name))) and facts.near(structure, subject)
