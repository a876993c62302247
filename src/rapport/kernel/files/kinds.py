"""Which kinds of file are accepted, told by what is inside them and never by what they claim."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from rapport.kernel.files.errors import FileKindForbidden
from rapport.kernel.files.names import extension_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. The first of its extensions is given to files whose own does not fit."""

    content_type: str
    extensions: tuple[str, ...]
    is_image: bool = False

    def extension_for(self, name: str) -> str:
        """The extension under which a file of this name is kept."""
        claimed = extension_of(name)
        return claimed if claimed in self.extensions else self.extensions[0]


PNG = Kind("image/png", ("png",), is_image=True)
JPEG = Kind("image/jpeg", ("jpg", "jpeg"), is_image=True)
GIF = Kind("image/gif", ("gif",), is_image=True)
WEBP = Kind("image/webp", ("webp",), is_image=True)
ZIP = Kind("application/zip", ("zip",))
TEXT = Kind("text/plain", ("txt", "log", "md", "csv", "tsv", "json", "ics", "vcf", "eml", "yaml"))

_MAGIC: Final[Sequence[tuple[int, bytes, Kind]]] = (
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"%PDF-", Kind("application/pdf", ("pdf",))),
    (0, b"\x1f\x8b\x08", Kind("application/gzip", ("gz", "tgz"))),
    (0, b"ID3", Kind("audio/mpeg", ("mp3",))),
    (0, b"\xff\xfb", Kind("audio/mpeg", ("mp3",))),
    (0, b"OggS", Kind("audio/ogg", ("ogg", "oga", "opus"))),
    (0, b"fLaC", Kind("audio/flac", ("flac",))),
    (0, b"\x1aE\xdf\xa3", Kind("video/webm", ("webm", "mkv", "weba"))),
    (4, b"ftypheic", Kind("image/heic", ("heic",))),
    (4, b"ftypmif1", Kind("image/heic", ("heic", "heif"))),
    (4, b"ftypM4A", Kind("audio/mp4", ("m4a",))),
    (4, b"ftypqt", Kind("video/quicktime", ("mov",))),
    (4, b"ftyp", Kind("video/mp4", ("mp4", "m4v", "3gp"))),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", Kind("audio/wav", ("wav",))),
    (0, b"PK\x03\x04", ZIP),
)

_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS: Final[Sequence[tuple[str, Kind]]] = (
    ("word/", Kind(f"{_OFFICE}.wordprocessingml.document", ("docx",))),
    ("xl/", Kind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))),
    ("ppt/", Kind(f"{_OFFICE}.presentationml.presentation", ("pptx",))),
)
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, ValueError, KeyError, RuntimeError, OSError),
)
"""All that reading a broken archive has been seen to raise."""
_OPEN_DOCUMENTS: Final = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}

_RUNNABLE: Final = (
    "ade adp apk app appref-ms asp aspx bash bat cgi chm cmd com cpl csh dll dmg docm dotm elf "
    "exe gadget hta htm html img inf iso jar jnlp js jse jsp lnk mht mhtml mjs msc msi msp mst "
    "php phtml pif pl potm ppam ppsm pptm ps1 psm1 py pyc rb reg scf scr sct sh shtml svg svgz "
    "swf sys url vb vbe vbs vhd ws wsc wsf wsh xht xhtml xla xlam xlsm xltm xml xsl xslt zsh"
)
FORBIDDEN_EXTENSIONS: Final = frozenset(_RUNNABLE.split())

_PROGRAMS: Final = (
    *(b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!", b"\xd0\xcf\x11\xe0", b"L\x00\x00\x00\x01\x14"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
    *(b"FWS", b"CWS", b"ZWS", b"dex\n", b"ITSF", b"!<arch>", b"\x00asm"),
)
# As far as a browser looks when it guesses, and somewhat further.
_SNIFFED_BYTES: Final = 4_096
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|math|style|link|meta|base|form|img|"
    rb"video|audio|table|title|h1|div|font|br|p|a|b)[\s/>]|<\?(xml|php|=)|<!--|<%|javascript:",
    re.IGNORECASE,
)


def kind_of(content: bytes, name: str) -> Kind:
    """The kind of a file, by its content; `name` can only make it refused.

    Raises:
        FileKindForbidden: it is a program, a script, a web page, or nothing we know.
    """
    extension = extension_of(name)
    if extension in FORBIDDEN_EXTENSIONS:
        raise FileKindForbidden(f"Files ending in .{extension} are not accepted.")
    if content.startswith(_PROGRAMS):
        raise FileKindForbidden("Programs and scripts are not accepted.")
    for offset, magic, kind in _MAGIC:
        if content.startswith(magic, offset):
            return _document(content) if kind is ZIP else _checked(content, kind)
    if _is_text(content):
        return TEXT
    raise FileKindForbidden


def _checked(content: bytes, kind: Kind) -> Kind:
    if kind.content_type in {"image/webp", "audio/wav"} and not content.startswith(b"RIFF"):
        raise FileKindForbidden
    return kind


def _document(content: bytes) -> Kind:
    """What a ZIP archive really is; macros and programs for Java and Android are refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()[:5_000]
            declared = _declared_type(archive, names)
    except _UNREADABLE:
        raise FileKindForbidden("The archive cannot be read.") from None
    if any("vbaproject" in n.lower() for n in names):
        raise FileKindForbidden("Documents with macros are not accepted.")
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        raise FileKindForbidden("Programs and scripts are not accepted.")
    if declared in _OPEN_DOCUMENTS:
        return Kind(declared, (_OPEN_DOCUMENTS[declared],))
    if "[Content_Types].xml" in names:
        for folder, kind in _DOCUMENTS:
            if any(n.startswith(folder) for n in names):
                return kind
    if any(extension_of(n) in FORBIDDEN_EXTENSIONS - {"xml"} for n in names):
        raise FileKindForbidden("Archives with programs, scripts or web pages are not accepted.")
    return ZIP


def _declared_type(archive: zipfile.ZipFile, names: Sequence[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 100:
        return ""
    return archive.read("mimetype").decode("ascii", "replace").strip()


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8 text for people, without a hint of markup where a browser would look.

    Raises:
        FileKindForbidden: it is text that a browser or an interpreter would obey.
    """
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if not content.strip() or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", content):
        return False
    if _MARKUP.search(content[:_SNIFFED_BYTES]):
        raise FileKindForbidden("Web pages, SVG and scripts are not accepted.")
    return True
