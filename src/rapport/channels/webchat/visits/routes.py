"""What widgets tell of the pages they are on: only of visitors who allow it."""

from typing import Final

from fastapi import APIRouter, Request

from rapport.channels.webchat.errors import OriginRefused, VisitorUnknown
from rapport.channels.webchat.limits import EVENTS, VisitorLimits
from rapport.channels.webchat.routes import Me, Work, mine
from rapport.channels.webchat.visits.schemas import VisitIn, VisitorConsentIn, VisitsIn
from rapport.customers import service as customers
from rapport.customers.tracking import service as tracking
from rapport.customers.tracking.schemas import Call
from rapport.kernel.auth.http import database_of, user_agent
from rapport.kernel.context import Ctx
from rapport.kernel.errors import TooMany
from rapport.kernel.http import problems

CHANNEL: Final = "web"
router = APIRouter(
    tags=["widget"],
    prefix="/widget/v1",
    route_class=mine.route_class,
    responses=problems(VisitorUnknown, OriginRefused, TooMany),
)


@router.post("/events", status_code=204)
async def track_visitor(body: VisitsIn, ctx: Work, me: Me, request: Request) -> None:
    """Note what the visitor did on the page; of one who did not allow it, nothing is kept."""
    VisitorLimits.of(database_of(request)).take(EVENTS, str(me.session_id))
    calls = [_call(ctx, me.session_id.hex, one) for one in body.events]
    await tracking.note(ctx, me.customer_id, calls)


@router.put("/consent", status_code=204)
async def record_visitor_consent(
    body: VisitorConsentIn, ctx: Work, me: Me, request: Request
) -> None:
    """Note whether the visitor lets us keep what they do on the page."""
    VisitorLimits.of(database_of(request)).take(EVENTS, str(me.session_id))
    await customers.record_consent(
        ctx,
        me.customer_id,
        purpose=tracking.PAGES[0],
        is_granted=body.is_granted,
        source="widget",
        words=body.words,
        proof={"agent": user_agent(request)},
    )


def _call(ctx: Ctx, session: str, one: VisitIn) -> Call:
    at = one.at if one.at is not None and one.at.tzinfo is not None else ctx.now()
    return Call(
        kind=one.kind,
        message_id=f"{session}:{one.id}",
        user_id=None,
        anonymous_id=session,
        previous_id=None,
        group_id=None,
        name=one.name,
        traits={},
        properties={"url": one.url} if one.kind == "page" else dict(one.properties),
        context={},
        at=min(at, ctx.now()),
    )
