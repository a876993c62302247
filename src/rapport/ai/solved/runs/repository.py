"""The SQL of looking through conversations."""

from sqlalchemy import select

from rapport.ai.solved.models import SolvedRun
from rapport.kernel.context import Ctx


class RunRepository:
    """The one run of a workspace."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def find(self, *, lock: bool = False) -> SolvedRun | None:
        """How far it is; None where it never began."""
        query = select(SolvedRun).where(SolvedRun.workspace_id == self.ctx.workspace_id)
        found: SolvedRun | None = await self.ctx.session.scalar(
            query.with_for_update() if lock else query
        )
        return found

    async def begin(self, *, total: int) -> SolvedRun | None:
        """Begin from the start; None while it is under way."""
        run = await self.find(lock=True)
        if run is None:
            run = SolvedRun(workspace_id=self.ctx.workspace_id, started_at=self.ctx.now())
            self.ctx.session.add(run)
        elif run.state in {"running", "stopping"}:
            return None
        run.state, run.total, run.looked = "running", total, 0
        run.place_at = run.place_id = run.finished_at = None
        run.started_at = self.ctx.now()
        await self.ctx.session.flush()
        return run
