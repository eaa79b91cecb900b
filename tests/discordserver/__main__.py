"""The server as a process of its own: `python -m discordserver --seconds 60`, with its parent folder on the path.

Prints one line of JSON with its URLs, the token and the variables for the shipped bot; with `--plan` one more for
each phase of load, when a bot has connected. It stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from discordserver.control import Control
from discordserver.load import Load
from discordserver.server import DiscordServer


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="discordserver", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the REST side; 0: the system chooses")
    parser.add_argument("--seconds", type=float, default=60.0, help="then it stops by itself (at most 3600)")
    parser.add_argument("--bot-name", default="Fabella")
    parser.add_argument("--guilds", type=int, default=1)
    parser.add_argument("--shards", type=int, default=1, help="that /gateway/bot recommends")
    parser.add_argument("--privileged", nargs="*", default=[], choices=["message_content", "members", "presences"])
    parser.add_argument("--heartbeat", type=float, default=41.25, help="seconds")
    parser.add_argument("--compression", type=int, default=1, help="zlib level of the gateway")
    parser.add_argument("--command", default="ask", help="the slash command that load uses")
    parser.add_argument("--option", default="question", help="its text option; empty: none")
    parser.add_argument("--texts", type=Path, help="a file with one text a line for that option")
    parser.add_argument("--people", type=int, default=1, help="who use it in turn")
    parser.add_argument("--plan", type=json.loads, help='phases, such as [{"outstanding": 64, "seconds": 5}]')
    parser.add_argument("--log", action="store_true", help="keep all requests in memory")
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    texts = given.texts.read_text(encoding="utf-8").splitlines() if given.texts else ["where does it insert"]
    server = DiscordServer(
        bot_name=given.bot_name,
        privileged=tuple(given.privileged),
        shards=given.shards,
        heartbeat=given.heartbeat,
        port=given.port,
        compression=given.compression,
        log=given.log,
    )
    async with server:
        guilds = [server.guild(f"Anatomy {number}" if number else "Anatomy") for number in range(given.guilds)]
        channel = guilds[0].channel("general")
        person = guilds[0].member("alice")
        load = Load(
            server,
            person,
            channel,
            command=given.command,
            option=given.option or None,
            texts=[one for one in texts if one],
            people=given.people,
        )
        server.control = control = Control(server, load)
        _print(
            api=server.api,
            gateway=server.gateway,
            site=server.site,
            token=server.token,
            application_id=str(server.application_id),
            guilds=[str(one.id) for one in guilds],
            channel=str(channel.id),
            environment=server.environment(),
        )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(given.seconds, 3600.0)):
                if given.plan:
                    await server.until(lambda: server.gateway_side.live and server.commands.everywhere, given.seconds)
                    for phase in given.plan:
                        _print(**await control.run(**phase))
                else:
                    await control.stopped.wait()


def _print(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(_arguments()))
