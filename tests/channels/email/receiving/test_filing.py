"""Which conversation a mail becomes part of, and as what."""

from rapport.conversations import service as conversations
from rapport.conversations.erasing.repository import ErasingRepository
from rapport.kernel.context import SYSTEM
from tests.channels.email.receiving.conftest import Desk
from tests.make.mail import letter, make_mailbox


async def test_a_mail_opens_a_conversation_with_its_sender(desk: Desk) -> None:
    raw = await desk.get("Where is my parcel?\n\n-- \nAda", subject="Parcel 12")

    assert raw.state == "stored"
    customer, conversation = await desk.customer(raw), await desk.conversation(raw)
    assert (customer.name, customer.email) == ("Ada Lovelace", "ada@home.example")
    assert customer.verified
    assert (conversation.subject, conversation.status) == ("Parcel 12", "open")
    assert conversation.waiting_since is not None
    (message,) = await desk.messages(raw.conversation_id)
    assert (message.body, message.author_kind) == ("Where is my parcel?", "customer")
    detail = await desk.detail(raw)
    assert "Ada" in detail.quoted_html
    assert detail.verdict is not None
    assert detail.verdict["is_authenticated"]


async def test_an_answer_joins_the_conversation_it_answers(desk: Desk) -> None:
    first = await desk.get(message_id="<one@home.example>")

    answer = await desk.get(
        "It came.\n\n> Where is my parcel?", In_Reply_To="<one@home.example>", subject="Re: x"
    )

    assert answer.conversation_id == first.conversation_id
    assert [m.body for m in await desk.messages(first.conversation_id)] == [
        "Where is my parcel?",
        "It came.",
    ]
    assert (await desk.detail(answer)).quoted_html == "<p>Where is my parcel?</p>"


async def test_answers_of_others_to_a_mail_they_were_no_part_of_are_their_own(desk: Desk) -> None:
    await desk.get(message_id="<news@home.example>")

    for name in ("bob", "cleo"):
        await desk.get(
            "Unsubscribe me",
            sender=f"{name}@elsewhere.example",
            References="<news@home.example>",
            subject="Re: My parcel",
        )

    assert len(await desk.conversations()) == 3


async def test_a_subject_alone_joins_nothing(desk: Desk) -> None:
    await desk.get(subject="My parcel")
    await desk.get(subject="Re: My parcel")

    assert len(await desk.conversations()) == 2


async def test_a_number_in_the_subject_counts_for_a_proved_participant_only(desk: Desk) -> None:
    first = await desk.get()
    number = (await desk.conversation(first)).number

    proved = await desk.get(subject=f"Re: [#{number}]")
    forged = await desk.get(subject=f"Re: [#{number}]", is_proved=False)

    assert proved.conversation_id == first.conversation_id
    assert forged.conversation_id != first.conversation_id


async def test_the_same_mail_again_is_one_message(desk: Desk) -> None:
    first = await desk.get(message_id="<one@home.example>")

    again = await desk.get(message_id="<one@home.example>")

    assert (again.state, again.conversation_id) == ("duplicate", first.conversation_id)
    assert len(await desk.messages(first.conversation_id)) == 1


async def test_a_mail_to_two_inboxes_is_one_message_unless_each_wants_its_own(desk: Desk) -> None:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        sales = await make_mailbox(ctx, address="sales@shop.example")
        each = await make_mailbox(ctx, address="press@shop.example", same_mail="each")
    first = await desk.get(message_id="<one@home.example>")

    second = await desk.get(message_id="<one@home.example>", mailbox=sales)
    third = await desk.get(message_id="<one@home.example>", mailbox=each)

    assert second.state == "duplicate"
    assert third.state == "stored"
    assert third.conversation_id != first.conversation_id


async def test_a_deleted_conversation_is_not_imported_again(desk: Desk) -> None:
    first = await desk.get(message_id="<one@home.example>")
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert first.conversation_id is not None
        await ErasingRepository(ctx).remove([first.conversation_id])

    again = await desk.get(message_id="<one@home.example>")

    assert (again.state, again.reason) == ("ignored", "deleted")
    assert await desk.conversations() == []


async def test_what_a_machine_answers_wakes_nobody(desk: Desk) -> None:
    first = await desk.get(message_id="<one@home.example>")
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert first.conversation_id is not None
        await conversations.set_status(ctx, first.conversation_id, "resolved")

    away = await desk.get(
        "I am on a beach.",
        In_Reply_To="<one@home.example>",
        Auto_Submitted="auto-replied",
        subject="Out of office",
    )

    assert away.conversation_id == first.conversation_id
    conversation = await desk.conversation(first)
    assert (conversation.status, conversation.waiting_since) == ("resolved", None)
    message = (await desk.messages(first.conversation_id))[-1]
    assert (message.kind, message.author_kind) == ("system", "system")
    assert (await desk.detail(away)).auto == "reply"


async def test_no_machine_answers_a_machine_or_somebody_unproved(desk: Desk) -> None:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        answered = await make_mailbox(ctx, address="ask@shop.example", first_handler="assistant")

    person = await desk.get(mailbox=answered)
    machine = await desk.get(mailbox=answered, Precedence="bulk")
    forged = await desk.get(mailbox=answered, is_proved=False)

    assert (await desk.conversation(person)).handler == "assistant"
    assert (await desk.conversation(machine)).handler == "none"
    assert (await desk.conversation(forged)).handler == "none"


async def test_history_that_is_fetched_is_not_answered_by_a_machine(desk: Desk) -> None:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        answered = await make_mailbox(ctx, address="ask@shop.example", first_handler="assistant")
    raw = letter(desk.clock)
    desk.clock.forward(days=30)

    old = await desk.get(raw=raw, mailbox=answered)

    assert (await desk.conversation(old)).handler == "none"
    assert "late" in (await desk.detail(old)).notices
