"""What the pages of the help centre say. All of it is published; nothing here knows of drafts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rapport.kernel.context import Ctx
from rapport.kernel.i18n.texts import SOURCE, direction, nearest, t, tn
from rapport.knowledge import service as knowledge
from rapport.knowledge.errors import HelpPageNotFound
from rapport.knowledge.models import Collection
from rapport.knowledge.repository import ArticleRepository, CollectionRepository, Site

FOLDER: Final = Path(__file__).parent
_MORE: Final = 5
_ON_HOME: Final = 6
_HEADING = re.compile(r"<(/?)h([1-5])>")

_pages = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Title:
    """An article as lists show it."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection and what of it is published in one locale."""

    id: UUID
    name: str
    description: str
    url: str
    articles: Sequence[Title]
    shelves: Sequence["Shelf"]

    @property
    def count(self) -> int:
        """All articles, those of inner shelves included."""
        return len(self.articles) + sum(inner.count for inner in self.shelves)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of a help centre shares."""

    site: Site
    base: str
    origin: str
    stylesheet: str
    locale: str
    locales: Sequence[str]
    translations: Mapping[str, str] = field(default_factory=dict)
    """Paths of this page in each locale it exists in, this one included."""

    def render(self, template: str, *, path: str, status: int = 200, **values: Any) -> str:
        """A page as HTML. `path` is its own address; only pages with status 200 are canonical."""
        wanted = nearest(self.locale)
        return _pages.get_template(template).render(
            frame=self,
            path=path,
            status=status,
            direction=direction(self.locale),
            texts_locale=wanted,
            texts_direction=direction(wanted),
            t=lambda message, **params: t(wanted, message, **params),
            tn=lambda one, many, count: tn(wanted, one, many, count),
            language_name=language_name,
            **values,
        )


async def locales_of(ctx: Ctx) -> list[str]:
    """The locales to read in, the fullest first; English when nothing is published yet."""
    return await ArticleRepository(ctx).public_locales() or [SOURCE]


async def home(ctx: Ctx, frame: Frame) -> str:
    """The front page: all collections with their first articles, and articles without one."""
    shelves, loose = await _shelves(ctx, frame)
    return frame.render(
        "home.html", path=f"{frame.base}/{frame.locale}", shelves=shelves, loose=loose, few=_ON_HOME
    )


async def collection(ctx: Ctx, frame: Frame, slug: str) -> str:
    """One collection. Raises HelpPageNotFound when nothing in it is published in this locale."""
    shelves, _ = await _shelves(ctx, frame)
    found = await CollectionRepository(ctx).by_slug(slug)
    trail = _trail(shelves, found.id) if found is not None else []
    if not trail:
        raise HelpPageNotFound
    shelf = trail[-1]
    return frame.render("collection.html", path=shelf.url, shelf=shelf, trail=trail[:-1])


async def article(ctx: Ctx, frame: Frame, slug: str) -> str:
    """One article. Raises HelpPageNotFound when there is none, or it is a draft."""
    found = await ArticleRepository(ctx).public_article(frame.locale, slug)
    if found is None:
        raise HelpPageNotFound
    shelves, _ = await _shelves(ctx, frame)
    trail = _trail(shelves, found.collection_id) if found.collection_id else []
    path = knowledge.article_url(found.locale, found.slug, base=frame.base)
    beside = trail[-1].articles if trail else ()
    return frame.render(
        "article.html",
        path=path,
        article=found,
        html=_demoted(knowledge.preview(found.body)),
        changed=_day(found.updated_at, frame.locale),
        trail=trail,
        more=[other for other in beside if other.url != path][:_MORE],
    )


async def search(ctx: Ctx, frame: Frame, words: str) -> str:
    """What fits the words searched for and has an address; an empty search says what to do."""
    found = await knowledge.search(ctx, words, locale=frame.locale)
    found = found.model_copy(update={"results": [r for r in found.results if r.url]})
    return frame.render("search.html", path=f"{frame.base}/search", words=words, found=found)


def missing(frame: Frame) -> str:
    """The page for addresses where nothing is."""
    return frame.render("missing.html", path=f"{frame.base}/{frame.locale}", status=404)


async def translations(ctx: Ctx, frame: Frame, slug: str) -> dict[str, str]:
    """Where an article stands in each locale: translations share their slug."""
    rows = await ArticleRepository(ctx).public_titles(slug=slug)
    return {
        row.locale: knowledge.article_url(row.locale, row.slug, base=frame.base) for row in rows
    }


async def sitemap(ctx: Ctx, *, base: str, origin: str) -> str:
    """All published addresses, at most 50,000, with their translations."""
    rows = (await ArticleRepository(ctx).public_titles())[:50_000]
    by_slug: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        url = origin + knowledge.article_url(row.locale, row.slug, base=base)
        by_slug.setdefault(row.slug, []).append((row.locale, url))
    locales = sorted({row.locale for row in rows})
    entries = [
        (
            origin + knowledge.article_url(row.locale, row.slug, base=base),
            row.updated_at.date().isoformat(),
            by_slug[row.slug] if len(by_slug[row.slug]) > 1 else [],
        )
        for row in rows
    ]
    homes = [f"{origin}{base}/{locale}" for locale in locales]
    return _pages.get_template("sitemap.xml").render(homes=homes, entries=entries)


@lru_cache(maxsize=256)
def language_name(locale: str) -> str:
    """A language in its own words, e.g. Deutsch."""
    try:
        return (Locale.parse(locale, sep="-").get_display_name() or locale).capitalize()
    except (UnknownLocaleError, ValueError):
        return locale


async def _shelves(ctx: Ctx, frame: Frame) -> tuple[list[Shelf], list[Title]]:
    """The tree of collections that hold anything in this locale, and articles outside it."""
    titles: dict[UUID | None, list[Title]] = {}
    for row in await ArticleRepository(ctx).public_titles(locale=frame.locale):
        url = knowledge.article_url(row.locale, row.slug, base=frame.base)
        titles.setdefault(row.collection_id, []).append(Title(row.title, row.summary, url))
    inside: dict[UUID | None, list[Collection]] = {}
    for one in await CollectionRepository(ctx).all():
        inside.setdefault(one.parent_id, []).append(one)

    def tree(parent_id: UUID | None) -> list[Shelf]:
        made = [
            Shelf(
                id=one.id,
                name=one.name,
                description=one.description,
                url=knowledge.collection_url(frame.locale, one.slug, base=frame.base),
                articles=titles.get(one.id, ()),
                shelves=tree(one.id),
            )
            for one in inside.get(parent_id, ())
        ]
        return [shelf for shelf in made if shelf.count]

    return tree(None), titles.get(None, [])


def _trail(shelves: Sequence[Shelf], collection_id: UUID) -> list[Shelf]:
    """The shelves from the outermost to the one sought; empty when it is not there."""
    for shelf in shelves:
        if shelf.id == collection_id:
            return [shelf]
        if inner := _trail(shelf.shelves, collection_id):
            return [shelf, *inner]
    return []


def _demoted(html: str) -> str:
    """Headings one level down where the text has a first-level one: that is the title's."""
    if "<h1>" not in html:
        return html
    return _HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + 1}>", html)


def _day(instant: datetime, locale: str) -> str:
    try:
        return format_date(instant, format="long", locale=locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return format_date(instant, format="long", locale=SOURCE)
