# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 300, full: 1800}
#     memory_mb: 900
# ---

# %% [markdown]
# # 6 - Visual art: what a network dreams, and how it paints
#
# **Goals.** At the end you can
#
# - turn a trained network round: keep its weights, and change the picture by the gradient,
# - make a **Deep Dream**, and choose what it is about: a layer, a channel, another picture,
# - say what a Gram matrix knows about a painting, and what it has forgotten,
# - paint a photo in the style of a painting, by L-BFGS, and weigh three losses against each
#   other.
#
# **You need** lesson 3 (GoogLeNet and its layers). **Time:** about 30 minutes of reading and
# trying; the computer needs about 3 minutes for everything (2 cores, no GPU).
#
# **Warning: what you see here cannot be un-seen.** Dogs with too many eyes will look at you out
# of clouds, out of carpets, and out of your soup.
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do: guessing wrong is what
# makes the answer stick.

# %%
import numpy as np
from PIL import Image
from workshop import easel, plots
from workshop.canvas import fit, save_gif, save_png, to_canvas, to_picture, with_colours_of
from workshop.classifier import Classifier
from workshop.dream import Dream, Zoom
from workshop.exercises import lesson6 as check
from workshop.motifs import load_motif
from workshop.notice import notice
from workshop.objectives import Dreamer, StyleTransfer
from workshop.session import device_line, profile
from workshop.style import Losses, Painting

SEED = 1
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.
#
# **Your own photos:** make a folder `my-photos` beside this notebook, drag photos into it, and
# write a file's name in the place of one of these three.

# %% tags=["parameters"]
PROFILE = profile()
PHOTO = "sky.jpg"  # what the network dreams about
CONTENT = "tuebingen-neckarfront.jpg"  # what is painted
PAINTING = "starry-night.jpg"  # in the style of this
DREAM_SIDE = {"quick": 160, "full": 448}[PROFILE]  # pixels of the longer side
DREAM_STEPS = {"quick": 6, "full": 20}[PROFILE]  # in each octave
STUDY_SIDE = {"quick": 128, "full": 256}[PROFILE]  # of the smaller dreams that compare things
CHANNEL_STEPS = {"quick": 10, "full": 20}[PROFILE]  # of a channel alone, in each octave
FRAMES = {"quick": 3, "full": 16}[PROFILE]  # of the zoom
PAINT_SIDE = {"quick": 160, "full": 320}[PROFILE]
ITERATIONS = {"quick": 40, "full": 100}[PROFILE]  # of painting, each time you run its cell

# %% [markdown]
# ## 1. A network and a photo
#
# GoogLeNet, as in lesson 3: it was trained to tell 1,000 kinds of things apart. Everything below
# uses its layers up to the middle, with weights that stay as they are.

# %%
network = Classifier("googlenet")
sky = load_motif(PHOTO)
for standin in (network.standin, sky.standin):
    if standin:
        notice(standin)
MARK = "STAND-IN: " if network.is_standin or sky.standin else ""  # at the head of each title
photo = fit(sky.picture, DREAM_SIDE)
plots.show(
    easel.gallery([photo], [f"{MARK}{PHOTO}, {photo.width} by {photo.height} pixels"], 1, 6),
    alt=f"{MARK}The photo that the dream starts from.",
)

# %% [markdown]
# ## 2. The gradient of a picture
#
# Training asks: *how should each weight change, so that the loss falls?* We ask the same about
# each pixel: *how should it change, so that a layer gets more active?* It is the same gradient,
# by the same chain rule; only what we hold still and what we move have changed places.
#
# `Dreamer` compiles one function for a layer. It takes a picture and returns the mean square of
# the layer's activations, which is to grow (the *objective*), and its gradient.

# %%
LAYER = "inception_4c/output"
dreamer = Dreamer(network.layers, LAYER)
objective = dreamer.strength()
canvas = to_canvas(photo)
value, gradient = objective(canvas)
print(f"the picture as the network sees it: {canvas.shape}, from {canvas.min()} to {canvas.max()}")
print(f"objective {value:.1f}, gradient {gradient.shape}, mean size {np.abs(gradient).mean():.2g}")

