"""GPU or CPU for Theano: the GPU where there is one that works, else one line that says why not.

Theano itself would fall back without a word (docs/docker.md).
"""

import subprocess
import sys

from appliance_check.checks.gpu import explain
from appliance_check.context import detect_profile

from . import STATE, say

SECONDS = 120  # a driver that hangs must not keep the lessons from starting

#: The first file of THEANORC; what ~/.theanorc says comes after it and wins.
THEANORC = STATE / "theanorc"


def choose() -> None:
    """Find out, say it, and write it down for every Theano in this container."""
    if detect_profile() != "cuda":
        _write("cpu", "this image has no CUDA; the one tagged cuda has")
        return
    name, problem = _probe()
    if problem:
        _write("cpu", problem)
        say(f"no GPU   {problem}; Theano computes on the CPU")
    else:
        _write("cuda", name)
        say(f"GPU      {name}")


def _probe() -> tuple[str, str]:
    """The GPU's name, or what keeps it from computing."""
    words = [sys.executable, "-m", "appliance_check.probes.device"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "", f"the GPU did not answer within {SECONDS} s"
    lines = (done.stdout.strip() or "no answer").splitlines()
    if done.returncode:
        last = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
        meaning, remedy = explain(last)
        return "", f"{meaning}{f' ({remedy.rstrip(chr(46))})' if remedy else ''}"
    return lines[-1], ""


def _write(device: str, note: str) -> None:
    THEANORC.write_text(f"# {note}\n[global]\ndevice = {device}\n", encoding="utf-8")
