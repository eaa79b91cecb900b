"""Discord's limits on whole messages and on autocomplete choices, as problems of a form (50035)."""

from __future__ import annotations

from typing import Any

from discordserver.componentlimits import components, layout
from discordserver.embedlimits import embeds
from discordserver.errors import ApiError, Problems

CONTENT, NONCE = 2000, 25
CHOICES, CHOICE_TEXT = 25, 100
V2 = 1 << 15


def message(body: dict[str, Any], *, flags: int = 0) -> None:
    """Checks what a body says of a message; what it leaves out is not looked at.

    Raises: ApiError: 50035 with the places.
    """
    problems = Problems()
    if body.get("content") is not None:
        problems.length(("content",), body["content"], 0, CONTENT)
    if flags & V2:
        for key in ("content", "embeds"):
            if body.get(key):
                problems.add(
                    (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with components of version 2"
                )
        if body.get("components") is not None:
            layout(problems, body["components"])
    else:
        if body.get("embeds") is not None:
            embeds(problems, body["embeds"])
        if body.get("components") is not None:
            components(problems, body["components"])
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > NONCE:
        problems.add(("nonce",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    mentions = body.get("allowed_mentions")
    if mentions is not None:
        parse = mentions.get("parse") or []
        for kind in ("users", "roles"):
            if kind in parse and mentions.get(kind):
                problems.add(
                    ("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse:[{kind!r}] and ids"
                )
    problems.refuse()


def nonempty(content: str, *parts: Any) -> None:
    """Raises: ApiError: 50006 when a message would have nothing in it."""
    if not content and not any(parts):
        raise ApiError(400, 50006, "Cannot send an empty message")


def choices(data: Any) -> None:
    """Checks what an autocomplete offers. Raises: ApiError: 50035 with the places."""
    problems = Problems()
    offered = data.get("choices") if isinstance(data, dict) else None
    if problems.listing(("data", "choices"), offered, 0, CHOICES) and isinstance(offered, list):
        for number, one in enumerate(offered):
            place = ("data", "choices", number)
            problems.length((*place, "name"), one.get("name"), 1, CHOICE_TEXT)
            if not isinstance(one.get("value"), int | float):
                problems.length((*place, "value"), one.get("value"), 1, CHOICE_TEXT)
    problems.refuse()
