"""F7: the disk is full. Nothing is acknowledged that is not stored; more disk is all it needs."""

import asyncio
import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Record, Size
from tests.faults.house import House, until
from tests.faults.visitors import Tally, Visitors, check

pytestmark = pytest.mark.fault

DISK = "size=400m,mode=755"
LEFT_BYTES = 2 * 1024 * 1024
BACK_S = 30.0
PADDING = " and so on" * 400


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, in memory, that is soon full."""
    with tempfile.TemporaryDirectory(prefix="rapport-disk-") as folder:
        command = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def cramped_house(small_disk: Path, template: Path, tmp_path: Path) -> Iterator[House]:
    """A house whose whole data folder lies there; what it prints does not."""
    house = House(small_disk, template=template)
    house.log_path = tmp_path / "house.log"
    try:
        house.start()
        yield house
    finally:
        house.close()


async def test_F7_a_full_disk_loses_nothing_and_needs_no_repair(
    size: Size, cramped_house: House, small_disk: Path, record: Record
) -> None:
    house, done = cramped_house, asyncio.Event()
    async with Visitors(house.port, house.open_chat(), 16) as visitors:
        tally = visitors.tally
        writing = asyncio.create_task(visitors.write(0, padding=PADDING, until=done))
        await asyncio.to_thread(until, lambda: len(tally.acknowledged) > 100, 30)
        ballast = _fill(small_disk)
        await asyncio.to_thread(until, lambda: _stands_still(tally), 60)
        stored_before = len(tally.acknowledged)
        await asyncio.sleep(size.of(2.0, 20.0))
        refused_meanwhile = tally.statuses[503]
        stored_meanwhile = len(tally.acknowledged) - stored_before

        began = time.monotonic()
        ballast.unlink()
        so_far = len(tally.acknowledged)
        await asyncio.to_thread(until, lambda: len(tally.acknowledged) > so_far + 16, 120)
        back_s = time.monotonic() - began
        done.set()
        await writing
    verdict = check(house.database_url, visitors)

    record(
        messages=verdict.acknowledged,
        stored_while_full=stored_meanwhile,
        answers_503=tally.statuses[503],
        answers_500=tally.statuses[500],
        lost=verdict.lost,
        duplicated=verdict.duplicated,
        seq_gaps=verdict.seq_gaps,
        back_s=back_s,
    )
    assert "No space left on device" in house.log
    assert verdict.is_clean, verdict
    assert refused_meanwhile > 0
    assert tally.statuses[500] == 0
    assert tally.without_retry_after == 0
    assert back_s <= BACK_S


def _fill(disk: Path) -> Path:
    """Leave next to nothing free, in a file that can be taken away."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as output, contextlib.suppress(OSError):
        while True:
            output.write(bytes(1024 * 1024))
    with ballast.open("r+b") as output:
        output.truncate(max(0, ballast.stat().st_size - LEFT_BYTES))
    return ballast


def _stands_still(tally: Tally) -> bool:
    """Whether nothing was stored for a second, and everybody was told."""
    before = len(tally.acknowledged)
    time.sleep(1)
    return len(tally.acknowledged) == before and tally.statuses[503] > 0
