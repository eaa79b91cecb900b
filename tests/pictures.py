"""Draws the pictures of `.github/`: real answers of the shipped bot, from the payloads that it sends.

    python tests/pictures.py                 # those of the README, into .github/
    python tests/pictures.py --all FOLDER    # every answer in dark and light, wide and on a phone, to judge them

People act in the tests' small Discord, where the shipped bot is connected on loopback; what it answers is drawn as a
page of HTML and photographed by Chromium. Needed are on Debian the packages `chromium`, `pngquant` and, as fonts,
`fonts-open-sans` (in place of Discord's own), `fonts-dejavu` and `fonts-noto-color-emoji`, and in Python
`pip install -e '.[test]'`. Nothing is read from a network.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from discordserver import Asked
from fabella import Engine
from looks import Turn, page
from scene import Scene, acted

FOLDER = Path(__file__).parent.parent / ".github"
MOST = 150_000  # bytes of a picture
DESKTOP, PHONE = 620, 375  # pixels
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
          "--font-render-hinting=none")  # fmt: skip
_SECONDS = 60.0  # for a picture
_SHARP = (2.0, 1.5, 1.0)  # dots of a pixel: fewer where the picture would be too large
_SUBCOMMAND = 1
# Name of the picture: the scene, the theme, the width.
_SHOWN = {
    "ask-dark": ("ask", "dark", DESKTOP),
    "ask-light": ("ask", "light", DESKTOP),
    "compare-phone": ("compare", "dark", PHONE),
    "refusal-phone": ("refusal", "light", PHONE),
    "clarify-dark": ("clarify", "dark", DESKTOP),
    "find-pages": ("find", "dark", DESKTOP),
}


async def scenes(engine: Engine, folder: Path) -> dict[str, list[Turn]]:
    """What people ask and what they see of it, by the name of the scene."""
    async with acted(engine, folder) as scene:
        await scene.set(per_minute=0)
        asked = {
            "ask": await _ask(scene, "Where does the medial head of the gastroc begin?"),
            "correction": await _ask(scene, "Is the fabella in the medial head?"),
            "refusal": await _ask(scene, "How many grams does the gastrocnemius weigh?"),
            "health": await _ask(scene, "my calf hurts, what should I do?"),
            "clarify": await scene.bob.slash(scene.general, "ask", question="nerve of flexor digitorum"),
            "several": await _ask(scene, "Which muscles flex the knee and extend the hip?"),
            "muscle": await scene.alice.slash(scene.general, "muscle", name="Soleus"),
            "gastrocnemius": await scene.alice.slash(scene.general, "muscle", name="Gastrocnemius"),
            "compare": await scene.alice.slash(
                scene.general, "compare", first="soleus", second="plantaris", about="action"
            ),
            "whole": await scene.alice.slash(scene.general, "compare", first="soleus", second="gastrocnemius"),
            "find": await scene.alice.slash(scene.general, "find", nerve="facial nerve"),
            "root": await scene.alice.slash(scene.general, "find", root="L5", private=True),
            "both": await scene.alice.slash(scene.general, "find", movement="flexion", joint="knee joint"),
            "unknown": await scene.alice.slash(scene.general, "muscle", name="gastrocnemios tertius"),
            "help": await scene.alice.slash(scene.general, "help"),
            "privacy": await scene.alice.slash(scene.general, "privacy"),
            "about": await scene.alice.slash(scene.general, "about"),
            "settings": await scene.mod.slash(scene.general, "fabella settings"),
            "nothing": await scene.alice.slash(scene.general, "find"),
        }
        asked["sources"] = await scene.alice.click(asked["ask"], "Sources")
        asked["turned"] = await scene.alice.click(
            await scene.alice.slash(scene.general, "find", nerve="facial nerve"), "Next"
        )
        asked["bibtex"] = await scene.alice.click(await scene.alice.click(asked["ask"], "Sources"), "BibTeX")
        made = {name: [_turn(one)] for name, one in asked.items()}
        made["mention"] = await _mention(scene, "which nerve supplies the soleus?")
        return made


async def _ask(scene: Scene, question: str) -> Asked:
    return await scene.alice.slash(scene.general, "ask", question=question)


async def _mention(scene: Scene, text: str) -> list[Turn]:
    said = await scene.alice.says(scene.general, text, mention=True)
    answer = await said.answer()
    return [Turn("alice", said.message), Turn("Fabella", answer, by="alice", replied=f"@Fabella {text}")]


def _turn(asked: Asked) -> Turn:
    assert asked.message is not None, asked
    given = asked.interaction.data
    names = [given.get("name"), *(one["name"] for one in given.get("options", ()) if one["type"] == _SUBCOMMAND)]
    used = " ".join(one for one in names if one)
    return Turn("Fabella", asked.message, by=asked.interaction.user.name, used=f"/{used}" if used else "")


def photograph(turns: Sequence[Turn], target: Path, *, theme: str, width: int, chromium: str) -> int:
    """Write a picture of these messages; gives its size in bytes.

    Raises:
        RuntimeError: Chromium made none.
    """
    with tempfile.TemporaryDirectory(prefix="fabella-pictures-") as folder:
        html = Path(folder, "page.html")
        drawn = page(turns, theme=theme, width=width)
        # The picture is as high as the page, and only a browser knows how high that is.
        measure = "<script>document.title = document.body.offsetHeight</script></body>"
        html.write_text(drawn.replace("</body>", measure), encoding="utf-8")
        found = re.search(r"<title>(\d+)</title>", _run(chromium, folder, f"{width},800", "--dump-dom", html.as_uri()))
        if found is None:
            raise RuntimeError(f"{target.name}: Chromium could not measure the page")
        html.write_text(drawn, encoding="utf-8")
        for dots in _SHARP:
            target.unlink(missing_ok=True)
            scale = f"--force-device-scale-factor={dots}"
            _run(chromium, folder, f"{width},{found[1]}", scale, f"--screenshot={target}", html.as_uri())
            if not target.is_file():
                raise RuntimeError(f"{target.name}: Chromium made no picture")
            # Few colours make a file a third as large; nobody sees the difference.
            subprocess.run(
                ["pngquant", "--force", "--skip-if-larger", "--ext", ".png", "128", str(target)], check=False
            )
            size = target.stat().st_size
            if size <= MOST:
                break
        return size


def _run(chromium: str, folder: str, size: str, *more: str) -> str:
    command = [chromium, *_FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={size}", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    return done.stdout


def main() -> int:
    """Draw the pictures; gives 1 where one is too large, 2 where a program is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every answer in every look, into this folder")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="with --all: these scenes alone")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or shutil.which("pngquant") is None:
        print("missing: apt-get install chromium pngquant fonts-open-sans fonts-dejavu fonts-noto-color-emoji")
        return 2
    with tempfile.TemporaryDirectory(prefix="fabella-scene-") as folder:
        drawn = asyncio.run(scenes(Engine.load(), Path(folder)))
    wanted = _SHOWN
    if given.all is not None:
        looks = [(theme, width) for theme in ("dark", "light") for width in (DESKTOP, PHONE)]
        wanted = {
            f"{name}-{theme}-{'phone' if width == PHONE else 'wide'}": (name, theme, width)
            for name in (given.only or drawn)
            for theme, width in looks
        }
    into = (given.all or FOLDER).resolve()
    into.mkdir(parents=True, exist_ok=True)
    heavy = False
    for name, (scene, theme, width) in wanted.items():
        size = photograph(drawn[scene], into / f"{name}.png", theme=theme, width=width, chromium=chromium)
        heavy = heavy or size > MOST
        print(f"{name}.png {size / 1000:.0f} kB{' too large' if size > MOST else ''}", flush=True)
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
