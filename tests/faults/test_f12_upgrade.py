"""F12: the database is brought to the next version while processes of the present one write."""

import asyncio
import contextlib
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import psycopg
import pytest

from rapport.kernel.database.lint import examine
from rapport.kernel.database.migrations import current, head, upgrade
from rapport.server.bench import inbox_data
from rapport.server.migrate import SCRIPTS
from tests.conftest import PROJECT
from tests.faults.conftest import Record, Size
from tests.faults.house import House
from tests.faults.visitors import Visitors, check

pytestmark = pytest.mark.fault

LOCK_WAIT_S = 1.0
RELEASED = "0008_files"
"""What the version before brought its database to."""
NEXT = Path(__file__).parent / "migrations"
_WAITING = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND l.locktype <> 'advisory' AND a.application_name <> 'migration'
"""


@dataclass
class Watch:
    """The longest that anybody but the migration stood in line, and what the agent was told."""

    lock_wait_s: float = 0.0
    statuses: set[int] = field(default_factory=set)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def locks(self, url: str) -> None:
        """Look every few milliseconds until it is over."""
        with psycopg.connect(url, autocommit=True) as owner:
            while not self.is_over.is_set():
                row = owner.execute(_WAITING).fetchone()
                assert row is not None
                self.lock_wait_s = max(self.lock_wait_s, row[0])
                time.sleep(0.01)

    async def lists(self, agent: httpx.AsyncClient) -> None:
        """Look at the inbox again and again until it is over."""
        while not self.is_over.is_set():
            self.statuses.add((await agent.get("/v1/conversations?view=all")).status_code)
            await asyncio.sleep(0.05)


@pytest.fixture
def next_release() -> Iterator[Path]:
    """Our migrations and those of a release to come."""
    with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
        scripts = Path(folder) / "migrations"
        shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        for path in NEXT.glob("m*"):
            text = path.read_text().replace("{before}", head(SCRIPTS))
            (scripts / "versions" / path.name).write_text(text)
        yield scripts


@pytest.fixture
def elder() -> Iterator[House]:
    """The program of the release before, from the history, on a database of its own."""
    commit = _commit_of_release()
    if commit is None:
        pytest.skip(f"this clone has no history that reaches back to {RELEASED}")
    archived = subprocess.run(
        ["git", "archive", commit, "src"], cwd=PROJECT, capture_output=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory(prefix="rapport-elder-") as folder:
        with tarfile.open(fileobj=BytesIO(archived)) as tar:
            tar.extractall(folder, filter="data")
        paths = {"PYTHONPATH": f"{folder}/src", "RAPPORT_WEB_DIR": str(PROJECT / "web")}
        house = House(environment=paths)
        try:
            house.launch()
            house.wait_ready()
            yield house
        finally:
            house.close()


def _commit_of_release() -> str | None:
    """The last commit whose newest migration is the released one."""
    newer = f"src/rapport/server/migrations/versions/m{int(RELEASED[:4]) + 1:04}_*.sql"
    added = _git("log", "--diff-filter=A", "--format=%H", "--reverse", "--", newer).split()
    commit = _git("rev-parse", "--verify", "-q", f"{added[0]}^" if added else "HEAD")
    released = f"{commit}:src/rapport/server/migrations/versions/m{RELEASED}.sql"
    return commit if commit and _git("cat-file", "-t", released) == "blob" else None


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def test_the_migrations_of_the_release_to_come_are_what_we_allow() -> None:
    assert [finding for path in NEXT.glob("*.sql") for finding in examine(path.read_text())] == []


async def test_F12_the_version_before_works_on_while_the_database_is_upgraded(
    size: Size, elder: House, record: Record
) -> None:
    await asyncio.to_thread(_fill, elder, size.of(1_000, 100_000))
    async with _busy(elder, size) as (visitors, watch):
        await asyncio.sleep(size.of(1, 10))
        began = time.monotonic()
        await asyncio.to_thread(upgrade, _as_migration(elder), SCRIPTS)
        upgrade_s = time.monotonic() - began
        await asyncio.sleep(size.of(3, 50) - min(upgrade_s, size.of(2, 45)))

    _reckon(elder, visitors, watch)
    record(
        migrated=f"{RELEASED} to {head(SCRIPTS)}",
        messages=len(visitors.tally.acknowledged),
        answers_5xx=_failures(visitors),
        upgrade_s=upgrade_s,
        lock_wait_s=watch.lock_wait_s,
        slowest_answer_s=visitors.tally.slowest_answer_s,
    )


async def test_F12_this_version_will_work_on_while_the_next_one_comes(
    size: Size, house: House, next_release: Path, record: Record
) -> None:
    await asyncio.to_thread(_fill, house, size.of(1_000, 100_000))
    async with _busy(house, size) as (visitors, watch):
        await asyncio.sleep(size.of(1, 10))
        await asyncio.to_thread(upgrade, _as_migration(house), next_release)
        killed = house.kill("web-0")
        await asyncio.to_thread(house.wait_back, "web-0", killed)
        ready_s = await asyncio.to_thread(house.wait_ready, 60)
        await asyncio.sleep(size.of(1, 40))

    assert house.is_ready(), "a process of this version takes part on the newer database"
    with psycopg.connect(house.database_url) as owner:
        assert current(owner) == "9002_backfill"
        owner.execute(
            "SELECT 1 / (count(*) = 0)::int FROM messages WHERE seq = 0 AND language = ''"
        )
    _reckon(house, visitors, watch)
    record(
        next_messages=len(visitors.tally.acknowledged),
        next_answers_5xx=_failures(visitors),
        next_lock_wait_s=watch.lock_wait_s,
        next_slowest_answer_s=visitors.tally.slowest_answer_s,
        next_ready_s=ready_s,
    )


@contextlib.asynccontextmanager
async def _busy(house: House, size: Size) -> AsyncIterator[tuple[Visitors, Watch]]:
    """Visitors who write and an agent who looks, until the block ends."""
    watch, key = Watch(), house.open_chat()
    agent = await asyncio.to_thread(house.agent)
    async with agent, Visitors(house.port, key, size.of(16, 64)) as visitors:
        visitors.tally.statuses.clear()
        async with asyncio.TaskGroup() as group:
            group.create_task(visitors.write(0, pause_s=0.02, until=watch.is_over))
            group.create_task(asyncio.to_thread(watch.locks, house.database_url))
            group.create_task(_look(watch, agent))
            try:
                yield visitors, watch
            finally:
                watch.is_over.set()


async def _look(watch: Watch, agent: httpx.AsyncClient) -> None:
    with contextlib.suppress(httpx.TransportError):  # when its web process was killed on purpose
        await watch.lists(agent)


def _fill(house: House, conversations: int) -> None:
    """Give the tables the size at which a long lock would be felt."""
    with psycopg.connect(house.database_url, autocommit=True) as owner:
        inbox_data.prepare(owner)
        inbox_data.load(owner, 0, conversations)


def _as_migration(house: House) -> str:
    return f"{house.database_url}&application_name=migration"


def _failures(visitors: Visitors) -> int:
    return sum(count for status, count in visitors.tally.statuses.items() if status >= 500)


def _reckon(house: House, visitors: Visitors, watch: Watch) -> None:
    verdict = check(house.database_url, visitors)
    assert verdict.acknowledged > 100
    assert (verdict.lost, verdict.duplicated) == (0, 0)
    assert _failures(visitors) == 0, visitors.tally.statuses
    assert watch.statuses == {200}
    assert watch.lock_wait_s <= LOCK_WAIT_S
