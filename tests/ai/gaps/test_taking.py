"""Which questions become gaps, and which of them are one."""

from uuid import UUID

import pytest
from sqlalchemy import text

from rapport.ai.gaps import privacy  # noqa: F401 - takes part in exports and erasures
from rapport.ai.gaps import service as gaps
from rapport.ai.gaps.grouping import Candidate, nearest
from rapport.ai.gaps.models import Gap
from rapport.ai.gaps.repository import COMPARED
from rapport.ai.gaps.schemas import Order
from rapport.conversations.events import ConversationMoved
from rapport.inference.fake import FakeEmbedder
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ports
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Unreachable
from rapport.kernel.events import emit
from rapport.kernel.ids import new_id
from rapport.kernel.personal import rooms
from tests.ai.gaps.conftest import Shop
from tests.conftest import Begin
from tests.make.customers import make_customer

LAMP = "How do I reset the blinking lamp?"
LAMP_TOO = "How do I reset my blinking lamp?"
CUP = "Which football club won the cup yesterday evening?"


async def test_a_question_without_an_answer_is_a_gap(shop: Shop) -> None:
    talk = await shop.ask(LAMP)

    (gap,) = await shop.gaps()
    assert (gap.question, gap.state, gap.language) == (LAMP, "open", "en")
    assert (gap.asked, gap.customers) == (1, 1)
    assert 0 <= gap.confidence < 0.5
    assert gap.first_asked_at == gap.last_asked_at
    (question,) = (await shop.gap()).questions
    assert (question.conversation_id, question.seq, question.text) == (talk.id, 1, LAMP)


async def test_questions_that_mean_the_same_are_one_gap_and_counted(shop: Shop) -> None:
    async with shop.begin() as ctx:
        ada = await make_customer(ctx)
    await shop.ask(LAMP, customer=ada)
    await shop.ask(LAMP_TOO)
    await shop.ask(LAMP, customer=ada)
    await shop.ask(CUP)

    lamp, cup = await shop.gaps()
    assert (lamp.asked, lamp.customers) == (3, 2)
    assert lamp.first_asked_at < lamp.last_asked_at
    assert (cup.asked, cup.question) == (1, CUP)


async def test_the_last_asked_come_first_where_one_wants(shop: Shop) -> None:
    await shop.ask(LAMP)
    await shop.ask(LAMP_TOO)
    await shop.ask(CUP)

    async with shop.begin() as ctx:
        recent = await gaps.page(ctx, order=Order.RECENT, limit=1)
        rest = await gaps.page(ctx, order=Order.RECENT, limit=1, cursor=recent.next)
        most = await gaps.page(ctx, limit=1)
        least = await gaps.page(ctx, limit=1, cursor=most.next)
    assert [recent.items[0].question, rest.items[0].question] == [CUP, LAMP_TOO]
    assert rest.next is None
    assert [most.items[0].asked, least.items[0].asked] == [2, 1]


@pytest.mark.parametrize(
    "said", ["Hello!", "Thank you", "I want to talk to a person", "How do I return an item?", "…"]
)
async def test_what_lacks_no_answer_is_no_gap(shop: Shop, said: str) -> None:
    await shop.ask(said)

    assert await shop.gaps() == []


async def test_an_answer_that_did_not_help_leaves_its_question_open(shop: Shop) -> None:
    question = "How do I return an item?"
    talk = await shop.ask(question)
    await shop.say(talk, "That does not help me")

    gap = await shop.gap()
    assert gap.question == question
    assert gap.questions[0].seq == 1
    assert gap.nearest is not None
    assert gap.nearest.title == "Return an item"


async def test_the_nearest_article_is_named(shop: Shop) -> None:
    await shop.ask("Is there a fee when a return arrives in a wooden crate from Iceland by ship?")

    gap = await shop.gap()
    assert gap.nearest is not None
    assert gap.nearest.title == "Return an item"
    assert [(near.article.title, near.times) for near in gap.near] == [("Return an item", 1)]


async def test_a_question_heard_again_is_counted_once(shop: Shop) -> None:
    await shop.ask(LAMP)

    await shop.listen(again=True)

    (gap,) = await shop.gaps()
    assert gap.asked == 1


async def test_without_a_model_words_decide(shop: Shop, database: Database) -> None:
    database.ports = Ports()
    await shop.ask(LAMP)
    await shop.ask(LAMP_TOO)
    await shop.ask(CUP)

    assert [gap.asked for gap in await shop.gaps()] == [2, 1]


async def test_languages_that_the_model_does_not_speak_are_grouped_by_words(shop: Shop) -> None:
    await shop.ask("Wie setze ich die blinkende Lampe wieder zurück?")
    await shop.ask("Wie kann ich meine blinkende Lampe zurück setzen?")
    await shop.ask("¿Cuánto cuesta el envío de una lámpara a Portugal?")

    german, spanish = await shop.gaps()
    assert (german.language, german.asked) == ("de", 2)
    assert (spanish.language, spanish.asked) == ("es", 1)


async def test_a_model_that_fails_leaves_the_words(shop: Shop, database: Database) -> None:
    class Broken(FakeEmbedder):
        async def embed(self, *_: object, **__: object) -> None:  # type: ignore[override]  # never
            raise Unreachable

    await shop.ask(LAMP)
    database.ports.provide(Embedder, Broken())
    await shop.ask(CUP)
    await shop.ask("Please, which football club won the cup?")

    assert [gap.asked for gap in await shop.gaps()] == [2, 1]


