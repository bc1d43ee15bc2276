"""The committed notebooks are what the sources give, to the byte, and hold no outputs."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.lessons import generate
from appliance_build.paths import PROJECT

NOTEBOOKS = PROJECT / "notebooks"
SOURCE = NOTEBOOKS / "source"
LESSONS = description.load().lessons

SMALL = """\
# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   workshop:
#     memory_mb: 1
# ---

# %% [markdown]
# # Größe

# %% tags=["expect"]
print(1)

# %%
print(1)

# %%
print(1)
"""


def write(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_committed_notebooks_are_generated_from_the_sources(tmp_path: Path) -> None:
    for path in generate(SOURCE, tmp_path, LESSONS):
        assert path.read_bytes() == (NOTEBOOKS / path.name).read_bytes(), (
            f"{path.name} differs from its source; run `make notebooks` and commit"
        )
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(LESSONS)


def test_other_machines_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = generate(SOURCE, tmp_path / "first", LESSONS)
    moved = shutil.copytree(SOURCE, tmp_path / "elsewhere")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    second = generate(moved, tmp_path / "second", LESSONS)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_notebooks_are_valid_and_without_outputs(tmp_path: Path) -> None:
    for path in [
        *generate(SOURCE, tmp_path, LESSONS),
        *generate(write(tmp_path, SMALL), tmp_path, ["a"]),
    ]:
        nbformat.validate(nbformat.read(path, as_version=4))
        for cell in cells(path):
            if cell["cell_type"] == "code":
                assert (cell["outputs"], cell["execution_count"]) == ([], None)
        raw = path.read_bytes()
        assert b"\r" not in raw and raw.endswith(b"}\n")


def test_tags_and_limits_arrive_and_the_editor_s_settings_do_not(tmp_path: Path) -> None:
    (path,) = generate(write(tmp_path, SMALL), tmp_path, ["a"])
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"].keys() == {"kernelspec", "language_info", "workshop"}
    assert notebook["metadata"]["workshop"] == {"memory_mb": 1}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["cells"][1]["metadata"] == {"tags": ["expect"]}
    assert notebook["cells"][0]["source"] == ["# Größe"]


def test_an_edit_keeps_the_ids_of_the_other_cells(tmp_path: Path) -> None:
    (path,) = generate(write(tmp_path, SMALL), tmp_path, ["a"])
    before = [cell["id"] for cell in cells(path)]
    assert len(set(before)) == len(before)
    edited = SMALL.replace("# # Größe", "# # Other\n\n# %% [markdown]\n# New.")
    (path,) = generate(write(tmp_path, edited), tmp_path, ["a"])
    assert [cell["id"] for cell in cells(path)][2:] == before[1:]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "a.py is missing; write this lesson or take a out of lessons in appliance.yml"),
        (b"# \xff", "a.py: not UTF-8 text at byte 2"),
        ("# ---\n# jupyter: [\n# ---\n", "header between the two `# ---` is broken"),
        ("# ---\n# jupyter:\n#   a: {b\n# ---\n", "header between the two `# ---` is broken"),
        ("# %%\n1\n", "has no `workshop:` with limits"),
    ],
)
def test_a_bad_source_is_one_sentence_and_writes_nothing(
    tmp_path: Path, text: str | bytes | None, sentence: str
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    write(source, text or "")
    if text is None:
        (source / "a.py").unlink()
    (source / "good.py").write_text(SMALL, encoding="utf-8")
    with pytest.raises(BuildError, match=r"\A[^\n]*\Z") as error:
        generate(source, target, ["good", "a"])
    assert sentence in str(error.value)
    assert not target.exists()
