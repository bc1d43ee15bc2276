# From finished layers to a file that is handed out: the OVA (disk, VMDK, OVF) or the image,
# then its checksum beside it and a manifest of what was built.

build {
  sources = ["source.null.ova", "source.null.image"]

  provisioner "shell-local" {
    only    = ["null.ova"]
    command = "'${var.python}' -m appliance_build.package '${var.job}'"
  }

  provisioner "shell-local" {
    only    = ["null.image"]
    command = "'${var.python}' -m appliance_build.image '${var.job}'"
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
      output     = "${var.output}/${var.artifact}.manifest.json"
      strip_path = true
      custom_data = {
        name    = var.name
        version = var.version
      }
    }
  }
}
