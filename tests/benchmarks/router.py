"""How well and how fast Fabella's router tells intents apart, on data in the format of CLINC150.

    python tests/benchmarks/router.py --train FILE --test FILE             one table beside the published figures
    python tests/benchmarks/router.py --train FILE --test FILE --typos     each question once more with a typo
    python tests/benchmarks/router.py --train FILE --test FILE --halves 300
                                        how well a threshold from one half of the validation part does on the other

A file is a JSON object of parts, each a list of [text, label]: `train`, `val`, `test`, and `oos_train`, `oos_val`,
`oos_test` of what is out of scope. The router is trained on `train` and `oos_train` of the train file by the function
and with the constants that train it for Fabella's own intents; the threshold gives up a fixed share of its `val` (the
quantile rule of `fabella_intents.training`), and nothing else is chosen. Figures are of `test` and `oos_test` of the
test file, or of `val` and `oos_val` where it has none. In-scope accuracy is the share of questions in scope that get
their label and are not rejected, out-of-scope recall the share of the others that is rejected. Questions are timed
from their text on, in one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from retrieving.machine import ONE_THREAD, described

os.environ.update(ONE_THREAD)  # read by numerical libraries as they start

import numpy as np
from fabella_intents.fitting import english_words
from fabella_intents.router import Prediction, Router
from fabella_intents.training import REJECTED, fit
from fabella_intents.wording import Wording
from numpy.typing import NDArray
from retrieving.reading import UnreadableError
from retrieving.typos import mistyped

# Larson et al. 2019, table 2, "Full": in-scope accuracy and out-of-scope recall in percent.
PUBLISHED = {
    "trained with out-of-scope examples": {
        "SVM": (91.0, 14.5), "Rasa": (91.5, 45.3), "MLP on USE": (93.5, 47.4), "BERT": (96.9, 40.3),
    },
    "threshold alone": {
        "SVM": (88.2, 18.0), "Rasa": (90.9, 31.2), "DialogFlow": (90.8, 26.7), "MLP on USE": (93.4, 49.1),
        "BERT": (96.2, 52.3),
    },
}  # fmt: skip
STEPS = 200  # of the curve, of which half are where questions in scope are, half where others are
LINES = 25  # of it in the table
ROUNDS = 3  # in which questions are timed together
Part = list[tuple[str, str]]
Parts = dict[str, Part]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


@dataclass(frozen=True)
class Judged:
    """Of each question its chance of being answerable; of those in scope also whether their label is right."""

    right: NDArray[np.bool_]
    inside: NDArray[np.float64]
    outside: NDArray[np.float64]

    def accuracy(self, threshold: float) -> float:
        """In-scope accuracy (0 to 1); a rejection counts as wrong."""
        return float((self.right & (self.inside >= threshold)).mean())

    def recall(self, threshold: float) -> float | None:
        """Out-of-scope recall (0 to 1); None without such questions."""
        return float((self.outside < threshold).mean()) if len(self.outside) else None


@dataclass(frozen=True)
class Trained:
    """A router with the words that it is asked in, and what it took to train both, in seconds."""

    wording: Wording
    router: Router
    wall: float
    cpu: float

    def judge(self, inside: Part, outside: Part) -> Judged:
        """What it makes of questions in and out of scope."""
        found, others = (self.predict([text for text, _ in part]) for part in (inside, outside))
        pairs = zip(found, inside, strict=True)
        return Judged(
            np.array([one.best(self.router.answerable)[0] == label for one, (_, label) in pairs]),
            np.array([one.answerable for one in found]),
            np.array([one.answerable for one in others]),
        )

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Its prediction for each text."""
        return self.router.predict_all([self.wording.features(text) for text in texts])


@dataclass(frozen=True, slots=True)
class Spread:
    """Means and standard deviations over random halves."""

    in_scope_accuracy: float
    in_scope_accuracy_sd: float
    out_of_scope_recall: float | None
    out_of_scope_recall_sd: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; gives the exit status: 0, or 2 for input that can't be used."""
    parser = _parser()
    options = parser.parse_args(arguments)
    machine = f"{described()}, scikit-learn {version('scikit-learn')}, PyStemmer {version('PyStemmer')}"
    try:
        figures = {"machine": machine} | _measured(options)
    except UnreadableError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(figures, indent=2) if options.json else "\n".join(_table(figures)))
    return 0


