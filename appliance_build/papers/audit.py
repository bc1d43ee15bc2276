"""`make audit`: known vulnerabilities of what the locks name, and where they are fixed.

Debian's security tracker knows about Debian packages, OSV about wheels (asked by pip-audit) and
JavaScript packages. Neither is part of a package archive. Where one cannot be reached, files that
were fetched on another machine serve: the tracker's JSON, what `pip-audit --format json` prints,
and what `osv-scanner --all-packages --format json` does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
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
from ..inputs import npm
from ..paths import PROJECT

if TYPE_CHECKING:
    from ..inputs.debian import Deb

TRACKER = "https://security-tracker.debian.org/tracker/data/json"
OSV = "https://api.osv.dev/v1/query"
LOCKS = [PROJECT / "locks" / f"{name}.lock" for name in ("python", "sources")]
RELEASE = re.compile(r"\d+\.\d+\.\d+")  # of a JavaScript package; not one before a release
CONNECT_SECONDS, READ_SECONDS = 5, 60


@dataclass(frozen=True)
class Finding:
    """A vulnerability of a locked version.

    Attributes:
        package: Debian's source package, the wheel's project, or npm's name.
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
    scripts: str = OSV,
    locks: Sequence[Path] = LOCKS,
    npm_lock: Path = npm.MANIFESTS[1],
) -> int:
    """Print a table of what is known, the fixed ones first.

    Args:
        debs: the Debian packages to look up.
        suite: Debian's name of the release.
        tracker: address of the tracker's data, or a file with them.
        wheels: address of an OSV service, or a file that pip-audit wrote.
        scripts: address of an OSV service, or a file that osv-scanner wrote.
        locks: what pip-audit reads.
        npm_lock: npm's; what the pages' tests alone need is passed over.

    Returns:
        How many are fixed in a version that the locks could have.

    Raises:
        BuildError: a source gave no answer, so that an empty table would say nothing.
    """
    findings: list[Finding] = []
    silent: list[str] = []
    questions = (
        lambda: _debian(debs, suite, tracker),
        lambda: _python(locks, wheels),
        lambda: _javascript(npm_lock, scripts),
    )
    for ask in questions:
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
            f"the audit is not complete: {'; '.join(dict.fromkeys(silent))}; connect to the "
            "internet, or give files fetched elsewhere with --tracker, --wheels and --scripts"
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
            Finding(name, version, _cve(found), fixed=_next(version, found["fix_versions"]))
            for name, version in pins
            for found in told[name, version]
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


def _javascript(lock: Path, source: str) -> list[Finding]:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    pins = sorted(
        {
            (path.rpartition("node_modules/")[2], package["version"])
            for path, package in packages.items()
            if path and not package.get("dev")
        }
    )
    try:
        if _is_address(source):
            told = {pin: list(_osv(*pin, source)) for pin in pins}
        else:
            told = _osv_scanner(source)
        if left := [f"{name} {version}" for name, version in pins if (name, version) not in told]:
            raise Unanswered(f"{source} says nothing about {', '.join(left)}")
        return [
            Finding(name, version, _cve(found), fixed=_next(version, _releases(name, found)))
            for name, version in pins
            for found in told[name, version]
        ]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unanswered(f"{source} has not the form of OSV's answers") from None


def _osv(name: str, version: str, service: str) -> Iterator[dict]:
    """What OSV knows about a version of a JavaScript package; long answers come in parts."""
    question = {"version": version, "package": {"name": name, "ecosystem": "npm"}}
    while True:
        answer = _json(service, question)
        yield from answer.get("vulns", [])
        if not (token := answer.get("next_page_token")):
            return
        question["page_token"] = token


def _osv_scanner(file: str) -> dict[tuple[str, str], list[dict]]:
    """OSV's records by name and version, from a report on all packages."""
    return {
        (one["package"]["name"], one["package"]["version"]): one.get("vulnerabilities", [])
        for result in _json(file)["results"]
        for one in result["packages"]
        if one["package"]["ecosystem"] == "npm"
    }


def _releases(name: str, vulnerability: dict) -> Iterator[str]:
    """Releases of a package that have the fix, by OSV's record."""
    for affected in vulnerability.get("affected", []):
        if affected["package"]["name"] == name:
            events = (event for span in affected.get("ranges", []) for event in span["events"])
            fixes = (event["fixed"] for event in events if "fixed" in event)
            yield from (fix for fix in fixes if RELEASE.fullmatch(fix))


def _cve(vulnerability: dict) -> str:
    names = [vulnerability["id"], *vulnerability.get("aliases", [])]
    return next((name for name in names if name.startswith("CVE-")), names[0])


def _next(version: str, fixed: Iterable[str]) -> str | None:
    """The first fixed version that is newer: an older series may have one of its own."""
    newer = [one for one in map(PythonVersion, fixed) if one > PythonVersion(version)]
    return str(min(newer)) if newer else None


def _json(source: str, question: dict | None = None) -> dict:
    """The JSON at an address, if need be in answer to a question, or in a file."""
    try:
        if _is_address(source):
            method = "GET" if question is None else "POST"
            patience = (CONNECT_SECONDS, READ_SECONDS)
            answer = requests.request(method, source, json=question, timeout=patience)
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
