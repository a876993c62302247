"""Customers from a file: looked at, imported, told what was wrong with, and taken back."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers import service as customers
from rapport.customers.attributes import service as attributes
from rapport.customers.attributes.schemas import AttributeDefinitionIn
from rapport.customers.errors import ImportUnreadable
from rapport.customers.importing import table
from rapport.customers.importing.running import run, undo
from rapport.customers.importing.service import tidy
from rapport.customers.schemas import CustomerOut, CustomerPatch
from rapport.kernel import jobs
from rapport.kernel.database.engine import Database
from tests.conftest import Begin, Clock
from tests.make.auth import browser, person

PEOPLE = "E-Mail;Name;Telefon;Firma;Plan;Seats\n"


class Desk:
    """An owner who imports."""

    def __init__(self, http: httpx.AsyncClient, database: Database, workspace: UUID) -> None:
        self.http = http
        self.database = database
        self.workspace = workspace

    async def call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.http.request(method, f"/v1{path}", **body)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def draft(self, content: str | bytes, **patch: Any) -> dict[str, Any]:
        raw = content if isinstance(content, bytes) else content.encode()
        sent = await self.call("POST", "/files", files={"file": ("people.csv", raw, "text/csv")})
        made = await self.call("POST", "/customer-imports", json={"file_id": sent["id"]})
        if patch:
            made = await self.call("PATCH", f"/customer-imports/{made['id']}", json=patch)
        return dict(made)

    async def take(self, content: str | bytes, **patch: Any) -> dict[str, Any]:
        """Import a file, and wait until it is done."""
        draft = await self.draft(content, **patch)
        await self.call("POST", f"/customer-imports/{draft['id']}/start")
        await self.work()
        done = await self.call("GET", f"/customer-imports/{draft['id']}")
        return dict(done)

    async def take_back(self, import_id: str) -> dict[str, Any]:
        await self.call("POST", f"/customer-imports/{import_id}/undo")
        await self.work()
        done: dict[str, Any] = await self.call("GET", f"/customer-imports/{import_id}")
        assert done["state"] == "undone"
        undone: dict[str, Any] = done["undo"]
        return undone

    async def work(self) -> None:
        await jobs.run(self.database, concurrency=1, wait=False)

    async def everybody(self) -> dict[str, Any]:
        found = await self.call("GET", "/customers?limit=100")
        return {one["email"] or one["name"]: one for one in found["items"]}


@pytest.fixture
async def desk(app: FastAPI, database: Database, workspace: UUID) -> AsyncIterator[Desk]:
    owner = await person(database, workspace)
    async with browser(app, owner) as http:
        yield Desk(http, database, workspace)


async def test_the_columns_are_understood_and_shown_before_anything_happens(desk: Desk) -> None:
    await desk.call(
        "POST", "/customer-attributes", json={"key": "plan", "label": "Plan", "kind": "text"}
    )
    draft = await desk.draft(PEOPLE + "Ada@Example.com;Ada;+49 30 123456;Acme;gold;3\nno;Bob;;;;\n")

    shown = await desk.call("GET", f"/customer-imports/{draft['id']}/preview")

    assert draft["mapping"] == {
        "E-Mail": "email",
        "Name": "name",
        "Telefon": "phone",
        "Firma": "company",
        "Plan": "attributes.plan",
    }
    assert (draft["state"], draft["rows_total"], draft["match"]) == ("draft", 2, "email")
    assert draft["columns"][0]["samples"] == ["Ada@Example.com", "no"]
    assert [row["action"] for row in shown["rows"]] == ["create", "fail"]
    assert shown["rows"][0]["values"]["phone"] == "+4930123456"
    assert [e["code"] for e in shown["rows"][1]["errors"]] == ["email_invalid"]
    assert await desk.everybody() == {}


async def test_people_come_in_and_what_was_wrong_can_be_had(desk: Desk) -> None:
    rows = [
        "ada@example.com;Ada;+49 30 123456;Acme;gold;3",
        "nobody;=cmd();;;;",
        ";;;;;",
        "bob@example.com;Bob;12;ACME;;",
        "bob@example.com;Bob B.;;Acme;;",
        "ada@example.com;Ada;;;;",
    ]

    done = await desk.take(PEOPLE + "\n".join(rows))

    counts = {k: done[k] for k in ("created", "updated", "unchanged", "failed", "rows_done")}
    assert counts == {"created": 2, "updated": 0, "unchanged": 1, "failed": 2, "rows_done": 5}
    people = await desk.everybody()
    assert (people["ada@example.com"]["company"], people["bob@example.com"]["name"]) == (
        "Acme",
        "Bob B.",
    )
    assert people["ada@example.com"]["identities"][0]["source"] == "import"
    answer = await desk.http.get(f"/v1/customer-imports/{done['id']}/errors.csv")
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(t["row"], t["Name"]) for t in told] == [("2", "'=cmd()"), ("3", "Bob")]
    assert "is no e-mail address" in told[0]["error"]
    assert "Telefon" in told[1]["error"]


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    content = PEOPLE + "ada@example.com;Ada;+4930123456;Acme;gold;3\n"
    await desk.take(content)
    before = await desk.everybody()

    again = await desk.take(content)

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert await desk.everybody() == before


async def test_a_job_that_is_broken_off_goes_on_where_it_was(
    desk: Desk, database: Database
) -> None:
    draft = await desk.draft("email\n" + "".join(f"p{n}@example.com\n" for n in range(600)))
    await desk.call("POST", f"/customer-imports/{draft['id']}/start")
    import_id = UUID(draft["id"])
    work = asyncio.create_task(run(database, desk.workspace, import_id))
    done = 0
    while done == 0:
        done = (await desk.call("GET", f"/customer-imports/{draft['id']}"))["rows_done"]
    work.cancel()
    await asyncio.wait([work])

    await run(database, desk.workspace, import_id)
    await desk.work()

    ended = await desk.call("GET", f"/customer-imports/{draft['id']}")
    assert (ended["state"], ended["created"], ended["unchanged"]) == ("done", 600, 0)


async def test_an_import_that_nobody_touched_is_undone_without_a_trace(
    desk: Desk, database_url: str, begin: Begin
) -> None:
    async with begin() as ctx:
        ada = await customers.create(ctx, name="Ada", attributes={"plan": "silver"})
        await customers.add_identity(ctx, ada.id, "email", "ada@example.com")
        before = await customers.describe(ctx, ada)
    mapping = {"E-Mail": "email", "Name": "name", "Telefon": "phone", "Plan": "attributes.plan"}
    rows = (
        "ada@example.com;Ada L.;+4930123456;;gold;\n"
        "bob@example.com;Bob;;;;\n"
        "bob@example.com;Bobby;+4930123457;;;\n"
    )
    done = await desk.take(PEOPLE + rows, mapping=mapping)
    assert (done["created"], done["updated"]) == (1, 2)

    undone = await desk.take_back(done["id"])

    assert undone == {"restored": 2, "removed": 1, "kept": 0}
    async with begin() as ctx:
        assert await described(begin, ada.id) == before
        assert [c.id for c in (await customers.find(ctx)).items] == [ada.id]
    with psycopg.connect(database_url) as owner:
        left = owner.execute(
            "SELECT count(*) FROM customer_import_rows WHERE workspace_id = %s", (desk.workspace,)
        ).fetchone()
    assert left == (0,)


async def described(begin: Begin, customer_id: UUID) -> CustomerOut:
    async with begin() as ctx:
        return await customers.describe(ctx, await customers.get(ctx, customer_id))


async def test_what_somebody_changed_since_stays(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        ada = await customers.create(ctx, name="Ada")
        await customers.add_identity(ctx, ada.id, "email", "ada@example.com")
    rows = (
        "ada@example.com;Ada L.;+4930123456;;;\n"
        "bob@example.com;Bob;;;;\n"
        "cara@example.com;Cara;;;;\n"
    )
    done = await desk.take(PEOPLE + rows)
    people = await desk.everybody()
    async with begin() as ctx:
        await customers.update(ctx, ada.id, CustomerPatch(name="Ada King"))
        bob, cara = (UUID(people[f"{n}@example.com"]["id"]) for n in ("bob", "cara"))
        await customers.update(ctx, bob, CustomerPatch(attributes={"vip": True}))
        await customers.record_consent(ctx, cara, purpose="n", is_granted=True, source="form")

    undone = await desk.take_back(done["id"])

    assert undone == {"restored": 0, "removed": 0, "kept": 3}
    after = await described(begin, ada.id)
    assert (after.name, after.phone) == ("Ada King", None)
    assert (await described(begin, bob)).name == "Bob"


async def test_an_attribute_must_fit_its_definition(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        kinds = {"seats": "number", "since": "date", "vip": "bool", "plan": "choice"}
        for key, kind in kinds.items():
            choices = ["gold", "silver"] if kind == "choice" else []
            body = AttributeDefinitionIn(key=key, label=key, kind=kind, choices=choices)
            await attributes.define(ctx, body)
    rows = "email,seats,since,vip,plan\na@x.de,3,31.01.2026,ja,GOLD\nb@x.de,x,soon,maybe,lead\n"

    done = await desk.take(rows)

    assert (done["created"], done["failed"]) == (1, 1)
    made = (await desk.everybody())["a@x.de"]["attributes"]
    assert made == {"seats": 3, "since": "2026-01-31", "vip": True, "plan": "gold"}


async def test_an_address_of_somebody_else_is_not_taken(desk: Desk, begin: Begin) -> None:
    async with begin() as ctx:
        bob = await customers.create(ctx, name="Bob")
        await customers.add_identity(ctx, bob.id, "phone", "+4930123456")

    done = await desk.take(PEOPLE + "ada@example.com;Ada;+4930123456;;;\n")

    assert (done["created"], done["failed"]) == (0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_spreadsheets_write_is_read(encoding: str) -> None:
    file = io.BytesIO("email\tname\nada@example.com\tÄda Müßig\n".encode(encoding))

    form = table.examine(file)

    assert (form.columns, form.rows) == (("email", "name"), 1)
    assert list(table.rows(file, form.encoding, form.delimiter)) == [
        (1, ["ada@example.com", "Äda Müßig"])
    ]


@pytest.mark.parametrize("content", ["", "\n", " \n", ",".join("x" * 201)])
def test_what_is_no_table_is_refused(content: str) -> None:
    with pytest.raises(ImportUnreadable):
        table.examine(io.BytesIO(content.encode()))


async def test_a_mapping_that_cannot_be_is_refused(desk: Desk) -> None:
    draft = await desk.draft("email,name\na@x.de,A\n")
    path = f"/v1/customer-imports/{draft['id']}"

    for mapping in (
        {"email": "nonsense"},
        {"other": "email"},
        {"email": "email", "name": "email"},
        {"name": "name"},
    ):
        assert (await desk.http.patch(path, json={"mapping": mapping})).status_code == 422


async def test_drafts_and_failed_rows_do_not_stay(desk: Desk, begin: Begin, clock: Clock) -> None:
    done = await desk.take("email\nnobody\n")
    draft = await desk.draft("email\na@x.de\n")
    clock.forward(days=2)
    async with begin() as ctx:
        await tidy(ctx)
    gone = await desk.http.get(f"/v1/customer-imports/{draft['id']}")
    clock.forward(days=30)
    async with begin() as ctx:
        await tidy(ctx)

    assert gone.status_code == 404
    answer = await desk.http.get(f"/v1/customer-imports/{done['id']}/errors.csv")
    assert b"nobody" not in answer.content


async def test_undoing_twice_or_too_early_is_refused(desk: Desk, database: Database) -> None:
    draft = await desk.draft("email\na@x.de\n")
    path = f"/v1/customer-imports/{draft['id']}"

    assert (await desk.http.post(f"{path}/undo")).status_code == 409
    await desk.call("POST", f"/customer-imports/{draft['id']}/start")
    assert (await desk.http.delete(path)).status_code == 409
    await desk.work()
    await desk.take_back(draft["id"])
    await undo(database, desk.workspace, UUID(draft["id"]))
    assert (await desk.http.post(f"{path}/undo")).status_code == 409


@given(
    rows=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), max_size=6),
    raw=st.binary(max_size=200),
)
def test_whatever_stands_in_a_file_is_read_or_refused(rows: list[list[str]], raw: bytes) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([["email", "a"], *rows])
    for content in (written.getvalue().encode("utf-8", "replace"), raw):
        file = io.BytesIO(content)
        try:
            form = table.examine(file)
            read = list(table.rows(file, form.encoding, form.delimiter))
        except ImportUnreadable:
            continue
        assert form.rows == len(read)
        assert all("\x00" not in cell for _, cells in read for cell in cells)
