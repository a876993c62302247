"""The knowledge base as the console and API keys see it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import Page
from rapport.knowledge import service as knowledge
from rapport.knowledge.errors import (
    ArticleChangedMeanwhile,
    ArticleEmpty,
    ArticleNotFound,
    ArticleVersionNotFound,
    CollectionInUse,
    CollectionNested,
    CollectionNotFound,
    SlugTaken,
)
from rapport.knowledge.models import ArticleVersion, Collection
from rapport.knowledge.schemas import (
    ArticleIn,
    ArticleOut,
    ArticlePatch,
    ArticleRow,
    ArticleStatus,
    ArticleVersionOut,
    CollectionIn,
    CollectionOut,
    CollectionPatch,
    KnowledgeStatus,
    PreviewIn,
    PreviewOut,
    SearchIndexOut,
    SearchOut,
)

router = APIRouter(tags=["knowledge"], route_class=AgentRoute)
CanRead = Annotated[Ctx, Depends(Permitted("knowledge.read"))]
CanWrite = Annotated[Ctx, Depends(Permitted("knowledge.write"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_147_483_647)]
Words = Annotated[str, Query(max_length=2_000)]


@router.get("/collections", response_model=list[CollectionOut])
async def list_collections(ctx: CanRead) -> Sequence[Collection]:
    """All collections, in their order."""
    return await knowledge.list_collections(ctx)


@router.post(
    "/collections",
    response_model=CollectionOut,
    status_code=201,
    responses=problems(CollectionNotFound, SlugTaken),
)
async def create_collection(body: CollectionIn, ctx: CanWrite) -> Collection:
    """Put up a collection."""
    return await knowledge.create_collection(ctx, body)


@router.get(
    "/collections/{collection_id}",
    response_model=CollectionOut,
    responses=problems(CollectionNotFound),
)
async def get_collection(collection_id: UUID, ctx: CanRead) -> Collection:
    """One collection."""
    return await knowledge.get_collection(ctx, collection_id)


@router.patch(
    "/collections/{collection_id}",
    response_model=CollectionOut,
    responses=problems(CollectionNotFound, SlugTaken, CollectionNested),
)
async def change_collection(
    collection_id: UUID, body: CollectionPatch, ctx: CanWrite
) -> Collection:
    """Rename, describe or move a collection."""
    return await knowledge.change_collection(ctx, collection_id, body)


@router.delete(
    "/collections/{collection_id}",
    status_code=204,
    responses=problems(CollectionNotFound, CollectionInUse),
)
async def delete_collection(collection_id: UUID, ctx: CanWrite) -> None:
    """Take down an empty collection."""
    await knowledge.delete_collection(ctx, collection_id)


@router.get("/articles", response_model=Page[ArticleRow])
async def list_articles(
    ctx: CanRead,
    collection_id: UUID | None = None,
    status: ArticleStatus | None = None,
    q: Words = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[ArticleRow]:
    """Articles by last change, drafts included; `q` are words of the title."""
    found, following = await knowledge.list_articles(
        ctx, collection_id=collection_id, status=status, words=q, cursor=cursor, limit=limit
    )
    return Page(items=[ArticleRow.model_validate(a) for a in found], next=following)


@router.post("/articles/preview")
async def preview_article(body: PreviewIn, ctx: CanRead) -> PreviewOut:
    """Markdown as the help centre would show it."""
    return PreviewOut(html=knowledge.preview(body.body))


@router.post(
    "/articles", status_code=201, responses=problems(CollectionNotFound, SlugTaken, ArticleEmpty)
)
async def create_article(body: ArticleIn, ctx: CanWrite) -> ArticleOut:
    """Write an article, as a draft or published at once."""
    return await knowledge.shown(ctx, await knowledge.create_article(ctx, body))


@router.get("/articles/{article_id}", responses=problems(ArticleNotFound))
async def get_article(article_id: UUID, ctx: CanRead) -> ArticleOut:
    """One article, draft or not."""
    return await knowledge.shown(ctx, await knowledge.get_article(ctx, article_id))


@router.patch(
    "/articles/{article_id}",
    responses=problems(ArticleNotFound, ArticleChangedMeanwhile, ArticleEmpty),
)
async def change_article(article_id: UUID, body: ArticlePatch, ctx: CanWrite) -> ArticleOut:
    """Change an article; changed words make a new version."""
    return await knowledge.shown(ctx, await knowledge.change_article(ctx, article_id, body))


@router.delete("/articles/{article_id}", status_code=204, responses=problems(ArticleNotFound))
async def delete_article(article_id: UUID, ctx: CanWrite) -> None:
    """Remove an article with all its versions."""
    await knowledge.delete_article(ctx, article_id)


@router.post("/articles/{article_id}/publish", responses=problems(ArticleNotFound, ArticleEmpty))
async def publish_article(article_id: UUID, ctx: CanWrite) -> ArticleOut:
    """Let everybody read the article."""
    return await knowledge.shown(ctx, await knowledge.publish(ctx, article_id))


@router.post("/articles/{article_id}/unpublish", responses=problems(ArticleNotFound))
async def unpublish_article(article_id: UUID, ctx: CanWrite) -> ArticleOut:
    """Make the article a draft again."""
    return await knowledge.shown(ctx, await knowledge.unpublish(ctx, article_id))


@router.get(
    "/articles/{article_id}/versions",
    response_model=list[ArticleVersionOut],
    responses=problems(ArticleNotFound),
)
async def list_article_versions(article_id: UUID, ctx: CanRead) -> Sequence[ArticleVersion]:
    """What the article said, newest first."""
    return await knowledge.list_versions(ctx, article_id)


@router.post(
    "/articles/{article_id}/versions/{number}/restore",
    responses=problems(ArticleNotFound, ArticleVersionNotFound),
)
async def restore_article_version(
    article_id: UUID, number: VersionNumber, ctx: CanWrite
) -> ArticleOut:
    """Let the article say again what it said in this version."""
    return await knowledge.shown(ctx, await knowledge.restore_version(ctx, article_id, number))


@router.get("/knowledge/search")
async def search_knowledge(
    ctx: CanRead,
    q: Words,
    locale: Annotated[str | None, Query(max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> SearchOut:
    """Documents that fit, best first, with those that only people who work here may read.

    What solved conversations left is found by those who may read conversations.
    """
    may_read = "conversations.read" in ctx.actor.permissions
    return await knowledge.search(
        ctx,
        q,
        limit=limit,
        locale=locale,
        audience="internal",
        solved="with" if may_read else "without",
    )


@router.get("/knowledge/status")
async def get_knowledge_status(ctx: CanRead) -> KnowledgeStatus:
    """How ready the search is."""
    return await knowledge.status(ctx)


@router.get("/knowledge/indexes")
async def list_search_indexes(ctx: CanRead) -> list[SearchIndexOut]:
    """How far each embedding model is; while one takes over from another there are two."""
    return await knowledge.list_indexes(ctx)
