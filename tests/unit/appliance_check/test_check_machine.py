"""cpu, memory and disk, with the kernel's figures made up."""

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check.checks import disk as disk_module
from appliance_check.checks.cpu import LEVELS, Cpu
from appliance_check.checks.disk import FAIL_BELOW_INODES, FAIL_BELOW_MB, WARN_BELOW_MB, Disk
from appliance_check.checks.memory import Memory
from appliance_check.result import Status

CGROUP = "sys/fs/cgroup"


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
