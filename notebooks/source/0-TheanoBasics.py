# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 120, full: 150}
#     memory_mb: 600
# ---

# %% [markdown]
# # 0 - Theano basics: write the formula, get the program
#
# **Goals.** At the end you can
#
# - write an expression with symbols, compile it into a function and call it,
# - read Theano's graph of it before and after optimisation,
# - keep values in shared variables and change them with updates,
# - let Theano derive gradients, and check that they are right,
# - write a whole training step by hand: all that deep learning adds is bigger expressions.
#
# **You need** Python and a little NumPy. **Time:** about 30 minutes of reading and trying; the
# computer needs less than 10 seconds for everything.
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick.

# %%
import numpy as np
import theano
import theano.tensor as T
from theano.printing import debugprint, pprint
from workshop import plots
from workshop.session import device_line, profile

print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
SEED = 1
MAP_COLUMNS = {"quick": 300, "full": 1500}[PROFILE]  # resolution of the picture in section 6
STEPS = {"quick": 100, "full": 200}[PROFILE]  # training steps in section 7
RATE = 1.0  # how far a training step goes

# %% [markdown]
# ## 1. Symbols and expressions
#
# In NumPy, `3 * x**2 + 1` is computed at once. In Theano, `x` is only a name, and the expression
# is a *recipe*. *Predict first:* what does the next cell print, a number or something else?

# %%
x = T.scalar("x")
y = 3 * x**2 + 1
print("print: ", y)
print("pprint:", pprint(y))

# %% [markdown]
# `y` knows *how* it is computed, but has no value. `theano.function` turns the recipe into a
# program: inputs on the left, the result on the right. Theano writes it in C++ and keeps the
# compiled program on disk, so that the second time is quick.

# %%
f = theano.function([x], y)
print("f(2) =", f(2))
print("in one go, without keeping the function:", y.eval({x: 2}))

# %% [markdown]
# ## 2. The graph, before and after optimisation
#
# The recipe is a graph: operations with their inputs below them. Read it from the bottom up.

# %%
debugprint(y)

# %% [markdown]
# *Predict first:* the graph has three operations (power, times, plus). How many are left in the
# compiled function?

# %%
debugprint(f)
operations_before = len(theano.gof.graph.ops([x], [y]))
operations_after = len(f.maker.fgraph.toposort())
print(f"\n{operations_before} operations before, {operations_after} after")

# %% [markdown]
# One. Theano replaced `x**2` by `sqr(x)` and **fused** everything into a single loop
# (`Composite`). NumPy would walk through the memory once for each operation; a fused loop does
# so once.
#
# ## 3. Types, shapes and broadcasting
#
# A symbol has a type: its element type and its number of dimensions, but no size.

# %%
for symbol in (T.scalar(), T.vector(), T.matrix(), T.ivector(), T.tensor4()):
    print(f"{symbol.type!s:28} {symbol.ndim} dimensions of {symbol.dtype}")

# %% [markdown]
# `float32` is what `floatX` says: half the memory of NumPy's `float64`, and what GPUs are fast
# at. *Predict first:* what happens when a `float64` array meets a `float32` symbol?

# %%
v = T.vector("v")
double = theano.function([v], 2 * v)
try:
    double(np.array([1.0, 2.0]))
except TypeError as error:
    print(str(error).splitlines()[-1])
print("with the right type:", double(np.array([1, 2], "float32")))

# %% [markdown]
# The whole message is longer; its last line says *what* was wrong (float64 for a float32 input)
# and *what to do* (cast it). Rounding silently is what Theano refuses to do.
#
# **Broadcasting.** A vector meets a matrix: it is repeated for every row, as in NumPy.

# %%
m = T.matrix("m")
centred = theano.function([m], m - m.mean(axis=0))
table = np.array([[1, 10], [2, 20], [3, 60]], "float32")
print(centred(table))

# %% [markdown]
# Misconception: *"Theano repeats along any dimension of size 1."* No: sizes are not known when
# the graph is built, so only dimensions that are *declared* as 1 are repeated. `T.row()`,
# `T.col()` and `x.dimshuffle(0, "x")` declare them.

# %%
column = T.matrix("column")
for name, second in (("plain matrix", column), ("declared as 1", T.addbroadcast(column, 1))):
    try:
        result = theano.function([m, column], m + second)(table, table[:, :1])
        print(f"{name}: works, shape {result.shape}")
    except ValueError as error:
        print(f"{name}: {str(error).splitlines()[0]}")

# %% [markdown]
# ## 4. Shared variables and updates
#
# Functions so far forget everything. A **shared variable** keeps its value between calls (on the
# GPU, if there is one); **updates** say what it becomes after each call. Weights live here.
#
# *Predict first:* the function returns `count`. Does it return the value before or after the
# update?

# %%
count = theano.shared(0, name="count")
by = T.lscalar("by")
add = theano.function([by], count, updates=[(count, count + by)])
print("returned:", [int(add(n)) for n in (1, 10, 100)])
print("kept:    ", count.get_value())
count.set_value(0)

