"""Setting a mailbox up and changing it, as administrators do."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any, Final
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings import reaching
from rapport.channels.email.settings.errors import (
    AddressTaken,
    PlainRefused,
    SecretNeeded,
    SettingsIncomplete,
)
from rapport.channels.email.settings.repository import MailboxRepository
from rapport.channels.email.settings.schemas import Incoming, Outgoing, Secrets
from rapport.channels.email.settings.service import (
    CHANNEL,
    addresses_of,
    change_secrets,
    incoming_of,
    mailbox,
    name_of,
    our_addresses,
    outgoing_of,
    secrets_of,
    touched,
)
from rapport.conversations import service as conversations
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.settings.process import Settings

UNDO_S: Final = 10
_KEY_BYTES: Final = 18
_SECRET_FIELDS: Final = ("imap_password", "smtp_password", "webhook_secret")


async def create(
    ctx: Ctx, *, name: str, address: str, is_enabled: bool = True, **chosen: Any
) -> Mailbox:
    """A new inbox with its mailbox; what is not `chosen` has its default.

    Raises:
        AddressTaken, SettingsIncomplete, SecretNeeded, PlainRefused: see `change`.
    """
    inbox = await conversations.create_inbox(ctx, name=name, channel=CHANNEL)
    if not is_enabled:
        await conversations.change_inbox(ctx, inbox.id, is_enabled=False)
    await _require_free(ctx, {address})
    row = await MailboxRepository(ctx).add(
        id=inbox.id,
        key=token_urlsafe(_KEY_BYTES),
        address=address,
        aliases=[],
        from_name=name,
        signature="",
        quoting=True,
        same_mail="once",
        acknowledge=False,
        acknowledgement="",
        undo_s=UNDO_S,
        trusted_authserv=None,
        incoming=Incoming().model_dump(mode="json"),
        outgoing=Outgoing().model_dump(mode="json"),
        dkim=None,
        secrets=None,
        version=1,
    )
    await _lay(ctx, row, chosen)
    await touched(ctx, row)
    return row


async def change(ctx: Ctx, inbox_id: UUID, patch: Mapping[str, Any]) -> Mailbox:
    """Change what is named; a patch that changes nothing tells nobody.

    `incoming` and `outgoing` are whole, a password is text to keep, or None to forget.

    Raises:
        InboxNotFound, NotAMailbox: see `service.mailbox`.
        AddressTaken: another inbox has an address, or receives for it.
        SettingsIncomplete: a way of receiving or sending lacks what it needs.
        SecretNeeded: the server changes and the password is not given anew.
        PlainRefused: a password would go over the internet for everybody to read.
    """
    row = await mailbox(ctx, inbox_id, lock=True)
    wanted = {patch.get("address", row.address), *patch.get("aliases", ())}
    await _require_free(ctx, wanted, besides=row)
    changed = await _lay(ctx, row, patch)
    if changed:
        await touched(ctx, row)
        await audit.record(
            ctx,
            "mailbox.changed",
            subject=f"inbox:{row.id}",
            name=await name_of(ctx, row),
            details={"fields": sorted(changed)},
        )
    return row


async def _lay(ctx: Ctx, row: Mailbox, patch: Mapping[str, Any]) -> set[str]:
    """Put the changes on the row; the names of what differs now."""
    known = await secrets_of(ctx, row)
    given = {name: patch[name] for name in _SECRET_FIELDS if name in patch}
    fresh = _kept(row, patch, known).model_copy(update=given)
    values = {name: value for name, value in patch.items() if name not in _SECRET_FIELDS}
    changed = {name for name, value in values.items() if getattr(row, name) != _stored(value)}
    for name in changed:
        setattr(row, name, _stored(values[name]))
    _require_complete(ctx, row)
    _require_secrets(row, known, fresh)
    if fresh != known:
        await change_secrets(ctx, row, fresh)
        changed |= {name for name in given if getattr(fresh, name) != getattr(known, name)}
    await ctx.session.flush()
    await _route(ctx, row)
    return changed


def _stored(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, Incoming | Outgoing) else value


def _kept(row: Mailbox, patch: Mapping[str, Any], known: Secrets) -> Secrets:
    """What is still good after a change: no secret follows to another server or another user."""
    gone: dict[str, None] = {}
    incoming, outgoing = patch.get("incoming"), patch.get("outgoing")
    moves_in = incoming is not None and not is_same_server(incoming_of(row), incoming)
    moves_out = outgoing is not None and not is_same_server(outgoing_of(row), outgoing)
    if moves_in:
        gone["imap_password"] = None
    if moves_out:
        gone["smtp_password"] = None
    if moves_in or moves_out:
        gone["oauth"] = None
    if incoming is not None and incoming.webhook != incoming_of(row).webhook:
        gone["webhook_secret"] = None
    return known.model_copy(update=gone)


def is_same_server(old: Incoming | Outgoing, new: Incoming | Outgoing) -> bool:
    """Whether what opens the account on `old` may be sent to `new`."""
    as_safe = new.security == old.security or new.security != "plain"
    before, after = (old.host.lower(), old.port, old.user), (new.host.lower(), new.port, new.user)
    return before == after and as_safe


def _require_complete(ctx: Ctx, row: Mailbox) -> None:
    incoming, outgoing = incoming_of(row), outgoing_of(row)
    if incoming.kind == "imap":
        if not incoming.host or not incoming.user:
            raise SettingsIncomplete("Receiving by IMAP needs a server and a user.")
        require_safe(ctx.port(Settings), incoming)
    if incoming.kind == "webhook" and incoming.webhook is None:
        raise SettingsIncomplete("Say which service posts the mail.")
    if outgoing.kind == "smtp":
        if not outgoing.host:
            raise SettingsIncomplete("Sending by SMTP needs a server.")
        if outgoing.user:
            require_safe(ctx.port(Settings), outgoing)
    if outgoing.auth == "oauth" and not outgoing.user:
        raise SettingsIncomplete("Signing in at the provider needs a user.")


def require_safe(settings: Settings, server: Incoming | Outgoing) -> None:
    """Refuse to send a password where everybody on the way can read it.

    Raises:
        PlainRefused: there is no TLS, and the administrator did not allow the server.
    """
    if server.security == "plain" and not reaching.may_be_plain(settings, server.host, server.port):
        raise PlainRefused


def _require_secrets(row: Mailbox, known: Secrets, fresh: Secrets) -> None:
    """A password that was there does not just vanish because the server changed."""
    incoming, outgoing = incoming_of(row), outgoing_of(row)
    needs_in = incoming.kind == "imap" and incoming.auth == "password"
    needs_out = outgoing.kind == "smtp" and outgoing.auth == "password" and outgoing.user
    if needs_in and known.imap_password and not fresh.imap_password:
        raise SecretNeeded("Enter the password for receiving anew: the server or user is another.")
    if needs_out and known.smtp_password and not fresh.smtp_password:
        raise SecretNeeded("Enter the password for sending anew: the server or user is another.")


async def _require_free(ctx: Ctx, wanted: set[str], besides: Mailbox | None = None) -> None:
    """Within a workspace an address belongs to one inbox, however its mail comes in."""
    taken = await our_addresses(ctx, besides=besides.id if besides else None)
    clashes = sorted({address for address in wanted if folded(address) in taken})
    if clashes:
        raise AddressTaken(f"Another inbox has the address {clashes[0]} already.")


async def _route(ctx: Ctx, row: Mailbox) -> None:
    """Only what we receive ourselves is found by its address."""
    receives = incoming_of(row).kind == "receiver"
    wanted = addresses_of(row) if receives else frozenset()
    lost = await MailboxRepository(ctx).route(row.id, wanted)
    if lost:
        raise AddressTaken(f"Mail to {min(lost)} goes to another inbox already.")
