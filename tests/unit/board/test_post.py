"""`appliance-check --post`: the program, and a real board."""

import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from appliance_build.description import load
from appliance_build.machine.ports import LOOPBACK
from appliance_build.paths import PROJECT
from appliance_check import post
from appliance_check.check import Check
from appliance_check.cli import main
from appliance_check.context import LAST_REPORT
from appliance_check.result import Result, Status

from ...board import SECONDS


class Made(Check):
    """A check whose result is given."""

    title = "A check made for a test"
    group = "Machine"
    proves = "That a test can see it."
    matters = "It matters to the test."
    remedy = "Run the test again."
    seconds = 0

    def __init__(self, name: str, status: Status, message: str = "as made", **evidence):
        self.id, self.made = name, Result(status, message, evidence)

    def run(self, context):
        return self.made


GOOD, WARN, FAIL = (Made(s.lower(), Status[s]) for s in ("PASS", "WARN", "FAIL"))


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """An appliance's description, and an empty home folder."""
    share, home = tmp_path / "share", tmp_path / "home"
    share.mkdir()
    home.mkdir()
    facts = load().model_dump(mode="json")
    facts["user"]["name"] = getpass.getuser()  # so that tests run as anyone
    (share / "appliance.json").write_text(json.dumps(facts))
    (share / "standins.json").write_text("[]")
    return ["--profile", "tree", "--share", str(share), "--home", str(home)]


@pytest.fixture
def check(folders, capfd):
    """Runs the command on made checks; gives exit status, standard output and error."""

    def call(*checks: Check, arguments=()):
        status = main([*folders, *arguments], checks or (GOOD,))
        return status, *capfd.readouterr()

    return call


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """The real command with the real checks."""
    return subprocess.run(
        [sys.executable, "-m", "appliance_check", *arguments],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_the_program_posts_and_says_so(board, folders):
    done = program("--only", "memory", "disk", "--post", board.address, "--name", "Row 2", *folders)
    assert done.stdout.splitlines()[-1].endswith("."), "the last line is the answer"
    assert done.stderr == (
        f"Posted to {board.address.split('/')[2]} as Row 2: this report, without names of users, "
        "hosts and home folders.\n"
    )
    (seat,) = board.seats().values()
    found = {each["id"]: each["status"] for each in seat["report"]["checks"]}
    assert (seat["seat"], seat["part"], list(found)) == ("Row 2", True, ["memory", "disk"])
    assert done.returncode == ("FAIL" in found.values())
    assert seat["state"] in ("Incomplete", "Problems"), "two checks do not make a laptop ready"


def test_nothing_is_posted_unless_asked(board, check, tmp_path):
    assert check(GOOD)[0] == 0
    assert board.seats() == {}
    assert not (tmp_path / "home" / post.SEAT).exists()


def test_laptop_turns_green_in_its_place(board, check):
    status, _, err = check(GOOD, FAIL, arguments=["--post", board.address])
    assert status == 1
    ((name, seat),) = board.seats().items()
    assert name.startswith("laptop-") and f" as {name}: " in err
    assert (seat["state"], seat["part"]) == ("Problems", False)
    assert check(GOOD, WARN, arguments=["--post", board.address])[0] == 0
    assert {name: each["state"] for name, each in board.seats().items()} == {name: "Warnings"}
    assert check(GOOD, arguments=["--post", board.address])[0] == 0
    assert {name: each["state"] for name, each in board.seats().items()} == {name: "Ready"}


def test_a_name_is_kept_for_the_next_time(board, check):
    for arguments in (["--name", " 7  b "], []):
        check(GOOD, arguments=["--post", board.address, *arguments])
    assert list(board.seats()) == ["7 b"]


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"name": 7}', '{"name": "a", "machine": "/"}'])
def test_a_damaged_name_is_made_anew(board, check, tmp_path, damage):
    file = tmp_path / "home" / post.SEAT
    file.parent.mkdir(parents=True)
    file.write_text(damage)
    assert check(GOOD, arguments=["--post", board.address])[0] == 0
    (name,) = board.seats()
    assert json.loads(file.read_text())["name"] == name


