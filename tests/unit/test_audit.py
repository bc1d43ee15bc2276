"""The audit: what is fixed and what is open, and no silence that reads like an all-clear."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.papers.audit import audit

#: As the tracker writes it; `openssl` is the source package, `libssl3` what it builds.
TRACKER = {
    "openssl": {
        "CVE-2023-0001": {
            "description": "fixed after the locked version",
            "scope": "remote",
            "releases": {
                "bookworm": {
                    "status": "resolved",
                    "repositories": {"bookworm": "3.0.11-1~deb12u2"},
                    "fixed_version": "3.0.11-1~deb12u2",
                    "urgency": "high",
                },
                "sid": {"status": "open", "repositories": {"sid": "3.1-1"}, "urgency": "high"},
            },
        },
        "CVE-2023-0002": {
            "releases": {
                "bookworm": {
                    "status": "resolved",
                    "repositories": {"bookworm": "3.0.9-1"},
                    "fixed_version": "3.0.9-1",
                    "urgency": "low",
                }
            }
        },
        "CVE-2023-0003": {
            "releases": {
                "bookworm": {
                    "status": "open",
                    "repositories": {"bookworm": "3.0.9-1"},
                    "urgency": "not yet assigned",
                    "nodsa": "Minor issue",
                    "nodsa_reason": "",
                }
            }
        },
        "CVE-2023-0004": {
            "releases": {
                "bookworm": {
                    "status": "resolved",
                    "repositories": {"bookworm": "3.0.9-1"},
                    "fixed_version": "0",
                    "urgency": "unimportant",
                }
            }
        },
        "CVE-2023-0005": {"releases": {"sid": {"status": "open", "urgency": "low"}}},
    },
    "nano": {"CVE-2023-0006": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}},
}

REPORT = {"dependencies": [{"name": "Jinja2", "version": "3.1.0", "vulns": []}], "fixes": []}

#: What npm's lock has: the package, one of its own, one of another package's, one of the tests'.
NPM_LOCK = {
    "": {"dependencies": {"reveal.js": "6.0.2"}},
    "node_modules/reveal.js": {"version": "6.0.2"},
    "node_modules/@scope/part": {"version": "1.0.0"},
    "node_modules/reveal.js/node_modules/@scope/part": {"version": "2.0.0"},
    "node_modules/eslint": {"version": "9.0.0", "dev": True},
}
SHIPPED = [("@scope/part", "1.0.0"), ("@scope/part", "2.0.0"), ("reveal.js", "6.0.2")]


def scan(**vulnerabilities: list) -> dict:
    """As osv-scanner writes it, told everything that ships."""
    found = [
        {
            "package": {"name": name, "version": version, "ecosystem": "npm"},
            "vulnerabilities": vulnerabilities.get(name.replace(".", "_"), []),
        }
        for name, version in SHIPPED
    ]
    return {"results": [{"source": {"type": "lockfile"}, "packages": found}]}


#: OSV's record of something that two later releases fixed, each in its own series.
OF_REVEAL = {
    "id": "GHSA-aaaa",
    "aliases": ["CVE-2026-0001"],
    "affected": [
        {
            "package": {"name": "reveal.js", "ecosystem": "npm"},
            "ranges": [
                {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "5.2.1"}]},
                {
                    "type": "SEMVER",
                    "events": [
                        {"introduced": "6.0.0"},
                        {"fixed": "6.0.5-rc.1"},
                        {"fixed": "6.0.5"},
                    ],
                },
            ],
        },
        {
            "package": {"name": "other", "ecosystem": "npm"},
            "ranges": [{"type": "SEMVER", "events": [{"fixed": "6.0.3"}]}],
        },
    ],
}


@dataclass(frozen=True)
class Deb:
    """What the audit reads of an entry of the Debian lock."""

    source: str
    source_version: str


LOCKED = [Deb("openssl", "3.0.11-1~deb12u1"), Deb("openssl", "3.0.11-1~deb12u1")]


class Answers(BaseHTTPRequestHandler):
    """Stands for the tracker (GET) and for OSV (POST): status and JSON by method."""

    def do_GET(self) -> None:
        self.answer(*self.server.answers["GET"])

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        package = asked["package"]
        self.server.asked.append((package["ecosystem"], package["name"], asked["version"]))
        self.answer(*self.server.answers.get(package["name"], self.server.answers["POST"]))

    def answer(self, status: int, content: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def server():
    """A web server on loopback that knows no vulnerability of wheels."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        running.answers = {"GET": (200, TRACKER), "POST": (200, {})}
        running.asked = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def lock(tmp_path) -> Path:
    file = tmp_path / "python.lock"
    file.write_text(f"jinja2==3.1.0 \\\n    --hash=sha256:{'a' * 64}\n")
    return file


