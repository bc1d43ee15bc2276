# One layer: Ansible's roles change the mounted tree over the chroot connection.
# (Packer 1.6.6's own ansible provisioner crashes without a communicator.)

build {
  sources = ["source.null.layer"]

  provisioner "shell-local" {
    command = "ansible-playbook --inventory '${var.tree},' --connection community.general.chroot --extra-vars '@${var.settings}' '${path.root}/../ansible/${var.layer}.yml'"
  }
}
