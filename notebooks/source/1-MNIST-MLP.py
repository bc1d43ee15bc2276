# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 90, full: 300}
#     memory_mb: 1000
# ---

# %% [markdown]
# # 1 - Reading digits: a network of dense layers
#
# **Goals.** At the end you can
#
# - say why data is split into a training, a validation and a test part,
# - train softmax regression, the simplest classifier, and read its weights as pictures,
# - add hidden layers and dropout with Lasagne, and watch the error fall below 2 %,
# - look at the mistakes of a network, which tell more than its score.
#
# **You need** lesson 0 (symbols, functions, updates). **Time:** about 30 minutes of reading and
# trying; the computer needs about 1 minute for everything (2 cores, no GPU).
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick.

# %%
import lasagne
import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import DenseLayer, DropoutLayer, InputLayer
from lasagne.nonlinearities import rectify, softmax
from workshop import plots
from workshop.data import load_mnist
from workshop.notice import notice
from workshop.progress import Progress
from workshop.session import device_line, profile, seed

SEED = 1
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
TRAINING_DIGITS = {"quick": 10_000, "full": 50_000}[PROFILE]
SOFTMAX_EPOCHS = {"quick": 3, "full": 6}[PROFILE]
MLP_EPOCHS = {"quick": 4, "full": 12}[PROFILE]
HIDDEN = 512  # units in each hidden layer
DROPOUT = 0.3  # share of them that is switched off in a training step
BATCH = 128  # digits in each training step
RATE = 0.1  # how far the first steps go

# %% [markdown]
# ## 1. The data
#
# MNIST: digits that American high-school students and census clerks wrote, 28 by 28 pixels,
# centred. It has been the fruit fly of machine learning since 1998.
#
# The digits come in three parts that share none:
#
# | part | digits | what for |
# |---|---|---|
# | training | 50,000 | the network learns from these |
# | validation | 10,000 | *we* learn from these: which network, how many epochs |
# | test | 10,000 | looked at **once**, at the very end: how good is it really? |

# %%
digits = load_mnist()
if digits.is_standin:
    notice(digits.standin)
train, valid, test = digits.train, digits.validation, digits.test
for name, part in (("training", train), ("validation", valid), ("test", test)):
    print(f"{name:10} {len(part):6,} digits, pixels {part.images.shape[1:]} {part.images.dtype}")

# %% [markdown]
# *Predict first:* which digits will be hard to tell apart? Note two pairs; you meet them again
# in section 5.

# %%
columns = [np.flatnonzero(train.labels == digit)[:4] for digit in range(10)]
chosen = np.transpose(columns).ravel()
plots.show(
    plots.pictures(train.images[chosen], train.labels[chosen]),
    alt="Four handwritten examples of each digit from 0 to 9, each with its label above it.",
)

# %% [markdown]
# To the networks of this lesson a digit is just a row of 784 numbers between 0 (paper) and
# 1 (ink). They do not know which pixels are neighbours; lesson 2 will tell them.

# %%
print("the training digits as a matrix:", train.rows.shape)
print("ten pixels from the middle of the first one:", train.rows[0, 400:410].round(2))

# %% [markdown]
# ## 2. From a network to functions that train it
#
# Lasagne describes a network by its layers; Theano compiles what we want to *do* with it. We
# need two functions, and they are the same for every network of this lesson:
#
# - **step**: takes a batch of digits and labels, changes the weights a little, returns the loss.
#   The loss is the *cross-entropy*, minus the logarithm of the probability that the network gave
#   to the right answer. Sure and right costs nothing, sure and wrong costs a lot.
# - **probabilities**: takes digits, returns ten probabilities for each; changes nothing.
#
# *Predict first:* an untrained network gives every digit a probability of about 1/10. What is
# its loss?
#
# <details><summary>Answer</summary>
#
# $-\ln(1/10) = 2.3$. A first loss far from that means that something is wrong: remember it.
#
# </details>


# %%
class Model:
    """A network with what trains it; `history` grows by one entry with each epoch."""

    def __init__(self, name, network):
        self.name, self.network, self.history = name, network, []
        self.rate = theano.shared(np.float32(RATE))
        x, y = T.matrix("x"), T.ivector("y")
        inputs = {lasagne.layers.get_all_layers(network)[0]: x}
        noisy = lasagne.layers.get_output(network, inputs)
        loss = lasagne.objectives.categorical_crossentropy(noisy, y).mean()
        weights = lasagne.layers.get_all_params(network, trainable=True)
        updates = lasagne.updates.nesterov_momentum(loss, weights, self.rate)
        self.step = theano.function([x, y], loss, updates=updates)
        clean = lasagne.layers.get_output(network, inputs, deterministic=True)
        self.probabilities = theano.function([x], clean)

    def measure(self, part, limit=10_000):
        """Loss and share of right answers on the first digits of a part; learns nothing."""
        p, truth = self.probabilities(part.rows[:limit]), part.labels[:limit]
        loss = -np.log(p[np.arange(len(truth)), truth] + 1e-9).mean()
        return float(loss), float((p.argmax(axis=1) == truth).mean())


