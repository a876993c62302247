"""A workspace with one of everything, for tests that try every operation of the API."""

from dataclasses import dataclass
from itertools import cycle
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from rapport.ai.autopilot.events import QuestionTakenUp
from rapport.ai.autopilot.repository import AnswerRepository
from rapport.ai.gaps import service as gaps
from rapport.ai.gathering.repository import GatheringRepository
from rapport.ai.recurring.finding.repository import FindingRepository
from rapport.ai.recurring.repository import ProblemRepository
from rapport.ai.solved.repository import SolvedRepository
from rapport.ai.triage import service as triage
from rapport.ai.triage.training import service as training
from rapport.ai.triage.training.repository import TrainedModelRepository
from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving import store
from rapport.channels.email.receiving.repository import DetailRepository, RawRepository
from rapport.conversations import service as conversations
from rapport.customers import service as customers
from rapport.customers.duplicates.repository import SuggestionRepository
from rapport.kernel.auth import api_keys, invitations, teams, vault
from rapport.kernel.auth.oidc.repository import LinkedIdentityRepository
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.privacy import retention
from rapport.kernel.privacy.repository import ErasureRepository, ExportRepository
from rapport.kernel.privacy.schemas import RuleIn
from tests.make.auth import ORIGIN, Person, browser, person
from tests.make.webchat import Browser, Chat, chat

UNANSWERED = cycle(
    [
        "How do I reset the blinking lamp?",
        "Which football club won the cup yesterday?",
        "Do you sell umbrellas made of bamboo?",
        "May my dog sleep inside the tent?",
        "Can I pay by cheque in Norway?",
        "Where is the nearest shop to the harbour?",
        "Who designed the wool of the green sweater?",
        "Is the chocolate free of nuts and gluten?",
        "When does the museum open on holidays?",
        "What is the weight of a grand piano?",
    ]
)
"""Questions of which none means what another means."""


@dataclass(frozen=True)
class Furnished:
    """A workspace with one of everything; every text in it carries the canary."""

    workspace_id: UUID
    owner: Person
    canary: str
    things: dict[str, str]
    chat: Chat
    visitor_token: str


@pytest.fixture
async def furnished(app: FastAPI, database: Database, workspace: UUID) -> Furnished:
    """The workspace that others try to reach, furnished through the API as its owner would."""
    canary = f"canary-{new_id().hex}"
    owner = await person(database, workspace, name=canary)
    place = await chat(database, workspace, greeting=canary, team_name=canary)
    things = {"unknown_id": str(new_id()), "inbox_id": str(place.inbox_id), "token": "x" * 43}
    things["key"] = place.key
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as http:
        visitor = Browser(http, place)
        await visitor.arrive()
        begun = (await visitor.begin(canary)).json()
        await visitor.call("PATCH", "/visitor", json={"name": canary, "email": "c@example.com"})
    things["conversation_id"] = begun["conversation"]["id"]
    things["customer_id"] = str(visitor.customer_id)
    async with browser(app, owner) as client:
        await _furnish(client, things, canary)
    things |= {"user_id": str(owner.id), "assignee_id": str(owner.id)}
    async with database.begin(workspace, SYSTEM) as ctx:
        key, _ = await api_keys.create(ctx, name=canary, role=Role.AGENT)
        email = f"{canary}@example.com"
        invitation, _ = await invitations.invite(ctx, email=email, role=Role.AGENT)
        team = await teams.create(ctx, name=canary)
        things["suggestion_id"] = await suggestion(ctx, UUID(things["customer_id"]), canary)
        things["gap_id"] = await gap(ctx, UUID(things["conversation_id"]))
        things["model_id"] = await trained_model(ctx)
        await gathered(ctx, things, canary)
        await solved_conversation(ctx, UUID(things["conversation_id"]), canary)
        things["raw_id"] = await received_mail(ctx, things, canary)
        things |= await read_message(ctx, UUID(things["conversation_id"]))
        things["conversation_ids"] = things["conversation_id"]
        for thing in ("into_problem_id", "problem_id"):
            things[thing] = await recurring_issue(ctx, things["conversation_id"], canary)
        things |= await _told_and_forgotten(ctx, UUID(things["customer_id"]), canary)
        identity = await LinkedIdentityRepository(ctx).add(
            user_id=owner.id, issuer="https://id.example", subject=canary, email=canary
        )
        await vault.add_passkey(
            ctx.session,
            id=identity.id,
            user_id=owner.id,
            credential_id=identity.id.bytes,
            public_key=b"",
            sign_count=0,
            name=canary,
            now=ctx.now(),
        )
    things |= {"identity_id": str(identity.id), "passkey_id": str(identity.id)}
    things |= {"key_id": str(key.id), "invitation_id": str(invitation.id)}
    things["team_id"] = str(team.id)
    return Furnished(workspace, owner, canary, things, place, visitor.token)


