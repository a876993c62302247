"""`rapport serve`: the database, the web processes and the worker, kept running together."""

import contextlib
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field

import structlog

from rapport.kernel.database.migrations import upgrade
from rapport.kernel.errors import Conflict
from rapport.kernel.settings.process import Settings
from rapport.server import bootstrap
from rapport.server.backup import archive
from rapport.server.migrate import SCRIPTS
from rapport.server.spare import Spare, spawn

log = structlog.get_logger(__name__)

DRAIN_S = 20
"""How long a process may take to finish what it has begun."""
TICK_S = 0.1
STEADY_S = 5
"""A process that lived this long starts again at once; a younger one waits a little longer."""


class PortInUse(Conflict):
    """Something else already listens on that port; stop it, or set RAPPORT_PORT."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket for the web processes to share.

    Raises:
        PortInUse: another program holds the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"Cannot listen on {host}:{port} ({error.strerror}); stop what listens there, or set "
            "RAPPORT_PORT to another port."
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


@dataclass
class Child:
    """A process we keep alive."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def start(self, spare: Spare | None = None) -> None:
        """Start it now; it loads its modules, unless a spare has, and waits for `begin`."""
        environment = self.environment | {"RAPPORT_PROCESS": self.name}
        taken = spare.take(self.arguments, environment) if spare is not None else None
        self.process = taken or spawn(self.arguments, environment, self.fds)
        self.started_at = time.monotonic()

    def begin(self) -> None:
        """Let it use the database. The pipe stays open: its end tells the child that we ended."""
        assert self.process is not None
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(b"\n")
            self.process.stdin.flush()

    def tend(self, spare: Spare) -> None:
        """Start it again if it has ended: at once, and later each time it ends young (10 s)."""
        if self.process is None or self.alive:
            return
        now = time.monotonic()
        if self.next_start == 0.0:
            young = now - self.started_at < STEADY_S
            self.failures = self.failures + 1 if young else 0
            delay = min(0.1 * 2**self.failures, 10.0) if self.failures > 1 else 0.0
            self.next_start = now + delay
            log.warning("process_ended", name=self.name, code=self.process.returncode)
        if now >= self.next_start:
            self.next_start = 0.0
            self.start(spare)
            self.begin()

    def ask_to_stop(self) -> None:
        """Ask it to finish what it has begun and end."""
        if self.process is not None and self.alive:
            self.process.send_signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """Wait for its end until `deadline`, then kill it."""
        if self.process is None:
            return
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process_killed", name=self.name)
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Starts everything one machine needs, restarts what ends, and stops all in order."""

    def __init__(self, settings: Settings, *, web_processes: int = 1, workers: int = 1) -> None:
        """Prepare; nothing runs before `start`."""
        self.settings = settings
        self.database = None if settings.database_url else archive.embedded(settings)
        self._web_processes = web_processes
        self._workers = workers
        self._children: list[Child] = []
        self._listener: socket.socket | None = None
        self._spare = Spare({})
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """The database's URL, as its owner."""
        if self.database is not None:
            return self.database.url
        assert self.settings.database_url is not None
        return self.settings.database_url.get_secret_value()

    def open_door(self) -> None:
        """Take the port and start the web processes, which load while the database starts.

        Nobody is let in before `begin`; whoever knocks waits.

        Raises:
            PortInUse: another program holds the port.
        """
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._listener = self._take_port()
        self.settings.port = self._listener.getsockname()[1]
        environment = bootstrap.environment(self.url, self.settings)
        fd = self._listener.fileno()
        self._children = [
            Child(f"web-{n}", ["web", "--fd", str(fd)], environment, (fd,))
            for n in range(self._web_processes)
        ] + [Child(f"worker-{n}", ["worker"], environment) for n in range(self._workers)]
        if self.settings.monitor_port is not None:
            for port, child in enumerate(self._children, self.settings.monitor_port):
                child.environment = environment | {"RAPPORT_MONITOR_PORT": str(port)}
        self._spare = Spare(environment, (fd,))
        for child in self._children[: self._web_processes]:
            child.start()

    def _take_port(self) -> socket.socket:
        """Listen; when the last supervisor was killed, wait until its web processes have left."""
        patience_s = DRAIN_S + self.settings.drain_delay_s
        deadline = time.monotonic() + (patience_s if bootstrap.was_killed(self.settings) else 0)
        while True:
            try:
                return listen(self.settings.host, self.settings.port)
            except PortInUse:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def start_database(self) -> str:
        """Start the embedded database if it is ours, migrate it, and return its URL."""
        if self.database is not None:
            self.database.start()
        if self._children:  # we shall be here for long
            bootstrap.migrate_apart(self.url, self.settings)
        upgrade(self.url, SCRIPTS)
        return self.url

    def begin(self) -> None:
        """Let the web processes in."""
        for child in self._children[: self._web_processes]:
            child.begin()

    @property
    def web_alive(self) -> bool:
        """Whether all web processes run."""
        return all(child.alive for child in self._children[: self._web_processes])

    def begin_work(self) -> None:
        """Start the workers; after the web, whose start they would make slower."""
        for child in self._children[self._web_processes :]:
            child.start()
            child.begin()

    def run(self) -> None:
        """Keep everything running until `stop` or a signal."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        while not self._stopping.wait(TICK_S):
            if self.database is not None:
                self.database.tend()
            for child in self._children:
                child.tend(self._spare)
            if self.settings.spare_process:
                self._spare.tend()
        self.stop()

    def stop(self) -> None:
        """Stop the web and the workers, then the database; each finishes its work.

        May be repeated. Impatience does not help: a second Ctrl-C is not heard.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._stopping.set()
        if self._listener is not None:
            self._listener.close()
        deadline = time.monotonic() + DRAIN_S + self.settings.drain_delay_s
        self._spare.end()
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.end(deadline)
        if self.database is not None:
            self.database.stop()
