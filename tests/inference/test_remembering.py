import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from rapport.inference.errors import EmbeddingsUnreachable
from rapport.inference.fake import FakeEmbedder
from rapport.inference.remembering import Remembering
from rapport.kernel.ids import new_id

VECTOR_BYTES = 384 * 4


class SlowEmbedder(FakeEmbedder):
    """Answers nobody until it is let go; then it answers, or fails with `fails`."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.fails: Exception | None = None
        self.given_up = 0

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        vectors = await super().embed(texts, workspace_id=workspace_id, background=background)
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.fails is not None:
            raise self.fails
        return vectors


async def asked(
    remembering: Remembering,
    *texts: str,
    workspace_id: UUID | None = None,
    background: bool = False,
) -> "asyncio.Task[NDArray[np.float32]]":
    """A call that is under way."""
    call = remembering.embed(texts, workspace_id=workspace_id, background=background)
    task = asyncio.create_task(call)
    for _ in range(3):
        await asyncio.sleep(0)
    return task


async def test_what_was_embedded_before_is_not_embedded_again() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake)

    first = await remembering.embed(["one", "two", "one"])
    second = await remembering.embed(["two", "three"])

    assert fake.calls == [["one", "two"], ["three"]]
    assert np.array_equal(first, await fake.embed(["one", "two", "one"]))
    assert np.array_equal(first[1], second[0])


async def test_the_longest_unused_is_forgotten_first() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake, max_bytes=2 * VECTOR_BYTES)
    await remembering.embed(["one", "two"])
    await remembering.embed(["one", "three"])

    await remembering.embed(["one"])
    await remembering.embed(["two"])

    assert fake.calls == [["one", "two"], ["three"], ["two"]]


async def test_what_another_model_made_of_a_text_is_not_this_ones() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake)
    await remembering.embed(["one"])

    fake.name = "fake/2"
    await remembering.embed(["one"])

    assert fake.calls == [["one"], ["one"]]


async def test_background_work_pushes_nothing_out() -> None:
    fake = FakeEmbedder()
    remembering = Remembering(fake, max_bytes=VECTOR_BYTES)
    await remembering.embed(["question"])

    await remembering.embed(["part one", "part two"], background=True)
    await remembering.embed(["question"], background=True)
    await remembering.embed(["question"])

    assert fake.calls == [["question"], ["part one", "part two"]]


async def test_who_changes_an_answer_changes_nobody_elses() -> None:
    remembering = Remembering(FakeEmbedder())
    first = await remembering.embed(["one"])
    before = first.copy()

    first[:] = 0

    assert np.array_equal(await remembering.embed(["one"]), before)


async def test_two_who_ask_for_the_same_text_have_it_embedded_once() -> None:
    slow = SlowEmbedder()
    remembering = Remembering(slow)
    one = await asked(remembering, "shared", "mine")
    other = await asked(remembering, "theirs", "shared")

    slow.go_on.set()
    first, second = await one, await other

    assert slow.calls == [["shared", "mine"], ["theirs"]]
    assert np.array_equal(first[0], second[1])


async def test_who_leaves_does_not_take_the_answer_from_others() -> None:
    slow = SlowEmbedder()
    remembering = Remembering(slow)
    one, other = await asked(remembering, "shared"), await asked(remembering, "shared")

    one.cancel()
    await asyncio.gather(one, return_exceptions=True)
    slow.go_on.set()

    assert (await other).shape == (1, 384)
    assert (len(slow.calls), slow.given_up) == (1, 0)


async def test_what_nobody_waits_for_any_more_is_given_up_and_asked_anew_later() -> None:
    slow = SlowEmbedder()
    remembering = Remembering(slow)
    waiting = [await asked(remembering, "shared"), await asked(remembering, "shared")]

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    slow.go_on.set()
    again = await remembering.embed(["shared"])

    assert again.shape == (1, 384)
    assert (slow.calls, slow.given_up) == ([["shared"], ["shared"]], 1)


async def test_a_failure_reaches_all_who_wait_and_is_not_remembered() -> None:
    slow = SlowEmbedder()
    slow.fails = EmbeddingsUnreachable()
    remembering = Remembering(slow)
    waiting = [await asked(remembering, "shared"), await asked(remembering, "shared")]

    slow.go_on.set()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    slow.fails = None

    assert [type(error) for error in told] == [EmbeddingsUnreachable] * 2
    assert (await remembering.embed(["shared"])).shape == (1, 384)


@pytest.mark.parametrize(
    ("workspace_id", "background"), [(None, False), (new_id(), True), (new_id(), False)]
)
async def test_a_question_waits_for_no_background_work_and_no_other_workspace(
    workspace_id: UUID | None, background: bool
) -> None:
    slow = SlowEmbedder()
    remembering = Remembering(slow)
    indexing = await asked(remembering, "shared", workspace_id=new_id(), background=True)

    other = await asked(remembering, "shared", workspace_id=workspace_id, background=background)

    assert slow.calls == [["shared"], ["shared"]]
    slow.go_on.set()
    assert np.array_equal(await indexing, await other)


async def test_it_is_the_model_it_stands_before() -> None:
    remembering = Remembering(FakeEmbedder())

    assert (remembering.name, remembering.dimensions) == ("fake/1", 384)
    assert remembering.speaks("en")
    assert not remembering.speaks("de")
    assert (await remembering.embed([])).shape == (0, 384)
