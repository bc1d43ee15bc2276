"""Takes the pictures of VirtualBox that `make stick` shows attendees, anew: docs/images/.

usage: $(python3 -m appliance_build.bootstrap run test) -m tests.virtualbox.pictures

Not a test: pictures change with VirtualBox, and people have to look at them. VirtualBox's own
windows import the OVA in build/, in a copy-on-write view of the chroot that the tests import in,
under an X server without a screen. Needs root, the archive of Debian sid, and two minutes.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from appliance_build import description as descriptions
from appliance_build import paths
from appliance_build.machine import ova as archive

from . import chroot

PICTURES = paths.PROJECT / "docs" / "images"
PACKAGES = "virtualbox-qt xvfb xdotool x11-utils imagemagick openbox fonts-dejavu-core".split()
WIDTH, HEIGHT = 880, 560
DISPLAY = ":77"
SECONDS = 120
COLOURS = 64  # enough for windows, and a third of the bytes

#: What is cut out of the screen: left, top, right, bottom. None is the window in front.
CUTS = {
    "virtualbox-menu": (0, 0, 440, 200),
    "virtualbox-import": None,
    "virtualbox-settings": None,
    "virtualbox-start": (0, 0, 720, 300),
}
BASIC_MODE, FILE_MENU, IMPORT, START = (800, 358), (15, 9), (90, 54), (303, 50)


class Desktop:
    """The chroot's X server, and what happens on it."""

    def __init__(self, root: Path) -> None:
        settings = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
        settings |= {"DISPLAY": DISPLAY, "DEBIAN_FRONTEND": "noninteractive"}
        self.root, self.before = root, ["chroot", str(root), "env", "-i"]
        self.before += [f"{name}={value}" for name, value in settings.items()]

    def run(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self.before, *words], check=check, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def start(self, *words: str) -> None:
        """Runs until the name space ends, which ends it."""
        subprocess.Popen([*self.before, *words], stdout=subprocess.DEVNULL)

    def wait(self, found: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not found():
            if time.monotonic() > deadline:
                sys.exit(f"error: {what} did not come within {SECONDS} s")
            time.sleep(0.2)

    def window(self, title: str) -> str:
        """The number of a window, once it is there."""
        search = ("xdotool", "search", "--onlyvisible", "--name", title)
        self.wait(lambda: self.run(*search, check=False).strip(), f"the window {title}")
        return self.run(*search).split()[-1]

    def mouse(self, place: tuple[int, int], *then: str) -> None:
        self.run("xdotool", "mousemove", *map(str, place), *then)

    def take(self, name: str, window: str = "root") -> None:
        """Keep a picture of what is there when nothing moves any more."""
        file, last = f"/mnt/{name}.png", b""
        for _ in range(SECONDS):
            time.sleep(1)
            self.run("import", "-window", window, "-strip", file)
            now = (self.root / file[1:]).read_bytes()
            if now == last:
                break
            last = now
        picture = Image.open(self.root / file[1:]).convert("RGB")
        if CUTS[name]:
            picture = picture.crop(CUTS[name])
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{name}.png", optimize=True)


def main(root: Path) -> None:
    """Import as an attendee does."""
    description = descriptions.load()
    desktop = Desktop(root)
    desktop.run("apt-get", "-oAcquire::Check-Valid-Until=false", "update", "-qq")
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    desktop.run(*install, *PACKAGES)
    desktop.start("Xvfb", DISPLAY, "-screen", "0", f"{WIDTH}x{HEIGHT}x24")
    desktop.wait(lambda: "version" in desktop.run("xdpyinfo", check=False), "the X server")
    for key, value in {"SuppressMessages": "all", "UpdateDate": "never", "LanguageID": "C"}.items():
        desktop.run("VBoxManage", "-q", "setextradata", "global", f"GUI/{key}", value)
    desktop.start("openbox")
    desktop.start("VirtualBox")
    manager = desktop.window("Oracle VirtualBox Manager")
    size = ("windowsize", manager, str(WIDTH), str(HEIGHT))
    desktop.run("xdotool", "windowmove", manager, "0", "0", *size)
    time.sleep(2)
    desktop.mouse(BASIC_MODE, "click", "1")
    time.sleep(1)
    desktop.mouse(FILE_MENU, "click", "1")
    time.sleep(1)
    desktop.mouse(IMPORT)
    desktop.take("virtualbox-menu")
    desktop.mouse(IMPORT, "click", "1")
    wizard = desktop.window("Import Virtual Appliance")
    file = f"/stick/{description.name}-{description.version}-amd64.ova"
    desktop.run("xdotool", "type", "--delay", "5", file)
    desktop.take("virtualbox-import", wizard)
    desktop.run("xdotool", "key", "Return")
    time.sleep(2)
    desktop.take("virtualbox-settings", wizard)
    desktop.run("xdotool", "key", "alt+f")
    imported = ("VBoxManage", "-q", "list", "vms")
    desktop.wait(lambda: description.name in desktop.run(*imported), "the machine")
    desktop.mouse(START)
    desktop.take("virtualbox-start")


def enter(work: Path) -> None:
    """Put the view of the chroot together; all of it goes away with the name space."""
    ova = archive.find(paths.BUILD)
    description = descriptions.load()
    upper, scratch, root = (work / name for name in ("upper", "work", "root"))
    for folder in (upper, scratch, root):
        folder.mkdir()
    layers = f"lowerdir={chroot.ready()},upperdir={upper},workdir={scratch}"
    mount = [
        ["-t", "overlay", "overlay", "-o", layers, root],
        ["-t", "proc", "proc", root / "proc"],
    ]
    mount += [["-t", "sysfs", "-o", "ro", "sysfs", root / "sys"], ["--rbind", "/dev", root / "dev"]]
    for words in mount:
        subprocess.run(["mount", *words], check=True)
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    for settings in Path("/etc/apt/apt.conf.d").iterdir():
        shutil.copy(settings, root / "etc" / "apt" / "apt.conf.d")
    place = root / "stick" / f"{description.name}-{description.version}-amd64.ova"
    place.parent.mkdir()
    place.touch()
    subprocess.run(["mount", "--bind", ova, place], check=True)
    main(root)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        enter(Path(sys.argv[1]))
    else:
        with TemporaryDirectory(prefix="pictures-", dir=paths.BUILD) as work:
            spaces = "unshare --mount --pid --fork --kill-child --propagation private".split()
            command = [*spaces, sys.executable, "-m", "tests.virtualbox.pictures", work]
            sys.exit(subprocess.run(command, cwd=paths.PROJECT, check=False).returncode)
