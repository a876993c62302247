"""How much a workspace lets its language models cost, and how long it remembers what they did."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rapport.kernel.settings import workspace as workspace_settings

Tokens = Annotated[int, Field(ge=0, le=10**12)]
Money = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=15, decimal_places=6)]


class ModelLimits(BaseModel):
    """None is no limit. Days and months are of UTC; money is in the currency of the prices."""

    model_config = ConfigDict(extra="forbid")

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


workspace_settings.register("language_models", ModelLimits, needs="assistant.manage")
