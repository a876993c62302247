"""Keeping nothing longer than a workspace wants to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.personal import Effect, Kind, Match, Reach, Rooms
from rapport.kernel.personal import rooms as all_rooms
from rapport.kernel.privacy import forgetting
from rapport.kernel.privacy.errors import RuleExists, RuleUnknown
from rapport.kernel.privacy.models import RetentionRule
from rapport.kernel.privacy.repository import RuleRepository
from rapport.kernel.privacy.schemas import RuleIn, RulePatch

AT_ONCE: Final = 20
"""Things per transaction: each may have thousands of rows."""
BATCHES: Final = 5_000
"""At most this many transactions a night and rule; the next night goes on."""
COUNTED: Final = 10_000
EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a rule would do now."""

    count: int
    capped: bool
    """Whether there are more than `count`."""
    examples: Sequence[Match]
    """The oldest."""


def kind_of(key: str, effect: str, inbox_id: UUID | None, *, rooms: Rooms = all_rooms) -> Kind:
    """The kind a rule is about.

    Raises:
        RuleUnknown: there is none of this name, or the rule does not fit it.
    """
    kind = rooms.kinds().get(key)
    if kind is None or effect not in kind.effects or (inbox_id and not kind.per_inbox):
        raise RuleUnknown
    return kind


async def rules(ctx: Ctx) -> Sequence[RetentionRule]:
    """All rules of the workspace."""
    return await RuleRepository(ctx).all()


async def add(ctx: Ctx, body: RuleIn) -> RetentionRule:
    """Add a rule; if it is enabled it works from the next night on.

    Raises:
        RuleUnknown: see `kind_of`.
        RuleExists: there is one for this kind and inbox.
    """
    kind_of(body.kind, body.effect, body.inbox_id)
    repository = RuleRepository(ctx)
    if await repository.exists(body.kind, body.inbox_id):
        raise RuleExists
    rule = await repository.add(**body.model_dump(), last_run_at=None, last_count=None)
    await audit.record(
        ctx,
        "retention_rule.added",
        subject=f"retention_rule:{rule.id}",
        details=body.model_dump(mode="json"),
    )
    return rule


async def change(ctx: Ctx, rule_id: UUID, patch: RulePatch) -> RetentionRule:
    """Change the named fields.

    Raises:
        RuleNotFound: no such rule in this workspace.
        RuleUnknown: see `kind_of`.
    """
    rule = await RuleRepository(ctx).get(rule_id, lock=True)
    wanted = patch.model_dump(exclude_none=True)
    before = {name: getattr(rule, name) for name in wanted}
    kind_of(rule.kind, wanted.get("effect", rule.effect), rule.inbox_id)
    for name, value in wanted.items():
        setattr(rule, name, value)
    await ctx.session.flush()
    changed = audit.changes(before, wanted, wanted)
    if changed:
        await audit.record(
            ctx, "retention_rule.changed", subject=f"retention_rule:{rule.id}", details=changed
        )
    return rule


async def remove(ctx: Ctx, rule_id: UUID) -> None:
    """Remove a rule. Raises RuleNotFound."""
    repository = RuleRepository(ctx)
    rule = await repository.get(rule_id, lock=True)
    told: dict[str, object] = {"kind": rule.kind, "after_days": rule.after_days}
    await repository.remove(rule)
    await audit.record(
        ctx, "retention_rule.removed", subject=f"retention_rule:{rule.id}", details=told
    )


async def forecast(
    ctx: Ctx, key: str, effect: Effect, inbox_id: UUID | None, after_days: int
) -> Forecast:
    """What such a rule would deal with if it ran now. Nothing happens.

    Raises:
        RuleUnknown: see `kind_of`.
    """
    kind = kind_of(key, effect, inbox_id)
    reach = Reach(ctx.now() - timedelta(days=after_days), inbox_id)
    found = await kind.find(ctx, reach, effect, COUNTED + 1)
    return Forecast(min(len(found), COUNTED), len(found) > COUNTED, found[:EXAMPLES])


async def run_all(database: Database, workspace_id: UUID) -> None:
    """Carry out the enabled rules of a workspace, a few things in each transaction."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        wanted = [rule.id for rule in await rules(ctx) if rule.is_enabled]
    for rule_id in wanted:
        await run(database, workspace_id, rule_id)


async def run(database: Database, workspace_id: UUID, rule_id: UUID) -> int:
    """Carry out one rule; how many things it dealt with. Broken off, the next run goes on."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        rule = await RuleRepository(ctx).find(rule_id)
        if rule is None:
            return 0
        kind = kind_of(rule.kind, rule.effect, rule.inbox_id)
        effect: Effect = "delete" if rule.effect == "delete" else "anonymise"
        reach = Reach(ctx.now() - timedelta(days=rule.after_days), rule.inbox_id)
    total, counts = 0, Counter[str]()
    for _ in range(BATCHES):
        async with database.begin(workspace_id, SYSTEM) as ctx:
            found = [match.id for match in await kind.find(ctx, reach, effect, AT_ONCE)]
            if found and kind.forgets:
                counts += await _forget(ctx, frozenset(found))
            done = await kind.remove(ctx, found, effect) if found else 0
        total += done
        if not done:
            break
    await _note(database, workspace_id, rule_id, total, counts)
    return total


async def _forget(ctx: Ctx, things: frozenset[UUID]) -> Counter[str]:
    await forgetting.close(ctx, all_rooms, things)
    return await forgetting.erase_all(ctx, all_rooms, things)


async def _note(
    database: Database, workspace_id: UUID, rule_id: UUID, total: int, counts: Counter[str]
) -> None:
    async with database.begin(workspace_id, SYSTEM) as ctx:
        rule = await RuleRepository(ctx).find(rule_id, lock=True)
        if rule is None:
            return
        rule.last_run_at, rule.last_count = ctx.now(), total
        if total:
            await audit.record(
                ctx,
                "retention_rule.carried_out",
                subject=f"retention_rule:{rule.id}",
                details={
                    "kind": rule.kind,
                    "effect": rule.effect,
                    "after_days": rule.after_days,
                    "count": total,
                    "erased": dict(counts),
                },
            )
