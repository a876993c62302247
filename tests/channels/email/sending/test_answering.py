"""Answers by mail: to whom, with what, and how the next mail finds back."""

from typing import Any

import pytest

from rapport.channels.delivery import service as deliveries
from rapport.channels.email.parsing import parse
from rapport.channels.email.sending import service
from rapport.channels.email.sending.errors import (
    MailNotPossible,
    MailTooLarge,
    NoRecipient,
    OwnAddress,
)
from rapport.channels.email.sending.schemas import NewMailIn, ReplyOut
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM
from rapport.kernel.files import service as files
from rapport.kernel.ids import new_id
from tests.make.answers import Desk
from tests.make.conversations import make_conversation
from tests.make.files import picture, upload
from tests.sink import Taken


def people(several: list[object]) -> list[str]:
    return [getattr(one, "address") for one in several]  # noqa: B009


async def defaults(desk: Desk, talk: object) -> ReplyOut:
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        return await service.defaults(ctx, talk)  # type: ignore[arg-type]


async def test_an_answer_reaches_who_wrote_and_names_what_it_answers(desk: Desk) -> None:
    talk = await desk.get(subject="My parcel", message_id="<one@home.example>")

    sent = await desk.sent(talk, "It is **on its way**.")

    assert sent.sender == desk.mailbox.address
    assert sent.recipients == ("ada@home.example",)
    mail = sent.mail
    assert mail["From"] == f"The Shop <{desk.mailbox.address}>"
    assert mail["To"] == "Ada Lovelace <ada@home.example>"
    assert mail["Subject"] == "Re: My parcel"
    assert mail["In-Reply-To"] == "<one@home.example>"
    assert mail["References"] == "<one@home.example>"
    assert "Auto-Submitted" not in mail
    assert "List-Unsubscribe" not in mail
    said = parse(sent.content)
    assert said.text == "It is on its way."
    assert "<strong>on its way</strong>" in (said.html or "")


async def test_it_is_a_message_of_the_conversation_with_its_mail_beside_it(desk: Desk) -> None:
    talk = await desk.get()

    sent = await desk.sent(talk)

    delivery = await desk.last()
    assert (delivery.state, delivery.seq, delivery.response) == ("sent", 2, "250 Taken as 1")
    assert f"<{delivery.reference}>" == sent.id
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        message = await conversations.message_at(ctx, talk, 2)
        known = await deliveries.of_message(ctx, talk, 2)
    assert (message.body, message.author.id) == ("It is on its way.", desk.agent.id)
    assert known is not None
    assert known.id == delivery.id


async def test_what_answers_our_mail_finds_its_conversation_by_the_token_alone(desk: Desk) -> None:
    talk = await desk.get()
    sent = await desk.sent(talk)

    again = await desk.get(
        "Thanks!", subject="Something else", In_Reply_To=sent.id, message_id="<two@home.example>"
    )
    by_other_address = await desk.get(
        "From my other address", sender="ada@work.example", References=sent.id
    )

    assert again == by_other_address == talk


async def test_references_grow_with_the_thread(desk: Desk) -> None:
    talk = await desk.get(message_id="<one@home.example>")
    first = await desk.sent(talk, "First")
    await desk.get("And?", message_id="<two@home.example>", In_Reply_To=first.id)

    second = await desk.sent(talk, "Second")

    assert second.mail["In-Reply-To"] == "<two@home.example>"
    assert str(second.mail["References"]).split() == [
        "<one@home.example>",
        first.id,
        "<two@home.example>",
    ]


async def test_who_else_got_a_proved_mail_is_answered_too(desk: Desk) -> None:
    talk = await desk.get(
        to=f"{desk.mailbox.address}, bob@home.example",
        Cc="Cleo <cleo@other.example>, ADA@home.example",
    )

    reply = await defaults(desk, talk)
    sent = await desk.sent(talk)

    assert people(list(reply.to)) == ["ada@home.example"]
    assert people(list(reply.cc)) == ["bob@home.example", "cleo@other.example"]
    assert reply.is_authenticated
    assert sent.recipients == ("ada@home.example", "bob@home.example", "cleo@other.example")
    assert sent.mail["Cc"] == "bob@home.example, Cleo <cleo@other.example>"


