"""The demo shop's pages. Rendered here, drawn in CSS and SVG, under a strict policy."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader

from rapport.channels.webchat.repository import demo_key
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import NotFound
from rapport.server.demo_shop.shelf import BY_SLUG, PRODUCTS

router = APIRouter(prefix="/demo", include_in_schema=False)

HERE: Final = Path(__file__).parent
# What a careful web site allows, and all that the widget needs: its script, its frame, its API.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "cache-control": "no-cache",
    "x-frame-options": "SAMEORIGIN",
}
_pages = Environment(
    loader=FileSystemLoader([HERE / "pages", HERE / "pictures"]),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_OTHERS: Final = 3


@router.get("")
async def demo_home(request: Request) -> HTMLResponse:
    """The shop's first page."""
    return await _page(request, "home.html", products=PRODUCTS)


@router.get("/products/{slug}")
async def demo_product(slug: str, request: Request) -> HTMLResponse:
    """One product."""
    product = BY_SLUG.get(slug)
    if product is None:
        raise NotFound("The shop does not sell this.")
    at = PRODUCTS.index(product)
    others = [PRODUCTS[(at + step) % len(PRODUCTS)] for step in range(1, _OTHERS + 1)]
    return await _page(request, "product.html", product=product, others=others)


@router.get("/shop.css")
async def demo_styles() -> Response:
    """How the shop looks."""
    return FileResponse(HERE / "pages" / "shop.css", headers={"cache-control": "no-cache"})


@router.get("/shop.js")
async def demo_script() -> Response:
    """The shop's basket."""
    return FileResponse(
        HERE / "pages" / "shop.js",
        media_type="text/javascript",
        headers={"cache-control": "no-cache"},
    )


async def _page(request: Request, name: str, **content: object) -> HTMLResponse:
    database: Database = request.app.state.database
    async with database.connect() as session:
        key = await demo_key(session)
    return HTMLResponse(_pages.get_template(name).render(key=key, **content), headers=_HEADERS)
