"""Sending by servers that are opened by access tokens (XOAUTH2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from rapport.channels.delivery import service as deliveries
from rapport.channels.email.models import Mailbox
from rapport.channels.email.settings import service as settings
from rapport.channels.email.setup.health import service as health
from rapport.kernel.context import SYSTEM
from rapport.kernel.settings.process import Settings
from tests.make.answers import Desk
from tests.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer
from tests.token_sink import TokenSink

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

US = "desk@shop.example"


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[TokenSink]:
    """The mail server of a provider, which the desk sends by."""
    with OAuthServer() as provider:
        async with TokenSink(provider=provider) as sink:
            found = desk.database.ports.get(Settings)
            allowed = found.model_copy(update={"egress_allow": [sink.pair, provider.pair]})
            desk.database.ports.provide(Settings, allowed)
            desk.sink = sink
            yield sink


def held(provider: OAuthServer) -> dict[str, Any]:
    """What somebody leaves with us who signs in at the provider."""
    return {
        "refresh_token": provider.sign_in(US),
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "token_url": provider.token_url,
    }


@pytest.fixture
async def mailbox(desk: Desk, server: TokenSink) -> Mailbox:
    return await desk.set_up(
        address=US,
        outgoing={**server.outgoing, "user": US, "auth": "oauth"},
        secrets={"oauth": held(server.provider)},
    )


async def test_mails_go_out_by_a_token_that_is_asked_for_once(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    talk = await desk.get(mailbox=mailbox)

    await desk.sent(talk, "One")
    desk.clock.forward(minutes=57)
    await desk.sent(talk, "Two")

    assert [user for user, _ in server.shown] == [US, US]
    assert (len(server.taken), server.provider.asked) == (2, 1)
    assert server.answers_to_challenges == []


async def test_a_token_is_renewed_shortly_before_its_end(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    talk = await desk.get(mailbox=mailbox)
    await desk.sent(talk, "One")

    desk.clock.forward(minutes=59)
    await desk.sent(talk, "Two")

    assert (len(server.taken), server.provider.asked) == (2, 2)
    assert len({token for _, token in server.shown}) == 2
    assert server.answers_to_challenges == []


async def test_a_token_refused_before_its_time_is_changed_for_a_fresh_one(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    talk = await desk.get(mailbox=mailbox)
    await desk.sent(talk, "One")
    server.provider.end_all()

    await desk.sent(talk, "Two")

    assert ((await desk.last()).state, len(server.taken)) == ("sent", 2)
    assert (server.answers_to_challenges, server.provider.asked) == ([b""], 2)


async def test_a_server_that_takes_no_token_is_asked_twice_and_left_for_a_while(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    server.refuses_all = True
    talk = await desk.get(mailbox=mailbox)

    await desk.answer(talk)
    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason, waits.attempts) == ("queued", "oauth_refused", 0)
    assert "535 5.7.8" in (waits.response or "")
    assert (len(server.shown), server.provider.asked) == (2, 2)
    assert waits.due_at > desk.clock()


async def test_who_was_shut_out_is_told_so_and_sends_after_signing_in_again(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    talk = await desk.get(mailbox=mailbox)
    await desk.sent(talk, "One")
    server.provider.refresh_tokens.clear()
    server.provider.end_all()

    await desk.answer(talk, "Two")
    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason, waits.attempts) == ("queued", "oauth_refused", 0)
    assert waits.response == (
        "The provider does not let us into this mailbox any more; sign in there again."
    )
    desk.clock.forward(minutes=2)
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        shown = (await health.of_mailbox(ctx, mailbox.id)).outgoing
        assert (shown.state, shown.reason, shown.waiting) == ("failing", "oauth_refused", 1)
        row = await settings.mailbox(ctx, mailbox.id)
        kept = await settings.secrets_of(ctx, row)
        fresh = type(kept).model_validate({"oauth": held(server.provider)})
        await settings.change_secrets(ctx, row, fresh)
        await deliveries.resume(ctx, mailbox.id)

    await desk.work()

    assert ((await desk.last()).state, len(server.taken)) == ("sent", 2)


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
            "the Tenant.",
            "access_switched_off",
        ),
        ("454 4.7.0 Temporary authentication failure.", "server_busy"),
        ("454 4.7.0 Cannot authenticate due to a problem on our side.", "oauth_refused"),
        ("421 4.7.0 Too many connections", "too_many_connections"),
    ],
)
async def test_where_no_fresh_token_helps_none_is_asked_for(
    desk: Desk, server: TokenSink, mailbox: Mailbox, refusal: str, reason: str
) -> None:
    server.refuses_all, server.refusal = True, refusal
    talk = await desk.get(mailbox=mailbox)

    await desk.answer(talk)
    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason) == ("queued", reason)
    assert (len(server.shown), server.provider.asked) == (1, 1)


async def test_a_provider_that_does_not_answer_is_waited_for(
    desk: Desk, server: TokenSink, mailbox: Mailbox
) -> None:
    server.provider.answer = (503, {"error": "down"})
    talk = await desk.get(mailbox=mailbox)
    await desk.answer(talk)

    await desk.work()

    waits = await desk.last()
    assert (waits.state, waits.reason, server.connections) == ("queued", "no_answer", 0)
    server.provider.answer = None
    desk.clock.forward(minutes=10)
    await desk.work()
    assert (await desk.last()).state == "sent"