# %% [markdown]
# *Predict first:* where in the picture will the gradient be large: in the blue, in the white, or
# where they meet?

# %%
steepness = np.abs(gradient[0]).max(axis=0)
levels = np.uint8(255 * np.clip(steepness / np.percentile(steepness, 99), 0, 1))
titles = [f"{MARK}the photo", f"{MARK}how much each pixel matters to {LAYER}"]
plots.show(
    easel.gallery([photo, Image.fromarray(levels).convert("RGB")], titles, 2),
    alt=f"{MARK}The photo, and beside it a map of how much each pixel matters: bright at "
    "edges and in clouds, dark where there is nothing but sky.",
)

# %% [markdown]
# The gradient is tiny, and its size means little: another layer's is a thousand times as large,
# and it changes from step to step. Only its *direction* is of use. So each step divides by the
# gradient's mean size, and the length of the step is what we say.
#
# **Exercise 1: One step uphill.** Write the function that makes a step: `stride` is how many levels
# (of 255) the average pixel shall change by.
#
# <details><summary>Hint 1</summary>
#
# Uphill means: add the gradient, times a number.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The mean size of the gradient is the mean of its absolute values, `np.abs(gradient).mean()`.
#
# </details>


# %% tags=["exercise"]
def step(picture, gradient, stride):
    # BEGIN SOLUTION
    return picture + stride * gradient / np.abs(gradient).mean()
    # END SOLUTION


check.step(step)

# %% [markdown]
# `Dream` makes such steps, and `easel.watch` shows them. The **stop** button of Jupyter ends a
# dream whenever you like; running the cell again goes on where it was.
#
# *Predict first:* the layer knows ears, wheels and windows. After a few steps, what will you see
# in the clouds, and how large will it be?

# %%
plain = Dream(objective, canvas, octaves=1, steps=DREAM_STEPS, jitter=0, seed=SEED)
easel.watch(
    plain,
    f"{MARK}steps, and nothing else",
    alt=f"{MARK}The photo covered with a fine, shimmering pattern, and the objective, which rises.",
)

# %% [markdown]
# ## 3. Jitter and octaves
#
# The objective rises, but the picture is poor: small, shrill patterns on a grid. Two tricks of
# the inventors of Deep Dream make it a dream.
#
# **Jitter.** The layer looks at the picture through a grid of 16 by 16 pixels. Before each step
# the picture is moved by some random pixels, and afterwards back, so that no grid can show.
#
# **Octaves.** A unit of this layer sees about 100 pixels, and so whatever it dreams up is of that
# size. So begin with a small version of the photo, where 100 pixels are half of the sky. What the
# dream has added (the *detail*) is enlarged, added to the next larger version, and dreamed on.
#
# **Exercise 2: Octaves.** Which sizes are those? Write a function that lists (height, width) of
# `count` octaves, from the smallest to the photo's own size, each side `ratio` times as long as
# in the octave before, in whole pixels.
#
# <details><summary>Hint 1</summary>
#
# The largest is the photo itself: divided by `ratio ** 0`. The one before is divided by
# `ratio ** 1`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `reversed(range(count))` gives the powers in the right order, and `round` whole pixels.
#
# </details>


# %% tags=["exercise"]
def octaves(height, width, count, ratio):
    # BEGIN SOLUTION
    powers = reversed(range(count))
    return [(round(height / ratio**power), round(width / ratio**power)) for power in powers]
    # END SOLUTION


check.octaves(octaves)

# %% [markdown]
# Now the dream itself. On the right, the orange lines are the measure: the objective of the
# picture as it lies, before the first and after the last step of an octave. The blue points are
# what the steps see, each with another jitter.

# %%
dream = Dream(objective, canvas, octaves=4, steps=DREAM_STEPS, seed=SEED)
easel.watch(
    dream,
    f"{MARK}a dream of {LAYER}",
    alt=f"{MARK}The photo turning into a dream, with the objective rising in each of four octaves.",
)

