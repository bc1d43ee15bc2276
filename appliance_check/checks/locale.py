"""Do names and texts beyond ASCII survive?"""

import os
import sys
import tempfile
from pathlib import Path

from ..check import Check
from ..context import Context
from ..programs import jupyter
from ..result import Result, failed, passed

NAME = "Übung π 猫"
# These decide about the encoding, the first that is set (setlocale(3)).
VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")
# Python reads and writes UTF-8 in these, too (PEP 538, PEP 540).
PLAIN = {"", "C", "POSIX"}


class Locale(Check):
    id = "locale"
    title = "Locale"
    group = "Machine"
    proves = (
        "Python here and Jupyter speak UTF-8, and a file with letters beyond ASCII in its name "
        "comes back as it was."
    )
    matters = "A photo or a notebook with an accent in its name cannot be opened otherwise."
    remedy = (
        "`sudo update-locale LANG=C.UTF-8 LC_ALL=`, log in again, and `sudo systemctl restart "
        "jupyter.service`; for this shell, `export LC_ALL=C.UTF-8`."
    )
    seconds = 0.1
    needs = ("disk", "users")

    def run(self, context: Context) -> Result:
        here = sys.getfilesystemencoding().lower()
        server = jupyter(context.proc)
        evidence = {"encoding": here, "jupyter": server and _locale(server.environment)}
        if here != "utf-8":
            return failed(f"Python here uses {here}, not UTF-8", **evidence)
        if server and not _speaks_utf8(evidence["jupyter"]):
            return failed(f"Jupyter runs in the locale {evidence['jupyter']}", **evidence)
        if problem := _round_trip(context.home):
            return failed(problem, **evidence)
        return passed("UTF-8 here" + (" and in Jupyter" if server else ""), **evidence)


def _locale(environment: dict[str, str]) -> str:
    return next((value for name in VARIABLES if (value := environment.get(name))), "")


def _speaks_utf8(locale: str) -> bool:
    encoding = locale.partition(".")[2].partition("@")[0]
    return locale in PLAIN or encoding.lower().replace("-", "") == "utf8"


def _round_trip(home: Path) -> str:
    """What is wrong with a file of that name, if something is."""
    with tempfile.TemporaryDirectory(dir=home, prefix=".locale-") as folder:
        path = Path(folder, NAME)
        path.write_text(NAME, encoding="utf-8")
        stored = os.listdir(os.fsencode(folder))  # noqa: PTH208  as bytes
        if stored != [NAME.encode()]:
            return f"the file name {NAME} is stored as {stored}"
        if path.read_text(encoding="utf-8") != NAME:
            return f"the text {NAME} does not come back"
    return ""
