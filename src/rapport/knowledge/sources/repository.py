"""All the SQL about sources, their addresses, and the documents that come from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository
from rapport.kernel.schemas import decode_cursor, encode_cursor
from rapport.knowledge.models import SourceDocument
from rapport.knowledge.sources.errors import DocumentNotFound, SourceNotFound
from rapport.knowledge.sources.models import Source, SourcePage

_AT_ONCE: Final = 500


class SourceRepository(Repository[Source]):
    """Sources of one workspace."""

    model = Source
    missing = SourceNotFound

    async def page(self, *, cursor: str | None, limit: int) -> tuple[Sequence[Source], str | None]:
        """Sources, the latest first, and the cursor of the next page. Raises CursorMalformed."""
        query = self.select().order_by(Source.id.desc()).limit(limit + 1)
        if cursor is not None:
            (before,) = decode_cursor(cursor, UUID)
            query = query.where(Source.id < before)
        found = (await self.ctx.session.scalars(query)).all()
        more = encode_cursor([found[limit - 1].id]) if len(found) > limit else None
        return found[:limit], more

    async def due(self, limit: int) -> Sequence[Source]:
        """Those whose time has come and that are not being crawled, locked."""
        query = (
            self.select()
            .where(Source.next_at <= self.ctx.now())
            .where(Source.state.not_in(["queued", "running", "stopping"]))
            .order_by(Source.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self.ctx.session.scalars(query)).all()


class PageRepository(Repository[SourcePage]):
    """The addresses of the sources of one workspace."""

    model = SourcePage

    async def page(
        self, source_id: UUID, *, state: str | None, cursor: str | None, limit: int
    ) -> tuple[Sequence[SourcePage], str | None]:
        """A source's addresses in the order in which they were found. Raises CursorMalformed."""
        query = self.select().where(SourcePage.source_id == source_id)
        if state is not None:
            query = query.where(SourcePage.state == state)
        if cursor is not None:
            (after,) = decode_cursor(cursor, UUID)
            query = query.where(SourcePage.id > after)
        found = (
            await self.ctx.session.scalars(query.order_by(SourcePage.id).limit(limit + 1))
        ).all()
        more = encode_cursor([found[limit - 1].id]) if len(found) > limit else None
        return found[:limit], more

    async def next(self, source_id: UUID) -> SourcePage | None:
        """The waiting address whose turn it is."""
        query = self.select().where(
            SourcePage.source_id == source_id, SourcePage.state == "waiting"
        )
        order = (SourcePage.attempts, SourcePage.depth, SourcePage.id)
        found: SourcePage | None = await self.ctx.session.scalar(query.order_by(*order).limit(1))
        return found

    async def at(self, source_id: UUID, url: str) -> SourcePage | None:
        """What is known of an address."""
        found: SourcePage | None = await self.ctx.session.scalar(
            self.select().where(SourcePage.source_id == source_id, SourcePage.url == url)
        )
        return found

    async def put(
        self, source: Source, urls: Sequence[str], *, depth: int, is_sitemap: bool = False
    ) -> int:
        """Have addresses visited in the crawl under way; how many were not to be visited before.

        As many as the source's limit leaves room for.
        """
        wanted = iter(dict.fromkeys(urls))
        room = added = max(source.max_pages - source.found, 0)
        while room and (some := list(islice(wanted, _AT_ONCE))):
            seen = await self._seen(source, some)
            fresh = [url for url in some if url not in seen][:room]
            if fresh:
                await self._put(source, fresh, depth=depth, is_sitemap=is_sitemap)
            room -= len(fresh)
        return added - room

    async def _seen(self, source: Source, urls: Sequence[str]) -> set[str]:
        """Those that the crawl under way knows."""
        known = await self.ctx.session.scalars(
            select(SourcePage.url).where(
                SourcePage.workspace_id == self.ctx.workspace_id,
                SourcePage.source_id == source.id,
                SourcePage.url.in_(urls),
                SourcePage.crawl == source.crawl,
            )
        )
        return set(known)

    async def _put(
        self, source: Source, urls: Sequence[str], *, depth: int, is_sitemap: bool
    ) -> None:
        now = self.ctx.now()
        common: dict[str, Any] = {
            "workspace_id": self.ctx.workspace_id,
            "source_id": source.id,
            "created_at": now,
            "is_sitemap": is_sitemap,
            "depth": depth,
            "crawl": source.crawl,
            "attempts": 0,
            "state": "waiting",
            **dict.fromkeys(("reason", "detail", "etag", "last_modified"), ""),
        }
        new = insert(SourcePage).values([{**common, "id": new_id(), "url": url} for url in urls])
        again = {name: common[name] for name in ("crawl", "depth", "attempts", "state")}
        await self.ctx.session.execute(
            new.on_conflict_do_update(
                index_elements=["workspace_id", "source_id", "url"],
                set_={**again, "reason": "", "detail": ""},
            ).execution_options(synchronize_session=False)
        )

    async def revisit(self, source: Source) -> int:
        """Have every known page visited in a new crawl but those that are gone; how many.

        As many as the source's limit allows, the nearest to its beginning first.
        """
        chosen = (
            select(SourcePage.id)
            .where(
                SourcePage.workspace_id == self.ctx.workspace_id,
                SourcePage.source_id == source.id,
                SourcePage.state != "gone",
                SourcePage.is_sitemap.is_(False),
                SourcePage.crawl < source.crawl,
            )
            .order_by(SourcePage.depth, SourcePage.id)
            .limit(max(source.max_pages - source.found, 0))
        )
        return await self._change(
            SourcePage.id.in_(chosen), state="waiting", attempts=0, crawl=source.crawl
        )

    async def again(self, source: Source) -> int:
        """Have what failed in the last crawl visited once more; how many addresses that are."""
        return await self._change(
            (SourcePage.source_id == source.id) & (SourcePage.state == "failed"),
            state="waiting",
            attempts=0,
            crawl=source.crawl,
        )

    async def rest(self, source: Source) -> None:
        """Let what still waits be as if it had not been thought of: the crawl is given up."""
        waiting = (SourcePage.source_id == source.id) & (SourcePage.state == "waiting")
        await self._change(waiting & SourcePage.document_id.is_not(None), state="indexed")
        await self._change(
            waiting, state="skipped", reason="not_visited", detail="The crawl ended before it."
        )

    async def beyond(self, source: Source) -> Sequence[UUID]:
        """What is indexed of pages that the crawl had no room for any more."""
        found = await self.ctx.session.scalars(
            select(SourcePage.document_id).where(
                SourcePage.workspace_id == self.ctx.workspace_id,
                SourcePage.source_id == source.id,
                SourcePage.crawl < source.crawl,
                SourcePage.document_id.is_not(None),
            )
        )
        return [document_id for document_id in found if document_id is not None]

    async def left_out(self, source: Source) -> None:
        """Say of pages that the crawl had no room for why they are not indexed any more."""
        await self._change(
            (SourcePage.source_id == source.id)
            & (SourcePage.crawl < source.crawl)
            & SourcePage.document_id.is_not(None),
            state="skipped",
            reason="limit",
            detail="The source has more pages than its limit.",
        )

    async def _change(self, which: Any, **values: Any) -> int:
        changed = await self.ctx.session.execute(
            update(SourcePage)
            .where(SourcePage.workspace_id == self.ctx.workspace_id, which)
            .values(values)
            .returning(SourcePage.id)
            .execution_options(synchronize_session=False)
        )
        return len(changed.all())


