"""Discord's limits on messages, forms, choices and commands, as the tests' own Discord keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from discordserver import ApiError
from discordserver.commands import check as check_command
from discordserver.componentlimits import modal as check_modal
from discordserver.errors import Problems
from discordserver.limits import choices as check_choices
from discordserver.limits import message as check_message
from hypothesis import given
from hypothesis import strategies as st


def _accepts(body: dict[str, Any]) -> bool:
    try:
        check_message(body)
    except ApiError as error:
        assert (error.status, error.code, bool(error.errors)) == (400, 50035, True)
        return False
    return True


SIZES = {"title": 256, "description": 4096, "footer": 2048, "author": 256, "name": 256, "value": 1024}


@given(data=st.data())
def test_embeds_are_accepted_exactly_within_the_limits(data: st.DataObject) -> None:
    def size(kind: str, least: int = 0) -> int:
        return data.draw(st.sampled_from([least, 1, SIZES[kind] // 3, SIZES[kind], SIZES[kind] + 1]), label=kind)

    embeds, total, fits = [], 0, True
    for _ in range(data.draw(st.integers(1, 3))):
        sizes = {kind: size(kind) for kind in ("title", "description", "footer", "author")}
        embed = {"title": "x" * sizes["title"], "description": "x" * sizes["description"]}
        embed["footer"], embed["author"] = {"text": "x" * sizes["footer"]}, {"name": "x" * sizes["author"]}
        fits &= sizes["footer"] > 0 and sizes["author"] > 0
        fields = [(size("name"), size("value")) for _ in range(data.draw(st.sampled_from([0, 1, 2])))]
        embed["fields"] = [{"name": "x" * name, "value": "x" * value} for name, value in fields]
        fits &= all(0 < name <= SIZES["name"] and 0 < value <= SIZES["value"] for name, value in fields)
        fits &= all(number <= SIZES[kind] for kind, number in sizes.items())
        total += sum(sizes.values()) + sum(name + value for name, value in fields)
        embeds.append(embed)
    assert _accepts({"embeds": embeds}) == (fits and total <= 6000)


@given(length=st.integers(1995, 2005), embeds=st.integers(0, 12), fields=st.integers(0, 30))
def test_numbers_of_things(length: int, embeds: int, fields: int) -> None:
    many = [{"name": "n", "value": "v"}] * fields
    body = {"content": "x" * length, "embeds": [{"title": "t", "fields": many if not n else []} for n in range(embeds)]}
    assert _accepts(body) == (length <= 2000 and embeds <= 10 and (fields <= 25 or not embeds))


def _row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


def _button(key: str, label: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": key, "label": label} | more


@given(rows=st.integers(0, 7), width=st.integers(0, 7), label=st.integers(0, 85), key=st.integers(1, 105))
def test_buttons_are_accepted_exactly_within_the_limits(rows: int, width: int, label: int, key: int) -> None:
    layout = [
        _row(*(_button(f"{row}{column}".ljust(key, "x")[:key], "x" * label) for column in range(width)))
        for row in range(rows)
    ]
    keys = [one["custom_id"] for row in layout for one in row["components"]]
    fits = rows <= 5 and (rows == 0 or (0 < width <= 5 and label <= 80 and key <= 100 and len(set(keys)) == len(keys)))
    assert _accepts({"components": layout}) == fits


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (_button("a", url="https://example.org", style=5), "custom_id"),
        ({"type": 2, "style": 5, "label": "x", "url": "javascript:x"}, "url"),
        ({"type": 2, "style": 1, "custom_id": "a"}, "_errors"),
        ({"type": 2, "style": 9, "custom_id": "a", "label": "x"}, "style"),
        ({"type": 3, "custom_id": "a", "options": []}, "options"),
        ({"type": 3, "custom_id": "a", "options": [{"label": "x", "value": "x"}] * 2}, "options"),
        ({"type": 3, "custom_id": "a", "options": [{"label": "x" * 101, "value": "x"}]}, "options"),
        ({"type": 3, "custom_id": "", "options": [{"label": "x", "value": "x"}]}, "custom_id"),
        ({"type": 4, "custom_id": "a", "label": "x", "style": 1}, "type"),
    ],
)
def test_components_of_a_wrong_shape(component: dict[str, Any], place: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_message({"components": [_row(component)]})
    assert place in refusal.value.errors["components"]["0"]["components"]["0"]


@given(title=st.integers(0, 46), label=st.integers(0, 46), placeholder=st.integers(0, 101), rows=st.integers(0, 6))
def test_forms_are_accepted_exactly_within_the_limits(title: int, label: int, placeholder: int, rows: int) -> None:
    field = {"type": 4, "style": 1, "label": "x" * label, "placeholder": "x" * placeholder}
    data = {"title": "x" * title, "custom_id": "a"}
    data["components"] = [_row(field | {"custom_id": str(row)}) for row in range(rows)]
    fits = 0 < title <= 45 and 0 < label <= 45 and placeholder <= 100 and 0 < rows <= 5
    if fits:
        check_modal(data)
    elif title <= 45 and title and rows in range(1, 6):
        with pytest.raises(ApiError, match="50035"):
            check_modal(data)


@given(count=st.integers(0, 30), length=st.integers(0, 105))
def test_choices_are_accepted_exactly_within_the_limits(count: int, length: int) -> None:
    offered = {"choices": [{"name": "x" * length, "value": "v"}] * count}
    if count <= 25 and (0 < length <= 100 or not count):
        check_choices(offered)
    else:
        with pytest.raises(ApiError, match="50035"):
            check_choices(offered)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Ask"},
        {"name": "x" * 33},
        {"name": "two words"},
        {"description": ""},
        {"description": "x" * 101},
        {"contexts": [3]},
        {"integration_types": []},
        {"default_member_permissions": "manage"},
        {"options": [{"type": 3, "name": "a", "description": "x"}] * 2},
        {"options": [{"type": 3, "name": f"a{n}", "description": "x"} for n in range(26)]},
        {"options": [{"type": 3, "name": "a", "description": "x", "choices": [{"name": "x" * 101, "value": "v"}]}]},
        {"options": [{"type": 3, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x"}]},
    ],
)
def test_commands_of_a_wrong_shape(change: dict[str, Any]) -> None:
    sound = {"name": "ask", "type": 1, "description": "Asks", "contexts": [0, 1, 2], "integration_types": [0, 1]}
    problems = Problems()
    check_command(problems, (), sound, in_guild=False)
    assert problems.errors == {}
    wrong = sound | change
    if len(change.get("options", ())) == 2 and change["options"][0]["name"] != change["options"][1]["name"]:
        wrong["options"] = [change["options"][0], change["options"][1] | {"required": True}]
    check_command(problems, (), wrong, in_guild=False)
    assert problems.errors != {}
