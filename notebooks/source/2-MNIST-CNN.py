# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 300, full: 1800}
#     memory_mb: 1000
# ---

# %% [markdown]
# # 2 - Reading digits: a network that knows what a picture is
#
# **Goals.** At the end you can
#
# - slide a filter over a picture by hand, and say what correlation and convolution share,
# - read the filters of a network and what they make of a digit, layer by layer,
# - count the weights of a convolutional network, and train one to less than 1 % error,
# - say what pooling is for, and how far a digit may move until a network loses it,
# - let the network read a digit that you draw.
#
# **You need** lesson 1 (training, validation and test digits; epochs; dropout). **Time:** about 45
# minutes of reading and trying, exercises among it; the computer needs about 5 minutes for
# everything (2 cores, no GPU), nearly all of it in section 5.
#
# The dense network of lesson 1 gets a digit as a row of 784 numbers. Put the pixels in another
# order, the same for all digits, and it learns just as well: it does not know which pixels are
# neighbours. We do, and this lesson tells it.

# %%
import lasagne
import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import DenseLayer, DropoutLayer, InputLayer, MaxPool2DLayer, get_output
from lasagne.nonlinearities import softmax
from workshop import digit_plots, feature_maps, handwriting, pad, plots
from workshop.data import Part, load_mnist
from workshop.exercises import lesson2 as check
from workshop.layers import Correlation2DLayer
from workshop.notice import notice
from workshop.progress import Progress
from workshop.session import device_line, profile, seed
from workshop.training import Model, fit

SEED = 3  # others kill one of the three filters of section 2
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
TRAINING_DIGITS = {"quick": 10_000, "full": 50_000}[PROFILE]
THREE_EPOCHS = {"quick": 3, "full": 3}[PROFILE]  # of the network with three filters
MLP_EPOCHS = {"quick": 4, "full": 8}[PROFILE]
CNN_EPOCHS = {"quick": 3, "full": 8}[PROFILE]
SHIFTED_DIGITS = {"quick": 500, "full": 2_000}[PROFILE]  # looked at after each shift
RATE = 0.1  # how far the first steps of a training go
DROPOUT = 0.5  # share of the dense units that is switched off in a training step

# %%
digits = load_mnist()
if digits.is_standin:
    notice(digits.standin)
    THREE_EPOCHS, MLP_EPOCHS, CNN_EPOCHS = 20, 20, 20  # an epoch of so few digits is short
train = Part(digits.train.images[:TRAINING_DIGITS], digits.train.labels[:TRAINING_DIGITS])
valid, test = digits.validation, digits.test
DATA = "stand-in digits" if digits.is_standin else "MNIST"  # for titles of figures
print(f"{len(train):,} training digits, {len(valid):,} for validation, {len(test):,} for the test")

# %% [markdown]
# ## 1. A filter, slid over a picture
#
# A **filter** is a small picture of weights. Lay it on the digit, multiply each weight with the
# pixel below it, add everything up: one number. Move it by one pixel, do it again. The numbers
# make a picture of their own, a **map**, which is bright where the digit looks like the filter.


