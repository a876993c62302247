"""How solved conversations answer beside what is written."""

from uuid import UUID

from rapport.ai.autopilot import service as assistant
from rapport.ai.autopilot.models import Answer
from rapport.ai.solved import service as solved
from rapport.conversations import service as conversations
from rapport.kernel.context import Actor
from rapport.kernel.ids import new_id
from rapport.knowledge import jobs
from rapport.knowledge import service as knowledge
from tests.ai.solved.conftest import LAMP, RESET, Desk
from tests.conftest import Begin
from tests.make.conversations import make_conversation
from tests.make.knowledge import article

KEY = "Hold the power key for ten seconds to reset the blinking lamp."


async def test_the_answer_says_in_words_where_it_comes_from_and_keeps_none_of_it(
    desk: Desk,
) -> None:
    await desk.use()
    talk = await desk.solve()
    await desk.take()
    async with desk.begin() as ctx:
        other = await make_conversation(ctx, inbox=desk.inbox, body=LAMP)
    async with desk.begin() as ctx:
        kept = await assistant.respond(ctx, other.id)
    assert isinstance(kept, Answer)

    async with desk.begin() as ctx:
        messages = (await conversations.messages(ctx, other.id)).items
        (why,) = await assistant.answers_in(ctx, other.id)

    answer = messages[-1]
    (card,) = answer.model_dump(mode="json")["cards"]
    assert RESET in answer.body
    assert card["sources"] == [
        {"title": "A question that we answered before", "url": None, "quote": None}
    ]
    assert RESET not in str(kept.candidates)
    first = why.candidates[0]
    assert (first.kind, first.article_id, first.used, first.quote) == ("solved", talk.id, True, "")
    assert first.solved_at is not None


async def test_what_is_written_for_everybody_answers_before_what_was_said_once(desk: Desk) -> None:
    await desk.use()
    await desk.solve()
    async with desk.begin() as ctx:
        made = await article(ctx, LAMP, body=KEY)
    await desk.take()

    async with desk.begin() as ctx:
        found = await knowledge.retrieve(ctx, LAMP, solved="with")
        answer = await assistant.attempt(ctx, desk.inbox.id, LAMP)

    used = next(c for c in answer.candidates if c.used)
    assert {p.kind for p in found[:2]} == {"article", "solved"}
    assert (used.kind, used.article_id) == ("article", made.id)


async def test_an_equal_article_stands_first(desk: Desk) -> None:
    await desk.use()
    await desk.solve(LAMP, RESET)
    async with desk.begin() as ctx:
        made = await article(ctx, LAMP, body=RESET)
    await desk.take()
    await jobs.catch_up(desk.database, desk.workspace_id)

    async with desk.begin() as ctx:
        found = await knowledge.retrieve(ctx, LAMP, solved="with")

    assert found[0].article_id == made.id
    assert found[1].kind == "solved"


async def test_searches_that_do_not_ask_for_them_rank_as_if_they_were_not_there(desk: Desk) -> None:
    async with desk.begin() as ctx:
        await article(ctx, "Reset the lamp", body=KEY)
    await jobs.catch_up(desk.database, desk.workspace_id)
    async with desk.begin() as ctx:
        before = await knowledge.retrieve(ctx, LAMP)
        titles = await knowledge.titles(ctx)
        state = await knowledge.names_state(ctx)
    await desk.use()
    await desk.solve()
    await desk.take()

    async with desk.begin() as ctx:
        after = await knowledge.retrieve(ctx, LAMP)
        public = await knowledge.search(ctx, LAMP)

        assert [p.article_id for p in after] == [p.article_id for p in before]
        assert [p.cosine for p in after] == [p.cosine for p in before]
        assert {result.kind for result in public.results} == {"article"}
        assert await knowledge.titles(ctx) == titles
        assert await knowledge.names_state(ctx) == state


async def test_colleagues_alone_find_what_is_for_them(desk: Desk) -> None:
    await desk.use(audience="internal")
    talk = await desk.solve()
    await desk.take()

    async with desk.begin() as ctx:
        answer = await assistant.attempt(ctx, desk.inbox.id, LAMP)
        (alike,) = await solved.similar(ctx, "The lamp is blinking, how is it reset?", 3)
        unlike = await solved.similar(ctx, "Do you sell umbrellas?", 3)

    assert "solved" not in {c.kind for c in answer.candidates}
    assert (alike.conversation_id, alike.question, alike.answer) == (talk.id, LAMP, RESET)
    assert alike.score > 0.3
    assert unlike == []


async def test_a_stranger_finds_nothing_similar(desk: Desk, begin: Begin, stranger: UUID) -> None:
    await desk.use()
    await desk.solve()
    await desk.take()
    somebody = Actor("agent", new_id(), frozenset({"conversations.read"}), "Other")

    async with begin(somebody, stranger) as ctx:
        assert await solved.similar(ctx, LAMP) == []
        assert (await solved.page(ctx, "in_use")).items == []
        assert await knowledge.retrieve(ctx, LAMP, solved="only", audience="internal") == []
