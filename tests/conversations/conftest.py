from collections.abc import Awaitable, Callable, Iterator

import pytest
from sqlalchemy import event, select

from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events.models import EventRow

Emitted = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def emitted(ctx: Ctx) -> Emitted:
    """The names of the events of the workspace, in their order, as `ctx` sees them."""

    async def names() -> list[str]:
        rows = await ctx.session.scalars(
            select(EventRow.name)
            .where(EventRow.workspace_id == ctx.workspace_id)
            .order_by(EventRow.tx, EventRow.id)
        )
        return list(rows)

    return names


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL sent to the database, as it is sent."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