# %% [markdown]
# Keep it: the pictures of this lesson go into the folder `my-pictures` beside this notebook.

# %%
print("saved as", save_png(to_picture(dream.canvas), "my-pictures/dream.png"))
plots.show(
    easel.gallery([photo, to_picture(dream.canvas)], [f"{MARK}before", f"{MARK}after"], 2),
    alt=f"{MARK}The photo and the dream side by side.",
)

# %% [markdown]
# Nobody told it to draw animals. It exaggerates what it finds, and it finds what it was trained
# on: 398 of the 1,000 classes are animals, 118 of these are breeds of dogs. *Predict first:* what
# does the network itself say about the two pictures? (It looks at the square in their middle. What
# one sees at the border does not count, and in a small dream may not be much.)

# %%
ANIMALS = slice(0, 398)  # the first classes of ImageNet
seen = np.stack([network.prepare(picture) for picture in (photo, to_picture(dream.canvas))])
animal_shares = network.probabilities(seen)[:, ANIMALS].sum(axis=1)
for when, share, top in zip(("before", "after"), animal_shares, network.top(seen, 3), strict=True):
    guesses = ", ".join(f"{label.partition(',')[0]} {100 * p:.0f} %" for _, label, p in top)
    print(f"{when:6}: {guesses}; all animals together {100 * share:.0f} %")

# %% [markdown]
# ## 4. What to dream about: layers and channels
#
# Early layers know edges and textures, late ones parts and whole things. `Dreamer` compiles as
# much of the network as its layer needs, so the first is made in no time. *Predict first:* which
# of the three will make the largest patterns?

# %%
small = to_canvas(fit(sky.picture, STUDY_SIDE))
LAYERS = ("conv2/3x3", "inception_3b/output", LAYER)
dreamers = {name: dreamer if name == LAYER else Dreamer(network.layers, name) for name in LAYERS}
layer_dreams = [
    Dream(one.strength(), small, octaves=3, steps=DREAM_STEPS, seed=SEED)
    for one in dreamers.values()
]

# %%
easel.finish(layer_dreams, "Dreaming of three layers")
plots.show(
    easel.gallery(
        [to_picture(one.canvas) for one in layer_dreams], [f"{MARK}{name}" for name in LAYERS]
    ),
    alt=f"{MARK}Dreams of an early, a middle and a late layer: facets, fur and arches, things.",
)

# %% [markdown]
# A layer is many channels, and each has its own favourite. One channel alone, starting from grey
# noise instead of a photo, shows it. This is the same compiled function: which channels count is
# one of its inputs.

# %%
CHANNELS = (1, 3, 12, 14, 15, 141)
noise = np.random.RandomState(SEED).uniform(-20, 20, (1, 3, 96, 96)).astype(np.float32)
channel_dreams = [
    Dream(dreamer.strength([one]), noise, octaves=2, steps=CHANNEL_STEPS, stride=2.5, seed=SEED)
    for one in CHANNELS
]
easel.finish(channel_dreams, "Dreaming of single channels")
titles = [f"{MARK}channel {number}" for number in CHANNELS]
plots.show(
    easel.gallery([to_picture(one.canvas) for one in channel_dreams], titles, 6),
    alt=f"{MARK}Six textures that grew out of noise, such as balls, fur and a snout.",
)

# %% [markdown]
# ## 5. Guided by another picture
#
# The objective can also say: *be like that picture*. Each place of the sky looks, among all
# places of the guide, for the one whose activations are most like its own (by the dot product),
# and then becomes more like that one. So the guide decides *what* grows, and the sky *where*.

# %%
GUIDE = "flower.jpg"  # comes with scikit-learn; or one of yours
guide = fit(load_motif(GUIDE).picture, 128)  # small: petals as large as what a unit sees
guided = Dream(dreamer.likeness(to_canvas(guide)), small, octaves=3, steps=DREAM_STEPS, seed=SEED)
easel.watch(
    guided,
    f"{MARK}the sky, guided by {GUIDE}",
    alt=f"{MARK}The sky with petals in its clouds, and the objective rising in each octave.",
)

