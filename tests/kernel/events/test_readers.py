import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from uuid import UUID

import pytest
from sqlalchemy import text

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import Cursor, LogListener, Recorded, dead_letters, emit, head, reader
from rapport.kernel.events.progress import MAX_ERROR_CHARS, CursorMoved
from rapport.kernel.events.readers import Reader, UnknownReader, _readers
from rapport.kernel.events.runner import MAX_FAILURES, ReaderRunner, replay
from rapport.kernel.ids import new_id
from tests.conftest import Begin, Clock
from tests.kernel.events.conftest import Diary, Tick, Ticked, Tocked


async def fail_until_buried(runner: ReaderRunner, key: str, clock: Clock) -> None:
    for _ in range(MAX_FAILURES):
        await runner.catch_up(key)
        clock.forward(minutes=10)


async def letters(database: Database, key: str) -> list[dead_letters.Letter]:
    return [one for one in await dead_letters.everywhere(database) if one.reader == key]


async def test_a_reader_gets_its_kinds_of_event_in_order_and_once(
    runner: ReaderRunner, reader: Reader, diary: Diary, begin: Begin, workspace: UUID, tick: Tick
) -> None:
    await tick(1, 2)
    async with begin() as work:
        await emit(work, Tocked(number=9))
    await tick(3)

    await runner.catch_up(reader.key)
    await runner.catch_up(reader.key)

    assert diary.of(workspace) == [1, 2, 3]


async def test_a_new_process_goes_on_where_the_last_one_stopped(
    database: Database, reader: Reader, diary: Diary, workspace: UUID, tick: Tick
) -> None:
    await tick(1)
    await ReaderRunner(database, LogListener(database), [reader]).catch_up(reader.key)
    await tick(2)

    await ReaderRunner(database, LogListener(database), [reader]).catch_up(reader.key)

    assert diary.of(workspace) == [1, 2]


async def test_a_reader_waits_below_a_transaction_that_still_runs(
    runner: ReaderRunner, reader: Reader, diary: Diary, begin: Begin, workspace: UUID, tick: Tick
) -> None:
    async with begin() as slow:
        await emit(slow, Ticked(number=1))
        await tick(2)
        await runner.catch_up(reader.key)
        assert diary.read == []

    await runner.catch_up(reader.key)

    assert diary.of(workspace) == [1, 2]


async def test_a_failing_event_holds_back_its_workspace_and_no_other(
    runner: ReaderRunner,
    reader: Reader,
    diary: Diary,
    clock: Clock,
    workspace: UUID,
    stranger: UUID,
    tick: Tick,
) -> None:
    diary.refuses = {(workspace, 2)}
    await tick(1, 2, 3)
    await tick(1, 2, to=stranger)

    await runner.catch_up(reader.key)
    assert diary.of(workspace) == [1]
    assert diary.of(stranger) == [1, 2]

    diary.refuses = set()
    await tick(4)
    await runner.catch_up(reader.key)
    assert diary.of(workspace) == [1]

    clock.forward(seconds=1)
    await runner.catch_up(reader.key)
    assert diary.of(workspace) == [1, 2, 3, 4]


async def test_after_five_failures_an_event_is_laid_aside_and_the_rest_goes_on(
    database: Database,
    runner: ReaderRunner,
    reader: Reader,
    diary: Diary,
    clock: Clock,
    workspace: UUID,
    tick: Tick,
) -> None:
    diary.refuses = {(workspace, 2)}
    await tick(1, 2, 3)

    await fail_until_buried(runner, reader.key, clock)

    assert diary.attempts == MAX_FAILURES
    assert diary.of(workspace) == [1, 3]
    (letter,) = await letters(database, reader.key)
    assert letter.workspace_id == workspace
    assert letter.attempts == MAX_FAILURES
    assert letter.error == "ValueError: tick 2 is refused"
    assert len(letter.error) < MAX_ERROR_CHARS


async def test_what_a_failing_handler_wrote_is_undone(
    database: Database, begin: Begin, workspace: UUID, tick: Tick, ctx: Ctx
) -> None:
    async def write_and_fail(ctx: Ctx, records: Sequence[Recorded]) -> None:
        await emit(ctx, Tocked(number=records[0].payload["number"]))
        raise ValueError("after writing")

    reader = Reader(f"testing.{new_id()}", ("testing.ticked",), write_and_fail, "now", 5)
    runner = ReaderRunner(database, LogListener(database), [reader])
    await runner.catch_up(reader.key)
    await tick(1)
    await runner.catch_up(reader.key)

    found = await ctx.session.scalars(
        text("SELECT name FROM events WHERE workspace_id = :id"), {"id": workspace}
    )
    assert list(found) == ["testing.ticked"]


