"""What a failing VBoxManage means to the person who reads it, and the way out."""

import re

_DRIVER = r"VERR_VM_DRIVER_|kernel driver not |terminated unexpectedly during startup"
_IN_USE = r"VERR_VMX_IN_VMX_ROOT_MODE|VERR_SVM_IN_USE"
_OFF = r"VERR_VMX_NO_VMX|VERR_SVM_DISABLED|VERR_SVM_NO_SVM|VERR_VMX_MSR_\w*DISABLED"
_FULL = r"VERR_DISK_FULL|No space left"
_MEMORY = r"VERR_NO_(PHYS_)?MEMORY|not enough (free )?memory"
_LEFTOVER = r"VERR_ALREADY_EXISTS|already exists"
_DAMAGED = r"Digest mismatch|digest of|VERR_ZIP_CORRUPTED|VERR_VD_VMDK|VERR_TAR_"

_MEANINGS = {
    _DRIVER: "its kernel driver is not loaded or does not fit; run `sudo /sbin/vboxconfig`",
    _IN_USE: "another hypervisor holds the processor's virtualisation; stop it "
    "(for KVM: `sudo modprobe -r kvm_intel kvm_amd`)",
    _OFF: "the processor's virtualisation (VT-x or AMD-V) is switched off; switch it on in the "
    "computer's firmware setup",
    _FULL: "the disk is full; make room and try again",
    _MEMORY: "there is not enough free memory; close other programs and try again",
    _LEFTOVER: "an earlier import left files behind; remove them and try again",
    _DAMAGED: "the OVA is damaged; build it again with `make ova`, or copy it again",
}


def sentence(said: str) -> str:
    """One line for what VBoxManage wrote on stderr; its own words where the cause is unknown."""
    lines = re.findall(r"VBoxManage: error: (?!Details: |Context: )(.+)", said)
    own = (lines or said.strip().splitlines() or ["it gave no reason"])[-1].rstrip(".")
    for pattern, meaning in _MEANINGS.items():
        if re.search(pattern, said, re.IGNORECASE):
            return f"{meaning} (VirtualBox says: {own})"
    return own
