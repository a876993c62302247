"""Whose mail an address is, before any workspace is known."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.channels.email.envelope import folded

_ROUTE = text("SELECT workspace_id, inbox_id FROM email_route(:address)")


@dataclass(frozen=True, slots=True)
class Place:
    """The inbox that gets mail to an address."""

    workspace_id: UUID
    inbox_id: UUID


async def place_of(session: AsyncSession, address: str) -> Place | None:
    """The inbox behind `address`, or behind it without its `+tag`; None when it is nobody's."""
    for candidate in _candidates(address):
        row = (await session.execute(_ROUTE, {"address": candidate})).one_or_none()
        if row is not None:
            return Place(row.workspace_id, row.inbox_id)
    return None


def _candidates(address: str) -> tuple[str, ...]:
    whole = folded(address)
    local, _, domain = whole.rpartition("@")
    mailbox, plus, _ = local.partition("+")
    return (whole, f"{mailbox}@{domain}") if plus and mailbox else (whole,)
