"""Any text is a library: passage files and plain Markdown are quoted as they stand, and what is broken is left out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from fabella_knowledge import Citation, Library, LibraryError, Problem, check, load
from fabella_knowledge.excerpts import Excerpts
from fabella_knowledge.model import Excerpt
from fabella_knowledge.tokens import words
from folders import write
from hypothesis import given, settings
from hypothesis import strategies as st

ARTICLE = "---\nname: Soleus\nkind: muscle\n---\n## Heads\n- Two heads [@gray]\n"
REFERENCES = """[{"id": "gray", "type": "book", "title": "Anatomy", "author": [{"family": "Gray"}],
  "publisher": "Lea & Febiger", "issued": {"date-parts": [[1918]]}}]
"""
GOOD = '{"id": "good", "text": "The fibula bears little weight."}'
LIMIT = 1 << 20


def book(folder: Path, *lines: str | bytes, name: str = "book.jsonl", end: bytes = b"\n") -> Path:
    """A passage file of these lines."""
    rows = [line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in lines]
    (folder / name).write_bytes(b"".join(row + end for row in rows))
    return folder / name


def line(**fields: object) -> str:
    return json.dumps(fields)


def markdown(folder: Path, text: str, name: str = "leg.md") -> tuple[Excerpt, ...]:
    """The excerpts of a Markdown file of which nothing is left out."""
    folder.joinpath(name).write_text(text, encoding="utf-8")
    library = load(folder / name, builtin=False)
    assert library.left_out == ()
    return tuple(library.excerpts)


# --- passage files ----------------------------------------------------------------------------------------


def test_a_passage_is_quoted_with_its_place(tmp_path: Path) -> None:
    first = line(id="b:1", title="Bones", heading="Leg > Fibula", text=" A thin bone. ", chapter=6, url=None)
    path = book(tmp_path, first, "", line(id=7, heading=["Leg", " ", "a > b"], text="Two\n\tlines."), GOOD)
    library = load(path, builtin=False)
    cited = "book.jsonl"
    shown = str(path)
    assert list(library.excerpts) == [
        Excerpt(
            "b:1",
            "Bones",
            ("Leg", "Fibula"),
            "A thin bone.",
            (Citation(cited, "Leg > Fibula, passage b:1, line 1"),),
            shown,
            1,
            '{"chapter":6,"url":null}',
        ),
        Excerpt(
            "7",
            "book",
            ("Leg", "a > b"),
            "Two\n\tlines.",
            (Citation(cited, "Leg > a > b, passage 7, line 3"),),
            shown,
            3,
        ),
        Excerpt(
            "good",
            "book",
            (),
            "The fibula bears little weight.",
            (Citation(cited, "passage good, line 4"),),
            shown,
            4,
        ),
    ]
    assert library.left_out == () and library.articles == {}


def test_nothing_is_invented_about_a_file_that_cites_itself(tmp_path: Path) -> None:
    reference = load(book(tmp_path, GOOD), builtin=False).references["book.jsonl"]
    assert (reference.ama, reference.apa, reference.title) == ("book.jsonl",) * 3
    assert reference.bibtex == "@misc{book.jsonl,\n  title = {book.jsonl}\n}"
    assert (reference.authors, reference.year, reference.container, reference.doi, reference.url) == ((), *[""] * 4)


def test_a_passage_file_beside_the_built_in_articles(tmp_path: Path) -> None:
    alone, both = load(), load(book(tmp_path, GOOD))
    assert both.articles == alone.articles and len(both.articles) > 250 and not alone.excerpts
    assert [one.id for one in both.excerpts] == ["good"]
    assert set(both.references) == {*alone.references, "book.jsonl"}
    assert both.digest != alone.digest


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b" \n\t\n"])
def test_line_ends_a_mark_at_the_beginning_and_no_end_of_the_last_line(tmp_path: Path, end: bytes) -> None:
    path = book(tmp_path, b"\xef\xbb\xbf" + GOOD.encode(), line(id=2, text="é"), end=end)
    path.write_bytes(path.read_bytes().rstrip())
    library = load(path, builtin=False)
    assert [one.text for one in library.excerpts] == ["The fibula bears little weight.", "é"]
    assert [one.line for one in library.excerpts] == [1, 1 + end.count(b"\n")]


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    (one,) = load(book(tmp_path, line(id="a", title="o\u0308", text="e\u0301")), builtin=False).excerpts
    assert (one.title, one.text) == ("\xf6", "\xe9")


BAD = [
    ("{", "not JSON: Expecting property name enclosed in double quotes (character 2)"),
    ("id: 1", "not JSON: Expecting value (character 1)"),
    (GOOD + GOOD, f"not JSON: Extra data (character {len(GOOD) + 1})"),
    ("[1]", "no object: a passage is written"),
    ("null", "no object: a passage is written"),
    ('{"id": "a", "text": "b", "n": NaN}', "not JSON: NaN is no number there"),
    ('{"id": "a", "text": "b", "n": [-Infinity]}', "not JSON: -Infinity is no number there"),
    ('{"id": "a", "text": "b", "n": 1e999}', "holds a number that is too large"),
    ('{"id": "a", "text": "b", "n": ' + "9" * 5000 + "}", "not JSON: Exceeds the limit"),
    ("[" * 100_000, "too deeply nested"),
    ('{"id": ' * 100_000, "too deeply nested"),
    (line(text="b"), "'id' is missing or empty"),
    (line(id=None, text="b"), "'id' is missing or empty"),
    (line(id="", text="b"), "'id' is missing or empty"),
    (line(id=" ", text="b"), "'id' must be a text of one line"),
    (line(id="a\nb", text="b"), "'id' must be a text of one line"),
    (line(id="\ud800", text="b"), "'id' must be a text of one line"),
    (line(id=True, text="b"), "'id' must be a text or a whole number, not True"),
    (line(id=1.0, text="b"), "'id' must be a text or a whole number, not 1.0"),
    (line(id=["a"], text="b"), "'id' must be a text or a whole number, not ['a']"),
    (line(id="i" * 201, text="b"), f"'id' has 201 characters, at most 200 are read: '{'i' * 59}…'"),
    (line(id="a"), "'text' is missing or empty"),
    (line(id="a", text=" \n"), "'text' is missing or empty"),
    (line(id="a", text=5), "'text' must be a text, not 5"),
    (line(id="a", text={"b": 1}), "'text' must be a text, not {'b': 1}"),
    (line(id="a", text="b\x1b[31m"), "'text' holds a control character (U+001B)"),
    (line(id="a", text="b\x00"), "'text' holds a control character (U+0000)"),
    (line(id="a", text="b\ud800"), "'text' holds a control character (U+D800)"),
    ('{"id": "a", "text": "b\x07"}', "not JSON: Invalid control character"),
    (line(id="a", text="b", title=["c"]), "'title' must be a text, not ['c']"),
    (line(id="a", text="b", title="c\nd"), "'title' must be a text of one line"),
    (line(id="a", text="b", heading=3), "'heading' must be a text, not 3"),
    (line(id="a", text="b", heading=["c", 3]), "'heading' must be a text or a list of texts"),
    (line(id="a", text="b", heading=["c\x00"]), "'heading' must be a text of one line"),
    (b'{"id": "a", "text": "\xe4"}', "not UTF-8 (byte 0xe4)"),
    (line(id="a", text="b").encode("utf-16"), "not UTF-8 (byte 0xff)"),
    (line(id="a", text="b" * LIMIT), "longer than 1 MiB"),
    (line(id="good", text="Another."), "id 'good' already stands at {path}:1"),
]


@pytest.mark.parametrize(("bad", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_a_broken_line_is_left_out_and_named_and_the_rest_is_served(
    tmp_path: Path, bad: str | bytes, message: str
) -> None:
    path = book(tmp_path, GOOD, bad, line(id="last", text="Still here."))
    library = load(path, builtin=False)
    assert [one.id for one in library.excerpts] == ["good", "last"]
    (problem,) = library.left_out
    assert (problem.path, problem.line) == (str(path), 2)
    assert problem.message.startswith(message.replace("{path}", str(path))), problem.message
    assert str(problem).isprintable() and len(problem.message) < 400
    assert check(path, builtin=False) == library.left_out


def test_a_line_may_have_just_the_limit(tmp_path: Path) -> None:
    room = LIMIT - len(line(id="a", text=""))
    path = book(tmp_path, line(id="a", text="b" * room), GOOD, line(id="c", text="b" * (room + 1)), end=b"\r\n")
    library = load(path, builtin=False)
    assert [(one.id, len(one.text)) for one in library.excerpts] == [("a", room), ("good", 31)]
    assert [one.line for one in library.left_out] == [3]


@pytest.mark.parametrize("content", ["nothing", "a passage"])
def test_a_line_of_a_hundred_megabytes_takes_little_memory(tmp_path: Path, content: str) -> None:
    path = tmp_path / "book.jsonl"
    size = 100 << 20
    with path.open("wb") as file:
        file.write(GOOD.encode() + b"\n")
        if content == "nothing":
            file.truncate(file.tell() + size)
            file.seek(0, os.SEEK_END)
        else:
            file.write(b'{"id": "long", "text": "')
            for _ in range(100):
                file.write(b"word " * (size // 500))
            file.write(b'"}')
        file.write(b"\n" + line(id="last", text="Still here.").encode())
    tracemalloc.start()
    library = load(path, builtin=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.id for one in library.excerpts] == ["good", "last"]
    assert [(one.line, one.message.split(",")[0]) for one in library.left_out] == [(2, "longer than 1 MiB")]
    assert peak < 16 << 20


def test_a_double_id_in_another_file_names_the_first(tmp_path: Path) -> None:
    first = book(tmp_path, "", GOOD, name="a.jsonl")
    second = book(tmp_path, line(id="good", text="Another."), line(id="other", text="More."), name="b.jsonl")
    library = load(tmp_path, builtin=False)
    assert [one.id for one in library.excerpts] == ["good", "other"]
    assert library.left_out == (Problem(str(second), 1, f"id 'good' already stands at {first}:2"),)


def test_the_ids_of_articles_are_taken(tmp_path: Path) -> None:
    folder = write(tmp_path, {"soleus.md": ARTICLE, "references.json": REFERENCES})
    book(folder, line(id="soleus#heads.1", text="Another."), GOOD)
    library = load(folder, builtin=False)
    assert [one.id for one in library.excerpts] == ["good"]
    assert [str(one) for one in library.left_out] == [
        f"{folder / 'book.jsonl'}:1: id 'soleus#heads.1' already stands at {folder / 'soleus.md'}:6"
    ]


def test_of_very_many_problems_a_thousand_are_named(tmp_path: Path) -> None:
    path = book(tmp_path, GOOD, *["{"] * 2345)
    found = check(path, builtin=False)
    assert [one.line for one in found] == [*range(2, 1002), 1001]
    assert found[-1].message == "and 1,345 more behind this line" or found[-2].message.startswith("and 1,345 more")


# --- plain Markdown ---------------------------------------------------------------------------------------

NOTES = """\
Before any heading.

