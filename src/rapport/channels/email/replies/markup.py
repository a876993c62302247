"""An HTML mail, taken apart by its structure first and by the rules for text second."""

from rapport.channels.email.replies import parts
from rapport.channels.email.replies.lines import Line
from rapport.channels.email.replies.parts import Part
from rapport.channels.email.replies.structure import Reader
from rapport.kernel import markup
from rapport.kernel.elements import CELLS, VOID
from rapport.kernel.markup import Tag


def split_html(html: str) -> tuple[str, str]:
    """The customer's own part of an HTML mail, and what it quotes or signs with.

    Both are balanced fragments of the same markup, not yet safe to show: that is the work of
    `richtext.sanitise`. What lies beyond 1,000,000 characters is cut off, and nesting beyond 200 is
    flattened. The limits of `split` hold here for the lines a reader would see. When nothing is
    quoted, or everything, the first part is `html` as it was and the second is empty.
    """
    mail = Reader()
    for piece in markup.pieces(html[: markup.MAX_CHARS]):
        mail.take(piece)
    mail.end_line()
    found = parts.of(mail.lines)
    if not found or len(set(found)) == 1:
        return html, ""
    reply, quoted = _written(mail, _with_neighbours(mail.lines, found))
    return (reply, quoted) if markup.texts_of(quoted) else (html, "")


def _with_neighbours(lines: list[Line], found: list[Part]) -> list[Part]:
    """The parts, with empty lines going where the words below them go."""
    parted, following = list(found), found[-1]
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].is_empty:
            parted[at] = following
        following = parted[at]
    return parted


class _Writer:
    """Writes the pieces of one part with the elements around them."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.depth = 0

    def enter(self, open_: list[Tag]) -> None:
        """Open what is open around the next piece."""
        self.written += [f"<{tag.name}{tag.attributes}>" for tag in open_[self.depth :]]
        self.depth = len(open_)

    def leave(self, open_: list[Tag]) -> None:
        """Close the innermost element if it was opened here."""
        if self.depth == len(open_):
            self.written.append(f"</{open_[-1].name}>")
            self.depth -= 1


def _written(mail: Reader, found: list[Part]) -> tuple[str, str]:
    reply, quoted = _Writer(), _Writer()
    open_: list[Tag] = []
    last = parts.beyond(found)
    for piece, at in mail.pieces:
        part = found[at] if at < len(found) else last
        writer = reply if part is Part.REPLY else quoted
        if isinstance(piece, str):
            if piece.strip() or writer.depth == len(open_):
                writer.enter(open_)
                writer.written.append(piece)
        elif piece.name in VOID:
            writer.enter(open_)
            writer.written.append(f"<{piece.name}{piece.attributes}>")
        elif piece.closes:
            if piece.name in CELLS:  # an empty cell keeps its place
                (reply if reply.depth >= len(open_) - 1 else writer).enter(open_)
            reply.leave(open_)
            quoted.leave(open_)
            open_.pop()
        else:
            open_.append(piece)
    for _ in range(len(open_)):
        reply.leave(open_)
        quoted.leave(open_)
        open_.pop()
    return "".join(reply.written), "".join(quoted.written)
