"""A plain text mail, taken apart."""

from dataclasses import dataclass

from rapport.channels.email.replies import parts
from rapport.channels.email.replies.lines import lines_of, read, visible, within_limits
from rapport.channels.email.replies.parts import Part


@dataclass(frozen=True, slots=True)
class Reply:
    """What a customer wrote, what they quoted, and what stands below as a signature.

    Every line of the mail is in one of the three, in its order. Lines end with a line feed, and the
    empty lines around each part are gone.
    """

    reply: str
    quoted: str
    signature: str


def split(text: str) -> Reply:
    """Take a plain text mail apart.

    Looks at the first 2,000 lines and 64 KB; what follows is quoted if the last of them is, and
    else the customer's own. Time is linear in the length, whatever is written. A mail that only
    quotes is a reply as a whole.
    """
    raw = lines_of(text)
    seen = within_limits(raw)
    found = parts.of([read(line) for line in raw[:seen]])
    found += [parts.beyond(found)] * (len(raw) - seen)
    return Reply(*(_joined(raw, found, part) for part in Part))


def _joined(raw: list[str], found: list[Part], part: Part) -> str:
    """The lines of one part without the empty ones around them."""
    lines = [line for line, its in zip(raw, found, strict=True) if its is part]
    begin, end = 0, len(lines)
    while begin < end and not visible(lines[begin]):
        begin += 1
    while end > begin and not visible(lines[end - 1]):
        end -= 1
    return "\n".join(lines[begin:end])
