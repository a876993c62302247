"""Who did what: every operation that changes something is recorded, or says here why not."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from fastapi import FastAPI

from rapport.ai.solved.runs.repository import RunRepository
from rapport.ai.triage.training import service as training
from rapport.conversations.ports import NewMessage
from rapport.customers.importing import service as imports
from rapport.kernel.auth import invitations, resets, sign_in
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import PROJECT
from tests.make.auth import ORIGIN, Person, browser, person
from tests.make.webchat import Browser
from tests.security.attempts import DOCUMENT
from tests.server.furniture import (
    Furnished,
    gap,
    held_mail,
    people_file,
    recurring_issue,
    solved_conversation,
    suggestion,
    trained_model,
)
from tests.server.samples import Operation, Samples, operations

IN_THE_LOG: Final = "the conversation shows it, and the log of events keeps who did it"
OWN_AND_PASSING: Final = "concerns nobody else and does not last"
NOTHING_CHANGES: Final = "only reads, or only tries"
TRACKING: Final = (
    *("identify_person", "track_event", "track_page", "track_screen", "track_group"),
    *("alias_person", "track_batch"),
)
SOLVED: Final = "/v1/assistant/solved/settings"
USED: Final[dict[str, Any]] = {
    "is_on": True,
    "inbox_ids": [],
    "audience": "internal",
    "after_days": 14,
    "is_reviewed": True,
    "most": 1_000,
}
EXEMPT: Final = {
    "assign_conversation": IN_THE_LOG,
    "assign_conversation_to_team": IN_THE_LOG,
    "change_many_conversations": IN_THE_LOG,
    "prioritise_conversation": IN_THE_LOG,
    "set_conversation_handler": IN_THE_LOG,
    "set_conversation_status": IN_THE_LOG,
    "start_conversation": IN_THE_LOG,
    "tag_conversation": IN_THE_LOG,
    "write_message": IN_THE_LOG,
    "write_mail": IN_THE_LOG,
    "start_mail": IN_THE_LOG,
    "cancel_delivery": IN_THE_LOG,
    "send_delivery": IN_THE_LOG,
    "drop_draft": OWN_AND_PASSING,
    "mark_conversation_seen": OWN_AND_PASSING,
    "save_draft": OWN_AND_PASSING,
    "preview_article": NOTHING_CHANGES,
    "try_assistant": NOTHING_CHANGES,
    "find_similar_solved": NOTHING_CHANGES,
    "try_source_page": NOTHING_CHANGES,
    "test_language_model": NOTHING_CHANGES,
    "try_pattern": NOTHING_CHANGES,
    "correct_reading": "the reading keeps who corrected it, and what the machine had said",
    "label_message": "the label keeps who gave it; a skip changes nothing that anybody reads",
    "upload_file": "the file keeps who uploaded it, and is gone in a day unless a message uses it",
    "begin_second_factor": "offers a secret that opens nothing until it is enabled",
    "begin_identity_sign_in": "leads to the provider; whoever comes back is recorded",
    "begin_connecting_identity": "leads to the provider; whoever comes back is recorded",
    "offer_passkey": "a question without its answer; the passkey is recorded",
    "offer_passkey_sign_in": "a question without its answer; the sign-in is recorded",
    "forecast_retention": NOTHING_CHANGES,
    "check_identity_provider": NOTHING_CHANGES,
    "discover_mail_settings": NOTHING_CHANGES,
    "test_mailbox": NOTHING_CHANGES,
    "begin_mailbox_sign_in": "leads to the provider; whoever comes back is recorded",
    **dict.fromkeys(TRACKING, "the customers' timelines and changes keep it, and by which key"),
    "request_password_reset": "nobody is signed in and nothing changes yet; its use is recorded",
}
"""Operations under /v1 that leave no record, and why. Those of /widget are visitors' own words."""

