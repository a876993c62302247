from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import event

from rapport.inference.errors import ModelDamaged
from rapport.inference.fake import FakeEmbedder
from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.kernel.context import Actor, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from rapport.kernel.settings import workspace as settings
from rapport.knowledge import service as knowledge
from rapport.knowledge.jobs import catch_up
from rapport.knowledge.schemas import ArticlePatch, Passage
from rapport.knowledge.search import indexing
from rapport.knowledge.service import KnowledgeSettings
from tests.conftest import Begin
from tests.make import knowledge as make

SHELF = {
    "Returning an item": "You can send anything back within 30 days. We pay the label.",
    "Delivery times": "Parcels arrive in two to four working days within the country.",
    "Paying by invoice": "Companies may pay within fourteen days of the invoice.",
    "Changing your password": "Open your account and choose a new password.",
}


async def fill(ctx: Ctx) -> None:
    for title, body in SHELF.items():
        await make.article(ctx, title, body=body)
    while await indexing.embed_pending(ctx):
        pass


def titles(passages: Sequence[Passage]) -> list[str]:
    return [p.title for p in passages]


class BrokenEmbedder(FakeEmbedder):
    async def embed(self, texts: Sequence[str], **_: object) -> NDArray[np.float32]:
        raise ModelDamaged


class TestWithoutAModel:
    async def test_it_says_so_and_finds_by_words(self, ctx: Ctx) -> None:
        await fill(ctx)

        found = await knowledge.retrieve(ctx, "Can I get an INVOICE?")

        assert knowledge.mode(ctx) == "words"
        assert titles(found) == ["Paying by invoice"]
        assert (found[0].cosine_title, found[0].cosine) == (None, None)
        assert found[0].bm25 > 0
        base = await knowledge.help_base(ctx)
        assert found[0].url == f"{base}/en/articles/paying-by-invoice"
        assert (await knowledge.search(ctx, "invoice")).mode == "words"

    async def test_plurals_case_and_accents_do_not_matter(self, ctx: Ctx) -> None:
        await make.article(ctx, "Café vouchers")

        assert titles(await knowledge.retrieve(ctx, "CAFE voucher")) == ["Café vouchers"]

    async def test_rare_words_count_more_than_common_ones(self, ctx: Ctx) -> None:
        await fill(ctx)
        await make.article(ctx, "Days", body="Days, days, days and days again.")

        found = await knowledge.retrieve(ctx, "invoice days")

        assert titles(found)[0] == "Paying by invoice"

    async def test_a_question_of_stop_words_finds_nothing(self, ctx: Ctx) -> None:
        await fill(ctx)

        assert await knowledge.retrieve(ctx, "what is it that you do?") == []
        assert await knowledge.retrieve(ctx, "  ") == []

    async def test_the_passage_is_the_part_that_shares_most_words(self, ctx: Ctx) -> None:
        filler = "Nothing of interest stands here. " * 40
        body = f"# Start\n\n{filler}\n\n# Refunds\n\nRefunds take five days.\n\n# End\n\n{filler}"
        await make.article(ctx, "Money", body=body)

        (found,) = await knowledge.retrieve(ctx, "How long do refunds take?")

        assert (found.heading, found.text) == ("Refunds", "Refunds take five days.")

    async def test_german_is_found_by_parts_of_its_words(self, ctx: Ctx) -> None:
        await make.article(ctx, "Rücksendung", body="Rücksendekosten zahlen wir.", locale="de")
        await make.article(ctx, "Passwort", body="So ändern Sie es.", locale="de")

        found = await knowledge.retrieve(ctx, "Rücksendekostenübernahme?", locale="de-AT")

        assert titles(found) == ["Rücksendung"]

    async def test_japanese_is_found_without_spaces(self, ctx: Ctx) -> None:
        body = "商品は三十日以内に返品できます。"
        await make.article(ctx, "返品について", body=body, locale="ja")
        await make.article(ctx, "配送", body="四日で届きます。", locale="ja")

        found = await knowledge.retrieve(ctx, "返品したい")

        assert titles(found)[0] == "返品について"


