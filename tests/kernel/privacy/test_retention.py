from uuid import UUID

import pytest
from sqlalchemy import select, text

import rapport.server.rooms  # noqa: F401 - every room takes part
from rapport.conversations import service as conversations
from rapport.conversations.models import Conversation, Inbox
from rapport.customers import service as customers
from rapport.customers.errors import CustomerNotFound
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.personal import Effect, rooms
from rapport.kernel.privacy import retention
from rapport.kernel.privacy.errors import RuleExists, RuleUnknown
from rapport.kernel.privacy.schemas import RuleIn, RulePatch
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation, make_inbox
from tests.make.customers import make_customer, visitor


async def make_rule(
    ctx: Ctx,
    kind: str = "conversations.resolved",
    effect: Effect = "delete",
    inbox: Inbox | None = None,
    days: int = 30,
) -> UUID:
    body = RuleIn(kind=kind, effect=effect, inbox_id=inbox.id if inbox else None, after_days=days)
    return (await retention.add(ctx, body)).id


async def resolved(ctx: Ctx, inbox: Inbox | None = None) -> Conversation:
    conversation = await make_conversation(ctx, inbox=inbox, body="A secret word: xyzzy.")
    return await conversations.set_status(ctx, conversation.id, "resolved")


async def left(ctx: Ctx) -> set[UUID]:
    return set(await ctx.session.scalars(select(Conversation.id)))


async def test_old_resolved_conversations_are_deleted_and_young_ones_stay(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        old = await resolved(ctx)
        open_one = await make_conversation(ctx)
        rule = await make_rule(ctx)
    clock.forward(days=31)
    async with begin() as ctx:
        young = await resolved(ctx)

    count = await retention.run(database, workspace, rule)

    async with begin() as ctx:
        assert await left(ctx) == {open_one.id, young.id}
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=50)
        (kept,) = await retention.rules(ctx)
    assert count == 1
    assert old.id not in {open_one.id, young.id}
    assert (kept.last_count, kept.last_run_at) == (1, clock())
    assert "retention_rule.carried_out" in {deed.verb for deed in deeds}