# %% [markdown]
# Training is a loop: shuffle the digits, take them batch by batch, step. One pass over all
# digits is an **epoch**; after each we measure on digits that the network did not learn from.
# Momentum keeps the steps going where the last ones went; they get shorter towards the end, so
# that the weights settle.
#
# The **stop** button of Jupyter ends the training whenever you like; running the cell again
# goes on where it was.


# %%
def fit(model, epochs):
    """Train until `epochs` epochs are done. Interrupted and run again, it goes on."""
    count = min(TRAINING_DIGITS, len(train))
    batches = -(-count // BATCH)
    missing = epochs - len(model.history)
    if missing <= 0:
        return print(f"The {model.name} has its {epochs} epochs; ask for more to go on.")
    rng = np.random.RandomState(SEED + len(model.history))
    curves = plots.Live(alt=f"Loss and wrong digits of the {model.name} after each epoch.")
    with Progress(missing * batches, f"Training the {model.name}") as progress:
        while len(model.history) < epochs:
            model.rate.set_value(np.float32(RATE * (1 - len(model.history) / epochs)))
            for batch in np.array_split(rng.permutation(count), batches):
                model.step(train.rows[batch], train.labels[batch])
                progress.advance()
            model.history.append({"train": model.measure(train), "valid": model.measure(valid)})
            right = model.history[-1]["valid"][1]
            progress.advance(0, note=f"{100 * right:.1f} % of validation digits right")
            curves.show(plots.learning_curves(model.history, epochs, f"The {model.name}"))


# %% [markdown]
# ## 3. Softmax regression
#
# The simplest network: one layer, ten outputs, each a weighted sum of the 784 pixels; *softmax*
# turns the ten sums into probabilities.

# %%
seed(SEED)
pixels = InputLayer((None, 784))
softmax_model = Model("softmax regression", DenseLayer(pixels, 10, nonlinearity=softmax))
print("weights:", lasagne.layers.count_params(softmax_model.network))
loss, right = softmax_model.measure(valid)
print(f"untrained: loss {loss:.2f}, {100 * right:.1f} % of the validation digits right")

# %% [markdown]
# *Predict first:* how many of 100 digits can a weighted sum of pixels get right?

# %%
fit(softmax_model, SOFTMAX_EPOCHS)

# %% [markdown]
# Each output has one weight for each pixel, so that the weights are pictures as well. *Predict
# first:* what will the picture of the 0 look like in its middle?

# %%
weights = softmax_model.network.W.get_value().T.reshape(10, 28, 28)
limit = np.percentile(np.abs(weights), 99.5)
plots.show(
    plots.pictures(weights, range(10), cmap="PuOr", limits=(-limit, limit)),
    alt="The weights of each output as a picture: ink where it is purple speaks for the digit, "
    "ink where it is orange speaks against it. The 0 is orange in the middle of a purple ring.",
)

# %% [markdown]
# Purple speaks for the digit, orange against it. Ink in the middle speaks against a 0. The edges
# stay noise: nobody ever wrote there, so nothing was learnt.
#
# ## 4. Hidden layers
#
# A weighted sum can not say "a loop above *and* a stroke below". Layers in between can: each of
# their units finds a pattern, and the next layer combines the patterns. Between the layers
# stands the *rectifier*, $\max(0, x)$; without it, two layers would be one weighted sum again.
#
# ```
# 784 pixels -> 512 patterns -> 512 patterns of patterns -> 10 probabilities
# ```
#
# **Dropout** switches off three units in ten in each training step, others each time. No unit can
# rely on another one, which keeps the network from learning by heart. `deterministic=True` in
# `Model` turns dropout off for measuring.

# %%
seed(SEED)
layer = pixels
for _ in range(2):
    layer = DenseLayer(layer, HIDDEN, nonlinearity=rectify)
    layer = DropoutLayer(layer, p=DROPOUT)
mlp = Model("multi-layer network", DenseLayer(layer, 10, nonlinearity=softmax))
for layer in lasagne.layers.get_all_layers(mlp.network):
    print(f"{type(layer).__name__:13} output shape {layer.output_shape}")
print("weights:", lasagne.layers.count_params(mlp.network))

# %% [markdown]
# *Predict first:* this network has 85 times as many weights. Does it take 85 times as long? And
# which error will be smaller in the first epochs, that of the training digits (measured without
# dropout) or that of the validation digits?

# %%
fit(mlp, MLP_EPOCHS)

# %% [markdown]
# Compare the seconds of an epoch: 85 times the weights, but far less than 85 times as long. With
# small matrices a computer is busy with everything but multiplying.
#
# When the training error goes on falling and the validation error does not, the network has
# begun to learn digits by heart: **overfitting**. Exercise 2 lets you see it plainly.

# %%
for model in (softmax_model, mlp):
    print(f"{model.name:20} {100 - 100 * model.history[-1]['valid'][1]:5.2f} % wrong (validation)")

# %% [markdown]
# ## 5. The test digits, once
#
# Every choice so far was made with the validation digits, so that their score is a little too
# good to be true. The test digits have not been looked at. We look at them now, once, and change
# nothing afterwards.

# %%
answers = {model: model.probabilities(test.rows) for model in (softmax_model, mlp)}
for model, p in answers.items():
    mistakes = (p.argmax(axis=1) != test.labels).sum()
    model.test_right = 1 - mistakes / len(test)
    print(f"{model.name:20} {100 * model.test_right:.2f} % right, {mistakes} wrong")

# %% [markdown]
# Which digits are taken for which? *Predict first:* your two pairs from section 1.

# %%
said = answers[mlp].argmax(axis=1)
matrix = np.zeros((10, 10), int)
np.add.at(matrix, (test.labels, said), 1)
pairs = sorted((matrix[a, b] + matrix[b, a], b, a) for a in range(10) for b in range(a))
worst = " and ".join(f"{a} with {b} ({count} times)" for count, a, b in pairs[:-3:-1])
plots.show(
    plots.confusion(matrix),
    alt=f"Table of true against predicted digits. Most often confused: {worst}.",
)
print("most often confused:", worst)

# %% [markdown]
# The mistakes of which the network was most sure. Would you have known better?

# %%
wrong = np.flatnonzero(said != test.labels)
sure = answers[mlp].max(axis=1)
surest = wrong[np.argsort(-sure[wrong])][:20]
titles = [f"{test.labels[i]}, not {said[i]}\n{100 * sure[i]:.1f} % sure" for i in surest]
plots.show(
    plots.pictures(test.images[surest], titles),
    alt="The twenty wrong answers that the network was surest of, each with the true digit, "
    "the answer and its probability.",
)

# %% [markdown]
# ## Exercises
#
# 1. **Wider or deeper?** Train with `HIDDEN = 128`, then with three hidden layers. Which costs
#    more time, which gains more? Judge by the validation digits.
#
#    <details><summary>Hint</summary>
#
#    Change the settings or `range(2)`, then run from there on.
#    Most of the weights sit between two hidden layers: their number grows with the square of the
#    width.
#
#    </details>
#
# 2. **Overfitting.** Set `TRAINING_DIGITS = 1_000` and `DROPOUT = 0`, train for 30 epochs. Where do
#    the curves part? Set `DROPOUT = 0.5`: what changes?
#
#    <details><summary>Hint</summary>
#
#    A training error of 0 % beside a validation error of 10 %
#    means: learnt by heart.
#
#    </details>
#
# 3. **Another way downhill.** Replace `nesterov_momentum` in `Model` by `adam`, then by `sgd`.
#    Which `RATE` does each need?
#
#    <details><summary>Hint</summary>
#
#    Adam divides by the size of the gradient, so that its steps
#    are as long as the rate says: try 0.001. If the loss becomes `nan`, the steps are too
#    long.
#
#    </details>
#
# ## Recap
#
# - A network is layers; training is a loop over batches; a step follows the gradient of the loss.
# - Weighted sums of pixels get about 92 % of the digits right, hidden layers over 98 %.
# - Train on one part, choose by the second, report the third - once.
# - Look at mistakes: some of the digits cannot be read by anybody.
#
# **At home.** Feed the network a digit turned upside down: how sure is it? Compare with
# `sklearn.linear_model.LogisticRegression`: it should agree with section 3.
#
# **References.** LeCun et al., *Gradient-based learning applied to document recognition* (1998).
# Srivastava et al., *Dropout* (2014). Sutskever et al., *On the importance of initialization and
# momentum in deep learning* (2013). Kingma and Ba, *Adam* (2015).
#
# ## Did it work?
#
# The last cell says so, or stops with what is off.

# %% tags=["expect"]
# The least share of right test digits, for each network; the stand-in has few to learn from.
BARS = {
    "MNIST": {"quick": (0.88, 0.94), "full": (0.92, 0.98)},
    "stand-in": {"quick": (0.80, 0.88), "full": (0.88, 0.93)},
}
bars = BARS["stand-in" if digits.is_standin else "MNIST"][PROFILE]
for model, epochs, bar in zip(
    (softmax_model, mlp), (SOFTMAX_EPOCHS, MLP_EPOCHS), bars, strict=True
):
    score = f"{model.name}: {100 * model.test_right:.2f} % of the test digits right"
    assert len(model.history) == epochs, f"{model.name}: interrupted; run its training cell again"
    assert model.history[-1]["train"][0] < 2.3, f"{model.name}: no better than guessing"
    assert model.test_right >= bar, f"{score}; expected at least {bar:.0%}"
    print(f"{score}, at least {bar:.0%} expected")
assert mlp.test_right > softmax_model.test_right, "the hidden layers did not help"
first, second = (mlp.probabilities(valid.rows[:100]) for _ in range(2))
assert np.array_equal(first, second), "dropout is on while measuring"
assert matrix.sum() == len(test), "the confusion matrix does not count every test digit"
print("All is well.")
