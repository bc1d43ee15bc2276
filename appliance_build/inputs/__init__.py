"""What a build takes in: the locks, and fetching by hash what they name."""
