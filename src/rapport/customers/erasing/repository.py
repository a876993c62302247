from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from rapport.kernel.context import Ctx
from rapport.kernel.telling import NO_ID, rows_of

_MINE: Final = "workspace_id = :workspace_id AND {column} = ANY(:things) AND id > :after_id"


def _mine(columns: str, table: str, column: str = "customer_id") -> str:
    where = _MINE.format(column=column)
    return f"SELECT {columns} FROM {table} WHERE {where} ORDER BY id LIMIT :up_to"  # noqa: S608


PROFILES = rows_of(
    """
    SELECT c.id, c.created_at, c.name, c.email, c.phone, co.name AS company, c.locale, c.timezone,
        c.attributes, c.preferences, c.status, c.value, c.own, c.verified,
        c.first_seen_at, c.last_seen_at, c.conversation_count,
        c.merged_into_id
    FROM customers c
    LEFT JOIN companies co ON co.workspace_id = c.workspace_id AND co.id = c.company_id
    WHERE c.workspace_id = :workspace_id AND c.id = ANY(:things) AND c.id > :after_id
    ORDER BY c.id LIMIT :up_to
    """
)
_ADDRESS = "id, created_at, customer_id, channel, address, source, verified_at, verified_by"
IDENTITIES = rows_of(_mine(f"{_ADDRESS}, verified, is_shared", "identities"))
CLAIMS = rows_of(_mine(_ADDRESS, "identity_claims"))
CONSENTS = rows_of(
    _mine(
        "id, created_at, customer_id, purpose, channel, is_granted, source, words, proof, "
        "actor_name, revoked_at",
        "consents",
    )
)
TIMELINE = rows_of(
    _mine(
        "id, customer_id, kind, at, title, text, conversation_id, data, actor_name",
        "timeline_items",
    )
)
CHANGES = rows_of(
    _mine(
        'id, created_at, customer_id, field, "old", "new", source, actor_name', "customer_changes"
    )
)
PAIN_POINTS = rows_of(
    _mine(
        "id, created_at, customer_id, text, source, actor_name, resolved_at, resolved_by",
        "pain_points",
    )
)
IMPORTED = rows_of(
    """
    SELECT r.import_id, r.row, i.created_at, i.name AS file, r.outcome, r.before, r.after
    FROM customer_import_rows r
    JOIN customer_imports i ON i.workspace_id = r.workspace_id AND i.id = r.import_id
    WHERE r.workspace_id = :workspace_id AND r.customer_id = ANY(:things)
      AND (r.import_id, r.row) > (:after_import_id, :after_row)
    ORDER BY r.import_id, r.row LIMIT :up_to
    """,
    after={"import_id": NO_ID, "row": 0},
)
SUGGESTED = rows_of(
    "SELECT id, created_at, low_id, high_id, score, reasons, state FROM duplicate_suggestions "
    "WHERE workspace_id = :workspace_id AND id > :after_id "
    "AND (low_id = ANY(:things) OR high_id = ANY(:things)) ORDER BY id LIMIT :up_to"
)
MERGES = rows_of(
    "SELECT id, created_at, customer_id, into_id, filled, undone_at FROM customer_merges "
    "WHERE workspace_id = :workspace_id AND id > :after_id "
    "AND (customer_id = ANY(:things) OR into_id = ANY(:things)) ORDER BY id LIMIT :up_to"
)

