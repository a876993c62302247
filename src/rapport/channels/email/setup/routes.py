"""Mailboxes, as administrators set them up, try them and look after them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import SecretStr

from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings import changing
from rapport.channels.email.settings import service as mailboxes
from rapport.channels.email.settings.errors import (
    AddressTaken,
    NotAMailbox,
    PlainRefused,
    SecretNeeded,
    SettingsIncomplete,
)
from rapport.channels.email.settings.repository import MailboxRepository
from rapport.channels.email.setup import signing
from rapport.channels.email.setup.describing import describe
from rapport.channels.email.setup.errors import DkimKeyMissing, DkimNotPublished
from rapport.channels.email.setup.health import service as health
from rapport.channels.email.setup.health.schemas import HealthOut, HealthsOut
from rapport.channels.email.setup.schemas import (
    MailboxesOut,
    MailboxIn,
    MailboxOut,
    MailboxPatch,
    SigningIn,
)
from rapport.conversations import service as conversations
from rapport.conversations.errors import InboxNotFound
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.http import Permitted, problems

router = APIRouter(
    prefix="/email",
    tags=["email"],
    route_class=AgentRoute,
    responses=problems(Unauthenticated, Forbidden),
)
CanRead = Annotated[Ctx, Depends(Permitted("inboxes.read"))]
CanManage = Annotated[Ctx, Depends(Permitted("inboxes.manage"))]
ONE = (InboxNotFound, NotAMailbox)
CHANGING = (AddressTaken, SettingsIncomplete, SecretNeeded, PlainRefused)


@router.get("/mailboxes", response_model=MailboxesOut)
async def list_mailboxes(ctx: CanRead) -> MailboxesOut:
    """All inboxes that receive or send e-mail."""
    rows = {row.id: row for row in await MailboxRepository(ctx).all()}
    inboxes = await MailboxRepository(ctx).inboxes()
    return MailboxesOut(
        items=[await describe(ctx, each, rows[each.id]) for each in inboxes if each.id in rows]
    )


@router.post(
    "/mailboxes", status_code=201, response_model=MailboxOut, responses=problems(*CHANGING)
)
async def create_mailbox(body: MailboxIn, ctx: CanManage) -> MailboxOut:
    """Set up a new inbox for e-mail."""
    return await _told(ctx, await changing.create(ctx, **_values(body)))


@router.get("/mailboxes/{inbox_id}", response_model=MailboxOut, responses=problems(*ONE))
async def get_mailbox(inbox_id: UUID, ctx: CanRead) -> MailboxOut:
    """How an inbox receives and sends e-mail."""
    return await _told(ctx, await mailboxes.mailbox(ctx, inbox_id))


@router.patch(
    "/mailboxes/{inbox_id}", response_model=MailboxOut, responses=problems(*ONE, *CHANGING)
)
async def update_mailbox(inbox_id: UUID, body: MailboxPatch, ctx: CanManage) -> MailboxOut:
    """Change how an inbox receives and sends e-mail; what is connected connects anew."""
    return await _told(ctx, await changing.change(ctx, inbox_id, _values(body)))


@router.post("/mailboxes/{inbox_id}/dkim", response_model=MailboxOut, responses=problems(*ONE))
async def make_dkim_key(inbox_id: UUID, ctx: CanManage) -> MailboxOut:
    """Make a new key to sign with; publish its record, then switch signing on."""
    return await _told(ctx, await signing.make_key(ctx, inbox_id))


@router.put(
    "/mailboxes/{inbox_id}/dkim",
    response_model=MailboxOut,
    responses=problems(*ONE, DkimKeyMissing, DkimNotPublished),
)
async def switch_dkim(inbox_id: UUID, body: SigningIn, ctx: CanManage) -> MailboxOut:
    """Sign mail that goes out, once the DNS shows the key, or sign it no more."""
    return await _told(ctx, await signing.switch(ctx, inbox_id, is_on=body.is_on))


@router.get("/health", response_model=HealthsOut)
async def list_mailbox_health(ctx: CanRead) -> HealthsOut:
    """How all mailboxes do."""
    return HealthsOut(items=await health.of_all(ctx))


@router.get("/mailboxes/{inbox_id}/health", response_model=HealthOut, responses=problems(*ONE))
async def get_mailbox_health(inbox_id: UUID, ctx: CanRead) -> HealthOut:
    """How a mailbox does: its last mail, how far behind it is, what waits, and what is wrong."""
    return await health.of_mailbox(ctx, inbox_id)


async def _told(ctx: Ctx, row: Mailbox) -> MailboxOut:
    return await describe(ctx, await conversations.get_inbox(ctx, row.id), row)


_FORGETTABLE = {"imap_password", "smtp_password", "webhook_secret", "trusted_authserv"}


def _values(body: MailboxIn | MailboxPatch) -> dict[str, Any]:
    """What a client sent, as values to keep; null means something for few fields only."""
    sent = {name: value for name, value in body if name in body.model_fields_set}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in sent.items()
        if value is not None or name in _FORGETTABLE
    }