# %% [markdown]
# Before. All outputs and all updates are computed from the *old* values, then everything changes
# at once: no update sees half of another one.
#
# ## 5. Gradients, and how to trust them
#
# `T.grad` derives an expression, symbol by symbol, by the chain rule: it builds another graph.
# No rounding is involved, unlike with finite differences,
#
# $$f'(x) \approx \frac{f(x+h) - f(x-h)}{2h}.$$
#
# *Predict first:* where is the derivative of $\sin(x)\,e^{-x^2/8}$ zero: at 0, or elsewhere?

# %%
z = T.dvector("z")  # float64: to compare with finite differences we want every digit
wave = T.sin(z) * T.exp(-(z**2) / 8)
value_and_slope = theano.function([z], [wave, T.grad(wave.sum(), z)])

at = np.linspace(-6, 6, 201)
value, slope = value_and_slope(at)
H = 1e-5
numeric = (value_and_slope(at + H)[0] - value_and_slope(at - H)[0]) / (2 * H)
gradient_error = np.abs(slope - numeric).max()
print(f"largest difference between T.grad and finite differences: {gradient_error:.1e}")

# %%
fig, (left, right) = plots.panels(2)
plots.label(left, "A function and its slope", "x", "")
left.plot(at, value, color=plots.BLUE, label="f(x)")
left.plot(at, slope, color=plots.ORANGE, linestyle="--", label="f'(x), T.grad")
left.plot(at[::10], numeric[::10], "o", color="black", markersize=3, label="finite differences")
left.legend(fontsize=8)
steps = 10.0 ** np.arange(-13, 0)
ends = [(value_and_slope(at + h)[0], value_and_slope(at - h)[0]) for h in steps]
errors = [np.abs((a - b) / (2 * h) - slope).max() for h, (a, b) in zip(steps, ends, strict=True)]
plots.label(right, "Error of finite differences", "step h", "largest error")
right.loglog(steps, errors, color=plots.GREEN, marker="o", markersize=4)
plots.show(
    fig,
    alt="Left: a damped sine wave, its slope by T.grad, and finite differences, which lie on the "
    "slope. Right: the error of finite differences is smallest at h near 1e-5 and grows both ways.",
)

# %% [markdown]
# The right picture is why nobody trains with finite differences: a large step is too coarse, a
# small one drowns in rounding, and each parameter would need two evaluations of its own. As a
# *check* of a gradient they are perfect. (`T.grad` wants a single number to derive, hence
# `wave.sum()`; as each value depends on its own `z` only, the slopes come out side by side.)
#
# ## 6. Loops: scan
#
# A Python loop builds a longer graph; `theano.scan` builds **one** loop that runs in the compiled
# function and that gradients can pass through. Recurrent networks (lesson 8) are made of it.
#
# Here it repeats $p \leftarrow r\,p\,(1-p)$, a population $p$ that grows at rate $r$ and
# runs out of food, for many $r$ side by side. *Predict first:* does the population settle?

# %%
growth = T.vector("growth")
population, _ = theano.scan(
    fn=lambda p, r: r * p * (1 - p),  # one step: the last value, then what stays the same
    outputs_info=T.ones_like(growth) / 2,  # where it starts
    non_sequences=growth,
    n_steps=300,
)
simulate = theano.function([growth], population[-100:])
rates = np.linspace(2.5, 4, MAP_COLUMNS, dtype="float32")
populations = simulate(rates)
print("steps x rates:", populations.shape)

# %%
fig, (axes,) = plots.panels(1, (8, 3.6))
plots.label(axes, "The last 100 of 300 steps", "growth rate r", "population p")
axes.plot(np.tile(rates, 100), populations.ravel(), ",", color=plots.BLUE, alpha=0.4)
plots.show(
    fig,
    alt="Population against growth rate: one line up to a rate of 3, then two branches, then "
    "four, then a cloud of chaos with gaps.",
)

# %% [markdown]
# Up to $r = 3$ it settles; then it swings between two values, then four, then chaos - from a loop
# of one line.
#
# ## 7. A training step by hand
#
# Everything together: two clouds of points, a weighted sum of the coordinates, the *logistic*
# function that makes a probability of it, the cross-entropy as loss, its gradient, and an update
# that takes a step downhill. Lesson 1 does the same with pictures.

# %%
rng = np.random.RandomState(SEED)
labels = np.repeat([0, 1], 100).astype("float32")
points = rng.normal(size=(200, 2)).astype("float32") + 2 * labels[:, None]

w = theano.shared(np.zeros(2, "float32"), name="w")
b = theano.shared(np.float32(0), name="b")
inputs, targets = T.matrix("inputs"), T.vector("targets")
p = T.nnet.sigmoid((inputs * w).sum(axis=1) + b)  # probability of belonging to cloud 1
loss = T.nnet.binary_crossentropy(p, targets).mean()
gradients = T.grad(loss, [w, b])
rate = np.float32(RATE)
step = theano.function(
    [inputs, targets],
    loss,
    updates=[(weight, weight - rate * g) for weight, g in zip((w, b), gradients, strict=True)],
)

