"""What `rapport serve` does once before and after it starts its processes."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from pydantic import SecretStr

from rapport.kernel.database import migrations
from rapport.kernel.database.embedded import running_url
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError, Unreachable
from rapport.kernel.settings.process import Settings
from rapport.server.migrate import SCRIPTS

READY_TIMEOUT_S = 60
_LOOK = """
    SELECT
        EXISTS (SELECT FROM users),
        EXISTS (
            SELECT FROM memberships m JOIN users u ON u.id = m.user_id
            WHERE m.role = 'owner' AND u.last_signed_in_at IS NOT NULL
        ),
        EXISTS (SELECT FROM workspace_settings WHERE key = 'demo')
"""


class NotRunning(Unreachable):
    """No database is running here; start `rapport serve`, or set RAPPORT_DATABASE_URL."""


class NotPrepared(RapportError):
    """The first owner or the demo could not be made; the messages above say why."""


class NotReady(Unreachable):
    """Rapport did not become ready in time; the messages above say why."""


def with_running_database(settings: Settings) -> Settings:
    """The settings with the URL of a database that runs: the one given, or this folder's.

    Raises:
        NotRunning: there is none.
    """
    if settings.database_url is not None:
        return settings
    url = running_url(settings.data_dir)
    if url is None:
        raise NotRunning
    return settings.model_copy(update={"database_url": SecretStr(url)})


@dataclass(frozen=True, slots=True)
class Look:
    """What a database holds that decides what a start still has to do."""

    has_users: bool
    has_signed_in: bool
    """Whether an owner has ever come in."""
    has_demo: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns this installation, and their one-time link if one is called for."""

    email: str
    link: str | None


def look(url: str) -> Look:
    """Look at a migrated database, as its owner."""
    with psycopg.connect(conninfo(url, role=None)) as connection:
        row = connection.execute(_LOOK).fetchone()
    assert row is not None
    return Look(*row)


def prepare(url: str, settings: Settings, *, demo: bool, link: bool) -> Owner | None:
    """Make sure that there is an owner and, if wanted, a demo workspace.

    In a process of its own: it needs the whole application, and what starts the others should
    neither wait for its modules nor keep them in memory.

    Raises:
        NotPrepared: it failed; its messages are on standard error.
    """
    options = [*(["--demo"] if demo else []), *(["--link"] if link else [])]
    done = subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", "prepare", *options],
        env=environment(url, settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise NotPrepared
    owner = json.loads(done.stdout.splitlines()[-1])
    return Owner(**owner) if owner else None


def migrate_apart(url: str, settings: Settings) -> None:
    """Run outstanding migrations in a process of its own, whose 30 MB whoever serves need not keep.

    Says nothing when that fails: whoever then looks whether it is done finds out why.
    """
    with psycopg.connect(conninfo(url, role=None)) as connection:
        if migrations.current(connection) == migrations.head(SCRIPTS):
            return
    subprocess.run(
        [sys.executable, "-m", "rapport.server.cli", "migrate"],
        env=environment(url, settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def environment(url: str, settings: Settings) -> dict[str, str]:
    """What the processes of this instance run with."""
    return os.environ | {
        "RAPPORT_DATABASE_URL": url,
        "RAPPORT_PORT": str(settings.port),
        "RAPPORT_DATA_DIR": str(settings.data_dir.resolve()),
    }


def wait_until_ready(settings: Settings, alive: Callable[[], bool]) -> None:
    """Wait until the web process says that it is ready.

    Raises:
        NotReady: it did not within a minute, or is no longer `alive`.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    url = f"{local_origin(settings)}/health/ready"
    while time.monotonic() < deadline and alive():
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise NotReady


def record_start(settings: Settings) -> None:
    """Note for `rapport doctor` which process serves, and how long its start took."""
    state = {"pid": os.getpid(), "ready_s": round(_age_s(), 2), "origin": local_origin(settings)}
    state_file(settings).write_text(json.dumps(state))


def forget_start(settings: Settings) -> None:
    """Remove the note, when it is ours."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(state_file(settings).read_text())["pid"] == os.getpid():
            state_file(settings).unlink()


def was_killed(settings: Settings) -> bool:
    """Whether the last instance on this folder ended without a word."""
    try:
        pid = json.loads(state_file(settings).read_text())["pid"]
    except (OSError, ValueError):
        return False
    return not psutil.pid_exists(pid)


def state_file(settings: Settings) -> Path:
    """Where the running instance says what it is."""
    return settings.data_dir / "serve.json"


def addresses(settings: Settings) -> str:
    """What to open now."""
    origin = settings.origin
    return f"""
  Rapport is running.

  Console      {origin}/
  Demo shop    {origin}/demo
  Help centre  {origin}/help
  API          {origin}/v1/openapi.json
"""


def way_in(owner: Owner | None) -> str:
    """How the owner gets in, and how to stop."""
    if owner is None or owner.link is None:
        lines = ["  A new sign-in link: .venv/bin/rapport user link --owner"]
    else:
        lines = [f"  Sign in as {owner.email} with this link (once, within 24 hours):", ""]
        lines += [f"  {owner.link}"]
    return "\n".join([*lines, "", "  Stop with Ctrl-C.", ""])


def local_origin(settings: Settings) -> str:
    """The address under which this machine reaches the web process."""
    return f"http://{_reachable(settings.host)}:{settings.port}"


def _age_s() -> float:
    """For how long this process has existed; its interpreter and modules take time as well."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError):  # not Linux: to the second
        return time.time() - psutil.Process().create_time()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
