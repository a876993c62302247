"""Nothing about one customer gets into another's answer, however it was written."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from rapport.ai.autopilot import service as assistant
from rapport.ai.solved.exchange import Exchange
from rapport.ai.solved.models import SolvedConversation
from rapport.ai.solved.safety.judging import Judge
from rapport.ai.solved.safety.spelling import plain, squeezed
from rapport.ai.solved.safety.vocabulary import LEAST_CUSTOMERS, Vocabulary
from rapport.ai.solved.taking import people_in, told
from rapport.conversations.models import Conversation
from rapport.customers import service as customers
from rapport.customers.schemas import CustomerPatch
from rapport.kernel.context import Ctx
from tests.ai.solved.conftest import LAMP, RESET, Desk
from tests.make.customers import make_customer

ORDINARY: Final = (
    "The parcel arrives at the address within a few days. The refund follows the return. "
    "Hold the power key for ten seconds."
)
NAME: Final = "Xanthippe Quillfeather"
MAIL: Final = "xan.quill@obscure-post.example"
ODDLY: Final = (
    # Names.
    "Xanthippe, take the battery out.",
    "The battery of Mrs Quillfeather is out.",
    "Please reset xanthippe quillfeather's lamp.",
    "Please reset the lamp of X a n t h i p p e.",
    "Please reset the lamp of X-a-n-t-h-i-p-p-e Q.u.i.l.l.feather.",
    "Please reset the lamp of Xan\u200bthippe Quill\u00adfeather.",
    "Please reset the lamp of \uff38\uff41\uff4e\uff54\uff48\uff49\uff50\uff50\uff45.",
    "Please reset the lamp of Xànthíppe Qüillfèather.",
    "Please reset the lamp of **Xanth**ippe.",
    "Please reset the lamp of \u0425anthippe with a Cyrillic letter.",
    "Please reset the lamp of her brother bartholomeus.",
    "Please reset the lamp of her brother Bartholomeus.",
    "Bartholomeus will reset the lamp for you.",
    # Mail.
    f"The parcel follows to {MAIL} within days.",
    "The parcel follows to xan.quill at obscure-post dot example within days.",
    "The parcel follows to xan.quill[at]obscure-post[dot]example within days.",
    "The parcel follows to xan.quill (at) obscure-post (dot) example within days.",
    "The parcel follows to xan . quill @ obscure-post . example within days.",
    "The parcel follows to xan.quill\uff20obscure-post.example within days.",
    # Accounts and cards.
    "The refund follows to DE89370400440532013000 within days.",
    "The refund follows to DE89 3704 0044 0532 0130 00 within days.",
    "The refund follows to D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0.",
    "The refund follows to DE89.3704.0044.0532.0130.00 within days.",
    "The refund follows to the card 4111 1111 1111 1111 within days.",
    "The refund follows to the card 4111-1111-1111-1111 within days.",
    "The refund follows to the card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1.",
    "The refund follows to the card 411.111.111.111.111.1 within days.",
    "The refund follows to the card four one one one one one one one.",
    "The refund follows to the card \u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661.",
    "The refund follows to the card ending in 4111 within days.",
    # Numbers of orders and customers.
    "The parcel AB-778812 arrives within a few days.",
    "The parcel ab 77 88 12 arrives within a few days.",
    "The parcel A B 7 7 8 8 1 2 arrives within a few days.",
    "The parcel of the order 778812 arrives within a few days.",
    "The parcel of the order seven seven eight eight one two arrives.",
    "The return of 77 and 88 and 12 follows within days.",
    # Telephones.
    "Please hold the key when the call from +49 151 2345678 arrives.",
    "Please hold the key when the call from 0151/234.56.78 arrives.",
    "Please hold the key when plus four nine one five one arrives.",
    # Addresses.
    "The parcel arrives at Fennelgrove Street 12 within a few days.",
    "The parcel arrives at fennelgrove street 12 within a few days.",
    "The parcel arrives at 12, Fennelgrove St. within a few days.",
    "The parcel arrives at Fennel-grove Str. twelve within a few days.",
    "The parcel arrives at the address in Nether Wallop within a few days.",
    "The parcel arrives at F e n n e l g r o v e within a few days.",
    "The parcel arrives within a few days at SW1A 1AA.",
    # Company, secrets, links, machines.
    "The parcel arrives at Obscure Holdings within a few days.",
    "The parcel arrives at obscureholdings within a few days.",
    "Please reset the lamp with the password: battery-horse-9.",
    "Please reset the lamp at https://shop.example/o/778812?k=abc within days.",
    "The lamp at 203.0.113.77 takes ten seconds.",
)
FORBIDDEN: Final = (
    *("xanthippe", "quillfeather", "xanquill", "obscurepost", "obscureholdings", "bartholomeus"),
    *("de893704", "532013000", "4111", "778812", "ab77", "2345678", "fennelgrove", "netherwallop"),
    *("sw1a", "batteryhorse", "203011377", "fouroneone", "sevenseven", "shopexample"),
)


DIGITS: Final = ("4111", "778812", "2345678", "0400440532")


def filter_digits(text: str) -> str:
    """Nothing but the digits of a text."""
    return "".join(filter(str.isdecimal, text))


async def secretive(desk: Desk, *answers: str, question: str = LAMP) -> Conversation:
    """A conversation of somebody of whom much is known."""
    async with desk.begin() as ctx:
        customer = await make_customer(ctx, name=NAME, email=MAIL)
        await customers.add_identity(ctx, customer.id, "website", "AB-778812")
        await customers.update(
            ctx,
            customer.id,
            CustomerPatch(phone="+49 151 2345678", company="Obscure Holdings"),
        )
    return await desk.solve(question, *answers, customer=customer)


async def judge_of(ctx: Ctx, customer_id: UUID) -> Judge:
    """What is known when a conversation of this customer is looked at."""
    row = SolvedConversation(customer_id=customer_id)
    people = await people_in(ctx, row, [NAME, "Ben Agent"])
    return Judge(people, Vocabulary(ctx), [plain(LAMP)], "en")


def exchange(question: str, answer: str) -> Exchange:
    """A conversation of two messages."""
    asked, said = plain(question), plain(answer)
    return Exchange(asked, said, 2, [asked], [asked, said], [NAME, "Ben Agent"])


@pytest.mark.parametrize("where", ["answer", "question"])
async def test_no_spelling_of_what_is_somebodys_is_told(desk: Desk, where: str) -> None:
    talk = await secretive(desk)
    passed, told_of = [], 0
    async with desk.begin() as ctx:
        judge = await judge_of(ctx, talk.customer_id)
        for sentence in ODDLY:
            pair = (f"{sentence} {LAMP}", RESET)
            if where == "answer":
                pair = (LAMP, f"{sentence} {RESET} {ORDINARY}")
            kept = await told(exchange(*pair), judge)
            if isinstance(kept, str):
                continue
            told_of += 1
            seen = squeezed(" ".join(kept))
            passed += [(sentence, word) for word in FORBIDDEN if word in seen]
            passed += [(sentence, word) for word in DIGITS if word in filter_digits(seen)]

    assert passed == []
    assert told_of > len(ODDLY) / 2, "the sentences beside it may be told"


@pytest.mark.parametrize("sentence", ["The lamp of Ada is blinking.", "Ada takes the battery out."])
async def test_a_name_that_many_have_is_no_common_word(desk: Desk, sentence: str) -> None:
    await desk.use()
    for number in range(LEAST_CUSTOMERS + 1):
        async with desk.begin() as ctx:
            customer = await make_customer(ctx, name=f"Ada Common{number}")
        await desk.solve("My name is Ada and the lamp is blinking", "Sorry.", customer=customer)
    async with desk.begin() as ctx:
        nobody = await make_customer(ctx, name="", email="n@mail.example")
    await desk.solve(LAMP, f"{RESET} {sentence}", customer=nobody)
    await desk.take()

    (row,) = await desk.rows()

    assert row.answer == RESET


async def test_another_customer_is_answered_and_told_nothing_of_the_first(desk: Desk) -> None:
    await desk.use()
    talk = await secretive(
        desk,
        f"Hi Xanthippe, {RESET} Your order AB-778812 goes to 12 Fennelgrove Street.",
        question=f"{LAMP} I am Xanthippe Quillfeather, order AB-778812.",
    )
    await desk.take()

    async with desk.begin() as ctx:
        answer = await assistant.attempt(ctx, desk.inbox.id, LAMP)

    assert answer.decision == "answered"
    assert RESET in answer.body
    shown = squeezed(answer.model_dump_json(exclude={"candidates"}))
    assert [word for word in FORBIDDEN if word in shown] == []
    used = next(c for c in answer.candidates if c.used)
    assert (used.kind, used.article_id, used.url, used.quote) == ("solved", talk.id, "", "")
    assert used.solved_at is not None
    assert desk.clock() - used.solved_at > timedelta(days=14)
