"""What providers tell of our mail: the delivery fails, the address is marked."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from rapport.channels.delivery.models import Delivery
from rapport.channels.email.models import Correspondent
from rapport.channels.email.receiving.reporting import service as reporting
from rapport.channels.email.receiving.reporting.service import Report
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.channels.email.receiving.hooks.conftest import Open, Send
from tests.channels.email.receiving.hooks.simulators import (
    Amazon,
    Mailgun,
    Postmark,
    SendGrid,
    Simulator,
)
from tests.conftest import Clock
from tests.make.conversations import make_conversation
from tests.make.mailboxes import Box

ADA, BOB = "ada@home.example", "bob@home.example"
REPORTING: dict[str, Callable[[Clock], Simulator]] = {
    "postmark": Postmark,
    "mailgun": Mailgun,
    "sendgrid": SendGrid,
    "ses": Amazon,
}


@pytest.fixture(params=list(REPORTING))
def simulator(request: pytest.FixtureRequest, clock: Clock) -> Simulator:
    return REPORTING[request.param](clock)


async def sent(
    database: Database,
    box: Box,
    *recipients: str,
    message_id: str = "",
    response: str = "250 OK",
    state: str = "sent",
) -> Delivery:
    """A mail of ours that went out."""
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        inbox = await conversations.get_inbox(ctx, box.inbox_id)
        conversation = await make_conversation(ctx, inbox=inbox)
        delivery = Delivery(
            workspace_id=box.workspace_id,
            id=new_id(),
            created_at=ctx.now(),
            channel="email",
            inbox_id=box.inbox_id,
            conversation_id=conversation.id,
            seq=None,
            peer=recipients[0],
            recipients={
                "to": [{"name": "", "address": one} for one in recipients],
                "cc": [],
                "bcc": [],
            },
            options={"author": {"kind": "system", "id": None, "name": "Rapport"}},
            state=state,
            due_at=ctx.now(),
            reference=message_id or f"{new_id()}@shop.example",
            response=response,
            sent_at=ctx.now(),
        )
        ctx.session.add(delivery)
        await ctx.session.flush()
        return delivery


async def now_of(database: Database, delivery: Delivery) -> Delivery:
    async with database.begin(delivery.workspace_id, SYSTEM) as ctx:
        return (await ctx.session.scalars(select(Delivery).where(Delivery.id == delivery.id))).one()


async def known_of(database: Database, box: Box, address: str = ADA) -> Correspondent | None:
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        found: Correspondent | None = await ctx.session.get(
            Correspondent, (box.workspace_id, address)
        )
        return found


async def test_a_report_is_noted_with_the_delivery_and_the_address(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    found = {}
    for kind in ("bounced", "undelivered", "delayed", "complained", "delivered"):
        address = f"{kind}@home.example"
        delivery = await sent(database, box, address)
        assert delivery.reference is not None
        post = simulator.report(kind, address.upper(), delivery.reference)
        assert post is not None
        answer = await send(box, post, to=simulator.name)
        assert answer.status_code == 200, answer.text
        after, known = await now_of(database, delivery), await known_of(database, box, address)
        marks = (known.bounced_at, known.complained_at) if known else (None, None)
        found[kind] = (after.state, after.reason, *(mark is not None for mark in marks))

    assert found == {
        "bounced": ("failed", "bounced", True, False),
        "undelivered": ("failed", "undelivered", False, False),
        "delayed": ("sent", None, False, False),
        "complained": ("sent", None, False, True),
        "delivered": ("sent", None, False, False),
    }


async def test_the_same_report_again_changes_nothing(
    database: Database, send: Send, open_box: Open, simulator: Simulator, clock: Clock
) -> None:
    box = await open_box(simulator)
    delivery = await sent(database, box, ADA)
    assert delivery.reference is not None
    post = simulator.report("bounced", ADA, delivery.reference)
    assert post is not None

    await send(box, post, to=simulator.name)
    first = await now_of(database, delivery)
    clock.forward(minutes=1)
    again = await send(box, post, to=simulator.name)

    assert again.status_code == 200
    after = await now_of(database, delivery)
    assert (after.state, after.response) == (first.state, first.response)


async def test_one_of_two_who_did_not_get_it_is_told(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    delivery = await sent(database, box, ADA, BOB)
    assert delivery.reference is not None
    post = simulator.report("bounced", BOB, delivery.reference)
    assert post is not None

    await send(box, post, to=simulator.name)

    after = await now_of(database, delivery)
    assert after.state == "sent"
    assert after.refused == [BOB]


async def test_an_address_that_bounced_is_good_again_when_it_takes_a_mail(
    database: Database, send: Send, open_box: Open, simulator: Simulator
) -> None:
    box = await open_box(simulator)
    for kind in ("bounced", "delivered"):
        post = simulator.report(kind, ADA, "unknown@shop.example")
        assert post is not None
        assert (await send(box, post, to=simulator.name)).status_code == 200

    known = await known_of(database, box)
    assert known is not None
    assert known.bounced_at is None


async def test_another_workspace_hears_nothing_of_it(
    database: Database, send: Send, open_box: Open, simulator: Simulator, stranger: UUID
) -> None:
    box, theirs = await open_box(simulator), await open_box(simulator, workspace=stranger)
    delivery = await sent(database, theirs, ADA)
    assert delivery.reference is not None
    post = simulator.report("bounced", ADA, delivery.reference)
    assert post is not None

    await send(box, post, to=simulator.name)

    assert (await now_of(database, delivery)).state == "sent"
    assert await known_of(database, theirs) is None


async def test_a_provider_with_ids_of_its_own_is_understood_by_what_it_answered(
    database: Database, open_box: Open, clock: Clock
) -> None:
    box = await open_box(Postmark(clock))
    await sent(database, box, ADA, response="250 queued as another")
    delivery = await sent(database, box, ADA, response="250 2.0.0 Ok: queued as 0100-provider")
    await sent(database, box, ADA, response="250 queued as a-third")
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        report = Report("bounced", ADA, None, provider_id="0100-provider")
        found = await reporting.apply(ctx, report)

    assert found is not None
    assert found.id == delivery.id
    assert (await now_of(database, delivery)).state == "failed"


async def test_what_only_looks_like_a_bounce_marks_nobody(
    database: Database, open_box: Open, clock: Clock
) -> None:
    box = await open_box(Postmark(clock))
    delivery = await sent(database, box, ADA)
    assert delivery.reference is not None
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        guessed = Report("bounced", ADA, "guessed@shop.example")
        await reporting.apply(ctx, guessed, is_proven=False)
        other = Report("bounced", BOB, delivery.reference)
        await reporting.apply(ctx, other, is_proven=False)

    assert await known_of(database, box) is None
    assert await known_of(database, box, BOB) is None


async def test_a_bounce_by_mail_that_names_ours_marks_its_recipient(
    database: Database, open_box: Open, clock: Clock
) -> None:
    box = await open_box(Postmark(clock))
    delivery = await sent(database, box, ADA)
    assert delivery.reference is not None
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        report = Report("bounced", ADA, f"<{delivery.reference}>", "5.1.1", "No such user")
        await reporting.apply(ctx, report, is_proven=False)

    known = await known_of(database, box)
    assert known is not None
    assert known.bounce_status == "5.1.1"
    assert (await now_of(database, delivery)).state == "failed"
