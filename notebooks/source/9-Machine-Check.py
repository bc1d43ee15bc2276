# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 120, full: 240}
#     memory_mb: 1000
# ---

# %% [markdown]
# # 9 - Machine check: does this computer calculate right, and how quickly?
#
# **Goals.** At the end you can
#
# - say which library multiplies matrices here, and that it does so correctly,
# - count the operations of a product, and turn seconds into GFLOP/s,
# - say whether a step waits for the processor or for the memory,
# - tell what a GPU would bring, and make Theano use one, or a certain one of several.
#
# **You need** lesson 0 (Theano's functions); lesson 2 for the last sections. **Time:** about 20
# minutes of reading and trying; the computer needs about a minute.
#
# Whether everything in the appliance works, `appliance-check` in a terminal tells, with what to do
# about it. Here we look at how quick, and why. Close what else is running: the numbers are of this
# minute and this computer.

# %%
from functools import partial

import numpy as np
import theano
import theano.tensor as T
from workshop import machine, plots
from workshop.exercises import lesson9 as check
from workshop.progress import Progress
from workshop.session import device_line, profile

SEED = 1
print(device_line())
print(f"{machine.processor()}; {machine.memory_gb():.1f} GB of memory")

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
SIZES = {"quick": (32, 64, 128, 256, 512), "full": (32, 64, 128, 256, 512, 1024, 2048)}[PROFILE]
PATIENCE = {"quick": 0.05, "full": 0.3}[PROFILE]  # seconds for each measurement
THREADS = sorted({1, min(2, machine.cores()), machine.cores()})  # for BLAS

# %% [markdown]
# ## 1. Which BLAS?
#
# NumPy and Theano do not multiply matrices themselves, they ask a library that has the interface of
# **BLAS** (*basic linear algebra subprograms*). There are several, and a good one is ten times and
# more as quick as a simple one. Both should use the same good one: two of them would fight for
# the same cores.

# %%
libraries = machine.libraries()
for library in libraries:
    print(f"{library['internal_api']} {library['version']}: {library['filepath']}")
    print(f"  code for {library.get('architecture')}, {library['num_threads']} threads")

# %% [markdown]
# *Code for* says which processor the library takes this one for: it picks its routines when it
# starts. In a virtual machine an old name there means that the host hides what its processor can.
#
# ## 2. Is it right?
#
# A number of 32 bits has 24 for its digits, so that every operation rounds: by at most
# $u = 2^{-24}$, or 0.00000006, of the result. A product of matrices adds up $n$ terms for each of
# its numbers, and every order of adding has other roundings. So *equal* is too much to ask for;
# but there is a bound: $|\hat c - c| \le n u \sum_k |a_{ik}| |b_{kj}|$, whatever the order (nearly:
# $n u / (1 - n u)$ instead of $n u$).
#
# *Predict first:* will the errors be near the bound, or far below?

# %%
x, y = T.fmatrices("x", "y")
multiply = theano.function([x, y], T.dot(x, y))
products = {"NumPy": np.matmul, "Theano": multiply}
errors = {
    name: [machine.product_error(size, SEED, product) for size in SIZES]
    for name, product in products.items()
}

# %%
fig, (axes,) = plots.panels(1, (6, 3.4))
plots.label(axes, "Largest error of a product", "size n of the matrices", "roundings u")
for (name, pairs), style in zip(errors.items(), ("o-", "s--"), strict=True):
    axes.loglog(SIZES, [error for error, _ in pairs], style, label=name)
axes.loglog(SIZES, [bound for _, bound in errors["NumPy"]], color="black", label="bound")
axes.set_xticks(SIZES, SIZES)
axes.minorticks_off()
axes.legend(fontsize=8)
plots.show(
    fig,
    alt="Largest error against the size of the matrices, in roundings, for NumPy and Theano: it "
    "hardly grows and stays far below the line of the bound, which grows with n.",
)

# %% [markdown]
# Far below: roundings go up and down and mostly cancel. What *would* be wrong lies far above the
# bound: a library with a mistake in it for this processor, or memory that loses bits.
#
# **Exercise 1: The bound** of each number of a product, with NumPy: an array of the shape of
# `a @ b`. Take $n u$, without the denominator.
#
# <details><summary>Hint 1</summary>
#
# The sum over k of $|a_{ik}| |b_{kj}|$ is a product of matrices itself.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.abs` takes the absolute value of each number. n is how many terms are added up: how many
# columns does `a` have?
#
# </details>


