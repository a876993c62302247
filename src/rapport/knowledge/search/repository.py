"""The SQL of searching: what is indexed, what still has no embedding, and which articles fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update

from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.knowledge.models import Article, ArticleTerm, Chunk, ChunkVector
from rapport.knowledge.schemas import Titled
from rapport.knowledge.search.chunking import Part
from rapport.knowledge.search.vectors.repository import literal

_NAMES_STATE = text("""
    SELECT concat_ws('/', (
        SELECT sum(hashtextextended(concat_ws('/', id, collection_id, title), 0))
        FROM articles WHERE workspace_id = :workspace_id AND status = 'published'
    ), (
        SELECT sum(hashtextextended(concat_ws('/', id, parent_id, name), 0))
        FROM collections WHERE workspace_id = :workspace_id
    ))
""")
_RANKING = text((files("rapport.knowledge.search") / "ranking.sql").read_text())


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's scores for one question. See `Passage`."""

    article_id: UUID
    bm25: float
    cosine_title: float | None
    cosine_body: float | None
    z: float
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part of a published article, and its cosine with the question where it is known."""

    id: UUID
    article_id: UUID
    title: str
    slug: str
    locale: str
    kind: str
    heading: str
    text: str
    cosine: float | None


class ChunkRepository(Repository[Chunk]):
    """Parts of the published articles of one workspace."""

    model = Chunk

    async def replace(
        self, article: Article, parts: Sequence[Part], terms: Mapping[str, int]
    ) -> None:
        """Make these the parts and terms of an article.

        A part that says what it said before stays the part it is, and keeps its vectors.
        """
        rows = [("title", Part("", article.title)), *(("body", part) for part in parts)]
        kept = await self._unchanged(article, rows)
        await self._clear(article.id, but=[chunk_id for chunk_id, _ in kept.values()])
        moved = [
            {"chunk_id": chunk_id, "place": place}
            for place, (chunk_id, before) in kept.items()
            if place != before
        ]
        new = [
            self._row(article, kind, place, part)
            for place, (kind, part) in enumerate(rows)
            if place not in kept
        ]
        connection = await self.ctx.session.connection()
        if moved:
            mine = (Chunk.workspace_id == self.ctx.workspace_id) & (
                Chunk.id == bindparam("chunk_id")
            )
            placed = update(Chunk).where(mine).values(position=bindparam("place"))
            await connection.execute(placed, moved)
        if new:
            await connection.execute(insert(Chunk), new)
        if terms:
            await connection.execute(
                text(
                    "INSERT INTO article_terms "
                    "(workspace_id, article_id, term, frequency, article_words) "
                    "SELECT :workspace_id, :article_id, term, frequency, :article_words "
                    "FROM unnest(CAST(:terms AS text[]), CAST(:counts AS integer[])) "
                    "AS t (term, frequency)"
                ),
                {
                    "workspace_id": self.ctx.workspace_id,
                    "article_id": article.id,
                    "terms": list(terms),
                    "counts": list(terms.values()),
                    "article_words": article.word_count,
                },
            )

    async def clear(self, article_id: UUID) -> None:
        """Forget an article: no search finds it any more."""
        await self._locked(article_id)
        await self._clear(article_id)

    async def rank(
        self,
        *,
        terms: Sequence[str],
        question: NDArray[np.float32] | None,
        model: str | None,
        words_weight: float,
        locales: Sequence[str] | None,
        among: Collection[UUID] | None,
        limit: int,
    ) -> list[Ranked]:
        """The articles that fit, best first; without a vector they are ranked by words alone."""
        found = await self.ctx.session.execute(
            _RANKING,
            {
                "workspace_id": self.ctx.workspace_id,
                "terms": list(terms),
                "question": None if question is None else literal(question),
                "model": model,
                "by_meaning": question is not None,
                "words_weight": words_weight,
                "locales": None if locales is None else list(locales),
                "among": None if among is None else list(among),
                "up_to": limit,
            },
        )
        return [
            Ranked(row.id, row.bm25, row.cosine_title, row.cosine_body, row.z, row.score)
            for row in found
        ]

    async def candidates(
        self,
        article_ids: Sequence[UUID],
        question: NDArray[np.float32] | None,
        model: str | None,
    ) -> list[Candidate]:
        """All parts of these articles, in order, with their cosines by the vectors of `model`."""
        cosine: Any = text("NULL")
        if question is not None:
            cosine = -ChunkVector.embedding.max_inner_product(question)
        of_model = (
            (ChunkVector.workspace_id == Chunk.workspace_id)
            & (ChunkVector.chunk_id == Chunk.id)
            & (ChunkVector.model == model)
        )
        of_article = (Article.workspace_id == Chunk.workspace_id) & (Article.id == Chunk.article_id)
        found = await self.ctx.session.execute(
            select(Chunk.id, Chunk.article_id, Article.title, Article.slug, Article.locale)
            .add_columns(Chunk.kind, Chunk.heading, Chunk.text, cosine)
            .join_from(Chunk, Article, of_article)
            .outerjoin(ChunkVector, of_model)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.article_id.in_(article_ids))
            .order_by(Chunk.article_id, Chunk.position)
        )
        return [Candidate(*row) for row in found]

    async def locales(self) -> list[str]:
        """The locales of all published articles."""
        found = await self.ctx.session.scalars(
            select(Article.locale)
            .where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
            .distinct()
        )
        return sorted(found)

    async def titles(self) -> list[Titled]:
        """The titles of all published articles, and their collections."""
        found = await self.ctx.session.execute(
            select(Article.id, Article.collection_id, Article.title)
            .where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
            .order_by(Article.id)
        )
        return [Titled(*row) for row in found]

    async def names_state(self) -> str:
        """Another one whenever a title, a collection's name or what lies in it is another."""
        mine = {"workspace_id": self.ctx.workspace_id}
        found = await self.ctx.session.execute(_NAMES_STATE, mine)
        return str(found.scalar_one())

    async def counts(self) -> tuple[int, int]:
        """Published articles, and their parts."""
        mine = self.ctx.workspace_id
        articles = select(func.count()).where(
            Article.workspace_id == mine, Article.status == "published"
        )
        parts = select(func.count()).where(Chunk.workspace_id == mine)
        row = (
            await self.ctx.session.execute(
                select(articles.scalar_subquery(), parts.scalar_subquery())
            )
        ).one()
        return row[0], row[1]

    async def _unchanged(
        self, article: Article, rows: Sequence[tuple[str, Part]]
    ) -> dict[int, tuple[UUID, int]]:
        """By their place, the parts that were there before, with their place then.

        None under another title, which is part of what a model read of every part.
        """
        before: dict[tuple[str, str, str], list[tuple[UUID, int]]] = {}
        for row in await self._locked(article.id):
            said = (row.kind, row.heading, row.text)
            before.setdefault(said, []).append((row.id, row.position))
        if ("title", "", article.title) not in before:
            return {}
        kept = {}
        for position, (kind, part) in enumerate(rows):
            if same := before.get((kind, part.heading, part.text)):
                kept[position] = same.pop()
        return kept

    async def _locked(self, article_id: UUID) -> Sequence[Row[UUID, str, str, str, int]]:
        """The parts of an article, locked in the order in which vectors are added to them."""
        found = await self.ctx.session.execute(
            select(Chunk.id, Chunk.kind, Chunk.heading, Chunk.text, Chunk.position)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.article_id == article_id)
            .order_by(Chunk.id)
            .with_for_update()
        )
        return found.all()

    async def _clear(self, article_id: UUID, *, but: Collection[UUID] = ()) -> None:
        mine = self.ctx.workspace_id
        await self.ctx.session.execute(
            delete(Chunk).where(
                Chunk.workspace_id == mine,
                Chunk.article_id == article_id,
                Chunk.id.not_in(list(but)),
            )
        )
        await self.ctx.session.execute(
            delete(ArticleTerm).where(
                ArticleTerm.workspace_id == mine, ArticleTerm.article_id == article_id
            )
        )

    def _row(self, article: Article, kind: str, position: int, part: Part) -> dict[str, Any]:
        return {
            "workspace_id": self.ctx.workspace_id,
            "id": new_id(),
            "created_at": self.ctx.now(),
            "article_id": article.id,
            "kind": kind,
            "position": position,
            "heading": part.heading,
            "text": part.text,
        }
