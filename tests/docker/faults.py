"""What can go wrong in a container, and which check must tell: the table of docs/faults.md.

usage: python3 -m tests.docker.faults     (writes that page anew)
"""

from dataclasses import dataclass
from pathlib import Path

from appliance_build.description import Description, load

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
SHARE = "/usr/share/workshop"
SITE = "/opt/jupyter/lib/python3.11/site-packages"
DEBIAN = "/usr/lib/python3/dist-packages"
THEANO = "/usr/local/lib/python3.11/dist-packages/theano"
PYTHON = "/opt/jupyter/bin/python3"

HEAD = """# What the doctor finds

Each of these faults is made in a container by `tests/docker/test_faults.py`. The check named here
must say FAIL (WARN where the workshop can go on), in words that name the fault, and no other check
may; after the remedy it says PASS.
This page is made from the same table, by `python3 -m tests.docker.faults`.

*fix* is `appliance-check --fix`, *again* a new container (in a
virtual machine: importing the appliance again), *options* a container started as the remedy says,
*lesson* the lesson put right by its author.

| check | what is wrong | remedy |
|---|---|---|
"""


@dataclass(frozen=True)
class Fault:
    """Something wrong.

    Attributes:
        check: the id of the one check that must say FAIL.
        what: for the table.
        said: a part of its message.
        cause: a command of root's in the container.
        options: of `docker run`, which cause it, too.
        notebook: code cells that are run in place of the lessons; "!" begins the one that is
            tagged `expect`, "?" one that must show a picture.
        remedy: fix, again, options or lesson, see HEAD.
        as_root: the doctor is called by root, who alone can see it.
        warns: it is no reason to stop the workshop: WARN, not FAIL.
    """

    check: str
    what: str
    said: str
    cause: str = ""
    options: tuple[str, ...] = ()
    notebook: tuple[str, ...] = ()
    remedy: str = "again"
    as_root: bool = False
    warns: bool = False

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.check}: {self.what}"


def change(path: str, program: str) -> str:
    """A command that changes weights (`.npz`): `program` works on the dictionary `w`."""
    code = f"import numpy; w = dict(numpy.load('{path}')); {program}; numpy.savez('{path}', **w)"
    return f'{PYTHON} -c "{code}"'


def flip(path: str, at: int) -> str:
    """A command that turns the bits of one byte."""
    code = (
        f"f = open('{path}', 'r+b'); f.seek({at}); b = f.read(1)[0] ^ 255; "
        f"f.seek({at}); f.write(bytes([b]))"
    )
    return f'{PYTHON} -c "{code}"'


def faults(description: Description) -> list[Fault]:
    """All of them, in the order of the checks."""
    user, first = description.user.name, description.lessons[0]
    home = f"/home/{user}"
    copy = f"{home}/notebooks/{first}.ipynb"
    memory = description.machine.memory_mb
    weights, mnist = f"{SHARE}/data/googlenet/weights.npz", f"{SHARE}/data/mnist"
    return [
        *machine(home, memory),
        *services(),
        *software(home),
        *lessons(copy, mnist),
        *pretrained(weights),
        *notebooks(),
    ]


def machine(home: str, memory: int) -> list[Fault]:
    return [
        Fault(
            "cpu",
            "one processor in place of two",
            "1 of the 2 processors",
            options=("--cpuset-cpus=0",),
            remedy="options",
            warns=True,
        ),
        Fault(
            "memory",
            "a container that may use half the memory",
            f"the appliance needs {memory} MB",
            options=(f"--memory={memory // 2}m",),
            remedy="options",
        ),
        Fault(
            "disk",
            "no room left for temporary files",
            "/tmp has",
            "fallocate -l 60M /tmp/filler",
            options=("--tmpfs=/tmp:exec,size=80m",),
            remedy="options",
        ),
        Fault(
            "disk",
            "no inodes left for temporary files",
            "inodes free",
            options=("--tmpfs=/tmp:exec,nr_inodes=600",),
            remedy="options",
        ),
        Fault(
            "clock",
            "a time before the appliance was made",
            "before the appliance was made",
            f'sed -i \'s/"date": ".*"/"date": "2099-01-01"/\' {SHARE}/appliance.json',
        ),
        Fault(
            "locale",
            "a locale without UTF-8",
            "Jupyter runs in the locale en_US.ISO-8859-1",
            options=("--env=LC_ALL=en_US.ISO-8859-1",),
            remedy="options",
        ),
        Fault(
            "users",
            "one more user who can log in",
            "stranger can log in, too",
            "echo 'stranger:x:1001:1001::/:/bin/bash' >> /etc/passwd",
            as_root=True,
        ),
        Fault(
            "users",
            "an account without a password",
            "needs no password",
            "sed -i 's/^games:x:/games::/' /etc/passwd",
            as_root=True,
        ),
        Fault(
            "users",
            "a password that opens root",
            "root has a password that opens",
            "echo root:toor | chpasswd",
            as_root=True,
        ),
        Fault(
            "leftovers",
            "a host key that came with the image",
            "ssh_host_ed25519_key",
            "touch -r /usr/share/workshop/appliance.json /etc/ssh/ssh_host_ed25519_key",
            as_root=True,
        ),
        Fault(
            "leftovers",
            "the builder's history of commands",
            ".bash_history",
            "touch -r /usr/share/workshop/appliance.json /root/.bash_history",
            as_root=True,
        ),
    ]


