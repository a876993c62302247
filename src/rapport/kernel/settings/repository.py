"""Queries about workspace settings."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from rapport.kernel.context import Ctx
from rapport.kernel.settings.models import WorkspaceSetting


class SettingRepository:
    """One row per key of the workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def find(self, key: str, *, lock: bool = False) -> dict[str, Any]:
        """What is stored under a key; empty when nothing is."""
        statement = select(WorkspaceSetting.value).where(
            WorkspaceSetting.workspace_id == self.ctx.workspace_id, WorkspaceSetting.key == key
        )
        if lock:
            statement = statement.with_for_update()
        return dict(await self.ctx.session.scalar(statement) or {})

    async def everything(self) -> dict[str, dict[str, Any]]:
        """What is stored, by key."""
        rows = await self.ctx.session.execute(
            select(WorkspaceSetting.key, WorkspaceSetting.value).where(
                WorkspaceSetting.workspace_id == self.ctx.workspace_id
            )
        )
        return {row.key: row.value for row in rows}

    async def save(self, key: str, value: dict[str, Any]) -> None:
        """Store the values of a key."""
        now = self.ctx.now()
        statement = insert(WorkspaceSetting).values(
            workspace_id=self.ctx.workspace_id, key=key, value=value, updated_at=now
        )
        await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "key"],
                set_={
                    "value": statement.excluded.value,
                    "updated_at": statement.excluded.updated_at,
                },
            )
        )
