from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from rapport.customers.duplicates.models import CustomerKey, Suggestion
from rapport.customers.errors import SuggestionNotFound
from rapport.kernel.ids import new_id
from rapport.kernel.repository import Repository

Pair = tuple[UUID, UUID]
Filed = tuple[str, bytes]
"""The kind and the digest of a key."""
MOST: Final = 20
"""A key that more customers have tells nothing, and is passed over."""

_SHARING: Final = text(
    """
    SELECT found.customer_id
    FROM unnest(CAST(:kinds AS text[]), CAST(:digests AS bytea[])) AS w(k, d)
    CROSS JOIN LATERAL (
        SELECT array_agg(c.customer_id) AS ids FROM (
            SELECT k.customer_id FROM customer_keys k
            WHERE k.workspace_id = :workspace_id AND k.kind = w.k AND k.digest = w.d
            LIMIT :most + 1
        ) AS c
    ) AS having_it
    CROSS JOIN LATERAL unnest(having_it.ids) AS found(customer_id)
    WHERE cardinality(having_it.ids) <= :most
    GROUP BY found.customer_id ORDER BY count(*) DESC, found.customer_id LIMIT 100
    """
)


class KeyRepository(Repository[Any]):
    """What customers are compared by."""

    async def of(self, customer_ids: Collection[UUID]) -> dict[UUID, set[Filed]]:
        """The keys of customers; those who have none are left out."""
        statement = select(CustomerKey.customer_id, CustomerKey.kind, CustomerKey.digest).where(
            CustomerKey.workspace_id == self.ctx.workspace_id,
            CustomerKey.customer_id.in_(list(customer_ids)),
        )
        found: dict[UUID, set[Filed]] = {}
        for row in await self.ctx.session.execute(statement):
            found.setdefault(row.customer_id, set()).add((row.kind, row.digest))
        return found

    async def save(
        self, customer_id: UUID, known: Collection[Filed], keys: Collection[Filed]
    ) -> None:
        """Give a customer these keys instead of those they are known to have."""
        known, wanted = set(known), set(keys)
        gone, new = known - wanted, wanted - known
        if gone:
            await self.ctx.session.execute(
                delete(CustomerKey).where(
                    CustomerKey.workspace_id == self.ctx.workspace_id,
                    CustomerKey.customer_id == customer_id,
                    tuple_(CustomerKey.kind, CustomerKey.digest).in_(list(gone)),
                )
            )
        if new:
            mine = {"workspace_id": self.ctx.workspace_id, "customer_id": customer_id}
            rows = [{**mine, "kind": kind, "digest": value} for kind, value in sorted(new)]
            await self.ctx.session.execute(insert(CustomerKey), rows)

    async def sharing(self, keys: Collection[Filed]) -> list[UUID]:
        """Customers who have one of these keys: at most 100, who have most of them first."""
        if not keys:
            return []
        ordered = sorted(keys)
        found = await self.ctx.session.scalars(
            _SHARING,
            {
                "workspace_id": self.ctx.workspace_id,
                "kinds": [kind for kind, _ in ordered],
                "digests": [value for _, value in ordered],
                "most": MOST,
            },
        )
        return list(found)


class SuggestionRepository(Repository[Suggestion]):
    """Who may be one person."""

    model = Suggestion
    missing = SuggestionNotFound

    async def save(self, rows: Sequence[Mapping[str, Any]]) -> set[Pair]:
        """Write suggestions, or their new scores; pairs that were open, or are now.

        Those that somebody decided about stay decided.
        """
        if not rows:
            return set()
        mine = {"workspace_id": self.ctx.workspace_id, "created_at": self.ctx.now()}
        values = [{**mine, "id": new_id(), "state": "open", **row} for row in rows]
        statement = upsert(Suggestion).values(values)
        told = {name: statement.excluded[name] for name in ("score", "reasons", "is_verified")}
        statement = statement.on_conflict_do_update(
            index_elements=[Suggestion.workspace_id, Suggestion.low_id, Suggestion.high_id],
            set_=told,
            where=(Suggestion.state == "open")
            & (
                (Suggestion.score != statement.excluded.score)
                | (Suggestion.reasons != statement.excluded.reasons)
            ),
        )
        returned = await self.ctx.session.execute(
            statement.returning(Suggestion.low_id, Suggestion.high_id)
        )
        return {(row.low_id, row.high_id) for row in returned}

    async def open_of(self, customer_ids: Collection[UUID]) -> Sequence[Suggestion]:
        """Open suggestions about any of these customers, most likely first."""
        ids = list(customer_ids)
        statement = (
            self.select()
            .where(
                Suggestion.low_id.in_(ids) | Suggestion.high_id.in_(ids),
                Suggestion.state == "open",
            )
            .order_by(Suggestion.score.desc(), Suggestion.id)
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def page(self, *, after: tuple[float, UUID] | None, limit: int) -> Sequence[Suggestion]:
        """Open suggestions, most likely first."""
        statement = self.select().where(Suggestion.state == "open")
        if after is not None:
            place = tuple_(Suggestion.score, Suggestion.id)
            statement = statement.where(place < tuple_(after[0], after[1]))
        statement = statement.order_by(Suggestion.score.desc(), Suggestion.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def withdraw(self, pairs: Collection[Pair]) -> None:
        """Forget open suggestions: nothing speaks for them any more."""
        if pairs:
            await self.ctx.session.execute(
                delete(Suggestion).where(
                    Suggestion.workspace_id == self.ctx.workspace_id,
                    tuple_(Suggestion.low_id, Suggestion.high_id).in_(list(pairs)),
                    Suggestion.state == "open",
                )
            )

    async def decide(self, pairs: Collection[Pair], state: str, *, instead_of: str) -> None:
        """Set the state of suggestions about these pairs."""
        if pairs:
            await self.ctx.session.execute(
                update(Suggestion)
                .where(
                    Suggestion.workspace_id == self.ctx.workspace_id,
                    tuple_(Suggestion.low_id, Suggestion.high_id).in_(list(pairs)),
                    Suggestion.state == instead_of,
                )
                .values(state=state)
                .execution_options(synchronize_session=False)
            )
