"""How fast Fabella answers, as one table: `python tests/benchmarks/speed.py [--json]`.

Needs the package with its `test` extra, and bm25s for the comparison (`pip install bm25s`). Everything runs
over the built-in texts and with a cache folder of its own. The warm figures are of one thread on one core.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from fabella import Context, Engine
from fabella.model import open_model
from fabella_intents.understanding import Understanding
from fabella_knowledge import load
from retrieving.machine import described, one_core
from threadpoolctl import threadpool_limits

QUESTIONS = Path(__file__).with_name("questions.txt")
COLD_QUESTION = "On which part of the thigh bone does the outer head of the gastrocnemius take its origin?"
TIMED = 2000
ASKED = 10_000
STARTS = 7
TOP = 5  # passages that bm25s ranks
_IMPORT_TIME = re.compile(r"^import time:\s+(\d+) \|", re.MULTILINE)
_COLD = f"""
import sys, time
started = time.time()
from fabella import Engine
imported = time.time()
engine = Engine.load()
loaded = time.time()
engine.ask({COLD_QUESTION!r}).text
answered = time.time()
print(started, imported, loaded, answered)
"""
_MEMORY = f"""
import gc, itertools, psutil
from pathlib import Path
from fabella import Engine
engine = Engine.load()
lines = [one.removeprefix("> ") for one in Path({str(QUESTIONS)!r}).read_text(encoding="utf-8").splitlines()]
asks = [one for one in lines if one and not one.startswith("#")]
for asked in (len(asks), {ASKED}):
    for one in itertools.islice(itertools.cycle(asks), asked):
        engine.ask(one).to_dict()
    gc.collect()
    print(psutil.Process().memory_info().rss / 2**20)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `value` is the median where there are several; `p99` and `note` may be empty."""

    what: str
    value: float | None
    unit: str
    p99: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with the conversation before it."""

    text: str
    context: Context


