"""Doing an import, and undoing it: some rows in each transaction, broken off at any time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, Final
from uuid import UUID

from rapport.customers import service as customers
from rapport.customers.importing import fields, table
from rapport.customers.importing.models import Import, ImportRow
from rapport.customers.importing.repository import (
    BulkRepository,
    ImportRepository,
    ImportRowRepository,
)
from rapport.customers.importing.rows import SOURCE, carry_out, shown
from rapport.customers.importing.service import fetched, told
from rapport.customers.models import Customer
from rapport.customers.repository import CustomerRepository
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.files import service as files

AT_ONCE: Final = 250
Lines = Iterator[tuple[int, list[str]]]


async def run(database: Database, workspace_id: UUID, import_id: UUID) -> None:
    """Import all rows that are not imported yet. It holds some hundred rows in memory, no more.

    Broken off, it goes on behind the last row that was committed.
    """
    async with database.begin(workspace_id, SYSTEM) as ctx:
        row = await ImportRepository(ctx).get(import_id, lock=True)
        if row.state not in {"queued", "running"} or row.file_id is None:
            return
        row.state = "running"
        row.columns = [{"name": column["name"]} for column in row.columns]
        await told(ctx, row)
        file, form, done = await fetched(ctx, row.file_id), (row.encoding, row.delimiter), 0
        done = row.rows_done
    try:
        with file:
            await _each(database, workspace_id, import_id, file, form, done)
    except RapportError as error:
        if jobs.may_help(error):
            raise
        await _end(database, workspace_id, import_id, "failed", error.code)
        return
    await _end(database, workspace_id, import_id, "done", None)


async def _each(
    database: Database,
    workspace_id: UUID,
    import_id: UUID,
    file: IO[bytes],
    form: tuple[str, str],
    done: int,
) -> None:
    lines = (line for line in table.rows(file, *form) if line[0] > done)
    while portion := list(islice(lines, AT_ONCE)):
        async with database.begin(workspace_id, SYSTEM) as ctx:
            row = await ImportRepository(ctx).get(import_id, lock=True)
            fresh = [line for line in portion if line[0] > row.rows_done]
            if fresh:
                await carry_out(ctx, row, fresh)
                await told(ctx, row)


async def _end(
    database: Database, workspace_id: UUID, import_id: UUID, state: str, error: str | None
) -> None:
    """Note how it ended; the file is not needed any more."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        row = await ImportRepository(ctx).get(import_id, lock=True)
        row.state, row.error, row.finished_at = state, error, ctx.now()
        if row.file_id is not None:
            await files.remove(ctx, [row.file_id])
            row.file_id = None
        await told(ctx, row)


async def undo(database: Database, workspace_id: UUID, import_id: UUID) -> None:
    """Take everything back that nobody has changed since, the last row first.

    A customer whom the import brought goes, unless somebody dealt with them; a field it changed
    holds again what it held, unless it holds something else by now.
    """
    while True:
        async with database.begin(workspace_id, SYSTEM) as ctx:
            row = await ImportRepository(ctx).get(import_id, lock=True)
            if row.state != "undoing":
                return
            rows = ImportRowRepository(ctx)
            portion = await rows.newest(import_id, AT_ONCE)
            await _take_back(ctx, row, list(portion))
            # Of a customer who was deleted, the note is gone with them.
            await rows.forget(import_id, [one.row for one in portion])
            if not portion:
                row.state, row.finished_at = "undone", ctx.now()
            await told(ctx, row)
            if not portion:
                return


async def _take_back(ctx: Ctx, row: Import, portion: list[ImportRow]) -> None:
    counts = dict(row.undo or {"restored": 0, "removed": 0, "kept": 0})
    ids = {one.customer_id for one in portion if one.customer_id is not None}
    people = {one.id: one for one in await CustomerRepository(ctx).in_order(sorted(ids))}
    companies = await _companies(ctx, people.values())
    touched = await BulkRepository(ctx).touched(ids)
    going: list[Customer] = []
    for one in portion:
        customer = people.get(one.customer_id) if one.customer_id is not None else None
        if customer is None:
            continue
        if one.outcome == "updated":
            is_whole = await _restore(ctx, customer, one)
            counts["restored" if is_whole else "kept"] += 1
        elif customer.id not in touched and _is_as_it_came(customer, one, companies):
            going.append(customer)
        else:
            counts["kept"] += 1
    gone = await _remove(ctx, going)
    counts["removed"] += gone
    counts["kept"] += len(going) - gone
    row.undo = counts


async def _remove(ctx: Ctx, going: Sequence[Customer]) -> int:
    """Delete customers, but those that something refers to by now; how many went."""
    bulk = BulkRepository(ctx)
    if await bulk.remove_all([one.id for one in going]):
        return len(going)
    return sum([await bulk.remove_all([one.id]) for one in going])


def _is_as_it_came(customer: Customer, one: ImportRow, companies: Mapping[UUID, str]) -> bool:
    known = shown(customer, companies)
    said = {key for key, value in known.items() if value not in (None, "", {})}
    is_same = all(_is(known.get(k), v) for k, v in one.after.items() if k != "external_id")
    return is_same and not said - one.after.keys()


async def _restore(ctx: Ctx, customer: Customer, one: ImportRow) -> bool:
    """Give the fields back what they held; whether all of them."""
    current = await customers.get(ctx, customer.id)
    known = shown(current, await _companies(ctx, [current]))
    unchanged = {k: v for k, v in one.before.items() if _is(known.get(k), one.after[k])}
    await customers.update(ctx, current.id, fields.patch_of(unchanged), source=SOURCE)
    await BulkRepository(ctx).remove_identities(customer.id, one.identity_ids)
    return len(unchanged) == len(one.before)


def _is(known: Any, value: Any) -> bool:
    if known == value:
        return True
    return (
        known is not None and value is not None and str(known).casefold() == str(value).casefold()
    )


async def _companies(ctx: Ctx, people: Iterable[Customer]) -> dict[UUID, str]:
    ids = {one.company_id for one in people if one.company_id}
    return await CustomerRepository(ctx).companies(ids)
