"""Inboxes: the configured connections of channels."""

from typing import Any
from uuid import UUID

from rapport.conversations.errors import InboxInUse
from rapport.conversations.events import CatalogueChanged
from rapport.conversations.inboxes.repository import InboxRepository
from rapport.conversations.models import Inbox
from rapport.conversations.schemas import InboxOut
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def inboxes(ctx: Ctx) -> list[InboxOut]:
    """All inboxes of the workspace, by name."""
    return [InboxOut.model_validate(row) for row in await InboxRepository(ctx).all()]


async def get_inbox(ctx: Ctx, inbox_id: UUID, *, lock: bool = False) -> Inbox:
    """One inbox.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    return await InboxRepository(ctx).get(inbox_id, lock=lock)


async def create_inbox(ctx: Ctx, *, name: str, channel: str, first_handler: str = "none") -> Inbox:
    """A new inbox. `first_handler` answers its new conversations: `assistant`, or `none`."""
    inbox = await InboxRepository(ctx).add(
        name=name, channel=channel, is_enabled=True, first_handler=first_handler
    )
    await _announce(ctx, inbox.id)
    await _record(ctx, "inbox.created", inbox, {"channel": channel})
    return inbox


async def change_inbox(
    ctx: Ctx,
    inbox_id: UUID,
    *,
    name: str | None = None,
    is_enabled: bool | None = None,
    first_handler: str | None = None,
) -> Inbox:
    """Rename an inbox, switch it on or off, or say who answers first; what is None stays.

    Raises:
        InboxNotFound: no such inbox in this workspace.
    """
    inbox = await get_inbox(ctx, inbox_id, lock=True)
    before = _state(inbox)
    inbox.name = inbox.name if name is None else name
    inbox.is_enabled = inbox.is_enabled if is_enabled is None else is_enabled
    inbox.first_handler = inbox.first_handler if first_handler is None else first_handler
    if ctx.session.is_modified(inbox):
        await ctx.session.flush()
        await _announce(ctx, inbox.id)
        told = audit.changes(before, _state(inbox), before)
        if told:  # who answers first is told of by whoever answers
            await _record(ctx, "inbox.changed", inbox, told)
    return inbox


async def delete_inbox(ctx: Ctx, inbox_id: UUID) -> None:
    """Remove an inbox that was never used.

    Raises:
        InboxNotFound: no such inbox in this workspace.
        InboxInUse: it has conversations.
    """
    inboxes_ = InboxRepository(ctx)
    inbox = await inboxes_.get(inbox_id, lock=True)
    if await inboxes_.is_used(inbox_id):
        raise InboxInUse
    await ctx.session.delete(inbox)
    await ctx.session.flush()
    await _announce(ctx, inbox_id)
    await _record(ctx, "inbox.deleted", inbox, {})


def _state(inbox: Inbox) -> dict[str, Any]:
    return {name: getattr(inbox, name) for name in ("name", "is_enabled")}


async def _record(ctx: Ctx, verb: str, inbox: Inbox, details: dict[str, object]) -> None:
    await audit.record(ctx, verb, subject=f"inbox:{inbox.id}", name=inbox.name, details=details)


async def _announce(ctx: Ctx, inbox_id: UUID) -> None:
    await emit(ctx, CatalogueChanged(kind="inbox", id=inbox_id), subject=inbox_id)
