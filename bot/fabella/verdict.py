"""What the evidence says to the claims of a question."""

from __future__ import annotations

from dataclasses import dataclass

from fabella.evidence import Fact

SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "open"
UNTOLD = "untold"  # taken for granted, and told by no source


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says to a question's claims, the facts that decide it, and the letter of a multiple choice."""

    kind: str
    facts: tuple[Fact, ...]
    letter: str = ""
