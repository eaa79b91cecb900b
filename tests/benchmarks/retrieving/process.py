"""An engine in a process of its own, so that no engine's memory, threads or caches disturb another's figures."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from .engine import AbsentError, Engine
from .engines import Spec
from .machine import forget_peak, one_core, resident
from .reading import Passage

_SETTLING = 5  # queries asked before a block is timed, since another engine had the core


class FailedError(Exception):
    """An engine that raised, or whose process ended. The message is one line."""


@dataclass(frozen=True, slots=True)
class Built:
    """What building took: seconds, and bytes by which memory grew at the highest."""

    seconds: float
    peak: float


class EngineProcess:
    """Runs one engine on one core. A context manager: the process ends with it."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        spawning = get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._folder = tempfile.TemporaryDirectory(prefix="fabella-retrieval-")
        self._process = spawning.Process(target=_serve, args=(theirs, spec, Path(self._folder.name)), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> EngineProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()  # it ends by that, unless it is busy
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._folder.cleanup()

    def release(self) -> str:
        """Name and version. Raises: AbsentError, FailedError."""
        return str(self._asked("release"))

    def build(self, passages: Sequence[Passage]) -> Built:
        """Index the passages. Raises: FailedError, as all that follow."""
        built: Built = self._asked("build", passages)
        return built

    def kept(self) -> int | None:
        """The bytes of the index as it is written to a folder, None where there is no such thing."""
        held: int | None = self._asked("kept")
        return held

    def opened(self, query: str, top: int) -> float:
        """Seconds from the kept index to the first ranking; what follows is ranked by the opened index."""
        return float(self._asked("opened", query, top))

    def rank(self, queries: Sequence[str], top: int) -> list[list[int]]:
        """The places of the best passages for each query."""
        ranked: list[list[int]] = self._asked("rank", queries, top)
        return ranked

    def time(self, queries: Sequence[str], top: int) -> list[float]:
        """Seconds of ranking each query singly."""
        taken: list[float] = self._asked("time", queries, top)
        return taken

    def _asked(self, what: str, *given: Any) -> Any:
        try:
            self._pipe.send((what, given))
            how, value = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(timeout=2)
            raise FailedError(f"its process ended with status {self._process.exitcode}") from None
        if how == "absent":
            raise AbsentError(value)
        if how == "failed":
            raise FailedError(value)
        return value


class _Served:
    """What the process does for each thing asked."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def release(self) -> str:
        return self._engine.release

    def build(self, passages: Sequence[Passage]) -> Built:
        gc.collect()
        forget_peak()
        before, _ = resident()
        began = time.perf_counter()
        self._engine.build(passages)
        seconds = time.perf_counter() - began
        return Built(seconds, resident()[1] - before)

    def kept(self) -> int | None:
        return self._engine.keep(self._folder)

    def opened(self, query: str, top: int) -> float:
        began = time.perf_counter()
        self._engine.open(self._folder)
        self._engine.rank(query, top)
        return time.perf_counter() - began

    def rank(self, queries: Sequence[str], top: int) -> list[list[int]]:
        return [self._engine.rank(query, top) for query in queries]

    def time(self, queries: Sequence[str], top: int) -> list[float]:
        gc.collect()
        gc.freeze()  # what the harness holds would be gone through again and again
        for query in queries[-_SETTLING:]:
            self._engine.rank(query, top)
        taken = []
        for query in queries:
            began = time.perf_counter()
            self._engine.rank(query, top)
            taken.append(time.perf_counter() - began)
        return taken


def _serve(pipe: Connection, spec: Spec, folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks ends this one
    os.dup2(2, 1)  # nothing that a package prints may get into the figures
    one_core()
    _answer(pipe, lambda: _Served(spec.made(), folder))


def _answer(pipe: Connection, make: Callable[[], _Served]) -> None:
    from threadpoolctl import threadpool_limits

    served: _Served | None = None
    while True:
        try:
            what, given = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            served = served or make()
            with threadpool_limits(1):
                said = ("done", getattr(served, what)(*given))
        except AbsentError as error:
            said = ("absent", str(error))
        except Exception as error:
            said = ("failed", " ".join(f"{type(error).__name__}: {error}".split()))
        try:
            pipe.send(said)
        except OSError:
            return
