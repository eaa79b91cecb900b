"""What every test shares: an engine, and folders of this run alone for the cache and the user's state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from fabella import Engine

if TYPE_CHECKING:
    from scene import Scene


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


@pytest_asyncio.fixture
async def scene(engine: Engine, tmp_path: Path) -> AsyncIterator[Scene]:
    """The shipped bot in a small Discord, without a limit a user."""
    from scene import acted  # only where it is needed: it brings discord.py

    async with acted(engine, tmp_path) as made:
        await made.set(per_minute=0)
        yield made
