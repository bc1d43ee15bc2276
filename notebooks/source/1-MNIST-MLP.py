# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 300, full: 900}
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
# - see whether a network learns or learns by heart, and keep what it learnt in a file,
# - look at the mistakes of a network, which tell more than its score.
#
# **You need** lesson 0 (symbols, functions, updates). **Time:** about 40 minutes of reading and
# trying, exercises among it; the computer needs about 2 minutes for everything (2 cores, no GPU).
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick. In an exercise, put your answer in the place of the three dots `...` and
# run the cell: it tells whether you are right, or what to look at.

# %%
import lasagne
import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import DenseLayer, DropoutLayer, InputLayer
from lasagne.nonlinearities import rectify, softmax
from workshop import diagrams, plots
from workshop.data import load_mnist
from workshop.exercises import lesson1 as check
from workshop.notice import notice
from workshop.progress import Progress
from workshop.session import device_line, own_file, profile, seed

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
HEART_EPOCHS = {"quick": 10, "full": 20}[PROFILE]  # for what is learnt by heart
HEART_DIGITS = 1_000
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
# in section 7.

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
        # What a step changes, weights and their momentum, and how it was at first.
        self.start = {variable: variable.get_value() for variable in updates}
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
def fit(model, epochs, digits_used=TRAINING_DIGITS):
    """Train until `epochs` epochs are done. Interrupted and run again, it goes on."""
    count = min(digits_used, len(train))
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
            known = model.measure(train, min(count, 10_000))
            model.history.append({"train": known, "valid": model.measure(valid)})
            right = model.history[-1]["valid"][1]
            progress.advance(0, note=f"{100 * right:.1f} % of validation digits right")
            curves.show(plots.learning_curves(model.history, epochs, f"The {model.name}"))


# %% [markdown]
# ## 3. Softmax regression
#
# The simplest network: one layer, ten outputs, each a weighted sum of the 784 pixels; *softmax*
# turns the ten sums $z_0 ... z_9$ into probabilities: $p_i = e^{z_i} / \sum_j e^{z_j}$.
#
# **Exercise 1: Softmax by hand.** Write it with NumPy for many digits at once: each row of `sums`
# is one digit. It should survive sums of 1000 as well.
#
# <details><summary>Hint 1</summary>
#
# `np.exp(sums)`, divided by the total of each row; `keepdims=True` makes the totals a column, as in
# lesson 0.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $e^{1000}$ is too much. Numerator and denominator may be divided by the same number, for example
# by $e$ to the power of the largest sum of the row: subtract it first.
#
# </details>


# %% tags=["exercise"]
def softmax_by_hand(sums):
    """Probabilities (digits, outputs) of weighted sums of the same shape."""
    # BEGIN SOLUTION
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    # END SOLUTION


check.by_hand(softmax_by_hand)

# %% [markdown]
# Lasagne has it as `softmax`. The whole network is one line:

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
# A weighted sum cannot say "a loop above *and* a stroke below". Layers in between can: each of
# their units finds a pattern, and the next layer combines the patterns. Between the layers
# stands the *rectifier*, $\max(0, x)$; without it, two layers would be one weighted sum again.
#
# **Dropout** switches off three units in ten in each training step, others each time. No unit can
# rely on another one, which keeps the network from learning by heart. `deterministic=True` in
# `Model` turns dropout off for measuring.

# %%
plots.show(
    diagrams.network(
        [("pixels", 784), ("patterns", HIDDEN), ("patterns of them", HIDDEN), ("digits", 10)]
    ),
    alt="Four columns of dots: 784 pixels, two hidden layers, 10 digits. A line runs from every "
    "dot to every dot of the next column: these are the weights.",
)


# %%
def hidden_layers(dropout):
    """A network with two hidden layers; `dropout` is the share of units switched off."""
    seed(SEED)
    layer = pixels
    for _ in range(2):
        layer = DenseLayer(layer, HIDDEN, nonlinearity=rectify)
        layer = DropoutLayer(layer, p=dropout)
    return DenseLayer(layer, 10, nonlinearity=softmax)


mlp = Model("multi-layer network", hidden_layers(DROPOUT))
for layer in lasagne.layers.get_all_layers(mlp.network):
    print(f"{type(layer).__name__:13} output shape {layer.output_shape}")
print("weights:", lasagne.layers.count_params(mlp.network))

# %% [markdown]
# **Exercise 2: Count the weights** of a smaller network: 784 pixels, one hidden layer of 100 units,
# 10 outputs.
#
# <details><summary>Hint 1</summary>
#
# The softmax regression had 7,850, and no hidden layer. Which multiplication gives that, nearly?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Each unit has a weight for every unit of the layer below, and one more, its bias. How many has
# one hidden unit, and how many has one output?
#
# </details>