# %% tags=["exercise"]
def bound(a, b):
    """The largest error that rounding to 32 bits can make, for each number of a @ b."""
    # BEGIN SOLUTION
    return a.shape[1] * 2.0**-24 * (np.abs(a) @ np.abs(b))
    # END SOLUTION


check.bound(bound)

# %% [markdown]
# ## 3. Is it quick?
#
# The unit of speed is the **GFLOP/s**, a thousand million operations with real numbers in a second.
#
# **Exercise 2: GFLOP/s** of a product of (m, k) and (k, n) that took so many seconds. Count
# multiplications and additions.
#
# <details><summary>Hint 1</summary>
#
# How many numbers does the result have? How many multiplications does one of them need?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Each multiplication comes with one addition. G is $10^9$.
#
# </details>


# %% tags=["exercise"]
def gflops(m, k, n, seconds):
    """Thousand millions of operations in a second."""
    # BEGIN SOLUTION
    return 2 * m * k * n / seconds / 1e9
    # END SOLUTION


check.gflops(gflops)

# %% [markdown]
# *Predict first:* does a product of small matrices reach as many GFLOP/s as one of large ones? And
# are two threads twice as quick as one?

# %%
rng = np.random.RandomState(SEED)
speed = {threads: [] for threads in THREADS}
with Progress(len(THREADS) * len(SIZES), "Multiplying") as progress:
    for threads, reached in speed.items():
        with machine.limited(threads):
            for size in SIZES:
                a, b = (rng.rand(size, size).astype(np.float32) for _ in range(2))
                target = np.empty_like(a)
                seconds = machine.best_seconds(partial(np.matmul, a, b, out=target), PATIENCE)
                reached.append(2 * size**3 / seconds / 1e9)
                progress.advance()

# %%
fig, (axes,) = plots.panels(1, (6, 3.4))
plots.label(axes, "Speed of a product", "size n of the matrices", "GFLOP/s")
for (threads, reached), style in zip(speed.items(), ("o-", "s--", "^-."), strict=False):
    axes.semilogx(SIZES, reached, style, label=f"{threads} thread{'s' if threads > 1 else ''}")
axes.set_xticks(SIZES, SIZES)
axes.minorticks_off()
axes.set_ylim(0)
axes.legend(fontsize=8)
best = {threads: max(reached) for threads, reached in speed.items()}
words = ", ".join(f"{value:.0f} GFLOP/s with {threads}" for threads, value in best.items())
plots.show(fig, alt=f"Speed against size, a line for each number of threads; at best {words}.")
print(words)

# %% [markdown]
# A small product is over before it is well begun: calling it, and waking threads, takes longer than
# the work. That is why lessons work on *batches* of digits: 128 rows at once cost far less than 128
# times one row.
#
# ## 4. The memory
#
# Adding two arrays needs one operation for each number, and three trips to memory. The processor
# waits. *Predict first:* we copy arrays from 64 kB to 64 MB; is the number of GB in a second the
# same for all?

