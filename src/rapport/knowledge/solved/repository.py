"""The SQL of documents that solved conversations left."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, text, update

from rapport.kernel.repository import Repository
from rapport.knowledge.models import SourceDocument

_PUBLIC_TERMS: Final = text("""
    SELECT w.term FROM unnest(CAST(:terms AS text[])) AS w (term)
    WHERE EXISTS (
        SELECT FROM article_terms t
        JOIN documents d ON d.workspace_id = t.workspace_id AND d.id = t.article_id
        WHERE t.workspace_id = :workspace_id AND t.term = w.term
          AND d.audience = 'public' AND d.kind <> 'solved'
    )
""")


class SolvedDocumentRepository(Repository[SourceDocument]):
    """Documents of the kind `solved` in one workspace."""

    model = SourceDocument

    async def keep(
        self,
        document_id: UUID,
        *,
        title: str,
        body: str,
        locale: str,
        audience: str,
        solved_at: datetime,
    ) -> SourceDocument:
        """A new document of this id."""
        return await self.add(
            id=document_id,
            source_id=None,
            kind="solved",
            title=title,
            url=None,
            file_name=None,
            locale=locale,
            audience=audience,
            body=body,
            word_count=0,
            content_hash=b"",
            updated_at=solved_at,
        )

    async def drop(self, ids: Collection[UUID]) -> None:
        """Delete documents; their parts and terms go with them."""
        await self.ctx.session.execute(
            delete(SourceDocument).where(
                SourceDocument.workspace_id == self.ctx.workspace_id,
                SourceDocument.kind == "solved",
                SourceDocument.id.in_(list(ids)),
            )
        )

    async def open_to(self, audience: str) -> None:
        """Give all of them this audience."""
        await self.ctx.session.execute(
            update(SourceDocument)
            .where(
                SourceDocument.workspace_id == self.ctx.workspace_id,
                SourceDocument.kind == "solved",
                SourceDocument.audience != audience,
            )
            .values(audience=audience)
            .execution_options(synchronize_session=False)
        )

    async def public_terms(self, terms: Collection[str]) -> set[str]:
        """Those of some terms that a document for everybody has."""
        values = {"workspace_id": self.ctx.workspace_id, "terms": list(terms)}
        return set(await self.ctx.session.scalars(_PUBLIC_TERMS, values))
