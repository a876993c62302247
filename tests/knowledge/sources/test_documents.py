"""Files and snippets, and who finds what comes from elsewhere."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from rapport.inference.fake import FakeEmbedder
from rapport.kernel.context import SYSTEM
from rapport.knowledge import service as knowledge
from rapport.knowledge.search import indexing
from rapport.knowledge.sources import documents
from rapport.knowledge.sources.errors import DocumentNotFound
from rapport.knowledge.sources.events import DocumentChanged
from rapport.knowledge.sources.listeners import embed_changed
from rapport.knowledge.sources.reading.page import Text
from rapport.knowledge.sources.schemas import DocumentPatch, SnippetIn
from tests.conftest import Begin
from tests.knowledge.sources.conftest import Desk
from tests.knowledge.sources.site import Site
from tests.make.knowledge import article

DOG = SnippetIn(title="May I bring my dog?", body="Dogs are welcome in our shops.")


async def test_a_snippet_is_found_changed_and_forgotten(desk: Desk) -> None:
    async with desk.begin() as ctx:
        snippet = await documents.create_snippet(ctx, DOG)
    found = await desk.find("dogs")
    async with desk.begin() as ctx:
        await documents.change_document(ctx, snippet.id, DocumentPatch(body="Cats are welcome."))
    changed = [await desk.titles("dogs welcome"), (await desk.find("cats"))[0].text]
    async with desk.begin() as ctx:
        await documents.delete_document(ctx, snippet.id)

    assert [(p.kind, p.title, p.url, p.slug) for p in found] == [
        ("snippet", "May I bring my dog?", "", "")
    ]
    assert changed == [["May I bring my dog?"], "Cats are welcome."]
    assert await desk.find("cats") == []


async def test_one_search_ranks_articles_pages_files_and_snippets(desk: Desk, site: Site) -> None:
    site.page("/", "Opening hours", "<p>The shop opens at nine.</p>")
    await desk.set_up()
    await desk.crawl()
    async with desk.begin() as ctx:
        await article(ctx, "Opening a tent", body="Open the zip.")
        await documents.create_snippet(ctx, SnippetIn(title="Opening a shop", body="Write to us."))
        text_of_file = Text("Opening speech", "Dear friends.")
        await documents.create_file(
            ctx, text_of_file, file_name="speech.txt", locale="en", audience="public"
        )

    found = {(p.kind, p.title) for p in await desk.find("opening")}

    assert found == {
        ("article", "Opening a tent"),
        ("page", "Opening hours"),
        ("file", "Opening speech"),
        ("snippet", "Opening a shop"),
    }


async def test_what_is_internal_is_found_by_those_who_work_here_alone(
    desk: Desk, site: Site
) -> None:
    site.page("/", "Margins", "<p>Our margin on tents is forty percent.</p>")
    await desk.set_up(audience="internal")
    await desk.crawl()
    async with desk.begin() as ctx:
        await documents.create_snippet(
            ctx, SnippetIn(title="Margin on boots", body="Thirty.", audience="internal")
        )
        named = await knowledge.titles(ctx)

    assert await desk.find("margin") == []
    assert await desk.titles("margin", "internal") == ["Margins", "Margin on boots"]
    assert named == []
    async with desk.begin() as ctx:
        assert (await knowledge.search(ctx, "margin")).results == []


async def test_who_may_read_a_source_changes_at_once(desk: Desk, site: Site) -> None:
    site.page("/", "Margins", "<p>Our margin is forty percent.</p>")
    await desk.set_up()
    await desk.crawl()
    before = await desk.titles("margin")

    await desk.change(audience="internal")

    assert (before, await desk.titles("margin")) == (["Margins"], [])


async def test_a_language_in_which_there_is_internal_text_only_hides_nothing(desk: Desk) -> None:
    async with desk.begin() as ctx:
        await article(ctx, "Returns", body="Send it back.")
        hidden = SnippetIn(title="Marge", body="Vierzig.", locale="de", audience="internal")
        await documents.create_snippet(ctx, hidden)

        found = await knowledge.retrieve(ctx, "returns", locale="de")

    assert [p.title for p in found] == ["Returns"]


async def test_a_stranger_finds_and_reaches_nothing(desk: Desk, stranger: UUID) -> None:
    async with desk.begin() as ctx:
        snippet = await documents.create_snippet(ctx, DOG)

    async with desk.begin(workspace_id=stranger) as ctx:
        assert await knowledge.retrieve(ctx, "dogs", audience="internal") == []
        assert await knowledge.document_text(ctx, snippet.id) is None
        with pytest.raises(DocumentNotFound):
            await documents.get_document(ctx, snippet.id)


async def test_a_page_is_neither_changed_nor_deleted_by_itself(desk: Desk, site: Site) -> None:
    site.page("/", "Hours", "<p>The shop opens at nine.</p>")
    await desk.set_up()
    await desk.crawl()
    page_id = (await desk.find("shop"))[0].article_id

    async with desk.begin() as ctx:
        with pytest.raises(DocumentNotFound):
            await documents.delete_document(ctx, page_id)


async def test_a_snippet_is_embedded_when_the_log_tells_of_it(
    desk: Desk, embedder: FakeEmbedder
) -> None:
    async with desk.begin() as ctx:
        snippet = await documents.create_snippet(ctx, DOG)
        other = await documents.create_snippet(ctx, SnippetIn(title="Cats", body="No."))
    async with desk.begin(SYSTEM) as ctx:
        await embed_changed(ctx, DocumentChanged(document_id=snippet.id), None)  # type: ignore[arg-type]
        waiting = await indexing.waiting(ctx)

    assert len(embedder.calls) == 1
    assert [part.title for part in waiting[0].parts] == ["Cats", "Cats"]
    assert other.id != snippet.id
    (found,) = [p for p in await desk.find("dogs") if p.title == DOG.title]
    assert found.cosine is not None


async def test_a_deleted_article_takes_its_parts_and_words_along(begin: Begin) -> None:
    async with begin() as ctx:
        made = await article(ctx, "Returns", body="Send it back.")
        await knowledge.delete_article(ctx, made.id)

        for table in ("chunks", "article_terms"):
            assert await ctx.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_the_help_centre_lists_what_has_an_address(
    desk: Desk, site: Site, public: httpx.AsyncClient
) -> None:
    site.page("/", "Dogs in the shop", "<p>Dogs sleep under the counter.</p>")
    await desk.set_up()
    await desk.crawl()
    async with desk.begin() as ctx:
        await documents.create_snippet(ctx, DOG)

    found = await public.get(f"/help/w/{desk.workspace_id}/search", params={"q": "dogs"})

    assert f'href="{site.url("/")}"' in found.text
    assert DOG.title not in found.text
