"""Read by every Python process of a house whose clock jumps: shifts what `utc_now` says.

The file that RAPPORT_TEST_CLOCK names holds the seconds to add; without it nothing is added.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rapport.kernel import context

_offset = Path(os.environ["RAPPORT_TEST_CLOCK"])


def _utc_now() -> datetime:
    """The current instant as a clock that jumped sees it."""
    try:
        seconds = float(_offset.read_text() or 0)
    except FileNotFoundError:
        seconds = 0.0
    return datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251 - it is the clock


context.utc_now = _utc_now
