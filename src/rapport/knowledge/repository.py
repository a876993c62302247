"""The SQL of collections, articles and their versions."""

from collections.abc import Collection as AnyOf
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, select, text, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold
from rapport.kernel.repository import Repository
from rapport.kernel.schemas import decode_cursor, encode_cursor
from rapport.knowledge.errors import (
    ArticleNotFound,
    ArticleVersionNotFound,
    CollectionNotFound,
    SlugTaken,
)
from rapport.knowledge.models import Article, ArticleVersion, Collection


@dataclass(frozen=True, slots=True)
class Site:
    """The workspace behind a help centre."""

    workspace_id: UUID
    name: str
    slug: str


async def find_site(session: AsyncSession, slug: str | None) -> Site | None:
    """The workspace called `slug`, or the oldest one when it is None. Looks across workspaces."""
    found = await session.execute(
        text("SELECT id, name, slug FROM help_centre(:slug)"), {"slug": slug}
    )
    row = found.one_or_none()
    return None if row is None else Site(row.id, row.name, row.slug)


async def find_own_site(ctx: Ctx, first: str | None) -> tuple[str, bool]:
    """The slug of the caller's workspace, and whether `/help` itself is its help centre.

    `first` is the slug of the workspace that has it; the oldest one does when it is None.
    """
    found = await ctx.session.execute(
        text(
            "SELECT slug, id = (SELECT h.id FROM help_centre(:first) h) AS is_first "
            "FROM workspaces WHERE id = :id"
        ),
        {"first": first, "id": ctx.workspace_id},
    )
    row = found.one()
    return row.slug, bool(row.is_first)


class CollectionRepository(Repository[Collection]):
    """Collections of one workspace."""

    model = Collection
    missing = CollectionNotFound

    async def all(self) -> Sequence[Collection]:
        """All of them, in the order of the shelves."""
        order = (Collection.position, Collection.name, Collection.id)
        return (await self.ctx.session.scalars(self.select().order_by(*order))).all()

    async def by_slug(self, slug: str) -> Collection | None:
        """The collection with this slug."""
        found: Collection | None = await self.ctx.session.scalar(
            self.select().where(Collection.slug == slug)
        )
        return found

    async def by_ids(self, ids: AnyOf[UUID]) -> dict[UUID, Collection]:
        """Those of `ids` that exist."""
        found = await self.ctx.session.scalars(self.select().where(Collection.id.in_(ids)))
        return {collection.id: collection for collection in found}

    async def slugs_like(self, stem: str) -> set[str]:
        """The slugs that are `stem` or begin with it and a hyphen."""
        found = await self.ctx.session.scalars(
            select(Collection.slug).where(
                Collection.workspace_id == self.ctx.workspace_id,
                (Collection.slug == stem) | Collection.slug.startswith(f"{stem}-", autoescape=True),
            )
        )
        return set(found)

    async def next_position(self) -> int:
        """One more than the last position."""
        last = await self.ctx.session.scalar(
            select(func.max(Collection.position)).where(
                Collection.workspace_id == self.ctx.workspace_id
            )
        )
        return 0 if last is None else last + 1

    async def is_in_use(self, collection_id: UUID) -> bool:
        """Whether it holds an article or another collection."""
        mine = self.ctx.workspace_id
        article = exists().where(
            Article.workspace_id == mine, Article.collection_id == collection_id
        )
        inner = exists().where(
            Collection.workspace_id == mine, Collection.parent_id == collection_id
        )
        return bool(await self.ctx.session.scalar(select(article | inner)))

    async def flush(self) -> None:
        """Send the changes. Raises SlugTaken when the slug is another one's."""
        await _flush(self.ctx.session)


