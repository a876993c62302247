import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rapport.kernel.database.embedded import DataFolderInUse, EmbeddedPostgres, running_url


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rapport-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    yield server
    server.stop()


def _ask(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 1").fetchone()
        return row and row[0]


def test_starts_answers_and_stops(server: EmbeddedPostgres, folder: Path) -> None:
    assert _ask(server.url) == 1
    assert running_url(folder) == server.url

    server.stop()

    assert running_url(folder) is None


def test_a_second_instance_is_refused_by_name(server: EmbeddedPostgres, folder: Path) -> None:
    with pytest.raises(DataFolderInUse, match=f"process {os.getpid()}"):
        EmbeddedPostgres(folder).start()

    assert _ask(server.url) == 1


def test_what_was_written_is_there_after_a_restart(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('hello')")
    server.stop()

    again = EmbeddedPostgres(folder)
    again.start()
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("hello",)
    again.stop()


def test_other_accounts_read_nothing_of_the_data_folder(folder: Path) -> None:
    made = folder / "data"
    server = EmbeddedPostgres(made, fsync=False)
    server.start()
    try:
        modes = {path.name: path.stat().st_mode for path in (made, *made.iterdir())}
    finally:
        server.stop()

    assert [name for name, mode in modes.items() if mode & 0o044] == ["instance.lock"]


def test_a_killed_server_is_started_again(server: EmbeddedPostgres, folder: Path) -> None:
    killed = server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)

    server.tend()
    deadline = time.monotonic() + 30
    while running_url(folder) is None:
        assert time.monotonic() < deadline
        server.tend()
        time.sleep(0.05)
    again = server.pid
    server.tend()

    assert _ask(server.url) == 1
    assert server.pid == again


def test_a_stale_pid_file_does_not_stand_in_the_way(server: EmbeddedPostgres, folder: Path) -> None:
    server.stop()
    # A pid that lives, but is no PostgreSQL: what a reboot leaves when pids start over.
    stale = f"{os.getpid()}\n{folder}/postgres\n0\n5432\n\n\n"
    (folder / "postgres" / "postmaster.pid").write_text(stale)

    server.start()

    assert _ask(server.url) == 1


def test_the_server_of_a_killed_supervisor_is_taken_over(folder: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from rapport.kernel.database.embedded import EmbeddedPostgres\n"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1]), fsync=False).start()\n"
        "print('up', flush=True)\n"
        "sys.stdin.read()\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    supervisor.kill()
    supervisor.communicate()

    server = EmbeddedPostgres(folder, fsync=False)
    server.start()

    assert _ask(server.url) == 1
    server.stop()
