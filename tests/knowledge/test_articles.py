import pytest
from pydantic import ValidationError

from rapport.kernel.context import Ctx
from rapport.kernel.schemas import CursorMalformed
from rapport.knowledge import service as knowledge
from rapport.knowledge.errors import (
    ArticleChangedMeanwhile,
    ArticleEmpty,
    ArticleNotFound,
    ArticleVersionNotFound,
    CollectionInUse,
    CollectionNested,
    CollectionNotFound,
    SlugTaken,
)
from rapport.knowledge.schemas import ArticleIn, ArticlePatch, CollectionPatch
from tests.conftest import Begin, Clock
from tests.knowledge.conftest import Emitted
from tests.make import knowledge as make


async def test_a_new_article_is_a_draft_with_one_version(ctx: Ctx, emitted: Emitted) -> None:
    article = await knowledge.create_article(ctx, ArticleIn(title="How do I return a parcel?"))

    assert (article.status, article.version, article.published_at) == ("draft", 1, None)
    assert article.slug == "how-do-i-return-a-parcel"
    assert [v.number for v in await knowledge.list_versions(ctx, article.id)] == [1]
    assert await emitted(ctx) == ["knowledge.article_changed"]


async def test_the_same_title_gets_another_slug(ctx: Ctx) -> None:
    articles = [await make.article(ctx, "Returns", status="draft") for _ in range(3)]

    assert [a.slug for a in articles] == ["returns", "returns-2", "returns-3"]


async def test_the_same_slug_in_another_locale_is_free(ctx: Ctx) -> None:
    await make.article(ctx, "Returns", slug="returns")

    german = await make.article(ctx, "Rückgabe", slug="returns", locale="de")

    assert german.slug == "returns"


async def test_a_slug_that_is_taken_is_refused(begin: Begin) -> None:
    async with begin() as ctx:
        await make.article(ctx, "Returns", slug="returns")
        other = await make.article(ctx, "Refunds", slug="refunds")

    with pytest.raises(SlugTaken):
        async with begin() as ctx:
            await make.article(ctx, "Again", slug="returns")
    with pytest.raises(SlugTaken):
        async with begin() as ctx:
            await knowledge.change_article(ctx, other.id, ArticlePatch(slug="returns"))


@pytest.mark.parametrize(
    "slug", ["", "-a", "a--b", "a/b", "a b", "../etc", "a%2fb", "a.b", "x" * 121]
)
def test_a_slug_must_be_a_plain_name(slug: str) -> None:
    with pytest.raises(ValidationError):
        ArticleIn(title="Returns", slug=slug)


async def test_a_title_in_any_script_makes_a_slug(ctx: Ctx) -> None:
    titles = ["Größe & Maße", "كيف أعيد الطلب؟", "返品について", "???"]

    slugs = [(await make.article(ctx, t, status="draft")).slug for t in titles]

    assert slugs == ["grosse-masse", "كيف-اعيد-الطلب", "返品について", "untitled"]


async def test_changed_words_make_a_version_and_moving_does_not(ctx: Ctx, emitted: Emitted) -> None:
    article = await make.article(ctx, status="draft")
    shelf = await make.collection(ctx)

    await knowledge.change_article(ctx, article.id, ArticlePatch(body="Other words."))
    await knowledge.change_article(ctx, article.id, ArticlePatch(collection_id=shelf.id))

    assert (article.version, article.collection_id) == (2, shelf.id)
    assert (await emitted(ctx)).count("knowledge.article_changed") == 3


async def test_a_change_that_changes_nothing_announces_nothing(ctx: Ctx, emitted: Emitted) -> None:
    article = await make.article(ctx, status="draft", body="Same.")
    before = await emitted(ctx)

    await knowledge.change_article(ctx, article.id, ArticlePatch(body="Same."))

    assert article.version == 1
    assert await emitted(ctx) == before


async def test_a_change_based_on_an_old_version_is_refused(ctx: Ctx) -> None:
    article = await make.article(ctx)
    await knowledge.change_article(ctx, article.id, ArticlePatch(body="By Ben."))

    with pytest.raises(ArticleChangedMeanwhile):
        await knowledge.change_article(
            ctx, article.id, ArticlePatch(body="By Ada.", expected_version=1)
        )

    assert article.body == "By Ben."


async def test_restoring_says_the_old_words_again_as_a_new_version(ctx: Ctx) -> None:
    article = await make.article(ctx, "First", body="One.")
    await knowledge.change_article(ctx, article.id, ArticlePatch(title="Second", body="Two."))

    await knowledge.restore_version(ctx, article.id, 1)

    assert (article.title, article.body, article.version) == ("First", "One.", 3)
    versions = await knowledge.list_versions(ctx, article.id)
    assert [(v.number, v.body) for v in versions] == [(3, "One."), (2, "Two."), (1, "One.")]
    with pytest.raises(ArticleVersionNotFound):
        await knowledge.restore_version(ctx, article.id, 9)


