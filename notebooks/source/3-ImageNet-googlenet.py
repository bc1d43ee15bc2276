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
# # 3 - GoogLeNet: a network that knows 1,000 things
#
# **Goals.** At the end you can
#
# - say what an Inception module is, and count what it has learned,
# - turn a photo into the numbers that a network was trained on, and say what breaks otherwise,
# - read a list of top-5 answers, and doubt it where doubt is due,
# - ask the network about your own photos,
# - look inside: at filters, at maps of activations, and at where the network looks.
#
# **You need** lesson 2 (convolution, pooling). **Time:** about 45 minutes of reading and trying;
# the computer needs about 1 minute for everything (2 cores, no GPU).
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick.

# %%
import time

import lasagne
import numpy as np
from workshop import anatomy, gallery, own, photo_plots, plots, preprocessing
from workshop.classifier import Classifier, compiled
from workshop.exercises import lesson3 as check
from workshop.notice import notice
from workshop.occlusion import Occlusion
from workshop.progress import Progress
from workshop.session import device_line, profile, seed

SEED = 3
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
PATCH = {"quick": 64, "full": 48}[PROFILE]  # side of the square that covers a part of a photo
STRIDE = {"quick": 40, "full": 22}[PROFILE]  # pixels from one place of it to the next
COVERED = {"quick": 1, "full": 2}[PROFILE]  # photos that it is moved over
BATCHES = {"quick": (1, 4), "full": (1, 2, 4, 8)}[PROFILE]  # photos at once, in section 7
REPEAT = {"quick": 1, "full": 3}[PROFILE]  # how often each is timed

# %% [markdown]
# ## 1. The network
#
# In 2014 this network won the ImageNet challenge: tell which of 1,000 things is on a photo. It
# learned from 1.28 million photos, which keeps a few GPUs busy for a week. You will not train it:
# its weights are in a file of 28 MB, and using them takes a fraction of a second.

# %%
seed(SEED)
network = Classifier("googlenet")
if network.is_standin:
    notice(network.standin)
print(len(network.labels), "classes, for example", "; ".join(network.labels[279:287]))

# %% [markdown]
# Its building block is the **Inception module**. Which size of filter is best, 1x1, 3x3 or 5x5?
# The module does not choose: it applies all of them side by side, and joins the results. The 1x1
# convolutions in front of the large filters only mix channels, and make them *fewer*: that is
# what keeps the module cheap.

# %%
direct, (reduce3, filters3), (reduce5, filters5), projected = 64, (96, 128), (16, 32), 32
branches = [
    [f"1x1, {direct}"],
    [f"1x1, {reduce3}", f"3x3, {filters3}"],
    [f"1x1, {reduce5}", f"5x5, {filters5}"],
    ["largest of 3x3", f"1x1, {projected}"],
]
together = direct + filters3 + filters5 + projected
plots.show(
    photo_plots.diagram("192 channels", branches, f"{together} channels", "inception_3a"),
    alt="An Inception module: 192 channels go into four branches, 1x1; 1x1 then 3x3; 1x1 then 5x5; "
    f"pooling then 1x1; their outputs are joined to {together} channels.",
)

# %% [markdown]
# Nine such modules make the network. *Predict first:* the two-layer network of lesson 1 has
# 670,000 parameters. How many has this one, with 57 convolutions: 1 million, 7 million, 60
# million?

# %%
stages = anatomy.stages(network.layers, side=224)
print(anatomy.table(stages))

# %% [markdown]
# 7 million; AlexNet, the winner of 2012, needed 61 million. Read the table from top to bottom: the
# picture gets smaller (224, 112, 56, 28, 14, 7 pixels), the channels get more. At the
# end *pool5* averages over the 7 by 7 places that are left, and one dense layer gives each of the
# 1,000 classes its number. Most *parameters* sit near the end, most *multiplications* near the
# beginning, where the pictures are large.
#
# Do the numbers add up? One module by hand. A filter has a weight for each channel and pixel that
# it covers, and one number more, its bias:

