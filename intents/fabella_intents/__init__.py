"""Understanding a question: its spelling, names, form and intents."""

from fabella_intents.question import Context, Entity, Question

__all__ = ["Context", "Entity", "Question"]
