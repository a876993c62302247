"""What a workspace's language models were asked and what it cost, as it is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from rapport.inference.gateway.limits import ModelLimits
from rapport.inference.gateway.models import ModelCall
from rapport.inference.gateway.repository import CallRepository, SpendingRepository
from rapport.inference.gateway.schemas import CallOut, SpentOut, SpentSoFar, UsageOut
from rapport.kernel.context import Ctx
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor
from rapport.kernel.settings import workspace as workspace_settings

_TOLD = set(CallOut.model_fields) - {"currency", "has_words"}


async def usage(ctx: Ctx, days: int) -> list[UsageOut]:
    """What models were used for, by day and purpose, the latest day first; today is one day."""
    today = ctx.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = await CallRepository(ctx).usage(today - timedelta(days=days - 1))
    currency = await _currency(ctx)
    return [UsageOut.model_validate(row | {"currency": currency}) for row in rows]


async def spent(ctx: Ctx, since: datetime) -> SpentOut:
    """What models cost and how long they took since an instant; the index bounds what is read."""
    found = await CallRepository(ctx).spent(since)
    return SpentOut.model_validate(found | {"currency": await _currency(ctx)})


async def so_far(ctx: Ctx) -> SpentSoFar:
    """What was spent today and this month (UTC)."""
    day = f"{ctx.now().astimezone(UTC):%Y-%m-%d}"
    found = await SpendingRepository(ctx).of(day, day[:7])
    told: dict[str, object] = {}
    for name, period in (("day", day), ("month", day[:7])):
        told[f"{name}_tokens"], told[f"{name}_cost"] = found.get(period, (0, 0))
    return SpentSoFar.model_validate(told)


async def calls(ctx: Ctx, *, cursor: str | None = None, limit: int = 50) -> Page[CallOut]:
    """What was asked of language models, the latest first.

    Raises:
        CursorMalformed: see `decode_cursor`.
    """
    after = None if cursor is None else decode_cursor(cursor, datetime, UUID)
    rows = await CallRepository(ctx).page(after=after, limit=limit + 1)
    currency = await _currency(ctx)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=[_call(row, currency) for row in rows[:limit]],
        next=None if last is None else encode_cursor([last.created_at, last.id]),
    )


def _call(row: ModelCall, currency: str | None) -> CallOut:
    plain = {name: getattr(row, name) for name in _TOLD}
    return CallOut.model_validate(
        plain | {"currency": currency, "has_words": row.words is not None}
    )


async def _currency(ctx: Ctx) -> str | None:
    return (await workspace_settings.get(ctx, ModelLimits)).currency
