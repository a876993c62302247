"""Keys that sign the mail of a mailbox: made here, switched on when the DNS shows them."""

import asyncio
from uuid import UUID

from rapport.channels.email.envelope import folded
from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings.schemas import Dkim
from rapport.channels.email.settings.service import (
    change_secrets,
    mailbox,
    name_of,
    secrets_of,
    touched,
)
from rapport.channels.email.setup.advising import dkim
from rapport.channels.email.setup.errors import DkimKeyMissing, DkimNotPublished
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.dns import Dns


async def make_key(ctx: Ctx, inbox_id: UUID) -> Mailbox:
    """A fresh key for the mailbox's domain. Nothing is signed until it is switched on.

    Raises:
        InboxNotFound, NotAMailbox: see `settings.service.mailbox`.
    """
    row = await mailbox(ctx, inbox_id, lock=True)
    domain = folded(row.address).rpartition("@")[2]
    key, private = await asyncio.to_thread(dkim.new_key, domain)
    row.dkim = key.model_dump()
    known = await secrets_of(ctx, row)
    await change_secrets(ctx, row, known.model_copy(update={"dkim_private_key": private}))
    await touched(ctx, row)
    await audit.record(
        ctx,
        "mailbox.key_made",
        subject=f"inbox:{row.id}",
        name=await name_of(ctx, row),
        details={"selector": key.selector},
    )
    return row


async def switch(ctx: Ctx, inbox_id: UUID, *, is_on: bool) -> Mailbox:
    """Sign from now on, or not any more.

    Raises:
        InboxNotFound, NotAMailbox: see `settings.service.mailbox`.
        DkimKeyMissing: there is no key.
        DkimNotPublished: the DNS does not show it, and every signature would look forged.
    """
    row = await mailbox(ctx, inbox_id, lock=True)
    if row.dkim is None:
        raise DkimKeyMissing
    key = Dkim.model_validate(row.dkim)
    if key.is_on == is_on:
        return row
    if is_on and (await asyncio.to_thread(dkim.advise, ctx.port(Dns), key)).state != "ok":
        raise DkimNotPublished
    row.dkim = key.model_copy(update={"is_on": is_on}).model_dump()
    await touched(ctx, row)
    await audit.record(
        ctx,
        "mailbox.signing_switched",
        subject=f"inbox:{row.id}",
        name=await name_of(ctx, row),
        details={"is_on": is_on},
    )
    return row