# %%
lengths = 2 ** np.arange(16, 27, 2)  # bytes
bandwidth = []
for length in lengths:
    source, target = np.ones(length // 4, np.float32), np.empty(length // 4, np.float32)
    seconds = machine.best_seconds(partial(np.copyto, target, source), PATIENCE)
    bandwidth.append(2 * length / seconds / 1e9)  # read and written
fig, (axes,) = plots.panels(1, (6, 3.4))
plots.label(axes, "Copying", "size of the array (kB)", "GB/s, read and written")
axes.semilogx(lengths / 1024, bandwidth, "o-")
axes.set_ylim(0)
plots.show(
    fig,
    alt="GB in a second against the size of the array: quick as long as the array fits into the "
    f"processor's caches, and at the end {bandwidth[-1]:.1f} GB/s from main memory.",
)

# %% [markdown]
# The steps are the processor's caches. What does not fit comes from main memory, over and over:
# NumPy calculates `x * w + b` in two passes, with an array in between. Theano sees the whole
# expression and makes *one* loop of it.

# %%
LENGTH = 4_000_000
numbers = [rng.rand(LENGTH).astype(np.float32) for _ in range(3)]
u, v, w = T.fvectors("u", "v", "w")
shared = [theano.shared(array, borrow=True) for array in numbers]
expression = abs(u * v + w) * v - w
fused = theano.function(
    [], theano.Out(expression, borrow=True), givens=dict(zip((u, v, w), shared, strict=True))
)


def with_numpy(a, b, c):
    """The same expression, pass by pass."""
    return abs(a * b + c) * b - c


passes = {
    "NumPy, five passes": machine.best_seconds(partial(with_numpy, *numbers), PATIENCE),
    "Theano, one loop": machine.best_seconds(fused, PATIENCE),
}
for name, seconds in passes.items():
    print(f"{name}: {1000 * seconds:.1f} ms, {5 * LENGTH / seconds / 1e9:.2f} GFLOP/s")

# %% [markdown]
# **Exercise 3: What does it wait for?** A step has so many operations, and has to bring so many
# bytes. The processor calculates while the memory delivers. How long does the step take at least?
#
# <details><summary>Hint 1</summary>
#
# How long would the operations take if all bytes were there already? How long the bytes, without
# anything to calculate?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Both happen at the same time: you wait for the slower one.
#
# </details>


# %% tags=["exercise"]
def at_least(operations, bytes_moved, operations_per_second, bytes_per_second):
    """Seconds that a step takes at least."""
    # BEGIN SOLUTION
    return max(operations / operations_per_second, bytes_moved / bytes_per_second)
    # END SOLUTION


check.at_least(at_least)

# %% [markdown]
# ## 5. The filters of lesson 2
#
# A convolution is somewhere in between: its filters are used at many places. Theano copies the
# pieces of the picture below a filter side by side, and multiplies matrices. The second layer of
# lesson 2, forwards: 128 digits, 16 maps of 12 by 12, 32 filters of 5 by 5.

# %%
maps = rng.rand(128, 16, 12, 12).astype(np.float32)
filters = rng.rand(32, 16, 5, 5).astype(np.float32)
shared = theano.shared(maps), theano.shared(filters)
convolve = theano.function([], T.nnet.conv2d(*shared, filter_flip=False))
operations = {"filters": 2 * 128 * 32 * 8 * 8 * 16 * 5 * 5}
seconds = {"filters": machine.best_seconds(convolve, PATIENCE)}
answers = convolve()
below = maps[0, :, 3:8, 2:7].astype(np.float64)
right = (below * filters[5]).sum()
print(f"one number of the result: {answers[0, 5, 3, 2]:.3f}, by hand {right:.3f}")
print(f"{operations['filters'] / seconds['filters'] / 1e9:.1f} GFLOP/s")

# %% [markdown]
# ## 6. What would a GPU bring?
#
# A GPU has thousands of small cores and a memory of its own, each ten times and more as quick as a
# processor's. The picture has **operations for each byte** from left to right: a kind of work
# stands at its place, as high as it got. Nothing gets above the *roof* of its machine: at the left
# the memory is the limit, at the right the cores. The dashed roof is that of a GPU of 2016, by its
# data sheet: a GeForce GTX 1060, 4,400 GFLOP/s and 192 GB/s.

# %%
GPU = {"GFLOP/s": 4400, "GB/s": 192}
size, top = SIZES[-1], max(best.values())
work = {  # operations for each byte, GFLOP/s
    "x * w + b ...": (5 / 16, 5 * LENGTH / passes["Theano, one loop"] / 1e9),
    "filters": (
        operations["filters"] / (maps.nbytes + filters.nbytes + answers.nbytes),
        operations["filters"] / seconds["filters"] / 1e9,
    ),
    f"product, n = {size}": (2 * size**3 / (3 * 4 * size**2), max(r[-1] for r in speed.values())),
}
per_byte = np.logspace(-2, 3, 200)
fig, (axes,) = plots.panels(1, (7, 3.8))
plots.label(axes, "The roof", "operations for each byte", "GFLOP/s")
axes.loglog(per_byte, np.minimum(per_byte * bandwidth[-1], top), color=plots.BLUE, label="here")
roof = np.minimum(per_byte * GPU["GB/s"], GPU["GFLOP/s"])
axes.loglog(per_byte, roof, "--", color=plots.ORANGE, label="GTX 1060 (data sheet)")
for (name, place), marker in zip(work.items(), "osD", strict=True):
    axes.plot(*place, marker, color=plots.BLUE, label=name)
axes.legend(fontsize=8)
plots.show(
    fig,
    alt="GFLOP/s against operations for each byte, both logarithmic. Two roofs that rise and then "
    "are flat: that of this computer, and far above it the dashed one of a GPU. Three dots below "
    "the first: an expression at the left, a product and filters at the right.",
)

# %% [markdown]
# Small matrices do not get to the roof, on a GPU even less than here: starting the work takes a few
# millionths of a second, and data has to get there first (about 12 GB/s over PCI Express). Theano
# keeps shared variables in the GPU's memory, so that weights stay there.
#
# ### Choosing one
#
# - VirtualBox passes no GPU to its guests. Take the Docker image with CUDA, on a computer with an
#   NVIDIA GPU: `docker run --gpus all ... deep-learning-workshop:cuda`. It tests the GPU when it
#   starts, and sets `device` to it.
# - One of several: `docker run --gpus '"device=1"' ...` shows only the second one to the container.
# - Inside, `THEANO_FLAGS=device=cuda0` in the environment of Jupyter (or `device = cuda0` under
#   `[global]` in `~/.theanorc`) takes the first one that is visible; `device=cpu` takes none. It
#   is read when Theano is imported: restart the kernel.
# - `floatX` stays float32: most GPUs are 24 to 64 times slower with float64.

# %%
visible = machine.gpus()
print("\n".join(visible) if visible else "No GPU of NVIDIA's is visible here.")
device = theano.config.device
on_gpu = device != "cpu" and theano.gpuarray.pygpu_activated
print(f"Theano's device is {device!r}, and it computes on the {'GPU' if on_gpu else 'CPU'}.")

# %% [markdown]
# Misconception: *"`theano.config.device` says cuda, so it runs on the GPU."* When a GPU cannot be
# started, Theano prints an error, goes on with the processor, and leaves the setting as it was.
# `device_line()`, at the top of each lesson, asks the back end itself. So does
# `appliance-check --require gpu`.
#
# ## Recap
#
# - Right means: within the bound of rounding, not equal to the last bit.
# - A product of matrices of n by n has $2 n^3$ operations; GFLOP/s say how quick it was.
# - Much work for each byte waits for the cores, little work for the memory.
# - A GPU raises both roofs. Batches that are too small reach neither.
#
# **At home.**
#
# - Run this on the laptop's mains supply and on its battery. What changes, cores or memory?
# - Train lesson 1 with `OMP_NUM_THREADS=1` in the environment of Jupyter: how much longer does an
#   epoch take, and why not twice as long?
# - A product in float64: how many GFLOP/s, and why half?
#
# **References.** Goto and van de Geijn, *Anatomy of high-performance matrix multiplication* (2008),
# on which OpenBLAS is built. Higham, *Accuracy and stability of numerical algorithms* (2002).
# Williams, Waterman and Patterson, *Roofline* (2009).
#
# ## Did it work?
#
# The last cell says so, or stops with what is off. How quick it is, it does not judge.

# %% tags=["expect"]
names = {library["internal_api"] for library in libraries}
assert names == {"openblas"}, f"BLAS is {names or 'none'}; run appliance-check --only blas"
for name, pairs in errors.items():
    for size, (error, allowed) in zip(SIZES, pairs, strict=True):
        assert error <= allowed, f"{name}'s product of {size} is wrong; run appliance-check"
assert abs(answers[0, 5, 3, 2] / right - 1) < 1e-5, "a number of the convolution is wrong"
difference = np.abs(np.asarray(fused()) - with_numpy(*numbers)).max()
assert difference < 1e-5, f"Theano's loop differs from NumPy's passes by {difference:g}"
measured = [*best.values(), *bandwidth, *passes.values(), *seconds.values()]
assert np.isfinite(measured).all() and min(measured) > 0, f"no time was measured: {measured}"
print("All is well.")