async def test_where_answers_shall_go_counts_when_the_sender_is_proved(desk: Desk) -> None:
    form = {"sender": "form@home.example", "Reply_To": "Ada <ada@elsewhere.example>"}

    proved = await defaults(desk, await desk.get(**form))
    claimed = await defaults(desk, await desk.get(is_proved=False, **form))

    assert people(list(proved.to)) == ["ada@elsewhere.example"]
    assert people(list(claimed.to)) == ["form@home.example"]


async def test_an_agent_may_write_to_others_and_say_another_subject(desk: Desk) -> None:
    talk = await desk.get()
    given: dict[str, Any] = {
        "to": [{"address": "bob@home.example", "name": "Bob"}],
        "cc": [],
        "bcc": [{"address": "hidden@home.example"}],
        "subject": "About Ada",
    }

    sent = await desk.sent(talk, **given)

    assert sent.recipients == ("bob@home.example", "hidden@home.example")
    assert b"hidden" not in sent.content
    assert sent.mail["To"] == "Bob <bob@home.example>"
    assert sent.mail["Subject"] == "About Ada"


async def test_what_is_answered_is_quoted_where_the_mailbox_or_the_agent_wants_it(
    desk: Desk,
) -> None:
    talk = await desk.get("Where is it?\n\n> older words")

    without = await desk.sent(talk)
    wanted = await desk.sent(talk, quote=True)
    await desk.change(quoting=True)
    usual = await desk.sent(talk)

    def text(sent: Taken) -> str:
        return str(sent.mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]

    assert "Where is it?" not in text(without)
    for quoting in (wanted, usual):
        assert "Ada Lovelace wrote:" in text(quoting)
        assert "> Where is it?" in text(quoting)
        assert "older words" not in text(quoting)


async def test_notes_and_drafts_are_in_no_mail(desk: Desk) -> None:
    talk = await desk.get()
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        await conversations.reply(ctx, talk, "SECRET-NOTE", kind="note")

    sent = await desk.sent(talk, quote=True)

    assert b"SECRET" not in sent.content


async def test_signature_pictures_and_files_go_along(desk: Desk) -> None:
    await desk.change(signature="**The Shop** · Main Street")
    talk = await desk.get()
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        shown = await files.store(ctx, files.Upload("plan.png", picture()))
        loose = await files.store(ctx, upload("notes.txt", b"Parcel 12"))
        link = files.describe(ctx, shown).url

    await desk.answer(talk, f"See ![the plan]({link})", attachment_ids=[shown.id, loose.id])
    desk.clock.forward(days=2)  # the link has expired, the picture has not
    await desk.work()

    said = parse(desk.sink.taken[-1].content)
    assert [(it.name, it.inline) for it in said.attachments] == [
        ("plan.png", True),
        ("notes.txt", False),
    ]
    assert f"cid:{shown.id.hex}@shop.example" in (said.html or "")
    assert "/files/" not in (said.html or "")
    assert said.text == "See the plan\n\n--\n\nThe Shop · Main Street"


async def test_cards_are_in_the_mail(desk: Desk) -> None:
    talk = await desk.get()
    cards = [{"kind": "facts", "facts": [{"label": "Order", "value": "A-12"}]}]

    sent = await desk.sent(talk, cards=cards)

    assert "Order | A-12" in parse(sent.content).text


async def test_subjects_name_the_conversation_where_the_mailbox_wants_it(desk: Desk) -> None:
    await desk.change(outgoing={**desk.sink.outgoing, "number_in_subject": True})
    talk = await desk.get(subject="AW: My parcel")

    sent = await desk.sent(talk)

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        number = (await conversations.get(ctx, talk)).number
    assert sent.mail["Subject"] == f"AW: My parcel [#{number}]"


async def test_answers_go_to_a_tagged_address_where_such_mail_arrives(desk: Desk) -> None:
    mailbox = await desk.set_up(address="help@shop.example", incoming={"kind": "receiver"})
    talk = await desk.get(mailbox=mailbox)

    sent = await desk.sent(talk)

    tag = str(sent.mail["Reply-To"]).partition("+")[2].partition("@")[0]
    assert sent.id.startswith(f"<r.{tag}.")
    back = await desk.get("Found", mailbox=mailbox, to=f"help+{tag}@shop.example", subject="x")
    assert back == talk


