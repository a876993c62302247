"""Events in the form of Segment's HTTP tracking API."""

import base64
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers import service as customers
from rapport.customers.consents import service as consents
from rapport.customers.jobs import forget_received_messages
from rapport.customers.models import Customer
from rapport.customers.repository import CustomerRepository
from rapport.customers.schemas import CustomerPatch
from rapport.customers.tracking import calls, write_keys
from rapport.customers.tracking.errors import EventMalformed
from rapport.customers.tracking.limits import SenderLimits
from rapport.customers.tracking.repository import Sender as Holder
from rapport.kernel import jobs
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.make.auth import ORIGIN


class Sender:
    """A program with a write key."""

    def __init__(self, http: httpx.AsyncClient, begin: Begin, key: str) -> None:
        self.http = http
        self.begin = begin
        self.key = key

    async def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        basic = base64.b64encode(f"{self.key}:".encode()).decode()
        headers = {"authorization": f"Basic {basic}"} | more.pop("headers", {})
        return await self.http.post(f"/v1/{path}", json=body, headers=headers, **more)

    async def send(self, kind: str, **body: Any) -> None:
        answer = await self.post(kind, body)
        assert (answer.status_code, answer.json()) == (200, {"success": True}), answer.text

    async def known(self, address: str, channel: str = "website") -> Customer | None:
        """Who has an address, as they are now."""
        async with self.begin() as ctx:
            found = await CustomerRepository(ctx).by_identity(channel, address)
            return await customers.get(ctx, found[0].id) if found else None

    async def timeline(self, address: str, channel: str = "website") -> list[tuple[str, str]]:
        who = await self.known(address, channel)
        assert who is not None
        async with self.begin() as ctx:
            page = await customers.timeline(ctx, who.id, limit=100)
        shown = {"track", "page", "screen", "identify", "group"}
        return [(it.kind, it.title) for it in reversed(page.items) if it.kind in shown]


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


async def sender(http: httpx.AsyncClient, begin: Begin, kind: str) -> Sender:
    async with begin() as ctx:
        _, key = await write_keys.create(ctx, name="Shop", kind=kind)
    return Sender(http, begin, key)


@pytest.fixture
async def server(http: httpx.AsyncClient, begin: Begin) -> Sender:
    return await sender(http, begin, "server")


@pytest.fixture
async def page(http: httpx.AsyncClient, begin: Begin) -> Sender:
    return await sender(http, begin, "browser")


async def test_what_somebody_did_is_on_their_timeline(server: Sender, clock: Clock) -> None:
    at = (clock() - timedelta(hours=2)).isoformat()

    await server.send("identify", userId="7", traits={"email": "Ada@Example.com", "name": "Ada"})
    await server.send("track", userId="7", event="Order placed", timestamp=at)

    ada = await server.known("7")
    assert ada is not None
    assert (ada.name, ada.email, ada.verified) == ("Ada", "Ada@Example.com", True)
    assert await server.timeline("7") == [("track", "Order placed"), ("identify", "Identified")]
    assert (await server.known("ada@example.com", "email")) is not None


