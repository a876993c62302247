"""How fast providers let mail through; faster, they refuse it or close the account."""

from datetime import timedelta
from typing import Final

from rapport.channels.email.settings.schemas import Outgoing
from rapport.kernel.limits import Limit

PROVIDERS: Final = (
    (("smtp.office365.com", "smtp-mail.outlook.com", ".outlook.com"), 30),
    (("smtp.gmail.com", "smtp-relay.gmail.com", "smtp.googlemail.com"), 60),
    (("smtp.mail.yahoo.com", "smtp.aol.com"), 20),
    (("smtp.mail.me.com",), 20),
    (("smtp.gmx.net", "smtp.gmx.com", "mail.gmx.net", "smtp.web.de"), 20),
    (("smtp.zoho.com", "smtp.zoho.eu"), 30),
    (("smtp.fastmail.com",), 60),
)
"""Mails a minute by the names of their servers, a little below what is published or seen."""
_BY_ACCOUNT: Final = {"microsoft": 30, "google": 60}
_SHARES: Final = 10


def per_minute(outgoing: Outgoing) -> int | None:
    """How many mails a minute go out at most; None as fast as the server takes them."""
    host = outgoing.host.lower().rstrip(".")
    known = [
        rate
        for names, rate in PROVIDERS
        if any(host == it or (it.startswith(".") and host.endswith(it)) for it in names)
    ]
    known += [_BY_ACCOUNT[outgoing.provider]] if outgoing.provider in _BY_ACCOUNT else []
    known += [outgoing.per_minute] if outgoing.per_minute else []
    return min(known, default=None)


def limit_of(rate: int) -> Limit:
    """The rate as it is counted: a tenth of a minute's share may go at once."""
    share = max(1, rate // _SHARES)
    return Limit("mail.outgoing", share, timedelta(minutes=1) * share / rate)
