"""`rapport doctor`: is everything as it should be, and if not, what to do."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import psutil
import psycopg
import typer

from rapport.kernel.context import utc_now
from rapport.kernel.database import migrations
from rapport.kernel.database.embedded import running_url
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings
from rapport.server.backup import archive, runs, watch
from rapport.server.backup.runs import Latest
from rapport.server.bootstrap import state_file
from rapport.server.migrate import SCRIPTS
from rapport.server.static import web_dir
from rapport.server.supervisor import listen

app = typer.Typer()

MIN_FREE_BYTES = 1_000_000_000
SETTLE_S = 30
START_S = 60
STEADY = 0.01
"""Memory that changes by less than this from one second to the next has settled."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    says: str
    mend: str = ""
    warns: bool = False
    """Whether it should be mended all the same."""


@app.command()
def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on the last line.")
    ] = False,
) -> None:
    """Check the data folder, the database, the models, the front end and the processes.

    An instance that runs on the data folder is examined as it is; without one, Rapport is started
    on a free port for the examination and stopped again.
    """
    settings = Settings()
    with _instance(settings) as state:
        checks = [*_folder(settings), *_database(settings), *_parts(settings), *_web(state)]
        pss = _settled_pss_mb(int(state["pid"])) if state.get("pid") else None
    result: dict[str, Any] = {
        "ok": all(check.ok for check in checks),
        "idle_pss_mb": pss,
        "ready_s": state.get("ready_s"),
        "checks": [asdict(check) for check in checks],
    }
    for check in checks:
        typer.echo(f"{_mark(check)} {check.name}: {check.says}")
        if (check.warns or not check.ok) and check.mend:
            typer.echo(f"     → {check.mend}")
    if as_json:
        typer.echo(json.dumps(result))
    raise typer.Exit(0 if result["ok"] else 1)


def _mark(check: Check) -> str:
    if not check.ok:
        return typer.style("FAIL", fg="red")
    return typer.style("warn", fg="yellow") if check.warns else typer.style("ok  ", fg="green")


@contextlib.contextmanager
def _instance(settings: Settings) -> Iterator[dict[str, Any]]:
    """The state of the running instance, or of one started for the time of the examination."""
    state = _state(settings)
    if state:
        yield state
        return
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    environment = os.environ | {"RAPPORT_PORT": str(port), "RAPPORT_HOST": "127.0.0.1"}
    environment.pop("RAPPORT_PUBLIC_URL", None)
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "rapport.server.cli", "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            deadline = time.monotonic() + START_S
            while not (state := _state(settings)) and process.poll() is None:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.1)
            said.seek(0)
            yield state or {"failure": " ".join(said.read().split())[-500:]}
        finally:
            process.terminate()
            process.wait(40)


def _state(settings: Settings) -> dict[str, Any]:
    """What the running instance wrote of itself; empty when none runs."""
    try:
        state: dict[str, Any] = json.loads(state_file(settings).read_text())
        program = " ".join(psutil.Process(state["pid"]).cmdline())
    except (OSError, ValueError, KeyError, psutil.Error):
        return {}
    return state if "serve" in program else {}


def _folder(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir
    writable = os.access(folder, os.W_OK)
    yield Check("data folder", writable, str(folder), f"Let this account write to {folder}.")
    if writable:
        free = shutil.disk_usage(folder).free
        says = f"{free / 1e9:.1f} GB free"
        yield Check("disk", free > MIN_FREE_BYTES, says, "Make room, or move RAPPORT_DATA_DIR.")
    keys = settings.key_file or folder / "keys"
    if keys.exists():
        private = not keys.stat().st_mode & 0o077
        says = "only this account can read them" if private else f"others can read {keys}"
        yield Check("keys", private, says, f"chmod go= {keys}")


def _database(settings: Settings) -> Iterator[Check]:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    url = url or running_url(settings.data_dir)
    if url is None:
        log = settings.data_dir / "postgres.log"
        yield Check("database", False, "does not answer", f"Read the end of {log}.")
        return
    try:
        with psycopg.connect(conninfo(url, role=None), connect_timeout=5) as connection:
            migrations.check(connection)
            version = connection.info.server_version
            at, wanted = migrations.current(connection), migrations.head(SCRIPTS)
            known = runs.latest(connection)
    except (psycopg.Error, RapportError) as error:
        says = " ".join(str(error).split())
        yield Check("database", False, says, "Check RAPPORT_DATABASE_URL and that server.")
        return
    yield Check("database", True, f"PostgreSQL {version // 10_000}.{version % 10_000}, pgvector")
    behind = migrations.is_behind(at, wanted)
    yield Check("migrations", not behind, f"at {at}", "Run `rapport migrate`.")
    yield from _backups(settings, url, known)


def _backups(settings: Settings, url: str, known: dict[str, Latest]) -> Iterator[Check]:
    """The last good ones; their age is a fault only where the settings ask for backups."""
    for found in watch.standings(settings, known, utc_now()):
        name = {runs.BACKUP: "backup", runs.BASE: "base backup"}[found.kind]
        mend = "See docs/howto/backup.md." if found.is_expected else "Run `rapport backup`."
        yield Check(name, found.ok or not found.is_expected, found.says, mend, warns=not found.ok)
    if settings.archive_dir is not None and settings.database_url is None:
        why = archive.failure(url)
        says = why or f"kept in {settings.archive_dir}"
        yield Check("log archive", why is None, says, "Read the end of postgres.log.")


def _parts(settings: Settings) -> Iterator[Check]:
    elsewhere = settings.embeddings_base_url if settings.embeddings_model else None
    model = elsewhere is not None or any(settings.models_dir.glob("*/model.onnx"))
    says = "search by meaning" if model else "search works on words alone"
    says += f", asked of {elsewhere}" if elsewhere else ""
    yield Check("embedding model", model, says, "Run `rapport models build`.")
    for name in ("console", "widget"):
        built = (web_dir(settings) / name / "dist").is_dir()
        yield Check(name, built, "built" if built else "not built", "Run `make setup`.")


def _web(state: dict[str, Any]) -> Iterator[Check]:
    origin = state.get("origin")
    if origin is None:
        says = state.get("failure") or "did not start"
        yield Check("web", False, says, "Run `rapport serve` and read its messages.")
        return
    try:
        with urllib.request.urlopen(f"{origin}/health/ready", timeout=5) as answer:  # noqa: S310
            yield Check("web", True, f"ready at {origin} ({answer.status})")
    except (urllib.error.URLError, OSError) as error:
        yield Check("web", False, f"{origin}: {error}", "Read the messages of `rapport serve`.")


def _settled_pss_mb(pid: int) -> float | None:
    """`_pss_mb` once it no longer changes, or after `SETTLE_S`: a fresh instance still loads."""
    deadline = time.monotonic() + SETTLE_S
    before, now = 0.0, _pss_mb(pid)
    while now and abs(now - before) > STEADY * now and time.monotonic() < deadline:
        time.sleep(2)
        before, now = now, _pss_mb(pid)
    return now


def _pss_mb(pid: int) -> float | None:
    """Proportional memory of a process and all its descendants, in MB.

    None when this account may not look at them, or they have ended.
    """
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
        total = 0
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
    except psutil.Error:
        return None
    return round(total / 1e6, 1)
