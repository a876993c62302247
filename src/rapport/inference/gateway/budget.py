"""Counting what calls cost before they cost it, so that no budget is ever exceeded."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from rapport.inference.errors import BudgetSpent
from rapport.inference.gateway.endpoints import Endpoint
from rapport.inference.gateway.limits import ModelLimits
from rapport.inference.gateway.repository import SpendingRepository
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database

BYTES_PER_TOKEN: Final = 2
"""Fewer than tokens of any language have in the vocabularies in use, so that estimates are high."""
TOKENS_PER_MESSAGE: Final = 16
_NAMES: Final = {
    "day_tokens": "The budget of tokens for today is used up.",
    "month_tokens": "The budget of tokens for this month is used up.",
    "day_cost": "The budget of money for today is used up.",
    "month_cost": "The budget of money for this month is used up.",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """What was counted for a call that has not ended."""

    endpoint: Endpoint
    at: datetime
    input_tokens: int
    output_tokens: int


def tokens_of(texts: Iterable[str]) -> int:
    """How many tokens some texts have at most, as far as people write them."""
    return sum(
        TOKENS_PER_MESSAGE + len(text.encode(errors="replace")) // BYTES_PER_TOKEN for text in texts
    )


class Ledger:
    """The spending of one workspace, each entry in a transaction of its own."""

    def __init__(self, database: Database, workspace_id: UUID, limits: ModelLimits) -> None:
        """Keep to `limits`."""
        self._database = database
        self._workspace_id = workspace_id
        self._limits = limits

    async def reserve(self, endpoint: Endpoint, input_tokens: int, output_tokens: int) -> Hold:
        """Count the most that a call may cost.

        Raises:
            BudgetSpent: a budget does not allow for it; nothing was counted.
        """
        async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
            hold = Hold(endpoint, ctx.now(), input_tokens, output_tokens)
            cost = endpoint.cost(input_tokens, output_tokens)
            spent = await _count(ctx, hold.at, input_tokens + output_tokens, cost)
            for name, told in _NAMES.items():
                limit: int | Decimal | None = getattr(self._limits, name)
                if limit is not None and spent[name] > limit:
                    raise _refusal(name, told, hold.at)
        return hold

    async def settle(self, hold: Hold, input_tokens: int, output_tokens: int) -> Decimal:
        """Count what it came to instead; the cost."""
        cost = hold.endpoint.cost(input_tokens, output_tokens)
        tokens = input_tokens + output_tokens - hold.input_tokens - hold.output_tokens
        held = hold.endpoint.cost(hold.input_tokens, hold.output_tokens)
        async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
            await _count(ctx, hold.at, tokens, cost - held)
        return cost


async def _count(ctx: Ctx, at: datetime, tokens: int, cost: Decimal) -> dict[str, int | Decimal]:
    """Add to the day and to the month; what both come to. Always in this order: no deadlock."""
    found: dict[str, int | Decimal] = {}
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    for name, period in (("day", day), ("month", day[:7])):
        spent = await SpendingRepository(ctx).add(period, tokens, cost)
        found[f"{name}_tokens"], found[f"{name}_cost"] = spent
    return found


def _refusal(name: str, told: str, at: datetime) -> BudgetSpent:
    day_s = 86_400 - int(at.timestamp()) % 86_400
    days = 0 if name.startswith("day") else monthrange(at.year, at.month)[1] - at.day
    error = BudgetSpent(told, retry_after=day_s + days * 86_400)
    error.fields = {"budget": name}
    return error
