"""How a lesson starts: which parameters, which seed, which device."""

import os
import tempfile
from pathlib import Path

import numpy as np

from .errors import WorkshopError

PROFILES = ("quick", "full")


class SettingsError(WorkshopError):
    """An environment variable has a value that means nothing."""


def profile() -> str:
    """'full', or 'quick' when `WORKSHOP_PROFILE` says so (automatic checks do).

    Raises:
        SettingsError: the variable has another value.
    """
    value = os.environ.get("WORKSHOP_PROFILE") or "full"
    if value not in PROFILES:
        raise SettingsError(
            f"the environment variable WORKSHOP_PROFILE is {value!r}; set it to "
            f"{' or '.join(PROFILES)}, or leave it out"
        )
    return value


def seed(value: int) -> None:
    """Fix the random numbers of Lasagne: first weights and dropout."""
    import lasagne

    lasagne.random.set_rng(np.random.RandomState(value))


def own_file(name: str) -> Path:
    """Where a lesson may write a file of the attendee's: beside the notebook.

    In the temporary folder where that is read only, as when the appliance is built.
    """
    here = Path.cwd()
    return (here if os.access(here, os.W_OK) else Path(tempfile.gettempdir())) / name


def device_line() -> str:
    """One line: versions, where Theano computes, in which precision, with which BLAS.

    `theano.config.device` still says 'cuda' when no GPU could be started, so this asks
    the GPU back end itself.
    """
    import theano

    config = theano.config
    cores = len(os.sched_getaffinity(0))
    place = f"the CPU ({cores} core{'s' if cores > 1 else ''})"
    if config.device != "cpu":
        from theano import gpuarray

        if gpuarray.pygpu_activated:
            place = f"the GPU ({config.device})"
        else:
            place += f", because the GPU ({config.device}) did not start"
    blas = config.blas.ldflags or "none, so that matrix products are slow"
    return (
        f"Theano {theano.__version__} computes on {place} in {config.floatX}; "
        f"BLAS: {blas}; NumPy {np.__version__}."
    )