async def test_the_key_may_be_in_the_body_and_short_paths_work(
    http: httpx.AsyncClient, server: Sender
) -> None:
    body = {"anonymousId": "a", "event": "Seen", "writeKey": server.key}

    answers = [
        await http.post("/v1/t", content=httpx.Request("POST", "/", json=body).content),
        await http.post(
            "/v1/b", json={"writeKey": server.key, "batch": [{**body, "type": "track"}]}
        ),
        await http.options("/v1/t"),
    ]

    assert [it.status_code for it in answers] == [200, 200, 204]
    assert {it.headers["access-control-allow-origin"] for it in answers} == {"*"}
    assert await server.timeline("a", "anonymous") == [("track", "Seen")] * 2


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 500, "a:b"])
async def test_without_a_key_nothing_is_taken(
    http: httpx.AsyncClient, begin: Begin, key: str
) -> None:
    answer = await Sender(http, begin, key).post("track", {"userId": "1", "event": "x"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "write_key_unknown"


async def test_a_key_that_was_taken_back_opens_nothing(server: Sender, begin: Begin) -> None:
    async with begin() as ctx:
        (row,) = await write_keys.everything(ctx)
        assert server.key not in (row.prefix, row.digest.hex())
        await write_keys.revoke(ctx, row.id)

    assert (await server.post("track", {"userId": "1", "event": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("track", {"event": "x"}),
        ("track", {"userId": "1"}),
        ("track", {"userId": "1", "event": "x", "properties": {"a": "x" * 33_000}}),
        ("group", {"userId": "1"}),
        ("alias", {"userId": "1"}),
        ("batch", {"batch": "no"}),
        ("batch", {"batch": [{"type": "track", "userId": "1", "event": "e"}] * 2_501}),
        ("batch", {"batch": [{"userId": "1", "a": "x" * 30_000}] * 20}),
        ("track", []),
        ("track", {"userId": "1", "event": "\x00"}),
    ],
)
async def test_what_is_not_in_the_form_is_refused(server: Sender, path: str, body: Any) -> None:
    assert (await server.post(path, body)).status_code == 400


async def test_a_batch_is_taken_once_however_often_it_comes(server: Sender, begin: Begin) -> None:
    batch = [
        {"type": "track", "userId": "7", "event": f"E{n}", "messageId": f"m{n % 3}"}
        for n in range(6)
    ]
    batch.append({"type": "nonsense", "userId": "7"})

    for _ in range(3):
        assert (await server.post("batch", {"batch": batch})).status_code == 200

    assert sorted(await server.timeline("7")) == [("track", f"E{n}") for n in range(3)]


async def test_an_old_call_that_comes_again_changes_nothing(server: Sender) -> None:
    old = {"userId": "7", "traits": {"plan": "silver"}, "messageId": "1"}
    await server.send("identify", **old)
    await server.send("identify", userId="7", traits={"plan": "gold"}, messageId="2")

    await server.send("identify", **old)

    ada = await server.known("7")
    assert ada is not None
    assert ada.attributes == {"plan": "gold"}


async def test_what_an_unknown_device_did_goes_to_who_owns_it(server: Sender) -> None:
    await server.send("track", anonymousId="device", event="Looked")
    stranger = await server.known("device", "anonymous")

    await server.send("identify", anonymousId="device", userId="7", traits={"name": "Ada"})
    await server.send("track", anonymousId="device", event="Bought")

    ada = await server.known("7")
    assert ada is not None
    assert stranger is not None
    assert stranger.id != ada.id
    assert getattr(await server.known("device", "anonymous"), "id", None) == ada.id
    assert [title for _, title in await server.timeline("7")] == ["Looked", "Identified", "Bought"]


async def test_two_people_who_share_a_device_stay_two(server: Sender) -> None:
    await server.send("identify", anonymousId="device", userId="1")
    await server.send("identify", anonymousId="device", userId="2")

    one, other = await server.known("1"), await server.known("2")
    assert one is not None
    assert other is not None
    assert one.id != other.id
    assert getattr(await server.known("device", "anonymous"), "id", None) == one.id


async def test_two_names_of_the_workspaces_own_are_never_merged(server: Sender) -> None:
    await server.send("identify", userId="1", traits={"email": "family@example.com"})
    await server.send("identify", userId="2", traits={"email": "family@example.com"})
    await server.send("alias", userId="2", previousId="1")

    one, other = await server.known("1"), await server.known("2")
    assert one is not None
    assert other is not None
    assert one.id != other.id
    assert getattr(await server.known("family@example.com", "email"), "id", None) == one.id


async def test_a_new_name_goes_to_whom_a_proved_address_names(server: Sender, begin: Begin) -> None:
    async with begin() as ctx:
        ada = await customers.find_or_create_by_identity(
            ctx, "email", "ada@example.com", verified=True
        )
        await customers.find_or_create_by_identity(ctx, "email", "bob@example.com")

    await server.send("identify", userId="7", traits={"email": "ada@example.com"})
    await server.send("identify", userId="8", traits={"email": "bob@example.com"})

    named, other = await server.known("7"), await server.known("8")
    claimed = await server.known("bob@example.com", "email")
    assert named is not None
    assert named.id == ada.id
    assert other is not None
    assert claimed is not None
    assert other.id != claimed.id


async def test_what_a_page_says_of_who_somebody_is_proves_nothing(
    page: Sender, server: Sender, begin: Begin
) -> None:
    await server.send("identify", userId="7", traits={"name": "Ada", "email": "ada@example.com"})

    await page.send("identify", anonymousId="d", userId="7", traits={"email": "ada@example.com"})
    await page.send("alias", userId="7", previousId="7")

    ada, stranger = await page.known("7"), await page.known("d", "anonymous")
    assert ada is not None
    assert stranger is not None
    assert ada.id != stranger.id
    assert not stranger.verified
    async with begin() as ctx:
        described = await customers.describe(ctx, stranger)
    assert {(c.channel, c.address) for c in described.claims} == {
        ("website", "7"),
        ("email", "ada@example.com"),
    }


async def test_a_page_overwrites_nothing_of_who_proved_who_they_are(
    page: Sender, server: Sender
) -> None:
    await server.send("identify", userId="7", anonymousId="d", traits={"name": "Ada", "plan": "x"})

    traits = {"name": "Mallory", "plan": "gold", "phone": "+4930123456", "new": 1}
    await page.send("identify", anonymousId="d", traits=traits)

    ada = await page.known("7")
    assert ada is not None
    assert (ada.name, ada.attributes) == ("Ada", {"plan": "x", "new": 1})
    assert ada.phone == "+4930123456"


async def test_pages_are_kept_of_whoever_allows_it(server: Sender, begin: Begin) -> None:
    visit = {
        "userId": "7",
        "name": "Prices",
        "properties": {"url": "https://x.example/p?token=1#a"},
    }
    await server.send("page", **visit)
    assert await server.timeline("7") == []

    chosen = {"consent": {"categoryPreferences": {"Analytics": True, "Ads": False}}}
    await server.send("page", **visit, context=chosen)

    ada = await server.known("7")
    assert ada is not None
    assert await server.timeline("7") == [("page", "Prices")]
    async with begin() as ctx:
        assert await consents.allows(ctx, ada.id, "analytics")
        assert await consents.allows(ctx, ada.id, "ads") is False
        entry = (await customers.timeline(ctx, ada.id, kinds=["page"])).items[0]
    assert entry.text == "https://x.example/p"


async def test_a_group_is_a_company(server: Sender, begin: Begin) -> None:
    await server.send("group", userId="7", groupId="g1", traits={"name": "Acme"})

    ada = await server.known("7")
    assert ada is not None
    async with begin() as ctx:
        assert (await customers.describe(ctx, ada)).company == "Acme"


async def test_a_clock_that_goes_wrong_is_set_right(
    server: Sender, begin: Begin, clock: Clock
) -> None:
    theirs = clock() + timedelta(days=400)
    happened = theirs - timedelta(minutes=10)

    await server.send(
        "track",
        userId="7",
        event="x",
        timestamp=happened.isoformat(),
        sentAt=theirs.isoformat(),
    )

    ada = await server.known("7")
    assert ada is not None
    async with begin() as ctx:
        (entry,) = (await customers.timeline(ctx, ada.id, groups=["events"])).items
    assert entry.at == clock() - timedelta(minutes=10)


def test_a_public_key_is_limited_for_each_network_and_a_secret_one_as_a_whole() -> None:
    limits = SenderLimits()
    public = Holder(new_id(), new_id(), "Page", "browser", None)
    secret = Holder(new_id(), new_id(), "Shop", "server", None)

    for _ in range(300):
        limits.take(public, "192.0.2.1")
    with pytest.raises(TooMany):
        limits.take(public, "192.0.2.1")
    limits.take(public, "192.0.2.2")
    for _ in range(1_000):
        limits.take(secret, "192.0.2.1")


async def test_an_erased_customer_is_not_tracked_again_by_their_device(
    server: Sender, begin: Begin
) -> None:
    await server.send("identify", userId="7", anonymousId="d")
    ada = await server.known("7")
    assert ada is not None
    async with begin() as ctx:
        (await CustomerRepository(ctx).get(ada.id)).erased_at = ctx.now()

    await server.send("identify", userId="7", traits={"name": "Ada"})

    async with begin() as ctx:
        assert (await customers.get(ctx, ada.id)).name == ""


async def test_messages_are_forgotten_after_weeks(
    server: Sender, database: Database, begin: Begin, clock: Clock
) -> None:
    await server.send("track", userId="7", event="x", messageId="m")
    clock.forward(days=31)

    async with jobs.serving(database):
        await forget_received_messages(int(clock().timestamp()))
    await server.send("track", userId="7", event="again", messageId="m")

    assert len(await server.timeline("7")) == 1  # its entry is known by the same id


async def test_a_key_reaches_its_own_workspace_only(
    server: Sender, begin: Begin, stranger: UUID
) -> None:
    async with begin(workspace_id=stranger) as ctx:
        theirs = await customers.find_or_create_by_identity(ctx, "website", "7", verified=True)
        await customers.update(ctx, theirs.id, CustomerPatch(name="Theirs"))

    await server.send("identify", userId="7", traits={"name": "Ours"})

    async with begin(workspace_id=stranger) as ctx:
        assert (await customers.get(ctx, theirs.id)).name == "Theirs"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = (
    "userId",
    "anonymousId",
    "event",
    "traits",
    "context",
    "timestamp",
    "sentAt",
    "messageId",
)


@given(
    kind=st.sampled_from([*calls.KINDS, "x"]),
    body=st.dictionaries(st.sampled_from(_FIELDS), _JSON),
)
def test_whatever_comes_is_read_or_refused(kind: str, body: dict[str, Any]) -> None:
    now = Clock()()
    call = None
    with contextlib.suppress(EventMalformed):
        call = calls.read(kind, body, now, sent_at=None)

    assert call is None or call.user_id or call.anonymous_id
    assert call is None or call.at <= now
