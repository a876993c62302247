"""Paragraphs that were wrapped for the way (format=flowed, RFC 3676)."""


def unwrapped(text: str, *, delsp: bool = False) -> str:
    """`text` with its soft line breaks gone and space-stuffing undone.

    Lines are joined only within one depth of quoting, and never over the `-- ` of a signature.
    `delsp` says that the space which marks a soft break is not part of the text (Asian languages).
    """
    said: list[str] = []
    depth_before: int | None = None  # of the line that flows on, None when none does
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_signature = content == "-- "
        flows = content.endswith(" ") and not is_signature
        if flows and delsp:
            content = content[:-1]
        if depth_before == depth and not is_signature:
            said.append(content)
        else:
            said.append(f"\n{'>' * depth}{' ' if depth and content else ''}{content}")
        depth_before = depth if flows else None
    return "".join(said).removeprefix("\n")
