"""What exists on the server: users, guilds, roles, channels and messages. State only; others print and send it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from discordserver import payloads
from discordserver.clock import Clock, Snowflakes, moment
from discordserver.permissions import ADMINISTRATOR, ALL, EVERYONE, bits

if TYPE_CHECKING:
    from discordserver.people import Person

TEXT, DM, VOICE, GROUP_DM, CATEGORY, PUBLIC_THREAD = 0, 1, 2, 3, 4, 11
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15


@dataclass(eq=False)
class User:
    """An account: a person, a bot or, as an author only, a webhook."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-GB"
    dms_open: bool = True
    installed: bool = False  # has the application as a user install

    @property
    def mention(self) -> str:
        """The text that mentions this user."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A role of a guild; the one with the guild's own id is everybody's."""

    id: int
    name: str
    permissions: int
    position: int = 1
    managed: bool = False


@dataclass(eq=False)
class Member:
    """A user's membership."""

    user: User
    joined: str
    roles: list[int] = field(default_factory=list)
    nick: str | None = None


@dataclass(eq=False)
class Message:
    """A message as the server keeps it; `payloads.message` prints it."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    tts: bool = False
    edited: str | None = None
    edits: int = 0
    mentions: list[User] = field(default_factory=list)
    mention_everyone: bool = False
    mention_roles: list[int] = field(default_factory=list)
    reference: dict[str, Any] | None = None
    referenced: Message | None = None
    nonce: str | int | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    metadata: dict[str, Any] | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict)
    ephemeral_to: User | None = None
    deleted: bool = False


@dataclass(eq=False)
class Channel:
    """A channel, a thread or a private conversation."""

    id: int
    world: World
    type: int = TEXT
    name: str | None = None
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    recipients: list[User] = field(default_factory=list)
    overwrites: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # id: kind, allow, deny
    messages: dict[int, Message] = field(default_factory=dict)
    deleted: bool = False
    topic: str | None = None

    @property
    def mention(self) -> str:
        """The text that mentions this channel."""
        return f"<#{self.id}>"

    def permissions(self, user: User) -> int:
        """What this user may do here, after overwrites; a thread follows its channel."""
        if self.guild is None:
            return EVERYONE
        if self.parent is not None:
            return self.parent.permissions(user)
        value = self.guild.permissions(user)
        if value == ALL:
            return value
        member = self.guild.members.get(user.id)
        ids = [self.guild.id, *(member.roles if member else ()), user.id]
        for one in ids:
            if one in self.overwrites:
                _, allow, deny = self.overwrites[one]
                value = (value & ~deny) | allow
        return value

    def may(self, user: User, *names: str) -> bool:
        """Whether this user has all these permissions here."""
        wanted = bits(*names)
        return self.permissions(user) & wanted == wanted

    def deny(self, who: User | Role, *names: str) -> None:
        """Takes permissions from a user or role in this channel; the bot hears of it."""
        self._overwrite(who, 0, bits(*names))

    def allow(self, who: User | Role, *names: str) -> None:
        """Gives permissions to a user or role in this channel; the bot hears of it."""
        self._overwrite(who, bits(*names), 0)

    def _overwrite(self, who: User | Role, allow: int, deny: int) -> None:
        kind, had_allow, had_deny = self.overwrites.get(who.id, (int(isinstance(who, User)), 0, 0))
        self.overwrites[who.id] = (kind, (had_allow | allow) & ~deny, (had_deny | deny) & ~allow)
        self.world.emit("CHANNEL_UPDATE", payloads.channel(self), self.guild)

    def delete(self) -> None:
        """Deletes the channel; the bot hears of it."""
        self.deleted = True
        event = "THREAD_DELETE" if self.parent else "CHANNEL_DELETE"
        self.world.channels.pop(self.id, None)
        if self.guild is not None:
            self.guild.channels.pop(self.id, None)
        self.world.emit(event, payloads.channel(self), self.guild)


@dataclass(eq=False)
class Guild:
    """A server of people, with or without the bot in it."""

    id: int
    name: str
    world: World
    has_bot: bool = True
    locale: str = "en-GB"
    unavailable: bool = False
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads too
    owner: User | None = None

    def permissions(self, user: User) -> int:
        """What this user may do in the guild as a whole."""
        value = self.roles[self.id].permissions
        member = self.members.get(user.id)
        for role in member.roles if member else ():
            value |= self.roles[role].permissions
        return ALL if value & ADMINISTRATOR or user is self.owner else value

    def channel(self, name: str, **settings: Any) -> Channel:
        """A new text channel; the bot hears of it."""
        made = Channel(self.world.ids.next(), self.world, name=name, guild=self, **settings)
        self._open(made)
        self.world.emit("CHANNEL_CREATE", payloads.channel(made), self)
        return made

    def thread(self, parent: Channel, name: str) -> Channel:
        """A new public thread of a channel; the bot hears of it."""
        owner = self.owner or self.world.bot
        made = Channel(self.world.ids.next(), self.world, PUBLIC_THREAD, name, self, parent, owner)
        self._open(made)
        self.world.emit("THREAD_CREATE", payloads.channel(made) | {"newly_created": True}, self)
        return made

    def _open(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.world.channels[channel.id] = channel

    def role(self, name: str, *names: str, managed: bool = False) -> Role:
        """A new role with these permissions; the bot hears of it."""
        made = Role(self.world.ids.next(), name, bits(*names), len(self.roles), managed)
        self.roles[made.id] = made
        self.world.emit("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": payloads.role(made)}, self)
        return made

    def join(self, user: User, *names: str, managed: bool = False) -> Member:
        """Makes the user a member with these permissions beside everybody's."""
        member = self.members.get(user.id)
        if member is None:
            member = self.members[user.id] = Member(user, moment())
        if names:
            member.roles.append(self.role(f"{user.name}'s", *names, managed=managed).id)
        return member

    def member(self, name: str, *, nick: str | None = None, **permissions: bool) -> Person:
        """The person of this name as a member, with these permissions beside everybody's."""
        person = self.world.person(name)
        self.join(person, *(one for one, given in permissions.items() if given)).nick = nick
        return person

    def bot(self, name: str) -> Person:
        """Another bot as a member."""
        person = self.world.person(name)
        person.bot = True
        self.join(person)
        return person

    def remove_bot(self) -> None:
        """The bot is thrown out; it hears of it."""
        self.world.emit("GUILD_DELETE", {"id": str(self.id)}, self)
        self.has_bot = False
        self.members.pop(self.world.bot.id, None)

    def outage(self) -> None:
        """The guild becomes unavailable; the bot hears of it."""
        self.unavailable = True
        self.world.emit("GUILD_DELETE", {"id": str(self.id), "unavailable": True}, self)

    def back(self) -> None:
        """The guild is available again; the bot hears of it."""
        self.unavailable = False
        self.world.emit("GUILD_CREATE", payloads.guild(self), self)


