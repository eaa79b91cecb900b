"""The router learns any set of intents, tells what it can't answer, and is measured from the command line."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fabella_intents import training
from fabella_intents.features import Features
from fabella_intents.fitting import english_words
from fabella_intents.router import Router
from fabella_intents.wording import Wording
from fabella_knowledge.tokens import words
from hypothesis import given
from hypothesis import strategies as st

SCRIPT = Path(__file__).parent / "benchmarks" / "router.py"
VERBS = {
    "lights": (
        "switch the lamp on in the {}",
        "make it brighter in the {}",
        "turn off the {} lights",
        "dim the {}",
    ),
    "music": ("play some {} for me", "put on a {} song", "i want to listen to {}", "turn up the {} music"),
    "weather": ("will it rain in {}", "how warm does it get in {}", "is there snow in {}", "forecast for {} please"),
}
NAMES = {
    "lights": "kitchen bedroom hall cellar garage bathroom office garden".split(),
    "music": "jazz blues rock folk opera techno swing country".split(),
    "weather": "paris london rome berlin madrid vienna oslo lisbon".split(),
}
DECLINED = ("book a flight to {}", "buy shares of {}", "who won the match against {}", "what does {} cost at the bank")
THINGS = "paris apple spain gold london wheat oslo copper".split()


def made(verbs: tuple[str, ...], names: list[str]) -> list[str]:
    return [verb.format(name) for verb in verbs for name in names]


def questions(part: slice) -> list[tuple[str, str]]:
    """Questions with labels; `part` picks the names in them."""
    found = [(text, label) for label in VERBS for text in made(VERBS[label], NAMES[label][part])]
    return found + [(text, "other") for text in made(DECLINED, THINGS[part])]


LEARNT, ASKED = questions(slice(0, 6)), questions(slice(6, 8))


def seen(text: str) -> Features:
    return Features(words(text))


def fitted(lines: list[tuple[str, str]], **options: Any) -> Router:
    options = {"declined": frozenset({"other"}), "talk": frozenset()} | options
    return training.fit([seen(text) for text, _ in lines], [label for _, label in lines], **options)


@pytest.fixture(scope="module")
def router() -> Router:
    return fitted(LEARNT)


def test_labels_are_learnt(router: Router) -> None:
    for text, label in ASKED:
        prediction = router.predict(seen(text))
        assert prediction.scores[0][0] == label
        assert [value for _, value in prediction.scores] == sorted((v for _, v in prediction.scores), reverse=True)
        assert 0 <= prediction.answerable <= 1
    assert prediction.best(frozenset({"music", "lights"}))[0] in {"music", "lights"}
    assert prediction.score("nothing") == -np.inf == prediction.best(frozenset())[1]


def test_what_is_declined_is_less_answerable_than_what_is_not(router: Router) -> None:
    for text, label in ASKED:
        assert (router.predict(seen(text)).answerable >= router.threshold) == (label != "other"), text


def test_words_that_nobody_said_are_less_answerable(router: Router) -> None:
    known, _ = router.predict_all([seen("will it rain in paris"), seen("play")])
    unknown = router.predict(seen("quantum chromodynamics rain gauge symmetry"))
    assert dict(known.gate)["covered"] == pytest.approx(1)
    assert dict(unknown.gate)["covered"] < 0.6
    assert unknown.answerable < known.answerable


def test_what_is_covered_counts_for_the_label_alone(router: Router) -> None:
    # "paris" is of the weather, "kitchen" of the lights: of a question after one of them the other is not covered.
    mixed = router.predict(seen("will it rain in the kitchen"))
    assert mixed.best(router.answerable)[0] == "weather" and dict(mixed.gate)["covered"] < 1


def test_strange_words_speak_against_it() -> None:
    lines = [(Features(words(text), 2 * (label == "other")), label) for text, label in LEARNT]
    router = training.fit(
        [one for one, _ in lines], [label for _, label in lines], declined=frozenset({"other"}), talk=frozenset()
    )
    plain, strange = (router.predict(Features(("play", "some", "jazz"), n)) for n in (0, 2))
    assert strange.answerable < plain.answerable and strange.scores == plain.scores


def test_two_labels() -> None:
    router = fitted([one for one in LEARNT if one[1] in {"music", "other"}])
    assert router.labels == ("music", "other")
    for text, label in ASKED:
        if label in {"music", "other"}:
            assert router.predict(seen(text)).scores[0][0] == label


def test_talk_has_no_say_in_the_gate() -> None:
    router = fitted([*LEARNT, *[(f"hello my friend {n}", "chat") for n in "abcdefgh"]], talk=frozenset({"chat"}))
    assert router.answerable == {"lights", "music", "weather"}
    prediction = router.predict(seen("hello my friend a"))
    assert prediction.scores[0][0] == "chat"
    assert dict(prediction.gate)["best answerable"] == prediction.best(router.answerable)[1] < prediction.scores[0][1]


def test_without_declined_labels_the_gate_tells_whether_the_label_is_right() -> None:
    lines = [one for one in LEARNT if one[1] != "other"]
    confusing = [("turn it up", label) for label in ("lights", "music", "weather") for _ in range(6)]
    router = fitted([*lines, *confusing], declined=frozenset())
    clear, unclear = router.predict_all([seen("forecast for rome please"), seen("turn it up")])
    assert unclear.answerable < clear.answerable
    assert fitted(lines, declined=frozenset(), held=([seen("play some jazz")], ["music"])).threshold <= 1


def test_an_example_a_label_is_enough_to_score() -> None:
    router = fitted([("play a song", "music"), ("will it rain", "weather")], declined=frozenset())
    assert router.predict(seen("play")).scores[0][0] == "music"


def test_a_router_needs_two_labels_and_held_examples_that_are_answerable() -> None:
    with pytest.raises(ValueError, match="two labels"):
        fitted([("play a song", "music")])
    with pytest.raises(ValueError, match="answerable"):
        fitted(LEARNT, held=([seen("buy gold")], ["other"]))


def test_the_quantile_rule_rejects_its_share_of_what_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [(text, label) for text, label in LEARNT + ASKED if label != "other"]
    lines = [*held, ("buy gold", "other")]  # what is declined has no say
    given_back = ([seen(text) for text, _ in lines], [label for _, label in lines])
    for share in (0.03, 0.25):
        monkeypatch.setattr(training, "REJECTED", share)
        router = fitted(LEARNT, held=given_back)
        chances = [one.answerable for one in router.predict_all([seen(text) for text, _ in held])]
        assert router.threshold == pytest.approx(np.quantile(chances, share))
        assert sum(one < router.threshold for one in chances) == pytest.approx(share * len(held), abs=1)


def test_a_bonus_moves_scores_and_the_chance(router: Router) -> None:
    plain = router.predict(seen("will it rain in rome"))
    less = router.favour(plain, {"other"}, 3.0)
    assert less.score("other") == pytest.approx(plain.score("other") + 3)
    assert less.scores[0][0] == "other" and less.answerable < plain.answerable
    assert router.favour(plain, (), 1.0) == plain


def test_a_router_taken_apart_predicts_the_same(router: Router, tmp_path: Path) -> None:
    plain, arrays = router.to_arrays()
    assert arrays["coef"].dtype == np.float32
    for name, array in arrays.items():
        np.save(tmp_path / name, array, allow_pickle=False)
    mapped = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in arrays}
    again = Router.from_arrays(json.loads(json.dumps(plain)), mapped)
    asked = [seen(text) for text, _ in ASKED]
    assert again.predict_all(asked) == router.predict_all(asked)
    assert (again.threshold, again.answerable) == (router.threshold, router.answerable)


WORDS = sorted({word for text, _ in LEARNT for word in words(text)})


@given(st.lists(st.lists(st.sampled_from([*WORDS, "lamps", "zebra", "é"]), max_size=9).map(tuple), max_size=7))
def test_a_batch_is_predicted_like_each_of_it(router: Router, rows: list[tuple[str, ...]]) -> None:
    examples = [Features(row, len(row) % 3) for row in rows]
    assert router.predict_all(examples) == [router.predict(one) for one in examples]


def test_long_batches_are_predicted_in_their_order(router: Router) -> None:
    texts = [random.Random(n).choice(ASKED)[0] for n in range(700)]
    found = router.predict_all([seen(text) for text in texts])
    assert [one.scores for one in found] == [router.predict(seen(text)).scores for text in texts]


# --- words ----------------------------------------------------------------------------------------


def test_slips_are_mended_towards_words_of_the_examples() -> None:
    wording = Wording([text for text, _ in LEARNT], frozenset({"brain", "lump"}))
    row = wording.features("Wil it raim in the KTICHEN? bedrom brain lump xyzzy").row
    # "brain" and "lump" are English and taken as meant; of "xyzzy" nothing is near.
    assert row == ("will", "it", "rain", "in", "the", "kitchen", "bedroom", "brain", "lump", "xyzzy")


def test_the_most_used_of_equally_near_words_is_meant() -> None:
    wording = Wording(["cold cold cold", "bold bold", "told"], frozenset())
    assert wording.features("xold").row == ("cold",)
    assert Wording(["rarely"], frozenset()).features("rarelx").row == ("rarelx",)  # used once


# --- the benchmark --------------------------------------------------------------------------------


def parts() -> dict[str, list[list[str]]]:
    aside = questions(slice(5, 8))
    found: dict[str, list[list[str]]] = {}
    for name, lines in (("train", LEARNT), ("val", ASKED), ("test", aside)):
        found[name] = [[text, label] for text, label in lines if label != "other"]
        found[f"oos_{name}"] = [[text, "oos"] for text, label in lines if label == "other"]
    return found


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def written(place: Path, data: Any) -> Path:
    place.write_text(json.dumps(data), encoding="utf-8")
    return place


def test_the_benchmark_measures_the_test_part(tmp_path: Path) -> None:
    both = parts()
    learnt = written(tmp_path / "learnt.json", {name: both[name] for name in ("train", "oos_train", "val", "oos_val")})
    asked = written(tmp_path / "asked.json", {name: both[name] for name in ("test", "oos_test")})
    done = run("--train", learnt, "--test", asked, "--typos", "--halves", "5", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["part"], figures["in_scope"], figures["out_of_scope"]) == ("test", 36, 12)
    assert not figures["threshold_chosen_on_the_same_part"]
    assert figures["in_scope_accuracy"] > 0.8 and figures["out_of_scope_recall"] > 0.8
    assert figures["typos"]["points_lost_in_scope"] == pytest.approx(
        100 * (figures["in_scope_accuracy"] - figures["typos"]["in_scope_accuracy"])
    )
    assert set(figures["training_seconds"]) == {"wall", "cpu"}
    assert set(figures["microseconds"]) == {"singly_median", "singly_p99", "batch"}
    assert figures["halves"]["times"] == 5
    curve = figures["curve"]
    assert curve[0]["out_of_scope_recall"] == 0 and curve[-1]["in_scope_accuracy"] == 0
    recalls = [point["out_of_scope_recall"] for point in curve]
    assert recalls == sorted(recalls) and recalls[-1] == 1
    # It is what the product's own function gives for the same examples.
    wording = Wording([text for text, _ in both["train"] + both["oos_train"]], english_words())
    seen, held = ([wording.features(x) for x, _ in one] for one in (both["train"] + both["oos_train"], both["val"]))
    again = training.fit(
        seen, [label for _, label in both["train"] + both["oos_train"]], declined=frozenset({"oos"}), talk=frozenset(),
        held=(held, [label for _, label in both["val"]]),
    )  # fmt: skip
    assert again.threshold == pytest.approx(figures["threshold"])


def test_the_benchmark_says_when_the_threshold_was_chosen_on_what_it_measures(tmp_path: Path) -> None:
    both = parts()
    learnt = written(tmp_path / "dev.json", {name: both[name] for name in ("train", "oos_train", "val", "oos_val")})
    done = run("--train", learnt, "--test", learnt)
    assert done.returncode == 0, done.stderr
    assert "threshold was chosen on the same part" in done.stdout
    assert "BERT" in done.stdout and "96.9" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object"),
        ('{"train": 3}', "'train' is no list"),
        ('{"train": [["a", "b"], ["a"]]}', "number 2 of 'train'"),
        ('{"train": [["a", "b"], ["c", "d"]], "test": [["a", "b"]]}', "'val' part"),
        ('{"train": [["a", "b"]], "val": [["a", "b"]]}', "two labels"),
        ('{"train": [["a", "b"], ["c", "d"]]}', "neither"),
        ('{"train": [["a","b"],["c","d"]], "val": [["a","b"]], "oos_train": [["a","b"]]}', "what is in scope"),
        ('{"train": [["a","b"],["c","d"]], "val": [["a","oos"]], "oos_train": [["a","oos"]]}', "what is in scope"),
    ],
)
def test_a_bad_file_is_named_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(content, encoding="utf-8")
    done = run("--train", bad, "--test", bad)
    assert done.returncode == 2
    assert said in done.stderr and "bad.json" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_missing_file_and_a_wrong_option_are_named_in_one_line(tmp_path: Path) -> None:
    for arguments in (("--train", tmp_path / "no", "--test", tmp_path / "no"), ("--train", "x"), ("--halves", "0")):
        done = run(*arguments)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
