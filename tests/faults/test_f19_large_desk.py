"""F19: a desk of a million conversations and five million messages answers like a small one."""

from typing import Any

import pytest

from rapport.server.bench import inbox
from tests.faults.conftest import Record, Size

pytestmark = pytest.mark.fault

LIMITS_MS = {
    "list_p99_ms": 10.0,
    "counters_p99_ms": 1.0,
    "search_rare_p99_ms": 50.0,
    "search_common_p99_ms": 100.0,
}
"""What `rapport bench inbox` must reach on a machine that does nothing else."""
BUSY = 20.0
"""A test run among others may be so much slower: its short form shows that it works."""


def test_F19_a_large_desk_answers_within_its_limits(size: Size, record: Record) -> None:
    conversations = size.of(2_000, 1_000_000)

    sizes: list[dict[str, Any]] = inbox.run(conversations=conversations)["sizes"]

    largest = sizes[-1]
    record(
        conversations=largest["conversations"],
        messages=largest["messages"],
        **{name: float(largest[name]) for name in LIMITS_MS},
    )
    slow = {
        name: largest[name]
        for name, limit in LIMITS_MS.items()
        if largest[name] > limit * size.of(BUSY, 1.0)
    }
    assert slow == {}