# %% tags=["exercise"]
weights_of_smaller = (784 + 1) * 100 + (100 + 1) * 10  # SOLUTION
check.count_weights(weights_of_smaller)

# %% [markdown]
# **How far should a step go?** Before we train for long: 30 steps from the first weights on, with
# each of nine rates from 0.001 to 10. *Predict first:* what does the curve look like?


# %%
def loss_after(model, rate, progress, steps=30):
    """Validation loss after the first steps with this rate; the model stays as it is."""
    before = {variable: variable.get_value() for variable in model.start}
    for variable, value in model.start.items():
        variable.set_value(value)
    model.rate.set_value(np.float32(rate))
    try:
        for number in range(steps):
            batch = np.arange(number * BATCH, (number + 1) * BATCH) % len(train)
            model.step(train.rows[batch], train.labels[batch])
            progress.advance()
        return model.measure(valid, 2_000)[0]
    finally:
        for variable, value in before.items():
            variable.set_value(value)


rates, tried = np.logspace(-3, 1, 9), {}
with Progress(2 * 30 * len(rates), "Trying rates") as progress:
    for model in (softmax_model, mlp):
        tried[model] = [loss_after(model, rate, progress) for rate in rates]

# %%
fig, (axes,) = plots.panels(1, (6, 3.2))
plots.label(axes, "After 30 steps", "learning rate", "validation loss")
for (model, losses), colour, style in zip(
    tried.items(), (plots.BLUE, plots.ORANGE), ("o-", "s--"), strict=True
):
    axes.loglog(rates, losses, style, color=colour, label=model.name)
axes.axhline(np.log(10), color="grey", linewidth=1, label="guessing")
axes.set_yticks([0.5, 1, 2, 5], [0.5, 1, 2, 5])
axes.legend(fontsize=8)
plots.show(
    fig,
    alt="Validation loss against the learning rate for both networks: it falls to a lowest point "
    "near 0.1, and rises steeply beyond, for the multi-layer network above the loss of guessing.",
)

# %% [markdown]
# Too short steps get nowhere in the time we have, too long ones jump over the valley and up the
# other side; where a dot is missing, the loss was no number any more. A network with more layers
# bears less, because what its layers change multiplies. `RATE` is from the bottom of the valley.
#
# *Predict first:* this network has 85 times as many weights. Does it take 85 times as long? And
# which error will be smaller in the first epochs, that of the training digits (measured without
# dropout) or that of the validation digits?

# %%
fit(mlp, MLP_EPOCHS)

# %% [markdown]
# Compare the seconds of an epoch: 85 times the weights, but far less than 85 times as long. With
# small matrices a computer is busy with everything but multiplying.

# %%
for model in (softmax_model, mlp):
    print(f"{model.name:20} {100 - 100 * model.history[-1]['valid'][1]:5.2f} % wrong (validation)")

# %% [markdown]
# ## 5. Learning by heart
#
# Misconception: *"No mistakes on the training digits: the network is perfect."* The same network,
# without dropout, with only 1,000 digits to learn from. *Predict first:* where will its two curves
# go?

# %%
by_heart = Model("network that learns by heart", hidden_layers(0))
fit(by_heart, HEART_EPOCHS, HEART_DIGITS)

# %% [markdown]
# It soon knows every training digit, and reads about one new digit in ten wrong: a list of 1,000
# answers would do the former as well. That is **overfitting**: the training loss goes on falling,
# the validation loss does not. More digits help most; dropout, and stopping in time, help too.
#
# **Exercise 3: Stop in time.** Find the epoch, counted from 1, after which the *validation loss*
# was lowest. `history` is what `fit` writes down: a list with one entry for each epoch, and
# `history[0]["valid"]` is the pair (loss, share of right digits) after the first.
#
# <details><summary>Hint 1</summary>
#
# First make a list of one number for each epoch: the loss, of the validation digits alone.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.argmin` says where the smallest is, and counts from 0.
#
# </details>


# %% tags=["exercise"]
def best_epoch(history):
    """Number of the epoch after which the validation loss was lowest."""
    # BEGIN SOLUTION
    losses = [epoch["valid"][0] for epoch in history]
    return 1 + int(np.argmin(losses))
    # END SOLUTION


check.best_epoch(best_epoch)

# %% [markdown]
# ## 6. Keep what was learnt
#
# A network is its layers, which are a few lines, and its weights, which are arrays. Put them into a
# file, and they are there tomorrow, or on another computer. Forget them, and read them again:

