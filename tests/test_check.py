"""`check` names every problem of a library with file and line; loading fails with the same words."""

from __future__ import annotations

from pathlib import Path

import pytest
from fabella_knowledge import LibraryError, Problem, check, load
from folders import write

ARTICLE = """\
---
name: Soleus
kind: muscle
aliases: [sol]
---
## Origin
- Back of the fibula [@gray]

## Insertion
- Calcaneus [@gray, p. 483]

## Action
- Plantarflexes the ankle [@gray]

## Innervation
- Tibial nerve [@gray]

## Blood supply
- Sural arteries [@gray]
"""
REFERENCES = """\
[
 {
  "id": "gray",
  "type": "book",
  "title": "Anatomy of the Human Body",
  "author": [{"family": "Gray", "given": "Henry"}],
  "publisher": "Lea & Febiger",
  "issued": {"date-parts": [[1918]]},
  "DOI": "10.1000/gray.1918"
 }
]
"""
VOCABULARY = """\
[names]
muscle = ["Plantaris", "Popliteus"]

[terms."fibula"]
kind = "bone"
aliases = ["calf bone"]

[terms."calcaneus"]
kind = "bone"

[terms."ankle joint"]
kind = "joint"
aliases = ["ankle"]

[terms."plantarflexion"]
kind = "movement"
joint = "ankle joint"
aliases = ["plantarflexes"]

[terms."tibial nerve"]
kind = "nerve"

[terms."sural arteries"]
kind = "artery"

[lay]
fibula = ["little leg bone"]

[ambiguous]
"pl" = {owners = ["plantaris", "popliteus"], default = "plantaris"}

[never]
bridge = [["fibula", "tibia"]]
"""
FILES = {"soleus.md": ARTICLE, "references.json": REFERENCES, "vocabulary.toml": VOCABULARY}
HUGE = "0x" + "f" * 3600  # a number that Python reads but does not print


def problems(folder: Path) -> tuple[Problem, ...]:
    """The problems of a library of `folder` alone; loading it fails with the same words."""
    found = check(folder, builtin=False)
    if found:
        with pytest.raises(LibraryError) as caught:
            load(folder, builtin=False)
        assert caught.value.problems == found
        assert str(caught.value) == "\n".join(map(str, found))
        assert all(str(one).isprintable() for one in found)
    else:
        load(folder, builtin=False)
    return found


