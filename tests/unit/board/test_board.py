"""The board's server, from its port: what it takes, shows, refuses and remembers."""

import csv
import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests

from appliance_build.board import limits, posted, seats, server
from appliance_build.machine.ports import LOOPBACK
from appliance_build.paths import PROJECT

from ...board import SECONDS, TOKEN, RunningBoard, report, started


def state_of(board: RunningBoard, name: str) -> str:
    return board.seats()[name]["state"]


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["PASS", "SKIP", "NOT_APPLICABLE"], "Ready"),
        (["PASS", "WARN"], "Warnings"),
        (["PASS", "WARN", "FAIL"], "Problems"),
        (["PASS", "ERROR"], "Problems"),
        (["SKIP", "NOT_APPLICABLE"], "Incomplete"),
        ([], "Incomplete"),
    ],
)
def test_state_of_a_report(board, statuses, state):
    answer = board.post(report(*statuses))
    assert (answer.status_code, answer.json()) == (200, {"posted": "7", "state": state})
    assert state_of(board, "7") == state


def test_unknown_is_never_ready_and_a_finding_stands(board):
    board.post(report("PASS", complete=False), "interrupted")
    board.post(report("PASS", "FAIL", complete=False), "interrupted late")
    board.post(report("PASS"), "a part", part="yes")
    assert state_of(board, "interrupted") == state_of(board, "a part") == "Incomplete"
    assert state_of(board, "interrupted late") == "Problems"


def test_thirty_laptops_turn_green_at_once(board):
    def post(number: int) -> int:
        return board.post(report("PASS", "WARN", "PASS"), str(number)).status_code

    def mend(number: int) -> int:
        return board.post(report("PASS", "PASS", "PASS"), str(number)).status_code

    with ThreadPoolExecutor(30) as room:
        assert {*room.map(post, range(1, 31))} == {200}
        assert {each["state"] for each in board.seats().values()} == {"Warnings"}
        assert {*room.map(mend, range(1, 31))} == {200}
    found = board.seats()
    assert list(found) == [str(number) for number in range(1, 31)], "as people count"
    assert {each["state"] for each in found.values()} == {"Ready"}


def test_second_report_replaces_the_first_whatever_the_capitals(board):
    board.post(report("FAIL"), "Seat  A", machine="laptop1")
    board.post(report("PASS"), "seat a ", machine="laptop1")
    assert list(board.seats()) == ["seat a"]
    assert state_of(board, "seat a") == "Ready"
    assert shown(board)[0]["machines"] == 1
    board.post(report("PASS"), "seat a", machine="laptop2")
    assert shown(board)[0]["machines"] == 2, "that two share a name would not be noticed"


BROKEN = {
    "no JSON": b"{",
    "no UTF-8": b'{"schema": "\xff"}',
    "a list": b"[]",
    "NaN": json.dumps(report("PASS", extra=float("nan"))).encode(),
    "half a character": json.dumps(report("PASS", extra="\ud800")).encode(),
    "nested": b'{"schema":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "unknown status": json.dumps(report("GREEN")).encode(),
    "no checks": json.dumps({k: v for k, v in report().items() if k != "checks"}).encode(),
    "words for a number": json.dumps(report(complete="yes")).encode(),
    "thousand checks": json.dumps(report(*["PASS"] * 1000)).encode(),
    "long version": json.dumps(report("PASS", version="1" * 65)).encode(),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_report_is_refused_in_a_sentence(board, body):
    answer = requests.post(board.address, data=body, params={"name": "7"}, timeout=SECONDS)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert re.fullmatch(r"This is refused: no report of appliance-check: .+\.\n", answer.text)
    assert board.seats() == {}


def test_keys_of_later_versions_are_kept(board):
    sent = report("PASS", novelty={"a": [1, None, "ü"]})
    sent["checks"][0]["why"] = "because"
    assert board.post(sent).status_code == 200
    assert board.seats()["7"]["report"] == sent


def test_another_schema_is_told_apart(board):
    answer = board.post(report("PASS", schema=99))
    assert answer.status_code == 400
    assert "its schema is 99" in answer.text and "same version" in answer.text


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "\u202eevil", "a\x7fb"])
def test_names_that_do_not_show_are_refused(board, name):
    answer = board.post(report("PASS"), name)
    assert answer.status_code == 400 and "no name that can be shown" in answer.text
    assert board.seats() == {}


