"""Who a widget speaks for: tokens, where they may be used, and what is remembered of them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from starlette.requests import HTTPConnection

from rapport.channels.webchat.errors import IdentityRequired, OriginRefused, VisitorUnknown
from rapport.channels.webchat.repository import Visitor, renew, visitor_of
from rapport.kernel.auth.tokens import digest
from rapport.kernel.context import Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.http import Principal
from rapport.kernel.settings.process import Settings
from rapport.kernel.urls import origin_of

SESSION_LIFETIME: Final = timedelta(days=365)
VERIFIED_FOR: Final = timedelta(days=30)
MAX_TOKEN_CHARS: Final = 200


class Visitors:
    """Spares a query per message: remembers a token's visitor for `TTL_S` seconds.

    Sessions that end, and rules that change, are forgotten at once in all processes (`watching`);
    the time is for a process that hears nothing.
    """

    TTL_S: ClassVar[float] = 10.0
    SIZE: ClassVar[int] = 50_000

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self._monotonic = monotonic
        self._known: OrderedDict[bytes, tuple[float, datetime, Visitor]] = OrderedDict()

    @classmethod
    def of(cls, database: Database) -> "Visitors":
        """The one memory of a database in this process."""
        memory = database.ports.find(cls)
        if memory is None:
            memory = cls()
            database.ports.provide(cls, memory)
        return memory

    def get(self, key: bytes, now: datetime) -> Visitor | None:
        """What is remembered of a token, unless it is too old by either clock."""
        entry = self._known.get(key)
        if entry is None:
            return None
        until, at, visitor = entry
        if until < self._monotonic() or not timedelta(0) <= now - at <= timedelta(
            seconds=self.TTL_S
        ):
            del self._known[key]
            return None
        return visitor

    def put(self, key: bytes, visitor: Visitor, now: datetime) -> None:
        """Remember a token."""
        self._known[key] = (self._monotonic() + self.TTL_S, now, visitor)
        self._known.move_to_end(key)
        if len(self._known) > self.SIZE:
            self._known.popitem(last=False)

    def forget(self, key: bytes) -> None:
        """Look this token up again when it comes next."""
        self._known.pop(key, None)

    def forget_session(self, session_id: UUID) -> None:
        """Look the token of this session up again when it comes next."""
        for key, (_, _, visitor) in list(self._known.items()):
            if visitor.session_id == session_id:
                del self._known[key]

    def clear(self) -> None:
        """Look every token up again."""
        self._known.clear()


async def visitor_by(database: Database, token: str) -> Visitor:
    """The visitor behind a token.

    Raises:
        VisitorUnknown: no such session, or it has ended, or its chat is switched off.
    """
    if not token or len(token) > MAX_TOKEN_CHARS:
        raise VisitorUnknown
    key, now, memory = digest(token), database.now(), Visitors.of(database)
    known = memory.get(key, now)
    if known is not None:
        return known
    async with database.connect() as session:
        found = await visitor_of(session, key, now)
        if found is None:
            raise VisitorUnknown
        if found.needs_renewal:
            await renew(session, key, now=now, expires_at=now + SESSION_LIFETIME)
    memory.put(key, found, now)
    return found


async def admitted(database: Database, token: str, origin: str | None) -> Visitor:
    """The visitor behind a token, allowed to read and write messages from where they are.

    Raises:
        VisitorUnknown: no such session.
        IdentityRequired: this chat wants to know who they are, and nobody has proved it.
        OriginRefused: a page that may not carry this chat sends the request.
    """
    visitor = await visitor_by(database, token)
    if visitor.require_identity and not visitor.is_verified:
        raise IdentityRequired
    if origin is not None and visitor.allowed_origins:
        require_origin(database, origin, visitor.allowed_origins)
    return visitor


def require_origin(database: Database, origin: str, allowed: Collection[str]) -> None:
    """Let pass what our own frame sends, and pages that may carry the chat.

    Raises:
        OriginRefused: it is neither.
    """
    settings = database.ports.find(Settings)
    own = origin_of(settings.origin) if settings is not None else None
    if origin != own and origin not in allowed:
        raise OriginRefused


def principal_of(visitor: Visitor) -> Principal:
    """The visitor as an actor: a customer, who holds no permission."""
    actor = Actor("customer", visitor.customer_id, name=visitor.name)
    return Principal(visitor.workspace_id, actor)


def bearer(connection: HTTPConnection) -> str:
    """The token of a request: from its header, or for WebSockets and streams from the query."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return connection.query_params.get("token", "")


async def admitted_by(connection: HTTPConnection) -> Visitor:
    """The visitor behind a request or WebSocket, allowed to read and write messages.

    Raises:
        VisitorUnknown, IdentityRequired, OriginRefused: see `admitted`.
    """
    database: Database = connection.app.state.database
    return await admitted(database, bearer(connection), foreign_origin(connection))


async def authenticate_visitor(connection: HTTPConnection) -> Principal:
    """The customer behind a widget's request or WebSocket. See `admitted_by`."""
    return principal_of(await admitted_by(connection))


def foreign_origin(connection: HTTPConnection) -> str | None:
    """The origin of the page that sends this, unless it is one of ours."""
    origin = connection.headers.get("origin")
    return None if origin is None or _is_same_host(connection, origin) else origin


def _is_same_host(connection: HTTPConnection, origin: str) -> bool:
    """Whether the page that sends this is one of ours, under whatever name they reached us by."""
    return origin.partition("://")[2].lower() == connection.headers.get("host", "").lower()
