"""Mail servers of providers that send mail under ids of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.sink import Sink, Taken

_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


@dataclass
class Renaming(Sink):
    """Puts another id into what it takes; what its recipients get is in `taken`."""

    host: ClassVar[str]
    ids: list[str] = field(default_factory=list)
    """Those under which its mails went out."""

    async def handle_DATA(self, server: SMTP, session: Session, env: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, env)
        if not self.taken or not answer.startswith("250"):
            return answer
        taken = self.taken[-1]
        fresh, answer = self.renamed(taken, taken.id.strip("<>"))
        content = _ID.sub(b"Message-ID: <" + fresh.encode() + b">", taken.content, count=1)
        self.taken[-1] = replace(taken, content=content)
        self.ids.append(fresh)
        return answer

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        """The id under which a message goes out, and what is answered to who brought it."""
        raise NotImplementedError


@dataclass
class Amazon(Renaming):
    """SES: always an id of its own, which it answers without the domain that follows."""

    host: ClassVar[str] = "email-smtp.eu-west-1.amazonaws.com"

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        given = f"0102018f0a1b2c3d-{uuid4()}-000000"
        return f"{given}@eu-west-1.amazonses.com", f"250 Ok {given}"


@dataclass
class Outlook(Renaming):
    """Outlook.com: an id of its own, which it answers as it stands in the message."""

    host: ClassVar[str] = "smtp-mail.outlook.com"

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        where = "AS8PR04MB8199.eurprd04.prod.outlook.com"
        given = f"AS8PR04MB8199{uuid4().hex[:20].upper()}@{where}"
        return given, f"250 2.0.0 OK <{given}> [Hostname={where}]"


@dataclass
class Office(Renaming):
    """Exchange Online keeps an id that is one, and answers it all the same."""

    host: ClassVar[str] = "smtp.office365.com"

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        return ours, f"250 2.0.0 OK <{ours}> [Hostname=AS8PR04MB8199.eurprd04.prod.outlook.com]"


@dataclass
class Postmark(Renaming):
    """An id of its own that it does not tell, unless the mail asks to keep the one it has."""

    host: ClassVar[str] = "smtp.postmarkapp.com"

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        keeps = taken.mail["X-PM-KeepID"] == "true"
        return ours if keeps else f"{uuid4()}@mtasv.net", "250 2.0.0 Ok: queued as 7C3F21A0B4"


@dataclass
class Elsewhere(Renaming):
    """A server that nobody knows, and that answers as Amazon's does."""

    host: ClassVar[str] = "email-smtp.eu-west-1.amazonaws.com.relay.example"

    def renamed(self, taken: Taken, ours: str) -> tuple[str, str]:
        return ours, f"250 Ok 0102018f0a1b2c3d-{uuid4()}-000000"


ALL: list[Callable[[], Renaming]] = [Amazon, Outlook, Office, Postmark]
