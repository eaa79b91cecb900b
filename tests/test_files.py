"""Folders as libraries: which files count, and what cannot be read is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fabella_knowledge import Problem, check
from fabella_knowledge.library import SourceFile, collect, digest
from folders import write

ARTICLE = "---\nname: Soleus\nkind: muscle\n---\n## Heads\n- Two heads [@gray]\n"
REFERENCES = """[{"id": "gray", "type": "book", "title": "Anatomy", "author": [{"family": "Gray"}],
  "publisher": "Lea & Febiger", "issued": {"date-parts": [[1918]]}}]
"""
FILES = {"soleus.md": ARTICLE, "references.json": REFERENCES}


def problems(folder: Path) -> tuple[Problem, ...]:
    return check(folder, builtin=False)


def test_a_missing_path_and_a_folder_without_texts(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty", {"README.md": "# Only words", "references.json": REFERENCES})
    missing = tmp_path / "missing"
    assert [str(p) for p in check(empty, missing)] == [
        f"{empty}: holds no text: put at least one .md or .jsonl file there",
        f"{missing}: cannot be read: no such file or folder",
    ]
    assert [p.message for p in check(builtin=False)] == ["nothing to load: builtin=False and no path given"]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    assert [p.message for p in check(tmp_path / "notes.txt")] == [
        "cannot be read: neither a text (.md, .jsonl) nor references.json nor vocabulary.toml"
    ]


def test_a_readme_and_hidden_files_are_no_articles(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "README.md": "# How to write here", ".draft.md": "nothing yet"})
    write(folder / "more", {"Readme.md": "words"})
    write(folder / ".git", {"soleus.md": "words"})
    assert problems(folder) == ()


def test_circles_of_links_and_pipes_do_not_hang(tmp_path: Path) -> None:
    folder = write(tmp_path / "library", FILES)
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert problems(folder) == ()
    (folder / "itself.md").symlink_to(folder / "itself.md")
    (folder / "nowhere.md").symlink_to(folder / "nothing.md")
    os.mkfifo(folder / "pipe.md")
    found = {Path(p.path).name: p.message for p in problems(folder)}
    assert set(found) == {"itself.md", "nowhere.md", "pipe.md"}
    assert found["pipe.md"] == "cannot be read: not a plain file"
    assert all(message.startswith("cannot be read: ") for message in found.values())


@pytest.mark.parametrize("locked", ["library/soleus.md", "library/deeper", "library"])
def test_what_cannot_be_read_is_named(tmp_path: Path, locked: str) -> None:
    folder = write(tmp_path / "library", FILES)
    write(folder / "deeper", {"note.md": ARTICLE.replace("Soleus", "Plantaris")})
    code = (
        "import os, sys; from fabella_knowledge import check; check()\n"
        "folder, locked = sys.argv[1:]; os.chdir(folder); os.chmod(locked, 0)\n"
        "if os.getuid() == 0: os.chmod('.', 0o755); os.seteuid(65534)\n"
        "print(*check('library', builtin=False), sep='\\n')"
    )
    made = subprocess.run([sys.executable, "-c", code, tmp_path, locked], capture_output=True, text=True, check=True)
    (tmp_path / locked).chmod(0o755)
    assert f"{locked}: cannot be read: Permission denied" in made.stdout.splitlines()


def test_a_single_article_is_read_with_the_references_beside_it(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "broken.md": "---\nwords"})
    assert check(folder / "soleus.md", builtin=False) == ()
    assert [p.path for p in check(folder / "broken.md", builtin=False)] == [str(folder / "broken.md")]


def test_files_come_in_a_fixed_order_and_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "one", {"b.md": "", "a.md": "", "vocabulary.toml": "", "notes.txt": ""})
    write(folder / "deeper", {"c.md": ""})
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    found = collect([folder, folder / "a.md", link], builtin=False)
    assert [str(file.path.relative_to(folder)) for file in found] == [
        "a.md",
        "b.md",
        "vocabulary.toml",
        "deeper/c.md",
    ]


def test_the_files_of_quoted_texts_are_gathered_as_well(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "notes.md": "# Notes", "book.jsonl": "{}", "book.json": "{}"})
    (folder / "more.jsonl").mkdir()
    write(folder / "more.jsonl", {"deep.md": "Words."})
    found = collect([folder, folder / "notes.md", folder / "book.jsonl"], builtin=False)
    assert [(file.inside, file.kind, sorted(file.roots)) for file in found] == [
        ("book.jsonl", "passages", [0, 2]),
        ("notes.md", "plain", [0, 1]),
        ("references.json", "references", [0, 1]),
        ("soleus.md", "article", [0]),
        ("more.jsonl/deep.md", "plain", [0]),
    ]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"---\nname: A\n---\n", "article"),
        (b"\xef\xbb\xbf\r\n \r\n----- \r\nname: A", "article"),
        (b"\r---\rname: A\r---\r", "article"),
        (b"---", "article"),
        (b" ---\nname: A\n---\n", "plain"),
        (b"--- name\n", "plain"),
        (b"name: A\n---\n", "plain"),
        (b"--\n", "plain"),
        (b"", "plain"),
        (b"\n" * 100_000 + b"a", "plain"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_markdown_is_an_article_if_it_begins_with_front_matter(data: bytes, kind: str) -> None:
    assert SourceFile(Path("a.md"), "a.md", data).kind == kind


def test_the_digest_is_that_of_names_and_contents(tmp_path: Path) -> None:
    here, there = write(tmp_path / "here", FILES), write(tmp_path / "there", FILES)
    first = digest(collect([here], builtin=False))
    assert digest(collect([there], builtin=False)) == first
    assert len(first) == 16 and int(first, 16) >= 0
    write(there, {"soleus.md": ARTICLE + " "})
    assert digest(collect([there], builtin=False)) != first
    (here / "soleus.md").rename(here / "sole.md")
    assert digest(collect([here], builtin=False)) != first


def test_the_digest_covers_quoted_texts_and_what_of_them_cannot_be_read(tmp_path: Path) -> None:
    seen = set()
    for name, text in (("a.jsonl", "{}"), ("a.jsonl", "{ }"), ("b.md", "Words."), ("b.md", "Words")):
        write(tmp_path, {**FILES, name: text})
        seen.add(digest(collect([tmp_path], builtin=False)))
    (tmp_path / "c.jsonl").symlink_to("nowhere")
    seen.add(digest(collect([tmp_path], builtin=False)))
    (tmp_path / "c.jsonl").unlink()
    os.mkfifo(tmp_path / "c.jsonl")
    seen.add(digest(collect([tmp_path], builtin=False)))
    (tmp_path / "c.jsonl").unlink()
    (tmp_path / "c.jsonl").touch()
    seen.add(digest(collect([tmp_path], builtin=False)))
    (tmp_path / "c.jsonl").unlink()
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.md").rename(tmp_path / "deep" / "b.md")
    seen.add(digest(collect([tmp_path], builtin=False)))
    assert len(seen) == 8


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path, FILES)
    (folder / os.fsdecode(b"\xe4.md")).write_text("---\nwords")
    (folder / "a\nb\x1b[31m.md").write_text("---\nwords")
    shown = [p.path for p in problems(folder)]
    assert shown == [f"{folder}/\\udce4.md", rf"{folder}/a\nb\x1b[31m.md"]


def test_a_path_that_is_a_circle_of_links_says_so(tmp_path: Path) -> None:
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (problem,) = check(tmp_path / "loop.md")
    assert str(problem).startswith(f"{tmp_path / 'loop.md'}: cannot be read: ")
    assert "symbolic links" in problem.message
