"""The text of a page without what surrounds it on every page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rapport.knowledge.importing.tree import Node

_ROLE_NAMES: Final = (
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar"
)
_ROLES: Final = frozenset(_ROLE_NAMES.split())
_AROUND: Final = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|side-bar|footer|share|sharing|"
    r"social|pagination|pager|toc|related|skip-link)(?:$|[-_\s])",
    re.IGNORECASE,
)
_NOTICE: Final = re.compile(
    r"(?:^|[-_\s])(?:cookies?|cookie-?banner|consent|gdpr|newsletter)(?:$|[-_\s])", re.IGNORECASE
)
_BLOCKS: Final = frozenset({"div", "section", "ul", "ol", "menu", "table", "p", "span"})
_MOSTLY: Final = 0.5
_ONLY: Final = 0.85
_MANY_LINKS: Final = 5
_LEAST_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Size:
    """Letters that are read inside an element, those of them in links, and how many links."""

    letters: int
    linked: int
    links: int


def main_text(root: Node) -> Node:
    """The element that holds the page's own text, without what leads elsewhere.

    That is what the page says is its main part; else its one article, where that has a good part of
    the words; else all of it.
    """
    sizes: dict[int, _Size] = {}
    _measure(root, sizes)
    found = _main(root, sizes)
    _prune(found, sizes)
    return found


def _main(root: Node, sizes: Mapping[int, _Size]) -> Node:
    for node in _nodes(root):
        if node.tag == "main" or node.attributes.get("role") == "main":
            return node
    articles = [node for node in _nodes(root) if node.tag == "article"]
    least = _LEAST_SHARE * sizes[id(root)].letters
    if len(articles) == 1 and sizes[id(articles[0])].letters >= least:
        return articles[0]
    return root


def _prune(node: Node, sizes: Mapping[int, _Size]) -> None:
    """Take out of an element what is not its own text."""
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if _is_around(child, sizes[id(child)]):
                continue
            _prune(child, sizes)
        kept.append(child)
    node.children = kept


def _is_around(node: Node, size: _Size) -> bool:
    said = node.attributes
    if said.get("role", "") in _ROLES or "hidden" in said or said.get("aria-hidden") == "true":
        return True
    if node.tag not in _BLOCKS:
        return False
    name = f"{said.get('class', '')[:300]} {said.get('id', '')[:100]}"
    if _NOTICE.search(name):
        return True
    share = size.linked / max(size.letters, 1)
    return (share > _MOSTLY and _AROUND.search(name) is not None) or (
        share > _ONLY and size.links >= _MANY_LINKS
    )


def _nodes(root: Node) -> Iterator[Node]:
    """The elements inside, in no promised order."""
    waiting = [root]
    while waiting:
        for child in waiting.pop().children:
            if isinstance(child, Node):
                yield child
                waiting.append(child)


def _measure(node: Node, sizes: dict[int, _Size]) -> _Size:
    """The size of an element, and of all inside it, by `id`."""
    letters = linked = links = 0
    for child in node.children:
        if isinstance(child, str):
            letters += sum(map(len, child.split()))
            continue
        inner = _measure(child, sizes)
        letters, linked, links = letters + inner.letters, linked + inner.linked, links + inner.links
    if node.tag == "a":
        linked, links = letters, links + 1
    sizes[id(node)] = _Size(letters, linked, links)
    return sizes[id(node)]
