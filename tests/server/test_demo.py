import time
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from rapport.ai.autopilot.harmless import is_harmless
from rapport.ai.triage.labelling.adapter import KeptLabels
from rapport.ai.triage.ports import Models
from rapport.ai.triage.training.adapter import ServingModels
from rapport.ai.triage.training.ports import Labels
from rapport.kernel.auth import first_run
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.server.demo import content, grammar, help_centre, service, taught
from rapport.server.demo.grammar import Facts
from tests.conftest import Begin, Clock, create_workspace
from tests.make.conversations import make_agent, make_conversation

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def shop_workspace(database_url: str) -> UUID:
    return create_workspace(database_url, "Mine")


@pytest.fixture
async def shop(database: Database, shop_workspace: UUID, begin: Begin) -> AsyncIterator[Ctx]:
    """A unit of work in a workspace that holds the demo; it is built once for all tests."""
    async with begin(workspace_id=shop_workspace) as ctx:
        if await ctx.session.scalar(text("SELECT count(*) FROM memberships")) == 0:
            await make_agent(ctx, name="Olga Owner", role=Role.OWNER)
        await service.fill(ctx)
    async with begin(workspace_id=shop_workspace) as ctx:
        yield ctx


async def count(ctx: Ctx, sql: str) -> int:
    return int(await ctx.session.scalar(text(f"SELECT count(*) FROM {sql}")) or 0)


async def test_the_shop_is_as_large_as_promised(shop: Ctx) -> None:
    assert await count(shop, "articles WHERE status = 'published' AND locale = 'en'") >= 42
    assert await count(shop, "articles WHERE locale = 'de'") >= 4
    assert await count(shop, "articles WHERE locale = 'ar'") >= 2
    assert await count(shop, "customers") == 400
    assert await count(shop, "conversations") == 1_000
    assert await count(shop, "memberships") == 6
    assert await count(shop, "teams") == 2
    assert await count(shop, "tags") >= 12
    assert await count(shop, "macros") == 8


async def test_the_shop_has_recurring_issues_with_names_and_products(
    database: Database, shop: Ctx
) -> None:
    await taught.find_issues(database, shop.workspace_id)

    assert await count(shop, "problems WHERE name <> '' AND customer_count >= 3") >= 3
    assert await count(shop, "problem_products") >= 3


async def test_the_shop_has_taught_its_assistant_and_knows_what_it_lacks(
    database: Database, shop: Ctx
) -> None:
    database.ports.provide(Labels, KeptLabels())
    database.ports.provide(Models, ServingModels())
    await taught.teach(database, shop.workspace_id)
    await taught.find_gaps(database, shop.workspace_id)

    assert await count(shop, "triage_models WHERE state = 'serving'") == 1
    assert await count(shop, "triage_readings WHERE is_known") >= 50
    assert await count(shop, "assistant_gaps WHERE customers >= 3") >= 5


async def test_what_the_assistant_did_is_counted_as_its_reader_would_have(shop: Ctx) -> None:
    assert await shop.session.scalar(text("SELECT sum(count) FROM assistant_days")) == await count(
        shop, "assistant_answers"
    )
    assert await count(shop, "assistant_conversations") > 300


async def test_every_view_of_the_inbox_has_something_to_show(shop: Ctx) -> None:
    owner = await shop.session.scalar(text("SELECT user_id FROM memberships WHERE role = 'owner'"))

    assert await count(shop, "conversations WHERE status = 'open' AND assignee_id IS NULL") >= 8
    assert (
        await count(shop, f"conversations WHERE status = 'open' AND assignee_id = '{owner}'") >= 4
    )
    assert await count(shop, "conversations WHERE status = 'snoozed'") >= 4
    assert await count(shop, "conversations WHERE status = 'pending'") >= 1
    assert await count(shop, "conversations WHERE status = 'resolved'") >= 800
    assert await count(shop, "conversations WHERE waiting_since IS NOT NULL") >= 10


