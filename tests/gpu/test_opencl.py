"""Theano's code for GPUs run without one, by OpenCL on the CPU: it agrees with Theano's own."""

import json
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from appliance_build import paths
from appliance_build.description import Description

from ..image.tree import Tree
from .conftest import PYTHON

FLAGS = "THEANO_FLAGS=device=opencl0:0,gpuarray.preallocate=-1,base_compiledir=~/opencl"


@pytest.fixture(scope="module")
def opencl(
    cuda_layers: Path, description: Description, tmp_path_factory: pytest.TempPathFactory
) -> Tree:
    """The image's tree with the layer that only tests have."""
    words = [sys.executable, "-m", "appliance_build.tools", "layer", "opencl"]
    done = subprocess.run(words, cwd=paths.PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    layer = tmp_path_factory.mktemp("opencl") / "layer"
    squashfs = Path(done.stdout.strip()) / "layer.squashfs"
    subprocess.run(["unsquashfs", "-quiet", "-no-progress", "-dest", layer, squashfs], check=True)
    folder = tmp_path_factory.mktemp("tree")
    tree = Tree([cuda_layers, layer], folder, description.user.name)
    tree.write("/opt/values.py", (Path(__file__).parent / "values.py").read_text())
    return tree


def values(tree: Tree, settings: str, file: str) -> tuple[dict[str, numpy.ndarray], list[str]]:
    """What `values.py` computes, and the GPU operations in its graphs."""
    ran = tree.ok(f"{settings} {PYTHON} /opt/values.py /var/tmp/{file}.npz")
    with numpy.load(tree.upper / "var" / "tmp" / f"{file}.npz") as data:
        return dict(data), json.loads(ran.splitlines()[-1])["ops"]


def test_operations_and_a_training_step_agree_with_the_cpu(opencl: Tree):
    expected, none = values(opencl, "THEANO_FLAGS=device=cpu", "cpu")
    got, ops = values(opencl, FLAGS, "gpu")
    assert not none
    assert len(ops) >= 10, ops
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        numpy.testing.assert_allclose(got[name], value, rtol=1e-4, atol=1e-4, err_msg=name)


def test_lesson_about_theano_runs_on_a_gpu(opencl: Tree):
    """It shows graphs and errors, which are others there. Up to scan, which has pointers of CUDA's;
    the other lessons need CUDA's kernels."""
    lesson = json.loads(opencl.ok("cat /usr/share/workshop/notebooks/0-TheanoBasics.ipynb"))
    scan = [number for number, cell in enumerate(lesson["cells"]) if "theano.scan(" in str(cell)]
    read = "assert 'GpuElemwise' in ' '.join(lines), lines"  # the error message, that is
    expect = {"tags": ["expect"]}
    last = {"cell_type": "code", "metadata": expect, "source": read, "outputs": []}
    lesson["cells"][scan[0] :] = [last | {"execution_count": None, "id": "read"}]
    # OpenCL compiles for the CPU within the lesson, which takes more memory than a GPU's driver.
    lesson["metadata"]["workshop"]["memory_mb"] = 4000
    folder = opencl.upper / "opt" / "lesson"
    folder.mkdir()
    (folder / "0.ipynb").write_text(json.dumps(lesson))
    done = opencl.run(f"{FLAGS} appliance-check --only notebooks --notebooks /opt/lesson --json -")
    [report] = json.loads(done.stdout)["checks"]
    assert report["status"] == "PASS", report["message"]


def test_doctor_requires_a_gpu_and_finds_one(opencl: Tree):
    done = opencl.run(f"{FLAGS} appliance-check --only gpu --require gpu --json -")
    assert done.returncode == 0, done.stdout + done.stderr
    [report] = json.loads(done.stdout)["checks"]
    assert report["status"] == "PASS"


def test_doctor_requires_a_gpu_and_finds_a_cpu(opencl: Tree):
    done = opencl.run("appliance-check --only gpu --require gpu --json -")
    assert done.returncode == 1
    [report] = json.loads(done.stdout)["checks"]
    assert "no NVIDIA driver is visible here" in report["message"]
