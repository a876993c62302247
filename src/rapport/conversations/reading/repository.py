"""Reading lists and threads: one statement each, written out so that the index is the one meant.

Statuses, orders and limits are literals here and not parameters: a partial index only serves a
statement in which the planner can see its condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from rapport.conversations.models import NOBODY
from rapport.conversations.schemas import Sort, View
from rapport.kernel.context import Ctx

COUNTED_UP_TO: Final = 100
_LOOKED_AT_FOR_UNREAD: Final = COUNTED_UP_TO + 1

_STATE: Final = f"""
    c.id, c.number, c.inbox_id, c.customer_id, u.name AS customer_name, u.email AS customer_email,
    u.verified AS customer_verified, c.subject, c.status, c.snoozed_until, c.assignee_id,
    c.team_id, c.tag_ids, c.priority, c.handler, c.preview, c.preview_kind, c.last_seq,
    c.last_activity_at, c.waiting_since, c.created_at, c.resolved_at, c.customer_seen_seq,
    c.topic, c.version, c.visitor_id IS NOT DISTINCT FROM '{NOBODY}' AS is_erased
"""
_CUSTOMER: Final = "JOIN customers u ON u.workspace_id = c.workspace_id AND u.id = c.customer_id"
_SEEN: Final = """
    LEFT JOIN conversation_seen s ON s.workspace_id = c.workspace_id
        AND s.conversation_id = c.id AND s.agent_id = :me
