# From finished layers to the file that is handed out: disk, VMDK, OVF, OVA,
# then its checksum beside it and a manifest of what was built.

build {
  sources = ["source.null.ova"]

  provisioner "shell-local" {
    command = "'${var.python}' -m appliance_build.package '${var.job}'"
  }

  post-processors {
    post-processor "artifice" {
      files = ["${var.output}/${var.artifact}"]
    }
    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${var.output}/${var.artifact}.{{.ChecksumType}}"
    }
    post-processor "manifest" {
      output     = "${var.output}/packer-manifest.json"
      strip_path = true
      custom_data = {
        name    = local.appliance.name
        version = local.appliance.version
      }
    }
  }
}
