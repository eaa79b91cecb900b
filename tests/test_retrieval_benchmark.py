"""The benchmark of retrieval measures what it says: metrics, typos, readers, and the script from its command line."""

from __future__ import annotations

import json
import math
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.retrieving.ablation import PARTS, VARIANTS, changed, variants
from benchmarks.retrieving.engine import best
from benchmarks.retrieving.engines import ENGINES
from benchmarks.retrieving.growth import Curve, Point, recombined
from benchmarks.retrieving.judging import scores
from benchmarks.retrieving.measuring import Cost, qualities
from benchmarks.retrieving.metrics import ndcg, percentile99, rank_of, recall, reciprocal_rank, slope, success
from benchmarks.retrieving.reading import Passage, Question, UnreadableError, read_beir, read_passages, read_questions
from benchmarks.retrieving.typos import mistyped
from fabella_knowledge.index import Settings
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

SCRIPT = Path(__file__).parent / "benchmarks" / "retrieval.py"
PASSAGES = (
    ("1.1", "Bones", "Long bones", "The femur is the longest bone of the thigh. It bears the weight of the trunk."),
    ("1.1", "Bones", "Short bones", "Carpals are short bones of the wrist. There are eight of them."),
    ("1.2", "Blood", "", "Erythrocytes carry oxygen. Haemoglobin binds it in the lungs."),
    ("1.2", "Blood", "Defence", "Leukocytes defend against infection. They leave the vessels."),
    ("1.3", "Nerves", "", "Axons conduct impulses away from the body of a neuron. Myelin wraps them."),
)
QUESTIONS = (
    ("q1", "mc", "Which cells carry oxygen?", "1.2"),
    ("q2", "mc", "Which bone is the longest of the thigh?", "1.1"),
    ("q3", "definition", "conducts impulses away from a neuron", "1.3"),
    ("q4", "definition", "zzzz qqqq", "1.3"),  # shares nothing with any passage
)


# --- metrics --------------------------------------------------------------------------------------


def test_a_section_ranks_where_its_first_passage_does() -> None:
    ranked = ["b", "b", "a", "b", "a", "c"]
    assert [rank_of(one, ranked) for one in "bacd"] == [1, 2, 3, None]
    assert rank_of("a", []) is None


def test_shares_and_reciprocal_ranks() -> None:
    ranks = [1, 2, None, 5, 6, 11]
    assert success(ranks, 1) == pytest.approx(1 / 6)
    assert success(ranks, 5) == pytest.approx(3 / 6)
    assert reciprocal_rank(ranks) == pytest.approx((1 + 1 / 2 + 0 + 1 / 5 + 1 / 6 + 0) / 6)
    assert reciprocal_rank([10]) == pytest.approx(0.1)
    assert (success([], 1), reciprocal_rank([])) == (0.0, 0.0)


def test_ndcg_of_a_known_example() -> None:
    # Six documents judged 3, 2, 3, 0, 1, 2 as ranked; two more, 3 and 2, were not found: 6.861 of 8.740.
    gains = [3, 2, 3, 0, 1, 2]
    assert ndcg(gains, [*gains, 3, 2], 6) == pytest.approx(0.785, abs=5e-4)
    # Linear gain: by two to the power of the gain it would be less.
    assert ndcg([1, 3], [1, 3]) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_ndcg_at_its_edges() -> None:
    assert ndcg([2, 1, 0], [1, 2, 0]) == pytest.approx(1)
    assert ndcg([0] * 10 + [1], [1]) == 0
    assert ndcg([0, 0], [0, -1]) == 0
    assert ndcg([], [1]) == 0
    assert ndcg([-1, 1], [1, -1]) == pytest.approx(1 / math.log2(3))
    assert ndcg([1] * 10, [1] * 40) == pytest.approx(1)


def test_recall_counts_what_is_relevant() -> None:
    assert recall([0, 2, 1, 0], [2, 1, 1, 0], 2) == pytest.approx(1 / 3)
    assert recall([0, 2, 1, 0], [2, 1, 1, 0], 100) == pytest.approx(2 / 3)
    assert recall([0], [0]) == 0


