"""Who sends a request: cookies, API keys, and where the request comes from."""

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import HTTPConnection

from rapport.kernel.auth import lookups
from rapport.kernel.auth.errors import ForeignOrigin, PeopleOnly, SecondFactorDue
from rapport.kernel.auth.principals import Known, Principals
from rapport.kernel.auth.roles import Role, permissions
from rapport.kernel.auth.sessions import IDLE, LIFETIME
from rapport.kernel.auth.sign_in import KNOWN_FOR, Browser, SignedIn
from rapport.kernel.auth.tokens import digest
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unauthenticated
from rapport.kernel.http import Principal, work_route
from rapport.kernel.settings.process import Settings

SECURE_COOKIE = "__Host-rapport"
LOOPBACK_COOKIE = "rapport_session"
SECURE_BROWSER_COOKIE = "__Host-rapport-browser"
LOOPBACK_BROWSER_COOKIE = "rapport_browser"
JOURNEY_LIFETIME = timedelta(minutes=10)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def authenticate_agent(connection: HTTPConnection) -> Principal:
    """The agent or API key behind a request or a WebSocket.

    An answer is remembered for some seconds (`Principals.TTL_S`): a revocation elsewhere holds
    within that time, one in this process at once. Sent by cookie, a request that changes something
    must come from our own pages, and so must every WebSocket.

    Raises:
        Unauthenticated: no session or key, or one that has ended.
        SecondFactorDue: the person has to set up a second factor first.
        ForeignOrigin: a cookie sent along by another site's page.
    """
    known = await _authenticate(connection)
    if known.is_limited:
        raise SecondFactorDue
    return known.principal


async def authenticate_limited(connection: HTTPConnection) -> Principal:
    """Like `authenticate_agent`, also for whoever still has to set up a second factor.

    Raises:
        Unauthenticated: no session or key, or one that has ended.
        ForeignOrigin: a cookie sent along by another site's page.
    """
    return (await _authenticate(connection)).principal


async def _authenticate(connection: HTTPConnection) -> Known:
    key = _bearer(connection)
    if key is not None:
        return await _known(connection, digest(key), is_key=True)
    token = session_token(connection)
    if token is None:
        raise Unauthenticated
    if connection.scope["type"] == "websocket" or connection.scope["method"] not in SAFE_METHODS:
        require_same_origin(connection, must_say=True)
    return await _known(connection, digest(token), is_key=False)


AgentRoute = work_route(authenticate_agent)
"""The route class of everything that agents and API keys call."""

SetUpRoute = work_route(authenticate_limited)
"""The route class of what is open before a second factor is set up: oneself, and leaving."""


def session_token(connection: HTTPConnection) -> str | None:
    """The token in the session cookie, if there is one."""
    return connection.cookies.get(cookie_name(connection))


def current_digest(request: Request) -> bytes | None:
    """The digest of the session that sends the request; None for an API key."""
    token = session_token(request)
    return digest(token) if token is not None and _bearer(request) is None else None


def require_person(ctx: Ctx) -> Ctx:
    """Let people pass and API keys not.

    Raises:
        PeopleOnly: the actor is an API key.
    """
    if ctx.actor.kind != "agent":
        raise PeopleOnly
    return ctx


