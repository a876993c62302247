"""Security row 24: identity is proved by a signed token, and asked for at every message."""

from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.types import ASGIApp

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat.schemas import WebChatPatch
from rapport.channels.webchat.visitors import Visitors
from rapport.customers import service as customers
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.channels.webchat.conftest import Visit
from tests.conftest import Begin, Clock
from tests.make.auth import browser
from tests.make.webchat import Browser, Chat, chat, proof

HOUR = 3600


async def test_a_proved_visitor_is_the_customer_the_web_site_names(
    visit: Visit, shop: Chat, clock: Clock, begin: Begin
) -> None:
    word = proof(shop, clock, name="Ada", email="ada@example.com", attributes={"plan": "gold"})

    visitor = await visit(identity=word)

    async with begin() as ctx:
        assert visitor.customer_id is not None
        customer = await customers.get(ctx, visitor.customer_id)
    assert (customer.name, customer.email, customer.verified) == ("Ada", "ada@example.com", True)
    assert customer.attributes == {"plan": "gold"}


async def test_the_same_person_in_two_browsers_is_one_customer(
    visit: Visit, shop: Chat, clock: Clock
) -> None:
    first, second = (
        await visit(identity=proof(shop, clock)),
        await visit(identity=proof(shop, clock)),
    )
    await first.begin("From my phone")

    seen = (await second.arrive()).json()["conversations"]

    assert first.customer_id == second.customer_id
    assert first.token != second.token
    assert [c["preview"] for c in seen] == ["From my phone"]


async def test_what_was_said_before_the_proof_goes_with_the_visitor(
    visit: Visit, shop: Chat, clock: Clock
) -> None:
    visitor = await visit()
    conversation = (await visitor.begin("Hello")).json()["conversation"]["id"]
    strangers = visitor.token

    answer = await visitor.call("POST", "/identify", json={"jwt": proof(shop, clock, name="Ada")})

    assert (await visitor.call("GET", "/conversations")).status_code == 401
    visitor.token = answer.json()["token"]
    assert visitor.token != strangers
    assert (answer.json()["visitor"]["verified"], answer.json()["visitor"]["name"]) == (True, "Ada")
    assert (await visitor.say(conversation, "Me again")).status_code == 201


async def test_what_was_said_in_a_second_browser_joins_the_first(
    visit: Visit, shop: Chat, clock: Clock
) -> None:
    first, second = await visit(identity=proof(shop, clock)), await visit()
    await first.begin("At home", client_id="c-1")
    started = await second.begin("At work", client_id="c-1")
    conversation = started.json()["conversation"]["id"]

    session = (await second.arrive(identity=proof(shop, clock))).json()

    assert session["visitor"]["id"] == str(first.customer_id)
    assert {c["preview"] for c in session["conversations"]} == {"At home", "At work"}
    assert (await second.say(conversation, "Me again")).status_code == 201


async def test_another_person_never_takes_over_a_proved_session(
    visit: Visit, shop: Chat, clock: Clock
) -> None:
    visitor = await visit(identity=proof(shop, clock, sub="ada"))
    await visitor.begin("Ada's secret")
    adas = visitor.token

    answer = await visitor.arrive(identity=proof(shop, clock, sub="eve"))

    assert answer.json()["token"] != adas
    assert answer.json()["conversations"] == []


async def forged(shop: Chat, foreign: Chat, clock: Clock) -> dict[str, str]:
    now = int(clock().timestamp())
    good = {"sub": "ada-1", "exp": now + HOUR}
    header, body, signature = proof(shop, clock).split(".")
    _, eves, _ = proof(shop, clock, sub="eve").split(".")
    rsa = RSAKey.generate_key(2048)
    return {
        "signed with another chat's secret": proof(foreign, clock),
        "signed with no secret": jwt.encode({"alg": "HS256"}, good, OctKey.import_key("guess" * 8)),
        "not signed": "eyJhbGciOiJub25lIn0." + body + ".",
        "not signed, signature kept": f"eyJhbGciOiJub25lIn0.{body}.{signature}",
        "stronger algorithm": jwt.encode(
            {"alg": "HS512"}, good, OctKey.import_key(shop.secret), algorithms=["HS512"]
        ),
        "another algorithm": jwt.encode({"alg": "RS256"}, good, rsa, algorithms=["RS256"]),
        "another body": f"{header}.{eves}.{signature}",
        "altered signature": f"{header}.{body}.{signature[:-4]}AAAA",
        "cut": f"{header}.{body}",
        "expired": proof(shop, clock, exp=now - 1),
        "expires now": proof(shop, clock, exp=now),
        "never expires": proof(shop, clock, exp=None),
        "expires in two days": proof(shop, clock, exp=now + 48 * HOUR),
        "expires at a word": proof(shop, clock, exp="tomorrow"),
        "expires at true": proof(shop, clock, exp=True),
        "not yet valid": proof(shop, clock, nbf=now + HOUR),
        "for another inbox": proof(shop, clock, aud=str(new_id())),
        "for other inboxes": proof(shop, clock, aud=[str(new_id())]),
        "without a subject": proof(shop, clock, sub=None),
        "with an empty subject": proof(shop, clock, sub=""),
        "with a subject that is no text": proof(shop, clock, sub=["ada-1"]),
        "with an endless subject": proof(shop, clock, sub="x" * 201),
        "nothing": ".",
        "a word": "ada-1",
        "five parts": "a.b.c.d.e",
    }


