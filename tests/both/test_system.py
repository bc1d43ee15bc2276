"""What holds in the virtual machine and in the container alike: the same tests on both."""

import json
import re

import pytest
from testinfra.host import Host

from appliance_build import paths
from appliance_build.description import Description
from appliance_check.checks import CHECKS

from ..docker.container import Container
from ..image.guest import Guest

SHARE = "/usr/share/workshop"
PLACES = {"vm": "bios", "container": "container"}

TRAINING = """
import lasagne, theano, theano.tensor as T
from lasagne.layers import DenseLayer, InputLayer, get_all_params, get_output
from lasagne.nonlinearities import rectify, softmax
from workshop.data import load_mnist
from workshop.session import seed

seed(1)
x, y = T.matrix("x"), T.ivector("y")
pixels = InputLayer((None, 784))
hidden = DenseLayer(pixels, 32, nonlinearity=rectify)
network = DenseLayer(hidden, 10, nonlinearity=softmax)
loss = lasagne.objectives.categorical_crossentropy(get_output(network, {pixels: x}), y).mean()
weights = get_all_params(network, trainable=True)
updates = lasagne.updates.nesterov_momentum(loss, weights, 0.1)
step = theano.function([x, y], loss, updates=updates)
digits = load_mnist().train
for start in range(0, 2560, 128):
    print(step(digits.rows[start:start + 128], digits.labels[start:start + 128]))
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
        solution = host.file(f"{SHARE}/solutions/{name}.ipynb")
        copy = host.file(f"/home/{description.user.name}/notebooks/{name}.ipynb")
        for shipped in (pristine, solution):
            assert (shipped.user, shipped.mode) == ("root", 0o444)
        assert (copy.user, copy.mode) == (description.user.name, 0o644)
        assert pristine.sha256sum == copy.sha256sum
        # The last cell of a solution asks whether every exercise is solved.
        assert solution.contains("everything_solved()")
        assert not pristine.contains("everything_solved()")
    for folder in ("notebooks", "solutions"):
        assert host.run(f"test -w {SHARE}/{folder}").rc == 1


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


def test_solution_comes_beside_the_lesson(place: Guest | Container, description: Description):
    name = description.lessons[0]
    lesson, copy = (f"~/notebooks/{name}{end}.ipynb" for end in ("", ".solution"))
    before = place.ok(f"sha256sum {lesson}")
    try:
        place.ok(f"workshop solution {name}")
        place.ok(f"cmp {copy} {SHARE}/solutions/{name}.ipynb")
        assert place.ok(f"sha256sum {lesson}") == before
    finally:
        place.ok(f"rm -f {copy}")


def test_python_packages_are_those_of_the_lock(place: Guest | Container):
    shipped = {normal(k): v for k, v in json.loads(place.ok(f"cat {SHARE}/python.json")).items()}
    lock = (paths.PROJECT / "locks" / "python.lock").read_text()
    locked = {normal(k): v for k, v in re.findall(r"^([\w.-]+)==([^\s\\]+)", lock, re.MULTILINE)}
    assert len(locked) > 50
    assert {name: shipped.get(name) for name in locked} == locked
    own = place.ok("ls -d /opt/jupyter/lib/python3*/site-packages/*.dist-info").split()
    assert {normal(path.rpartition("/")[2].split("-")[0]) for path in own} == locked.keys()


def test_fonts_of_lab_and_notebook_are_served_to_both(place: Guest | Container):
    folders = "/opt/jupyter/lib/python3*/site-packages/{jupyterlab,notebook}/static"
    fonts = place.ok(f"ls {folders} | grep woff | sort | uniq -d").split()
    assert fonts
    with place.jupyter() as browser:
        for name in fonts[:3]:
            for page in ("lab", "notebook"):
                assert browser.get(f"/static/{page}/{name}").status_code == 200, (page, name)


def test_kernel_trains_a_network(place: Guest | Container):
    seconds = place.limit(30) if isinstance(place, Guest) else 30
    with place.jupyter() as browser, browser.kernel(seconds) as kernel:
        losses = [float(line) for line in kernel.run(TRAINING, seconds).splitlines()]
    assert len(losses) == 20
    assert losses[0] == pytest.approx(2.3, abs=0.4)  # knows nothing yet: -ln(1/10)
    assert sum(losses[-5:]) / 5 < 0.6 * losses[0]


def test_doctor_finds_all_well(
    place: Guest | Container, description: Description, data_status: str
):
    done = place.doctor("--level", "quick")
    assert done.rc == 0, done.stderr
    report = json.loads(done.stdout)
    excused = getattr(description.checks, report["profile"]).not_applicable
    # In the container there could be a GPU; in the machine none can.
    expected = {each.id: "PASS" for each in CHECKS} | {"standins": data_status, "gpu": "SKIP"}
    expected |= {each.id: "SKIP" for each in CHECKS if each.level != "quick"}
    expected |= dict.fromkeys(excused, "NOT_APPLICABLE")
    found = {each["id"]: each["status"] for each in report["checks"]}
    assert found == expected, done.stderr


def test_doctor_finds_the_ways_in_well(place: Guest | Container):
    with place.jupyter():
        done = place.doctor("--only", "pages", "ssh", "kernel")
    assert done.rc == 0, done.stderr
    assert {each["status"] for each in json.loads(done.stdout)["checks"]} == {"PASS"}, done.stderr


def test_doctor_finds_the_software_well(place: Guest | Container):
    asked = ("imports", "theano", "cache", "blas")
    done = place.doctor("--only", *asked)
    assert done.rc == 0, done.stderr
    statuses = {each["id"]: each["status"] for each in json.loads(done.stdout)["checks"]}
    assert statuses == dict.fromkeys(asked, "PASS")


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
