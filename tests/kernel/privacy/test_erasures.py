from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

import pytest
from obstore.store import MemoryStore

import rapport.server.rooms  # noqa: F401 - every room takes part
from rapport.conversations import service as conversations
from rapport.conversations.errors import ConversationErasedAlready, ConversationNotFound
from rapport.conversations.live import presenter
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.customers.errors import CustomerErasedAlready, CustomerNotFound
from rapport.customers.models import Customer
from rapport.customers.schemas import CustomerPatch
from rapport.kernel import actions, jobs
from rapport.kernel.audit import service as audit
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.events import log
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.files.store import FileStore
from rapport.kernel.personal import Rooms, Things, rooms
from rapport.kernel.privacy import erasures, exports
from rapport.kernel.privacy.errors import ConfirmationDiffers, ExportNotReady
from rapport.kernel.privacy.models import Erasure
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation, say
from tests.make.customers import make_customer, visitor


async def make_talk(begin: Begin) -> tuple[Customer, Conversation]:
    """Ada, and what she asked."""
    async with begin() as ctx:
        customer = await make_customer(ctx)
        talk = await make_conversation(ctx, customer=customer, body="Where is my order?")
    return customer, talk


async def asked(begin: Begin, customer: Customer) -> Erasure:
    async with begin() as ctx:
        return await erasures.ask(ctx, customer.id, confirmation=" ada LOVELACE ", reason="asked")


async def erased(database: Database, begin: Begin, customer: Customer) -> Erasure:
    """Ask for an erasure, and have it done."""
    erasure = await asked(begin, customer)
    await erasures.carry_out(database, customer.workspace_id, erasure.id)
    async with begin() as ctx:
        return await erasures.get(ctx, erasure.id)


async def test_an_erased_customer_has_no_name_and_their_conversations_are_numbers(
    database: Database, begin: Begin, clock: Clock
) -> None:
    customer, talk = await make_talk(begin)

    done = await erased(database, begin, customer)

    async with begin() as ctx:
        now = await customers.describe(ctx, await customers.get(ctx, customer.id))
        state = await conversations.state(ctx, talk.id)
        (message,) = (await conversations.messages(ctx, talk.id)).items
        found = await customers.find(ctx)
        timeline = await customers.timeline(ctx, customer.id)
    assert (now.name, now.email, now.identities, now.erased_at) == ("", None, [], clock())
    assert (state.preview, state.status, state.last_seq) == ("", "resolved", 1)
    assert (message.body, message.html, message.author.name) == ("", "", "")
    assert customer.id not in {it.id for it in found.items}
    assert timeline.items == []
    assert (done.status, done.finished_at) == ("done", clock())
    assert done.counts["conversations.messages"] == 1
    assert done.steps_done == done.steps_total == len(rooms.known)


async def test_somebody_elses_name_erases_nobody(begin: Begin) -> None:
    customer, _ = await make_talk(begin)

    async with begin() as ctx:
        with pytest.raises(ConfirmationDiffers):
            await erasures.ask(ctx, customer.id, confirmation="Grace Hopper", reason="asked")


async def test_a_customer_without_a_name_is_confirmed_by_what_is_shown(begin: Begin) -> None:
    async with begin() as ctx:
        nameless = await customers.create(ctx)
        label = str(nameless.id)[:8]

        erasure = await erasures.ask(ctx, nameless.id, confirmation=label, reason="mistake")

    assert erasure.person_id == nameless.id


async def test_whoever_was_merged_into_them_is_erased_as_well(
    database: Database, begin: Begin
) -> None:
    customer, _ = await make_talk(begin)
    async with begin() as ctx:
        other = await make_customer(ctx, name="A. Lovelace", email="a@example.com")
        await customers.merge(ctx, other.id, customer.id)

    done = await erased(database, begin, customer)

    async with begin() as ctx:
        row = await ctx.session.get_one(Customer, (ctx.workspace_id, other.id))
    assert (row.name, row.email) == ("", None)
    assert done.counts["customers.customers"] == 2


async def test_erasing_twice_changes_nothing_more(database: Database, begin: Begin) -> None:
    customer, talk = await make_talk(begin)
    first = await erased(database, begin, customer)
    async with begin() as ctx:
        version = (await conversations.state(ctx, talk.id)).version

    await erasures.carry_out(database, customer.workspace_id, first.id)

    async with begin() as ctx:
        assert (await conversations.state(ctx, talk.id)).version == version
        assert (await erasures.get(ctx, first.id)).counts == first.counts


async def test_asking_while_it_is_under_way_returns_the_same(begin: Begin) -> None:
    customer, _ = await make_talk(begin)

    first, second = await asked(begin, customer), await asked(begin, customer)

    assert first.id == second.id


