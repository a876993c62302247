"""Exports, erasures and retention rules over HTTP."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, NotFound, TooMany
from rapport.kernel.files.errors import FileNotFound, LinkRefused
from rapport.kernel.http import Permitted, problems
from rapport.kernel.limits import Limit, take_within
from rapport.kernel.personal import Kind, identify, rooms
from rapport.kernel.privacy import erasures, exports, retention
from rapport.kernel.privacy.errors import (
    ConfirmationDiffers,
    ErasureNotFound,
    ExportNotFound,
    ExportNotReady,
    RuleExists,
    RuleNotFound,
    RuleUnknown,
)
from rapport.kernel.privacy.models import Erasure, Export, RetentionRule
from rapport.kernel.privacy.schemas import (
    ErasureIn,
    ErasureOut,
    ExportIn,
    ExportOut,
    ForecastIn,
    ForecastOut,
    KindOut,
    LinkOut,
    PersonOut,
    RuleIn,
    RuleOut,
    RulePatch,
)
from rapport.kernel.schemas import CursorMalformed, Page, decode_cursor, encode_cursor

EXPORTS: Final = Limit("privacy.exports", 20, timedelta(hours=1))
FORECASTS: Final = Limit("privacy.forecasts", 30, timedelta(minutes=1))

router = APIRouter(prefix="/privacy", tags=["privacy"], route_class=AgentRoute)
downloads = APIRouter(tags=["privacy"])

CanExport = Annotated[Ctx, Depends(Permitted("customers.export"))]
CanErase = Annotated[Ctx, Depends(Permitted("customers.erase"))]
CanManage = Annotated[Ctx, Depends(Permitted("privacy.manage"))]
PageSize = Annotated[int, Query(ge=1, le=100)]


@router.get("/people/{person_id}", responses=problems(Forbidden, NotFound))
async def read_person(person_id: UUID, ctx: CanErase) -> PersonOut:
    """A customer as they must be named to be erased; of a merged one, who they became."""
    return PersonOut.model_validate(await identify(ctx, person_id))


@router.post(
    "/exports",
    status_code=202,
    response_model=ExportOut,
    responses=problems(Forbidden, NotFound, TooMany),
)
async def ask_for_export(body: ExportIn, ctx: CanExport) -> Export:
    """Have everything known about a customer put into one file."""
    await take_within(ctx, EXPORTS, str(ctx.workspace_id))
    return await exports.ask(ctx, body.person_id)


@router.get("/exports", responses=problems(Forbidden, CursorMalformed))
async def list_exports(
    ctx: CanExport, person_id: UUID | None = None, cursor: str | None = None, limit: PageSize = 20
) -> Page[ExportOut]:
    """Exports, the latest first; those of one customer when named."""
    rows = await exports.page(ctx, person_id=person_id, before=_before(cursor), limit=limit + 1)
    items = [ExportOut.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=_next(rows, limit))


@router.get(
    "/exports/{export_id}", response_model=ExportOut, responses=problems(Forbidden, ExportNotFound)
)
async def read_export(export_id: UUID, ctx: CanExport) -> Export:
    """One export, and how far it has come."""
    return await exports.get(ctx, export_id)


@router.post(
    "/exports/{export_id}/link", responses=problems(Forbidden, ExportNotFound, ExportNotReady)
)
async def link_export(export_id: UUID, ctx: CanExport) -> LinkOut:
    """A link to the file of an export that works for five minutes."""
    url, until = await exports.link(ctx, export_id)
    return LinkOut(url=url, expires_at=until)


@downloads.get(
    "/exports/{token}",
    response_class=StreamingResponse,
    responses=problems(LinkRefused, ExportNotFound, ExportNotReady, FileNotFound),
)
async def download_export(token: str, request: Request) -> StreamingResponse:
    """The file of an export, for whoever holds its link while it works."""
    database: Database = request.app.state.database
    export, pieces = await exports.fetch(database, token)
    headers = {
        "content-disposition": f'attachment; filename="customer-{export.person_id}.zip"',
        "content-length": str(export.size_bytes),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


@router.post(
    "/erasures",
    status_code=202,
    response_model=ErasureOut,
    responses=problems(Forbidden, NotFound, ConfirmationDiffers),
)
async def ask_for_erasure(body: ErasureIn, ctx: CanErase) -> Erasure:
    """Have a customer forgotten, with everybody merged into them. It cannot be undone."""
    return await erasures.ask(
        ctx, body.person_id, confirmation=body.confirmation, reason=body.reason
    )


@router.get("/erasures", responses=problems(Forbidden, CursorMalformed))
async def list_erasures(
    ctx: CanErase, person_id: UUID | None = None, cursor: str | None = None, limit: PageSize = 20
) -> Page[ErasureOut]:
    """Erasures, the latest first; those of one customer when named."""
    rows = await erasures.page(ctx, person_id=person_id, before=_before(cursor), limit=limit + 1)
    items = [ErasureOut.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=_next(rows, limit))


@router.get(
    "/erasures/{erasure_id}",
    response_model=ErasureOut,
    responses=problems(Forbidden, ErasureNotFound),
)
async def read_erasure(erasure_id: UUID, ctx: CanErase) -> Erasure:
    """One erasure, and how far it has come."""
    return await erasures.get(ctx, erasure_id)


@router.get("/retention/kinds", response_model=list[KindOut], responses=problems(Forbidden))
async def list_retention_kinds(ctx: CanManage) -> list[Kind]:
    """What may be kept for a limited time."""
    return sorted(rooms.kinds().values(), key=lambda kind: kind.key)


@router.get("/retention/rules", response_model=list[RuleOut], responses=problems(Forbidden))
async def list_retention_rules(ctx: CanManage) -> Sequence[RetentionRule]:
    """The retention rules, and what their last runs did."""
    return await retention.rules(ctx)


@router.post(
    "/retention/rules",
    status_code=201,
    response_model=RuleOut,
    responses=problems(Forbidden, RuleExists, RuleUnknown),
)
async def add_retention_rule(body: RuleIn, ctx: CanManage) -> RetentionRule:
    """Add a retention rule; it works from the next night on."""
    return await retention.add(ctx, body)


@router.patch(
    "/retention/rules/{rule_id}",
    response_model=RuleOut,
    responses=problems(Forbidden, RuleNotFound, RuleUnknown),
)
async def change_retention_rule(rule_id: UUID, body: RulePatch, ctx: CanManage) -> RetentionRule:
    """Change a retention rule."""
    return await retention.change(ctx, rule_id, body)


@router.delete(
    "/retention/rules/{rule_id}", status_code=204, responses=problems(Forbidden, RuleNotFound)
)
async def remove_retention_rule(rule_id: UUID, ctx: CanManage) -> None:
    """Remove a retention rule."""
    await retention.remove(ctx, rule_id)


@router.post(
    "/retention/forecast",
    response_model=ForecastOut,
    responses=problems(Forbidden, RuleUnknown, TooMany),
)
async def forecast_retention(body: ForecastIn, ctx: CanManage) -> retention.Forecast:
    """What a rule would deal with if it ran now. Nothing happens."""
    await take_within(ctx, FORECASTS, str(ctx.workspace_id))
    return await retention.forecast(ctx, body.kind, body.effect, body.inbox_id, body.after_days)


def _before(cursor: str | None) -> UUID | None:
    return decode_cursor(cursor, UUID)[0] if cursor else None


def _next(rows: Sequence[Export] | Sequence[Erasure], limit: int) -> str | None:
    return encode_cursor([rows[limit - 1].id]) if len(rows) > limit else None
