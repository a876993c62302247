"""Writing, publishing and keeping the versions of articles."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, emit
from rapport.kernel.richtext import render
from rapport.knowledge.errors import ArticleChangedMeanwhile, ArticleEmpty, SlugTaken
from rapport.knowledge.events import (
    ArticleChanged,
    ArticleDeleted,
    ArticlePublished,
    ArticleUnpublished,
)
from rapport.knowledge.models import Article, ArticleVersion
from rapport.knowledge.repository import (
    ArticleRepository,
    CollectionRepository,
    VersionRepository,
)
from rapport.knowledge.schemas import ArticleIn, ArticleOut, ArticlePatch, ArticleRow, ArticleStatus
from rapport.knowledge.search import indexing
from rapport.knowledge.service.addresses import article_url, help_base
from rapport.knowledge.slugs import slugify, unused

_WORDS: Final = frozenset({"title", "summary", "body"})


async def list_articles(
    ctx: Ctx,
    *,
    collection_id: UUID | None = None,
    status: ArticleStatus | None = None,
    words: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[Sequence[Article], str | None]:
    """Articles by last change, drafts included, and the cursor of the next page.

    `words` must all appear in the title. Raises CursorMalformed.
    """
    return await ArticleRepository(ctx).page(
        collection_id=collection_id, status=status, words=words, cursor=cursor, limit=limit
    )


async def get_article(ctx: Ctx, article_id: UUID) -> Article:
    """One article, draft or not. Raises ArticleNotFound."""
    return await ArticleRepository(ctx).get(article_id)


async def articles_by_ids(ctx: Ctx, ids: Collection[UUID]) -> dict[UUID, Article]:
    """Those of `ids` that exist, drafts included."""
    return await ArticleRepository(ctx).by_ids(ids)


async def published_by_locale(ctx: Ctx) -> dict[str, int]:
    """How many articles are published in each locale, the fullest first."""
    return await ArticleRepository(ctx).published_by_locale()


async def find_article(ctx: Ctx, locale: str, slug: str) -> Article | None:
    """The article with this slug in this locale, draft or not."""
    return await ArticleRepository(ctx).by_slug(locale, slug)


async def create_article(ctx: Ctx, new: ArticleIn) -> Article:
    """Write an article: its first version, as a draft or published at once.

    Raises:
        CollectionNotFound: no such collection.
        SlugTaken: another article in this locale has the slug.
        ArticleEmpty: an article without text cannot be published.
    """
    if new.collection_id is not None:
        await CollectionRepository(ctx).get(new.collection_id)
    articles = ArticleRepository(ctx)
    article = await articles.add(
        title=new.title,
        slug=await _free_slug(articles, new),
        locale=new.locale,
        summary=new.summary,
        body=new.body,
        collection_id=new.collection_id,
        status="draft",
        version=1,
        word_count=0,
        updated_at=ctx.now(),
        published_at=None,
    )
    await _keep_version(ctx, article)
    event = ArticleChanged(article_id=article.id, version=1)
    await _announce(ctx, event, article, "created")
    if new.status == "published":
        await publish(ctx, article.id)
    return article


async def change_article(ctx: Ctx, article_id: UUID, patch: ArticlePatch) -> Article:
    """Change the named fields; other words make a new version. Of a published article, at once.

    A patch that changes nothing announces nothing.

    Raises:
        ArticleNotFound, CollectionNotFound: no such article, or no such collection.
        ArticleChangedMeanwhile: its version is not `expected_version` any more.
        SlugTaken: another article in this locale has the slug.
        ArticleEmpty: a published article needs a text.
    """
    articles = ArticleRepository(ctx)
    article = await articles.get(article_id, lock=True)
    if patch.expected_version is not None and patch.expected_version != article.version:
        raise ArticleChangedMeanwhile
    changes = patch.changes("collection_id")
    changes.pop("expected_version", None)
    if patch.collection_id is not None:
        await CollectionRepository(ctx).get(patch.collection_id)
    changed = {name for name, value in changes.items() if getattr(article, name) != value}
    if not changed:
        return article
    for name in changed:
        setattr(article, name, changes[name])
    article.updated_at = ctx.now()
    if changed & _WORDS:
        article.version += 1
        await _keep_version(ctx, article)
    await articles.flush()
    if article.status == "published" and changed & (_WORDS | {"locale"}):
        await _index(ctx, article)
    event = ArticleChanged(article_id=article.id, version=article.version)
    await _announce(ctx, event, article, "changed", fields=sorted(changed))
    return article


async def publish(ctx: Ctx, article_id: UUID) -> Article:
    """Let everybody read the article. Publishing a published one changes nothing.

    Raises:
        ArticleNotFound: no such article.
        ArticleEmpty: it has no text.
    """
    article = await ArticleRepository(ctx).get(article_id, lock=True)
    if article.status == "published":
        return article
    article.status = "published"
    article.published_at = article.updated_at = ctx.now()
    await _index(ctx, article)
    event = ArticlePublished(article_id=article.id, version=article.version)
    await _announce(ctx, event, article, "published")
    return article


async def unpublish(ctx: Ctx, article_id: UUID) -> Article:
    """Make the article a draft again: gone from the help centre and from every search at once.

    Unpublishing a draft changes nothing. Raises ArticleNotFound.
    """
    article = await ArticleRepository(ctx).get(article_id, lock=True)
    if article.status == "draft":
        return article
    article.status = "draft"
    article.published_at = None
    article.updated_at = ctx.now()
    await indexing.forget(ctx, article)
    event = ArticleUnpublished(article_id=article.id, version=article.version)
    await _announce(ctx, event, article, "unpublished")
    return article


async def delete_article(ctx: Ctx, article_id: UUID) -> None:
    """Remove an article with all its versions. Raises ArticleNotFound."""
    articles = ArticleRepository(ctx)
    article = await articles.get(article_id, lock=True)
    await articles.remove(article)
    await _announce(ctx, ArticleDeleted(article_id=article_id), article, "deleted")


async def list_versions(ctx: Ctx, article_id: UUID) -> Sequence[ArticleVersion]:
    """What an article said, newest first, at most 500. Raises ArticleNotFound."""
    await ArticleRepository(ctx).get(article_id)
    return await VersionRepository(ctx).of(article_id)


async def restore_version(ctx: Ctx, article_id: UUID, number: int) -> Article:
    """Let an article say again what it said in version `number`, as a new version.

    Raises:
        ArticleNotFound, ArticleVersionNotFound: no such article, or no such version.
    """
    await ArticleRepository(ctx).get(article_id)
    old = await VersionRepository(ctx).one(article_id, number)
    patch = ArticlePatch(title=old.title, summary=old.summary, body=old.body)
    return await change_article(ctx, article_id, patch)


def preview(body: str) -> str:
    """Markdown as safe HTML, exactly as the help centre shows it."""
    return render(body, breaks=False)


async def shown(ctx: Ctx, article: Article) -> ArticleOut:
    """An article as the editor gets it."""
    row = ArticleRow.model_validate(article).model_dump()
    url = None
    if article.status == "published":
        url = article_url(article.locale, article.slug, base=await help_base(ctx))
    return ArticleOut(**row, body=article.body, html=preview(article.body), url=url)


async def _free_slug(articles: ArticleRepository, new: ArticleIn) -> str:
    if new.slug is None:
        stem = slugify(new.title)
        return unused(stem, await articles.slugs_like(new.locale, stem))
    if await articles.by_slug(new.locale, new.slug):
        raise SlugTaken
    return new.slug


async def _keep_version(ctx: Ctx, article: Article) -> None:
    await VersionRepository(ctx).add(
        article_id=article.id,
        number=article.version,
        title=article.title,
        summary=article.summary,
        body=article.body,
        author=str(ctx.actor),
    )


async def _index(ctx: Ctx, article: Article) -> None:
    if not article.body.strip():
        raise ArticleEmpty
    await indexing.index(ctx, article)


async def _announce(ctx: Ctx, event: Event, article: Article, what: str, **details: object) -> None:
    await emit(ctx, event, subject=article.id)
    await audit.record(
        ctx,
        f"article.{what}",
        subject=f"article:{article.id}",
        name=article.title,
        details={"version": article.version, **details},
    )
