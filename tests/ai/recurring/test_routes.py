from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.ai.recurring.presenter import present
from rapport.ai.recurring.routes import router
from rapport.customers.companies import service as companies
from rapport.customers.companies.schemas import CompanyIn
from rapport.customers.repository import CustomerRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.ai.recurring.conftest import LOGIN, REFUND, Desk
from tests.make.auth import browser, person, routes_alone
from tests.make.knowledge import article

RECORD = {"url": "https://tracker.example/T-1", "label": "T-1"}


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The routes of recurring issues alone."""
    return routes_alone(database, router)


@pytest.fixture
async def client(
    app: FastAPI, database: Database, workspace: UUID
) -> AsyncIterator[httpx.AsyncClient]:
    """An agent's browser."""
    async with browser(app, await person(database, workspace, Role.AGENT)) as client:
        yield client


@pytest.fixture
async def asked(desk: Desk) -> dict[str, list[UUID]]:
    """Four conversations about a refund, three about signing in; the problems are found."""
    texts = {"refund": (*REFUND, "Tent refund not on my account"), "login": LOGIN}
    ids = {what: [await desk.ask(text) for text in said] for what, said in texts.items()}
    await desk.look()
    return ids


async def listed(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/recurring", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_list_is_sorted_filtered_and_paged(
    client: httpx.AsyncClient, desk: Desk, asked: dict[str, list[UUID]]
) -> None:
    both = await listed(client, sort="count")
    assert [one["conversation_count"] for one in both] == [4, 3]
    assert len(await listed(client, sort="growth", period="day")) == 2
    assert await listed(client, state="resolved") == []
    assert await listed(client, product="Tent") == []
    somebody = next(iter(desk.customers.values()))
    assert await listed(client, customer_id=str(somebody.id)) == both[:1]

    first = (await client.get("/v1/recurring", params={"sort": "count", "limit": 1})).json()
    rest = {"sort": "count", "limit": 1, "cursor": first["next"]}
    second = (await client.get("/v1/recurring", params=rest)).json()

    assert [*first["items"], *second["items"]] == both
    assert second["next"] is None
    broken = await client.get("/v1/recurring", params={"cursor": "x"})
    assert (broken.status_code, broken.json()["code"]) == (400, "cursor_malformed")


async def test_a_problem_tells_whom_it_concerns_in_their_words(
    client: httpx.AsyncClient, desk: Desk, asked: dict[str, list[UUID]]
) -> None:
    async with desk.begin() as ctx:
        company = await companies.create(ctx, CompanyIn(name="Alpine Ltd"))
        for somebody in list(desk.customers.values())[:2]:
            customer = await CustomerRepository(ctx).get(somebody.id, lock=True)
            customer.company_id = company.id
    (refund, _) = await listed(client, sort="count")

    told = (await client.get(f"/v1/recurring/{refund['id']}")).json()

    assert {name: told[name] for name in refund} == refund
    assert (told["unit"], told["series"][-1]["count"], len(told["series"])) == ("day", 4, 90)
    assert [one["count"] for one in told["customers"]] == [1, 1, 1, 1]
    (alpine,) = told["companies"]
    assert (alpine["name"], alpine["customers"], alpine["count"]) == ("Alpine Ltd", 2, 2)
    assert {sample["text"] for sample in told["samples"]} >= set(REFUND)
    assert await listed(client, company_id=alpine["id"]) == [refund]


async def test_its_conversations_are_paged(
    client: httpx.AsyncClient, asked: dict[str, list[UUID]]
) -> None:
    (refund, _) = await listed(client, sort="count")
    url = f"/v1/recurring/{refund['id']}/conversations"

    first = (await client.get(url, params={"limit": 3})).json()
    second = (await client.get(url, params={"limit": 3, "cursor": first["next"]})).json()

    members = [*first["items"], *second["items"]]
    assert {UUID(one["conversation"]["id"]) for one in members} == set(asked["refund"])
    assert {one["joined_by"] for one in members} == {"machine"}
    assert all(0.4 < one["nearness"] <= 1 for one in members)
    assert second["next"] is None


async def test_it_is_named_linked_resolved_and_reopened(
    client: httpx.AsyncClient, desk: Desk, asked: dict[str, list[UUID]]
) -> None:
    async with desk.begin() as ctx:
        written = await article(ctx, "Refunds")
    (refund, _) = await listed(client, sort="count")
    url = f"/v1/recurring/{refund['id']}"
    wanted = {"name": "Refunds", "state": "resolved", "note": "Bank fixed it", "record": RECORD}

    changed = await client.patch(url, json={**wanted, "article_id": str(written.id)})

    assert changed.status_code == 200
    assert changed.json() == refund | wanted | {
        "article_id": str(written.id),
        "is_named_by_person": True,
    }
    assert [one["name"] for one in await listed(client, state="resolved")] == ["Refunds"]
    taken = {"state": "open", "record": None, "article_id": None}
    assert (await client.patch(url, json=taken)).json() == changed.json() | taken
    assert (await client.get(url)).json()["note"] == "Bank fixed it"


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"state": "gone"}, "request_invalid"),
        ({"name": ""}, "request_invalid"),
        ({"record": {"url": "javascript:alert(1)", "label": "x"}}, "request_invalid"),
        ({"growth": 3}, "request_invalid"),
        ({"article_id": str(new_id())}, "article_not_found"),
    ],
)
async def test_what_does_not_fit_changes_nothing(
    client: httpx.AsyncClient, asked: dict[str, list[UUID]], patch: dict[str, Any], code: str
) -> None:
    (refund, _) = await listed(client, sort="count")

    answer = await client.patch(f"/v1/recurring/{refund['id']}", json=patch)

    assert answer.json()["code"] == code
    assert (await listed(client, sort="count"))[0] == refund