_AUTH: Final = "src/rapport/kernel/auth"
_PRIVACY: Final = "src/rapport/kernel/privacy"
_MAIL: Final = "src/rapport/channels/email/setup"
TRIED_ELSEWHERE: Final = {
    "sign_in_with_passkey": ("session.started", f"{_AUTH}/sign_in.py"),
    "sign_in_with_code": ("session.started", f"{_AUTH}/sign_in.py"),
    "add_passkey": ("passkey.added", f"{_AUTH}/passkeys.py"),
    "rename_passkey": ("passkey.renamed", f"{_AUTH}/passkeys.py"),
    "revoke_passkey": ("passkey.revoked", f"{_AUTH}/passkeys.py"),
    "enable_second_factor": ("second_factor.enabled", f"{_AUTH}/second_factor.py"),
    "disable_second_factor": ("second_factor.disabled", f"{_AUTH}/second_factor.py"),
    "renew_recovery_codes": ("recovery_codes.renewed", f"{_AUTH}/second_factor.py"),
    "reset_second_factor": ("second_factor.reset", f"{_AUTH}/members.py"),
    "disconnect_identity": ("identity.disconnected", f"{_AUTH}/oidc/identities.py"),
    "save_identity_provider": ("identity_provider.saved", f"{_AUTH}/oidc/providers.py"),
    "remove_identity_provider": ("identity_provider.removed", f"{_AUTH}/oidc/providers.py"),
    "switch_dkim": ("mailbox.signing_switched", f"{_MAIL}/signing.py"),
    "finish_mailbox_sign_in": ("mailbox.signed_in", f"{_MAIL}/signing_in.py"),
    "ask_for_erasure": ("person.erasure_asked", f"{_PRIVACY}/erasures.py"),
    "ask_for_export": ("person.export_asked", f"{_PRIVACY}/exports.py"),
    "link_export": ("person.export_fetched", f"{_PRIVACY}/exports.py"),
    "add_retention_rule": ("retention_rule.added", f"{_PRIVACY}/retention.py"),
    "change_retention_rule": ("retention_rule.changed", f"{_PRIVACY}/retention.py"),
    "remove_retention_rule": ("retention_rule.removed", f"{_PRIVACY}/retention.py"),
}
"""What needs a device, a provider or a running job to be tried: its verb, and who records it."""

MUTATING: Final = [
    o for o in operations(DOCUMENT) if o.method != "GET" and o.path.startswith("/v1/")
]
LAST: Final = ("sign_out", "change_my_email", "change_my_password", "end_other_sessions")
"""They end the session that goes on trying; each gets a person of its own."""


class Desk:
    """A furnished workspace whose owner does one thing after another."""

    def __init__(self, app: FastAPI, database: Database, furnished: Furnished) -> None:
        self.app = app
        self.database = database
        self.furnished = furnished
        self.things = dict(furnished.things)
        self.http = browser(app, furnished.owner)

    async def send(self, operation: Operation, **changes: Any) -> httpx.Response:
        request = Samples(DOCUMENT, self.things).request(operation) | changes
        return await self.http.request(**request)

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/v1{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def colleague(self) -> Person:
        return await person(self.database, self.furnished.workspace_id, Role.AGENT)

    def stranger(self) -> httpx.AsyncClient:
        """A browser in which nobody is signed in."""
        return browser(self.app)


Doing = Callable[[Desk, Operation], Awaitable[httpx.Response]]


async def _perform(desk: Desk, operation: Operation) -> httpx.Response:
    arguments = {"conversation_id": desk.things["conversation_id"], "body": "Hello"}
    desk.things["name"] = "conversations.add_note"
    return await desk.send(operation, json={"arguments": arguments})


async def _merge(desk: Desk, operation: Operation) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url=ORIGIN) as http:
        other = Browser(http, desk.furnished.chat)
        await other.arrive()
        await other.begin("Hello")
    desk.things["customer_id"] = str(other.customer_id)
    return await desk.send(operation, json={"into_id": desk.furnished.things["customer_id"]})


