"""What the widget tells of the page it is on."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.customers import service as customers
from rapport.customers.consents import service as consents
from rapport.kernel.database.engine import Database
from tests.conftest import Begin
from tests.make.auth import ORIGIN
from tests.make.webchat import Browser, chat


@pytest.fixture
async def visitor(app: FastAPI, database: Database, workspace: UUID) -> AsyncIterator[Browser]:
    place = await chat(database, workspace)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        made = Browser(http, place)
        await made.arrive()
        yield made


async def tell(visitor: Browser, **event: Any) -> httpx.Response:
    body = {"events": [{"id": "1", "kind": "track", "name": "Paid", **event}]}
    return await visitor.call("POST", "/events", json=body)


async def told(begin: Begin, visitor: Browser) -> list[tuple[str, str, str]]:
    assert visitor.customer_id is not None
    async with begin() as ctx:
        page = await customers.timeline(ctx, visitor.customer_id, groups=["events", "pages"])
    return [(it.kind, it.title, it.text) for it in reversed(page.items)]


async def test_without_consent_nothing_is_kept(visitor: Browser, begin: Begin) -> None:
    assert (await tell(visitor)).status_code == 204
    assert await told(begin, visitor) == []


async def test_with_consent_each_event_is_kept_once_with_the_proof(
    visitor: Browser, begin: Begin
) -> None:
    words = {"is_granted": True, "words": "May we?"}
    granted = await visitor.call("PUT", "/consent", json=words, headers={"user-agent": "Browser"})
    assert granted.status_code == 204

    for _ in range(2):
        await tell(visitor)
    await tell(visitor, id="2", kind="page", name="Prices", url="https://x.example/p?secret=1")

    assert await told(begin, visitor) == [
        ("track", "Paid", ""),
        ("page", "Prices", "https://x.example/p"),
    ]
    assert visitor.customer_id is not None
    async with begin() as ctx:
        (decision,) = await consents.everything(ctx, visitor.customer_id)
    assert (decision.purpose, decision.source, decision.words) == (
        "page_visits",
        "widget",
        "May we?",
    )


async def test_consent_that_is_taken_back_ends_it(visitor: Browser, begin: Begin) -> None:
    await visitor.call("PUT", "/consent", json={"is_granted": True})
    await visitor.call("PUT", "/consent", json={"is_granted": False})

    await tell(visitor)

    assert await told(begin, visitor) == []


async def test_what_is_no_event_is_refused(visitor: Browser) -> None:
    for event in ({"kind": "identify"}, {"id": ""}, {"properties": {"a": [1]}}):
        assert (await tell(visitor, **event)).status_code == 422
    assert (await visitor.call("POST", "/events", json={"events": []})).status_code == 422
