"""clock, locale and guest, with clock, processes and network made up."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance_check.checks.clock import RTC, YEAR, YEARS_AHEAD, Clock
from appliance_check.checks.guest import HOST_VERSION, MODULES, OLDEST, Guest
from appliance_check.checks.locale import Locale
from appliance_check.result import Status

DAY = 24 * 3600


def made(context) -> float:
    """The appliance's date in seconds since 1970."""
    return datetime.fromisoformat(context.description["date"]).replace(tzinfo=UTC).timestamp()


def clock_at(context, moment: float, speed: float = 1.0):
    """The context with a clock that says `moment` and then runs `speed` times as fast."""
    start = time.monotonic()
    return replace(context, now=lambda: moment + speed * (time.monotonic() - start))


@pytest.mark.parametrize(
    ("moment", "status", "words"),
    [
        (-DAY, Status.FAIL, "before the appliance was made"),
        (DAY, Status.PASS, "UTC"),
        (5 * YEAR, Status.PASS, "UTC"),  # images are used for years
        (YEARS_AHEAD * YEAR + DAY, Status.FAIL, "10 years or more after"),
    ],
)
def test_clock(context, moment, status, words):
    result = Clock().run(clock_at(context, made(context) + moment))
    assert (result.status, words in result.message) == (status, True), result.message


@pytest.mark.parametrize("speed", [10, -10])
def test_a_clock_that_jumps_is_found(context, speed):
    result = Clock().run(clock_at(context, made(context) + DAY, speed))
    assert result.status == Status.FAIL
    assert "jumped" in result.message


def test_hardware_clock_in_local_time_is_found(vm, write):
    now = clock_at(vm, made(vm) + DAY)
    write(RTC[1:], str(int(made(vm) + DAY)))
    assert Clock().run(now).status == Status.PASS
    write("etc/adjtime", "0.0 0 0.0\n0\nUTC\n")
    assert Clock().run(now).status == Status.PASS
    write("etc/adjtime", "0.0 0 0.0\n0\nLOCAL\n")
    result = Clock().run(now)
    assert result.status == Status.FAIL
    assert "local time" in result.message


def test_a_host_that_slept_is_no_fault(vm, write):
    write(RTC[1:], str(int(made(vm) + 2 * DAY)))
    result = Clock().run(clock_at(vm, made(vm) + DAY))
    assert result.status == Status.PASS
    assert result.evidence["hardware_clock_ahead_seconds"] == pytest.approx(DAY, abs=2)


@pytest.fixture
def server(write, context):
    """Jupyter's process, with the locale that it was started in."""

    def put(**environment):
        folder = context.proc / "77"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cmdline").write_bytes(b"/bin/python3\0/opt/jupyter/bin/workshop-jupyter\0")
        text = "\0".join(f"{name}={value}" for name, value in environment.items())
        (folder / "environ").write_text(text)

    return put


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({"LANG": "C.UTF-8"}, Status.PASS),
        ({"LANG": "de_DE.utf8@euro"}, Status.PASS),
        ({}, Status.PASS),  # Python makes UTF-8 of it
        ({"LANG": "C.UTF-8", "LC_ALL": "de_DE.ISO-8859-1"}, Status.FAIL),
        ({"LANG": "de_DE"}, Status.FAIL),
    ],
)
def test_locale_of_jupyter(context, server, environment, status):
    server(**environment)
    assert Locale().run(context).status == status


def test_locale_where_nothing_is_started(context):
    assert Locale().run(context).status == Status.PASS
    assert not list(context.home.glob(".locale-*"))


def test_python_that_does_not_speak_utf8_is_found(context):
    """In a process of its own, whose encoding is set when it starts."""
    code = (
        "from appliance_check.checks.locale import Locale\n"
        "import types, pathlib\n"
        f"context = types.SimpleNamespace(home=pathlib.Path({str(context.home)!r}), "
        f"proc=pathlib.Path({str(context.proc)!r}))\n"
        "result = Locale().run(context); print(result.status, ascii(result.message))"
    )
    environment = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for extra, status in ((environment, "FAIL"), ({"LC_ALL": "C.UTF-8"}, "PASS")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).resolve().parents[3],
            env={"PATH": os.environ["PATH"], **extra},
            capture_output=True,
            text=True,
        )
        assert done.stdout.split()[:1] == [status], done.stdout + done.stderr


TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.2.0/24 2 0 2
        |-- 10.0.2.0
           /24 link UNICAST
        |-- 10.0.2.15
           /32 host LOCAL
        |-- 10.0.2.255
           /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
"""


@pytest.fixture
def box(vm, write):
    """A machine in VirtualBox, with all guest support."""
    write("proc/net/fib_trie", TRIE)
    write("proc/modules", "".join(f"{name} 40960 0 - Live 0x0\n" for name in MODULES))
    write(f"{HOST_VERSION[1:]}/0000:00:04.0/host_version", f"{OLDEST}.1.4r165100\n")
    return replace(vm, hypervisor="oracle")


def test_a_machine_in_virtualbox(box):
    result = Guest().run(box)
    assert result.status == Status.PASS
    assert result.message == f"VirtualBox {OLDEST}.1.4r165100, address 10.0.2.15"


@pytest.mark.parametrize("missing", MODULES)
def test_guest_support_that_is_not_loaded_is_named(box, write, missing):
    left = [name for name in MODULES if name != missing]
    write("proc/modules", "".join(f"{name} 40960 0 - Live 0x0\n" for name in left))
    result = Guest().run(box)
    assert result.status == Status.FAIL
    assert missing in result.message


def test_an_old_virtualbox_warns_and_a_silent_one_is_not_judged(box, write):
    path = f"{HOST_VERSION[1:]}/0000:00:04.0/host_version"
    write(path, f"{OLDEST - 1}.1.50r161033\n")
    assert Guest().run(box).status == Status.WARN
    write(path, "\n")
    assert Guest().run(box).status == Status.SKIP


@pytest.mark.parametrize(("hypervisor", "name"), [("kvm", "KVM"), ("new-one", "new-one")])
def test_another_hypervisor_needs_no_guest_support(vm, write, hypervisor, name):
    write("proc/net/fib_trie", TRIE)
    result = Guest().run(replace(vm, hypervisor=hypervisor))
    assert result.status == Status.PASS
    assert name in result.message


def test_a_machine_without_an_address_cannot_be_reached(box, write):
    write("proc/net/fib_trie", "Local:\n     |-- 127.0.0.1\n        /32 host LOCAL\n")
    assert Guest().run(box).message == "the network card has no address"


def test_place_in_words(context, write):
    assert context.place == "bare tree"
    assert replace(context, profile="vm", hypervisor="oracle").place.endswith("VirtualBox")
    cuda = replace(context, profile="cuda")
    assert cuda.place == "container without a GPU"
    write("tmp/workshop/theanorc", "# GTX\n[global]\ndevice = cuda\n")
    assert cuda.place == "container with a GPU"
