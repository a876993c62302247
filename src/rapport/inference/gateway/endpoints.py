"""Where a language model answers, and how to speak to it."""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

import httpx

from rapport.inference.ports import LanguageModel
from rapport.kernel import egress

Protocol = Literal["openai", "anthropic"]
MAX_SECONDS: Final = 120.0
_ADAPTERS: Final[dict[str, tuple[str, str]]] = {
    "openai": ("rapport.inference.openai_chat", "OpenAIChat"),
    "anthropic": ("rapport.inference.anthropic_chat", "AnthropicChat"),
}
_KEPT: Final = 64
_HTTP: Final = 80
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at an address, and what a million tokens cost there."""

    protocol: Protocol
    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    input_price: Decimal = Decimal(0)
    output_price: Decimal = Decimal(0)
    owner: UUID | None = None
    """The workspace that has set it up; None for the one of the whole process."""

    @property
    def place(self) -> str:
        """Host and port, without anything secret."""
        return httpx.URL(self.base_url).netloc.decode()

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What so many tokens cost."""
        whole = self.input_price * input_tokens + self.output_price * output_tokens
        return whole / _MILLION


class Connector:
    """Makes the adapter of an endpoint, once; all of them go out by the same guarded client."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        """Let `host:port` pairs in `allow` be on private addresses."""
        self._allow = frozenset(pair.lower() for pair in allow)
        self._http: httpx.AsyncClient | None = None
        self._models: OrderedDict[Endpoint, LanguageModel] = OrderedDict()

    def may_be_plain(self, base_url: str) -> bool:
        """Whether keys and questions may go there for everybody on the way to read."""
        url = httpx.URL(base_url)
        return f"{url.host}:{url.port or _HTTP}".lower() in self._allow

    async def connect(self, endpoint: Endpoint) -> LanguageModel:
        """The model behind an endpoint; nothing is sent yet.

        The first one of a protocol takes seconds and memory, which a desk without models does
        without; other work goes on meanwhile.
        """
        if endpoint not in self._models:
            module, name = _ADAPTERS[endpoint.protocol]
            adapter: Any = getattr(await asyncio.to_thread(importlib.import_module, module), name)
            if self._http is None:
                self._http = egress.client(allow=self._allow, max_seconds=MAX_SECONDS)
            self._models[endpoint] = adapter(
                self._http,
                base_url=endpoint.base_url,
                model=endpoint.model,
                api_key=endpoint.api_key,
                timeout_s=MAX_SECONDS,
            )
        self._models.move_to_end(endpoint)
        if len(self._models) > _KEPT:
            self._models.popitem(last=False)
        return self._models[endpoint]

    async def close(self) -> None:
        """Close what is open."""
        if self._http is not None:
            await self._http.aclose()