# %% [markdown]
# *Predict first:* with all weights zero, every probability is 1/2. What is the loss of the very
# first step?
#
# <details><summary>Answer</summary>
#
# $-\ln(1/2) = 0.693$
#
# </details>

# %%
losses = [float(step(points, labels)) for _ in range(STEPS)]
right_share = float(((points @ w.get_value() + b.get_value() > 0) == labels).mean())
print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}; {100 * right_share:.1f} % of the points right")
print("w =", w.get_value().round(2), " b =", b.get_value().round(2))

# %%
fig, (left, right) = plots.panels(2, (9, 3.6))
plots.label(left, "Training", "step", "loss (cross-entropy)")
left.plot(losses, color=plots.BLUE)
plots.label(right, "Where the probability is 1/2", "first coordinate", "second coordinate")
for cloud, colour, marker in ((0, plots.BLUE, "o"), (1, plots.ORANGE, "^")):
    chosen = points[labels == cloud].T
    right.scatter(*chosen, s=12, color=colour, marker=marker, label=f"cloud {cloud}")
(w0, w1), edge = w.get_value(), np.array([-2.5, 4.5])
right.plot(edge, -(w0 * edge + b.get_value()) / w1, color="black", label="boundary")
right.set(xlim=(-3, 5), ylim=(-3, 5))
right.legend(fontsize=8)
plots.show(
    fig,
    alt="Left: the loss falls quickly, then slowly. Right: two clouds of points, separated by a "
    "straight line that falls from the upper left to the lower right.",
)

# %% [markdown]
# ## Exercises
#
# 1. **The logistic curve.** Plot $s(x) = 1/(1+e^{-x})$ and its derivative by `T.grad`, and check
#    that $s' = s\,(1-s)$.
#
#    <details><summary>Hint</summary>
#
#    Section 5 has all the parts: replace `wave`, then compare
#    `slope` with `value * (1 - value)` using `np.allclose`.
#
#    </details>
#
# 2. **Fibonacci.** A shared vector `(a, b)`, and updates that make it `(b, a + b)`. Which is the
#    30th number?
#
#    <details><summary>Hint</summary>
#
#    `T.stack([pair[1], pair[0] + pair[1]])` is the new vector.
#    Use integers, or see from which number on `float32` is off by one.
#
#    </details>
#
# 3. **Momentum.** In section 7, keep a velocity for each weight: `v = 0.9 * v - rate * g`, and add
#    it to the weight. How many steps to the same loss?
#
#    <details><summary>Hint</summary>
#
#    The velocity is a shared variable too, with an update of its
#    own; the weight's update must use the *new* velocity expression, not the old value.
#
#    </details>
#
# 4. **Break it.** Set `RATE = 100` and run section 7 again. What happens to the loss, and why?
#
#    <details><summary>Hint</summary>
#
#    A step that jumps over the valley lands higher than where
#    it started. A loss of `inf` or `nan` is the logarithm of a probability of 0.
#
#    </details>
#
# ## Recap
#
# - Symbols and operations make a graph; `theano.function` optimises and compiles it.
# - Shared variables remember; updates change them all at once, after each call.
# - `T.grad` gives exact gradients; finite differences check them.
# - A training step is a function whose updates walk down the gradient.
#
# **At home.** Colour the picture of section 6 by the slope of the map. Write section 7 in NumPy,
# with the gradient derived on paper: the same numbers must come out.
#
# **References.** Theano Development Team, *Theano: A Python framework for fast computation of
# mathematical expressions* (2016). May, *Simple mathematical models with very complicated
# dynamics* (1976), for section 6.
#
# ## Did it work?
#
# The last cell says so, or stops with what is off.

# %% tags=["expect"]
assert f(2) == 13, f"3 * 2**2 + 1 is 13, not {f(2)}"
assert operations_after == 1, (
    f"the expression was not fused: {operations_after} operations are left"
)
assert np.allclose(centred(table).mean(axis=0), 0), "the columns are not centred"
count.set_value(0)
assert [int(add(n)) for n in (5, 7, 0)] == [0, 5, 12], "updates do not follow the output"
assert gradient_error < 1e-8, f"gradient and finite differences differ by {gradient_error:.1e}"
assert np.allclose(populations[-1, 0], 1 - 1 / 2.5, atol=1e-4), "r = 2.5 should settle at 0.6"
assert abs(losses[0] - np.log(2)) < 1e-5, f"the first loss is ln 2, not {losses[0]:.4f}"
assert losses[-1] < 0.3 and right_share > 0.88, (
    f"training ends at {losses[-1]:.3f}, {right_share:.0%}"
)
print("All is well.")
