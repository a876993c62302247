"""Nothing crosses: every operation of the API, tried on another workspace's things.

The operations, their addresses and bodies come from the OpenAPI document, so a new route is tried
without anybody thinking of it; one that needs a new kind of thing fails until it is given one.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.server.app import describe
from tests.make.auth import ORIGIN, api_key, browser, person, program
from tests.make.webchat import Browser, chat
from tests.server.furniture import Furnished, fingerprint
from tests.server.samples import Operation, Samples, operations

DOCUMENT = describe()
OPERATIONS = list(operations(DOCUMENT))
AGENTS_API = [o for o in OPERATIONS if o.path.startswith("/v1/")]
WIDGETS_API = [o for o in OPERATIONS if o.path.startswith("/widget/")]
REFUSALS = {401, 403, 404}
FOR_EVERYBODY = {"/v1/auth/sign-in", "/v1/auth/link", "/v1/auth/password-reset"}
FOR_EVERYBODY |= {"/v1/auth/password-reset/confirm", "/v1/invitations/accept"}
FOR_EVERYBODY |= {"/v1/invitations/{token}/preview"}
FOR_EVERYBODY |= {"/v1/auth/ways", "/v1/auth/second-factor", "/v1/auth/passkey"}
FOR_EVERYBODY |= {"/v1/auth/passkey/options", "/v1/auth/oidc/{provider_id}"}
FOR_EVERYBODY |= {"/v1/auth/oidc/{provider_id}/callback"}
"""Where a secret in the request, and nothing else, says who asks."""


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield client


async def _try_all(
    client: httpx.AsyncClient,
    tried: list[Operation],
    furnished: Furnished,
    headers: dict[str, str] | None = None,
) -> list[str]:
    """What went wrong: an operation that answered, or told, what it should not."""
    samples = Samples(DOCUMENT, furnished.things)
    faults = []
    for operation in tried:
        answer = await client.request(**samples.request(operation), headers=headers)
        names_theirs = bool(set(operation.parameters) - {"name", "number"})
        if furnished.canary in answer.text:
            faults.append(f"{operation} tells the canary")
        elif answer.status_code >= 500:
            faults.append(f"{operation} → {answer.status_code} {answer.text}")
        elif names_theirs and answer.status_code not in REFUSALS:
            faults.append(f"{operation} → {answer.status_code} {answer.text[:200]}")
    return faults


def _ends_own_session(operation: Operation) -> bool:
    return operation.path in {"/v1/auth/sign-out", "/v1/me/email", "/v1/me/password"} or (
        operation.method == "DELETE" and operation.path == "/v1/auth/sessions"
    )


@pytest.mark.parametrize("role", list(Role))
async def test_a_member_of_another_workspace_reaches_nothing(
    app: FastAPI,
    database: Database,
    database_url: str,
    furnished: Furnished,
    stranger: UUID,
    role: Role,
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    someone = await person(database, stranger, role)
    tried = [o for o in AGENTS_API if not _ends_own_session(o) and o.path not in FOR_EVERYBODY]

    async with browser(app, someone) as client:
        faults = await _try_all(client, tried, furnished)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_a_key_of_another_workspace_reaches_nothing(
    app: FastAPI, database: Database, database_url: str, furnished: Furnished, stranger: UUID
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    key = await api_key(database, stranger, Role.ADMIN)
    tried = [o for o in AGENTS_API if o.path not in FOR_EVERYBODY]

    async with program(app, key) as client:
        faults = await _try_all(client, tried, furnished)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


@pytest.mark.parametrize("bearer", [None, "rk_00000000_nonsense", "nonsense"])
async def test_without_credentials_there_is_nothing(
    http: httpx.AsyncClient, database_url: str, furnished: Furnished, bearer: str | None
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    samples = Samples(DOCUMENT, furnished.things)
    answered = []
    for operation in AGENTS_API:
        answer = await http.request(**samples.request(operation), headers=headers)
        open_door = operation.path in FOR_EVERYBODY or operation.path == "/v1/auth/sign-out"
        if not open_door and answer.status_code != 401:
            answered.append(f"{operation} → {answer.status_code}")
        assert furnished.canary not in answer.text

    assert answered == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_a_visitor_is_nobody_to_the_agents_api(
    http: httpx.AsyncClient, database_url: str, furnished: Furnished
) -> None:
    before = fingerprint(database_url, furnished.workspace_id)
    tried = [o for o in AGENTS_API if o.path not in FOR_EVERYBODY]
    headers = {"authorization": f"Bearer {furnished.visitor_token}"}

    faults = await _try_all(http, tried, furnished, headers)

    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


@pytest.mark.parametrize("same_workspace", [True, False])
async def test_a_visitor_reaches_nothing_of_another_visitor(
    http: httpx.AsyncClient,
    database: Database,
    database_url: str,
    furnished: Furnished,
    stranger: UUID,
    same_workspace: bool,
) -> None:
    place = furnished.chat if same_workspace else await chat(database, stranger)
    other = Browser(http, place)
    await other.arrive()
    before = fingerprint(database_url, furnished.workspace_id)
    public = {"/widget/v1/config", "/widget/v1/session"}  # the inbox's greeting is for everybody
    named = [o for o in WIDGETS_API if o.parameters and o.path not in public]

    faults = await _try_all(http, named, furnished, {"authorization": f"Bearer {other.token}"})

    assert named
    assert faults == []
    assert fingerprint(database_url, furnished.workspace_id) == before


async def test_an_agents_session_is_nobody_to_the_widgets_api(
    app: FastAPI, database: Database, furnished: Furnished
) -> None:
    key = await api_key(database, furnished.workspace_id, Role.ADMIN)
    public = {"/widget/v1/config", "/widget/v1/session"}
    tried = [o for o in WIDGETS_API if o.path not in public]
    samples = Samples(DOCUMENT, furnished.things)

    async with program(app, key) as client:
        answers = {str(o): (await client.request(**samples.request(o))).status_code for o in tried}

    assert {name for name, status in answers.items() if status != 401} == set()


async def test_the_owner_reaches_what_others_were_refused(
    app: FastAPI, furnished: Furnished
) -> None:
    """Else the refusals above would prove nothing: the addresses and bodies are right."""
    samples = Samples(DOCUMENT, furnished.things)
    reading = [o for o in AGENTS_API if o.method == "GET" and o.path not in FOR_EVERYBODY]
    changing = [o for o in AGENTS_API if o.method in {"PUT", "PATCH"} and o.parameters]

    async with browser(app, furnished.owner) as client:
        answers = {
            str(o): (await client.request(**samples.request(o))).status_code
            for o in [*reading, *changing]
        }

    misshapen = {name: status for name, status in answers.items() if status in {404, 405, 422}}
    assert misshapen == {}
