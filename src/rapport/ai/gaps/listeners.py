"""When gaps come about, when they close, and when they open again."""

from collections.abc import Sequence

from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.gaps import service
from rapport.conversations.events import ConversationMoved
from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, reader
from rapport.knowledge.events import ArticleDeleted, ArticlePublished, ArticleUnpublished


async def left_to_people(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
    """Those that were not answered."""
    return [r for r in records if getattr(r.event, "decision", "") != "answered"]


@reader("ai.gaps", QuestionTakenUp, sift=left_to_people)
async def take_up(ctx: Ctx, event: QuestionTakenUp, record: Recorded) -> None:
    """Put what the assistant could not answer to the questions that mean the same."""
    await service.take_up(ctx, event)


@reader("ai.gaps.articles", ArticlePublished, ArticleUnpublished, ArticleDeleted)
async def follow_articles(ctx: Ctx, event: Event, record: Recorded) -> None:
    """Close the gaps of an article that is published; open those of one that is gone."""
    if isinstance(event, ArticlePublished | ArticleUnpublished):
        await service.follow(ctx, event.article_id)
    else:
        await service.let_go(ctx)


@reader("ai.gaps.customers", ConversationMoved)
async def follow_customers(ctx: Ctx, event: ConversationMoved, record: Recorded) -> None:
    """Count customers who turned out to be one as one."""
    await service.give(ctx, event.conversation_id, event.customer_id)
