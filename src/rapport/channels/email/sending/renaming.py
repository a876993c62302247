"""Servers that send a mail under another Message-ID than ours, and by what that one is known.

Amazon SES always does, Outlook.com for its own accounts; both say the new id when they take a mail
in. Postmark does unless it is asked not to. All others keep the id that a mail brings.
"""

import re
from typing import Final

_AMAZON: Final = re.compile(r"email-smtp(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com")
_AMAZON_SAYS: Final = re.compile(r"\bOk ([0-9A-Za-z][0-9A-Za-z-]{15,120})\s*$")
_AMAZON_FIRST: Final = "us-east-1"
"""The region whose ids name none."""
_MICROSOFT: Final = frozenset({"smtp.office365.com", "smtp-mail.outlook.com"})
_MICROSOFT_SAYS: Final = re.compile(r"\bOK <([!-;=?-~]{1,240}@[!-;=?-~]{1,240})>")
_POSTMARK: Final = frozenset({"smtp.postmarkapp.com", "smtp-broadcasts.postmarkapp.com"})


def id_given(host: str, answer: str) -> str | None:
    """The Message-ID, without brackets, under which a server sends a mail, by its answer to DATA.

    None when the server is none that tells; it may be the id that the mail had.
    """
    name = _name(host)
    if name in _MICROSOFT:
        found = _MICROSOFT_SAYS.search(answer)
        return found[1] if found else None
    amazon = _AMAZON.fullmatch(name)
    found = _AMAZON_SAYS.search(answer) if amazon else None
    if amazon is None or found is None:
        return None
    region = "email" if amazon[1] == _AMAZON_FIRST else amazon[1]
    return f"{found[1]}@{region}.amazonses.com"


def wish(host: str) -> tuple[str, str] | None:
    """The field of the header, name and value, that asks a server to keep our id."""
    return ("X-PM-KeepID", "true") if _name(host) in _POSTMARK else None


def _name(host: str) -> str:
    return host.lower().rstrip(".")