async def test_problems_are_merged_and_the_old_address_leads_on(
    client: httpx.AsyncClient, asked: dict[str, list[UUID]]
) -> None:
    (refund, login) = await listed(client, sort="count")
    url = f"/v1/recurring/{login['id']}"

    merged = await client.post(f"{url}/merge", json={"into_problem_id": refund["id"]})

    assert merged.status_code == 200
    assert (merged.json()["id"], merged.json()["conversation_count"]) == (refund["id"], 7)
    assert (await client.get(url)).json()["id"] == refund["id"]
    again = await client.post(f"{url}/merge", json={"into_problem_id": refund["id"]})
    assert (again.status_code, again.json()["code"]) == (422, "problems_the_same")
    assert len(await listed(client)) == 1


async def test_conversations_are_split_off_and_taken_out(
    client: httpx.AsyncClient, asked: dict[str, list[UUID]]
) -> None:
    (refund, login) = await listed(client, sort="count")
    url = f"/v1/recurring/{refund['id']}"
    ids = [str(id_) for id_ in asked["refund"]]

    split = await client.post(
        f"{url}/split", json={"conversation_ids": ids[:2], "name": "Tents only"}
    )

    assert split.status_code == 201
    assert (split.json()["name"], split.json()["conversation_count"]) == ("Tents only", 2)
    assert (await client.get(url)).json()["conversation_count"] == 2
    removed = await client.delete(f"{url}/conversations/{ids[2]}")
    assert removed.status_code == 204
    again = await client.delete(f"{url}/conversations/{ids[2]}")
    assert (again.status_code, again.json()["code"]) == (404, "conversation_not_in_problem")
    all_ = await client.post(f"{url}/split", json={"conversation_ids": ids[3:]})
    assert (all_.status_code, all_.json()["code"]) == (409, "problem_would_be_empty")
    wrong = await client.post(
        f"/v1/recurring/{login['id']}/split", json={"conversation_ids": ids[:1]}
    )
    assert wrong.json()["code"] == "conversation_not_in_problem"


async def test_light_agents_read_and_decide_nothing(
    app: FastAPI, database: Database, workspace: UUID, asked: dict[str, list[UUID]]
) -> None:
    async with browser(app, await person(database, workspace, Role.LIGHT_AGENT)) as light:
        (refund, login) = await listed(light, sort="count")
        url = f"/v1/recurring/{refund['id']}"
        assert (await light.get(url)).status_code == 200
        refused = [
            await light.patch(url, json={"state": "resolved"}),
            await light.post(f"{url}/merge", json={"into_problem_id": login["id"]}),
            await light.post(f"{url}/split", json={"conversation_ids": [str(new_id())]}),
            await light.delete(f"{url}/conversations/{asked['refund'][0]}"),
        ]

    assert {answer.status_code for answer in refused} == {403}


async def test_a_stranger_finds_nothing(
    app: FastAPI,
    client: httpx.AsyncClient,
    database: Database,
    stranger: UUID,
    elsewhere: Desk,
    asked: dict[str, list[UUID]],
) -> None:
    (refund, login) = await listed(client, sort="count")
    url = f"/v1/recurring/{refund['id']}"
    for text in REFUND:
        await elsewhere.ask(text)
    await elsewhere.look()

    async with browser(app, await person(database, stranger)) as other:
        (own,) = await listed(other)
        found = [
            await other.get(url),
            await other.get(f"{url}/conversations"),
            await other.patch(url, json={"name": "Mine"}),
            await other.post(f"{url}/merge", json={"into_problem_id": login["id"]}),
            await other.post(f"{url}/merge", json={"into_problem_id": own["id"]}),
            await other.post(
                f"/v1/recurring/{own['id']}/merge", json={"into_problem_id": refund["id"]}
            ),
            await other.post(f"{url}/split", json={"conversation_ids": [str(asked["refund"][0])]}),
            await other.post(
                f"/v1/recurring/{own['id']}/split",
                json={"conversation_ids": [str(asked["refund"][0])]},
            ),
            await other.delete(f"{url}/conversations/{asked['refund'][0]}"),
        ]
        theirs = await listed(other, customer_id=str(next(iter(elsewhere.customers.values())).id))

    assert {answer.status_code for answer in found} == {404}
    assert theirs == [own]
    assert (await listed(client, sort="count"))[0] == refund


async def test_open_consoles_are_told(desk: Desk, asked: dict[str, list[UUID]]) -> None:
    alerts = await desk.told()
    async with desk.begin() as ctx:
        deliveries = await present(ctx, alerts)

    assert {delivery.topic for delivery in deliveries} == {"workspace"}
    told = {
        (delivery.body["alert"]["kind"], delivery.body["problem"].conversation_count)
        for delivery in deliveries
    }
    assert told == {("new", 4), ("new", 3)}