def test_percentile_and_slope() -> None:
    assert percentile99(range(1, 100)) == pytest.approx(99)
    assert percentile99([3.0]) == 3.0
    assert slope([10, 100, 1000], [2, 20, 200]) == pytest.approx(1)
    assert slope([1, 4, 16], [3, 6, 12]) == pytest.approx(0.5)
    # Least squares by hand over log2: places 0, 1, 2 and values 0, 2, 1.
    assert slope([1, 2, 4], [1, 4, 2]) == pytest.approx(0.5)
    assert slope([10, 10], [1, 2]) is None
    assert slope([10, 100], [0, 2]) is None


def test_the_best_of_equal_scores_is_the_first_and_nothing_without_a_score_is_found() -> None:
    found = np.array([0.0, 2.0, 1.0, 2.0, -1.0, 1.0, 1.0])
    assert best(found, 3) == [1, 3, 2]
    assert best(found, 100) == [1, 3, 2, 5, 6]
    assert best(np.zeros(3), 2) == []


def test_qualities_by_kind() -> None:
    sections = [one[0] for one in PASSAGES]
    questions = [Question(*one) for one in QUESTIONS]
    ranked = [[2, 0], [2, 3, 0], [0, 1, 2, 4], []]
    found = {one.kind: one for one in qualities(questions, ranked, sections)}
    assert list(found) == ["mc", "definition", "all"]
    assert (found["mc"].questions, found["mc"].s1, found["mc"].s5, found["mc"].mrr10) == (2, 0.5, 1.0, 0.75)
    assert found["definition"].mrr10 == pytest.approx(1 / 6)
    assert found["all"].s1 == pytest.approx(1 / 4)


# --- typos ----------------------------------------------------------------------------------------


def alike(one: str, two: str) -> int:
    """How many letters both start with."""
    return next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


WORDS = st.text(st.sampled_from("abcdeéßXY"), min_size=1, max_size=9)
SENTENCES = st.lists(WORDS | st.sampled_from([" ", "’s ", "-", "_", "0", ". "]), max_size=12).map("".join)


@given(SENTENCES | st.text(max_size=30), st.integers())
def test_a_typo_is_one_edit_in_one_word_of_four_letters(text: str, seed: int) -> None:
    words = [found.span() for found in re.finditer(r"[^\W\d_]+", text) if len(found.group()) >= 4]
    typed = mistyped(text, random.Random(seed))
    assert (typed is None) == (not words)
    if typed is None:
        return
    assert OSA.distance(text, typed) == 1
    begin = alike(text, typed)
    after = alike(text[begin:][::-1], typed[begin:][::-1])
    assert any(first <= begin and len(text) - after <= last for first, last in words)


def test_typos_are_of_each_kind_and_spare_no_letter() -> None:
    word = "abcdefgh"
    kinds: Counter[str] = Counter()
    first = 0
    for seed in range(4000):
        typed = mistyped(word, random.Random(seed))
        assert typed is not None
        longer = len(typed) - len(word)
        moved = longer == 0 and sorted(typed) == sorted(word)
        kinds[{1: "insertion", -1: "deletion"}.get(longer, "transposition" if moved else "substitution")] += 1
        first += typed[0] != word[0]
    assert len(kinds) == 4
    assert all(900 < count < 1100 for count in kinds.values())
    assert 0.1 < first / 4000 < 0.15  # one letter of eight, as chance has it


def test_typos_are_the_same_for_the_same_seed() -> None:
    text = "where does the gastrocnemius insert"
    assert mistyped(text, random.Random("7:q1")) == mistyped(text, random.Random("7:q1"))
    assert len({mistyped(text, random.Random(f"7:q{n}")) for n in range(20)}) > 10
    assert mistyped("to be or not", random.Random(1)) is None


# --- readers --------------------------------------------------------------------------------------


def lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Files:
    """The two files of a benchmark."""

    passages: Path
    questions: Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    fields = ("section", "title", "heading", "text")
    passages = [{"id": f"p{n}", **dict(zip(fields, one, strict=True))} for n, one in enumerate(PASSAGES)]
    questions = [dict(zip(("id", "kind", "query", "section"), one, strict=True)) for one in QUESTIONS]
    return Files(lines(tmp_path / "passages.jsonl", passages), lines(tmp_path / "questions.jsonl", questions))


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    corpus = [{"_id": f"d{n}", "title": title, "text": text} for n, (_, title, _, text) in enumerate(PASSAGES)]
    lines(folder / "corpus.jsonl", corpus)
    queries = [{"_id": f"q{n}", "text": query} for n, (_, _, query, _) in enumerate(QUESTIONS)]
    lines(folder / "queries.jsonl", [*queries, {"_id": "unjudged", "text": "anything"}])
    (folder / "qrels").mkdir()
    rows = (
        "query-id\tcorpus-id\tscore",
        "q0\td2\t2",
        "q0\td3\t1",
        "q1\td0\t1",
        "q2\td4\t1",
        "q2\tgone\t1",
        "q3\td1\t0",
    )
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_passages_and_questions_are_read(files: Files) -> None:
    passages = read_passages(files.passages)
    assert passages == tuple(Passage(*one) for one in PASSAGES)
    assert passages[2].whole == "Blood Erythrocytes carry oxygen. Haemoglobin binds it in the lungs."
    assert read_questions(files.questions, passages) == tuple(Question(*one) for one in QUESTIONS)


def test_a_passage_may_have_its_title_as_section_and_a_list_of_headings(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "p.jsonl", [{"title": "A", "heading": ["b", "c"], "text": "d"}, {"title": "E", "text": "f"}]
    )
    assert read_passages(path) == (Passage("A", "A", "b c", "d"), Passage("E", "E", "", "f"))


def test_judged_data_is_read(beir: Path) -> None:
    data = read_beir(beir)
    assert data.ids == ("d0", "d1", "d2", "d3", "d4")
    assert data.passages[0] == Passage("d0", "Bones", "", PASSAGES[0][3])
    assert list(data.queries) == ["q0", "q1", "q2", "q3"]
    assert data.judgements["q0"] == {"d2": 2, "d3": 1}
    assert data.judgements["q2"] == {"d4": 1, "gone": 1}


def test_judged_data_without_names_of_columns_keeps_its_first_line(beir: Path) -> None:
    (beir / "qrels" / "test.tsv").write_text("q0\td2\t2\n", encoding="utf-8")
    assert read_beir(beir).judgements == {"q0": {"d2": 2}}


def test_judged_rankings_are_scored(beir: Path) -> None:
    ndcg10, recall100 = scores(read_beir(beir), [[3, 2], [1, 0], [4], []])
    first = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    third = 1 / (1 + 1 / math.log2(3))  # the judged document that the corpus lacks is in the ideal
    assert ndcg10 == pytest.approx((first + 1 / math.log2(3) + third + 0) / 4)
    assert recall100 == pytest.approx((1 + 1 + 0.5 + 0) / 4)


def test_a_query_that_is_a_document_does_not_find_itself(beir: Path) -> None:
    lines(beir / "queries.jsonl", [{"_id": "d0", "text": "femur"}])
    (beir / "qrels" / "test.tsv").write_text("d0\td1\t1\nd0\td0\t5\n", encoding="utf-8")
    assert scores(read_beir(beir), [[0, 1]]) == (1.0, 1.0)


BROKEN = {
    "passages.jsonl": [
        ('{"title": "A", "text": "b"}\n{"title": "A"', "passages.jsonl, line 2: not JSON"),
        ("[1]\n", "passages.jsonl, line 1: a JSON object is expected"),
        ("\n\n", "passages.jsonl: no passage in it"),
        ('{"title": "A", "heading": 3, "text": "b"}', 'passages.jsonl, line 1: "heading" is neither'),
        ('{"title": "A", "text": " "}', 'passages.jsonl, line 1: "text" is empty'),
        ('{"text": "b"}', 'passages.jsonl, line 1: "title" is missing'),
        (b'{"title": "A", "text": "b"}\n\xff\xfe', "passages.jsonl, line 2: not UTF-8"),
        ("[" * 100_000, "passages.jsonl, line 1: not JSON"),
        (None, "passages.jsonl: No such file"),
    ],
    "questions.jsonl": [
        ('{"id": "q", "kind": "mc", "query": "x", "section": "9.9"}', "line 1: no passage is of section '9.9'"),
        ('{"id": "q", "kind": 1, "query": "x", "section": "1.1"}', 'questions.jsonl, line 1: "kind" is no text'),
    ],
}


