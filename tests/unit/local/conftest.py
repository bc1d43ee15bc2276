"""A folder of local mode with a small system, made by hand."""

from pathlib import Path

import pytest

from appliance_build.description import load
from appliance_build.local.folder import FACTS, KEY, Folder
from appliance_build.local.work import LESSONS

LESSON = "0-First.ipynb"


@pytest.fixture
def user() -> str:
    return load().user.name


@pytest.fixture
def folder(tmp_path: Path, user: str) -> Folder:
    """Claimed, with a system, and handed over to whoever runs the tests."""
    made = Folder(tmp_path / "local")
    made.claim()
    for path in (made.home, made.notebooks, made.run):
        path.mkdir()
    _system(made, user, "first", {LESSON: "first edition"})
    return made


@pytest.fixture
def newer(folder: Folder, user: str):
    """Puts another system in place: lessons by name, with their text."""
    return lambda key, lessons: _system(folder, user, key, lessons)


def _system(folder: Folder, user: str, key: str, lessons: dict[str, str]) -> None:
    texts = {f"{LESSONS}/{name}": text for name, text in lessons.items()}
    texts |= {
        str(KEY): key,
        str(FACTS): load().model_dump_json(),
        f"home/{user}/.theanorc": "settings",
        f"home/{user}/.theano/compiled/module": key,
        f"home/{user}/notebooks/{LESSON}": "not from here",
        "etc/passwd": f"root:x:0:0:root:/root:/bin/bash\n{user}:x:1:1:,,,:/home/{user}:/bin/bash",
        "etc/group": f"root:x:0:\nsudo:x:27:{user}\n{user}:x:1:",
    }
    for old in (folder.system / LESSONS).glob("*"):
        old.unlink()
    for name, text in texts.items():
        path = folder.system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
