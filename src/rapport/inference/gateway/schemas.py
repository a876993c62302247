"""What the agent API says about language models. Output fields are always present."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import httpx
from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from rapport.inference.gateway.limits import Currency, ModelLimits, Money, Tokens
from rapport.kernel.schemas import In, Out

MAX_MODELS = 10
Protocol = Literal["openai", "anthropic"]


def _spelled(url: str) -> str:
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError("must be an address whose host is a name or a number") from error
    return url


def _sendable(key: SecretStr) -> SecretStr:
    if not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
        raise ValueError("must consist of what a header may carry: printable ASCII")
    return key


Key = Annotated[SecretStr, Field(max_length=1_000), AfterValidator(_sendable)]
Outcome = Literal[
    "answered", "busy", "unreachable", "refused", "declined", "over_budget", "given_up"
]
Url = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=500, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"
    ),
    AfterValidator(_spelled),
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^\S+$")
]
Price = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=6)]


class ModelIn(In):
    """A language model as it is set up. Without a key the one kept under `id` stays."""

    id: UUID | None = None
    protocol: Protocol
    base_url: Url = Field(description="E.g. https://api.openai.com/v1 or https://api.anthropic.com")
    model: Name = Field(description="As the provider calls it.")
    api_key: Key | None = None
    input_price: Price = Field(Decimal(0), description="Of a million tokens that are sent.")
    output_price: Price = Field(Decimal(0), description="Of a million tokens that are answered.")


class ModelOut(Out):
    """A language model that is set up; its key is never told."""

    id: UUID
    protocol: Protocol
    base_url: str
    model: str
    has_key: bool
    input_price: float
    output_price: float


class LimitsOut(Out):
    """What models may cost and take; null is no limit."""

    currency: str | None = Field(
        description="Of all prices, costs and budgets, as ISO 4217 has it; null where none cost."
    )
    day_tokens: int | None
    month_tokens: int | None
    day_cost: float | None
    month_cost: float | None
    seconds: float
    keeps_words: bool
    keep_days: int


class LimitsIn(In):
    """What models may cost and take. Days and months are of UTC."""

    currency: Currency | None = Field(
        None, description="Null leaves it as it is; needed where anything costs."
    )
    day_tokens: Tokens | None = None
    month_tokens: Tokens | None = None
    day_cost: Money | None = None
    month_cost: Money | None = None
    seconds: float = Field(ModelLimits().seconds, ge=1, le=120)
    keeps_words: bool = Field(
        False, description="Keep what is asked and answered: covered, encrypted, erasable."
    )
    keep_days: int = Field(ModelLimits().keep_days, ge=1, le=3_650)


class ModelsIn(In):
    """All models, in the order in which they are asked, and all limits."""

    models: list[ModelIn] = Field(max_length=MAX_MODELS)
    limits: LimitsIn


class SpentSoFar(Out):
    """What was spent of the budgets; calls under way count with the most they may cost."""

    day_tokens: int
    month_tokens: int
    day_cost: float
    month_cost: float


class ModelsOut(Out):
    """All models, in the order in which they are asked, and all limits."""

    models: list[ModelOut]
    limits: LimitsOut
    spent: SpentSoFar
    has_default: bool = Field(description="Whether the server has one, for workspaces without.")


class ModelTrialOut(Out):
    """What came of one tiny question to a model."""

    ok: bool
    said: str = Field(description="What is wrong, in words; what the model said if nothing is.")
    latency_ms: int
    input_tokens: int
    output_tokens: int
    cost: float = Field(description="By the prices that were given, in the workspace's currency.")
    currency: str | None


class CallOut(Out):
    """One question to a language model, with all its attempts; never its words."""

    id: UUID
    created_at: datetime
    purpose: str
    model: str = Field(description="The one that answered, else the last tried; may be empty.")
    endpoint: str = Field(description="Host and port.")
    outcome: Outcome
    latency_ms: int
    input_tokens: int
    output_tokens: int
    cost: float
    currency: str | None
    retries: int
    is_cached: bool
    conversation_id: UUID | None
    covered: dict[str, int] = Field(
        description="How many different values of which kind were covered before it was sent."
    )
    has_words: bool = Field(description="Whether its words are kept: covered, and encrypted.")


class UsageOut(Out):
    """What models did for a purpose on one day of UTC."""

    day: date
    purpose: str
    calls: int
    answered: int
    cached: int
    retries: int
    input_tokens: int
    output_tokens: int
    cost: float
    currency: str | None
    latency_ms: float = Field(description="The median.")


class SpentOut(Out):
    """What models cost over some time."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost: float
    currency: str | None
    latency_p50_ms: float | None = Field(description="Null when nothing was asked.")
    latency_p95_ms: float | None
