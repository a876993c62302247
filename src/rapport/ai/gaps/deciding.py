"""What people decide about gaps, and what follows from what happens to articles."""

from uuid import UUID

from rapport.ai.gaps.errors import GapMerged, GapsTheSame
from rapport.ai.gaps.models import Gap
from rapport.ai.gaps.repository import GapRepository, QuestionRepository, SourceRepository
from rapport.ai.gaps.schemas import State
from rapport.ai.gaps.taking import settle
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge


async def dismiss(ctx: Ctx, gap_id: UUID) -> Gap:
    """Let nobody see a gap any more, however often it is asked. Once more changes nothing.

    Raises:
        GapNotFound, GapMerged: there is no such gap, or its questions went to another.
    """
    gap = await held(ctx, gap_id)
    if gap.state != "dismissed":
        enter(ctx, gap, "dismissed")
        await audit.record(ctx, "gap.dismissed", subject=f"gap:{gap.id}", details={})
    return gap


async def reopen(ctx: Ctx, gap_id: UUID) -> Gap:
    """Put a gap before people again; its article stays linked. Once more changes nothing.

    Raises:
        GapNotFound, GapMerged: there is no such gap, or its questions went to another.
    """
    gap = await held(ctx, gap_id)
    if gap.state != "open":
        before = gap.state
        enter(ctx, gap, "open")
        details: dict[str, object] = {"state": [before, "open"]}
        await audit.record(ctx, "gap.reopened", subject=f"gap:{gap.id}", details=details)
    return gap


async def merge(ctx: Ctx, gap_id: UUID, *, into: UUID) -> Gap:
    """Give all questions of a gap to another one, which is returned; the first remains empty.

    Raises:
        GapNotFound: there is no such gap.
        GapMerged: one of them was merged before.
        GapsTheSame: it is one.
    """
    if gap_id == into:
        raise GapsTheSame
    first, second = sorted((gap_id, into))  # in one order, so that two merges wait for one another
    both = {id_: await held(ctx, id_) for id_ in (first, second)}
    gap, target = both[gap_id], both[into]
    await QuestionRepository(ctx).move(gap.id, target.id)
    await SourceRepository(ctx).replace(gap.id, [])
    enter(ctx, gap, "merged")
    gap.merged_into_id, gap.article_id = target.id, None
    gap.words, gap.centre, gap.model = [], None, None
    if gap.last_asked_at > target.last_asked_at:
        target.nearest_id = gap.nearest_id
    await GapRepository(ctx).recount(target)
    await settle(ctx, target)
    details: dict[str, object] = {"into": str(target.id)}
    await audit.record(ctx, "gap.merged", subject=f"gap:{gap.id}", details=details)
    return target


async def link(ctx: Ctx, gap_id: UUID, article_id: UUID | None) -> Gap:
    """Say which article answers a gap, or that none does. The same one changes nothing.

    Raises:
        GapNotFound, GapMerged: there is no such gap, or its questions went to another.
        ArticleNotFound: there is no such article.
    """
    gap = await held(ctx, gap_id)
    if gap.article_id == article_id:
        return gap
    state: State = "open"
    if article_id is not None:
        article = await knowledge.get_article(ctx, article_id)
        state = "answered" if article.status == "published" else "drafted"
    details: dict[str, object] = {"article": [gap.article_id, article_id]}
    gap.article_id = article_id
    enter(ctx, gap, state)
    await SourceRepository(ctx).replace(gap.id, [])
    await audit.record(ctx, "gap.linked", subject=f"gap:{gap.id}", details=details)
    return gap


async def follow(ctx: Ctx, article_id: UUID) -> None:
    """Let the gaps of an article be answered while it is published, and not when it is not."""
    article = (await knowledge.articles_by_ids(ctx, [article_id])).get(article_id)
    is_published = article is not None and article.status == "published"
    for gap in await GapRepository(ctx).with_article(article_id):
        if is_published and gap.state in {"open", "drafted"}:
            enter(ctx, gap, "answered")
        elif not is_published and gap.state == "answered":
            enter(ctx, gap, "drafted")


async def let_go(ctx: Ctx) -> None:
    """Open the gaps whose article was deleted."""
    for gap in await GapRepository(ctx).without_article():
        enter(ctx, gap, "open")


async def held(ctx: Ctx, gap_id: UUID) -> Gap:
    """A gap that has questions, locked. Raises GapNotFound, GapMerged."""
    gap = await GapRepository(ctx).get(gap_id, lock=True)
    if gap.state == "merged":
        raise GapMerged
    return gap


def enter(ctx: Ctx, gap: Gap, state: State) -> None:
    """Change the state, and note when."""
    gap.state, gap.state_at = state, ctx.now()
