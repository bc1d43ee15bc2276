"""Are Debian's packages those that shipped?"""

from pathlib import Path

from .. import shipped
from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, warned

STATUS = Path("/var/lib/dpkg/status")
INSTALLED, REMOVED = "installed", ("config-files", "not-installed")


class Debian(Check):
    id = "debian"
    title = "Debian packages"
    group = "Software"
    proves = (
        "Every Debian package that shipped is installed and configured, in its version; what an "
        "attendee added is left in peace."
    )
    matters = "Compiler, BLAS, Python and NumPy are Debian's: without one of them no lesson runs."
    remedy = (
        "With internet, `sudo dpkg --configure -a && sudo apt-get install --fix-broken` ends what "
        "was interrupted, and `sudo apt-get install NAME` brings a package back; without, import "
        "the appliance again."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        try:
            expected = shipped.debian(context.share)
            found = installed(STATUS)
        except (shipped.NoList, OSError) as error:
            return failed(f"{error}, so packages cannot be compared", shipped.REMEDY)
        return judge(expected, found)


def installed(status: Path) -> dict[str, tuple[str, str]]:
    """Each package's state and version, from dpkg's own file (deb822; dpkg(1) has the states).

    Raises:
        OSError: it cannot be read.
    """
    packages = {}
    for paragraph in status.read_text(encoding="utf-8", errors="replace").split("\n\n"):
        lines = (line for line in paragraph.splitlines() if ": " in line)
        fields = dict(line.split(": ", 1) for line in lines)
        if "Package" in fields:
            state = fields.get("Status", "unknown").split()[-1]
            packages[fields["Package"]] = (state, fields.get("Version", ""))
    return packages


def judge(expected: dict[str, str], found: dict[str, tuple[str, str]]) -> Result:
    """What shipped (versions by name) beside what is installed."""
    problems, others = [], []
    for name, (state, _) in found.items():
        if state not in (INSTALLED, *REMOVED):
            problems.append(f"{name} is {state}")
    present = {name: version for name, (state, version) in found.items() if state not in REMOVED}
    for name, version in expected.items():
        if name not in present:
            problems.append(f"{name} {version} is missing")
        elif present[name] != version:
            others.append(f"{name} is {present[name]}, {version} shipped")
    added = sorted(present.keys() - expected.keys())
    evidence = {"packages": len(present), "added": added}
    if not expected:
        return failed("the bill of materials names no Debian package", shipped.REMEDY)
    if problems:
        return failed(shipped.first(problems), problems=problems + others, **evidence)
    if others:
        return warned(
            f"other versions than were tested: {shipped.first(others)}",
            "If a lesson misbehaves, import the appliance again.",
            problems=others,
            **evidence,
        )
    more = f", and {len(added)} that were added here" if added else ""
    return passed(f"{len(expected)} packages as they shipped{more}", **evidence)
