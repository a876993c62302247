"""Gaps by HTTP: who may read and decide, what is recorded, and that strangers see nothing."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.gaps.routes import router
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.gaps.conftest import Shop
from tests.make.auth import browser, person, routes_alone
from tests.make.knowledge import article

URL = "/v1/assistant/gaps"
LAMP = "How do I reset the blinking lamp?"
RESET = "Take the battery out and hold the power key for ten seconds."


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The routes alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner's browser."""
    async with browser(app, await person(database, workspace)) as client:
        yield client


async def verbs(shop: Shop) -> list[str]:
    """What was recorded about gaps, the latest last."""
    async with shop.begin() as ctx:
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=50)
    return [deed.verb for deed in reversed(deeds) if deed.verb.startswith("gap.")]


async def test_a_gap_is_listed_read_and_drafted(client: httpx.AsyncClient, shop: Shop) -> None:
    talk = await shop.solved(LAMP, f"Hi Ada, {RESET}", name="Ada Lovelace")

    (row,) = (await client.get(URL)).json()["items"]
    gap = (await client.get(f"{URL}/{row['id']}")).json()
    made = await client.post(f"{URL}/{row['id']}/draft")

    assert (row["question"], row["asked"], row["customers"]) == (LAMP, 1, 1)
    assert gap["questions"][0]["conversation_id"] == str(talk.id)
    assert gap["questions"][0]["reason"] == "nothing_found"
    assert [(r["text"], r["agent"], r["is_solution"]) for r in gap["replies"]] == [
        (RESET, "Ben Agent", True)
    ]
    assert made.status_code == 201
    assert made.json()["article"]["status"] == "draft"
    assert made.json()["written_by"] == "extract"
    (said,) = made.json()["sentences"]
    assert said["text"] == RESET
    assert said["sources"][0]["conversation_id"] == str(talk.id)
    assert (await client.get(URL)).json()["items"] == []
    (drafted,) = (await client.get(URL, params={"state": "drafted"})).json()["items"]
    assert drafted["article"]["id"] == made.json()["article"]["id"]
    again = await client.post(f"{URL}/{row['id']}/draft")
    assert (again.status_code, again.json()["code"]) == (409, "gap_has_article")


async def test_what_people_decide_is_recorded_once(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.solved(LAMP, RESET)
    await shop.ask("Which football club won the cup yesterday evening?")
    first, second = (await client.get(URL)).json()["items"]
    async with shop.begin() as ctx:
        known = await article(ctx, "Football", body="Rovers won.")
    one, other = f"{URL}/{first['id']}", f"{URL}/{second['id']}"

    for _ in range(2):
        assert (await client.post(f"{one}/dismiss")).json()["state"] == "dismissed"
    for _ in range(2):
        assert (await client.post(f"{one}/reopen")).json()["state"] == "open"
    linked = await client.patch(one, json={"article_id": str(known.id)})
    assert (linked.json()["state"], linked.json()["article"]["title"]) == ("answered", "Football")
    assert (await client.patch(one, json={"article_id": None})).json()["state"] == "open"
    merged = await client.post(f"{other}/merge", json={"into_id": first["id"]})
    assert (merged.json()["id"], merged.json()["asked"]) == (first["id"], 2)
    await client.post(f"{one}/draft")

    assert await verbs(shop) == [
        "gap.dismissed",
        "gap.reopened",
        "gap.linked",
        "gap.linked",
        "gap.merged",
        "gap.drafted",
    ]
    gone = await client.post(f"{other}/dismiss")
    assert (gone.status_code, gone.json()["code"]) == (409, "gap_merged")


async def test_pages_follow_one_another(client: httpx.AsyncClient, shop: Shop) -> None:
    for question in (LAMP, "Which club won the cup?", "Who sells umbrellas made of bamboo?"):
        await shop.ask(question)

    for sort in ("count", "recent"):
        seen, cursor = [], None
        while True:
            query = {"sort": sort, "limit": "1"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(URL, params=query)).json()
            seen += [row["id"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(set(seen)) == len(seen) == 3
    wrong = await client.get(URL, params={"cursor": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "cursor_malformed")


@pytest.mark.parametrize("role", [Role.LIGHT_AGENT, Role.AGENT])
async def test_everybody_reads_and_those_who_write_articles_decide(
    app: FastAPI, database: Database, workspace: UUID, shop: Shop, role: Role
) -> None:
    await shop.solved(LAMP, RESET)
    (gap,) = await shop.gaps()

    async with browser(app, await person(database, workspace, role)) as client:
        assert (await client.get(URL)).status_code == 200
        assert (await client.get(f"{URL}/{gap.id}")).status_code == 200
        decided = (await client.post(f"{URL}/{gap.id}/dismiss")).status_code

    assert decided == (200 if role is Role.AGENT else 403)


async def test_a_stranger_finds_nothing(
    app: FastAPI, database: Database, stranger: UUID, shop: Shop
) -> None:
    await shop.solved(LAMP, RESET)
    (gap,) = await shop.gaps()
    one = f"{URL}/{gap.id}"

    async with browser(app, await person(database, stranger)) as other:
        found = [
            await other.get(one),
            await other.patch(one, json={"article_id": str(new_id())}),
            await other.post(f"{one}/draft"),
            await other.post(f"{one}/dismiss"),
            await other.post(f"{one}/reopen"),
            await other.post(f"{one}/merge", json={"into_id": str(new_id())}),
        ]
        assert [answer.status_code for answer in found] == [404] * 6
        assert (await other.get(URL)).json()["items"] == []
    assert [g.state for g in await shop.gaps()] == ["open"]
