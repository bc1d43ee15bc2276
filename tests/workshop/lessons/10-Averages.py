# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 60, full: 120}
#     memory_mb: 600
# ---

# %% [markdown]
# # 10 - Averages: what the middle hides
#
# **Goals.** At the end you can
#
# - let Theano compute a geometric mean,
# - say when it is below the arithmetic one,
# - write a number as people read it.
#
# **You need** lesson 0. **Time:** about 10 minutes.

# %%
import subprocess

import humanize
import theano
import theano.tensor as T
from workshop.session import profile

# %% tags=["parameters"]
PROFILE = profile()
NUMBERS = {"quick": 1_000, "full": 1_000_000}[PROFILE]

# %% [markdown]
# The logarithm turns products into sums: the mean of logarithms belongs to the root of a product.

# %%
x = T.dvector("x")
geometric = theano.function([x], T.exp(T.mean(T.log(x))))
mean = geometric(range(1, NUMBERS + 1))
print("up to", humanize.intcomma(NUMBERS), "it is", mean)

# %%
said = subprocess.run(
    ["/usr/games/cowsay", f"{mean:.1f}"], capture_output=True, text=True, check=True
)
print(said.stdout)

# %% tags=["expect"]
assert 0.36 < mean / NUMBERS < 0.38, "it comes close to 1/e of the largest number (Stirling)"
assert f"{mean:.1f}" in said.stdout, "the cow says the mean"
