"""Discord's limits on buttons, select menus, rows and modals, as problems of a form."""

from __future__ import annotations

from typing import Any

from discordserver.embedlimits import URL, Place, optional, url
from discordserver.errors import Problems

ROWS, ROW_BUTTONS, LABEL, CUSTOM_ID = 5, 5, 80, 100
OPTIONS, OPTION_TEXT, PLACEHOLDER = 25, 100, 150
MODAL_TITLE, INPUT_LABEL, INPUT_PLACEHOLDER, INPUT_VALUE = 45, 45, 100, 4000
V2_COMPONENTS, V2_TEXT = 40, 4000
ROW, BUTTON, SELECT, INPUT, LABELLED = 1, 2, 3, 4, 18
SELECTS = (3, 5, 6, 7, 8)


def _emoji(problems: Problems, place: Place, value: Any) -> None:
    if value is not None and not (isinstance(value, dict) and (value.get("id") or value.get("name"))):
        problems.add((*place, "emoji"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _identify(problems: Problems, place: Place, one: dict[str, Any], seen: set[str]) -> None:
    value = one.get("custom_id")
    if problems.length((*place, "custom_id"), value, 1, CUSTOM_ID):
        if value in seen:
            problems.add(
                (*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        seen.add(str(value))


def button(problems: Problems, place: Place, one: dict[str, Any], seen: set[str]) -> None:
    """Checks a button."""
    style = one.get("style")
    if style not in (1, 2, 3, 4, 5, 6):
        problems.add((*place, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    if style == 5:
        if one.get("url") is None:
            problems.add((*place, "url"), "BUTTON_COMPONENTURL_REQUIRED", "A url is required")
        else:
            url(problems, (*place, "url"), one["url"], URL, "'http', 'https', 'discord'")
            if len(str(one["url"])) > 512:
                problems.add((*place, "url"), "BASE_TYPE_MAX_LENGTH", "Must be 512 or fewer in length.")
        if one.get("custom_id") is not None:
            problems.add((*place, "custom_id"), "BUTTON_COMPONENT_CUSTOM_IDURL_MUTUALLY_EXCLUSIVE", "Not both")
    elif style != 6:
        _identify(problems, place, one, seen)
    _emoji(problems, place, one.get("emoji"))
    if style != 6 and one.get("label") is None and one.get("emoji") is None:
        problems.add(place, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required")
    optional(problems, (*place, "label"), one.get("label"), LABEL)


def select(problems: Problems, place: Place, one: dict[str, Any], seen: set[str]) -> None:
    """Checks a select menu."""
    _identify(problems, place, one, seen)
    optional(problems, (*place, "placeholder"), one.get("placeholder"), PLACEHOLDER)
    least, most = one.get("min_values", 1), one.get("max_values", 1)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most <= 25 and most >= 1):
        problems.add((*place, "max_values"), "BASE_TYPE_BAD_LENGTH", "min_values and max_values do not fit")
    if one.get("type") != SELECT:
        return
    options = one.get("options")
    if not problems.listing((*place, "options"), options, 1, OPTIONS) or not isinstance(options, list):
        return
    if isinstance(most, int) and most > len(options):
        problems.add((*place, "max_values"), "NUMBER_TYPE_MAX", "max_values is more than there are options")
    values: set[str] = set()
    for number, option in enumerate(options):
        here = (*place, "options", number)
        problems.length((*here, "label"), option.get("label"), 1, OPTION_TEXT)
        if problems.length((*here, "value"), option.get("value"), 1, OPTION_TEXT):
            if option["value"] in values:
                problems.add(
                    (*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Option values must be unique"
                )
            values.add(option["value"])
        optional(problems, (*here, "description"), option.get("description"), OPTION_TEXT)
        _emoji(problems, here, option.get("emoji"))


def row(problems: Problems, place: Place, one: Any, seen: set[str]) -> None:
    """Checks an action row: up to five buttons or one select menu."""
    if not isinstance(one, dict) or one.get("type") != ROW:
        problems.add((*place, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1}.")
        return
    inside = one.get("components")
    if not problems.listing((*place, "components"), inside, 1, ROW_BUTTONS) or not isinstance(inside, list):
        return
    menus = sum(each.get("type") in SELECTS for each in inside)
    if menus and len(inside) > 1:
        problems.add(
            (*place, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the width"
        )
    for number, each in enumerate(inside):
        here = (*place, "components", number)
        if each.get("type") == BUTTON:
            button(problems, here, each, seen)
        elif each.get("type") in SELECTS:
            select(problems, here, each, seen)
        else:
            problems.add((*here, "type"), "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 5, 6, 7, 8}.")


def components(problems: Problems, value: Any) -> None:
    """Checks the components of an ordinary message."""
    if not problems.listing(("components",), value, 0, ROWS):
        return
    seen: set[str] = set()
    for number, one in enumerate(value):
        row(problems, ("components", number), one, seen)


def layout(problems: Problems, value: Any) -> None:
    """Checks the components of a message of version 2: at most 40, and 4000 characters of text."""
    if not problems.listing(("components",), value, 1, V2_COMPONENTS):
        return
    seen: set[str] = set()
    count, text = 0, 0
    waiting: list[tuple[Place, Any]] = [(("components", number), one) for number, one in enumerate(value)]
    while waiting:
        place, one = waiting.pop()
        kind = one.get("type")
        count += 1
        if kind == BUTTON:
            button(problems, place, one, seen)
        elif kind in SELECTS:
            select(problems, place, one, seen)
        elif kind == 10 and problems.length((*place, "content"), one.get("content"), 1, V2_TEXT):
            text += len(one["content"])
        elif kind not in (1, 9, 10, 11, 12, 13, 14, 17):
            problems.add((*place, "type"), "BASE_TYPE_CHOICES", "Unknown component")
        waiting += [((*place, "components", number), each) for number, each in enumerate(one.get("components") or ())]
        if one.get("accessory"):
            waiting.append(((*place, "accessory"), one["accessory"]))
    if count > V2_COMPONENTS or text > V2_TEXT:
        problems.add(("components",), "BASE_TYPE_BAD_LENGTH", "Too many components or too much text")


def modal(data: Any) -> None:
    """Checks a modal. Raises: ApiError: 50035 with the places."""
    problems = Problems()
    data = data if isinstance(data, dict) else {}
    problems.length(("data", "title"), data.get("title"), 1, MODAL_TITLE)
    problems.length(("data", "custom_id"), data.get("custom_id"), 1, CUSTOM_ID)
    rows = data.get("components")
    seen: set[str] = set()
    if problems.listing(("data", "components"), rows, 1, ROWS) and isinstance(rows, list):
        for number, one in enumerate(rows):
            _modal_row(problems, ("data", "components", number), one, seen)
    problems.refuse()


def _modal_row(problems: Problems, place: Place, one: dict[str, Any], seen: set[str]) -> None:
    if one.get("type") == 10:
        problems.length((*place, "content"), one.get("content"), 1, V2_TEXT)
        return
    if one.get("type") == LABELLED:
        problems.length((*place, "label"), one.get("label"), 1, INPUT_LABEL)
        optional(problems, (*place, "description"), one.get("description"), 100)
        here, inside = (*place, "component"), one.get("component") or {}
    else:
        parts = one.get("components") or []
        if one.get("type") != ROW or len(parts) != 1:
            problems.add((*place, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.")
            return
        here, inside = (*place, "components", 0), parts[0]
        if inside.get("type") != INPUT:
            problems.add((*here, "type"), "BASE_TYPE_CHOICES", "Value must be one of {4}.")
        problems.length((*here, "label"), inside.get("label"), 1, INPUT_LABEL)
    if inside.get("type") in SELECTS:
        select(problems, here, inside, seen)
        return
    _identify(problems, here, inside, seen)
    if inside.get("type") != INPUT:
        return
    if inside.get("style") not in (1, 2):
        problems.add((*here, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    optional(problems, (*here, "placeholder"), inside.get("placeholder"), INPUT_PLACEHOLDER)
    optional(problems, (*here, "value"), inside.get("value"), INPUT_VALUE)
    for key, least in (("min_length", 0), ("max_length", 1)):
        value = inside.get(key)
        if value is not None and not (isinstance(value, int) and least <= value <= INPUT_VALUE):
            problems.add((*here, key), "NUMBER_TYPE_MAX", f"int value should be between {least} and {INPUT_VALUE}.")