# %%
by_hand = {
    "1x1": direct * (192 * 1 * 1 + 1),
    "3x3_reduce": reduce3 * (192 * 1 * 1 + 1),
    "3x3": filters3 * (reduce3 * 3 * 3 + 1),
    "5x5_reduce": reduce5 * (192 * 1 * 1 + 1),
    "5x5": filters5 * (reduce5 * 5 * 5 + 1),
    "pool_proj": projected * (192 * 1 * 1 + 1),
}
for name, count in by_hand.items():
    parameters = network.layers[f"inception_3a/{name}"].get_params()
    by_lasagne = sum(each.get_value().size for each in parameters)
    print(f"{name:10} {count:8,} by hand {by_lasagne:8,} by Lasagne")
print(f"{'together':10} {sum(by_hand.values()):8,}")

# %% [markdown]
# **Exercise 1: Count for yourself.** Write a function that counts the parameters of a
# convolution with `filters` filters of `size` by `size` pixels on `inputs` channels. Then find out
# what the 3x3 branch of *inception_3a* would cost without the 1x1 convolution in front of it.
#
# <details><summary>Hint 1</summary>
#
# What does *one* filter learn? It covers `size` by `size` pixels of every channel.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Look at the line "3x3" of the cell above: which number is which argument?
#
# </details>


# %% tags=["exercise"]
def parameters_of(inputs, filters, size):
    """How many numbers a convolution learns."""
    # BEGIN SOLUTION
    return filters * (inputs * size * size + 1)
    # END SOLUTION


check.parameters(parameters_of)

# %% [markdown]
# ## 2. From a photo to numbers
#
# A network knows nothing of files, sizes or colours. It takes 3 times 224 times 224 numbers, and
# they must be made just as they were made in training. Here is each step, with the smallest and
# the largest number after it.

# %%
photos = gallery.present(gallery.TEN)
absent = [photo.name for photo in gallery.TEN if photo not in photos]
if absent:
    notice(f"these photos could not be had when this machine was built: {', '.join(absent)}")
opened = {photo.name: photo.read() for photo in photos}
traced = preprocessing.trace(network.steps, opened[photos[0].name])
plots.show(
    photo_plots.steps(traced, f"From a photo of {photos[0].name} to the network's input"),
    alt="A photo after each step: cut to a square, made smaller, as numbers, with red and blue "
    "exchanged, with the mean colour subtracted, and as three grey pictures, one for each channel.",
)
for step, _ in traced:
    print(f"{step.name:15} {step.what}")

# %% [markdown]
# *Predict first:* a step is forgotten. Which one does most harm: the square, the order of the
# colours, or the mean? Section 4 tells.
#
# ## 3. What is on it?
#
# Ten photos that ship with the lessons. What counts as right was written down by looking at the
# photos, before the network was asked (`notebooks/workshop/gallery.py`). A photo counts if a
# right class is among the five likeliest: **top-5**, the measure of the ImageNet challenge,
# because many photos show more than one thing. All ten go through the network in one call.

# %%
batch = np.stack([network.prepare(photo) for photo in opened.values()])
print("input:", batch.shape, batch.dtype)
tops = network.top(batch)
hits = [any(i in photo.right for i, *_ in top) for photo, top in zip(photos, tops, strict=True)]
print(f"{sum(hits)} of {len(photos)} have a right class in the top 5")

# %%
views = [preprocessing.seen(network.steps, photo) for photo in opened.values()]
said = "; ".join(
    f"{photo.name}: {photo_plots.short(top[0][1])}" for photo, top in zip(photos, tops, strict=True)
)
plots.show(
    photo_plots.answers(
        views,
        [photo.name for photo in photos],
        tops,
        [photo.right for photo in photos],
        network.caption("What the network says; right classes are green"),
    ),
    alt=network.caption(f"Ten photos with their five likeliest classes. First answers: {said}."),
)

# %% [markdown]
# Look at the miss: the pickup. The square in the middle of the photo hardly shows that the car
# has an open back, and with what is left, "convertible" is not a bad answer. Look also at how the
# probabilities go down: the cat's are spread over cats, which is an honest doubt.
#
# *Predict first:* the next four photos show a motorcycle, a dahlia, an old town by a river, and a
# painting. None of the 1,000 classes is called that. What will the network answer?

# %%
strangers = gallery.present(gallery.NAMELESS)
shown = [photo.read() for photo in strangers]
strange = network.top(np.stack([network.prepare(photo) for photo in shown]))
said = "; ".join(
    f"{photo.name}: {photo_plots.short(top[0][1])} {100 * top[0][2]:.0f} %"
    for photo, top in zip(strangers, strange, strict=True)
)
plots.show(
    photo_plots.answers(
        [preprocessing.seen(network.steps, photo) for photo in shown],
        [photo.name for photo in strangers],
        strange,
        [()] * len(strangers),
        network.caption("What it says about things that it has no name for"),
    ),
    alt=network.caption(f"Photos of things that are no class of ImageNet. {said}."),
)

