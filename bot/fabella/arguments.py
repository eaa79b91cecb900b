"""What the command line takes, and the help that explains it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from fabella.engine import STYLES

ENVIRONMENT = "FABELLA_LIBRARY"
FEW, MANY = 10, 100  # passages that a person reads, and that a program goes through
_DESCRIPTION = "Answers questions about anatomy from texts that it can cite, or says that they don't tell."
_EXAMPLES = """\
examples:
  {0}
      a conversation; /help inside
  {0} ask "where does the gastroc originate?"
  {0} ask --why "what is a fabela"
      how it was read, what was found
  {0} ask --cite apa "what is the fabella"
      references in APA (or ama, bibtex)
  {0} ask --json "what is the fabella"
      everything, for programs
  echo "which nerve supplies it?" | {0}
      one question a line
  {0} ask --batch questions.jsonl > answers.jsonl
  {0} --library my-texts ask "what is it?"
      your own texts beside the built-in ones
  {0} search "tendon of the heel"
      passages, with scores and why
  {0} --library book.jsonl search "sarcomere"
      in these texts alone
  {0} check my-texts
      their problems, with file and line
  {0} eval my-questions.jsonl
      how many are answered right
  {0} discord
      the bot; its token is read from the
      environment or .env
  {0} discord --sync
      register its commands, once
  {0} discord --check
      would it run, and if not, why

exit status:
  ask          0 answered, corrected or small talk
               3 refused or asked back
  ask --batch  1 when a line could not be read
  search       3 nothing found
  search --batch
               1 when a line could not be read
  eval         1 when a line could not be read
  check        1 when there is a problem
  discord      4 a wrong token, 5 an intent that
               is switched off, 75 Discord
               cannot be reached (--sync, --invite)
  all          2 wrong usage, or a library with
               problems; 130 interrupted

environment:
  FABELLA_LIBRARY  folders, separated as in PATH
  FABELLA_CACHE    where fitted models are kept
  NO_COLOR         text without any style
  FABELLA_DISCORD_TOKEN
                   the bot's token; others are
                   listed in the README"""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line. Its namespace always has `command`, None for a conversation."""
    own = Path(sys.argv[0]).name
    name = f"python {own}" if own == "run_bot.py" else "fabella"
    made = argparse.ArgumentParser(
        name,
        description=_DESCRIPTION,
        epilog=_EXAMPLES.format(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=_version())
    _library(made, "library")
    common = argparse.ArgumentParser(add_help=False)
    _library(common, "further")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", title="commands (without one: a conversation)")

    ask = commands.add_parser("ask", parents=[common], help="answer one question, or a batch")
    ask.add_argument("question", nargs="*", help="the question, in quotes")
    ask.add_argument("--json", action="store_true", help="print the answer as a JSON object")
    ask.add_argument("--why", action="store_true", help="show how the question was read and what was found")
    ask.add_argument(
        "--cite",
        choices=STYLES,
        default="ama",
        metavar="STYLE",
        help="style of the references: ama, apa or bibtex",
    )
    ask.add_argument(
        "--batch", metavar="FILE", help='JSON lines {"question", "id", "conversation"}; - is standard input'
    )

    search = commands.add_parser("search", parents=[common], help="find passages, with scores and why")
    search.add_argument("query", nargs="*", help="words, in quotes")
    search.add_argument("--json", action="store_true", help="print the passages as a JSON object")
    search.add_argument(
        "--limit", type=_count, metavar="N", help=f"passages at most (default {FEW}, of each query of a batch {MANY})"
    )
    search.add_argument("--batch", metavar="FILE", help='JSON lines {"id", "query"}; - is standard input')

    scored = commands.add_parser("eval", parents=[common], help="score the answers to question files")
    scored.add_argument("file", nargs="+", metavar="FILE", help="JSON lines with q, class, must, must_not, cite")
    scored.add_argument(
        "--failures", type=int, default=10, metavar="N", help="show the first N wrong answers (default 10)"
    )

    check = commands.add_parser("check", parents=[common], help="report the problems of a library")
    check.add_argument("path", nargs="*", type=Path, metavar="PATH", help="folders beside the built-in texts")
    check.add_argument(
        "--gaps", action="store_true", help="also print, by region, what is missing and what rests on Wikipedia alone"
    )

    bot = commands.add_parser("discord", parents=[common], help="run the bot in Discord")
    once = bot.add_mutually_exclusive_group()
    once.add_argument("--sync", action="store_true", help="register the commands and leave (never done at start)")
    once.add_argument("--invite", action="store_true", help="print the install links and leave")
    once.add_argument(
        "--check", action="store_true", help="check settings, token, database and library, and leave: 0, or 2 or 4"
    )
    bot.add_argument("--guild", type=_identifier, metavar="ID", help="with --sync: in this server alone, at once")
    bot.add_argument("--shard-ids", metavar="0,1", help="the shards of this process (default: all)")
    bot.add_argument("--shard-count", metavar="N", help="the shards of all processes (default: Discord decides)")
    bot.add_argument("--json-logs", action="store_true", help="log JSON objects, one a line")
    bot.add_argument("--log-level", metavar="LEVEL", help="debug, info, warning or error (default: info)")
    return made


def folders(options: argparse.Namespace) -> tuple[Path, ...]:
    """The paths of the environment and of every --library, in this order."""
    held = [one for one in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if one]
    return (*(Path(one).expanduser() for one in held), *named(options))


def named(options: argparse.Namespace) -> tuple[Path, ...]:
    """The paths of every --library."""
    return tuple(Path(one).expanduser() for one in (*options.library, *getattr(options, "further", ())))


def _count(text: str) -> int:
    """A number of things.

    Raises:
        argparse.ArgumentTypeError: a text that is no whole number from 1 on.
    """
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _identifier(text: str) -> int:
    """The id of a server.

    Raises:
        argparse.ArgumentTypeError: a text that is none.
    """
    if not (text.isascii() and text.isdigit() and 15 <= len(text) <= 20):
        raise argparse.ArgumentTypeError(f"{text!r} is not an id: it has 17 to 19 digits (Copy Server ID in Discord)")
    return int(text)


def _library(made: argparse.ArgumentParser, dest: str) -> None:
    made.add_argument(
        "--library",
        action="append",
        default=[],
        metavar="PATH",
        dest=dest,
        help="your own texts: a folder of Markdown, or a file of passages (.jsonl); may be given several times",
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"fabella {version('fabella')}"
    except PackageNotFoundError:
        return "fabella (not installed)"
