"""python, theano, blas, cache and gpu.

Theano itself is in the appliance, not here: what its probes report there (recorded) is judged
here, a fault at a time, and the probes run against what is here instead.
"""

import json
import os
from importlib.metadata import version

import pytest

from appliance_check.checks import blas, cache, gpu, python, theano
from appliance_check.context import ProbeFailed
from appliance_check.result import Status

THEANO = {
    "theano": "1.0.5",
    "lasagne": "0.1",
    "floatX": "float32",
    "dtype": "float32",
    "cxx": "/usr/bin/g++",
    "ldflags": "-lopenblas",
    "product": "Dot22",
    "product_in_c": True,
    "in_c": True,
    "compiler_runs": 1,
    "error": 6.8e-06,
}
OPENBLAS = "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so"
REFERENCE = "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0"
BLAS = {
    "numpy_libraries": [OPENBLAS],
    "libraries": [OPENBLAS],
    "theano_gflops": 150.2,
    "numpy_gflops": 166.2,
    "ratio": 0.9,
    "threads": 2,
    "cores": 2,
    "variables": {},
}
CACHE = {
    "compiledir": "/home/user/.theano/compiledir",
    "age_thresh_use": 10 * 365 * 86400,
    "compiler_runs": 0,
    "trouble": None,
    "seconds": 0.8,
}
COMPUTED = {"difference": 1e-6, "ops": ["GpuElemwise"], "on_gpu": True}
GPU = {"activated": True, "device": "cuda", "elementwise": COMPUTED, "gemm": COMPUTED}


def test_what_a_healthy_appliance_reports_passes():
    for result in (
        theano.judge(THEANO),
        blas.judge(BLAS),
        cache.judge(CACHE, "lesson"),
        gpu.judge(GPU),
    ):
        assert result.status == Status.PASS, result


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"cxx": "", "product_in_c": False, "in_c": False}, "no C++ compiler"),
        ({"compiler_runs": 0}, "did not use the compiler"),
        ({"in_c": False}, "did not use the compiler"),
        ({"floatX": "float64"}, "floatX is float64"),
        ({"ldflags": "", "product_in_c": False}, "slow substitute"),
        ({"product": "dot"}, "does not use the BLAS"),
        ({"error": 0.02}, "differ from NumPy's by 0.02"),
        ({"error": None}, "not finite"),
    ],
)
def test_theano_faults(fault, words):
    result = theano.judge(THEANO | fault)
    assert result.status == Status.FAIL
    assert words in result.message
    assert ";" not in result.message  # one fault, one problem


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"numpy_libraries": [REFERENCE], "libraries": [REFERENCE]}, "NumPy uses /usr/lib"),
        ({"numpy_libraries": []}, "a BLAS of its own"),
        ({"libraries": [OPENBLAS, REFERENCE]}, "Theano uses /usr/lib"),
        (
            {"threads": 1, "variables": {"OMP_NUM_THREADS": "1"}},
            "1 of 2 cores (OMP_NUM_THREADS=1)",
        ),
        ({"ratio": 0.1, "theano_gflops": 16}, "Theano's matrix product runs at 16 GFLOP/s"),
    ],
)
def test_blas_faults(fault, words):
    result = blas.judge(BLAS | fault)
    assert result.status == Status.FAIL
    assert words in result.message


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"compiler_runs": 21}, "ran 21 times"),
        ({"age_thresh_use": 24 * 86400}, "expires after 24 days"),
        ({"trouble": "NameError: x"}, "stops before"),
    ],
)
def test_cache_faults(fault, words):
    result = cache.judge(CACHE | fault, "lesson")
    assert result.status == Status.FAIL
    assert words in result.message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ('Could not load "libcuda.so": cannot open shared object file', "no NVIDIA driver"),
        ("cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected", "shows no GPU"),
        ('Could not load "libnvrtc.so": ...', "libnvrtc.so"),
        ("Missing Blas library", "cuBLAS"),
        ("cublasCreate: (Possibly because the driver version is too old ...)", "too old"),
        ("nvrtcCompileProgram: NVRTC_ERROR_INVALID_OPTION", "newer than CUDA"),
        ("something new", "something new"),
    ],
)
def test_gpu_errors_are_explained(error, words):
    result = gpu.judge({"activated": False, "device": "cuda", "error": error})
    assert result.status == Status.FAIL
    assert words in result.message


