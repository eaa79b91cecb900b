"""Intent definitions: what a file means, and what is wrong with one is said with its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fabella_intents import definition
from fabella_intents.definition import Aspect
from fabella_knowledge.errors import DefinitionError, FabellaError

WHOLE = """\
name = "origin"
summary = "where a muscle begins"
slots = ["structure", "part"]
names = ["origin"]
sections = ["Origin"]
suggestion = "Where does {} begin?"
examples = ["where does it start", "where does it begin", "its origin"]
"""
SIDES = """\
name = "bone"
summary = "a bone"
subject = "fabella"
[[aspects]]
name = "where"
sections = ["Location", "Description"]
examples = ["where is it"]
[[aspects]]
name = "what"
sections = ["Description", "Articulation"]
examples = ["what is it"]
"""


def write(folder: Path, text: str, name: str = "one.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_definition_of_one_file(tmp_path: Path) -> None:
    one = definition.load([write(tmp_path, WHOLE)])["origin"]
    assert one.aspects == (Aspect("", ("Origin",), ("where does it start", "where does it begin", "its origin")),)
    assert (one.labels, one.slots, one.names) == (("origin",), ("structure", "part"), ("origin",))
    assert (one.handler, one.refusal, one.kinds) == (None, None, ())
    assert one.typical == {"where", "does", "it"}
    assert definition.slim(one).aspects == (Aspect("", ("Origin",), ()),)


def test_aspects_are_labels_with_their_own_sections(tmp_path: Path) -> None:
    one = definition.load([write(tmp_path, SIDES)])["bone"]
    assert one.labels == ("bone.where", "bone.what")
    assert one.sections("bone.what") == ("Description", "Articulation")
    assert one.sections("bone") == ("Location", "Description", "Articulation")
    assert one.sections("bone.nothing") == ()


FAULTS = [
    (WHOLE, "name = ", "nam = ", "unknown key 'nam'"),
    (WHOLE, "slots = ", r'"a\nb\u001b[31m" = ', r"unknown key 'a\nb\x1b[31m'"),
    (WHOLE, 'name = "origin"\n', "", "'name' is missing"),
    (WHOLE, '"where a muscle begins"', '" "', "'summary' is missing"),
    (WHOLE, '"origin"\ns', '"origin.a"\ns', "'name' must not have a dot"),
    (WHOLE, '"part"]', '"side"]', "unknown slot 'side'"),
    (WHOLE, '["Origin"]', '["Orgin"]', "no article has a section 'Orgin'"),
    (WHOLE, '["Origin"]', '"Origin"', "'sections' must be a list of texts"),
    (WHOLE, '["origin"]', "[1]", "'names' must be a list of texts"),
    (WHOLE, 'suggestion = "Where does {} begin?"', "suggestion = 5", "'suggestion' is missing or not a text"),
    (WHOLE, "suggestion", "handler = true\nsuggestion", "'handler' is missing or not a text"),
    (WHOLE, "suggestion", "together = 1\nsuggestion", "'together' must be true or false"),
    (WHOLE, "examples = [", "examples = []\nkinds = [", "a router cannot learn 'origin'"),
    (WHOLE, "examples = [", "aspects = [1]\nexamples = [", "'aspects' must be tables"),
    (WHOLE, "examples = [", "aspects = 1\nexamples = [", "'aspects' must be tables"),
    (WHOLE, "examples = [", "examples = ", "cannot be read"),
    (WHOLE, "[", "[" * 20_000, "cannot be read"),
    (SIDES, '"what"', '"where"', "two entries of [[aspects]] are called 'where'"),
    (SIDES, 'name = "what"\n', "", "an entry of [[aspects]] has no name"),
    (SIDES, '["what is it"]', "[]", "a router cannot learn 'bone.what'"),
    (SIDES, '["what is it"]', '["what"]\nslots = []', "unknown key 'slots'"),
]


@pytest.mark.parametrize(("text", "there", "instead", "words"), FAULTS, ids=[words for *_, words in FAULTS])
def test_a_fault_is_named_with_its_file(tmp_path: Path, text: str, there: str, instead: str, words: str) -> None:
    assert there in text
    path = write(tmp_path, text.replace(there, instead, 1))
    with pytest.raises(DefinitionError) as caught:
        definition.load([path])
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value) and str(caught.value).isprintable()
    assert isinstance(caught.value, FabellaError)


def test_two_definitions_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"two\.toml: intent 'origin' is defined twice"):
        definition.load([write(tmp_path, WHOLE), write(tmp_path, WHOLE, "two.toml")])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe4"')
    with pytest.raises(DefinitionError, match=r"latin\.toml: cannot be read: 'utf-8' codec"):
        definition.load([tmp_path / "latin.toml"])
    with pytest.raises(DefinitionError, match=r"none\.toml: cannot be read: No such file"):
        definition.digest([tmp_path / "none.toml"])
    with pytest.raises(DefinitionError, match="missing: no such folder"):
        definition.collect([tmp_path / "missing"])


def test_a_folder_adds_to_the_built_in_definitions(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE.replace('"origin"\nsummary', '"own"\nsummary'))
    files = definition.collect([tmp_path])
    assert files[-1] == path
    held = definition.load(files)
    assert {"own", "origin", "insertion", "action", "fabella", "help", "smalltalk"} <= set(held)
    assert definition.digest(files) != definition.digest(definition.collect())


def test_every_built_in_definition_teaches_each_of_its_labels() -> None:
    for one in definition.load(definition.collect()).values():
        assert all(len(aspect.examples) >= 10 for aspect in one.aspects), one.name
        assert one.summary
        assert one.sections(one.name) or one.handler or one.refusal, one.name
