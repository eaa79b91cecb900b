"""How many interactions the bot answers, beside a bare discord.py bot that answers a constant embed with a view.

    python tests/benchmarks/discord_load.py            a table
    python tests/benchmarks/discord_load.py --json     the figures as one JSON object

Each bot is a process of its own on the first core; the small Discord of the tests, which offers the load over
loopback, is another one on the second. Both bots are measured in turns in the same run, and the medians are told:

- ceiling: interactions answered a second with 64 outstanding
- at 500/s: p50 and p99 from the event being sent to the callback's arrival
- at 3000/s: the share of the ceiling that is answered within Discord's three seconds, per second of load

Fabella is asked by as many people as there are interactions (its limit a user stays what it is by default): questions
of `questions.txt` in turn ("popular": they repeat, as those of a class do), and ten questions about each structure of
the library, more than the bot keeps the answers of ("new": each is worked out).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
TESTS = HERE.parents[1]
QUESTIONS = HERE.with_name("questions.txt")
PEOPLE = 30_000
PLAN = [
    {"outstanding": 64, "seconds": 2},  # warm
    {"outstanding": 64, "seconds": 6},
    {"rate": 500, "seconds": 8},
    {"rate": 3000, "seconds": 6},
]
BOTS = ("bare", "popular", "new")
PHRASES = (
    "Where does the {} originate?", "where does {} insert", "What does the {} do?", "which nerve supplies the {}?",
    "blood supply of the {}", "what is the {}", "Where are the attachments of the {}?", "which artery feeds the {}",
    "where is the {}", "innervation of {} please",
)  # fmt: skip


def questions() -> list[str]:
    """The questions that stand alone."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [one for one in lines if one and one[0] not in "#>" and len(one) < 300]


async def bare() -> None:
    """Run the bare bot until it is stopped."""
    import discord
    import yarl
    from discord.ext import commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = os.environ["FABELLA_DISCORD_API"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["FABELLA_DISCORD_GATEWAY"])
    bot = commands.Bot((), intents=discord.Intents(guilds=True), max_messages=None, guild_ready_timeout=0.01)
    embed = discord.Embed(title="Where does it insert?", description="- **Soleus, insertion**: calcaneus [1]\n" * 3)
    embed.add_field(name="Sources", value="[1] [Gray 1918](https://www.bartleby.com/107/), p. 483")
    embed.set_footer(text="Anatomy from cited texts. Not medical advice.")

    @bot.tree.command()
    async def ask(interaction: discord.Interaction, question: str) -> None:
        """Ask"""
        view = discord.ui.View(timeout=60)
        for label in ("What does it do?", "Which nerve supplies it?", "Ask more", "Sources", "Yes", "No"):
            view.add_item(discord.ui.Button(label=label))
        await interaction.response.send_message(embed=embed, view=view)

    async def setup() -> None:
        await bot.tree.sync()

    bot.setup_hook = setup  # type: ignore[method-assign]
    async with bot:
        await bot.start(os.environ["FABELLA_DISCORD_TOKEN"])


@contextlib.contextmanager
def started(command: list[str], core: int, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A process on one core, which is ended with this block."""
    cores = {core} & os.sched_getaffinity(0) or os.sched_getaffinity(0)
    process = subprocess.Popen(command, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores), **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def measured(bot: str) -> list[dict[str, Any]]:
    """The phases of the plan with one bot."""
    texts = questions()
    if bot == "new":
        from fabella import Engine

        texts = [phrase.format(name.lower()) for phrase in PHRASES for name in Engine.load().structures()]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.txt"
        file.write_text("\n".join(texts), encoding="utf-8")
        command = [sys.executable, "-m", "discordserver", "--seconds", "240", "--people", str(PEOPLE)]
        command += ["--texts", str(file), "--plan", json.dumps(PLAN)]
        surroundings = os.environ | {"PYTHONPATH": str(TESTS)}
        with started(command, 1, env=surroundings, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            database = {"FABELLA_DISCORD_DATABASE": f"sqlite+aiosqlite:///{folder}/bench.sqlite3"}
            environment = os.environ | told["environment"] | database
            shipped = [sys.executable, str(TESTS.parent / "run_bot.py"), "discord"]
            if bot != "bare":
                subprocess.run([*shipped, "--sync"], env=environment, check=True, capture_output=True)
            run = [sys.executable, str(HERE), "--bare"] if bot == "bare" else shipped
            with started(run, 0, env=environment, stderr=subprocess.DEVNULL):
                return [json.loads(server.stdout.readline()) for _ in PLAN][1:]


def median(rows: list[list[dict[str, Any]]], phase: int, key: str) -> float:
    """The median of a figure over the rounds."""
    return statistics.median(float(one[phase][key] or 0.0) for one in rows)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=BOTS, nargs="*", default=list(BOTS))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.bare:
        asyncio.run(bare())
        return
    rounds: dict[str, list[list[dict[str, Any]]]] = {bot: [] for bot in given.only}
    for _ in range(given.rounds):
        for bot in given.only:
            rounds[bot].append(measured(bot))
    figures: dict[str, dict[str, float]] = {}
    for bot, rows in rounds.items():
        ceiling = median(rows, 0, "answered_a_second")
        in_time = median(rows, 2, "answered_in_time") / PLAN[3]["seconds"]
        figures[bot] = {
            "ceiling": ceiling,
            "p50_ms_at_500": median(rows, 1, "p50_ms"),
            "p99_ms_at_500": median(rows, 1, "p99_ms"),
            "in_time_at_3000": round(in_time, 1),
            "share_of_own_ceiling_at_3000": round(in_time / ceiling, 3),
        }
    for bot, row in figures.items():
        if "bare" in figures:
            row["share_of_bare_ceiling"] = round(row["ceiling"] / figures["bare"]["ceiling"], 3)
        del bot
    if given.json:
        print(json.dumps({"figures": figures, "rounds": rounds}))
        return
    names = list(next(iter(figures.values())))
    print("| bot |" + "|".join(f" {one.replace('_', ' ')} " for one in names) + "|")
    print("|---" * (len(names) + 1) + "|")
    for bot, row in figures.items():
        print(f"| {bot} |" + "|".join(f" {row.get(one, 0):g} " for one in names) + "|")


if __name__ == "__main__":
    main()
