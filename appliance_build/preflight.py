"""`make preflight`: preflight.py asks about the OVA in build/, and appliance.yml says the rest."""

import subprocess
import sys

from . import description
from .errors import BuildError
from .paths import BUILD, PROJECT


def main(words: list[str]) -> int:
    """Run it with the description's name, memory and ports; its exit status."""
    try:
        appliance = description.load()
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    command = [sys.executable, PROJECT / "preflight.py", *BUILD.glob("*.ova")]
    command += ["--name", appliance.name, "--memory", str(appliance.machine.memory_mb)]
    for _, port in appliance.ports:
        command += ["--port", str(port.host)]
    return subprocess.run([*command, *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
