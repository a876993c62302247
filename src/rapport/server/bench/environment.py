"""What a benchmark runs in: a fresh embedded database with fsync on, and how to describe it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.migrations import upgrade
from rapport.server.migrate import SCRIPTS


@contextmanager
def fresh_database() -> Iterator[tuple[Path, str]]:
    """A data folder and the URL of a migrated, empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-", ignore_cleanup_errors=True) as name:
        server = EmbeddedPostgres(Path(name))
        server.start()
        try:
            upgrade(server.url, SCRIPTS)
            yield Path(name), server.url
        finally:
            server.stop()
