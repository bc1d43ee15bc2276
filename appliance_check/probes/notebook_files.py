"""What is wrong with each notebook file named on the command line; null where nothing is."""

import sys
from pathlib import Path

import nbformat

from . import reply


def fault(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except UnicodeDecodeError as error:
        return f"is damaged (not UTF-8 text at byte {error.start})"
    try:
        notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
    except nbformat.reader.NotJSONError:
        return "is damaged (not JSON)"
    except Exception as error:  # nbformat raises AttributeError and KeyError on odd JSON, too
        return f"is not a notebook ({str(error).splitlines()[0] or type(error).__name__})"
    if notebook.nbformat != 4:
        return f"has notebook format {notebook.nbformat}, not 4"
    return None


if __name__ == "__main__":
    reply({name: fault(Path(name)) for name in sys.argv[1:]})
