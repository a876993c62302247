"""What the elements of HTML do to the lines of a text, for all who read HTML as one.

Elements that are not named here go on in the line they are in, as browsers have it for what they do
not know.
"""

from typing import Final

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
)
"""They have no content and no closing tag."""

PARAGRAPHS: Final = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"})
"""They have lines of their own, and space above and below."""

CELLS: Final = frozenset({"td", "th"})
"""They stand beside each other, apart."""

_OWN_LINES: Final = (
    "address article aside body caption center dd details dir div dl dt fieldset figcaption figure "
    "footer form header hgroup hr html legend li main menu nav ol search section summary table "
    "tbody tfoot thead tr ul"
)
BLOCKS: Final = frozenset(_OWN_LINES.split())
"""They have lines of their own."""

BREAKING: Final = BLOCKS | PARAGRAPHS | CELLS
"""What is in front of them and what is in them are not one phrase."""
