"""An accelerator counts only if a kernel was heard under it."""

import os
import time
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.machine import accelerator
from appliance_build.machine.accelerator import TCG, Accelerator

from . import guests

PRETENDED = Accelerator("pretended", TCG.arguments, 1)
SPOKEN = "[    0.000000] Linux version 6.1.0"


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A device that can be opened, and a cache of our own."""
    path = tmp_path / "kvm"
    path.touch()
    monkeypatch.setattr(accelerator, "_DEVICE", path)
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    return path


def boot(folder: Path, message: str) -> list[str]:
    return accelerator.disk(guests.disk(folder, message))


def test_speaking_kernel_proves_it_long_before_the_limit(tmp_path: Path):
    start = time.monotonic()
    assert accelerator.speaks(TCG, boot(tmp_path, SPOKEN), seconds=60)
    assert time.monotonic() - start < 30


def test_kernel_that_hangs_after_its_loader_proves_nothing(tmp_path: Path):
    assert not accelerator.speaks(TCG, boot(tmp_path, "Booting the kernel"), seconds=3)


def test_kernel_that_speaks_chooses_the_fast_one(tmp_path: Path):
    assert accelerator.choose(boot(tmp_path, SPOKEN), PRETENDED) is PRETENDED


def test_silent_kernel_falls_back_to_emulation(tmp_path: Path):
    assert accelerator.choose(boot(tmp_path, ""), PRETENDED, seconds=3) is TCG


def test_device_that_may_not_be_used_needs_no_proof(device: Path, no_programs: None):
    device.unlink()
    assert accelerator.choose([], PRETENDED) is TCG


def test_proof_holds_until_the_host_restarts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_programs: None
):
    with monkeypatch.context() as usual:
        usual.setenv("PATH", os.defpath)
        proof = boot(tmp_path, SPOKEN)
        accelerator.choose(proof, PRETENDED)
    assert accelerator.choose(proof, PRETENDED) is PRETENDED  # no QEMU is there to ask again

    restarted = tmp_path / "boot_id"
    restarted.write_text("another\n")
    monkeypatch.setattr(accelerator, "_BOOT_ID", restarted)
    with pytest.raises(BuildError, match="qemu-system-x86_64 is not installed"):
        accelerator.choose(proof, PRETENDED)


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"boot_id": 3}'])
def test_damaged_memory_is_asked_again(tmp_path: Path, kept: str):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "accelerator.json").write_text(kept)
    assert accelerator.choose(boot(tmp_path, SPOKEN), PRETENDED) is PRETENDED
