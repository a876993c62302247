"""A customer whose every text holds a canary, made through the doors that people use."""

import contextlib
import io
import re
import subprocess
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from PIL import Image

from rapport.ai.gathering.repository import GatheringRepository
from rapport.ai.triage import service as triage
from rapport.ai.triage.schemas import IntentIn
from rapport.channels.delivery import claiming
from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving import store
from rapport.channels.email.receiving.repository import CorrespondentRepository, RawRepository
from rapport.conversations import service as conversations
from rapport.conversations.ports import Ingest, NewMessage
from rapport.customers import service as customers
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.embedded import binaries
from rapport.kernel.database.engine import Database
from rapport.kernel.database.urls import conninfo
from rapport.kernel.errors import RapportError
from rapport.kernel.events import log, progress, readers
from rapport.kernel.ids import new_id
from tests.conftest import Clock
from tests.make.knowledge import article
from tests.make.webchat import Browser, Chat, chat, proof


@dataclass
class Canary:
    """Words that occur nowhere else: `canary("email")` notes that it was put there."""

    word: str = field(default_factory=lambda: f"zq{new_id().hex[-12:]}")
    places: list[str] = field(default_factory=list)

    def __call__(self, place: str) -> str:
        self.places.append(place)
        return self.told(place)

    def told(self, place: str) -> str:
        """The words that were put there."""
        return f"{self.word}x{place}x"


@dataclass
class Nest:
    """The workspace with the customer."""

    database: Database
    workspace_id: UUID
    client: httpx.AsyncClient
    """The owner's browser."""
    chat: Chat
    canary: Canary
    clock: Clock
    customer_id: UUID = field(init=False)
    conversation_id: UUID = field(init=False)
    tag_id: UUID = field(init=False)
    visitor: Browser = field(init=False)

    async def call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.client.request(method, f"/v1{path}", **body)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def listen(self) -> None:
        """Have all readers handle the whole log of the workspace."""
        async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
            records = await log.of_workspace(ctx, log.BEGINNING, limit=5_000)
        for reader in readers.registered():
            for record in records:
                if record.name in reader.names:
                    async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                        await reader.handle(ctx, [record])

    async def work(self) -> None:
        """Run the jobs that wait."""
        await jobs.run(self.database, concurrency=1, wait=False)


async def build(
    database: Database, workspace: UUID, client: httpx.AsyncClient, clock: Clock
) -> Nest:
    """A workspace whose one customer is all canaries."""
    place = await chat(database, workspace)
    nest = Nest(database, workspace, client, place, Canary(), clock)
    async with database.begin(workspace, SYSTEM) as ctx:
        await article(ctx, "Return an item", body="Return unused items within 30 days.")
    await nest.call("PATCH", f"/inboxes/{place.inbox_id}/assistant", json={"enabled": True})
    await _visit(nest)
    await nest.listen()
    await _merge(nest)
    await _work_on(nest)
    await _go_wrong(nest)
    await nest.listen()
    return nest


async def _visit(nest: Nest) -> None:
    """What the customer says and leaves in their browser."""
    c = nest.canary
    http = httpx.AsyncClient(transport=nest.client._transport, base_url=nest.client.base_url)
    nest.visitor = visitor = Browser(http, nest.chat)
    await visitor.arrive(locale="de")
    told = {
        "name": c("said-name"),
        "email": f"{c('said-email')}@example.com",
        "attributes": {c("attribute-key"): c("attribute")},
    }
    assert (await visitor.call("PATCH", "/visitor", json=told)).is_success
    text = (await visitor.upload(f"{c('file-name')}.txt", c("file-text").encode())).json()
    image = await visitor.upload(f"{c('image-name')}.png", picture(), "image/png")
    assert (await visitor.upload(f"{c('loose-name')}.txt", c("loose-text").encode())).is_success
    begun = await visitor.begin(
        f"How do I return an item? {c('first-message')}",
        client_id=c("client-id"),
        attachment_ids=[text["id"], image.json()["id"]],
        page_url=f"https://shop.example/{c('page')}",
    )
    assert begun.status_code == 201, begun.text
    nest.conversation_id = UUID(begun.json()["conversation"]["id"])
    said = await visitor.say(str(nest.conversation_id), c("second-message"))
    assert said.status_code == 201, said.text
    await nest.listen()  # the assistant answers, or hands over
    claims = {"name": c("proved-name"), "email": f"{c('proved-email')}@example.com"}
    word = proof(nest.chat, nest.clock, sub=c("subject"), **claims)
    identified = await visitor.call("POST", "/identify", json={"jwt": word})
    assert identified.is_success, identified.text
    visitor.token = identified.json()["token"]
    nest.customer_id = UUID(identified.json()["visitor"]["id"])


