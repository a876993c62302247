"""Visitors who write through real HTTP and do not give up, and the reckoning afterwards."""

import asyncio
import contextlib
import itertools
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Self

import psycopg

import rapport.server.rooms  # noqa: F401 - registers the readers
from rapport.kernel.events import readers

ANSWER_S: Final = 40.0
"""Longer than the server may ever take."""
HELLO: Final = "hello"
"""How the client_id of a conversation's first message begins."""
PAGE: Final = "https://shop.example/"
_LOST = (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError)


class Refused(Exception):
    """The server will not have this request, now or later."""


@dataclass(slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def retry_after_s(self) -> float | None:
        """When to come back, if it says so."""
        value = self.headers.get("retry-after")
        return float(value) if value is not None else None


@dataclass(slots=True)
class Tally:
    """What all visitors together have seen."""

    acknowledged: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """Conversation and client_id to the message's id and number, as first acknowledged."""
    contradicted: int = 0
    """Acknowledgements that named another id or number for the same message."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Answers by status; 0 where the connection broke."""
    without_retry_after: int = 0
    """503s and 429s that did not say when to come back."""
    slowest_s: float = 0.0
    """The longest that one message waited for its acknowledgement, all attempts together."""
    slowest_answer_s: float = 0.0
    """The longest that one request waited for its answer."""


class Visitor:
    """One browser: a kept-alive connection, a session, a conversation."""

    def __init__(self, number: int, port: int, tally: Tally, *, host: str = "127.0.0.1") -> None:
        """Nothing happens before `arrive`."""
        self.number = number
        self.token = ""
        self.conversation_id = ""
        self.conversation_ids: list[str] = []
        """All of them; the last is the current one."""
        self.tally = tally
        self._host = host
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def arrive(self, key: str) -> None:
        """Open a session, and begin a conversation."""
        came = {"key": key, "locale": "en", "page_url": PAGE}
        self.token = (await self._insist("POST", "/widget/v1/session", came)).json["token"]
        await self.begin()

    async def begin(self) -> None:
        """Begin a conversation with "Hello"; what is sent from now on belongs to it."""
        client_id = f"{HELLO}-{len(self.conversation_ids)}" if self.conversation_ids else HELLO
        hello = {"client_id": client_id, "body": "Hello", "page_url": PAGE}
        begun = (await self._insist("POST", "/widget/v1/conversations", hello)).json
        self.conversation_id = begun["conversation"]["id"]
        self.conversation_ids.append(self.conversation_id)

    async def send(self, client_id: str, body: str, *, give_up_s: float = 120.0) -> int:
        """Write one message until it is acknowledged; returns its number.

        A broken connection, a 503 and a 429 are tried again with the same `client_id`.

        Raises:
            Refused: any other answer that is no 201.
            TimeoutError: not acknowledged within `give_up_s`.
        """
        began = time.monotonic()
        path = f"/widget/v1/conversations/{self.conversation_id}/messages"
        said = await self._insist("POST", path, {"client_id": client_id, "body": body}, give_up_s)
        self.tally.slowest_s = max(self.tally.slowest_s, time.monotonic() - began)
        message = said.json
        found = (message["id"], message["seq"])
        key = (self.conversation_id, client_id)
        self.tally.contradicted += self.tally.acknowledged.setdefault(key, found) != found
        return int(message["seq"])

    async def request(self, method: str, path: str, body: Any = None) -> Answer:
        """One request, one answer.

        Raises:
            ConnectionError, IncompleteReadError, TimeoutError: there was none.
        """
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await self._exchange(method, path, body)
        except _LOST:
            self.tally.statuses[0] += 1
            self.hang_up()
            raise
        took = time.monotonic() - began
        self.tally.slowest_answer_s = max(self.tally.slowest_answer_s, took)
        self.tally.statuses[answer.status] += 1
        if answer.status in {429, 503} and answer.retry_after_s is None:
            self.tally.without_retry_after += 1
        return answer

    def hang_up(self) -> None:
        """Close the connection; the next request opens another one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _insist(self, method: str, path: str, body: Any, give_up_s: float = 120.0) -> Answer:
        deadline = time.monotonic() + give_up_s
        while True:
            pause = 0.05
            with contextlib.suppress(*_LOST):
                answer = await self.request(method, path, body)
                if answer.status in {200, 201}:
                    return answer
                if answer.status not in {429, 500, 502, 503}:
                    raise Refused(f"{answer.status} {answer.body[:300]!r}")
                pause = answer.retry_after_s or 0.5
            if time.monotonic() + pause > deadline:
                raise TimeoutError(f"{method} {path} was not answered within {give_up_s:g} s")
            await asyncio.sleep(pause)

    async def _exchange(self, method: str, path: str, body: Any) -> Answer:
        if self._streams is not None and self._streams[0].at_eof():
            self.hang_up()  # the server ended an idle connection, as it may
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
            f"authorization: Bearer {self.token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        answered = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.hang_up()
        return Answer(int(status.split()[1]), headers, answered)


class Visitors:
    """A crowd that shares one tally."""

    def __init__(self, port: int, key: str, count: int, *, host: str = "127.0.0.1") -> None:
        """`count` visitors of the chat with the public `key`. They come with `arrive`."""
        self.tally = Tally()
        self.each = [Visitor(number, port, self.tally, host=host) for number in range(count)]
        self._key = key

    async def arrive(self) -> None:
        """Let all come, eight at a time."""
        door = asyncio.Semaphore(8)

        async def enter(visitor: Visitor) -> None:
            async with door:
                await visitor.arrive(self._key)

        await asyncio.gather(*map(enter, self.each))

    async def write(
        self,
        messages: int,
        *,
        pause_s: float = 0.0,
        prefix: str = "m",
        padding: str = "",
        talk: int | None = None,
        until: asyncio.Event | None = None,
    ) -> None:
        """Let the crowd write `messages` in all, each visitor one after another.

        With `until` they go on beyond that until it is set. `prefix` must differ between calls: it
        makes the client_ids. `padding` makes the messages longer. After every
        `talk` messages a visitor begins another conversation.
        """
        numbers = itertools.count()

        async def speak(visitor: Visitor) -> None:
            for written, number in enumerate(numbers, 1):
                if number >= messages and (until is None or until.is_set()):
                    return
                if talk is not None and written % talk == 0:
                    await visitor.begin()
                await visitor.send(f"{prefix}-{number}", f"Message {prefix} {number}{padding}")
                if pause_s:
                    await asyncio.sleep(pause_s)

        async with asyncio.TaskGroup() as group:
            for visitor in self.each:
                group.create_task(speak(visitor))

    def leave(self) -> None:
        """Hang up."""
        for visitor in self.each:
            visitor.hang_up()

    async def __aenter__(self) -> Self:
        """Let all come."""
        await self.arrive()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leave()
        await asyncio.sleep(0)  # so that the connections are closed before the loop is


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the database holds against what was acknowledged. All but the first two must be 0."""

    acknowledged: int
    stored: int
    """Messages of visitors, their first ones not counted."""
    lost: int
    """Acknowledged and not stored, or stored by another id or number."""
    duplicated: int
    """Stored twice, or acknowledged by two ids or numbers."""
    seq_gaps: int
    """Conversations whose messages are not numbered 1, 2, 3 …"""
    counter_drift: int
    """Conversations whose counters or preview are not what their messages say."""
    log_drift: int
    """Messages that the log does not name exactly once."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        wrong = (self.lost, self.duplicated, self.seq_gaps, self.counter_drift, self.log_drift)
        return not any(wrong)


def check(database_url: str, visitors: Visitors) -> Verdict:
    """Compare the whole database with what the visitors were told."""
    tally = visitors.tally
    with psycopg.connect(database_url, autocommit=True) as owner:
        rows = owner.execute(_STORED).fetchall()
        counts = {name: _number(owner, query) for name, query in _WRONG.items()}
    stored = {(talk, client): (message, seq) for talk, client, message, seq in rows}
    own = {talk for visitor in visitors.each for talk in visitor.conversation_ids}
    kept = tally.acknowledged.items()
    return Verdict(
        acknowledged=len(tally.acknowledged),
        stored=sum(talk in own and not client.startswith(HELLO) for talk, client, *_ in rows),
        lost=sum(stored.get(key) != found for key, found in kept),
        duplicated=len(rows) - len(stored) + tally.contradicted,
        **counts,
    )


def readers_behind(database_url: str) -> int:
    """How many readers of the log have not handled all that concerns them."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        found: dict[str, list[int]] = dict(
            owner.execute("SELECT reader, ARRAY[tx, id] FROM reader_cursors").fetchall()
        )
        return sum(
            owner.execute(_AFTER, (*found[reader.key], list(reader.names))).rowcount > 0
            for reader in readers.registered()
            if reader.key in found
        )