@pytest.mark.parametrize("kind", ["elementwise", "gemm"])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"on_gpu": False, "ops": ["Elemwise"]}, "no GPU operation"),
        ({"difference": 0.5}, "differs from NumPy's by 0.5"),
        ({"difference": None}, "differs from NumPy's by NaN"),
    ],
)
def test_gpu_results_are_not_believed_unseen(kind, fault, words):
    result = gpu.judge(GPU | {kind: COMPUTED | fault})
    assert result.status == Status.FAIL
    assert f"{kind} " in result.message
    assert words in result.message


def test_python_compares_every_recorded_version(context, monkeypatch):
    monkeypatch.setattr(python, "MODULES", ("json", "nbclient"))
    recorded = context.share / "python.json"
    recorded.write_text(json.dumps({"nbclient": version("nbclient")}))
    assert python.Python().run(context).status == Status.PASS
    recorded.write_text(json.dumps({"nbclient": "0.0", "no-such-package": "1"}))
    result = python.Python().run(context)
    assert result.status == Status.FAIL
    assert f"nbclient is {version('nbclient')}, expected 0.0" in result.message
    assert "no-such-package 1 is missing" in result.message
    recorded.unlink()
    assert python.Python().run(context).status == Status.WARN


def test_python_names_a_module_that_does_not_import(context, monkeypatch):
    monkeypatch.setattr(python, "MODULES", ("json", "no_such_module"))
    result = python.Python().run(context)
    assert result.status == Status.FAIL
    assert "no_such_module cannot be imported: ModuleNotFoundError" in result.message


@pytest.mark.parametrize("check", [theano.Theano(), gpu.Gpu()])
def test_without_theano_its_own_error_is_the_finding(context, check):
    with pytest.raises(ProbeFailed, match=r"No module named '(numpy|pygpu|theano)'"):
        check.run(context)


# Compiles, as far as the probe can tell; it runs the "compiler" for each function.
FAKE_THEANO = """
import subprocess
from types import SimpleNamespace as N
config = N(compiledir="/cache", cmodule=N(age_thresh_use=10**9))
def function(inputs, outputs=None, updates=()):
    for argument in ("--version", "-dumpversion", "mod.cpp"):
        subprocess.run(["true", argument])
    return N(maker=N(inputs=[N(update=u) for u in updates]))
"""


@pytest.fixture
def with_fake_theano(tmp_path, monkeypatch):
    (tmp_path / "theano.py").write_text(FAKE_THEANO)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")


def test_cache_runs_the_lesson_up_to_its_training_function(
    context, lesson, write_notebook, with_fake_theano, tmp_path
):
    path = write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        "import theano  # and lasagne",
        "predict = theano.function([])",
        "try:\n    train = theano.function([], updates=[1])\nexcept Exception:\n    pass",
        f"open({str(tmp_path / 'trained')!r}, 'w')",
    )
    assert cache.training_lesson(context.lessons) == path
    result = cache.Cache().run(context)
    assert result.evidence["trouble"] is None
    assert result.evidence["compiler_runs"] == 2
    assert not (tmp_path / "trained").exists()


def test_cache_says_when_no_training_function_comes(
    context, lesson, write_notebook, with_fake_theano
):
    path = context.share / "notebooks" / f"{lesson}.ipynb"
    write_notebook(path, "import theano  # and lasagne", "raise OSError('no data')")
    assert "OSError: no data" in cache.Cache().run(context).message
    write_notebook(path, "import theano  # and lasagne")
    assert "no function with updates" in cache.Cache().run(context).message


def test_cache_without_a_lesson_to_try_fails(context):
    assert cache.Cache().run(context).status == Status.FAIL


def test_cache_folder_that_cannot_be_written(context, lesson, write_notebook):
    write_notebook(context.share / "notebooks" / f"{lesson}.ipynb", "import lasagne")
    folder = context.home / ".theano"
    folder.rmdir()
    folder.touch()  # root may write to any folder, but not to a file as if it were one
    result = cache.Cache().run(context)
    assert result.status == Status.FAIL
    assert result.message == f"{folder} cannot be written to (Not a directory)"
    for check in (theano.Theano(), blas.Blas(), gpu.Gpu()):
        assert check.excuse(context) == "pointless before cache is mended"
