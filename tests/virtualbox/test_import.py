"""The finished OVA, imported by a real VirtualBox and read back."""

import re
import shutil
import tarfile
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.machine.ports import LOOPBACK

from .importer import Imported, Refused, import_ova


@pytest.fixture(scope="module")
def imported(ova: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return import_ova(ova, tmp_path_factory.mktemp("imported"))


def every(info: dict[str, str], pattern: str) -> list[str]:
    """The values of all keys that match."""
    return sorted(value for key, value in info.items() if re.fullmatch(pattern, key))


def test_machine_has_the_described_size(imported: Imported, description: Description):
    machine = description.machine
    assert imported.info["name"].startswith(description.name)
    assert imported.info["cpus"] == str(machine.cpus)
    assert imported.info["memory"] == str(machine.memory_mb)
    assert imported.disk_mb == [machine.disk_gb * 1024]


def test_one_nat_adapter_forwards_the_described_ports_on_loopback_only(
    imported: Imported, description: Description
):
    assert [kind for kind in every(imported.info, r"nic\d+") if kind != "none"] == ["nat"]
    assert imported.info["nic1"] == "nat"
    assert imported.info["nictype1"] == "82540EM"
    forwards = [rule.split(",")[1:] for rule in every(imported.info, r"Forwarding\(\d+\)")]
    assert sorted(forwards) == sorted(
        ["tcp", LOOPBACK, str(port.host), "", str(port.guest)] for _, port in description.ports
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rtcuseutc", "on"),
        ("firmware", "BIOS"),
        ("ioapic", "on"),
        ("longmode", "on"),
        ("paravirtprovider", "default"),
        ("xhci", "off"),  # USB 3 and 2 need an extension pack in older VirtualBox
        ("ehci", "off"),
        ("audio", "none"),
        ("clipboard", "disabled"),
        ("draganddrop", "disabled"),
        ("vrde", "off"),
    ],
)
def test_setting(imported: Imported, key: str, value: str):
    assert imported.info[key] == value


def test_disk_is_on_an_ahci_controller_that_boots(imported: Imported):
    info = imported.info
    assert every(info, r"storagecontrollertype\d+") == ["IntelAhci"]
    assert info["storagecontrollerbootable0"] == "on"
    assert info["boot1"] == "disk"
    assert info[f"{info['storagecontrollername0']}-0-0"].endswith(".vdi")


def test_descriptor_has_no_nvram_item(ova: Path):
    """Older VirtualBox cannot import an OVF that names one."""
    with tarfile.open(ova) as archive:
        [name] = [name for name in archive.getnames() if name.endswith(".ovf")]
        assert b"nvram" not in archive.extractfile(name).read().lower()


def test_flipped_byte_in_the_disk_is_refused(ova: Path, tmp_path: Path):
    broken = copy_with_changed_byte(ova, tmp_path, ".vmdk", lambda data: len(data) // 2)
    with pytest.raises(Refused, match=r"VERR_(ZIP|VD)_\w+|[Dd]igest"):
        import_ova(broken, work_in(tmp_path))


def test_wrong_digest_in_the_manifest_is_refused(ova: Path, tmp_path: Path):
    broken = copy_with_changed_byte(
        ova, tmp_path, ".mf", lambda data: re.search(rb"vmdk\) ?= ?", data).end()
    )
    with pytest.raises(Refused, match=r"[Dd]igest"):
        import_ova(broken, work_in(tmp_path))


def work_in(folder: Path) -> Path:
    work = folder / "work"
    work.mkdir()
    return work


def copy_with_changed_byte(ova: Path, folder: Path, suffix: str, where) -> Path:
    """A copy in which one byte of one member differs; it stays a hexadecimal digit if it was."""
    copy = Path(shutil.copy(ova, folder / "broken.ova"))
    with tarfile.open(copy) as archive:
        [member] = [m for m in archive if m.name.endswith(suffix)]
        position = where(archive.extractfile(member).read())
    with copy.open("r+b") as file:
        file.seek(member.offset_data + position)
        [byte] = file.read(1)
        file.seek(-1, 1)
        file.write(b"1" if byte == ord("0") else b"0")
    return copy
