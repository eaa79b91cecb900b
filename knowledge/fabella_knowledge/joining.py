"""Joins the vocabulary files and the articles of a library to one vocabulary, and checks that they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fabella_knowledge import vocabulary as vocabularies
from fabella_knowledge.article import ArticleFile
from fabella_knowledge.errors import Problem
from fabella_knowledge.files import VOCABULARY
from fabella_knowledge.model import Term
from fabella_knowledge.references import Entry
from fabella_knowledge.tokens import alias_key
from fabella_knowledge.vocabulary import Ambiguity, PartWords, Vocabulary
from fabella_knowledge.vocabulary_file import VocabularyFile

_MANY = 5  # of more authors people know the first; names like "Young" or "He" would be found everywhere
_TARGETS = ("branch_of", "opposite", "joint")
Place = tuple[str, int]


def join(
    drafts: Sequence[ArticleFile],
    files: Sequence[VocabularyFile],
    entries: Sequence[Entry],
    *,
    whole: bool = True,
) -> tuple[Vocabulary, list[Problem]]:
    """One vocabulary of all files and all articles; an article's own name wins over a term of that name.

    An alias that a later file declares ambiguous again has the owners of the later file. `whole` tells that
    every file could be read: only then can a name that nothing has be told from one in a broken file.
    """
    terms, places, problems = _declared(files)
    problems += _add_articles(drafts, terms, places)
    missing = _add_lay(files, terms)
    spoken = {alias_key(alias) for term in terms.values() for alias in (term.name, *term.aliases)}
    ambiguous, more = _ambiguous(files, terms)
    problems += _double_aliases(terms, places, {alias_key(one.alias) for one in ambiguous})
    if whole:
        problems += missing + more + _unknown_targets(terms, places, files)
    # An author whose name is also a word of the vocabulary is found by the title only.
    for term in _sources(drafts, entries):
        if alias_key(term.name) not in spoken:
            terms.setdefault(term.name, term)
    vocabulary = vocabularies.build(
        terms.values(),
        ambiguous=ambiguous,
        parts=_parts([file.parts for file in files if file.parts is not None], drafts),
        never=[pair for file in files for pair in file.never],
        opposites=[one for file in files for one in file.opposites],
        series=[one for file in files for one in file.series],
        regions=[one for file in files for one in file.regions],
    )
    return vocabulary, problems


def _declared(files: Sequence[VocabularyFile]) -> tuple[dict[str, Term], dict[str, Place], list[Problem]]:
    terms: dict[str, Term] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    for file in files:
        for term in file.terms:
            place = (file.shown, file.places.line("terms", term.name))
            if term.name in terms:
                first, line = places[term.name]
                message = f"term '{term.name}' already stands at {first}:{line}; further names go under [lay]"
                problems.append(Problem(*place, message))
                continue
            terms[term.name] = term
            places[term.name] = place
    for file in files:
        for term in file.names:
            if term.name not in terms:
                terms[term.name] = term
                places[term.name] = (file.shown, file.places.quoted(term.display, "names", term.kind))
    return terms, places, problems


def _add_articles(drafts: Sequence[ArticleFile], terms: dict[str, Term], places: dict[str, Place]) -> list[Problem]:
    problems = []
    for draft in drafts:
        name = draft.name.lower()
        held = terms.get(name) or Term(name, draft.kind, draft.name)
        if held.article:
            first, line = places[name]
            message = f"'{draft.name}' already has an article: {first}:{line}"
            problems.append(Problem(draft.path, draft.line_of_name, message))
            continue
        latin = (draft.latin,) if draft.latin and draft.latin.lower() != name else ()
        aliases = (*held.aliases, *draft.aliases, *latin)
        terms[name] = replace(held, kind=draft.kind, display=draft.name, aliases=aliases, article=True)
        places[name] = (draft.path, draft.line_of_name)
    return problems


def _add_lay(files: Sequence[VocabularyFile], terms: dict[str, Term]) -> list[Problem]:
    problems = []
    for file in files:
        for name, aliases in file.lay.items():
            if name in terms:
                terms[name] = replace(terms[name], aliases=(*terms[name].aliases, *aliases))
            else:
                line = file.places.line("lay", name)
                problems.append(Problem(file.shown, line, f"lay words for '{name}', which is no term"))
    return problems


def _ambiguous(files: Sequence[VocabularyFile], terms: Mapping[str, Term]) -> tuple[list[Ambiguity], list[Problem]]:
    """The declarations with their owners' names as the terms have them, and owners that are no term."""
    made: list[Ambiguity] = []
    problems: list[Problem] = []
    for file in files:
        for one in file.ambiguous:
            names = {owner: owner if owner in terms else owner.lower() for owner in one.owners}
            problems += [
                Problem(
                    file.shown,
                    file.places.line("ambiguous", one.alias, "owners"),
                    f"'{owner}', an owner of '{one.alias}', is no term",
                )
                for owner, name in names.items()
                if name not in terms
            ]
            default = names.get(one.default) if one.default is not None else None
            made.append(Ambiguity(one.alias, tuple(names.values()), default))
    return made, problems