# The leg

## Calf muscles
The *soleus* arises from the
back of the [fibula](https://example.org "a link")  
and **tibia** <!-- or so --> with `code & such` &amp; more.

These are:

- gastrocnemius
- soleus
  - deep part

### Nerve & vessels

> Quoted words
> go on.

    as  it
      stands

| muscle | nerve |
|--------|-------|
| soleus | *tibial* |

---

<div>Block <b>of</b> HTML &lt; 5</div>

# Another part
![A picture](x.png) of H<sub>2</sub>O
"""  # noqa: W291


def test_markdown_is_split_along_its_headings(tmp_path: Path) -> None:
    found = markdown(tmp_path, NOTES)
    calf, nerve = ("Calf muscles",), ("Calf muscles", "Nerve & vessels")
    assert [(one.id, one.heading, one.line, one.text) for one in found] == [
        ("leg.md#1", (), 1, "Before any heading."),
        (
            "leg.md#calf-muscles.1",
            calf,
            6,
            "The soleus arises from the back of the fibula\nand tibia  with code & such & more.",
        ),
        ("leg.md#calf-muscles.2", calf, 10, "These are:\ngastrocnemius\nsoleus\ndeep part"),
        ("leg.md#calf-muscles.nerve-vessels.1", nerve, 18, "Quoted words go on."),
        ("leg.md#calf-muscles.nerve-vessels.2", nerve, 21, "as  it\n  stands"),
        ("leg.md#calf-muscles.nerve-vessels.3", nerve, 24, "muscle | nerve\nsoleus | tibial"),
        ("leg.md#calf-muscles.nerve-vessels.4", nerve, 30, "Block of HTML < 5"),
        ("leg.md#another-part.1", ("Another part",), 33, "A picture of H2O"),
    ]
    assert {one.title for one in found} == {"The leg"}
    assert [one.citations for one in found[:3]] == [
        (Citation("leg.md", "line 1"),),
        (Citation("leg.md", "Calf muscles, line 6"),),
        (Citation("leg.md", "Calf muscles, line 10"),),
    ]
    assert found[3].citations == (Citation("leg.md", "Calf muscles > Nerve & vessels, line 18"),)


def test_a_text_cites_itself_by_its_title_and_file(tmp_path: Path) -> None:
    titled = "# What is *50 %* of {it}?\n\nHalf.\n"
    write(tmp_path / "deep er", {"half.md": titled, "bare.md": "Words."})
    library = load(tmp_path, builtin=False)
    assert list(library.references) == ["deep-er/bare.md", "deep-er/half.md"]
    bare, half = library.references.values()
    assert (half.title, half.ama) == ("What is 50 % of {it}?", "What is 50 % of {it}? deep er/half.md")
    assert half.apa == half.ama
    assert half.bibtex == (
        "@misc{deep-er/half.md,\n  title = {What is 50 \\% of \\{it\\}?},\n  howpublished = {deep er/half.md}\n}"
    )
    assert (bare.title, bare.ama) == ("deep er/bare.md", "deep er/bare.md")
    assert [(one.id, one.title) for one in library.excerpts] == [
        ("deep-er/bare.md#1", "bare"),
        ("deep-er/half.md#1", "What is 50 % of {it}?"),
    ]


def test_texts_of_one_name_and_references_of_that_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, {"leg.md": f"Words of {name}."})
    write(tmp_path, {"references.json": REFERENCES.replace("gray", "leg.md")})
    library = load(tmp_path / "references.json", tmp_path / "one", tmp_path / "two", builtin=False)
    assert [one.id for one in library.excerpts] == ["leg.md-2#1", "leg.md-3#1"]
    assert set(library.references) == {"leg.md-2", "leg.md-3"}
    assert [one.citations for one in library.excerpts] == [
        (Citation("leg.md-2", "line 1"),),
        (Citation("leg.md-3", "line 1"),),
    ]


def test_keys_of_known_references_are_citations(tmp_path: Path) -> None:
    text = "One [@gray, p. 3; @gray]. Two [@gray] [@gray, p. 3].\n\nUnknown [@grey] [@gray; @grey] [@].\n"
    write(tmp_path, {"leg.md": text + "\nIts list: [@gray]\n\n- item\n- other [@gray, p. 9]\n"})
    write(tmp_path, {"references.json": REFERENCES})
    first, second, third = load(tmp_path / "leg.md", builtin=False).excerpts
    assert (first.text, first.citations) == ("One. Two.", (Citation("gray", "p. 3"), Citation("gray")))
    assert second.text == "Unknown [@grey] [@gray; @grey] [@]."
    assert second.citations == (Citation("leg.md", "line 3"),)
    assert (third.text, third.line) == ("Its list:\nitem\nother", 5)
    assert third.citations == (Citation("gray"), Citation("gray", "p. 9"))
    assert set(load(tmp_path, builtin=False).references) == {"gray", "leg.md"}
    (tmp_path / "references.json").unlink()
    assert "[@gray, p. 3; @gray]" in load(tmp_path, builtin=False).excerpts[0].text


@pytest.mark.parametrize(
    ("lead", "joined"),
    [
        ("These are:", True),
        ("**Muscles**", True),
        ("The muscles that bend the knee, from the outside in:", True),
        ("The muscles that bend the knee all arise above it:  they are the following ones:", False),
        ("There are three of them.", False),
    ],
)
def test_a_short_line_before_a_list_belongs_to_it(tmp_path: Path, lead: str, joined: bool) -> None:
    found = markdown(tmp_path, f"{lead}\n\n1. one\n2. two\n\n{lead}\n\nNo list.\n")
    assert [one.line for one in found] == ([1, 6, 8] if joined else [1, 3, 6, 8])
    assert found[0].text.endswith("one\ntwo") == joined


def test_code_keeps_its_indentation(tmp_path: Path) -> None:
    (one,) = markdown(tmp_path, "```text\n\n    deep\n  less\tdeep  \n\n```\n")
    assert (one.text, one.line) == ("    deep\n  less\tdeep", 1)


def test_a_second_heading_of_one_name_goes_on_counting(tmp_path: Path) -> None:
    text = "## Sole?\na\n\nb\n\n## Sole\nc\n\n## ???\nd\n\n#### Deep\ne\n\n### Less deep\nf\n\n##\ng\n"
    assert [(one.id.removeprefix("leg.md#"), one.heading) for one in markdown(tmp_path, text)] == [
        ("sole.1", ("Sole?",)),
        ("sole.2", ("Sole?",)),
        ("sole.3", ("Sole",)),
        ("section.1", ("???",)),
        ("section.deep.1", ("???", "Deep")),
        ("section.less-deep.1", ("???", "Less deep")),
        ("1", ()),
    ]


def test_a_long_heading_is_clipped_in_the_locator_alone(tmp_path: Path) -> None:
    (one,) = markdown(tmp_path, f"## {'long ' * 100}\nWords.\n")
    assert len(one.heading[0]) == 499
    assert one.citations[0].locator is not None and one.citations[0].locator.endswith("long…, line 2")
    assert len(one.citations[0].locator) < 180 and len(one.id) < 80


def test_what_of_markdown_cannot_be_quoted_is_left_out(tmp_path: Path) -> None:
    text = (
        "One.\n\nTwo\nlines\x1b[31m.\n\n" + "> " * 60 + "Deep.\n\nThree &#12; form.\n\nFour.\n\n## He\x07ad\n\nFive.\n"
    )
    path = write(tmp_path, {"leg.md": text}) / "leg.md"
    library = load(path, builtin=False)
    assert [(one.text, one.heading) for one in library.excerpts] == [
        ("One.", ()),
        ("Four.", ()),
        ("Five.", ("He ad",)),
    ]
    assert [(one.line, one.message) for one in library.left_out] == [
        (4, "the block holds a control character (U+001B)"),
        (6, "nested deeper than 50 lists and quotes"),
        (8, "the block holds a control character (U+000C)"),
    ]


def test_markdown_that_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# Title\n\n<!-- nothing -->\n\n---\n\n[a]: /x\n", "b.md": "", "c.md": "Words."})
    library = load(tmp_path, builtin=False)
    assert [(Path(one.path).name, one.line, one.message) for one in library.left_out] == [
        ("a.md", 0, "holds no passage"),
        ("b.md", 0, "holds no passage"),
    ]


def test_markdown_of_more_than_four_megabytes_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"leg.md": "Words."})
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate((4 << 20) + 1)
    (problem,) = load(tmp_path, builtin=False).left_out
    assert problem.message == ("cannot be read: has 4,194,305 bytes, at most 4,194,304 are read; part it into several")


# --- files ------------------------------------------------------------------------------------------------


def test_a_folder_may_hold_articles_plain_markdown_and_passages(tmp_path: Path) -> None:
    folder = write(tmp_path, {"soleus.md": ARTICLE, "references.json": REFERENCES, "README.md": "About."})
    write(folder / "notes", {"leg.md": "# Leg\nWords.", ".hidden.md": "x", "x.jsonl": GOOD, ".x.jsonl": GOOD})
    (folder / "folder.jsonl").mkdir()
    library = load(folder, builtin=False)
    assert list(library.articles) == ["soleus"]
    assert [one.id for one in library.excerpts] == ["notes/leg.md#1", "good"]
    assert set(library.references) == {"gray", "notes/leg.md", "notes/x.jsonl"}
    assert library.left_out == ()


def test_a_named_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"README.md": "About.", ".hidden.md": "More."})
    library = load(tmp_path / "README.md", tmp_path / ".hidden.md", builtin=False)
    assert [one.text for one in library.excerpts] == ["About.", "More."]


def odd(folder: Path, ending: str) -> dict[str, str]:
    """Files that cannot be read, and what is said of them."""
    (folder / f"itself{ending}").symlink_to(f"itself{ending}")
    (folder / f"nowhere{ending}").symlink_to("nothing")
    os.mkfifo(folder / f"pipe{ending}")
    (folder / f"device{ending}").symlink_to("/dev/zero")
    (folder / f"around{ending}").symlink_to(folder, target_is_directory=True)
    return {
        f"device{ending}": "cannot be read: not a plain file",
        f"itself{ending}": "cannot be read: Too many levels of symbolic links",
        f"nowhere{ending}": "cannot be read: No such file or directory",
        f"pipe{ending}": "cannot be read: not a plain file",
    }


@pytest.mark.parametrize("ending", [".md", ".jsonl"])
def test_files_that_cannot_be_read_are_left_out(tmp_path: Path, ending: str) -> None:
    write(tmp_path, {"leg.md": "Words."})
    expected = odd(tmp_path, ending)
    library = load(tmp_path, builtin=False)
    assert [one.text for one in library.excerpts] == ["Words."]
    assert {Path(one.path).name: one.message for one in library.left_out} == expected
    assert {one.line for one in library.left_out} == {0}
    for name, message in expected.items():
        assert [one.message for one in check(tmp_path / name, builtin=False)] != [], name
        with pytest.raises(LibraryError):
            load(tmp_path / name, builtin=False)
        assert message


def test_among_articles_markdown_that_cannot_be_read_is_fatal_and_passages_are_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "one", {"soleus.md": ARTICLE, "references.json": REFERENCES})
    expected = odd(folder, ".jsonl")
    library = load(folder, builtin=False)
    assert {Path(one.path).name for one in library.left_out} == set(expected)
    (folder / "utf16.md").write_bytes("---\nname: x\n".encode("utf-16"))
    with pytest.raises(LibraryError, match=r"utf16\.md:1: not UTF-8"):
        load(folder, builtin=False)
    (folder / "gone.md").symlink_to("nothing")
    with pytest.raises(LibraryError) as caught:
        load(folder, builtin=False)
    names = {Path(one.path).name for one in caught.value.problems}
    assert names == {"utf16.md", "gone.md", *expected}  # everything is said at once
    plain = write(tmp_path / "two", {"leg.md": "Words."})
    (plain / "latin.md").write_bytes(b"One.\n\nW\xf6rter.\n")
    assert [(one.line, one.message.split(";")[0]) for one in load(plain).left_out] == [(3, "not UTF-8 (byte 0xf6)")]


@pytest.mark.parametrize("locked", ["texts/leg.md", "texts/book.jsonl", "texts/deep", "texts"])
def test_what_may_not_be_read_is_left_out(tmp_path: Path, locked: str) -> None:
    write(tmp_path / "texts" / "deep", {"more.md": "More."})
    write(tmp_path / "texts", {"leg.md": "Words.", "book.jsonl": GOOD})
    code = (
        "import os, sys; from fabella_knowledge import check, load; load('texts', builtin=False)\n"
        "os.chmod(sys.argv[1], 0)\n"
        "if os.getuid() == 0: os.chmod('.', 0o755); os.seteuid(65534)\n"
        "print(*check('texts', builtin=False), sep='\\n')\n"
        "print(len(load('texts', builtin=False).excerpts))"
    )
    done = subprocess.run([sys.executable, "-c", code, locked], capture_output=True, text=True, cwd=tmp_path)
    (tmp_path / locked).chmod(0o755)
    said = done.stdout.splitlines()
    assert said[0] == f"{locked}: cannot be read: Permission denied"
    assert said[1:] == (["2"] if locked != "texts" else []) and ("LibraryError" in done.stderr) == (locked == "texts")


@pytest.mark.parametrize("name", ["book.jsonl", "leg.md"])
def test_a_path_of_which_nothing_is_left_is_fatal(tmp_path: Path, name: str) -> None:
    (tmp_path / "good.md").write_text("Words.")
    (tmp_path / name).write_bytes(b"\xff\n{\n")
    others = write(tmp_path / "others", {name: ""})
    for paths in ([tmp_path / name], [tmp_path / "good.md", tmp_path / name], [tmp_path / "good.md", others]):
        with pytest.raises(LibraryError) as caught:
            load(*paths, builtin=False)
        assert {Path(one.path).name for one in caught.value.problems} == {name}
        assert check(*paths, builtin=False) == caught.value.problems
    with pytest.raises(LibraryError):
        load(others)
    assert len(load(tmp_path, builtin=False).excerpts) == 1


def test_a_path_that_another_one_covers_is_no_path_of_nothing(tmp_path: Path) -> None:
    path = book(tmp_path, GOOD)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "again.jsonl").symlink_to(path)
    (tmp_path / "more" / "bad.jsonl").write_text("{")
    library = load(path, tmp_path / "more", builtin=False)
    assert len(library.excerpts) == 1
    assert [Path(one.path).name for one in library.left_out] == ["bad.jsonl"]


def test_nothing_at_all_to_serve(tmp_path: Path) -> None:
    write(tmp_path, {"references.json": REFERENCES})
    with pytest.raises(LibraryError, match="nothing to serve"):
        load(tmp_path / "references.json", builtin=False)
    missing = tmp_path / "missing.jsonl"
    assert [str(one) for one in check(missing)] == [f"{missing}: cannot be read: no such file or folder"]


@contextmanager
def written(path: Path, piece: bytes) -> Iterator[None]:
    """A thread that goes on appending to a file, at most 20 seconds."""
    stop, begun = threading.Event(), threading.Event()

    def append() -> None:
        with path.open("ab", buffering=0) as file:
            for _ in range(20_000):
                file.write(piece)
                begun.set()
                if stop.wait(0.001):
                    return

    thread = threading.Thread(target=append)
    thread.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_file_that_changes_while_it_is_read_is_left_out_until_it_is_still(tmp_path: Path) -> None:
    write(tmp_path, {"leg.md": "Words."})
    path = tmp_path / "book.jsonl"
    path.write_bytes(b"".join(line(id=n, text="words " * 9000).encode() + b"\n" for n in range(1000)))
    assert path.stat().st_size > 50_000_000
    with written(path, b'{"id": "more", "text": "Half'):
        library = load(tmp_path, builtin=False)
    assert [one.text for one in library.excerpts] == ["Words."]
    assert [(Path(one.path).name, one.line) for one in library.left_out] == [("book.jsonl", 0)]
    assert "changed while it was read" in library.left_out[0].message
    after = load(tmp_path, builtin=False)
    assert len(after.excerpts) == 1001 and after.digest != library.digest
    assert [one.line for one in after.left_out] == [1001]


def test_a_file_that_is_replaced_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    path, other = tmp_path / "book.jsonl", tmp_path / "other"
    versions = [
        b"".join(line(id=n, text=f"{word} " * 400).encode() + b"\n" for n in range(500)) for word in ("old", "newer")
    ]
    path.write_bytes(versions[0])
    stop = threading.Event()

    def replace() -> None:
        for n in range(10_000):
            other.write_bytes(versions[n % 2])
            other.replace(path)
            if stop.wait(0.0005):
                return

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        for _ in range(20):
            library = load(path, builtin=False)
            assert len(library.excerpts) == 500 and library.left_out == ()
            assert len({one.text for one in library.excerpts}) == 1
    finally:
        stop.set()
        thread.join()


# --- the arrays -------------------------------------------------------------------------------------------


def library_of(folder: Path) -> Library:
    book(folder, line(id="a", text="Ä\n𝟙", heading="H", x=[1]), line(id="b", text="two"), GOOD)
    write(folder, {"leg.md": "# T\n## Calf\nWords.\n"})
    return load(folder, builtin=False)


def test_excerpts_are_a_sequence(tmp_path: Path) -> None:
    held = library_of(tmp_path).excerpts
    assert [one.id for one in held] == ["a", "b", "good", "leg.md#calf.1"]
    assert held[-1] == held[3] == next(reversed(held)) and held[1:3] == (held[1], held[2])
    assert held[0] in held and held.index(held[2]) == 2
    for place in (4, -5):
        with pytest.raises(IndexError):
            held[place]


def test_excerpts_come_back_from_their_arrays_and_from_files(tmp_path: Path) -> None:
    library = library_of(tmp_path)
    assert library.excerpts == load(tmp_path, builtin=False).excerpts
    for held in (library.excerpts, Excerpts.of(())):
        for name, array in held.arrays.items():
            np.save(tmp_path / name, array, allow_pickle=False)
        back = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("excerpts_text", "excerpts_at")]
        opened = Excerpts(*back)
        assert opened == held == Excerpts.of(held) and tuple(opened) == tuple(held)
        assert hash(opened) == hash(held)
        assert all(not array.flags.writeable for array in held.arrays.values())
    assert library.excerpts != Excerpts.of(library.excerpts[1:])


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    blob, at = np.zeros(3, np.uint8), np.array([0, 2, 3])
    Excerpts(blob, at)
    for wrong in ([], [0, 2], [1, 3], [0, 4, 3], [0, 2, 2, 3]):
        with pytest.raises(ValueError):
            Excerpts(blob, np.array(wrong, np.int64))
    for text, offsets in ((blob.astype(np.int8), at), (blob, at.astype(float)), (blob.reshape(3, 1), at)):
        with pytest.raises(ValueError):
            Excerpts(text, offsets)


# --- any input --------------------------------------------------------------------------------------------

ANY = st.text(st.characters(), max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.sampled_from(["id", "title", "heading", "text", "url", "\ud800"]), VALUES, max_size=5)
USUAL = st.fixed_dictionaries(
    {"id": st.text("abc", min_size=1, max_size=3) | st.integers(0, 9), "text": st.text("a b\n", max_size=9)},
    optional={"title": ANY, "heading": ANY | st.lists(ANY, max_size=3), "further": VALUES},
)
NOISE = st.sampled_from(
    [b"", b" ", b"{", b"[]", b"null", b"\xff", b"\x00", b"NaN", b'{"id": 1}', b"[" * 5000, b"\xef\xbb\xbf{}", b"\r"]
)
ROWS = st.lists(
    st.one_of(RECORDS, USUAL, VALUES).map(lambda value: json.dumps(value).encode()) | NOISE | st.binary(max_size=40),
    max_size=12,
)
PIECES = ["##", "---", "***", "===", "```", "~~~", "1.", "|-|", "[@a]", "[@", "]", "![", "](", ")", "<div>", "\n\n"]
PIECES += [
    "<!--",
    "-->",
    "<b>",
    "</b>",
    "&#12;",
    "&#0;",
    "<script>",
    "<?",
    *" \n\t\r\x00\x0c\x85\u2028\ufeff\\*_`:&|>-#",
]
MARKS = st.sampled_from(PIECES)
ODD = st.lists(MARKS | ANY, max_size=40).map("".join) | st.lists(MARKS | st.text("ab", max_size=3)).map(" ".join)


def loaded(name: str, data: bytes) -> tuple[Library, int] | None:
    """The library of one file beside another one, None where loading it alone is refused; and the file's lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            alone: Library | None = load(path, builtin=False)
        except LibraryError as error:
            assert error.problems and check(path, builtin=False) == error.problems
            alone = None
        (Path(folder) / "good.md").write_text("Words.")
        try:
            library = load(folder, builtin=False)
        except LibraryError:
            assert name.endswith(".md") and alone is None and b"---" in data  # an article
            return None
    own = [one for one in library.excerpts if one.path == str(path)]
    assert len(library.excerpts) == len(own) + 1 and bool(own) == (alone is not None)
    if alone is not None:
        assert [one.text for one in alone.excerpts] == [one.text for one in own] and alone.left_out == library.left_out
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for problem in library.left_out:
        assert problem.path == str(path) and 0 <= problem.line <= lines and str(problem).isprintable()
    for one in own:
        assert 1 <= one.line <= lines and one.text.strip("\n") == one.text and one.text.strip()
        assert not {c for c in one.text if c < " " or "\x7f" <= c < "\xa0"} - set("\t\n\r")
        assert one.citations and all(c.reference in library.references and c.locator for c in one.citations)
        "".join((one.id, one.title, *one.heading, one.text)).encode()
    assert len({one.id for one in library.excerpts}) == len(library.excerpts)
    return library, lines


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from([b"\n", b"\r\n"]))
def test_every_line_of_a_passage_file_is_served_or_named(rows: list[bytes], end: bytes) -> None:
    rows = [row.replace(b"\n", b"") for row in rows]
    held = loaded("book.jsonl", end.join(rows))
    assert held is not None
    library = held[0]
    filled = [n for n, row in enumerate(rows, 1) if row.removeprefix(b"\xef\xbb\xbf" if n == 1 else b"").strip()]
    served = [one.line for one in library.excerpts if one.path.endswith("book.jsonl")]
    left_out = [one.line for one in library.left_out]
    assert sorted(served + left_out) == (filled or [0])
    for one in library.excerpts:
        if one.further:
            assert not {"id", "text"} & set(json.loads(one.further))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["book.jsonl", "leg.md"]))