def test_a_home_that_cannot_be_written_still_posts(board, check, tmp_path):
    (tmp_path / "home" / ".local").write_text("in the way")
    assert check(GOOD, arguments=["--post", board.address])[0] == 0
    assert len(board.seats()) == 1


def test_two_laptops_have_two_names(tmp_path):
    made = {post.seat(tmp_path, None).name for _ in range(20)}
    assert len(made) > 1


def test_nobody_is_named(board, check, tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "annas-laptop.example")
    monkeypatch.setattr(post, "_names", lambda uid: ["anna", "Anna Beispiel"])
    home = f"{tmp_path}/home"
    told = Made(
        "told",
        Status.FAIL,
        f"{home}/notebooks is missing on annas-laptop, says anna",
        traceback=f'File "{home}/a.py"\nFile "/home/bob/b.py" for Anna Beispiel',
        **{f"{home}/x": ["/Users/carla/c", {"deep": "anna"}]},
        others=f"{home}-of-another annabel /usr/share/anna.txt",
    )
    check(told, arguments=["--post", board.address])
    (seat,) = board.seats().values()
    (sent,) = seat["report"]["checks"]
    assert sent["message"] == "~/notebooks is missing on (name), says (name)"
    assert sent["evidence"] == {
        "traceback": 'File "~/a.py"\nFile "~/b.py" for (name)',
        "~/x": ["~/c", {"deep": "(name)"}],
        "others": f"{home}-of-another annabel /usr/share/(name).txt",
    }
    kept = json.loads((tmp_path / "home" / LAST_REPORT).read_text())
    assert home in kept["checks"][0]["message"], "only what is sent is without names"


def test_the_appliances_own_names_stay(check, board, monkeypatch):
    facts = load()
    monkeypatch.setattr(socket, "gethostname", lambda: facts.name)
    message = f"root of {facts.name} may read"
    check(Made("told", Status.FAIL, message), arguments=["--post", board.address])
    (seat,) = board.seats().values()
    assert seat["report"]["checks"][0]["message"] == message


STUCK = """
import sys
from appliance_check.check import Check
from appliance_check.cli import main
from appliance_check.result import passed

class Made(Check):
    title, group, proves, matters, remedy, seconds = "t", "Machine", "p", "m", "r", 0
    def __init__(self, name, marker):
        self.id, self.marker = name, marker
    def run(self, context):
        if self.marker:
            open(self.marker, "w").close()
            while True:
                pass
        return passed("fine")

sys.exit(main(sys.argv[2:], [Made("first", ""), Made("second", sys.argv[1])]))
"""


def test_an_interrupted_report_is_posted_as_such(board, folders, tmp_path):
    marker = tmp_path / "started"
    os.mkfifo(marker)
    words = [str(marker), *folders, "--jobs", "1", "--post", board.address, "--name", "7"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK, *words], cwd=PROJECT, stdout=pipe, stderr=pipe, text=True
    )
    marker.read_text()  # returns when the second check has begun
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 3 and "Posted to" in err
    seat = board.seats()["7"]
    assert seat["state"] == "Incomplete" and seat["report"]["complete"] is False
    found = {each["id"]: each["status"] for each in seat["report"]["checks"]}
    assert found == {"first": "PASS", "second": "SKIP"}


def test_ctrl_c_while_posting_is_one_sentence(folders):
    words = [sys.executable, "-m", "appliance_check", "--only", "memory", *folders]
    pipe = subprocess.PIPE
    with socket.create_server((LOOPBACK, 0)) as silent:
        words += ["--post", f"http://{LOOPBACK}:{silent.getsockname()[1]}/results/x"]
        process = subprocess.Popen(words, cwd=PROJECT, stdout=pipe, stderr=pipe, text=True)
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
        connection.close()
    assert process.returncode in (1, 3)
    assert err == "appliance-check: --post: interrupted, nothing may have been sent\n"


