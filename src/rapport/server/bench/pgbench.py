"""The ingest statement under pgbench, from the wheel's own programs: what PostgreSQL itself can do.

Each transaction is one call of `ingest_messages` with a batch as large as the web process wrote.
The messages are prepared in a table and get new ids as they go in.
"""

import re
import subprocess
from pathlib import Path
from typing import Final

import psycopg

from rapport.conversations.wire import Row, rows_json
from rapport.kernel.database.embedded import binaries

SCRIPT: Final = """\
SELECT count(*) FROM bench_batches b, LATERAL ingest_messages(
    (
        SELECT jsonb_agg(n.r || jsonb_build_object('id', n.id, 'client_id', n.id))
        FROM (SELECT r, uuidv7() AS id FROM jsonb_array_elements(b.rows) AS r) AS n
    ),
    now()
) WHERE b.client = :client_id;
"""
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def _prepare(owner: psycopg.Connection, rows: list[Row], *, batch_size: int, clients: int) -> None:
    """Store a batch for each client; no two write to the same conversation."""
    owner.execute("DROP TABLE IF EXISTS bench_batches")
    owner.execute("CREATE TABLE bench_batches (client integer PRIMARY KEY, rows jsonb NOT NULL)")
    for client in range(clients):
        own = [row for at, row in enumerate(rows) if at % clients == client]
        batch = [own[at % len(own)] for at in range(batch_size)]
        owner.execute("INSERT INTO bench_batches VALUES (%s, %s)", (client, rows_json(batch)))


def messages_per_s(
    url: str, folder: Path, rows: list[Row], *, batch_size: int, clients: int, seconds: float
) -> float:
    """Messages stored per second by so many clients at once.

    Raises:
        RuntimeError: it did not run.
    """
    with psycopg.connect(url, autocommit=True) as owner:
        _prepare(owner, rows, batch_size=batch_size, clients=clients)
    script = folder / "ingest.pgbench.sql"
    script.write_text(SCRIPT)
    command = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients)]
    command += ["-j", str(clients), "-T", str(max(1, round(seconds))), "-f", str(script), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _TPS.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(done.stderr.strip()[-500:])
    return float(found[1]) * batch_size
