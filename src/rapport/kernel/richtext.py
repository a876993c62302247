"""Text that people and machines wrote, made safe to show.

Everything that becomes HTML in Rapport comes through `render` or `sanitise`: messages, articles,
answers of the assistant, e-mail. One set of rules for all, and time linear in the length of the
input.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from rapport.kernel.markup import rebuilt, texts_of
from rapport.kernel.urls import MAX_URL_CHARS, is_safe_link, origin_of

MAX_MARKDOWN_CHARS: Final = 256_000
_MAX_NESTING: Final = 32
_MAX_COLUMNS: Final = 100  # the table rule takes the square of the columns
_PREVIEW_CHARS: Final = 4_000

_BARE_TAGS: Final = (
    "b blockquote br caption cite dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
    "hr i ins kbd li mark p pre q s samp small span strike strong sub summary sup table tbody "
    "tfoot thead tr u ul var wbr"
)
_TAGS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(_BARE_TAGS.split(), frozenset()),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "code": frozenset({"class"}),
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"align", "colspan", "rowspan"}),
    "th": frozenset({"align", "colspan", "rowspan"}),
}
_FILE = re.compile(r"/files/[\w~-]+(\.[\w~-]+)*", re.ASCII)
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,30}")
_NUMBER = re.compile(r"\d{1,4}")
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\x00-\x1f\x7f]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"
_PARAGRAPHS = re.compile(r"\n\s*\n")
_CLOSING = "\"'»«”“\u2019)]"
_STOPS = tuple(".,;:!?…\u2013—。、\uff0c\uff1b\uff1a\uff01\uff1f،؛؟\u06d4।")
"""With which sentences end or go on, also in Chinese, Arabic, Urdu and Hindi."""
_MARKUP = re.compile(r"[\\`*_\[\]<&~|\t\x00]|://|^[\s>#+=-]|^\d+[.)]| $", re.MULTILINE)


def sanitise(html: str, *, images_from: Collection[str] = ()) -> str:
    """The safe part of `html`: text, structure, links to http, https, mailto and this server.

    Scripts, styles, forms, frames, SVG and MathML are gone, and what they contained. Links open in
    a new window and carry `rel="noopener nofollow"`. Images stay when they are files of this server
    or come from an origin in `images_from`, e.g. `https://cdn.example`; all others are dropped,
    because loading one would tell its server who reads this and when. Input beyond 1,000,000
    characters is cut off and nesting beyond 200 is flattened.
    """
    origins = frozenset(images_from)

    def keep(tag: str, attribute: str, value: str) -> bool:
        return _is_kept(tag, attribute, value, origins)

    return nh3.clean(
        rebuilt(html, _TAGS, keep),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _TAGS.items() if names},
        attribute_filter=lambda *it: it[2] if keep(*it) else None,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            "img": {"loading": "lazy", "referrerpolicy": "no-referrer"},
        },
    )


def _is_kept(tag: str, attribute: str, value: str, origins: frozenset[str]) -> bool:
    match attribute:
        case "href":
            return is_safe_link(value)
        case "src":
            return _is_shown(value, origins)
        case "class":
            return tag == "code" and _LANGUAGE.fullmatch(value) is not None
        case "align":
            return value in {"left", "center", "right"}
        case "width" | "height" | "start" | "colspan" | "rowspan":
            return _NUMBER.fullmatch(value) is not None
        case _:
            return True


def _is_shown(url: str, origins: frozenset[str]) -> bool:
    """Whether an image may be loaded from `url`."""
    if _FILE.fullmatch(url):
        return True
    return origin_of(url) in origins


def render(markdown: str, *, breaks: bool = True, images_from: Collection[str] = ()) -> str:
    """CommonMark with tables, strikethrough and bare web addresses, as safe HTML.

    HTML in the source is shown, not obeyed. `breaks` keeps line ends, as people expect of a chat;
    articles turn it off. Images follow the rule of `sanitise`; one that may not be loaded becomes
    a link to it. Source beyond 256,000 characters is cut off.
    """
    markdown = markdown[:MAX_MARKDOWN_CHARS]
    if not _MARKUP.search(markdown):
        return _paragraph(markdown, breaks=breaks)
    if len(markdown) <= 1_000:
        return _render_short(markdown, breaks, frozenset(images_from))
    return _render(markdown, breaks, frozenset(images_from))


def from_plain(text: str) -> str:
    """Text that is no Markdown, as safe HTML: paragraphs, lines, and bare web addresses as links.

    Text beyond 256,000 characters is cut off.
    """
    blocks = _PARAGRAPHS.split(text[:MAX_MARKDOWN_CHARS].strip("\n"))
    joined = "\n".join(f"<p>{_with_links(block)}</p>" for block in blocks if block.strip())
    return sanitise(joined)


def _with_links(block: str) -> str:
    written, end = list[str](), 0
    for found in _ADDRESS.finditer(block):
        address = _without_trailing(found[0]) if len(found[0]) <= MAX_URL_CHARS else ""
        if is_safe_link(address):
            named = escape(address)
            written += [escape(block[end : found.start()], quote=False)]
            written += [f'<a href="{named}">{named}</a>']
            end = found.start() + len(address)
    written.append(escape(block[end:], quote=False))
    return "".join(written).replace("\n", "<br>\n")


def _paragraph(words: str, *, breaks: bool) -> str:
    lines = escape(words, quote=False).strip().splitlines()
    joint = "<br>\n" if breaks else "\n"
    return f"<p>{joint.join(line.strip() for line in lines)}</p>\n" if lines else ""


def _render(markdown: str, breaks: bool, origins: frozenset[str]) -> str:
    parser = _parser(breaks, _has_wide_table(markdown))
    html = parser.render(markdown, {"images_from": origins})
    return sanitise(html, images_from=origins)


_render_short = lru_cache(maxsize=2_048)(_render)


def plain(markdown: str, *, max_chars: int | None = None) -> str:
    """The words of a Markdown text on one line.

    Without `max_chars` they are for machines: words and single spaces. With it they are a preview
    for people: a heading, paragraph or item that ends without punctuation is set apart from the
    next by a dot, and the end is cut at a word where possible and marked with an ellipsis.
    """
    if max_chars is None:
        return " ".join(_texts(markdown))
    words = _set_apart(_texts(markdown[: max(_PREVIEW_CHARS, 4 * max_chars)]))
    if len(words) <= max_chars:
        return words
    cut = words[: max_chars - 1]
    head = cut.rsplit(" ", 1)[0]
    return (head if len(head) > max_chars // 2 else cut).rstrip(" ·") + "…"


def _texts(markdown: str) -> list[str]:
    """The words of each block on one line."""
    if _MARKUP.search(markdown):
        parser = _parser(False, _has_wide_table(markdown))
        return texts_of(parser.render(markdown[:MAX_MARKDOWN_CHARS]))
    lines = (" ".join(block.split()) for block in _PARAGRAPHS.split(markdown))
    return [line for line in lines if line]


def _set_apart(texts: Sequence[str]) -> str:
    joined = [
        text if text.rstrip(_CLOSING).endswith(_STOPS) else f"{text} ·" for text in texts[:-1]
    ]
    return " ".join([*joined, *texts[-1:]])


def _has_wide_table(source: str) -> bool:
    return any(line.count("|") > _MAX_COLUMNS for line in source.splitlines())


@lru_cache(maxsize=4)
def _parser(breaks: bool, without_tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": breaks, "maxNesting": _MAX_NESTING})
    parser.enable(["strikethrough"] if without_tables else ["strikethrough", "table"])
    parser.core.ruler.push("bare_addresses", _link_bare_addresses)
    parser.core.ruler.push("alignment", _align_by_attribute)
    parser.add_render_rule("image", _image)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


def _image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    words = escape(renderer.renderInlineAsText(token.children, options, env))
    if _is_shown(source, env.get("images_from", frozenset())):
        return f'<img src="{escape(source)}" alt="{words}">'
    return f'<a href="{escape(source)}">{words or escape(source)}</a>'


def _align_by_attribute(state: StateCore) -> None:
    """Say a column's alignment by attribute: style attributes are never allowed through."""
    for token in state.tokens:
        aligned = _ALIGNMENT.fullmatch(str(token.attrs.pop("style", "")))
        if aligned:
            token.attrs["align"] = aligned[1]


