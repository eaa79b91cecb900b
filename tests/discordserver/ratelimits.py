"""Rate limits as Discord keeps them: a bucket for each route and its major parameter, with a sliding window."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass, field

from discordserver.clock import Clock


@dataclass(eq=False, slots=True)
class Bucket:
    """So many requests in so many seconds."""

    name: str
    limit: int
    per: float
    times: deque[float] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the bucket says of a request: headers, and how long to wait when it was one too many."""

    headers: dict[str, str]
    retry_after: float | None = None
    everywhere: bool = False


class RateLimits:
    """All buckets; generous where no test has set anything."""

    def __init__(self, clock: Clock, limit: int = 5000, per: float = 1.0) -> None:
        self.clock = clock
        self.default = (limit, per)
        self._rules: dict[tuple[str, str], tuple[int, float]] = {}
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._everywhere: Bucket | None = None
        self._names: dict[tuple[str, str], str] = {}

    def set(self, method: str, template: str, limit: int, per: float) -> None:
        """Limits a route such as ("POST", "/channels/{channel}/messages")."""
        self._rules[method, template] = (limit, per)
        self._buckets = {key: value for key, value in self._buckets.items() if key[:2] != (method, template)}

    def set_everywhere(self, limit: int | None, per: float = 1.0) -> None:
        """Limits everything but interactions together, as the 50 a second of Discord; None lifts it."""
        self._everywhere = Bucket("global", limit, per) if limit else None

    def take(self, method: str, template: str, major: str, *, interaction: bool) -> Taken:
        """Counts one request."""
        now = self.clock.monotonic()
        if self._everywhere is not None and not interaction:
            wait = self._count(self._everywhere, now)
            if wait is not None:
                return Taken({"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, wait, everywhere=True)
        key = (method, template, major)
        bucket = self._buckets.get(key)
        if bucket is None:
            limit, per = self._rules.get((method, template), self.default)
            name = self._name(method, template)
            if len(self._buckets) > 20_000:  # interactions bring a new major parameter each
                self._buckets.clear()
            bucket = self._buckets[key] = Bucket(name, limit, per)
        wait = self._count(bucket, now)
        after = bucket.times[0] + bucket.per - now if bucket.times else bucket.per
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - len(bucket.times)),
            "X-RateLimit-Reset": f"{self.clock.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": bucket.name,
        }
        if wait is not None:
            headers["X-RateLimit-Scope"] = "user"
        return Taken(headers, wait)

    def _name(self, method: str, template: str) -> str:
        if (method, template) not in self._names:
            made = hashlib.md5(f"{method} {template}".encode(), usedforsecurity=False).hexdigest()
            self._names[method, template] = made
        return self._names[method, template]

    def _count(self, bucket: Bucket, now: float) -> float | None:
        times = bucket.times
        while times and times[0] + bucket.per <= now:
            times.popleft()
        if len(times) >= bucket.limit:
            return times[0] + bucket.per - now
        times.append(now)
        return None