async def _merge(nest: Nest) -> None:
    """Another browser of the same person, merged by an agent; and one merged by mistake."""
    c = nest.canary
    for mistaken in (False, True):
        http = httpx.AsyncClient(transport=nest.client._transport, base_url=nest.client.base_url)
        other = Browser(http, nest.chat)
        await other.arrive()
        named = c("merged-name") if not mistaken else "Somebody Else"
        await other.call("PATCH", "/visitor", json={"name": named})
        await other.begin(c("merged-message") if not mistaken else "I am somebody else.")
        assert other.customer_id is not None
        pair = (other.customer_id, nest.customer_id)
        from_id, into_id = pair[::-1] if mistaken else pair
        await nest.call("POST", f"/customers/{from_id}/merge", json={"into_id": str(into_id)})
        await nest.listen()
        if mistaken:
            await nest.call("POST", f"/customers/{from_id}/unmerge")
            await nest.listen()


async def _work_on(nest: Nest) -> None:
    """What agents write about the customer, and to them."""
    c, talk = nest.canary, f"/conversations/{nest.conversation_id}"
    patch = {
        "name": c("name"),
        "email": f"{c('email')}@example.com",
        "phone": c("phone"),
        "company": c("company"),
        "timezone": c("timezone"),
        "attributes": {"note": c("agent-attribute")},
    }
    await nest.call("PATCH", f"/customers/{nest.customer_id}", json=patch)
    sent = await nest.call("POST", "/files", files={"file": _file(c)})
    messages = [
        {"kind": "note", "body": c("note"), "attachment_ids": []},
        {"kind": "message", "body": c("reply"), "attachment_ids": [sent["id"]]},
        {
            "kind": "message",
            "body": "See this.",
            "attachment_ids": [],
            "cards": [{"kind": "facts", "facts": [{"label": "Order", "value": c("card")}]}],
        },
    ]
    for message in messages:
        await nest.call("POST", f"{talk}/messages", json={"client_id": str(new_id()), **message})
    tag = await nest.call("POST", "/tags", json={"name": "Returns"})
    nest.tag_id = UUID(tag["id"])
    await nest.call("PUT", f"{talk}/tags", json={"tag_ids": [tag["id"]]})
    for name, place in (("add_note", "action-note"), ("reply", "action-reply")):
        call = {
            "arguments": {"conversation_id": str(nest.conversation_id), "body": c(place)},
            "idempotency_key": f"{nest.canary.word}-{name}",
        }
        await nest.call("POST", f"/actions/conversations.{name}", json=call)
    await _mail(nest)
    await nest.call("PUT", f"{talk}/draft", json={"kind": "message", "body": c("draft")})
    started = {
        "inbox_id": str(nest.chat.inbox_id),
        "customer_id": str(nest.customer_id),
        "subject": c("subject-line"),
        "body": c("outgoing"),
        "client_id": str(new_id()),
    }
    await nest.call("POST", "/conversations", json=started)
    await _tell_of(nest)
    await _get_mail(nest)
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:  # doors still to come
        await conversations.classify(ctx, nest.conversation_id, subject=c("classified"))
        await customers.record_consent(
            ctx, nest.customer_id, purpose="news", is_granted=True, source=c("consent")
        )
        intent = await triage.create_intent(ctx, IntentIn(name="Parcel"))
        await GatheringRepository(ctx).add(
            nest.conversation_id,
            intent_id=intent.id,
            state="complete",
            seq=1,
            known={"order": {"value": c("gathered"), "source": "asked"}},
            tries={},
        )