def services() -> list[Fault]:
    return [
        Fault(
            "services",
            "Jupyter that does not answer",
            "Jupyter does not answer",
            "supervisorctl -c /etc/workshop/supervisord.conf stop jupyter",
            remedy="fix",
        ),
        Fault(
            "services",
            "a stopped SSH server",
            "sshd does not answer",
            "supervisorctl -c /etc/workshop/supervisord.conf stop sshd",
            remedy="fix",
        ),
        Fault(
            "ports",
            "a listener that nobody asked for",
            "unexpected listener",
            f"setsid {PYTHON} -m http.server 9999 > /dev/null 2>&1 &",
        ),
        Fault(
            "network",
            "a program that talks to another computer",
            "talks to 192.0.2.1 port 53",
            "setsid setpriv --reuid=1000 --regid=1000 --clear-groups "
            f"{PYTHON} -c 'import signal, socket; "
            "s = socket.socket(type=socket.SOCK_DGRAM); "
            's.connect(("192.0.2.1", 53)); signal.pause()\' > /dev/null 2>&1 & sleep 1',
        ),
        Fault(
            "pages",
            "a page that is gone",
            "/painting/ gives HTTP status 404",
            f"rm {SHARE}/pages/painting/index.html",
        ),
        Fault(
            "pages",
            "a page that needs another site",
            "needs https://cdn.example/",
            f"sed -i 's#<head>#<head><script src=\"https://cdn.example/a.js\"></script>#' "
            f"{SHARE}/pages/playground/index.html",
        ),
        Fault(
            "pages",
            "a part of a page that is gone",
            "/playground/: ",
            f"rm {SHARE}/pages/assets/playground-*.css",
        ),
        Fault(
            "ssh",
            "any password opens",
            "a wrong password opens it",
            "sed -i 's/^auth .*/auth required pam_permit.so/' /etc/pam.d/sshd",
        ),
        Fault(
            "kernel",
            "a kernel that cannot start",
            "HTTP status",
            'sed -i \'s#"argv": \\[#"argv": ["/nowhere", #\' '
            "/opt/jupyter/share/jupyter/kernels/python3/kernel.json",
        ),
    ]


def software(home: str) -> list[Fault]:
    return [
        Fault("debian", "a package that was removed", "less", "dpkg --remove less"),
        Fault(
            "python",
            "a package that is gone",
            "anywidget",
            f"rm -r {SITE}/anywidget {SITE}/anywidget-*.dist-info",
        ),
        Fault(
            "python",
            "another version that hides the shipped one",
            "Lasagne is 0.2",
            f"d={home}/.local/lib/python3.11/site-packages/Lasagne-0.2.dist-info; mkdir -p $d && "
            "printf 'Metadata-Version: 2.1\\nName: Lasagne\\nVersion: 0.2\\n' > $d/METADATA && "
            f"chown -R user {home}/.local",
        ),
        Fault(
            "imports",
            "a package that is torn",
            "import sklearn",
            f"echo 'raise ImportError(\"torn\")' >> {DEBIAN}/sklearn/__init__.py",
        ),
        Fault(
            "theano",
            "Theano that does not import",
            "torn",
            f"echo 'raise ImportError(\"torn\")' >> {THEANO}/__init__.py",
        ),
        Fault(
            "theano",
            "no C++ compiler",
            "compiler",
            "rm /usr/bin/g++ /usr/bin/x86_64-linux-gnu-g++*",
        ),
        Fault(
            "theano",
            "numbers of another precision",
            "float64",
            f"sed -i 's/float32/float64/' {home}/.theanorc",
            remedy="fix",
        ),
        Fault(
            "theano",
            "oneDNN that is gone",
            "libdnnl",
            "rm /usr/lib/x86_64-linux-gnu/libdnnl.so.2*",
            warns=True,
        ),
        Fault(
            "cache",
            "a compile cache that is gone",
            "compiler",
            f"find {home}/.theano -mindepth 2 -delete",
            remedy="fix",
        ),
        Fault(
            "blas",
            "one thread for matrix products",
            "OPENBLAS_NUM_THREADS=1",
            options=("--env=OPENBLAS_NUM_THREADS=1",),
            remedy="options",
        ),
        Fault(
            "blas",
            "a slow BLAS in place of OpenBLAS",
            "",
            "update-alternatives --set libblas.so.3-x86_64-linux-gnu "
            "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3",
        ),
    ]