@pytest.fixture
def closed() -> str:
    """Address of a port at which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://{LOOPBACK}:{port}/results/x"


@pytest.mark.parametrize(("checks", "status"), [((GOOD,), 3), ((GOOD, FAIL), 1)])
def test_a_failed_post_does_not_hide_the_check(check, closed, checks, status):
    found, out, err = check(*checks, arguments=["--post", closed])
    assert found == status
    assert out.splitlines()[-1] in ("Ready for the workshop.", "1 problem: fail.")
    assert err.startswith(f"appliance-check: --post: {closed.split('/')[2]} does not answer (")
    assert "Connection refused" in err and len(err.splitlines()) == 1


def test_the_json_is_written_and_pure_whatever_the_board_does(check, closed, board):
    for address, status in ((closed, 3), (board.address, 0)):
        found, out, _ = check(GOOD, arguments=["--post", address, "--json", "-"])
        assert found == status and json.loads(out)["complete"] is True


@pytest.fixture
def stranger():
    """Serves one answer to whatever is asked, from a port; gives its address and what was asked."""
    servers = []

    def serve(status: int, body: bytes, **headers: str) -> tuple[str, list[str]]:
        asked = []

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *arguments):
                pass

        server = HTTPServer((LOOPBACK, 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://{LOOPBACK}:{server.server_port}/results/x", asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (200, b"<html>Log in to this wifi</html>", {}, "answered, but it is no board"),
        (200, b"[]", {}, "answered, but it is no board"),
        (302, b"", {"Location": "/login"}, "it answered 302 and is no board"),
        (404, b"<h1>\x1b[31mnone</h1>", {}, "it answered 404 and is no board"),
        (400, b"\x1b[31mbad\nmore", {post.BOARD: "1"}, "did not take the report: [31mbad\n"),
    ],
)
def test_strangers_are_not_taken_for_a_board(check, stranger, status, body, headers, words):
    address, asked = stranger(status, body, **headers)
    found, _, err = check(GOOD, arguments=["--post", address])
    assert found == 3 and words in err
    assert len(err.splitlines()) == 1 and "\x1b" not in err
    assert len(asked) == 1 and asked[0].startswith("POST "), "it followed to another address"


def test_the_boards_own_refusal_is_told(check, board):
    found, _, err = check(GOOD, arguments=["--post", board.address + "x"])
    assert found == 3
    assert "take the address that `make board` prints now" in err


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n", b""])
def test_another_service_or_silence_is_told(check, monkeypatch, said):
    monkeypatch.setattr(post, "SECONDS", 0.3)
    with socket.create_server((LOOPBACK, 0)) as server:
        held = []

        def answer():
            connection, _ = server.accept()
            held.append(connection)
            connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://{LOOPBACK}:{server.getsockname()[1]}/results/x"
        found, _, err = check(GOOD, arguments=["--post", address])
        thread.join()
        held[0].close()
    assert found == 3 and "does not answer (" in err and len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_proxies_of_the_environment_are_left_alone(board, folders, closed):
    proxy = closed.removesuffix("/results/x")
    words = ["--only", "memory", "--post", board.address, *folders]
    done = program(*words, http_proxy=proxy, HTTP_PROXY=proxy, no_proxy="")
    assert "Posted to" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--post", "ftp://host/x"], "begins with http:// or https://"),
        (["--post", "file:///etc/passwd"], "begins with http:// or https://"),
        (["--post", "host/x"], "begins with http:// or https://"),
        (["--post", "http://"], "begins with http:// or https://"),
        (["--post", "http://host:99999/x"], "begins with http:// or https://"),
        (["--post", "http://host/x y"], "begins with http:// or https://"),
        (["--post", "http://host/x?a=1"], "leave user, `?`"),
        (["--post", "http://me:secret@host/x"], "leave user, `?`"),
        (["--name", "7"], "add --post"),
        (["--post", "http://host/x", "--name", ""], "give 1 to 40 letters"),
        (["--post", "http://host/x", "--name", "\x1b[31m"], "give 1 to 40 letters"),
        (["--post", "http://host/x", "--name", "x" * 41], "give 1 to 40 letters"),
    ],
)
def test_wrong_use_is_one_sentence_before_anything_runs(check, arguments, words):
    status, out, err = check(arguments=arguments)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert words in err and "secret" not in err
