"""Queries about the identity provider of a workspace and who is connected to it."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from rapport.kernel.auth.errors import IdentityNotFound, ProviderNotFound
from rapport.kernel.auth.models import IdentityProvider, LinkedIdentity
from rapport.kernel.errors import NotFound
from rapport.kernel.repository import Repository


class IdentityProviderRepository(Repository[IdentityProvider]):
    """The provider of the workspace: at most one."""

    model = IdentityProvider
    missing: ClassVar[type[NotFound]] = ProviderNotFound

    async def mine(self, *, lock: bool = False) -> IdentityProvider | None:
        """The workspace's provider."""
        statement = self.select()
        if lock:
            statement = statement.with_for_update()
        row: IdentityProvider | None = await self.ctx.session.scalar(statement)
        return row


class LinkedIdentityRepository(Repository[LinkedIdentity]):
    """Members and whom the provider knows them as."""

    model = LinkedIdentity
    missing: ClassVar[type[NotFound]] = IdentityNotFound

    async def of_subject(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """The connection of somebody at the provider."""
        row: LinkedIdentity | None = await self.ctx.session.scalar(
            self.select().where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
        )
        return row

    async def of_user(self, user_id: UUID) -> Sequence[LinkedIdentity]:
        """A member's connections, the oldest first."""
        rows = await self.ctx.session.scalars(
            self.select()
            .where(LinkedIdentity.user_id == user_id)
            .order_by(LinkedIdentity.created_at, LinkedIdentity.id)
        )
        return rows.all()
