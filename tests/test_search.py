"""Searching: the command line's `search`, one query or many, and texts that open from the cache."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fabella import Engine, cli, finding, searching, texts
from fabella.batch import dump
from fabella.texts import Texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RUN = Path(__file__).resolve().parent.parent / "run_bot.py"
QUESTION = "Where does the lateral head of the gastrocnemius begin?"
ROWS: list[dict[str, Any]] = [
    {"id": "m1", "title": "Muscle", "heading": "Sarcomere", "text": "A sarcomere reaches from one Z disc to the next.",
     "chapter": 10, "tags": ["fibre"]},
    {"id": "m2", "title": "Muscle", "heading": "Sarcomere", "text": "Titin anchors the thick filaments."},
    {"id": "m3", "title": "Muscle", "heading": "Fatigue", "text": "A sarcomere without ATP stays in rigor."},
    {"id": 4, "title": "Bone", "text": "Osteons are columns of lamellae around a canal."},
    {"id": "b2", "title": "Bone", "heading": "Gastrocnemius", "text": "Gastrocnemius leaves a mark on the femur."},
]  # fmt: skip


def written(path: Path, rows: Iterable[Mapping[str, Any]] = ROWS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "book.jsonl")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return texts.open_texts([written(tmp_path_factory.mktemp("small") / "book.jsonl")], builtin=False)


Searched = Callable[..., tuple[int, str, str]]


@pytest.fixture
def search(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Searched:
    """`search` with options: its exit status, and what it writes to both streams."""
    if "engine" not in request.fixturenames:
        monkeypatch.setenv("FABELLA_CACHE", str(tmp_path / "cache"))

    def run(*options: str, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            status = cli.main(["search", *options])
        except SystemExit as left:
            assert isinstance(left.code, int)
            status = left.code
        return status, *capfd.readouterr()

    return run


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


# --- one query ------------------------------------------------------------------------------------


def test_passages_come_best_first_with_their_place_and_why(book: Path, search: Searched) -> None:
    status, out, error = search("sarcomere", "--library", str(book))
    assert (status, error) == (0, "")
    heads = re.findall(r"^(\d+)\. (\d+\.\d\d)  (\S+)  (.+):(\d+)$", out, re.MULTILINE)
    assert [(int(rank), key, path, int(line)) for rank, _, key, path, line in heads] == [
        (1, "m1", str(book), 1),
        (2, "m2", str(book), 2),
        (3, "m3", str(book), 3),
    ]
    scores = [float(score) for _, score, *_ in heads]
    assert scores == sorted(scores, reverse=True) and min(scores) > 0
    first = out.split("\n\n")[0].split("\n")
    assert first[1:3] == ["Muscle > Sarcomere", ROWS[0]["text"]]
    assert first[3].startswith("why: ") and "words of the passage" in first[3] and "'sarcomere'" in first[3]


def test_json_has_what_the_file_has_and_reasons_that_add_up(book: Path, search: Searched) -> None:
    status, out, _ = search("--json", "sarcomere", "--library", str(book))
    assert status == 0
    (made,) = objects(out)
    assert (made["schema_version"], made["query"]) == (1, "sarcomere")
    first = made["results"][0]
    assert {name: first[name] for name in ("id", "title", "heading", "text", "path", "line", "chapter", "tags")} == {
        "id": "m1", "title": "Muscle", "heading": ["Sarcomere"], "text": ROWS[0]["text"], "path": str(book), "line": 1,
        "chapter": 10, "tags": ["fibre"],
    }  # fmt: skip
    assert first["citations"][0]["locator"]
    for one in made["results"]:
        assert sum(why["value"] for why in one["why"]) == pytest.approx(one["score"], abs=0.001)
        assert all(why["terms"] and why["value"] > 0 for why in one["why"])


def test_what_a_passage_has_of_its_own_hides_nothing(tmp_path: Path, search: Searched) -> None:
    book = written(tmp_path / "own.jsonl", [{**ROWS[0], "score": "high", "line": "x", "why": 1, "citations": None}])
    (found,) = objects(search("--json", "sarcomere", "--library", str(book))[1])[0]["results"]
    assert found["score"] > 0 and found["line"] == 1
    assert found["why"][0]["name"] and found["citations"][0]["reference"]


def test_at_most_so_many_as_are_wanted(book: Path, search: Searched) -> None:
    found = [
        [
            one["id"]
            for one in objects(search("--json", "sarcomere bone", "--library", str(book), *limit)[1])[0]["results"]
        ]
        for limit in ((), ("--limit", "1"), ("--limit", "2"), ("--limit", "999999999"))
    ]
    assert len(found[0]) == 5 and found[1:] == [found[0][:1], found[0][:2], found[0]]


def test_a_person_gets_a_few_and_a_program_many(tmp_path: Path, search: Searched) -> None:
    rows = [{"id": f"p{n}", "title": f"T{n}", "text": f"A sarcomere, number {n}."} for n in range(120)]
    book = str(written(tmp_path / "long.jsonl", rows))
    assert len(objects(search("--json", "sarcomere", "--library", book)[1])[0]["results"]) == 10
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"query": "sarcomere"}\n', encoding="utf-8")
    assert len(objects(search("--batch", str(lines), "--library", book)[1])[0]["results"]) == 100


def test_those_named_are_searched_and_else_all(
    engine: Engine, book: Path, search: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def places(*options: str) -> list[str]:
        (made,) = objects(search("--json", "gastrocnemius", "--limit", "1000", *options)[1])
        return [one["path"] for one in made["results"]]

    other = written(book.with_name("other.jsonl"), [{**ROWS[4], "id": "o1"}])
    assert set(places("--library", str(book))) == {str(book)}
    assert set(places("--library", str(book), "--library", str(other))) == {str(book), str(other)}
    built_in = places()
    assert built_in and all(path.startswith("texts/") for path in built_in)
    monkeypatch.setenv("FABELLA_LIBRARY", str(book))
    assert set(places()) == {*built_in, str(book)}
    assert set(places("--library", str(other))) == {str(other)}


def test_a_structure_is_found_by_its_other_names_and_with_slips(engine: Engine, search: Searched) -> None:
    (made,) = objects(search("--json", "heel bone")[1])
    assert "calcaneus" in {term for one in made["results"] for why in one["why"] for term in why["terms"]}
    right, slip = (objects(search("--json", name)[1])[0]["results"] for name in ("gastrocnemius", "gastrocnemuis"))
    assert right == slip != []


def test_nothing_found_is_3(book: Path, search: Searched) -> None:
    for query in ("zzzz", "", "😀"):
        status, out, error = search(query, "--library", str(book))
        assert (status, out) == (3, "") and error.startswith("nothing found: ")
        status, out, error = search("--json", query, "--library", str(book))
        assert (status, error) == (3, "") and objects(out)[0]["results"] == []


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--batch", "-", "sarcomere"),
        ("--batch", "/no/such/file"),
        ("--batch", "/"),
        ("sarcomere", "--library", "/no/such/file.jsonl"),
        ("sarcomere", "--library", os.devnull),
        ("sarcomere", "--limit", "0"),
        ("sarcomere", "--limit", "-1"),
        ("sarcomere", "--limit", "many"),
        ("sarcomere", "--limit", "1" * 5000),
    ],
)
def test_wrong_usage_is_2_and_says_why_in_one_line(options: tuple[str, ...], search: Searched) -> None:
    status, out, error = search(*options)
    assert (status, out) == (2, "")
    told = [line for line in error.splitlines() if not line.startswith(("usage:", " "))]
    assert len(told) == 1 and "Traceback" not in error


def test_broken_lines_of_a_passage_file_are_told_and_the_rest_is_found(book: Path, search: Searched) -> None:
    with book.open("ab") as stream:
        stream.write(b'{"id": "m1", "text": "Twice."}\n{broken\n\n{"id": "m9", "text": ""}\n{"text": "\xff"}\n')
        stream.write(b'{"id": "m10", "text": "A sarcomere at the end."}\n')
    for _ in range(2):  # built, then from the cache
        status, out, error = search("--json", "sarcomere", "--library", str(book))
        assert status == 0
        assert {"m1", "m10"} <= {one["id"] for one in objects(out)[0]["results"]}
        assert re.findall(rf"^left out: {re.escape(str(book))}:(\d+): .+$", error, re.MULTILINE) == [
            "6",
            "7",
            "9",
            "10",
        ]
        assert len(error.splitlines()) == 4


# --- many queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["file", "stream"])
def test_a_batch_keeps_order_and_ids(way: str, book: Path, tmp_path: Path, search: Searched) -> None:
    queries = [("a#1", "sarcomere"), (7, "titin"), (1.5, "zzzz"), ("ü\ud800", "osteon")]
    lines = [json.dumps({"id": key, "query": query}) for key, query in queries] + ['{"query": "titin"}']
    data = "\n".join(lines).encode()
    (tmp_path / "queries.jsonl").write_bytes(data)
    name = "-" if way == "stream" else str(tmp_path / "queries.jsonl")
    status, out, error = search("--batch", name, "--limit", "2", "--library", str(book), given=data)
    assert (status, error) == (0, "")
    made = objects(out)
    assert [one["id"] for one in made] == ["a#1", 7, 1.5, "ü\ud800", None]
    assert all(set(one) == {"id", "results"} for one in made)
    found = [[passage["id"] for passage in one["results"]] for one in made]
    assert found == [["m1", "m2"], ["m2", "m1"], [], ["4", "b2"], ["m2", "m1"]]
    first = objects(search("--json", "--limit", "2", "sarcomere", "--library", str(book))[1])[0]["results"]
    assert made[0]["results"] == [{name: one[name] for name in one if name != "why"} for one in first]


def test_unreadable_lines_are_named_and_the_others_answered(book: Path, tmp_path: Path, search: Searched) -> None:
    rows = [
        b'\xef\xbb\xbf{"id": "1", "query": "sarcomere"}',
        b"{not json}",
        b"",
        b"[1, 2]",
        b'{"id": "5"}',
        b'{"id": "6", "query": ["titin"]}',
        b'{"id": ["7"], "query": "titin"}',
        b"[" * 100_000,
        b'{"id": "9", "query": "titin \xff\xfe \\udfff"}',
        b'{"id": NaN, "query": "titin"}',
    ]
    file = tmp_path / "queries.jsonl"
    file.write_bytes(b"\n".join(rows))
    status, out, error = search("--batch", str(file), "--library", str(book))
    assert status == 1
    assert [(one["id"], one["results"][0]["id"]) for one in objects(out)] == [("1", "m1"), ("9", "m2")]
    told = re.findall(rf"^{re.escape(str(file))}:(\d+): .+$", error, re.MULTILINE)
    assert told == ["2", "4", "5", "6", "7", "8", "10"] and len(error.splitlines()) == 7


def test_a_fault_on_one_line_costs_no_other(small: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    real = finding.search

    def search(held: Texts, text: str, **options: Any) -> object:
        if text == "boom":
            raise ZeroDivisionError("boom")
        return real(held, text, **options)

    monkeypatch.setattr(finding, "search", search)
    lines = list(searching.answers(small, [b'{"query": "boom"}', b'{"query": "titin"}'], limit=1))
    assert (lines[0].body, lines[0].problem) == (None, "not searched: ZeroDivisionError: boom")
    assert lines[1].body is not None and lines[1].body["results"][0]["id"] == "m2"


def test_it_runs_as_a_process_and_ends_with_its_reader(book: Path) -> None:
    command = [sys.executable, "-W", "error", str(RUN), "search", "--library", str(book), "--batch", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(b'{"id": 1, "query": "titin"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["results"][0]["id"] == "m2"  # before the next one is written
        process.stdout.close()
        with process.stdin:
            process.stdin.write(b'{"id": 2, "query": "titin"}\n')
        assert process.stderr.read() == b""
    assert process.returncode == 141


# --- whatever is asked ----------------------------------------------------------------------------

WORDS = st.sampled_from(
    "sarcomere titin titni osteon lamellae bone rigor the of what is z disc 'stays' ½ \ud800 é".split()
)
QUERIES = st.one_of(st.text(st.characters(), max_size=60), st.lists(WORDS, max_size=12).map(" ".join))
KEYS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters()), st.lists(st.integers())
)
RECORDS = st.fixed_dictionaries({}, optional={"id": KEYS, "query": st.one_of(QUERIES, KEYS), "further": KEYS})
LINES = st.lists(st.one_of(st.binary(max_size=40), RECORDS.map(lambda one: json.dumps(one).encode())), max_size=6)
FREELY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FREELY
@given(lines=LINES)
def test_each_line_gives_results_or_says_why_not(small: Texts, lines: list[bytes]) -> None:
    rows = [row for line in lines for row in line.split(b"\n")]
    said = list(searching.answers(small, rows, limit=2))
    blank = [not (row.removeprefix(b"\xef\xbb\xbf") if n == 0 else row).strip() for n, row in enumerate(rows)]
    assert [one.number for one in said] == [n for n, nothing in enumerate(blank, 1) if not nothing]
    for one in said:
        assert (one.body is None) == bool(one.problem)
        assert "not searched" not in one.problem
        if one.body is not None:
            record = json.loads(rows[one.number - 1].decode("utf-8-sig", "surrogateescape"))
            assert one.body["id"] == record.get("id")
            assert json.loads(dump(one.body)) == one.body and len(one.body["results"]) <= 2


@FREELY
@given(query=QUERIES, limit=st.integers(1, 7))
def test_scores_fall_and_are_the_sum_of_their_reasons(small: Texts, query: str, limit: int) -> None:
    found = finding.search(small, query, limit=limit, explain=True)
    assert len(found) <= limit
    assert len({one.passage.id for one in found}) == len(found)
    assert all(one.score >= other.score > 0 for one, other in itertools.pairwise(found))
    for one in found:
        assert sum(why.value for why in one.reasons) == pytest.approx(one.score)
    assert found == finding.search(small, query, limit=10, explain=True)[:limit]


def test_of_a_query_without_end_the_beginning_is_read(small: Texts) -> None:
    begun = "titin " * (finding.LONGEST // 6 + 1)
    assert finding.search(small, begun + "osteon " * 100_000) == finding.search(small, begun) != ()


# --- opened again ---------------------------------------------------------------------------------


def many(count: int) -> Iterable[dict[str, Any]]:
    for n in range(count):
        yield {"id": f"p{n}", "title": f"Chapter {n // 10}", "text": f"Sentence {n} tells of {ROWS[n % 5]['text']}"}


def mapped(array: Any) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def test_what_was_indexed_is_mapped_from_the_cache_and_not_indexed_again(tmp_path: Path) -> None:
    book, root = written(tmp_path / "book.jsonl", many(2500)), tmp_path / "cache"
    told: list[int] = []
    reports: list[str] = []

    def opened() -> Texts:
        return texts.open_texts([book], builtin=False, root=root, step=told.append, report=reports.append)

    built = opened()
    assert told == [1000, 2000]
    again = opened()
    assert told == [1000, 2000] and reports == []
    for name in ("articles", "references", "digest", "excerpts", "left_out"):
        assert getattr(again.library, name) == getattr(built.library, name)
    assert again.core == built.core
    arrays = {**again.index.to_arrays()[1], **again.library.excerpts.arrays}
    assert len(arrays) >= 10 and all(mapped(one) for one in arrays.values())
    assert not any(mapped(one) for one in built.index.to_arrays()[1].values())
    for query in ("sarcomere", "sentence 1207", "titni anchors"):
        assert finding.search(again, query, explain=True) == finding.search(built, query, explain=True) != ()
    assert len(list(root.iterdir())) == 1
    with book.open("a") as stream:
        stream.write('{"id": "new", "text": "Tropomyosin is new."}\n')
    changed = opened()
    assert told == [1000, 2000] * 2
    assert len(list(root.iterdir())) == 2
    assert finding.search(changed, "tropomyosin")[0].passage.id == "new"
    assert finding.search(again, "tropomyosin") == ()  # what was opened before stays as it was


def test_passages_beside_the_articles_need_no_new_router(engine: Engine, book: Path) -> None:
    reports: list[str] = []
    both = Engine.load(book, report=reports.append)
    assert [line.split()[0] for line in reports] == ["Indexing"]
    assert both.ask(QUESTION).text == engine.ask(QUESTION).text
    assert both.search("sarcomere")[0].passage.id == "m1"
    reports.clear()
    assert Engine.load(book, report=reports.append).search("sarcomere") == both.search("sarcomere")
    assert reports == []
