"""What of solved conversations is taken, when, and what becomes of it."""

import pytest

from rapport.ai.solved import running
from rapport.ai.solved import service as solved
from rapport.ai.solved.errors import SolvedOff, TakingUnderWay
from rapport.ai.solved.models import SolvedRun
from rapport.ai.solved.settings import SolvedSettings
from rapport.conversations import service as conversations
from rapport.customers import service as customers
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.settings import workspace as workspace_settings
from rapport.knowledge import service as knowledge
from tests.ai.solved.conftest import LAMP, RESET, Desk
from tests.make.conversations import make_inbox, say
from tests.make.customers import make_customer


async def found(desk: Desk, question: str = LAMP) -> list[str]:
    """What the assistant finds for a question, of solved conversations."""
    async with desk.begin() as ctx:
        passages = await knowledge.retrieve(ctx, question, solved="only")
    return [passage.text for passage in passages]


async def test_nothing_is_taken_until_an_administrator_says_so(desk: Desk) -> None:
    await desk.solve()
    await desk.take()

    async with desk.begin() as ctx:
        status = await solved.status(ctx)
        with pytest.raises(SolvedOff):
            await solved.start(ctx)

    assert (status.is_on, status.queued.count, status.in_use.count) == (False, 0, 0)
    assert await found(desk) == []


async def test_question_and_answer_are_taken_when_it_has_stayed_resolved(desk: Desk) -> None:
    await desk.use()
    talk = await desk.solve(LAMP, f"Hi Ada, {RESET}\n\nBest regards\nBen", name="Ada Lovelace")

    await desk.take(days=13)
    too_early = await desk.rows()
    await desk.take(days=2)
    (row,) = await desk.rows()

    assert too_early == []
    assert (row.id, row.inbox_id) == (talk.id, desk.inbox.id)
    assert (row.question, row.answer, row.locale) == (LAMP, RESET, "en")
    assert await found(desk) == [RESET]


async def test_only_the_chosen_inboxes_are_looked_at(desk: Desk) -> None:
    async with desk.begin() as ctx:
        other = await make_inbox(ctx, name="Private")
    await desk.use()
    await desk.solve(inbox=other)
    await desk.take()

    assert await desk.rows() == []
    assert await desk.reasons() == []


async def test_thanks_may_follow_and_nothing_else(desk: Desk) -> None:
    await desk.use()
    await desk.solve(after=["Thanks a lot!"])
    await desk.take()
    (thanked,) = await desk.rows()
    await desk.solve(after=["It is still blinking."])
    await desk.solve(after=["Thank you. And where is the parcel?"])
    await desk.take()

    assert thanked.answer == RESET
    assert await desk.reasons() == ["went_on", "went_on"]


async def test_what_has_no_answer_or_too_many_holes_is_refused_and_says_why(desk: Desk) -> None:
    await desk.use()
    await desk.solve("Grzegorz told me about quixotic zeppelins over Zanzibar")
    await desk.solve(LAMP, "Thanks for your patience!")
    await desk.solve(LAMP, "Take the battery out. Today I have asked Tariq in Lahore about it all.")
    await desk.solve(LAMP, "Ask Tariq in Lahore.")
    await desk.take()

    assert await desk.reasons() == [
        "answer_not_safe",
        "too_little_left",
        "no_answer",
        "question_not_safe",
    ]


async def test_the_same_answer_is_kept_once(desk: Desk) -> None:
    await desk.use()
    for _ in range(2):
        await desk.solve()
    await desk.take()

    assert len(await desk.rows()) == 1
    assert await desk.reasons() == ["known_already"]


async def test_newer_ones_replace_the_oldest(desk: Desk) -> None:
    await desk.use(most=10)
    said = ["lamp", "battery", "key", "parcel", "refund", "return", "address", "days", "power"]
    answers = [f"Take the {word} out and hold the power key." for word in [*said, "seconds"]]
    first = await desk.solve(LAMP, answers[0])
    for answer in answers[1:]:
        await desk.solve(LAMP, answer)
    await desk.take()
    full = await desk.rows()
    await desk.solve(LAMP, "Take the blinking parcel out within a few days.")
    await desk.take()

    assert len(full) == len(await desk.rows()) == 10
    assert [row.id for row in await desk.rows("refused")] == [first.id]
    assert await desk.reasons() == ["made_room"]


async def test_whoever_reviews_decides_and_rejected_words_are_forgotten(desk: Desk) -> None:
    await desk.use(is_reviewed=True)
    good = await desk.solve()
    bad = await desk.solve(LAMP, "Hold the lamp and take the key out.")
    await desk.take()
    waiting = await desk.rows("waiting")
    nothing = await found(desk)

    async with desk.begin() as ctx:
        await solved.approve(ctx, good.id)
        refused = await solved.reject(ctx, bad.id)

    assert [row.id for row in waiting] == [bad.id, good.id]
    assert nothing == []
    assert await found(desk) == [RESET]
    assert (refused.reason, refused.question, refused.answer) == ("rejected", "", "")
    async with desk.begin() as ctx:
        await solved.remove(ctx, good.id)
    assert await found(desk) == []
    await desk.take()
    assert await desk.reasons() == ["rejected", "removed"]


