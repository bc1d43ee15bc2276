"""Writes the repository: what `template/` has, and names, version and engine filled in."""

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from ..description import Description
from ..errors import BuildError
from ..run import require
from .engine import Engine

TEMPLATE = Path(__file__).with_name("template")

#: What the description's schema asks of a name and a title, in words.
LIMITS = {
    "name": "small letters, digits and `-`, a letter first, 63 of them at most",
    "title": "1 to 80 characters",
}

#: Ends the name of what is filled in; all else is copied.
FILLED = ".j2"


@dataclass(frozen=True)
class Workshop:
    """What the repository is about.

    Attributes:
        folder: where it will be.
        name: of files and machine.
        title: what people read.
    """

    folder: Path
    name: str
    title: str

    @classmethod
    def of(cls, folder: Path, name: str, title: str) -> "Workshop":
        """Fill in what is not given, from the folder's name.

        Raises:
            BuildError: the folder has something in it, or the name is none.
        """
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise BuildError(
                f"{folder} is there already, and not an empty folder; name another one, or clear it"
            )
        name = name or re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
        title = title or name.replace("-", " ").title()
        for field, value in {"name": name, "title": title}.items():
            try:
                TypeAdapter(Description.__annotations__[field]).validate_python(value)
            except ValidationError:
                raise BuildError(
                    f"{field.upper()} is {value!r}, and must be {LIMITS[field]}; name another one"
                ) from None
        return cls(folder, name, title)


def make(workshop: Workshop, engine: Engine) -> None:
    """Write the repository with its first commit; it is whole or absent.

    Raises:
        BuildError: git is missing, or refuses.
    """
    require("git")
    workshop.folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{workshop.folder.name}-", dir=workshop.folder.parent))
    try:
        write(workshop, engine, aside)
        aside.chmod(0o755)
        _commit(aside, workshop)
        aside.rename(workshop.folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write(workshop: Workshop, engine: Engine, folder: Path) -> None:
    """Write what the template has into a folder, filled in."""
    values = asdict(workshop) | asdict(engine) | {"date": datetime.now(UTC).date()}
    pages = Environment(
        loader=FileSystemLoader(TEMPLATE),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # text, no HTML
    )
    pages.filters["quoted"] = partial(json.dumps, ensure_ascii=False)  # is YAML, too
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
        if source.suffix == ".pyc":
            continue
        place = source.relative_to(TEMPLATE)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == FILLED:
            text = pages.get_template(place.as_posix()).render(values)
            target.with_suffix("").write_text(text, encoding="utf-8")
        else:
            shutil.copy(source, target)


def _commit(folder: Path, workshop: Workshop) -> None:
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    known = subprocess.run(["git", "config", "user.email"], cwd=folder, capture_output=True)
    author = ["-c", f"user.name={workshop.title}", "-c", f"user.email={workshop.name}@localhost"]
    message = f"{workshop.title}: a workshop of its own"
    _git(folder, *([] if known.stdout else author), "commit", "--quiet", "--message", message)


def _git(folder: Path, *words: str) -> None:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:]
        raise BuildError(f"git made no repository in {folder}: {' '.join(reason)}")
