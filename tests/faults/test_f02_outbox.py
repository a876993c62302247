"""F2: whoever sends mail is killed when the server has taken one and nobody has noted it yet."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rapport.conversations import service as conversations
from rapport.conversations.ports import NewMessage
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.make.conversations import make_conversation
from tests.make.customers import make_customer
from tests.make.mail import make_mailbox
from tests.sink import Sink, Taken

pytestmark = pytest.mark.fault

LEASE_S = 2
TALKS = 50
AT_ONCE = 100
DONE_S = 1_800.0


@dataclass
class Killer:
    """Kills the worker when the server has taken certain mails: before it says so, or right after.

    Then it waits until another worker sends.
    """

    house: House
    moments: list[int]
    killed: int = 0
    pauses: list[float] = field(default_factory=list)
    _since: float | None = None
    _tasks: set[asyncio.Task[int]] = field(default_factory=set)

    async def __call__(self, taken: Taken, number: int) -> None:
        if self._since is not None:
            self.pauses.append(time.monotonic() - self._since)
            self._since = None
        if self.killed < len(self.moments) and number >= self.moments[self.killed]:
            self.killed += 1
            self._since = time.monotonic()
            if self.killed % 2:
                await self._kill()
            else:
                task = asyncio.create_task(self._soon())
                self._tasks.add(task)

    async def _kill(self) -> int:
        return await asyncio.to_thread(self.house.kill, "worker-0")

    async def _soon(self) -> int:
        await asyncio.sleep(0.001)
        return await self._kill()


async def test_F2_a_killed_outbox_loses_nothing_and_shows_nothing_twice(
    size: Size, template: Path, record: Record
) -> None:
    mails, kills = size.of(80, 10_000), size.of(2, 20)
    async with Sink() as sink, _house(sink, template) as house:
        moments = sorted(random.sample(range(10, mails - 10), kills))
        killer = Killer(house, moments)

        async def taken(mail: Taken) -> None:
            await killer(mail, len(sink.taken))

        sink.on_taken = taken
        began = time.monotonic()
        await _write(house, sink, mails)
        states = await _all_sent(house, mails)
        seconds = time.monotonic() - began

    forms = Counter(it.id for it in set(sink.taken))
    duplicates = len(sink.taken) - len(sink.effects)
    record(
        mails=mails,
        kills=killer.killed,
        lost=mails - len(sink.effects),
        sent_twice=duplicates,
        of_two_forms=sum(count > 1 for count in forms.values()),
        shown=len(sink.effects),
        mails_per_s=round(mails / seconds, 1),
        longest_pause_s=max(killer.pauses, default=0.0),
    )
    assert killer.killed == kills
    assert states == {"sent": mails}
    assert len(sink.effects) == mails
    assert duplicates <= kills
    assert set(forms.values()) == {1}


@asynccontextmanager
async def _house(sink: Sink, template: Path) -> AsyncIterator[House]:
    environment = {
        "RAPPORT_EGRESS_ALLOW": json.dumps([sink.pair]),
        "RAPPORT_DELIVERY_LEASE_S": str(LEASE_S),
    }
    house = House(template=template, environment=environment)
    try:
        await asyncio.to_thread(house.start)
        yield house
    finally:
        await asyncio.to_thread(house.close)


async def _write(house: House, sink: Sink, mails: int) -> None:
    """Have an agent answer in many conversations at once."""
    database = Database(house.database_url, pool_size=4)
    workspace = _first_workspace(house)
    async with database.begin(workspace, SYSTEM) as ctx:
        mailbox = await make_mailbox(ctx, outgoing=sink.outgoing, quoting=False)
        inbox = await conversations.get_inbox(ctx, mailbox.id)
        talks = [
            await make_conversation(
                ctx,
                inbox=inbox,
                customer=await make_customer(ctx, email=f"ada{number}@home.example"),
            )
            for number in range(TALKS)
        ]
    for first in range(0, mails, AT_ONCE):
        async with database.begin(workspace, SYSTEM) as ctx:
            for number in range(first, min(first + AT_ONCE, mails)):
                message = NewMessage(
                    workspace_id=workspace,
                    conversation_id=talks[number % TALKS].id,
                    body=f"Answer {number}",
                    author_kind="agent",
                    author_id=new_id(),
                    author_name="Agnes",
                )
                await conversations.append(ctx, message.conversation_id, message)
    await database.dispose()


async def _all_sent(house: House, mails: int) -> dict[str, int]:
    """Wait until nothing is under way any more; how many deliveries there are in each state."""
    deadline = time.monotonic() + DONE_S
    while True:
        states = await asyncio.to_thread(_states, house)
        settled = states.get("sent", 0) + states.get("failed", 0)
        if settled >= mails or time.monotonic() > deadline:
            return states
        await asyncio.sleep(0.2)


def _states(house: House) -> dict[str, int]:
    with psycopg.connect(house.database_url, autocommit=True) as owner:
        query = "SELECT state, count(*) FROM deliveries GROUP BY state"
        return {str(state): int(count) for state, count in owner.execute(query).fetchall()}


def _first_workspace(house: House) -> UUID:
    with psycopg.connect(house.database_url) as owner:
        query = "SELECT id FROM workspaces ORDER BY created_at, id"
        row = owner.execute(query).fetchone()
    assert row is not None
    workspace_id: UUID = row[0]
    return workspace_id
