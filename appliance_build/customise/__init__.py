"""A finished OVA with an organiser's own changes: `make customise` and its Packer template."""