def require_same_origin(connection: HTTPConnection, *, must_say: bool) -> None:
    """Refuse what another site's page sends in a visitor's name.

    Browsers say where a request comes from in `Origin`, or at least in `Sec-Fetch-Site`. A request
    that says neither passes only where `must_say` is off: no browser sent it.

    Raises:
        ForeignOrigin: it comes from elsewhere, or does not say where from.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        site = connection.headers.get("sec-fetch-site")
        if site == "same-origin" or (site is None and not must_say):
            return
        raise ForeignOrigin
    settings = _settings(connection)
    if settings.public_url is not None and origin == _origin_of(settings.public_url):
        return
    host = connection.headers.get("host", "")
    if not host or urlsplit(origin).netloc.lower() != host.lower():
        raise ForeignOrigin


def cookie_name(connection: HTTPConnection) -> str:
    """The name of the session cookie for this connection.

    Over HTTPS it is `__Host-rapport`, which no subdomain and no plain-text page can plant. Browsers
    store neither that prefix nor `Secure` from plain HTTP, so a first look on http://127.0.0.1 uses
    `rapport_session`; over HTTPS that name is never read.
    """
    return SECURE_COOKIE if is_secure(connection) else LOOPBACK_COOKIE


def is_secure(connection: HTTPConnection) -> bool:
    """Whether people reach us over HTTPS, by this connection or by configuration."""
    if connection.url.scheme in {"https", "wss"}:
        return True
    public_url = _settings(connection).public_url
    return public_url is not None and public_url.startswith("https://")


def browser_cookie_name(connection: HTTPConnection) -> str:
    """The name of the cookie by which an account knows a browser again; see `cookie_name`."""
    return SECURE_BROWSER_COOKIE if is_secure(connection) else LOOPBACK_BROWSER_COOKIE


def browser_of(connection: HTTPConnection) -> Browser:
    """What sends the request."""
    token = connection.cookies.get(browser_cookie_name(connection), "")
    return Browser(address(connection), user_agent(connection), token[:200])


def admit(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Hand a session to the browser, and what its account knows the browser by from now on."""
    _set_cookie(request, response, cookie_name(request), signed_in.token, LIFETIME)
    name = browser_cookie_name(request)
    _set_cookie(request, response, name, signed_in.browser_token, KNOWN_FOR)


def _set_cookie(
    request: Request, response: Response, name: str, value: str, lifetime: timedelta
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def remember_journey(request: Request, response: Response, secret: str) -> None:
    """Give the browser what it is known by when an identity provider sends it back."""
    _set_cookie(request, response, _journey_cookie(request), secret, JOURNEY_LIFETIME)


def forget_journey(request: Request, response: Response) -> None:
    """The journey is over."""
    response.delete_cookie(
        _journey_cookie(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def journey_secret(request: Request) -> str:
    """What the browser was given when it left; empty when it was not."""
    return request.cookies.get(_journey_cookie(request), "")


def _journey_cookie(connection: HTTPConnection) -> str:
    return "__Host-rapport-journey" if is_secure(connection) else "rapport_journey"


def database_of(connection: HTTPConnection) -> Database:
    """The database of this process."""
    database: Database = connection.app.state.database
    return database


def address(connection: HTTPConnection) -> str:
    """The caller's address, as the server believes it after trusted proxies."""
    return connection.client.host if connection.client else ""


def user_agent(connection: HTTPConnection) -> str:
    """What the browser calls itself, cut to a sensible length."""
    return connection.headers.get("user-agent", "")[:300]


async def _known(connection: HTTPConnection, key: bytes, *, is_key: bool) -> Known:
    database: Database = connection.app.state.database
    cache = Principals.of(database)
    known = cache.get(key, database.now())
    if known is None:
        known = await (_by_key(database, key) if is_key else _by_session(database, key))
        cache.put(key, known)
    return known


async def _by_session(database: Database, key: bytes) -> Known:
    now = database.now()
    async with database.connect() as session:
        found = await lookups.live_session(session, key, now, IDLE)
    if found is None:
        raise Unauthenticated
    held: frozenset[str] = frozenset() if found.is_limited else permissions(Role(found.role))
    actor = Actor("agent", found.user_id, held, found.name)
    return Known(Principal(found.workspace_id, actor), now, is_limited=found.is_limited)


async def _by_key(database: Database, key: bytes) -> Known:
    now = database.now()
    async with database.connect() as session:
        found = await lookups.live_key(session, key, now)
    if found is None:
        raise Unauthenticated
    actor = Actor("api_key", found.key_id, permissions(Role(found.role)), found.name)
    return Known(Principal(found.workspace_id, actor), now)


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, value = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.startswith("rk_"):
        return None
    return value.strip()


def _settings(connection: HTTPConnection) -> Settings:
    database: Database = connection.app.state.database
    return database.ports.get(Settings)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