@pytest.fixture
def npm_lock(tmp_path) -> Path:
    file = tmp_path / "package-lock.json"
    file.write_text(json.dumps({"packages": NPM_LOCK}))
    return file


@pytest.fixture
def ask(tmp_path, lock, npm_lock):
    """Calls the audit with files of these contents."""

    def call(
        tracker: object = TRACKER, report: object = REPORT, debs=LOCKED, scripts: object = None
    ) -> int:
        contents = {"tracker": tracker, "wheels": report, "scripts": scripts or scan()}
        sources = [tmp_path / f"{name}.json" for name in contents]
        for file, content in zip(sources, contents.values(), strict=True):
            file.write_text(json.dumps(content))
        return audit(debs, "bookworm", *map(str, sources), locks=[lock], npm_lock=npm_lock)

    return call


def rows(capsys) -> dict[str, list[str]]:
    """The table's rows by vulnerability; the columns are wide enough for one line each."""
    lines = (line.strip("│ ").split("│") for line in capsys.readouterr().out.splitlines())
    cells = ([cell.strip() for cell in line] for line in lines if len(line) == 5)
    return {row[2]: row for row in cells}


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def test_what_is_fixed_comes_with_the_version_that_fixes_it(ask, capsys):
    assert ask() == 1
    row = rows(capsys)["CVE-2023-0001"]
    assert row == ["openssl", "3.0.11-1~deb12u1", "CVE-2023-0001", "high", "3.0.11-1~deb12u2"]


def test_what_is_not_fixed_is_open_with_the_reason(ask, capsys):
    ask()
    assert rows(capsys)["CVE-2023-0003"][3:] == ["not yet assigned", "open: Minor issue"]


def test_nothing_else_is_listed(ask, capsys):
    ask()
    listed = set(rows(capsys))
    assert listed == {"CVE-2023-0001", "CVE-2023-0003"}, (
        "fixed before, never affected, another release's, another package's"
    )


@pytest.mark.parametrize("version", ["3.0.11-1~deb12u2", "3.0.12-1"])
def test_a_version_with_the_fix_is_not_listed(ask, capsys, version):
    assert ask(debs=[Deb("openssl", version)]) == 0
    assert set(rows(capsys)) == {"CVE-2023-0003"}


def test_the_fix_of_a_wheel_is_a_newer_version(ask, capsys):
    found = {
        "id": "PYSEC-1",
        "aliases": ["GHSA-x", "CVE-2024-1"],
        "fix_versions": ["2.11.4", "3.1.4"],
    }
    none = {"id": "PYSEC-2", "aliases": [], "fix_versions": []}
    report = {"dependencies": [{"name": "jinja2", "version": "3.1.0", "vulns": [found, none]}]}
    assert ask(report=report, debs=[]) == 1
    table = rows(capsys)
    assert table["CVE-2024-1"] == ["jinja2", "3.1.0", "CVE-2024-1", "not given", "3.1.4"]
    assert table["PYSEC-2"][4] == "open"


@pytest.fixture
def online(server, lock, npm_lock):
    """Calls the audit with the web server, or another address, for every source."""

    def call(address: str = f"http://127.0.0.1:{server.server_port}/", debs=LOCKED) -> int:
        return audit(debs, "bookworm", *3 * [address], locks=[lock], npm_lock=npm_lock)

    return call


def test_fix_of_a_script_is_the_next_release_of_its_series(ask, capsys):
    assert ask(scripts=scan(reveal_js=[OF_REVEAL]), debs=[]) == 1
    row = rows(capsys)["CVE-2026-0001"]
    assert row == ["reveal.js", "6.0.2", "CVE-2026-0001", "not given", "6.0.5"]


def test_service_is_asked_about_every_script_that_ships(server, online, capsys):
    server.answers["reveal.js"] = (200, {"vulns": [OF_REVEAL, {"id": "GHSA-bbbb"}]})
    assert online(debs=[]) == 1
    asked = [(name, version) for kind, name, version in server.asked if kind == "npm"]
    assert asked == SHIPPED
    table = rows(capsys)
    assert table["CVE-2026-0001"][4] == "6.0.5" and table["GHSA-bbbb"][4] == "open"


