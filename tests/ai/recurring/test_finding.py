from uuid import UUID

import pytest

from rapport.ai.recurring import service as recurring
from rapport.ai.recurring.reading import service as reading
from rapport.ai.recurring.schemas import ProblemPatch
from rapport.ai.recurring.settings import Recurring
from rapport.conversations import service as conversations
from rapport.conversations.listeners import follow_merges
from rapport.customers import service as customers
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.errors import Unreachable
from rapport.kernel.settings import workspace as workspace_settings
from tests.ai.recurring.conftest import ALONE, LOGIN, REFUND, Desk
from tests.make.conversations import say


async def ask_all(desk: Desk, *texts: str) -> list[UUID]:
    return [await desk.ask(text) for text in texts]


async def test_what_three_customers_ask_becomes_a_problem(desk: Desk) -> None:
    refunds = await ask_all(desk, *REFUND)
    logins = await ask_all(desk, *LOGIN)
    alone = await desk.ask(ALONE)

    await desk.look()

    places = await desk.places()
    assert len({places[id_] for id_ in refunds}) == len({places[id_] for id_ in logins}) == 1
    assert places[alone] is None
    found = {problem.id: problem for problem in await desk.problems()}
    assert len(found) == 2
    refund = found[places[refunds[0]] or refunds[0]]
    assert (refund.conversation_count, refund.customer_count) == (3, 3)
    assert (refund.day_count, refund.month_count, refund.state) == (3, 3, "open")
    assert "refund" in refund.name


async def test_one_customer_who_asks_three_times_is_no_problem_of_many(desk: Desk) -> None:
    for text in REFUND:
        await desk.ask(text, by="the same")

    await desk.look()

    assert await desk.problems() == []


async def test_a_new_conversation_joins_what_is_known(desk: Desk) -> None:
    await ask_all(desk, *REFUND)
    await desk.look()
    (problem,) = await desk.problems()

    later = await desk.ask("Tent refund did not arrive on my account")
    await desk.look()

    assert (await desk.places())[later] == problem.id
    assert (await desk.problems())[0].conversation_count == 4


async def test_a_hello_waits_for_the_question_that_follows_it(desk: Desk) -> None:
    await ask_all(desk, *REFUND[:2])
    third = await desk.ask("Hello!")
    await desk.look()
    assert await desk.problems() == []

    async with desk.begin() as ctx:
        begun = await conversations.get(ctx, third)
        await say(ctx, begun, REFUND[2])
    await desk.look()

    (problem,) = await desk.problems()
    assert (await desk.places())[third] == problem.id


async def test_the_same_history_gives_the_same_problems(desk: Desk, elsewhere: Desk) -> None:
    texts = [text for trio in zip(REFUND, LOGIN, strict=True) for text in (*trio, ALONE)]
    partitions = []
    for one in (desk, elsewhere):
        ids = await ask_all(one, *texts[:7])
        await one.look()
        ids += await ask_all(one, *texts[7:])
        await one.look()
        places = await one.places()
        partitions.append([[places[a] == places[b] for a in ids] for b in ids])

    assert partitions[0] == partitions[1]


async def test_what_a_person_took_out_does_not_come_back(desk: Desk) -> None:
    ids = await ask_all(desk, *REFUND, "Refund for my tent not on my bank account")
    await desk.look()
    (problem,) = await desk.problems()

    async with desk.begin() as ctx:
        await recurring.take_out(ctx, problem.id, ids[0])
    await ask_all(desk, "Tent refund has not arrived on my bank account")
    await desk.look()

    assert (await desk.places())[ids[0]] is None
    assert [one.conversation_count for one in await desk.problems()] == [4]


async def test_what_was_taken_out_does_not_come_back_with_others_of_its_kind(desk: Desk) -> None:
    ids = await ask_all(desk, *REFUND, REFUND[0], REFUND[0], REFUND[0])
    await desk.look()
    (problem,) = await desk.problems()
    async with desk.begin() as ctx:
        for id_ in ids[3:]:
            await recurring.take_out(ctx, problem.id, id_)

    for _ in range(2):
        await ask_all(desk, ALONE)
        await desk.look()

    places = await desk.places()
    assert {places[id_] for id_ in ids[:3]} == {problem.id}
    assert problem.id not in {places[id_] for id_ in ids[3:]}
    assert len(await desk.problems()) == 2


async def test_another_model_reads_again_and_problems_stay(desk: Desk) -> None:
    await ask_all(desk, *REFUND)
    await desk.look()
    (problem,) = await desk.problems()

    desk.database.ports.provide(Embedder, FakeEmbedder(name="all-MiniLM-L6-v2/int8/1"))
    later = await desk.ask(REFUND[0])
    await desk.look()

    (same,) = await desk.problems()
    assert (same.id, same.conversation_count) == (problem.id, 4)
    assert (await desk.places())[later] == problem.id