async def test_the_address_of_a_colleague_inbox_is_no_recipient(desk: Desk) -> None:
    other = await desk.set_up(address="sales@shop.example")
    talk = await desk.get(to=f"{desk.mailbox.address}, {other.address}")

    reply = await defaults(desk, talk)

    assert people([*reply.to, *reply.cc]) == ["ada@home.example"]
    with pytest.raises(OwnAddress):
        await desk.answer(talk, to=[{"address": "SALES@shop.example"}])


async def test_an_answer_to_nobody_is_refused(desk: Desk) -> None:
    talk = await desk.get()

    with pytest.raises(NoRecipient):
        await desk.answer(talk, to=[], cc=[])


async def test_files_that_no_server_takes_are_refused_at_once(desk: Desk) -> None:
    talk = await desk.get()
    ids = []
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        for number in range(2):
            content = bytes([65 + number]) * (15 * 1024 * 1024)
            ids.append((await files.store(ctx, upload(f"{number}.txt", content))).id)

    with pytest.raises(MailTooLarge):
        await desk.answer(talk, attachment_ids=ids)


async def test_a_mailbox_that_does_not_send_says_so(desk: Desk) -> None:
    mailbox = await desk.set_up(address="in@shop.example", outgoing={"kind": "none"})
    talk = await desk.get(mailbox=mailbox)

    assert (await defaults(desk, talk)).why_not == "not_sending"
    with pytest.raises(MailNotPossible):
        await desk.answer(talk)


async def test_a_chat_goes_on_by_mail_and_comes_back_to_the_same_conversation(desk: Desk) -> None:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        chat = await make_conversation(ctx, body="I must go")

    reply = await defaults(desk, chat.id)
    sent = await desk.sent(chat.id, "Here is your answer")

    assert (reply.inbox_id, people(list(reply.to))) == (desk.mailbox.id, ["ada@example.com"])
    assert not reply.can_quote
    assert sent.recipients == ("ada@example.com",)
    back = await desk.get("Thanks", sender="ada@example.com", In_Reply_To=sent.id)
    assert back == chat.id


async def test_a_conversation_can_begin_with_a_mail_of_ours(desk: Desk) -> None:
    mail = NewMailIn.model_validate(
        {
            "inbox_id": desk.mailbox.id,
            "client_id": str(new_id()),
            "to": [{"address": "grace@home.example", "name": "Grace"}],
            "subject": "Your order",
            "body": "It is ready.",
        }
    )
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        begun = await service.begin(ctx, mail)
        assert await service.begin(ctx, mail) == begun
    await desk.work()

    (sent,) = desk.sink.taken
    assert (sent.recipients, sent.mail["Subject"]) == (("grace@home.example",), "Your order")
    assert "In-Reply-To" not in sent.mail
    assert str(sent.mail["List-Unsubscribe"]).startswith("<mailto:")
    back = await desk.get("Great", sender="grace@home.example", In_Reply_To=sent.id)
    assert back == begun.conversation_id


async def test_a_conversation_whose_first_mail_is_taken_back_is_over(desk: Desk) -> None:
    await desk.change(undo_s=30)
    mail = NewMailIn.model_validate(
        {
            "inbox_id": desk.mailbox.id,
            "client_id": str(new_id()),
            "to": [{"address": "grace@home.example"}],
            "subject": "Your order",
            "body": "Oops",
        }
    )
    async with desk.database.begin(desk.workspace, desk.agent) as ctx:
        begun = await service.begin(ctx, mail)
        await deliveries.cancel(ctx, begun.delivery_id)
        talk = await conversations.get(ctx, begun.conversation_id)

    assert (talk.status, talk.last_seq) == ("resolved", 0)


async def test_addresses_that_bounced_are_warned_of(desk: Desk) -> None:
    talk = await desk.get()
    desk.sink.answers["ada@home.example"] = "550 5.1.1 No such user here"
    await desk.answer(talk)
    await desk.work()

    (warning,) = (await defaults(desk, talk)).warnings

    failed = await desk.last()
    assert (failed.state, failed.reason) == ("failed", "recipients_refused")
    assert failed.response == "550 5.1.1 No such user here"
    assert (warning.address, warning.kind) == ("ada@home.example", "bounced")
