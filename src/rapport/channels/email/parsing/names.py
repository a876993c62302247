"""Names for attached files."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from rapport.channels.email.parsing.structure import Part
from rapport.kernel.files.names import clean_name

_EXTENSIONS: Final[Mapping[str, str]] = {
    "application/json": "json",
    "application/msword": "doc",
    "application/ms-tnef": "dat",
    "application/octet-stream": "bin",
    "application/pdf": "pdf",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pgp-signature": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-mime": "p7m",
    "application/x-pkcs7-signature": "p7s",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/pjpeg": "jpg",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/rfc822": "eml",
    "message/global": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
}
_SUBTYPE: Final = re.compile(r"[a-z0-9]{1,8}")
_KINDS: Final[Mapping[str, str]] = {
    "text/calendar": "invite",
    "message/rfc822": "message",
    "message/global": "message",
    "message/delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "text/rfc822-headers": "headers",
    "application/pkcs7-mime": "smime",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pgp-signature": "signature",
    "application/ms-tnef": "winmail",
}


def name_for(part: Part, *, subject: str = "") -> str:
    """A name to show and to save under.

    It is the one the part was sent with, else the `subject` of an attached message, else one by
    the kind of content.
    """
    sent = part.filename or part.parameters.get("filename", "") or _location(part)
    if sent:
        return safe(sent)
    kind = part.content_type
    stem = subject or _KINDS.get(kind) or kind.split("/")[0].replace("application", "file")
    return clean_name(f"{stem}.x", extension=_extension(kind))


def safe(name: str) -> str:
    """`name` cleaned by the rules for all files from outside; its extension stays as it is."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] != "C").rstrip(". ")
    stem, _, last = visible.rpartition(".")
    if stem and last.isalnum() and len(last) <= 10:
        return clean_name(visible, extension=last)
    return clean_name(visible, extension="x").removesuffix(".x")


def _extension(kind: str) -> str:
    subtype = kind.rpartition("/")[2].removeprefix("x-")
    return _EXTENSIONS.get(kind) or (subtype if _SUBTYPE.fullmatch(subtype) else "bin")


def _location(part: Part) -> str:
    """The last piece of a Content-Location, when it looks like a file's name."""
    last = part.headers.words("content-location").split("?")[0].rstrip("/").rpartition("/")[2]
    return last if "." in last and len(last) <= 100 else ""
