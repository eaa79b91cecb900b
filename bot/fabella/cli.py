"""The way in from a command line: what a person types in, an exit status out, and never a traceback."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fabella_knowledge.errors import FabellaError, LibraryError

from fabella import arguments
from fabella.commands import COMMANDS, tell

# Those of the commands are 0, 1 and 3. Interrupted and unread are 128 and the signal, as shells count.
USAGE, FAULT, INTERRUPTED, UNREAD = 2, 70, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status.

    Raises:
        SystemExit: for --help, --version and wrong usage, with 0 or 2.
    """
    _prepare()
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except LibraryError as error:
        tell(*(str(problem) for problem in error.problems))
        return USAGE
    except FabellaError as error:
        tell(f"fabella: {error}")
        return USAGE
    except BrokenPipeError:
        _abandon_output()
        return UNREAD
    except OSError as error:
        _abandon_output()
        tell(f"fabella: {error.filename or 'output'}: {error.strerror or error}")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # whatever it is, a person gets a line and not a traceback
        if os.environ.get("FABELLA_DEBUG"):
            raise
        tell(f"fabella: a fault in the program (FABELLA_DEBUG=1 shows where): {type(error).__name__}: {error}")
        return FAULT


def _run(argv: Sequence[str] | None) -> int:
    parser = arguments.parser()
    options = parser.parse_args(argv)
    if options.command == "ask" and (options.batch is None) == (not options.question):
        parser.error("ask takes a question in quotes, or --batch FILE")
    if options.command == "search" and (options.batch is None) == (not options.query):
        parser.error("search takes words in quotes, or --batch FILE")
    return COMMANDS[options.command](options, arguments.folders(options))


def _prepare() -> None:
    """Make the streams take every text: closed ones lead nowhere, what cannot be encoded is escaped."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  lasts as long as the process
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon_output() -> None:
    """Let nobody write to an output that takes no more, the interpreter's last flush included."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
