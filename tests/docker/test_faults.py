"""Each fault of `faults.py` is found by the right check and no other, and its remedy mends it."""

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence

import nbformat
import pytest
from testinfra.backend.base import CommandResult

from appliance_build.description import Description, load
from appliance_check.checks import CHECKS

from . import faults
from .container import Container, running
from .daemon import Daemon
from .faults import Fault

#: What looks at the whole machine in seconds.
QUICK = [check.id for check in CHECKS if check.level == "quick"]
#: Stand-ins for data that this build could not have say WARN.
TROUBLE = {"FAIL", "ERROR", "WARN"}
LIMITS = {"seconds": {"quick": 20, "full": 20}, "memory_mb": 700}
#: Where notebooks with faults are put.
FOLDER = "/tmp/faulty"
MARKS = {
    "!": {"tags": ["expect"]},
    "?": {"workshop": {"expect": {"picture": "not blank"}}},
}
HEALTHY = ("print(1)", "!assert True")


@pytest.fixture(scope="module")
def ward(daemon: Daemon, cuda: str, description: Description) -> Iterator["Ward"]:
    ward = Ward(daemon, cuda, description)
    try:
        yield ward
    finally:
        ward.leave()


class Ward:
    """A container that is kept until a fault leaves something behind."""

    def __init__(self, daemon: Daemon, image: str, description: Description) -> None:
        self.daemon, self.image, self.description = daemon, image, description
        self.options: tuple[str, ...] | None = None

    def container(self, options: tuple[str, ...] = ()) -> Container:
        """A healthy one, started with options of `docker run`."""
        if options != self.options:
            self.leave()
            self.entered = running(self.daemon, self.image, self.description, *options)
            self.current, self.options = self.entered.__enter__(), options
            self.current.get("/api")  # waits until it listens
        return self.current

    def leave(self) -> None:
        """Throw the container away."""
        if self.options is not None:
            self.entered.__exit__(None, None, None)
            self.options = None


def cases() -> Iterator[object]:
    """Of each check one fault for CI; all others take minutes, and are for `make test-full`."""
    seen: set[str] = set()
    for fault in faults.faults(load()):
        marks = pytest.mark.full if fault.check in seen else ()
        seen.add(fault.check)
        yield pytest.param(fault, id=fault.name, marks=marks)


@pytest.mark.parametrize("fault", [*cases()])
def test_fault_is_found_and_its_remedy_works(ward: Ward, data_status: str, fault: Fault):
    container = ward.container(fault.options)
    healed = False
    try:
        if fault.cause:
            as_root(container, fault.cause)
        if fault.notebook:
            write(container, fault.notebook)
        found = doctor(container, fault, "--only", *QUICK, fault.check)
        wrong = {check["id"]: check for check in found if check["status"] in TROUBLE}
        if fault.check != "standins":
            wrong.pop("standins", None)
        assert wrong.keys() == {fault.check}, messages(wrong.values())
        named = wrong[fault.check]
        assert named["status"] == ("WARN" if fault.warns else "FAIL"), named
        assert fault.said in named["message"], named
        assert named["remedy"]
        if fault.remedy in ("again", "options"):
            ward.leave()
            container = ward.container()
        elif fault.remedy == "fix":
            done = as_attendee(container, f"appliance-check --fix --yes --only {fault.check}")
            assert done.rc == 0, done.stdout + done.stderr
        else:
            write(container, HEALTHY)
        [after] = doctor(container, fault, "--only", fault.check)
        good = {"PASS", data_status} if fault.check in ("weights", "standins") else {"PASS"}
        assert after["status"] in good, after
        healed = True
    finally:
        if not healed or fault.options:
            ward.leave()


def as_root(container: Container, command: str) -> None:
    command = f"PATH=$PATH:/usr/sbin:/sbin; {command}"
    container.daemon.ok("exec", "--user=0", container.name, "bash", "-c", command)


def as_attendee(container: Container, command: str) -> CommandResult:
    return container.host.run(f"bash -lc {shlex.quote(command)}")


def doctor(container: Container, fault: Fault, *options: str) -> list[dict]:
    """What each check says, as the attendee's doctor or root's."""
    words = ["appliance-check", "--json", "-", *options]
    if fault.notebook:
        words += ["--notebooks", FOLDER]
    if fault.as_root:
        done = container.daemon.run("exec", "--user=0", container.name, *words)
        out, err = done.stdout, done.stderr
    else:
        done = as_attendee(container, shlex.join(words))
        out, err = done.stdout, done.stderr
    assert out, err
    return json.loads(out)["checks"]


def messages(checks: Iterable[dict]) -> str:
    return "; ".join(f"{check['id']} {check['status']}: {check['message']}" for check in checks)


def write(container: Container, cells: Sequence[str]) -> None:
    """Put a notebook in place of the lessons; "!" begins the cell that is tagged `expect`."""
    notebook = nbformat.v4.new_notebook(metadata={"workshop": LIMITS})
    for cell in cells:
        metadata = MARKS.get(cell[:1], {})
        notebook.cells.append(nbformat.v4.new_code_cell(cell.lstrip("!?"), metadata=metadata))
    text = shlex.quote(nbformat.writes(notebook))
    as_root(container, f"mkdir -p {FOLDER} && printf %s {text} > {FOLDER}/lesson.ipynb")


def test_the_page_has_the_same_faults():
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page()