def _link_bare_addresses(state: StateCore) -> None:
    """Turn bare http and https addresses into links, except inside links and code."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        depth, children = 0, list[Token]()
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "text" and depth == 0 and "://" in token.content:
                children.extend(_linked(token))
            else:
                children.append(token)
        block.children = children


def _linked(text: Token) -> list[Token]:
    tokens, end = list[Token](), 0
    for found in _ADDRESS.finditer(text.content):
        address = _without_trailing(found[0]) if len(found[0]) <= MAX_URL_CHARS else ""
        if not is_safe_link(address):
            continue
        tokens += [
            _text(text.content[end : found.start()], text.level),
            _token("link_open", 1, text.level, {"href": address}),
            _text(address, text.level + 1),
            _token("link_close", -1, text.level, {}),
        ]
        end = found.start() + len(address)
    return [*tokens, _text(text.content[end:], text.level)]


def _without_trailing(address: str) -> str:
    """`address` without the punctuation that belongs to the sentence around it."""
    while address:
        last = address[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        is_unopened = opening is not None and address.count(last) > address.count(opening)
        if not is_unopened and last not in _TRAILING:
            break
        address = address[:-1]
    return address


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _token(kind: str, nesting: Any, level: int, attrs: dict[str, str | int | float]) -> Token:
    return Token(kind, "a", nesting, attrs=attrs, level=level)