"""
_ACTIVE: Final = "c.status IN ('open', 'pending')"
_VIEWS: Final[dict[View, str]] = {
    View.MINE: f"{_ACTIVE} AND c.assignee_id = :me",
    View.UNASSIGNED: f"{_ACTIVE} AND c.assignee_id IS NULL",
    View.ALL: _ACTIVE,
    View.SNOOZED: "c.status = 'snoozed'",
    View.RESOLVED: "c.status = 'resolved'",
}
_MESSAGE: Final = """
    m.id, m.conversation_id, m.seq, m.kind, m.author_kind, m.author_id,
    m.author_name, m.body, m.html, m.cards, m.attachment_ids,
    m.answer_id, m.client_id, m.created_at
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of which list."""

    view: View
    sort: Sort
    limit: int
    inbox_id: UUID | None = None
    tag_id: UUID | None = None
    assignee_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None


class ReadingRepository:
    """Conversations and messages of one workspace, as people read them."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def page(self, wanted: Wanted) -> Sequence[Row[Any]]:
        """One page of a list, with the acting agent's marks."""
        conditions, values = _conditions(wanted)
        column = "waiting_since" if wanted.sort is Sort.WAITING else "last_activity_at"
        order, compare = ("", ">") if wanted.sort is Sort.WAITING else (" DESC", "<")
        if wanted.after is not None:
            conditions.append(f"(c.{column}, c.id) {compare} (:after_at, :after_id)")
            values["after_at"], values["after_id"] = wanted.after
        # Rows with no assignee come in order only if the order begins with that column.
        lead = f"c.assignee_id{order}, " if _is_by_assignee(wanted) else ""
        found = await self.ctx.session.execute(
            _parsed(
                f"SELECT {_STATE}, coalesce(s.seq, 0) AS seen_seq "  # noqa: S608 - no input in it
                f"FROM (SELECT c.* FROM conversations c WHERE {' AND '.join(conditions)} "
                f"ORDER BY {lead}c.{column}{order}, c.id{order} LIMIT {int(wanted.limit)}) c "
                f"{_CUSTOMER} {_SEEN} ORDER BY c.{column}{order}, c.id{order}"
            ),
            {"me": self.ctx.actor.id, "workspace_id": self.ctx.workspace_id, **values},
        )
        return found.all()

    async def by_ids(self, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
        """Conversations by id, with the acting agent's marks."""
        found = await self.ctx.session.execute(
            _parsed(
                f"SELECT {_STATE}, coalesce(s.seq, 0) AS seen_seq, c.public_preview, "  # noqa: S608
                "c.public_seq, c.public_activity_at, c.agent_seen_seq, "
                "coalesce(c.visitor_id, c.customer_id) AS reader_id "
                f"FROM conversations c {_CUSTOMER} {_SEEN} "
                "WHERE c.workspace_id = :workspace_id AND c.id = ANY(:ids)"
            ),
            {"me": self.ctx.actor.id, "workspace_id": self.ctx.workspace_id, "ids": list(ids)},
        )
        return {row.id: row for row in found}

    async def counters(self) -> Row[Any]:
        """How many conversations each view has, counted up to 101, in one statement."""
        counts = ", ".join(
            f"(SELECT count(*) FROM (SELECT FROM conversations c "  # noqa: S608 - no input in it
            f"WHERE c.workspace_id = :workspace_id AND {condition} "
            f"LIMIT {COUNTED_UP_TO + 1}) x) AS {view.name.lower()}"
            for view, condition in _VIEWS.items()
        )
        unread = f"""(
            SELECT count(*) FROM (
                SELECT FROM (
                    SELECT c.* FROM conversations c
                    WHERE c.workspace_id = :workspace_id AND {_VIEWS[View.MINE]}
                    ORDER BY c.assignee_id DESC, c.last_activity_at DESC, c.id DESC
                    LIMIT {_LOOKED_AT_FOR_UNREAD}
                ) c {_SEEN} WHERE c.last_seq > coalesce(s.seq, 0) LIMIT {COUNTED_UP_TO + 1}
            ) x
        ) AS unread"""  # noqa: S608 - no input in it
        found = await self.ctx.session.execute(
            _parsed(f"SELECT {counts}, {unread}"),
            {"me": self.ctx.actor.id, "workspace_id": self.ctx.workspace_id},
        )
        return found.one()

    async def thread(
        self,
        conversation_id: UUID,
        *,
        before: int | None,
        after: int | None,
        limit: int,
        public_only: bool,
    ) -> Sequence[Row[Any]]:
        """Messages of a conversation: the first ones after `after`, else the last before `before`.

        In ascending order; `public_only` leaves notes out.
        """
        conditions = ["m.workspace_id = :workspace_id", "m.conversation_id = :conversation_id"]
        if public_only:
            conditions.append("m.kind <> 'note'")
        values: dict[str, Any] = {}
        if before is not None:
            conditions.append("m.seq < :before")
            values["before"] = before
        if after is not None:
            conditions.append("m.seq > :after")
            values["after"] = after
        order = "" if after is not None else " DESC"
        found = await self.ctx.session.execute(
            _parsed(
                f"SELECT {_MESSAGE} FROM (SELECT m.* FROM messages m "  # noqa: S608 - no input
                f"WHERE {' AND '.join(conditions)} ORDER BY m.seq{order} LIMIT {int(limit)}) m "
                "ORDER BY m.seq"
            ),
            {
                "workspace_id": self.ctx.workspace_id,
                "conversation_id": conversation_id,
                **values,
            },
        )
        return found.all()

    async def messages_at(self, places: Sequence[tuple[UUID, int]]) -> Sequence[Row[Any]]:
        """The messages at these places: conversation and seq."""
        found = await self.ctx.session.execute(
            _parsed(
                f"SELECT {_MESSAGE} FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS integer[])) "  # noqa: S608
                "AS p (conversation_id, seq) "
                "JOIN messages m ON m.workspace_id = :workspace_id "
                f"AND m.conversation_id = p.conversation_id AND m.seq = p.seq"
            ),
            {
                "workspace_id": self.ctx.workspace_id,
                "ids": [conversation_id for conversation_id, _ in places],
                "seqs": [seq for _, seq in places],
            },
        )
        return found.all()

    async def replies_after(
        self, places: Sequence[tuple[UUID, int]], *, each: int
    ) -> Sequence[Row[Any]]:
        """What agents said to the customer after these places, the first `each` of every one."""
        found = await self.ctx.session.execute(
            _parsed(
                f"SELECT {_MESSAGE} FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS integer[])) "  # noqa: S608
                "AS p (conversation_id, seq) CROSS JOIN LATERAL ("
                "SELECT * FROM messages x WHERE x.workspace_id = :workspace_id "
                "AND x.conversation_id = p.conversation_id AND x.seq > p.seq "
                "AND x.kind = 'message' AND x.author_kind = 'agent' "
                "ORDER BY x.seq LIMIT :each) m ORDER BY m.conversation_id, m.seq"
            ),
            {
                "workspace_id": self.ctx.workspace_id,
                "ids": [conversation_id for conversation_id, _ in places],
                "seqs": [seq for _, seq in places],
                "each": each,
            },
        )
        return found.all()

    async def of_customer(self, customer_id: UUID, limit: int) -> list[UUID]:
        """The customer's conversations, the last started first."""
        found = await self.ctx.session.execute(
            _parsed(
                "SELECT conversation_id FROM conversation_starts "  # noqa: S608 - a number
                "WHERE workspace_id = :workspace_id AND customer_id = :customer_id "
                f"ORDER BY conversation_id DESC LIMIT {int(limit)}"
            ),
            {"workspace_id": self.ctx.workspace_id, "customer_id": customer_id},
        )
        return [row.conversation_id for row in found]

    async def of_visitor(self, visitor_id: UUID, limit: int) -> list[UUID]:
        """The conversations that a visitor may read, the last started first."""
        found = await self.ctx.session.execute(
            _parsed(
                "(SELECT conversation_id FROM conversation_starts "  # noqa: S608 - a number
                "WHERE workspace_id = :workspace_id AND customer_id = :visitor_id "
                "AND visitor_id IS NULL "
                f"ORDER BY conversation_id DESC LIMIT {int(limit)}) "
                "UNION ALL (SELECT conversation_id FROM conversation_starts "
                "WHERE workspace_id = :workspace_id AND visitor_id = :visitor_id "
                f"ORDER BY conversation_id DESC LIMIT {int(limit)}) "
                f"ORDER BY conversation_id DESC LIMIT {int(limit)}"
            ),
            {"workspace_id": self.ctx.workspace_id, "visitor_id": visitor_id},
        )
        return [row.conversation_id for row in found]

    async def agent_names(self, user_ids: set[UUID]) -> dict[UUID, str]:
        """The names of members by user id."""
        if not user_ids:
            return {}
        found = await self.ctx.session.execute(
            _parsed(
                "SELECT u.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id "
                "WHERE m.workspace_id = :workspace_id AND m.user_id = ANY(:ids)"
            ),
            {"workspace_id": self.ctx.workspace_id, "ids": list(user_ids)},
        )
        return {row.id: row.name for row in found}


def _is_by_assignee(wanted: Wanted) -> bool:
    if wanted.sort is Sort.WAITING or wanted.view in {View.SNOOZED, View.RESOLVED}:
        return False
    return wanted.view in {View.MINE, View.UNASSIGNED} or wanted.assignee_id is not None


def _conditions(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    conditions = ["c.workspace_id = :workspace_id", _VIEWS[wanted.view]]
    values: dict[str, Any] = {}
    if wanted.sort is Sort.WAITING:
        conditions.append("c.waiting_since IS NOT NULL")
    if wanted.inbox_id is not None:
        conditions.append("c.inbox_id = :inbox_id")
        values["inbox_id"] = wanted.inbox_id
    if wanted.assignee_id is not None:
        conditions.append("c.assignee_id = :assignee_id")
        values["assignee_id"] = wanted.assignee_id
    if wanted.tag_id is not None:
        conditions.append(
            "EXISTS (SELECT FROM conversation_tags t WHERE t.workspace_id = c.workspace_id "
            "AND t.tag_id = :tag_id AND t.conversation_id = c.id)"
        )
        values["tag_id"] = wanted.tag_id
    return conditions, values


@lru_cache(maxsize=512)
def _parsed(sql: str) -> TextClause:
    """A statement with its parameters found; there are only so many shapes of it."""
    return text(sql)
