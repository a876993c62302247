"""`rapport bench mail`: how fast one worker gets mail to the screens of agents.

The worker is the real one, with everything else it does after a message: search, timelines, the
assistant's reader. It shares the machine with its database, which has fsync on, and with us who
hand the mail over. What is counted as done stands in a conversation and has been committed.
"""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
from pydantic import SecretStr

from rapport.channels.email import threading
from rapport.channels.email.envelope import Envelope
from rapport.channels.email.models import Mailbox
from rapport.channels.email.receiving import store
from rapport.channels.email.settings import service as mailboxes
from rapport.channels.email.settings.schemas import Incoming, Secrets
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM, utc_now
from rapport.kernel.database.engine import Database
from rapport.kernel.events import LogWaker
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings
from rapport.server.bench import mail_corpus, mail_screen
from rapport.server.bench.environment import fresh_database, percentile, worker_process
from rapport.server.bench.mail_corpus import Sample
from rapport.server.bench.mail_server import USER, MailServer, dovecot
from rapport.server.process import open_database

FEEDERS: Final = 4
"""How many hand mail over at once, as a mail server does."""
POLL_S: Final = 0.01
DEADLINE_S: Final = 1_800
_FRONT: Final = "mx.bench.example"


def run(
    *,
    messages: int = 2_000,
    rate: float = 20,
    seconds: float = 20,
    backfill: int = 5_000,
    letters: int = 100,
) -> dict[str, Any]:
    """Measure.

    `messages_per_s` is what the worker does with mail that lies there; `…_while_fed` is with us,
    who hand it over, on the same machine. `p99_ms` is from being kept to standing in a
    conversation, at a steady `rate`. `lost` and `duplicated` are over all that was handed over.
    Without Dovecot on this machine, or outside a checkout, the time of the back-fill is null, and
    so is `idle_to_screen`: from handing each of `letters` to Dovecot until the agent's connection
    tells of it.
    """
    with fresh_database() as (folder, url), dovecot() as server:
        bench = _Bench(folder, url)
        return asyncio.run(_measured(bench, server, messages, rate, seconds, backfill, letters))


async def _measured(
    bench: "_Bench",
    server: MailServer | None,
    messages: int,
    rate: float,
    seconds: float,
    backfill: int,
    letters: int,
) -> dict[str, Any]:
    await bench.prepare()
    try:
        burst = list(mail_corpus.samples(messages, now=utc_now(), seed=1))
        steady = list(mail_corpus.samples(int(rate * seconds), now=utc_now(), seed=2))
        with _worker(bench.folder, bench.url, server) as process:
            await bench.feed(burst[:20])  # the first ones wait for the worker to be there
            await bench.until_read()
            half = len(burst) // 2
            fed = await bench.timed(burst[20:half])
            process.send_signal(signal.SIGSTOP)
            try:
                await bench.feed(burst[half:])
            finally:
                process.send_signal(signal.SIGCONT)  # one that stands still does not end either
            alone = await bench.timed([])
            latencies = sorted(await bench.feed_steadily(steady, rate))
            fetched = await _back_fill(bench, server, backfill)
            waits = await _waits(bench, server, letters if backfill else 0)
            rss_mb = _peak_mb(process.pid)
        lost, duplicated = bench.missing([*burst, *steady, *fetched.samples])
    finally:
        await bench.waker.stop()
        await bench.database.dispose()
    return {
        "messages_per_s": round((messages - half) / alone, 1),
        "messages_per_s_while_fed": round((half - 20) / fed, 1),
        "p50_ms": _ms(latencies, 0.5),
        "p99_ms": _ms(latencies, 0.99),
        "backfill_5000_s": fetched.seconds,
        "backfill": len(fetched.samples),
        "idle_to_screen_p50_ms": _ms(waits, 0.5),
        "idle_to_screen_p99_ms": _ms(waits, 0.99),
        "lost": lost,
        "duplicated": duplicated,
        "rss_mb": rss_mb,
        "messages": messages,
        "rate": rate,
    }


def _ms(seconds: Sequence[float], part: float) -> float | None:
    return round(percentile(seconds, part) * 1_000, 1) if seconds else None


async def _prepare(database: Database, url: str) -> tuple[UUID, UUID]:
    """A workspace with an inbox for mail; their ids."""
    workspace_id = new_id()
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO workspaces (id, name, slug, created_at) "
            "VALUES (%s, 'Bench', 'bench', now())",
            (workspace_id,),
        )
    async with database.begin(workspace_id, SYSTEM) as ctx:
        inbox = await conversations.create_inbox(ctx, name="Mail", channel="email")
        ctx.session.add(
            Mailbox(
                workspace_id=workspace_id,
                id=inbox.id,
                created_at=ctx.now(),
                key="bench",
                address=mail_corpus.ADDRESS,
                aliases=[],
                from_name="Bench",
                signature="",
                quoting=True,
                same_mail="once",
                acknowledge=False,
                acknowledgement="",
                undo_s=0,
                trusted_authserv=_FRONT,
                incoming=Incoming(kind="receiver").model_dump(mode="json"),
                outgoing={"kind": "none"},
                dkim=None,
                secrets=None,
                version=1,
            )
        )
        return workspace_id, inbox.id


class _Fetched:
    """What came of fetching by IMAP."""

    def __init__(self, samples: Sequence[Sample] = (), seconds: float | None = None) -> None:
        self.samples = samples
        self.seconds = seconds


