"""An installed package adds an intent and the handler that computes it, without touching the built-in ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fabella import Engine

MODULE = """
from fabella.draft import Draft


def holdings(read, context, desk):
    return Draft("smalltalk", "holdings", f"My library holds {len(desk.facts.library.articles)} articles.")
"""
DEFINITION = """
name = "holdings"
summary = "how many articles there are"
handler = "holdings"
examples = [
  "how many articles does the library hold", "number of articles in your library", "count your articles",
  "how many articles are there", "articles in the library, how many", "how big is your library of articles",
  "tell me the number of articles that you hold", "how large is the library", "what is the count of articles",
  "how many structures have an article", "size of your library please", "articles count",
]
"""
METADATA = "Metadata-Version: 2.1\nName: fabella-holdings\nVersion: 1\n"
POINTS = "[fabella.handlers]\nholdings = fabella_holdings:holdings\n[fabella.intents]\nholdings = fabella_holdings\n"


def test_a_package_brings_an_intent_and_its_handler(engine: Engine, tmp_path: Path) -> None:
    package = tmp_path / "fabella_holdings"
    package.mkdir()
    (package / "__init__.py").write_text(MODULE)
    (package / "holdings.toml").write_text(DEFINITION)
    about = tmp_path / "fabella_holdings-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(METADATA)
    (about / "entry_points.txt").write_text(POINTS)
    code = (
        f"import sys; sys.path.append({str(tmp_path)!r})\n"
        "from fabella import Engine\n"
        "engine = Engine.load(cache=None)\n"
        "print(engine.ask('how many articles does your library hold?').lead)\n"
        "print(engine.ask('What is the origin of the gastrocnemius?').status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines() == [f"My library holds {len(engine.structures())} articles.", "answered"], (
        done.stderr
    )