async def _mail(nest: Nest) -> None:
    """Mail to the customer: one that is held, and one whose bytes are made and wait to be sent."""
    c = nest.canary
    box = {"name": "Mail", "address": f"{new_id().hex}@shop.example"}
    mailbox = (await nest.call("POST", "/email/mailboxes", json=box))["inbox_id"]
    way = {"kind": "smtp", "host": "smtp.example.com", "port": 587}
    changes = {"outgoing": way, "undo_s": 0}
    await nest.call("PATCH", f"/email/mailboxes/{mailbox}", json=changes)
    path = f"/conversations/{nest.conversation_id}/mail"
    for place in ("mail", "held-mail"):
        mail = {
            "client_id": str(new_id()),
            "inbox_id": mailbox,
            "body": c(place),
            "subject": c(f"{place}-subject"),
            "to": [
                {"address": f"{c(f'{place}-address')}@home.example", "name": c(f"{place}-name")}
            ],
            "send_at": "2026-02-01T09:00:00Z" if place == "held-mail" else None,
        }
        await nest.call("POST", path, json=mail)
    for _ in range(2):  # it becomes a message, then it is made and leased
        lease = timedelta(days=1)
        await claiming.claim(nest.database, nest.workspace_id, UUID(mailbox), lease)


async def _get_mail(nest: Nest) -> None:
    """A mail of the customer's, kept as it came and read."""
    c = nest.canary
    box = {"name": "Letters", "address": f"{new_id().hex}@shop.example"}
    mailbox = (await nest.call("POST", "/email/mailboxes", json=box))["inbox_id"]
    sender = f"{c.told('given-email')}@example.com"
    raw = (
        f"From: {c('letter-name')} <{sender}>\r\nTo: {box['address']}\r\n"
        f"Cc: {c('letter-cc-name')} <{c('letter-cc')}@home.example>\r\n"
        f"Reply-To: {c('letter-answers')}@home.example\r\n"
        f"Subject: {c('letter-subject')}\r\nMessage-ID: <{c('letter-id')}@home.example>\r\n"
        f"References: <{c('letter-reference')}@home.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: text/plain\r\n\r\n{c('letter-text')}\r\n\r\n"
        f"On Monday, 5 January 2026 The Shop wrote:\r\n> {c('letter-quote')}\r\n--b\r\n"
        f"Content-Type: text/plain\r\nContent-Disposition: attachment; "
        f'filename="{c("letter-file")}.txt"\r\n\r\n{c("letter-file-text")}\r\n--b--\r\n'
    ).encode()
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        source = f"smtp:{new_id()}"
        envelope = Envelope(mail_from=sender, rcpt_to=(box["address"],))
        raw_id = await store.keep(ctx, UUID(mailbox), source, raw, envelope)
        await CorrespondentRepository(ctx).note(sender, bounce_reason=c("bounce-reason"))
    await nest.work()
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        assert raw_id is not None
        read = await RawRepository(ctx).get(raw_id)
        assert (read.state, read.customer_id) == ("stored", nest.customer_id)
    for place in ("report-from", "report-about"):
        await _get_report(nest, UUID(mailbox), place)


async def _get_report(nest: Nest, mailbox: UUID, place: str) -> None:
    """A mail that was filed with nobody: a report, from them or about them, on no mail of ours."""
    c, other = nest.canary, "postmaster@home.example"
    theirs = f"{c.told('given-email')}@example.com"
    sender, about = (theirs, other) if place == "report-from" else (other, theirs)
    raw = (
        f"From: {sender}\r\nSubject: {c(place)}\r\nAuto-Submitted: auto-replied\r\n"
        f"Message-ID: <{new_id()}@home.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{c(place + '-text')}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.home.example\r\n\r\n"
        f"Final-Recipient: rfc822; {about}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <none@no.example>\r\n\r\n"
        "--b--\r\n"
    ).encode()
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        raw_id = await store.keep(ctx, mailbox, f"smtp:{new_id()}", raw, Envelope(mail_from=""))
    await nest.work()
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        assert raw_id is not None
        assert (await RawRepository(ctx).get(raw_id)).reason == "bounce_unmatched"


