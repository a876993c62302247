"""Sources over HTTP, and by the worker."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from rapport.kernel import jobs
from rapport.kernel.audit.models import AuditRecord
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.events import log
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings
from rapport.knowledge.sources.presenters import present
from tests.conftest import Begin
from tests.knowledge.sources.site import Site
from tests.make.auth import browser, person

WHERE = "/v1/knowledge/sources"


@pytest.fixture
def allowed(database: Database, settings: Settings, site: Site) -> Site:
    """The site, which the administrator allows."""
    own = settings.model_copy(update={"egress_allow": [site.pair], "crawl_delay_s": 0.0})
    database.ports.provide(Settings, own)
    site.page("/", "Help", "<p>Welcome to the help.</p>", "/delivery")
    site.page("/delivery", "Delivery", "<p>Parcels to islands take six days.</p>", "/gone")
    return site


@pytest.fixture
async def strangers_browser(
    knowledge_app: FastAPI, database: Database, stranger: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(knowledge_app, await person(database, stranger)) as client:
        yield client


async def made(client: httpx.AsyncClient, site: Site, **over: Any) -> dict[str, Any]:
    body = {"name": "Tarn", "start_url": site.url("/"), **over}
    answer = await client.post(WHERE, json=body)
    assert answer.status_code == 201, answer.text
    source: dict[str, Any] = answer.json()
    return source


async def test_a_source_lives_its_life_over_http(
    agent_browser: httpx.AsyncClient, database: Database, allowed: Site, begin: Begin
) -> None:
    source = await made(agent_browser, allowed, every_hours=None)
    here = f"{WHERE}/{source['id']}"

    started = (await agent_browser.post(f"{here}/crawl")).json()
    twice = await agent_browser.post(f"{here}/crawl")
    await jobs.run(database, wait=False)
    done = (await agent_browser.get(here)).json()
    first = (await agent_browser.get(f"{here}/pages", params={"limit": 2})).json()
    rest = await agent_browser.get(f"{here}/pages", params={"limit": 2, "cursor": first["next"]})
    indexed = (await agent_browser.get(f"{here}/pages?state=indexed")).json()
    found = (await agent_browser.get("/v1/knowledge/search?q=islands")).json()
    changed = (await agent_browser.patch(here, json={"name": "Help", "max_pages": 9})).json()
    retried = (await agent_browser.post(f"{here}/retry")).json()
    stopped = (await agent_browser.post(f"{here}/cancel")).json()
    again = await agent_browser.post(f"{here}/cancel")
    await jobs.run(database, wait=False)
    listed = (await agent_browser.get(WHERE)).json()

    assert (source["state"], source["next_at"]) == ("new", None)
    assert (started["state"], started["found"]) == ("queued", 1)
    assert (twice.status_code, twice.json()["code"]) == (409, "crawl_under_way")
    assert (done["state"], done["found"], done["done"], done["indexed"]) == ("done", 3, 3, 2)
    assert [page["state"] for page in first["items"]] == ["indexed", "indexed"]
    (gone,) = rest.json()["items"]
    assert (gone["state"], gone["reason"]) == ("gone", "gone")
    assert gone["detail"] == "The page is not there any more (status 404)."
    assert len(indexed["items"]) == 2
    (hit,) = found["results"]
    assert (hit["kind"], hit["url"]) == ("page", allowed.url("/delivery"))
    assert (changed["name"], changed["max_pages"]) == ("Help", 9)
    assert (retried["state"], stopped["state"]) == ("queued", "stopping")
    assert again.json()["code"] == "nothing_to_cancel"
    assert [one["state"] for one in listed["items"]] == ["cancelled"]
    assert (await agent_browser.delete(here)).status_code == 204
    assert (await agent_browser.get(here)).json()["code"] == "source_not_found"
    async with begin() as ctx:
        verbs = select(AuditRecord.verb).where(AuditRecord.workspace_id == ctx.workspace_id)
        kept = [v for v in await ctx.session.scalars(verbs) if v.startswith("source.")]
    assert sorted(kept) == [
        "source.changed",
        "source.crawl_cancelled",
        "source.crawl_retried",
        "source.crawl_started",
        "source.created",
        "source.deleted",
    ]


async def test_a_crawl_in_several_turns_is_gone_on_with_by_the_worker(
    agent_browser: httpx.AsyncClient, database: Database, allowed: Site
) -> None:
    links = [f"/p{n}" for n in range(40)]
    allowed.page("/", "Help", "<p>Hi.</p>", *links)
    for n, link in enumerate(links):
        allowed.page(link, f"Page {n}", f"<p>Number {n}.</p>")
    source = await made(agent_browser, allowed)

    await agent_browser.post(f"{WHERE}/{source['id']}/crawl")
    for _ in range(2):  # a worker that does not wait leaves what is queued behind itself
        await jobs.run(database, wait=False)

    done = (await agent_browser.get(f"{WHERE}/{source['id']}")).json()
    assert (done["state"], done["done"], done["indexed"]) == ("done", 41, 41)
    assert done["next_at"] is not None


async def test_an_address_can_be_tried_and_nothing_is_kept(
    agent_browser: httpx.AsyncClient, allowed: Site
) -> None:
    source = await made(agent_browser, allowed)
    here = f"{WHERE}/{source['id']}"

    tried = await agent_browser.post(f"{here}/try", json={"url": allowed.url("/delivery")})
    outside = await agent_browser.post(f"{here}/try", json={"url": "https://other.example/"})
    missing = await agent_browser.post(f"{here}/try", json={"url": allowed.url("/none")})

    shown = tried.json()
    assert (shown["state"], shown["title"], shown["parts"]) == ("indexed", "Delivery", 1)
    assert shown["body"] == "Parcels to islands take six days."
    assert shown["links"] == [allowed.url("/gone")]
    assert (outside.status_code, outside.json()["code"]) == (422, "address_outside")
    assert missing.json()["state"] == "gone"
    assert (await agent_browser.get(f"{here}/pages")).json()["items"] == []
    assert (await agent_browser.get("/v1/knowledge/search?q=islands")).json()["results"] == []


async def test_files_and_snippets_live_their_life_over_http(
    agent_browser: httpx.AsyncClient,
) -> None:
    sent = {"file": ("price_list.csv", b"Plan,Price\nBasic,3\n", "text/csv")}
    uploaded = await agent_browser.post("/v1/knowledge/files?audience=internal", files=sent)
    pdf = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    refused = await agent_browser.post("/v1/knowledge/files", files=pdf)
    large = {"file": ("a.txt", b"x" * 2_200_000, "text/plain")}
    too_large = await agent_browser.post("/v1/knowledge/files", files=large)
    snippet = await agent_browser.post(
        "/v1/knowledge/snippets", json={"title": "Dogs?", "body": "Welcome."}
    )
    here = f"/v1/knowledge/documents/{snippet.json()['id']}"
    changed = await agent_browser.patch(here, json={"audience": "internal"})
    listed = (await agent_browser.get("/v1/knowledge/documents")).json()["items"]
    files = (await agent_browser.get("/v1/knowledge/documents?kind=file")).json()["items"]

    assert uploaded.status_code == 201, uploaded.text
    assert uploaded.json()["body"] == "Plan: Basic; Price: 3"
    assert (uploaded.json()["title"], uploaded.json()["audience"]) == ("price list", "internal")
    assert (refused.status_code, refused.json()["code"]) == (422, "text_unreadable")
    assert "Save a PDF" in refused.json()["detail"]
    assert too_large.status_code == 413
    assert changed.json()["audience"] == "internal"
    assert (await agent_browser.get(here)).json()["body"] == "Welcome."
    assert [one["kind"] for one in listed] == ["snippet", "file"]
    assert [one["file_name"] for one in files] == ["price_list.csv"]
    assert (await agent_browser.delete(here)).status_code == 204
    assert (await agent_browser.get(here)).json()["code"] == "document_not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"start_url": "ftp://a.example/"},
        {"start_url": "https://user:pass@a.example/"},
        {"hosts": ["https://a.example"]},
        {"hosts": ["a.example/x"]},
        {"include": ["no-slash"]},
        {"max_pages": 5_001},
        {"audience": "everybody"},
        {"locale": "<b>"},
        {"workspace_id": str(new_id())},
    ],
)
async def test_bad_input_is_refused(
    agent_browser: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    body = {"name": "x", "start_url": "https://a.example/"} | wrong

    answer = await agent_browser.post(WHERE, json=body)

    assert answer.status_code == 422, answer.text


async def test_another_workspace_reaches_nothing(
    agent_browser: httpx.AsyncClient, strangers_browser: httpx.AsyncClient, allowed: Site
) -> None:
    source = await made(agent_browser, allowed)
    body = {"title": "Dogs?", "body": "Welcome."}
    snippet = (await agent_browser.post("/v1/knowledge/snippets", json=body)).json()
    here, text = f"{WHERE}/{source['id']}", f"/v1/knowledge/documents/{snippet['id']}"

    answers = [
        await strangers_browser.get(here),
        await strangers_browser.patch(here, json={"name": "mine"}),
        await strangers_browser.delete(here),
        await strangers_browser.get(f"{here}/pages"),
        *[await strangers_browser.post(f"{here}/{verb}") for verb in ("crawl", "cancel", "retry")],
        await strangers_browser.post(f"{here}/try", json={"url": allowed.url("/")}),
        await strangers_browser.get(text),
        await strangers_browser.patch(text, json={"title": "mine"}),
        await strangers_browser.delete(text),
    ]

    assert [answer.status_code for answer in answers] == [404] * 11
    assert allowed.asked == []
    for path in (WHERE, "/v1/knowledge/documents"):
        assert (await strangers_browser.get(path)).json()["items"] == []
        assert len((await agent_browser.get(path)).json()["items"]) == 1


async def test_who_may_only_read_changes_nothing(
    knowledge_app: FastAPI, database: Database, workspace: UUID, allowed: Site
) -> None:
    async with browser(
        knowledge_app, await person(database, workspace, Role.LIGHT_AGENT)
    ) as client:
        one = f"{WHERE}/{new_id()}"
        sent = {"file": ("a.txt", b"x", "text/plain")}
        refused = [
            await client.post(WHERE, json={"name": "x", "start_url": allowed.url("/")}),
            await client.post(f"{one}/try", json={"url": allowed.url("/")}),
            await client.post(f"{one}/crawl"),
            await client.post("/v1/knowledge/files", files=sent),
            await client.post("/v1/knowledge/snippets", json={"title": "x", "body": "y"}),
        ]
        listed = await client.get(WHERE)

    assert [answer.status_code for answer in refused] == [403] * 5
    assert listed.status_code == 200


async def test_consoles_hear_of_sources_and_documents(
    agent_browser: httpx.AsyncClient, allowed: Site, database: Database, workspace: UUID
) -> None:
    source = await made(agent_browser, allowed)
    body = {"title": "Dogs?", "body": "Welcome."}
    snippet = (await agent_browser.post("/v1/knowledge/snippets", json=body)).json()
    gone = (await agent_browser.post("/v1/knowledge/snippets", json=body)).json()
    await agent_browser.delete(f"/v1/knowledge/documents/{gone['id']}")

    async with database.begin(workspace, SYSTEM) as ctx:
        records = await log.of_workspace(ctx, log.BEGINNING)
        told = await present(ctx, [r for r in records if r.name.startswith("knowledge.")])

    assert {delivery.topic for delivery in told} == {"workspace"}
    bodies = [delivery.body for delivery in told]
    assert str(bodies[0]["source"].id) == source["id"]
    assert str(bodies[1]["document"].id) == snippet["id"]
    assert bodies[2] == {"deleted_id": gone["id"]}
