"""Collections and articles."""

from typing import Any

from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge
from rapport.knowledge.models import Article, Collection
from rapport.knowledge.schemas import ArticleIn, CollectionIn


async def collection(ctx: Ctx, name: str = "Orders", **over: Any) -> Collection:
    """A shelf."""
    return await knowledge.create_collection(ctx, CollectionIn(name=name, **over))


async def article(ctx: Ctx, title: str = "Returns", **over: Any) -> Article:
    """A published article; `status="draft"` makes a draft."""
    given = {"body": "Send it back within 30 days.", "status": "published", **over}
    return await knowledge.create_article(ctx, ArticleIn(title=title, **given))
