"""All the SQL about language models."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from rapport.inference.gateway.models import ConfiguredModel, ModelCall, Spending
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository
from rapport.kernel.telling import rows_of

AT_ONCE: Final = 500
CALLS = rows_of(
    """
    SELECT id, created_at, conversation_id, purpose, model, outcome FROM model_calls
    WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) AND id > :after_id
    ORDER BY id LIMIT :up_to
    """
)
_USAGE: Final = text(
    """
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, purpose, count(*) AS calls,
           count(*) FILTER (WHERE outcome = 'answered') AS answered,
           count(*) FILTER (WHERE is_cached) AS cached,
           sum(retries)::bigint AS retries,
           sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
           sum(cost) AS cost,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency_ms
    FROM model_calls WHERE workspace_id = :workspace_id AND created_at >= :since
    GROUP BY 1, 2 ORDER BY 1 DESC, 2
    """
)
_SPENT: Final = text(
    """
    SELECT count(*) AS calls, coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
           coalesce(sum(output_tokens), 0)::bigint AS output_tokens, coalesce(sum(cost), 0) AS cost,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency_p50_ms,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS latency_p95_ms
    FROM model_calls WHERE workspace_id = :workspace_id AND created_at >= :since
    """
)
_HAS_COST: Final = text(
    "SELECT EXISTS (SELECT FROM model_spending "
    "WHERE workspace_id = :workspace_id AND period >= :since AND cost > 0)"
)
_FORGET: Final = text(
    "UPDATE model_calls SET words = NULL, conversation_id = NULL "
    "WHERE workspace_id = :workspace_id AND conversation_id = ANY(:things) RETURNING id"
)
_REMOVE_OLD: Final = text(
    """
    DELETE FROM model_calls WHERE workspace_id = :workspace_id AND id IN (
        SELECT id FROM model_calls WHERE workspace_id = :workspace_id AND created_at < :before
        ORDER BY created_at LIMIT :up_to
    ) RETURNING id
    """
)


class ConfiguredModelRepository(Repository[ConfiguredModel]):
    """The models that a workspace has set up."""

    model = ConfiguredModel

    async def all(self) -> Sequence[ConfiguredModel]:
        """In the order in which they are asked."""
        statement = self.select().order_by(ConfiguredModel.position, ConfiguredModel.id)
        return (await self.ctx.session.scalars(statement)).all()

    async def keep_only(self, ids: Collection[UUID]) -> None:
        """Remove all others."""
        await self.ctx.session.execute(
            delete(ConfiguredModel).where(
                ConfiguredModel.workspace_id == self.ctx.workspace_id,
                ConfiguredModel.id.not_in(ids),
            )
        )


class SpendingRepository:
    """What one workspace has spent."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def add(self, period: str, tokens: int, cost: Decimal) -> tuple[int, Decimal]:
        """Count more, or less when negative; what it comes to. Others wait for the transaction."""
        statement = insert(Spending).values(
            workspace_id=self.ctx.workspace_id, period=period, tokens=tokens, cost=cost
        )
        counted = await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "period"],
                set_={
                    "tokens": Spending.tokens + statement.excluded.tokens,
                    "cost": Spending.cost + statement.excluded.cost,
                },
            ).returning(Spending.tokens, Spending.cost)
        )
        row = counted.one()
        return row.tokens, row.cost

    async def of(self, *periods: str) -> dict[str, tuple[int, Decimal]]:
        """Tokens and cost of those periods in which anything was spent."""
        statement = select(Spending).where(
            Spending.workspace_id == self.ctx.workspace_id, Spending.period.in_(periods)
        )
        found = await self.ctx.session.scalars(statement)
        return {row.period: (row.tokens, row.cost) for row in found}

    async def has_cost(self, since: datetime, now: datetime) -> bool:
        """Whether anything cost money since an instant, or in the month of `now` (UTC)."""
        first = min(f"{since.astimezone(UTC):%Y-%m-%d}", f"{now.astimezone(UTC):%Y-%m}")
        values = {"workspace_id": self.ctx.workspace_id, "since": first}
        return bool((await self.ctx.session.execute(_HAS_COST, values)).scalar_one())


class CallRepository(Repository[ModelCall]):
    """The calls of one workspace."""

    model = ModelCall

    async def page(self, *, after: Sequence[object] | None, limit: int) -> Sequence[ModelCall]:
        """The latest first, from `after` (instant and id) on."""
        statement = self.select()
        if after is not None:
            statement = statement.where(tuple_(ModelCall.created_at, ModelCall.id) < tuple(after))
        statement = statement.order_by(ModelCall.created_at.desc(), ModelCall.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def usage(self, since: datetime) -> Sequence[dict[str, Any]]:
        """Sums by day and purpose, the latest day first."""
        values = {"workspace_id": self.ctx.workspace_id, "since": since}
        return [dict(row) for row in (await self.ctx.session.execute(_USAGE, values)).mappings()]

    async def spent(self, since: datetime) -> dict[str, Any]:
        """Sums over all calls since an instant, and how long they took."""
        values = {"workspace_id": self.ctx.workspace_id, "since": since}
        return dict((await self.ctx.session.execute(_SPENT, values)).mappings().one())

    async def forget(self, things: Collection[UUID]) -> int:
        """Take the words, and what leads to a person, from calls about some conversations."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        return len((await self.ctx.session.execute(_FORGET, values)).all())

    async def remove_old(self, before: datetime) -> int:
        """Remove some calls from before an instant; how many."""
        values = {"workspace_id": self.ctx.workspace_id, "before": before, "up_to": AT_ONCE}
        return len((await self.ctx.session.execute(_REMOVE_OLD, values)).all())
