"""Interactions: what the bot is sent, the rules of its callback, and the messages behind the token."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from discordserver import componentlimits, limits, payloads
from discordserver.errors import ApiError, unknown
from discordserver.routes import Answer, Call, Routes
from discordserver.world import DM, EPHEMERAL, LOADING, Channel, Guild, Message, User

if TYPE_CHECKING:
    from discordserver.server import DiscordServer

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
CALLBACK_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
FOLLOWUPS_OF_USER_INSTALL = 5
ANSWERS = {
    COMMAND: (MESSAGE, DEFER, MODAL),
    COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, DEFER),  # and the updates, when the modal was opened from a message
}
IN_GUILD, IN_BOT_DM, IN_PRIVATE = 0, 1, 2


@dataclass(eq=False)
class Interaction:
    """One act of a person on the application, and what became of it."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: dict[str, Any]
    created: float  # on the server's clock
    owners: dict[str, str]
    source: Message | None = None
    parent: Interaction | None = None
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, int]] = field(default_factory=list)  # status and code of each refusal
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    answered: float | None = None  # when the callback was accepted

    @property
    def answer(self) -> int | None:
        """The type of the accepted callback."""
        return self.callbacks[0]["type"] if self.callbacks else None

    @property
    def guild(self) -> Guild | None:
        """Where it happened."""
        return self.channel.guild