# %% [markdown]
# > **A common mistake:** "83 %, so it is fairly sure that this is a honeycomb." The probabilities
# > add up to 1 *over the 1,000 classes*. The network cannot say "none of these". 83 % means: if it
# > is one of mine, then probably this one. Confidence is not knowledge.
#
# ## 4. What breaks when a step is forgotten
#
# We forget one step at a time, ask about the ten photos again, and write down three numbers: the
# probability that the right classes get, how many photos have one of them in the top 5, and by how
# much the answers *moved*: how much of the probability went to other classes. The network itself
# never complains.

# %%
steps = network.steps
shrunk = preprocessing.Step("numbers", "0 to 1.", lambda p: preprocessing.numbers(p) / 255)
recipes = {
    "all steps": steps,
    "BGR forgotten": preprocessing.without(steps, "BGR"),
    "mean forgotten": preprocessing.without(steps, "centre"),
    "squashed, not cropped": preprocessing.without(steps, "crop"),
    "numbers from 0 to 1": tuple(shrunk if s.name == "numbers" else s for s in steps),
}
proper = network.probabilities(batch)


def judge(pictures):
    """Probability of the right classes, photos with one in the top 5, how far answers moved."""
    p = network.probabilities(pictures)
    five = np.argsort(-p, axis=1)[:, :5]
    right = [list(photo.right) for photo in photos]
    hit = sum(
        bool(set(best) & set(known)) for best, known in zip(five.tolist(), right, strict=True)
    )
    sure = float(np.mean([row[known].sum() for row, known in zip(p, right, strict=True)]))
    return sure, hit, float(np.abs(p - proper).sum(axis=1).mean() / 2)


scores = {}

# %%
with Progress(len(recipes), "Forgetting one step at a time") as progress:
    for name, recipe in recipes.items():
        if name not in scores:
            pictures = [preprocessing.prepare(recipe, photo) for photo in opened.values()]
            scores[name] = judge(np.stack(pictures))
        progress.advance()

# %% [markdown]
# One more mistake, and this one was really made: in 2016 this very lesson had a GoogLeNet in
# which every filter was turned by 180 degrees, because Lasagne's convolution does that and Caffe's
# does not. Nobody noticed for years: it ran, and its answers were not absurd. What does it cost?


# %%
def turn_filters():
    """Turn every filter by 180 degrees; done twice, all is as before."""
    for weights in lasagne.layers.get_all_params(network.layers["prob"]):
        if weights.ndim == 4:
            weights.set_value(weights.get_value()[:, :, ::-1, ::-1])


turn_filters()
try:
    scores["filters turned round"] = judge(batch)
finally:
    turn_filters()
print(f"{'':22} right classes   in top 5   moved")
for name, (sure, hit, moved) in scores.items():
    print(f"{name:22} {100 * sure:11.0f} % {hit:10} {100 * moved:6.0f} %")

# %%
fig, (axes,) = plots.panels(1, (9, 3.4))
photo_plots.lengths(
    axes,
    list(scores),
    [100 * sure for sure, _, _ in scores.values()],
    [f"top 5: {hit}; moved by {100 * moved:.0f} %" for _, hit, moved in scores.values()],
)
title = network.caption("What a forgotten step costs")
plots.label(axes, title, f"mean probability of the right classes, {len(photos)} photos (%)", "")
said = "; ".join(
    f"{name}: {100 * sure:.0f} %, {hit} in top 5, moved by {100 * moved:.0f} %"
    for name, (sure, hit, moved) in scores.items()
)
plots.show(fig, alt=network.caption(f"Bars for each mistake. {said}."))

