"""Threads of OpenMP, on which oneDNN and our loops compute: OMP_NUM_THREADS says how many."""

import ctypes
import os

NAME = "libgomp.so.1"

#: Turns of a waiting loop before a thread sleeps. By itself it turns for milliseconds, and takes
#: the processor from the thread that it waits for where other programs or BLAS want it, too. With
#: 1000 it falls asleep between the operations of a small network, whose steps take a fifth longer.
PATIENCE = "3000"


def settle() -> None:
    """Make them wait with little noise, and survive a fork.

    The first only works if nobody has loaded OpenMP's library before, and a value in the
    environment counts more. A forked process has none of the threads that its parent made, and
    would wait for them for ever: it computes on one.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & set(os.environ):
        os.environ["GOMP_SPINCOUNT"] = PATIENCE
    os.register_at_fork(after_in_child=_compute_alone)


def _compute_alone() -> None:
    try:
        openmp = ctypes.CDLL(NAME)
    except OSError:
        return
    openmp.omp_set_num_threads(1)
