"""`rapport bench ingest`: messages per second through real HTTP on one web process.

The web process, its database with fsync and the clients share this machine. In the same run the
batch statement is driven without HTTP, by one connection and in batches as large as the web process
wrote, so that the ratio says what everything around the statement costs.
"""

import asyncio
import itertools
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg

from rapport.channels.webchat import service as webchats
from rapport.conversations.ports import NewMessage
from rapport.conversations.repository import INGEST
from rapport.conversations.wire import row_of, rows_json
from rapport.kernel.context import SYSTEM, utc_now
from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo
from rapport.kernel.ids import new_id
from rapport.server.bench import pgbench
from rapport.server.bench.environment import (
    ask,
    fresh_database,
    percentile,
    serving,
    web_process,
)
from rapport.server.bench.ingest_client import BODY

_CLIENT: Final = "rapport.server.bench.ingest_client"
WARM_UP_S: Final = 2.0
DIRECT_S: Final = 4.0
MAX_DIRECT: Final = 100_000
"""Messages prepared for the direct run; it ends before they do on any machine we know."""


def run(
    *, clients: int = 64, seconds: float = 10.0, web: int = 1, references: bool = False
) -> dict[str, Any]:
    """Measure. `lost` and `duplicated` count acknowledged messages read back from the database.

    With `references` also what the same server class answers when it does nothing, and what the
    same statement does under pgbench, with one client and with two.
    """
    with fresh_database() as (folder, url):
        workspace_id, key = _prepare(url)
        with web_process(folder, url, count=web) as (port, _):
            visitors = _arrive(port, key, clients)
            plan = {
                "port": port,
                "visitors": visitors,
                "seconds": seconds,
                "warm_up_s": WARM_UP_S,
            }
            answer = ask(_CLIENT, plan)
        found = _read_back(url, visitors, answer["acknowledged"])
        batch_size = max(1, round(found.pop("batch_size")))
        messages = _messages(url, workspace_id, visitors)
        direct = _direct(url, messages, batch_size)
        beside = _references(url, folder, plan, messages, batch_size) if references else {}
    latencies = answer["latencies_ms"]
    rate = len(latencies) / seconds
    return {
        "messages_per_s": round(rate, 1),
        "p50_ms": round(percentile(latencies, 0.50), 2),
        "p99_ms": round(percentile(latencies, 0.99), 2),
        "direct_per_s": round(direct, 1),
        "ratio": round(rate / direct, 3),
        **found,
        "refused": answer["refused"],
        "clients": clients,
        "web_processes": web,
        "batch_size": batch_size,
        **beside,
    }


def _prepare(url: str) -> tuple[UUID, str]:
    """A workspace with a web chat; returns its id and the chat's public key."""
    workspace_id = new_id()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspaces (id, name, slug, created_at) "
            "VALUES (%s, 'Bench', 'bench', now())",
            (workspace_id,),
        )

    async def create() -> str:
        database = Database(url, pool_size=2)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            chat = await webchats.create(ctx, name="Bench")
            key = str(chat.key)
        await database.dispose()
        return key

    return workspace_id, asyncio.run(create())


def _arrive(port: int, key: str, clients: int) -> list[dict[str, str]]:
    """Let the visitors come and begin a conversation each, through the widget's own API."""
    visitors = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/widget/v1", timeout=30) as http:
        for _ in range(clients):
            came = {"key": key, "locale": "en", "page_url": "https://shop.example/"}
            token = http.post("/session", json=came).raise_for_status().json()["token"]
            begun = http.post(
                "/conversations",
                json={"client_id": "start", "body": "Hello", "page_url": "https://shop.example/"},
                headers={"authorization": f"Bearer {token}"},
            ).raise_for_status()
            visitors.append({"token": token, "conversation_id": begun.json()["conversation"]["id"]})
    return visitors


def _read_back(
    url: str, visitors: list[dict[str, str]], acknowledged: list[list[int]]
) -> dict[str, Any]:
    """How many acknowledged messages are missing, how many are there twice, and the batch size."""
    with psycopg.connect(url, autocommit=True) as owner:
        rows = owner.execute(
            "SELECT conversation_id::text, client_id FROM messages WHERE client_id <> 'start'"
        ).fetchall()
        batches = owner.execute(
            "SELECT count(*)::float8 / count(DISTINCT tx) FROM events "
            "WHERE name = 'conversations.message_added' AND (payload ->> 'seq')::int > 1"
        ).fetchone()
    stored = set(rows)
    expected = {
        (visitors[number]["conversation_id"], f"{number}-{count}") for number, count in acknowledged
    }
    return {
        "lost": len(expected - stored),
        "duplicated": len(rows) - len(stored),
        "batch_size": batches[0] if batches and batches[0] else 1,
    }


def _direct(url: str, messages: list[NewMessage], batch_size: int) -> float:
    """Messages per second without HTTP: one connection, one batch after another, nothing else.

    The same conversations, texts and batch size, and the same commit with fsync after each batch.
    The rows are rendered and encoded beforehand, so that only the statement is counted.
    """
    endless = itertools.cycle(messages)
    batches = [
        rows_json(
            [row_of(replace(it, id=new_id())) for it in itertools.islice(endless, batch_size)]
        )
        for _ in range(MAX_DIRECT // batch_size)
    ]
    written = 0
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        begun = time.perf_counter()
        for rows in batches:
            connection.execute(INGEST, {"rows": rows, "at": utc_now()}, prepare=True).fetchall()
            written += batch_size
            if time.perf_counter() - begun > DIRECT_S:
                break
        return written / (time.perf_counter() - begun)


def _messages(url: str, workspace_id: UUID, visitors: list[dict[str, str]]) -> list[NewMessage]:
    """A message for each visitor's conversation."""
    with psycopg.connect(url, autocommit=True) as owner:
        owners: dict[UUID, UUID] = dict(
            owner.execute("SELECT id, customer_id FROM conversations").fetchall()
        )
    talks = [UUID(visitor["conversation_id"]) for visitor in visitors]
    return [
        NewMessage(
            workspace_id=workspace_id,
            conversation_id=talk,
            body=BODY,
            author_id=owners[talk],
            author_name="Visitor",
        )
        for talk in talks
    ]


def _references(
    url: str, folder: Path, plan: dict[str, Any], messages: list[NewMessage], batch_size: int
) -> dict[str, Any]:
    """What the parts can do by themselves."""
    rows = [row_of(message) for message in messages]
    alone, both = (
        pgbench.messages_per_s(
            url, folder, rows, batch_size=batch_size, clients=clients, seconds=DIRECT_S
        )
        for clients in (1, min(2, len(rows)))
    )
    with serving([sys.executable, "-m", "rapport.server.bench.echo_server"]) as (port, _):
        echoed = ask(_CLIENT, {**plan, "port": port})["latencies_ms"]
    return {
        "pgbench_1_per_s": round(alone, 1),
        "pgbench_2_per_s": round(both, 1),
        "echo_per_s": round(len(echoed) / plan["seconds"], 1),
        "echo_p99_ms": round(percentile(echoed, 0.99), 2),
    }
