"""All the SQL about how far folders were read, and how they do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.channels.email.models import Folder, RawMail
from rapport.kernel.context import Ctx

_TO_FETCH = text("SELECT workspace_id, inbox_id, version FROM email_mailboxes_to_fetch()")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mailbox to be fetched, and its version."""

    workspace_id: UUID
    inbox_id: UUID
    version: int


async def to_fetch(session: AsyncSession) -> list[Wanted]:
    """The mailboxes of all workspaces that are fetched by IMAP."""
    rows = (await session.execute(_TO_FETCH)).all()
    return [Wanted(row.workspace_id, row.inbox_id, row.version) for row in rows]


class FolderRepository:
    """The folders of one mailbox."""

    def __init__(self, ctx: Ctx, inbox_id: UUID) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx
        self.inbox_id = inbox_id

    async def lock(self) -> Sequence[Folder]:
        """All of them in order, as they are now, locked until the transaction ends."""
        statement = select(Folder).where(self._mine()).order_by(Folder.name).with_for_update()
        fresh = statement.execution_options(populate_existing=True)
        return (await self.ctx.session.scalars(fresh)).all()

    async def open(self, name: str) -> Folder:
        """The folder called `name`, made if it is not there yet."""
        await self.ctx.session.execute(
            insert(Folder)
            .values(
                workspace_id=self.ctx.workspace_id,
                inbox_id=self.inbox_id,
                name=name,
                state="connecting",
            )
            .on_conflict_do_nothing()
        )
        found = await self.ctx.session.scalars(
            select(Folder).where(self._mine(name)).execution_options(populate_existing=True)
        )
        return found.one()

    async def change(self, name: str, **values: Any) -> None:
        """Note something about a folder."""
        await self.ctx.session.execute(update(Folder).where(self._mine(name)).values(**values))

    async def advance(
        self,
        name: str,
        *,
        account: str,
        uid_validity: int,
        last_uid: int,
        values: dict[str, Any],
    ) -> bool:
        """Note something about a folder that was read so far; False when it was not, or is gone."""
        statement = (
            update(Folder)
            .where(
                self._mine(name),
                Folder.account == account,
                Folder.uid_validity == uid_validity,
                Folder.last_uid == last_uid,
            )
            .values(**values)
            .returning(Folder.name)
            .execution_options(synchronize_session=False)
        )
        return (await self.ctx.session.execute(statement)).scalar_one_or_none() is not None

    async def prune(self, names: Collection[str]) -> None:
        """Forget all but these folders."""
        await self.ctx.session.execute(
            delete(Folder).where(self._mine(), Folder.name.not_in(names))
        )

    async def has_mail(self) -> bool:
        """Whether this mailbox got any message yet, whichever way."""
        mine = select(RawMail.id).where(
            RawMail.workspace_id == self.ctx.workspace_id, RawMail.inbox_id == self.inbox_id
        )
        return await self.ctx.session.scalar(mine.limit(1)) is not None

    async def known(self, hashes: Collection[bytes]) -> set[tuple[bytes, int]]:
        """Hash of the Message-ID and size in bytes of messages that this mailbox has."""
        statement = select(RawMail.message_hash, RawMail.size_bytes).where(
            RawMail.workspace_id == self.ctx.workspace_id,
            RawMail.inbox_id == self.inbox_id,
            RawMail.message_hash.in_(hashes),
        )
        rows = (await self.ctx.session.execute(statement)).all()
        return {(row.message_hash, row.size_bytes) for row in rows}

    async def digest_of(self, source: str) -> str | None:
        """The SHA-256 in hex of the message that came from `source`."""
        found: str | None = await self.ctx.session.scalar(
            select(func.max(RawMail.sha256)).where(
                RawMail.workspace_id == self.ctx.workspace_id,
                RawMail.inbox_id == self.inbox_id,
                RawMail.source == source,
            )
        )
        return found

    def _mine(self, name: str | None = None) -> ColumnElement[bool]:
        mine = and_(Folder.workspace_id == self.ctx.workspace_id, Folder.inbox_id == self.inbox_id)
        return mine if name is None else and_(mine, Folder.name == name)
