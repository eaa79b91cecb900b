"""Answers questions about anatomy from texts that it can cite."""

from fabella_intents.question import Context, Entity, Question
from fabella_knowledge import FabellaError, LibraryError, Passage

from fabella.answer import Answer, Source, Statement
from fabella.engine import Engine

__all__ = [
    "Answer",
    "Context",
    "Engine",
    "Entity",
    "FabellaError",
    "LibraryError",
    "Passage",
    "Question",
    "Source",
    "Statement",
]
