"""Several houses behind one door: web and worker processes, a proxy, servers of others."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import PROJECT
from tests.faults.house import House, until
from tests.scale.servers import ExternalPostgres, Nats, Server, free_port, listens, program

START_S = 240
"""Generous: the machine may be busy with other tests."""
DELAY_S = 1.5
"""How long a web process stays after it was asked to stop: three looks of the proxy."""


class Proxy(Server):
    """HAProxy with the configuration that is in deploy/: each request, each socket to the next."""

    name = "haproxy"

    def __init__(self, webs: list[int]) -> None:
        super().__init__()
        self._program = program("haproxy")
        self._webs = webs

    @property
    def command(self) -> list[str]:
        return [self._program, "-db", "-q", "-f", str(PROJECT / "deploy" / "haproxy.cfg")]

    @property
    def environment(self) -> Mapping[str, str]:
        addresses = {f"WEB_{n}": f"127.0.0.1:{port}" for n, port in enumerate(self._webs, 1)}
        return {"BIND": f"127.0.0.1:{self.port}", **addresses}


class Process:
    """One `rapport web` or `rapport worker`, as a container would run it."""

    def __init__(self, command: str, environment: Mapping[str, str], log: Path) -> None:
        self.command = command
        self.environment = dict(environment)
        self.log = log
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "rapport.server.cli", self.command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def is_ready(self) -> bool:
        """Whether its own door says so."""
        return _says_ready(int(self.environment["RAPPORT_MONITOR_PORT"]))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and wait for its end; returns its code."""
        if self.running is None:
            return 0
        self.running.send_signal(number)
        code = self.running.wait(60)
        self.running = None
        return code


class Street(House):
    """Two web and two worker processes behind a proxy, on one external PostgreSQL.

    Looks like a `House`, so that tests of one machine can be run against it. The data folders are
    apart, as on several machines; what they share is the key file and the folder of files.
    """

    def __init__(
        self,
        postgres: ExternalPostgres,
        *,
        nats: Nats | None = None,
        webs: int = 2,
        workers: int = 2,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._options = options
        self._shared = tempfile.TemporaryDirectory(
            prefix="rapport-street-", ignore_cleanup_errors=True
        )
        shared = Path(self._shared.name)
        url = postgres.create_database(f"street_{time.monotonic_ns()}")
        ports = [free_port() for _ in range(webs)]
        self.proxy = Proxy(ports)
        super().__init__(shared, environment={"RAPPORT_DATABASE_URL": url, **(environment or {})})
        self.port = self.proxy.port
        self.environment |= {
            "RAPPORT_PUBLIC_URL": self.url,
            "RAPPORT_KEY_FILE": str(shared / "keys"),
            "RAPPORT_FILE_STORE": f"file://{shared}/files",
            "RAPPORT_DRAIN_DELAY_S": str(DELAY_S),
            "RAPPORT_TRUSTED_PROXIES": '["127.0.0.1"]',
        }
        if nats is not None:
            self.environment["RAPPORT_BUS_URL"] = nats.url
        self.log_path = shared / "street.log"
        (shared / "files").mkdir()
        self.members = {
            name: Process(command, self._environment_of(name, port), self.log_path)
            for command, name, port in [
                *(("web", f"web-{n}", port) for n, port in enumerate(ports)),
                *(("worker", f"worker-{n}", free_port()) for n in range(workers)),
            ]
        }

    def _environment_of(self, name: str, port: int) -> dict[str, str]:
        return self.environment | {
            "RAPPORT_DATA_DIR": str(self.data_dir / name),
            "RAPPORT_PORT": str(port),
            "RAPPORT_MONITOR_PORT": str(free_port()),
        }

    def start(self) -> None:
        """Migrate once, then start everybody, and wait until the proxy lets people in."""
        for command in (["migrate"], ["prepare", *self._options]):
            done = self.command(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        self.proxy.start()
        self.launch()
        self.wait_up()

    def launch(self) -> None:
        for member in self.members.values():
            member.start()

    def wait_up(self) -> None:
        """Until every process says it is ready, and the proxy has noticed."""
        ready = [member for member in self.members.values() if member.running is not None]
        until(lambda: all(m.is_ready for m in ready), START_S, lambda: self.log[-4_000:])
        self.wait_ready(START_S)

    def processes(self) -> dict[str, int]:
        return {
            name: member.pid
            for name, member in self.members.items()
            if member.running is not None and member.running.poll() is None
        }

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one process; after SIGKILL it is started again, as any platform does."""
        member = self.members[name]
        pid = member.pid
        os.kill(pid, number)
        if number is signal.SIGKILL:
            assert member.running is not None
            member.running.wait()
            member.start()
        return pid

    def roll(self, name: str) -> int:
        """Replace one process as a rolling upgrade does; returns the code with which it ended."""
        member = self.members[name]
        code = member.stop()
        member.start()
        until(lambda: member.is_ready, START_S, lambda: self.log[-4_000:])
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop all processes at once; the proxy stays, and has nobody to send people to."""
        for member in self.members.values():
            if member.running is not None:
                member.running.send_signal(number)
        for member in self.members.values():
            if member.running is not None:
                member.running.wait(60)
                member.running = None
        return 0

    def close(self) -> None:
        try:
            self.stop()
        finally:
            self.proxy.stop()
            with contextlib.suppress(OSError):
                self._shared.cleanup()


def _says_ready(port: int) -> bool:
    if not listens(port):
        return False
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
