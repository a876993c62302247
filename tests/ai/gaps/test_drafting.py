"""From questions that nobody had written about, to an article that answers the next one."""

import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import event

from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.models import Answer
from rapport.ai.gaps import privacy  # noqa: F401 - takes part in erasures
from rapport.ai.gaps import service as gaps
from rapport.ai.gaps.drafting import Draft
from rapport.ai.gaps.errors import GapHasArticle, GapMerged, GapsTheSame, GapUnanswered
from rapport.conversations.models import Conversation
from rapport.inference.fake import FakeChat
from rapport.inference.ports import ChatMessage, Chats
from rapport.kernel.context import Ports
from rapport.kernel.errors import Unreachable
from rapport.kernel.personal import rooms
from rapport.knowledge import jobs
from rapport.knowledge import service as knowledge
from rapport.knowledge.errors import ArticleNotFound
from tests.ai.gaps.conftest import Shop
from tests.make.knowledge import article

LAMP = "How do I reset the blinking lamp?"
RESET = "Take the battery out and hold the power key for ten seconds."
STOPS = "The lamp stops blinking and lights up green."
CUP = "Which football club won the cup yesterday evening?"


async def three_times(shop: Shop) -> list[Conversation]:
    """Three customers ask, three times an agent knows."""
    return [
        await shop.solved(
            "Hi, how do I reset the blinking lamp?",
            f"Hi Ada,\n\n{RESET} {STOPS} I have noted it on order 99887766.\n\nBest regards\nBen",
            name="Ada Lovelace",
        ),
        await shop.solved(
            LAMP,
            f"Hello Grace, thanks for reaching out! {RESET} We wrote to grace@example.com.\nBen",
            name="Grace Hopper",
        ),
        await shop.solved(LAMP, f"{RESET} {STOPS} Let me know if that helps.", name="Alan"),
    ]


async def drafted(shop: Shop) -> Draft:
    (gap,) = await shop.gaps()
    async with shop.begin() as ctx:
        return await gaps.draft(ctx, gap.id)


async def last_answer(shop: Shop) -> Answer:
    async with shop.begin() as ctx:
        page = await assistant.answers(ctx, limit=1)
        return (await assistant.kept(ctx, [page.items[0].id]))[page.items[0].id]


async def test_published_the_draft_answers_the_next_customer(shop: Shop) -> None:
    await three_times(shop)

    made = await drafted(shop)

    assert (made.gap.state, made.article.status, made.written_by) == ("drafted", "draft", "extract")
    assert made.article.title.endswith("reset the blinking lamp?")
    assert made.article.body == f"{RESET} {STOPS}"
    assert made.article.locale == "en"
    async with shop.begin() as ctx:
        await knowledge.publish(ctx, made.article.id)
    await jobs.catch_up(shop.database, shop.workspace_id)
    await shop.listen()
    assert await shop.gaps() == []
    (gap,) = await shop.gaps("answered")
    assert gap.article is not None
    assert gap.article.status == "published"
    await shop.ask(LAMP)
    answer = await last_answer(shop)
    assert (answer.decision, answer.candidates[0]["article_id"]) == (
        "answered",
        str(made.article.id),
    )
    assert (await shop.gaps("answered"))[0].asked == 3


async def test_each_sentence_says_which_messages_it_comes_from(shop: Shop) -> None:
    first, second, third = await three_times(shop)

    made = await drafted(shop)

    said = [{place.conversation_id for place in s.sources} for s in made.sentences]
    assert said == [{first.id, second.id, third.id}, {first.id, third.id}]
    async with shop.begin() as ctx:
        kept = (await gaps.one(ctx, made.gap.id)).sources
    assert {(s.sentence, s.conversation_id) for s in kept} == {
        (0, first.id),
        (0, second.id),
        (0, third.id),
        (1, first.id),
        (1, third.id),
    }
    assert {s.seq for s in kept} == {4}


CANARIES = {
    "name": "Zqname Canarysson",
    "mail": "zqmail@canary.example",
    "phone": "+49 171 9876543",
    "order": "ZQ-774411",
    "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00",
    "url": "https://zq.example/track/zqurl",
}


