"""What another process may do to a running server over HTTP: load, faults, state, an end.

`POST /control/load {"rate": 500, "seconds": 10}` or `{"outstanding": 64, "seconds": 10}`, both with
`"share_of_clicks"` and `"labels"`; `POST /control/fault {"method", "path", "status", ...}`; `POST /control/gateway
{"do": "drop" | "reconnect" | "invalidate"}`; `GET /control/state`; `POST /control/stop`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from discordserver.load import Load
    from discordserver.server import DiscordServer


class Control:
    """The handlers behind /control/."""

    def __init__(self, server: DiscordServer, load: Load) -> None:
        self.server = server
        self.load = load
        self.stopped = asyncio.Event()
        self._prepared: object = None

    async def __call__(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Does it; what is printed. Raises: LookupError: no such thing."""
        match method, path:
            case "GET", "state":
                return self.state()
            case "POST", "load":
                return await self.run(**body)
            case "POST", "fault":
                template = body.pop("path")
                self.server.fault(body.pop("method"), template, **body)
                return self.state()
            case "POST", "gateway":
                return self.disturb(body["do"])
            case "POST", "stop":
                self.stopped.set()
                return {}
        raise LookupError(f"{method} {path}")

    def state(self) -> dict[str, Any]:
        """Who is connected, and what has been."""
        gateway = self.server.gateway_side
        return {
            "connections": len(gateway.live),
            "identified": len(gateway.identified),
            "resumed": gateway.resumed,
            "commands": [one["name"] for one in self.server.commands.everywhere],
            "faults": [{"path": one.template, "hits": one.hits} for one in self.server.faults.requests],
            "interactions": len(self.server.interactions.by_id),
        }

    def disturb(self, what: str) -> dict[str, Any]:
        """Breaks connections, or asks them to come back."""
        gateway = self.server.gateway_side
        if what == "drop":
            gateway.drop()
        elif what == "reconnect":
            gateway.reconnect()
        elif what == "invalidate":
            gateway.invalidate(resumable=False)
        else:
            raise LookupError(what)
        return self.state()

    async def run(
        self,
        seconds: float,
        rate: float | None = None,
        outstanding: int | None = None,
        share_of_clicks: float = 0.0,
        labels: list[str] | None = None,
    ) -> dict[str, Any]:
        """One phase of load; its report. Raises: ValueError, TimeoutError: the bot does not answer."""
        if (rate is None) == (outstanding is None):
            raise ValueError("rate or outstanding")
        if self._prepared != (tuple(labels) if labels else ()):
            await self.load.prepare(labels)
            self._prepared = tuple(labels) if labels else ()
        if rate is not None:
            return await self.load.open(rate, seconds, share_of_clicks)
        assert outstanding is not None
        return await self.load.closed(outstanding, seconds, share_of_clicks)
