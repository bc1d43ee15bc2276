"""The programs that run here, and what opens Jupyter."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .context import Context

# The command lines of what the appliance starts have these in them (Ansible's role jupyter,
# docker/inside).
JUPYTER = "/workshop-jupyter"
SETTINGS = "/etc/workshop/"


@dataclass(frozen=True)
class Program:
    """A process that is not the kernel's own."""

    folder: Path  # in /proc
    words: list[str]

    @property
    def uid(self) -> int:
        """Whose rights it has. Raises OSError when it has ended."""
        lines = (self.folder / "status").read_text(errors="replace").splitlines()
        return next(int(line.split()[2]) for line in lines if line.startswith("Uid:"))

    @property
    def environment(self) -> dict[str, str]:
        """As it was started. Raises OSError when it has ended or is somebody else's."""
        text = (self.folder / "environ").read_bytes().decode(errors="replace")
        return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def programs(proc: Path) -> Iterator[Program]:
    """All of them."""
    for path in proc.glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            continue  # it ended meanwhile
        if words != [""]:
            yield Program(path.parent, words)


def services(proc: Path) -> list[Program]:
    """Jupyter; in a container also sshd and what keeps both running."""
    return [
        program
        for program in programs(proc)
        if _is_jupyter(program) or any(word.startswith(SETTINGS) for word in program.words)
    ]


def jupyter(proc: Path) -> Program | None:
    """The attendee's Jupyter server."""
    return next(filter(_is_jupyter, services(proc)), None)


def _is_jupyter(program: Program) -> bool:
    """Jupyter itself, by interpreter and program: what starts it in local mode names it, too."""
    return any(word.endswith(JUPYTER) for word in program.words[:2])


def token(context: Context) -> str | None:
    """What opens Jupyter: nothing in the virtual machine; None where it cannot be known."""
    if not context.beside_others:
        return ""
    server = jupyter(context.proc)
    try:
        return server.environment.get("JUPYTER_TOKEN") if server else None
    except OSError:
        return None