# %%
plots.show(
    easel.gallery(
        [to_picture(layer_dreams[-1].canvas), guide, to_picture(guided.canvas)],
        [f"{MARK}without a guide", GUIDE, f"{MARK}guided"],
    ),
    alt=f"{MARK}The dream without a guide, the guide, and the dream with it.",
)

# %% [markdown]
# ## 6. Deeper
#
# Dream, walk a few steps into the picture, dream on. After some frames nothing is left of the
# photo. *Predict first:* does the objective start lower or higher with each frame?

# %%
zoom = Zoom(
    objective, small, FRAMES, share=0.92, octaves=2, steps=max(2, DREAM_STEPS // 2), seed=SEED
)
easel.watch(
    zoom,
    f"{MARK}walking into the dream",
    alt=f"{MARK}The last frame of the walk, and the objective, which rises within each frame.",
)

# %%
frames = [to_picture(frame) for frame in zoom.frames]
if frames:
    print("saved as", save_gif(frames, "my-pictures/zoom.gif"))
    chosen = np.linspace(0, len(frames) - 1, 3).astype(int)
    plots.show(
        easel.gallery([frames[i] for i in chosen], [f"{MARK}frame {i + 1}" for i in chosen]),
        alt=f"{MARK}The first, the middle and the last frame.",
    )

# %% [markdown]
# Open `my-pictures/zoom.gif` with a double click in the list of files.
#
# ## 7. Style transfer: three losses
#
# A dream goes uphill and never arrives. A painting has a goal: *what* is on a photo, *in the
# style* of a painting. L. Gatys and his colleagues found in 2015 how to say that in numbers.

# %%
neckar, starry_night = load_motif(CONTENT), load_motif(PAINTING)
for standin in (neckar.standin, starry_night.standin):
    if standin:
        notice(standin)
if neckar.standin or starry_night.standin:
    MARK = "STAND-IN: "
content, painted = fit(neckar.picture, PAINT_SIDE), fit(starry_night.picture, PAINT_SIDE)
plots.show(
    easel.gallery([content, painted], [f"{MARK}{CONTENT}", f"{MARK}{PAINTING}"], 2),
    alt=f"{MARK}The photo that is to be painted, and the painting that gives the style.",
)

# %% [markdown]
# - **Content** is what a late layer says, place by place: the loss is how far its activations are
#   from the photo's.
# - **Style** is which channels are active *together*, wherever that is: yellow beside blue, a
#   stroke beside a stroke. That is the **Gram matrix** of a layer; the loss is how far it is from
#   the painting's.
# - **Total variation** is how much neighbouring pixels differ: small in a wall, large in noise,
#   which the first two losses do not mind.
#
# **Exercise 3: Gram matrix.** `features` is (channels, height, width) of a layer. Entry $i, j$ of
# the matrix is the mean, over all places, of channel $i$ times channel $j$.
#
# <details><summary>Hint 1</summary>
#
# `features.reshape(len(features), -1)` puts all places of a channel into one row.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `rows @ rows.T` multiplies each row with each and sums up; how many products are in a sum?
#
# </details>


# %% tags=["exercise"]
def gram(features):
    # BEGIN SOLUTION
    rows = features.reshape(len(features), -1)
    return rows @ rows.T / rows.shape[1]
    # END SOLUTION


check.gram(gram)

# %% [markdown]
# **Exercise 4: Total variation.** `picture` is (height, width). How much does it vary? Take the
# mean of the squared differences between each pixel and the one below it, plus the same for the
# one to its right.
#
# <details><summary>Hint 1</summary>
#
# `picture[1:]` is everything but the first row, `picture[:-1]` everything but the last one.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two means, one for each direction, and then their sum.
#
# </details>


# %% tags=["exercise"]
def variation(picture):
    # BEGIN SOLUTION
    down, right = picture[1:] - picture[:-1], picture[:, 1:] - picture[:, :-1]
    return (down**2).mean() + (right**2).mean()
    # END SOLUTION


check.variation(variation)

# %% [markdown]
# ## 8. One function, three weights
#
# `StyleTransfer` compiles *one* function: a picture goes in, and the three losses and the
# gradient of their weighted sum come out. The weights are inputs, so that changing them costs
# nothing. The style is measured in four layers, from strokes to shapes, always in this order.
#
# The first two losses are relative: 0 is exactly like the photo (or the painting), and 1 is as
# far from it as a picture in which the layer is silent. For comparison we look at three pictures.
# *Predict first:* what is the content loss of the photo in a mirror, where everything is there, but
# elsewhere? And its style loss?

# %%
CONTENT_LAYER = "inception_4b/output"
STYLE_LAYERS = ("conv1/7x7_s2", "conv2/3x3", "inception_3a/output", "inception_3b/output")
transfer = StyleTransfer(network.layers, CONTENT_LAYER, STYLE_LAYERS)
start = to_canvas(content)
losses = transfer.of(start, to_canvas(painted))
START = Losses(content=1, style=30, variation=1e-4)
mirrored = losses(np.ascontiguousarray(start[:, :, :, ::-1]), START)[0]
compared = {"the photo": losses(start, START)[0], "the photo in a mirror": mirrored}
compared["the painting"] = losses(to_canvas(painted.resize(content.size)), START)[0]
for name, found in compared.items():
    print(f"{name:21}: content {found.content:.2f}, style {found.style:.2f}")

# %% [markdown]
# *Predict first:* the weight of the style goes up tenfold. Will the picture look more like the
# painting, or less like the photo? Is there a difference?

# %%
sliders = easel.Sliders(START)

# %% [markdown]
# The painting starts as the photo. Run the next cell as often as you like: each time it paints
# on, with what the sliders say then. Stopped and run again, it goes on.

# %%
painting = Painting(losses, start, keep=max(1, ITERATIONS // 4))

# %%
easel.paint(
    painting,
    sliders.weights,
    ITERATIONS,
    f"{MARK}painting",
    alt=f"{MARK}The photo in the strokes of the painting, and the curves of the three losses.",
)

# %% [markdown]
# L-BFGS remembers its last ten steps and guesses from them how the valley is curved. That is why
# it needs far fewer steps than plain gradient descent.
#
# How the picture formed:

# %%
titles = [f"{MARK}iteration {iteration}" for iteration, _ in painting.frames]
plots.show(
    easel.gallery([to_picture(canvas) for _, canvas in painting.frames], titles),
    alt=f"{MARK}The picture at the start and after each quarter of the iterations.",
)

# %% [markdown]
# **Original colours.** Van Gogh's night is blue, and so is Tübingen now. The strokes are in the
# light and dark; the colours can be taken from the photo again.

# %%
result = to_picture(painting.canvas)
coloured = with_colours_of(content, result)
for picture, name in ((result, "painted"), (coloured, "original-colours")):
    print("saved as", save_png(picture, f"my-pictures/{name}.png"))
titles = ["the photo", "the painting", "painted", "painted, in the photo's colours"]
plots.show(
    easel.gallery([content, painted, result, coloured], [MARK + title for title in titles], 2),
    alt=f"{MARK}Photo, painting, the photo painted like it, and that in the colours of the photo.",
)

# %% [markdown]
# ## Recap
#
# - The gradient of a layer with respect to the *picture* shows how to excite it; weights stay as
#   they are.
# - Dividing by the mean size of the gradient makes steps equally long; jitter hides the grid;
#   octaves give patterns of every size.
# - A Gram matrix keeps what occurs together and forgets where: that is what we call style here.
# - Loss and gradient come from one compiled function; weights as inputs make sliders free.
#
# **At home.** Dream of `inception_4d/output` or `inception_5a/output` (each layer is compiled
# when you first ask for it, which takes a minute). Guide the sky by the painting. Paint with only
# one of the four style layers. Make `my-pictures/zoom.gif` a hundred frames long, over lunch.
#
# **References.** Mordvintsev, Olah and Tyka, *Inceptionism: Going deeper into neural networks*
# (2015), and their notebook at github.com/google/deepdream. Gatys, Ecker and Bethge, *A neural
# algorithm of artistic style* (2015), and with Hertzmann and Shechtman, *Preserving color in
# neural artistic style transfer* (2016). Szegedy et al., *Going deeper with convolutions* (2014).
#
# ## Did it work?
#
# The last cell says so, or stops with what is off.

# %% tags=["expect"]
dreams = {"the plain dream": plain, "the dream": dream, "the guided dream": guided}
dreams |= {f"the dream of {name}": d for name, d in zip(LAYERS, layer_dreams, strict=True)}
dreams |= {f"channel {n}": d for n, d in zip(CHANNELS, channel_dreams, strict=True)}
dreams |= {f"frame {number} of the zoom": d for number, d in enumerate(zoom.dreams, 1)}
rises = []
for name, one in dreams.items():
    assert one.done == one.total, f"{name} was interrupted; run its cell again"
    assert np.isfinite(one.canvas).all(), f"{name} has pixels that are no numbers"
    for octave in one.octaves:
        rise = f"{octave.before:.4g} to {octave.after:.4g}"
        assert octave.after > octave.before, f"{name}: from {rise} in {octave.size}, no rise"
        rises.append(octave.after / octave.before)
print(
    f"{len(rises)} octaves, each with a rise of the objective, by a factor of {min(rises):.2f} up"
)
saved = np.asarray(Image.open("my-pictures/dream.png"))
assert np.array_equal(saved, to_picture(dream.canvas)), "my-pictures/dream.png is another picture"

# %% tags=["expect"]
# The gradient must be that of the objective. Where neighbours are equally large, Theano's pooling
# counts each of them, and so in later layers only the direction is right.
goals = {"conv2/3x3": dreamers["conv2/3x3"].strength(), LAYER: objective}
for name, goal in goals.items():
    _, gradient = goal(small)
    nudge = np.sign(gradient) * np.float32(0.01)
    slope = (goal(small + nudge)[0] - goal(small - nudge)[0]) / 2
    expected = float((gradient * nudge).sum())
    assert slope > 0, f"{name}: uphill goes down, by {slope}"
    if name != LAYER:
        assert abs(slope / expected - 1) < 0.05, f"{name}: {slope}, {expected} by gradient"
    print(f"{name}: the gradient promises {expected:.4g}, the objective changes by {slope:.4g}")

# %% tags=["expect"]
first, last = painting.history[0], painting.history[-1]
assert painting.iterations >= ITERATIONS, "the painting is not finished; run its cell again"
assert last.times(START) < first.times(START), "the losses grew; make the painting again"
fall = 1 - last.style / first.style
if not MARK:
    assert fall >= 0.9, f"the style loss fell by {fall:.1%}, not by 90 %; paint another round"
    # How much of the photo is left where it was: more than if it hung in a mirror.
    assert last.content < 0.7 * mirrored.content, (
        f"content loss {last.content:.2f}, in a mirror {mirrored.content:.2f}: the photo is gone"
    )
print(
    f"style loss {fall:.1%} lower; content loss {last.content:.2f}, {mirrored.content:.2f} mirrored"
)
levels = painting.canvas - to_canvas(Image.new("RGB", (1, 1)))
assert levels.min() >= 0 and levels.max() <= 255, "there are levels beyond black and white"
for name, picture in {"painted": result, "original-colours": coloured}.items():
    saved = np.asarray(Image.open(f"my-pictures/{name}.png"))
    assert np.array_equal(saved, picture), f"my-pictures/{name}.png is another picture"

# %% tags=["expect"]
# Weights are inputs: the same three numbers come out, the gradients of their sums add up.
parts = [Losses(1, 0, 0), Losses(0, 1, 0), Losses(0, 0, 1)]
gradients = [losses(start, part)[1] for part in parts]
both = losses(start, Losses(2, 3, 0))[1]
assert np.allclose(both, 2 * gradients[0] + 3 * gradients[1], rtol=1e-3, atol=1e-9), (
    "the weights are not those of the sum"
)
print("All is well.")
