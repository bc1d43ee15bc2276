"""Is there room to work?"""

from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, warned

FAIL_BELOW_MB = 200  # Theano and Jupyter begin to fail in ways that name anything but the disk
WARN_BELOW_MB = 1000  # room for a day's work and data
FAIL_BELOW_INODES = 1_000
WARN_BELOW_INODES = 20_000


class Disk(Check):
    id = "disk"
    title = "Free disk space"
    group = "Machine"
    proves = "There are free bytes and inodes on the system's and the home folder's file system."
    matters = "On a full disk notebooks are not saved and Theano cannot compile."
    remedy = (
        "Remove what is not needed: `du -xh ~ | sort -h | tail` shows the largest folders; what "
        "Jupyter deletes goes to ~/.local/share/Trash and still counts."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        evidence, poor, low = {}, [], []
        for path in (Path("/"), context.home):
            status = context.statvfs(path)
            free_mb = status.f_bavail * status.f_frsize // 1_000_000
            evidence[str(path)] = {"free_mb": free_mb, "free_inodes": status.f_favail}
            # Some file systems (btrfs) have no fixed number of inodes and report 0 of 0.
            inodes = status.f_favail if status.f_files else WARN_BELOW_INODES
            text = f"{path} has {free_mb} MB and {status.f_favail} inodes free"
            if free_mb < FAIL_BELOW_MB or inodes < FAIL_BELOW_INODES:
                poor.append(text)
            elif free_mb < WARN_BELOW_MB or inodes < WARN_BELOW_INODES:
                low.append(text)
        if poor:
            return failed("; ".join(poor), **evidence)
        if low:
            return warned("; ".join(low), **evidence)
        least = min(each["free_mb"] for each in evidence.values())
        return passed(f"{least:,} MB free", **evidence)
