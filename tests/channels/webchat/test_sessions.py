from uuid import UUID

import pytest
from starlette.types import ASGIApp

import rapport.server.rooms  # noqa: F401 - every room takes part in forgetting
from rapport.channels.webchat.visitors import Visitors
from rapport.conversations.inboxes import service as inboxes
from rapport.customers import service as customers
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.personal import rooms
from rapport.kernel.privacy.forgetting import close, erase_all
from tests.channels.webchat.conftest import Visit
from tests.conftest import Begin, Clock
from tests.make.auth import browser
from tests.make.webchat import Browser, Chat


async def test_a_stranger_gets_a_session_and_a_name_to_be_called_by(visit: Visit) -> None:
    visitor = await visit()

    me = (await visitor.arrive()).json()["visitor"]

    assert me["name"].startswith("Visitor ")
    assert (me["email"], me["verified"]) == (None, False)


async def test_coming_back_the_next_day_finds_the_conversation(visit: Visit, clock: Clock) -> None:
    visitor = await visit()
    await visitor.begin("Where is my parcel?")
    token = visitor.token
    clock.forward(days=1)

    again = (await visitor.arrive()).json()

    assert again["token"] == token
    assert [c["preview"] for c in again["conversations"]] == ["Where is my parcel?"]
    assert "-" in again["cursor"]


async def test_a_session_lives_on_while_it_is_used_and_ends_a_year_after(
    visit: Visit, clock: Clock
) -> None:
    visitor = await visit()
    clock.forward(days=300)
    assert (await visitor.arrive()).status_code == 200
    clock.forward(days=300)
    assert (await visitor.arrive()).status_code == 200
    clock.forward(days=366)

    ended = await visitor.arrive()

    assert ended.status_code == 401
    assert ended.json()["code"] == "visitor_unknown"


async def test_signing_out_ends_the_session_at_once(visit: Visit) -> None:
    visitor = await visit()
    await visitor.call("GET", "/conversations")

    assert (await visitor.call("POST", "/sign-out", json={})).status_code == 204

    assert (await visitor.call("GET", "/conversations")).status_code == 401


async def test_only_the_digest_of_a_token_is_stored(visit: Visit, begin: Begin) -> None:
    visitor = await visit()

    async with begin() as ctx:
        connection = await ctx.session.connection()
        rows = (await connection.exec_driver_sql("SELECT * FROM visitor_sessions")).all()

    assert len(rows) == 1
    assert visitor.token not in str(rows)


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "0" * 5_000, "ü", "' OR 1=1 --"])
async def test_a_guessed_token_opens_nothing(visit: Visit, token: str) -> None:
    visitor = await visit()
    visitor.token = token

    answer = await visitor.call("GET", "/conversations")

    assert answer.status_code == 401


async def test_an_unknown_or_switched_off_chat_is_not_there(
    app: ASGIApp, shop: Chat, visit: Visit, database: Database
) -> None:
    visitor = await visit()
    async with browser(app) as http:
        assert (await http.get("/widget/v1/config", params={"key": "nope"})).status_code == 404
        async with database.begin(shop.workspace_id, SYSTEM) as ctx:
            await inboxes.change_inbox(ctx, shop.inbox_id, is_enabled=False)
        Visitors.of(database).clear()

        assert (await http.get("/widget/v1/config", params={"key": shop.key})).status_code == 404
        assert (await Browser(http, shop).arrive()).status_code == 404
        assert (await visitor.begin()).status_code == 401


async def test_what_visitors_say_about_themselves_is_noted(visit: Visit, begin: Begin) -> None:
    visitor = await visit()

    told = {"name": "Ada", "email": "ada@example.com", "attributes": {"plan": "gold"}}
    answer = await visitor.call("PATCH", "/visitor", json=told)

    assert answer.json() == {
        "id": str(visitor.customer_id),
        "name": "Ada",
        "email": "ada@example.com",
        "verified": False,
    }
    async with begin() as ctx:
        assert visitor.customer_id is not None
        customer = await customers.get(ctx, visitor.customer_id)
    assert (customer.attributes, customer.verified) == ({"plan": "gold"}, False)


@pytest.mark.parametrize(
    "said",
    [
        {"verified": True},
        {"id": str(new_id())},
        {"workspace_id": str(new_id())},
        {"email": "no address"},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"attributes": {"__proto__": {"x": 1}}},
        {"attributes": {"a": [1]}},
        {"attributes": {"x" * 65: "y"}},
    ],
)
async def test_nothing_else_can_be_said_about_a_visitor(visit: Visit, said: object) -> None:
    visitor = await visit()

    assert (await visitor.call("PATCH", "/visitor", json=said)).status_code == 422


async def test_too_many_new_sessions_from_one_address_are_slowed_down(
    app: ASGIApp, shop: Chat
) -> None:
    async with browser(app, ip="198.51.100.7") as http:
        answers = [await Browser(http, shop).arrive() for _ in range(140)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_an_erased_visitor_is_signed_out_and_comes_back_as_somebody_new(
    visit: Visit, database: Database, workspace: UUID
) -> None:
    visitor = await visit()
    begun = await visitor.begin()
    erased = visitor.customer_id
    assert erased is not None
    async with database.begin(workspace, SYSTEM) as ctx:
        things = await rooms.things_of(ctx, frozenset([erased]))
        await close(ctx, rooms, things)
        await erase_all(ctx, rooms, things)
    Visitors.of(database).clear()  # as every process does when it hears of it

    refused = await visitor.say(begun.json()["conversation"]["id"])
    visitor.token = ""
    again = await visitor.arrive()

    assert refused.status_code == 401
    assert again.json()["conversations"] == []
    assert visitor.customer_id != erased
