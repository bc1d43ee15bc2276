"""`make audit`: known vulnerabilities of what the locks name, and where they are fixed.

Debian's security tracker knows about Debian packages, OSV (asked by pip-audit) about wheels.
Neither is part of a package archive. Where one cannot be reached, a file that was fetched on
another machine serves: the tracker's JSON, and what `pip-audit --format json` prints.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from debian.debian_support import Version
from packaging.utils import canonicalize_name
from packaging.version import Version as PythonVersion
from pip_requirements_parser import RequirementsFile
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..errors import BuildError
from ..paths import PROJECT

if TYPE_CHECKING:
    from ..inputs.debian import Deb

TRACKER = "https://security-tracker.debian.org/tracker/data/json"
OSV = "https://api.osv.dev/v1/query"
LOCKS = [PROJECT / "locks" / f"{name}.lock" for name in ("python", "sources")]
CONNECT_SECONDS, READ_SECONDS = 5, 60


@dataclass(frozen=True)
class Finding:
    """A vulnerability of a locked version.

    Attributes:
        package: Debian's source package, or the wheel's project.
        urgency: in the tracker's words; OSV has none.
        fixed: the first version without it, None if there is none yet.
        remark: why there is none.
    """

    package: str
    version: str
    name: str
    urgency: str = "not given"
    fixed: str | None = None
    remark: str = "open"


class Unanswered(Exception):
    """A source gave no answer; the message is a sentence about it, without its end."""


def audit(
    debs: Iterable["Deb"],
    suite: str,
    tracker: str = TRACKER,
    wheels: str = OSV,
    locks: Sequence[Path] = LOCKS,
) -> int:
    """Print a table of what is known, the fixed ones first.

    Args:
        debs: the Debian packages to look up.
        suite: Debian's name of the release.
        tracker: address of the tracker's data, or a file with them.
        wheels: address of an OSV service, or a file that pip-audit wrote.
        locks: what pip-audit reads.

    Returns:
        How many are fixed in a version that the locks could have.

    Raises:
        BuildError: a source gave no answer, so that an empty table would say nothing.
    """
    findings: list[Finding] = []
    silent: list[str] = []
    for ask in (lambda: _debian(debs, suite, tracker), lambda: _python(locks, wheels)):
        try:
            findings += ask()
        except Unanswered as reason:
            silent.append(str(reason))
    fixable = sum(bool(finding.fixed) for finding in findings)
    output = Console(highlight=False)
    if findings:
        output.print(_table(findings))
    if silent:
        raise BuildError(
            f"the audit is not complete: {'; '.join(silent)}; connect to the internet, or give "
            "files fetched elsewhere with --tracker and --wheels"
        )
    hint = "; `make lock` takes the fixed versions" if fixable else ""
    output.print(f"{len(findings)} known vulnerabilities, {fixable} of them fixed{hint}")
    return fixable


def _debian(debs: Iterable["Deb"], suite: str, source: str) -> list[Finding]:
    data = _json(source)
    try:
        if not any(suite in cve["releases"] for known in data.values() for cve in known.values()):
            raise Unanswered(f"{source} has nothing about {suite}")
        found = []
        for package, version in sorted({(deb.source, deb.source_version) for deb in debs}):
            for name, cve in data.get(package, {}).items():
                if suite in cve["releases"]:
                    found += _affected(package, version, name, cve["releases"][suite])
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unanswered(f"{source} has not the form of the security tracker's data") from None
    return found


def _affected(package: str, version: str, name: str, release: dict) -> list[Finding]:
    """One finding, or none: `fixed_version` is 0 where no version of the release has the fault."""
    urgency, fixed = release["urgency"], None
    if release["status"] == "resolved":
        fixed = release["fixed_version"]
        if Version(version) >= Version(fixed):
            return []
    remark = ": ".join(filter(None, [release["status"], release.get("nodsa")]))
    return [Finding(package, version, name, urgency, fixed, remark)]


def _python(locks: Sequence[Path], source: str) -> list[Finding]:
    report = _pip_audit(locks, source) if _is_address(source) else _json(source)
    pins = _pins(locks)
    try:
        told = {
            (canonicalize_name(one["name"]), one["version"]): one["vulns"]
            for one in report["dependencies"]
            if "vulns" in one  # the others were skipped
        }
        if left := [f"{name} {version}" for name, version in pins if (name, version) not in told]:
            raise Unanswered(f"{source} says nothing about {', '.join(left)}")
        return [
            Finding(name, version, _cve(vulnerability), fixed=_next(version, vulnerability))
            for name, version in pins
            for vulnerability in told[name, version]
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unanswered(f"{source} has not the form of pip-audit's report") from None


def _pip_audit(locks: Sequence[Path], service: str) -> dict:
    """pip-audit's report. It is not asked whether all went well: exit 1 means either."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"]
    command += ["--vulnerability-service=osv", f"--osv-url={service}"]
    command += ["--disable-pip", "--require-hashes"]
    command += [f"--requirement={lock}" for lock in locks]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise Unanswered(f"{service} could not be reached") from None


def _pins(locks: Sequence[Path]) -> list[tuple[str, str]]:
    """Name and version of each wheel in the locks."""
    pins = (pin for lock in locks for pin in RequirementsFile.from_file(str(lock)).requirements)
    return sorted((canonicalize_name(pin.name), pin.get_pinned_version) for pin in pins)


def _cve(vulnerability: dict) -> str:
    names = [vulnerability["id"], *vulnerability.get("aliases", [])]
    return next((name for name in names if name.startswith("CVE-")), names[0])


def _next(version: str, vulnerability: dict) -> str | None:
    """The first fixed version that is newer: an older series may have one of its own."""
    fixed = (PythonVersion(one) for one in vulnerability["fix_versions"])
    newer = min((one for one in fixed if one > PythonVersion(version)), default=None)
    return str(newer) if newer else None


def _json(source: str) -> dict:
    """The JSON at an address or in a file."""
    try:
        if _is_address(source):
            answer = requests.get(source, timeout=(CONNECT_SECONDS, READ_SECONDS))
            answer.raise_for_status()
            content = answer.content
        else:
            content = Path(source).read_bytes()
    except requests.HTTPError as error:
        raise Unanswered(f"{source} answers {error.response.status_code}") from None
    except requests.RequestException:
        raise Unanswered(f"{source} could not be reached") from None
    except OSError as error:
        raise Unanswered(f"{source} could not be read ({error.strerror})") from None
    try:
        return json.loads(content)
    except ValueError:
        raise Unanswered(f"{source} is not JSON") from None


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _table(findings: list[Finding]) -> Table:
    table = Table("package", "version")
    table.add_column("vulnerability", no_wrap=True)
    table.add_column("urgency")
    table.add_column("fixed in")
    for one in sorted(findings, key=lambda f: (not f.fixed, f.package, f.name)):
        fixed = f"[green]{escape(one.fixed)}[/]" if one.fixed else escape(one.remark)
        table.add_row(one.package, one.version, one.name, one.urgency, fixed)
    return table
