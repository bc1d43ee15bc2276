"""`make lock`: resolves anew, shows what moved, and changes nothing but the locks."""

import re

from appliance_build.inputs import debian
from tests.unit.make.copies import call, command


def is_lock(file):
    """The locks' folder, and npm's own, which moves whenever its registry does."""
    return file.parent.name == "locks" or file.name == "package-lock.json"


def test_what_moves_is_shown_and_security_fixes_are_marked(built):
    path = built.project / "locks" / "debian.lock"
    fixed = next(deb for deb in debian.load(path).of("tools") if deb.archive == "debian-security")
    entry = re.compile(rf"(?m)^(Package: {re.escape(fixed.name)}\nVersion: ).*$")
    path.write_text(entry.sub(r"\g<1>0", path.read_text()))
    others = {
        file: file.read_bytes()
        for file in built.project.rglob("*")
        if file.is_file() and not is_lock(file) and "build" not in file.parts
    }
    done = call(command("lock"), built.project, built.cache)
    assert done.returncode == 0, done.stderr
    moved = re.search(rf"(?m)^    {re.escape(fixed.name)}: 0 → (\S+)  \[security\]$", done.stderr)
    assert moved, done.stderr
    lock = debian.load(path)
    assert {deb.name: deb.version for deb in lock.debs}[fixed.name] == moved.group(1)
    assert "less" in {deb.name for deb in lock.of("base", "system")}
    assert [file for file, was in others.items() if file.read_bytes() != was] == []
    assert not list((built.project / "locks").glob("*.new"))
