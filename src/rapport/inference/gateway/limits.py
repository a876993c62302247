"""How much a workspace lets its language models cost, and how long it remembers what they did."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rapport.inference.errors import CurrencyInUse, CurrencyNeeded
from rapport.inference.gateway.repository import SpendingRepository
from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as workspace_settings

Tokens = Annotated[int, Field(ge=0, le=10**12)]
Money = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=15, decimal_places=6)]

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A code of ISO 4217, e.g. `EUR`."""


class ModelLimits(BaseModel):
    """None is no limit. Days and months are of UTC.

    Prices, costs and budgets are all in `currency`.
    """

    model_config = ConfigDict(extra="forbid")

    currency: Currency | None = None
    """None as long as nothing costs anything."""
    day_tokens: Tokens | None = None
    month_tokens: Tokens | None = None
    day_cost: Money | None = None
    month_cost: Money | None = None
    seconds: float = Field(8, ge=1, le=120)
    """The longest that anybody waits for an answer."""
    keeps_words: bool = False
    """Whether what was asked and answered is kept with each call: covered, and encrypted."""
    keep_days: int = Field(90, ge=1, le=3_650)
    """How long calls are remembered."""


async def _check(ctx: Ctx, before: ModelLimits, after: ModelLimits) -> None:
    """Costs that are remembered keep their currency: all sums of a workspace are of one.

    Raises:
        CurrencyNeeded: there is a budget of money, in no currency, or the chosen one is taken away.
        CurrencyInUse: costs were counted in another one, this month or as far back as calls are
            remembered.
    """
    has_budget = after.day_cost is not None or after.month_cost is not None
    if after.currency is None and (has_budget or before.currency is not None):
        raise CurrencyNeeded
    if before.currency in {None, after.currency}:
        return
    since = ctx.now() - timedelta(days=before.keep_days)
    if await SpendingRepository(ctx).has_cost(since, ctx.now()):
        raise CurrencyInUse(
            f"Costs of the last {before.keep_days} days were counted in {before.currency}; "
            "another currency can be chosen when none of them is remembered any more."
        )


workspace_settings.register("language_models", ModelLimits, needs="assistant.manage", check=_check)
