# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 120, full: 150}
#     memory_mb: 1000
# ---

# %% [markdown]
# # 0 - Theano basics: write the formula, get the program
#
# **Goals.** At the end you can
#
# - write an expression with symbols, compile it into a function and call it,
# - read Theano's graph of it before and after optimisation, and its error messages,
# - keep values in shared variables and change them with updates,
# - let Theano derive gradients, and check that they are right,
# - write a whole training step by hand: all that deep learning adds is bigger expressions.
#
# **You need** Python and a little NumPy. **Time:** about 30 minutes of reading and trying, and 20
# for the exercises; the computer needs less than 10 seconds for everything.
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick. In an exercise, put your answer in the place of the three dots `...` and
# run the cell: it tells whether you are right, or what to look at. Hints and solution unfold when
# you click on them.

# %%
import numpy as np
import theano
import theano.tensor as T
from theano.printing import debugprint, pprint
from workshop import diagrams, plots
from workshop.exercises import lesson0 as check
from workshop.graphs import graph
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

# %%
compiled = f.maker.fgraph.outputs[0]
plots.show(
    diagrams.graphs({"as you wrote it": graph(y), "as it is computed": graph(compiled)}),
    alt="Left: the graph of 3x²+1, x and 2 at the bottom, then power, times with 3, plus with 1. "
    "Right: the compiled graph, in which 1, 3 and x enter a single operation, 1 + 3 sqr(x).",
)

# %% [markdown]
# One. Theano replaced `x**2` by `sqr(x)` and **fused** everything into a single loop
# (`Composite`). NumPy would walk through the memory once for each operation; a fused loop does
# so once.
#
# **Why not NumPy?** Speed is one reason. *Predict first:* what is $\ln(1 + e^x)$ for $x = 1000$,
# roughly, and what does NumPy say?

# %%
with np.errstate(over="ignore"):
    by_numpy = np.log(1 + np.exp(np.float32(1000)))
soft = theano.function([x], T.log(1 + T.exp(x)))
print("NumPy: ", by_numpy)
print("Theano:", soft(1000))
debugprint(soft)

# %% [markdown]
# NumPy computes what it is told, step by step, and $e^{1000}$ is more than any float can hold.
# Theano has seen the whole formula before it computes anything, and knows a stable way for it,
# `softplus`. The same happens to the logarithm of a probability in the loss of every network.
#
# The price: `x` has no value, so that `if x > 0:` and `math.exp(x)` end with an error. Conditions
# are operations too (`T.switch`), and loops get a section of their own (6).
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
# **Exercise 1: Row by row.** `centred` above takes its mean away from each *column*. Compile a
# function that does so for each *row* of the matrix `m`.
#
# <details><summary>Hint 1</summary>
#
# `m.mean(axis=1)` is a vector with one number for each row. A vector is laid along the rows and
# repeated downwards; these numbers have to stand in a column instead.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `mean` has an argument that keeps the dimension over which it averages, and declares it as 1:
# `keepdims`.
#
# </details>


# %% tags=["exercise"]
def centre_rows():
    """A compiled function: a matrix in; out comes the same with the mean of each row 0."""
    # BEGIN SOLUTION
    return theano.function([m], m - m.mean(axis=1, keepdims=True))
    # END SOLUTION


check.centre_rows(centre_rows)

# %% [markdown]
# **An error, read aloud.** Theano's messages are long, and worth it. Here is one with its
# parts. *Predict first:* 5 pictures of 4 pixels, weights for 3 outputs: what is wrong with `*`?

# %%
images, weights = T.matrix("images"), T.matrix("weights")
scores = theano.function([images, weights], images * weights)
some_images, some_weights = np.zeros((5, 4), "float32"), np.zeros((4, 3), "float32")
try:
    scores(some_images, some_weights)
except ValueError as error:
    lines = str(error).splitlines()
parts = ("Input dimension", "GpuElemwise", "Apply node", "Inputs shapes", "Backtrace")
print("\n".join(line for line in lines if line.startswith(parts)))
places = [number for number, line in enumerate(lines) if line.startswith("  File")]
if places:
    print(lines[places[-1]].partition(", ")[2])  # without the name of a temporary file
    print(lines[places[-1] + 1])
