"""What a benchmark runs in: a fresh embedded database with fsync on, and the real web process."""

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.migrations import upgrade
from rapport.server.migrate import SCRIPTS

_SERVE: Final = (
    "import sys; from rapport.kernel.settings.process import Settings; "
    "from rapport.server import web; web.run(Settings(), fd=int(sys.argv[1]))"
)
_WORK: Final = (
    "from rapport.kernel.settings.process import Settings; "
    "from rapport.server import worker; worker.run(Settings())"
)


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


@contextmanager
def web_process(folder: Path, url: str, *, count: int = 1) -> Iterator[tuple[int, int]]:
    """The real web process, ready for requests: its port on the loopback, and its id.

    With `count` so many that share the port, as those of `rapport serve --web` do; the first's id.
    """
    environment = {
        "RAPPORT_DATA_DIR": str(folder),
        "RAPPORT_DATABASE_URL": url,
        "RAPPORT_RATE_LIMITS": "false",
        "RAPPORT_LOG_LEVEL": "WARNING",
    }
    with serving([sys.executable, "-c", _SERVE], environment, count=count) as (port, pid):
        httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=120).raise_for_status()
        yield port, pid


@contextmanager
def worker_process(
    folder: Path, url: str, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """The real worker process, which may not be ready yet."""
    given = {
        "RAPPORT_DATA_DIR": str(folder),
        "RAPPORT_DATABASE_URL": url,
        "RAPPORT_LOG_LEVEL": "ERROR",
        **(environment or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _WORK], env={**os.environ, **given}, stdout=sys.stderr
    )
    try:
        yield process
    finally:
        process.terminate()
        _wait(process)


@contextmanager
def serving(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, count: int = 1
) -> Iterator[tuple[int, int]]:
    """Children that serve on a socket of the loopback they inherit: the port, and the first's id.

    The number of the socket follows the other arguments of `command`. Connections wait in the
    socket's queue until a child takes them.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        port, fd = listening.getsockname()[1], listening.fileno()
        processes = [
            subprocess.Popen(
                [*command, str(fd)],
                pass_fds=[fd],
                env={**os.environ, **(environment or {}), "RAPPORT_PORT": str(port)},
                stdout=sys.stderr,
            )
            for _ in range(count)
        ]
        try:
            yield port, processes[0].pid
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                _wait(process)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask(module: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module as a process that is told what to do and answers, both as JSON.

    The answer, often half a megabyte, comes by a file: twice a pipe lost some of it.
    """
    with tempfile.TemporaryFile() as written:
        subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(plan).encode(),
            stdout=written,
            check=True,
        )
        written.seek(0)
        answer: dict[str, Any] = json.load(written)
    return answer


def raise_file_limit(connections: int) -> None:
    """Let this process and its children have a file for every socket."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 200
    if soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of the sorted `values` lie; 0 when there are none."""
    return values[min(len(values) - 1, int(len(values) * part))] if values else 0.0
