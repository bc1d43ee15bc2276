# A finished OVA with the organiser's own changes: its machine is started, the playbook changes it
# over SSH, and what has changed becomes one more layer of a new OVA.

build {
  sources = ["source.virtualbox-ovf.customise", "source.qemu.customise"]

  provisioner "shell-local" {
    command = "ansible-playbook --inventory '${var.inventory}' --extra-vars ansible_port=${build.Port} '${path.root}/prepare.yml'"
  }

  provisioner "shell-local" {
    command = "ansible-playbook --inventory '${var.inventory}' --extra-vars ansible_port=${build.Port} '${var.playbook}'"
  }

  provisioner "shell-local" {
    command = "ansible-playbook --inventory '${var.inventory}' --extra-vars ansible_port=${build.Port} '${path.root}/collect.yml'"
  }

  post-processors {
    post-processor "shell-local" {
      command = "'${var.python}' -m appliance_build.customise.pack '${var.job}'"
    }
    post-processor "artifice" {
      files = [var.target]
    }
    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${var.target}.{{.ChecksumType}}"
    }
  }
}