# %% [markdown]
# Two mistakes are disasters. The others are worse: *they do not show.* On ten photos, no score
# tells a forgotten mean from none, and the squashed photos even do better: now the whole pickup
# is in the picture, and it is found. Why does the mean matter so little? Nearly all filters of
# the first layer look for differences; section 6 shows them.
#
# Only the last column gives them all away. So the remedy is a test that compares probabilities,
# number by number, with those of a network that is known to be right: the last cell of this lesson
# knows a few answers, and the tests of this project compare 38 photos with Caffe itself.
#
# **Exercise 2: Back to the picture.** Undo the last three steps: take the network's input,
# `numbers` of shape (3, height, width), and make it a picture again, of shape (height, width, 3),
# red first, from 0 to 255. `preprocessing.CAFFE_MEAN` has the mean of blue, green and red.
#
# <details><summary>Hint 1</summary>
#
# Begin with the last step. `numbers.transpose(1, 2, 0)` puts the channels last.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Now blue is first, as in `CAFFE_MEAN`: add it now. Then turn the order of the channels round.
#
# </details>


# %% tags=["exercise"]
def picture_of(numbers):
    """(3, height, width) of numbers as (height, width, 3), red first, 0 to 255."""
    # BEGIN SOLUTION
    bgr = numbers.transpose(1, 2, 0) + np.float32(preprocessing.CAFFE_MEAN)
    return bgr[:, :, ::-1]
    # END SOLUTION


check.undo(picture_of)

# %% [markdown]
# ## 5. Your own photos
#
# Put photos into the folder `my-photos` beside this notebook (drag them into Jupyter's list of
# files) and run the cell again, or use the button below it. Any kind will do: JPEG, PNG, GIF, grey
# or CMYK, with transparency, lying on their side. A file that cannot be read is told in a line,
# and the others are answered.


# %%
def ask_about_mine():
    """Show the answers for what is in the folder."""
    mine, problems = own.read_folder()
    for problem in problems:
        print(problem)
    if not mine:
        return print(f"{own.FOLDER} has no photos yet")
    found = network.top(np.stack([network.prepare(photo) for photo in mine.values()]))
    pictures = [preprocessing.seen(network.steps, photo) for photo in mine.values()]
    title = network.caption("Your photos")
    fig = photo_plots.answers(pictures, list(mine), found, [()] * len(mine), title)
    said = "; ".join(f"{n}: {photo_plots.short(t[0][1])}" for n, t in zip(mine, found, strict=True))
    plots.show(fig, alt=network.caption(f"Your photos with their likeliest classes. {said}."))


ask_about_mine()
own.upload_button(ask_about_mine)

# %% [markdown]
# ## 6. What the network sees
#
# **The first filters.** Only the first layer looks at colours, so that its 64 filters of 7 by 7
# pixels are pictures. *Predict first:* what would you look for in a photo, with 7 by 7 pixels?

# %%
first = network.layers["conv1/7x7_s2"].W.get_value()[:, ::-1]  # red first
strongest = np.abs(first).max(axis=(1, 2, 3), keepdims=True)
colours = (first / strongest / 2 + 0.5).transpose(0, 2, 3, 1)
fig = plots.pictures(colours, [""] * len(colours), columns=16)
fig.suptitle(network.caption("The filters of the first layer"))
plots.show(
    fig,
    alt=network.caption(
        "The 64 filters of the first layer: edges in all directions, fine and coarse stripes, and "
        "blots of two opposite colours."
    ),
)
sums, sizes = np.abs(first.sum(axis=(1, 2, 3))), np.abs(first).sum(axis=(1, 2, 3))
balance = np.median(sums / sizes)
print("Grey is 0; what is brighter speaks for, what is darker speaks against.")
print(f"In half of the filters, {100 - 100 * balance:.1f} % or more of the weights cancel out.")

# %% [markdown]
# Edges, stripes, spots of colour: nobody asked for them. Weights that cancel out see differences,
# and no even grey: that is why the mean could be forgotten. Cells in the visual cortex of a cat
# react to the same things (D. Hubel and T. Wiesel, 1962).
#
# **Maps of activations.** Each filter makes a map: how strongly does the photo, here and here,
# look like what I search for? A second function returns the maps of five layers, in one go. Of
# each layer you see the eight maps that are brightest for this photo.

