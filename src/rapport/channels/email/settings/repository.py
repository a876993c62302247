"""All the SQL about how mailboxes are set up."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from rapport.channels.email.models import Mailbox, Route
from rapport.channels.email.settings.errors import NotAMailbox
from rapport.conversations.models import Inbox
from rapport.kernel.repository import Repository

_ALL = select(Mailbox).where(Mailbox.workspace_id == bindparam("workspace_id")).order_by(Mailbox.id)


class MailboxRepository(Repository[Mailbox]):
    """Mailboxes of one workspace, and the addresses that lead to them."""

    model = Mailbox
    missing = NotAMailbox

    async def all(self) -> Sequence[Mailbox]:
        """All of them, the oldest first."""
        asked = {"workspace_id": self.ctx.workspace_id}
        return (await self.ctx.session.scalars(_ALL, asked)).all()

    async def inbox(self, inbox_id: UUID) -> Inbox | None:
        """The inbox that a mailbox belongs to."""
        found: Inbox | None = await self.ctx.session.scalar(
            select(Inbox).where(Inbox.workspace_id == self.ctx.workspace_id, Inbox.id == inbox_id)
        )
        return found

    async def inboxes(self) -> Sequence[Inbox]:
        """The inboxes that have a mailbox, the oldest first."""
        return (
            await self.ctx.session.scalars(
                select(Inbox)
                .join(
                    Mailbox,
                    (Mailbox.workspace_id == Inbox.workspace_id) & (Mailbox.id == Inbox.id),
                )
                .where(Inbox.workspace_id == self.ctx.workspace_id)
                .order_by(Inbox.id)
            )
        ).all()

    async def route(self, inbox_id: UUID, addresses: Iterable[str]) -> frozenset[str]:
        """Have mail to these addresses, and to no others, come to this inbox.

        Returns those that another inbox of any workspace has; they stay with it.
        """
        wanted = frozenset(addresses)
        mine = (Route.workspace_id == self.ctx.workspace_id) & (Route.inbox_id == inbox_id)
        await self.ctx.session.execute(delete(Route).where(mine, Route.address.not_in(wanted)))
        for address in sorted(wanted):  # in one order, so that two at once wait for each other
            await self.ctx.session.execute(
                insert(Route)
                .values(address=address, workspace_id=self.ctx.workspace_id, inbox_id=inbox_id)
                .on_conflict_do_nothing()
            )
        got = await self.ctx.session.scalars(select(Route.address).where(mine))
        return wanted - frozenset(got)
