"""The files that came with a mail, examined before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.channels.email.parsing import Attachment, Mail
from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileKindForbidden, FileTooLarge, ImageUnreadable
from rapport.kernel.files.service import Prepared, Upload

MAX_FILES: Final = 50
"""What comes beyond is in the message as it came."""
_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept, and the content id by which the text shows it, in small letters."""

    file: Prepared
    content_id: str | None


async def examine(mail: Mail, *, max_bytes: int) -> tuple[Sequence[Examined], int]:
    """The files to keep with the message, and how many others are left in the message as it came.

    Left are kinds that we do not hand out, such as programs and web pages, and what is too large.
    """
    kept: list[Examined] = []
    attached = [one for one in mail.attachments if one.content_type not in _SIGNATURES]
    left = max(0, len(attached) - MAX_FILES)
    for one in attached[:MAX_FILES]:
        try:
            file = await files.prepare(Upload(one.name, one.content), max_bytes=max_bytes)
        except (FileKindForbidden, FileTooLarge, ImageUnreadable):
            left += 1
        else:
            kept.append(Examined(file, _shown_as(one, file)))
    return kept, left


def _shown_as(attachment: Attachment, file: Prepared) -> str | None:
    if attachment.content_id is None or file.content_type not in files.INLINE:
        return None
    return attachment.content_id.lower()
