"""What holds in the virtual machine and in the container alike: the same tests on both."""

import json
import re

import pytest
from testinfra.host import Host

from appliance_build import paths
from appliance_build.description import Description

from ..docker.container import Container
from ..image.guest import Guest

SHARE = "/usr/share/workshop"
PLACES = {"vm": "bios", "container": "container"}

SQUARE = """
import numpy as np, theano, theano.tensor as T
x = T.matrix()
print(theano.function([x], T.dot(x, x).sum())(np.eye(3, dtype="float32")))
"""


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest) -> Guest | Container:
    """The booted machine, then the container."""
    return request.getfixturevalue(PLACES[request.param])


@pytest.fixture
def host(place: Guest | Container) -> Host:
    return place.host


def test_listeners_are_exactly_those_of_the_description(
    place: Guest | Container, description: Description
):
    with place.jupyter():
        lines = [line.split() for line in place.ok("ss -Hlntu").splitlines()]
    side = "guest" if isinstance(place, Guest) else "host"
    tcp = {int(words[4].rpartition(":")[2]) for words in lines if words[0] == "tcp"}
    wanted = {getattr(port, side) for _, port in description.ports}
    # A kernel that another test left behind listens on the loopback interface alone.
    outside = {
        int(words[4].rpartition(":")[2])
        for words in lines
        if words[0] == "tcp" and not words[4].startswith("127.")
    }
    assert outside == wanted <= tcp
    udp = {int(words[4].rpartition(":")[2]) for words in lines if words[0] == "udp"}
    assert udp <= {68}  # the DHCP client's own


def test_attendee_is_the_one_person_here(
    place: Guest | Container, host: Host, description: Description
):
    user = host.user(description.user.name)
    assert user.uid == description.user.uid
    assert user.home == f"/home/{description.user.name}"
    people = [
        name
        for name, _, uid, *_ in (
            line.split(":") for line in place.ok("getent passwd").split("\n")[:-1]
        )
        if 1000 <= int(uid) < 60000
    ]
    assert people == [description.user.name]


def test_lessons_are_there_pristine_and_to_work_on(host: Host, description: Description):
    for name in description.lessons:
        pristine = host.file(f"{SHARE}/notebooks/{name}.ipynb")
        copy = host.file(f"/home/{description.user.name}/notebooks/{name}.ipynb")
        assert (pristine.user, pristine.mode) == ("root", 0o444)
        assert (copy.user, copy.mode) == (description.user.name, 0o644)
        assert pristine.sha256sum == copy.sha256sum
    assert host.run(f"test -w {SHARE}/notebooks").rc == 1


def test_lesson_that_was_spoiled_comes_back_and_the_attendees_version_stays(
    place: Guest | Container, description: Description
):
    name = description.lessons[0]
    lesson = f"~/notebooks/{name}.ipynb"
    place.ok(f"echo mine > {lesson}")
    try:
        place.ok(f"workshop reset {name}")
        place.ok(f"cmp {lesson} {SHARE}/notebooks/{name}.ipynb")
        assert place.ok(f"cat ~/notebooks/{name}.mine-*.ipynb") == "mine\n"
    finally:
        place.ok(
            f"rm -f ~/notebooks/{name}.mine-*.ipynb; cp {SHARE}/notebooks/{name}.ipynb {lesson}"
        )


def test_python_packages_are_those_of_the_lock(place: Guest | Container):
    shipped = {normal(k): v for k, v in json.loads(place.ok(f"cat {SHARE}/python.json")).items()}
    lock = (paths.PROJECT / "locks" / "python.lock").read_text()
    locked = {normal(k): v for k, v in re.findall(r"^([\w.-]+)==([^\s\\]+)", lock, re.MULTILINE)}
    assert len(locked) > 50
    assert {name: shipped.get(name) for name in locked} == locked
    own = place.ok("ls -d /opt/jupyter/lib/python3*/site-packages/*.dist-info").split()
    assert {normal(path.rpartition("/")[2].split("-")[0]) for path in own} == locked.keys()


def test_kernel_computes_with_theano(place: Guest | Container):
    seconds = place.limit(120) if isinstance(place, Guest) else 120
    with place.jupyter() as browser, browser.kernel(seconds) as kernel:
        assert kernel.run(SQUARE, seconds).split()[-1] == "3.0"


def test_doctor_finds_all_well(place: Guest | Container, data_status: str):
    done = place.doctor("--level", "quick")
    assert done.rc == 0, done.stderr
    statuses = {each["id"]: each["status"] for each in json.loads(done.stdout)["checks"]}
    assert statuses.pop("standins") == data_status
    apart = {"gpu", "weights", "notebooks"}
    assert set(statuses.values()) - {"NOT_APPLICABLE", "SKIP"} == {"PASS"}
    assert {name for name, status in statuses.items() if status != "PASS"} <= apart


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