class World:
    """Everything that exists, by identifier."""

    def __init__(self, clock: Clock, ids: Snowflakes, bot_name: str) -> None:
        self.clock = clock
        self.ids = ids
        self.bot = User(ids.next(), bot_name, bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.emit: Callable[[str, dict[str, Any], Guild | None], None] = lambda event, data, guild: None
        self.make_person: Callable[[int, str], Person]
        self._people: dict[str, Person] = {}
        self._private: dict[frozenset[int], Channel] = {}

    def person(self, name: str) -> Person:
        """The person of this name, the same one each time."""
        if name not in self._people:
            made = self.make_person(self.ids.next(), name)
            self._people[name] = made
            self.users[made.id] = made
        return self._people[name]

    def guild(self, name: str, *, bot: bool = True) -> Guild:
        """A new guild; the bot hears of it when it is in it."""
        made = Guild(self.ids.next_guild(), name, self, has_bot=False)
        made.roles[made.id] = Role(made.id, "@everyone", EVERYONE, 0)
        made.owner = self.person(f"owner of {name}")
        made.join(made.owner)
        self.guilds[made.id] = made
        if bot:
            made.join(self.bot, "view_channel", managed=True)
            made.has_bot = True
            self.emit("GUILD_CREATE", payloads.guild(made), made)
        return made

    def private(self, *users: User) -> Channel:
        """The private conversation of these users, the same one each time."""
        key = frozenset(user.id for user in users)
        if key not in self._private:
            kind = DM if len(users) == 2 else GROUP_DM
            made = Channel(self.ids.next(), self, kind, recipients=list(users))
            self._private[key] = self.channels[made.id] = made
        return self._private[key]
