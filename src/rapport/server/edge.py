"""What holds for every answer and every request, before any route: headers and sizes."""

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rapport.kernel.http import problem_response

MAX_JSON_BYTES = 1024 * 1024
MULTIPART_SLACK_BYTES = 64 * 1024

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), browsing-topics=(), camera=(), display-capture=(), "
        b"geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), "
        b"payment=(), serial=(), usb=()",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-permitted-cross-domain-policies", b"none"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
UNKEPT = (b"cache-control", b"no-store")
"""For what the API answers, unless an answer says otherwise: no cache may show it to another."""
FORBID_FRAMES = (b"x-frame-options", b"DENY")
NO_PAGE = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
"""For answers that are data: opened as a page they load, run and send nothing."""
PARTS = (b"text/css", b"text/javascript", b"application/javascript", b"font/", b"image/")
"""Kinds of content that belong to a page, whose policy holds for them."""
API = ("/v1/", "/widget/v1/")
"""Where programs call."""
MAIL_HOOKS = "/hooks/email/"
"""Where mail providers call."""
FRAMED = ("/widget/", "/demo")
"""Addresses that other pages, or our own, may show in a frame; they say by whom themselves."""


class SecurityHeaders:
    """Adds the headers that every answer carries, unless the answer has its own."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """Wrap `app`; with `https`, browsers are told never to come back by plain HTTP."""
        self.app = app
        self._headers = (*HEADERS, HSTS) if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; add headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        framed = scope["path"].startswith(FRAMED)
        wanted = self._headers if framed else (*self._headers, FORBID_FRAMES)
        if scope["path"].startswith(API):
            wanted = (*wanted, UNKEPT)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower(): value for name, value in message["headers"]}
                is_part = present.get(b"content-type", b"").startswith(PARTS)
                offered = wanted if is_part else (*wanted, NO_PAGE)
                extra = [pair for pair in offered if pair[0] not in present]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers)


class Branches:
    """Sends whole addresses, and all below them, to applications that routing would only delay."""

    def __init__(self, app: ASGIApp, *, branches: Mapping[str, ASGIApp]) -> None:
        """Wrap `app`, which answers everything that no branch does."""
        self.app = app
        self._branches = branches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to a branch, or to the wrapped application."""
        path = scope.get("path", "")
        for start, branch in self._branches.items():
            if path.startswith(start) and path[len(start) :][:1] in {"", "/"}:
                await branch(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Addressed:
    """Refuses addresses that are not text: NUL characters, or bytes that are no UTF-8."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what can be read."""
        if scope["type"] == "http" and not _is_readable(scope):
            title = "This address is not valid text."
            refusal = problem_response(400, "address_malformed", title, title)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_readable(scope: Scope) -> bool:
    query: bytes = scope.get("query_string", b"")
    if "\x00" in scope["path"]:
        return False
    if b"%" not in query:
        return query.isascii() and b"\x00" not in query
    try:
        return "\x00" not in unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False


class BodyLimit:
    """Refuses bodies larger than any route accepts, by their declared or their real length."""

    def __init__(self, app: ASGIApp, *, max_file_bytes: int, max_hook_bytes: int) -> None:
        """Wrap `app`; uploads may be as large as a file, calls of mail providers as a message.

        Everything else may have 1 MiB.
        """
        self.app = app
        self._max_upload = max_file_bytes + MULTIPART_SLACK_BYTES
        self._max_hook = max_hook_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what arrives."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if not declared.isdigit() or int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    return {"type": "http.disconnect"}
            return message

        await self.app(scope, counted, send)

    def _limit(self, path: str) -> int:
        if path.startswith(MAIL_HOOKS):
            return self._max_hook
        return self._max_upload if path.endswith("/v1/files") else MAX_JSON_BYTES


def _too_large(limit: int) -> ASGIApp:
    title = "This is larger than we accept."
    return problem_response(413, "too_large", title, f"At most {limit:,} bytes are accepted here.")