else:  # on a GPU, where another operation took the place of the one in the program
    print(next(line for line in lines if line.startswith("HINT")))

# %% [markdown]
# 1. *What:* the first input has 5 rows, the second 4.
# 2. *Which operation:* `mul`, that is `*`, of `images` and `weights`; so look for a `*`.
# 3. *Which shapes* really came.
# 4. *Where* it was written: the line of your program, not the one that called the function. (A GPU
#    has operations of its own, which do not know; there is advice instead how to find out.)
#
# `*` multiplies element by element. The weighted sums of a layer are a matrix product, `T.dot`.
#
# The error came late, when the function was called. With **test values** every line is tried out
# at once, and the line itself stops:

# %%
images.tag.test_value, weights.tag.test_value = some_images, some_weights
with theano.change_flags(compute_test_value="raise"):
    try:
        wrong = images * weights
    except ValueError as error:
        print("at once:", str(error).splitlines()[0])
    products = T.dot(images, weights)
print("T.dot gives the shape", products.tag.test_value.shape)

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
# **Exercise 2: Fibonacci.** 0, 1, 1, 2, 3, 5, ...: each number is the sum of the two before it.
# Compile a function without inputs, of which each call returns the next one, the first call 0.
#
# <details><summary>Hint 1</summary>
#
# Two shared variables keep the last two numbers, 0 and 1 at first. What do they become? In Python
# that would be `a, b = b, a + b`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `updates` is a list of pairs (variable, what it becomes), one for each of the two; the output is
# `a`. A shared Python integer has 64 bits.
#
# </details>


# %% tags=["exercise"]
def fibonacci():
    """A compiled function without inputs: each call returns the next Fibonacci number."""
    # BEGIN SOLUTION
    a, b = theano.shared(0), theano.shared(1)
    return theano.function([], a, updates=[(a, b), (b, a + b)])
    # END SOLUTION


check.fibonacci(fibonacci)

# %% [markdown]
# **Where it lives.** The data of a function's inputs travel at every call, to the GPU if there is
# one. Shared variables are there already, if they are `float32`. **Givens** put a piece of them in
# the place of an input when the function is compiled: only its position travels.

# %%
series = theano.shared(np.arange(12, dtype=theano.config.floatX), name="series")
start, piece = T.lscalar("start"), T.vector("piece")
total = theano.function([start], piece.sum(), givens={piece: series[start : start + 4]})
print("sums of four:", [float(total(first)) for first in (0, 4, 8)])
print(f"floatX is {theano.config.floatX}; {series.name} is a {type(series).__name__}")

# %% [markdown]
# On a GPU its type is called `GpuArraySharedVariable`, and nothing else changes in a program.
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
# **Exercise 3: The logistic curve.** $s(z) = 1/(1+e^{-z})$ makes a probability of any number;
# section 7 needs it. Compile a function of the vector `z` from above with two outputs in a list:
# the curve, and its slope by `T.grad`.
#
# <details><summary>Hint 1</summary>
#
# `value_and_slope` above has all the parts; only `wave` is another expression.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Write `s = ...` with `T.exp`, mind the minus sign, and derive `s.sum()`.
#
# </details>


# %% tags=["exercise"]
def logistic():
    """A compiled function: a vector of float64 in; out come the logistic curve and its slope."""
    # BEGIN SOLUTION
    s = 1 / (1 + T.exp(-z))
    return theano.function([z], [s, T.grad(s.sum(), z)])
    # END SOLUTION


check.logistic(logistic)

# %% [markdown]
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
right.set(xlim=(-3, 5.5), ylim=(-3, 5))
right.legend(fontsize=8)
plots.show(
    fig,
    alt="Left: the loss falls quickly, then slowly. Right: two clouds of points, separated by a "
    "straight line that falls from the upper left to the lower right.",
)