# %%
def correlate(picture, weights):
    """The map of a filter, of all places where it lies within the picture."""
    height, width = weights.shape
    rows, columns = picture.shape[0] - height + 1, picture.shape[1] - width + 1
    answers = np.empty((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            below = picture[row : row + height, column : column + width]
            answers[row, column] = (below * weights).sum()
    return answers


# %% [markdown]
# Four filters of 3 by 3. The first has positive weights above and negative ones below. *Predict
# first:* where will its map of the 7 be dark, and where bright? And how large is the map of a
# picture of 28 by 28?

# %%
FILTERS = {
    "ink above": np.float32([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "ink on the left": np.float32([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "outline": np.float32([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 2,
    "blur": np.full((3, 3), 0.44, np.float32),
}
seven = train.images[np.flatnonzero(train.labels == 7)[0]]
maps = [correlate(seven, weights) for weights in FILTERS.values()]
plots.show(
    digit_plots.filters_and_maps([*FILTERS.values()], maps, [*FILTERS]),
    alt="Above four filters with their weights, below their maps of a 7. That with ink above is "
    "purple below each stroke that lies flat and orange above it; that with ink on the left is "
    "purple on the right of the slanting stroke; the outline keeps the edges, the blur washes "
    "them out.",
)
print("from", seven.shape, "to", maps[0].shape)

# %% [markdown]
# Purple is above 0, orange below. A filter of 3 by 3 fits into 28 by 28 at 26 by 26 places. With a
# border of zeros around the picture (*padding*, here 1 pixel) the map is as large as the picture.
#
# ### Correlation or convolution?
#
# What `correlate` does is called *cross-correlation*. The *convolution* of mathematics turns the
# filter by 180 degrees first. Theano's `conv2d` does the latter, unless it is told not to:


# %%
pictures, filters = T.tensor4("pictures"), T.tensor4("filters")
both = [T.nnet.conv2d(pictures, filters, filter_flip=flip) for flip in (True, False)]
slide = theano.function([pictures, filters], both)
edge = FILTERS["ink on the left"]
flipped, unflipped = (answer[0, 0] for answer in slide(seven[None, None], edge[None, None]))
by_hand = correlate(seven, edge)
print(f"filter_flip=False differs from ours by {np.abs(unflipped - by_hand).max():.1e}")
print(f"filter_flip=True differs from ours by  {np.abs(flipped - by_hand).max():.1f}")

# %% [markdown]
# **Exercise 1: Convolution.** Write it, with the help of `correlate`.
#
# <details><summary>Hint 1</summary>
#
# Turned by 180 degrees, the last row is the first one, and the last column too.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `list[::-1]` is a list backwards; an array can be turned along both of its axes at once, with a
# comma between.
#
# </details>


# %% tags=["exercise"]
def convolution(picture, weights):
    """The convolution of a picture with a filter, where the filter lies within the picture."""
    # BEGIN SOLUTION
    return correlate(picture, weights[::-1, ::-1])
    # END SOLUTION


check.convolution(convolution)

# %% [markdown]
# Does it matter? A network that learns its filters learns them turned, and nothing else changes.
# But whoever takes over weights from another program has to know: Caffe, TensorFlow and PyTorch
# correlate and call it convolution, Lasagne's `Conv2DLayer` convolves. The 2016 edition of this
# workshop had that wrong in lesson 3, and nobody noticed. We use a layer that correlates, so that
# the filters in the pictures below lie on the digits as you see them.
#
# **Exercise 2: A filter of your own.** Make one of 3 by 3 that finds strokes which rise to the
# right, like `/`: its largest answer to such a stroke is to be at least half as much again as to a
# stroke like `\`, `|` or `-`. Where all is ink or all is paper, it answers 0.
#
# <details><summary>Hint 1</summary>
#
# A filter answers most to what looks like itself.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Where all is ink, its answer is the sum of its numbers. How much is to be taken away elsewhere,
# when the three numbers on the stroke are 2?
#
# </details>

# %% tags=["exercise"]
rising = [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]  # SOLUTION
check.rising(rising)

# %% [markdown]
# ## 2. Three filters that a network finds
#
# Nobody has to think of filters: their weights are weights like all others, and gradient descent
# finds them. Three filters, and a softmax layer that looks at their maps. The filters have no
# biases here, so that paper gives 0, which is black below:

# %%
seed(SEED)
image = InputLayer((None, 1, 28, 28))
three_maps = Correlation2DLayer(image, 3, 3, pad=1, b=None)
three = Model("network of three filters", DenseLayer(three_maps, 10, nonlinearity=softmax), RATE)
for layer in lasagne.layers.get_all_layers(three.network):
    print(f"{type(layer).__name__:18} output shape {layer.output_shape}")
print("weights of the filters:", three_maps.W.get_value().size)

# %%
fit(three, train, valid, THREE_EPOCHS, seed=SEED)

# %% [markdown]
# Three maps, and a screen has three colours: let the first map be red, the second green and the
# third blue. *Predict first:* the filters have 9 weights each. What can they tell apart?

# %%
x = T.tensor4("x")
first_maps = theano.function([x], get_output(three_maps, {image: x}))
lit = (first_maps(valid.images[:100, None]) > 0.05).mean(axis=(0, 2, 3))
weights = three_maps.W.get_value()[:, 0]
limit = np.abs(weights).max()
plots.show(
    plots.pictures(
        weights, ["red", "green", "blue"], columns=3, cmap="PuOr", limits=(-limit, limit)
    ),
    alt="The three filters of 3 by 3 weights; purple answers to ink, orange against it.",
)
print("share of each map that is lit:", lit.round(2))

# %%
ten = valid.images[[np.flatnonzero(valid.labels == digit)[0] for digit in range(10)]]
plots.show(
    digit_plots.coloured(ten, first_maps(ten[:, None]), f"Three filters, {DATA}"),
    alt="Ten digits. Below each its three maps in grey, and the three as the red, green and blue "
    "of one picture: the edges of the strokes have different colours on different sides.",
)

# %% [markdown]
# Each colour is a kind of place on a stroke: this side of it, that side, its end. The softmax
# layer gets to know *what* is there and not only *that* there is ink.
#
# With `SEED = 1` two of the maps are black: these filters have **died**. All of their sums are
# below 0, the rectifier makes 0 of them, and where the answer is always 0, no gradient tells the
# filter how to change. With 16 or 32 filters, nobody misses one or two.
#
# ## 3. Pooling
#
# Whether a stroke ends one pixel further left does not matter, but a map changes. **Max pooling**
# keeps the largest number of each square of 2 by 2, and throws the other three away.
#
# **Exercise 3: Pooling by hand.** `maps` is one map (height, width), with even height and width.
#
# <details><summary>Hint 1</summary>
#
# The top left corners of all squares are `maps[0::2, 0::2]`. Where are the other three?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.maximum(a, b)` takes the larger one of two numbers, everywhere at once. Or: `reshape` to
# (height / 2, 2, width / 2, 2), and take the maximum over the two axes of length 2.
#
# </details>


# %% tags=["exercise"]
def pool(maps):
    """The largest number of each square of 2 by 2."""
    # BEGIN SOLUTION
    height, width = maps.shape
    return maps.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))
    # END SOLUTION


check.pool(pool)

# %% [markdown]
# Does that help? We move 100 digits to the right, pixel by pixel, and measure how much of a map
# has changed: 0 is nothing, 1 is as much as from one digit to another. *Predict first:* pooled
# once, twice, and three times: which lines will be lower?

# %%
some = valid.images[:100]
pooling, pooled = T.tensor4("maps"), []
for size in (1, 2, 4, 8):
    pooled.append(T.signal.pool.pool_2d(pooling, (size, size), ignore_border=True))
pools = theano.function([pooling], pooled)


def pooled_maps(images):
    """The maps of the three filters as they are, and pooled over 2 by 2, 4 by 4, 8 by 8."""
    return pools(first_maps(images[:, None]))


still = pooled_maps(some)
others = [((maps - np.roll(maps, 1, axis=0)) ** 2).mean() for maps in still]
changed = []
for right in range(5):
    moved = pooled_maps(handwriting.shift(some, right))
    differences = [
        ((after - before) ** 2).mean() for after, before in zip(moved, still, strict=True)
    ]
    changed.append(np.divide(differences, others))

# %%
fig, (axes,) = plots.panels(1, (6, 3.2))
plots.label(axes, f"How much a shift changes maps, {DATA}", "moved by (pixels)", "change")
for column, (name, style) in enumerate(
    {"28 by 28": "o-", "14 by 14": "s--", "7 by 7": "^-.", "3 by 3": "d:"}.items()
):
    axes.plot([step[column] for step in changed], style, label=name)
axes.axhline(1, color="grey", linewidth=1, label="another digit")
axes.set_xticks(range(5))
axes.legend(fontsize=8, title="maps of")
plots.show(
    fig,
    alt="Change of the maps against the shift, a line for each size: the more a map was pooled, "
    "the lower its line. Maps that were not pooled are another digit's after 3 pixels.",
)

# %% [markdown]
# The more a map has been pooled, the less it minds. But three numbers of four are gone each time:
# pool too early, and a 3 becomes an 8. So networks take turns: filters, pooling, *more* filters,
# pooling. What they lose in places, they gain in kinds of patterns.
#
# ## 4. The network
#
# | layer | makes | pictures of |
# |---|---|---|
# | 16 filters of 5 by 5 | 16 maps | 24 by 24 |
# | pooling, 2 by 2 | 16 maps | 12 by 12 |
# | 32 filters of 5 by 5, over all 16 maps | 32 maps | 8 by 8 |
# | pooling, 2 by 2 | 32 maps | 4 by 4 |
# | dense, 128 units | 128 numbers | |
# | softmax | 10 probabilities | |
#
# **Exercise 4: Count the weights** of the four layers that have any: a list of four numbers.
#
# <details><summary>Hint 1</summary>
#
# A filter has its weights once, not once for each place: that is the point of it. The first ones
# have 5 times 5 weights and a bias.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A filter of the second layer is 16 pictures of 5 by 5, one for each map below, and a bias. The
# dense layer looks at 32 maps of 4 by 4.
#
# </details>

# %% tags=["exercise"]
# First filters, second filters, dense layer, softmax layer.
counted = [(5 * 5 + 1) * 16, (5 * 5 * 16 + 1) * 32, (4 * 4 * 32 + 1) * 128, 129 * 10]  # SOLUTION
check.count_weights(counted)


# %%
def convolutional():
    """The network of the table, with dropout before the softmax layer; all of its layers."""
    seed(SEED)
    layers = [image]
    for filters in (16, 32):
        layers.append(Correlation2DLayer(layers[-1], filters, 5))
        layers.append(MaxPool2DLayer(layers[-1], 2))
    layers.append(DenseLayer(layers[-1], 128))
    layers.append(DropoutLayer(layers[-1], DROPOUT))
    return [*layers, DenseLayer(layers[-1], 10, nonlinearity=softmax)]


cnn_layers = convolutional()
cnn = Model("convolutional network", cnn_layers[-1], RATE)
for layer in cnn_layers[1:]:
    count = sum(p.get_value().size for p in layer.get_params())
    shape = str(layer.output_shape)
    print(f"{type(layer).__name__:18} output shape {shape:19} {count:6,} weights")

# %% [markdown]
# For comparison a dense network like that of lesson 1, with as many weights, so that what differs
# is how they are used:

# %%
seed(SEED)
mlp = Model("dense network", DenseLayer(DenseLayer(image, 100), 10, nonlinearity=softmax), RATE)
sizes = {model: lasagne.layers.count_params(model.network) for model in (three, mlp, cnn)}
for model, size in sizes.items():
    print(f"{model.name:25} {size:7,} weights")

# %% [markdown]
# ## 5. Training
#
# *Predict first:* the convolutional network has as many weights as the dense one. Does an epoch
# take as long?

# %%
fit(mlp, train, valid, MLP_EPOCHS, seed=SEED)

# %%
fit(cnn, train, valid, CNN_EPOCHS, seed=SEED)

# %% [markdown]
# It takes many times as long: each filter weight is used at hundreds of places. Graphics
# processors are good at just that; lesson 9 says whether you have one.
#
# Its errors on training and validation digits are closer to each other than those of the dense
# network: weights that have to fit at every place leave little room to learn by heart.

# %%
for model in (three, mlp, cnn):
    print(f"{model.name:25} {100 - 100 * model.history[-1]['valid'][1]:5.2f} % wrong (validation)")

# %% [markdown]
# ## 6. Into the depths
#
# The 16 filters of the first layer are pictures, as before. *Predict first:* how many of them will
# you be able to put into words?

# %%
weights = cnn_layers[1].W.get_value()[:, 0]
limit = np.abs(weights).max()
plots.show(
    plots.pictures(weights, range(1, 17), columns=8, cmap="PuOr", limits=(-limit, limit)),
    alt="The sixteen filters of 5 by 5 of the first layer; most are edges and strokes of some "
    "direction: a purple half or stripe beside an orange one.",
)

# %% [markdown]
# What the layers make of one digit, from the first filters to the second pooling. All maps of the
# first layers, and the first 16 of 32 of the second:

# %%
look = theano.function([x], get_output(cnn_layers[1:5], {image: x}, deterministic=True))
maps = [layer[0, :16] for layer in look(ten[3:4, None])]
names = ("filters 1", "pooled 1", "filters 2", "pooled 2")
plots.show(
    plots.pictures(
        [m / np.percentile(layer, 99) for layer in maps for m in layer],
        [f"{name}:\n{number}" for name in names for number in range(1, 17)],
        columns=16,
        cmap="gray",
    ),
    alt="Four rows of sixteen maps of a 3. In the first two rows the 3 can be seen, each time with "
    "other edges lit; in the last two only spots are left: here is a pattern, there is none.",
)

# %% [markdown]
# The second filters cannot be drawn as one picture, they have 16 each. But we can ask **what they
# look for**: the pieces of digits which they answered to most. A place in their maps sees 14 by 14
# pixels: 5 from their own size, doubled by the pooling below, and 4 from the first filters.

# %%
SEEN, STEP = 5 * 2 + 4, 2  # side of what a place sees, pixels to the next place
asked = valid.images[:1000]
answers = np.concatenate([look(asked[i : i + 250, None])[2] for i in range(0, len(asked), 250)])
lively = np.argsort(-answers.max(axis=(0, 2, 3)))[:6]
rows = []
for number in lively:
    places = feature_maps.strongest(answers[:, number], 12)
    rows.extend(feature_maps.windows(asked, places, SEEN, STEP))
titles = [f"{number + 1}" if column == 0 else "" for number in lively for column in range(12)]
plots.show(
    plots.pictures(rows, titles, columns=12),
    alt="Six rows, one for each filter, of twelve pieces of digits to which it answered most. The "
    "pieces of a row look alike: an arc that is open on one side, the end of a stroke, a corner.",
)

# %% [markdown]
# From strokes to arcs, ends and corners; the dense layer puts digits together from those. In
# lesson 3 a network goes on like that for 22 layers, and ends with dogs and teapots.
#
# ## 7. Digits that are not in the middle
#
# MNIST's digits are all centred, and fill a square of 20 by 20 in the middle of the picture. You do
# not get that from a camera. We move the validation digits left, right, up and down; as far as 4
# pixels nothing is lost at the edge. *Predict first:* how many pixels until half of the digits are
# read wrong, by each network?

# %%
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1))
SHIFTS = range(7)
seen = valid.images[:SHIFTED_DIGITS]
truth = valid.labels[:SHIFTED_DIGITS]


def wrong_when_moved(model, pixels):
    """Share of wrong answers to digits that were moved in each of the four directions."""
    wrong = []
    for right, down in DIRECTIONS:
        moved = handwriting.shift(seen, right * pixels, down * pixels)
        wrong.append((model.probabilities(moved).argmax(axis=1) != truth).mean())
    return float(np.mean(wrong))


shifted = {mlp: [], cnn: []}
with Progress(len(shifted) * len(SHIFTS), "Moving digits") as progress:
    for model, wrong in shifted.items():
        for pixels in SHIFTS:
            wrong.append(wrong_when_moved(model, pixels))
            progress.advance()

# %%
fig, (axes,) = plots.panels(1, (6, 3.2))
plots.label(axes, f"Digits that were moved, {DATA}", "moved by (pixels)", "wrong digits (%)")
for (model, wrong), colour, style in zip(
    shifted.items(), (plots.ORANGE, plots.BLUE), ("s--", "o-"), strict=True
):
    axes.plot(SHIFTS, 100 * np.array(wrong), style, color=colour, label=model.name)
axes.axhline(90, color="grey", linewidth=1, label="guessing")
axes.legend(fontsize=8)
plots.show(
    fig,
    alt="Wrong digits against the shift. The line of the dense network rises at once and steeply, "
    "that of the convolutional network stays low for two pixels and rises later.",
)

# %% [markdown]
# Misconception: *"A convolutional network does not mind where things are."* Its **maps** move with
# the digit, pooling forgives a pixel or two, but then comes a dense layer with a weight for each
# place. The cure is at the end of this lesson, under *At home*.
#
# ## 8. The test digits, once
#
# Now, and only now.

# %%
wrong_answers = {}
for model in (three, mlp, cnn):
    said = model.probabilities(test.images).argmax(axis=1)
    wrong_answers[model] = np.flatnonzero(said != test.labels)
    mistakes = len(wrong_answers[model])
    model.error = mistakes / len(test)
    print(f"{model.name:25} {100 * model.error:5.2f} % wrong, {mistakes} of {len(test):,}")

# %%
said = cnn.probabilities(test.images[wrong_answers[cnn][:30]])
titles = [
    f"{test.labels[i]}, not {p.argmax()}\n{100 * p.max():.0f} % sure"
    for i, p in zip(wrong_answers[cnn], said, strict=False)
]
plots.show(
    plots.pictures(test.images[wrong_answers[cnn][:30]], titles),
    alt="Test digits that the convolutional network read wrong, at most thirty, each with the true "
    "digit, the answer and its probability. Many of them people would not agree on.",
)

# %% [markdown]
# ## 9. Your own digit
#
# The networks know digits that were prepared as MNIST's were: made as large as fits into 20 by 20
# pixels, then laid with the centre of gravity of the ink in the middle. A drawing has to be
# prepared in the same way. Here is a 4 that somebody drew into a corner; *predict first:* what will
# the network say of it as it is?

# %%
corner = handwriting.strokes(
    [[(0.66, 0.60), (0.60, 0.80), (0.88, 0.79)], [(0.80, 0.62), (0.78, 0.97)]]
)


def answer_to(drawing):
    """Show a drawing as the network gets it, unprepared and prepared, and what it answers."""
    if not drawing.any():
        return print("Draw a digit.")
    given = [handwriting.shrunk(drawing), handwriting.centred(drawing)]
    titles = []
    for name, p in zip(("as it is", "prepared"), cnn.probabilities(np.stack(given)), strict=True):
        first, second = np.argsort(-p)[:2]
        sure = f"{first}: {100 * p[first]:.0f} %, {second}: {100 * p[second]:.0f} %"
        titles.append(f"{name}\n{sure}")
    plots.show(
        digit_plots.side_by_side(given, titles),
        alt=f"The drawing as it is and prepared; the answers: {' - '.join(titles)}.",
    )


answer_to(corner)

# %% [markdown]
# And yours. Draw a digit with the mouse, a finger or a pen. Or with the keyboard, after a click on
# the square: the arrow keys move the pen, Space puts it down and lifts it, C clears. The answer
# comes whenever you lift the pen. Where is the network sure and wrong? It has never seen that
# something is *no* digit: draw a face.

# %%
pad.pad(answer_to)

# %% [markdown]
# ## Recap
#
# - A filter looks for one pattern at every place, with the same few weights.
# - Correlation and convolution differ by a turned filter; it matters when weights change programs.
# - Pooling forgives small shifts, and makes room for more kinds of patterns.
# - With the same number of weights, a network that knows about neighbours makes less than half of
#   the mistakes.
# - A network is only good at what looks like the data that it learnt from: prepare yours the same.
#
# **At home.** Judge all of these by the validation digits.
#
# - *Shifted digits.* Make a larger training part, each digit in its place and moved by 2 pixels
#   in four directions (`np.concatenate` of what `handwriting.shift` returns; the labels with
#   `np.tile`), train again and look at section 7. Does the error on unmoved digits get worse?
# - *Neighbours.* Put the pixels of all digits in one other order
#   (`np.random.RandomState(0).permutation(784)`) and train both networks. Which one minds?
# - *Smaller.* Most weights are in the dense layer: put `GlobalPoolLayer` in its place, and a few
#   more filters below. How few weights suffice for 1 %?
# - *Bigger steps.* Replace both poolings by `stride=2` in the filters. What is quicker, what is
#   better?
#
# **References.** LeCun et al., *Gradient-based learning applied to document recognition* (1998),
# where this network comes from. Fukushima, *Neocognitron* (1980). Zeiler and Fergus, *Visualizing
# and understanding convolutional networks* (2013). Dumoulin and Visin, *A guide to convolution
# arithmetic for deep learning* (2016), with pictures for each kind of padding.
#
# ## Did it work?
#
# The last cells say so, or stop with what is off.

# %% tags=["expect"]
# The largest share of wrong test digits: three filters, dense, convolutional.
BARS = {
    "MNIST": {"quick": (0.12, 0.08, 0.035), "full": (0.09, 0.03, 0.010)},
    "stand-in digits": {"quick": (0.25, 0.20, 0.12), "full": (0.25, 0.20, 0.12)},
}
wanted = (THREE_EPOCHS, MLP_EPOCHS, CNN_EPOCHS)
for model, epochs, bar in zip((three, mlp, cnn), wanted, BARS[DATA][PROFILE], strict=True):
    assert len(model.history) == epochs, f"{model.name}: interrupted; run its training cell again"
    score = f"{model.name}: {model.error:.2%} of the test digits wrong"
    assert model.error <= bar, f"{score}; expected at most {bar:.1%}"
    print(f"{score}, at most {bar:.1%} expected")
assert sizes[cnn] <= 100_000, f"the network has {sizes[cnn]:,} weights, over 100,000"
assert cnn.error < mlp.error, "the filters did not help; look at the curves in section 5"

# %% tags=["expect"]
differs = np.abs(unflipped - by_hand).max()
assert differs < 1e-4, f"Theano's correlation differs from ours by {differs:g}"
assert np.abs(flipped - by_hand).max() > 1, "Theano's convolution did not turn the filter"
for model, wrong in shifted.items():
    print(f"{model.name}: {wrong[2]:.1%} wrong when moved by 2 pixels, {wrong[0]:.1%} unmoved")
assert shifted[cnn][2] < 0.7 * shifted[mlp][2], (
    "moved by 2 pixels, the convolutional network should make far fewer mistakes than the dense one"
)
assert lit.min() > 0.01, f"a filter has died ({lit.round(2)} of the maps is lit); take another SEED"
assert all(later[-1] < later[0] for later in changed[1:]), "pooled maps changed more than others"
read = int(cnn.probabilities(handwriting.centred(corner)[None]).argmax())
assert read == 4, f"the 4 in the corner was read as a {read}; look at the pictures in section 9"
print("All is well.")