@pytest.mark.parametrize(("name", "held", "said"), [(name, *one) for name, cases in BROKEN.items() for one in cases])
def test_broken_input_is_told_with_file_and_line(files: Files, name: str, held: str | bytes | None, said: str) -> None:
    path = files.passages.with_name(name)
    if held is None:
        path.unlink()
    else:
        path.write_bytes(held.encode() if isinstance(held, str) else held)
    with pytest.raises(UnreadableError) as caught:
        read_questions(files.questions, read_passages(files.passages))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("q0\td1\n", "line 1: 2 columns"),
        ("query-id\tcorpus-id\tscore\nq0\td1\thigh\n", "line 2: the score 'high' is no whole number"),
        ("q9\td1\t1\n", "line 1: queries.jsonl has no query 'q9'"),
        ("query-id\tcorpus-id\tscore\n", "no judgement in it"),
    ],
)
def test_broken_judgements_are_told_with_file_and_line(beir: Path, held: str, said: str) -> None:
    (beir / "qrels" / "test.tsv").write_text(held, encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"test\.tsv") as caught:
        read_beir(beir)
    assert said in str(caught.value)


def test_a_document_that_comes_twice_is_told(beir: Path) -> None:
    lines(beir / "corpus.jsonl", [{"_id": "d1", "text": "a"}, {"_id": "d1", "text": "b"}])
    with pytest.raises(UnreadableError, match=r"corpus\.jsonl: \"_id\" 'd1' comes more than once"):
        read_beir(beir)


# --- growth and ablation --------------------------------------------------------------------------


def test_recombined_passages_hold_the_sentences_of_the_book_in_sections_of_its_size() -> None:
    book = [Passage(*one) for one in PASSAGES]
    made = recombined(book, 500, seed=7)
    assert len(made) == 500
    assert made == recombined(book, 500, seed=7)
    assert made != recombined(book, 500, seed=8)
    known = {sentence for one in book for sentence in re.split(r"(?<=\.) ", one.text)}
    assert {sentence for one in made for sentence in re.split(r"(?<=\.) ", one.text)} == known
    sections = [(title, len(list(held))) for (title, _), held in groupby(made, lambda one: (one.title, one.section))]
    assert all(10 <= size <= 30 for _, size in sections[:-1])
    assert all(one != two for (one, _), (two, _) in pairwise(sections))
    assert {one.heading for one in made} == {one.heading for one in book}


def test_recombined_passages_of_a_book_with_one_title() -> None:
    assert len(recombined([Passage("1", "A", "", "One sentence.")], 50, seed=1)) == 50


def test_the_slope_of_a_curve_leaves_out_what_was_not_measured() -> None:
    points = [Point(10, Cost(median_ms=1.0)), Point(1000, Cost(median_ms=10.0)), Point(100_000, Cost())]
    curve = Curve("fabella", "fabella", tuple(points))
    assert curve.slope("median_ms") == pytest.approx(0.5)
    assert curve.slope("build_s") is None


def test_each_variant_takes_something_from_what_is_shipped() -> None:
    specs = variants()
    assert specs[0].settings == Settings()
    assert all(one.settings != Settings() for one in specs[1:])
    assert [one.engine for one in specs[len(VARIANTS) :]] == ["unstemmed", "unmended"]
    assert len({one.label for one in specs}) == len(specs)
    with pytest.raises((TypeError, AttributeError)):
        changed(Settings(), {"passage.nothing": 0})


# --- the script -----------------------------------------------------------------------------------


