"""F14: mail that means harm: messages that cost, bombs, and two machines in conversation."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from rapport.conversations import service as conversations
from rapport.conversations.ports import NewMessage
from rapport.kernel.context import SYSTEM
from tests.faults.conftest import Record, Size
from tests.faults.hostile import HOSTILE, SHORT, every, head
from tests.faults.post import Post, Watch, World, running_post, send

pytestmark = pytest.mark.fault

READ_S = 2.0
GROWTH_MB = 200.0
REPLIES = 5


async def test_F14_messages_that_cost_are_read_in_time_and_little_memory(
    size: Size, template: Path, record: Record
) -> None:
    seconds: dict[str, float] = {}
    worked: dict[str, float] = {}
    grown: dict[str, float] = {}
    answers: dict[str, str] = {}
    async with running_post(template) as post:
        for _ in range(3):  # what is imported for the first mail costs once
            await send(post.port, head("text/plain") + b"Hello\r\n", to=post.box.address)
        await post.read_all(60)
        async with Watch(post.house, "worker-0") as watch:
            for name, raw in every(size.of(SHORT, len(HOSTILE))):
                answers[name] = await send(post.port, raw, to=post.box.address)
                before_s = watch.cpu_s
                seconds[name] = await post.read_all(120)
                worked[name] = watch.cpu_s - before_s
                grown[name] = watch.grown_mb
        states = await post.states()
        ended = post.house.log.count("process_ended")

    record(
        messages=len(seconds),
        slowest_read_s=max(seconds.values()),
        slowest=max(seconds, key=lambda name: seconds[name]),
        most_work_s=max(worked.values()),
        memory_grown_mb=watch.grown_mb,
        failed=states.get("failed", 0),
    )
    assert [name for name, answer in answers.items() if "Kept" not in answer] == []
    assert ended == 0
    assert "failed" not in states, states
    assert watch.grown_mb < GROWTH_MB, grown
    assert max(worked.values()) <= READ_S, worked
    assert not size.full or max(seconds.values()) <= READ_S, seconds


async def test_F14_a_bomb_is_kept_and_not_answered(
    size: Size, template: Path, record: Record
) -> None:
    count = size.of(50, 1_000)
    gate = asyncio.Semaphore(20)
    async with World() as world, running_post(template, world=world, acknowledge=True) as post:

        async def drop(number: int) -> None:
            words = f"Buy cheap pills number {number}\r\n".encode()
            async with gate:
                await send(post.port, head("text/plain") + words, to=post.box.address)

        await asyncio.gather(*(drop(number) for number in range(count)))
        read_s = await post.read_all(600)
        await post.settled(1.0, 60, lambda: len(world.mails))
        stored = (await post.states()).get("stored", 0)
        answers, raw = len(world.mails), list(world.raw)

    echoed = sum(b"pills" in one or b"Hostile" in one for one in raw)
    record(mails=count, stored=stored, read_s=read_s, answers=answers, echoed=echoed)
    assert stored == count
    assert answers == 1
    assert echoed == 0


async def test_F14_forms_filled_in_with_somebodys_address_bring_them_nothing(
    size: Size, template: Path, record: Record
) -> None:
    """Forms of a web site write from our own address: who filled them in, only Reply-To says."""
    count = size.of(50, 1_000)
    gate = asyncio.Semaphore(20)
    async with World() as world, running_post(template, world=world, acknowledge=True) as post:

        async def fill_in(number: int) -> None:
            words = f"Buy cheap pills number {number}\r\n".encode()
            form = b"Reply-To: Victim <victim@home.example>\r\n"
            raw = form + head("text/plain", sender=post.box.address) + words
            async with gate:
                await send(post.port, raw, to=post.box.address, sender=post.box.address)

        await asyncio.gather(*(fill_in(number) for number in range(count)))
        read_s = await post.read_all(600)
        await post.settled(1.0, 60, lambda: len(world.mails))
        stored = (await post.states()).get("stored", 0)

    record(forms=count, stored=stored, read_s=read_s, answers=len(world.mails))
    assert stored == count
    assert world.mails == []


async def test_F14_two_machines_do_not_talk_for_ever(
    size: Size, template: Path, record: Record
) -> None:
    """The other machine says nowhere that it is one; ours answers whatever comes, at once."""
    rounds = 0

    def machine(mail: EmailMessage) -> list[bytes]:
        nonlocal rounds
        rounds += 1
        thread = f"In-Reply-To: {mail['Message-ID']}\r\nReferences: {mail['Message-ID']}\r\n"
        known = thread.encode() if rounds % 3 else b""  # sometimes it begins anew
        return [known + head("text/plain") + b"Thank you! How do I return a parcel?\r\n"] * 2

    question = head("text/plain") + b"How do I return a parcel?\r\n"
    over = asyncio.Event()
    async with World() as world, running_post(template, world=world, acknowledge=True) as post:
        world.answer = machine
        ours = asyncio.create_task(_answer_everything(post, over))
        await send(post.port, question, to=post.box.address)
        await post.settled(size.of(3.0, 20.0), 300, lambda: (len(world.mails), rounds))
        over.set()
        await ours
        replies = len(world.mails)
        withheld = await post.number("SELECT count(*) FROM deliveries WHERE reason = 'loop'")

    record(replies=replies, from_the_other=rounds, withheld=withheld)
    assert 2 <= replies <= REPLIES
    assert withheld > 0


async def _answer_everything(post: Post, over: asyncio.Event) -> None:
    """A machine on our side: each message of a customer is answered, as the assistant would."""
    answered: set[tuple[UUID, int]] = set()
    while not over.is_set():
        for conversation_id, seq in await post.asked():
            if (conversation_id, seq) in answered:
                continue
            answered.add((conversation_id, seq))
            async with post.database.begin(post.box.workspace_id, SYSTEM) as ctx:
                answer = NewMessage(
                    workspace_id=post.box.workspace_id,
                    conversation_id=conversation_id,
                    body="Print the label, and bring the parcel to any shop.",
                    author_kind="assistant",
                    author_name="Assistant",
                    client_id=f"answer-{seq}",
                )
                await conversations.append(ctx, conversation_id, answer)
        await asyncio.sleep(0.05)
