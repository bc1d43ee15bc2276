"""What VBoxManage says becomes one sentence with a way out. Texts as VirtualBox 7 prints them."""

import pytest

from appliance_build.machine.virtualbox_errors import sentence

_TAIL = """
VBoxManage: error: Details: code VBOX_E_IPRT_ERROR (0x80bb0005), component ConsoleWrap
VBoxManage: error: Context: "LaunchVMProcess()" at line 921 of file VBoxManageMisc.cpp
"""


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE).", "modprobe -r"),
        ("AMD-V is disabled in the BIOS (VERR_SVM_DISABLED)", "firmware setup"),
        ("VT-x is disabled in the BIOS (VERR_VMX_MSR_ALL_VMX_DISABLED)", "firmware setup"),
        ("The VM 'a' has terminated unexpectedly during startup", "vboxconfig"),
        ("Not enough free memory (VERR_NO_MEMORY)", "close other programs"),
        ("Could not create the disk 'a.vdi' (VERR_DISK_FULL)", "make room"),
        ("Machine settings file 'a.vbox' already exists", "remove them"),
        ("Digest mismatch (a-disk1.vmdk)", "make ova"),
    ],
)
def test_known_cause_has_a_way_out(said: str, advice: str):
    line = sentence(f"VBoxManage: error: {said}{_TAIL}")
    assert advice in line
    assert said.rstrip(".") in line
    assert "\n" not in line


def test_unknown_cause_keeps_the_most_precise_words():
    said = "VBoxManage: error: Appliance import failed\nVBoxManage: error: Odd thing."
    assert sentence(said + _TAIL) == "Odd thing"
    assert sentence("") == "it gave no reason"
