"""usage: workshop-start [COMMAND...]      without a command: Jupyter and sshd"""

import os
import sys

from . import Refusal, credentials, description, device, home, machine, person, say

SUPERVISOR = ("/usr/bin/supervisord", "--configuration", "/etc/workshop/supervisord.conf")


def main() -> None:
    """Get ready, then become what was asked for."""
    appliance = description()
    machine.check_processor()
    person.check_not_root()
    machine.make_state()
    name = appliance["user"]["name"]
    place = home.find(name)
    person.name_this(name, appliance["user"]["uid"], place)
    os.environ |= {"HOME": str(place), "USER": name, "LOGNAME": name}
    home.link_work(place)
    machine.warn_of_limits(appliance["machine"]["memory_mb"])
    device.choose()
    command = sys.argv[1:]
    if not command:
        ports = {name: port["host"] for name, port in appliance["ports"].items()}
        machine.check_free(ports)
        secrets = credentials.both(appliance["user"]["password"])
        credentials.write(secrets, place)
        os.environ |= {f"{service.upper()}_PORT": str(port) for service, port in ports.items()}
        os.environ["JUPYTER_TOKEN"] = secrets.token
        os.environ.pop("SSH_PASSWORD", None)
        _greet(appliance, ports, secrets)
        command = [*SUPERVISOR]
    os.execvp(command[0], command)


def _greet(appliance: dict, ports: dict[str, int], secrets: credentials.Secrets) -> None:
    say(f"{appliance['title']} {appliance['version']}")
    token = secrets.token if secrets.made_token else "…"
    say(f"open      http://127.0.0.1:{ports['jupyter']}/?token={token}")
    say(f"log in    ssh -p {ports['ssh']} {appliance['user']['name']}@127.0.0.1")
    password = secrets.password if secrets.made_password else "the one that you gave"
    say(f"password  {password}")


if __name__ == "__main__":
    try:
        main()
    except Refusal as error:
        sys.exit(f"workshop: error: {error}")
    except FileNotFoundError as error:
        sys.exit(f"workshop: error: there is no {error.filename} in this container")