async def test_reopening_takes_it_out_and_resolving_it_again_looks_again(desk: Desk) -> None:
    await desk.use()
    talk = await desk.solve()
    await desk.take()
    async with desk.begin() as ctx:
        await say(ctx, talk, "It blinks again.")
    await desk.listen()
    opened = await desk.rows()
    gone = await found(desk)
    async with desk.begin(desk.agent) as ctx:
        await conversations.reply(ctx, talk.id, RESET, resolve=True)
    await desk.take()

    assert (opened, gone) == ([], [])
    assert [row.id for row in await desk.rows()] == [talk.id]


async def test_merging_its_customer_has_it_looked_at_again_for_both(desk: Desk) -> None:
    await desk.use()
    async with desk.begin() as ctx:
        one = await make_customer(ctx, name="", email="x@mail.example")
        other = await make_customer(ctx, name="", email="y@mail.example")
        await customers.update(ctx, other.id, CustomerPatch(attributes={"pet": "Battery"}))
    await desk.solve(customer=one)
    await desk.take()
    before = await desk.rows()
    async with desk.begin() as ctx:
        await customers.merge(ctx, one.id, other.id)
    await desk.take()

    assert len(before) == 1
    assert await desk.rows() == []
    assert await desk.reasons() == ["answer_not_safe"]


async def test_what_becomes_known_of_a_customer_takes_out_what_holds_it(desk: Desk) -> None:
    await desk.use()
    async with desk.begin() as ctx:
        customer = await make_customer(ctx, name="", email="x@mail.example")
    await desk.solve(customer=customer)
    await desk.take()
    async with desk.begin() as ctx:
        await customers.update(ctx, customer.id, CustomerPatch(name="Bat Battery"))
    await desk.listen()

    assert await desk.rows() == []
    assert await found(desk) == []


async def test_switched_off_nothing_is_left(desk: Desk) -> None:
    await desk.use()
    await desk.solve()
    await desk.solve(LAMP, "Thanks for your patience!")
    await desk.take()
    async with desk.begin() as ctx:
        await workspace_settings.update(ctx, SolvedSettings, {"is_on": False})
    await desk.listen()
    at_once = (await desk.rows(), await found(desk))
    await desk.take()

    assert at_once == ([], [])
    assert await desk.reasons() == []


async def test_what_colleagues_alone_were_to_see_is_looked_at_again_for_customers(
    desk: Desk,
) -> None:
    await desk.use(audience="internal", is_reviewed=True)
    talk = await desk.solve()
    await desk.take()
    async with desk.begin() as ctx:
        await solved.approve(ctx, talk.id)
    for_customers = await found(desk)
    await desk.use(audience="customers", is_reviewed=True)
    again = await desk.rows("waiting")
    async with desk.begin() as ctx:
        await solved.approve(ctx, talk.id)
    told = await found(desk)
    await desk.use(audience="internal", is_reviewed=True)

    assert for_customers == []
    assert [row.id for row in again] == [talk.id]
    assert told == [RESET]
    assert await found(desk) == []


async def test_conversations_from_before_are_looked_through_with_progress(desk: Desk) -> None:
    talks = [await desk.solve() for _ in range(3)]
    desk.clock.forward(days=20)
    await desk.use()
    async with desk.begin() as ctx:
        run = await solved.start(ctx)
        with pytest.raises(TakingUnderWay):
            await solved.start(ctx)
    began = (run.state, run.total, run.looked)
    await solved.go_on(desk.database, desk.workspace_id)
    async with desk.begin() as ctx:
        status = await solved.status(ctx)

    assert began == ("running", 3, 0)
    assert (status.state, status.total, status.looked) == ("done", 3, 3)
    assert [row.id for row in await desk.rows()] == [talks[-1].id]
    assert status.refused.count == 2


async def test_cancelled_and_begun_again_it_ends_and_starts(desk: Desk) -> None:
    for _ in range(3):
        await desk.solve()
    desk.clock.forward(days=20)
    await desk.use()
    async with desk.begin() as ctx:
        await solved.start(ctx)
    async with desk.begin() as ctx:
        await solved.cancel(ctx)
    await solved.go_on(desk.database, desk.workspace_id)
    async with desk.begin() as ctx:
        cancelled = await solved.status(ctx)
        await solved.start(ctx)
    await solved.go_on(desk.database, desk.workspace_id)
    async with desk.begin() as ctx:
        done = await solved.status(ctx)

    assert (cancelled.state, cancelled.looked, cancelled.in_use.count) == ("cancelled", 0, 0)
    assert (done.state, done.looked, done.in_use.count) == ("done", 3, 1)


async def test_broken_off_it_goes_on_where_it_was(desk: Desk) -> None:
    said = ["lamp", "battery", "parcel"]
    for word in said:
        await desk.solve(LAMP, f"Take the {word} out and hold the power key.")
    desk.clock.forward(days=20)
    await desk.use()
    async with desk.begin() as ctx:
        await solved.start(ctx)
    async with desk.begin() as ctx:  # as far as it came before the worker died
        run = await ctx.session.get(SolvedRun, desk.workspace_id)
        assert run is not None
        await running.step(ctx, at_once=2)
        place = run.looked
    await solved.go_on(desk.database, desk.workspace_id)
    async with desk.begin() as ctx:
        status = await solved.status(ctx)

    assert place == 2
    assert (status.state, status.looked, status.in_use.count) == ("done", 3, 3)
