"""Importing customers from a file: looked at first, done by a job, and taken back if wished."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from rapport.customers.attributes import service as attributes
from rapport.customers.errors import ImportUnderWay
from rapport.customers.events import PeopleChanged
from rapport.customers.history.service import by
from rapport.customers.importing import fields, table
from rapport.customers.importing.models import Import
from rapport.customers.importing.repository import ImportRepository, ImportRowRepository
from rapport.customers.importing.rows import Plan, plan
from rapport.customers.importing.schemas import (
    ColumnOut,
    ImportOut,
    ImportPatch,
    PreviewRowOut,
    UndoOut,
    WrongOut,
)
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.files import service as files
from rapport.kernel.files.store import FileStore, path_of
from rapport.kernel.schemas import Page, decode_cursor, encode_cursor

OWNER_KIND: Final = "import"
DRAFTS_KEPT: Final = timedelta(days=1)
FAILURES_KEPT: Final = timedelta(days=30)
_PREVIEWED: Final = 20
_FIRST_MATCH: Final = ("external_id", "email", "phone")


async def begin(ctx: Ctx, file_id: UUID) -> Import:
    """A draft of an import from a file that the actor has uploaded, with a mapping suggested.

    Raises:
        FileNotFound: not here, uploaded by somebody else, or used already.
        ImportUnreadable: it is not a table whose first line names its columns.
    """
    file = await files.get(ctx, file_id)
    form = await _examined(ctx, file_id)
    definitions = await attributes.everything(ctx)
    mapping = fields.suggest(form.columns, form.samples, definitions)
    found = [field for field in _FIRST_MATCH if field in mapping.values()]
    made = await ImportRepository(ctx).add(
        name=file.name,
        file_id=file_id,
        state="draft",
        columns=[
            {"name": name, "samples": [row[at] for row in form.samples if at < len(row)]}
            for at, name in enumerate(form.columns)
        ],
        mapping=mapping,
        match=found[0] if found else "email",
        delimiter=form.delimiter,
        encoding=form.encoding,
        rows_total=form.rows,
        rows_done=0,
        created=0,
        updated=0,
        unchanged=0,
        failed=0,
        undo=None,
        error=None,
        actor=str(ctx.actor),
        actor_name=ctx.actor.name,
        finished_at=None,
    )
    await files.attach(ctx, [file_id], OWNER_KIND, made.id)
    await told(ctx, made, "customer_import.drafted")
    return made


async def get(ctx: Ctx, import_id: UUID, *, lock: bool = False) -> Import:
    """One import. Raises ImportNotFound."""
    return await ImportRepository(ctx).get(import_id, lock=lock)


async def page(ctx: Ctx, *, cursor: str | None = None, limit: int = 50) -> Page[ImportOut]:
    """Imports, the latest first."""
    (before,) = decode_cursor(cursor, UUID) if cursor is not None else (None,)
    rows = await ImportRepository(ctx).page(before=before, limit=limit + 1)
    shown = rows[:limit]
    return Page(
        items=[describe(row) for row in shown],
        next=encode_cursor([shown[-1].id]) if len(rows) > limit else None,
    )


async def change(ctx: Ctx, import_id: UUID, patch: ImportPatch) -> Import:
    """Say which column goes to which field, and how customers are recognised.

    Raises:
        ImportNotFound: no such import.
        ImportUnderWay: it has begun.
        MappingInvalid: it cannot be used like this.
    """
    row = await draft(ctx, import_id)
    mapping = (
        {column: field for column, field in patch.mapping.items() if field}
        if patch.mapping is not None
        else row.mapping
    )
    match = patch.match or row.match
    fields.require(mapping, _names(row), match)
    row.mapping, row.match = mapping, match
    await ctx.session.flush()
    await told(ctx, row, "customer_import.changed")
    return row


async def preview(ctx: Ctx, import_id: UUID) -> list[PreviewRowOut]:
    """What would become of the first rows; nothing is changed.

    Raises:
        ImportNotFound, ImportUnderWay: no such draft.
        MappingInvalid: it cannot be used like this.
    """
    row = await draft(ctx, import_id)
    fields.require(row.mapping, _names(row), row.match)
    assert row.file_id is not None
    with await fetched(ctx, row.file_id) as file:
        first = list(islice(table.rows(file, row.encoding, row.delimiter), _PREVIEWED))
    planned = await plan(ctx, row, first)
    return [_previewed(one) for one in planned]


async def start(ctx: Ctx, import_id: UUID) -> Import:
    """Have a draft imported; the job that does it is queued by the caller.

    Raises:
        ImportNotFound, ImportUnderWay: no such draft.
        MappingInvalid: it cannot be used like this.
    """
    row = await draft(ctx, import_id)
    fields.require(row.mapping, _names(row), row.match)
    row.state = "queued"
    await ctx.session.flush()
    await told(ctx, row, "customer_import.started")
    return row


async def take_back(ctx: Ctx, import_id: UUID) -> Import:
    """Have an import undone; the job that does it is queued by the caller.

    Raises:
        ImportNotFound: no such import.
        ImportUnderWay: it is not done yet, or undone already.
    """
    row = await get(ctx, import_id, lock=True)
    if row.state not in {"done", "failed"}:
        raise ImportUnderWay
    row.state, row.undo = "undoing", {"restored": 0, "removed": 0, "kept": 0}
    await ctx.session.flush()
    await told(ctx, row, "customer_import.undone")
    return row


async def drop(ctx: Ctx, import_id: UUID) -> None:
    """Throw a draft away, with its file.

    Raises:
        ImportNotFound, ImportUnderWay: no such draft.
    """
    row = await draft(ctx, import_id)
    await told(ctx, row, "customer_import.dropped")
    if row.file_id is not None:
        await files.remove(ctx, [row.file_id])
    await ImportRepository(ctx).remove(row)


async def tidy(ctx: Ctx) -> None:
    """Throw away drafts nobody went on with for a day, and rows that failed a month ago."""
    imports = ImportRepository(ctx)
    for row in await imports.in_state("draft"):
        if row.created_at < ctx.now() - DRAFTS_KEPT:
            if row.file_id is not None:
                await files.remove(ctx, [row.file_id])
            await imports.remove(row)
    done = await imports.in_state("done", "failed", "undone")
    old = [r.id for r in done if r.created_at < ctx.now() - FAILURES_KEPT]
    await ImportRowRepository(ctx).forget_failed(old)


async def draft(ctx: Ctx, import_id: UUID) -> Import:
    """An import that has not begun, locked. Raises ImportNotFound, ImportUnderWay."""
    row = await get(ctx, import_id, lock=True)
    if row.state != "draft":
        raise ImportUnderWay
    return row


async def fetched(ctx: Ctx, file_id: UUID) -> Any:
    """The file as a temporary one, read piece by piece.

    Raises:
        FileNotFound, Unreachable: it cannot be had.
    """
    pieces = await ctx.port(FileStore).read(path_of(ctx.workspace_id, file_id))
    return await table.fetched(pieces)


async def told(ctx: Ctx, row: Import, verb: str | None = None) -> None:
    """Let everybody who looks at imports know, and keep who did it."""
    await emit(ctx, PeopleChanged(kind="imports", id=row.id))
    if verb is not None:
        details: dict[str, object] = {"rows": row.rows_total or 0}
        await audit.record(ctx, verb, subject=f"customer_import:{row.id}", details=details)


def describe(row: Import) -> ImportOut:
    """An import as the API tells it."""
    return ImportOut(
        id=row.id,
        name=row.name,
        state=row.state,
        columns=[
            ColumnOut(
                name=column["name"],
                samples=column.get("samples", []),
                field=row.mapping.get(column["name"]),
            )
            for column in row.columns
        ],
        mapping=row.mapping,
        match=row.match,
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        created=row.created,
        updated=row.updated,
        unchanged=row.unchanged,
        failed=row.failed,
        undo=UndoOut(**row.undo) if row.undo else None,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
        by=by(row.actor, row.actor_name),
    )


async def _examined(ctx: Ctx, file_id: UUID) -> table.Form:
    with await fetched(ctx, file_id) as file:
        return await asyncio.to_thread(table.examine, file)


def _names(row: Import) -> Sequence[str]:
    return [column["name"] for column in row.columns]


def _previewed(one: Plan) -> PreviewRowOut:
    return PreviewRowOut(
        row=one.row,
        values=one.values,
        action=one.action,
        errors=[WrongOut(column=w.column, code=w.code, detail=w.detail) for w in one.wrong],
    )
