"""Compressed rich text (MS-OXRTFCP), the form in which Outlook keeps what people wrote."""

from typing import Final

MAX_BYTES: Final = 2_000_000
_COMPRESSED: Final = b"LZFu"
_STORED: Final = b"MELA"
_HEADER_BYTES: Final = 16
_WINDOW: Final = 4096
_BEGINNING: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What every compressed text may refer back to."""


def expanded(data: bytes) -> bytes | None:
    """The RTF in `data`, at most 2,000,000 bytes; None when it is not what it should be."""
    kind = data[8:12]
    if kind == _STORED:
        return data[_HEADER_BYTES : _HEADER_BYTES + MAX_BYTES]
    if kind != _COMPRESSED:
        return None
    said = bytearray(_BEGINNING)
    position = _HEADER_BYTES
    while position < len(data) and len(said) < MAX_BYTES:
        flags, position = data[position], position + 1
        for bit in range(8):
            if flags >> bit & 1 == 0:
                said += data[position : position + 1]
                position += 1
                continue
            step = _referred(said, data[position : position + 2])
            if step is None:
                return bytes(said[len(_BEGINNING) :])
            said += step
            position += 2
    return bytes(said[len(_BEGINNING) :])


def _referred(said: bytearray, reference: bytes) -> bytes | None:
    """The bytes that a reference into the last 4,096 stands for; None at the end of the text."""
    if len(reference) < 2:
        return None
    number = int.from_bytes(reference, "big")
    offset, length = number >> 4, (number & 15) + 2
    back = (len(said) - offset) % _WINDOW
    if back == 0 or back > len(said):
        return None
    start = len(said) - back
    piece = bytes(said[start : start + length])
    # A reference may reach into what it is about to write.
    return (piece * (length // max(len(piece), 1) + 1))[:length]
