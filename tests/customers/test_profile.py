"""What is known of customers, what it was before, and what they allow."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.customers import service as customers
from rapport.customers.consents import service as consents
from rapport.customers.errors import AttributeInvalid, CustomerNotFound
from rapport.customers.history import service as history
from rapport.customers.identities import claim
from rapport.customers.schemas import CustomerPatch, PreferencesIn
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from tests.conftest import Begin, Clock
from tests.make.auth import browser, person
from tests.make.customers import make_customer, visitor


class Desk:
    """Somebody who works here, by HTTP."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.http.request(method, f"/v1{path}", **body)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, **body: Any) -> str:
        answer = await self.http.request(method, f"/v1{path}", **body)
        assert answer.is_error, answer.text
        return str(answer.json()["code"])


@pytest.fixture
async def desk(app: FastAPI, database: Database, workspace: UUID) -> AsyncIterator[Desk]:
    async with browser(app, await person(database, workspace)) as http:
        yield Desk(http)


async def test_an_address_is_known_with_its_source_and_proof(ctx: Ctx, clock: Clock) -> None:
    ada = await customers.find_or_create_by_identity(ctx, "email", " Ada@EXAMPLE.com ")
    clock.forward(hours=1)

    again = await customers.find_or_create_by_identity(
        ctx, "email", "ada@example.com", verified=True, verified_by="dmarc"
    )

    (told,) = (await customers.describe(ctx, again)).identities
    assert again.id == ada.id
    assert (told.source, told.verified_by, told.verified_at) == ("mail", "dmarc", clock())
    assert again.verified


async def test_a_claim_finds_nobody_merges_nobody_and_shows_nothing(ctx: Ctx) -> None:
    ada = await customers.find_or_create_by_identity(ctx, "email", "ada@example.com", verified=True)
    mallory = await make_customer(ctx, name="Mallory", email=None)
    as_herself = Ctx(ctx.session, ctx.workspace_id, visitor(mallory), ctx.now, ctx.ports)

    await customers.update(as_herself, mallory.id, CustomerPatch(email="ada@example.com"))

    assert (await customers.get(ctx, mallory.id)).id != ada.id
    assert not mallory.verified
    found = await customers.find_or_create_by_identity(ctx, "email", "ada@example.com")
    assert found.id == ada.id
    told = await customers.describe(ctx, mallory)
    assert [(c.address, c.claimed, c.verified) for c in told.claims] == [
        ("ada@example.com", True, False)
    ]
    assert "ada@example.com" not in [i.address for i in told.identities]


async def test_mail_from_a_claimed_address_goes_to_its_own_customer(ctx: Ctx) -> None:
    mallory = await make_customer(ctx, email="victim@example.com")

    victim = await customers.find_or_create_by_identity(
        ctx, "email", "victim@example.com", verified=True
    )

    assert victim.id != mallory.id


async def test_a_claim_that_becomes_an_identity_is_one_no_longer(ctx: Ctx) -> None:
    ada = await make_customer(ctx, email=None)
    assert await claim(ctx, ada.id, "phone", "+49 30 123456", source="agent")
    assert not await claim(ctx, ada.id, "phone", "+4930123456", source="agent")
    assert not await claim(ctx, ada.id, "phone", "no number", source="agent")

    await customers.attach(ctx, ada.id, "phone", "+4930 123 456", verified=True)

    told = await customers.describe(ctx, ada)
    assert told.claims == []
    assert told.identities[-1].address == "+4930123456"
    assert (told.phone, told.identities[-1].verified_by) == ("+4930123456", "agent")


async def test_addresses_are_given_marked_and_taken_by_agents(desk: Desk) -> None:
    ada = await desk.call("POST", "/customers", json={"name": "Ada", "email": "ada@example.com"})
    who = f"/customers/{ada['id']}"
    more = {"channel": "phone", "address": "030 123456"}
    assert await desk.refused("POST", f"{who}/identities", json=more) == "address_invalid"
    await desk.call("PATCH", "/workspace", json={"settings": {"general": {"locale": "de-DE"}}})
    given = await desk.call("POST", f"{who}/identities", json=more)
    phone = given["identities"][1]

    shared = await desk.call("PATCH", f"{who}/identities/{phone['id']}", json={"is_shared": True})
    proved = await desk.call("PATCH", f"{who}/identities/{phone['id']}", json={"verified": True})
    await desk.call("DELETE", f"{who}/identities/{phone['id']}")

    assert (phone["address"], phone["source"], phone["verified"]) == (
        "+4930123456",
        "agent",
        False,
    )
    assert shared["identities"][1]["is_shared"]
    assert proved["verified"]
    left = await desk.call("GET", who)
    assert ([i["channel"] for i in left["identities"]], left["verified"]) == (["email"], False)
    taken = {"name": "Eve", "email": "ADA@example.com"}
    assert await desk.refused("POST", "/customers", json=taken) == "identity_taken"


