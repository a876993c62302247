"""`rapport bench console`: how soon the inbox can be used in a real browser, and how it scrolls.

The browser is slowed down as a mid-range phone on a mobile network would be: see `console_browser`.
"""

import asyncio
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg

from rapport.kernel.auth import members, sessions
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import NotFound
from rapport.server.bench import inbox_data as data
from rapport.server.bench.environment import fresh_database, web_process
from rapport.server.bench.widget import NotBuilt
from rapport.server.static import web_dir

PATIENCE_S: Final = 600


class BrowserMissing(NotFound):
    """This measures a real browser; install Playwright (`make setup`) and Chromium."""


def run(*, conversations: int = 12_000, rounds: int = 3) -> dict[str, Any]:
    """Measure on a desk with so many conversations, in `rounds` first visits; medians are shown.

    Raises:
        BrowserMissing: Playwright is not installed.
        NotBuilt: there is no console to measure.
    """
    if find_spec("playwright") is None:
        raise BrowserMissing
    if not (web_dir() / "console" / "dist" / "index.html").is_file():
        raise NotBuilt
    with fresh_database() as (folder, url):
        with psycopg.connect(url, autocommit=True) as owner:
            data.prepare(owner)
            data.load(owner, 0, conversations)
        token = asyncio.run(_sign_in(url))
        with web_process(folder, url) as (port, _):
            plan = {"port": port, "token": token, "rounds": rounds, "rows": conversations}
            answer = _browse(plan, folder)
    return {"conversations": conversations, **answer}


async def _sign_in(url: str) -> str:
    """The session token of an owner of the benchmark's workspace."""
    database = Database(url, pool_size=2)
    async with database.begin(data.WORKSPACE, SYSTEM) as ctx:
        user_id = await members.create(
            ctx, email="owner@example.com", name="Olga Owner", role=Role.OWNER
        )
        token = await sessions.start(ctx, user_id)
    await database.dispose()
    return token


def _browse(plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "rapport.server.bench.console_browser"],
        input=json.dumps({**plan, "folder": str(folder)}).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE_S,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
