"""memory and disk, with the kernel's figures made up."""

import os
from dataclasses import replace

import pytest

from appliance_check.checks.disk import FAIL_BELOW_INODES, FAIL_BELOW_MB, WARN_BELOW_MB, Disk
from appliance_check.checks.memory import Memory
from appliance_check.result import Status


@pytest.fixture
def meminfo(context):
    def write(total_mb: int, available_mb: int):
        context.proc.mkdir(exist_ok=True)
        (context.proc / "meminfo").write_text(
            f"MemTotal:       {total_mb * 1024} kB\nMemFree:  1 kB\n"
            f"MemAvailable:   {available_mb * 1024} kB\nHugePages_Total:       0\n"
        )

    return write


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


def test_full_home_is_named_although_the_system_has_room(context):
    full, roomy = disk(1, 100_000), disk(5000, 100_000)
    statvfs = lambda path: (full if path == context.home else roomy)(path)  # noqa: E731
    result = Disk().run(replace(context, statvfs=statvfs))
    assert result.status == Status.FAIL
    assert result.message == f"{context.home} has 1 MB and 100000 inodes free"


def test_disk_reads_the_real_file_system(context):
    result = Disk().run(context)
    free = os.statvfs("/").f_bavail * os.statvfs("/").f_frsize / 1e6
    assert result.evidence["/"]["free_mb"] == pytest.approx(free, rel=0.1, abs=500)
