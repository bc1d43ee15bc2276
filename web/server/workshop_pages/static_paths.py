"""Where Jupyter's own static files are: looked for each time.

Jupyter Server remembers a file's place by its name alone. JupyterLab and Notebook have fonts of the
same name, a hash, each in a folder of its own: the second of the two to ask got status 403.
"""

from jupyter_server.base.handlers import FileFindHandler


class _Forgetful(dict):
    """Keeps nothing."""

    def __setitem__(self, name: str, place: str) -> None:
        """To look again takes a few calls of stat(2)."""


def look_each_time() -> None:
    """Let no handler of static files remember a place."""
    FileFindHandler._static_paths = _Forgetful()
