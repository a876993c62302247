"""How each mailbox does: when it last got mail, how far behind it is, and what is wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from rapport.channels.email.models import Folder, Mailbox
from rapport.channels.email.settings.repository import MailboxRepository
from rapport.channels.email.settings.service import incoming_of, mailbox, outgoing_of
from rapport.channels.email.setup.health.repository import HealthRepository, Queue, Unread
from rapport.channels.email.setup.health.schemas import (
    FolderHealthOut,
    HealthOut,
    IncomingHealthOut,
    IncomingState,
    OutgoingHealthOut,
    OutgoingState,
)
from rapport.conversations.models import Inbox
from rapport.kernel.context import Ctx


async def of_mailbox(ctx: Ctx, inbox_id: UUID) -> HealthOut:
    """How one mailbox does.

    Raises:
        InboxNotFound, NotAMailbox: see `settings.service.mailbox`.
    """
    row = await mailbox(ctx, inbox_id)
    inbox = await MailboxRepository(ctx).inbox(inbox_id)
    assert inbox is not None, "a mailbox goes with its inbox"
    return (await _told(ctx, [(inbox, row)]))[0]


async def of_all(ctx: Ctx) -> list[HealthOut]:
    """How all mailboxes do, the oldest first."""
    rows = {row.id: row for row in await MailboxRepository(ctx).all()}
    inboxes = await MailboxRepository(ctx).inboxes()
    return await _told(ctx, [(inbox, rows[inbox.id]) for inbox in inboxes if inbox.id in rows])


async def _told(ctx: Ctx, every: Sequence[tuple[Inbox, Mailbox]]) -> list[HealthOut]:
    repository = HealthRepository(ctx)
    folders = await repository.folders([inbox.id for inbox, _ in every])
    return [
        HealthOut(
            inbox_id=inbox.id,
            name=inbox.name,
            address=row.address,
            is_enabled=inbox.is_enabled,
            incoming=_incoming(inbox, row, folders[inbox.id], await repository.unread(inbox.id)),
            outgoing=_outgoing(inbox, row, await repository.queue(inbox.id)),
        )
        for inbox, row in every
    ]


def _incoming(
    inbox: Inbox, row: Mailbox, folders: Sequence[Folder], unread: Unread
) -> IncomingHealthOut:
    settings = incoming_of(row)
    is_fetched = settings.kind == "imap"
    fetched = [each for each in folders if each.name in settings.folders] if is_fetched else []
    worst = min(fetched, key=lambda folder: _ORDER.index(folder.state), default=None)
    came = [folder.last_mail_at for folder in fetched if folder.last_mail_at]
    return IncomingHealthOut(
        kind=settings.kind,
        state=_incoming_state(inbox, settings.kind, worst),
        error=worst.error if worst is not None and worst.state == "failing" else None,
        failing_since=_first(folder.failing_since for folder in fetched),
        last_mail_at=max([*came, *([unread.last_at] if unread.last_at else [])], default=None),
        seen_at=_first(folder.seen_at for folder in fetched),
        behind=sum(folder.behind for folder in fetched),
        unread=unread.received,
        unreadable=unread.failed,
        folders=[FolderHealthOut.model_validate(folder) for folder in fetched],
    )


_ORDER = ("failing", "connecting", "catching_up", "listening")


def _incoming_state(inbox: Inbox, kind: str, worst: Folder | None) -> IncomingState:
    if not inbox.is_enabled or kind == "none":
        return "off"
    if kind != "imap":
        return "listening"
    return "connecting" if worst is None else worst.state  # type: ignore[return-value]


def _outgoing(inbox: Inbox, row: Mailbox, queue: Queue) -> OutgoingHealthOut:
    kind = outgoing_of(row).kind
    return OutgoingHealthOut(
        kind=kind,
        state=_outgoing_state(inbox, kind, queue),
        waiting=queue.waiting,
        waiting_since=queue.waiting_since,
        scheduled=queue.scheduled,
        failed=queue.failed,
        reason=queue.reason,
        response=queue.response,
    )


def _outgoing_state(inbox: Inbox, kind: str, queue: Queue) -> OutgoingState:
    if not inbox.is_enabled or kind == "none":
        return "off"
    if queue.waiting:
        return "failing" if queue.reason else "waiting"
    return "ok"


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)
