"""Pictures are drawn anew: nothing that was hidden in one survives, and no bomb goes off."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from rapport.kernel.files.errors import ImageUnreadable
from rapport.kernel.files.images import PREVIEW_SIDE, redrawn
from rapport.kernel.files.kinds import GIF, JPEG, PNG, WEBP, Kind
from tests.make.files import animation, picture


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and carries almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "name"), [(PNG, "PNG"), (JPEG, "JPEG"), (GIF, "GIF"), (WEBP, "WEBP")]
)
def test_a_script_behind_or_inside_a_picture_is_gone(kind: Kind, name: str) -> None:
    content = picture(name) + b"<script>alert(1)</script>"
    if kind is JPEG:
        content = picture(name, comment=b"<script>alert(1)</script>")

    drawn = redrawn(content, kind)

    assert b"script" not in drawn.content
    assert (drawn.width, drawn.height) == (8, 6)


def test_where_a_photo_was_taken_is_forgotten_but_it_stays_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of Ada"
    content = picture("JPEG", exif=exif)

    drawn = redrawn(content, JPEG)

    assert b"Ada" not in drawn.content
    assert (drawn.width, drawn.height) == (6, 8)


@pytest.mark.parametrize(("kind", "name"), [(GIF, "GIF"), (WEBP, "WEBP")])
def test_what_moves_keeps_moving(kind: Kind, name: str) -> None:
    drawn = redrawn(animation(name), kind)

    assert getattr(Image.open(BytesIO(drawn.content)), "n_frames", 1) == 3


def test_a_large_picture_gets_a_smaller_one_beside_it() -> None:
    drawn = redrawn(picture("PNG", size=(1000, 500)), PNG)

    assert drawn.preview is not None
    assert Image.open(BytesIO(drawn.preview)).size == (PREVIEW_SIDE, PREVIEW_SIDE // 2)
    assert redrawn(picture("PNG"), PNG).preview is None


@pytest.mark.parametrize(
    "content",
    [
        png_header(50_000, 50_000),
        png_header(2**31 - 1, 1),
        png_header(0, 0),
        png_header(100, 100),
        picture("PNG")[:40],
        picture("PNG", size=(300, 300))[:200],
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        picture("JPEG"),
    ],
)
def test_bombs_and_damaged_pictures_are_refused(content: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        redrawn(content, PNG)


def test_an_endless_animation_is_refused() -> None:
    with pytest.raises(ImageUnreadable):
        redrawn(animation("GIF", frames=301), GIF)


def test_transparency_survives() -> None:
    written = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")

    drawn = redrawn(written.getvalue(), PNG)

    assert Image.open(BytesIO(drawn.content)).getpixel((0, 0)) == (0, 0, 0, 0)