# %% [markdown]
# ## Exercises
#
# **Exercise 4: Your own training step.** Points `x`, `y` lie near a line. Compile a step that finds
# it: it returns the mean squared error of `slope * x + intercept`, and moves both weights
# downhill by 0.1 times their gradient.
#
# <details><summary>Hint 1</summary>
#
# First the loss: `T.mean((... - y) ** 2)`. Then its gradient along `[slope, intercept]`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The rest is `step` of section 7: an update for each weight, which takes 0.1 times its gradient
# away from it.
#
# </details>


# %% tags=["exercise"]
def line_step():
    """A compiled function: vectors x and y in, the loss out; each call is one step."""
    x, y = T.vector("x"), T.vector("y")
    slope, intercept = theano.shared(np.float32(0)), theano.shared(np.float32(0))
    # BEGIN SOLUTION
    loss = T.mean((slope * x + intercept - y) ** 2)
    gradients = T.grad(loss, [slope, intercept])
    updates = [(slope, slope - 0.1 * gradients[0]), (intercept, intercept - 0.1 * gradients[1])]
    return theano.function([x, y], loss, updates=updates)
    # END SOLUTION


check.line_step(line_step)

# %% [markdown]
# **Exercise 5: The same by hand.** What does `T.grad` save you? Take the step of section 7 with
# NumPy alone. You need the gradient on paper: how does the loss of a point change with its weighted
# sum $z = x \cdot w + b$? With $p = s(z)$ and the answer $t$, the loss is
# $-t \ln p - (1-t) \ln(1-p)$, and its mean over all points counts.
#
# <details><summary>Hint 1</summary>
#
# The chain rule: the slope of the loss along $p$, times the slope $p\,(1-p)$ of $p$ along $z$.
# Nearly everything cancels; what is left is a difference of two things that you have.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $z$ changes with $w$ as fast as $x$ says, and with $b$ by 1. So the gradient along `w` is the
# mean over all points of (what is left) times `x`, along `b` the mean of what is left.
#
# </details>


# %% tags=["exercise"]
def step_by_hand(w, b, x, t, rate):
    """The new w (2,) and b after one step; x: (points, 2), t: (points,), 0 or 1."""
    # BEGIN SOLUTION
    p = 1 / (1 + np.exp(-(x @ w + b)))
    error = (p - t) / len(t)
    return w - rate * error @ x, b - rate * error.sum()
    # END SOLUTION


check.step_by_hand(step_by_hand)

# %% [markdown]
# ## Recap
#
# - Symbols and operations make a graph; `theano.function` optimises and compiles it.
# - Shared variables remember; updates change them all at once, after each call.
# - `T.grad` gives exact gradients; finite differences check them.
# - A training step is a function whose updates walk down the gradient.
#
# **At home.**
#
# - *Break it.* Set `RATE = 100` and run section 7 again. What happens to the loss, and why? (A step
#   that jumps over the valley lands higher than where it started. A loss of `inf` or `nan` is the
#   logarithm of a probability of 0.)
# - *Momentum.* In section 7, keep a velocity for each weight, a shared variable with an update of
#   its own: `v = 0.9 * v - rate * g`, and add the *new* velocity to the weight. How many steps to
#   the same loss?
# - Colour the picture of section 6 by the slope of the map.
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
assert soft(1000) == 1000 and by_numpy == np.inf, f"ln(1 + e^1000) is 1000, not {soft(1000)}"
assert np.allclose(centred(table).mean(axis=0), 0), "the columns are not centred"
assert products.tag.test_value.shape == (5, 3), "the matrix product has another shape"
assert [float(total(first)) for first in (0, 4, 8)] == [6, 22, 38], "givens take other pieces"
count.set_value(0)
assert [int(add(n)) for n in (5, 7, 0)] == [0, 5, 12], "updates do not follow the output"
assert gradient_error < 1e-8, f"gradient and finite differences differ by {gradient_error:.1e}"
assert np.allclose(populations[-1, 0], 1 - 1 / 2.5, atol=1e-4), "r = 2.5 should settle at 0.6"
assert abs(losses[0] - np.log(2)) < 1e-5, f"the first loss is ln 2, not {losses[0]:.4f}"
assert losses[-1] < 0.3 and right_share > 0.88, (
    f"training ends at {losses[-1]:.3f}, {right_share:.0%}"
)
print("All is well.")