@pytest.mark.parametrize("by_model", [False, True])
async def test_nothing_personal_is_in_a_draft(shop: Shop, by_model: bool) -> None:
    if by_model:
        shop.database.ports.provide(Chats, FakeChat(parroting))
    c = CANARIES
    question = (
        f"Hello, I am {c['name']}, {c['mail']}. How do I reset the blinking lamp {c['order']}?"
    )
    answer = (
        f"Hi {c['name']},\n\n{RESET}\nYour order is {c['order']}.\nWe call you at {c['phone']}.\n"
        f"We wrote to {c['mail']} about it.\nYour card {c['card']} was charged.\n"
        f"Send it to {c['iban']} please.\nFollow {c['url']} for the parcel.\n"
        f"We sent Canarysson a new lamp.\nThe Zqagent team looked at it.\n"
        "\nBest regards\nBen Zqagent"
    )
    await shop.solved(question, answer, name=c["name"])
    await shop.solved(LAMP, "Press the switch behind it.")

    made = await drafted(shop)

    told = f"{made.article.title}\n{made.article.summary}\n{made.article.body}".lower()
    assert RESET.lower() in told
    assert made.written_by == ("model" if by_model else "extract")
    for word in ("zq", "canary", "774411", "9876543", "1111", "3704", "[", "http"):
        assert word not in told
    async with shop.begin() as ctx:
        told = (await gaps.one(ctx, made.gap.id)).replies[1].text
    assert "canarysson" not in told.lower()
    assert "1111" not in told


def parroting(messages: Sequence[ChatMessage]) -> str:
    """A model that tells all it was given, and some that it was not."""
    given = json.loads(messages[-1].text)
    said = [{"text": s["text"], "from": [s["number"]]} for s in given["sentences"]]
    said.append({"text": "Zqname Canarysson lives in the tower.", "from": [0]})
    return json.dumps({"title": given["questions"][-1], "sentences": said})


async def test_a_model_writes_only_what_the_agents_said(shop: Shop) -> None:
    def write(messages: Sequence[ChatMessage]) -> str:
        numbers = {s["text"]: s["number"] for s in json.loads(messages[-1].text)["sentences"]}
        written = [
            {"text": "Take out the battery.", "from": [numbers[RESET]], "step": True},
            {"text": "Hold the power key for ten seconds.", "from": [numbers[RESET]], "step": True},
            {"text": "Hold it for 45 seconds at most.", "from": [numbers[RESET]]},
            {"text": "Buy a new lamp in our shop today.", "from": [numbers[STOPS]]},
            {"text": STOPS, "from": [numbers[STOPS], 999]},
        ]
        return json.dumps({"title": "Reset a blinking lamp", "sentences": written})

    chat = FakeChat(write)
    shop.database.ports.provide(Chats, chat)
    await three_times(shop)

    made = await drafted(shop)

    assert made.written_by == "model"
    assert made.article.title == "Reset a blinking lamp"
    assert made.article.body == (
        f"- Take out the battery.\n- Hold the power key for ten seconds.\n\n{STOPS}"
    )
    assert "gap_draft" in chat.purposes
    sent = str(chat.asked)
    assert "grace@example.com" not in sent
    assert "99887766" not in sent
    assert "Lovelace" not in sent


@pytest.mark.parametrize("failure", ["nonsense", "unproved", "away"])
async def test_a_model_that_cannot_be_relied_on_leaves_the_agents_words(
    shop: Shop, failure: str
) -> None:
    def write(messages: Sequence[ChatMessage]) -> str:
        if failure == "away":
            raise Unreachable
        said = [{"text": "Shake the telescope well.", "from": [0]}]
        told = json.dumps({"title": "Telescopes", "sentences": said})
        return told if failure == "unproved" else "nonsense"

    shop.database.ports.provide(Chats, FakeChat(write))
    await three_times(shop)

    made = await drafted(shop)

    assert made.written_by == "extract"
    assert made.article.body == f"{RESET} {STOPS}"


async def test_without_a_model_of_meanings_words_decide_what_is_shared(shop: Shop) -> None:
    talks = await three_times(shop)
    shop.database.ports = Ports()

    made = await drafted(shop)

    assert made.article.body == f"{RESET} {STOPS}"
    assert {p.conversation_id for p in made.sentences[0].sources} == {talk.id for talk in talks}


async def test_what_solved_it_counts_and_not_what_was_said_after(shop: Shop) -> None:
    talk = await shop.solved(LAMP, RESET)
    await shop.reply(talk, "The umbrella comes with the next ship from the harbour.")

    gap = await shop.gap()

    assert [reply.is_solution for reply in gap.replies] == [True, False]
    assert (await drafted(shop)).article.body == RESET


async def test_while_nobody_answered_there_is_nothing_to_write(shop: Shop) -> None:
    talk = await shop.ask(LAMP)
    await shop.reply(talk, "Hi! I have looked at your order 99887766.", resolve=True)

    with pytest.raises(GapUnanswered):
        await drafted(shop)

    (gap,) = await shop.gaps()
    assert gap.article is None


