"""Photos as people have them, read from files of any common kind."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .errors import WorkshopError

WHITE = (255, 255, 255)


class PhotoError(WorkshopError):
    """A file is not a picture that can be read."""


def read_photo(path: str | Path) -> Image.Image:
    """Read a photo as an RGB picture with 8 bits a channel, the right way up.

    Grey, CMYK, palette and 16-bit pictures are converted; what is transparent becomes white; a
    photo is turned as its EXIF data say; of an animation the first picture counts.

    Raises:
        PhotoError: there is no such file, it is no picture, or it is damaged.
    """
    path = Path(path)
    if path.is_dir():
        raise PhotoError(f"{path} is a folder; name the photos in it")
    try:
        with Image.open(path) as picture:
            return _rgb(ImageOps.exif_transpose(picture))
    except FileNotFoundError:
        raise PhotoError(f"{path} is not there; check the name") from None
    except Image.UnidentifiedImageError:
        raise PhotoError(
            f"{path} is no picture of a kind that can be read; save it as JPEG or PNG"
        ) from None
    except PermissionError:
        raise PhotoError(f"{path} may not be read by you; change its permissions") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"{path} has too many pixels; make it smaller") from None
    except Exception as error:  # Pillow's readers raise whatever they stumble over
        raise PhotoError(
            f"{path} is damaged or cut short ({error}); use another copy of it"
        ) from None


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits; Pillow would cut off what is above 255
        picture = Image.fromarray((np.asarray(picture) / 257).astype(np.uint8))
    if picture.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        background = Image.new("RGBA", picture.size, WHITE)
        picture = Image.alpha_composite(background, picture)
    return picture.convert("RGB")
