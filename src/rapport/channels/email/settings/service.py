"""Mailboxes as the rooms that fetch, receive and send see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.events import MailboxChanged
from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings.repository import MailboxRepository
from rapport.channels.email.settings.schemas import Dkim, Incoming, Outgoing, Secrets
from rapport.conversations import service as conversations
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.secrets import service as secrets

CHANNEL = "email"
_PURPOSE = "email.secrets"


@dataclass(frozen=True, slots=True)
class Signing:
    """What DKIM needs to sign: whose domain, under which name its key is published, and the key."""

    domain: str
    selector: str
    private_key: str
    """PKCS#8 in PEM."""


async def mailbox(ctx: Ctx, inbox_id: UUID, *, lock: bool = False) -> Mailbox:
    """How an inbox receives and sends mail.

    Raises:
        InboxNotFound: no such inbox in this workspace.
        NotAMailbox: it belongs to another channel.
    """
    found = await MailboxRepository(ctx).find(inbox_id, lock=lock)
    if found is not None:
        return found
    await conversations.get_inbox(ctx, inbox_id)
    return await MailboxRepository(ctx).get(inbox_id)


async def mailboxes(ctx: Ctx) -> Sequence[Mailbox]:
    """All mailboxes of the workspace, the oldest first."""
    return await MailboxRepository(ctx).all()


def incoming_of(mailbox: Mailbox) -> Incoming:
    """How mail comes in."""
    return Incoming.model_validate(mailbox.incoming)


def outgoing_of(mailbox: Mailbox) -> Outgoing:
    """How mail goes out."""
    return Outgoing.model_validate(mailbox.outgoing)


async def name_of(ctx: Ctx, mailbox: Mailbox) -> str:
    """What people call its inbox."""
    return (await conversations.get_inbox(ctx, mailbox.id)).name


async def secrets_of(ctx: Ctx, mailbox: Mailbox) -> Secrets:
    """Everything secret about a mailbox.

    Raises:
        SecretUnreadable, KeyMissing: see `kernel.secrets`.
    """
    if mailbox.secrets is None:
        return Secrets()
    return Secrets.model_validate_json(await secrets.open(ctx, _PURPOSE, mailbox.secrets))


async def change_secrets(ctx: Ctx, mailbox: Mailbox, secret: Secrets) -> None:
    """Keep these secrets instead of what was kept.

    For a new password call `touched` as well; a refreshed access token is no change to anybody.
    """
    mailbox.secrets = await secrets.seal(ctx, _PURPOSE, secret.model_dump_json(exclude_none=True))
    await ctx.session.flush()


async def touched(ctx: Ctx, mailbox: Mailbox) -> None:
    """Tell whoever is connected for this mailbox that it is set up otherwise."""
    mailbox.version += 1
    await ctx.session.flush()
    await emit(ctx, MailboxChanged(inbox_id=mailbox.id))


async def signing(ctx: Ctx, mailbox: Mailbox) -> Signing | None:
    """What to sign mail with; None when there is no key, or its record was not seen yet."""
    if mailbox.dkim is None:
        return None
    dkim = Dkim.model_validate(mailbox.dkim)
    key = (await secrets_of(ctx, mailbox)).dkim_private_key
    if not dkim.is_on or key is None:
        return None
    return Signing(dkim.domain, dkim.selector, key)


def addresses_of(mailbox: Mailbox) -> frozenset[str]:
    """The addresses of a mailbox, as addresses are compared."""
    return frozenset(folded(address) for address in (mailbox.address, *mailbox.aliases))


async def our_addresses(ctx: Ctx, *, besides: UUID | None = None) -> frozenset[str]:
    """The addresses of all inboxes of the workspace but one, as addresses are compared."""
    every = await MailboxRepository(ctx).all()
    return frozenset(
        address for each in every if each.id != besides for address in addresses_of(each)
    )


async def mailbox_with_ours(ctx: Ctx, inbox_id: UUID) -> tuple[Mailbox, frozenset[str]]:
    """How an inbox receives and sends mail, and the addresses of all inboxes, with one question.

    Raises:
        InboxNotFound, NotAMailbox: see `mailbox`.
    """
    every = await MailboxRepository(ctx).all()
    found = next((each for each in every if each.id == inbox_id), None)
    ours = frozenset(address for each in every for address in addresses_of(each))
    return found or await mailbox(ctx, inbox_id), ours