async def test_customers_who_turn_out_to_be_one_are_counted_as_one(shop: Shop) -> None:
    async with shop.begin() as ctx:
        ada, also_ada = await make_customer(ctx), await make_customer(ctx)
    await shop.ask(LAMP, customer=ada)
    talk = await shop.ask(LAMP_TOO, customer=also_ada)
    assert (await shop.gaps())[0].customers == 2

    async with shop.begin() as ctx:
        await emit(ctx, ConversationMoved(conversation_id=talk.id, customer_id=ada.id))
    await shop.listen()

    (gap,) = await shop.gaps()
    assert (gap.asked, gap.customers) == (2, 1)


async def test_what_is_erased_leaves_its_gap(shop: Shop) -> None:
    first = await shop.ask(LAMP)
    await shop.ask(LAMP_TOO)
    alone = await shop.ask(CUP)
    room = rooms.known["gaps"]

    async with shop.begin() as ctx:
        gone = await room.erase(ctx, frozenset([first.id, alone.id]))
    async with shop.begin() as ctx:
        assert await room.erase(ctx, frozenset([first.id, alone.id])) == {}
        rows = (await ctx.session.execute(text("SELECT words FROM assistant_gaps"))).scalars().all()

    assert gone == {"questions": 2}
    (gap,) = await shop.gaps()
    assert (gap.asked, gap.customers, gap.question) == (1, 1, LAMP_TOO)
    assert not any("football" in words for words in rows)


async def test_a_customer_is_told_which_of_their_questions_wait(shop: Shop) -> None:
    talk = await shop.ask(LAMP)

    async with shop.begin() as ctx:
        told = await rooms.known["gaps"].tables[0].rows(ctx, frozenset([talk.id]), None)

    assert [(row["conversation_id"], row["reason"]) for row in told.rows] == [
        (talk.id, "nothing_found")
    ]


async def test_what_customers_wrote_lies_nowhere_in_a_gap(shop: Shop) -> None:
    await shop.ask("My name is Zq Canary, mail zqcanary@example.com, how do I reset the lamp?")

    async with shop.begin() as ctx:
        for table in ("assistant_gaps", "assistant_gap_questions"):
            rows = await ctx.session.execute(
                text(f"SELECT t::text FROM {table} t WHERE workspace_id = :w"),
                {"w": ctx.workspace_id},
            )
            assert "canary" not in " ".join(rows.scalars()).lower()


async def test_a_stranger_has_gaps_of_their_own(shop: Shop, begin: Begin, stranger: UUID) -> None:
    await shop.ask(LAMP)

    async with begin(workspace_id=stranger) as ctx:
        assert (await gaps.page(ctx)).items == []


async def test_a_question_is_compared_with_a_bounded_number_by_an_index(shop: Shop) -> None:
    await shop.ask(LAMP)
    async with shop.begin() as ctx:
        await ctx.session.execute(
            text(
                "INSERT INTO assistant_gaps (workspace_id, id, created_at, state, state_at, "
                "language, asked, customers, confidence, first_asked_at, last_asked_at, words) "
                "SELECT :w, gen_random_uuid(), now(), 'open', now(), 'en', 1, 1, 0, now(), "
                "now() - n * interval '1 minute', '{}' FROM generate_series(1, 5000) n"
            ),
            {"w": ctx.workspace_id},
        )
        await ctx.session.execute(text("ANALYZE assistant_gaps"))
    async with shop.begin() as ctx:
        await ctx.session.execute(text("SET LOCAL enable_sort = off"))  # where it can be avoided
        plan = await ctx.session.execute(
            text(
                "EXPLAIN SELECT id FROM assistant_gaps WHERE workspace_id = :w "
                "AND state <> 'merged' ORDER BY last_asked_at DESC LIMIT :n"
            ),
            {"w": ctx.workspace_id, "n": COMPARED},
        )
        told = "\n".join(row[0] for row in plan)
        pages = [
            "\n".join(
                row[0]
                for row in await ctx.session.execute(
                    text(
                        "EXPLAIN SELECT * FROM assistant_gaps WHERE workspace_id = :w "
                        f"AND state = 'open' ORDER BY {column} DESC, id DESC LIMIT 51"
                    ),
                    {"w": ctx.workspace_id},
                )
            )
            for column in ("asked", "last_asked_at")
        ]

    assert "ix_assistant_gaps_recent" in told
    assert "ix_assistant_gaps_asked" in pages[0]
    assert "ix_assistant_gaps_last" in pages[1]
    assert all("Sort" not in plan for plan in (told, *pages))


def candidate(cosine: float | None, *words: str, language: str = "en") -> Candidate:
    return Candidate(new_id(), language, words, cosine)


def test_meaning_goes_before_words() -> None:
    meant, said = candidate(0.9, "bulb"), candidate(None, "lamp", "reset")

    assert nearest(["lamp", "reset"], "en", [said, meant]) == meant.id


def test_words_count_only_within_a_language() -> None:
    other = candidate(None, "lamp", "reset", language="nl")

    assert nearest(["lamp", "reset"], "en", [other]) is None


def test_rare_words_tell_more_than_common_ones() -> None:
    common = [candidate(None, "order", "parcel", f"thing{i}") for i in range(50)]
    same = candidate(None, "order", "telescope")

    assert nearest(["order", "telescope", "lens"], "en", [*common, same]) == same.id
    assert nearest(["order", "parcel", "umbrella", "stand"], "en", common) is None


def test_nothing_is_near_where_there_is_nothing() -> None:
    assert nearest(["lamp"], "en", []) is None
    assert nearest(["lamp"], "en", [candidate(0.2, "lamp")]) is None


def test_a_gap_holds_no_text_of_customers() -> None:
    assert {"question", "text", "title"}.isdisjoint(Gap.__table__.columns.keys())
