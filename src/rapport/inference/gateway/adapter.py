"""The gateway of one process: it opens the chats, and knows which models fail."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from rapport.inference.gateway import service
from rapport.inference.gateway.breaker import Breaker
from rapport.inference.gateway.budget import Ledger
from rapport.inference.gateway.cache import AnswerCache
from rapport.inference.gateway.chain import Link, Pace
from rapport.inference.gateway.chat import About, GuardedChat
from rapport.inference.gateway.endpoints import Connector, Endpoint
from rapport.inference.gateway.limits import ModelLimits
from rapport.inference.personal.service import Cover
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.settings import workspace as workspace_settings

_KEPT: Final = 1_000


class Gateway:
    """The `Chats` of a process."""

    def __init__(
        self,
        database: Database,
        connector: Connector,
        *,
        default: Endpoint | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Ask a workspace's own models; where it has none, `default`."""
        self._database = database
        self._connector = connector
        self._default = default
        self._pace = pace or Pace()
        self._cache = AnswerCache(self._pace.monotonic)
        self._breakers: OrderedDict[tuple[UUID | None, str, str], Breaker] = OrderedDict()

    async def open(
        self,
        ctx: Ctx,
        purpose: str,
        *,
        within_s: float | None = None,
        conversation_id: UUID | None = None,
        names: Iterable[str] = (),
    ) -> GuardedChat | None:
        """See `Chats.open`."""
        endpoints = await service.endpoints(ctx)
        if not endpoints and self._default is not None:
            endpoints = [self._default]
        if not endpoints:
            return None
        limits = await workspace_settings.get(ctx, ModelLimits)
        seconds = min(within_s or limits.seconds, limits.seconds)
        return GuardedChat(
            About(ctx.workspace_id, purpose, conversation_id, seconds, limits.keeps_words),
            [await self._link(endpoint) for endpoint in endpoints],
            Cover([("name", name) for name in names]),
            database=self._database,
            cache=self._cache,
            ledger=Ledger(self._database, ctx.workspace_id, limits),
            pace=self._pace,
        )

    async def warm(self) -> None:
        """Load what the process's own model needs, so that the first question need not wait."""
        if self._default is not None:
            await self._connector.connect(self._default)

    async def _link(self, endpoint: Endpoint) -> Link:
        """One breaker for each model, and for each workspace that set it up."""
        key = (endpoint.owner, endpoint.base_url, endpoint.model)
        breaker = self._breakers.setdefault(key, Breaker(self._pace.monotonic))
        self._breakers.move_to_end(key)
        if len(self._breakers) > _KEPT:
            self._breakers.popitem(last=False)
        return Link(endpoint, await self._connector.connect(endpoint), breaker)
