"""Who did what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from rapport.kernel.audit import service as audit
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.auth.schemas import DeedOut, VerdictOut
from rapport.kernel.context import Ctx
from rapport.kernel.errors import Forbidden
from rapport.kernel.http import Permitted, problems
from rapport.kernel.schemas import CursorMalformed, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/audit", tags=["audit"], route_class=AgentRoute)
routers = (router,)
CanRead = Annotated[Ctx, Depends(Permitted("audit.read"))]


@router.get("", responses=problems(Forbidden, CursorMalformed))
async def list_audit_records(
    ctx: CanRead,
    cursor: str | None = None,
    verb: Annotated[str | None, Query(max_length=100)] = None,
    subject: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[DeedOut]:
    """The audit record, the latest first."""
    before: int | None = decode_cursor(cursor, int)[0] if cursor else None
    deeds = await audit.page(ctx, before=before, limit=limit + 1, verb=verb, subject=subject)
    shown = [DeedOut.model_validate(deed) for deed in deeds[:limit]]
    more = encode_cursor([shown[-1].seq]) if len(deeds) > limit else None
    return Page[DeedOut](items=shown, next=more)


@router.get("/verification", response_model=VerdictOut, responses=problems(Forbidden))
async def verify_audit_records(ctx: CanRead) -> audit.Verdict:
    """Recompute the whole chain, and say whether a record was changed or removed."""
    return await audit.verify(ctx)
