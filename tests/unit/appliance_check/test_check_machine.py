"""cpu, memory, disk, clock, locale and guest, with the kernel's figures made up."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance_check.checks import disk as disk_module
from appliance_check.checks.clock import RTC, YEAR, YEARS_AHEAD, Clock
from appliance_check.checks.cpu import LEVELS, Cpu
from appliance_check.checks.disk import FAIL_BELOW_INODES, FAIL_BELOW_MB, WARN_BELOW_MB, Disk
from appliance_check.checks.guest import HOST_VERSION, MODULES, OLDEST, Guest
from appliance_check.checks.locale import Locale
from appliance_check.checks.memory import Memory
from appliance_check.result import Status

CGROUP = "sys/fs/cgroup"
DAY = 24 * 3600


@pytest.fixture
def write(context):
    """Writes a file below the context's root or, where the name begins so, its /proc."""

    def put(path: str, text: str) -> None:
        folder, name = (
            (context.proc, path[5:]) if path.startswith("proc/") else (context.root, path)
        )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return put


@pytest.fixture
def cpuinfo(write, context):
    """A processor like the description's, with what the caller takes away."""

    def put(without=(), processors=context.description["machine"]["cpus"], allowed="0-63"):
        flags = " ".join(sorted(LEVELS[context.description["theano"]["march"]] - set(without)))
        block = "processor\t: {}\nmodel name\t: Made up\nflags\t\t: fpu {}\n\n"
        write("proc/cpuinfo", "".join(block.format(n, flags) for n in range(processors)))
        write("proc/self/status", f"Name:\tpython3\nCpus_allowed_list:\t{allowed}\n")

    return put


def test_processor_as_described_passes(context, cpuinfo):
    cpuinfo()
    assert Cpu().run(context).status == Status.PASS


@pytest.mark.parametrize("flag", sorted(LEVELS["x86-64-v2"]))
def test_each_instruction_that_is_missing_is_named(context, cpuinfo, flag):
    cpuinfo(without=[flag])
    result = Cpu().run(context)
    assert result.status == Status.FAIL
    assert f"lacks {flag} of" in result.message


def test_a_level_that_nobody_knows_is_not_judged(context, cpuinfo):
    cpuinfo()
    context.description["theano"]["march"] = "z80"
    assert Cpu().run(context).status == Status.SKIP


def test_fewer_processors_than_described_warn(context, cpuinfo, write):
    described = context.description["machine"]["cpus"]
    cpuinfo(processors=described - 1)
    result = Cpu().run(context)
    assert result.status == Status.WARN
    assert result.message.startswith(f"{described - 1} of the {described} processors")
    assert "VirtualBox" in result.remedy
    cpuinfo(processors=64, allowed="3")
    in_container = Cpu().run(replace(context, profile="cpu"))
    assert in_container.message.startswith("1 of the ")
    assert "--cpus" in in_container.remedy
    cpuinfo(processors=64, allowed="0-1,4-63")
    assert Cpu().run(context).evidence["processors"] == 62


@pytest.mark.parametrize(
    ("files", "usable"),
    [
        ({"cpu.max": "150000 100000"}, 1.5),
        ({"cpu.max": "max 100000"}, 8),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
    ],
)
def test_a_containers_share_of_the_processors_counts(context, cpuinfo, write, files, usable):
    cpuinfo(processors=8)
    for name, text in files.items():
        write(f"{CGROUP}/{name}", text)
    result = Cpu().run(context)
    assert result.evidence["processors"] == usable
    assert result.status == (Status.PASS if usable == 8 else Status.WARN)


@pytest.fixture
def meminfo(write):
    def put(total_mb: int, available_mb: int):
        write(
            "proc/meminfo",
            f"MemTotal:       {total_mb * 1024} kB\nMemFree:  1 kB\n"
            f"MemAvailable:   {available_mb * 1024} kB\nHugePages_Total:       0\n",
        )

    return put