def _number(owner: psycopg.Connection[Any], query: Any) -> int:
    row = owner.execute(query).fetchone()
    return int(row[0]) if row else 0


_STORED: Final = """
    SELECT conversation_id::text, client_id, id::text, seq FROM messages
    WHERE author_kind = 'customer' AND client_id IS NOT NULL
"""
_WRONG: Final = {
    "seq_gaps": """
        SELECT count(*) FROM (
            SELECT FROM messages GROUP BY workspace_id, conversation_id
            HAVING min(seq) <> 1 OR max(seq) <> count(*)
        ) gaps
    """,
    "counter_drift": """
        SELECT count(*) FROM conversations c LEFT JOIN LATERAL (
            SELECT count(*) AS last_seq, max(m.seq) FILTER (WHERE m.kind <> 'note') AS public_seq,
                max(m.seq) FILTER (WHERE m.author_kind = 'customer') AS customer_seq,
                max(m.created_at) AS last_at
            FROM messages m
            WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id
        ) m ON true
        LEFT JOIN messages l ON l.workspace_id = c.workspace_id AND l.conversation_id = c.id
            AND l.seq = c.last_seq
        WHERE c.last_seq <> m.last_seq
            OR c.public_seq IS DISTINCT FROM coalesce(m.public_seq, 0)
            OR c.customer_seen_seq < coalesce(m.customer_seq, 0)
            OR c.last_activity_at < m.last_at
            OR left(c.preview, 40) <> left(l.body, 40) AND l.kind = 'message'
    """,
    "log_drift": """
        SELECT count(*) FROM (
            SELECT FROM messages m LEFT JOIN (
                SELECT workspace_id, payload ->> 'message_id' AS message_id, count(*) AS times
                FROM events WHERE name = 'conversations.message_added' GROUP BY 1, 2
            ) e ON e.workspace_id = m.workspace_id AND e.message_id = m.id::text
            WHERE e.times IS DISTINCT FROM 1
        ) drifted
    """,
}
_AFTER: Final = "SELECT FROM events WHERE (tx, id) > (%s, %s) AND name = ANY(%s) LIMIT 1"