class Interactions:
    """All interactions, by id and by token."""

    def __init__(self, server: DiscordServer, routes: Routes) -> None:
        self.server = server
        self.by_id: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.on_answer: Callable[[Interaction, bool], None] = lambda one, accepted: None  # for measuring
        webhook = "/webhooks/{webhook}/{token}"
        routes.add("POST", "/interactions/{interaction}/{token}/callback", self.callback, open_=True)
        routes.add("POST", webhook, self.follow_up, open_=True)
        for method, handler in (("GET", self.read), ("PATCH", self.edit), ("DELETE", self.delete)):
            routes.add(method, webhook + "/messages/{message}", handler, open_=True)

    # What the bot is sent

    def open(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: dict[str, Any],
        *,
        source: Message | None = None,
        parent: Interaction | None = None,
        age: float = 0.0,
    ) -> Interaction:
        """A new interaction, `age` seconds old, sent to the bot."""
        made = Interaction(
            self.server.world.ids.next(age),
            secrets.token_urlsafe(120),
            kind,
            user,
            channel,
            data,
            self.server.clock.monotonic() - age,
            self.owners(user, channel),
            source,
            parent,
        )
        self.by_id[made.id] = made
        self.by_token[made.token] = made
        self.server.gateway_side.emit("INTERACTION_CREATE", self.payload(made), channel.guild)
        return made

    def forget(self, one: Interaction) -> None:
        """Drops an interaction; its token means nothing any more."""
        self.by_id.pop(one.id, None)
        self.by_token.pop(one.token, None)

    def owners(self, user: User, channel: Channel) -> dict[str, str]:
        """By which installations the application may act here: {"0": guild or "0" in its DM, "1": user}."""
        owners = {}
        if channel.guild is not None and channel.guild.has_bot:
            owners["0"] = str(channel.guild.id)
        elif channel.guild is None and self.server.world.bot in channel.recipients:
            owners["0"] = "0"
        if user.installed:
            owners["1"] = str(user.id)
        return owners

    def context(self, channel: Channel) -> int:
        """Guild, the bot's own DM or another private channel."""
        if channel.guild is not None:
            return IN_GUILD
        return IN_BOT_DM if channel.type == DM and self.server.world.bot in channel.recipients else IN_PRIVATE

    def payload(self, one: Interaction) -> dict[str, Any]:
        """What INTERACTION_CREATE carries."""
        channel, guild, bot = one.channel, one.guild, self.server.world.bot
        printed: dict[str, Any] = {
            "id": str(one.id),
            "application_id": str(self.server.application_id),
            "type": one.kind,
            "token": one.token,
            "version": 1,
            "data": one.data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel),
            "locale": one.user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": one.owners,
            "context": self.context(channel),
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if guild is None:
            printed["user"] = payloads.user(one.user)
            printed["app_permissions"] = str(self.server.private_permissions)
        else:
            permissions = str(channel.permissions(one.user))
            printed["channel"]["permissions"] = permissions
            printed["member"] = payloads.member(guild.members[one.user.id]) | {"permissions": permissions}
            printed["guild_id"] = str(guild.id)
            printed["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
            printed["guild_locale"] = guild.locale
            as_who = bot if guild.has_bot else one.user
            printed["app_permissions"] = str(channel.permissions(as_who))
        if one.source is not None:
            printed["message"] = payloads.message(one.source)
        return printed

    def metadata(self, one: Interaction) -> dict[str, Any]:
        """What a response says of the interaction that asked for it."""
        made: dict[str, Any] = {
            "id": str(one.id),
            "type": one.kind,
            "user": payloads.user(one.user),
            "authorizing_integration_owners": one.owners,
        }
        if one.kind == COMMAND:
            made |= {"name": _full_name(one.data), "command_type": one.data.get("type", 1)}
            if "target_id" in one.data:
                made["target_message_id"] = one.data["target_id"]
        elif one.kind == COMPONENT and one.source is not None:
            made["interacted_message_id"] = str(one.source.id)
        elif one.kind == MODAL_SUBMIT and one.parent is not None:
            made["triggering_interaction_metadata"] = self.metadata(one.parent)
        return made

    # What the bot answers

    async def callback(self, call: Call) -> Answer:
        """POST /interactions/{interaction}/{token}/callback."""
        one = self.by_id.get(call.id("interaction"))
        if one is None or one.token != call.params["token"]:
            raise unknown("interaction")
        try:
            resource = self._accept(one, call)
        except ApiError as error:
            one.refused.append((error.status, error.code))
            self.on_answer(one, False)
            self.server.changed()
            raise
        self.on_answer(one, True)
        self.server.changed()
        if call.query.get("with_response") not in ("1", "true", "True"):
            return 204, None
        about: dict[str, Any] = {"id": str(one.id), "type": one.kind}
        body = {"interaction": about}
        kind = call.body["type"]
        if kind not in (CHOICES, MODAL):
            shown = one.response or one.source
            if shown is not None:
                about["response_message_id"] = str(shown.id)
                about["response_message_loading"] = bool(shown.flags & LOADING)
                about["response_message_ephemeral"] = bool(shown.flags & EPHEMERAL)
        if kind in (MESSAGE, DEFER, UPDATE):
            body["resource"] = {"type": kind, "message": payloads.message(resource)} if resource else {"type": kind}
        return 200, body

    def _accept(self, one: Interaction, call: Call) -> Message | None:
        """Raises: ApiError: too late, a second time, of a type that doesn't fit, or beyond a limit."""
        body = call.body
        if one.callbacks:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if call.received - one.created > CALLBACK_SECONDS:
            raise unknown("interaction")
        kind = body.get("type")
        fitting = ANSWERS[one.kind]
        if one.kind == MODAL_SUBMIT and one.source is not None:
            fitting = (*fitting, DEFER_UPDATE, UPDATE)
        if kind not in fitting:
            problem = {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": f"Value must be one of {fitting}."}]}
            raise ApiError(400, 50035, "Invalid Form Body", {"type": problem})
        if one.channel.deleted:
            raise unknown("Channel")
        data = body.get("data") or {}
        shown: Message | None = None
        if kind == MESSAGE:
            shown = one.response = self._create(one, data, call)
        elif kind == DEFER:
            flags = int(data.get("flags") or 0) & EPHEMERAL | LOADING
            shown = one.response = self._create(one, {"flags": flags & EPHEMERAL}, call, checked=True, flags=LOADING)
        elif kind == UPDATE:
            shown = self._source(one)
            self._edit(shown, data, call)
        elif kind == DEFER_UPDATE:
            self._source(one)
        elif kind == CHOICES:
            limits.choices(data)
        else:
            componentlimits.modal(data)
        one.callbacks.append(body)
        one.answered = call.received
        return shown

    def _source(self, one: Interaction) -> Message:
        if one.source is None or one.source.deleted:
            raise unknown("Message")
        return one.source

    def _create(self, one: Interaction, data: dict[str, Any], call: Call, **more: Any) -> Message:
        if one.guild is not None and not one.guild.has_bot and not one.channel.may(one.user, "use_external_apps"):
            data = data | {"flags": int(data.get("flags") or 0) | EPHEMERAL}
        reference: dict[str, Any] = {}
        kind = 23 if one.kind == COMMAND and one.data.get("type", 1) != 1 else 20 if one.kind == COMMAND else 0
        if one.kind in (COMPONENT, MODAL_SUBMIT) and one.source is not None and not one.source.deleted:
            kind = 19
            about = {"type": 0, "channel_id": str(one.channel.id), "message_id": str(one.source.id)}
            if one.guild is not None:
                about["guild_id"] = str(one.guild.id)
            reference = {"reference": about, "referenced": one.source}
        ephemeral = int(data.get("flags") or 0) & EPHEMERAL
        application = self.server.application_id
        uploads_checked = bool(call.uploads) and not more.get("checked")
        if uploads_checked:
            self.server.posting.check(data | {"attachments": [1]}, int(data.get("flags") or 0))
            more["checked"] = True
        return self.server.posting.create(
            one.channel,
            self.server.world.bot,
            data,
            uploads=call.uploads,
            type=kind,
            webhook_id=application,
            application_id=application,
            metadata=self.metadata(one),
            ephemeral_to=one.user if ephemeral else None,
            **reference,
            **more,
        )

    def _edit(self, message: Message, data: dict[str, Any], call: Call) -> None:
        self.server.posting.edit(message, {key: value for key, value in data.items() if key != "flags"}, call.uploads)

    # The webhook behind the token

    def _by_token(self, call: Call) -> Interaction:
        one = self.by_token.get(call.params["token"])
        if one is None or call.id("webhook") != self.server.application_id:
            raise unknown("Webhook")
        if self.server.clock.monotonic() - one.created > TOKEN_SECONDS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if not one.callbacks:
            raise unknown("Webhook")
        return one

    def _message(self, call: Call) -> tuple[Interaction, Message]:
        one = self._by_token(call)
        found: Message | None
        if call.params["message"] == "@original":
            found = one.response or (one.source if one.answer in (UPDATE, DEFER_UPDATE) else None)
        else:
            number = call.id("message")
            candidates = [one.response, one.source, *one.followups]
            found = next((each for each in candidates if each is not None and each.id == number), None)
        if found is None or found.deleted:
            raise unknown("Message")
        return one, found

    async def follow_up(self, call: Call) -> Answer:
        """POST /webhooks/{application}/{token}: the first one after a deferral takes the place of "thinking"."""
        one = self._by_token(call)
        if one.channel.deleted:
            raise unknown("Channel")
        if one.response is not None and one.response.flags & LOADING and not one.response.deleted:
            self._edit(one.response, call.body, call)
            return 200, payloads.message(one.response)
        if "0" not in one.owners and len(one.followups) >= FOLLOWUPS_OF_USER_INSTALL:
            raise ApiError(400, 40094, "This interaction has reached its maximum number of follow up messages")
        made = self._create(one, call.body, call)
        origin = one.response or one.source
        if origin is not None and not origin.deleted and made.reference is None:
            made.reference = {"type": 0, "channel_id": str(one.channel.id), "message_id": str(origin.id)}
            made.referenced = origin
            made.type = 19
        one.followups.append(made)
        self.server.changed()
        return 200, payloads.message(made)

    async def read(self, call: Call) -> Answer:
        """GET /webhooks/{application}/{token}/messages/{message}."""
        return 200, payloads.message(self._message(call)[1])

    async def edit(self, call: Call) -> Answer:
        """PATCH /webhooks/{application}/{token}/messages/{message}."""
        _, message = self._message(call)
        self._edit(message, call.body, call)
        return 200, payloads.message(message)

    async def delete(self, call: Call) -> Answer:
        """DELETE /webhooks/{application}/{token}/messages/{message}."""
        _, message = self._message(call)
        self.server.posting.delete(message)
        return 204, None


def _full_name(data: dict[str, Any]) -> str:
    """The command's name with its subcommands."""
    names = [data["name"]]
    options = data.get("options") or []
    while options and options[0]["type"] in (1, 2):
        names.append(options[0]["name"])
        options = options[0].get("options") or []
    return " ".join(names)
