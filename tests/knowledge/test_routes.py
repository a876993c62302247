from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.inference.fake import FakeEmbedder
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Begin
from tests.make import knowledge as make
from tests.make.auth import browser, person


async def test_an_article_lives_its_life_over_http(agent_browser: httpx.AsyncClient) -> None:
    shelf = (await agent_browser.post("/v1/collections", json={"name": "Orders"})).json()
    made = await agent_browser.post(
        "/v1/articles",
        json={"title": "Returns", "body": "**30** days", "collection_id": shelf["id"]},
    )
    article = made.json()
    where = f"/v1/articles/{article['id']}"

    published = (await agent_browser.post(f"{where}/publish")).json()
    changed = (await agent_browser.patch(where, json={"body": "60 days"})).json()
    versions = (await agent_browser.get(f"{where}/versions")).json()
    restored = (await agent_browser.post(f"{where}/versions/1/restore")).json()
    listed = (await agent_browser.get("/v1/articles", params={"q": "ret"})).json()
    found = (await agent_browser.get("/v1/knowledge/search", params={"q": "days"})).json()

    assert (made.status_code, article["status"], article["url"]) == (201, "draft", None)
    assert article["html"] == "<p><strong>30</strong> days</p>\n"
    assert published["url"].endswith("/en/articles/returns")
    assert changed["version"] == 2
    assert [v["number"] for v in versions] == [2, 1]
    assert versions[0]["author"].startswith("agent:")
    assert (restored["version"], restored["body"]) == (3, "**30** days")
    assert ([a["id"] for a in listed["items"]], listed["next"]) == ([article["id"]], None)
    assert (found["mode"], [r["article_id"] for r in found["results"]]) == (
        "words",
        [article["id"]],
    )
    assert (await agent_browser.delete(where)).status_code == 204
    assert (await agent_browser.get(where)).json()["code"] == "article_not_found"
    assert (await agent_browser.delete(f"/v1/collections/{shelf['id']}")).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/articles", {"title": "x", "workspace_id": str(new_id())}, 422),
        ("POST", "/v1/articles", {"title": "x", "status": "deleted"}, 422),
        ("POST", "/v1/articles", {"title": "x", "slug": "../x"}, 422),
        ("POST", "/v1/articles", {"title": " "}, 422),
        ("POST", "/v1/articles", {"title": "x", "body": "y" * 200_001}, 422),
        ("POST", "/v1/articles", {"title": "x", "locale": "<b>"}, 422),
        ("POST", "/v1/articles", {"title": "a\u0000b", "body": "c\u0000d"}, 422),
        ("POST", "/v1/articles", {"title": "x", "collection_id": str(new_id())}, 404),
        ("POST", "/v1/articles", {"title": "x", "status": "published"}, 422),
        ("POST", "/v1/collections", {"name": "x", "position": -1}, 422),
        ("POST", "/v1/collections", {"name": "x", "parent_id": str(new_id())}, 404),
        ("GET", "/v1/articles?cursor=%00", None, 400),
        ("GET", "/v1/articles?q=%00", None, 200),
        ("GET", "/v1/knowledge/search?q=%00%F0%9F%98%80", None, 200),
        ("GET", f"/v1/articles/{new_id()}/versions", None, 404),
        ("POST", f"/v1/articles/{new_id()}/versions/99999999999/restore", None, 422),
    ],
)
async def test_bad_input_is_refused_and_changes_nothing(
    agent_browser: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, object] | None,
    status: int,
) -> None:
    answer = await agent_browser.request(method, path, json=body)

    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await agent_browser.get("/v1/articles")).json()["items"] == []


async def test_a_stale_edit_is_a_conflict(agent_browser: httpx.AsyncClient) -> None:
    article = (await agent_browser.post("/v1/articles", json={"title": "Returns"})).json()
    where = f"/v1/articles/{article['id']}"
    await agent_browser.patch(where, json={"body": "By Ben.", "expected_version": 1})

    stale = await agent_browser.patch(where, json={"body": "By Ada.", "expected_version": 1})

    assert (stale.status_code, stale.json()["code"]) == (409, "article_changed_meanwhile")


async def test_a_light_agent_reads_and_does_not_write(
    knowledge_app: FastAPI, database: Database, workspace: UUID
) -> None:
    light = await person(database, workspace, Role.LIGHT_AGENT)
    async with browser(knowledge_app, light) as client:
        assert (await client.get("/v1/articles")).status_code == 200
        assert (await client.post("/v1/articles", json={"title": "x"})).status_code == 403
        assert (await client.post("/v1/collections", json={"name": "x"})).status_code == 403


async def test_nobody_reads_without_signing_in(public: httpx.AsyncClient) -> None:
    for path in ("/v1/articles", "/v1/collections", "/v1/knowledge/search?q=x"):
        assert (await public.get(path)).status_code == 401


async def test_a_stranger_meets_nothing_but_404(
    knowledge_app: FastAPI, database: Database, stranger: UUID, begin: Begin
) -> None:
    async with begin() as ctx:
        article = await make.article(ctx)
        shelf = await make.collection(ctx)
    async with browser(knowledge_app, await person(database, stranger)) as theirs:
        where = f"/v1/articles/{article.id}"
        answers = [
            await theirs.get(where),
            await theirs.patch(where, json={"title": "Mine"}),
            await theirs.delete(where),
            await theirs.post(f"{where}/publish"),
            await theirs.post(f"{where}/unpublish"),
            await theirs.get(f"{where}/versions"),
            await theirs.post(f"{where}/versions/1/restore"),
            await theirs.get(f"/v1/collections/{shelf.id}"),
            await theirs.patch(f"/v1/collections/{shelf.id}", json={"name": "Mine"}),
            await theirs.delete(f"/v1/collections/{shelf.id}"),
        ]

        assert {a.status_code for a in answers} == {404}
        assert (await theirs.get("/v1/knowledge/search?q=returns")).json()["results"] == []


async def test_the_status_tells_whether_meanings_are_searched(
    agent_browser: httpx.AsyncClient, embedder: FakeEmbedder
) -> None:
    await agent_browser.post(
        "/v1/articles", json={"title": "Returns", "body": "30 days", "status": "published"}
    )

    assert (await agent_browser.get("/v1/knowledge/status")).json() == {
        "embeddings": True,
        "model": "fake/1",
        "articles": 1,
        "chunks": 2,
        "pending": 2,
    }
