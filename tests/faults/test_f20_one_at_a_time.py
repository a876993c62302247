"""F20: one data folder, one Rapport; and whatever a dead one left behind is overcome."""

import asyncio
import contextlib
import re
import signal
import time

import psutil
import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House, free_port, until
from tests.faults.visitors import Visitors, check

pytestmark = pytest.mark.fault

REFUSED_S = 10.0
BACK_S = 30.0


def test_F20_a_second_instance_is_refused_by_name(desk_house: House, record: Record) -> None:
    second = House(desk_house.data_dir, environment={"RAPPORT_PORT": str(free_port())})

    began = time.monotonic()
    refused = second.command("serve")
    seconds = time.monotonic() - began

    record(second_instance_refused_s=seconds)
    said = " ".join(refused.stderr.split())
    assert refused.returncode == 1
    assert f"is in use by process {desk_house.pid}; stop it, or" in said
    assert "Traceback" not in said
    assert desk_house.is_ready()
    assert seconds < REFUSED_S


async def test_F20_everything_killed_at_once_starts_again(house: House, record: Record) -> None:
    async with Visitors(house.port, house.open_chat(), 16) as visitors:
        done = asyncio.Event()
        writing = asyncio.create_task(visitors.write(0, until=done))
        await asyncio.to_thread(until, lambda: len(visitors.tally.acknowledged) > 500, 60)

        _kill_all(house.family())
        house.stop()
        assert (house.data_dir / "postgres" / "postmaster.pid").exists()
        began = time.monotonic()
        await asyncio.to_thread(house.start)
        back_s = time.monotonic() - began
        done.set()
        await writing
    verdict = check(house.database_url, visitors)

    record(
        all_killed_back_s=back_s,
        messages=verdict.acknowledged,
        lost=verdict.lost,
        duplicated=verdict.duplicated,
    )
    assert verdict.is_clean, verdict
    assert back_s < BACK_S


async def test_F20_a_killed_supervisor_leaves_nothing_in_the_way(
    house: House, record: Record
) -> None:
    async with Visitors(house.port, house.open_chat(), 16) as visitors:
        await asyncio.to_thread(house.wait_whole)
        done = asyncio.Event()
        writing = asyncio.create_task(visitors.write(0, until=done))
        await asyncio.to_thread(until, lambda: len(visitors.tally.acknowledged) > 200, 60)
        orphans = house.family()

        house.stop(signal.SIGKILL)
        began = time.monotonic()
        await asyncio.to_thread(house.start)
        back_s = time.monotonic() - began
        done.set()
        await writing
        await asyncio.to_thread(until, lambda: not _alive(orphans), 40, lambda: _alive(orphans))
    verdict = check(house.database_url, visitors)

    record(supervisor_killed_back_s=back_s)
    assert verdict.is_clean, verdict
    assert back_s < BACK_S


def test_F20_a_database_that_hears_nothing_does_not_block_the_next_start(
    size: Size, house: House, record: Record
) -> None:
    if not size.full:
        pytest.skip("it is given 25 s to end by itself")
    orphans = house.family()
    house.kill("postgres", signal.SIGSTOP)
    house.stop(signal.SIGKILL)

    began = time.monotonic()
    house.start()

    record(frozen_orphan_back_s=time.monotonic() - began)
    assert not _alive(orphans)
    assert re.search("postgres_orphan_found", house.log)


def test_F20_a_worker_whose_desk_is_gone_ends_by_itself(
    size: Size, house: House, record: Record
) -> None:
    if not size.full:
        pytest.skip("it is given 15 s to give back its jobs")
    house.wait_whole()
    worker = psutil.Process(house.processes()["worker-0"])

    _kill_all([process for process in house.family() if process.pid != worker.pid])
    house.stop(signal.SIGKILL)
    ended_s = until(lambda: not _alive([worker]), 40)

    record(orphaned_worker_ended_s=ended_s)


def _kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, 10)


def _alive(processes: list[psutil.Process]) -> str:
    """The names of those that still run."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
    return " ".join(found)
