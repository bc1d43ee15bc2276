"""The tools tree, in which everything runs that shapes bytes; `__main__` has the command."""