# %%
LOOK = ("conv1/7x7_s2", "conv2/3x3", "inception_3b/output", "inception_4c/output")
LOOK = (*LOOK, "inception_5b/output")
inside = compiled(network.layers, LOOK)
activations = dict(zip(LOOK, (maps[0] for maps in inside(batch[:1])), strict=True))
brightest = {
    name: maps[np.argsort(-maps.mean(axis=(1, 2)), kind="stable")[:8]]
    for name, maps in activations.items()
}
plots.show(
    photo_plots.maps(brightest, network.caption(f"Maps for the photo of {photos[0].name}")),
    alt=network.caption(
        "Eight maps of each of five layers: from sharp edges of 112 by 112 pixels to a few bright "
        "places among 7 by 7."
    ),
)
for name, maps in activations.items():
    print(f"{name:20} {maps.shape[0]:5} maps, {100 * (maps > 0).mean():3.0f} % of values above 0")

# %% [markdown]
# Downwards the maps know less about *where* and more about *what*: the first show the photo's
# edges, the last say in which of 7 by 7 places something was found.
#
# **Where does it look?** Cover a part of the photo with a grey square, and ask again: how much of
# the first answer's probability is left? Then move the square on. This needs no look inside, only
# many answers, which come in batches. *Predict first:* what must not be covered on the photo of
# the coffee: the cup's edge, the spoon, the coffee, the saucer?

# %%
wanted = ("a cup of coffee", "a spotted tabby cat")[:COVERED]
chosen = [i for i, photo in enumerate(photos) if photo.name in wanted] or [0]
covers = {
    i: Occlusion(network.probabilities, batch[i], tops[i][0][0], PATCH, STRIDE) for i in chosen
}
for i, cover in covers.items():
    answer = photo_plots.short(network.labels[cover.index])
    print(f"{photos[i].name}: {answer} {100 * cover.whole:.0f} %; {cover.missing} places to cover")

# %%
for i, cover in covers.items():
    name = photos[i].name
    title = network.caption(f"{name}: {photo_plots.short(network.labels[cover.index])}")
    live = plots.Live(alt=network.caption(f"Where covering {name} costs probability."))
    with Progress(max(1, cover.missing), f"Covering {name}") as progress:
        while done := cover.step():
            progress.advance(done)
            loss = 100 * cover.loss()
            live.show(photo_plots.heat(views[i], loss, title, "probability lost when covered (%)"))
    if progress.interrupted:
        break

# %% [markdown]
# Orange: covered, the answer is in danger: the network needs the coffee in its white cup; spoon
# and saucer hardly count. Purple: covered, the answer becomes *surer*, because what was there
# spoke for something else. So you can catch a network that knows a ship by its water.
#
# ## 7. Need for speed
#
# How long does a photo take, alone and in a batch? *Predict first:* do eight photos take eight
# times as long as one?

# %%
seconds = {}
for count in BATCHES:
    pictures = np.resize(batch, (count, *batch.shape[1:]))
    took = []
    for _ in range(REPEAT):
        start = time.perf_counter()
        network.probabilities(pictures)
        took.append(time.perf_counter() - start)
    seconds[count] = min(took) / count
work = sum(stage.multiplications for stage in stages)
for count, each in seconds.items():
    print(
        f"{count} at once: {each:.3f} s a photo, {work / each / 1e9:.1f} billion products a second"
    )

# %%
fig, (axes,) = plots.panels(1, (6, 3))
axes.plot(list(seconds), list(seconds.values()), color=plots.BLUE, marker="o")
axes.set(ylim=(0, 1.2 * max(seconds.values())), xticks=list(seconds))
plots.label(axes, "Time for a photo, measured here", "photos in a batch", "seconds a photo")
said = ", ".join(f"{count}: {each:.2f} s" for count, each in seconds.items())
plots.show(fig, alt=f"Seconds a photo by the number of photos in a batch: {said}.")

# %% [markdown]
# A photo costs 1.6 billion multiplications, whatever computes them. On a CPU a batch helps little:
# one photo keeps all cores busy. A GPU multiplies ten to a hundred times as fast, but only if it
# gets enough to do at once, so that there the curve falls steeply.
#
# The line below the first cell says where *your* Theano computes. In VirtualBox that is always the
# CPU. In the Docker image with CUDA, on a machine with an NVIDIA card, it is the GPU, and the same
# two cells show the difference: nothing in this lesson changes.
#
# ## Exercises
#
# Exercises 1 and 2 are in sections 1 and 4.
#
# **Exercise 3: In the mirror.** Write a function that exchanges left and right in every picture
# of a batch of shape (photos, 3, height, width). Then compare `network.top(batch)` with
# `network.top(mirror(batch))`: which answers change? A network must *learn* that a cat looking
# left is a cat; nothing in a convolution says so.
#
# <details><summary>Hint 1</summary>
#
# Which of the four axes goes from left to right?
#
# </details>
# <details><summary>Hint 2</summary>
#
# A slice with the step -1 runs backwards: `row[::-1]`. Use `:` for the axes that stay.
#
# </details>


