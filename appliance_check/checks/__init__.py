"""The checks, one file each, in the order in which they are reported.

A check that others need stands before them.
"""

from .blas import Blas
from .cache import Cache
from .clock import Clock
from .cpu import Cpu
from .data import Data
from .debian import Debian
from .disk import Disk
from .gpu import Gpu
from .guest import Guest
from .imports import Imports
from .kernel import Kernel
from .leftovers import Leftovers
from .lessons import Lessons
from .locale import Locale
from .memory import Memory
from .network import Network
from .notebooks import Notebooks
from .pages import Pages
from .ports import Ports
from .python import Python
from .services import Services
from .ssh import Ssh
from .standins import Standins
from .theano import Theano
from .users import Users
from .weights import Weights

CHECKS = (
    Guest(),
    Cpu(),
    Memory(),
    Disk(),
    Clock(),
    Users(),
    Locale(),
    Leftovers(),
    Services(),
    Ports(),
    Network(),
    Pages(),
    Ssh(),
    Kernel(),
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
