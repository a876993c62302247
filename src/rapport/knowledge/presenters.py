"""How changes of the knowledge base reach open consoles: on the topic "workspace"."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded
from rapport.kernel.realtime.presenters import Delivery, presents
from rapport.knowledge.repository import ArticleRepository, CollectionRepository
from rapport.knowledge.schemas import ArticleRow, CollectionOut

TOPIC = "workspace"


async def present(ctx: Ctx, records: Sequence[Recorded]) -> list[Delivery]:
    """Current rows under `article` or `collection`; of what is gone, its id under `deleted_id`."""
    articles = await ArticleRepository(ctx).by_ids(_ids(records, "article_id"))
    collections = await CollectionRepository(ctx).by_ids(_ids(records, "collection_id"))
    deliveries = []
    for record in records:
        body: dict[str, Any] | None = None
        if record.name.endswith("_deleted"):
            (gone,) = record.payload.values()
            body = {"deleted_id": gone}
        elif (article := articles.get(_id(record, "article_id"))) is not None:
            body = {"article": ArticleRow.model_validate(article)}
        elif (collection := collections.get(_id(record, "collection_id"))) is not None:
            body = {"collection": CollectionOut.model_validate(collection)}
        if body is not None:
            deliveries.append(Delivery(record, TOPIC, body))
    return deliveries


def _ids(records: Sequence[Recorded], field: str) -> set[UUID]:
    return {id_ for record in records if (id_ := _id(record, field)) is not None}


def _id(record: Recorded, field: str) -> Any:
    value = record.payload.get(field)
    return None if value is None else UUID(value)


presents("knowledge.", present)
