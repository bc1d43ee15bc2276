"""`make local`: the lessons on this computer."""

import os
import shutil
import stat

import requests

from appliance_build.description import Description

from .conftest import Started
from .place import SECONDS

PAGES = ("/", "/lab", "/painting/", "/playground/", "/slides/")

#: A training step, as lessons make them; the sum of squares 0 to 9 and its gradient.
THEANO = """
import numpy, os, theano, theano.tensor as T
w = theano.shared(numpy.arange(10, dtype="float32"))
step = theano.function([], (w ** 2).sum(), updates=[(w, w - T.grad((w ** 2).sum(), w))])
print(float(step()), w.get_value()[:3].tolist(), os.getuid(), os.getcwd())
"""


def test_a_start_is_killed_half_way_and_the_next_goes_on(started: Started):
    assert started.left == []
    assert started.beside.startswith(f"another `make local…` is at work in {started.local.folder}")
    assert (started.local.folder / "system").is_dir()
    assert not (started.local.folder / "making").exists()


def test_the_pages_are_served_to_who_has_the_address(started: Started):
    browser = started.local.jupyter(started.token)
    for path in PAGES:
        page = browser.get(path)
        assert page.ok and "text/html" in page.headers["Content-Type"], path
    stranger = f"http://127.0.0.1:{started.local.port}/api/contents"
    assert requests.get(stranger, timeout=SECONDS).status_code == 403
    facts = browser.get("/workshop/state").json()
    assert facts["ssh"] is None, "there is no SSH server to name"


def test_a_kernel_computes_as_the_attendees_user(started: Started, description: Description):
    with started.local.jupyter(started.token).kernel(SECONDS) as kernel:
        printed = kernel.run(THEANO, SECONDS)
    home = f"/home/{description.user.name}/notebooks"
    assert printed.split(" ", 1)[0] == "285.0"
    user = os.environ.get("SUDO_UID") or description.user.uid
    assert "[0.0, -1.0, -2.0]" in printed and printed.strip().endswith(f"{user} {home}")


def test_the_doctor_finds_all_well(started: Started, description: Description):
    code, report = started.local.doctor("--level standard")
    found = {check["id"]: check["status"] for check in report["checks"]}
    absent = {name for name, status in found.items() if status == "NOT_APPLICABLE"}
    assert absent == set(description.checks.local.not_applicable)
    data = {"standins", "weights"}  # which the build may lack
    others = [each for each in report["checks"] if each["id"] not in absent | data | {"notebooks"}]
    assert [each for each in others if each["status"] != "PASS"] == []
    assert {found[name] for name in data} <= {"PASS", "WARN"}
    assert (code, report["profile"]) == (0, "local")


def test_a_lesson_runs(started: Started, description: Description):
    folder = started.local.folder / "notebooks" / "one"
    folder.mkdir()
    try:
        shutil.copy(started.local.folder / "notebooks" / f"{description.lessons[0]}.ipynb", folder)
        code, report = started.local.doctor("--only notebooks --notebooks notebooks/one")
    finally:
        shutil.rmtree(folder)
    assert code == 0, report
    [check] = report["checks"]
    assert check["status"] == "PASS" and check["message"].startswith("1 lesson")


def test_a_second_start_says_where_it_is(started: Started):
    said = started.local.up()
    assert said.startswith("Local mode is up already.")
    assert started.local.token(said) == started.token


def test_nothing_in_the_system_gives_rights_or_can_be_changed(started: Started):
    system = started.local.folder / "system"
    modes = [(path, path.lstat()) for path in system.rglob("*")]
    loose = [path for path, status in modes if stat.S_ISREG(status.st_mode) and _loose(status)]
    assert len(modes) > 10_000 and loose == []


def _loose(status: os.stat_result) -> bool:
    special = stat.S_ISUID | stat.S_ISGID
    return bool(status.st_mode & (special | stat.S_IWOTH)) or status.st_uid != 0
