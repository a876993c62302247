"""The agent API of imports."""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from rapport.customers.access import Limit
from rapport.customers.errors import (
    ImportNotFound,
    ImportUnderWay,
    ImportUnreadable,
    MappingInvalid,
)
from rapport.customers.importing import service as imports
from rapport.customers.importing.jobs import run_import, undo_import
from rapport.customers.importing.repository import ImportRowRepository
from rapport.customers.importing.schemas import (
    ImportIn,
    ImportOut,
    ImportPatch,
    PreviewOut,
)
from rapport.customers.permissions import IMPORT
from rapport.kernel import jobs
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden
from rapport.kernel.files.errors import FileNotFound
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.kernel.spreadsheets import BYTE_ORDER_MARK, MEDIA_TYPE, line

router = APIRouter(prefix="/customer-imports", tags=["customers"], route_class=AgentRoute)
CanImport = Annotated[Ctx, Depends(Permitted(IMPORT))]
_DRAFT: Final = problems(Forbidden, ImportNotFound, ImportUnderWay)
_AT_ONCE: Final = 500


@router.get("", responses=problems(Forbidden, CursorMalformed))
async def list_customer_imports(
    ctx: CanImport, cursor: str | None = None, limit: Limit = 50
) -> Page[ImportOut]:
    """Imports, the latest first."""
    return await imports.page(ctx, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=problems(Forbidden, FileNotFound, ImportUnreadable))
async def begin_customer_import(body: ImportIn, ctx: CanImport) -> ImportOut:
    """Look at an uploaded CSV: its columns, and where they probably belong. Imports nothing yet."""
    return imports.describe(await imports.begin(ctx, body.file_id))


@router.get("/{import_id}", responses=problems(Forbidden, ImportNotFound))
async def read_customer_import(import_id: UUID, ctx: CanImport) -> ImportOut:
    """How far an import is, or how it ended."""
    return imports.describe(await imports.get(ctx, import_id))


@router.patch("/{import_id}", responses={**_DRAFT, **problems(MappingInvalid)})
async def change_customer_import(import_id: UUID, body: ImportPatch, ctx: CanImport) -> ImportOut:
    """Say which column goes to which field, and how customers are recognised."""
    return imports.describe(await imports.change(ctx, import_id, body))


@router.delete("/{import_id}", status_code=204, responses=_DRAFT)
async def drop_customer_import(import_id: UUID, ctx: CanImport) -> None:
    """Throw a draft away, with its file."""
    await imports.drop(ctx, import_id)


@router.get("/{import_id}/preview", responses={**_DRAFT, **problems(MappingInvalid)})
async def preview_customer_import(import_id: UUID, ctx: CanImport) -> PreviewOut:
    """What would become of the first rows."""
    return PreviewOut(rows=await imports.preview(ctx, import_id))


@router.post("/{import_id}/start", responses={**_DRAFT, **problems(MappingInvalid)})
async def start_customer_import(import_id: UUID, ctx: CanImport) -> ImportOut:
    """Import the file, in the background."""
    row = await imports.start(ctx, import_id)
    await jobs.defer(ctx, run_import, lock=f"import:{row.id}", import_id=str(row.id))
    return imports.describe(row)


@router.post("/{import_id}/undo", responses=_DRAFT)
async def undo_customer_import(import_id: UUID, ctx: CanImport) -> ImportOut:
    """Take an import back, in the background, as far as nobody has changed what it brought."""
    row = await imports.take_back(ctx, import_id)
    await jobs.defer(ctx, undo_import, lock=f"import:{row.id}", import_id=str(row.id))
    return imports.describe(row)


@router.get(
    "/{import_id}/errors.csv",
    response_class=StreamingResponse,
    responses={**problems(Forbidden, ImportNotFound), 200: {"content": {"text/csv": {}}}},
)
async def download_import_errors(
    import_id: UUID, ctx: CanImport, request: Request
) -> StreamingResponse:
    """The rows that failed, as they came, with a column that says why."""
    row = await imports.get(ctx, import_id)
    names = [column["name"] for column in row.columns]
    database: Database = request.app.state.database
    return StreamingResponse(
        _failures(database, ctx.workspace_id, ctx.actor, import_id, names),
        media_type=MEDIA_TYPE,
        headers={"content-disposition": 'attachment; filename="errors.csv"'},
    )


async def _failures(
    database: Database, workspace_id: UUID, actor: Actor, import_id: UUID, names: list[str]
) -> AsyncIterator[bytes]:
    yield BYTE_ORDER_MARK + line([*names, "row", "error"])
    after = 0
    while True:
        async with database.begin(workspace_id, actor) as ctx:
            failed = await ImportRowRepository(ctx).page(
                import_id, outcomes=["failed"], after=after, limit=_AT_ONCE
            )
        for one in failed:
            cells = [*one.cells, *[""] * (len(names) - len(one.cells))][: len(names)]
            why = "; ".join(f"{w['column']} {w['detail']}".strip() for w in one.errors)
            yield line([*cells, one.row, why])
        if len(failed) < _AT_ONCE:
            return
        after = failed[-1].row