def _unknown_targets(
    terms: Mapping[str, Term], places: Mapping[str, Place], files: Sequence[VocabularyFile]
) -> list[Problem]:
    lines = {file.shown: file.places for file in files}
    problems = []
    for term in terms.values():
        named = [(key, getattr(term, key)) for key in _TARGETS]
        named += [(key, one) for key in ("part_of", "means") for one in getattr(term, key)]
        for key, target in named:
            if target is not None and target not in terms:
                # The term may have got an article since: then its place is that of the article.
                here = [(path, one.line("terms", term.name, key, exact=True)) for path, one in lines.items()]
                place = next((one for one in here if one[1]), places[term.name])
                problems.append(Problem(*place, f"'{term.name}': {key} names '{target}', which is no term"))
    for file in files:
        owner = file.parts.default if file.parts is not None else None
        if owner is not None and owner not in terms:
            line = file.places.line("parts", "default")
            problems.append(Problem(file.shown, line, f"the default owner of parts '{owner}' is no term"))
        for one in file.series:
            line = file.places.line("series", one.name, "terms")
            lacking = (name for name in one.terms if name not in terms)
            problems += [
                Problem(file.shown, line, f"series '{one.name}' names '{name}', which is no term") for name in lacking
            ]
    return problems


def _double_aliases(terms: Mapping[str, Term], places: Mapping[str, Place], declared: set[str]) -> list[Problem]:
    owners: dict[str, str] = {}
    problems = []
    for term in terms.values():
        for alias in (term.name, *term.aliases):
            key = alias_key(alias)
            first = owners.setdefault(key, term.name)
            if first != term.name and key not in declared:
                message = (
                    f"alias '{alias}' of '{term.name}' already belongs to '{first}'; "
                    f"declare it under [ambiguous] in {VOCABULARY} with both owners, or drop it"
                )
                problems.append(Problem(*places[term.name], message))
    return problems


def _sources(drafts: Sequence[ArticleFile], entries: Sequence[Entry]) -> tuple[Term, ...]:
    """Terms for the authors and journals, or publishers, of the cited references: people ask for sources by them."""
    cited = {c.reference for draft in drafts for claim in draft.claims for c in claim.citations}
    authors: set[str] = set()
    journals: set[str] = set()
    for entry in entries:
        if entry.id in cited:
            people = entry.data.get("author", [])
            known = people[:1] if len(people) > _MANY else people
            authors.update(one["family"] for one in known if one.get("family"))
            place = entry.data.get("container-title") or entry.data.get("publisher")
            if place:
                journals.add(str(place))
    return (
        *(Term(name.lower(), "author", name) for name in sorted(authors)),
        # "OpenStax, Rice University" is spoken of as OpenStax.
        *(
            Term(name.lower(), "journal", name, (short,) if (short := name.partition(",")[0]) != name else ())
            for name in sorted(journals)
        ),
    )


def _parts(parts: Sequence[PartWords], drafts: Sequence[ArticleFile]) -> PartWords | None:
    """The words for parts of all files; an article's own parts are known by their names."""
    if not parts:
        return None
    named = {part: part for draft in drafts for part in draft.parts}
    # "The clavicular portion" is the clavicular head where no muscle has a portion of that name.
    nouns = ("head", "part", "belly", "portion", "fibres", "fibers", "bit", "half")
    for part in tuple(named):
        side, _, noun = part.rpartition(" ")
        if side and noun in nouns:
            named |= {f"{side} {other}": part for other in nouns if f"{side} {other}" not in named}
    return PartWords(
        frozenset().union(*(one.nouns for one in parts)),
        frozenset().union(*(one.loose for one in parts)),
        {word: side for one in parts for word, side in one.sides.items()},
        {**named, **{alias: part for one in parts for alias, part in one.abbreviations.items()}},
        {part: other for one in parts for part, other in one.opposites.items()},
        next((one.default for one in reversed(parts) if one.default is not None), None),
    )