async def test_a_handler_that_hangs_counts_as_failed(
    database: Database, workspace: UUID, stranger: UUID, tick: Tick
) -> None:
    reached: list[UUID] = []

    async def hang(ctx: Ctx, records: Sequence[Recorded]) -> None:
        if ctx.workspace_id == workspace:
            await asyncio.Event().wait()
        reached.append(ctx.workspace_id)

    reader = Reader(f"testing.{new_id()}", ("testing.ticked",), hang, "now", 0.05)
    runner = ReaderRunner(database, LogListener(database), [reader])
    await runner.catch_up(reader.key)
    await tick(1)
    await tick(1, to=stranger)

    await runner.catch_up(reader.key)

    assert reached == [stranger]


async def test_two_processes_never_handle_the_same_event_twice(
    database: Database, begin: Begin, tick: Tick
) -> None:
    async def write(ctx: Ctx, records: Sequence[Recorded]) -> None:
        await emit(ctx, Tocked(number=records[0].payload["number"]))

    reader = Reader(f"testing.{new_id()}", ("testing.ticked",), write, "now", 5)
    rivals = [ReaderRunner(database, LogListener(database), [reader]) for _ in range(3)]
    await rivals[0].catch_up(reader.key)
    await tick(*range(20))

    async def insist(rival: ReaderRunner) -> None:
        overtaken = True
        while overtaken:
            try:
                await rival.catch_up(reader.key)
                overtaken = False
            except CursorMoved:
                continue

    await asyncio.gather(*(insist(rival) for rival in rivals))

    async with begin() as ctx:
        statement = "SELECT (payload->>'number')::int FROM events WHERE name = 'testing.tocked'"
        assert sorted(await ctx.session.scalars(text(statement))) == list(range(20))


@pytest.fixture
def known(reader: Reader) -> Iterator[Reader]:
    """The reader, registered as a room's would be."""
    _readers[reader.key] = reader
    yield reader
    del _readers[reader.key]


async def test_replay_handles_everything_after_a_cursor_again(
    database: Database,
    runner: ReaderRunner,
    known: Reader,
    diary: Diary,
    ctx: Ctx,
    workspace: UUID,
    tick: Tick,
) -> None:
    await tick(1)
    middle = await head(ctx)
    await tick(2, 3)
    await runner.catch_up(known.key)

    await replay(database, known.key, middle)
    await runner.catch_up(known.key)

    assert diary.of(workspace) == [1, 2, 3, 2, 3]


async def test_replaying_an_unknown_reader_is_refused(database: Database) -> None:
    with pytest.raises(UnknownReader):
        await replay(database, "testing.nobody", Cursor(0, 0))


async def test_a_dead_letter_can_be_retried_once_its_cause_is_mended(
    database: Database,
    runner: ReaderRunner,
    known: Reader,
    diary: Diary,
    clock: Clock,
    workspace: UUID,
    tick: Tick,
) -> None:
    diary.refuses = {(workspace, 1)}
    await tick(1)
    await fail_until_buried(runner, known.key, clock)
    (letter,) = await letters(database, known.key)

    with pytest.raises(dead_letters.RetryFailed, match="tick 1 is refused"):
        await dead_letters.retry(database, letter.id)
    (again,) = await letters(database, known.key)
    assert again.attempts == MAX_FAILURES + 1

    diary.refuses = set()
    await dead_letters.retry(database, letter.id)

    assert diary.of(workspace) == [1]
    assert await letters(database, known.key) == []
    with pytest.raises(dead_letters.DeadLetterNotFound):
        await dead_letters.retry(database, letter.id)


def test_the_decorator_registers_a_reader_under_its_key() -> None:
    @reader("testing.decorated", Ticked, Tocked, start="now")
    async def handle(ctx: Ctx, event: Ticked | Tocked, record: Recorded) -> None:
        """Do nothing."""

    registered = _readers.pop("testing.decorated")

    assert registered.names == ("testing.ticked", "testing.tocked")
    assert registered.together == 1