class DocumentRepository(Repository[SourceDocument]):
    """Texts from elsewhere in one workspace."""

    model = SourceDocument
    missing = DocumentNotFound

    async def own(self, document_id: UUID, *, lock: bool = False) -> SourceDocument:
        """A file or a snippet. Raises DocumentNotFound, also for anything else."""
        found = await self.get(document_id, lock=lock)
        if found.source_id is not None or found.kind == "solved":
            raise DocumentNotFound
        return found

    async def page(
        self, *, kind: str | None, cursor: str | None, limit: int
    ) -> tuple[Sequence[SourceDocument], str | None]:
        """Files and snippets by last change, newest first. Raises CursorMalformed."""
        query = self.select().where(
            SourceDocument.source_id.is_(None), SourceDocument.kind != "solved"
        )
        if kind is not None:
            query = query.where(SourceDocument.kind == kind)
        if cursor is not None:
            when, before = decode_cursor(cursor, datetime, UUID)
            query = query.where(
                tuple_(SourceDocument.updated_at, SourceDocument.id) < tuple_(literal(when), before)
            )
        order = (SourceDocument.updated_at.desc(), SourceDocument.id.desc())
        found = (await self.ctx.session.scalars(query.order_by(*order).limit(limit + 1))).all()
        if len(found) <= limit:
            return found, None
        last = found[limit - 1]
        return found[:limit], encode_cursor([last.updated_at, last.id])

    async def with_text(
        self, source_id: UUID, content_hash: bytes, *, but: UUID | None
    ) -> SourceDocument | None:
        """Another document of the source that says exactly the same."""
        query = self.select().where(
            SourceDocument.source_id == source_id, SourceDocument.content_hash == content_hash
        )
        if but is not None:
            query = query.where(SourceDocument.id != but)
        found: SourceDocument | None = await self.ctx.session.scalar(query.limit(1))
        return found

    async def count(self, source_id: UUID) -> int:
        """How many pages of a source are indexed."""
        counted = select(func.count()).where(
            SourceDocument.workspace_id == self.ctx.workspace_id,
            SourceDocument.source_id == source_id,
        )
        return int(await self.ctx.session.scalar(counted) or 0)

    async def open_to(self, source_id: UUID, audience: str) -> None:
        """Say who may read a source's pages, of all of them at once."""
        await self.ctx.session.execute(
            update(SourceDocument)
            .where(
                SourceDocument.workspace_id == self.ctx.workspace_id,
                SourceDocument.source_id == source_id,
            )
            .values(audience=audience)
            .execution_options(synchronize_session=False)
        )

    async def drop(self, ids: Sequence[UUID]) -> None:
        """Take documents out of every search; their parts and terms go with them."""
        await self.ctx.session.execute(
            delete(SourceDocument).where(
                SourceDocument.workspace_id == self.ctx.workspace_id, SourceDocument.id.in_(ids)
            )
        )
