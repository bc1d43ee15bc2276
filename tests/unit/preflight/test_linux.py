"""Pains of people with Linux that this machine does not have."""

import pytest

from .computers import linux, only, results


@pytest.fixture
def ova(stick):
    return stick / "workshop.ova"


def test_a_healthy_pc_is_ready(tmp_path, ova):
    assert {o.status for o in results(linux(tmp_path), ova).values()} == {"PASS"}


@pytest.mark.parametrize("python", ["aarch64", "i686", "riscv64"])
def test_another_processor_is_told_at_once(tmp_path, ova, python):
    computer = linux(tmp_path)
    computer.python = python
    first, *others = results(computer, ova).values()
    assert first.status == "FAIL" and python in first.message
    assert {o.status for o in others} == {"SKIP"}


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        ("fpu lm svm", "PASS", "AMD-V"),
        ("fpu lm sse4_2", "FAIL", "switched off"),
        ("fpu lm hypervisor", "FAIL", "itself a virtual machine"),
        ("fpu lm vmx hypervisor", "PASS", "VT-x"),
    ],
)
def test_virtualisation_is_what_the_processors_flags_say(tmp_path, ova, flags, status, said):
    computer = linux(tmp_path)
    computer.files["/proc/cpuinfo"] = f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: vmx\n"
    assert said in only(computer, ova, "virtualisation", status).message


def kvm(computer, users="0", at_load="", kernel=(6, 1), version="7.1.12r169651", machines="/"):
    """KVM's module is loaded."""
    computer.files["/proc/modules"] += f"kvm_amd 237568 {users} - Live 0x0\n"
    computer.files["/sys/module/kvm/parameters/enable_virt_at_load"] = at_load
    computer.linux = kernel
    computer.vbox(version, machines)
    return computer


@pytest.mark.parametrize(
    ("version", "kernel", "at_load", "status", "why"),
    [
        ("7.0.20", (6, 1), "", "PASS", "older kernels share"),
        ("7.1.12", (6, 12), "Y\n", "FAIL", "VirtualBox/virtualbox#81, #188"),
        ("7.1.12", (6, 14), "N\n", "PASS", "VirtualBox/virtualbox#141"),
        ("7.2.2", (6, 16), "Y\n", "WARN", "VirtualBox/virtualbox#222"),
        ("7.2.12", (6, 18), "Y\n", "PASS", "VirtualBox/virtualbox#711"),
        ("7.2.12", (6, 18), "N\n", "FAIL", "VirtualBox/virtualbox#711, #713"),
        ("7.2.12", (6, 12), "Y\n", "FAIL", "void-linux/void-packages#61332"),
    ],
)
def test_kvm_is_in_the_way_of_some_versions_and_kernels(
    tmp_path, ova, version, kernel, at_load, status, why
):
    computer = kvm(linux(tmp_path), "0", at_load, kernel, version, tmp_path)
    found = only(computer, ova, "hypervisor", status)
    if status == "FAIL":
        assert "modprobe" in found.remedy, why


def test_virtualbox_7_2_0_with_kvm_is_a_guru_meditation(tmp_path, ova):
    """VirtualBox/virtualbox#139."""
    computer = kvm(linux(tmp_path), "0", "Y\n", (6, 16), "7.2.0r170228", tmp_path)
    found = only(computer, ova, "hypervisor", "FAIL", also=("virtualbox",))
    assert "sudo modprobe -r kvm_amd" in found.remedy
    found = only(computer, ova, "virtualbox", "WARN", also=("hypervisor",))
    assert "Guru Meditation" in found.message


def test_a_running_machine_of_kvm_holds_the_processor_whatever_the_kernel(tmp_path, ova):
    found = only(kvm(linux(tmp_path), "4", machines=tmp_path), ova, "hypervisor", "FAIL")
    assert "kvm_amd is in use" in found.message


def test_kvm_built_into_the_kernel_is_seen(tmp_path, ova):
    computer = kvm(linux(tmp_path), "0", "Y\n", (6, 12), machines=tmp_path)
    computer.files["/proc/modules"] = ""
    computer.files["/sys/module/kvm_intel"] = ""
    assert "kvm_intel" in only(computer, ova, "hypervisor", "FAIL").message


def test_a_missing_kernel_driver_is_found(tmp_path, ova):
    """With it missing, VBoxManage puts a warning before its version."""
    computer = linux(tmp_path)
    warning = (
        "WARNING: The character device /dev/vboxdrv does not exist.\n"
        "\t Please install the virtualbox-dkms package and the appropriate\n"
        "\t headers, most likely linux-headers-amd64.\n\n"
    )
    computer.said["VBoxManage --version"] = f"{warning}7.0.16_Debianr162802\n"
    del computer.files["/dev/vboxdrv"]
    found = only(computer, ova, "driver", "FAIL")
    assert "vboxconfig" in found.remedy
    assert "7.0.16" in results(computer, ova)["virtualbox"].message


@pytest.mark.parametrize("version", ["6.1.50r161033", "5.2.44r139111"])
def test_an_old_virtualbox_is_found(tmp_path, ova, version):
    computer = linux(tmp_path)
    computer.said["VBoxManage --version"] = version
    found = only(computer, ova, "virtualbox", "FAIL")
    assert version[:3] in found.message and "Install VirtualBox 7" in found.remedy


def test_a_virtualbox_that_names_no_version_is_no_pass(tmp_path, ova):
    computer = linux(tmp_path)
    computer.said["VBoxManage --version"] = "Segmentation fault\n"
    assert "Segmentation fault" in only(computer, ova, "virtualbox", "SKIP").message