async def _of_a_colleague(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["user_id"] = str((await desk.colleague()).id)
    body = {"role": "light_agent"} if operation.method == "PATCH" else None
    return await desk.send(operation, json=body)


async def _of_a_new_inbox(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["inbox_id"] = (await desk.post("/inboxes", name="Unused"))["id"]
    return await desk.send(operation)


async def _of_a_new_collection(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["collection_id"] = (await desk.post("/collections", name="Unused"))["id"]
    return await desk.send(operation)


async def _of_a_new_source(desk: Desk, operation: Operation) -> httpx.Response:
    site = {"name": "Unused", "start_url": "https://help.invalid/"}
    desk.things["source_id"] = (await desk.post("/knowledge/sources", **site))["id"]
    if operation.name == "cancel_crawl":
        await desk.post(f"/knowledge/sources/{desk.things['source_id']}/crawl")
    return await desk.send(operation)


async def _given(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"channel": "website", "address": str(new_id())})


async def _marked(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"is_shared": True})


async def _of_the_furnished(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["customer_id"] = desk.furnished.things["customer_id"]
    return await desk.send(operation)


async def _new_customer(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"name": "Nora New"})


async def _of_a_new_suggestion(desk: Desk, operation: Operation) -> httpx.Response:
    customer_id = UUID((await desk.post("/customers", name="Nora New"))["id"])
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        desk.things["suggestion_id"] = await suggestion(ctx, customer_id, "Nora Newer")
    body = {"into_id": str(customer_id)} if operation.name.startswith("merge") else None
    return await desk.send(operation, json=body)


async def _of_a_new_problem(desk: Desk, operation: Operation) -> httpx.Response:
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        conversation_id = desk.furnished.things["conversation_id"]
        desk.things["problem_id"] = await recurring_issue(ctx, conversation_id, "New")
    desk.things["conversation_id"] = desk.things["conversation_ids"] = conversation_id
    return await desk.send(operation)


async def _of_a_new_file(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"file_id": await people_file(desk.http, "x" * 9)})


async def _of_a_new_import(desk: Desk, operation: Operation) -> httpx.Response:
    file_id = await people_file(desk.http, "x" * 9)
    draft = (await desk.post("/customer-imports", file_id=file_id))["id"]
    desk.things["import_id"] = draft
    if operation.name.startswith("undo"):
        async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
            (await imports.get(ctx, UUID(draft))).state = "done"
    return await desk.send(operation, json={"match": "email"})


async def _of_a_training(desk: Desk, operation: Operation) -> httpx.Response:
    listed = (await desk.http.get("/v1/triage/models")).json()["items"]
    growing = [one["id"] for one in listed if one["state"] == "training"]
    desk.things["model_id"] = growing[0] if growing else (await desk.post("/triage/models"))["id"]
    return await desk.send(operation)


async def _of_a_new_model(desk: Desk, operation: Operation) -> httpx.Response:
    for model in range(2 if operation.name.startswith("roll") else 1):
        async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
            desk.things["model_id"] = await trained_model(ctx)
            if operation.name.startswith("roll"):
                row = await training.promote(ctx, UUID(desk.things["model_id"]))
                row.promoted_at = ctx.now() + timedelta(seconds=model)
    return await desk.send(operation)


async def _train_otherwise(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"least_gain": 5})


async def _rename(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"name": "Another name"})


async def _set_up_otherwise(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"from_name": "Another name"})


async def _rewrite(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"body": "Other words"})


async def _restore(desk: Desk, operation: Operation) -> httpx.Response:
    path = f"/v1/articles/{desk.things['article_id']}"
    assert (await desk.http.patch(path, json={"body": "Changed"})).is_success
    return await desk.send(operation)


async def _unpublish(desk: Desk, operation: Operation) -> httpx.Response:
    await desk.post(f"/articles/{desk.things['article_id']}/publish")
    return await desk.send(operation)


async def _with_link(desk: Desk, operation: Operation) -> httpx.Response:
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        token = await sign_in.create_link(ctx, desk.furnished.owner.id)
    async with desk.stranger() as http:
        return await http.post(operation.path, json={"token": token})


async def _with_password(desk: Desk, operation: Operation) -> httpx.Response:
    someone, password = await desk.colleague(), "correct horse battery"
    await resets.set_for(desk.database, email=someone.email, password=password)
    async with desk.stranger() as http:
        body = {"email": someone.email, "password": password}
        return await http.post(operation.path, json=body)