async def test_an_erasure_that_broke_off_goes_on_where_it_was(
    database: Database, begin: Begin
) -> None:
    customer, talk = await make_talk(begin)
    async with begin(visitor(customer)) as ctx:
        file = await files.store(ctx, files.Upload("a.txt", b"hello"))
    store = database.ports.get(FileStore)
    database.ports.provide(FileStore, Away(MemoryStore()))
    erasure = await asked(begin, customer)
    with pytest.raises(Unreachable):
        await erasures.carry_out(database, customer.workspace_id, erasure.id)
    async with begin() as ctx:
        halfway = await erasures.get(ctx, erasure.id)
    database.ports.provide(FileStore, store)

    await erasures.carry_out(database, customer.workspace_id, erasure.id)

    async with begin() as ctx:
        done = await erasures.get(ctx, erasure.id)
        assert (await conversations.state(ctx, talk.id)).preview == ""
        with pytest.raises(FileNotFound):
            await files.get(ctx, file.id)
    assert halfway.status == "running"
    assert done.status == "done"


class Away(FileStore):
    """A storage that does not answer."""

    async def delete(self, *paths: str) -> None:
        if paths:
            raise Unreachable


async def test_a_bug_in_a_room_is_told_and_asking_again_goes_on(
    database: Database, begin: Begin
) -> None:
    customer, _ = await make_talk(begin)
    erasure = await asked(begin, customer)

    async def broken(ctx: Ctx, things: Things) -> None:
        raise AssertionError

    faulty = Rooms({**rooms.known, "customers": replace(rooms.known["customers"], close=broken)})
    with pytest.raises(AssertionError):
        await erasures.carry_out(database, customer.workspace_id, erasure.id, rooms=faulty)
    async with begin() as ctx:
        assert (await erasures.get(ctx, erasure.id)).status == "failed"

    again = await asked(begin, customer)

    assert again.id != erasure.id


async def test_nothing_new_is_noted_about_them(database: Database, begin: Begin) -> None:
    customer, talk = await make_talk(begin)
    await erased(database, begin, customer)

    async with begin() as ctx:
        with pytest.raises(CustomerErasedAlready):
            await customers.update(ctx, customer.id, CustomerPatch(name="Ada"))
        with pytest.raises(CustomerErasedAlready):
            await conversations.start(ctx, talk.inbox_id, customer.id, "It is me again.")
        with pytest.raises(ConversationErasedAlready):
            await conversations.reply(ctx, talk.id, "Dear Ada")
        with pytest.raises(ConversationNotFound):
            await say(ctx, talk, "Hello?", by_visitor=True)


async def test_the_address_makes_a_new_customer(database: Database, begin: Begin) -> None:
    async with begin() as ctx:
        customer = await customers.find_or_create_by_identity(
            ctx, "email", "ada@example.com", name="Ada Lovelace"
        )
    await erased(database, begin, customer)

    async with begin() as ctx:
        new = await customers.find_or_create_by_identity(ctx, "email", "ada@example.com")

    assert new.id != customer.id
    assert new.name == ""


async def test_an_action_is_repeated_until_its_result_is_erased(
    database: Database, begin: Begin
) -> None:
    customer, talk = await make_talk(begin)
    arguments = {"conversation_id": talk.id, "body": "Ada called."}
    async with begin() as ctx:
        await actions.perform(ctx, "conversations.add_note", arguments, key="one")
        again = await actions.perform(ctx, "conversations.add_note", arguments, key="one")
    await erased(database, begin, customer)

    async with begin() as ctx:
        with pytest.raises(ConversationErasedAlready):
            await actions.perform(ctx, "conversations.add_note", arguments, key="one")

    assert again.model_dump()["body"] == "Ada called."


async def test_consoles_are_told_and_widgets_are_not(database: Database, begin: Begin) -> None:
    customer, talk = await make_talk(begin)
    async with begin() as ctx:
        before = await log.head(ctx)
    await erased(database, begin, customer)

    async with begin(SYSTEM) as ctx:
        records = await log.of_workspace(ctx, before, names=["conversations.erased"])
        told = await presenter.present_conversations(ctx, records)

    assert {it.topic for it in told} == {"inbox", f"conversation:{talk.id}"}
    rows = [it.body["conversation"] for it in told]
    assert all(row.is_erased and row.preview == "" for row in rows)
    assert all(it.body["erased"] for it in told)


async def test_what_remains_says_who_when_and_why_and_nothing_else(
    database: Database, begin: Begin
) -> None:
    customer, _ = await make_talk(begin)

    done = await erased(database, begin, customer)

    async with begin() as ctx:
        deeds = await audit.page(ctx, audit.Wanted(), before=None, limit=50)
    verbs = [deed.verb for deed in deeds if deed.subject == f"customer:{customer.id}"]
    assert (done.asked_by_name, done.reason) == ("Agnes Agent", "asked")
    assert {"person.erasure_asked", "person.erased"} <= set(verbs)
    assert "Lovelace" not in str([deed.body for deed in deeds]) + str(done.counts)


