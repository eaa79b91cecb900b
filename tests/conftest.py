"""What every test shares: an engine, and folders of this run alone for the cache and the user's state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fabella import Engine


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache folder of this run: only the first test that needs a model fits it. Settings start empty."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FABELLA_CACHE", str(cache))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
        for name in ("FABELLA_LIBRARY", "FABELLA_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            patch.delenv(name, raising=False)
        yield cache


@pytest.fixture(scope="session")
def engine(surroundings: Path) -> Engine:
    """The engine over the built-in texts."""
    return Engine.load()
