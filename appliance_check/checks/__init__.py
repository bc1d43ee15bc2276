"""The checks, one file each, in the order in which they run: slow ones last in their group."""

from .blas import Blas
from .cache import Cache
from .data import Data
from .debian import Debian
from .disk import Disk
from .gpu import Gpu
from .imports import Imports
from .lessons import Lessons
from .memory import Memory
from .notebooks import Notebooks
from .ports import Ports
from .python import Python
from .services import Services
from .standins import Standins
from .theano import Theano
from .weights import Weights

CHECKS = (
    Memory(),
    Disk(),
    Services(),
    Ports(),
    Python(),
    Debian(),
    Imports(),
    Theano(),
    Cache(),
    Blas(),
    Gpu(),
    Lessons(),
    Data(),
    Standins(),
    Weights(),
    Notebooks(),
)
