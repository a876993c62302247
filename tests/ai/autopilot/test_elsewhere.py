"""Answers from what comes from elsewhere: pages of a real site, files, snippets."""

from rapport.ai.autopilot import service
from rapport.knowledge import jobs
from rapport.knowledge.sources import documents
from rapport.knowledge.sources import service as sources
from rapport.knowledge.sources.crawling.running import crawl
from rapport.knowledge.sources.schemas import SnippetIn, SourceIn
from tests.ai.autopilot.conftest import Desk
from tests.knowledge.sources.site import Site

ISLANDS = """<p>Parcels to islands take six working days and cost the same.
<img src="https://evil.example/pixel.png"> See <a href="https://evil.example/">this offer</a>.</p>
"""
ASKED = "How long do parcels to islands take?"


async def crawled(desk: Desk, site: Site, **over: str) -> None:
    async with desk.begin() as ctx:
        new = SourceIn.model_validate({"name": "Tarn", "start_url": site.url("/"), **over})
        source = await sources.create_source(ctx, new)
        await sources.start(ctx, source.id)
    async with site.web() as web:
        await crawl(desk.database, desk.workspace_id, source.id, web)
    await jobs.catch_up(desk.database, desk.workspace_id)


async def test_an_answer_quotes_a_page_by_its_title_and_address(desk: Desk) -> None:
    async with Site() as site:
        site.page("/", "Parcels to islands", ISLANDS)
        await crawled(desk, site)

        await desk.ask(ASKED)

    question, told = await desk.said()
    assert question.body == ASKED
    assert "six working days" in told.body
    assert "evil.example" not in told.body
    (card,) = told.cards
    (source,) = card["sources"]
    assert (source["title"], source["url"]) == ("Parcels to islands", site.url("/"))
    (answer,) = await desk.answers()
    assert (answer.decision, answer.candidates[0]["used"]) == ("answered", True)
    async with desk.begin() as ctx:
        assert (await service.answers_in(ctx, answer.conversation_id))[0].candidates[0].used


async def test_an_internal_page_is_never_quoted_to_a_customer(desk: Desk) -> None:
    async with Site() as site:
        site.page("/", "Parcels to islands", ISLANDS)
        await crawled(desk, site, audience="internal")

        await desk.ask(ASKED)

    assert await desk.handler() == "none"
    for message in (await desk.said())[1:]:
        assert "six working days" not in message.body
        assert site.pair not in message.body
    (answer,) = await desk.answers()
    assert answer.decision == "handed_over"
    assert "Parcels to islands" not in str(answer.candidates)


async def test_a_snippet_is_quoted_by_its_title_alone(desk: Desk) -> None:
    async with desk.begin() as ctx:
        text = "Parcels to islands take six working days."
        await documents.create_snippet(ctx, SnippetIn(title="Parcels to islands", body=text))
    await jobs.catch_up(desk.database, desk.workspace_id)

    await desk.ask(ASKED)

    _, told = await desk.said()
    assert "six working days" in told.body
    (source,) = told.cards[0]["sources"]
    assert (source["title"], source["url"]) == ("Parcels to islands", None)


async def test_what_was_deleted_is_not_answered_from_any_more(desk: Desk) -> None:
    async with desk.begin() as ctx:
        text = "Parcels to islands take six working days."
        snippet = await documents.create_snippet(
            ctx, SnippetIn(title="Parcels to islands", body=text)
        )
        await documents.delete_document(ctx, snippet.id)
    await jobs.catch_up(desk.database, desk.workspace_id)

    await desk.ask(ASKED)

    assert await desk.handler() == "none"
