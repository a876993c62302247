"""F15: every operation by everybody of another workspace, and the last line of defence behind."""

from collections import Counter
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from rapport.kernel.auth.roles import Role
from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo
from tests.faults.conftest import Record, Size
from tests.make.auth import ORIGIN, api_key, browser, person, program
from tests.make.webchat import Browser, chat
from tests.server.conftest import app
from tests.server.furniture import Furnished, fingerprint, furnished
from tests.server.samples import Operation, Samples, operations
from tests.server.test_tenants import (
    DOCUMENT,
    FOR_EVERYBODY,
    REFUSALS,
    _ends_own_session,
)

__all__ = ["app", "furnished"]
pytestmark = pytest.mark.fault

_TABLES = """
    SELECT c.table_name FROM information_schema.columns c
    JOIN information_schema.table_privileges p USING (table_schema, table_name)
    WHERE c.column_name = 'workspace_id' AND c.table_schema = 'public'
        AND p.grantee = 'rapport_app' AND p.privilege_type = 'SELECT'
    ORDER BY 1
"""


async def test_F15_nobody_of_another_workspace_reads_or_changes_anything(
    size: Size,
    app: FastAPI,
    database: Database,
    database_url: str,
    furnished: Furnished,
    stranger: UUID,
    record: Record,
) -> None:
    strangers = await _strangers(size, app, database, furnished, stranger)
    before = fingerprint(database_url, furnished.workspace_id)
    tried: Counter[str] = Counter()
    leaks: list[str] = []
    for who, client in strangers:
        async with client:
            for operation in _tries(who):
                answer = await client.request(
                    **Samples(DOCUMENT, furnished.things).request(operation)
                )
                tried[who] += 1
                leak = _leak(operation, answer, furnished.canary)
                if leak is not None:
                    leaks.append(f"{who}: {leak}")
    unchanged = fingerprint(database_url, furnished.workspace_id) == before
    seen = _seen_by_mistake(database_url, furnished.workspace_id, stranger)

    record(
        callers=len(tried),
        operations=max(tried.values()),
        requests=tried.total(),
        leaks=len(leaks),
        changed=not unchanged,
        tables=len(seen),
        rows_seen_without_a_workspace=sum(none for none, _ in seen.values()),
        rows_seen_of_another=sum(others for _, others in seen.values()),
    )
    assert leaks == []
    assert unchanged
    assert [table for table, found in seen.items() if found != (0, 0)] == []


async def _strangers(
    size: Size, app: FastAPI, database: Database, furnished: Furnished, stranger: UUID
) -> list[tuple[str, httpx.AsyncClient]]:
    """Everybody who has no business there: members and keys by role, visitors, nobody."""
    found: list[tuple[str, httpx.AsyncClient]] = []
    for role in size.of([Role.OWNER, Role.AGENT], list(Role)):
        someone = await person(database, stranger, role)
        found.append((f"member {role}", browser(app, someone)))
    roles: list[Role] = size.of([Role.ADMIN], [role for role in Role if role != Role.OWNER])
    keys = [(role, await api_key(database, stranger, role)) for role in roles]
    found += [(f"key {role}", program(app, key)) for role, key in keys]
    for who, place in (
        ("visitor", furnished.chat),
        ("visitor elsewhere", await chat(database, stranger)),
    ):
        async with _nobody(app) as door:
            visitor = Browser(door, place)
            await visitor.arrive()
        found.append((who, _nobody(app, authorization=f"Bearer {visitor.token}")))
    return [*found, ("nobody", _nobody(app))]


def _nobody(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """A client without a session, and only these headers."""
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


def _tries(who: str) -> list[Operation]:
    """All operations, but those that would end the caller's session or are open to all."""
    public = {"/widget/v1/config", "/widget/v1/session", "/widget/v1/sign-out"}
    return [
        operation
        for operation in operations(DOCUMENT)
        if operation.path.startswith(("/v1/", "/widget/v1/"))
        and operation.path not in FOR_EVERYBODY | public
        and not _ends_own_session(operation)
        and (not who.startswith("visitor") or operation.parameters)
    ]


def _leak(operation: Operation, answer: httpx.Response, canary: str) -> str | None:
    """What is wrong with an answer to somebody who must get none."""
    names_theirs = bool(set(operation.parameters) - {"name", "number"})
    if canary in answer.text:
        return f"{operation} tells the canary"
    if answer.status_code >= 500 or (names_theirs and answer.status_code not in REFUSALS):
        return f"{operation} → {answer.status_code} {answer.text[:200]}"
    return None


def _seen_by_mistake(database_url: str, workspace: UUID, other: UUID) -> dict[str, tuple[int, int]]:
    """What a query that forgot its workspace sees, by table.

    Rows without any workspace set; and with the other set, rows that are not the other's.
    """
    seen = {}
    with psycopg.connect(conninfo(database_url)) as application:
        tables = [name for (name,) in application.execute(_TABLES).fetchall()]
        for table in tables:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            foreign = count + sql.SQL(" WHERE workspace_id <> %s")
            application.execute("SELECT set_config('app.workspace_id', '', true)")
            nothing = application.execute(count).fetchone()
            application.execute("SELECT set_config('app.workspace_id', %s, true)", (str(other),))
            others = application.execute(foreign, (other,)).fetchone()
            assert nothing is not None
            assert others is not None
            seen[table] = (nothing[0], others[0])
            application.rollback()
    assert workspace != other
    return seen
