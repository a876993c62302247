"""Fixtures of the fault tests. They throw what can go wrong at the real processes."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.faults.house import House
from tests.faults.report import FAILURES, IS_FULL, Figure, Report

T = TypeVar("T")
REPORT = pytest.StashKey[Report]()
Record = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Size:
    """Whether this is the full form (`make faults`) or the short one (`make test`)."""

    full: bool

    def of(self, short: T, full: T) -> T:
        """The one that fits."""
        return full if self.full else short


@pytest.fixture(scope="session")
def size() -> Size:
    return Size(IS_FULL)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """Note figures for the report: what was thrown, what came out, seconds of recovery."""
    entry = request.config.stash[REPORT].entry(request.node.name)
    assert entry is not None, "the test's name does not begin with test_F<number>"

    def note(**figures: Figure) -> None:
        for name, value in figures.items():
            entry.figures[name] = round(value, 3) if isinstance(value, float) else value

    return note


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """The data folder of a house that was started once; a copy of it is ready in half the time."""
    house = House(fsync=False)
    try:
        house.start()
        house.agent()  # or each start would make the owner a new link
        house.stop()
        yield house.data_dir
    finally:
        house.close()


@pytest.fixture
def house(template: Path) -> Iterator[House]:
    """A house of the test's own, which it may ill-treat as it likes."""
    house = House(template=template)
    try:
        house.start()
        yield house
    finally:
        house.close()


@pytest.fixture(scope="session")
def desk_house(template: Path) -> Iterator[House]:
    """A house that tests share; it must be as they found it when they are done."""
    house = House(fsync=IS_FULL, template=template)
    try:
        house.start()
        yield house
    finally:
        house.close()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REPORT] = Report()


def pytest_itemcollected(item: pytest.Item) -> None:
    entry = item.config.stash[REPORT].entry(item.name)
    if entry is not None:
        entry.left += 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    found = yield
    report = item.config.stash[REPORT]
    entry = report.entry(item.name)
    if item.get_closest_marker("fault") is None or entry is None:
        return found
    entry.passed = entry.passed and not found.failed
    entry.ran = entry.ran or (found.when == "call" and not found.skipped)
    entry.seconds += found.duration
    if found.skipped and isinstance(found.longrepr, tuple):
        entry.skipped = found.longrepr[2].removeprefix("Skipped: ")
    if found.failed:
        FAILURES.mkdir(parents=True, exist_ok=True)
        (FAILURES / f"{item.name}-{found.when}.txt").write_text(found.longreprtext)
    if found.when == "teardown":
        entry.left -= 1
        report.write()
    return found
