"""Looking through the conversations from before, and through those whose time has come."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.ai.solved.errors import SolvedOff, TakingNotUnderWay, TakingUnderWay
from rapport.ai.solved.models import SolvedRun
from rapport.ai.solved.repository import SolvedRepository
from rapport.ai.solved.runs.repository import RunRepository
from rapport.ai.solved.safety.vocabulary import Vocabulary
from rapport.ai.solved.settings import SolvedSettings
from rapport.ai.solved.taking import take
from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.settings import workspace as workspace_settings

AT_ONCE: Final = 20
COUNTED: Final = 100_000
_FORGOTTEN: Final = 500


async def start(ctx: Ctx) -> SolvedRun:
    """Begin to look through all resolved conversations; the caller queues the job.

    What was looked at stays as it is.

    Raises:
        SolvedOff: solved conversations are not used here.
        TakingUnderWay: they are being looked through.
    """
    settings = await workspace_settings.get(ctx, SolvedSettings)
    if not settings.is_on:
        raise SolvedOff
    run = await RunRepository(ctx).begin(
        total=await SolvedRepository(ctx).how_many(settings.inbox_ids, limit=COUNTED)
    )
    if run is None:
        raise TakingUnderWay
    await audit.record(
        ctx, "solved.started", subject="settings:solved_conversations", details={"total": run.total}
    )
    return run


async def cancel(ctx: Ctx) -> SolvedRun:
    """End it before the next few conversations; what was taken stays. Raises TakingNotUnderWay."""
    run = await RunRepository(ctx).find(lock=True)
    if run is None or run.state != "running":
        raise TakingNotUnderWay
    run.state = "stopping"
    await ctx.session.flush()
    await audit.record(ctx, "solved.cancelled", subject="settings:solved_conversations", details={})
    return run


async def go_on(database: Database, workspace_id: UUID) -> None:
    """Look through what is left, a few in each transaction; broken off, it goes on where it was."""
    is_left = True
    while is_left:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            is_left = await step(ctx)


async def catch_up(database: Database, workspace_id: UUID) -> int:
    """Look at what has been resolved long enough, and forget what is not wanted; how many."""
    done, some = 0, AT_ONCE
    while some == AT_ONCE:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            settings = await workspace_settings.get(ctx, SolvedSettings)
            some = await take_some(ctx, settings)
        done += some
    gone = _FORGOTTEN
    while gone == _FORGOTTEN:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            settings = await workspace_settings.get(ctx, SolvedSettings)
            wanted = settings.inbox_ids if settings.is_on else []
            gone = await SolvedRepository(ctx).forget_rest(wanted, limit=_FORGOTTEN)
    return done


async def take_some(ctx: Ctx, settings: SolvedSettings) -> int:
    """Look at some whose time has come; how many there were."""
    if not settings.is_on:
        return 0
    before = ctx.now() - timedelta(days=settings.after_days)
    rows = await SolvedRepository(ctx).due(before, limit=AT_ONCE)
    vocabulary = Vocabulary(ctx)
    for row in rows:
        await take(ctx, row, settings, vocabulary)
    return len(rows)


async def step(ctx: Ctx, *, at_once: int = AT_ONCE) -> bool:
    """Find some more conversations and look at some; whether there may be more."""
    run = await RunRepository(ctx).find(lock=True)
    if run is None or run.state not in {"running", "stopping"}:
        return False
    settings = await workspace_settings.get(ctx, SolvedSettings)
    if run.state == "stopping" or not settings.is_on:
        run.state, run.finished_at = "cancelled", ctx.now()
        return False
    after = None
    if run.place_at is not None and run.place_id is not None:
        after = (run.place_at, run.place_id)
    places = await SolvedRepository(ctx).resolved(settings.inbox_ids, after=after, limit=at_once)
    if places:
        await SolvedRepository(ctx).refresh([id_ for _, id_ in places], settings.inbox_ids)
        run.place_at, run.place_id = places[-1]
        run.looked += len(places)
    taken = await take_some(ctx, settings)
    if places or taken:
        return True
    run.state, run.finished_at = "done", ctx.now()
    return False