# file, what stands there, what is put there instead, the line of the only problem, words of its message
# fmt: off
FAULTS = [
    ("soleus.md", "fibula [@gray]", "fibula", 7, "a claim without a citation: 'Back of the fibula'"),
    ("soleus.md", "fibula [@gray]", "fibula [@who]", 7, "'@who' is not in any references.json"),
    ("soleus.md", "fibula [@gray]", "fibula [@gray; gray]", 7, "broken citation 'gray'"),
    ("soleus.md", "fibula [@gray]", "fibula [see @gray]", 7, "broken citation '@gray'"),
    ("soleus.md", "fibula [@gray]", "fibula [@ [@gray]", 7, "broken citation '[@'"),
    ("soleus.md", "- Back of the fibula [@gray]", "- [@gray]", 7, "a citation without a claim"),
    ("soleus.md", "## Origin", "## Orgin", 6, "unknown heading 'Orgin'"),
    ("soleus.md", "## Origin", "# Origin", 6, "heading 'Origin'"),
    ("soleus.md", "## Insertion\n", "```\nno text\n```\n", 9, "this block is lost"),
    ("soleus.md", "aliases: [sol]", "alias: [sol]", 4, "unknown key 'alias'"),
    ("soleus.md", "aliases: [sol]", "aliases: sol", 4, "'aliases' must be a list of texts"),
    ("soleus.md", "aliases: [sol]", "aliases: [sol, 5]", 4, "'aliases' must be a list of texts"),
    ("soleus.md", "aliases: [sol]", "latin: [sol]", 4, "'latin' must be a text"),
    ("soleus.md", "aliases: [sol]", f"latin: {HUGE}", 4, "'latin' must be a text"),
    ("soleus.md", "aliases: [sol]", "region: 1" + ":59" * 3000, 4, "'region' must be a text"),
    ("soleus.md", "aliases: [sol]", f"? {HUGE}\n: 1", 1, "unknown key 'int too long to be shown'"),
    ("soleus.md", "aliases: [sol]", "7: 1", 4, "unknown key '7'"),
    ("soleus.md", "aliases: [sol]", "a" * 70 + ": 1", 4, f"unknown key '{'a' * 59}…'"),
    ("soleus.md", "aliases: [sol]", '"a\\nb\\e[31m": 1', 1, r"unknown key 'a\nb\x1b[31m'"),
    ("soleus.md", "aliases: [sol]", "kind: bone", 4, "'kind' stands twice"),
    ("soleus.md", "kind: muscle\n", "", 1, "'kind' is missing"),
    ("soleus.md", "name: Soleus", 'name: ""', 2, "'name' is missing"),
    ("soleus.md", "aliases: [sol]", "aliases: [sol", 5, "broken front matter"),
    ("soleus.md", "aliases: [sol]", "region: 2013-13-13", 1, "broken front matter: month must be in 1..12"),
    ("soleus.md", "aliases: [sol]\n---\n", "aliases: [sol]\n", 1, "the front matter has no end"),
    ("soleus.md", "name: Soleus\nkind: muscle\naliases: [sol]\n", "", 1, "no front matter"),
    ("soleus.md", "name: Soleus\nkind: muscle\naliases: [sol]\n", "Soleus\n", 1, "no front matter"),
    ("soleus.md", "aliases: [sol]", "aliases: [calf bone]", 2, "already belongs to 'fibula'"),
    ("soleus.md", "Back of the fibula", "Somewhere deep",
     7, "the line under Origin names an attachment site"),
    ("soleus.md", "- Calcaneus", "- Its end", 10, "the line under Insertion names an attachment site"),
    ("soleus.md", "Plantarflexes the", "Warms the", 13, "the line under Action names a movement"),
    ("soleus.md", "Tibial nerve", "Some nerve", 16, "the line under Innervation names a nerve"),
    ("soleus.md", "Sural arteries", "Blood", 19, "the line under Blood supply names an artery"),
    ("references.json", ' "title": "Anatomy of the Human Body",\n', "", 2, "has no title"),
    ("references.json", '"issued": {"date-parts": [[1918]]}', '"volume": 1', 2, "neither a year"),
    ("references.json", '"type": "book"', '"type": "bok"', 4, "'bok' is no type of CSL"),
    ("references.json", '"type": "book"', '"type": "' + "b" * 70 + '"', 4, f"'{'b' * 59}…' is no type of CSL"),
    ("references.json", '"publisher"', '"publicher"', 7, "unknown key 'publicher'"),
    ("references.json", '"publisher"', r'"a\u2028\u001b[2J"', 2, r"unknown key 'a\u2028\x1b[2J'"),
    ("references.json", '"DOI": "10.1000/gray.1918"', '"volume": NaN', 9, "'volume' must be a text or a number"),
    ("references.json", "[[1918]]", "[[1918, 13]]", 8, "'issued' must hold 'date-parts'"),
    ("references.json", '[{"family": "Gray", "given": "Henry"}]', '"Gray"',
     6, "'author' must be a list of people"),
    ("references.json", '"id": "gray"', '"id": 7', 3, "a reference without an id"),
    ("references.json", ' "id": "gray",', ' "id": "gray"', 4, "not JSON"),
    ("references.json", '"DOI": "10.1000/gray.1918"', '"volume": ' + "9" * 5000, 1, "not JSON"),
    ("references.json", "[\n {", "[[" * 20000 + "{", 1, "not JSON"),
    ("vocabulary.toml", 'kind = "nerve"', "kind = nerve", 21, "not TOML"),
    ("vocabulary.toml", '[["fibula", "tibia"]]', "[", 34, "not TOML"),
    ("vocabulary.toml", "[never]", '[parts]\nopposites = [["long head"]]\n[never]',
     33, "a part and the other one are two names"),
    ("vocabulary.toml", "[lay]", "[laity]", 26, "unknown table 'laity'"),
    ("vocabulary.toml", 'kind = "nerve"', 'sort = "nerve"\nkind = "nerve"', 21, "unknown key 'sort'"),
    ("vocabulary.toml", 'kind = "nerve"', r'"a\nb\u202e" = 1' + '\nkind = "nerve"', 20, r"unknown key 'a\nb\u202e'"),
    ("vocabulary.toml", 'kind = "nerve"', 'kind = "nerve"\npart_of = "leg"',
     22, "part_of names 'leg', which is no term"),
    ("vocabulary.toml", 'kind = "nerve"', 'kind = "nerve"\nopposite = "x"',
     22, "opposite names 'x', which is no term"),
    ("vocabulary.toml", 'kind = "nerve"', 'kind = "nerve"\nbranch_of = "x"', 22, "branch_of names 'x'"),
    ("vocabulary.toml", 'joint = "ankle joint"', 'joint = "knee joint"', 17, "joint names 'knee joint'"),
    ("vocabulary.toml", 'kind = "nerve"', 'kind = "nerve"\npart_of = 3',
     22, "'part_of' must be a list of texts"),
    ("vocabulary.toml", 'aliases = ["calf bone"]', 'aliases = "calf bone"',
     6, "'aliases' must be a list of texts"),
    ("soleus.md", "aliases: [sol]", "aliases: [popliteus]", 2, "already belongs to 'popliteus'"),
    ("vocabulary.toml", "fibula = [", "tibia = [", 27, "lay words for 'tibia', which is no term"),
    ("vocabulary.toml", 'default = "plantaris"', 'default = "fibula"', 30, "none of its owners"),
    ("vocabulary.toml", 'default = "plantaris"', f"default = {HUGE}", 30, "none of its owners"),
    ("vocabulary.toml", '["plantaris", "popliteus"]', '["plantaris", "psoas"]',
     30, "'psoas', an owner of 'pl', is no term"),
    ("vocabulary.toml", '["plantaris", "popliteus"]', '["plantaris"]', 30, "needs at least two owners"),
    ("vocabulary.toml", '["fibula", "tibia"]', '["fibula"]',
     33, "a pair that is never bridged needs two words"),
    ("vocabulary.toml", '["fibula", "tibia"]', f"[{HUGE}]",
     33, "a pair that is never bridged needs two words"),
    ("vocabulary.toml", "[names]", "parts = 5\n[names]", 1, "'parts' must be a table"),
]
# fmt: on


