"""Runs a finished OVA: in VirtualBox where it can start machines, else in QEMU.

`control` holds what `make up`, `make down` and `make ssh` do; `qemu.Qemu` is for tests too.
"""