async def _tell_of(nest: Nest) -> None:
    """What is kept in a profile, what programs send, and what files say."""
    c, who = nest.canary, f"/customers/{nest.customer_id}"
    await nest.call("PATCH", who, json={"email": f"{c('second-email')}@example.com"})
    await nest.call("PATCH", who, json={"preferences": {"tone": c("tone"), "needs": [c("need")]}})
    await nest.call("PATCH", who, json={"status": c("status")})
    await nest.call("POST", f"{who}/timeline", json={"kind": "call", "text": c("call-text")})
    await nest.call("POST", f"{who}/pain-points", json={"text": c("pain-point")})
    consent = {"purpose": "calls", "is_granted": True, "words": c("words-shown")}
    await nest.call("PUT", f"{who}/consents", json=consent)
    address = {"channel": "email", "address": f"{c('given-email')}@example.com"}
    await nest.call("POST", f"{who}/identities", json=address)
    key = await nest.call("POST", "/write-keys", json={"name": "Shop", "kind": "server"})
    sent = [
        {"type": "track", "event": c("event-name"), "properties": {c("property"): c("value")}},
        {"type": "identify", "traits": {c("trait-key"): c("trait")}},
    ]
    batch = [{"userId": c.told("subject"), "messageId": str(new_id()), **one} for one in sent]
    await nest.call("POST", "/batch", json={"writeKey": key["key"], "batch": batch})
    await _import(nest)


async def _import(nest: Nest) -> None:
    c = nest.canary
    theirs = f"{c.told('given-email')}@example.com"
    rows = [
        "email,name,phone,note",
        f"{theirs},,,{c('imported-note')}",
        f"{theirs},,no number,{c('failed-note')}",
    ]
    content = "\r\n".join(rows).encode()
    sent = await nest.call("POST", "/files", files={"file": ("people.csv", content, "text/csv")})
    draft = await nest.call("POST", "/customer-imports", json={"file_id": sent["id"]})
    path = f"/customer-imports/{draft['id']}"
    mapping = {"email": "email", "phone": "phone", "note": "attributes.note2"}
    await nest.call("PATCH", path, json={"mapping": mapping, "match": "email"})
    await nest.call("POST", f"{path}/start")
    await nest.work()
    done = await nest.call("GET", path)
    assert (done["updated"], done["failed"]) == (1, 1), done


async def _go_wrong(nest: Nest) -> None:
    """A message the database refuses, and an event that a reader gives up on."""
    c = nest.canary
    message = NewMessage(
        workspace_id=nest.workspace_id,
        conversation_id=nest.conversation_id,
        body=f"{c('rejected')}\x00",
        author_id=nest.customer_id,
        client_id=str(new_id()),
    )
    with contextlib.suppress(RapportError):
        await nest.database.ports.get(Ingest).submit(message)
    async with nest.database.begin(nest.workspace_id, SYSTEM) as ctx:
        records = await log.of_workspace(ctx, log.BEGINNING, names=["conversations.message_added"])
        ours = next(r for r in records if r.subject_id == nest.conversation_id)
        error = ValueError(f"cannot read {c('dead-letter')}")
        await progress.bury(ctx, "conversations.search", ours, error, attempts=5)


def _file(canary: Canary) -> tuple[str, bytes, str]:
    name, content = canary("sent-name"), canary("sent-text")
    return f"{name}.txt", content.encode(), "text/plain"


def picture() -> bytes:
    """A picture large enough to have a preview."""
    raw = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(raw, "PNG")
    return raw.getvalue()


def dump(database_url: str) -> bytes:
    """The whole database as plain SQL, bytes decoded."""
    program = [str(binaries() / "pg_dump"), "--no-owner", conninfo(database_url, role=None)]
    plain = subprocess.run(program, check=True, capture_output=True).stdout
    return plain + b"".join(
        bytes.fromhex(found.decode()) for found in re.findall(rb"\\\\x((?:[0-9a-f]{2})+)", plain)
    )


def lying_about(folder: Path) -> dict[Path, bytes]:
    """Every file of a data folder, but PostgreSQL's own cluster: that one is dumped instead.

    Its heap and WAL keep the old bytes of rows until PostgreSQL overwrites them. Archives are
    unpacked.
    """
    found = {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and folder / "postgres" not in path.parents
    }
    for path, content in found.items():
        if content.startswith(b"PK"):
            found[path] = b"\n".join(unpacked(content).values())
    return found


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The members of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}
