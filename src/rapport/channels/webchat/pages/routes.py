"""The widget's own files: the script that pages load, the page inside the frame, and its assets."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat.ports import WidgetFiles
from rapport.channels.webchat.repository import place_of
from rapport.kernel import assets
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database

router = APIRouter(include_in_schema=False)

_NOT_BUILT: Final = "The widget is not built. Run `make setup` and start again."


@router.get("/widget.js")
async def widget_script(request: Request) -> Response:
    """The one script that web sites load. Cached for five minutes, so that updates arrive."""
    headers = {
        "cache-control": "public, max-age=300, stale-while-revalidate=86400",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return _file(request, "widget.js", headers)


@router.get("/widget/frame")
async def widget_frame(
    request: Request, key: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The page inside the frame; only web sites that may carry the chat can show it."""
    ancestors = await _ancestors(request, key)
    headers = {
        "cache-control": "no-cache",
        "content-security-policy": frame_policy(ancestors),
        "cross-origin-resource-policy": "cross-origin",
        "referrer-policy": "strict-origin-when-cross-origin",
    }
    return _file(request, "frame.html", headers)


@router.get("/widget/assets/{name}")
async def widget_asset(name: str, request: Request) -> Response:
    """A file whose name changes with its content."""
    return _file(request, f"assets/{name}", {"cache-control": assets.FOREVER})


def frame_policy(ancestors: list[str]) -> str:
    """The frame's content security policy: its own files and API, no inline code, no plug-ins."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; object-src 'none'; "
        f"frame-ancestors {' '.join(ancestors)}"
    )


async def _ancestors(request: Request, key: str) -> list[str]:
    """Who may frame the chat: anybody, or our own pages and those that were named."""
    database: Database = request.app.state.database
    async with database.connect() as session:
        place = await place_of(session, key)
    if place is None:
        return ["*"]
    async with database.begin(place.workspace_id, SYSTEM) as ctx:
        allowed = (await webchats.get(ctx, place.inbox_id)).allowed_origins
    return ["'self'", *allowed] if allowed else ["*"]


def _file(request: Request, name: str, headers: dict[str, str]) -> Response:
    """A built file, or what to do when there is no build."""
    database: Database = request.app.state.database
    folder = database.ports.get(WidgetFiles).folder
    if not folder.is_dir():
        return PlainTextResponse(_NOT_BUILT, 503)
    path = assets.find(folder, name)
    if path is None:
        return assets.missing()
    return assets.respond(path, request.headers.get("accept-encoding", ""), headers)
