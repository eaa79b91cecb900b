"""A library as it is loaded: passages with their terms and places, and a folder beside the built-in texts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fabella_knowledge import Citation, LibraryError, Passage, check, load

ARTICLE = """\
---
name: Flexor Minimus
latin: Musculus flexor minimus
kind: Muscle
aliases: [flexy]
region: leg
parts: [Long Head]
ids: {FMA: "FMA:1"}
---

## Origin
- Long head: *posterior* surface of the
  thigh bone [@own2020, p. 3; @own2020; @own2020, p. 3]

### Further accounts
Linea aspera <!-- a slip
--> of the femur [@own2020]

## Relations
- Deep to the flexor [@own2020]
"""
REFERENCES = [
    {
        "id": "own2020",
        "type": "book",
        "title": "My Notes",
        "author": [{"family": "Doe", "given": "Jo"}],
        "publisher": "Home Press",
        "issued": {"date-parts": [[2020]]},
    },
    {"id": "unused", "type": "webpage", "title": "x", "publisher": "y", "issued": {"date-parts": [[2000]]}},
]
VOCABULARY = """\
[terms.femur]
kind = "bone"
aliases = ["thigh bone"]
[terms."linea aspera"]
kind = "landmark"
part_of = "femur"
[terms.flexion]
kind = "movement"
opposite = "extension"
[terms.extension]
kind = "movement"
[lay]
"flexor minimus" = ["little bender"]
"""


def write(folder: Path, *, references: bool = True, vocabulary: str | None = VOCABULARY) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "flexor.md").write_text(ARTICLE, encoding="utf-8")
    if references:
        (folder / "references.json").write_text(json.dumps(REFERENCES), encoding="utf-8")
    if vocabulary is not None:
        (folder / "vocabulary.toml").write_text(vocabulary, encoding="utf-8")
    return folder


def test_one_article_with_references_and_vocabulary_is_a_library(tmp_path: Path) -> None:
    folder = write(tmp_path)
    library = load(folder, builtin=False)
    assert list(library.articles) == ["flexor minimus"]
    assert library.passages[0] == Passage(
        id="flexor-minimus#origin.1",
        structure="flexor minimus",
        heading=("Origin",),
        part="long head",
        text="Long head: posterior surface of the thigh bone",
        citations=(Citation("own2020", "p. 3"), Citation("own2020")),
        terms=("femur",),
        path=str(folder / "flexor.md"),
        line=12,
    )
    further, deep = library.passages[1:]
    assert (further.id, further.text, further.line) == (
        "flexor-minimus#origin.further-accounts.1",
        "Linea aspera of the femur",
        16,
    )
    assert further.further and further.section == "Origin"
    assert further.terms == ("linea aspera", "femur")
    assert (deep.line, deep.terms) == (20, ())
    assert library.by_id[deep.id] is deep
    article = library.articles["flexor minimus"]
    assert (article.display, article.kind, article.parts) == ("Flexor Minimus", "muscle", ("long head",))


def test_only_cited_references_are_printed(tmp_path: Path) -> None:
    assert list(load(write(tmp_path), builtin=False).references) == ["own2020"]


def test_an_article_is_found_by_its_aliases_latin_and_lay_names(tmp_path: Path) -> None:
    library = load(write(tmp_path), builtin=False)
    for name in ("Flexor minimus", "flexy", "musculus flexor minimus", "the little bender"):
        mentions = library.vocabulary.gazetteer.find(name.lower().split())
        assert [one.terms for one in mentions] == [("flexor minimus",)], name
    term = library.vocabulary.terms["flexor minimus"]
    assert (term.display, term.kind, term.article) == ("Flexor Minimus", "muscle", True)


def test_relations_between_terms(tmp_path: Path) -> None:
    words = load(write(tmp_path), builtin=False).vocabulary
    assert list(words.ancestors("linea aspera")) == ["linea aspera", "femur"]
    assert words.covers("femur", "linea aspera") and not words.covers("linea aspera", "femur")
    assert (words.opposite("extension"), words.opposite("flexion")) == ("flexion", "extension")
    assert (words.kind("femur"), words.kind("nothing"), words.display("nothing")) == ("bone", "", "nothing")


def test_authors_and_journals_of_cited_references_are_terms(tmp_path: Path) -> None:
    kinds = load(write(tmp_path), builtin=False).vocabulary
    assert kinds.kind("doe") == "author"
    assert kinds.terms["doe"].display == "Doe"


def test_authors_of_nearly_one_name_are_no_double_alias(tmp_path: Path) -> None:
    folder = write(tmp_path)
    two = [{"family": "Adam"}, {"family": "Adams"}, {"family": "Ádam"}]
    (folder / "references.json").write_text(json.dumps([{**REFERENCES[0], "author": two}]))
    assert check(folder, builtin=False) == ()


def test_a_folder_adds_to_the_built_in_texts(tmp_path: Path) -> None:
    folder = write(tmp_path, vocabulary='[lay]\n"flexor minimus" = ["little bender"]\nfemur = ["upper stilt"]\n')
    alone, both = load(), load(folder)
    assert set(both.articles) == {*alone.articles, "flexor minimus"}
    assert set(both.references) == {*alone.references, "own2020"}
    assert both.digest != alone.digest
    assert [one.terms for one in both.vocabulary.gazetteer.find(["upper", "stilts"])] == [("femur",)]
    assert both.by_id["flexor-minimus#origin.1"].terms[-1] == "femur"


def test_a_folder_without_own_references_and_vocabulary_uses_the_built_in_ones(tmp_path: Path) -> None:
    folder = write(tmp_path, references=False, vocabulary=None)
    (folder / "flexor.md").write_text(ARTICLE.replace("@own2020", "@moore2013"), encoding="utf-8")
    library = load(folder)
    assert {c.reference for c in library.by_id["flexor-minimus#origin.1"].citations} == {"moore2013"}
    missing = {p.message for p in check(folder, builtin=False)}
    assert "'@moore2013' is not in any references.json" in missing


def test_a_folder_given_twice_is_read_once(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert load(folder, folder, os.path.relpath(folder), builtin=False).digest == load(folder, builtin=False).digest


def test_a_later_file_redefines_what_an_ambiguous_alias_means(tmp_path: Path) -> None:
    folder = write(tmp_path, vocabulary='[ambiguous]\n"calf" = {owners = ["soleus", "plantaris"]}\n')
    held = load(folder).vocabulary.ambiguous["calf"]
    assert (held.owners, held.default) == (("soleus", "plantaris"), None)


def test_terms_of_two_files_and_names_that_are_only_known(tmp_path: Path) -> None:
    folder = write(tmp_path, vocabulary='[names]\nmuscle = ["Soleus"]\n[terms.femur]\nkind = "bone"\n')
    with pytest.raises(LibraryError) as caught:
        load(folder)
    assert [(p.line, p.message.split(";")[0]) for p in caught.value.problems] == [
        (3, f"term 'femur' already stands at {_place('femur')}")
    ]


def _place(term: str) -> str:
    from fabella_knowledge.library import BUILTIN

    lines = (BUILTIN / "vocabulary.toml").read_text(encoding="utf-8").split("\n")
    return f"texts/vocabulary.toml:{lines.index(f'[terms.{chr(34)}{term}{chr(34)}]') + 1}"


def test_the_same_bytes_are_the_same_library(tmp_path: Path) -> None:
    here, there = write(tmp_path / "here"), write(tmp_path / "there")
    first, second = load(here, builtin=False), load(there, builtin=False)
    assert first.digest == second.digest
    assert [p.text for p in first.passages] == [p.text for p in second.passages]


def test_decomposed_letters_are_read_as_composed_ones(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "flexor.md").write_text(ARTICLE.replace("flexy", "fle\u0301xor"), encoding="utf-8")
    library = load(folder, builtin=False)
    assert "fl\xe9xor" in library.vocabulary.terms["flexor minimus"].aliases
    assert [one.terms for one in library.vocabulary.gazetteer.find(["flexor"])] == [("flexor minimus",)]


def test_the_built_in_texts_trace_back_to_file_and_line() -> None:
    library = load()
    from fabella_knowledge.library import BUILTIN

    for passage in library.passages:
        line = (BUILTIN.parent / passage.path).read_text(encoding="utf-8").split("\n")[passage.line - 1]
        assert passage.text[:40] in line
        assert all(citation.reference in library.references for citation in passage.citations)
    assert len(library.by_id) == len(library.passages)
