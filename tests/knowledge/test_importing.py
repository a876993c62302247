from collections.abc import Sequence
from pathlib import Path

import pytest

from rapport.kernel.context import Ctx
from rapport.knowledge import service as knowledge
from rapport.knowledge.importing.folder import Imported, sources, store
from rapport.knowledge.importing.html import to_markdown
from rapport.knowledge.models import Article
from tests.knowledge.conftest import Emitted


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


async def import_all(ctx: Ctx, folder: Path, *, draft: bool = False) -> list[Imported]:
    read = sources(folder, draft=draft)
    return [s if isinstance(s, Imported) else await store(ctx, s) for s in read]


async def shelf(ctx: Ctx) -> dict[str, Article]:
    return {a.slug: a for a in (await knowledge.list_articles(ctx))[0]}


def outcomes(imported: Sequence[Imported]) -> dict[str, str]:
    return {one.path: one.outcome for one in imported}


async def test_files_become_articles_and_folders_collections(ctx: Ctx, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "welcome.md": "# Welcome to the shop\n\nHello.",
            "orders/returns/how-to-return.md": "---\ntitle: 'How to return'\nslug: return-it\n"
            "summary: In three steps\nlocale: en-GB\n---\n1. Pack\n2. Send\n",
            "orders/paying.html": "<title>Paying | Shop</title><h1>Paying</h1><p>By card.</p>",
            "orders/README.md": "About orders.",
        },
    )

    imported = await import_all(ctx, tmp_path)

    assert {one.outcome for one in imported} == {"created"}
    articles = await shelf(ctx)
    assert {s: a.title for s, a in articles.items()} == {
        "welcome": "Welcome to the shop",
        "return-it": "How to return",
        "paying": "Paying",
        "orders": "README",
    }
    returned = articles["return-it"]
    assert (returned.locale, returned.summary, returned.status) == (
        "en-GB",
        "In three steps",
        "published",
    )
    assert returned.body == "1. Pack\n2. Send"
    assert articles["welcome"].body == "Hello."
    assert articles["paying"].body == "By card."
    collections = {c.id: c for c in await knowledge.list_collections(ctx)}
    assert {c.name for c in collections.values()} == {"Orders", "Returns"}
    inner = collections[returned.collection_id]  # type: ignore[index]
    assert collections[inner.parent_id].name == "Orders"  # type: ignore[index]
    assert articles["welcome"].collection_id is None


async def test_importing_again_updates_and_never_doubles(
    ctx: Ctx, tmp_path: Path, emitted: Emitted
) -> None:
    write(tmp_path, {"a/one.md": "# One\n\nFirst.", "a/two.md": "# Two\n\nSame."})
    await import_all(ctx, tmp_path)
    before = await emitted(ctx)
    write(tmp_path, {"a/one.md": "# One\n\nSecond."})

    again = await import_all(ctx, tmp_path)

    assert outcomes(again) == {"a/one.md": "updated", "a/two.md": "unchanged"}
    articles = await shelf(ctx)
    assert len(articles) == 2
    assert (articles["one"].body, articles["one"].version) == ("Second.", 2)
    assert await emitted(ctx) == [*before, "knowledge.article_changed"]


async def test_what_cannot_be_imported_is_said_with_the_reason(ctx: Ctx, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("# Secret\n\nOutside.")
    folder = write(
        tmp_path / "docs",
        {
            "picture.png": b"\x89PNG",
            "empty.md": "---\ntitle: Empty\n---\n\n",
            "latin.md": "# Gr\xfc\xdfe".encode("latin-1"),
            "binary.md": b"# x\x00y",
            "huge.md": "x" * 1_000_001,
            "slug.md": "---\nslug: ../../etc/passwd\n---\nText.",
            "good.md": "Good.",
            ".hidden.md": "Hidden.",
            ".git/config.md": "Hidden.",
        },
    )
    (folder / "link.md").symlink_to(outside)

    imported = await import_all(ctx, folder)

    reasons = {one.path: one.reason for one in imported if one.outcome == "skipped"}
    assert reasons == {
        "picture.png": "it is neither Markdown nor HTML",
        "empty.md": "it has no text",
        "latin.md": "it is not UTF-8 text",
        "binary.md": "it is not a text file",
        "huge.md": "it is larger than 1 MB",
        "slug.md": reasons["slug.md"],
        "link.md": "it is a link to a file outside the folder",
    }
    assert reasons["slug.md"].startswith("slug: ")
    assert list(await shelf(ctx)) == ["good"]


async def test_a_folder_called_like_a_language_gives_its_locale(ctx: Ctx, tmp_path: Path) -> None:
    write(tmp_path, {"de/bestellung/rueckgabe.md": "# Rückgabe\n\n30 Tage."})

    await import_all(ctx, tmp_path)

    (article,) = (await shelf(ctx)).values()
    assert (article.locale, article.slug) == ("de", "rueckgabe")
    assert [c.name for c in await knowledge.list_collections(ctx)] == ["Bestellung"]


async def test_drafts_stay_drafts_until_somebody_publishes_them(ctx: Ctx, tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "A.", "b.md": "---\nstatus: draft\n---\nB."})
    await import_all(ctx, tmp_path, draft=True)
    assert {a.status for a in (await shelf(ctx)).values()} == {"draft"}

    await import_all(ctx, tmp_path)

    assert {s: a.status for s, a in (await shelf(ctx)).items()} == {"a": "published", "b": "draft"}


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <b>two</b> <em>three</em>.</p>", "One **two** *three*."),
        ("<p>a<p>b", "a\n\nb"),
        ("x<br>y", "x\\\ny"),
        ("<ul><li>one<li>two<ul><li>in</ul></ul>", "- one\n- two\n\n  - in"),
        ("<ol><li><p>one</p></li><li>two</li></ol>", "1. one\n2. two"),
        ("<a href='https://x.example/a'>go</a>", "[go](https://x.example/a)"),
        ("<a href='javascript:alert(1)'>go</a>", "go"),
        ("<a href='data:text/html,x'>go</a>", "go"),
        ("<img src='http://evil/x.png' alt='A cat'>", "A cat"),
        ("<script>alert(1)</script><style>a{}</style>text", "text"),
        ("<nav><a href='/'>Home</a></nav><main>text</main><footer>f</footer>", "text"),
        ("<pre><code>a  b\n# c</code></pre>", "```\na  b\n# c\n```"),
        ("<p>1 * 2 &lt;b&gt; [x]</p>", "1 \\* 2 \\<b\\> \\[x\\]"),
        ("<p># not a heading</p>", "\\# not a heading"),
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<h2> Two  <i>words</i></h2>text", "## Two *words*\n\ntext"),
        ("<div><span>deep</span></div></div></p></b>", "deep"),
        ("", ""),
        ("<" * 1000, "\\<" * 1000),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(html)[1] == markdown


def test_a_page_without_end_is_read_all_the_same() -> None:
    title, text = to_markdown("<title>T</title>" + "<div>" * 20_000 + "deep" + "<ul><li>" * 5_000)

    assert (title, text) == ("T", "deep")
