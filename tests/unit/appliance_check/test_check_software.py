"""theano, blas, cache and gpu.

Theano itself is in the appliance, not here: what its probes report there (recorded) is judged
here, a fault at a time, and the probes run against what is here instead.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_check.checks import blas, cache, gpu, theano
from appliance_check.context import ProbeFailed
from appliance_check.result import Status

ROOT = Path(__file__).resolve().parents[3]

THEANO = {
    "theano": "1.0.5",
    "lasagne": "0.1",
    "floatX": "float32",
    "dtype": "float32",
    "cxx": "/usr/bin/g++",
    "flags": "",
    "ldflags": "-lopenblas",
    "product": "Dot22",
    "product_in_c": True,
    "in_c": True,
    "convolution": {
        "operation": "theano_onednn.convolution.BiasedConvolution",
        "library": "oneDNN 2.6.3 with AVX2",
        "reason": "",
    },
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
    "error": 6e-05,
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
COMPUTED = {
    "elementwise": {"difference": 1e-7, "ops": ["GpuFromHost", "GpuElemwise", "HostFromGpu"]},
    "gemm": {"difference": 2e-6, "ops": ["GpuFromHost", "GpuDot22", "HostFromGpu"]},
}
OPENCL = {"activated": True, "device": "opencl0:0", "cuda": False, "variables": {}} | COMPUTED
CUDA = COMPUTED | {
    "activated": True,
    "device": "cuda",
    "cuda": True,
    "name": "Card",
    "versions": {"driver": 12020, "compiler": 11080, "cublas": "11.11.3", "kernel_module": None},
    "memory_mb": {"free": 7_000, "total": 8_000},
    "convolution": {"difference": 2e-6, "ops": ["GpuFromHost", "GpuCorrMM", "HostFromGpu"]},
    "speed": {
        "gemm": {"cpu": 0.12, "gpu": 0.002},
        "convolution": {"cpu": 0.09, "gpu": 0.003},
    },
    "variables": {},
}


def test_what_a_healthy_appliance_reports_passes():
    for result in (
        theano.judge(THEANO),
        blas.judge(BLAS),
        cache.judge(CACHE, "lesson"),
        gpu.judge(CUDA),
        gpu.judge(OPENCL),
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
        ({"floatX": "float64", "flags": "floatX=float64"}, "(THEANO_FLAGS=floatX=float64)"),
    ],
)
def test_theano_faults(fault, words):
    result = theano.judge(THEANO | fault)
    assert result.status == Status.FAIL
    assert words in result.message
    assert ";" not in result.message  # one fault, one problem


def test_a_variable_that_makes_lessons_slower_is_a_warning():
    result = theano.judge(THEANO | {"flags": "device=cpu,optimizer=fast_compile,openmp=True"})
    assert result.status == Status.WARN
    assert "optimizer=fast_compile, openmp=True" in result.message
    assert "`unset THEANO_FLAGS`" in result.remedy
    harmless = theano.judge(THEANO | {"flags": "device=cpu,base_compiledir=~/other"})
    assert harmless.status == Status.PASS


@pytest.mark.parametrize("reason", ["it is switched off (onednn.enabled)", ""])
def test_which_way_convolutions_go_is_said(reason):
    own = {"operation": "theano.tensor.nnet.corr.CorrMM", "library": "", "reason": reason}
    result = theano.judge(THEANO | {"convolution": own})
    assert result.status == Status.WARN
    assert (reason or "plugins") in result.message
    assert "oneDNN 2.6.3 with AVX2" in theano.judge(THEANO).message
    on_a_gpu = theano.judge(THEANO | {"convolution": None})
    assert on_a_gpu.status == Status.PASS and "oneDNN" not in on_a_gpu.message


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
        ({"error": 0.02}, "a matrix product is off by 0.02"),
        ({"error": None}, "a matrix product is off by NaN"),
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
    result = gpu.judge({"activated": False, "device": "cuda", "error": error, "variables": {}})
    assert result.status == Status.FAIL
    assert words in result.message


def test_every_reason_of_a_gpu_has_a_sentence_and_a_remedy_of_its_own():
    explained = [gpu.explain(sign) for sign, _, _ in gpu.REASONS]
    assert explained == [(meaning, remedy) for _, meaning, remedy in gpu.REASONS]
    assert len({meaning for meaning, _ in explained}) == len(gpu.REASONS) >= 6
    assert all(remedy for _, remedy in explained)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (CUDA, "elementwise"),
        (CUDA, "gemm"),
        (CUDA, "convolution"),
        (OPENCL, "elementwise"),
        (OPENCL, "gemm"),
    ],
)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        # Merely moving numbers to the GPU and back is not computing there.
        (
            {"ops": ["GpuFromHost", "Elemwise", "Dot22", "CorrMM", "HostFromGpu"]},
            "no GPU operation",
        ),
        ({"difference": 2e-4}, "differs from NumPy's by 0.0002"),
        ({"difference": None}, "differs from NumPy's by NaN"),
    ],
)
def test_gpu_results_are_not_believed_unseen(facts, kind, fault, words):
    result = gpu.judge(facts | {kind: facts[kind] | fault})
    assert result.status == Status.FAIL
    assert f"{kind} " in result.message
    assert words in result.message


def test_a_graph_that_stays_on_the_cpu_is_told_with_what_may_cause_it():
    """The probe goes no further then."""
    facts = {"cuda": True, "device": "cuda", "elementwise": {"difference": 0, "ops": ["Elemwise"]}}
    result = gpu.judge(facts | {"variables": {"THEANO_FLAGS": "optimizer=None"}})
    assert "elementwise graph holds no GPU operation" in result.message
    assert "THEANO_FLAGS=optimizer=None" in result.message
    assert result.remedy == "`unset THEANO_FLAGS`"


@pytest.mark.parametrize(
    ("fault", "words", "remedy"),
    [
        (
            {"speed": CUDA["speed"] | {"gemm": {"cpu": 0.1, "gpu": 0.2}}},
            "its gemm has 0.5 of the CPU's speed",
            "busy",
        ),
        (
            {"speed": CUDA["speed"] | {"convolution": {"cpu": 0.1, "gpu": 0.2}}},
            "its convolution has 0.5 of the CPU's speed",
            "busy",
        ),
        ({"memory_mb": {"free": 300, "total": 8_000}}, "only 300 MB", "other notebooks"),
        (
            {"versions": CUDA["versions"] | {"driver": 11040}},
            "the driver knows CUDA 11.4, the compiler is of 11.8",
            "driver 520",
        ),
        ({"variables": {"CUDA_LAUNCH_BLOCKING": "1"}}, "CUDA_LAUNCH_BLOCKING=1 slows", "`unset"),
    ],
)
def test_a_gpu_that_is_right_and_hampered_is_a_warning(fault, words, remedy):
    result = gpu.judge(CUDA | fault)
    assert result.status == Status.WARN
    assert words in result.message
    assert remedy in result.remedy
    assert ";" not in result.message  # one fault, one doubt


def test_an_error_of_an_old_driver_says_how_old():
    facts = {"cuda": True, "error": "link: CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "variables": {}}
    result = gpu.judge(facts | {"versions": CUDA["versions"] | {"driver": 11020}})
    assert "too old for what CUDA 11.8 compiles (the driver knows CUDA 11.2" in result.message
    assert "driver 520" in result.remedy


def test_variables_that_slow_a_gpu_down(monkeypatch):
    for name in ("CUDA_LAUNCH_BLOCKING", "CUDA_FORCE_PTX_JIT", "THEANO_FLAGS"):
        monkeypatch.delenv(name, raising=False)
    assert gpu.limiting() == {}
    monkeypatch.setenv("THEANO_FLAGS", "device=cuda,gpuarray.preallocate=-1")
    monkeypatch.setenv("CUDA_LAUNCH_BLOCKING", "0")
    assert gpu.limiting() == {}
    monkeypatch.setenv("THEANO_FLAGS", "device=cuda,optimizer=None")
    monkeypatch.setenv("CUDA_LAUNCH_BLOCKING", "1")
    assert gpu.limiting() == {"CUDA_LAUNCH_BLOCKING": "1", "THEANO_FLAGS": "optimizer=None"}


def test_versions_of_cuda_are_asked_of_its_libraries(tmp_path):
    """Libraries of the test's own in the place of NVIDIA's; without them nothing is claimed."""
    code = "from appliance_check.probes.cuda import versions; print(versions())"

    def versions(**environment: str) -> dict:
        words = [sys.executable, "-c", code]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
        done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=True)
        return ast.literal_eval(done.stdout)

    functions = {
        "cuda": "int cuDriverGetVersion(int *v) { *v = 12020; return 0; }",
        "nvrtc": "int nvrtcVersion(int *a, int *b) { *a = 11; *b = 8; return 0; }",
        "cublas": "int cublasGetProperty(int kind, int *v) { *v = 11 - kind; return 0; }",
    }
    expected = {"driver": 12020, "compiler": 11080, "cublas": "11.10.9"}
    for (name, function), key in zip(functions.items(), expected, strict=True):
        (tmp_path / "code.c").write_text(function)
        words = ["gcc", "-shared", "-fPIC", "-o", f"lib{name}.so", "code.c"]
        subprocess.run(words, cwd=tmp_path, check=True)
        found = versions(LD_LIBRARY_PATH=str(tmp_path))
        assert found[key] == expected[key]
    assert found | expected == found
    (tmp_path / "libcuda.so").unlink()
    (tmp_path / "libnvrtc.so").write_text("no library")
    found = versions(LD_LIBRARY_PATH=str(tmp_path))
    assert (found["driver"], found["compiler"], found["cublas"]) == (None, None, "11.10.9")


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


def test_cache_is_not_measured_with_settings_that_it_has_nothing_of(context, monkeypatch):
    monkeypatch.setenv("THEANO_FLAGS", "device=cpu")
    assert cache.Cache().excuse(context) is None
    monkeypatch.setenv("THEANO_FLAGS", "device=cpu,optimizer=fast_compile")
    assert "THEANO_FLAGS=optimizer=fast_compile" in cache.Cache().excuse(context)


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
