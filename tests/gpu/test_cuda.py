"""CUDA without a GPU: all that a training step needs is compiled by NVIDIA's own compiler, and
each way in which a GPU can be missing is told apart."""

import ast
import json
import re

import pytest

from ..image.tree import Tree
from .conftest import PYTHON, STUB

COMPILED = "THEANO_FLAGS=device=cuda,base_compiledir=~/gpu"


@pytest.mark.parametrize("asked, got", [(61, 61), (75, 75), (86, 86), (90, 90), (120, 90)])
def test_everything_of_a_convolutional_step_compiles(tree: Tree, asked: int, got: int):
    code = f"/var/tmp/{asked}.ptx"
    settings = f"LD_LIBRARY_PATH={STUB} STUB_CAPABILITY={asked} STUB_PTX={code} {COMPILED}"
    ran = tree.ok(f"{settings} {PYTHON} /opt/values.py /var/tmp/{asked}.npz --convolution")
    ops = json.loads(ran.splitlines()[-1])["ops"]
    assert {"GpuCorrMM", "GpuCorrMM_gradInputs", "GpuCorrMM_gradWeights", "GpuElemwise"} <= set(ops)
    targets = re.findall(r"(?m)^\.target sm_(\d+)", tree.ok(f"cat {code}"))
    assert set(targets) == {str(got)}
    assert len(targets) > 50


DRIVER = f"LD_LIBRARY_PATH={STUB}"
NVRTC, CUBLAS = "/usr/local/lib/libnvrtc.so", "/usr/local/lib/libcublas.so"

#: What is done to the tree, how it is undone, the settings, and what the doctor then says.
FAULTS = {
    "no driver": ("true", "true", "", "no NVIDIA driver is visible here"),
    "no device": ("true", "true", f"{DRIVER} STUB_DEVICES=0", "shows no GPU"),
    "no compiler": (
        f"mv {NVRTC} /root/nvrtc",
        f"mv /root/nvrtc {NVRTC}",
        DRIVER,
        "libnvrtc.so) is missing",
    ),
    "no cuBLAS": (
        f"mv {CUBLAS} /root/cublas; mv {STUB}/libcublas.so {STUB}/away",
        f"mv /root/cublas {CUBLAS}; mv {STUB}/away {STUB}/libcublas.so",
        DRIVER,
        "libcublas.so) is missing",
    ),
    "old driver": ("true", "true", f"{DRIVER} STUB_CUBLAS=1", "driver is too old"),
    "new card": (
        f"mv {NVRTC} /root/nvrtc; ln -s /usr/lib/x86_64-linux-gnu/libnvrtc.so.11.2 {NVRTC}",
        f"mv /root/nvrtc {NVRTC}",
        f"{DRIVER} STUB_CAPABILITY=120",
        "newer than CUDA 11.8 knows",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_way_to_have_no_gpu_is_told_apart(tree: Tree, fault: str):
    cause, undo, settings, said = FAULTS[fault]
    tree.ok(f"{cause}; ldconfig", user="root")
    try:
        done = tree.run(f"{settings} appliance-check --only gpu --require gpu --json -")
        started = tree.ok(f"{settings} workshop-start cat /tmp/workshop/theanorc")
    finally:
        tree.ok(f"{undo}; ldconfig", user="root")
    assert done.returncode == 1, done.stderr
    [report] = json.loads(done.stdout)["checks"]
    assert report["status"] == "FAIL" and said in report["message"]
    assert "device = cpu" in started
    [line] = [line for line in started.splitlines() if line.startswith("workshop: no GPU")]
    assert said in line


def test_the_doctor_computes_all_it_promises_on_the_gpu_and_believes_no_wrong_number(tree: Tree):
    """The stub computes nothing: what is right is that everything was run there."""
    done = tree.run(f"{DRIVER} appliance-check --only gpu --require gpu --json -")
    [report] = json.loads(done.stdout)["checks"]
    assert report["status"] == "FAIL"
    assert "the elementwise result differs from NumPy's by 0.73" in report["message"]
    found = report["evidence"]
    assert "GpuElemwise" in found["elementwise"]["ops"]
    assert "GpuDot22" in found["gemm"]["ops"]
    assert "GpuCorrMM" in found["convolution"]["ops"]
    assert all(seconds > 0 for pair in found["speed"].values() for seconds in pair.values())
    assert found["memory_mb"] == {"free": 1073, "total": 1073}  # cuMemGetInfo of the stub
    versions = (found["versions"]["driver"], found["versions"]["compiler"])
    assert versions == (12020, 11080)


def test_a_variable_that_keeps_theano_off_the_gpu_is_named(tree: Tree):
    flags = "THEANO_FLAGS=device=cuda,optimizer=None"
    done = tree.run(f"{DRIVER} {flags} appliance-check --only gpu --require gpu --json -")
    [report] = json.loads(done.stdout)["checks"]
    assert report["status"] == "FAIL"
    assert "no GPU operation for it (THEANO_FLAGS=optimizer=None)" in report["message"]


def test_versions_are_those_of_nvidias_own_libraries(tree: Tree):
    code = "from appliance_check.probes.cuda import versions; print(versions())"
    found = ast.literal_eval(tree.ok(f'{PYTHON} -c "{code}"'))
    assert found["driver"] is None
    assert found["compiler"] == 11080
    assert found["cublas"].startswith("11.11.")


def test_wrong_numbers_of_a_gpu_are_not_believed(tree: Tree):
    started = tree.ok(f"{DRIVER} workshop-start cat /tmp/workshop/theanorc")
    assert "device = cpu" in started
    assert "elementwise sum is wrong" in started
