"""Forged senders, people from elsewhere, and colleagues: what their mail may do."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from rapport.channels.delivery.models import Delivery
from rapport.channels.email import threading
from rapport.channels.email.models import RawMail
from rapport.channels.email.receiving.routes import router
from rapport.kernel.auth.roles import Role
from rapport.kernel.context import SYSTEM
from rapport.kernel.http import install_problem_handlers
from tests.channels.email.receiving.conftest import Desk
from tests.make.auth import Person, browser, person


async def tagged(desk: Desk, raw: RawMail, recipient: str = "ada@home.example") -> str:
    """Our address with the token of a conversation."""
    number = (await desk.conversation(raw)).number
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        key = await threading.key_of(ctx)
    token = threading.mint(key, number, recipient, (desk.clock() + timedelta(days=30)).date())
    return f"support+{token}@shop.example"


@pytest.fixture
def api(desk: Desk) -> FastAPI:
    app = FastAPI()
    app.state.database = desk.database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
async def boss(desk: Desk) -> Person:
    return await person(desk.database, desk.workspace, email="boss@shop.example")


async def call(api: FastAPI, who: Person, method: str, path: str, **more: Any) -> httpx.Response:
    async with browser(api, who) as client:
        return await client.request(method, f"/v1{path}", **more)


async def test_who_answers_from_another_address_is_let_in_and_shown_as_a_stranger(
    desk: Desk,
) -> None:
    first = await desk.get()

    other = await desk.get(
        "It is me, at work.", sender="Ada <ada@work.example>", to=await tagged(desk, first)
    )

    assert other.conversation_id == first.conversation_id
    assert (await desk.detail(other)).is_stranger
    message = (await desk.messages(first.conversation_id))[-1]
    assert (message.author_kind, message.author_name) == ("customer", "Ada")


async def test_a_machine_that_was_no_part_of_it_is_not_let_in(desk: Desk) -> None:
    first = await desk.get()

    code = await desk.get(
        "Your code is 1234.",
        sender="noreply@chat.example",
        to=await tagged(desk, first),
        Auto_Submitted="auto-generated",
    )

    assert code.conversation_id != first.conversation_id


async def test_a_stranger_gets_a_conversation_of_their_own_when_an_agent_says_so(
    desk: Desk, api: FastAPI, boss: Person
) -> None:
    first = await desk.get()
    other = await desk.get(
        "And mine?", sender="Bob <bob@else.example>", to=await tagged(desk, first)
    )
    path = f"/conversations/{first.conversation_id}/mails/{other.seq}/split"

    made = await call(api, boss, "POST", path)
    again = await call(api, boss, "POST", path)

    assert made.status_code == 201, made.text
    assert made.json()["customer"]["email"] == "bob@else.example"
    assert again.json()["id"] == made.json()["id"]
    assert not (await desk.detail(other)).is_stranger
    (said,) = await desk.messages(made.json()["id"])
    assert said.body == "And mine?"


async def test_what_a_participant_wrote_is_not_split(
    desk: Desk, api: FastAPI, boss: Person
) -> None:
    first = await desk.get()

    refused = await call(api, boss, "POST", f"/conversations/{first.conversation_id}/mails/1/split")

    assert (refused.status_code, refused.json()["code"]) == (409, "mail_not_a_strangers")


async def test_a_forged_mail_brings_nobody_into_a_conversation(desk: Desk) -> None:
    first = await desk.get(message_id="<one@home.example>")
    await desk.get(
        "Please keep my colleague informed.",
        In_Reply_To="<one@home.example>",
        message_id="<forged@home.example>",
        Cc="thief@evil.example",
        is_proved=False,
    )

    theft = await desk.get(
        "So, what did you say?",
        sender="thief@evil.example",
        In_Reply_To="<forged@home.example>",
    )

    assert theft.conversation_id != first.conversation_id


async def test_a_forged_colleague_is_a_customer_like_any_other(desk: Desk, boss: Person) -> None:
    first = await desk.get(message_id="<one@home.example>")

    forged = await desk.get(
        "Here is your refund.",
        sender="Boss <boss@shop.example>",
        In_Reply_To="<one@home.example>",
        References=f"<r.{'a' * 36}.abcd@shop.example> <one@home.example>",
        is_proved=False,
    )

    assert forged.conversation_id != first.conversation_id
    (message,) = await desk.messages(forged.conversation_id)
    assert message.author_kind == "customer"
    assert "from_agent" in (await desk.detail(forged)).notices
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert (await ctx.session.scalars(select(Delivery))).all() == []


async def test_a_colleagues_own_mail_never_acts_as_theirs_either(desk: Desk, boss: Person) -> None:
    first = await desk.get()

    said = await desk.get(
        "We will refund you.", sender="boss@shop.example", to=await tagged(desk, first)
    )

    message = (await desk.messages(first.conversation_id))[-1]
    assert message.author_kind == "customer"
    assert (await desk.detail(said)).is_stranger


async def test_whose_mail_a_colleague_passes_on_is_the_customer(desk: Desk, boss: Person) -> None:
    text = (
        "Can somebody look at this?\n\n"
        "---------- Forwarded message ---------\n"
        "From: Carla Client <carla@client.example>\n"
        "Date: Mon, 5 Jan 2026 at 08:00\n"
        "Subject: Broken lamp\n"
        "To: <boss@shop.example>\n\n"
        "My lamp is broken.\n"
    )

    raw = await desk.get(text, sender="boss@shop.example", subject="Fwd: Broken lamp")

    customer, conversation = await desk.customer(raw), await desk.conversation(raw)
    assert (customer.name, customer.email) == ("Carla Client", "carla@client.example")
    assert not customer.verified
    assert conversation.subject == "Broken lamp"
    said, note = await desk.messages(raw.conversation_id)
    assert said.body == "My lamp is broken."
    assert (note.kind, note.body) == ("note", "Can somebody look at this?")


async def test_what_nobody_proved_to_be_a_colleague_passed_on_stays_theirs(
    desk: Desk, boss: Person
) -> None:
    text = "-------- Forwarded --------\nFrom: Carla <carla@client.example>\nSubject: x\n\nGive."

    raw = await desk.get(
        text, sender="boss@shop.example", subject="Fwd: Broken lamp", is_proved=False
    )

    assert (await desk.customer(raw)).email == "boss@shop.example"


async def test_the_sender_is_who_is_in_from_wherever_answers_shall_go(desk: Desk) -> None:
    raw = await desk.get(Reply_To="Other <other@evil.example>")

    assert (await desk.customer(raw)).email == "ada@home.example"
    detail = await desk.detail(raw)
    assert detail.reply_to == {"name": "Other", "address": "other@evil.example"}
    assert detail.verdict is not None
    assert "reply_to_elsewhere" in detail.verdict["reasons"]


async def test_a_form_that_writes_from_our_own_address_is_by_whom_it_names(desk: Desk) -> None:
    raw = await desk.get(
        sender="Shop <support@shop.example>", Reply_To="Dora <dora@visitor.example>"
    )

    customer = await desk.customer(raw)
    assert (customer.email, customer.verified) == ("dora@visitor.example", False)
    assert "from_us" in (await desk.detail(raw)).notices


async def test_light_agents_split_nothing(desk: Desk, api: FastAPI) -> None:
    light = await person(desk.database, desk.workspace, Role.LIGHT_AGENT)
    first = await desk.get()

    refused = await call(
        api, light, "POST", f"/conversations/{first.conversation_id}/mails/1/split"
    )

    assert refused.status_code == 403
