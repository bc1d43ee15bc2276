"""`python3 -m appliance_check`, and the command `appliance-check`."""

import os
import sys

from . import cli


def main() -> int:
    """Run the command; its exit status. Who stops reading (`| head`) gets no traceback."""
    try:
        status = cli.main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return cli.COULD_NOT_RUN
    return status


if __name__ == "__main__":
    sys.exit(main())
