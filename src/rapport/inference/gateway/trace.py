"""Writing down what each call was, what it cost, and how it ended."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from rapport.inference.errors import (
    BudgetSpent,
    ChatBusy,
    ChatDeclined,
    ChatRefused,
    ChatUnreachable,
)
from rapport.inference.gateway.endpoints import Endpoint
from rapport.inference.gateway.repository import CallRepository
from rapport.inference.ports import ChatMessage
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.secrets import service as secrets
from rapport.kernel.secrets import vault

PURPOSE: Final = "inference.words"
_OUTCOMES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (ChatBusy, "busy"),
    (ChatUnreachable, "unreachable"),
    (ChatRefused, "refused"),
    (ChatDeclined, "declined"),
    (BudgetSpent, "over_budget"),
)


@dataclass
class Trace:
    """What is known of a call so far."""

    purpose: str
    conversation_id: UUID | None
    started: datetime
    covered: dict[str, int]
    endpoint: Endpoint | None = None
    latency_ms: int = 0
    tried: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    outcome: str = "given_up"
    is_cached: bool = False
    prompt: Sequence[ChatMessage] = field(default=(), repr=False)
    answer: str = field(default="", repr=False)

    def ended(self, error: BaseException | None) -> None:
        """Note how it ended."""
        names = [name for kind, name in _OUTCOMES if isinstance(error, kind)]
        self.outcome = "answered" if error is None else next(iter(names), "given_up")


async def keep(database: Database, workspace_id: UUID, trace: Trace, *, keeps_words: bool) -> None:
    """Store a call in a transaction of its own, its words only when they are to be kept."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        await CallRepository(ctx).add(
            created_at=trace.started,
            purpose=trace.purpose,
            model=trace.endpoint.model if trace.endpoint else "",
            endpoint=trace.endpoint.place if trace.endpoint else "",
            latency_ms=trace.latency_ms,
            input_tokens=trace.input_tokens,
            output_tokens=trace.output_tokens,
            cost=trace.cost,
            outcome=trace.outcome,
            retries=max(0, trace.tried - 1),
            is_cached=trace.is_cached,
            conversation_id=trace.conversation_id,
            covered=trace.covered,
            words=await _sealed(ctx, trace) if keeps_words else None,
        )


async def _sealed(ctx: Ctx, trace: Trace) -> str:
    """The words, for whom they are about; without the conversation's key they are unreadable."""
    prompt = [asdict(message) for message in trace.prompt]
    words = json.dumps({"prompt": prompt, "answer": trace.answer}, default=dict)
    if trace.conversation_id is None:
        return await secrets.seal(ctx, PURPOSE, words)
    return await vault.seal(ctx, trace.conversation_id, PURPOSE, words)