async def _accept(desk: Desk, operation: Operation) -> httpx.Response:
    email = f"{new_id()}@example.com"
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        _, link = await invitations.invite(ctx, email=email, role=Role.AGENT)
    body = {"token": _token_in(link), "name": "Nora New", "password": "correct horse battery"}
    async with desk.stranger() as http:
        return await http.post(operation.path, json=body)


async def _confirm_reset(desk: Desk, operation: Operation) -> httpx.Response:
    someone = await desk.colleague()
    async with desk.database.connect() as session:
        token = await resets.create(session, someone.id, now=desk.database.now())
    async with desk.stranger() as http:
        body = {"token": token, "password": "correct horse battery"}
        return await http.post(operation.path, json=body)


async def _retry(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["rejected_id"] = str(new_id())
    kept = NewMessage(
        workspace_id=desk.furnished.workspace_id,
        conversation_id=UUID(desk.things["conversation_id"]),
        body="Hello",
        author_kind="system",
        kind="note",
        client_id="kept",
    )
    with psycopg.connect(desk.database.url) as owner:
        owner.execute(
            "INSERT INTO rejected_messages (workspace_id, id, conversation_id, client_id, reason,"
            " payload, created_at) VALUES (%s, %s, %s, 'kept', 'refused', %s, now())",
            (
                kept.workspace_id,
                desk.things["rejected_id"],
                kept.conversation_id,
                msgspec.json.encode(kept).decode(),
            ),
        )
    return await desk.send(operation)


async def _of_a_colleagues_own(desk: Desk, operation: Operation) -> httpx.Response:
    request = Samples(DOCUMENT, desk.things).request(operation)
    async with browser(desk.app, await desk.colleague()) as http:
        return await http.request(**request)


async def _of_a_held_mail(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["delivery_id"] = await held_mail(desk.http, desk.things, "Hello")
    return await desk.send(operation)


async def _mail(desk: Desk, operation: Operation) -> httpx.Response:
    mail = {"client_id": str(new_id()), "body": "Hello", "inbox_id": desk.things["mailbox_id"]}
    to = {"to": [{"address": "nora@example.com"}]}
    subject = {"subject": "News"} if operation.name == "start_mail" else {}
    return await desk.send(operation, json=mail | to | subject)


async def _gap(desk: Desk) -> str:
    """An answered question that the assistant had no answer to."""
    word = new_id().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    body = f"Take the battery out and hold the power key of the {word} for ten seconds."
    talk = f"/conversations/{desk.things['conversation_id']}/messages"
    await desk.post(talk, client_id=str(new_id()), body=body, kind="message", attachment_ids=[])
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        return await gap(ctx, UUID(desk.things["conversation_id"]))


async def _of_a_new_gap(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["gap_id"] = await _gap(desk)
    return await desk.send(operation)


async def _merge_gaps(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["gap_id"], into = await _gap(desk), await _gap(desk)
    return await desk.send(operation, json={"into_id": into})


async def _reopen_gap(desk: Desk, operation: Operation) -> httpx.Response:
    desk.things["gap_id"] = await _gap(desk)
    await desk.http.post(f"/v1/assistant/gaps/{desk.things['gap_id']}/dismiss")
    return await desk.send(operation)


async def _of_a_solved_conversation(desk: Desk, operation: Operation) -> httpx.Response:
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        await solved_conversation(ctx, UUID(desk.things["conversation_id"]), "It says hello.")
    return await desk.send(operation)


async def _use_solved(desk: Desk, operation: Operation) -> httpx.Response:
    inbox_ids = [desk.things["inbox_id"]]
    await desk.http.put(SOLVED, json=USED | {"is_on": False})
    return await desk.send(operation, json=USED | {"inbox_ids": inbox_ids})


async def _look_through_solved(desk: Desk, operation: Operation) -> httpx.Response:
    await desk.http.put(SOLVED, json=USED)
    async with desk.database.begin(desk.furnished.workspace_id, SYSTEM) as ctx:
        run = await RunRepository(ctx).begin(total=0) or await RunRepository(ctx).find()
        assert run is not None
        run.state = "done" if operation.name.startswith("start") else "running"
    return await desk.send(operation)


async def _set_nothing(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"sets_topic": False})


async def _teach(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"examples": [f"Where is {new_id()}?"]})


async def _need(desk: Desk, operation: Operation) -> httpx.Response:
    fact = {"name": "order", "kind": "order_number", "labels": {"en": f"Order {new_id()}"}}
    return await desk.send(operation, json={"facts": [fact]})


async def _describe(desk: Desk, operation: Operation) -> httpx.Response:
    return await desk.send(operation, json={"description": "Otherwise"})


async def _of_a_new_intent(desk: Desk, operation: Operation) -> httpx.Response:
    path = "/triage/intents"
    desk.things["intent_id"] = intent = (await desk.post(path, name=f"{new_id()}"))["id"]
    listed = await desk.post(f"{path}/{intent}/examples", examples=["Where is it?"])
    desk.things["example_id"] = listed["items"][0]["id"]
    return await desk.send(operation)


DOINGS: Final[dict[str, Doing]] = {
    "dismiss_gap": _of_a_new_gap,
    "draft_gap": _of_a_new_gap,
    "link_gap": _of_a_new_gap,
    "merge_gap": _merge_gaps,
    "reopen_gap": _reopen_gap,
    "approve_solved_conversation": _of_a_solved_conversation,
    "reject_solved_conversation": _of_a_solved_conversation,
    "remove_solved_conversation": _of_a_solved_conversation,
    "set_solved_settings": _use_solved,
    "start_taking_solved": _look_through_solved,
    "cancel_taking_solved": _look_through_solved,
    "change_triage_settings": _set_nothing,
    "add_intent_examples": _teach,
    "change_intent": _describe,
    "set_intent_facts": _need,
    "archive_intent": _of_a_new_intent,
    "remove_intent_example": _of_a_new_intent,
    "write_mail": _mail,
    "start_mail": _mail,
    "cancel_delivery": _of_a_held_mail,
    "send_delivery": _of_a_held_mail,
    "perform_action": _perform,
    "merge_customer": _merge,
    "add_customer": _new_customer,
    "remove_customer_identity": _of_the_furnished,
    "remove_pain_point": _of_the_furnished,
    "remove_from_timeline": _of_the_furnished,
    "add_customer_identity": _given,
    "change_customer_identity": _marked,
    "change_company": _rename,
    "change_problem": _of_a_new_problem,
    "merge_problem": _of_a_new_problem,
    "split_problem": _of_a_new_problem,
    "remove_problem_conversation": _of_a_new_problem,
    "update_mailbox": _set_up_otherwise,
    "cancel_triage_training": _of_a_training,
    "promote_triage_model": _of_a_new_model,
    "roll_back_triage_model": _of_a_new_model,
    "change_training_settings": _train_otherwise,
    "dismiss_duplicate": _of_a_new_suggestion,
    "merge_duplicate": _of_a_new_suggestion,
    "begin_customer_import": _of_a_new_file,
    "change_customer_import": _of_a_new_import,
    "drop_customer_import": _of_a_new_import,
    "start_customer_import": _of_a_new_import,
    "undo_customer_import": _of_a_new_import,
    "change_member": _of_a_colleague,
    "remove_member": _of_a_colleague,
    "delete_inbox": _of_a_new_inbox,
    "delete_collection": _of_a_new_collection,
    "change_article": _rewrite,
    "change_source": _rename,
    "delete_source": _of_a_new_source,
    "start_crawl": _of_a_new_source,
    "cancel_crawl": _of_a_new_source,
    "retry_failed_pages": _of_a_new_source,
    "change_tag": _rename,
    "rename_team": _rename,
    "restore_article_version": _restore,
    "unpublish_article": _unpublish,
    "sign_in_with_link": _with_link,
    "sign_in_with_password": _with_password,
    "accept_invitation": _accept,
    "confirm_password_reset": _confirm_reset,
    "retry_rejected_message": _retry,
    **dict.fromkeys(LAST, _of_a_colleagues_own),
}
"""How an operation is brought to change something, where its mere sample does not."""


@pytest.fixture
async def desk(app: FastAPI, database: Database, furnished: Furnished) -> Desk:
    return Desk(app, database, furnished)


def _order(operation: Operation) -> tuple[bool, bool, bool, str]:
    """Making before changing, merging before unmerging, removing late, and the session last."""
    is_end, is_removal = operation.name == "end_session", operation.method == "DELETE"
    return is_end, is_removal, operation.name.startswith("un"), operation.path


async def test_every_operation_that_changes_something_is_recorded(
    desk: Desk, database_url: str
) -> None:
    unrecorded = []
    for operation in sorted(MUTATING, key=_order):
        if operation.name in EXEMPT or operation.name in TRIED_ELSEWHERE:
            continue
        before = count(database_url, desk)
        doing = DOINGS.get(operation.name, Desk.send)
        try:
            answer = await doing(desk, operation)
        except AssertionError as error:
            unrecorded.append(str(error))
            continue
        if not answer.is_success:
            unrecorded.append(f"{operation} → {answer.status_code} {answer.text[:200]}")
        elif count(database_url, desk) == before:
            unrecorded.append(f"{operation} ({operation.name}) leaves no record")

    assert not unrecorded, "\n".join(unrecorded)


def test_every_exemption_is_of_an_operation_that_exists() -> None:
    named = set(EXEMPT) | set(TRIED_ELSEWHERE) | set(DOINGS)

    assert named - {operation.name for operation in MUTATING} == set()


@pytest.mark.parametrize(("verb", "path"), sorted(set(TRIED_ELSEWHERE.values())))
def test_what_is_tried_elsewhere_is_recorded_there(verb: str, path: str) -> None:
    source = (PROJECT / path).read_text("utf-8")

    assert f'"{verb}"' in source
    assert "audit.record(" in source


def test_the_console_has_words_for_every_verb() -> None:
    locales = PROJECT / "web" / "console" / "src" / "locales"
    recorded = {verb for verb, _ in TRIED_ELSEWHERE.values()} | set(
        re.findall(
            r'(?:audit\.record|_record|_announce)\([^)]*?"([a-z_]+\.[a-z_]+)"',
            "\n".join(p.read_text("utf-8") for p in (PROJECT / "src/rapport").rglob("*.py")),
        )
    )
    for language in ("en", "de"):
        verbs = json.loads((locales / language / "audit.json").read_text("utf-8"))["verbs"]
        known = {f"{noun}.{verb}" for noun, of in verbs.items() if noun != "other" for verb in of}
        assert recorded - known == set()
    assert len(recorded) > 25


async def test_what_the_log_keeps_instead_names_who_did_it(desk: Desk, database_url: str) -> None:
    silent = []
    for operation in MUTATING:
        if EXEMPT.get(operation.name) is not IN_THE_LOG:
            continue
        before = count(database_url, desk, "events")
        changes = {"json": _MAKES_A_DIFFERENCE.get(operation.name)}
        if operation.name in DOINGS:
            answer = await DOINGS[operation.name](desk, operation)
        else:
            answer = await desk.send(operation, **{k: v for k, v in changes.items() if v})
        if not answer.is_success:
            silent.append(f"{operation} → {answer.status_code} {answer.text[:200]}")
        elif count(database_url, desk, "events") == before:
            silent.append(f"{operation} is not in the log")

    assert not silent, "\n".join(silent)


_MAKES_A_DIFFERENCE: Final[dict[str, dict[str, Any]]] = {
    "assign_conversation": {"assignee_id": None},
    "set_conversation_handler": {"handler": "assistant"},
    "set_conversation_status": {"status": "resolved"},
    "prioritise_conversation": {"priority": "urgent"},
}


def count(database_url: str, desk: Desk, table: str = "audit_records") -> int:
    """How many records there are, or how many events of the owner's doing."""
    whose = f"AND actor = '{desk.furnished.owner.actor}'" if table == "events" else ""
    with psycopg.connect(database_url) as owner:
        row = owner.execute(
            f"SELECT count(*) FROM {table} WHERE workspace_id = %s {whose}",
            (desk.furnished.workspace_id,),
        ).fetchone()
    return row[0] if row else 0


def _token_in(link: str) -> str:
    return link.rsplit("/", 1)[-1].rsplit("=", 1)[-1].rsplit("#", 1)[-1]
