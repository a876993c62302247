"""Servers that are not ours, as Debian packages them: PostgreSQL with pgvector, NATS, HAProxy.

`scripts/servers` installs them. What is missing is skipped, with a word on how to get it.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import psutil
import psycopg
import pytest

HOW = "is not installed: run scripts/servers as root (Debian), or put it on the PATH"
START_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    """Where a program lies, also in the places that are on root's path only."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} {HOW}")
    return found


def until(true: Callable[[], bool], what: str, deadline_s: float = START_S) -> None:
    """Ask again and again until it holds."""
    deadline = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come true in time"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Startable(Protocol):
    """What is begun, and leaves nothing behind once it is closed."""

    def start(self) -> None: ...

    def close(self) -> None: ...


S = TypeVar("S", bound=Startable)


@contextmanager
def running(server: S) -> Iterator[S]:
    """Have a server run as long as the block, and leave nothing behind, even if it never began."""
    try:
        server.start()
        yield server
    finally:
        server.close()


class Server:
    """A program on a port of its own that runs until it is stopped."""

    name: str

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: listens(self.port), f"{self.name} listens")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


class Nats(Server):
    """Debian's nats-server, which wants a name and a password."""

    name = "nats-server"

    def __init__(self) -> None:
        super().__init__()
        self._program = program("nats-server")
        self._password = secrets.token_urlsafe(12)

    @property
    def url(self) -> str:
        return f"nats://rapport:{self._password}@127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        place = ["-a", "127.0.0.1", "-p", str(self.port)]
        return [self._program, *place, "--user", "rapport", "--pass", self._password]


def postgres_folder() -> Path:
    """The programs of the newest PostgreSQL of this system that has pgvector."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = folder.parent.name
        if Path(f"/usr/share/postgresql/{version}/extension/vector.control").exists():
            return folder
    pytest.skip(f"PostgreSQL with pgvector {HOW}")


class ExternalPostgres:
    """A PostgreSQL that an administrator runs, with a database and an owner who is no superuser."""

    def __init__(self) -> None:
        self._bin = postgres_folder()
        self._folder = tempfile.TemporaryDirectory(prefix="rapport-pg-", ignore_cleanup_errors=True)
        self._data = Path(self._folder.name) / "data"
        self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if os.geteuid() == 0:
            shutil.chown(self._folder.name, "postgres", "postgres")
        else:
            self._as = []
        self.port = free_port()
        self._password = secrets.token_urlsafe(12)

    def start(self) -> None:
        """Make the cluster, start it, and prepare the database as docs/howto/scale.md says."""
        ways = ["--auth-local=trust", "--auth-host=scram-sha-256"]
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-N", *ways)
        self._start()
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f"CREATE ROLE rapport LOGIN CREATEROLE PASSWORD '{self._password}'")

    def _start(self) -> None:
        settings = f"-p {self.port} -k {self._folder.name} -c max_connections=200"
        log = str(Path(self._folder.name) / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-o", settings, "start")

    def crash(self) -> None:
        """Kill the server without a word, and start it again as an administrator's script would."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, 10)
        self._start()

    def create_database(self, name: str) -> str:
        """The URL of a new database, with the extension that only a superuser may add."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" OWNER rapport')
        with psycopg.connect(self.admin_url, dbname=name, autocommit=True) as admin:
            admin.execute("CREATE EXTENSION vector")
        return f"postgresql://rapport:{self._password}@127.0.0.1:{self.port}/{name}"

    @property
    def admin_url(self) -> str:
        """As its superuser, over the socket that only this machine has."""
        return f"postgresql://postgres@/postgres?host={self._folder.name}&port={self.port}"

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop")

    def close(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        self._folder.cleanup()

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._bin / name), *arguments],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
