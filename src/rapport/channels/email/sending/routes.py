"""Mail that agents send, and the page by which others ask for no more."""

from html import escape
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import HTMLResponse

from rapport.channels.delivery import service as deliveries
from rapport.channels.delivery.schemas import DeliveryOut
from rapport.channels.email.sending import service as sending
from rapport.channels.email.sending import unsubscribing
from rapport.channels.email.sending.errors import (
    MailNotPossible,
    MailTooLarge,
    NoRecipient,
    OwnAddress,
    RecipientUnsubscribed,
    SendAtTooLate,
    TooManyRecipients,
)
from rapport.channels.email.sending.schemas import MailIn, MailingOut, NewMailIn, ReplyOut
from rapport.channels.email.settings.errors import NotAMailbox
from rapport.conversations.errors import ConversationNotFound, InboxNotFound, NewerMessages
from rapport.kernel.auth.http import AgentRoute
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, Unauthenticated
from rapport.kernel.http import Permitted, problems
from rapport.kernel.i18n.texts import direction, negotiate, t
from rapport.kernel.secrets.keyring import KeyRing

router = APIRouter(
    tags=["mail"], route_class=AgentRoute, responses=problems(Unauthenticated, Forbidden)
)
pages = APIRouter(include_in_schema=False)
CanRead = Annotated[Ctx, Depends(Permitted("conversations.read"))]
CanReply = Annotated[Ctx, Depends(Permitted("conversations.reply"))]
CanStart = Annotated[Ctx, Depends(Permitted("conversations.start"))]
_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@router.get("/conversations/{conversation_id}/mail/reply", responses=problems(ConversationNotFound))
async def read_mail_defaults(conversation_id: UUID, ctx: CanRead) -> ReplyOut:
    """What an answer by mail begins with: from whom, to whom, its subject, and what is known."""
    return await sending.defaults(ctx, conversation_id)


@router.post(
    "/conversations/{conversation_id}/mail",
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        ConversationNotFound,
        NotAMailbox,
        NewerMessages,
        MailNotPossible,
        MailTooLarge,
        NoRecipient,
        OwnAddress,
        TooManyRecipients,
        SendAtTooLate,
    ),
)
async def write_mail(conversation_id: UUID, body: MailIn, ctx: CanReply) -> DeliveryOut:
    """Answer by mail. It is held while it can be taken back, then it is a message and sent."""
    if body.resolve and "conversations.resolve" not in ctx.actor.permissions:
        raise Forbidden("This needs the permission 'conversations.resolve'.")
    return await deliveries.describe(ctx, await sending.reply(ctx, conversation_id, body))


@router.post(
    "/mails",
    status_code=status.HTTP_201_CREATED,
    responses=problems(
        InboxNotFound,
        NotAMailbox,
        MailNotPossible,
        MailTooLarge,
        OwnAddress,
        TooManyRecipients,
        RecipientUnsubscribed,
        SendAtTooLate,
    ),
)
async def start_mail(body: NewMailIn, ctx: CanStart) -> MailingOut:
    """Begin a conversation with a mail to somebody, held as an answer is."""
    return await sending.begin(ctx, body)


@pages.get(unsubscribing.PATH + "/{token}")
async def unsubscribe_page(token: str, request: Request) -> HTMLResponse:
    """Ask whether whoever opened the link means it: programs open links, too."""
    unsubscribing.wish_of(_database(request).ports.get(KeyRing), token)
    return _page(request, "Do you want to get no more mail from us?", "Unsubscribe")


@pages.post(unsubscribing.PATH + "/{token}")
async def unsubscribe(token: str, request: Request) -> HTMLResponse:
    """Write to this recipient no more, except to answer; one click in a mail program is enough."""
    database = _database(request)
    wish = unsubscribing.wish_of(database.ports.get(KeyRing), token)
    async with database.begin(wish.workspace_id, SYSTEM) as ctx:
        await unsubscribing.unsubscribe(ctx, wish.delivery_id)
    return _page(request, "You will get no more mail from us, except answers to yours.")


def _page(request: Request, says: str, button: str | None = None) -> HTMLResponse:
    locale = negotiate(accept_language=request.headers.get("accept-language"))
    asked = ""
    if button is not None:
        asked = f'<form method="post"><button>{escape(t(locale, button))}</button></form>'
    title = escape(t(locale, says))
    html = (
        f'<!DOCTYPE html><html lang="{locale}" dir="{direction(locale)}"><head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{asked}</main></body></html>"
    )
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    return HTMLResponse(html, headers=headers)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
