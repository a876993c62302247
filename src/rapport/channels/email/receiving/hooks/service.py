"""Calls from mail providers: who may call, and what is done with what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpx
import structlog

from rapport.channels.email.receiving import store
from rapport.channels.email.receiving.hooks.calls import Call, Door, Provider, Told
from rapport.channels.email.receiving.hooks.errors import (
    HookNotFound,
    HookUnsigned,
    NotificationTooLarge,
    NotReceivedHere,
)
from rapport.channels.email.receiving.hooks.mailgun import Mailgun
from rapport.channels.email.receiving.hooks.postmark import Postmark
from rapport.channels.email.receiving.hooks.raw import Raw
from rapport.channels.email.receiving.hooks.repository import Place, place_of
from rapport.channels.email.receiving.hooks.sendgrid import SendGrid
from rapport.channels.email.receiving.hooks.ses import Ses
from rapport.channels.email.receiving.reporting import service as reporting
from rapport.channels.email.settings import service as mailboxes
from rapport.kernel import egress
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from rapport.kernel.limits import Limit, take_within
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import metrics

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 10.0
_ONCE: Final = Limit("email.hooks.once", 1, timedelta(minutes=15))
"""Longer than any signature with a token is good for."""

_TAKEN = metrics.counter(
    "mail_hooks", "Messages and reports by webhook, and what became of them.", ("provider", "fate")
)


class Outside:
    """The way to ask a provider something. A port, so that tests answer themselves."""

    def __init__(self, settings: Settings) -> None:
        """Ask whom `settings` let us."""
        self._allow = settings.egress_allow

    def client(self) -> httpx.AsyncClient:
        """A client to be closed after use."""
        return egress.client(allow=self._allow, max_bytes=64 * 1024, max_seconds=PATIENCE_S)


class Providers:
    """The providers we understand, by the word in their address; one set for each process."""

    def __init__(self) -> None:
        """All of them."""
        self._known: dict[str, Provider] = {
            "postmark": Postmark(),
            "mailgun": Mailgun(),
            "sendgrid": SendGrid(),
            "ses": Ses(),
            "raw": Raw(),
        }

    @classmethod
    def of(cls, database: Database) -> "Providers":
        """Those of a database in this process."""
        found = database.ports.find(cls)
        if found is None:
            found = cls()
            database.ports.provide(cls, found)
        return found

    def named(self, name: str) -> Provider:
        """The provider of this name.

        Raises:
            HookNotFound: we do not know it.
        """
        if name not in self._known:
            raise HookNotFound
        return self._known[name]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who may call at an address, and what their calls are judged by."""

    name: str
    provider: Provider
    place: Place
    door: Door
    receives: bool
    """Whether the inbox gets its mail this way; else only reports are of use."""


async def admit(database: Database, name: str, key: str, headers: Mapping[str, str]) -> Caller:
    """Look at a call before its body is read.

    Raises:
        HookNotFound: no inbox in use has this key and expects this provider.
        HookUnsigned: the headers alone show that it is not the provider, or there is no secret.
    """
    provider = Providers.of(database).named(name)
    async with database.connect() as session:
        place = await place_of(session, key)
    if place is None:
        raise HookNotFound
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        mailbox = await mailboxes.mailbox(ctx, place.inbox_id)
        incoming = mailboxes.incoming_of(mailbox)
        if incoming.webhook != name:
            raise HookNotFound
        secret = (await mailboxes.secrets_of(ctx, mailbox)).webhook_secret
    if not secret:
        raise HookUnsigned("This inbox has no secret for webhooks yet.")
    outside = database.ports.find(Outside) or Outside(database.ports.get(Settings))
    door = Door(secret, database.now(), outside.client)
    provider.refuse_early(headers, door)
    return Caller(name, provider, place, door, incoming.kind == "webhook")


async def take(database: Database, caller: Caller, call: Call) -> None:
    """Keep what a call brings and note what it reports, all of it or nothing.

    The same call again changes nothing. After this returns, the provider may forget the message.

    Raises:
        HookUnsigned: it does not prove that it comes from the provider.
        HookMalformed, MailNotIncluded: the provider sends something else than it should.
        NotificationTooLarge: longer than any inbox takes.
        NotReceivedHere: a message for an inbox that gets its mail another way.
        Unreachable: the file store, or the provider, did not answer; try again.
    """
    told = await caller.provider.read(call, caller.door)
    most = database.ports.get(Settings).max_mail_bytes
    if any(len(message.raw) > most for message in told.messages):
        raise NotificationTooLarge(f"At most {most:,} bytes are accepted here.")
    if told.messages and not caller.receives:
        raise NotReceivedHere
    try:
        async with database.begin(caller.place.workspace_id, SYSTEM) as ctx:
            if told.once is not None:
                await take_within(ctx, _ONCE, f"{caller.place.workspace_id} {told.once}")
            await _do(ctx, caller, told)
    except TooMany:
        _TAKEN.labels(caller.name, "replayed").inc()
        log.info("hook_replayed", provider=caller.name, inbox_id=str(caller.place.inbox_id))


async def _do(ctx: Ctx, caller: Caller, told: Told) -> None:
    for message in told.messages:
        raw_id = await store.keep(
            ctx, caller.place.inbox_id, message.source, message.raw, message.envelope
        )
        _TAKEN.labels(caller.name, "known" if raw_id is None else "kept").inc()
    for report in told.reports:
        await reporting.apply(ctx, report)
        _TAKEN.labels(caller.name, report.kind).inc()