_MERGED = text(
    "SELECT id FROM customers WHERE workspace_id = :workspace_id AND merged_into_id = ANY(:things)"
)
_CLOSE = text(
    "UPDATE customers SET erased_at = :now WHERE workspace_id = :workspace_id "
    "AND id = ANY(:things) AND erased_at IS NULL RETURNING id"
)
# A company that nobody else belongs to says who they were.
_COMPANIES = text(
    """
    DELETE FROM companies co WHERE co.workspace_id = :workspace_id
      AND EXISTS (
        SELECT FROM customers c WHERE c.workspace_id = co.workspace_id AND c.company_id = co.id
          AND c.id = ANY(:things) AND c.erased_at IS NOT NULL
      ) AND NOT EXISTS (
        SELECT FROM customers c WHERE c.workspace_id = co.workspace_id AND c.company_id = co.id
          AND c.id <> ALL(:things)
      )
    RETURNING co.id
    """
)
_SCRUB = text(
    """
    UPDATE customers SET name = '', email = NULL, phone = NULL, company_id = NULL, locale = NULL,
        timezone = NULL, attributes = '{}', verified = false, search_text = '', own = NULL,
        preferences = '{}', status = NULL, value = NULL
    WHERE workspace_id = :workspace_id AND id = ANY(:things) AND (
        name <> '' OR email IS NOT NULL OR phone IS NOT NULL OR company_id IS NOT NULL
        OR locale IS NOT NULL OR timezone IS NOT NULL OR attributes <> '{}' OR verified
        OR search_text <> '' OR own IS NOT NULL OR preferences <> '{}' OR status IS NOT NULL
        OR value IS NOT NULL
    )
    RETURNING id
    """
)
_IDENTITIES = text(
    "DELETE FROM identities WHERE workspace_id = :workspace_id AND customer_id = ANY(:things) "
    "RETURNING id"
)
_BELONGING = {
    table: text(
        f"DELETE FROM {table} WHERE workspace_id = :workspace_id "  # noqa: S608 - our own words
        "AND customer_id = ANY(:things) RETURNING customer_id"
    )
    for table in (
        "identity_claims", "customer_changes", "pain_points", "customer_keys",
        "customer_import_rows",
    )
}  # fmt: skip
_SUGGESTIONS = text(
    "DELETE FROM duplicate_suggestions WHERE workspace_id = :workspace_id "
    "AND (low_id = ANY(:things) OR high_id = ANY(:things)) RETURNING id"
)
_ADDRESSES = text(
    """
    SELECT address FROM identities
    WHERE workspace_id = :workspace_id AND customer_id = ANY(:things)
    UNION SELECT address FROM identity_claims
    WHERE workspace_id = :workspace_id AND customer_id = ANY(:things)
    UNION SELECT unnest(ARRAY[email, phone]) FROM customers
    WHERE workspace_id = :workspace_id AND id = ANY(:things)
    """
)
_FAILED = text(
    "DELETE FROM customer_import_rows WHERE workspace_id = :workspace_id "
    "AND outcome = 'failed' AND keys && CAST(:keys AS bytea[]) RETURNING import_id"
)
_FAILED_ROWS = text(
    "SELECT import_id, row, cells, errors FROM customer_import_rows "
    "WHERE workspace_id = :workspace_id AND outcome = 'failed' "
    "AND keys && CAST(:keys AS bytea[]) ORDER BY import_id, row LIMIT 1000"
)
_CONSENTS = text(
    "DELETE FROM consents WHERE workspace_id = :workspace_id AND customer_id = ANY(:things) "
    "RETURNING id"
)
# Whoever they were merged with was told their name.
_TIMELINE = text(
    """
    DELETE FROM timeline_items t WHERE t.workspace_id = :workspace_id AND (
        t.customer_id = ANY(:things) OR t.conversation_id = ANY(:things) OR t.source IN (
            SELECT kind || m.id
            FROM customer_merges m, unnest(ARRAY['merged:', 'unmerged:']) AS kind
            WHERE m.workspace_id = :workspace_id
              AND (m.customer_id = ANY(:things) OR m.into_id = ANY(:things))
        )
    ) RETURNING t.id
    """
)
_MERGES = text(
    "UPDATE customer_merges SET filled = '{}' WHERE workspace_id = :workspace_id "
    "AND filled <> '{}' AND (customer_id = ANY(:things) OR into_id = ANY(:things)) RETURNING id"
)
_NOBODY = text(
    "INSERT INTO customers (workspace_id, id, created_at, first_seen_at, last_seen_at, erased_at) "
    "VALUES (:workspace_id, :id, :now, :now, :now, :now) ON CONFLICT DO NOTHING"
)
_REMOVE = text(
    "DELETE FROM customers WHERE workspace_id = :workspace_id AND id = ANY(:things) RETURNING id"
)


class ErasingRepository:
    """Forgetting customers of one workspace. Each method says which rows it changed."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def merged_into(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Customers who became one of these."""
        return await self._run(_MERGED, things)

    async def close(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Note that these customers are erased from now on."""
        return await self._run(_CLOSE, things, now=self.ctx.now())

    async def companies(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete the companies that only these customers belong to. Before `scrub`."""
        return await self._run(_COMPANIES, things)

    async def scrub(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Empty the customers' own rows."""
        return await self._run(_SCRUB, things)

    async def identities(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete their addresses."""
        return await self._run(_IDENTITIES, things)

    async def addresses(self, things: Collection[UUID]) -> Sequence[str]:
        """Where they write from, or are said to."""
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things)}
        found = await self.ctx.session.scalars(_ADDRESSES, values)
        return [address for address in found if address]

    async def failed(self, keys: Collection[bytes]) -> list[dict[str, Any]]:
        """Rows of imports that failed and hold what these digests are of."""
        values = {"workspace_id": self.ctx.workspace_id, "keys": list(keys)}
        found = await self.ctx.session.execute(_FAILED_ROWS, values)
        return [dict(row) for row in found.mappings()]

    async def failed_rows(self, keys: Collection[bytes]) -> Sequence[UUID]:
        """Delete rows of imports that failed and hold what these digests are of."""
        if not keys:
            return []
        values = {"workspace_id": self.ctx.workspace_id, "keys": list(keys)}
        return list(await self.ctx.session.scalars(_FAILED, values))

    async def belongings(self, things: Collection[UUID]) -> dict[str, int]:
        """Delete what hangs on them and nothing else; how many rows of each table."""
        return {t: len(await self._run(sql, things)) for t, sql in _BELONGING.items()}

    async def suggestions(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete whom they were taken for."""
        return await self._run(_SUGGESTIONS, things)

    async def consents(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete what they allowed."""
        return await self._run(_CONSENTS, things)

    async def timeline(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete what happened to them, in these conversations, or by a merge with them."""
        return await self._run(_TIMELINE, things)

    async def merges(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Forget what merges copied from one to the other."""
        return await self._run(_MERGES, things)

    async def add_nobody(self, id_: UUID) -> None:
        """Make the customer who stands for nobody, unless they exist."""
        await self.ctx.session.execute(
            _NOBODY,
            {"workspace_id": self.ctx.workspace_id, "id": id_, "now": self.ctx.now()},
        )

    async def remove(self, things: Collection[UUID]) -> Sequence[UUID]:
        """Delete customers who have no conversation."""
        return await self._run(_REMOVE, things)

    async def _run(self, statement: Any, things: Collection[UUID], **more: Any) -> Sequence[UUID]:
        values = {"workspace_id": self.ctx.workspace_id, "things": list(things), **more}
        return list(await self.ctx.session.scalars(statement, values))