def test_memory_as_described_passes(context, meminfo):
    described = context.description["machine"]["memory_mb"]
    meminfo(described * 97 // 100, described * 80 // 100)
    assert Memory().run(context).status == Status.PASS


def test_less_memory_than_described_fails_and_says_how_much(context, meminfo):
    described = context.description["machine"]["memory_mb"]
    meminfo(described // 2, described // 2)
    result = Memory().run(context)
    assert result.status == Status.FAIL
    assert f"{described // 2} MB" in result.message
    assert f"{described} MB" in result.message


def test_less_free_memory_than_a_lesson_needs_warns_and_says_how_much(context, meminfo):
    described = context.description["machine"]["memory_mb"]
    meminfo(described, 899)  # the lessons of the fixture may take 900
    result = Memory().run(context)
    assert result.status == Status.WARN
    assert result.message.startswith("899 MB are free")
    assert result.message.endswith("may need 900 MB")


LIMITS = [
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
]


@pytest.mark.parametrize(("limit", "use", "stat", "spare"), LIMITS)
def test_a_containers_limit_counts_on_a_large_host(
    context, meminfo, write, limit, use, stat, spare
):
    meminfo(64000, 50000)
    write(f"{CGROUP}/{use}", str(700 << 20))
    write(f"{CGROUP}/{stat}", f"anon 1\n{spare} {100 << 20}\n")
    write(f"{CGROUP}/{limit}", str(512 << 20))
    result = Memory().run(replace(context, profile="cpu"))
    assert result.status == Status.FAIL
    assert result.message.startswith("512 MB in all")
    assert "--memory" in result.remedy
    described = context.description["machine"]["memory_mb"]
    write(f"{CGROUP}/{limit}", str(described << 20))
    result = Memory().run(context)
    assert result.status == Status.PASS
    assert result.evidence["available_mb"] == described - 600
    write(f"{CGROUP}/{use}", str(described << 20))
    assert Memory().run(context).status == Status.WARN


@pytest.mark.parametrize(
    ("limit", "text"), [("memory.max", "max"), (LIMITS[1][0], "9223372036854771712")]
)
def test_no_limit_is_none(context, meminfo, write, limit, text):
    meminfo(64000, 50000)
    write(f"{CGROUP}/{limit}", text)
    assert Memory().run(context).evidence["total_mb"] == 64000


def disk(free_mb: int, inodes: int, all_inodes: int = 1_000_000):
    values = [4096, 1000, 10**9, 0, free_mb * 1000, all_inodes, inodes, inodes, 0, 255]
    return lambda path: os.statvfs_result(values)


@pytest.mark.parametrize(
    ("statvfs", "status"),
    [
        (disk(WARN_BELOW_MB, 100_000), Status.PASS),
        (disk(WARN_BELOW_MB, 0, all_inodes=0), Status.PASS),  # btrfs counts none
        (disk(WARN_BELOW_MB - 1, 100_000), Status.WARN),
        (disk(FAIL_BELOW_MB - 1, 100_000), Status.FAIL),
        (disk(WARN_BELOW_MB, FAIL_BELOW_INODES - 1), Status.FAIL),
    ],
)
def test_disk_thresholds(context, statvfs, status):
    assert Disk().run(replace(context, statvfs=statvfs)).status == status


def one_is(place: Path, status):
    """Roomy everywhere but in one place."""
    roomy = disk(5000, 100_000)
    return lambda path: (status if path == place else roomy)(path)


def test_full_home_is_named_although_the_system_has_room(context):
    statvfs = one_is(context.home, disk(1, 100_000))
    result = Disk().run(replace(context, statvfs=statvfs))
    assert result.status == Status.FAIL
    assert result.message == f"{context.home} has 1 MB and 100000 inodes free"


def test_folders_on_one_full_disk_are_told_once(context):
    result = Disk().run(replace(context, statvfs=disk(1, 100_000)))
    assert result.message.count("1 MB") == 1
    assert f"{context.home}, {context.home}/notebooks" in result.message


def test_a_small_tmp_is_no_fault_and_a_full_one_is(context):
    tmp = context.root / "tmp"
    small, full = (replace(context, statvfs=one_is(tmp, disk(mb, 9000))) for mb in (300, 10))
    assert Disk().run(replace(small, statvfs=one_is(tmp, disk(300, 90000)))).status == Status.PASS
    assert Disk().run(full).status == Status.FAIL


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
    ],
)
def test_a_folder_that_takes_no_file_is_named(context, monkeypatch, error, words):
    genuine = tempfile.TemporaryFile

    def refuse(dir):
        if dir == context.home / "notebooks":
            raise error
        return genuine(dir=dir)

    monkeypatch.setattr(disk_module.tempfile, "TemporaryFile", refuse)
    result = Disk().run(context)
    assert result.status == Status.FAIL
    assert result.message == f"{context.home}/notebooks cannot be written: {words}"


def test_disk_reads_the_real_file_system(context):
    result = Disk().run(replace(context, root=Path("/")))
    free = os.statvfs("/").f_bavail * os.statvfs("/").f_frsize / 1e6
    assert result.evidence["/"]["free_mb"] == pytest.approx(free, rel=0.1, abs=500)


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