async def test_publishing_twice_keeps_the_first_date(
    ctx: Ctx, clock: Clock, emitted: Emitted
) -> None:
    article = await make.article(ctx, status="draft")
    first = (await knowledge.publish(ctx, article.id)).published_at
    clock.forward(hours=1)

    again = await knowledge.publish(ctx, article.id)

    assert again.published_at == first
    assert (await emitted(ctx)).count("knowledge.article_published") == 1


async def test_an_article_without_text_cannot_be_published(ctx: Ctx) -> None:
    article = await make.article(ctx, body=" \n", status="draft")

    with pytest.raises(ArticleEmpty):
        await knowledge.publish(ctx, article.id)


async def test_a_deleted_article_is_gone_with_its_versions(ctx: Ctx, emitted: Emitted) -> None:
    article = await make.article(ctx)

    await knowledge.delete_article(ctx, article.id)

    with pytest.raises(ArticleNotFound):
        await knowledge.list_versions(ctx, article.id)
    assert (await emitted(ctx))[-1] == "knowledge.article_deleted"


async def test_the_list_is_paged_by_last_change(ctx: Ctx, clock: Clock) -> None:
    for number in range(5):
        await make.article(ctx, f"Article {number}", status="draft" if number % 2 else "published")
        clock.forward(minutes=1)

    first, cursor = await knowledge.list_articles(ctx, limit=3)
    rest, end = await knowledge.list_articles(ctx, limit=3, cursor=cursor)

    assert [a.title for a in (*first, *rest)] == [f"Article {n}" for n in (4, 3, 2, 1, 0)]
    assert end is None
    drafts, _ = await knowledge.list_articles(ctx, status="draft")
    assert [a.title for a in drafts] == ["Article 3", "Article 1"]
    named, _ = await knowledge.list_articles(ctx, words="ARTICLE 2")
    assert [a.title for a in named] == ["Article 2"]
    with pytest.raises(CursorMalformed):
        await knowledge.list_articles(ctx, cursor="bm9uc2Vuc2U")


async def test_a_preview_is_safe() -> None:
    html = knowledge.preview(
        "# Hi\n<script>alert(1)</script> [x](javascript:alert(1)) ![](http://e/x)"
    )

    assert "<h1>Hi</h1>" in html
    assert "<script" not in html
    assert "javascript:" not in html.replace("(javascript:alert(1))", "")
    assert "<img" not in html


async def test_shelves_stand_in_order_and_inside_each_other(ctx: Ctx, emitted: Emitted) -> None:
    orders = await make.collection(ctx, "Orders")
    inner = await make.collection(ctx, "Returns", parent_id=orders.id)
    first = await make.collection(ctx, "Start", position=0)

    assert [c.id for c in await knowledge.list_collections(ctx)] == [orders.id, first.id, inner.id]
    with pytest.raises(CollectionNested):
        await knowledge.change_collection(ctx, orders.id, CollectionPatch(parent_id=inner.id))
    moved = await knowledge.change_collection(ctx, inner.id, CollectionPatch(parent_id=None))
    assert moved.parent_id is None
    assert (await emitted(ctx)).count("knowledge.collection_changed") == 4


async def test_only_an_empty_shelf_can_be_taken_down(ctx: Ctx) -> None:
    shelf = await make.collection(ctx)
    article = await make.article(ctx, collection_id=shelf.id)

    with pytest.raises(CollectionInUse):
        await knowledge.delete_collection(ctx, shelf.id)
    await knowledge.delete_article(ctx, article.id)
    await knowledge.delete_collection(ctx, shelf.id)

    with pytest.raises(CollectionNotFound):
        await knowledge.get_collection(ctx, shelf.id)


async def test_strangers_see_nothing(begin: Begin, stranger: object) -> None:
    async with begin() as ctx:
        article = await make.article(ctx, "Secret recipe", body="Secret recipe: salt.")
        shelf = await make.collection(ctx, "Secrets")

    async with begin(workspace_id=stranger) as theirs:
        for refused in (
            knowledge.get_article(theirs, article.id),
            knowledge.publish(theirs, article.id),
            knowledge.unpublish(theirs, article.id),
            knowledge.delete_article(theirs, article.id),
            knowledge.list_versions(theirs, article.id),
            knowledge.restore_version(theirs, article.id, 1),
            knowledge.change_article(theirs, article.id, ArticlePatch(title="Mine")),
        ):
            with pytest.raises(ArticleNotFound):
                await refused
        with pytest.raises(CollectionNotFound):
            await make.article(theirs, collection_id=shelf.id, status="draft")
        assert (await knowledge.list_articles(theirs))[0] == []
        assert await knowledge.list_collections(theirs) == []
        assert await knowledge.retrieve(theirs, "secret recipe") == []
        assert (await knowledge.status(theirs)).chunks == 0