async def gathered(ctx: Ctx, things: dict[str, str], canary: str) -> None:
    """What the customer told when the assistant asked."""
    await GatheringRepository(ctx).add(
        UUID(things["conversation_id"]),
        intent_id=UUID(things["intent_id"]),
        state="complete",
        seq=1,
        known={"order": {"value": canary, "source": "asked"}},
        tries={},
    )


async def read_message(ctx: Ctx, conversation_id: UUID) -> dict[str, str]:
    """The customer's first message, read; triage names it as others name their messages."""
    (message_id,) = await triage.read_messages(ctx, [(conversation_id, 1)])
    paths = ("/v1/messages/{message_id}/correction", "/v1/triage/queue/{message_id}")
    return {f"{path}:message_id": str(message_id) for path in paths}


async def _told_and_forgotten(ctx: Ctx, person_id: UUID, canary: str) -> dict[str, str]:
    """An export, an erasure (which has not begun) and a rule."""
    asked = {"person_id": person_id, "asked_by": str(ctx.actor), "asked_by_name": canary}
    rule = RuleIn(kind="conversations.resolved", effect="delete", after_days=30)
    return {
        "person_id": str(person_id),
        "export_id": str((await ExportRepository(ctx).add(**asked)).id),
        "erasure_id": str((await ErasureRepository(ctx).add(**asked, reason="asked")).id),
        "rule_id": str((await retention.add(ctx, rule)).id),
    }


async def _furnish(client: httpx.AsyncClient, things: dict[str, str], canary: str) -> None:
    """One of everything that agents make, its id under the name that addresses use."""

    async def make(thing: str, path: str, **body: Any) -> Any:
        answer = await client.post(f"/v1{path}", json=body)
        assert answer.is_success, answer.text
        things[thing] = answer.json()["id"]
        return answer.json()

    conversation = f"/conversations/{things['conversation_id']}"
    note = {"client_id": str(new_id()), "kind": "note", "body": canary, "attachment_ids": []}
    await make("message_id", f"{conversation}/messages", **note)
    await make("tag_id", "/tags", name=canary)
    await make("macro_id", "/macros", name=canary, body=canary)
    shelf = await make("collection_id", "/collections", name=canary)
    article = {"collection_id": shelf["id"], "title": canary, "body": canary}
    await make("article_id", "/articles", **article)
    site = {"name": canary, "start_url": "https://help.invalid/", "exclude": [f"/{canary}"]}
    await make("source_id", "/knowledge/sources", **site)
    await make("document_id", "/knowledge/snippets", title=canary, body=canary)
    await make("intent_id", "/triage/intents", name=canary[:60])
    examples = f"/v1/triage/intents/{things['intent_id']}/examples"
    taught = await client.post(examples, json={"examples": [canary]})
    assert taught.is_success, taught.text
    things["example_id"] = taught.json()["items"][0]["id"]
    await _people(client, make, things, canary)
    await _mailbox(client, things, canary)
    await client.put(f"/v1{conversation}/draft", json={"body": canary, "kind": "note"})
    sent = await client.post("/v1/files", files={"file": (f"{canary}.txt", b"hello", "text/plain")})
    assert sent.is_success, sent.text
    trusted = {"name": canary[:60], "issuer": "https://id.example", "client_id": canary}
    provider = await client.put("/v1/workspace/identity-provider", json=trusted)
    assert provider.is_success, provider.text
    sessions = (await client.get("/v1/auth/sessions")).json()
    things |= {
        "attachment_ids": sent.json()["id"],
        "session_id": (sessions if isinstance(sessions, list) else sessions["items"])[0]["id"],
        "provider_id": provider.json()["id"],
        "ids": things["conversation_id"],
        "tag_ids": things["tag_id"],
        "into_id": things["customer_id"],
        "number": "1",
        "name": "conversations.note",
        "rejected_id": things["unknown_id"],
        "examples": "sample",
        "seq": "1",
    }


