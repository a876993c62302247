"""The mailer of an installation without a mail server: letters lie in a folder."""

import asyncio
import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import structlog

from rapport.kernel.auth.ports import Mail, Mailer
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)


class FolderMailer:
    """Writes each letter to `<data_dir>/mail/<id>.eml`, readable by this account only.

    The administrator of a small installation passes the link on by hand; the log says that a letter
    is waiting, and never what is in it.
    """

    def __init__(self, folder: Path) -> None:
        """Keep letters in `folder`, which is made when the first one comes."""
        self._folder = folder

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`."""
        message = EmailMessage(policy=SMTP)
        message["To"] = mail.to
        message["From"] = "Rapport <rapport@localhost>"
        message["Subject"] = mail.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        path = self._folder / f"{new_id()}.eml"
        await asyncio.to_thread(_write, path, message.as_bytes())
        log.info("mail_waiting", file=str(path))


def mailer_for(settings: Settings) -> Mailer:
    """The mailer of this process."""
    return FolderMailer(settings.data_dir / "mail")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