async def test_it_is_done_once_more_for_what_was_under_way(
    database: Database, begin: Begin
) -> None:
    customer, _ = await make_talk(begin)
    await erased(database, begin, customer)

    async with jobs.serving(database):
        waiting = await jobs.app.job_manager.list_jobs_async(
            task="privacy.erase", lock=f"privacy:{customer.id}"
        )

    assert [job.scheduled_at is not None for job in waiting].count(True) == 1


async def test_what_was_left_lying_for_an_hour_is_queued_again(
    database: Database, begin: Begin, clock: Clock
) -> None:
    customer, _ = await make_talk(begin)
    await asked(begin, customer)
    async with begin() as ctx:
        await exports.ask(ctx, customer.id)
    clock.forward(hours=2)

    async with begin() as ctx:
        await erasures.take_up(ctx)
        await exports.take_up(ctx)

    async with jobs.serving(database):
        waiting = await jobs.app.job_manager.list_jobs_async(lock=f"privacy:{customer.id}")
    assert (
        sorted(job.task_name for job in waiting) == ["privacy.erase"] * 2 + ["privacy.export"] * 2
    )


async def test_a_stranger_erases_nobody_of_ours(begin: Begin, stranger: UUID) -> None:
    customer, _ = await make_talk(begin)

    async with begin(workspace_id=stranger) as ctx:
        with pytest.raises(CustomerNotFound):
            await erasures.ask(ctx, customer.id, confirmation="Ada Lovelace", reason="asked")


async def made(database: Database, begin: Begin, customer: Customer) -> UUID:
    """An export that is ready."""
    async with begin() as ctx:
        export = await exports.ask(ctx, customer.id)
    await exports.make(database, customer.workspace_id, export.id)
    return export.id


async def fetched(database: Database, url: str) -> bytes:
    _, pieces = await exports.fetch(database, url.rsplit("/", 1)[1])
    return b"".join([piece async for piece in pieces])


async def test_an_export_is_there_for_three_days(
    database: Database, begin: Begin, clock: Clock
) -> None:
    customer, _ = await make_talk(begin)
    export_id = await made(database, begin, customer)
    async with begin() as ctx:
        url, _ = await exports.link(ctx, export_id)
    assert (await fetched(database, url)).startswith(b"PK")

    clock.forward(days=3)
    async with begin() as ctx:
        with pytest.raises(ExportNotReady):
            await exports.link(ctx, export_id)
        assert await exports.expire(ctx) == 1
        assert (await exports.get(ctx, export_id)).status == "gone"
        assert await exports.expire(ctx) == 0


async def test_a_link_works_for_five_minutes(
    database: Database, begin: Begin, clock: Clock
) -> None:
    customer, _ = await make_talk(begin)
    export_id = await made(database, begin, customer)
    async with begin() as ctx:
        url, until = await exports.link(ctx, export_id)

    clock.forward(minutes=6)

    assert until < clock()
    with pytest.raises(Exception, match="link"):
        await fetched(database, url)


async def test_the_export_goes_with_the_customer(database: Database, begin: Begin) -> None:
    customer, _ = await make_talk(begin)
    export_id = await made(database, begin, customer)

    await erased(database, begin, customer)

    async with begin() as ctx:
        assert (await exports.get(ctx, export_id)).status == "gone"


async def test_an_export_that_outlives_its_customer_is_not_kept(
    database: Database, begin: Begin
) -> None:
    customer, _ = await make_talk(begin)
    async with begin() as ctx:
        export = await exports.ask(ctx, customer.id)
    await erased(database, begin, customer)

    await exports.make(database, customer.workspace_id, export.id)

    async with begin() as ctx:
        assert (await exports.get(ctx, export.id)).status == "gone"


async def test_a_large_file_is_exported_in_pieces(database: Database, begin: Begin) -> None:
    customer, _ = await make_talk(begin)
    async with begin(visitor(customer)) as ctx:
        await files.store(ctx, files.Upload("a.txt", b"0123456789abcdef" * 500_000))
    held = Held()

    class Watching(FileStore):
        async def put_pieces(self, path: str, pieces: object) -> int:
            async def watched() -> object:
                async for piece in pieces:  # type: ignore[attr-defined]
                    held.note(piece)
                    yield piece

            return await super().put_pieces(path, watched())  # type: ignore[arg-type]

    database.ports.provide(FileStore, Watching(database.ports.get(FileStore)._objects))

    await made(database, begin, customer)

    assert held.most < 1_000_000


class Held:
    """How large the largest piece was."""

    most = 0

    def note(self, piece: Collection[int]) -> None:
        self.most = max(self.most, len(piece))
