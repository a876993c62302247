"""The real `rapport serve`, all its processes included, for tests that ill-treat them."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import psycopg

from rapport.channels.webchat import service as webchats
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.embedded import EmbeddedPostgres
from rapport.kernel.database.engine import Database
from tests.conftest import PROJECT

START_S = 120
"""Generous: the machine may be busy with other tests."""
CHILD = re.compile(r"postgres|spare|(web|worker)-\d+")
"""What the supervisor's processes call themselves."""


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class House:
    """`rapport serve` on a free port and a data folder of its own.

    Everything here blocks: in a test with a running loop, call it by `asyncio.to_thread`.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        web: int = 1,
        workers: int = 1,
        fsync: bool = True,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        template: Path | None = None,
    ) -> None:
        """Prepare; nothing runs before `start`. Without `data_dir` the folder is made and removed.

        A copy of `template`, the data folder of a house that was stopped, saves making one.
        `RAPPORT_DATABASE_URL` in `environment` makes it use that database and start none.
        """
        self._folder = None
        if data_dir is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="rapport-house-", ignore_cleanup_errors=True
            )
            data_dir = Path(self._folder.name)
        self.data_dir = data_dir
        if template is not None:
            subprocess.run(["cp", "-a", f"{template}/.", data_dir], check=True)
        self.port = free_port()
        self.environment = {
            **os.environ,
            "RAPPORT_DATA_DIR": str(data_dir),
            "RAPPORT_SPARE_PROCESS": "true",
            "RAPPORT_MODELS_FOLDER": str(PROJECT / "var" / "models"),
            "RAPPORT_PORT": str(self.port),
            "RAPPORT_DATABASE_FSYNC": str(fsync).lower(),
            "RAPPORT_RATE_LIMITS": "false",
            "RAPPORT_LOG_FORMAT": "json",
            **(environment or {}),
        }
        self._command = ["serve", "--web", str(web), "--workers", str(workers), *options]
        self._expected = {f"web-{n}" for n in range(web)} | {f"worker-{n}" for n in range(workers)}
        if "RAPPORT_DATABASE_URL" not in self.environment:
            self._expected.add("postgres")
        self.log_path = data_dir / "house.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """The database's URL, as its owner."""
        given = self.environment.get("RAPPORT_DATABASE_URL")
        return given or EmbeddedPostgres(self.data_dir).url

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """All that its processes have printed."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self) -> None:
        """Start it, and wait until everything is up, the workers included."""
        self.launch()
        self.wait_ready(START_S)
        until(lambda: self.processes().keys() >= self._expected, START_S)

    def launch(self) -> None:
        """Start it without waiting for anything."""
        assert self._process is None
        with self.log_path.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rapport.server.cli", *self._command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `rapport …` against this house."""
        return subprocess.run(
            [sys.executable, "-m", "rapport.server.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )

    def processes(self) -> dict[str, int]:
        """The pids by name: `web-0`, `worker-0`, `postgres` (its first process), `spare`."""
        found = {}
        for child in self._children():
            with contextlib.suppress(psutil.Error):
                if child.status() == psutil.STATUS_ZOMBIE:
                    continue
                if CHILD.fullmatch(child.name()):
                    found[child.name()] = child.pid
        return found

    def family(self) -> list[psutil.Process]:
        """The supervisor and every process below it."""
        try:
            supervisor = psutil.Process(self.pid)
            return [supervisor, *supervisor.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one process; returns its pid. PostgreSQL's children die by themselves.

        SIGSTOP and SIGCONT reach the children of `postgres` as well, so that it stands still whole.
        """
        pid = self.processes()[name]
        targets = [psutil.Process(pid)]
        if number in {signal.SIGSTOP, signal.SIGCONT}:
            targets += targets[0].children(recursive=True)
        for target in targets:
            with contextlib.suppress(psutil.NoSuchProcess):
                target.send_signal(number)
        return pid

    def is_ready(self) -> bool:
        """Whether it says so by HTTP."""
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self, timeout: float = START_S) -> float:
        """Wait until it says that it can answer requests; how many seconds that took."""
        return until(self.is_ready, timeout, lambda: self.log[-4_000:])

    def wait_back(self, name: str, killed: int, timeout: float = START_S) -> float:
        """Wait until `name` runs by another pid than `killed`; how many seconds that took."""
        return until(lambda: self.processes().get(name, killed) != killed, timeout)

    def wait_whole(self, timeout: float = START_S) -> float:
        """Wait until everything runs, the loaded spare process included; how many seconds."""
        return until(lambda: self.processes().keys() >= {*self._expected, "spare"}, timeout)

    def rss_mb(self, name: str) -> float:
        """The resident memory of one process, in MB."""
        rss: int = psutil.Process(self.processes()[name]).memory_info().rss
        return rss / 1e6

    def open_chat(self, workspace_id: UUID | None = None) -> str:
        """A new web chat of a workspace (default: the first owner's); returns its public key."""
        with psycopg.connect(self.database_url) as owner:
            first = owner.execute("SELECT id FROM workspaces ORDER BY created_at, id").fetchone()
        assert first is not None

        async def create() -> str:
            database = Database(self.database_url, pool_size=2)
            async with database.begin(workspace_id or first[0], SYSTEM) as ctx:
                key = str((await webchats.create(ctx, name="Faults")).key)
            await database.dispose()
            return key

        with ThreadPoolExecutor(1) as thread:  # the caller may have a running loop
            return thread.submit(lambda: asyncio.run(create())).result()

    def agent(self) -> httpx.AsyncClient:
        """The first owner's browser, signed in by a new one-time link."""
        done = self.command("user", "link", "--owner")
        found = re.search(r"#token=(\S+)", done.stdout.replace("\n", ""))
        assert found is not None, done.stdout + done.stderr
        headers = {"origin": self.url}
        signed_in = httpx.post(
            f"{self.url}/v1/auth/link", json={"token": found[1]}, headers=headers, timeout=30
        )
        cookies = signed_in.raise_for_status().cookies
        return httpx.AsyncClient(base_url=self.url, headers=headers, cookies=cookies, timeout=30)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the supervisor, wait for its end; returns its code. May be repeated."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            code = self._process.wait(90)
        except subprocess.TimeoutExpired:
            for process in reversed(self.family()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            raise
        finally:
            self._process.poll()
        self._process = None
        return code

    def close(self) -> None:
        """Stop, and remove the folder if it is ours."""
        try:
            self.stop()
        finally:
            if self._folder is not None:
                self._folder.cleanup()

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children()
        except psutil.NoSuchProcess:
            return []


def until(
    true: Callable[[], bool],
    timeout: float,
    story: Callable[[], str] = lambda: "",
    *,
    step_s: float = 0.02,
) -> float:
    """Ask again and again until it holds; how many seconds that took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < timeout, f"not within {timeout:g} s\n{story()}"
        time.sleep(step_s)
    return time.monotonic() - began