async def _people(
    client: httpx.AsyncClient, make: Any, things: dict[str, str], canary: str
) -> None:
    """What is kept about people."""
    who = f"/customers/{things['customer_id']}"
    await make("company_id", "/companies", name=canary)
    await make("attribute_id", "/customer-attributes", key=canary[:60], label=canary, kind="text")
    await make("write_key_id", "/write-keys", name=canary, kind="server")
    await make("entry_id", f"{who}/timeline", kind="note", text=canary)
    await make("pain_point_id", f"{who}/pain-points", text=canary)
    await make("import_id", "/customer-imports", file_id=await people_file(client, canary))
    address = {"channel": "phone", "address": "+493012345678"}
    given = await client.post(f"/v1{who}/identities", json=address)
    assert given.is_success, given.text
    path = "/v1/customers/{customer_id}/identities/{identity_id}:identity_id"
    things[path] = next(i["id"] for i in given.json()["identities"] if i["channel"] == "phone")


async def _mailbox(client: httpx.AsyncClient, things: dict[str, str], canary: str) -> None:
    """An inbox for e-mail; its routes name it as web chats' routes name theirs."""
    box = {"name": canary, "address": f"{canary}@example.com"}
    made = await client.post("/v1/email/mailboxes", json=box)
    assert made.is_success, made.text
    inbox_id = made.json()["inbox_id"]
    way = {"kind": "smtp", "host": "smtp.example.com", "port": 587}
    changes = {"signature": canary, "outgoing": way}
    changed = await client.patch(f"/v1/email/mailboxes/{inbox_id}", json=changes)
    assert changed.is_success, changed.text
    for rest in ("", "/dkim", "/dns", "/oauth", "/health"):
        things[f"/v1/email/mailboxes/{{inbox_id}}{rest}:inbox_id"] = inbox_id
    things["mailbox_id"] = inbox_id
    things["delivery_id"] = await held_mail(client, things, canary)


async def held_mail(client: httpx.AsyncClient, things: dict[str, str], canary: str) -> str:
    """An answer by mail that can still be taken back."""
    mail = {"client_id": str(new_id()), "body": canary, "inbox_id": things["mailbox_id"]}
    later = {
        "to": [{"address": "c@example.com", "name": canary}],
        "send_at": "2026-02-01T09:00:00Z",
    }
    path = f"/v1/conversations/{things['conversation_id']}/mail"
    held = await client.post(path, json=mail | later)
    assert held.is_success, held.text
    delivery_id: str = held.json()["id"]
    return delivery_id


async def received_mail(ctx: Ctx, things: dict[str, str], canary: str) -> str:
    """The first message came by mail from a stranger, and was not understood."""
    sender = {"name": canary, "address": "stranger@example.com"}
    raw = f"From: {canary} <stranger@example.com>\r\nSubject: {canary}\r\n\r\n{canary}\r\n"
    inbox_id, source = UUID(things["mailbox_id"]), f"smtp:{canary}"
    raw_id = await store.keep(ctx, inbox_id, source, raw.encode(), Envelope())
    assert raw_id is not None
    await RawRepository(ctx).settle(raw_id, "failed", reason="unexpected")
    nothing: dict[str, Any] = {"delivery_id": None, "reply_to": None, "verdict": None, "auto": None}
    await DetailRepository(ctx).put(
        UUID(things["conversation_id"]),
        1,
        raw_id=raw_id,
        sender=sender,
        to=[],
        cc=[],
        subject=canary,
        quoted_html=canary,
        is_stranger=True,
        notices=[],
        **nothing,
    )
    return str(raw_id)


