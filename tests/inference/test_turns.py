"""Who comes next when several ask the embedding model at once."""

import asyncio
import threading
from collections.abc import Iterator
from uuid import UUID

import numpy as np
import pytest

from rapport.inference.errors import EmbedderBusy, ModelDamaged
from rapport.inference.turns import PORTION, Turns, Vector
from rapport.kernel.ids import new_id
from rapport.kernel.telemetry import metrics


class Reading:
    """A model that notes what it reads, and reads nothing but the first text until it is let go."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.began = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, text: str) -> Vector:
        self.read.append(text)
        self.began.set()
        if text == "broken":
            raise ModelDamaged
        assert self.go_on.wait(30)
        return np.full(2, len(text), dtype=np.float32)


@pytest.fixture
def reading() -> Iterator[Reading]:
    reading = Reading()
    yield reading
    reading.go_on.set()


async def asked(
    turns: Turns, *texts: str, workspace_id: UUID | None = None, background: bool = False
) -> "asyncio.Task[list[Vector]]":
    """A call that stands in the queue."""
    taking = turns.take(texts, workspace_id=workspace_id, background=background)
    task = asyncio.create_task(taking)
    await asyncio.sleep(0)
    return task


async def at_work(reading: Reading, turns: Turns) -> "asyncio.Task[list[Vector]]":
    """A call whose only text is being read."""
    task = await asked(turns, "first", workspace_id=new_id())
    assert await asyncio.to_thread(reading.began.wait, 30)
    return task


def waiting(lane: str) -> float:
    found = metrics.REGISTRY.get_sample_value("rapport_embed_waiting", {"lane": lane})
    assert found is not None
    return found


async def test_workspaces_and_their_calls_take_turns(reading: Reading) -> None:
    turns, one, other = Turns(reading), new_id(), new_id()
    calls = [
        await at_work(reading, turns),
        await asked(turns, "a1", "a2", "a3", workspace_id=one),
        await asked(turns, "A1", "A2", workspace_id=one),
        await asked(turns, "b1", "b2", workspace_id=other),
    ]

    reading.go_on.set()
    answers = await asyncio.gather(*calls)

    assert reading.read == ["first", "a1", "b1", "A1", "b2", "a2", "A2", "a3"]
    assert [len(rows) for rows in answers] == [1, 3, 2, 2]


async def test_whoever_waits_goes_before_background_work(reading: Reading) -> None:
    turns, workspace = Turns(reading), new_id()
    calls = [
        await at_work(reading, turns),
        await asked(turns, "part 1", "part 2", workspace_id=workspace, background=True),
        await asked(turns, "question", workspace_id=workspace),
    ]

    reading.go_on.set()
    await asyncio.gather(*calls)

    assert reading.read == ["first", "question", "part 1", "part 2"]


async def test_a_full_queue_says_so_and_each_lane_has_its_own(reading: Reading) -> None:
    turns = Turns(reading, most_waiting=3, most_of_one=3)
    call = await asked(turns, "1", "2", "3", workspace_id=new_id(), background=True)

    with pytest.raises(EmbedderBusy) as refused:
        await turns.take(["4"], workspace_id=new_id(), background=True)
    question = await asked(turns, "5", workspace_id=new_id())

    reading.go_on.set()
    assert (len(await call), len(await question)) == (3, 1)
    assert (refused.value.retryable, refused.value.status) == (True, 503)


async def test_one_workspace_does_not_fill_the_queue_for_others(reading: Reading) -> None:
    turns, one = Turns(reading, most_waiting=10, most_of_one=2), new_id()
    call = await asked(turns, "1", "2", workspace_id=one)

    with pytest.raises(EmbedderBusy):
        await turns.take(["3"], workspace_id=one)
    other = await asked(turns, "4", workspace_id=new_id())

    reading.go_on.set()
    assert (len(await call), len(await other)) == (2, 1)


async def test_a_call_of_any_length_is_not_refused_half_way(reading: Reading) -> None:
    turns = Turns(reading, most_waiting=10, most_of_one=10)
    reading.go_on.set()

    rows = await turns.take([str(n) for n in range(3 * PORTION)])

    assert [row[0] for row in rows] == [len(str(n)) for n in range(3 * PORTION)]


async def test_what_is_cancelled_is_not_read(reading: Reading) -> None:
    turns, before = Turns(reading), waiting("background")
    begun = await at_work(reading, turns)
    given_up = await asked(turns, "x", "y", background=True)
    assert waiting("background") == before + 2

    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    assert waiting("background") == before
    reading.go_on.set()
    await begun

    assert await turns.take(["later"]) != []
    assert reading.read == ["first", "later"]


async def test_a_call_that_is_cancelled_while_it_is_read_ends_with_that_text(
    reading: Reading,
) -> None:
    turns = Turns(reading)
    begun = await asked(turns, "one", "two")
    assert await asyncio.to_thread(reading.began.wait, 30)

    begun.cancel()
    await asyncio.gather(begun, return_exceptions=True)
    reading.go_on.set()

    await turns.take(["later"])
    assert reading.read == ["one", "later"]


async def test_a_failure_is_its_callers_alone(reading: Reading) -> None:
    turns = Turns(reading)
    reading.go_on.set()
    bad, good = await asked(turns, "broken", "never"), await asked(turns, "fine")

    with pytest.raises(ModelDamaged):
        await bad

    assert len(await good) == 1
    assert "never" not in reading.read


def test_it_goes_on_in_another_event_loop(reading: Reading) -> None:
    turns = Turns(reading)
    reading.go_on.set()

    lengths = [len(asyncio.run(turns.take(["a", "b"]))) for _ in range(2)]

    assert lengths == [2, 2]
