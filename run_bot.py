"""Starts Fabella from this folder: `python run_bot.py --help` shows how to ask it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOTS = [str(Path(__file__).resolve().parent / name) for name in ("bot", "intents", "knowledge")]


def main() -> int:
    """Run the command line of the packages beside this file; gives its exit status."""
    sys.path[:0] = [root for root in ROOTS if root not in sys.path]
    try:
        from fabella.cli import main as run
    except ModuleNotFoundError as error:
        print(f"The package '{error.name}' is missing. All that is needed: pip install -e .", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
