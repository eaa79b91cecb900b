"""Every request's way: faults, rate limits, the token, its handler and the log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from discordserver.encoding import dumps, loads
from discordserver.errors import ApiError, unauthorized
from discordserver.faults import Fault, reset
from discordserver.posting import Upload
from discordserver.ratelimits import Taken
from discordserver.routes import Call, Route

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

_log = logging.getLogger(__name__)
_VERSION = re.compile(r"/api/v\d+")
Found = tuple[Route, list[str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the bot, as the log keeps it."""

    method: str
    path: str
    template: str
    status: int | None  # None: broken off
    body: Any
    time: float
    answer: Any


class Requests:
    """Takes requests as they come in."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to a request, or the gateway's whole connection."""
        path = request.rel_url.raw_path
        if path.rstrip("/") == "/gateway" and request.headers.get("Upgrade", "").lower() == "websocket":
            return await self.server.gateway_side.handle(request)
        received = self.server.clock.monotonic()
        prefix = _VERSION.match(path)
        if prefix is None:
            return await self._elsewhere(request, path)
        path = path[prefix.end() :]
        body, uploads = await _body(request)
        fault = self.server.faults.strike(request.method, path) if self.server.faults.requests else None
        found = self.server.routes.find(request.method, path)
        if fault is not None:
            if fault.delay:
                await asyncio.sleep(fault.delay)
            if fault.then_accept and found is not None:
                await self._answer(request, path, found, body, uploads, received)
            if fault.hang:
                await asyncio.sleep(fault.hang)
            if fault.reset or fault.hang:
                self._note(request.method, path, fault.template, None, body, received, None)
                reset(request.transport)
                return web.Response(status=500)
            if fault.status is not None:
                return self._fail(request, path, fault, body, received)
        if found is None:
            self._note(request.method, path, "", 404, body, received, None)
            return _json(404, {"message": "404: Not Found", "code": 0}, {})
        return await self._answer(request, path, found, body, uploads, received)

    async def _answer(
        self, request: web.BaseRequest, path: str, found: Found, body: Any, uploads: tuple[Upload, ...], received: float
    ) -> web.Response:
        route, parts = found
        major = "/".join(parts[n] for n in route.major)
        interaction = route.open
        taken = self.server.rate_limits.take(request.method, route.template, major, interaction=interaction)
        if taken.retry_after is not None:
            return self._limit(request, path, route.template, taken, taken.retry_after, body, received)
        params = {name: parts[n] for n, name in route.names}
        query = dict(request.query) if request.query_string else {}
        call = Call(request.method, path, route.template, params, query, body, uploads, received)
        answer: Any
        try:
            if not route.open and request.headers.get("Authorization") != f"Bot {self.server.token}":
                raise unauthorized()
            if request.method in ("POST", "PATCH") and not isinstance(body, dict) and body is not None:
                raise ApiError(400, 50109, "The request body contains invalid JSON.")
            status, answer = await route.handler(call)
        except ApiError as error:
            status, answer = error.status, error.body()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            _log.exception("%s %s could not be read", request.method, path)
            status, answer = 400, {"message": f"Invalid Form Body ({error!r})", "code": 50035}
        self._note(request.method, path, route.template, status, body, received, answer)
        return _json(status, answer, taken.headers)

    def _limit(
        self, request: web.BaseRequest, path: str, template: str, taken: Taken, wait: float, body: Any, at: float
    ) -> web.Response:
        answer = {"message": "You are being rate limited.", "retry_after": round(wait + 0.001, 3)}
        answer["global"] = taken.everywhere
        self._note(request.method, path, template, 429, body, at, answer)
        headers = {"Retry-After": str(int(wait) + 1), "Via": "1.1 google"}
        return _json(429, answer, taken.headers | headers)

    def _fail(self, request: web.BaseRequest, path: str, fault: Fault, body: Any, received: float) -> web.Response:
        status = fault.status or 500
        answer: Any = fault.body
        headers: dict[str, str] = {}
        if answer is None and status == 429:
            answer = {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": False}
        if status == 429:
            headers["Retry-After"] = str(fault.retry_after)
            if fault.via:
                headers["Via"] = "1.1 google"
        if answer is None:
            answer = {"message": f"{status}: fault", "code": fault.code}
        self._note(request.method, path, fault.template, status, body, received, answer)
        return _json(status, answer, headers)

    def _note(
        self, method: str, path: str, template: str, status: int | None, body: Any, at: float, answer: Any
    ) -> None:
        if self.server.log:
            self.server.requests.append(Request(method, path, template, status, body, at, answer))
            self.server.changed()

    async def _elsewhere(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        parts = path.split("/")
        if len(parts) == 5 and parts[1] == "attachments" and int(parts[3]) in self.server.posting.files:
            return web.Response(body=self.server.posting.files[int(parts[3])])
        if self.server.control is not None and parts[1] == "control":
            body, _ = await _body(request)
            try:
                return _json(200, await self.server.control(request.method, "/".join(parts[2:]), body or {}), {})
            except (LookupError, TypeError, ValueError, TimeoutError) as error:
                return _json(400, {"message": f"{type(error).__name__}: {error}"}, {})
        return web.Response(status=404, text="not here")


def _json(status: int, answer: Any, headers: dict[str, str]) -> web.Response:
    if status == 204 or answer is None:
        return web.Response(status=status, headers=headers)
    # Exactly this content type: the library compares the whole header.
    headers["Content-Type"] = "application/json"
    return web.Response(status=status, body=dumps(answer), headers=headers)


async def _body(request: web.BaseRequest) -> tuple[Any, tuple[Upload, ...]]:
    """The body as JSON, and the files beside it."""
    if not request.body_exists:
        return None, ()
    if not request.content_type.startswith("multipart/"):
        raw = await request.read()
        try:
            return loads(raw) if raw else None, ()
        except json.JSONDecodeError:
            return raw.decode("utf-8", "replace"), ()
    body: Any = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            body = loads(await part.text())
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(part.filename or "file", bytes(await part.read()), kind))
    return body, tuple(uploads)
