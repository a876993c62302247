"""Making the draft of an article from what agents answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

import structlog

from rapport.ai.autopilot import service as autopilot
from rapport.ai.gaps.composing import Alike, Drafted, Reply, body, compose
from rapport.ai.gaps.deciding import enter
from rapport.ai.gaps.errors import GapHasArticle, GapMerged, GapUnanswered
from rapport.ai.gaps.evidence import READ, discretion_over, exchanges, solution
from rapport.ai.gaps.grouping import alike, key_words
from rapport.ai.gaps.models import Gap
from rapport.ai.gaps.replies import Discretion
from rapport.ai.gaps.repository import GapRepository, QuestionRepository, SourceRepository
from rapport.ai.gaps.titles import MAX_CHARS, title
from rapport.ai.gaps.writing import PURPOSE, WITHIN_S, Written, written
from rapport.inference.ports import Chats, Embedder
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge import service as knowledge
from rapport.knowledge.models import Article
from rapport.knowledge.schemas import ArticleIn

_SAME_MEANING: Final = 0.8
"""Cosine of two sentences that say the same."""
_SAME_WORDS: Final = 0.6
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of a gap."""

    gap: Gap
    article: Article
    written_by: Literal["model", "extract"]
    sentences: Sequence[Drafted]


@dataclass(frozen=True, slots=True)
class _Material:
    """What was asked, and what may be told of the answers."""

    questions: list[str]
    replies: list[Reply]
    discretion: Discretion


async def draft(ctx: Ctx, gap_id: UUID) -> Draft:
    """Write an article as a draft from what agents answered, and link it to the gap.

    It has nothing personal in it, and is published by nobody but a person. The agents' messages
    behind each sentence are kept beside the gap, not in the text.

    Raises:
        GapNotFound, GapMerged: there is no such gap, or its questions went to another.
        GapHasArticle: it has an article already.
        GapUnanswered: nothing that agents answered may be told to everybody.
    """
    gaps = GapRepository(ctx)
    gap = _without_article(await gaps.get(gap_id))
    material = await _material(ctx, gap)
    by, called, sentences = await _written(ctx, material, gap.language)
    if not sentences:
        raise GapUnanswered
    gap = _without_article(await gaps.held(gap_id))  # others go on while a model writes
    called = called or title(material.questions, material.discretion) or sentences[0].text
    article = await knowledge.create_article(
        ctx,
        ArticleIn(
            title=called[:MAX_CHARS],
            body=autopilot.harmless(body(sentences)),
            locale=gap.language,
        ),
    )
    gap.article_id = article.id
    enter(ctx, gap, "drafted")
    await SourceRepository(ctx).replace(
        gap.id,
        {(n, p.conversation_id, p.seq) for n, s in enumerate(sentences) for p in s.sources},
    )
    details: dict[str, object] = {"article": str(article.id), "written_by": by}
    await audit.record(ctx, "gap.drafted", subject=f"gap:{gap.id}", details=details)
    return Draft(gap, article, by, sentences)


def _without_article(gap: Gap) -> Gap:
    if gap.state == "merged":
        raise GapMerged
    if gap.article_id is not None:
        raise GapHasArticle
    return gap


async def _material(ctx: Ctx, gap: Gap) -> _Material:
    found = await exchanges(ctx, await QuestionRepository(ctx).latest(gap.id, READ))
    discretion = discretion_over(found)
    solutions = [solution(exchange, discretion) for exchange in found]
    return _Material([e.text for e in found], [r for r in solutions if r is not None], discretion)


async def _written(
    ctx: Ctx, material: _Material, language: str
) -> tuple[Literal["model", "extract"], str, list[Drafted]]:
    """Who wrote it, the title if a model gave one, and the sentences."""
    told = [
        Reply(r.place, [s for s in r.sentences if not s.is_of_one_case], r.is_solution)
        for r in material.replies
    ]
    by_model = await _by_model(ctx, material, told, language)
    if by_model is not None:
        return "model", by_model.title, by_model.sentences
    same = await _alike(ctx, material.replies, language)
    return "extract", "", compose(material.replies, same)


async def _by_model(
    ctx: Ctx, material: _Material, told: Sequence[Reply], language: str
) -> Written | None:
    """What a language model writes; None where there is none, or it cannot be relied on."""
    chats = ctx.ports.find(Chats)
    if chats is None or not any(reply.sentences for reply in told):
        return None
    try:
        chat = await chats.open(ctx, PURPOSE, within_s=WITHIN_S)
    except RapportError as error:
        log.warning("gap_not_written", reason=error.code)
        return None
    if chat is None:
        return None
    return await written(chat, material.questions, told, material.discretion, language)


async def _alike(ctx: Ctx, replies: Sequence[Reply], language: str) -> Alike:
    """Whether sentences say the same: by meaning where a model understands them, else by words."""
    texts = list(dict.fromkeys(s.text for reply in replies for s in reply.sentences))
    embedder = ctx.ports.find(Embedder)
    if embedder is not None and texts and embedder.speaks(language):
        try:
            vectors = await embedder.embed(texts, workspace_id=ctx.workspace_id)
        except RapportError as error:
            log.warning("gap_replies_not_embedded", reason=error.code)
        else:
            places = {text: at for at, text in enumerate(texts)}
            cosines = vectors @ vectors.T
            return lambda a, b: bool(cosines[places[a], places[b]] >= _SAME_MEANING)
    words = {text: key_words(text) for text in texts}
    return lambda a, b: alike(words[a], words[b]) >= _SAME_WORDS
