"""Visitors: coming, coming back, saying who they are, and leaving."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat.errors import IdentityRequired
from rapport.channels.webchat.events import VisitorSessionEnded
from rapport.channels.webchat.identity import Identity
from rapport.channels.webchat.models import VisitorSession, WebChat
from rapport.channels.webchat.repository import SessionRepository, Visitor, live_merge
from rapport.channels.webchat.schemas import (
    FirstMessageIn,
    SessionIn,
    SessionOut,
    StartedOut,
    VisitorOut,
    VisitorPatch,
)
from rapport.channels.webchat.visitors import SESSION_LIFETIME, VERIFIED_FOR, Visitors
from rapport.conversations import service as conversations
from rapport.conversations.moving import service as moving
from rapport.customers import service as customers
from rapport.customers.errors import IdentityTaken
from rapport.customers.models import Customer
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.auth.tokens import digest, new_token
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit, head
from rapport.kernel.ids import new_id
from rapport.kernel.urls import is_web_address

IDENTITY_CHANNEL: Final = "website"
"""The channel of an identity that a web site proved: its own name for the person."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor who has a session now."""

    token: str
    customer: Customer
    visitor_id: UUID
    """As whom they come; another id than the customer's once agents merged them into another."""
    is_verified: bool


async def arrive(ctx: Ctx, chat: WebChat, body: SessionIn, known: Visitor | None) -> Arrival:
    """Give a browser a session: the one it had (`known`), or a new one.

    With proof of identity the visitor becomes the customer whom the web site names; what they said
    before as a stranger in this browser goes with them. Another person's session is never taken
    over: they get a new token.

    Raises:
        IdentityRefused: the proof is forged, expired or for another chat.
        IdentityRequired: this chat wants proof, and there is none.
    """
    if known is not None and known.inbox_id != chat.id:
        known = None
    if body.identity:
        return await _identified(ctx, chat, body, known)
    if chat.require_identity and not (known is not None and known.is_verified):
        raise IdentityRequired
    if known is not None and body.token:
        customer = await customers.get(ctx, known.customer_id)
        await customers.touch(ctx, customer.id)
        return Arrival(body.token, customer, known.customer_id, known.is_verified)
    customer = await customers.create(ctx, name=anonymous_name(), locale=_locale(body.locale))
    token = await _open(ctx, chat, customer, is_verified=False)
    return Arrival(token, customer, customer.id, is_verified=False)


async def _identified(ctx: Ctx, chat: WebChat, body: SessionIn, known: Visitor | None) -> Arrival:
    who = await webchats.verified_identity(ctx, chat, body.identity or "")
    customer = await _customer_of(ctx, who, known, _locale(body.locale))
    said = {"name": who.name, "email": who.email, "attributes": who.attributes or None}
    patch = {field: value for field, value in said.items() if value is not None}
    if patch:
        customer = await customers.update(ctx, customer.id, CustomerPatch.model_validate(patch))
    if known is not None and body.token:
        if known.is_verified and known.customer_id == customer.id:
            session = await SessionRepository(ctx).get(known.session_id, lock=True)
            session.verified_until = ctx.now() + VERIFIED_FOR
            return Arrival(body.token, customer, customer.id, is_verified=True)
        if not known.is_verified:
            # The old token was known to a browser in which nobody had proved anything.
            await leave(ctx, known, body.token)
    token = await _open(ctx, chat, customer, is_verified=True)
    return Arrival(token, customer, customer.id, is_verified=True)


async def _customer_of(
    ctx: Ctx, who: Identity, known: Visitor | None, locale: str | None
) -> Customer:
    """The customer whom a web site names; the stranger of this browser becomes part of them.

    A stranger whom agents merged into somebody does not: only what this browser said goes along.
    """
    if known is None or known.is_verified:
        return await _named(ctx, who, None, locale)
    customer = await customers.get(ctx, known.customer_id)
    is_stranger = not customer.verified and customer.id == known.customer_id
    customer = await _named(ctx, who, customer if is_stranger else None, locale)
    await moving.hand_over(ctx, known.customer_id, customer.id)
    return customer