def run(*arguments: object, stubs: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The script from its command line; `stubs` is a folder of modules that hide those installed."""
    surroundings = {**os.environ, "PYTHONPATH": str(stubs or "")}
    if stubs:
        surroundings["TMPDIR"] = str(stubs.with_name("scratch"))
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=300)


def test_the_table_has_a_line_for_every_engine(files: Files) -> None:
    done = run("--passages", files.passages, "--questions", files.questions, "--typos", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["passages"], figures["questions"], figures["typos_unchanged"]) == (5, 4, 0)
    rows = {row["engine"]: row for row in figures["engines"]}
    assert list(rows) == list(ENGINES)
    assert all(row["quality"] or row["note"] for row in rows.values())
    ours = rows["fabella"]
    assert ours["quality"]["mc"] == {"questions": 2, "s1": 1.0, "s5": 1.0, "mrr10": 1.0}
    assert ours["quality"]["definition"] == {"questions": 2, "s1": 0.5, "s5": 0.5, "mrr10": 0.5}
    assert ours["quality"]["all"]["mrr10"] == 0.75
    assert ours["mistyped"]["all"]["questions"] == 4
    for row in rows.values():
        if row["quality"]:
            cost = row["cost"]
            assert 0 < cost["median_ms"] <= cost["p99_ms"]
            assert cost["build_s"] > 0
            assert cost["index_bytes"] is None or cost["index_bytes"] > 0
            assert row["quality"]["all"]["s1"] >= 0.5
            assert (cost["to_bm25s"] is None) == (not rows["bm25s"]["quality"])


def test_an_engine_that_is_absent_or_breaks_is_a_line_that_says_so(files: Files, tmp_path: Path) -> None:
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (stubs / "bm25s.py").write_text("raise ModuleNotFoundError(\"No module named 'bm25s'\")", encoding="utf-8")
    (stubs / "tantivy.py").write_text("raise RuntimeError('out\\nof order')", encoding="utf-8")
    (stubs / "rank_bm25.py").write_text("print('noise'); import os; os._exit(3)", encoding="utf-8")
    only = "fabella,bm25s,tantivy,rank_bm25"
    done = run("--passages", files.passages, "--questions", files.questions, "--only", only, "--typos", stubs=stubs)
    assert done.returncode == 1
    assert re.search(r"^bm25s +not installed: pip install bm25s", done.stdout, re.MULTILINE)
    assert re.search(r"^tantivy +failed: RuntimeError: out of order$", done.stdout, re.MULTILINE)
    assert re.search(r"^rank_bm25 +failed: its process ended with status 3$", done.stdout, re.MULTILINE)
    assert re.search(r"^fabella \S+ +1\.000 1\.000 1\.000 +\.500 +\.500 +\.500 ", done.stdout, re.MULTILINE)
    assert "noise" not in done.stdout
    assert not list(scratch.iterdir())


def test_data_in_the_format_of_beir(beir: Path) -> None:
    done = run("--beir", beir, "--only", "fabella", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["passages"], figures["questions"]) == (5, 4)
    (ours,) = figures["beir"]
    # The first document of the first two queries is the best; one of two can be found for the third, none for the last.
    assert ours["ndcg10"] >= (2 / (2 + 1 / math.log2(3)) + 1 + 1 / (1 + 1 / math.log2(3))) / 4 - 1e-9
    assert 0.5 <= ours["recall100"] <= 0.625
    assert ours["cost"]["median_ms"] > 0


def test_growth_has_points_slopes_and_a_picture(files: Files, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "growth.png"
    given = ("--passages", files.passages, "--questions", files.questions, "--only", "fabella")
    done = run(*given, "--growth", "40,400", "--plot", picture, "--json")
    assert done.returncode == 0, done.stderr
    (curve,) = json.loads(done.stdout)["growth"]
    assert [one["passages"] for one in curve["points"]] == [40, 400]
    small, large = (one["cost"] for one in curve["points"])
    assert small["index_bytes"] < large["index_bytes"]
    assert min(small["open_s"], small["median_ms"], small["build_s"]) > 0
    wanted = math.log(large["index_bytes"] / small["index_bytes"]) / math.log(10)
    assert curve["slopes"]["index_bytes"] == pytest.approx(wanted)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_ablation_compares_with_what_is_shipped(files: Files) -> None:
    done = run("--passages", files.passages, "--questions", files.questions, "--ablation")
    assert done.returncode == 0, done.stdout + done.stderr
    labels = [label for label, _ in (*VARIANTS, *PARTS)]
    rows = done.stdout.splitlines()[-len(labels) :]
    assert all(one.startswith(label) for one, label in zip(rows, labels, strict=True))
    assert rows[0].count("+0.0") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--passages FILE and --questions FILE are needed"),
        (("--passages", "nowhere.jsonl", "--questions", "nowhere.jsonl"), "nowhere.jsonl: No such file"),
        (("--beir", "nowhere"), "corpus.jsonl: No such file"),
        (("--beir", "nowhere", "--typos"), "--beir FOLDER has its own"),
        (("--passages", "a", "--questions", "b", "--only", "fabella,google"), "'google' is none of fabella, bm25s"),
        (("--passages", "a", "--questions", "b", "--growth", "10,-1"), "'-1' is no whole number above 0"),
        (("--passages", "a", "--questions", "b", "--plot", "c.png"), "--plot FILE is drawn with --growth"),
        (("--passages", "a", "--questions", "b", "--beir", "c", "--growth"), "not allowed with argument"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_status_2(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
