"""Which mailbox an address for webhooks belongs to, before any workspace is known."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_BY_KEY = text("SELECT workspace_id, inbox_id FROM email_mailbox_by_key(:key)")


@dataclass(frozen=True, slots=True)
class Place:
    """The inbox behind a key."""

    workspace_id: UUID
    inbox_id: UUID


async def place_of(session: AsyncSession, key: str) -> Place | None:
    """The inbox whose mailbox has this key, if it is in use."""
    row = (await session.execute(_BY_KEY, {"key": key})).one_or_none()
    return Place(row.workspace_id, row.inbox_id) if row is not None else None
