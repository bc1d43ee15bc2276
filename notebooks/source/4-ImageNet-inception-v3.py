# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 300, full: 900}
#     memory_mb: 1150
# ---

# %% [markdown]
# # 4 - Inception v3: the same idea, with cheaper convolutions
#
# **Goals.** At the end you can
#
# - replace a large filter by two small ones, and say what that saves and what it costs,
# - explain batch normalisation with numbers, and take it out of a trained network again,
# - compile a network once, and ask it in batches,
# - compare two networks on the same photos, and make something of their disagreement.
#
# **You need** lesson 3 (Inception modules, preprocessing, top-5). **Time:** about 40 minutes of
# reading and trying; the computer needs about 1 minute for everything (2 cores, no GPU).
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick.

# %%
import time

import numpy as np
from lasagne.layers import InputLayer, count_params
from scipy.signal import convolve2d
from workshop import anatomy, gallery, photo_plots, plots, preprocessing
from workshop.classifier import Classifier, compiled
from workshop.exercises import lesson4 as check
from workshop.layers import Correlation2DLayer
from workshop.notice import notice
from workshop.progress import Progress
from workshop.session import device_line, profile, seed

SEED = 4
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
AT_ONCE = 4  # photos in a batch: more need more memory
STICKERS = {"quick": 4, "full": 8}[PROFILE]  # sizes of the sticker in section 7
SHOWN = 5  # photos at most on which the disagreement is shown

# %% [markdown]
# ## 1. Two small filters instead of a large one
#
# GoogLeNet's inventors asked a year later: where are parameters wasted? Their first answer: in
# large filters. Two 3x3 convolutions, one after the other, see as much as one of 5x5. A row of 1x7
# and then a column of 7x1 see as much as one of 7x7. Here is how many ways lead from each pixel to
# one output:


