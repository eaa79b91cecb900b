"""What a library is made of: terms, references, passages, articles, excerpts. All of it is frozen."""

from __future__ import annotations

from dataclasses import dataclass

ATTACHMENT_KINDS = frozenset(
    {
        "bone", "landmark", "cartilage", "disc", "ligament", "membrane", "fascia", "tendon", "muscle", "sesamoid bone",
        "soft tissue",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A named thing of the vocabulary.

    `name` is the key and is lower case but for abbreviations ("S1"); `display` is how it is printed.
    `part_of`, `branch_of`, `opposite`, `joint` and `means` name other terms. Of `part_of` there may be several: the
    spinous process of the axis is one of the axis and one of the spinous processes. `means` says a movement in other
    terms ("shrugging" is elevation and the scapula). `article` tells whether the library holds an article about it.
    """

    name: str
    kind: str
    display: str
    aliases: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    branch_of: str | None = None
    opposite: str | None = None
    joint: str | None = None
    means: tuple[str, ...] = ()
    article: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A source, printed when the library is built. `unopened` marks one that is cited after another work."""

    id: str
    ama: str
    apa: str
    bibtex: str
    title: str
    authors: tuple[str, ...]
    year: str
    container: str
    doi: str
    url: str
    unopened: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer from a claim to a reference, with the place in it where the claim stands ("p. 483")."""

    reference: str
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One list item or paragraph of an article: the unit of search, of quotation and of citation.

    `terms` are the vocabulary terms that the text names, in order of their first place.
    `heading` is the path of headings, the section first. `part` is the part of the structure that the
    passage is about, if its label names one.
    """

    id: str
    structure: str
    heading: tuple[str, ...]
    part: str | None
    text: str
    citations: tuple[Citation, ...]
    terms: tuple[str, ...]
    path: str
    line: int

    @property
    def section(self) -> str:
        """The top heading: "Origin"."""
        return self.heading[0]

    @property
    def further(self) -> bool:
        """Whether it stands under a sub-heading: told when more is asked for."""
        return len(self.heading) > 1


@dataclass(frozen=True, slots=True)
class Article:
    """A structure and what the library says about it, in the order of the file.

    `tissue` is "smooth" for smooth muscle, "" for what is of the usual tissue of its kind.
    """

    name: str
    display: str
    latin: str
    kind: str
    region: str
    tissue: str
    parts: tuple[str, ...]
    passages: tuple[Passage, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of a text that is no article: quoted and cited as it stands.

    `id` is as a passage file gives it; of Markdown it is the file and the headings with a count,
    "notes/leg.md#calf.2". `title` is that of the text or chapter, `heading` the path of headings below it. There is at
    least one citation: a text without a bibliography cites itself. `path` is the file as problems show it. `further`
    is a JSON object of the fields of a passage file that Fabella doesn't read, "" for none.
    """

    id: str
    title: str
    heading: tuple[str, ...]
    text: str
    citations: tuple[Citation, ...]
    path: str
    line: int
    further: str = ""