async def test_a_gap_has_one_article(shop: Shop) -> None:
    await three_times(shop)
    made = await drafted(shop)

    async with shop.begin() as ctx:
        with pytest.raises(GapHasArticle):
            await gaps.draft(ctx, made.gap.id)


async def test_a_question_after_the_article_opens_the_gap_again(shop: Shop) -> None:
    await three_times(shop)
    (gap,) = await shop.gaps()
    async with shop.begin() as ctx:
        other = await article(ctx, "Opening hours", body="We open at nine.")
        await gaps.link(ctx, gap.id, other.id)
    assert [g.state for g in await shop.gaps("answered")] == ["answered"]

    await shop.ask(LAMP)
    assert await shop.gaps() == []  # it may not have taken effect
    shop.clock.forward(hours=1)
    await shop.ask(LAMP)

    (gap,) = await shop.gaps()
    assert gap.asked == 5
    assert gap.article is not None
    assert gap.article.title == "Opening hours"


async def test_a_withdrawn_article_answers_nothing(shop: Shop) -> None:
    await three_times(shop)
    made = await drafted(shop)
    async with shop.begin() as ctx:
        await knowledge.publish(ctx, made.article.id)
    await shop.listen()
    async with shop.begin() as ctx:
        await knowledge.unpublish(ctx, made.article.id)
    await shop.listen()
    assert len(await shop.gaps("drafted")) == 1

    async with shop.begin() as ctx:
        await knowledge.delete_article(ctx, made.article.id)
    await shop.listen()

    (gap,) = await shop.gaps()
    assert gap.article is None


async def test_a_dismissed_gap_stays_so_however_often_it_is_asked(shop: Shop) -> None:
    await shop.ask(CUP)
    (gap,) = await shop.gaps()
    async with shop.begin() as ctx:
        await gaps.dismiss(ctx, gap.id)

    await shop.ask(CUP)

    assert await shop.gaps() == []
    (gap,) = await shop.gaps("dismissed")
    assert gap.asked == 2
    async with shop.begin() as ctx:
        await gaps.reopen(ctx, gap.id)
    assert len(await shop.gaps()) == 1


async def test_merged_gaps_are_one_and_the_next_question_finds_it(shop: Shop) -> None:
    await shop.ask(CUP)
    await shop.ask("Who was champion of the league in spring?")
    first, second = await shop.gaps()

    async with shop.begin() as ctx:
        await gaps.merge(ctx, second.id, into=first.id)

    await shop.ask(CUP)
    (gap,) = await shop.gaps()
    assert (gap.id, gap.asked, gap.customers) == (first.id, 3, 3)
    (merged,) = await shop.gaps("merged")
    assert merged.merged_into_id == first.id
    async with shop.begin() as ctx:
        for refused in (
            gaps.dismiss(ctx, second.id),
            gaps.reopen(ctx, second.id),
            gaps.draft(ctx, second.id),
            gaps.link(ctx, second.id, None),
            gaps.merge(ctx, second.id, into=first.id),
        ):
            with pytest.raises(GapMerged):
                await refused
        with pytest.raises(GapsTheSame):
            await gaps.merge(ctx, first.id, into=first.id)


async def test_no_gap_is_linked_to_a_strangers_article(shop: Shop, stranger: UUID) -> None:
    await shop.ask(CUP)
    (gap,) = await shop.gaps()
    async with shop.begin(workspace_id=stranger) as ctx:
        theirs = await article(ctx, "Theirs", body="Rovers.")

    async with shop.begin() as ctx:
        with pytest.raises(ArticleNotFound):
            await gaps.link(ctx, gap.id, theirs.id)


async def test_a_draft_forgets_erased_conversations(shop: Shop) -> None:
    first, *_ = await three_times(shop)
    made = await drafted(shop)

    async with shop.begin() as ctx:
        await rooms.known["gaps"].erase(ctx, frozenset([first.id]))

    async with shop.begin() as ctx:
        gap = await gaps.one(ctx, made.gap.id)
    assert first.id not in {s.conversation_id for s in gap.sources}
    assert first.id not in {q.conversation_id for q in gap.questions}
    assert gap.asked == 2


async def test_the_agents_answers_are_read_with_few_statements(shop: Shop) -> None:
    for _ in range(12):
        await shop.solved(LAMP, RESET)
    (row,) = await shop.gaps()
    statements: list[str] = []

    async with shop.begin() as ctx:
        engine = ctx.session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        gap = await gaps.one(ctx, row.id)

    assert len(gap.replies) == 12
    assert len(statements) <= 14