async def people_file(client: httpx.AsyncClient, canary: str) -> str:
    """An uploaded file of customers."""
    content = f"email,name\r\n{canary[-8:]}@example.com,{canary}".encode()
    sent = await client.post("/v1/files", files={"file": ("people.csv", content, "text/csv")})
    assert sent.is_success, sent.text
    file_id: str = sent.json()["id"]
    return file_id


async def trained_model(ctx: Ctx) -> str:
    """A model of intents that could be put to use; one that is being trained is given up."""
    growing = await TrainedModelRepository(ctx).in_state("training")
    if growing is not None:
        await training.cancel(ctx, growing.id)
    made = await training.start(ctx)
    made.state, made.content = "ready", b"a model"
    await ctx.session.flush()
    return str(made.id)


async def suggestion(ctx: Ctx, customer_id: UUID, name: str) -> str:
    """That a customer may be the same person as somebody new."""
    other = await customers.create(ctx, name=name)
    low, high = sorted((customer_id, other.id))
    rows = SuggestionRepository(ctx)
    told = {"score": 0.9, "reasons": [], "is_verified": False}
    await rows.save([{"low_id": low, "high_id": high, **told}])
    return str((await rows.open_of([other.id]))[0].id)


async def gap(ctx: Ctx, conversation_id: UUID) -> str:
    """That the first message of a conversation was a question without an answer."""
    answer = await AnswerRepository(ctx).add(
        conversation_id=conversation_id,
        question_id=new_id(),
        message_id=None,
        question=next(UNANSWERED),
        decision="handed_over",
        reason="nothing_found",
        confidence=0.1,
        mode="words",
        candidates=[],
        timings={},
    )
    taken = QuestionTakenUp(
        conversation_id=conversation_id,
        answer_id=answer.id,
        seq=1,
        decision=answer.decision,
        reason=answer.reason,
    )
    made = await gaps.take_up(ctx, taken)
    assert made is not None
    return str(made.id)


async def solved_conversation(ctx: Ctx, conversation_id: UUID, answer: str) -> None:
    """That what an agent answered in a conversation waits for a person, again where it did."""
    rows = SolvedRepository(ctx)
    known = await rows.find(conversation_id)
    if known is not None:
        await rows.remove(known)
    conversation = await conversations.get(ctx, conversation_id)
    await rows.add(
        id=conversation_id,
        customer_id=conversation.customer_id,
        inbox_id=conversation.inbox_id,
        solved_at=ctx.now(),
        state="waiting",
        reason="",
        question="What does it say?",
        answer=answer,
        locale="en",
        reply_seq=2,
        fingerprint=None,
    )


async def recurring_issue(ctx: Ctx, conversation_id: str, name: str) -> str:
    """A problem of two conversations, of which one can be seen."""
    problem_id, ids, now = new_id(), [UUID(conversation_id)], ctx.now()
    problems = ProblemRepository(ctx)
    row = {"id": problem_id, "name": name, "first_seen_at": now, "last_seen_at": now}
    await problems.found([{**row, "conversation_count": 1}])
    await FindingRepository(ctx).note(ids)
    await problems.put(ids, problem_id, barred_from=None)
    await problems.count(ids, by=1)
    return str(problem_id)


def fingerprint(database_url: str, workspace: UUID) -> dict[str, str]:
    """What each table holds of a workspace, as a hash; without what looking around changes."""
    with psycopg.connect(database_url) as owner:
        tables = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'workspace_id' AND c.relkind = 'r'"
            " AND c.relname NOT IN ('sessions', 'visitor_sessions', 'rate_limits')"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = owner.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
                " WHERE workspace_id = %s",
                (workspace,),
            ).fetchone()
            found[table] = str(row and row[0])
        return found
