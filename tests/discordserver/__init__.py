"""A small Discord on 127.0.0.1, for tests: REST v10, gateway, interactions, limits, faults, and people who act.

    from discordserver import DiscordServer

    async with DiscordServer() as server:           # privileged=("message_content",), shards=1, heartbeat=41.25
        guild = server.guild("Anatomy")
        general = guild.channel("general")
        alice = guild.member("alice")
        mod = guild.member("mod", manage_guild=True, manage_messages=True)

        # the bot's side, unmodified discord.py:
        discord.http.Route.BASE = server.api
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway)
        ... bot.start(server.token) ...             # or a process with os.environ | server.environment()
        await server.ready()                        # the bot has identified

        asked = await alice.slash(general, "ask", question="where does it insert", private=True)
        asked = await mod.slash(general, "fabella channels allow", channel=general)
        asked.message, asked.text, asked.ephemeral, asked.deferred, asked.thinking, asked.updated, asked.modal
        asked.failed, asked.refused, asked.callbacks, asked.followups, asked.latency, asked.interaction
        await asked.settled(); await asked.followed_up(1); await asked.edited()

        clicked = await alice.click(asked, "Sources")            # or custom_id=...; a payload with "id" will do too
        chosen = await alice.select(asked, custom_id="...", values=["..."])
        sent = await alice.submit(clicked, {"custom_id or label": "text"})   # after a click that opened a form
        choices = await alice.autocomplete(general, "muscle", focused="name", name="gas")   # None: refused or late
        menu = await alice.menu(general, said, "Ask Fabella about this")     # a message or a person

        said = await alice.says(general, "where is it", mention=True)        # reply_to=..., ping=False
        answer = await said.answer(timeout=5)       # payload of the bot's reply, or of what it said since
        await said.quiet(0.5)                       # True: no answer, no reaction
        await alice.edits(said, "new text", mention=True)
        again = await said.answered_again()         # the answer has been edited since
        await alice.deletes(said); await mod.deletes(answer); await alice.reacts(answer, "👍")

        alice.dm(); alice.private(bob); alice.installs(); alice.closes_dms()
        server.person("carol").installs()           # in no guild; server.guild("Elsewhere", bot=False)
        guild.thread(general, "quiz"); guild.bot("other"); server.webhook_says(general, "text")
        general.deny(server.bot, "send_messages"); general.delete(); guild.remove_bot(); guild.outage(); guild.back()
        server.requests, server.sent(general), server.typed, server.commands.everywhere, server.posting.files
        await server.until(lambda: ..., timeout=5)  # True when it happened
        server.clock.advance(15 * 60)

What the app would not let a person do (no such command, option, button or permission) raises `NotPossible`;
`force=True` does it anyway. `age=2.5` on an act sends its event that many seconds late. Before any sync, commands
take any options, typed by their Python type.

Faults, by route template or path:

    fault = server.fault("POST", "/channels/{c}/messages", status=503, times=2, after=0)     # fault.hits
    server.fault("POST", "/interactions/{id}/{token}/callback", reset=True)                  # TCP reset
    server.fault(..., hang=5.0); server.fault(..., delay=1.0); server.fault(..., then_accept=True)  # done, says 500
    server.fault(..., status=429, retry_after=0.2, via=False); server.faults.clear()
    server.rate_limits.set("POST", "/channels/{channel}/messages", limit=5, per=5.0)
    server.refuse_connections(2, "503")             # or "reset": handshakes of the gateway; "hang" till
    server.gateway_side.release()                   # ... this
    await server.gateway_down(); await server.gateway_up()                                   # ECONNREFUSED
    gateway = server.gateway_side
    gateway.drop(); await gateway.close(4000); gateway.reconnect(); gateway.invalidate(resumable=False)
    gateway.acks = False; gateway.forget(); gateway.raw("{no json"); gateway.event("MESSAGE_CREATE", {"id": "x"})

The bot's side in the same loop, unless it brings its own: `from discordserver.library import Plain, running`,
`async with running(bot, server, sync=True): ...` points discord.py here, starts the bot, and closes it.

As a process of its own: `python -m discordserver --help`, with this folder's parent on the path.
"""

from __future__ import annotations

from discordserver.errors import ApiError, NotPossible
from discordserver.people import Person
from discordserver.requests import Request
from discordserver.seen import Asked, Said, readable
from discordserver.server import DiscordServer
from discordserver.world import Channel, Guild, Message, Role, User

__all__ = [
    "ApiError",
    "Asked",
    "Channel",
    "DiscordServer",
    "Guild",
    "Message",
    "NotPossible",
    "Person",
    "Request",
    "Role",
    "Said",
    "User",
    "readable",
]
