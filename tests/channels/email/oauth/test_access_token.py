import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from rapport.channels.email.oauth import OAuthRefused, access_token, forget
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import OAuth, Secrets
from rapport.kernel import egress
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from tests.conftest import Clock
from tests.make import mailboxes
from tests.make.mailboxes import Box
from tests.oauth_server import CLIENT, CLIENT_SECRET, OAuthServer


@pytest.fixture
def provider() -> Iterator[OAuthServer]:
    with OAuthServer() as provider:
        yield provider


async def connected(database: Database, workspace: UUID, provider: OAuthServer, **held: Any) -> Box:
    given = {
        "refresh_token": provider.sign_in("ada"),
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
        "token_url": provider.token_url,
    } | held
    secrets = {"imap_password": "stays", "oauth": given}
    return await mailboxes.mailbox(database, workspace, secrets=secrets)


async def token(
    database: Database, box: Box, provider: OAuthServer, *, is_allowed: bool = True
) -> str:
    async with (
        egress.client(allow=[provider.pair] if is_allowed else []) as client,
        database.begin(box.workspace_id, SYSTEM) as ctx,
    ):
        mailbox = await settings.mailbox(ctx, box.inbox_id)
        return await access_token(ctx, mailbox, client=client)


async def kept(database: Database, box: Box) -> Secrets:
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        return await settings.secrets_of(ctx, await settings.mailbox(ctx, box.inbox_id))


async def oauth_of(database: Database, box: Box) -> OAuth:
    held = (await kept(database, box)).oauth
    assert held is not None
    return held


async def test_a_token_is_used_until_shortly_before_its_end(
    database: Database, workspace: UUID, clock: Clock, provider: OAuthServer
) -> None:
    box = await connected(database, workspace, provider)

    first = await token(database, box, provider)
    clock.forward(minutes=57)
    again = await token(database, box, provider)
    clock.forward(minutes=2)
    renewed = await token(database, box, provider)

    assert first == again != renewed
    assert provider.asked == 2
    assert (await kept(database, box)).imap_password == "stays"


async def test_a_refresh_token_that_changes_is_kept(
    database: Database, workspace: UUID, clock: Clock, provider: OAuthServer
) -> None:
    provider.changes_refresh_tokens = True
    box = await connected(database, workspace, provider)
    before = await oauth_of(database, box)

    await token(database, box, provider)
    clock.forward(hours=2)
    await token(database, box, provider)

    after = await oauth_of(database, box)
    assert after.refresh_token != before.refresh_token
    assert after.refresh_token in provider.refresh_tokens


async def test_many_who_ask_at_once_ask_the_provider_once(
    database: Database, workspace: UUID, provider: OAuthServer
) -> None:
    provider.changes_refresh_tokens = True
    box = await connected(database, workspace, provider)

    tokens = await asyncio.gather(*(token(database, box, provider) for _ in range(8)))

    assert len(set(tokens)) == 1
    assert provider.asked == 1


async def test_who_is_not_let_in_must_sign_in_again(
    database: Database, workspace: UUID, provider: OAuthServer
) -> None:
    revoked = await connected(database, workspace, provider, refresh_token="revoked")
    stranger = await connected(database, workspace, provider, client_secret="guessed")
    nobody = await mailboxes.mailbox(database, workspace)

    for box in (revoked, stranger, nobody):
        with pytest.raises(OAuthRefused):
            await token(database, box, provider)


async def test_a_token_that_a_server_refused_is_not_used_again(
    database: Database, workspace: UUID, provider: OAuthServer
) -> None:
    box = await connected(database, workspace, provider)
    refused = await token(database, box, provider)

    for wrong in ("another", refused):
        async with database.begin(workspace, SYSTEM) as ctx:
            await forget(ctx, await settings.mailbox(ctx, box.inbox_id), wrong)

    assert await token(database, box, provider) != refused
    assert provider.asked == 2


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"error": "down"}),
        (400, {"error": "temporarily_unavailable"}),
        (200, b"<html>"),
        (200, {}),
        (200, b"[]"),
        (302, {}),
    ],
)
async def test_a_provider_that_stumbles_is_asked_again_later(
    database: Database,
    workspace: UUID,
    provider: OAuthServer,
    answer: tuple[int, dict[str, Any] | bytes],
) -> None:
    provider.answer = answer
    box = await connected(database, workspace, provider)

    with pytest.raises(Unreachable):
        await token(database, box, provider)


async def test_a_word_about_how_long_it_lasts_is_optional(
    database: Database, workspace: UUID, clock: Clock, provider: OAuthServer
) -> None:
    provider.lasts_s = "soon"
    box = await connected(database, workspace, provider)

    await token(database, box, provider)

    held = await oauth_of(database, box)
    assert held.expires_at is not None
    assert (held.expires_at - clock()).total_seconds() == 3_600


async def test_a_provider_inside_our_own_network_is_not_called(
    database: Database, workspace: UUID, provider: OAuthServer
) -> None:
    box = await connected(database, workspace, provider)

    with pytest.raises(egress.AddressRefused):
        await token(database, box, provider, is_allowed=False)

    assert provider.asked == 0