async def test_anonymised_conversations_stay_as_numbers_and_are_nobodys(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        customer = await make_customer(ctx)
        talk = await make_conversation(ctx, customer=customer, body="A secret word: xyzzy.")
        await conversations.set_status(ctx, talk.id, "resolved")
        rule = await make_rule(ctx, effect="anonymise")
    clock.forward(days=31)

    counts = [await retention.run(database, workspace, rule) for _ in range(2)]

    async with begin() as ctx:
        state = await conversations.state(ctx, talk.id)
        (message,) = (await conversations.messages(ctx, talk.id)).items
        assert (await customers.get(ctx, customer.id)).name == "Ada Lovelace"
    assert counts == [1, 0]
    assert (state.customer.name, state.preview, state.last_seq) == ("", "", 1)
    assert state.customer.id != customer.id
    assert (message.body, message.html, message.author.id) == ("", "", None)


async def test_a_rule_for_one_inbox_leaves_the_others_alone(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        shop, office = await make_inbox(ctx, name="Shop"), await make_inbox(ctx, name="Office")
        await resolved(ctx, shop)
        kept = await resolved(ctx, office)
        rule = await make_rule(ctx, inbox=shop)
    clock.forward(days=31)

    await retention.run(database, workspace, rule)

    async with begin() as ctx:
        assert await left(ctx) == {kept.id}


@pytest.mark.parametrize("in_one_inbox", [False, True])
async def test_old_files_go_and_their_messages_stay(
    database: Database, begin: Begin, workspace: UUID, clock: Clock, in_one_inbox: bool
) -> None:
    async with begin() as ctx:
        inbox, customer = await make_inbox(ctx), await make_customer(ctx)
    async with begin(visitor(customer)) as ctx:
        file = await files.store(ctx, files.Upload("a.txt", b"hello"))
        talk = await conversations.start(
            ctx, inbox.id, customer.id, "See here.", attachment_ids=[file.id]
        )
    async with begin() as ctx:
        rule = await make_rule(ctx, "conversations.files", inbox=inbox if in_one_inbox else None)
    clock.forward(days=31)

    count = await retention.run(database, workspace, rule)

    async with begin() as ctx:
        (message,) = (await conversations.messages(ctx, talk.id)).items
        with pytest.raises(FileNotFound):
            await files.get(ctx, file.id)
    assert count == 1
    assert (message.body, message.attachments) == ("See here.", [])


async def test_visitors_who_never_wrote_are_forgotten(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        silent = await customers.create(ctx, name="Visitor 4F2A")
        known = await customers.create(ctx, name="Ada", email="ada@example.com")
        talk = await make_conversation(ctx)
        rule = await make_rule(ctx, "customers.visitors")
    clock.forward(days=31)

    count = await retention.run(database, workspace, rule)

    async with begin() as ctx:
        with pytest.raises(CustomerNotFound):
            await customers.get(ctx, silent.id)
        assert (await customers.get(ctx, known.id)).name == "Ada"
        assert (await customers.get(ctx, talk.customer_id)).name == "Ada Lovelace"
    assert count == 1


async def test_a_dry_run_counts_and_names_the_oldest_and_touches_nothing(
    begin: Begin, clock: Clock
) -> None:
    async with begin() as ctx:
        first = await resolved(ctx)
    clock.forward(hours=1)
    async with begin() as ctx:
        await resolved(ctx)
    clock.forward(days=31)

    async with begin() as ctx:
        told = await retention.forecast(ctx, "conversations.resolved", "delete", None, 30)
        before = await retention.forecast(ctx, "conversations.resolved", "delete", None, 32)
        assert len(await left(ctx)) == 2

    assert (told.count, told.capped) == (2, False)
    assert (told.examples[0].id, told.examples[0].label) == (first.id, f"#{first.number}")
    assert before.count == 0


async def test_every_kind_can_be_tried(ctx: Ctx) -> None:
    for kind in rooms.kinds().values():
        for effect in kind.effects:
            told = await retention.forecast(ctx, kind.key, effect, None, 1)
            assert told.count == 0


async def test_rules_that_make_no_sense_are_refused(ctx: Ctx, workspace: UUID) -> None:
    with pytest.raises(RuleUnknown):
        await make_rule(ctx, "conversations.weather")
    with pytest.raises(RuleUnknown):
        await make_rule(ctx, "conversations.files", effect="anonymise")
    with pytest.raises(RuleUnknown):
        await retention.forecast(ctx, "customers.visitors", "delete", workspace, 30)


async def test_there_is_one_rule_for_each_kind_and_inbox(ctx: Ctx) -> None:
    await make_rule(ctx)

    with pytest.raises(RuleExists):
        await make_rule(ctx, days=60)


async def test_a_rule_that_is_switched_off_does_nothing(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        talk = await resolved(ctx)
        rule = await make_rule(ctx)
        await retention.change(ctx, rule, RulePatch(is_enabled=False))
    clock.forward(days=31)

    await retention.run_all(database, workspace)

    async with begin() as ctx:
        assert await left(ctx) == {talk.id}


async def test_deleting_leaves_no_key_and_no_word_behind(
    database: Database, begin: Begin, workspace: UUID, clock: Clock
) -> None:
    async with begin() as ctx:
        talk = await resolved(ctx)
        await conversations.classify(ctx, talk.id, subject="xyzzy")
        rule = await make_rule(ctx)
    clock.forward(days=31)

    await retention.run(database, workspace, rule)

    async with begin() as ctx:
        for table in ("thing_keys", "messages", "conversation_starts", "search_documents"):
            found = await ctx.session.scalar(text(f"SELECT count(*) FROM {table}"))
            assert found == 0, table
