"""The data of `rapport bench inbox`: a desk of any size, loaded by COPY.

Everything follows from the number of a conversation, so that a larger desk contains a smaller one.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg

from rapport.conversations.search.words import words_of

MESSAGES_PER_CONVERSATION: Final = 5
AGENTS: Final = 40
INBOXES: Final = 6
NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
WORKSPACE: Final = UUID("01990000-0000-7000-8000-00000000000a")
_SPAN_S: Final = 2 * 365 * 86_400
_CHUNK: Final = 20_000
_COMMON: Final = (
    "order",
    "parcel",
    "refund",
    "invoice",
    "password",
    "delivery",
    "account",
    "broken",
    "size",
    "colour",
    "return",
    "payment",
    "please",
    "thanks",
    "hello",
    "still",
    "waiting",
    "address",
    "change",
    "email",
    "receipt",
    "late",
    "wrong",
    "missing",
    "stock",
)

_TOPICS: Final = 400
_TOPIC_WEIGHTS: Final = tuple(itertools.accumulate(1 / rank for rank in range(1, _TOPICS + 1)))
_TOPIC_WORDS: Final = tuple(f"topic{rank:03d}" for rank in range(1, _TOPICS + 1))
_FORMER: Final = 10
_FORMER_AFTER_S: Final = 365 * 86_400

COPIES: Final = {
    "customers": (
        "workspace_id, id, created_at, name, email, first_seen_at, last_seen_at, search_text"
    ),
    "conversations": (
        "workspace_id, id, created_at, number, inbox_id, customer_id, status, snoozed_until, "
        "resolved_at, assignee_id, preview, preview_kind, public_preview, last_seq, public_seq, "
        "last_activity_at, public_activity_at, waiting_since"
    ),
    "conversation_starts": "workspace_id, conversation_id, number, customer_id",
    "messages": (
        "workspace_id, conversation_id, seq, id, kind, author_kind, author_id, author_name, body, "
        "html, cards, attachment_ids, created_at"
    ),
    "conversation_seen": "workspace_id, conversation_id, agent_id, seq, seen_at",
    "search_documents": "workspace_id, conversation_id, active_at, document",
}


def id_of(kind: int, number: int) -> UUID:
    """The id of the nth thing of a kind."""
    return UUID(f"01990000-00{kind:02x}-7000-8000-{number:012x}")


def agent(number: int) -> UUID:
    """The nth agent."""
    return id_of(1, number)


def inbox(number: int) -> UUID:
    """The nth inbox."""
    return id_of(2, number)


def conversation(number: int) -> UUID:
    """The nth conversation."""
    return id_of(4, number)


def rare_word(number: int) -> str:
    """A word that about one conversation in twenty thousand contains."""
    return f"ref{number % 20_000:05d}"


def common_word(number: int) -> str:
    """A word that many conversations contain."""
    return _COMMON[number % len(_COMMON)]


def topic_word(rank: int) -> str:
    """A word by its rank: as in a language, the nth is said a nth as often as the first.

    The fifth occurs in a quarter of the conversations, the sixtieth in one of forty.
    """
    return _TOPIC_WORDS[rank - 1]


def former_word(number: int) -> str:
    """A word that every tenth conversation of more than a year ago contains, and none since."""
    return f"former{number % _FORMER}"


def prepare(owner: psycopg.Connection) -> None:
    """The workspace and its inboxes."""
    owner.execute(
        "INSERT INTO workspaces (id, name, slug, created_at) VALUES (%s, 'Bench', 'bench', now())",
        (WORKSPACE,),
    )
    for number in range(INBOXES):
        owner.execute(
            "INSERT INTO inboxes (workspace_id, id, created_at, name, channel) "
            "VALUES (%s, %s, now(), %s, 'webchat')",
            (WORKSPACE, inbox(number), f"Inbox {number}"),
        )


def load(owner: psycopg.Connection, start: int, end: int) -> None:
    """Add the conversations numbered from `start` to before `end`, and look after the tables."""
    # The rows agree by construction; checking five million foreign keys is not what is measured.
    owner.execute("SET session_replication_role = replica")
    owner.execute("SET synchronous_commit = off")
    owner.execute("DROP INDEX ix_search_documents_words, ix_customers_grams")
    writers: dict[str, Callable[[int], Iterator[str]]] = {
        "customers": _customer,
        "conversations": _conversation,
        "conversation_starts": _start,
        "messages": _messages,
        "conversation_seen": _seen,
        "search_documents": _document,
    }
    for table, columns in COPIES.items():
        with (
            owner.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for chunk in range(start, end, _CHUNK):
                numbers = range(chunk, min(chunk + _CHUNK, end))
                lines = itertools.chain.from_iterable(map(writers[table], numbers))
                copy.write("".join(lines))
    owner.execute("SET session_replication_role = origin")
    owner.execute("CREATE INDEX ix_search_documents_words ON search_documents USING gin (document)")
    owner.execute("CREATE INDEX ix_customers_grams ON customers USING gin (grams)")
    for table in COPIES:
        owner.execute(f"VACUUM (ANALYZE) {table}")


def activity(number: int) -> datetime:
    """When something last happened in the nth conversation: scattered over two years."""
    return NOW - timedelta(seconds=(number * 7_919) % _SPAN_S)


def status(number: int) -> str:
    """Most are resolved, as on a desk of some age."""
    share = (number * 31) % 100
    if share < 8:
        return "open"
    return {8: "pending", 9: "pending", 10: "snoozed"}.get(share, "resolved")


def _customer(number: int) -> Iterator[str]:
    if number % 4 == 0:
        name = f"Customer {number:x} {common_word(number)}"
        at = activity(number)
        yield (
            f"{WORKSPACE}\t{id_of(3, number)}\t{at}\t{name}\tc{number}@example.com\t{at}\t{at}\t"
            f"{name.lower()} c{number}@example.com\n"
        )


def _owner_of(number: int) -> UUID:
    return id_of(3, number - number % 4)


def _conversation(number: int) -> Iterator[str]:
    at, state = activity(number), status(number)
    until = str(NOW + timedelta(days=1)) if state == "snoozed" else "\\N"
    resolved = str(at) if state == "resolved" else "\\N"
    waiting = str(at) if state == "open" and number % 2 else "\\N"
    holder = "\\N" if number % 10 < 3 else str(agent(number // 10 % AGENTS))
    words = f"{common_word(number)} {rare_word(number)}"
    yield (
        f"{WORKSPACE}\t{conversation(number)}\t{at}\t{number + 1}\t{inbox(number % INBOXES)}\t"
        f"{_owner_of(number)}\t{state}\t{until}\t{resolved}\t{holder}\t{words}\tcustomer\t{words}\t"
        f"{MESSAGES_PER_CONVERSATION}\t{MESSAGES_PER_CONVERSATION}\t{at}\t{at}\t{waiting}\n"
    )


def _start(number: int) -> Iterator[str]:
    yield f"{WORKSPACE}\t{conversation(number)}\t{number + 1}\t{_owner_of(number)}\n"


def _body(number: int, seq: int) -> str:
    dice = random.Random(number * 8 + seq)  # noqa: S311 - not a secret
    words = dice.choices(_COMMON, k=12)
    words += dice.choices(_TOPIC_WORDS, cum_weights=_TOPIC_WEIGHTS, k=2)
    if seq == 1 and (number * 7_919) % _SPAN_S > _FORMER_AFTER_S:
        words += {former_word(dice.randrange(_FORMER)) for _ in range(2)}
    return f"{' '.join(words)} {rare_word(number + seq * 1_009)}"


def _messages(number: int) -> Iterator[str]:
    at, owner = activity(number), _owner_of(number)
    for seq in range(1, MESSAGES_PER_CONVERSATION + 1):
        body = _body(number, seq)
        by_customer = seq % 2 == 1
        author = f"customer\t{owner}" if by_customer else f"agent\t{agent(number % AGENTS)}"
        yield (
            f"{WORKSPACE}\t{conversation(number)}\t{seq}\t{id_of(5, number * 8 + seq)}\tmessage\t"
            f"{author}\tSomebody\t{body}\t<p>{body}</p>\t[]\t{{}}\t{at}\n"
        )


def _seen(number: int) -> Iterator[str]:
    if status(number) != "resolved":
        yield (
            f"{WORKSPACE}\t{conversation(number)}\t{agent(number // 10 % AGENTS)}\t"
            f"{3 + number % 3}\t{activity(number)}\n"
        )


def _document(number: int) -> Iterator[str]:
    text = " ".join(_body(number, seq) for seq in range(1, MESSAGES_PER_CONVERSATION + 1))
    words = " ".join(sorted(set(words_of(text))))
    yield f"{WORKSPACE}\t{conversation(number)}\t{activity(number)}\t{words}\n"