def test_large_reports_are_refused_in_a_sentence(board):
    answer = board.post(report("PASS", more="x" * server.LARGEST))
    assert (answer.status_code, answer.text) == (
        413,
        "The report is too large: the board takes 1024 KiB.\n",
    )


@pytest.mark.parametrize("end", ["wrong", TOKEN[:-1], TOKEN + "x"])
def test_nobody_posts_without_the_whole_address(board, end):
    answer = requests.post(f"{board.origin}/results/{end}?name=7", json=report("PASS"), timeout=60)
    assert answer.status_code == 403
    assert "take the address" in answer.text
    assert board.seats() == {}


def test_token_is_new_at_each_start_unless_given(kept):
    found = set()
    for _ in range(2):
        with started(kept, "--token", "") as board:
            found |= set(re.findall(r"/results/(\S+)", "\n".join(board.greeting)))
            assert TOKEN not in board.get("/").text
    assert len(found) == 2 and all(len(each) >= 8 for each in found)


def test_nobody_posts_without_end(board):
    statuses = [board.post({}).status_code for _ in range(limits.BURST + 10)]
    assert statuses[: limits.BURST] == [400] * limits.BURST
    assert 429 in statuses[limits.BURST :]
    answer = board.post(report("PASS"))
    while answer.status_code == 200:  # one a second is allowed
        answer = board.post(report("PASS"))
    assert answer.status_code == 429 and "wait ten seconds" in answer.text
    assert answer.headers["Retry-After"] == "10"


def test_the_bucket_fills_again_for_each_address_alone():
    now = 0.0
    rate = limits.Rate(lambda: now)
    assert [rate.allows("a") for _ in range(limits.BURST + 1)] == [True] * limits.BURST + [False]
    assert rate.allows("b")
    now = 1 / limits.PER_SECOND
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    for number in range(limits.MOST_COMPUTERS + 1):
        rate.allows(str(number))
    assert len(rate.buckets) == limits.MOST_COMPUTERS


def test_the_board_is_full_one_day(tmp_path, monkeypatch):
    monkeypatch.setattr(seats, "MOST_SEATS", 2)
    room = seats.Seats(tmp_path, print)
    body = json.dumps(report("PASS")).encode()
    for name in ("1", "2", "1"):
        room.take(posted.read(body, name, "", ""))
    with pytest.raises(posted.Refused, match="full with 2 names"):
        room.take(posted.read(body, "3", "", ""))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil"])
@pytest.mark.parametrize("path", ["/", "/events", "/results.json", f"/results/{TOKEN}?name=7"])
def test_a_page_of_another_site_cannot_read_or_post(board, host, path):
    method = "POST" if TOKEN in path else "GET"
    answer = requests.request(
        method, board.origin + path, headers={"Host": host}, json=report("PASS"), timeout=SECONDS
    )
    assert answer.status_code == 403 and "is not called that" in answer.text
    assert board.seats() == {}


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "10.0.2.2:1", "[::1]:1", "host.docker.internal:1"]
)
def test_its_own_names_open_it(board, host):
    assert board.get("/", headers={"Host": host}).status_code == 200


def test_it_listens_on_the_loopback_interface_alone(board):
    listening = [
        each.laddr.ip
        for each in psutil.Process(board.process.pid).net_connections()
        if each.status == psutil.CONN_LISTEN
    ]
    assert listening == [LOOPBACK]


def test_every_answer_forbids_other_sites(board):
    for path in ("/", "/results.csv", "/nothing", "/results/x"):
        headers = board.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
    assert board.get("/nothing").text == "There is nothing at this address of the board.\n"
    assert board.get(f"/results/{TOKEN}").text.count("\n") == 1
    policy = board.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "http" not in policy


def test_the_page_names_nothing_from_elsewhere(board):
    page = board.get("/").text
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "@import" not in page and "url(" not in page


def shown(board: RunningBoard) -> list[dict]:
    """What an open page is told first."""
    with board.get("/events", stream=True) as answer:
        return next(messages(answer))


