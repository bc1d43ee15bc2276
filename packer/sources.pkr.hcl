# Nothing is started and nothing is connected to: the trees are folders here.

source "null" "layer" {
  communicator = "none"
}

source "null" "ova" {
  communicator = "none"
}

source "null" "image" {
  communicator = "none"
}