async def test_more_that_is_said_soon_is_read_again(desk: Desk) -> None:
    await ask_all(desk, *REFUND[:2])
    third = await desk.ask("Hi, look here")
    await desk.look()
    assert await desk.problems() == []

    desk.clock.forward(minutes=5)
    async with desk.begin() as ctx:
        begun = await conversations.get(ctx, third)
        await say(ctx, begun, REFUND[2])
    await desk.look()

    assert len(await desk.problems()) == 1


async def test_what_a_person_split_is_not_merged_again(desk: Desk) -> None:
    ids = await ask_all(desk, *REFUND, "Refund for my tent not on my bank account")
    await desk.look()
    (problem,) = await desk.problems()

    async with desk.begin() as ctx:
        made = await recurring.split(ctx, problem.id, ids[:2], None)
    await ask_all(desk, ALONE)
    await desk.look()

    places = await desk.places()
    assert {places[id_] for id_ in ids[:2]} == {made.id}
    assert {places[id_] for id_ in ids[2:]} == {problem.id}
    assert [one.conversation_count for one in await desk.problems()] == [2, 2]


async def test_problems_that_a_person_merged_both_go_on_finding_their_like(desk: Desk) -> None:
    refunds, logins = await ask_all(desk, *REFUND), await ask_all(desk, *LOGIN)
    await desk.look()
    places = await desk.places()
    into, gone = places[refunds[0]], places[logins[0]]
    assert into is not None
    assert gone is not None

    async with desk.begin() as ctx:
        await recurring.merge(ctx, gone, into)
    later = await ask_all(desk, REFUND[1], LOGIN[1])
    await desk.look()

    assert set((await desk.places()).values()) == {into}
    (problem,) = await desk.problems()
    assert (problem.conversation_count, problem.customer_count) == (8, 8)
    assert later


async def test_a_dismissed_problem_keeps_its_like_and_alerts_to_nothing(desk: Desk) -> None:
    await ask_all(desk, *REFUND)
    await desk.look()
    (problem,) = await desk.problems()
    async with desk.begin() as ctx:
        await recurring.change(ctx, problem.id, ProblemPatch(state="dismissed"))
    before = len(await desk.told())

    desk.clock.forward(days=2)
    await ask_all(desk, *REFUND * 4)
    await desk.look()

    (problem,) = await desk.problems()
    assert (problem.state, problem.conversation_count) == ("dismissed", 15)
    assert len(await desk.told()) == before


async def test_a_name_that_a_person_gave_stays(desk: Desk) -> None:
    await ask_all(desk, *REFUND)
    await desk.look()
    (problem,) = await desk.problems()
    async with desk.begin() as ctx:
        await recurring.change(ctx, problem.id, ProblemPatch(name="Refunds, again"))

    await ask_all(desk, *REFUND * 2)
    await desk.look()

    assert [one.name for one in await desk.problems()] == ["Refunds, again"]


async def test_what_is_asked_in_other_languages_is_found_by_its_words(desk: Desk) -> None:
    ids = await ask_all(
        desk,
        "Meine Rückerstattung ist noch nicht auf dem Konto eingegangen",
        "Die Rückerstattung ist immer noch nicht auf meinem Konto",
        "Wann kommt die Rückerstattung auf mein Konto? Nichts eingegangen",
    )
    await desk.look()

    assert len(set((await desk.places()).values())) == 1
    (problem,) = await desk.problems()
    assert "rückerstattung" in problem.name.lower()
    assert ids


async def test_products_are_counted_by_the_workspace_s_names(desk: Desk) -> None:
    async with desk.begin() as ctx:
        await workspace_settings.update(ctx, Recurring, {"products": ["Fjord Tent 2"]})
    ids = await ask_all(desk, *(f"{text} (Fjord Tent 2)" for text in REFUND))
    await desk.look()

    (problem,) = await desk.problems()
    async with desk.begin() as ctx:
        detail = await reading.one(ctx, problem.id, "day")
    assert [(it.name, it.count) for it in detail.products] == [("Fjord Tent 2", 3)]
    assert ids


async def test_a_conversation_that_changes_hands_counts_for_its_new_customer(desk: Desk) -> None:
    await ask_all(desk, *REFUND)
    await desk.look()
    one, other = list(desk.customers.values())[:2]

    async with desk.begin() as ctx:
        await customers.merge(ctx, one.id, other.id)
    async with desk.begin() as ctx:
        for record in await desk.told("customers.merged"):
            await follow_merges(ctx, record.event, record)
    await desk.look()

    (problem,) = await desk.problems()
    assert (problem.conversation_count, problem.customer_count) == (3, 2)


async def test_an_embedder_that_fails_is_asked_again_next_time(desk: Desk) -> None:
    class Failing(FakeEmbedder):
        async def embed(self, *_: object, **__: object) -> object:  # type: ignore[override]
            raise Unreachable

    desk.database.ports.provide(Embedder, Failing(name="all-MiniLM-L6-v2/int8/1"))
    await ask_all(desk, *REFUND)
    with pytest.raises(Unreachable):
        await desk.look()

    desk.database.ports.provide(Embedder, FakeEmbedder(name="all-MiniLM-L6-v2/int8/1"))
    await desk.look()

    assert len(await desk.problems()) == 1
