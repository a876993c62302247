"""The help centre's addresses. Every page exists under `/help` and `/help/w/<workspace>`.

`/help` shows the workspace that RAPPORT_HELP_WORKSPACE names, else the oldest one.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.limits import Limit, LocalLimiter, network
from rapport.kernel.settings.process import Settings
from rapport.knowledge.errors import HelpCentreNotFound, HelpPageNotFound
from rapport.knowledge.help import pages
from rapport.knowledge.help.pages import Frame
from rapport.knowledge.repository import Site, find_site
from rapport.knowledge.service.addresses import BASE, base_of

router = APIRouter(include_in_schema=False)

PUBLIC: Final = Actor("customer", UUID(int=0), name="Public")
"""Whoever reads the help centre: nobody in particular, without any permission."""
SEARCHES: Final = Limit("help:search", times=60, per=timedelta(minutes=1))
MAX_SEARCH_CHARS: Final = 200
_STYLE: Final = (pages.FOLDER / "help.css").read_bytes()
_STYLE_PATH: Final = f"{BASE}/assets/help-{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_FRESH: Final = "public, max-age=60, stale-while-revalidate=600"
_searches = LocalLimiter(SEARCHES)

Page = Callable[[Ctx, Frame], Awaitable[str]]


@router.get(_STYLE_PATH)
async def stylesheet() -> Response:
    """The one style sheet; its name changes with its content."""
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(_STYLE, media_type="text/css", headers=headers)


@router.get(f"{BASE}/w/{{workspace}}")
@router.get(BASE)
async def front(request: Request) -> Response:
    """On to the front page in the reader's language, if there is anything in it."""
    async with _opened(request) as (ctx, site):
        locales = await pages.locales_of(ctx)
    wished = _wished(request.headers.get("accept-language", ""), locales)
    headers = {"cache-control": "no-cache", "vary": "accept-language"}
    return RedirectResponse(f"{_base(request, site)}/{wished}", 302, headers=headers)


@router.get(f"{BASE}/w/{{workspace}}/sitemap.xml")
@router.get(f"{BASE}/sitemap.xml")
async def sitemap(request: Request) -> Response:
    """Every published address, for search engines."""
    async with _opened(request) as (ctx, site):
        base, origin = _base(request, site), _settings(request).origin
        xml = await pages.sitemap(ctx, base=base, origin=origin)
    return _cached(request, xml, media_type="application/xml")


@router.get(f"{BASE}/w/{{workspace}}/search")
@router.get(f"{BASE}/search")
async def search(request: Request, q: str = "", locale: str = "") -> Response:
    """What fits the words searched for.

    Raises:
        TooMany: one network address searches more than sixty times a minute.
    """
    words = " ".join(q.replace("\x00", " ").split())[:MAX_SEARCH_CHARS]
    if words and _settings(request).rate_limits:
        _searches.take(network(request.client.host if request.client else ""))
    return await _page(request, locale, lambda ctx, frame: pages.search(ctx, frame, words))


@router.get(f"{BASE}/w/{{workspace}}/{{locale}}")
@router.get(f"{BASE}/{{locale}}")
async def home(request: Request, locale: str) -> Response:
    """The front page in one locale."""
    return await _page(request, locale, pages.home, everywhere="")


@router.get(f"{BASE}/w/{{workspace}}/{{locale}}/collections/{{slug}}")
@router.get(f"{BASE}/{{locale}}/collections/{{slug}}")
async def collection(request: Request, locale: str, slug: str) -> Response:
    """One collection."""
    return await _page(request, locale, lambda ctx, frame: pages.collection(ctx, frame, slug))


@router.get(f"{BASE}/w/{{workspace}}/{{locale}}/articles/{{slug}}")
@router.get(f"{BASE}/{{locale}}/articles/{{slug}}")
async def article(request: Request, locale: str, slug: str) -> Response:
    """One article."""

    async def translated(ctx: Ctx, frame: Frame) -> str:
        elsewhere = await pages.translations(ctx, frame, slug)
        return await pages.article(ctx, replace(frame, translations=elsewhere), slug)

    return await _page(request, locale, translated)


async def _page(
    request: Request, locale: str, page: Page, *, everywhere: str | None = None
) -> Response:
    """A page in a locale that is read here, or the page that says there is none.

    `everywhere` is what follows the locale in the address of a page that exists in all of them.
    """
    if "\x00" in request.url.path:
        raise HelpCentreNotFound
    async with _opened(request) as (ctx, site):
        locales = await pages.locales_of(ctx)
        base = _base(request, site)
        frame = Frame(
            site=site,
            base=base,
            origin=_settings(request).origin,
            stylesheet=_STYLE_PATH,
            locale=locale if locale in locales else locales[0],
            locales=locales,
        )
        if everywhere is not None:
            same = {known: f"{base}/{known}{everywhere}" for known in locales}
            frame = replace(frame, translations=same)
        if locale and locale not in locales:
            return _html(pages.missing(frame), 404)
        try:
            html = await page(ctx, frame)
        except HelpPageNotFound:
            return _html(pages.missing(frame), 404)
    return _cached(request, html, media_type="text/html")


@asynccontextmanager
async def _opened(request: Request) -> AsyncIterator[tuple[Ctx, Site]]:
    """A unit of work of the public in the workspace whose help centre this is.

    Raises:
        HelpCentreNotFound: there is no such workspace, or none at all.
    """
    database: Database = request.app.state.database
    slug = request.path_params.get("workspace", _settings(request).help_workspace)
    async with database.connect() as session:
        site = await find_site(session, slug)
    if site is None:
        raise HelpCentreNotFound
    async with database.begin(site.workspace_id, PUBLIC) as ctx:
        yield ctx, site


def _base(request: Request, site: Site) -> str:
    return base_of(site.slug) if "workspace" in request.path_params else BASE


def _settings(request: Request) -> Settings:
    database: Database = request.app.state.database
    return database.ports.get(Settings)


def _wished(header: str, locales: list[str]) -> str:
    """The first language the browser asks for in which anything is published, else the fullest."""
    for part in header[:500].split(","):
        language = part.partition(";")[0].strip().lower()
        for known in locales:
            if language and known.lower().split("-")[0] == language.split("-")[0]:
                return known
    return locales[0]


def _html(html: str, status: int = 200) -> HTMLResponse:
    headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
    return HTMLResponse(html, status, headers=headers)


def _cached(request: Request, body: str, *, media_type: str) -> Response:
    """The body, or 304 when the browser has it already."""
    content = body.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"content-security-policy": _POLICY, "cache-control": _FRESH, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
