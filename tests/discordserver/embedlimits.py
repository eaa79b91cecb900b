"""Discord's limits on embeds, as problems of a form."""

from __future__ import annotations

import re
from typing import Any

from discordserver.errors import Problems

EMBEDS, EMBED_TOTAL = 10, 6000
TITLE, DESCRIPTION, FIELDS, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 25, 256, 1024, 2048, 256
URL = re.compile(r"(?:https?|discord)://[^\s]+", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_MEDIA = re.compile(r"(?:https?|attachment)://[^\s]+", re.IGNORECASE)

Place = tuple[str | int, ...]


def url(problems: Problems, place: Place, value: Any, pattern: re.Pattern[str], allowed: str) -> None:
    """Checks a link that may be left out: its scheme and its length."""
    if value is None:
        return
    if not isinstance(value, str) or not pattern.fullmatch(value):
        problems.add(place, "URL_TYPE_INVALID_SCHEME", f'"{value}": Scheme must be one of ({allowed}).')
    elif len(value) > 2048:
        problems.add(place, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")


def optional(problems: Problems, place: Place, value: Any, most: int) -> int:
    """Checks a text that may be left out; the length that counts towards the embeds' total."""
    if value is None:
        return 0
    problems.length(place, value, 0, most)
    return len(value) if isinstance(value, str) else 0


def embed(problems: Problems, place: Place, one: Any) -> int:
    """Checks one embed; the number of its characters that count."""
    if not isinstance(one, dict):
        problems.add(place, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return 0
    total = optional(problems, (*place, "title"), one.get("title"), TITLE)
    total += optional(problems, (*place, "description"), one.get("description"), DESCRIPTION)
    url(problems, (*place, "url"), one.get("url"), _WEB, "'http', 'https'")
    colour = one.get("color")
    if colour is not None and not (isinstance(colour, int) and 0 <= colour <= 0xFFFFFF):
        problems.add((*place, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
    for kind, key, most in (("footer", "text", FOOTER), ("author", "name", AUTHOR)):
        part = one.get(kind)
        if part is not None:
            if problems.length((*place, kind, key), part.get(key), 1, most):
                total += len(part[key])
            url(problems, (*place, kind, "icon_url"), part.get("icon_url"), _MEDIA, "'http', 'https', 'attachment'")
            url(problems, (*place, kind, "url"), part.get("url"), _WEB, "'http', 'https'")
    for kind in ("image", "thumbnail"):
        if one.get(kind) is not None:
            url(problems, (*place, kind, "url"), one[kind].get("url"), _MEDIA, "'http', 'https', 'attachment'")
    fields = one.get("fields") or []
    if problems.listing((*place, "fields"), fields, 0, FIELDS):
        for number, each in enumerate(fields):
            for key, most in (("name", FIELD_NAME), ("value", FIELD_VALUE)):
                if problems.length((*place, "fields", number, key), each.get(key), 1, most):
                    total += len(each[key])
    return total


def embeds(problems: Problems, value: Any) -> None:
    """Checks all embeds of a message."""
    if not problems.listing(("embeds",), value, 0, EMBEDS):
        return
    if sum(embed(problems, ("embeds", number), one) for number, one in enumerate(value)) > EMBED_TOTAL:
        for number in range(len(value)):
            problems.add(
                ("embeds", number), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"
            )  # Discord names each embed
