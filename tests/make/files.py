"""Files of every kind, as bytes."""

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image

from rapport.kernel.files.service import Upload


def picture(
    format: str = "PNG",  # noqa: A002
    *,
    size: tuple[int, int] = (8, 6),
    color: str = "teal",
    **save: Any,
) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, color).save(written, format, **save)
    return written.getvalue()


def animation(format: str = "GIF", *, frames: int = 3) -> bytes:  # noqa: A002
    pictures = [Image.new("RGB", (8, 6), (n * 40 % 256, 90, 90)) for n in range(frames)]
    written = BytesIO()
    pictures[0].save(written, format, save_all=True, append_images=pictures[1:], duration=100)
    return written.getvalue()


def archive(**members: bytes | str) -> bytes:
    """A ZIP of members; two underscores in a name mean a slash, one a dot."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return written.getvalue()


def upload(name: str = "notes.txt", content: bytes = b"Parcel 12 is late.") -> Upload:
    return Upload(name, content)
