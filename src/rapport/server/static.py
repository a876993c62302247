"""The built front end: the console's single page, and where the widget's files lie."""

from pathlib import Path
from secrets import token_urlsafe

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from rapport.kernel import assets
from rapport.kernel.http import problem_response
from rapport.kernel.settings.process import Settings
from rapport.server.edge import API

CONSOLE_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
NOT_BUILT = "The console is not built. Run `make setup` and start again."


def web_dir(settings: Settings | None = None) -> Path:
    """The folder with `console/dist` and `widget/dist`: from the settings, or this checkout's."""
    return (settings or Settings()).web_dir or Path(__file__).parents[3] / "web"


class ConsoleApp:
    """The console: hashed assets as files, every other address as the one page."""

    def __init__(self, dist: Path) -> None:
        """Serve the build in `dist`; its absence is said to whoever asks."""
        self._dist = dist

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; there is no WebSocket here."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4404})
            return
        await self._respond(scope)(scope, receive, send)

    def _respond(self, scope: Scope) -> Response:
        if scope["path"].startswith(API):
            return problem_response(
                404, "not_found", "Not Found", "There is nothing at this address."
            )
        if scope["method"] not in {"GET", "HEAD"}:
            title = "This address can only be read."
            return problem_response(405, "method_not_allowed", title, title)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        name = scope["path"].lstrip("/")
        if name.startswith("assets/"):
            found = assets.find(self._dist, name)
            headers = {"cache-control": assets.FOREVER}
            return assets.respond(found, accepted, headers) if found else assets.missing()
        found = assets.find(self._dist, name)
        if found is not None and found.name != "index.html":
            return assets.respond(found, accepted, {"cache-control": "public, max-age=300"})
        page = assets.find(self._dist, "index.html")
        if page is None:
            return PlainTextResponse(NOT_BUILT, 503)
        return _page(page)


def _page(path: Path) -> Response:
    """The one page, with a mark made for this answer that the style sheets made by it carry."""
    nonce = token_urlsafe(16)
    mark = f'<head><meta property="csp-nonce" nonce="{nonce}" />'
    html = path.read_text("utf-8").replace("<head>", mark, 1)
    policy = CONSOLE_CSP.format(nonce=nonce)
    return HTMLResponse(
        html, headers={"cache-control": "no-store", "content-security-policy": policy}
    )