def lessons(copy: str, mnist: str) -> list[Fault]:
    return [
        Fault("lessons", "a copy cut short", copy, f"truncate -s 1000 {copy}", remedy="fix"),
        Fault("lessons", "a copy that cannot be read", copy, f"chmod 0 {copy}", remedy="fix"),
        Fault(
            "lessons",
            "a pristine lesson that was changed",
            "0-TheanoBasics",
            f"sed -i 's/gradient/gradiant/' {SHARE}/notebooks/0-TheanoBasics.ipynb",
        ),
        Fault(
            "standins",
            "a stand-in in the place of real data",
            "stand-ins for images/none.jpg",
            'echo \'[{"asset": "images/none.jpg", "standin": "made for a test"}]\' > '
            f"{SHARE}/standins.json",
            warns=True,
        ),
        Fault(
            "data",
            "one byte of MNIST's pictures",
            "train-images",
            flip(f"{mnist}/train-images-idx3-ubyte.gz", 5000),
        ),
        Fault(
            "data",
            "a file that is gone",
            "tinyshakespeare.txt is missing",
            f"rm {SHARE}/data/text/tinyshakespeare.txt",
        ),
        Fault(
            "data",
            "a file whose licence is gone",
            "has no licence",
            f"{PYTHON} -c \"import json; path = '{SHARE}/sbom.spdx.json'; "
            "bill = json.load(open(path)); "
            "[e.update(licenseDeclared='NONE') for e in bill['packages'] "
            "if e['SPDXID'].startswith('SPDXRef-data-')]; json.dump(bill, open(path, 'w'))\"",
        ),
    ]


def pretrained(weights: str) -> list[Fault]:
    kernel = "next(k for k in w if k.startswith('conv1/7x7_s2') and w[k].ndim == 4)"
    dense = "next(k for k in w if k.startswith('loss3') and w[k].ndim == 2)"
    return [
        Fault("weights", "one byte of the weights", "weights.npz", flip(weights, 9_000_000)),
        Fault("weights", "weights that are gone", "weights.npz", f"rm {weights}"),
        Fault(
            "weights",
            "red and blue swapped",
            "red and blue are swapped in the first filters",
            change(weights, f"k = {kernel}; w[k] = w[k][:, ::-1]"),
        ),
        Fault(
            "weights",
            "filters flipped",
            "the filters are flipped",
            change(
                weights, "w = {k: v[..., ::-1, ::-1] if v.ndim == 4 else v for k, v in w.items()}"
            ),
        ),
        Fault(
            "weights",
            "a number that is none",
            "not finite",
            change(weights, f"k = {dense}; w[k] = w[k] * float('nan')"),
        ),
        Fault(
            "weights",
            "an array of another shape",
            "1024 x 999",
            change(weights, f"k = {dense}; w[k] = w[k][:, :999]"),
        ),
    ]


def notebooks() -> list[Fault]:
    blank = "from PIL import Image\nImage.new('RGB', (64, 64), 'white')"
    told = [
        ("a cell that never ends", "still running", ("while True: pass", "!assert True")),
        ("a lesson that takes all memory", "MB", ("x = bytearray(3 * 10**9)", "!assert True")),
        ("a kernel that is killed", "", ("import os; os.kill(os.getpid(), 9)", "!assert True")),
        ("a kernel that crashes", "", ("import os; os.abort()", "!assert True")),
        ("an error in a cell", "ZeroDivisionError", ("1 / 0", "!assert True")),
        (
            "a wrong number",
            "error is 0.5",
            ("error = 0.5", "!assert error < 0.1, f'error is {error}'"),
        ),
        ("a plot that is blank", "blank", ("?" + blank,)),
        (
            "the internet used",
            "192.0.2.1",
            ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "!assert True"),
        ),
        ("a lesson that runs nothing", "no code cell", ()),
        ("a lesson that promises nothing", "expect", ("1 + 1",)),
        ("a cell that waits for an answer", "", ("input()", "!assert True")),
    ]
    return [
        Fault("notebooks", what, said, notebook=cells or ("",), remedy="lesson")
        for what, said, cells in told
    ]


def page() -> str:
    """The text of docs/faults.md."""
    rows = [f"| `{fault.check}` | {fault.what} | {fault.remedy} |" for fault in faults(load())]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