def test_answer_in_parts_is_read_to_its_end(server, online, capsys, monkeypatch):
    parts = [
        {"vulns": [{"id": "GHSA-1"}], "next_page_token": "more"},
        {"vulns": [{"id": "GHSA-2"}]},
    ]
    answer = Answers.answer

    def one_after_the_other(self, status, content):
        of_reveal = self.command == "POST" and self.server.asked[-1][1] == "reveal.js"
        answer(self, status, parts.pop(0) if of_reveal else content)

    monkeypatch.setattr(Answers, "answer", one_after_the_other)
    online(debs=[])
    assert {"GHSA-1", "GHSA-2"} <= set(rows(capsys))


@pytest.mark.parametrize(
    ("scripts", "sentence"),
    [
        ({"results": []}, r"says nothing about @scope/part 1\.0\.0, .*, reveal\.js 6\.0\.2"),
        ({"dependencies": []}, "has not the form of OSV's answers"),
        ([1], "has not the form of OSV's answers"),
    ],
)
def test_a_scan_of_something_else_is_no_all_clear(ask, scripts, sentence):
    with pytest.raises(BuildError, match=rf"scripts\.json {sentence}"):
        ask(scripts=scripts)


def test_pip_audit_asks_the_service_about_every_wheel(server, online, capsys):
    vulnerability = {
        "id": "GHSA-h5c8-rqwp-cp95",
        "aliases": ["CVE-2024-22195"],
        "affected": [
            {
                "package": {"name": "jinja2", "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.3"}]}
                ],
            }
        ],
    }
    server.answers["jinja2"] = (200, {"vulns": [vulnerability]})
    assert online() == 2
    assert [one for one in server.asked if one[0] == "PyPI"] == [("PyPI", "jinja2", "3.1.0")]
    assert rows(capsys)["CVE-2024-22195"][4] == "3.1.3"


def test_a_source_out_of_reach_is_no_all_clear(online, capsys):
    with pytest.raises(BuildError) as error:
        online("http://127.0.0.1:9/")
    assert str(error.value).startswith(
        "the audit is not complete: http://127.0.0.1:9/ could not be reached; connect to the"
    )
    assert capsys.readouterr().out == "", "a sum of nothing reads like an all-clear"


@pytest.mark.parametrize("silent", ["jinja2", "reveal.js"])
def test_what_the_other_source_knows_is_shown_all_the_same(server, online, capsys, silent):
    server.answers[silent] = (503, {})
    with pytest.raises(BuildError, match="not complete"):
        online()
    assert "CVE-2023-0001" in rows(capsys)


def test_a_refusal_is_no_all_clear(server, online):
    server.answers["GET"] = (404, {})
    with pytest.raises(BuildError, match="answers 404"):
        online()


@pytest.mark.parametrize(
    ("tracker", "sentence"),
    [
        ({}, "has nothing about bookworm"),
        ({"openssl": {"CVE-1": {"releases": {"trixie": {}}}}}, "has nothing about bookworm"),
        ({"openssl": {"CVE-1": {"releases": {"bookworm": {}}}}}, "has not the form"),
        (["openssl"], "has not the form"),
    ],
)
def test_data_that_say_nothing_are_no_all_clear(ask, tracker, sentence):
    with pytest.raises(BuildError, match=rf"tracker\.json {sentence}"):
        ask(tracker=tracker)


@pytest.mark.parametrize(
    ("dependencies", "sentence"),
    [
        ([], r"says nothing about jinja2 3\.1\.0"),
        ([{"name": "jinja2", "version": "3.0", "vulns": []}], r"says nothing about jinja2 3\.1\.0"),
        ([{"name": "jinja2", "skip_reason": "not found"}], r"says nothing about jinja2 3\.1\.0"),
        ([{"vulns": []}], "has not the form"),
    ],
)
def test_a_report_about_something_else_is_no_all_clear(ask, dependencies, sentence):
    with pytest.raises(BuildError, match=rf"wheels\.json {sentence}"):
        ask(report={"dependencies": dependencies})


def test_a_file_that_is_none_is_named(online, tmp_path):
    (tmp_path / "bad.json").write_text("{")
    for name, sentence in (("bad.json", "is not JSON"), ("no.json", "could not be read")):
        with pytest.raises(BuildError, match=rf"{name} {sentence}"):
            online(str(tmp_path / name))


def test_the_projects_own_locks_are_what_is_asked_about(server, capsys):
    address = f"http://127.0.0.1:{server.server_port}/"
    assert audit([], "bookworm", *3 * [address]) == 0
    asked = {name for _, name, _ in server.asked}
    assert {"theano", "lasagne", "jupyterlab", "convnetjs", "reveal.js"} <= asked
    assert "eslint" not in asked
