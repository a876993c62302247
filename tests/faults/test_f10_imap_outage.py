"""F10: the mail server is away for three days, and comes back with everything numbered anew."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import select

from rapport.channels.email.models import RawMail
from rapport.conversations.models import Message
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.dns import Dns
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings
from tests.conftest import Clock
from tests.dns import Zone
from tests.dovecot import PASSWORD, Dovecot
from tests.faults.conftest import Record, Size
from tests.fetching import Fetched, following, until
from tests.imap_simulator import Mailserver

pytestmark = pytest.mark.fault

USER = "support"
TWICE = 50
"""Each mail of so many lies there twice."""
NAMELESS = 10
"""Each mail of so many has no Message-ID."""


@pytest.fixture(autouse=True)
def world(database: Database, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Files on the disk, and a DNS that knows nobody."""
    database.ports.provide(Dns, Zone())
    database.ports.provide(FileStore, FileStore.at(None, tmp_path / "files"))
    yield
    database.ports.provide(Settings, settings)


@pytest.fixture
async def server() -> AsyncIterator[Mailserver]:
    async with Mailserver() as server:
        yield server


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    dovecot = Dovecot()
    try:
        dovecot.add_user(USER)
        yield dovecot
    finally:
        dovecot.close()


async def test_F10_after_three_days_without_imap_all_mail_is_here_once(
    size: Size,
    database: Database,
    workspace: UUID,
    clock: Clock,
    dovecot: Dovecot,
    record: Record,
) -> None:
    before, meanwhile = size.of(20, 500), size.of(80, 5_000)
    inbox = await _inbox(database, workspace, dovecot)
    dovecot.put(USER, _mails(range(before)))
    dovecot.start()
    async with following(database):
        await _has(inbox, before + _copies(range(before)))
        await jobs.run(database, wait=False)
        validity = (await inbox.folder()).uid_validity
        assert validity is not None
        await asyncio.to_thread(dovecot.stop)
        await until(lambda: _is_failing(inbox))
        failing_since = (await inbox.folder()).failing_since
        clock.forward(days=3)

        dovecot.renumber(USER, uid_validity=validity + 1)
        dovecot.put(USER, _mails(range(before, before + meanwhile)))
        marks = dovecot.names(USER)
        began = time.monotonic()
        await asyncio.to_thread(dovecot.start)
        await until(lambda: _beyond(inbox, before + meanwhile // 4), within_s=300)
        await asyncio.to_thread(dovecot.stop)  # again, in the middle of it
        await asyncio.to_thread(dovecot.start)
        await until(lambda: _beyond(inbox, before + meanwhile // 2), within_s=300)
    async with following(database):  # the worker died, here is another
        await until(lambda: _is_through(inbox, validity + 1), within_s=600)
        backfill_s = time.monotonic() - began
    await jobs.run(database, wait=False)

    said = await _said(database, workspace)
    total = before + meanwhile
    lost = total - len(said)
    record(
        mails=total,
        away_days=3,
        connections_cut=3,
        backfill_s=backfill_s,
        lost=lost,
        duplicated=said.total() - len(said),
        memory_mb=psutil.Process().memory_info().rss / 2**20,
    )
    assert failing_since is not None
    assert (lost, said.total()) == (0, total), await _states(database, workspace)
    assert dovecot.names(USER) == marks
    folder = await inbox.folder()
    assert (folder.state, folder.behind, folder.uid_validity) == ("listening", 0, validity + 1)


async def test_F10_a_server_that_says_everything_twice_brings_nothing_twice(
    size: Size,
    database: Database,
    workspace: UUID,
    server: Mailserver,
    record: Record,
) -> None:
    count = size.of(30, 1_000)
    server.twice = True
    server.capabilities = "IMAP4rev1 IDLE"
    server.add(*_mails(range(count)))
    inbox = await Fetched.make(database, workspace, server.port)

    async with following(database):
        await _has(inbox, count + _copies(range(count)))
        for _ in range(size.of(3, 30)):  # and forgets now and then who is there
            server.hang_up()
            server.add(*_mails([0]))
            await until(inbox.is_listening)
    await jobs.run(database, wait=False)

    said = await _said(database, workspace)
    record(mails_said_twice=count, of_them_kept_twice=said.total() - len(said))
    assert (len(said), said.total()) == (count, count), await _states(database, workspace)


async def _inbox(database: Database, workspace: UUID, dovecot: Dovecot) -> Fetched:
    return await Fetched.make(
        database, workspace, dovecot.imap_port, user=USER, secrets={"imap_password": PASSWORD}
    )


def _mails(numbers: Iterable[int]) -> Iterator[bytes]:
    """Mails as many people write them; some lie there twice, some have no name."""
    for number in numbers:
        name = f"Message-ID: <{number}@there.example>\r\n" if number % NAMELESS else ""
        raw = (
            f"From: Customer {number % 97} <customer{number % 97}@there.example>\r\n"
            f"To: support@here.example\r\nSubject: Question {number}\r\n{name}"
            "Date: Mon, 5 Jan 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            f"This is mail {number}, und Grüße.\r\n"
        ).encode()
        yield raw
        if number % TWICE == 0:
            yield raw


def _copies(numbers: range) -> int:
    return sum(number % TWICE == 0 for number in numbers)


async def _has(inbox: Fetched, count: int) -> None:
    async def is_so() -> bool:
        return await inbox.count() == count and await inbox.is_listening()

    await until(is_so, within_s=300)


async def _beyond(inbox: Fetched, count: int) -> bool:
    return await inbox.count() >= count


async def _is_failing(inbox: Fetched) -> bool:
    return (await inbox.folder()).state == "failing"


async def _is_through(inbox: Fetched, uid_validity: int) -> bool:
    folder = await inbox.folder()
    return (folder.state, folder.uid_validity) == ("listening", uid_validity)


async def _said(database: Database, workspace: UUID) -> Counter[str]:
    """What stands in conversations, and how often."""
    async with database.begin(workspace, SYSTEM) as ctx:
        bodies = await ctx.session.scalars(
            select(Message.body).where(Message.workspace_id == workspace)
        )
        return Counter(bodies.all())


async def _states(database: Database, workspace: UUID) -> Counter[str]:
    """What became of the messages, for whoever reads why it failed."""
    async with database.begin(workspace, SYSTEM) as ctx:
        rows = await ctx.session.scalars(select(RawMail).where(RawMail.workspace_id == workspace))
        return Counter(f"{row.state} {row.reason or ''}" for row in rows)
