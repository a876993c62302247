"""`rapport bench deliver`: from writing a message to reading it, on many sockets at a steady rate.

Agents listen to the inbox, visitors to their own conversation. Visitors write in turn, through real
HTTP, at a rate that does not wait for answers; each message goes to its visitor and all agents.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import psutil
import psycopg

from rapport.channels.webchat import service as webchats
from rapport.kernel.auth import members, sessions
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.server.bench.environment import (
    ask,
    fresh_database,
    percentile,
    raise_file_limit,
    serving,
    web_process,
)

AGENT_PART: Final = 0.05
"""Which part of the sockets are agents."""
AT_ONCE: Final = 8
_CLIENT: Final = "rapport.server.bench.deliver_client"
_BARE: Final = (sys.executable, "-m", "rapport.server.bench.echo_server")


def run(
    *,
    connections: int = 2_000,
    rate: float = 200.0,
    seconds: float = 10.0,
    references: bool = False,
) -> dict[str, Any]:
    """Measure; milliseconds count from when a message was due to be written.

    `missing` counts deliveries that never came. With `references` the same traffic also goes
    through a server of the same class that stores nothing and passes on what it gets.
    """
    raise_file_limit(connections)
    agents = max(1, round(connections * AGENT_PART))
    visitors = max(1, connections - agents)
    with fresh_database() as (folder, url):
        key, tokens = asyncio.run(_prepare(url, agents))
        with web_process(folder, url) as (port, pid):
            people = _agents(port, tokens) + _arrive(port, key, visitors)
            result = _measure(port, pid, people, rate=rate, seconds=seconds)
    answer = {"connections": len(people), "agents": agents, "rate": rate, **result}
    if references:
        with serving(_BARE) as (port, pid):
            bare = _measure(port, pid, _bare_people(agents, visitors), rate=rate, seconds=seconds)
        answer |= {f"bare_{name}": value for name, value in bare.items()}
    return answer


def _measure(
    port: int, pid: int, people: list[dict[str, str]], *, rate: float, seconds: float
) -> dict[str, Any]:
    server = psutil.Process(pid)
    plan = {"port": port, "people": people, "rate": rate, "seconds": seconds}
    answer = ask(_CLIENT, plan)
    times = server.cpu_times()
    latencies, own = answer["latencies_ms"], answer["own_ms"]
    return {
        "p50_ms": round(percentile(latencies, 0.50), 2),
        "p99_ms": round(percentile(latencies, 0.99), 2),
        "max_ms": round(percentile(latencies, 1.0), 2),
        "visitor_p99_ms": round(percentile(own, 0.99), 2),
        "sent": answer["sent"],
        "refused": answer["refused"],
        "deliveries": len(latencies),
        "missing": answer["missing"],
        "server_cpu_s": round(times.user + times.system, 1),
    }


async def _prepare(url: str, agents: int) -> tuple[str, list[str]]:
    """A workspace with a web chat and so many signed-in agents: the chat's key, their tokens."""
    workspace_id = new_id()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspaces (id, name, slug, created_at) "
            "VALUES (%s, 'Bench', 'bench', now())",
            (workspace_id,),
        )
    database, tokens = Database(url, pool_size=2), []
    async with database.begin(workspace_id, SYSTEM) as ctx:
        key = str((await webchats.create(ctx, name="Bench")).key)
        for number in range(agents):
            user_id = await members.create(
                ctx, email=f"agent{number}@example.com", name=f"Agent {number}", role=Role.AGENT
            )
            tokens.append(await sessions.start(ctx, user_id))
    await database.dispose()
    return key, tokens


def _agents(port: int, tokens: list[str]) -> list[dict[str, str]]:
    origin = f"Origin: http://127.0.0.1:{port}\r\n"
    return [
        {
            "address": "/v1/realtime",
            "headers": f"{origin}Host: 127.0.0.1:{port}\r\nCookie: rapport_session={token}\r\n",
            "topic": "inbox",
        }
        for token in tokens
    ]


def _arrive(port: int, key: str, visitors: int) -> list[dict[str, str]]:
    """Let the visitors come and begin a conversation each, some at a time."""
    came = {"key": key, "locale": "en", "page_url": "https://shop.example/"}
    start = {"client_id": "start", "body": "Hello", "page_url": "https://shop.example/"}

    def one(_: int) -> dict[str, str]:
        token = http.post("/session", json=came).raise_for_status().json()["token"]
        headers = {"authorization": f"Bearer {token}"}
        begun = http.post("/conversations", json=start, headers=headers).raise_for_status()
        return {
            "address": f"/widget/v1/realtime?token={token}",
            "headers": f"Host: 127.0.0.1:{port}\r\n",
            "post": f"/widget/v1/conversations/{begun.json()['conversation']['id']}/messages",
            "token": token,
        }

    base = f"http://127.0.0.1:{port}/widget/v1"
    with httpx.Client(base_url=base, timeout=60) as http, ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(visitors)))


def _bare_people(agents: int, visitors: int) -> list[dict[str, str]]:
    """The same people for the server that does nothing."""
    host = "Host: 127.0.0.1\r\n"
    heard = [{"address": "/agent", "headers": host, "topic": "inbox"} for _ in range(agents)]
    return heard + [
        {"address": f"/visitor/{it}", "headers": host, "post": f"/visitor/{it}", "token": "none"}
        for it in range(visitors)
    ]