class Counted:
    """A reader that takes many events at once, and notes how many it was given each time."""

    def __init__(self) -> None:
        self.shares: list[list[int]] = []
        self.poison: int | None = None

    async def handle(self, ctx: Ctx, records: Sequence[Recorded]) -> None:
        numbers = [record.payload["number"] for record in records]
        for number in numbers:
            await emit(ctx, Tocked(number=number))
        if self.poison in numbers:
            raise ValueError("poisoned")
        self.shares.append(numbers)


Gather = Callable[[], Awaitable[None]]


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
async def gather(database: Database, counted: Counted) -> Gather:
    """Let a reader that takes three events at once, and began now, catch up."""
    reader = Reader(
        f"testing.{new_id()}", ("testing.ticked",), counted.handle, "now", 5, together=3
    )
    runner = ReaderRunner(database, LogListener(database), [reader])
    await runner.catch_up(reader.key)
    return lambda: runner.catch_up(reader.key)


async def written(database: Database, workspace: UUID) -> list[int]:
    """What the handlers wrote, in order."""
    async with database.begin(workspace, SYSTEM) as ctx:
        statement = "SELECT (payload->>'number')::int FROM events WHERE name = 'testing.tocked'"
        return list(await ctx.session.scalars(text(f"{statement} ORDER BY tx, id")))


async def test_many_events_of_a_workspace_are_handled_together_and_in_order(
    database: Database,
    gather: Gather,
    counted: Counted,
    workspace: UUID,
    stranger: UUID,
    tick: Tick,
) -> None:
    await tick(1, 2, 3, 4)
    await tick(5, to=stranger)
    await tick(6)

    await gather()
    await gather()

    assert counted.shares == [[1, 2, 3], [4], [5], [6]]
    assert await written(database, workspace) == [1, 2, 3, 4, 6]


async def test_one_that_fails_among_many_is_told_apart_and_holds_back_what_follows_it(
    database: Database,
    gather: Gather,
    counted: Counted,
    clock: Clock,
    workspace: UUID,
    stranger: UUID,
    tick: Tick,
) -> None:
    counted.poison = 2
    await tick(1, 2, 3, 4)
    await tick(5, to=stranger)

    await gather()
    assert counted.shares == [[1], [5]]

    counted.poison = None
    clock.forward(minutes=10)
    await gather()

    assert counted.shares == [[1], [5], [2], [3], [4]]
    assert await written(database, workspace) == [1, 2, 3, 4]


async def test_what_does_not_concern_a_reader_is_passed_over_in_one_look(
    database: Database, diary: Diary, workspace: UUID, tick: Tick
) -> None:
    looks: list[int] = []

    async def even(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
        looks.append(len(records))
        return [record for record in records if record.payload["number"] % 2 == 0]

    reader = Reader(
        f"testing.{new_id()}", ("testing.ticked",), diary.handle_all, "now", 5, sift=even
    )
    runner = ReaderRunner(database, LogListener(database), [reader])
    await runner.catch_up(reader.key)
    await tick(*range(10))

    await runner.catch_up(reader.key)
    await runner.catch_up(reader.key)

    assert diary.of(workspace) == [0, 2, 4, 6, 8]
    assert looks == [10]


async def test_a_reader_that_cannot_tell_what_concerns_it_is_given_everything(
    database: Database, diary: Diary, workspace: UUID, tick: Tick
) -> None:
    async def stumble(ctx: Ctx, records: Sequence[Recorded]) -> Sequence[Recorded]:
        raise ValueError("cannot tell")

    reader = Reader(
        f"testing.{new_id()}", ("testing.ticked",), diary.handle_all, "now", 5, sift=stumble
    )
    runner = ReaderRunner(database, LogListener(database), [reader])
    await runner.catch_up(reader.key)
    await tick(1, 2)

    await runner.catch_up(reader.key)

    assert diary.of(workspace) == [1, 2]


async def test_a_runner_that_is_asked_to_stop_while_the_log_grows_stops(
    database: Database, reader: Reader
) -> None:
    for turns in range(8):  # the growth must not win over the end, whichever turn it comes in
        listener = LogListener(database)
        runner = ReaderRunner(database, listener, [reader])
        (known,) = runner._progress.values()
        following = asyncio.create_task(runner._follow(reader))
        async with asyncio.timeout(5):
            while not known.growth._waiters:  # noqa: ASYNC110 - until it has nothing to do
                await asyncio.sleep(0.01)

        known.growth.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        following.cancel()

        done, _ = await asyncio.wait([following], timeout=5)
        assert done, f"It did not hear that it should stop, {turns} turns after the growth."
        await runner._locks.close()
