"""The key of what is kept in the cache: what it was made of, and the code that made it."""

from __future__ import annotations

import hashlib
from functools import cache as once
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fabella import cache


def of(*parts: str) -> str:
    """The key of a cache entry that was made of these by the code that runs, 24 hexadecimal digits."""
    whole = "\0".join((*parts, code(), str(cache.FORMAT)))
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:24]


@once
def code() -> str:
    """The version and, so that a change in a checkout is seen, the hash of the code that fits."""
    import fabella_intents
    import fabella_knowledge
    import Stemmer

    try:
        released = version("fabella")
    except PackageNotFoundError:
        released = "unreleased"
    # Another stemmer would look for other stems than those that were indexed.
    total = hashlib.sha256(f"{released}\0{Stemmer.version()}\0".encode())
    for package in (fabella_knowledge, fabella_intents):
        for file in sorted(Path(package.__path__[0]).glob("*.py")):
            total.update(file.read_bytes())
    for name in ("texts.py", "model.py"):
        total.update(Path(__file__).with_name(name).read_bytes())
    return total.hexdigest()
