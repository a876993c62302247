"""Pages and files as texts, whatever they are made of."""

import time

import pytest

from rapport.kernel.richtext import plain
from rapport.knowledge.sources.errors import TextUnreadable
from rapport.knowledge.sources.reading import files
from rapport.knowledge.sources.reading.page import NotReadable, Page, read

HTML = {"content-type": "text/html; charset=utf-8"}
URL = "https://help.example/en/care-for-tents.html"


def page(html: str, **headers: str) -> Page:
    return read(URL, HTML | {k.replace("_", "-"): v for k, v in headers.items()}, html.encode())


class TestAPage:
    def test_its_own_text_is_told_from_what_surrounds_it(self) -> None:
        links = "".join(f"<a href='/{n}'>Somewhere else</a>" for n in range(6))
        found = page(
            "<title>Care | Tarn</title><body><div class='cookie-banner'>We use cookies</div>"
            f"<header>Tarn</header><div class='top-menu'><a href='/x'>Home</a></div><div>{links}"
            "</div><div class='content'><h1>Care for tents</h1><p>Dry your tent.</p>"
            "<h2>Washing</h2><p>By <a href='/hand'>hand</a> only.</p><p hidden>secret</p></div>"
            "<aside>Related</aside><footer>Imprint</footer></body>"
        )

        assert found.text.title == "Care for tents"
        assert found.text.body == ("Dry your tent.\n\n## Washing\n\nBy [hand](/hand) only.")
        assert found.links[:2] == ("https://help.example/x", "https://help.example/0")

    def test_its_main_part_is_taken_where_it_says_which_that_is(self) -> None:
        found = page("<div>Before</div><div role='main'><p>Inside</p></div><div>After</div>")

        assert found.text.body == "Inside"

    def test_it_is_called_by_its_title_or_else_its_address(self) -> None:
        assert page("<title>Tents &amp; care</title><p>x</p>").text.title == "Tents & care"
        assert page("<p>x</p>").text.title == "care for tents"
        header = page("<title>T</title><header><h1>Heading</h1></header><p>x</p>")
        assert header.text.title == "Heading"

    def test_links_are_relative_to_its_base(self) -> None:
        found = page("<base href='/de/'><a href='x'>x</a><link rel='canonical' href='y'>")

        assert found.links == ("https://help.example/de/x",)
        assert found.canonical == "https://help.example/de/y"

    @pytest.mark.parametrize(
        ("header", "may_index"),
        [
            ("noindex", False),
            ("NONE", False),
            ("otherbot: noindex", True),
            ("RapportBot: noindex", False),
            ("all", True),
        ],
    )
    def test_headers_may_ask_not_to_be_indexed(self, header: str, may_index: bool) -> None:
        assert page("<p>x</p>", x_robots_tag=header).may_index is may_index

    def test_scripts_pictures_and_dangerous_links_are_not_in_its_text(self) -> None:
        found = page(
            "<main><p>Say <a href='javascript:alert(1)'>hello</a> <img src='/x' alt='a dog'>"
            "<script>steal()</script><style>p{}</style><iframe src='/y'></iframe></p></main>"
        )

        assert found.text.body == "Say hello a dog"

    def test_what_is_no_text_is_refused(self) -> None:
        with pytest.raises(NotReadable, match="image/png"):
            read(URL, {"content-type": "image/png"}, b"x")

    @pytest.mark.parametrize(
        "unit", ["<!--", "<![", "</", "<a b='", "<b>", "<a href=x>y</a>", "<h1>", "&#", "`", "<?"]
    )
    def test_hostile_html_takes_no_more_time_than_its_length(self, unit: str) -> None:
        begun = time.process_time()

        read(URL, HTML, (unit * (100_000 // len(unit))).encode())

        assert time.process_time() - begun < 5

    def test_a_hostile_text_can_be_indexed_in_time(self) -> None:
        begun = time.process_time()

        found = read(URL, {"content-type": "text/plain"}, b"![" * 50_000)
        plain(found.text.body)

        assert time.process_time() - begun < 5

    def test_a_long_text_is_cut_at_a_line(self) -> None:
        found = page("<main>" + "<p>A line of words.</p>" * 20_000 + "</main>")

        assert 99_000 < len(found.text.body) <= 100_000
        assert found.text.body.endswith("A line of words.")


class TestAFile:
    @pytest.mark.parametrize(
        ("name", "content", "title", "body"),
        [
            ("a_note.txt", b"\xef\xbb\xbfHello\r\nthere", "a note", "Hello\nthere"),
            ("n.md", b"---\ntitle: Named\n---\nWords", "Named", "Words"),
            ("n.md", b"# Head\n\nWords", "Head", "Words"),
            ("n.HTML", b"<title>T</title><nav>x</nav><p>Words</p>", "T", "Words"),
            (
                "p.csv",
                b"Plan;Price\nBasic;3 *\nPro;9\n;",
                "p",
                "Plan: Basic; Price: 3 \\*\n\nPlan: Pro; Price: 9",
            ),
            ("p.tsv", b"a\tb\n1\t2", "p", "a: 1; b: 2"),
            ("l.txt", "Größe".encode("cp1252"), "l", "Größe"),
            ("w.txt", b"\xff\xfeH\x00i\x00", "w", "Hi"),
        ],
    )
    def test_its_text_is_read(self, name: str, content: bytes, title: str, body: str) -> None:
        _, text = files.read(name, content)

        assert (text.title, text.body) == (title, body)

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("a.pdf", b"%PDF-1.7", "Save a PDF or a Word document"),
            ("a.docx", b"PK\x03\x04", "Save a PDF or a Word document"),
            ("a", b"text", "Text is read from files that end with"),
            ("a.txt", b"\x7fELF\x00\x00", "not a text"),
            ("a.md", b"  \n", "no text"),
            ("a.csv", b"only,names\n", "no text"),
            ("a.csv", b'"' + b"x" * 200_000, "not a table"),
        ],
    )
    def test_what_cannot_be_read_is_refused_in_plain_words(
        self, name: str, content: bytes, told: str
    ) -> None:
        with pytest.raises(TextUnreadable, match=told):
            files.read(name, content)

    def test_a_path_in_its_name_is_left_behind(self) -> None:
        name, _ = files.read("../../etc/passwd.txt", b"x")

        assert "/" not in name
