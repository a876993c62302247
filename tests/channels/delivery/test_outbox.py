"""Sending: every message once, however often it takes."""

import asyncio
from datetime import timedelta

import pytest

from rapport.channels.delivery import claiming, service
from rapport.channels.delivery.claiming import Leased
from rapport.channels.delivery.errors import DeliveryUnderWay
from rapport.channels.delivery.outbox import Outbox
from rapport.channels.delivery.ports import Outcome, Result
from rapport.kernel.context import SYSTEM
from tests.channels.delivery.conftest import Post

BUSY = Outcome(Result.RETRY, "450 busy", "try_later")
LEASE = timedelta(seconds=60)


async def test_each_attempt_sends_the_same_bytes_ever_more_slowly(post: Post) -> None:
    post.loft.plan = [BUSY, BUSY, BUSY]
    held = await post.hold()
    pauses = []

    for _ in range(4):
        await post.work()
        delivery = await post.delivery(held)
        pauses.append(delivery.due_at - post.clock())
        post.clock.instant = max(delivery.due_at, post.clock())

    delivery = await post.delivery(held)
    assert delivery.state == "sent"
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert len({body for _, body in post.loft.sent}) == 1
    assert (len(post.loft.sent), post.loft.composed, delivery.attempts) == (4, 1, 4)


async def test_while_it_waits_it_says_why(post: Post) -> None:
    post.loft.plan = [BUSY]
    held = await post.hold()

    await post.work()

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason, delivery.response) == (
        "queued",
        "try_later",
        "450 busy",
    )


async def test_a_name_the_other_side_gave_is_noted_as_it_is_marked_sent(post: Post) -> None:
    post.loft.plan = [Outcome(Result.SENT, "coo", reference="their-name")]
    held = await post.hold()

    await post.work()

    assert ((await post.delivery(held)).state, post.loft.names) == ("sent", ["their-name"])


async def test_what_cannot_be_noted_is_not_marked_sent(post: Post) -> None:
    post.loft.plan = [Outcome(Result.SENT, "coo", reference="their-name")]
    held = await post.hold()
    post.loft.forgets = True

    await post.work()

    assert ((await post.delivery(held)).state, post.loft.names) == ("sending", [])


async def test_after_three_days_it_is_given_up(post: Post) -> None:
    post.loft.plan = [BUSY] * 100
    held = await post.hold()

    for _ in range(100):
        await post.work()
        delivery = await post.delivery(held)
        if delivery.state == "failed":
            break
        post.clock.instant = delivery.due_at

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason, delivery.response) == ("failed", "gave_up", "450 busy")
    assert timedelta(days=3) <= post.clock() - delivery.created_at < timedelta(days=3, hours=4)


async def test_what_is_refused_has_failed_with_the_other_sides_words(post: Post) -> None:
    refused = {"ada": "550 5.1.1 no such pigeon"}
    post.loft.plan = [Outcome(Result.REJECTED, "550", "recipients_refused", refused=refused)]
    held = await post.hold()

    await post.work()

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason, delivery.refused) == (
        "failed",
        "recipients_refused",
        ["ada"],
    )


async def test_what_has_failed_can_be_sent_again(post: Post) -> None:
    post.loft.plan = [Outcome(Result.REJECTED, "550", "message_refused")]
    held = await post.hold()
    await post.work()

    async with post.database.begin(post.workspace, post.agent) as ctx:
        await service.send_now(ctx, held)
    await post.work()

    assert (await post.delivery(held)).state == "sent"
    async with post.database.begin(post.workspace, post.agent) as ctx:
        with pytest.raises(DeliveryUnderWay):
            await service.send_now(ctx, held)


async def test_that_the_others_got_it_later_does_not_hide_why_somebody_did_not(post: Post) -> None:
    no = "550 5.1.1 no such pigeon"
    post.loft.plan = [
        Outcome(Result.SENT, no, "recipients_refused", refused={"bea": no}, left=("ada",))
    ]
    held = await post.hold(cc=["bea"])
    await post.work()
    post.clock.instant = (await post.delivery(held)).due_at

    await post.work()

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.refused) == ("sent", ["bea"])
    assert (delivery.reason, delivery.response) == ("recipients_refused", no)


async def test_who_is_taken_later_gets_it_later_and_nobody_else_twice(post: Post) -> None:
    post.loft.plan = [Outcome(Result.SENT, "250", left=("ada",))]
    held = await post.hold()
    await post.work()
    delivery = await post.delivery(held)
    assert (delivery.state, delivery.options["left"]) == ("queued", ["ada"])
    post.clock.instant = delivery.due_at

    await post.work()

    assert (await post.delivery(held)).state == "sent"


async def test_what_a_dead_process_was_sending_goes_out_again_with_the_same_bytes(
    post: Post,
) -> None:
    held = await post.hold()
    await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    leased = await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    assert isinstance(leased, Leased)
    await post.work()
    assert (await post.delivery(held)).state == "sending"
    post.clock.forward(seconds=61)

    await post.work()

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.attempts, delivery.options["unknown"]) == ("sent", 2, 1)
    assert post.loft.sent == [(held, leased.body)]


