"""Questions without an answer, and articles made of what agents answered.

Whatever the assistant could not answer is grouped by what it means. People see how often each was
asked, what came near, and what colleagues answered; from that a draft is written. Once it is
published the assistant answers the question, and the gap is closed.
"""

from rapport.ai.gaps.deciding import dismiss, follow, let_go, link, merge, reopen
from rapport.ai.gaps.drafting import Draft, draft
from rapport.ai.gaps.models import Gap
from rapport.ai.gaps.reading import one, page, rows
from rapport.ai.gaps.replies import Discretion, Sentence, sentences, trimmed
from rapport.ai.gaps.schemas import (
    DraftedSentence,
    GapArticle,
    GapDraftOut,
    GapRow,
    SourceOut,
)
from rapport.ai.gaps.taking import forget, give, take_up
from rapport.kernel.context import Ctx

__all__ = [
    "Discretion",
    "Sentence",
    "dismiss",
    "draft",
    "follow",
    "forget",
    "give",
    "let_go",
    "link",
    "merge",
    "one",
    "page",
    "reopen",
    "row",
    "rows",
    "sentences",
    "shown",
    "take_up",
    "trimmed",
]


async def row(ctx: Ctx, gap: Gap) -> GapRow:
    """One gap as lists show it."""
    await ctx.session.flush()
    return (await rows(ctx, [gap]))[0]


async def shown(ctx: Ctx, made: Draft) -> GapDraftOut:
    """A new draft, with where each sentence comes from."""
    return GapDraftOut(
        gap=await row(ctx, made.gap),
        article=GapArticle.model_validate(made.article),
        written_by=made.written_by,
        sentences=[
            DraftedSentence(
                text=sentence.text,
                sources=[
                    SourceOut(sentence=number, conversation_id=p.conversation_id, seq=p.seq)
                    for p in sentence.sources
                ],
            )
            for number, sentence in enumerate(made.sentences)
        ],
    )