async def test_forged_expired_and_foreign_proofs_are_refused(
    app: ASGIApp, shop: Chat, visit: Visit, database: Database, stranger: UUID, clock: Clock
) -> None:
    foreign, visitor = await chat(database, stranger), await visit()
    accepted = []
    async with browser(app) as http:
        for name, word in (await forged(shop, foreign, clock)).items():
            arriving = await Browser(http, shop).arrive(identity=word)
            identifying = await visitor.call("POST", "/identify", json={"jwt": word})
            codes = {answer.json()["code"] for answer in (arriving, identifying)}
            if (arriving.status_code, identifying.status_code, codes) != (
                401,
                401,
                {"identity_refused"},
            ):
                accepted.append((name, arriving.status_code, identifying.status_code))

    assert accepted == []


async def test_a_proof_ends_with_the_secret_that_signed_it(
    app: ASGIApp, shop: Chat, clock: Clock, database: Database
) -> None:
    word = proof(shop, clock)
    async with database.begin(shop.workspace_id, SYSTEM) as ctx:
        await webchats.renew_identity_secret(ctx, shop.inbox_id)

    async with browser(app) as http:
        assert (await Browser(http, shop).arrive(identity=word)).status_code == 401


MESSAGE: dict[str, Any] = {"client_id": "c-1", "body": "Hello", "attachment_ids": []}


def message_calls(conversation_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    one = f"/conversations/{conversation_id}"
    return [
        ("GET", "/conversations", {}),
        ("POST", "/conversations", {"json": MESSAGE}),
        ("GET", f"{one}/messages", {}),
        ("POST", f"{one}/messages", {"json": MESSAGE}),
        ("POST", f"{one}/messages", {"json": MESSAGE | {"attachment_ids": [str(new_id())]}}),
        ("PUT", f"{one}/seen", {"json": {"seq": 1}}),
        ("POST", f"{one}/typing", {"json": {"on": True}}),
        ("PATCH", "/visitor", {"json": {"name": "Eve"}}),
        ("POST", "/files", {"files": {"file": ("a.txt", b"hello", "text/plain")}}),
    ]


async def test_where_identity_is_required_every_message_asks_for_it(
    visit: Visit, shop: Chat, clock: Clock, database: Database, app: ASGIApp
) -> None:
    proved, unproved = await visit(identity=proof(shop, clock)), await visit()
    conversation = (await unproved.begin()).json()["conversation"]["id"]
    async with database.begin(shop.workspace_id, SYSTEM) as ctx:
        await webchats.change(ctx, shop.inbox_id, WebChatPatch(require_identity=True))

    codes = []
    for method, path, request in message_calls(conversation):
        answer = await unproved.call(method, path, **request)
        codes.append((path, answer.status_code, answer.json()["code"]))

    assert {code[1:] for code in codes} == {(401, "identity_required")}, codes
    assert (await unproved.arrive()).json()["code"] == "identity_required"
    async with browser(app) as http:
        assert (await Browser(http, shop).arrive()).json()["code"] == "identity_required"
    assert (await proved.begin()).status_code == 201


async def test_a_proof_is_forgotten_after_thirty_days(
    visit: Visit, shop: Chat, clock: Clock, database: Database
) -> None:
    visitor = await visit(identity=proof(shop, clock))
    async with database.begin(shop.workspace_id, SYSTEM) as ctx:
        await webchats.change(ctx, shop.inbox_id, WebChatPatch(require_identity=True))
    assert (await visitor.call("GET", "/conversations")).status_code == 200
    clock.forward(days=31)
    Visitors.of(database).clear()

    assert (await visitor.call("GET", "/conversations")).status_code == 401
    assert (await visitor.arrive(identity=proof(shop, clock))).status_code == 200
    assert (await visitor.call("GET", "/conversations")).status_code == 200


async def test_a_proved_name_is_not_overwritten_by_the_page(
    visit: Visit, shop: Chat, clock: Clock
) -> None:
    visitor = await visit(identity=proof(shop, clock, name="Ada", email="ada@example.com"))

    answer = await visitor.call("PATCH", "/visitor", json={"name": "Eve", "email": "eve@x.example"})

    assert (answer.json()["name"], answer.json()["email"]) == ("Ada", "ada@example.com")
