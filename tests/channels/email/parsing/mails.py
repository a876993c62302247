"""Messages for these tests, all of them made up."""

from rapport.channels.email.parsing import Mail, parse

SENDER = "From: Ada Lovelace <ada@engines.example>"


def message(text: str | bytes, *, charset: str = "utf-8") -> bytes:
    """The bytes of a message written with line feeds, with the line ends that mails have."""
    raw = text.encode(charset) if isinstance(text, str) else text
    return raw.strip(b"\n").replace(b"\n", b"\r\n")


def read(text: str | bytes, *, charset: str = "utf-8") -> Mail:
    """What a message says."""
    return parse(message(text, charset=charset))


def with_header(*fields: str) -> Mail:
    """A short mail with these header fields."""
    return read("\n".join([*fields, "", "Hello"]))


def with_body(*lines: str, content: str = "text/plain; charset=utf-8", encoding: str = "") -> Mail:
    """A mail whose only part has this body."""
    fields = [SENDER, f"Content-Type: {content}"]
    if encoding:
        fields.append(f"Content-Transfer-Encoding: {encoding}")
    return read("\n".join([*fields, "", *lines]))


def mixed(*parts: str, kind: str = "mixed") -> Mail:
    """A multipart mail of these parts, each with its own header."""
    lines = [SENDER, f'Content-Type: multipart/{kind}; boundary="edge"', ""]
    for part in parts:
        lines += ["--edge", part]
    return read("\n".join([*lines, "--edge--", ""]))


def part(content: str, *body: str, fields: tuple[str, ...] = ()) -> str:
    """A part for `mixed`."""
    return "\n".join([f"Content-Type: {content}", *fields, "", *body])