# %%
def ways(*sizes):
    """Ways from each pixel to one output, in parts of the most; in a frame of 7 by 7."""
    seen = np.ones((1, 1))
    for size in sizes:
        seen = convolve2d(seen, np.ones(size))
    return np.pad(seen / seen.max(), [((7 - side) // 2,) * 2 for side in seen.shape])


stacks = {
    "5x5": [(5, 5)],
    "3x3, 3x3": [(3, 3), (3, 3)],
    "7x7": [(7, 7)],
    "1x7, 7x1": [(1, 7), (7, 1)],
}
plots.show(
    plots.pictures(
        np.array([ways(*sizes) for sizes in stacks.values()]),
        list(stacks),
        columns=4,
        cmap="Blues",
    ),
    alt="What one output sees: 5 by 5 pixels for a 5x5 filter and for two of 3x3, which see the "
    "middle more often; 7 by 7 for a 7x7 filter and for a row and a column.",
)

# %% [markdown]
# *Predict first:* which saves more, 3x3 twice instead of 5x5, or 1x7 and 7x1 instead of 7x7?
#
# By hand: with $c$ channels everywhere, a filter of $h$ by $w$ has $c \cdot h \cdot w$ weights,
# and there are $c$ filters. Lasagne counts the same.


# %%
def count(channels, sizes):
    """The weights of a stack of convolutions, by hand and by Lasagne."""
    layer = InputLayer((None, channels, None, None))
    for size in sizes:
        layer = Correlation2DLayer(layer, channels, size, b=None)
    return sum(channels * channels * h * w for h, w in sizes), count_params(layer)


counted = {}
for channels, large, small in ((64, "5x5", "3x3, 3x3"), (192, "7x7", "1x7, 7x1")):
    for name in (large, small):
        counted[name] = by_hand, by_lasagne = count(channels, stacks[name])
        share = by_hand / counted[large][0]
        print(
            f"{channels} channels, {name:9} {by_hand:9,} by hand {by_lasagne:9,} by Lasagne"
            f" {100 * share:4.0f} %"
        )

# %% [markdown]
# Two smaller filters also have a rectifier between them, so that they can do what one filter
# cannot. But not everything that one can: a row and a column make a *product*, `column * row`. How
# much of a real 7x7 filter is such a product? GoogLeNet's first layer has 192 pictures of 7 by 7
# weights to try it with. The *singular value decomposition* finds the best product for each.

# %%
seed(SEED)
googlenet = Classifier("googlenet")
filters = googlenet.layers["conv1/7x7_s2"].W.get_value().reshape(-1, 7, 7)
left, strength, right = np.linalg.svd(filters)
products = left[:, :, :1] * strength[:, :1, None] * right[:, :1]
kept = strength[:, 0] ** 2 / (strength**2).sum(axis=1)
print(f"the best product has {100 * kept.mean():.0f} % of a filter's energy on average")
print(f"and at least 90 % of it for {100 * (kept > 0.9).mean():.0f} % of the filters")

# %%
energy = (filters**2).sum(axis=(1, 2))
strong = np.argsort(-energy, kind="stable")[: len(energy) // 2]
order = strong[np.argsort(-kept[strong], kind="stable")]
chosen = order[np.linspace(0, len(order) - 1, 8).astype(int)]  # from the best to the worst
limit = float(np.abs(filters[chosen]).max())
titles = ["filter"] * 8 + [f"product\n{100 * kept[i]:.0f} %" for i in chosen]
both = np.concatenate([filters[chosen], products[chosen]])
fig = plots.pictures(both, titles, columns=8, cmap="PuOr", limits=(-limit, limit))
fig.suptitle(googlenet.caption("Filters, and the best product for each"))
plots.show(
    fig,
    alt=googlenet.caption(
        "Eight filters of 7 by 7, and below each the best product of a column and a row: upright "
        "and level stripes are kept, of slanting ones less and less is left."
    ),
)

# %% [markdown]
# Upright and level stripes are products, slanting ones are not. A network gets around that by
# having many channels between row and column: a *sum* of products can be anything. And it is used
# only in the middle of the network, where it was found to do no harm.
#
# **Exercise 1: Weights of a flat filter.** Count the weights of a convolution with `filters`
# filters of `height` by `width` on `inputs` channels. There is no bias: section 3 says why.
#
# <details><summary>Hint 1</summary>
#
# It is the count of lesson 3, with a height and a width instead of one size.
#
# </details>
# <details><summary>Hint 2</summary>
#
# One filter has `height` times `width` weights for *each* of the `inputs` channels.
#
# </details>


# %% tags=["exercise"]
def weights_of(inputs, filters, height, width):
    """How many weights a convolution has."""
    # BEGIN SOLUTION
    return inputs * filters * height * width
    # END SOLUTION


check.weights(weights_of)

# %% [markdown]
# **Exercise 2: How far does it see?** A stack of convolutions with filters of `sizes` pixels,
# such as `[3, 3]`, stride 1: how many pixels wide is what one output sees? How many 3x3
# convolutions does it take to see a whole face of 50 pixels, and why do networks pool, then?
#
# <details><summary>Hint 1</summary>
#
# Draw a row of pixels. The last filter looks at three outputs of the one before: what did these
# three see together?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `[3]` sees 3, `[3, 3]` sees 5, `[3, 3, 3]` sees 7: what does each filter add?
#
# </details>


# %% tags=["exercise"]
def seen_by(sizes):
    """How many pixels wide a stack of convolutions sees."""
    # BEGIN SOLUTION
    return 1 + sum(size - 1 for size in sizes)
    # END SOLUTION


check.sees(seen_by)

# %% [markdown]
# ## 2. The network
#
# Inception v3 is built of such modules. Its file of weights has 95 MB.

# %%
inception = Classifier("inception-v3")
networks = {"GoogLeNet": googlenet, "Inception v3": inception}
for each in networks.values():
    if each.is_standin:
        notice(each.standin)


def caption(text):
    """A title that says so where a network has random weights."""
    return inception.caption(googlenet.caption(text))


stages = anatomy.stages(inception.layers, side=299)
print(anatomy.table(stages))

# %% [markdown]
# Mixed_6b to Mixed_6e have rows and columns of 7, with 17 by 17 places:

# %%
square = "1x1, 128"
branches = [
    ["1x1, 192"],
    [square, "1x7, 128", "7x1, 192"],
    [square, "7x1, 128", "1x7, 128", "7x1, 128", "1x7, 192"],
    ["mean of 3x3", "1x1, 192"],
]
plots.show(
    photo_plots.diagram("768 channels", branches, "768 channels", "Mixed_6b"),
    alt="The module Mixed_6b: four branches of 1x1; 1x1, 1x7 and 7x1; 1x1 and then columns and "
    "rows of 7 twice; the mean of 3x3 and 1x1; joined to 768 channels.",
)
row, column = (inception.layers[f"Mixed_6b.branch7x7_{n}.conv"].W.get_value() for n in (2, 3))
whole = row.shape[1] * column.shape[0] * 7 * 7
print(f"branch7x7: row {row.size:,} and column {column.size:,} instead of {whole:,} weights")

# %% [markdown]
# *Predict first:* Inception v3 has 3.4 times as many parameters as GoogLeNet. Does it also
# multiply 3.4 times as often?

# %%
anatomies = {"GoogLeNet": anatomy.stages(googlenet.layers, side=224), "Inception v3": stages}
sums = {
    name: [sum(getattr(s, part) for s in found) for part in ("parameters", "multiplications")]
    for name, found in anatomies.items()
}
for name, (parameters, multiplications) in sums.items():
    print(f"{name:13} {parameters:11,} parameters {multiplications:14,} multiplications")
small, large = (found[1] for found in sums.values())
print(f"Inception v3 multiplies {large / small:.1f} times as often for a photo")

# %% [markdown]
# Nearly: 3.6 times, and its photos have 1.8 times as many pixels. With full 7x7 filters it would
# be far more.
#
# ## 3. Batch normalisation
#
# The second answer to "what is wasted?": time in training. When the weights of one layer change,
# the inputs of the next one change their size, and it has to learn anew. **Batch normalisation**
# puts a step behind each convolution that brings every channel back to a fixed mean and width,
# and then lets the network choose its own: *gamma* scales, *beta* shifts. That this is why it
# helps is disputed; that it helps is not: Inception learned as much in a fourteenth of the steps.
#
# $$y = \frac{x - \text{mean}}{\sqrt{\text{variance} + \epsilon}} \cdot \gamma + \beta$$
#
# With numbers:

# %%
x = np.array([12.0, 15.0, 9.0, 12.0, 18.0, 6.0])  # one channel, six values of a batch
mean, variance, epsilon = x.mean(), x.var(), 0.001
normal = (x - mean) / np.sqrt(variance + epsilon)
gamma, beta = 0.5, 2.0  # learned
print(f"mean {mean:.0f}, variance {variance:.0f}")
for name, values in (("x", x), ("normalised", normal), ("y", normal * gamma + beta)):
    print(f"{name:10}", "  ".join(f"{value:6.2f}" for value in values))

# %% [markdown]
# *Predict first:* all x of the channel become ten times as large. What becomes of y? And why does
# the convolution before it need no bias?
#
# <details><summary>Answer</summary>
#
# y stays: mean and deviation grow by the same ten. And what a bias adds, the mean takes away.
#
# </details>
#
# In training, mean and variance are those of the batch. Afterwards there may be just one photo,
# so the network takes averages that it gathered in training; they are in its file of weights.
# Here are the 32 channels behind the first convolution, on four photos: before, with the
# network's own averages, and with those of the four photos.

# %%
photos = gallery.present(gallery.TEN)
opened = [photo.read() for photo in photos]
inputs = {
    name: np.stack([network.prepare(photo) for photo in opened])
    for name, network in networks.items()
}
layer = inception.layers["Conv2d_1a_3x3.bn"]
look = compiled(inception.layers, ["Conv2d_1a_3x3.conv", "Conv2d_1a_3x3.bn"])
before, after = look(inputs["Inception v3"][:AT_ONCE])


def normalise(values, mean, variance):
    """Batch normalisation of (n, channels, height, width) as in the formula."""
    given = (mean, variance, layer.gamma.get_value(), layer.beta.get_value())
    mean, variance, gamma, beta = (each[:, None, None] for each in given)
    return (values - mean) / np.sqrt(variance + layer.epsilon) * gamma + beta


by_formula = normalise(before, layer.mean.get_value(), layer.variance.get_value())
places = (0, 2, 3)  # all but the channels
of_photos = normalise(before, before.mean(axis=places), before.var(axis=places))
print(f"largest difference of formula and layer: {np.abs(by_formula - after).max():.1e}")

# %%
fig, (a, b, c) = plots.panels(3, (11, 3.2))
states = {"before": before, "the network's averages": after, "these photos' own": of_photos}
for axes, values in zip((a, b, c), states.values(), strict=True):
    middle, width = values.mean(axis=places), values.std(axis=places)
    axes.errorbar(range(len(middle)), middle, width, fmt="o", color=plots.BLUE, markersize=3)
plots.label(a, "before", "channel", "mean and deviation")
plots.label(b, "the network's averages", "channel", "")
plots.label(c, "these photos' own", "channel", "")
fig.suptitle(inception.caption("32 channels on four photos"))
spread = ", ".join(f"{n}: {v.std(axis=places).max():.2f}" for n, v in states.items())
plots.show(
    fig,
    alt=inception.caption(
        "Mean and deviation of 32 channels before and after batch normalisation. Largest "
        f"deviations: {spread}."
    ),
)
del before, after, by_formula, of_photos, states

# %% [markdown]
# **Exercise 3: Fold it in.** Once trained, batch normalisation is only a scale and a shift for
# each channel, and so is a convolution's. So it can be folded into it: find the filters and
# biases of a plain convolution that does both. `W` is (filters, channels, height, width),
# `gamma`, `beta`, `mean` and `variance` have a number for each filter.
#
# <details><summary>Hint 1</summary>
#
# Write the formula as `x * scale + shift`: what are scale and shift? A convolution whose filters
# are twice as large gives a result that is twice as large.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `scale[:, None, None, None]` stretches a number for each filter over its weights. The shift is
# what comes out for a picture of zeros.
#
# </details>


# %% tags=["exercise"]
def folded(W, gamma, beta, mean, variance, epsilon):
    """New filters, and a bias for each."""
    # BEGIN SOLUTION
    scale = gamma / np.sqrt(variance + epsilon)
    return W * scale[:, None, None, None], beta - mean * scale
    # END SOLUTION


check.fold(folded)

# %% [markdown]
# ## 4. Compiled once
#
# A network is compiled once, at its first use; that takes longer than the answer. The function
# takes any number of photos of any size, and we call it for a batch, never for a photo. The
# workshop of 2016 compiled anew for every photo, and waited 15 seconds each time.

# %%
compiling = {}
for name, network in networks.items():
    start = time.perf_counter()
    function = network.probabilities
    compiling[name] = time.perf_counter() - start
    assert network.probabilities is function, "compiled twice"
    print(f"{name:13} compiled in {compiling[name]:.1f} s")

# %% [markdown]
# ## 5. Two networks, two preprocessings
#
# Both networks get the same photo, and see different things: GoogLeNet the largest square, 224 by
# 224, blue first, around 0 by the mean of each colour; Inception v3 seven eighths of that square,
# 299 by 299, red first, from -1 to 1.

# %%
for name, network in networks.items():
    traced = preprocessing.trace(network.steps, opened[0])
    plots.show(
        photo_plots.steps(traced, network.caption(f"{name}: what becomes of {photos[0].name}")),
        alt=network.caption(
            f"The photo after each step for {name}: {', '.join(s.name for s, _ in traced)}."
        ),
    )
    numbers = inputs[name][0]
    print(f"{name}: {numbers.shape}, {numbers.min():.2f} to {numbers.max():.2f}")

# %% [markdown]
# *Predict first:* give GoogLeNet the numbers that were made for Inception v3. Both are three
# channels of numbers: is that an error, or an answer?

# %%
for name in networks:
    [top] = googlenet.top(inputs[name][:1], 3)
    said = "; ".join(f"{photo_plots.short(label)} {100 * p:.0f} %" for _, label, p in top)
    print(googlenet.caption(f"GoogLeNet with the numbers of {name}: {said}"))

# %% [markdown]
# > **A common mistake:** "It ran without an error, so the input was right." Both networks take any
# > numbers of any height and width. Wrong numbers give wrong answers, with confidence.
#
# ## 6. The same photos, two opinions
#
# All photos go through both networks, some at once.


# %%
def ask(network, pictures, progress):
    """The probabilities for prepared pictures, some at once."""
    found = []
    for start in range(0, len(pictures), AT_ONCE):
        found.append(network.probabilities(pictures[start : start + AT_ONCE]))
        progress.advance(len(found[-1]))
    return np.concatenate(found)


answers, took = {}, {}
with Progress(len(networks) * len(photos), "Asking both networks") as progress:
    for name, network in networks.items():
        start = time.perf_counter()
        answers[name] = ask(network, inputs[name], progress)
        took[name] = (time.perf_counter() - start) / len(photos)
for name, seconds in took.items():
    print(
        f"{name:13} {seconds:.2f} s a photo; {compiling[name] / seconds:.0f} times that to compile"
    )


# %%
def five(p):
    """The five likeliest classes of each row: index, label, probability."""
    order = np.argsort(-p, axis=1, kind="stable")[:, :5]
    labels = googlenet.labels
    return [
        [(i, labels[i], float(row[i])) for i in best]
        for row, best in zip(p, order.tolist(), strict=True)
    ]


tops = {name: five(p) for name, p in answers.items()}
print(caption(f"{'photo':32} {'GoogLeNet':24} Inception v3"))
for i, photo in enumerate(photos):
    said = [f"{photo_plots.short(t[i][0][1])[:17]} {100 * t[i][0][2]:.0f} %" for t in tops.values()]
    same = "" if tops["GoogLeNet"][i][0][0] == tops["Inception v3"][i][0][0] else "  differ"
    print(f"{photo.name:32} {said[0]:24} {said[1]:24}{same}")

# %% [markdown]
# *Predict first:* where two networks disagree, is one of them wrong? Look at the photos on which
# their first answers differ.

# %%
first = {name: [top[0][0] for top in found] for name, found in tops.items()}
differ = [i for i in range(len(photos)) if len({found[i] for found in first.values()}) > 1]
print(f"they differ on {len(differ)} of {len(photos)} photos")
some = differ[:SHOWN] or [0]
said = "; ".join(
    f"{photos[i].name}: "
    + " or ".join(photo_plots.short(found[i][0][1]) for found in tops.values())
    for i in some
)
plots.show(
    photo_plots.side_by_side(
        [preprocessing.seen(googlenet.steps, opened[i]) for i in some],
        [photos[i].name for i in some],
        {name: [found[i] for i in some] for name, found in tops.items()},
        [photos[i].right for i in some],
        caption("Where the networks differ; right classes are green"),
    ),
    alt=caption(f"Photos with the five likeliest classes of both networks. {said}."),
)

# %% [markdown]
# Often both have a point: a photo shows several things, and 1,000 classes overlap. Where they
# agree, you may trust them more: they have made their mistakes in different ways.
#
# **Exercise 4: Two heads.** Make one table of probabilities of two, so that both networks count
# the same and each row still adds up to 1. Then try `five(together(*answers.values()))`: such an
# *ensemble* wins competitions.
#
# <details><summary>Hint 1</summary>
#
# What do the two numbers 0.6 and 0.2 for the same class say together?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Each network has half a vote.
#
# </details>


# %% tags=["exercise"]
def together(p, q):
    """One table of probabilities of two."""
    # BEGIN SOLUTION
    return (p + q) / 2
    # END SOLUTION


check.both(together)

# %% [markdown]
# ## 7. Fooled by a sticker
#
# Stick a picture of a cup of coffee onto the photo of the palace, larger and larger. A person
# sees a palace and a cup. *Predict first:* how large must the sticker be for the network to
# forget the palace: a tenth of the photo's area, a quarter, a half?

# %%
by_name = {photo.name: photo for photo in gallery.TEN}
palace, coffee = (by_name[name] for name in ("the Summer Palace", "a cup of coffee"))
sizes = np.linspace(0, 0.75, STICKERS)  # side of the sticker, in sides of the square photo
background = preprocessing.crop(palace.read(), 1)
sticker = preprocessing.crop(coffee.read(), 0.95)
stuck = []
for size in sizes:
    picture, side = background.copy(), round(size * background.width)
    if side:
        corner = (background.width - side,) * 2
        picture.paste(preprocessing.resize(sticker, side), corner)
    stuck.append(picture)

# %%
sums = {"palace, monastery": list(palace.right), "espresso, cup": list(coffee.right)}
curves = {}
with Progress(len(networks) * len(stuck), "Asking about the sticker") as progress:
    for name, network in networks.items():
        p = ask(network, np.stack([network.prepare(picture) for picture in stuck]), progress)
        curves[name] = {what: 100 * p[:, classes].sum(axis=1) for what, classes in sums.items()}

# %%
fig, (a, b) = plots.panels(2, (10, 3.2))
for axes, name in zip((a, b), curves, strict=True):
    photo_plots.several(axes, 100 * sizes**2, curves[name])
    axes.set_ylim(-3, 103)
plots.label(a, googlenet.caption("GoogLeNet"), "sticker, share of the photo (%)", "probability (%)")
plots.label(b, inception.caption("Inception v3"), "sticker, share of the photo (%)", "")
last = "; ".join(
    f"{name}: {what} {curve[0]:.0f} % to {curve[-1]:.0f} %"
    for name, found in curves.items()
    for what, curve in found.items()
)
plots.show(fig, alt=caption(f"Probabilities as the sticker grows. {last}."))
middle = stuck[len(stuck) // 2]
plots.show(
    photo_plots.answers(
        [middle, stuck[-1]],
        ["a smaller sticker", "the largest"],
        googlenet.top(np.stack([googlenet.prepare(p) for p in (middle, stuck[-1])])),
        [palace.right] * 2,
        googlenet.caption("What GoogLeNet says; the palace is green"),
    ),
    alt=googlenet.caption("The palace with a smaller and with the largest sticker of coffee."),
)

# %% [markdown]
# The probabilities of all classes add up to 1, so that what is more like *one* of them pushes the
# others out. A sticker that is made for the purpose, by following the gradient, needs less room.
#
# ## Recap
#
# - Two 3x3 see as much as a 5x5 with 72 % of its weights, 1x7 and 7x1 as much as a 7x7 with 29 %.
# - Batch normalisation gives each channel a fixed mean and width, then a learned scale and shift;
#   in a trained network it can be folded into the convolution.
# - Every network has its own preprocessing, and takes that of another without a word.
# - Compile once, ask in batches.
# - Disagreement of two networks is worth a look; their mean is often better than each.
#
# **At home.** Use the ensemble on your own photos of lesson 3. Fold all 94 batch normalisations of
# Inception v3 into its convolutions: is it faster, and are the answers the same?
#
# **References.** C. Szegedy et al., *Rethinking the Inception architecture for computer vision*
# (2015). S. Ioffe and C. Szegedy, *Batch normalization* (2015). T. Brown et al., *Adversarial
# patch* (2017), the sticker. The photos: `workshop.gallery`
# has the credit of each.
#
# ## Did it work?
#
# The last cells say so, or stop with what is off.

# %% tags=["expect"]
for name, (by_hand, by_lasagne) in counted.items():
    assert by_hand == by_lasagne, f"{name}: {by_hand} weights by hand, {by_lasagne} by Lasagne"
assert counted["3x3, 3x3"][0] / counted["5x5"][0] == 18 / 25, "two 3x3 should save 28 %"
found = sum(stage.parameters for stage in stages)
assert found == 23_869_000, f"Inception v3 has 23,869,000 numbers, this one {found:,}"
assert kept.min() >= 1 / 7 - 1e-6, "the best product is less than the average one: SVD went wrong"
for name, p in answers.items():
    assert p.shape == (len(photos), 1000), f"{name}: section 6 was interrupted; run it again"
    assert np.abs(p.sum(axis=1) - 1).max() < 1e-4, f"{name}: probabilities do not add up to 1"
    alone = networks[name].probabilities(inputs[name][:1])
    assert np.abs(alone - p[:1]).max() < 1e-4, f"{name}: alone and in a batch, answers differ"
assert len(curves) == len(networks), "run section 7 again: it was interrupted"
print("Both networks run as they should.")

# %% tags=["expect"]
for name, network in networks.items():
    if network.is_standin:
        print(f"{name} has random weights: nothing is expected of its answers.")
        continue
    hits = [any(i in q.right for i, *_ in t) for q, t in zip(photos, tops[name], strict=True)]
    assert sum(hits) >= len(photos) - 2, f"{name}: only {sum(hits)} are in the top 5"
    clean, covered = (curves[name]["palace, monastery"][i] for i in (0, -1))
    assert clean > 30, f"{name} does not see the palace without a sticker: {clean:.0f} %"
    assert covered < clean / 2, f"{name} still sees the palace under the sticker: {covered:.0f} %"
    print(f"{name}: {sum(hits)} of {len(photos)} in the top 5; fooled by the sticker.")