def test_the_tiny_library_has_no_problem(tmp_path: Path) -> None:
    assert problems(write(tmp_path, FILES)) == ()


@pytest.mark.parametrize(("name", "there", "instead", "line", "words"), FAULTS, ids=lambda x: str(x)[:24])
def test_a_fault_is_the_only_problem_and_has_its_line(
    tmp_path: Path, name: str, there: str, instead: str, line: int, words: str
) -> None:
    assert FILES[name].count(there) == 1
    folder = write(tmp_path, {**FILES, name: FILES[name].replace(there, instead)})
    found = problems(folder)
    shown = [p for p in found if words in p.message]
    assert [(p.path, p.line) for p in shown] == [(str(folder / name), line)], "\n".join(map(str, found))
    assert len(found) == 1, "\n".join(map(str, found))
    assert str(found[0]).startswith(f"{folder / name}:{line}: ")


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            **FILES,
            "soleus.md": ARTICLE.replace("aliases", "alias").replace("## Action", "## Deed"),
            "references.json": REFERENCES.replace('"DOI": "', '"DOI": "doi:'),
        },
    )
    found = problems(folder)
    assert [(Path(p.path).name, p.line) for p in found] == [
        ("references.json", 9),
        ("soleus.md", 4),
        ("soleus.md", 12),
    ]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_utf8_is_named_with_the_line(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, FILES)
    lines = FILES[name].encode().split(b"\n")
    lines[2] += b"\xe4"
    (folder / name).write_bytes(b"\n".join(lines))
    assert [(p.path, p.line, p.message) for p in problems(folder)] == [
        (str(folder / name), 3, "not UTF-8 (byte 0xe4); save it as UTF-8")
    ]


