"""Refusals as Discord words them: a status, a code, a message and, for forms, where each problem is."""

from __future__ import annotations

from typing import Any

INVALID_FORM = 50035


class ApiError(Exception):
    """A refusal that the REST side prints."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message} {errors or ''}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """What stands in the response."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


class NotPossible(AssertionError):
    """A person tried what Discord's own app would not let them do: the test or the bot's commands are wrong."""


class Problems:
    """The problems of a form by their place in it."""

    def __init__(self) -> None:
        self.errors: dict[str, Any] = {}

    def add(self, place: tuple[str | int, ...], code: str, message: str) -> None:
        """Notes one problem at a place such as ("embeds", 0, "title")."""
        node = self.errors
        for key in place:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, place: tuple[str | int, ...], value: Any, least: int, most: int) -> bool:
        """Whether the value is a text of this length; notes it when not."""
        if not isinstance(value, str):
            self.add(place, "BASE_TYPE_REQUIRED" if value is None else "STRING_TYPE_CONVERT", "This field is required")
            return False
        if len(value) > most or len(value.strip()) < least:
            if least and not value.strip():
                self.add(place, "BASE_TYPE_REQUIRED", "This field is required")
            elif least:
                self.add(place, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            else:
                self.add(place, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
            return False
        return True

    def listing(self, place: tuple[str | int, ...], value: Any, least: int, most: int) -> bool:
        """Whether the value is a list of so many things; notes it when not."""
        if not isinstance(value, list):
            self.add(place, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return False
        if not least <= len(value) <= most:
            self.add(place, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            return False
        return True

    def refuse(self) -> None:
        """Raises: ApiError: 50035 when there is any problem."""
        if self.errors:
            raise ApiError(400, INVALID_FORM, "Invalid Form Body", self.errors)


def unauthorized() -> ApiError:
    """The token is not this bot's."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    """Something that isn't there (any more)."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Emoji": 10014,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")
