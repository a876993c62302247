"""Queries about the key that signs reply tokens."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from rapport.kernel.context import Ctx
from rapport.kernel.settings.models import WorkspaceSetting

_KEY = "email.reply_key"


class ReplyKeyRepository:
    """One sealed key for each workspace, made once."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def find(self) -> str | None:
        """The sealed key, if there is one."""
        stored = await self.ctx.session.scalar(
            select(WorkspaceSetting.value).where(
                WorkspaceSetting.workspace_id == self.ctx.workspace_id,
                WorkspaceSetting.key == _KEY,
            )
        )
        return str(stored["sealed"]) if stored is not None else None

    async def add(self, sealed: str) -> None:
        """Keep a key unless somebody was faster."""
        await self.ctx.session.execute(
            insert(WorkspaceSetting)
            .values(
                workspace_id=self.ctx.workspace_id,
                key=_KEY,
                value={"sealed": sealed},
                updated_at=self.ctx.now(),
            )
            .on_conflict_do_nothing()
        )