def test_what_only_follows_from_a_broken_file_is_not_reported(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "vocabulary.toml": "[terms", "references.json": "["})
    assert [Path(p.path).name for p in problems(folder)] == ["references.json", "vocabulary.toml"]


def test_a_missing_folder_does_not_hide_the_faults_of_another(tmp_path: Path) -> None:
    broken = write(tmp_path / "broken", {**FILES, "soleus.md": ARTICLE.replace("## Origin", "## Orgin")})
    found = check(broken, tmp_path / "missing", builtin=False)
    assert [p.line for p in found] == [6, 0]


def test_an_alias_that_is_declared_ambiguous_may_have_two_owners(tmp_path: Path) -> None:
    doubled = VOCABULARY.replace('aliases = ["calf bone"]', 'aliases = ["calf bone", "sol"]')
    folder = write(tmp_path, {**FILES, "vocabulary.toml": doubled})
    assert [p.message.split(";")[0] for p in problems(folder)] == [
        "alias 'sol' of 'soleus' already belongs to 'fibula'"
    ]
    declared = doubled.replace("[ambiguous]\n", '[ambiguous]\n"sol" = {owners = ["fibula", "soleus"]}\n')
    assert problems(write(folder, {"vocabulary.toml": declared})) == ()


def test_two_articles_of_one_name_and_two_references_of_one_id(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "twin.md": ARTICLE.replace("[sol]", "[]")})
    assert [(Path(p.path).name, p.line, p.message) for p in problems(folder)] == [
        ("twin.md", 2, f"'Soleus' already has an article: {folder / 'soleus.md'}:2")
    ]
    (folder / "twin.md").unlink()
    deeper = write(folder / "deeper", {"references.json": REFERENCES.replace("1918]", "1919]")})
    assert [(p.path, p.line) for p in problems(folder)] == [(str(deeper / "references.json"), 3)]
    write(deeper, {"references.json": REFERENCES})
    assert problems(folder) == ()


def test_a_reference_twice_in_one_file(tmp_path: Path) -> None:
    twice = REFERENCES.rstrip()[:-1].rstrip() + ",\n" + REFERENCES.lstrip("[\n")
    folder = write(tmp_path, {**FILES, "references.json": twice})
    assert [(p.line, p.message) for p in problems(folder)] == [(12, "reference 'gray': stands twice; first in line 3")]


def test_an_article_that_says_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "plantaris.md": "---\nname: Plantaris\nkind: muscle\n---\n## Origin\n"})
    assert [(p.line, p.message) for p in problems(folder)] == [
        (2, "'Plantaris' says nothing: no claim under any heading")
    ]


def test_lines_are_those_of_the_file_whatever_its_line_ends_and_blank_lines(tmp_path: Path) -> None:
    text = "\n\n" + ARTICLE.replace("---\n## Origin", "---\n\n\n<!-- a comment\n\nof three lines -->\n## Orgin")
    folder = write(tmp_path, FILES)
    (folder / "soleus.md").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [(p.line, p.message.split(";")[0]) for p in problems(folder)] == [(13, "unknown heading 'Orgin'")]


def test_the_built_in_texts_have_no_problem() -> None:
    assert check() == ()
