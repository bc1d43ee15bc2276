"""Local mode: `python3 -m appliance_build.local --help`."""

import argparse
import os
import sys
from pathlib import Path

from ..errors import BuildError
from . import command


def port(text: str) -> int:
    """A port that needs no root."""
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port from 1024 to 65535")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(
        prog="python3 -m appliance_build.local",
        description="The lessons on this computer, without virtual machine or container.",
    )
    commands = whole.add_subparsers(dest="command", required=True)
    texts = {
        "up": "start it, wait until Jupyter answers, print the address",
        "stop": "stop it; the work stays",
        "check": "run appliance-check in it",
        "clean": "stop it and remove all that it made",
    }
    made = {name: commands.add_parser(name, help=text) for name, text in texts.items()}
    for each in made.values():
        each.add_argument("folder", type=Path, help="where local mode keeps all that it has")
    made["up"].add_argument("--port", type=port, help="another than that of appliance.yml")
    made["up"].add_argument(
        "--system", type=Path, help="the folder of another local mode, whose system is used"
    )
    made["check"].add_argument(
        "arguments", nargs=argparse.REMAINDER, help="of appliance-check; see its --help"
    )
    made["clean"].add_argument("--save", type=Path, help="a new folder, for the attendee's work")
    made["clean"].add_argument("--force", action="store_true", help="remove work, too")
    return whole


def main() -> int:
    """Run a command; returns its exit status: 1 after an error, 130 after Ctrl-C."""
    os.umask(0o022)
    options = vars(parser().parse_args())
    action = getattr(command, options.pop("command"))
    try:
        return action(**options) or 0
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"error: {error.filename} is another user's or root's; use sudo", file=sys.stderr)
        return 1
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        print(f"error: cannot use{place}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; run the command again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
