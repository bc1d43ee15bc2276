# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 60, full: 60}
#     memory_mb: 800
# ---

# %% [markdown]
# # 10 - A thermometer that learns
#
# **Goals.** At the end you can
#
# - say what a single neuron computes,
# - write down the gradient of its error, and
# - let it learn a law that somebody else keeps secret.
#
# **You need** lesson 0 (Theano's functions). **Time:** about 10 minutes.
#
# A thermometer shows degrees Celsius, and we want Fahrenheit. The program `units` knows how; our
# neuron gets to see a few examples only.

# %%
import subprocess

import numpy as np
import theano
import theano.tensor as T
from tabulate import tabulate
from workshop import plots
from workshop.exercises import Wrong, exercise, numbers
from workshop.session import device_line, profile

SEED = 1
print(device_line())

# %% tags=["parameters"]
STEPS = {"quick": 200, "full": 400}[profile()]
RATE = 0.3

# %% [markdown]
# ## The examples
#
# *Predict first:* how many examples does it take to learn this law, if there is no noise?


# %%
def truth(celsius):
    """The same temperature in degrees Fahrenheit, by GNU units."""
    words = ["units", "--terse", f"tempC({celsius})", "tempF"]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


celsius = np.array([-20.0, 0.0, 15.0, 25.0, 40.0])
fahrenheit = np.array([truth(degrees) for degrees in celsius])
print(tabulate({"Celsius": celsius, "Fahrenheit": fahrenheit}, headers="keys"))

# %% [markdown]
# ## One neuron
#
# It computes `weight * x + bias`. Numbers near one are learnt most quickly, so it is given
# hundreds of degrees.
#
# **Exercise 1: The gradient.** How does the mean of `(weight * x + bias - y)**2` change with the
# weight, and how with the bias? Return both.
#
# <details><summary>Hint 1</summary>
#
# The derivative of a square is twice what is squared, times the derivative of that.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Let `error` be what is squared. With the weight it changes by `x`, with the bias by 1.
#
# </details>


# %%
@exercise
def slopes(answer):
    """Compares with what the error does when weight or bias move by a little."""
    x, y, weight, bias = np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 4.0]), 2.0, -1.0

    def loss(weight, bias):
        return np.mean((weight * x + bias - y) ** 2)

    tiny = 1e-6
    by_weight = (loss(weight + tiny, bias) - loss(weight - tiny, bias)) / (2 * tiny)
    by_bias = (loss(weight, bias + tiny) - loss(weight, bias - tiny)) / (2 * tiny)
    right, found = np.array([by_weight, by_bias]), numbers(answer(x, y, weight, bias), (2,))
    mistakes = {
        "the derivative of a square has a factor of two": right / 2,
        "that is the way down; the gradient points up": -right,
        "that is the sum over all examples; take the mean": right * len(x),
        "the weight comes first": right[::-1],
    }
    for told, mistake in mistakes.items():
        if np.allclose(found, mistake, atol=1e-4):
            raise Wrong(told)
    if not np.allclose(found, right, atol=1e-4):
        raise Wrong("moving weight or bias a little changes the error by another amount")
    return "these two numbers are all that learning needs to know"


# %% tags=["exercise"]
def gradient(x, y, weight, bias):
    """How the mean squared error changes with the weight, and with the bias."""
    # BEGIN SOLUTION
    error = weight * x + bias - y
    return 2 * np.mean(error * x), 2 * np.mean(error)
    # END SOLUTION


slopes(gradient)

# %% [markdown]
# ## Learning
#
# Theano derives the same gradient by itself, from the formula.

# %%
x, y = T.vectors("x", "y")
weight, bias = theano.shared(0.0, "weight"), theano.shared(0.0, "bias")
loss = T.mean((weight * x + bias - y) ** 2)
updates = [(p, p - RATE * T.grad(loss, p)) for p in (weight, bias)]
step = theano.function([x, y], loss, updates=updates, allow_input_downcast=True)
losses = [float(step(celsius / 100, fahrenheit / 100)) for _ in range(STEPS)]

fig, (axes,) = plots.panels(1, (6, 3))
plots.label(axes, "Learning the law", "step", "mean squared error")
axes.semilogy(losses)
plots.show(fig, alt=f"The error falls from {losses[0]:.2g} to {losses[-1]:.2g} on a log scale.")

# %%
law = [("learnt", weight.get_value(), 100 * bias.get_value()), ("school", 1.8, 32.0)]
print(tabulate(law, headers=["", "degrees for each degree", "at 0 degrees Celsius"]))

# %% tags=["expect"]
assert abs(weight.get_value() - 1.8) < 0.05, "the learnt weight is far from the law's 1.8"
assert abs(100 * bias.get_value() - 32) < 1, "the learnt bias is far from the law's 32 degrees"
print("The neuron has found the law.")

# %% [markdown]
# ## Recap
#
# A neuron is a line with two numbers, and learning follows the gradient of the error.
