# What `make customise` hands to the templates, in a file that only its user can read: a variable
# on the command line would show the password to everybody on the computer.

variable "ova" {
  type        = string
  description = "The finished OVA, for VirtualBox."
}

variable "disk" {
  type        = string
  description = "Its disk, unpacked, for QEMU."
}

variable "machine" {
  type        = string
  description = "Name of the machine while it runs."
}

variable "user" {
  type        = string
  description = "Who logs in and may use sudo: the attendees' user."
}

variable "password" {
  type        = string
  description = "That user's password."
}

variable "ssh_port" {
  type        = number
  description = "Where sshd listens inside the machine."
}

variable "seconds" {
  type        = number
  description = "How long the machine may take until it answers over SSH."
}

variable "cpus" {
  type        = number
  description = "Processors of the machine."
}

variable "memory_mb" {
  type        = number
  description = "Memory of the machine in MiB."
}

variable "accelerator" {
  type        = string
  description = "QEMU's -accel: kvm where a kernel was seen to boot under it, else tcg."
}

variable "processor" {
  type        = string
  description = "QEMU's -cpu."
}

variable "console" {
  type        = string
  description = "File that takes what the machine writes to its serial console."
}

variable "work" {
  type        = string
  description = "Folder for what is made on the way; it is removed afterwards."
}

variable "inventory" {
  type        = string
  description = "Ansible's inventory: the machine, and how to log in."
}

variable "playbook" {
  type        = string
  description = "The organiser's own playbook."
}

variable "python" {
  type        = string
  description = "Interpreter with the build's libraries (locks/host.lock)."
}

variable "job" {
  type        = string
  description = "JSON file that names the layers, the changes and the file to write."
}

variable "target" {
  type        = string
  description = "The OVA to write."
}
