"""Letting us into a mailbox at its provider, by OAuth."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import OAuth
from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from tests.channels.email.settings.conftest import allow
from tests.channels.email.settings.test_mailboxes import IMAP, SMTP, made
from tests.conftest import Begin, Clock
from tests.make.auth import browser, person
from tests.make.serving import listening

OAUTH = {"auth": "oauth", "provider": "google"}


@dataclass
class Provider:
    """Gives tokens for the code `good`, to a client that proves it began."""

    port: int = 0
    told: dict[str, Any] = field(
        default_factory=lambda: {
            "access_token": "access",
            "refresh_token": "refresh",
            "expires_in": 3599,
        }
    )
    asked: list[dict[str, str]] = field(default_factory=list)
    challenge: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def token(self, request: Request) -> JSONResponse:
        form = dict(parse_qsl((await request.body()).decode()))
        self.asked.append(form)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        if form["code"] != "good" or not proved:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(self.told)


@pytest.fixture
async def provider(database: Database) -> AsyncIterator[Provider]:
    provider = Provider()
    app = Starlette(routes=[Route("/token", provider.token, methods=["POST"])])
    async with listening(app) as port:
        provider.port = port
        allow(database, f"127.0.0.1:{port}")
        yield provider


async def departed(
    http: httpx.AsyncClient, provider: Provider, box: dict[str, Any]
) -> dict[str, str]:
    """Begin; what stands in the address that the browser visits."""
    answer = await http.post(
        f"/v1/email/mailboxes/{box['inbox_id']}/oauth",
        json={
            "provider": "google",
            "client_id": "our-client",
            "client_secret": "our-secret",
            "authorize_url": f"{provider.url}/authorize",
            "token_url": f"{provider.url}/token",
        },
    )
    assert answer.status_code == 200, answer.text
    query = dict(parse_qsl(urlsplit(answer.json()["url"]).query))
    assert query["redirect_uri"] == answer.json()["redirect_uri"]
    provider.challenge = query["code_challenge"]
    return query


async def kept(begin: Begin, box: dict[str, Any]) -> OAuth | None:
    async with begin() as ctx:
        row = await settings.mailbox(ctx, UUID(box["inbox_id"]))
        return (await settings.secrets_of(ctx, row)).oauth


async def test_a_mailbox_is_open_after_coming_back(
    admin: httpx.AsyncClient, provider: Provider, begin: Begin, clock: Clock
) -> None:
    box = await made(admin, incoming=IMAP | OAUTH, outgoing=SMTP | OAUTH)

    query = await departed(admin, provider, box)
    answer = await admin.post(
        "/v1/email/oauth/finish", json={"state": query["state"], "code": "good"}
    )

    assert (query["scope"], query["access_type"]) == ("https://mail.google.com/", "offline")
    assert (query["code_challenge_method"], query["login_hint"]) == ("S256", "help@example.com")
    assert answer.json()["is_signed_in"] is True
    assert "refresh" not in answer.text
    assert await kept(begin, box) == OAuth(
        refresh_token="refresh",
        access_token="access",
        expires_at=clock() + timedelta(seconds=3599),
        client_id="our-client",
        client_secret="our-secret",
        token_url=f"{provider.url}/token",
    )
    assert provider.asked[0]["redirect_uri"] == query["redirect_uri"]


async def test_what_comes_back_is_good_once_and_for_a_while(
    admin: httpx.AsyncClient, provider: Provider, clock: Clock
) -> None:
    box = await made(admin, incoming=IMAP | OAUTH)
    first = {"state": (await departed(admin, provider, box))["state"], "code": "good"}
    done = await admin.post("/v1/email/oauth/finish", json=first)
    again = await admin.post("/v1/email/oauth/finish", json=first)

    second = {"state": (await departed(admin, provider, box))["state"], "code": "good"}
    clock.forward(minutes=16)
    late = await admin.post("/v1/email/oauth/finish", json=second)

    assert done.status_code == 200
    for answer in (again, late):
        assert (answer.status_code, answer.json()["code"]) == (422, "mail_sign_in_expired")


async def test_nobody_else_finishes_what_somebody_began(
    admin: httpx.AsyncClient,
    app: FastAPI,
    database: Database,
    workspace: UUID,
    stranger: UUID,
    provider: Provider,
    begin: Begin,
) -> None:
    box = await made(admin, incoming=IMAP | OAUTH)

    for where in (workspace, stranger):
        state = (await departed(admin, provider, box))["state"]
        async with browser(app, await person(database, where, Role.OWNER)) as http:
            answer = await http.post(
                "/v1/email/oauth/finish", json={"state": state, "code": "good"}
            )
        assert answer.json()["code"] == "mail_sign_in_expired"
    assert await kept(begin, box) is None
    assert provider.asked == []


async def test_a_refusal_of_the_provider_is_said(
    admin: httpx.AsyncClient, provider: Provider, begin: Begin
) -> None:
    box = await made(admin, incoming=IMAP | OAUTH)

    state = (await departed(admin, provider, box))["state"]
    refused = await admin.post("/v1/email/oauth/finish", json={"state": state, "code": "bad"})
    del provider.told["refresh_token"]
    state = (await departed(admin, provider, box))["state"]
    passing = await admin.post("/v1/email/oauth/finish", json={"state": state, "code": "good"})

    assert refused.json()["code"] == passing.json()["code"] == "mail_sign_in_refused"
    assert "invalid_grant" in refused.json()["detail"]
    assert "offline" in passing.json()["detail"]
    assert await kept(begin, box) is None


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "other"},
        {"provider": "other", "authorize_url": "https://a.example", "scope": "x"},
        {"provider": "google", "token_url": "http://token.example/token"},
        {"provider": "google", "authorize_url": "javascript:alert(1)"},
    ],
)
async def test_a_provider_needs_addresses_that_are_safe(
    admin: httpx.AsyncClient, body: dict[str, str]
) -> None:
    box = await made(admin)

    answer = await admin.post(
        f"/v1/email/mailboxes/{box['inbox_id']}/oauth", json={"client_id": "c", **body}
    )

    assert answer.status_code == 422