def read(path: Path) -> Parts:
    """The parts of a file. Raises: UnreadableError."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{path}: not JSON: {error}") from None
    if not isinstance(data, dict):
        raise UnreadableError(f"{path}: a JSON object of parts is expected")
    return {name: _part(path, name, data[name]) for name in data}


def _part(path: Path, name: str, lines: Any) -> Part:
    if not isinstance(lines, list):
        raise UnreadableError(f"{path}: {name!r} is no list")
    for number, line in enumerate(lines, 1):
        if not isinstance(line, list) or len(line) != 2 or not all(isinstance(one, str) for one in line):
            raise UnreadableError(f"{path}: number {number} of {name!r} is not [text, label]")
    return [(text, label) for text, label in lines]


def train(parts: Parts, path: Path) -> Trained:
    """Train on the parts of the file at `path`, exactly as the product does. Raises: UnreadableError."""
    inside, outside, held = (parts.get(name, []) for name in ("train", "oos_train", "val"))
    if len({label for _, label in inside}) < 2 or not held:
        raise UnreadableError(f"{path}: needs a 'train' part with two labels at least, and a 'val' part")
    declined = frozenset(label for _, label in outside)
    for label in sorted(declined & {label for _, label in inside + held}):
        raise UnreadableError(f"{path}: {label!r} is the label of what is in scope and of what is not")
    wall, cpu = time.perf_counter(), time.process_time()
    wording = Wording((text for text, _ in inside + outside), english_words())
    seen = [[wording.features(text) for text, _ in part] for part in (inside + outside, held)]
    router = fit(
        seen[0], [label for _, label in inside + outside], declined=declined, talk=frozenset(),
        held=(seen[1], [label for _, label in held]),
    )  # fmt: skip
    return Trained(wording, router, time.perf_counter() - wall, time.process_time() - cpu)


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    learnt = read(options.train)
    asked = read(options.test)
    part = "test" if asked.get("test") else "val"
    inside, outside = asked.get(part, []), asked.get(f"oos_{part}", [])
    if not inside:
        raise UnreadableError(f"{options.test}: neither a 'test' nor a 'val' part")
    trained = train(learnt, options.train)
    threshold = trained.router.threshold
    judged = trained.judge(inside, outside)
    figures: dict[str, Any] = {
        "part": part,
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        "threshold_chosen_on_the_same_part": inside == learnt["val"],
        "rejected_of_validation": REJECTED,
        "threshold": threshold,
        "in_scope_accuracy": judged.accuracy(threshold),
        "out_of_scope_recall": judged.recall(threshold),
        "training_seconds": {"wall": trained.wall, "cpu": trained.cpu},
        "microseconds": _timed(trained, [text for text, _ in inside + outside]),
    }
    if options.typos:
        wrong = trained.judge(*(_mistyped(part, options.seed) for part in (inside, outside)))
        figures["typos"] = {
            "in_scope_accuracy": wrong.accuracy(threshold),
            "out_of_scope_recall": wrong.recall(threshold),
            "points_lost_in_scope": 100 * (judged.accuracy(threshold) - wrong.accuracy(threshold)),
        }
    if options.halves:
        val, oos = learnt["val"], learnt.get("oos_val", [])
        spread = halved(trained.judge(val, oos), [label for _, label in val], options.halves, options.seed)
        figures["halves"] = {"times": options.halves} | asdict(spread)
    return figures | {"curve": list(curve(judged))}


def _mistyped(part: Part, seed: int) -> Part:
    """The questions with one typo each, but for those without a word that is long enough."""
    drawn = [random.Random(f"{seed}:{n}") for n in range(len(part))]
    return [(mistyped(text, one) or text, label) for (text, label), one in zip(part, drawn, strict=True)]


def curve(judged: Judged) -> Iterator[dict[str, float | None]]:
    """In-scope accuracy and out-of-scope recall from the threshold that rejects nothing to the one that rejects all."""
    shares = np.linspace(0, 1, STEPS // 2)
    cuts = np.unique([np.quantile(one, shares) for one in (judged.inside, judged.outside) if len(one)])
    for cut in (*cuts.tolist(), float(np.nextafter(cuts[-1], np.inf))):
        yield {
            "threshold": cut,
            "in_scope_accuracy": judged.accuracy(cut),
            "out_of_scope_recall": judged.recall(cut),
        }


def halved(judged: Judged, labels: Sequence[str], times: int, seed: int) -> Spread:
    """The threshold from one half of the questions of each label, judged on the other half, so many times."""
    draw = np.random.default_rng(seed)
    names, target = np.unique(labels, return_inverse=True)
    found: list[tuple[float, float | None]] = []
    for _ in range(times):
        first = np.zeros(len(labels), dtype=np.bool_)
        for one in range(len(names)):
            places = draw.permutation(np.flatnonzero(target == one))
            first[places[: (len(places) + 1) // 2]] = True
        aside = draw.permutation(len(judged.outside)) < len(judged.outside) // 2
        threshold = float(np.quantile(judged.inside[first], REJECTED))
        rest = Judged(judged.right[~first], judged.inside[~first], judged.outside[~aside])
        found.append((rest.accuracy(threshold), rest.recall(threshold)))
    inside = [one for one, _ in found]
    outside = [one for _, one in found if one is not None]
    return Spread(
        statistics.fmean(inside), statistics.pstdev(inside),
        statistics.fmean(outside) if outside else None, statistics.pstdev(outside) if outside else None,
    )  # fmt: skip


def _timed(trained: Trained, texts: Sequence[str]) -> dict[str, float]:
    """Microseconds a question, from its text on: asked one after the other, and all at once."""
    singly = []
    for text in texts:
        begin = time.perf_counter_ns()
        trained.router.predict(trained.wording.features(text))
        singly.append(time.perf_counter_ns() - begin)
    together = []
    for _ in range(ROUNDS):
        begin = time.perf_counter_ns()
        trained.predict(texts)
        together.append((time.perf_counter_ns() - begin) / len(texts))
    return {
        "singly_median": statistics.median(singly) / 1e3,
        "singly_p99": float(np.quantile(singly, 0.99)) / 1e3,
        "batch": statistics.median(together) / 1e3,
    }


def _table(figures: dict[str, Any]) -> Iterator[str]:
    yield figures["machine"]
    counts = f"{figures['in_scope']:,} questions in scope and {figures['out_of_scope']:,} out of it"
    yield f"{counts}, of the {figures['part']} part"
    if figures["threshold_chosen_on_the_same_part"]:
        yield "The threshold was chosen on the same part: --halves tells how it does on others."
    yield ""
    yield f"{'':<34}{'in scope %':>11}{'out of scope %':>16}"
    yield _row("Fabella", figures["in_scope_accuracy"], figures["out_of_scope_recall"])
    if "typos" in figures:
        typos = figures["typos"]
        lost = f"   {typos['points_lost_in_scope']:.1f} points lost in scope"
        yield _row("  with a typo a question", typos["in_scope_accuracy"], typos["out_of_scope_recall"]) + lost
    if "halves" in figures:
        halves = figures["halves"]
        yield _row(f"  {halves['times']} halves, mean", halves["in_scope_accuracy"], halves["out_of_scope_recall"])
        yield _row("  and spread", halves["in_scope_accuracy_sd"], halves["out_of_scope_recall_sd"])
    for kind, rows in PUBLISHED.items():
        yield f"as published on CLINC150's test part, {kind}"
        for name, (inside, outside) in rows.items():
            yield _row(f"  {name}", inside / 100, outside / 100)
    seconds, spent = figures["training_seconds"], figures["microseconds"]
    yield ""
    rejected = figures["rejected_of_validation"]
    yield f"threshold {figures['threshold']:.3f}: rejects {rejected:.0%} of the validation part"
    yield f"trained in {seconds['wall']:.1f} s ({seconds['cpu']:.1f} s of processor time)"
    yield (
        f"a question takes {spent['singly_median']:.0f} microseconds singly (p99 {spent['singly_p99']:.0f}), "
        f"{spent['batch']:.0f} in batch"
    )
    yield ""
    yield f"{'threshold':>10}{'in scope %':>12}{'out of scope %':>16}"
    for point in figures["curve"][:: max(1, len(figures["curve"]) // LINES)]:
        shares = _percent(point["in_scope_accuracy"]), _percent(point["out_of_scope_recall"])
        yield f"{point['threshold']:>10.4f}{shares[0]:>12}{shares[1]:>16}"


def _row(name: str, inside: float | None, outside: float | None) -> str:
    return f"{name:<34}{_percent(inside):>11}{_percent(outside):>16}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _parser() -> _Parser:
    parser = _Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, metavar="FILE", required=True, help="what to learn from")
    parser.add_argument("--test", type=Path, metavar="FILE", required=True, help="what to ask")
    parser.add_argument("--typos", action="store_true", help="also ask each question with one typo")
    parser.add_argument("--halves", type=_times, metavar="N", help="choose and judge the threshold on N random halves")
    parser.add_argument("--seed", type=int, default=7, help="for typos and halves (default: 7)")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    return parser


def _times(text: str) -> int:
    if not text.strip().isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
