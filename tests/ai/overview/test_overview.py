"""What the assistant did, at a glance; and that a glance costs no more as history grows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from rapport.ai.overview import service
from rapport.ai.overview.repository import CONVERSATIONS, DAYS
from rapport.ai.overview.routes import router
from rapport.ai.overview.schemas import OverviewOut, Period
from rapport.conversations import service as conversations
from rapport.conversations.errors import InboxNotFound
from rapport.inference.gateway.repository import CallRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.http import install_problem_handlers
from tests.ai.gaps.conftest import Shop
from tests.conftest import Begin
from tests.make.auth import browser, person
from tests.make.conversations import make_inbox
from tests.make.knowledge import article

QUESTION = "How do I return an item?"
UNKNOWN = "Which football club won the cup yesterday evening?"


async def look(shop: Shop, period: Period = Period.MONTH, inbox: UUID | None = None) -> OverviewOut:
    async with shop.begin() as ctx:
        return await service.overview(ctx, period, inbox)


async def test_questions_are_counted_by_what_came_of_them(shop: Shop) -> None:
    talk = await shop.ask(QUESTION)
    await shop.say(talk, "Thank you very much")
    await shop.ask(UNKNOWN)
    await shop.ask("I want to talk to a person")

    told = await look(shop)

    assert (told.questions, told.answered, told.handed_over, told.silent) == (3, 1, 2, 0)
    assert {(r.decision, r.reason): r.count for r in told.reasons} == {
        ("answered", "confident"): 1,
        ("answered", "thanks"): 1,
        ("handed_over", "asked_for_a_person"): 1,
        ("handed_over", "nothing_found"): 1,
    }
    assert sum(told.confidence) == 2
    assert told.confidence[0] == 1
    assert sum(told.confidence[5:]) == 1
    assert [(d.day, d.answered, d.handed_over) for d in told.days] == [(date(2026, 1, 5), 1, 2)]
    assert [gap.question for gap in told.top_gaps] == [UNKNOWN]


async def test_answers_that_a_person_had_to_take_up_are_told(shop: Shop) -> None:
    await shop.ask(QUESTION)
    helped_not = await shop.ask(QUESTION)
    await shop.say(helped_not, "That does not help me")
    joined = await shop.ask(QUESTION)
    await shop.reply(joined, "Hello, this is Ben.")
    await shop.ask(UNKNOWN)

    told = await look(shop)

    assert (told.conversations_answered, told.conversations_taken_up) == (3, 2)
    assert told.taken_up_share == pytest.approx(2 / 3)


async def test_heard_again_nothing_is_counted_twice(shop: Shop) -> None:
    talk = await shop.ask(UNKNOWN)
    async with shop.begin() as ctx:
        await conversations.set_handler(ctx, talk.id, "assistant")
    await shop.say(talk, QUESTION)
    before = await look(shop)

    await shop.listen(again=True)

    assert await look(shop) == before
    assert before.questions == 2
    assert (before.conversations_answered, before.conversations_taken_up) == (1, 0)


async def test_only_the_period_counts(shop: Shop) -> None:
    await shop.ask(UNKNOWN)
    shop.clock.forward(days=7)
    await shop.ask(QUESTION)

    assert [(await look(shop, period)).questions for period in Period] == [1, 2, 2]
    assert (await look(shop, Period.WEEK)).since == date(2026, 1, 6)


async def test_one_inbox_by_itself(shop: Shop) -> None:
    await shop.ask(QUESTION)
    async with shop.begin() as ctx:
        other = await make_inbox(ctx, name="Other")

    mine, theirs = await look(shop, inbox=shop.inbox.id), await look(shop, inbox=other.id)

    assert (mine.questions, mine.conversations_answered) == (1, 1)
    assert (theirs.questions, theirs.conversations_answered, theirs.taken_up_share) == (0, 0, None)


async def test_what_it_knows_and_what_it_costs(shop: Shop) -> None:
    async with shop.begin() as ctx:
        await article(ctx, "Rückgabe", body="Sie haben 30 Tage.", locale="de")
        await article(ctx, "Draft", body="Not yet.", status="draft")
        await article(ctx, "Opening hours", body="At nine.")
        for latency in (100, 200, 300, 1_000):
            await CallRepository(ctx).add(
                purpose="answer",
                model="tiny",
                endpoint="models.example:443",
                latency_ms=latency,
                input_tokens=100,
                output_tokens=10,
                cost=Decimal("0.5"),
                outcome="answered",
                retries=0,
                is_cached=False,
                covered={},
            )

    told = await look(shop)

    assert [(it.locale, it.articles) for it in told.articles] == [("en", 2), ("de", 1)]
    assert (told.costs.calls, told.costs.input_tokens, told.costs.cost) == (4, 400, 2.0)
    assert told.costs.latency_p50_ms == 250
    assert told.costs.latency_p95_ms == pytest.approx(895)


async def test_where_nothing_happened_nothing_is_told(shop: Shop) -> None:
    told = await look(shop)

    assert (told.questions, told.reasons, told.confidence) == (0, [], [0] * 10)
    assert (told.costs.calls, told.costs.latency_p50_ms) == (0, None)


@pytest.mark.parametrize(
    ("statement", "index", "since"),
    [
        (DAYS, "pk_assistant_days", date(2025, 12, 7)),
        (CONVERSATIONS, "ix_assistant_conversations_days", datetime(2025, 12, 7, tzinfo=UTC)),
    ],
)
async def test_the_period_bounds_what_is_read(
    shop: Shop, statement: object, index: str, since: date
) -> None:
    async with shop.begin() as ctx:
        values = {"w": ctx.workspace_id, "i": shop.inbox.id}
        await ctx.session.execute(
            text(
                "INSERT INTO assistant_days (workspace_id, day, inbox_id, decision, reason, tenth, "
                "count) SELECT :w, date '2020-01-01' + n, :i, 'answered', 'confident', t, 1 "
                "FROM generate_series(0, 2000) n, generate_series(0, 9) t"
            ),
            values,
        )
    await shop.ask(QUESTION)
    async with shop.begin() as ctx:
        await ctx.session.execute(
            text(
                "INSERT INTO conversations (workspace_id, id, number, inbox_id, customer_id, "
                "last_activity_at, public_activity_at, created_at) "
                "SELECT :w, gen_random_uuid(), 100000 + n, :i, c.id, now(), now(), now() "
                "FROM generate_series(1, 5000) n, (SELECT id FROM customers "
                "WHERE workspace_id = :w LIMIT 1) c"
            ),
            {"w": ctx.workspace_id, "i": shop.inbox.id},
        )
        await ctx.session.execute(
            text(
                "INSERT INTO assistant_conversations (workspace_id, conversation_id, inbox_id, "
                "answered_at) SELECT workspace_id, id, inbox_id, timestamptz '2020-01-01Z' "
                "+ number % 2000 * interval '1 day' "
                "FROM conversations WHERE workspace_id = :w ON CONFLICT DO NOTHING"
            ),
            {"w": ctx.workspace_id},
        )
        await ctx.session.execute(text("ANALYZE assistant_days, assistant_conversations"))
    async with shop.begin() as ctx:
        rows = await ctx.session.execute(
            text(f"EXPLAIN {statement}"),
            {"workspace_id": ctx.workspace_id, "since": since, "inbox_id": None},
        )
        plan = "\n".join(row[0] for row in rows)

    assert index in plan
    assert "Seq Scan" not in plan


async def test_an_unknown_inbox_is_refused(shop: Shop, begin: Begin, stranger: UUID) -> None:
    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(InboxNotFound):
            await service.overview(ctx, Period.WEEK, shop.inbox.id)


async def test_everybody_of_the_workspace_sees_it_and_no_stranger(
    database: Database, workspace: UUID, stranger: UUID, shop: Shop
) -> None:
    await shop.ask(QUESTION)
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")

    async with browser(app, await person(database, workspace, Role.LIGHT_AGENT)) as agent:
        mine = await agent.get("/v1/assistant/overview", params={"period": "7d"})
        wrong = await agent.get("/v1/assistant/overview", params={"period": "8d"})
    async with browser(app, await person(database, stranger)) as other:
        theirs = await other.get("/v1/assistant/overview")
        query = {"inbox_id": str(shop.inbox.id)}
        refused = await other.get("/v1/assistant/overview", params=query)

    assert mine.json()["answered"] == 1
    assert wrong.status_code == 422
    assert theirs.json()["questions"] == 0
    assert refused.status_code == 404