async def test_what_a_field_held_before_is_known_with_who_changed_it(
    ctx: Ctx, agent: Actor, clock: Clock
) -> None:
    ada = await make_customer(ctx, name="Ada")
    await customers.update(ctx, ada.id, CustomerPatch(name="Ada L.", company="Acme"))
    clock.forward(days=1)
    patch = CustomerPatch(
        attributes={"plan": "gold"}, preferences=PreferencesIn(language="de", needs=["slow"])
    )
    await customers.update(ctx, ada.id, patch)
    await customers.update(ctx, ada.id, CustomerPatch(company=None, attributes={"plan": None}))

    page = await history.page(ctx, ada.id, field=None, cursor=None, limit=50)
    plan = await history.page(ctx, ada.id, field="attributes.plan", cursor=None, limit=1)

    assert [(c.field, c.old, c.new) for c in reversed(page.items)] == [
        ("company", None, "Acme"),
        ("name", "Ada", "Ada L."),
        ("attributes.plan", None, "gold"),
        ("preferences.language", None, "de"),
        ("preferences.needs", None, ["slow"]),
        ("attributes.plan", "gold", None),
        ("company", "Acme", None),
    ]
    assert {(c.actor.id, c.actor.name) for c in page.items if c.actor} == {(agent.id, agent.name)}
    assert (plan.items[0].new, plan.next is not None) == (None, True)


async def test_attributes_fit_their_definitions(desk: Desk, begin: Begin) -> None:
    made = {}
    for key, kind, choices in (
        ("seats", "number", []),
        ("since", "date", []),
        ("vip", "bool", []),
        ("plan", "choice", ["Gold", "Silver"]),
    ):
        body = {"key": key, "label": key.title(), "kind": kind, "choices": choices}
        made[key] = await desk.call("POST", "/customer-attributes", json=body)
    ada = await desk.call("POST", "/customers", json={"name": "Ada"})
    fitting = {"seats": "3,5", "since": "31.01.2026", "vip": "yes", "plan": "gold", "free": "x"}

    changed = await desk.call("PATCH", f"/customers/{ada['id']}", json={"attributes": fitting})
    wrong = {"attributes": {"seats": "many", "plan": "Lead"}}
    answer = await desk.http.patch(f"/v1/customers/{ada['id']}", json=wrong)

    assert changed["attributes"] == {
        "seats": 3.5,
        "since": "2026-01-31",
        "vip": True,
        "plan": "Gold",
        "free": "x",
    }
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"attributes.seats", "attributes.plan"}
    assert await desk.refused("POST", "/customer-attributes", json=made["seats"] | {}) is not None
    await desk.call("DELETE", f"/customer-attributes/{made['plan']['id']}")
    kept = await desk.call("PATCH", f"/customers/{ada['id']}", json={"attributes": {"plan": "x"}})
    assert kept["attributes"]["plan"] == "x"
    async with begin() as ctx:
        with pytest.raises(AttributeInvalid):
            await customers.update(ctx, UUID(ada["id"]), CustomerPatch(attributes={"seats": "a"}))
        who = Ctx(
            ctx.session, ctx.workspace_id, Actor("customer", UUID(ada["id"])), ctx.now, ctx.ports
        )
        said = CustomerPatch(attributes={"seats": "a", "free": "y"})
        said_by_themselves = await customers.update(who, UUID(ada["id"]), said)
        assert said_by_themselves.attributes["free"] == "y"
        assert said_by_themselves.attributes["seats"] == 3.5


async def test_what_was_said_of_a_channel_counts_before_what_was_said_of_all(ctx: Ctx) -> None:
    ada = await make_customer(ctx)

    async def decide(channel: str, *, is_granted: bool) -> bool:
        return await consents.decide(
            ctx,
            ada.id,
            purpose="news",
            channel=channel,
            is_granted=is_granted,
            source="form",
            words="May we write to you?",
            proof={"ip": "192.0.2.1"},
        )

    assert await consents.allows(ctx, ada.id, "news") is None
    assert await decide("", is_granted=True)
    assert not await decide("", is_granted=True)
    assert await decide("email", is_granted=False)

    assert await consents.allows(ctx, ada.id, "news", "sms")
    assert await consents.allows(ctx, ada.id, "news", "email") is False
    assert await decide("", is_granted=False)
    assert await consents.allows(ctx, ada.id, "news", "sms") is False
    told = await consents.everything(ctx, ada.id)
    assert [(c.channel, c.is_granted, c.is_current) for c in told] == [
        ("", False, True),
        ("email", False, True),
        ("", True, False),
    ]
    assert told[0].words == "May we write to you?"