BROKEN = {
    "a message is missing from the count": """conversations c WHERE c.last_seq <> (
        SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)""",
    "the order has a gap": """(SELECT m.seq - row_number() OVER (
        PARTITION BY conversation_id ORDER BY seq) AS off FROM messages m) x WHERE off <> 0""",
    "time runs backwards": """messages m JOIN messages n ON n.conversation_id = m.conversation_id
        AND n.seq = m.seq + 1 WHERE n.created_at < m.created_at""",
    "the last activity is another": """conversations c JOIN messages m ON m.conversation_id = c.id
        AND m.seq = c.last_seq WHERE m.created_at <> c.last_activity_at""",
    "the last public message is another": """conversations c WHERE c.public_seq <> (
        SELECT max(seq) FROM messages m WHERE m.conversation_id = c.id AND kind <> 'note')""",
    "somebody waits who was answered": """conversations c WHERE c.waiting_since IS NOT NULL
        AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id
        AND m.author_kind = 'customer' AND m.created_at = c.waiting_since)""",
    "the numbers differ": """conversations c LEFT JOIN conversation_starts s
        ON s.conversation_id = c.id WHERE s.number IS DISTINCT FROM c.number""",
    "the tags differ": """conversations c WHERE c.tag_ids <> ARRAY(
        SELECT tag_id FROM conversation_tags t WHERE t.conversation_id = c.id
        ORDER BY array_position(c.tag_ids, tag_id))""",
    "a search document is missing": """conversations c LEFT JOIN search_documents d
        ON d.conversation_id = c.id WHERE d.conversation_id IS NULL
        OR d.active_at <> c.last_activity_at""",
    "a start is not on the timeline": """conversations c WHERE NOT EXISTS (
        SELECT FROM timeline_items t WHERE t.source = 'conversation_started:' || c.id)""",
    "customers are counted wrongly": """customers u WHERE u.conversation_count <> (
        SELECT count(*) FROM conversations c WHERE c.customer_id = u.id)""",
    "an agent read what is not there": """conversation_seen s JOIN conversations c
        ON c.id = s.conversation_id WHERE s.seq > c.last_seq OR s.seq > c.agent_seen_seq""",
    "an answer has no record": """messages m WHERE author_kind = 'assistant' AND kind = 'message'
        AND NOT EXISTS (SELECT FROM assistant_answers a WHERE a.id = m.answer_id
        AND a.message_id = m.id)""",
    "an agent answered and is not the handler": """conversations c WHERE c.handler <> 'agent'
        AND EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id
        AND m.author_kind = 'agent' AND m.kind = 'message')""",
    "an assistant speaks for a light agent": """messages m JOIN memberships p
        ON p.user_id = m.author_id WHERE p.role = 'light_agent' AND m.kind = 'message'""",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_the_rows_agree_with_each_other(shop: Ctx, what: str) -> None:
    assert await count(shop, BROKEN[what]) == 0


async def test_conversations_lie_within_the_last_90_days(shop: Ctx, clock: Clock) -> None:
    first, last, late = (
        await shop.session.execute(
            text(
                "SELECT min(created_at), max(last_activity_at), "
                "count(*) FILTER (WHERE created_at > :recent) FROM conversations"
            ),
            {"recent": clock() - timedelta(hours=4)},
        )
    ).one()

    assert clock() - timedelta(days=91) < first
    assert last < clock()
    assert late >= 10


async def test_building_again_changes_nothing(shop: Ctx) -> None:
    before = await shop.session.scalar(text("SELECT max(id::text) FROM conversations"))

    built = await service.fill(shop)

    assert built.was_there
    assert await shop.session.scalar(text("SELECT max(id::text) FROM conversations")) == before


async def test_resetting_rebuilds_quickly_and_keeps_members_and_chats(
    database: Database, begin: Begin, shop: Ctx, shop_workspace: UUID
) -> None:
    keys = list(await shop.session.scalars(text("SELECT key FROM webchat_inboxes ORDER BY key")))
    async with begin(workspace_id=shop_workspace) as ctx:
        started = time.monotonic()
        await service.fill(ctx, reset=True)
        took = time.monotonic() - started

    async with begin(workspace_id=shop_workspace) as ctx:
        assert await count(ctx, "conversations") == 1_000
        assert await count(ctx, "memberships") == 6
        assert (
            list(await ctx.session.scalars(text("SELECT key FROM webchat_inboxes ORDER BY key")))
            == keys
        )
    assert took < 10


async def test_the_same_seed_tells_the_same_stories(
    shop: Ctx, begin: Begin, workspace: UUID
) -> None:
    async with begin() as ctx:
        await make_agent(ctx, role=Role.OWNER)
        await service.fill(ctx)
        texts = (
            "SELECT md5(string_agg(body || created_at, '' ORDER BY body, created_at)) "
            "FROM messages WHERE kind = 'message'"
        )

        assert await ctx.session.scalar(text(texts)) == await shop.session.scalar(text(texts))


@pytest.mark.parametrize(
    ("before", "after"), [(first_run.OWNER_NAME, service.OWNER), ("Ada Admin", "Ada Admin")]
)
async def test_an_owner_without_a_name_of_their_own_gets_one(
    ctx: Ctx, before: str, after: str
) -> None:
    owner = await make_agent(ctx, name=before, role=Role.OWNER)

    await service.fill(ctx)

    name = await ctx.session.scalar(text("SELECT name FROM users WHERE id = :id"), {"id": owner.id})
    assert name == after


async def test_it_does_not_touch_a_workspace_with_real_work(ctx: Ctx) -> None:
    await make_agent(ctx, role=Role.OWNER)
    await make_conversation(ctx)

    with pytest.raises(service.WorkspaceInUse):
        await service.fill(ctx)
    with pytest.raises(service.WorkspaceInUse):
        await service.fill(ctx, reset=True)


async def test_nobody_gets_a_password(shop: Ctx, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        found = owner.execute(
            "SELECT count(*) FROM credentials c JOIN users u ON u.id = c.user_id "
            "WHERE u.email LIKE '%fjell-fjord.example'"
        ).fetchone()
    assert found == (0,)


async def test_a_stranger_sees_nothing_of_the_demo(shop: Ctx, begin: Begin, stranger: UUID) -> None:
    async with begin(workspace_id=stranger) as ctx:
        assert await count(ctx, "messages") == 0
        assert await count(ctx, "assistant_answers") == 0


class TestContent:
    def test_every_script_fits_its_article_and_its_tags(self) -> None:
        by_slug = {(a.locale, a.slug): a for a in content.articles()}
        tags = {tag.name for tag in content.shop().tags}
        for script in content.scripts():
            assert set(script.tags) <= tags
            assert script.team in content.people().teams
            if script.article:
                article = by_slug[script.locale, script.article]
                assert help_centre.section(article.body, script.section), script.key

    def test_articles_are_worth_reading(self) -> None:
        for article in content.articles():
            words = len(article.body.split())
            assert 110 <= words <= 350, f"{article.slug}: {words} words"
            assert "## " in article.body
            assert is_harmless(article.body)

    def test_all_templates_can_be_filled_in(self) -> None:
        names = Facts.__dataclass_fields__
        facts = Facts(**{name: name.upper() for name in names})
        for script in content.scripts():
            told = (script.openings, script.asks, script.details, script.solves, script.notes)
            for template in (t for texts in told for t in texts):
                filled = grammar.expand(template, facts, Random(1))
                assert not set("{}[]|") & set(filled), filled

    def test_the_assistant_quotes_its_article(self) -> None:
        by_slug = {(a.locale, a.slug): a for a in content.articles()}
        extracts: dict[str, Any] = service.extracts()
        for script in content.scripts():
            if script.article:
                article = by_slug[script.locale, script.article]
                for line in filter(None, extracts[script.key].splitlines()):
                    assert line.strip("*") in article.body
