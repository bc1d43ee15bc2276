"""The machine under UEFI, over a year later; at last its power is cut while a notebook is saved."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.machine import qemu
from appliance_build.machine.ports import elsewhere

from . import saving
from .guest import Guest

LATER = datetime.now(UTC) + timedelta(days=400)
SUMS = "sha256sum notebooks/*.ipynb .bashrc .theanorc /etc/machine-id /etc/ssh/*.pub"


@pytest.fixture(scope="module")
def uefi(
    disk: Path, description: Description, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guest]:
    """A machine that keeps its changes over a power cut, and whose clock is far ahead."""
    folder = tmp_path_factory.mktemp("uefi")
    ports, clock = elsewhere(description.ports), ["-rtc", f"base={LATER:%Y-%m-%dT%H:%M:%S}"]
    machine = qemu.Qemu(description, disk, folder, ports=ports, firmware="uefi", extra=clock)
    guest = Guest(machine)
    try:
        guest.boot()
        yield guest
    finally:
        guest.machine.power_cut()


def test_uefi_started_it_and_a_password_opens_it(uefi: Guest, bios: Guest):
    assert uefi.host.file("/sys/firmware/efi").is_directory
    assert not bios.host.file("/sys/firmware/efi").exists
    assert uefi.jupyter().page.status_code == 200


def test_a_year_later_the_shipped_cache_still_serves(uefi: Guest):
    """Theano by itself would find the modules too old to use, and delete them."""
    assert int(uefi.ok("date +%s")) >= LATER.timestamp()
    done = uefi.doctor("--only", "cache", "--json", "-")
    [check] = json.loads(done.stdout)["checks"]
    assert (done.rc, check["status"]) == (0, "PASS"), check


def test_two_machines_of_one_ova_differ_in_what_identifies_them(uefi: Guest, bios: Guest):
    assert uefi.machine_id() != bios.machine_id()
    assert uefi.host_key() != bios.host_key()


def test_power_cut_while_saving_loses_nothing_that_was_saved(uefi: Guest, description: Description):
    name = f"{description.lessons[-1]}.ipynb"
    before = sums(uefi)
    saved = saving.Saving(uefi.jupyter(), name)
    saved.wait_for(3, uefi.limit(20))
    uefi.machine.power_cut()
    saved.end()

    uefi.boot()
    text = uefi.host.file(f"/home/{description.user.name}/notebooks/{name}").content_string
    assert saved.done <= saving.version(text) <= saved.begun
    changed = {path for path, digest in sums(uefi).items() if before.get(path) != digest}
    assert changed == {f"notebooks/{name}"}
    assert uefi.host.run("systemctl is-system-running --wait").stdout.strip() == "running"
    listed = uefi.jupyter().get("/api/contents").json()["content"]
    assert sorted(each["name"] for each in listed) == [f"{n}.ipynb" for n in description.lessons]


def sums(guest: Guest) -> dict[str, str]:
    """SHA-256 by path, of files that nothing but the test changes."""
    return {line[66:]: line[:64] for line in guest.ok(SUMS).splitlines()}