async def test_who_is_part_of_somebody_decides_for_themselves_again_when_separated(
    ctx: Ctx, clock: Clock
) -> None:
    one, other = await make_customer(ctx), await make_customer(ctx)
    await customers.record_consent(ctx, one.id, purpose="n", is_granted=True, source="form")
    await customers.merge(ctx, one.id, other.id)
    assert await consents.allows(ctx, other.id, "n")

    clock.forward(hours=1)
    await customers.record_consent(ctx, other.id, purpose="n", is_granted=False, source="form")
    assert await consents.allows(ctx, other.id, "n") is False
    await customers.unmerge(ctx, one.id)

    assert await consents.allows(ctx, one.id, "n")
    assert await consents.allows(ctx, other.id, "n") is False


async def test_pain_points_are_noted_resolved_and_taken_back(desk: Desk) -> None:
    ada = await desk.call("POST", "/customers", json={"name": "Ada"})
    path = f"/customers/{ada['id']}/pain-points"
    first = await desk.call("POST", path, json={"text": "Waits too long"})
    second = await desk.call("POST", path, json={"text": "Invoices are wrong"})

    solved = await desk.call("PATCH", f"{path}/{second['id']}", json={"is_resolved": True})

    assert (solved["resolved_by"], solved["resolved_at"] is not None) == ("Agnes Agent", True)
    found = await desk.call("GET", path)
    assert [p["id"] for p in found["items"]] == [first["id"], second["id"]]
    await desk.call("DELETE", f"{path}/{first['id']}")
    assert len((await desk.call("GET", path))["items"]) == 1
    missing = await desk.refused("DELETE", f"{path}/{first['id']}")
    assert missing == "pain_point_not_found"


async def test_companies_have_pages_people_and_names_of_their_own(desk: Desk) -> None:
    acme = await desk.call("POST", "/companies", json={"name": "Acme", "domain": "ACME.example"})
    people = [
        await desk.call("POST", "/customers", json={"name": f"P{n}", "company": "ACME"})
        for n in range(3)
    ]
    await desk.call(
        "POST", f"/customers/{people[0]['id']}/merge", json={"into_id": people[1]["id"]}
    )

    first = await desk.call("GET", f"/companies/{acme['id']}/people?limit=1")
    rest = await desk.call("GET", f"/companies/{acme['id']}/people?cursor={first['next']}")
    told = await desk.call("GET", "/companies?q=cm")

    assert (acme["domain"], told["items"][0]["people_count"]) == ("acme.example", 2)
    assert {p["id"] for p in first["items"] + rest["items"]} == {p["id"] for p in people[1:]}
    assert await desk.refused("POST", "/companies", json={"name": "acme"}) == "company_taken"
    patch = {"name": "Acme Ltd", "attributes": {"size": 9}}
    changed = await desk.call("PATCH", f"/companies/{acme['id']}", json=patch)
    assert (changed["name"], changed["attributes"]) == ("Acme Ltd", {"size": 9})
    await desk.call("DELETE", f"/companies/{acme['id']}")
    unmerged = await desk.call("POST", f"/customers/{people[0]['id']}/unmerge")
    assert unmerged["company"] is None
    assert (await desk.call("GET", f"/customers/{people[1]['id']}"))["company"] is None


@pytest.mark.parametrize("role", [Role.LIGHT_AGENT, Role.AGENT])
async def test_administrators_alone_decide_over_attributes_keys_and_imports(
    app: FastAPI, database: Database, workspace: UUID, role: Role
) -> None:
    async with browser(app, await person(database, workspace, role)) as http:
        desk = Desk(http)
        attribute = {"key": "a", "label": "A", "kind": "text"}
        for path, body in (
            ("/customer-attributes", attribute),
            ("/write-keys", {"name": "Shop", "kind": "server"}),
            ("/customer-imports", {"file_id": str(workspace)}),
        ):
            assert await desk.refused("POST", path, json=body) == "forbidden"


async def test_strangers_know_nothing(begin: Begin, stranger: UUID) -> None:
    async with begin() as ctx:
        ada = await make_customer(ctx)
        await customers.update(ctx, ada.id, CustomerPatch(name="Ada King"))
    async with begin(workspace_id=stranger) as ctx:
        for refused in (
            history.page(ctx, ada.id, field=None, cursor=None, limit=9),
            consents.everything(ctx, ada.id),
            customers.merges(ctx, ada.id),
        ):
            with pytest.raises(CustomerNotFound):
                await refused
