# Two ways to run the finished machine. Either is thrown away after its changes were taken out of
# it, so that it need neither be shut down nor exported. What forwards to it listens on the
# loopback interface alone.

source "virtualbox-ovf" "customise" {
  source_path             = var.ova
  checksum                = "none"
  vm_name                 = var.machine
  output_directory        = "${var.work}/machine"
  headless                = true
  skip_export             = true
  guest_additions_mode    = "disable"
  virtualbox_version_file = ""
  boot_wait               = "1s"

  vboxmanage = [
    # The attendees' forwards: their ports may be taken by a machine that runs already.
    ["modifyvm", "{{ .Name }}", "--natpf1", "delete", "jupyter"],
    ["modifyvm", "{{ .Name }}", "--natpf1", "delete", "ssh"],
    ["modifyvm", "{{ .Name }}", "--uart1", "0x3F8", "4"],
    ["modifyvm", "{{ .Name }}", "--uartmode1", "file", var.console],
  ]

  ssh_port               = var.ssh_port
  ssh_username           = var.user
  ssh_password           = var.password
  ssh_timeout            = "${var.seconds}s"
  ssh_handshake_attempts = 1000 # a port is forwarded long before sshd answers there
}

source "qemu" "customise" {
  iso_url          = var.disk
  iso_checksum     = "none"
  disk_image       = true
  skip_resize_disk = true
  format           = "qcow2"
  vm_name          = "${var.machine}.qcow2"
  output_directory = "${var.work}/machine"
  headless         = true
  disable_vnc      = true
  accelerator      = "none" # -accel below
  cpus             = var.cpus
  memory           = var.memory_mb
  net_device       = "e1000"
  boot_wait        = "1s"

  qemuargs = [
    ["-machine", "type=pc"],
    ["-accel", var.accelerator],
    ["-cpu", var.processor],
    ["-serial", "file:${var.console}"],
    ["-vnc", "none"], # disable_vnc only says that nothing is typed there
    # Packer's own forward listens on all interfaces.
    ["-netdev", "user,id=user.0,hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:${var.ssh_port}"],
  ]

  ssh_port               = var.ssh_port
  ssh_username           = var.user
  ssh_password           = var.password
  ssh_timeout            = "${var.seconds}s"
  ssh_handshake_attempts = 1000
}