# %% tags=["exercise"]
def mirror(batch):
    """The same pictures, left and right exchanged."""
    # BEGIN SOLUTION
    return batch[:, :, :, ::-1]
    # END SOLUTION


check.mirror(mirror)

# %% [markdown]
# ## Recap
#
# - An Inception module applies filters of several sizes side by side; 1x1 convolutions in front
#   keep it cheap: 7 million parameters for 1,000 classes.
# - Preprocessing belongs to the weights. A forgotten step raises no error, only worse answers.
# - Probabilities add up to 1 over the classes that the network knows; what it does not know gets
#   the name of something else.
# - First layers find edges and colours, later ones parts and things, with less and less place.
# - Compile once, then ask in batches.
#
# **At home.** Which photo of yours fools the network most? Turn a photo upside down, step by step,
# with Pillow's `rotate`: at which angle does the answer change? Try `python3 -m workshop.classify`
# in a terminal.
#
# **References.** C. Szegedy et al., *Going deeper with convolutions* (2014). M. Lin et al.,
# *Network in network* (2013), the 1x1 convolution. O. Russakovsky et al., *ImageNet large scale
# visual recognition challenge* (2015). M. Zeiler and R. Fergus, *Visualizing and understanding
# convolutional networks* (2013). The photos: `workshop.gallery` has the credit of each.
#
# ## Did it work?
#
# The last cells say so, or stop with what is off.

# %% tags=["expect"]
total = sum(stage.parameters for stage in stages)
assert total == 6_998_552, f"GoogLeNet has 6,998,552 parameters, this one {total:,}"
found = next(stage for stage in stages if stage.name == "inception_3a")
assert sum(by_hand.values()) == found.parameters, "the count by hand differs from Lasagne's"
assert np.array_equal(traced[-1][1], batch[0]), "the steps shown are not the network's own"
p = network.probabilities(batch[:2])
assert np.abs(p.sum(axis=1) - 1).max() < 1e-4, "probabilities do not add up to 1"
alone = network.probabilities(batch[:1])
assert np.abs(p[:1] - alone).max() < 1e-4, "alone and in a batch, a photo gets other answers"
missing = sum(cover.missing for cover in covers.values())
assert missing == 0, f"{missing} places are not covered yet; run the cell with the square again"
assert len(scores) == len(recipes) + 1, "run section 4 again: it was interrupted"
assert list(seconds) == list(BATCHES), "run the timing of section 7 again: it was interrupted"
print("The network runs as it should.")

# %% tags=["expect"]
first = {p.name: [i for i, *_ in top] for p, top in zip(photos, tops, strict=True)}
cat, coffee, palace = (first.get(photo.name) for photo in gallery.TEN[:3])
if network.is_standin:
    print("Random weights recognise nothing: nothing is expected of the answers.")
else:
    assert sum(hits) >= len(photos) - 1, f"only {sum(hits)} of {len(photos)} are in the top 5"
    if cat:
        assert set(cat[:3]) <= set(gallery.CATS), "the first three answers for the cat are no cats"
        assert cat[0] == 285, f"the cat is a {network.labels[cat[0]]}, not an Egyptian cat"
    if coffee:
        assert coffee[0] == gallery.ESPRESSO, f"the espresso is a {network.labels[coffee[0]]}"
    assert palace[0] in gallery.BUILDINGS, f"the palace is a {network.labels[palace[0]]}"
    for name, (sure, _, moved) in scores.items():
        right_steps = name == "all steps"
        assert (moved < 0.001) == right_steps, f"{name}: answers moved by {moved:.1%}"
        if name in ("numbers from 0 to 1", "filters turned round"):
            assert sure < scores["all steps"][0] / 2, f"{name}: costs less than it should"
    lost = max(float(cover.loss().max()) for cover in covers.values())
    assert lost > 0.2, f"covering a photo costs {lost:.0%} at most; it should cost more"
    print(f"{sum(hits)} of {len(photos)} recognised, and mistakes cost what they should.")
