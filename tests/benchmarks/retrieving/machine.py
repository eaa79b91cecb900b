"""Tells what was measured on, and keeps a process to one core and one thread."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# Read by numerical libraries as they start, so that they must be set before a process is.
_LIMITS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS",
)  # fmt: skip
ONE_THREAD = {**dict.fromkeys(_LIMITS, "1"), "TOKENIZERS_PARALLELISM": "false"}


def described() -> str:
    """Processor, cores, load (what else runs makes each time worse: a busy core is a load of 1) and versions."""
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    versions = f"Python {platform.python_version()}, numpy {version('numpy')}, {_release()}"
    return f"{_processor()}, {os.cpu_count()} cores, {load}, {versions}"


def one_core() -> None:
    """Stay on one core, where the system allows to say so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def forget_peak() -> None:
    """Count the highest memory of this process from now on, where the system allows to say so."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def resident() -> tuple[float, float]:
    """The memory of this process now and at its highest, in bytes."""
    import psutil

    now = psutil.Process().memory_info()
    try:
        # Of the process alone: what getrusage tells on Linux may be that of the process which started it.
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    except OSError:
        found = None
    if found:
        return float(now.rss), int(found.group(1)) * 1024.0
    return float(now.rss), float(getattr(now, "peak_wset", now.rss))


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        found = re.search(r"^model name\s*: (.+)$", described, re.MULTILINE)
    except OSError:
        found = None
    return found.group(1) if found else platform.machine()


def _release() -> str:
    try:
        return f"fabella {version('fabella')}"
    except PackageNotFoundError:
        return "fabella (not installed)"
