"""Builds the appliance: layers, disk, OVA. `python3 -m appliance_build --help`."""
