"""The built front end: the console's single page, and where the widget's files lie."""

import mimetypes
from pathlib import Path

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from rapport.kernel.settings.process import Settings

CONSOLE_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
NOT_BUILT = "The console is not built. Run `make setup` and start again."
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def web_dir(settings: Settings | None = None) -> Path:
    """The folder with `console/dist` and `widget/dist`: from the settings, or this checkout's."""
    return (settings or Settings()).web_dir or Path(__file__).parents[3] / "web"


class ConsoleApp:
    """The console: hashed assets as files, every other address as the one page."""

    def __init__(self, dist: Path) -> None:
        """Serve the build in `dist`; its absence is said to whoever asks."""
        self._dist = dist.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD."""
        await self._respond(scope)(scope, receive, send)

    def _respond(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return PlainTextResponse("Method not allowed", 405)
        wanted = (self._dist / scope["path"].lstrip("/")).resolve()
        if wanted.is_file() and wanted.is_relative_to(self._dist) and wanted.name != "index.html":
            hashed = wanted.parent.name == "assets"
            caching = "public, max-age=31536000, immutable" if hashed else "public, max-age=300"
            return FileResponse(wanted, headers={"cache-control": caching})
        page = self._dist / "index.html"
        if not page.is_file():
            return PlainTextResponse(NOT_BUILT, 503)
        if Path(scope["path"]).suffix and "/assets/" in scope["path"]:
            return PlainTextResponse("Not found", 404)
        headers = {"cache-control": "no-cache", "content-security-policy": CONSOLE_CSP}
        return FileResponse(page, headers=headers)
