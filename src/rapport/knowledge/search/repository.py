"""The SQL of searching: what is indexed, what still has no embedding, and which documents fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update

from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.knowledge.models import (
    Article,
    ArticleTerm,
    Chunk,
    ChunkVector,
    SourceDocument,
    documents,
)
from rapport.knowledge.schemas import DocumentKind, Solved, Titled
from rapport.knowledge.search.chunking import Part
from rapport.knowledge.search.vectors.repository import literal

_NAMES_STATE = text("""
    SELECT concat_ws('/', (
        SELECT sum(hashtextextended(concat_ws('/', id, collection_id, title), 0))
        FROM documents
        WHERE workspace_id = :workspace_id AND audience = 'public' AND kind <> 'solved'
    ), (
        SELECT sum(hashtextextended(concat_ws('/', id, parent_id, name), 0))
        FROM collections WHERE workspace_id = :workspace_id
    ))
""")
_OF_DOCUMENT = (documents.c.workspace_id == Chunk.workspace_id) & (
    documents.c.id == Chunk.article_id
)
_RANKING = text((files("rapport.knowledge.search") / "ranking.sql").read_text())


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document's scores for one question. See `Passage`."""

    article_id: UUID
    bm25: float
    cosine_title: float | None
    cosine_body: float | None
    z: float
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A part of a document, and its cosine with the question where it is known."""

    id: UUID
    article_id: UUID
    document_kind: DocumentKind
    title: str
    slug: str
    url: str | None
    locale: str
    kind: str
    heading: str
    text: str
    updated_at: datetime
    cosine: float | None


class ChunkRepository(Repository[Chunk]):
    """Parts of the documents of one workspace."""

    model = Chunk

    async def replace(
        self, article: Article | SourceDocument, parts: Sequence[Part], terms: Mapping[str, int]
    ) -> None:
        """Make these the parts and terms of a document.

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
        """Forget a document: no search finds it any more."""
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
        with_internal: bool,
        solved: Solved,
        limit: int,
    ) -> list[Ranked]:
        """The documents that fit, best first; without a vector they are ranked by words alone."""
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
                "with_internal": with_internal,
                "solved": solved,
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
        """All parts of these documents, in order, with their cosines by the vectors of `model`."""
        cosine: Any = text("NULL")
        if question is not None:
            cosine = -ChunkVector.embedding.max_inner_product(question)
        of_model = (
            (ChunkVector.workspace_id == Chunk.workspace_id)
            & (ChunkVector.chunk_id == Chunk.id)
            & (ChunkVector.model == model)
        )
        of = documents.c
        found = await self.ctx.session.execute(
            select(Chunk.id, Chunk.article_id, of.kind, of.title, of.slug, of.url, of.locale)
            .add_columns(Chunk.kind, Chunk.heading, Chunk.text, of.updated_at, cosine)
            .join_from(Chunk, documents, _OF_DOCUMENT)
            .outerjoin(ChunkVector, of_model)
            .where(Chunk.workspace_id == self.ctx.workspace_id, Chunk.article_id.in_(article_ids))
            .where(of.workspace_id == self.ctx.workspace_id, of.id.in_(article_ids))
            .order_by(Chunk.article_id, Chunk.position)
        )
        return [Candidate(*row) for row in found]

    async def locales(self, *, with_internal: bool = True, with_solved: bool = True) -> list[str]:
        """The locales of all documents, or without those for colleagues or of conversations."""
        query = select(documents.c.locale).where(documents.c.workspace_id == self.ctx.workspace_id)
        if not with_internal:
            query = query.where(documents.c.audience == "public")
        if not with_solved:
            query = query.where(documents.c.kind != "solved")
        return sorted(await self.ctx.session.scalars(query.distinct()))

    async def titles(self) -> list[Titled]:
        """The titles of documents for everybody (a question names nothing), with collections."""
        of = documents.c
        found = await self.ctx.session.execute(
            select(of.id, of.collection_id, of.title)
            .where(of.workspace_id == self.ctx.workspace_id)
            .where(of.audience == "public", of.kind != "solved")
            .order_by(of.id)
        )
        return [Titled(*row) for row in found]

    async def text_of(self, document_id: UUID) -> str | None:
        """The whole text of a document, as Markdown; None when there is none of that id."""
        found: str | None = await self.ctx.session.scalar(
            select(documents.c.body).where(
                documents.c.workspace_id == self.ctx.workspace_id, documents.c.id == document_id
            )
        )
        return found

    async def names_state(self) -> str:
        """Another one whenever a title, a collection's name or what lies in it is another."""
        mine = {"workspace_id": self.ctx.workspace_id}
        found = await self.ctx.session.execute(_NAMES_STATE, mine)
        return str(found.scalar_one())

    async def counts(self) -> tuple[int, int]:
        """Published articles, and the parts of all documents."""
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
        self, article: Article | SourceDocument, rows: Sequence[tuple[str, Part]]
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
        """The parts of a document, locked in the order in which vectors are added to them."""
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

    def _row(
        self, article: Article | SourceDocument, kind: str, position: int, part: Part
    ) -> dict[str, Any]:
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