class ArticleRepository(Repository[Article]):
    """Articles of one workspace, drafts included."""

    model = Article
    missing = ArticleNotFound

    async def page(
        self,
        *,
        collection_id: UUID | None,
        status: str | None,
        words: str,
        cursor: str | None,
        limit: int,
    ) -> tuple[Sequence[Article], str | None]:
        """Articles by last change, newest first, and the cursor of the next page.

        Raises:
            CursorMalformed: the cursor is not one of this list.
        """
        query = self.select()
        if collection_id is not None:
            query = query.where(Article.collection_id == collection_id)
        if status is not None:
            query = query.where(Article.status == status)
        for word in fold(words).split():
            query = query.where(func.lower(Article.title).contains(word, autoescape=True))
        if cursor is not None:
            when, after = decode_cursor(cursor, datetime, UUID)
            query = query.where(
                tuple_(Article.updated_at, Article.id) < tuple_(literal(when), after)
            )
        query = query.order_by(Article.updated_at.desc(), Article.id.desc()).limit(limit + 1)
        found = (await self.ctx.session.scalars(query)).all()
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], encode_cursor([last.updated_at, last.id])

    async def by_slug(self, locale: str, slug: str) -> Article | None:
        """The article with this slug in this locale, draft or not."""
        found: Article | None = await self.ctx.session.scalar(
            self.select().where(Article.locale == locale, Article.slug == slug)
        )
        return found

    async def slugs_like(self, locale: str, stem: str) -> set[str]:
        """The slugs in a locale that are `stem` or begin with it and a hyphen."""
        found = await self.ctx.session.scalars(
            select(Article.slug).where(
                Article.workspace_id == self.ctx.workspace_id,
                Article.locale == locale,
                (Article.slug == stem) | Article.slug.startswith(f"{stem}-", autoescape=True),
            )
        )
        return set(found)

    async def flush(self) -> None:
        """Send the changes. Raises SlugTaken when the slug is another one's."""
        await _flush(self.ctx.session)

    async def by_ids(self, ids: AnyOf[UUID]) -> dict[UUID, Article]:
        """Those of `ids` that exist, drafts included."""
        found = await self.ctx.session.scalars(self.select().where(Article.id.in_(ids)))
        return {article.id: article for article in found}

    async def public_article(self, locale: str, slug: str) -> Article | None:
        """The published article with this slug in this locale."""
        found: Article | None = await self.ctx.session.scalar(
            self._published().where(Article.locale == locale, Article.slug == slug)
        )
        return found

    async def public_titles(
        self, *, locale: str | None = None, slug: str | None = None
    ) -> Sequence[Any]:
        """Id, collection, locale, slug, title, summary and last change of what is published."""
        query = select(
            Article.id,
            Article.collection_id,
            Article.locale,
            Article.slug,
            Article.title,
            Article.summary,
            Article.updated_at,
        ).where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
        if locale is not None:
            query = query.where(Article.locale == locale)
        if slug is not None:
            query = query.where(Article.slug == slug)
        found = await self.ctx.session.execute(query.order_by(Article.title, Article.id))
        return found.all()

    async def public_locales(self) -> list[str]:
        """The locales in which anything is published, the fullest first."""
        query = (
            select(Article.locale)
            .where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
            .group_by(Article.locale)
            .order_by(func.count().desc(), Article.locale)
        )
        return list(await self.ctx.session.scalars(query))

    async def published_by_locale(self) -> dict[str, int]:
        """How many are published in each locale, the fullest first."""
        total = func.count().label("articles")
        found = await self.ctx.session.execute(
            select(Article.locale, total)
            .where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
            .group_by(Article.locale)
            .order_by(total.desc(), Article.locale)
        )
        return {row.locale: row.articles for row in found}

    def _published(self) -> Select[Article]:
        return self.select().where(Article.status == "published")


class VersionRepository(Repository[ArticleVersion]):
    """What the articles of one workspace said over time."""

    model = ArticleVersion
    missing = ArticleVersionNotFound

    async def of(self, article_id: UUID) -> Sequence[ArticleVersion]:
        """All versions of an article, newest first."""
        query = self.select().where(ArticleVersion.article_id == article_id)
        return (
            await self.ctx.session.scalars(query.order_by(ArticleVersion.number.desc()).limit(500))
        ).all()

    async def one(self, article_id: UUID, number: int) -> ArticleVersion:
        """One version. Raises ArticleVersionNotFound."""
        found: ArticleVersion | None = await self.ctx.session.scalar(
            self.select().where(
                ArticleVersion.article_id == article_id, ArticleVersion.number == number
            )
        )
        if found is None:
            raise ArticleVersionNotFound
        return found


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if "slug" in str(error.orig):
            raise SlugTaken from error
        raise
