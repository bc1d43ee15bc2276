"""The data of the lessons: fetched from cache, mirror or URL; used only if its hash is right."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from ..paths import PROJECT
from ..progress import downloading, warn
from .fetch import Fetcher, File

LOCK = PROJECT / "locks" / "assets.lock"


@dataclass(frozen=True)
class Asset:
    """One entry of the lock.

    Attributes:
        size: in bytes.
        standin: what serves in its place.
        sha256_is_start: no more than the start of the SHA-256 is known. That shows damage; it
            does not keep out a file that someone made to fit.
    """

    path: str
    urls: list[str]
    size: int
    sha256: str
    licence: str
    source: str
    standin: str
    sha256_is_start: bool = False


def locked_assets(lock: Path = LOCK) -> list[Asset]:
    """All entries of the asset lock.

    Raises:
        BuildError: the lock is damaged.
    """
    try:
        return [Asset(**entry) for entry in tomllib.loads(lock.read_text())["asset"]]
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise BuildError(f"{lock} is damaged ({error}); restore it with git") from None


def fetch_all(assets: list[Asset]) -> tuple[dict[str, Path], list[dict[str, str]]]:
    """Bring every asset into the cache.

    Returns:
        The files by asset path, and for each asset that no source has an entry
        for the stand-ins: `{"asset", "standin", "reason"}`.
    """
    fetcher = Fetcher("assets", warn, below=False)
    files = [File(asset.path, asset.size, asset.sha256, tuple(asset.urls)) for asset in assets]
    with downloading("data of the lessons") as tick:
        found = fetcher.fetch(files, tick)
    missing = [
        {
            "asset": asset.path,
            "standin": asset.standin,
            "reason": "; ".join(fetcher.reasons[asset.path]) or "no address",
        }
        for asset in assets
        if asset.path not in found
    ]
    return found, missing
