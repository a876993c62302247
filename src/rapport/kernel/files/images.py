"""Pictures are drawn anew: what was hidden in them (places, scripts, bombs) does not survive."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps, ImageSequence

from rapport.kernel.files.errors import ImageUnreadable
from rapport.kernel.files.kinds import GIF, JPEG, PNG, WEBP, Kind

MAX_PIXELS: Final = 40_000_000
MAX_ANIMATED_PIXELS: Final = 80_000_000
MAX_FRAMES: Final = 300
PREVIEW_SIDE: Final = 640

_FORMATS: Final = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", WEBP: "WEBP"}
_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "PNG": {"optimize": False},
    "JPEG": {"quality": 88, "optimize": True},
    "GIF": {},
    "WEBP": {"quality": 88},
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew. `preview` is a smaller WebP of it, unless it is small or moves."""

    content: bytes
    width: int
    height: int
    preview: bytes | None


def redrawn(content: bytes, kind: Kind) -> Picture:
    """The same picture without metadata, the right way up. Takes a while: call it in a thread.

    Raises:
        ImageUnreadable: damaged, not of this kind, more than 40 million pixels, or more than 300
            frames or 80 million pixels in all when it moves.
    """
    name = _FORMATS[kind]
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(content), formats=[name]) as image:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _measure(image)
            if getattr(image, "n_frames", 1) > 1:
                return _moving(image, name)
            image.load()
            return _still(image, name)
    except ImageUnreadable:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ImageUnreadable from error
    except (OverflowError, IndexError, KeyError, TypeError, AttributeError, MemoryError) as error:
        # Decoders meet damaged data in every way there is; none of it is our bug to report.
        raise ImageUnreadable from error


def _measure(image: Image.Image) -> None:
    """Refuse before decoding: the header says how much memory the picture will take."""
    pixels, frames = image.width * image.height, getattr(image, "n_frames", 1)
    if pixels > MAX_PIXELS:
        raise ImageUnreadable("The image has more than 40 million pixels.")
    if frames > MAX_FRAMES or (frames > 1 and pixels * frames > MAX_ANIMATED_PIXELS):
        raise ImageUnreadable("The animation is too long or too large.")


def _still(image: Image.Image, name: str) -> Picture:
    image = _plain(ImageOps.exif_transpose(image), name)
    written = BytesIO()
    image.save(written, name, **_SETTINGS[name])
    return Picture(written.getvalue(), image.width, image.height, _preview(image))


def _moving(image: Image.Image, name: str) -> Picture:
    durations, frames = list[int](), list[Image.Image]()
    for frame in ImageSequence.Iterator(image):
        durations.append(max(20, int(frame.info.get("duration", 100))))
        frames.append(_plain(frame, name))
    written = BytesIO()
    frames[0].save(
        written, name, save_all=True, append_images=frames[1:], duration=durations, loop=0
    )
    return Picture(written.getvalue(), image.width, image.height, None)


def _plain(image: Image.Image, name: str) -> Image.Image:
    """Pixels only, in a mode that `name` can hold, without the info dictionary they came with."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    converted = image.convert("RGBA" if has_alpha and name != "JPEG" else "RGB")
    converted.info = {}
    return converted


def _preview(image: Image.Image) -> bytes | None:
    if max(image.size) <= PREVIEW_SIDE:
        return None
    small = image.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    written = BytesIO()
    small.save(written, "WEBP", quality=80)
    return written.getvalue()