async def _back_fill(bench: "_Bench", server: MailServer | None, count: int) -> _Fetched:
    """Let the worker fetch `count` messages that lie on an IMAP server."""
    if server is None or not count:
        return _Fetched()
    samples = list(mail_corpus.samples(count, now=utc_now(), seed=3))
    await asyncio.to_thread(server.put, USER, [sample.raw for sample in samples])
    begun = time.perf_counter()
    await bench.fetch_from(server)
    await bench.until_read(at_least=bench.kept + count)
    return _Fetched(samples, round(time.perf_counter() - begun, 1))


async def _waits(bench: "_Bench", server: MailServer | None, count: int) -> list[float]:
    """How long agents waited for mail of the account that is watched now."""
    if server is None or not count:
        return []
    return await mail_screen.waits(
        bench.folder, bench.database, bench.workspace_id, server, count=count
    )


class _Bench:
    """Hands mail over and watches what becomes of it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.database = open_database(Settings(data_dir=folder, database_url=SecretStr(url)))
        self.waker = LogWaker(self.database)
        self.workspace_id = self.inbox_id = new_id()
        self.kept = 0
        self._watch = psycopg.connect(url, autocommit=True)

    async def prepare(self) -> None:
        """Make a workspace with an inbox for mail, and tell workers of it as a process does."""
        await self.waker.start()
        self.workspace_id, self.inbox_id = await _prepare(self.database, self.url)

    async def keep(self, sample: Sample) -> UUID:
        """Hand one message over; it is durable when this returns."""
        async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
            source = f"bench:{sample.message_id}"
            raw_id = await store.keep(ctx, self.inbox_id, source, sample.raw, Envelope())
        assert raw_id is not None
        self.kept += 1
        return raw_id

    async def feed(self, samples: Sequence[Sample]) -> None:
        """As fast as they are taken, the answers never before what they answer."""
        waiting = iter(samples)

        async def feeder() -> None:
            for sample in waiting:
                await self.keep(sample)

        await asyncio.gather(*(feeder() for _ in range(FEEDERS)))

    async def timed(self, samples: Sequence[Sample]) -> float:
        """The seconds from handing these over until everything has been dealt with."""
        begun = time.perf_counter()
        await self.feed(samples)
        await self.until_read()
        return time.perf_counter() - begun

    async def feed_steadily(self, samples: Sequence[Sample], rate: float) -> list[float]:
        """At a steady rate; after how many seconds each stood in its conversation."""
        times: dict[UUID, float] = {}
        taken: list[float] = []
        watching = asyncio.create_task(self._note(times, taken, len(samples)))
        begun = time.perf_counter()
        for number, sample in enumerate(samples):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            raw_id = await self.keep(sample)
            times[raw_id] = time.perf_counter()
        await watching
        return taken

    async def _note(self, times: dict[UUID, float], taken: list[float], count: int) -> None:
        while len(taken) < count:
            await asyncio.sleep(POLL_S)
            if not times:
                continue
            rows = self._watch.execute(
                "SELECT id FROM email_raw WHERE id = ANY(%s) AND state <> 'received'",
                (list(times),),
            ).fetchall()
            now = time.perf_counter()
            taken += [now - times.pop(row[0]) for row in rows]

    async def until_read(self, *, at_least: int | None = None) -> None:
        """Wait until everything that was kept has been dealt with, and `at_least` so many were."""
        wanted, until = at_least or self.kept, time.perf_counter() + DEADLINE_S
        while time.perf_counter() < until:
            row = self._watch.execute(
                "SELECT count(*) FROM email_raw WHERE state <> 'received'"
            ).fetchone()
            if row is not None and row[0] >= wanted:
                return
            await asyncio.sleep(0.05)
        raise TimeoutError("The worker did not read all mail within half an hour.")

    async def fetch_from(self, server: MailServer) -> None:
        """Have the inbox fetched by IMAP from a server on this machine."""
        incoming = Incoming(
            kind="imap", host="127.0.0.1", port=server.imap_port, security="plain", user=USER
        )
        async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
            mailbox = await mailboxes.mailbox(ctx, self.inbox_id, lock=True)
            mailbox.incoming = incoming.model_dump(mode="json")
            await mailboxes.change_secrets(ctx, mailbox, Secrets(imap_password=server.password))
            await mailboxes.touched(ctx, mailbox)

    def missing(self, samples: Sequence[Sample]) -> tuple[int, int]:
        """How many are not where what they answer is, or nowhere, and how many are twice."""
        rows = self._watch.execute(
            "SELECT m.client_id, m.conversation_id FROM messages m WHERE m.client_id LIKE 'mail:%'"
        ).fetchall()
        places: dict[str, UUID] = {row[0].split(":")[1]: row[1] for row in rows}
        lost = 0
        for sample in samples:
            mine = places.get(threading.message_hash(sample.message_id).hex())
            answered = sample.answers and places.get(threading.message_hash(sample.answers).hex())
            lost += mine is None or (sample.answers is not None and mine != answered)
        return lost, len(rows) - len(places)


def _worker(
    folder: Path, url: str, server: MailServer | None
) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    """The real worker, which may fetch from `server`."""
    allowed = [] if server is None else [f"127.0.0.1:{server.imap_port}"]
    return worker_process(folder, url, {"RAPPORT_EGRESS_ALLOW": json.dumps(allowed)})


def _peak_mb(pid: int) -> float:
    """The most memory a process has had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1_024, 1)
    return 0.0