def test_any_bytes_are_read_or_named(data: bytes, name: str) -> None:
    loaded(name, data)


@settings(max_examples=300, deadline=None)
@given(ODD)
def test_any_markdown_is_read_or_named(text: str) -> None:
    loaded("leg.md", text.encode("utf-8", "replace"))


class Written:
    """Markdown made of numbered words: what was written, and which words stand in which block."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data
        self.count = 0
        self.lines: list[str] = []
        self.blocks: list[tuple[str, list[str]]] = []
        self.path: list[tuple[int, str]] = []

    def word(self, *, marked: bool = True) -> tuple[str, str]:
        """A new word, and how it is written."""
        self.count += 1
        bare = f"word{self.count}"
        forms = [
            "{}",
            "{}",
            "{}",
            "*{}*",
            "**{}**",
            "`{}`",
            "[{}](/x)",
            "![{}](/x)",
            "<b>{}</b>",
            "{}<!-- no -->",
            "&#32;{}",
        ]
        return bare, (self._data.draw(st.sampled_from(forms)) if marked else "{}").format(bare)

    def words(self, most: int = 6, *, between: str = " ", marked: bool = True) -> tuple[list[str], str]:
        made = [self.word(marked=marked) for _ in range(self._data.draw(st.integers(1, most)))]
        return [bare for bare, _ in made], between.join(text for _, text in made)

    def block(self, kind: str) -> None:
        """Add a block with an empty line behind it."""
        many = range(self._data.draw(st.integers(1, 3)))
        if kind == "heading":
            level = self._data.draw(st.integers(2, 4))
            bare, text = self.words()
            self.path = [*(one for one in self.path if one[0] < level), (level, " ".join(bare))]
            self.lines += [f"{'#' * level} {text}", ""]
            return
        rows: list[tuple[list[str], str]]
        if kind == "paragraph":
            rows = [self.words() for _ in many]
        elif kind == "quote":
            rows = [(bare, f"> {text}") for bare, text in (self.words() for _ in many)]
        elif kind == "list":
            depth = 0
            rows = []
            for _ in many:
                bare, text = self.words()
                rows.append((bare, f"{'  ' * depth}- {text}"))
                depth = self._data.draw(st.integers(0, depth + 1))
        elif kind == "code":
            rows = [([], "```python"), *(self.words(marked=False) for _ in many), ([], "```")]
        else:
            cells = [self.words(1) for _ in range(3)]
            body = [self.words(1) for _ in range(3)]
            rows = [
                ([w for one, _ in cells for w in one], "|".join(t for _, t in cells)),
                ([], "-|-|-"),
                ([w for one, _ in body for w in one], "|".join(t for _, t in body)),
            ]
        self.blocks += [(" > ".join(text for _, text in self.path), bare) for bare, _ in rows if bare]
        self.lines += [*(text for _, text in rows), ""]


KINDS = st.sampled_from(["heading", "paragraph", "quote", "list", "code", "table"])


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(KINDS, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_word_of_markdown_comes_once_and_in_order(data: st.DataObject, kinds: list[str], end: str) -> None:
    made = Written(data)
    for kind in [*kinds, "paragraph"]:
        made.block(kind)
    held = loaded("leg.md", end.join(made.lines).encode())
    assert held is not None and held[0].left_out == ()
    own = [one for one in held[0].excerpts if one.path.endswith("leg.md")]
    told = [(" > ".join(one.heading), word) for one in own for word in words(one.text)]
    assert told == [(heading, word) for heading, row in made.blocks for word in row]
    starts = [one.line for one in own]
    assert starts == sorted(set(starts))
    for one in own:
        first = words(one.text)[0]
        place = next(n for n, text in enumerate(made.lines, 1) if first in words(text))
        assert one.line == place - made.lines[one.line - 1].startswith("```")
        assert (one.citations[0].locator or "").endswith(f"line {one.line}")


@given(
    st.lists(
        st.builds(
            Excerpt,
            *(st.text(max_size=9) for _ in range(2)),
            st.lists(st.text(max_size=9), max_size=3).map(tuple),
            st.text(max_size=30),
            st.lists(st.builds(Citation, st.text(max_size=5), st.none() | st.text(max_size=5)), max_size=2).map(tuple),
            st.text(max_size=9),
            st.integers(0, 1 << 40),
            st.text(max_size=9),
        ),
        max_size=6,
    )
)
def test_any_excerpts_come_back_from_their_arrays(made: list[Excerpt]) -> None:
    held = Excerpts.of(iter(made))
    assert list(held) == made and len(held) == len(made)
    assert list(Excerpts(held.arrays["excerpts_text"].copy(), held.arrays["excerpts_at"].copy())) == made