def messages(answer: requests.Response):
    for line in answer.iter_lines():
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def test_open_pages_are_told_what_is_new(board):
    with board.get("/events", stream=True) as one, board.get("/events", stream=True) as two:
        first, second = messages(one), messages(two)
        assert next(first) == next(second) == []
        sent = report("PASS", "FAIL", "WARN", "SKIP")
        board.post(sent)
        (seat,) = next(first)
        assert next(second) == [seat]
    assert (seat["name"], seat["state"], seat["passed"]) == ("7", "Problems", 1)
    assert [each["id"] for each in seat["trouble"]] == ["check-2", "check-3"]
    assert seat["trouble"][0]["remedy"] == "mend it"
    assert "evidence" not in seat["trouble"][0]


def test_too_many_open_pages_are_refused(board):
    opened = [board.get("/events", stream=True) for _ in range(server.PAGES)]
    try:
        assert {each.status_code for each in opened} == {200}
        answer = board.get("/events")
        assert answer.status_code == 503 and "Too many pages" in answer.text
    finally:
        for each in opened:
            each.close()
    deadline = time.monotonic() + SECONDS
    while (page := board.get("/events", stream=True)).status_code == 503:
        assert time.monotonic() < deadline, "closed pages count for ever"
    page.close()


def test_results_can_be_downloaded(board):
    board.post(report("PASS", "FAIL", "ERROR", "WARN"), "=1+1")
    board.post(report("PASS", summary='"Ready", it says\nreally'), "Müller, Ä")
    answer = board.get("/results.csv")
    assert 'filename="board.csv"' in answer.headers["Content-Disposition"]
    answer.encoding = "utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["seat"] for row in rows] == ["'=1+1", "Müller, Ä"], "a spreadsheet would compute it"
    assert rows[0]["problems"] == "check-2 check-3" and rows[0]["warnings"] == "check-4"
    assert rows[1]["summary"] == '"Ready", it says\nreally'
    assert board.seats()["=1+1"]["report"] == report("PASS", "FAIL", "ERROR", "WARN")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_restart_keeps_what_was_posted(kept, number):
    with started(kept) as board:
        board.post(report("PASS", "FAIL"), "7")
        board.post(report("PASS"), "8")
        before = board.seats()
        with board.get("/events", stream=True) as page:
            next(messages(page))
            status, out, err = board.stop(number)
    assert status == 0 and err == ""
    assert out.splitlines()[-1].startswith("stopped; ")
    assert re.findall(r"(?m)^\d\d:\d\d  (.+)$", out) == [
        "7: Problems. As the statuses say.",
        "8: Ready. As the statuses say.",
    ]
    assert all(not path.name.startswith("tmp") for path in kept.iterdir())
    with started(kept) as board:
        assert board.seats() == before
        assert "It knows 2 from before; --fresh forgets." in board.greeting
    with started(kept, "--fresh") as board:
        assert board.seats() == {} and not list(kept.iterdir())


@pytest.mark.parametrize("damage", ["", "{", '{"name": "7"}'])
def test_a_damaged_file_is_told_and_the_others_are_shown(kept, damage):
    with started(kept) as board:
        board.post(report("PASS"), "7")
        board.post(report("PASS"), "8")
    file = next(path for path in kept.iterdir() if '"7"' in path.read_text())
    file.write_text(damage)
    with started(kept) as board:
        assert list(board.seats()) == ["8"]
        board.post(report("PASS"), "7")
        assert list(board.seats()) == ["7", "8"]
        assert f"{file} is damaged" in board.stop()[2].replace("\n", "")


def test_a_report_that_cannot_be_kept_is_not_said_to_be(board, kept):
    shutil.rmtree(kept)
    answer = board.post(report("PASS"))
    assert answer.status_code == 507 and "tell the organiser" in answer.text
    assert board.seats() == {}
    assert f"cannot write in {kept}" in board.stop()[1]


def command(*options: str) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", "appliance_build.board", *options]
    return subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS)


def test_taken_port_is_one_sentence_with_its_holder(tmp_path):
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        done = command("--port", str(port), "--folder", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: port {port} is taken by ")
    assert f"(pid {psutil.Process().pid})" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "words", "status"),
    [
        (["--token", "short"], "give 6 to 64 letters", 1),
        (["--token", "with/slash"], "give 6 to 64 letters", 1),
        (["--port", "70000"], "65535", 2),
        (["--pulbic"], "No such option", 2),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path, options, words, status):
    done = command("--folder", str(tmp_path), *options)
    assert (done.returncode, len(done.stderr.splitlines())) == (status, 1)
    assert words in done.stderr