# %%
path = own_file("1-MNIST-MLP.npz")
arrays = lasagne.layers.get_all_param_values(mlp.network)
np.savez(path, *arrays)
before = mlp.measure(valid)[1]
lasagne.layers.set_all_param_values(mlp.network, [0 * array for array in arrays])
forgotten = mlp.measure(valid)[1]
with np.load(path) as file:
    saved = [file[f"arr_{number}"] for number in range(len(file.files))]
lasagne.layers.set_all_param_values(mlp.network, saved)
after = mlp.measure(valid)[1]
print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {len(saved)} arrays")
print(f"right before, without weights, read again: {before:.4f}, {forgotten:.4f}, {after:.4f}")

# %% [markdown]
# ## 7. The test digits, once
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
# **Exercise 4: Which digit is hardest?** From such a table, compute for each true digit the share
# that was read right. A row is what a digit is, a column what the network says.
#
# <details><summary>Hint 1</summary>
#
# The right answers stand on the diagonal: `np.diag(matrix)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# How many 3s are there? Their row knows. `sum` takes an `axis`, as in lesson 0.
#
# </details>


# %% tags=["exercise"]
def share_right(matrix):
    """For each digit: of those that are this digit, the share that was read right."""
    # BEGIN SOLUTION
    return np.diag(matrix) / matrix.sum(axis=1)
    # END SOLUTION


check.share_right(share_right)

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
# ## Recap
#
# - A network is layers; training is a loop over batches; a step follows the gradient of the loss.
# - Weighted sums of pixels get about 92 % of the digits right, hidden layers over 98 %.
# - Train on one part, choose by the second, report the third - once.
# - Look at mistakes: some of the digits cannot be read by anybody.
#
# **At home.** Judge all of these by the validation digits.
#
# - *Wider or deeper?* Train with `HIDDEN = 128`, then with three hidden layers. Which costs more
#   time, which gains more? (Most of the weights sit between two hidden layers: their number grows
#   with the square of the width.)
# - *Dropout.* Run section 5 with `hidden_layers(0.5)`: what changes, and what with 5,000 digits?
# - *Another way downhill.* Replace `nesterov_momentum` in `Model` by `adam`, then by `sgd`, and
#   look at the picture of the rates again. (Adam divides by the size of the gradient, so that its
#   steps are as long as the rate says: try 0.001.)
# - Feed the network a digit turned upside down: how sure is it? Compare with
#   `sklearn.linear_model.LogisticRegression`: it should agree with section 3.
#
# **References.** LeCun et al., *Gradient-based learning applied to document recognition* (1998).
# Srivastava et al., *Dropout* (2014). Sutskever et al., *On the importance of initialization and
# momentum in deep learning* (2013). Kingma and Ba, *Adam* (2015).
#
# ## Did it work?
#
# The last cells say so, or stop with what is off.

# %% tags=["expect"]
# The least share of right test digits, for each network; the stand-in has few to learn from.
BARS = {
    "MNIST": {"quick": (0.88, 0.94), "full": (0.92, 0.98)},
    "stand-in": {"quick": (0.80, 0.88), "full": (0.88, 0.93)},
}
which = "stand-in" if digits.is_standin else "MNIST"
bars = BARS[which][PROFILE]
for model, epochs, bar in zip(
    (softmax_model, mlp), (SOFTMAX_EPOCHS, MLP_EPOCHS), bars, strict=True
):
    score = f"{model.name}: {100 * model.test_right:.2f} % of the test digits right"
    assert len(model.history) == epochs, f"{model.name}: interrupted; run its training cell again"
    assert model.history[-1]["train"][0] < 2.3, f"{model.name}: no better than guessing"
    assert model.test_right >= bar, f"{score}; expected at least {bar:.0%}"
    print(f"{score}, at least {bar:.0%} expected")
assert mlp.test_right > softmax_model.test_right, "the hidden layers did not help"

# %% tags=["expect"]
GAP = {"MNIST": 0.05, "stand-in": 0.01}[which]  # between known and new digits, learnt by heart
assert after == before > forgotten, "the weights did not come back from the file"
known, new = (by_heart.history[-1][part][1] for part in ("train", "valid"))
assert known > 0.99 and known - new > GAP, (
    f"learnt by heart are {known:.1%} of the training digits, and {new:.1%} of new ones are right"
)
for model, losses in tried.items():
    best = rates[np.nanargmin(losses)]
    assert rates[0] < best < rates[-1], f"{model.name}: the best rate is {best:g}, an end of them"
first, second = (mlp.probabilities(valid.rows[:100]) for _ in range(2))
assert np.array_equal(first, second), "dropout is on while measuring"
assert matrix.sum() == len(test), "the confusion matrix does not count every test digit"
print("All is well.")
