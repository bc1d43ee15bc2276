"""npm takes what the lock names, from a mirror too, and the pages are bundled of it."""

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from appliance_build.errors import BuildError
from appliance_build.inputs import npm
from appliance_build.store import locked
from tests.pages import bundled

DEAD = "http://127.0.0.1:9/"  # the discard port: nobody answers


@pytest.fixture
def web(modules: Path, tmp_path: Path) -> Path:
    """A copy of web/ with the packages."""
    web = npm.copy_sources(tmp_path)
    shutil.copytree(npm.WEB / "test", web / "test")
    shutil.copy(npm.WEB / "eslint.config.js", web)
    (web / "node_modules").symlink_to(modules / "node_modules")
    return web


def node(web: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([npm.NODE, *words], cwd=web, capture_output=True, text=True, check=False)


def test_scripts_of_the_pages_pass_their_own_tests(web: Path):
    done = node(web, "--test", "--test-reporter=tap", *map(str, web.glob("test/**/*.test.js")))
    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout and "# tests 0" not in done.stdout


def test_scripts_of_the_pages_are_tidy(web: Path):
    done = node(web, "node_modules/eslint/bin/eslint.js", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_lock_names_hashes_and_no_addresses():
    packages = json.loads(npm.MANIFESTS[1].read_text())["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)
    assert not any("resolved" in package for package in packages.values())


def test_bundles_are_the_same_twice(pages: Path, tmp_path: Path):
    one, other = pages, bundled(tmp_path)
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert Path("index.html") in names and Path(npm.LIBRARIES) in names
    assert names == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def test_nothing_ships_that_no_browser_opens(pages: Path):
    """Beside the two lists for people."""
    files = {path.relative_to(pages) for path in pages.rglob("*") if path.is_file()}
    known = {".html", ".js", ".css", ".svg", ".png", ".jpg"}
    others = {str(path) for path in files if path.suffix not in known}
    assert others == {npm.LIBRARIES, "licences.txt"}


def test_pictures_that_ship_are_pictures(pages: Path):
    pictures = sorted((pages / "painting" / "pictures").iterdir())
    assert len(pictures) >= 5
    for path in pictures:
        if path.suffix == ".svg":
            assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        else:
            with Image.open(path) as picture:
                picture.verify()


def test_every_bundled_library_comes_with_its_licence(pages: Path):
    libraries = json.loads((pages / npm.LIBRARIES).read_text())
    assert {"convnetjs", "reveal.js", "d3-scale"} <= {library["name"] for library in libraries}
    text = (pages / "licences.txt").read_text()
    titles = [f"\n{one['name']} {one['version']} ({one['licence']})\n" for one in libraries]
    starts = [text.index(title) for title in titles]
    assert starts == sorted(starts)
    for start, end in pairwise([*starts, len(text)]):
        part = text[start:end]
        assert "Copyright" in part and "permission notice" in part, part[:60]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A mirror with what a build needs, a new cache, and no registry within reach."""
    mirror = tmp_path / "mirror"
    with locked():
        npm.collect(mirror, tmp_path / "log")
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("APPLIANCE_MIRROR", str(mirror))
    monkeypatch.setenv("npm_config_registry", DEAD)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    return mirror


def test_mirror_is_enough(offline: Path):
    assert (npm.modules() / "node_modules" / "esbuild" / "package.json").is_file()


def test_mirrors_file_with_other_bytes_is_not_taken(offline: Path):
    damaged = next((offline / npm.FOLDER).glob("esbuild-[0-9]*.tgz"))
    with damaged.open("ab") as file:
        file.write(b"x")
    with pytest.raises(BuildError, match=r"web/package-lock\.json could not be fetched"):
        npm.modules()
    assert not (offline.parent / "cache" / "npm").exists()
