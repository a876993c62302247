"""HTML pages as Markdown: structure and words; everything else is left behind."""

import re
from collections.abc import Sequence
from typing import Final

from rapport.kernel.urls import is_safe_link
from rapport.knowledge.importing.tree import Node, parse

_HEADING = re.compile(r"h([1-6])")
_MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_INLINE_NAMES: Final = (
    "a abbr b bdi bdo br cite code data del dfn em font i img ins kbd label mark q s samp "
    "small span strike strong sub sup time tt u var wbr"
)
_INLINE: Final = frozenset(_INLINE_NAMES.split())
_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")
_LINE_START = re.compile(r"^(#|>|[-+](?=\s)|\d+(?=[.)]\s))", re.MULTILINE)


def to_markdown(html: str) -> tuple[str, str]:
    """The title and the Markdown of a page; the title is its first heading 1, or its `<title>`.

    Only safe links keep their address, and images become their description. The result is source
    like any other: it is sanitised again whenever it is shown.
    """
    return of_tree(*parse(html))


def of_tree(title: str, root: Node) -> tuple[str, str]:
    """The title and the Markdown of a page that was parsed already; its title is taken out of it.

    `title` is what the page is called if it has no heading 1.
    """
    heading = _first_heading(root)
    if heading is not None:
        title = " ".join(heading.text().split())
        heading.children.clear()
    return title, "\n\n".join(_blocks(root.children))


def _first_heading(node: Node) -> Node | None:
    for child in node.children:
        if isinstance(child, Node):
            found = child if child.tag == "h1" else _first_heading(child)
            if found is not None:
                return found
    return None


def _blocks(children: Sequence[Node | str]) -> list[str]:
    """Paragraphs, lists, tables …, each as Markdown that may span lines; empty ones left out."""
    blocks: list[str] = []
    run: list[Node | str] = []

    def end_paragraph() -> None:
        if words := _inline(run).strip():
            blocks.append(_LINE_START.sub(r"\\\1", words))
        run.clear()

    for child in children:
        if isinstance(child, str) or child.tag in _INLINE:
            run.append(child)
        else:
            end_paragraph()
            blocks.extend(_block(child))
    end_paragraph()
    return blocks


def _block(node: Node) -> list[str]:
    if found := _HEADING.fullmatch(node.tag):
        words = " ".join(_inline(node.children).split())
        return [f"{'#' * int(found[1])} {words}"] if words else []
    if node.tag in {"ul", "ol", "menu"}:
        return _list(node)
    if node.tag == "blockquote":
        inner = "\n\n".join(_blocks(node.children))
        return ["\n".join(f"> {line}".rstrip() for line in inner.split("\n"))] if inner else []
    if node.tag == "pre":
        return _code(node.text().strip("\n"))
    if node.tag == "table":
        return _table(node)
    if node.tag == "hr":
        return ["---"]
    return _blocks(node.children)


def _list(node: Node) -> list[str]:
    items: list[str] = []
    for child in node.children:
        if not isinstance(child, Node):
            continue
        inner = "\n\n".join(_blocks(child.children))
        if not inner:
            continue
        mark = f"{len(items) + 1}. " if node.tag == "ol" else "- "
        indent = "\n" + " " * len(mark)
        items.append(mark + inner.replace("\n", indent))
    return [re.sub(r"[ \t]+$", "", "\n".join(items), flags=re.MULTILINE)] if items else []


def _code(text: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}\n{text}\n{fence}"] if text.strip() else []


def _table(node: Node) -> list[str]:
    rows = [
        [" ".join(_inline(cell.children, flat=True).split()) for cell in _elements(row, "td", "th")]
        for row in _elements(node, "tr")
    ]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    width = max(map(len, rows))
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return ["\n".join(lines)]


def _elements(node: Node, *tags: str) -> list[Node]:
    """The nearest descendants of these kinds, not looking inside an inner table."""
    found = []
    for child in node.children:
        if isinstance(child, str):
            continue
        if child.tag in tags:
            found.append(child)
        elif child.tag != "table":
            found.extend(_elements(child, *tags))
    return found


def _inline(children: Sequence[Node | str], *, flat: bool = False) -> str:
    """Words with their marks on one line, except for line breaks (none when `flat`)."""
    said = []
    for child in children:
        if isinstance(child, str):
            said.append(_SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", child)))
        elif child.tag == "br":
            said.append(" " if flat else "\\\n")
        elif child.tag == "img":
            said.append(_SPECIAL.sub(r"\\\1", child.attributes.get("alt", "")))
        elif child.tag == "code":
            said.append(_code_span(" ".join(child.text().split())))
        elif child.tag == "a":
            said.append(_link(child, _inline(child.children, flat=flat)))
        else:
            mark = _MARKS.get(child.tag, "")
            said.append(_marked(_inline(child.children, flat=flat), mark))
    return re.sub(r" {2,}", " ", "".join(said))


def _code_span(text: str) -> str:
    if not text:
        return ""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _link(node: Node, words: str) -> str:
    address = node.attributes.get("href", "").strip()
    if not words.strip() or not is_safe_link(address) or re.search(r"[()\\]", address):
        return words
    return f"[{words.strip()}]({address})"


def _marked(words: str, mark: str) -> str:
    """Markdown's marks must touch the words, so spaces move outside."""
    inner = words.strip()
    if not mark or not inner:
        return words
    left, right = (" " if words[:1].isspace() else ""), (" " if words[-1:].isspace() else "")
    return f"{left}{mark}{inner}{mark}{right}"
