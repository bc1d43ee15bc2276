"""The helper that acts as root: `workshop-update`. Attendees type `workshop update`.

usage: workshop-update install < FILE | rollback | finish | state | restart
"""

import argparse
import json
import subprocess
import sys

from . import Refused, finish, install, state
from .machine import Machine


def main(words: list[str] | None = None, machine: Machine | None = None) -> int:
    """Do one thing; 1 after a refusal, in one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="workshop-update")
    parser.add_argument("action", choices=("install", "rollback", "finish", "state", "restart"))
    action = parser.parse_args(words).action
    machine = machine or Machine()
    try:
        if action == "install":
            print(f"verified and taken in: restart to finish, and this is {_install(machine)}")
        elif action == "rollback":
            print(install.roll_back(machine))
        elif action == "finish":
            finish.finish(machine)
        elif action == "state":
            print(json.dumps(state.state(machine)))
        else:
            subprocess.run(["systemctl", "reboot"], check=True)
    except Refused as refusal:
        print(f"workshop: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"workshop: the disk refuses: {error.strerror}{place}", file=sys.stderr)
        return 1
    return 0


def _install(machine: Machine) -> str:
    return install.install(machine, sys.stdin.buffer)


if __name__ == "__main__":
    sys.exit(main())
