"""Agents who merge two customers prove nothing: no browser reads more than it did before."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from rapport.channels.webchat.repository import live_merge
from rapport.channels.webchat.visitors import Visitors
from rapport.conversations import service as conversations
from rapport.conversations.live.audience import ConversationAudience
from rapport.conversations.live.presenter import present_conversations
from rapport.conversations.moving import service as moving
from rapport.customers import service as customers
from rapport.kernel.context import SYSTEM, Actor
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Cursor, log
from tests.channels.webchat.conftest import Visit
from tests.conftest import Begin, Clock
from tests.make.webchat import Browser, Chat, proof


@dataclass(frozen=True)
class Merged:
    """A stranger whom an agent takes for Ada, who has chatted before in a browser of her own."""

    stranger: Browser
    ada: Browser
    theirs: str
    hers: str


@pytest.fixture
async def merged(visit: Visit, begin: Begin, database: Database) -> Merged:
    ada, stranger = await visit(), await visit()
    hers = (await ada.begin("My address is 1 Secret Street")).json()["conversation"]["id"]
    await ada.call("PATCH", "/visitor", json={"name": "Ada", "email": "ada@example.com"})
    theirs = (await stranger.begin("Hello")).json()["conversation"]["id"]
    await merge(begin, stranger.customer_id, ada.customer_id)
    Visitors.of(database).clear()
    return Merged(stranger, ada, theirs, hers)


async def merge(begin: Begin, customer_id: UUID | None, into_id: UUID | None) -> None:
    """As an agent does it, and the log's reader after them."""
    assert customer_id is not None
    assert into_id is not None
    async with begin() as ctx:
        await customers.merge(ctx, customer_id, into_id)
        await moving.follow(ctx, await live_merge(ctx, customer_id), customer_id, into_id)


async def read_by(visitor: Browser) -> set[str]:
    answer = await visitor.call("GET", "/conversations")
    assert answer.status_code == 200, answer.text
    return {it["id"] for it in answer.json()["items"]}


async def test_each_browser_goes_on_reading_what_it_began_and_nothing_else(merged: Merged) -> None:
    assert await read_by(merged.stranger) == {merged.theirs}
    assert await read_by(merged.ada) == {merged.hers}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/messages", None),
        ("POST", "/messages", {"client_id": "c-1", "body": "It is me", "attachment_ids": []}),
        ("PUT", "/seen", {"seq": 1}),
    ],
)
async def test_the_other_ones_conversation_does_not_exist_for_either(
    merged: Merged, method: str, path: str, body: object
) -> None:
    for visitor, foreign in ((merged.stranger, merged.hers), (merged.ada, merged.theirs)):
        request = {"json": body} if body is not None else {}
        answer = await visitor.call(method, f"/conversations/{foreign}{path}", **request)
        assert answer.status_code == 404, answer.text


async def test_a_browser_goes_on_writing_where_it_wrote(merged: Merged) -> None:
    answer = await merged.stranger.say(merged.theirs, "Are you there?")

    assert answer.status_code == 201
    said = [m["body"] for m in await merged.stranger.messages(merged.theirs)]
    assert said == ["Hello", "Are you there?"]


async def test_what_it_begins_now_belongs_to_the_customer_and_is_read_by_it_alone(
    merged: Merged, begin: Begin
) -> None:
    begun = (await merged.stranger.begin("One more thing")).json()["conversation"]["id"]

    assert await read_by(merged.stranger) == {merged.theirs, begun}
    assert await read_by(merged.ada) == {merged.hers}
    async with begin() as ctx:
        owner_id = (await conversations.get(ctx, UUID(begun))).customer_id
    assert owner_id == merged.ada.customer_id


async def test_nothing_known_of_the_customer_is_told_or_changed(
    merged: Merged, begin: Begin
) -> None:
    me = (await merged.stranger.arrive()).json()["visitor"]
    await merged.stranger.call("PATCH", "/visitor", json={"email": "mallory@example.com"})

    assert (me["name"], me["email"], me["verified"]) == ("", None, False)
    async with begin() as ctx:
        assert merged.ada.customer_id is not None
        assert (await customers.get(ctx, merged.ada.customer_id)).email == "ada@example.com"


async def test_live_each_hears_of_what_they_may_read(merged: Merged, begin: Begin) -> None:
    await merged.ada.say(merged.hers, "Secret")
    await merged.stranger.say(merged.theirs, "Open")
    async with begin(SYSTEM) as ctx:
        records = await log.of_workspace(ctx, Cursor(0, 0), limit=100)
        own = [record for record in records if record.name.startswith("conversations.")]
        told = await present_conversations(ctx, own)

    heard = {(d.topic, str(d.body["conversation"].id)) for d in told if "visitor:" in d.topic}
    assert heard == {
        (f"visitor:{merged.ada.customer_id}", merged.hers),
        (f"visitor:{merged.stranger.customer_id}", merged.theirs),
    }


async def test_typing_shows_only_where_one_may_read(merged: Merged, begin: Begin) -> None:
    audience = ConversationAudience()
    assert merged.stranger.customer_id is not None
    async with begin(Actor("customer", merged.stranger.customer_id)) as ctx:
        assert await audience.typing_topics(ctx, UUID(merged.theirs), note=False)
        assert not await audience.typing_topics(ctx, UUID(merged.hers), note=False)


async def test_with_proof_a_browser_takes_along_what_it_began(
    merged: Merged, shop: Chat, clock: Clock
) -> None:
    answer = await merged.stranger.arrive(identity=proof(shop, clock, sub="somebody"))

    assert answer.status_code == 200
    assert await read_by(merged.stranger) == {merged.theirs}
    assert await read_by(merged.ada) == {merged.hers}


async def test_undoing_the_merge_leaves_everybody_their_own(merged: Merged, begin: Begin) -> None:
    assert merged.stranger.customer_id is not None
    async with begin() as ctx:
        merge_id = await live_merge(ctx, merged.stranger.customer_id)
        await customers.unmerge(ctx, merged.stranger.customer_id)
        await moving.go_back(ctx, merge_id, merged.stranger.customer_id)

    assert await read_by(merged.stranger) == {merged.theirs}
    assert await read_by(merged.ada) == {merged.hers}
