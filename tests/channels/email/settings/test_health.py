"""How mailboxes do, as the console shows it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from rapport.channels.delivery.models import Delivery
from rapport.channels.email.models import Folder, RawMail
from rapport.kernel.ids import new_id
from tests.channels.email.settings.test_mailboxes import IMAP, SMTP, full, made
from tests.conftest import Begin, Clock
from tests.make.conversations import make_conversation


async def health(http: httpx.AsyncClient, box: dict[str, Any]) -> dict[str, Any]:
    answer = await http.get(f"/v1/email/mailboxes/{box['inbox_id']}/health")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def folder(begin: Begin, box: dict[str, Any], **values: Any) -> None:
    async with begin() as ctx:
        fresh = {"name": "INBOX", "state": "listening", "seen_at": ctx.now()}
        ctx.session.add(
            Folder(
                workspace_id=ctx.workspace_id,
                inbox_id=UUID(box["inbox_id"]),
                **(fresh | values),
            )
        )


async def delivery(begin: Begin, box: dict[str, Any], **values: Any) -> None:
    async with begin() as ctx:
        made = await make_conversation(ctx)
        fresh = {
            "channel": "email",
            "inbox_id": UUID(box["inbox_id"]),
            "conversation_id": made.id,
            "peer": "c@example.net",
            "recipients": {"to": ["c@example.net"]},
            "created_at": ctx.now(),
            "due_at": ctx.now(),
            "queued_at": ctx.now(),
        }
        ctx.session.add(Delivery(workspace_id=ctx.workspace_id, **(fresh | values)))


async def test_a_mailbox_that_nothing_was_fetched_for_is_connecting(
    admin: httpx.AsyncClient,
) -> None:
    told = await health(admin, await full(admin))

    assert (told["incoming"]["state"], told["incoming"]["last_mail_at"]) == ("connecting", None)
    assert told["outgoing"] == {
        "kind": "smtp",
        "state": "ok",
        "waiting": 0,
        "waiting_since": None,
        "scheduled": 0,
        "failed": 0,
        "reason": None,
        "response": None,
    }


async def test_the_worst_folder_speaks_for_all(
    admin: httpx.AsyncClient, begin: Begin, clock: Clock
) -> None:
    folders = ["INBOX", "Support"]
    box = await made(admin, incoming=IMAP | {"folders": folders}, imap_password="x")
    await folder(begin, box, last_mail_at=clock(), behind=2)
    await folder(
        begin,
        box,
        name="Support",
        state="failing",
        error="login_refused",
        failing_since=clock(),
        behind=5,
    )
    await folder(begin, box, name="Dropped", state="failing", error="folder_missing", behind=90)

    incoming = (await health(admin, box))["incoming"]

    assert (incoming["state"], incoming["error"]) == ("failing", "login_refused")
    assert (incoming["behind"], len(incoming["folders"])) == (7, 2)
    assert incoming["last_mail_at"] == clock().isoformat().replace("+00:00", "Z")


async def test_what_waits_and_what_failed_is_counted(
    admin: httpx.AsyncClient, begin: Begin, clock: Clock
) -> None:
    box = await full(admin)
    await delivery(begin, box, state="queued", reason="login_refused", response="535 no")
    await delivery(begin, box, state="held", draft={"body": "later"})
    await delivery(begin, box, state="failed", reason="recipients_refused")
    await delivery(begin, box, state="failed", reason="old", created_at=clock() - timedelta(days=8))
    at_once = (await health(admin, box))["outgoing"]

    clock.forward(minutes=2)
    later = (await health(admin, box))["outgoing"]

    assert (at_once["state"], at_once["waiting"]) == ("ok", 0)
    assert (later["state"], later["waiting"], later["scheduled"]) == ("failing", 1, 1)
    assert (later["failed"], later["reason"], later["response"]) == (1, "login_refused", "535 no")


async def test_mail_that_cannot_be_dealt_with_is_counted(
    admin: httpx.AsyncClient, begin: Begin, clock: Clock
) -> None:
    address = f"help@{new_id().hex}.example"
    box = await made(admin, address=address, incoming={"kind": "receiver"})
    async with begin() as ctx:
        for number, state in enumerate(["received", "failed", "stored"]):
            ctx.session.add(
                RawMail(
                    workspace_id=ctx.workspace_id,
                    id=new_id(),
                    created_at=ctx.now(),
                    inbox_id=UUID(box["inbox_id"]),
                    source=f"smtp:{number}",
                    sha256="0",
                    size_bytes=1,
                    envelope={},
                    state=state,
                )
            )

    incoming = (await health(admin, box))["incoming"]

    assert (incoming["state"], incoming["unread"], incoming["unreadable"]) == ("listening", 1, 1)
    assert incoming["last_mail_at"] == clock().isoformat().replace("+00:00", "Z")


async def test_what_is_switched_off_is_off(admin: httpx.AsyncClient) -> None:
    box = await made(admin, incoming=IMAP, outgoing=SMTP, is_enabled=False)

    told = (await admin.get("/v1/email/health")).json()["items"]

    assert [each["inbox_id"] for each in told] == [box["inbox_id"]]
    assert (told[0]["incoming"]["state"], told[0]["outgoing"]["state"]) == ("off", "off")
