"""Who did what."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from rapport.kernel import limits
from rapport.kernel.audit import exporting
from rapport.kernel.audit import service as audit
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.schemas import DeedOut, VerdictOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden, TooMany
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/audit", tags=["audit"], route_class=AgentRoute)
routers = (router,)
CanRead = Annotated[Ctx, Depends(Permitted("audit.read"))]
EXPORTS: Final = limits.Limit("audit:export", times=20, per=timedelta(hours=1))
Verb = Annotated[str, Query(max_length=100)]
Text = Annotated[str | None, Query(max_length=200)]


def wanted(
    verb: Annotated[list[Verb], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    subject: Text = None,
    actor: Text = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> audit.Wanted:
    """The filters that the list and the export share.

    `verb` is a verb (`member.changed`) or a noun for all of its verbs (`member`), any of several;
    `subject` and `actor` read `kind:id`; `since` is included, `until` is not.
    """
    return audit.Wanted(verbs=verb, subject=subject, actor=actor, since=since, until=until)


Filtered = Annotated[audit.Wanted, Depends(wanted)]


@router.get("", responses=problems(Forbidden, CursorMalformed))
async def list_audit_records(
    ctx: CanRead,
    filters: Filtered,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[DeedOut]:
    """The audit record, the latest first."""
    before: int | None = decode_cursor(cursor, int)[0] if cursor else None
    deeds = await audit.page(ctx, filters, before=before, limit=limit + 1)
    shown = [DeedOut.model_validate(deed) for deed in deeds[:limit]]
    more = encode_cursor([shown[-1].seq]) if len(deeds) > limit else None
    return Page[DeedOut](items=shown, next=more)


@router.get("/verification", response_model=VerdictOut, responses=problems(Forbidden))
async def verify_audit_records(ctx: CanRead) -> audit.Verdict:
    """Recompute the whole chain, and say whether a record was changed or removed."""
    return await audit.verify(ctx)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        **problems(Forbidden, TooMany),
        200: {"content": {"text/csv": {}, "application/jsonl": {}}},
    },
)
async def export_audit_records(
    ctx: CanRead,
    filters: Filtered,
    request: Request,
    format: exporting.Format = "csv",  # noqa: A002
) -> StreamingResponse:
    """The audit record as a file, the oldest first. The export is itself recorded.

    `csv` opens in any spreadsheet, where no cell is a formula; `jsonl` holds each record exactly as
    it was hashed.
    """
    await limits.take_within(ctx, EXPORTS, str(ctx.workspace_id))
    latest = await audit.page(ctx, audit.Wanted(), before=None, limit=1)
    await audit.record(
        ctx,
        "audit.exported",
        subject=f"workspace:{ctx.workspace_id}",
        details={"format": format, "filters": audit.told(filters)},
    )
    name = f"rapport-audit-{ctx.now():%Y-%m-%d}.{format}"
    return StreamingResponse(
        exporting.stream(
            request.app.state.database,
            ctx.workspace_id,
            ctx.actor,
            filters,
            format=format,
            last=latest[0].seq if latest else 0,
        ),
        media_type=exporting.MEDIA_TYPES[format],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
