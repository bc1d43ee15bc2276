"""An attendee's own photos: a folder beside the notebook, and a button that puts photos there."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from PIL import Image

from .photos import PhotoError, read_photo

FOLDER = Path("my-photos")
MOST = 20  # photos that are taken at once: so many go through a network in a few seconds


def read_folder(folder: Path = FOLDER) -> tuple[dict[str, Image.Image], list[str]]:
    """Read what is in a folder; make the folder if there is none.

    Hidden files are passed over: file managers leave them everywhere.

    Returns:
        The photos by the names of their files, in alphabetical order, and a sentence about each
        file that is no photo, and about what is too much.
    """
    with suppress(OSError):  # then there is none, and nothing to read
        folder.mkdir(exist_ok=True)
    photos, problems = {}, []
    files = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
    for path in files:
        if len(photos) == MOST:
            problems.append(f"{folder} has more than {MOST} photos; the first {MOST} are taken")
            break
        try:
            photos[path.name] = read_photo(path)
        except PhotoError as error:
            problems.append(str(error))
    return photos, problems


def save(uploads: Iterable[Mapping], folder: Path = FOLDER) -> list[str]:
    """Write uploaded files into the folder; returns their names.

    Args:
        uploads: each with `name` and `content` (bytes), as ipywidgets' FileUpload has them.

    Raises:
        PhotoError: the folder cannot be written.
    """
    names = []
    for upload in uploads:
        name = Path(upload["name"].replace("\\", "/")).name.lstrip(".") or "photo"
        try:
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(upload["content"])
        except OSError as error:
            raise PhotoError(
                f"{folder / name} cannot be written: {error.strerror}; make room, or put photos "
                "there by hand"
            ) from None
        names.append(name)
    return names


def upload_button(then: Callable[[], None], folder: Path = FOLDER):
    """A button that puts photos into the folder, and below it what `then` shows after that."""
    import ipywidgets  # only here: all else works without Jupyter

    button = ipywidgets.FileUpload(accept="image/*", multiple=True, description="Upload photos")
    shown = ipywidgets.Output()

    def uploaded(change: Mapping) -> None:
        shown.clear_output(wait=True)
        with shown:
            save(change["new"], folder)
            then()

    button.observe(uploaded, names="value")
    return ipywidgets.VBox([button, shown])
