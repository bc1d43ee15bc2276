"""The data of the lessons: fetched from cache, mirror or URL; used only if its hash is right."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests

from .errors import BuildError
from .paths import PROJECT, cache, mirrors
from .progress import warn
from .store import digest

LOCK = PROJECT / "locks" / "assets.lock"
CONNECT_SECONDS, READ_SECONDS = 5, 60


@dataclass(frozen=True)
class Asset:
    """One entry of the lock. `size` in bytes; `standin` says what serves in its place."""

    path: str
    urls: list[str]
    size: int
    sha256: str
    licence: str
    source: str
    standin: str


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
    check_mirrors()
    found: dict[str, Path] = {}
    missing: list[dict[str, str]] = []
    silent: set[str] = set()  # hosts that did not answer are asked once
    for asset in assets:
        reasons: list[str] = []
        path = (
            _from_cache(asset)
            or _from_mirrors(asset, reasons)
            or _from_urls(asset, silent, reasons)
        )
        if path:
            found[asset.path] = path
        else:
            entry = {"asset": asset.path, "standin": asset.standin, "reason": "; ".join(reasons)}
            missing.append(entry)
    return found, missing


def check_mirrors() -> None:
    """Refuse a mirror that cannot be one.

    Raises:
        BuildError: an entry of APPLIANCE_MIRROR is neither a folder nor a web address.
    """
    for mirror in mirrors():
        if not mirror.startswith(("http://", "https://")) and not Path(mirror).is_dir():
            raise BuildError(
                f"APPLIANCE_MIRROR names {mirror}, which is neither a folder nor an http(s) URL; "
                "correct it or unset it"
            )


def _from_cache(asset: Asset) -> Path | None:
    path = cache() / "assets" / asset.path
    if path.is_file() and digest(path) != asset.sha256:
        warn(f"{path} is damaged (its SHA-256 is not the lock's); fetching it again")
        path.unlink()
    return path if path.is_file() else None


def _from_mirrors(asset: Asset, reasons: list[str]) -> Path | None:
    for mirror in mirrors():
        if mirror.startswith(("http://", "https://")):
            path = _download(asset, f"{mirror.rstrip('/')}/{asset.path}", reasons)
        else:
            path = _copy(asset, Path(mirror) / asset.path)
        if path:
            return path
    return None


def _from_urls(asset: Asset, silent: set[str], reasons: list[str]) -> Path | None:
    for url in asset.urls:
        host = urlsplit(url).netloc
        if host in silent:
            reasons.append(f"{host} does not answer")
            continue
        path = _download(asset, url, reasons)
        if path:
            return path
        if reasons[-1].endswith("does not answer"):
            silent.add(host)
    return None


def _copy(asset: Asset, source: Path) -> Path | None:
    if not source.is_file():
        return None
    if (found := digest(source)) != asset.sha256:
        warn(f"{source} is refused: its SHA-256 is {found}, the lock says {asset.sha256}")
        return None
    target = cache() / "assets" / asset.path
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    shutil.copyfile(source, new)
    new.rename(target)
    return target


def _download(asset: Asset, url: str, reasons: list[str]) -> Path | None:
    target = cache() / "assets" / asset.path
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=(CONNECT_SECONDS, READ_SECONDS))
    host = urlsplit(url).netloc
    try:
        pooch.retrieve(
            url, f"sha256:{asset.sha256}", target.name, target.parent, downloader=downloader
        )
    except requests.exceptions.HTTPError as error:
        reasons.append(f"{host} answers {error.response.status_code} for {url}")
    except requests.exceptions.RequestException:
        reasons.append(f"{host} does not answer")
    except ValueError:
        reasons.append(f"{url} has other bytes than the lock says and is refused")
        warn(reasons[-1])
    else:
        return target
    return None
