"""What every kind of answer tells the browser: what may run, who may frame it, who may keep it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from rapport.server.edge import SecurityHeaders
from tests.make.auth import ORIGIN, browser
from tests.server.furniture import Furnished

PAGES = ["/", "/inbox/mine", "/settings/audit", "/sign-in", "/help/w/{slug}/en", "/demo"]
LANE = "/widget/v1/conversations/00000000-0000-0000-0000-000000000000/messages"
DATA = [
    *("/v1/me", "/v1/nothing", "/v1/audit", "/v1/audit/export", "/v1/openapi.json"),
    *("/health/live", "/health/ready", "/metrics", "/widget/v1/config?key={key}"),
    *(LANE, "/files/nonsense"),
]
PARTS = ["/widget.js", "/favicon.svg", "/demo/shop.css", "/demo/shop.js"]
FRAME = "/widget/frame?key={key}"
FOR_OTHERS = {"/widget.js", FRAME}
"""What other web sites load by design."""


@pytest.fixture
async def client(app: FastAPI, furnished: Furnished) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app, furnished.owner) as client:
        yield client


async def fetch(client: httpx.AsyncClient, furnished: Furnished, path: str) -> httpx.Response:
    places = {"slug": str(furnished.workspace_id), "key": furnished.things["key"]}
    return await client.get(path.format(**places))


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    """The content security policy by its directives."""
    directives = answer.headers["content-security-policy"].split(";")
    return {words[0]: words[1:] for d in directives if (words := d.split())}


async def test_every_answer_forbids_guessing_and_names_who_may_load_it(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    for path in [*PAGES, *DATA, *PARTS, FRAME]:
        answer = await fetch(client, furnished, path)

        assert answer.status_code < 500 or path == "/health/ready", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        if path == LANE:  # JSON for a bearer, whoever's page asks
            continue
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", path
        assert "camera=()" in answer.headers["permissions-policy"], path
        loaders = {"same-origin", "cross-origin"} if path in FOR_OTHERS else {"same-origin"}
        assert answer.headers["cross-origin-resource-policy"] in loaders, path
        assert answer.headers["referrer-policy"], path


async def test_no_page_allows_inline_code_or_code_of_others(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    for path in [*PAGES, FRAME]:
        policy = policy_of(await fetch(client, furnished, path))

        assert set(policy.get("script-src", policy["default-src"])) <= {"'self'", "'none'"}, path
        loads = {w for name, words in policy.items() if name.endswith("-src") for w in words}
        assert not loads & {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"}, path
        assert policy["base-uri"] == ["'none'"], path
        assert policy.get("object-src", policy["default-src"]) == ["'none'"], path
        assert policy["form-action"] in (["'self'"], ["'none'"]), path


async def test_no_page_of_ours_is_shown_in_a_frame_of_others(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    for path in PAGES:
        answer = await fetch(client, furnished, path)

        assert policy_of(answer)["frame-ancestors"] in (["'none'"], ["'self'"]), path
        assert answer.headers["x-frame-options"] in {"DENY", "SAMEORIGIN"}, path


async def test_each_console_page_has_a_mark_of_its_own(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/"), await client.get("/")

    marks = [policy_of(answer)["style-src"][1] for answer in (first, second)]
    assert marks[0] != marks[1]
    assert marks[0].removeprefix("'nonce-").removesuffix("'") in first.text
    assert first.headers["cache-control"] == "no-store"


async def test_data_opened_as_a_page_loads_runs_and_sends_nothing(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    for path in DATA:
        if path != LANE:
            assert policy_of(await fetch(client, furnished, path))["default-src"] == ["'none'"]


async def test_the_chat_is_framed_only_where_the_inbox_allows_it(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    inbox = f"/v1/inboxes/{furnished.things['inbox_id']}/webchat"
    everywhere = policy_of(await fetch(client, furnished, FRAME))
    allowed = {"allowed_origins": ["https://shop.example"]}
    assert (await client.patch(inbox, json=allowed)).is_success

    answer = await fetch(client, furnished, FRAME)

    assert everywhere["frame-ancestors"] == ["*"]
    assert policy_of(answer)["frame-ancestors"] == ["'self'", "https://shop.example"]
    assert "x-frame-options" not in answer.headers


async def test_a_file_opened_as_a_page_is_in_a_sandbox(
    client: httpx.AsyncClient, furnished: Furnished
) -> None:
    file = {"file": ("a.txt", b"Plain words", "text/plain")}
    sent = (await client.post("/v1/files", files=file)).json()

    answer = await client.get(next(v for v in sent.values() if "/files/" in str(v)))

    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("https", [True, False])
async def test_browsers_are_told_to_stay_with_https_where_there_is_https(https: bool) -> None:
    async def answer(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    wrapped: ASGIApp = SecurityHeaders(answer, https=https)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(wrapped), base_url=ORIGIN) as client:
        told = (await client.get("/")).headers.get("strict-transport-security", "")

    assert ("max-age=31536000" in told) is https
