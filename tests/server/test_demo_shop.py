"""The demo shop: complete, under a strict policy, and without a chat where there is no demo."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from rapport.server.demo_shop.routes import HERE, router
from rapport.server.demo_shop.shelf import PRODUCTS
from tests.make.webchat import chat

ARTICLES = HERE.parent / "demo" / "content" / "articles" / "en"


@pytest.fixture
async def shop(database: Database, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM workspace_settings WHERE key = 'demo'")  # other tests' demos
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://rapport.test"
    ) as http:
        yield http


@pytest.fixture
async def key(
    shop: httpx.AsyncClient, database: Database, database_url: str, workspace: UUID
) -> str:
    """The key of the chat of the only demo workspace."""
    made = await chat(database, workspace)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspace_settings (workspace_id, key, value, updated_at) "
            "VALUES (%s, 'demo', '{}', now())",
            (workspace,),
        )
    return made.key


async def test_every_page_is_there_under_a_strict_policy(shop: httpx.AsyncClient) -> None:
    pages = ["/demo", *(f"/demo/products/{product.slug}" for product in PRODUCTS)]

    for path in pages:
        answer = await shop.get(path)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]* src=)| on\w+=| style=", answer.text), path


async def test_the_page_carries_the_widget_of_the_demo(shop: httpx.AsyncClient, key: str) -> None:
    answer = await shop.get("/demo")

    assert f'<script src="/widget.js" data-key="{key}" async></script>' in answer.text


async def test_without_a_demo_there_is_a_shop_and_no_chat(shop: httpx.AsyncClient) -> None:
    answer = await shop.get("/demo")

    assert "/widget.js" not in answer.text
    assert "rapport demo" in answer.text


async def test_what_the_shop_refers_to_exists(shop: httpx.AsyncClient) -> None:
    articles = {path.stem for path in ARTICLES.rglob("*.md")}
    texts = [(await shop.get("/demo")).text]
    texts += [(await shop.get(f"/demo/products/{p.slug}")).text for p in PRODUCTS]
    links = {link for text in texts for link in re.findall(r'(?:href|src)="(/demo[^"#]*)', text)}
    helped = {slug for text in texts for slug in re.findall(r"/help/en/articles/([\w-]+)", text)}

    statuses = {link: (await shop.get(link)).status_code for link in links}

    assert set(statuses.values()) == {200}, statuses
    assert helped <= articles


async def test_what_the_shop_does_not_sell_is_not_found(shop: httpx.AsyncClient) -> None:
    answer = await shop.get("/demo/products/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
