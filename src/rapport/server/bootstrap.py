"""What `rapport serve` does once before and after it starts its processes."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from pydantic import SecretStr

from rapport.kernel.auth import first_run
from rapport.kernel.auth.first_run import FirstRun
from rapport.kernel.database.embedded import running_url
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.settings.process import Settings

READY_TIMEOUT_S = 60


class NotRunning(Unreachable):
    """No database is running here; start `rapport serve`, or set RAPPORT_DATABASE_URL."""


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


async def prepare(settings: Settings, url: str, *, demo: bool, new_link: bool) -> FirstRun | None:
    """Make sure that there is an owner and, if wanted, a demo workspace."""
    database = Database(url)
    database.ports.provide(Settings, settings)
    try:
        if demo:
            await _ensure_demo(settings, url)
        return await first_run.ensure_first_owner(database, new_link=new_link)
    finally:
        await database.dispose()


async def _ensure_demo(settings: Settings, url: str) -> None:
    # Imported only here: it knows all rooms, which would make every start slower.
    from rapport.server.demo import service as demo_shop  # noqa: PLC0415
    from rapport.server.process import open_database  # noqa: PLC0415

    database = open_database(settings.model_copy(update={"database_url": SecretStr(url)}))
    try:
        await demo_shop.ensure(database)
    finally:
        await database.dispose()


def wait_until_ready(settings: Settings) -> None:
    """Wait until the web process says that it is ready.

    Raises:
        NotReady: it did not within a minute.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    url = f"http://{_reachable(settings.host)}:{settings.port}/health/ready"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise NotReady


def record_start(settings: Settings, *, pid: int, ready_s: float) -> None:
    """Note for `rapport doctor` which process serves and how long the start took."""
    state = {"pid": pid, "ready_s": round(ready_s, 2), "origin": settings.origin}
    state_file(settings).write_text(json.dumps(state))


def state_file(settings: Settings) -> Path:
    """Where the running instance says what it is."""
    return settings.data_dir / "serve.json"


def welcome(settings: Settings, first: FirstRun | None) -> str:
    """What to open now."""
    origin = settings.origin
    lines = [
        "",
        "  Rapport is running.",
        "",
        f"  Console      {origin}/",
        f"  Demo shop    {origin}/demo",
        f"  Help centre  {origin}/help",
        f"  API          {origin}/v1/openapi.json",
        "",
    ]
    if first is not None and first.link is not None:
        lines += [f"  Sign in as {first.email} with this link (once, within 24 hours):", ""]
        lines += [f"  {first.link}", ""]
    else:
        lines += ["  A new sign-in link: rapport user link --owner", ""]
    lines += ["  Stop with Ctrl-C.", ""]
    return "\n".join(lines)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
