"""Answers questions about anatomy from texts that it can cite."""

from fabella.answer import Answer, Source, Statement
from fabella.engine import Engine
from fabella_intents.question import Context, Entity, Question
from fabella_knowledge import FabellaError, LibraryError, Passage

__all__ = [
    "Answer", "Context", "Engine", "Entity", "FabellaError", "LibraryError", "Passage", "Question", "Source", "Statement",
]  # fmt: skip