class TestWithAModel:
    async def test_a_synonym_is_found_by_its_meaning(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        embedder.synonyms = {"bill": "invoice", "settle": "paying"}
        await fill(ctx)

        found = await knowledge.retrieve(ctx, "settle a bill")

        assert knowledge.mode(ctx) == "hybrid"
        assert titles(found)[0] == "Paying by invoice"
        assert found[0].bm25 == 0
        assert (found[0].cosine or 0) > 0.5

    async def test_everything_comes_back_in_order_however_badly_it_fits(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        await fill(ctx)

        found = await knowledge.retrieve(ctx, "delivery times", limit=10)

        assert len(found) == 4
        assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
        assert len(await knowledge.retrieve(ctx, "delivery times", limit=2)) == 2

    async def test_a_person_who_searches_sees_only_what_fits(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        await fill(ctx)

        found = await knowledge.search(ctx, "password")

        assert (found.mode, [r.title for r in found.results]) == (
            "hybrid",
            ["Changing your password"],
        )

    async def test_the_workspace_decides_what_words_weigh(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        embedder.synonyms = {"bill": "password"}
        await fill(ctx)
        await make.article(ctx, "The bill of a bird", body="Birds have a bill.")

        await settings.update(ctx, KnowledgeSettings, {"words_weight": 0})
        by_meaning = await knowledge.retrieve(ctx, "bill password")
        await settings.update(ctx, KnowledgeSettings, {"words_weight": 5})
        by_words = await knowledge.retrieve(ctx, "bill")

        assert titles(by_meaning)[0] == "Changing your password"
        assert titles(by_words)[0] == "The bill of a bird"

    async def test_an_article_without_embedding_is_still_found_by_words(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        await fill(ctx)
        await make.article(ctx, "Zebra crossing", body="About zebras.")

        found = await knowledge.retrieve(ctx, "zebra")

        assert titles(found)[0] == "Zebra crossing"
        assert found[0].cosine is None

    async def test_a_broken_model_leaves_the_words(self, ctx: Ctx, database: Database) -> None:
        database.ports.provide(Embedder, BrokenEmbedder())
        for title, body in SHELF.items():
            await make.article(ctx, title, body=body)

        found = await knowledge.search(ctx, "invoice")

        assert (found.mode, [r.title for r in found.results]) == ("words", ["Paying by invoice"])

    async def test_languages_the_model_does_not_speak_are_left_to_words(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        await make.article(ctx, "Rückgabe", body="Dreißig Tage.", locale="de")
        while await indexing.embed_pending(ctx):
            pass

        found = await knowledge.search(ctx, "Rückgabe", locale="de")

        assert (found.mode, [r.title for r in found.results]) == ("words", ["Rückgabe"])
        assert (await knowledge.status(ctx)).pending == 0
        assert embedder.calls == []

    async def test_a_locale_without_articles_searches_them_all(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        await fill(ctx)

        assert len(await knowledge.retrieve(ctx, "invoice", locale="fr")) == 4

    async def test_one_question_takes_few_statements(
        self, begin: Begin, database: Database, embedder: FakeEmbedder
    ) -> None:
        async with begin() as ctx:
            await fill(ctx)
        statements: list[str] = []

        def count(_c: object, _k: object, statement: str, *_: object) -> None:
            statements.append(statement)

        async with begin() as ctx:
            event.listen(database.engine.sync_engine, "before_cursor_execute", count)
            await knowledge.retrieve(ctx, "invoice")
            event.remove(database.engine.sync_engine, "before_cursor_execute", count)

        assert len(statements) <= 5


class TestWhatIsIndexed:
    async def test_drafts_are_never_found(self, ctx: Ctx, embedder: FakeEmbedder) -> None:
        draft = await make.article(ctx, "Secret sale", status="draft")
        assert await knowledge.retrieve(ctx, "secret sale") == []

        await knowledge.publish(ctx, draft.id)
        assert titles(await knowledge.retrieve(ctx, "secret sale")) == ["Secret sale"]

        await knowledge.unpublish(ctx, draft.id)
        assert await knowledge.retrieve(ctx, "secret sale") == []
        assert (await knowledge.status(ctx)).chunks == 0

    async def test_changed_words_are_found_at_once(self, ctx: Ctx) -> None:
        article = await make.article(ctx, "Returns", body="Old words.")

        await knowledge.change_article(ctx, article.id, ArticlePatch(body="Fresh phrases."))

        assert titles(await knowledge.retrieve(ctx, "fresh")) == ["Returns"]
        assert await knowledge.retrieve(ctx, "old") == []

    async def test_only_changed_parts_are_embedded_again(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        filler = "Words that stay as they are. " * 30
        article = await make.article(ctx, body=f"# One\n\n{filler}\n\n# Two\n\nShort.")
        await indexing.embed_pending(ctx)
        embedder.calls.clear()

        changed = f"# One\n\n{filler}\n\n# Two\n\nShorter."
        await knowledge.change_article(ctx, article.id, ArticlePatch(body=changed))
        await indexing.embed_pending(ctx)

        assert embedder.calls == [["Returns\nTwo\nShorter."]]

    async def test_a_new_title_is_read_with_every_part(
        self, ctx: Ctx, embedder: FakeEmbedder
    ) -> None:
        article = await make.article(ctx, "Returns", body="Thirty days.")
        await indexing.embed_pending(ctx)
        embedder.calls.clear()

        await knowledge.change_article(ctx, article.id, ArticlePatch(title="Refunds"))
        await indexing.embed_pending(ctx)

        assert embedder.calls == [["Refunds", "Refunds\nThirty days."]]

    async def test_what_another_model_embedded_is_embedded_anew(
        self, begin: Begin, database: Database, embedder: FakeEmbedder
    ) -> None:
        async with begin() as ctx:
            await fill(ctx)
            assert (await knowledge.status(ctx)).pending == 0
        embedder.name = "fake/2"

        done = await catch_up(database, ctx.workspace_id)

        assert done == 8
        assert await catch_up(database, ctx.workspace_id) == 0

    async def test_the_status_counts_what_waits(self, ctx: Ctx, embedder: FakeEmbedder) -> None:
        await make.article(ctx)

        before = await knowledge.status(ctx)
        await indexing.embed_pending(ctx)
        after = await knowledge.status(ctx)

        assert (before.embeddings, before.model) == (True, "fake/1")
        assert (before.articles, before.chunks, before.pending) == (1, 2, 2)
        assert after.pending == 0

    async def test_a_visitor_finds_what_is_published_and_no_more(
        self, begin: Begin, embedder: FakeEmbedder
    ) -> None:
        async with begin() as ctx:
            await make.article(ctx, "Public returns")
            await make.article(ctx, "Internal returns", status="draft")

        async with begin(Actor("customer", new_id())) as theirs:
            found = await knowledge.retrieve(theirs, "returns")

        assert titles(found) == ["Public returns"]


async def test_the_real_model_finds_what_no_word_shares(
    ctx: Ctx, database: Database, minilm: MiniLM
) -> None:
    database.ports.provide(Embedder, minilm)
    await fill(ctx)

    refund = await knowledge.retrieve(ctx, "Can I bring goods to you again if I do not like them?")
    nonsense = await knowledge.retrieve(ctx, "Who won the world cup in 1998?")

    assert refund[0].title == "Returning an item"
    assert (refund[0].cosine or 0) > 0.25
    assert max(p.cosine or 0 for p in nonsense) < 0.2
