"""The one way out: every HTTP request Rapport sends to an address that somebody typed goes here.

A name is resolved once, every address it has must be a public one, and the connection goes to that
very address, so that nothing can change between the check and the use. Redirects are not followed;
a caller that follows them is checked again at every step. Proxies of the environment are ignored.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any, Final

import httpx

from rapport.kernel.errors import Unprocessable, Unreachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Answers with the addresses of a host, in their usual notation."""

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_SECONDS: Final = 30.0

_NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?\.?", re.IGNORECASE)
_NAT64: Final = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
)
_NEVER: Final = (
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, unspecified and loopback
    ipaddress.IPv6Network("2001::/32"),  # Teredo: an IPv4 address in disguise
    ipaddress.IPv6Network("fec0::/10"),
    ipaddress.IPv6Network("5f00::/16"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})


class AddressRefused(Unprocessable):
    """This address is not on the public internet, and was not allowed by the administrator."""


class ReplyTooLarge(Unreachable):
    """The other side answered with more than we are willing to read."""

    retryable = False


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, in whatever clothes it comes."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner))
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that this one leads to, if it is a mapping or a tunnel."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    is_isatap = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
    if is_isatap or any(ip in network for network in _NAT64):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """All addresses the operating system knows for `host`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Guard(httpx.AsyncBaseTransport):
    """Checks, pins and limits every request; the transport of `client`."""

    def __init__(
        self,
        *,
        allow: Collection[str] = (),
        resolve: Resolve = resolve_by_system,
        inner: httpx.AsyncBaseTransport | None = None,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        """Let `host:port` pairs in `allow` be on private addresses; `inner` does the sending."""
        self._allow = frozenset(pair.lower() for pair in allow)
        self._resolve = resolve
        # A connection is never kept: another host on the same address must prove itself anew.
        self._inner = inner or httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the address that was checked.

        Raises:
            AddressRefused: not http(s), carries credentials, or leads to a private address.
            Unreachable: no such host, no answer in time, or an answer in a compressed form.
        """
        deadline = asyncio.get_running_loop().time() + self._max_seconds
        try:
            async with asyncio.timeout_at(deadline):
                address = await self._check(request.url)
                response = await self._inner.handle_async_request(_pinned(request, address))
        except (httpx.TransportError, OSError, TimeoutError) as error:
            raise Unreachable(f"{request.url.host} did not answer.") from error
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise Unreachable(f"{request.url.host} answered in a form that was not asked for.")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Limited(response.stream, self._max_bytes, deadline)
        return response

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _check(self, url: httpx.URL) -> str:
        """The one address to connect to."""
        if url.scheme not in {"http", "https"} or url.userinfo:
            raise AddressRefused
        host = _host_of(url.raw_host.decode("ascii", "replace"))
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        return await _address(host, port, self._allow, self._resolve)


async def address_of(
    host: str,
    port: int,
    *,
    allow: Collection[str] = (),
    resolve: Resolve = resolve_by_system,
) -> str:
    """The one address to connect to for `host:port` by another protocol than HTTP.

    Connect to it and to no name, so that nothing can change between the check and the use.

    Raises:
        AddressRefused: not all addresses of the host are public, and it is not in `allow`.
        Unreachable: it has no address.
        OSError: the name cannot be looked up.
    """
    return await _address(_host_of(host), port, frozenset(map(str.lower, allow)), resolve)


async def _address(host: str, port: int, allow: frozenset[str], resolve: Resolve) -> str:
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = list(await resolve(host, port))
    if not addresses:
        raise Unreachable(f"{host} has no address.")
    if f"{host}:{port}" not in allow and not all(map(is_public, addresses)):
        raise AddressRefused
    return addresses[0]


def _host_of(host: str) -> str:
    """The host in lower case; forms that only some programs read as an address are refused."""
    host = host.lower()
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    if _NUMERIC.fullmatch(host) or not _HOST.fullmatch(host):
        raise AddressRefused
    return host.rstrip(".")


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to the address itself; its Host header and TLS name stay the host's."""
    headers = request.headers.copy()
    headers["accept-encoding"] = "identity"
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


class _Limited(httpx.AsyncByteStream):
    """A body that is cut when it is too long or takes too much time."""

    def __init__(self, stream: httpx.AsyncByteStream, max_bytes: int, deadline: float) -> None:
        self._stream = stream
        self._left = max_bytes
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._stream)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    piece = await anext(pieces, None)
            except (httpx.TransportError, OSError, TimeoutError) as error:
                raise Unreachable("The answer broke off.") from error
            if piece is None:
                return
            self._left -= len(piece)
            if self._left < 0:
                raise ReplyTooLarge
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def client(
    *,
    allow: Collection[str] = (),
    resolve: Resolve = resolve_by_system,
    inner: httpx.AsyncBaseTransport | None = None,
    max_bytes: int = MAX_BYTES,
    max_seconds: float = MAX_SECONDS,
) -> httpx.AsyncClient:
    """An httpx client that reaches the public internet and `allow` (`host:port`), nothing else.

    An answer longer than `max_bytes` raises `ReplyTooLarge` while it is read; the whole exchange
    takes at most `max_seconds`. Close it after use.
    """
    guard = Guard(
        allow=allow, resolve=resolve, inner=inner, max_bytes=max_bytes, max_seconds=max_seconds
    )
    return _Client(transport=guard, trust_env=False, follow_redirects=False, timeout=max_seconds)


class _Client(httpx.AsyncClient):
    """Refuses an address that is none as it refuses those that lead nowhere allowed."""

    def build_request(self, method: str, url: httpx.URL | str, **rest: Any) -> httpx.Request:
        try:
            _ = httpx.URL(url).host  # decodes it
        except (httpx.InvalidURL, UnicodeError) as error:
            raise AddressRefused from error
        return super().build_request(method, url, **rest)