def main() -> int:
    """Measure, print the table; gives the exit status."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--json", action="store_true", help="print the rows as a JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fabella-speed-") as folder:
        os.environ["FABELLA_CACHE"] = folder
        os.environ.pop("FABELLA_LIBRARY", None)
        machine = described()
        rows = [*_starting(), *_asking()]
    if options.json:
        print(json.dumps({"machine": machine, "rows": [asdict(one) for one in rows]}, indent=2))
    else:
        print(machine, "", *_table(rows), sep="\n")
    return 0


# --- starting ---------------------------------------------------------------------------------------------


def _starting() -> Iterator[Row]:
    """The first fit ever, and then the first answers of fresh processes."""
    fit = _start()
    fitting = f"fitting {fit.loaded - fit.imported:.2f} s"
    yield Row("first start ever: empty cache to first answer", fit.answered, "s", note=fitting)
    colds = [_start() for _ in range(STARTS)]
    many = f"median of {STARTS} processes"
    yield Row("cold process, warm cache: to first answer", median(c.answered for c in colds), "s", note=many)
    yield Row("  the interpreter itself", median(c.started for c in colds), "s")
    yield Row("  from fabella import Engine", median(c.imported - c.started for c in colds), "s")
    yield Row("  Engine.load()", median(c.loaded - c.imported for c in colds), "s")
    yield Row("  the answer", median(c.answered - c.loaded for c in colds), "s")
    traced = [_start("-X", "importtime") for _ in range(STARTS)]
    share = 100 * median(t.importing / t.answered for t in traced)
    importing = f"-X importtime: {median(t.importing for t in traced):.3f} s"
    yield Row("  share of all imports", share, "%", note=importing)
    exits = [_command() for _ in range(STARTS)]
    yield Row('run_bot.py ask "...": start to exit', median(exits), "s", note=many)


@dataclass(frozen=True, slots=True)
class Start:
    """When a process got how far, in seconds after it was started, and what importing took altogether."""

    started: float
    imported: float
    loaded: float
    answered: float
    importing: float


def _start(*switches: str) -> Start:
    command = [sys.executable, *switches, "-c", _COLD]
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    stamps = [float(one) - began for one in done.stdout.split()]
    return Start(*stamps, importing=sum(map(int, _IMPORT_TIME.findall(done.stderr))) / 1e6)


def _command() -> float:
    script = Path(__file__).resolve().parents[2] / "run_bot.py"
    began = time.perf_counter()
    subprocess.run([sys.executable, str(script), "ask", COLD_QUESTION], capture_output=True, check=True)
    return time.perf_counter() - began


# --- asking -----------------------------------------------------------------------------------------------


def _asking() -> Iterator[Row]:
    """The warm figures, all in this process."""
    one_core()
    with threadpool_limits(1):
        yield from _warm(Engine.load())


def _warm(engine: Engine) -> Iterator[Row]:
    asks, first = _conversations(engine, QUESTIONS.read_text(encoding="utf-8").splitlines())
    whole = _times(lambda one: engine.ask(one.text, context=one.context).text, asks)
    yield _timed("question to plain text, warm", whole, note=f"{len(whole)} asked, {len(asks)} different")
    yield _timed("  each of them the first time", first, note=f"{len(first)} asked")
    model = open_model()
    reader = Understanding(model.texts.library.vocabulary, model.definitions, model.speller, model.router)
    yield _timed("  of it reading and routing", _times(lambda one: reader.read(one.text, one.context), asks))
    searched = _times(lambda one: engine.search(one.text, limit=TOP), asks)
    yield _timed(f"Engine.search: passages ranked, top {TOP}", searched)
    ranked = _bm25s(asks)
    name = f"bm25s ranking the same passages, top {TOP}"
    if ranked is None:
        yield Row(name, None, "ms", note="bm25s is not installed: pip install bm25s")
    else:
        yield _timed(name, ranked, note=f"bm25s {version('bm25s')}; it ranks, and answers nothing")
        for what, taken in (("an answer", whole), ("Engine.search", searched)):
            ratio = median(taken) / median(ranked)
            yield Row(f"  {what} / bm25s", ratio, "x", _p99(taken) / _p99(ranked))

    before, after = _resident()
    yield Row("resident memory of a process of its own, warmed up", before, "MB")
    yield Row(f"  after {ASKED:,} more questions", after, "MB", note=f"{after - before:+.1f} MB")


def _conversations(engine: Engine, lines: Iterable[str]) -> tuple[list[Ask], list[float]]:
    """The questions of a file, each with the context that its conversation has by then, and the seconds
    that the answers took.
    """
    found: list[Ask] = []
    taken: list[float] = []
    context = Context()
    for line in lines:
        if not line or line.startswith("#"):
            continue
        one = Ask(line.removeprefix("> "), context if line.startswith("> ") else Context())
        began = time.perf_counter()
        answer = engine.ask(one.text, context=one.context)
        answer.text  # noqa: B018  rendering is part of it
        taken.append(time.perf_counter() - began)
        found.append(one)
        context = answer.context
    return found, taken


def _bm25s(asks: list[Ask]) -> list[float] | None:
    """Seconds that bm25s takes for the questions, None without it."""
    try:
        import bm25s
    except ModuleNotFoundError:
        return None
    passages = [" ".join((one.structure, *one.heading, one.text)) for one in load().passages]
    ranker = bm25s.BM25()
    ranker.index(bm25s.tokenize(passages, stopwords="en", show_progress=False), show_progress=False)

    def rank(one: Ask) -> object:
        words = bm25s.tokenize(one.text, stopwords="en", return_ids=False, show_progress=False)
        return ranker.retrieve(words, k=TOP, show_progress=False)

    return _times(rank, asks)


def _times(act: Callable[[Ask], object], asks: list[Ask]) -> list[float]:
    """Seconds that `act` took each time, in whole rounds, `TIMED` at least; a first round isn't counted."""
    for one in asks:
        act(one)
    taken = []
    for _ in range(-(-TIMED // len(asks))):
        for one in asks:
            began = time.perf_counter()
            act(one)
            taken.append(time.perf_counter() - began)
    return taken


def _timed(what: str, taken: list[float], *, note: str = "") -> Row:
    return Row(what, median(taken) * 1e3, "ms", _p99(taken) * 1e3, note)


def _p99(taken: list[float]) -> float:
    return quantiles(taken, n=100)[98]


def _resident() -> tuple[float, float]:
    """Megabytes of a process that does nothing but answer, warmed up and after `ASKED` more questions."""
    done = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    before, after = map(float, done.stdout.split())
    return before, after


# --- printing ---------------------------------------------------------------------------------------------


def _table(rows: list[Row]) -> list[str]:
    lines = [f"{'':<50} {'median':>9} {'p99':>9}"]
    for one in rows:
        value = "-" if one.value is None else f"{one.value:.{_digits(one)}f}"
        p99 = "" if one.p99 is None else f"{one.p99:.{_digits(one)}f}"
        lines.append(f"{one.what:<50} {value:>9} {p99:>9} {one.unit:<3} {one.note}".rstrip())
    return lines


def _digits(one: Row) -> int:
    return {"ms": 3, "s": 3}.get(one.unit, 1)


if __name__ == "__main__":
    sys.exit(main())
