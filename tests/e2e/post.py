"""A desk with a mailbox: what people write to it, and the server that takes what leaves."""

import json
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Final

from playwright.async_api import Page

from tests.e2e.desk import Desk
from tests.sink import Sink

SECRET: Final = "a secret for this test only"
FRONT: Final = "mx.rapport.test"
US: Final = "support@rapport.test"
PROVED: Final = f"{FRONT}; dmarc=pass header.from=example.com; dkim=pass header.d=example.com"


class MailDesk(Desk):
    """A desk that may speak to a mail server on this machine."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(["--demo"])
        self.sink = sink

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"RAPPORT_EGRESS_ALLOW": json.dumps([self.sink.pair])}


async def call(page: Page, method: str, path: str, body: Any = None) -> Any:
    """What the API answers to whoever is signed in at `page`."""
    answer: dict[str, Any] = await page.evaluate(
        """async ([method, path, body]) => {
          const headers = body === null ? {} : { 'content-type': 'application/json' }
          const sent = body === null ? undefined : JSON.stringify(body)
          const answer = await fetch(path, { method, headers, body: sent })
          const text = await answer.text()
          return { ok: answer.ok, body: text ? JSON.parse(text) : null }
        }""",
        [method, path, body],
    )
    assert answer["ok"], answer["body"]
    return answer["body"]


class Post:
    """The way to the mailbox and from it."""

    def __init__(self, page: Page, sink: Sink, address: str) -> None:
        self.page = page
        self.sink = sink
        self.address = address

    @classmethod
    async def set_up(cls, page: Page, sink: Sink, *, undo_s: int) -> "Post":
        """Connect a mailbox, as the wizard does."""
        mailbox = await call(
            page,
            "POST",
            "/v1/email/mailboxes",
            {
                "name": "Support",
                "address": US,
                "incoming": {"kind": "webhook", "webhook": "raw"},
                "outgoing": sink.outgoing,
                "webhook_secret": SECRET,
            },
        )
        path = f"/v1/email/mailboxes/{mailbox['inbox_id']}"
        await call(page, "PATCH", path, {"undo_s": undo_s, "trusted_authserv": FRONT})
        return cls(page, sink, mailbox["webhook_url"])

    async def deliver(self, mail: EmailMessage) -> None:
        """Bring a mail to the mailbox."""
        answer = await self.page.request.post(
            self.address,
            data=mail.as_bytes(),
            headers={"authorization": f"Bearer {SECRET}", "content-type": "message/rfc822"},
        )
        assert answer.ok, await answer.text()


def letter(sender: str, text: str, *, subject: str, **headers: str) -> EmailMessage:
    """A mail to us; names of headers with `_` for `-`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, US, subject
    mail["Message-ID"] = f"<{abs(hash((sender, text))):x}@example.com>"
    for name, value in _named(headers).items():
        mail[name] = value
    mail.set_content(text)
    return mail


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
