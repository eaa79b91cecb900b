"""Texts about anatomy, and finding things in them."""

from fabella_knowledge.errors import DefinitionError, FabellaError, LibraryError, Problem, SettingError
from fabella_knowledge.library import Library, check, load
from fabella_knowledge.model import Article, Citation, Passage, Reference, Term

__all__ = [
    "Article",
    "Citation",
    "DefinitionError",
    "FabellaError",
    "Library",
    "LibraryError",
    "Passage",
    "Problem",
    "Reference",
    "SettingError",
    "Term",
    "check",
    "load",
]
