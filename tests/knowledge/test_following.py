"""What happens after a change of the knowledge base: embeddings, and news for consoles."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.errors import ModelDamaged
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events.log import BEGINNING, Recorded, of_workspace
from rapport.kernel.realtime.presenters import Delivery, present
from rapport.knowledge import presenters, service
from rapport.knowledge.listeners import embed_article
from rapport.knowledge.schemas import ArticlePatch, ArticleRow, CollectionOut
from tests.conftest import Begin
from tests.make import knowledge as make


class BrokenEmbedder(FakeEmbedder):
    async def embed(self, texts: Sequence[str], **_: object) -> NDArray[np.float32]:
        raise ModelDamaged


async def follow(ctx: Ctx) -> list[Recorded]:
    """Handle every event of the workspace as the reader would."""
    records = await of_workspace(ctx, BEGINNING)
    for record in records:
        if record.name in {"knowledge.article_published", "knowledge.article_changed"}:
            await embed_article(ctx, record.event, record)  # type: ignore[arg-type]
    return records


async def news(ctx: Ctx) -> list[Delivery]:
    assert presenters.TOPIC == "workspace"
    return await present(ctx, await of_workspace(ctx, BEGINNING))


async def test_what_is_published_gets_its_embeddings(ctx: Ctx, embedder: FakeEmbedder) -> None:
    article = await make.article(ctx, "Returns", body="Thirty days.")
    await make.article(ctx, "Draft", status="draft")

    await follow(ctx)
    await follow(ctx)

    assert embedder.calls == [["Returns", "Returns\nThirty days."]]
    assert (await service.status(ctx)).pending == 0
    await service.change_article(ctx, article.id, ArticlePatch(body="Sixty days."))
    await follow(ctx)
    assert embedder.calls[1:] == [["Returns\nSixty days."]]


async def test_without_a_model_nothing_waits_and_nothing_fails(ctx: Ctx) -> None:
    await make.article(ctx)

    await follow(ctx)

    status = await service.status(ctx)
    assert (status.embeddings, status.pending, status.chunks) == (False, 0, 2)


async def test_a_broken_model_leaves_the_article_waiting(ctx: Ctx, database: Database) -> None:
    database.ports.provide(Embedder, BrokenEmbedder())
    await make.article(ctx)

    await follow(ctx)

    assert (await service.status(ctx)).pending == 2


async def test_consoles_hear_what_things_are_now(ctx: Ctx) -> None:
    shelf = await make.collection(ctx, "Orders")
    article = await make.article(ctx, "Returns", collection_id=shelf.id)
    await service.change_article(ctx, article.id, ArticlePatch(title="Refunds"))

    heard = await news(ctx)

    assert {d.topic for d in heard} == {"workspace"}
    assert [d.body for d in heard] == [
        {"collection": CollectionOut.model_validate(shelf)},
        *[{"article": ArticleRow.model_validate(article)}] * 3,
    ]


async def test_consoles_hear_what_is_gone(ctx: Ctx) -> None:
    shelf = await make.collection(ctx, "Orders")
    article = await make.article(ctx, "Returns")
    await service.delete_article(ctx, article.id)
    await service.delete_collection(ctx, shelf.id)

    heard = await news(ctx)

    assert [d.body for d in heard] == [
        {"deleted_id": str(article.id)},
        {"deleted_id": str(shelf.id)},
    ]


async def test_strangers_hear_nothing(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        await make.article(ctx)
        records = await of_workspace(ctx, BEGINNING)

    async with begin(SYSTEM, stranger) as theirs:
        assert await present(theirs, records) == []
