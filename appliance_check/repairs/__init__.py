"""The repairs of `--fix`, in the order in which they are offered: what others need comes first."""

from .cache import RebuildCache, StaleLock
from .disk import EmptyCaches, EmptyTrash
from .home import Permissions, ShippedSettings
from .lessons import RestoreLessons
from .services import RestartJupyter, RestartSsh, SshKey

REPAIRS = (
    EmptyCaches(),
    EmptyTrash(),
    Permissions(),
    RestartJupyter(),
    SshKey(),
    RestartSsh(),
    StaleLock(),
    ShippedSettings(),
    RebuildCache(),
    RestoreLessons(),
)
