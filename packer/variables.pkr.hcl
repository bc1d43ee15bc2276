# What the Python build hands to a template.

variable "layer" {
  type        = string
  default     = ""
  description = "Which layer to provision: its playbook is ansible/<layer>.yml."
}

variable "tree" {
  type        = string
  default     = ""
  description = "Folder of the mounted root tree that the roles change."
}

variable "settings" {
  type        = string
  default     = ""
  description = "JSON file with the part of appliance.yml that the layer may use."
}

variable "python" {
  type        = string
  default     = "python3"
  description = "Interpreter with the build's libraries (locks/tools.lock)."
}

variable "job" {
  type        = string
  default     = ""
  description = "JSON file that names the layers to pack and the folder for the result."
}

variable "output" {
  type        = string
  default     = "build"
  description = "Folder that gets the artifact, its checksum and the manifest."
}

variable "artifact" {
  type        = string
  default     = ""
  description = "File name of what is handed out."
}

variable "name" {
  type        = string
  default     = ""
  description = "Name of the appliance, for the manifest."
}

variable "version" {
  type        = string
  default     = ""
  description = "Its version."
}