async def _named(
    ctx: Ctx, who: Identity, stranger: Customer | None, locale: str | None
) -> Customer:
    """The customer whom a web site names, `stranger` made part of them."""
    if stranger is not None:
        try:
            return await customers.add_identity(
                ctx,
                stranger.id,
                IDENTITY_CHANNEL,
                who.subject,
                verified=True,
                source="token",
                verified_by="token",
            )
        except IdentityTaken:
            pass  # they have been here before, in another browser
    customer = await customers.find_or_create_by_identity(
        ctx,
        IDENTITY_CHANNEL,
        who.subject,
        name=who.name,
        email=who.email,
        verified=True,
        locale=locale,
        source="token",
        verified_by="token",
    )
    if stranger is not None and stranger.id != customer.id:
        customer = await customers.merge(ctx, stranger.id, customer.id, rule="proof")
        merge_id = await live_merge(ctx, stranger.id)
        # The visitor goes on writing at once: their conversations cannot wait for the log.
        await moving.follow(ctx, merge_id, stranger.id, customer.id)
    return customer


async def _open(ctx: Ctx, chat: WebChat, customer: Customer, *, is_verified: bool) -> str:
    """Open a session and return its token, of which only a digest is kept."""
    token, now = new_token(), ctx.now()
    session: VisitorSession = await SessionRepository(ctx).add(
        token_digest=digest(token),
        inbox_id=chat.id,
        customer_id=customer.id,
        expires_at=now + SESSION_LIFETIME,
        last_seen_at=now,
        verified_until=now + VERIFIED_FOR if is_verified else None,
        revoked_at=None,
    )
    assert session.id is not None
    return token


async def leave(ctx: Ctx, visitor: Visitor, token: str) -> None:
    """End a session; the token opens nothing any more, and what it opened closes, everywhere."""
    await SessionRepository(ctx).revoke(visitor.session_id)
    _forget(ctx, token)
    ended = VisitorSessionEnded(session_id=visitor.session_id, customer_id=visitor.customer_id)
    await emit(ctx, ended)


async def welcome(ctx: Ctx, arrival: Arrival) -> SessionOut:
    """Everything a widget shows at first. The cursor is from before the list was read."""
    cursor = await head(ctx)
    return SessionOut(
        token=arrival.token,
        visitor=describe(arrival.customer, arrival.visitor_id, is_verified=arrival.is_verified),
        conversations=await conversations.visitor_conversations(ctx, arrival.visitor_id),
        cursor=str(cursor),
    )


def describe(customer: Customer, visitor_id: UUID, *, is_verified: bool) -> VisitorOut:
    """The visitor as they may know it.

    What others proved, or said of themselves, is not told to who has proved nothing.
    """
    is_told = customer.id == visitor_id and (is_verified or not customer.verified)
    return VisitorOut(
        id=visitor_id,
        name=customer.name if is_told else "",
        email=customer.email if is_told else None,
        verified=is_verified,
    )


async def introduce(ctx: Ctx, visitor: Visitor, patch: VisitorPatch) -> Customer:
    """Note what a visitor says about themselves.

    It overwrites neither what was proved nor what is known of whom agents merged them into.
    """
    customer = await customers.get(ctx, visitor.customer_id)
    said = {f: v for f, v in patch.model_dump(exclude_unset=True).items() if v}
    if customer.verified or customer.id != visitor.customer_id:
        said = {
            field: said[field]
            for field in said
            if not getattr(customer, field) or field == "attributes"
        }
    if not said:
        return customer
    return await customers.update(ctx, customer.id, CustomerPatch.model_validate(said))


async def begin(ctx: Ctx, visitor: Visitor, body: FirstMessageIn) -> StartedOut:
    """Begin a conversation with a message; the same `client_id` again returns what it began.

    Raises:
        FileNotFound: an attachment is not this visitor's.
    """
    conversation = await conversations.start(
        ctx,
        visitor.inbox_id,
        visitor.customer_id,
        body.body,
        author_kind="customer",
        author_name=visitor.name,
        client_id=body.client_id,
        attachment_ids=body.attachment_ids,
    )
    if is_web_address(body.page_url):
        page = CustomerPatch(attributes={"page": body.page_url[:2_000]})
        await customers.update(ctx, visitor.customer_id, page)
    return StartedOut(
        conversation=await conversations.visitor_conversation(
            ctx, visitor.customer_id, conversation.id
        ),
        message=await conversations.visitor_message(ctx, visitor.customer_id, conversation.id, 1),
    )


def anonymous_name() -> str:
    """What agents call somebody who has not said their name, e.g. `Visitor 4F2A`."""
    return f"Visitor {new_id().hex[-4:].upper()}"


def _locale(given: str) -> str | None:
    parts = given.replace("_", "-").split("-")
    return given[:35] if given.isascii() and all(p.isalnum() for p in parts) else None


def _forget(ctx: Ctx, token: str) -> None:
    memory = ctx.ports.find(Visitors)
    if memory is not None:
        memory.forget(digest(token))
