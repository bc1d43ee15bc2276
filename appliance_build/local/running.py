"""Jupyter in its sandbox: started, waited for, stopped, entered."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from appliance_check.sockets import LISTEN, sockets

from ..errors import BuildError
from ..run import tail
from . import sandbox
from .folder import FACTS, Folder
from .person import Person

LOOPBACK = "127.0.0.1"
SECONDS = 90  # for Jupyter's start, on a busy old computer
ENDING = 15  # for its end; then it is killed
PROC = Path("/proc")

#: What bubblewrap says where ordinary users may make no name spaces (Ubuntu 24.04's AppArmor,
#: kernels with that switched off).
FORBIDDEN = ("setting up uid map", "creating new namespace", "No permissions to create")


def require_free(port: int) -> None:
    """Refuse a port that is taken.

    Raises:
        BuildError: it is; with the name of the program that has it.
    """
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        raise BuildError(
            f"port {port} on {LOOPBACK} is taken by {holder(port)}; stop it, change "
            "ports.jupyter.host in appliance.yml, or name another: make local ARGS='--port N'"
        ) from None


def holder(port: int) -> str:
    """The listening program as "name (pid N)"; the name may be hidden from ordinary users."""
    inodes = {f"socket:[{s.inode}]" for s in sockets(PROC) if (s.port, s.state) == (port, LISTEN)}
    for descriptor in PROC.glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # another user's, or it is closed by now
            if str(descriptor.readlink()) in inodes:
                process = descriptor.parent.parent
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return f"another user's program (`sudo ss -ltnp 'sport = :{port}'` names it)"


def start(folder: Folder, person: Person, port: int) -> subprocess.Popen:
    """Start Jupyter in the background, as nobody's child: it outlives this command.

    Raises:
        BuildError: the port is taken.
    """
    require_free(port)
    with folder.seen_by(person) as seen:
        token = _token(seen)
        facts = _note(seen, person, port)
        lock = seen.running_lock()
        log = (seen.run / "jupyter.log").open("w")
        info = (seen.run / "sandbox.json").open("w")
    secret = {"JUPYTER_TOKEN": token, "JUPYTER_PORT": str(port)}
    with lock, log, info:
        passed = (lock.fileno(), info.fileno())
        # The lock is held as long as anything runs inside; the number of the first process there
        # is written down.
        options = ("--sync-fd", str(passed[0]), "--info-fd", str(passed[1]))
        return subprocess.Popen(
            sandbox.words(folder, facts, person, sandbox.JUPYTER, *options),
            env=sandbox.environment(facts) | secret,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=passed,
            start_new_session=True,
            cwd="/",
        )


def wait(folder: Folder, port: int) -> float:
    """Wait until Jupyter answers; returns the seconds that it took.

    Raises:
        BuildError: it ended, or did not answer in time; with the end of its log.
    """
    begin = time.monotonic()
    log = folder.run / "jupyter.log"
    while not _answers(port):
        if not folder.is_running():
            said = log.read_text(errors="replace")
            if any(sign in said for sign in FORBIDDEN):
                raise BuildError(
                    f"this system lets ordinary users make no name spaces ({said.strip()}); "
                    "start it with `sudo make local`: Jupyter then runs as you all the same"
                )
            raise BuildError(f"Jupyter ended; the end of its log ({log}):\n{tail(log)}")
        if time.monotonic() - begin > SECONDS:
            raise BuildError(
                f"Jupyter did not answer within {SECONDS} s; `make local-stop` ends it; "
                f"the end of its log ({log}):\n{tail(log)}"
            )
        time.sleep(0.1)
    return time.monotonic() - begin


def stop(folder: Folder) -> None:
    """End Jupyter with its kernels; kill what does not end.

    Raises:
        BuildError: it is another user's, or does not end.
    """
    first = first_process(folder)
    if first is None:
        return
    try:
        # Its one child is Jupyter: bubblewrap's own first process hears no signal but the last.
        for child in (PROC / f"{first}/task/{first}/children").read_text().split():
            os.kill(int(child), signal.SIGTERM)
        if not folder.has_ended(ENDING):
            os.kill(first, signal.SIGKILL)
    except (ProcessLookupError, FileNotFoundError):
        pass  # it has just ended
    except PermissionError:
        raise BuildError("it was started by root; stop it with sudo") from None
    if not folder.has_ended(ENDING):
        raise BuildError(f"process {first} does not end; end it yourself: kill -9 {first}")


def first_process(folder: Folder) -> int | None:
    """The number of the first process in the sandbox; None if nothing runs.

    It is that of this start: bubblewrap writes it while the lock is held.
    """
    while folder.is_running():
        with contextlib.suppress(ValueError, KeyError):
            return json.loads((folder.run / "sandbox.json").read_text())["child-pid"]
        time.sleep(0.05)  # it is starting
    return None


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/api")
        return "version" in json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _token(folder: Folder) -> str:
    """What opens Jupyter: the same at each start, so that a kept address goes on working."""
    path = folder.run / "token"
    if not path.exists():
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_hex(24))
        part.replace(path)
    return path.read_text()


def _note(folder: Folder, person: Person, port: int) -> dict:
    """Write down what differs from the appliance as it was built: user's number, ports."""
    facts = folder.built()
    user = facts["user"]["name"]
    facts["user"]["uid"] = person.uid
    facts["ports"] = {"jupyter": {"host": port, "guest": port}}
    (folder.run / FACTS.name).write_text(json.dumps(facts), encoding="utf-8")
    for name, number in {"passwd": f"{person.uid}:{person.gid}", "group": str(person.gid)}.items():
        lines = (folder.system / "etc" / name).read_text().splitlines()
        place = 2 + len(number.split(":"))
        for at, line in enumerate(lines):
            fields = line.split(":")
            if fields[0] == user:
                lines[at] = ":".join([*fields[:2], number, *fields[place:]])
        (folder.run / name).write_text("\n".join(lines) + "\n")
    return facts
