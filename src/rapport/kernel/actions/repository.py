"""The SQL about runs of actions."""

from sqlalchemy.dialects.postgresql import insert

from rapport.kernel.actions.models import ActionRun
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository


class ActionRunRepository(Repository[ActionRun]):
    """Runs of one workspace."""

    model = ActionRun

    async def claim(self, action: str, key: str, arguments_hash: str) -> tuple[ActionRun, bool]:
        """The run under this key, and whether it is new and ours to do.

        Waits for another transaction that is doing it; when that fails, the run is ours.
        """
        made = await self.ctx.session.scalar(
            insert(ActionRun)
            .values(
                workspace_id=self.ctx.workspace_id,
                id=new_id(),
                created_at=self.ctx.now(),
                action=action,
                key=key,
                arguments_hash=arguments_hash,
                actor=str(self.ctx.actor),
            )
            .on_conflict_do_nothing(constraint="uq_action_runs_action_key")
            .returning(ActionRun)
        )
        if made is not None:
            return made, True
        statement = self.select().where(ActionRun.action == action, ActionRun.key == key)
        return (await self.ctx.session.scalars(statement)).one(), False