async def test_whoever_was_taken_for_dead_changes_nothing_any_more(post: Post) -> None:
    held = await post.hold()
    await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    leased = await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    assert isinstance(leased, Leased)
    post.clock.forward(seconds=61)
    await post.work()

    await claiming.settle(post.database, leased, Outcome(Result.REJECTED, "550", "late"))

    assert (await post.delivery(held)).state == "sent"


async def test_a_lease_that_is_prolonged_is_nobody_elses(post: Post) -> None:
    await post.hold()
    await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    leased = await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE)
    assert isinstance(leased, Leased)
    post.clock.forward(seconds=50)
    await claiming.prolong(post.database, leased, LEASE)
    post.clock.forward(seconds=50)

    assert await claiming.claim(post.database, post.workspace, post.inbox.id, LEASE) is None


async def test_nobody_sends_a_message_for_ever_because_nobody_knows(post: Post) -> None:
    post.loft.plan = [Outcome(Result.UNKNOWN, "gone", "disconnected")] * 50
    held = await post.hold()

    for _ in range(50):
        await post.work()
        post.clock.forward(minutes=5)

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason) == ("failed", "unknown")
    assert len(post.loft.sent) == claiming.MAX_UNKNOWN + 1


async def test_where_sending_twice_shows_a_person_decides(post: Post) -> None:
    post.loft.can_repeat = False
    post.loft.plan = [Outcome(Result.UNKNOWN, "gone", "disconnected")]
    held = await post.hold()
    await post.work()
    post.clock.forward(hours=1)
    await post.work()
    assert (await post.delivery(held)).state == "unknown"

    async with post.database.begin(post.workspace, post.agent) as ctx:
        await service.send_now(ctx, held)
    await post.work()

    assert (await post.delivery(held)).state == "sent"


async def test_an_inbox_that_is_not_let_in_waits_with_all_its_messages(post: Post) -> None:
    shut = Outcome(Result.AUTH, "535 no", "login_refused", blocks_inbox=True, was_tried=False)
    post.loft.plan = [shut]
    first, second = await post.hold("One"), await post.hold("Two")

    await post.work()

    assert len(post.loft.sent) == 1
    waits = await post.delivery(first)
    assert (waits.state, waits.reason, waits.attempts) == ("queued", "login_refused", 0)
    assert (await post.delivery(second)).state == "held"
    post.clock.forward(minutes=2)
    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await service.resume(ctx, post.inbox.id)
    await post.work()
    assert (await post.delivery(first)).state == "sent"


async def test_what_cannot_be_said_on_the_channel_has_failed(post: Post) -> None:
    post.loft.refuses = "attachment_gone"
    held = await post.hold()

    await post.work()

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason) == ("failed", "attachment_gone")


async def test_one_that_makes_us_stumble_holds_up_no_other(post: Post) -> None:
    post.loft.breaks = True
    bad = await post.hold("Bad")
    await post.work()
    post.loft.breaks = False
    good = await post.hold("Good")

    await post.work()

    assert (await post.delivery(good)).state == "sent"
    stumbled = await post.delivery(bad)
    assert (stumbled.state, stumbled.reason) == ("queued", "internal_error")
    post.clock.forward(minutes=5)
    await post.work()
    assert (await post.delivery(bad)).state == "sent"


async def test_one_that_always_makes_us_stumble_is_given_up(post: Post) -> None:
    post.loft.breaks = True
    bad = await post.hold("Bad")

    for _ in range(claiming.MAX_STUMBLES):
        await post.work()
        post.clock.forward(hours=1)

    assert (await post.delivery(bad)).state == "failed"


async def test_a_bounce_turns_what_was_sent_into_what_failed(post: Post) -> None:
    held = await post.hold()
    await post.work()

    async with post.database.begin(post.workspace, SYSTEM) as ctx:
        await service.failed(ctx, held, reason="bounced", response="5.1.1", recipients=["ADA"])

    delivery = await post.delivery(held)
    assert (delivery.state, delivery.reason, delivery.refused) == ("failed", "bounced", ["ada"])


async def test_two_processes_send_everything_once(post: Post) -> None:
    for number in range(20):
        await post.hold(f"Number {number}")

    await asyncio.gather(*(Outbox(post.database).work(post.workspace) for _ in range(2)))

    assert {it.state for it in await post.deliveries()} == {"sent"}
    assert len(post.loft.sent) == len({id_ for id_, _ in post.loft.sent}) == 20
    said = ["Where is my order?", *(f"Number {n}" for n in range(20))]
    assert sorted(await post.said()) == sorted(said)


async def test_the_outbox_runs_until_it_is_stopped(post: Post) -> None:
    growth = asyncio.Event()
    running = asyncio.create_task(Outbox(post.database, growth).run())
    held = await post.hold()
    growth.set()

    async with asyncio.timeout(10):
        while await post.loft.arrivals.get() != held:
            pass
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert (await post.delivery(held)).state in {"sent", "sending"}
