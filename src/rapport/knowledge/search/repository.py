"""The SQL of searching: what is indexed, what still has no embedding, and which articles fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.knowledge.models import Article, ArticleTerm, Chunk
from rapport.knowledge.search.chunking import Part

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
    """A part of an article, and its cosine with the question where it is known."""

    id: UUID
    article_id: UUID
    kind: str
    heading: str
    text: str
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A part that awaits its embedding, and the title it stands under."""

    id: UUID
    title: str
    part: Part
    is_title: bool


class ChunkRepository(Repository[Chunk]):
    """Parts of the published articles of one workspace."""

    model = Chunk

    async def replace(
        self, article: Article, parts: Sequence[Part], terms: Mapping[str, int]
    ) -> None:
        """Make these the parts and terms of an article, keeping embeddings of unchanged parts."""
        kept = await self._embeddings(article.id)
        if ("title", "", article.title) not in kept:
            kept = {}  # the title is part of what the model read of every part
        await self.clear(article.id)
        rows = [
            self._row(article, kind, position, part, kept)
            for position, (kind, part) in enumerate(
                [("title", Part("", article.title)), *(("body", part) for part in parts)]
            )
        ]
        connection = await self.ctx.session.connection()
        await connection.execute(insert(Chunk), rows)
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
        for table in (Chunk, ArticleTerm):
            await self.ctx.session.execute(
                delete(table).where(
                    table.workspace_id == self.ctx.workspace_id, table.article_id == article_id
                )
            )

    async def rank(
        self,
        *,
        terms: Sequence[str],
        question: NDArray[np.float32] | None,
        model: str | None,
        words_weight: float,
        locales: Sequence[str] | None,
        limit: int,
    ) -> list[Ranked]:
        """The articles that fit, best first; without a vector they are ranked by words alone."""
        found = await self.ctx.session.execute(
            _RANKING,
            {
                "workspace_id": self.ctx.workspace_id,
                "terms": list(terms),
                "question": None if question is None else _literal(question),
                "model": model,
                "by_meaning": question is not None,
                "words_weight": words_weight,
                "locales": None if locales is None else list(locales),
                "up_to": limit,
            },
        )
        return [
            Ranked(row.id, row.bm25, row.cosine_title, row.cosine_body, row.z, row.score)
            for row in found
        ]

    async def candidates(
        self, article_ids: Sequence[UUID], question: NDArray[np.float32] | None
    ) -> list[Candidate]:
        """All parts of these articles, in order, with their cosines."""
        cosine: Any = (
            -Chunk.embedding.max_inner_product(question) if question is not None else text("NULL")
        )
        found = await self.ctx.session.execute(
            select(Chunk.id, Chunk.article_id, Chunk.kind, Chunk.heading, Chunk.text, cosine)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.article_id.in_(article_ids))
            .order_by(Chunk.article_id, Chunk.position)
        )
        return [Candidate(*row) for row in found]

    async def pending(
        self, locales: Sequence[str], *, article_id: UUID | None = None, limit: int
    ) -> list[Pending]:
        """Parts in these locales that have no embedding yet, article by article."""
        query = (
            select(Chunk.id, Article.title, Chunk.heading, Chunk.text, Chunk.kind)
            .join_from(
                Chunk,
                Article,
                (Article.workspace_id == Chunk.workspace_id) & (Article.id == Chunk.article_id),
            )
            .where(
                Chunk.workspace_id == self.ctx.workspace_id,
                Chunk.model.is_(None),
                Article.locale.in_(locales),
            )
        )
        if article_id is not None:
            query = query.where(Chunk.article_id == article_id)
        found = await self.ctx.session.execute(
            query.order_by(Chunk.article_id, Chunk.position).limit(limit)
        )
        return [
            Pending(row.id, row.title, Part(row.heading, row.text), row.kind == "title")
            for row in found
        ]

    async def store(self, ids: Sequence[UUID], vectors: NDArray[np.float32], *, model: str) -> None:
        """Keep the embeddings of parts; parts that have gone meanwhile are passed over."""
        connection = await self.ctx.session.connection()
        await connection.execute(
            update(Chunk)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.id == bindparam("chunk_id"))
            .values(embedding=bindparam("vector"), model=model),
            [{"chunk_id": id_, "vector": vector} for id_, vector in zip(ids, vectors, strict=True)],
        )

    async def forget_other_models(self, model: str) -> int:
        """Drop embeddings another model made, so that they are made anew; returns how many."""
        dropped = await self.ctx.session.scalars(
            update(Chunk)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.model != model)
            .values(embedding=None, model=None)
            .returning(Chunk.id)
        )
        return len(dropped.all())

    async def locales(self) -> list[str]:
        """The locales of all published articles."""
        found = await self.ctx.session.scalars(
            select(Article.locale)
            .where(Article.workspace_id == self.ctx.workspace_id, Article.status == "published")
            .distinct()
        )
        return sorted(found)

    async def counts(self, locales: Sequence[str]) -> tuple[int, int, int]:
        """Published articles, their parts, and the parts in `locales` without an embedding."""
        mine = self.ctx.workspace_id
        articles = select(func.count()).where(
            Article.workspace_id == mine, Article.status == "published"
        )
        parts = select(func.count()).where(Chunk.workspace_id == mine)
        waiting = (
            select(func.count())
            .select_from(Chunk)
            .join(
                Article,
                (Article.workspace_id == Chunk.workspace_id) & (Article.id == Chunk.article_id),
            )
            .where(Chunk.workspace_id == mine, Chunk.model.is_(None), Article.locale.in_(locales))
        )
        row = (
            await self.ctx.session.execute(
                select(
                    articles.scalar_subquery(), parts.scalar_subquery(), waiting.scalar_subquery()
                )
            )
        ).one()
        return row[0], row[1], row[2]

    async def _embeddings(self, article_id: UUID) -> dict[tuple[str, str, str], tuple[Any, str]]:
        found = await self.ctx.session.execute(
            select(Chunk.kind, Chunk.heading, Chunk.text, Chunk.embedding, Chunk.model).where(
                Chunk.workspace_id == self.ctx.workspace_id,
                Chunk.article_id == article_id,
                Chunk.model.is_not(None),
            )
        )
        return {(row[0], row[1], row[2]): (row[3], row[4]) for row in found}

    def _row(
        self,
        article: Article,
        kind: str,
        position: int,
        part: Part,
        kept: Mapping[tuple[str, str, str], tuple[Any, str]],
    ) -> dict[str, Any]:
        embedding, model = kept.get((kind, part.heading, part.text), (None, None))
        return {
            "workspace_id": self.ctx.workspace_id,
            "id": new_id(),
            "created_at": self.ctx.now(),
            "article_id": article.id,
            "kind": kind,
            "position": position,
            "heading": part.heading,
            "text": part.text,
            "embedding": embedding,
            "model": model,
        }


def _literal(vector: NDArray[np.float32]) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
