"""A lesson must do without a network: each attempt fails it, and the address is named."""

import socket
from pathlib import Path

from .notebook_cells import EXPECT

# Addresses of RFC 5737 and names of RFC 2606, which belong to nobody.
ATTEMPTS = {
    "connect": ("import socket; socket.socket().connect(('192.0.2.1', 80))", "192.0.2.1 port 80"),
    "ipv6": (
        "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "2001:db8::1 port 80",
    ),
    "name": ("import socket; socket.gethostbyname('lesson.example')", "lesson.example"),
    "url": (
        "from urllib.request import urlopen; urlopen('http://lesson.example:81/x')",
        "lesson.example port 81",
    ),
    "datagram": (
        "import socket\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "192.0.2.1 port 53",
    ),
    "swallowed": (
        "import socket\ntry: socket.create_connection(('lesson.example', 443))\nexcept OSError: 1",
        "lesson.example port 443",
    ),
    "program": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c',"
        " 'import socket; socket.socket().connect((\"192.0.2.1\", 80))'])",
        "192.0.2.1 port 80",
    ),
}
# What stays within the machine, a child that is none of Python's business among it.
INWARD = f"""import socket, subprocess, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(("localhost", server.getsockname()[1])).close()
    socket.create_connection(server.getsockname()).close()
one, other = socket.socketpair()
socket.getaddrinfo(None, 80); socket.getaddrinfo("192.0.2.1", 80)
try: socket.gethostbyname({socket.gethostname()!r})
except socket.gaierror: pass
try: socket.socket(socket.AF_UNIX).connect("nothing")
except FileNotFoundError: pass
subprocess.run([sys.executable, "-c", "import socket"], check=True)"""


def test_attempts_to_reach_the_network_fail_the_lesson(run_notebooks):
    cases = {name: ([source, EXPECT], {}) for name, (source, _) in ATTEMPTS.items()}
    reports, _ = run_notebooks({**cases, "inward": ([INWARD, EXPECT], {})})
    assert reports.pop("inward")["problem"] is None
    assert reports.keys() == ATTEMPTS.keys()
    for name, (source, where) in ATTEMPTS.items():
        problem = reports[name]["problem"]
        assert f"it asked the network for {where}, and a lesson must do without" in problem, name
        assert problem.startswith(f"cell 1 (`{source.splitlines()[0][:60]}`)"), name
        assert reports[name]["executed"] == 1, "it stops there"


def test_no_attempt_is_answered(run_notebooks):
    """Not even a machine with a network lets it through."""
    source = """import socket
try: socket.socket().connect(("192.0.2.1", 80))
except OSError as error: print(error)"""
    reports, _ = run_notebooks({"kept": ([source, EXPECT], {})})
    text = Path(reports["kept"]["kept"]["ipynb"]).read_text()
    assert "Network is unreachable: a lesson must do without 192.0.2.1 port 80" in text
