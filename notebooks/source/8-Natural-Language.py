# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   workshop:
#     seconds: {quick: 300, full: 1200}
#     memory_mb: 1000
# ---

# %% [markdown]
# # 8 - Writing like Shakespeare: networks with a memory
#
# **Goals.** At the end you can
#
# - say how well a text is predicted, in bits per character, and what counting alone achieves,
# - draw a recurrent network unrolled, and say why its training is cut into blocks,
# - train a plain recurrent network and an LSTM, and watch their writing turn into English,
# - look into an LSTM while it reads: gates, and units that know where in the play they are,
# - choose how boldly it writes (temperature, top-k), how it begins, and what it learns from.
#
# **You need** lesson 0 (functions, updates, scan) and lesson 1 (training, held-out data).
# **Time:** about 45 minutes of reading and trying, exercises among it; the computer needs about
# 5 minutes for everything (2 cores, no GPU), 3 of them for training.

# %%
import numpy as np
from workshop import plots
from workshop.exercises import lesson8 as check
from workshop.language import checkpoints, neurons, own, pictures
from workshop.language.corpus import Alphabet, load_plays, load_poems, share_of_speeches
from workshop.language.ngram import NGram
from workshop.language.recurrent import Network
from workshop.language.training import Meter, Training, influence
from workshop.language.writing import Writer
from workshop.notice import notice
from workshop.progress import Progress
from workshop.session import device_line, profile

SEED = 8
print(device_line())

# %% [markdown]
# ## Settings
#
# The one cell with numbers to play with. `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
RNN_STEPS = {"quick": 80, "full": 1_200}[PROFILE]
LSTM_STEPS = {"quick": 100, "full": 1_800}[PROFILE]
OWN_STEPS = {"quick": 20, "full": 300}[PROFILE]
UNITS = 256  # numbers in the state of a network
STREAMS, STEPS = 32, 32  # a training step reads 32 characters in each of 32 places
RATE = 0.003  # how far the first steps go
WRITTEN = {"quick": 2_000, "full": 6_000}[PROFILE]  # characters, to be judged

# %% [markdown]
# ## 1. The text
#
# Nearly all of this lesson's text are plays of Shakespeare's, one after the other, with the
# speaker's name above each speech. The last one, *The Tempest*, is **held out**: nothing learns
# from it, and all is measured on it. Its speakers and its island are new to whoever has read the
# others: that is how a text of tomorrow would be.

# %%
plays = load_plays()
if plays.is_standin:
    notice(plays.standin)
MARK = " (stand-in for Shakespeare)" if plays.is_standin else ""  # in titles of figures
alphabet = checkpoints.load("plays-last").alphabet
codes, held_out = alphabet.encode(plays.train), alphabet.encode(plays.held_out)
print(f"{len(codes):,} characters to learn from, {len(held_out):,} held out")
print(f"{len(alphabet)} different ones: {alphabet.symbols!r}\n")
print(plays.held_out[:230])

# %% [markdown]
# To a network a character is a number, its place in the alphabet. Nobody tells it that `a` and `A`
# have to do with each other, what a word is, or that lines end.

# %%
print("first words of the text:", repr(plays.train[:14]))
print("as numbers:", codes[:14], "and back:", repr(alphabet.decode(codes[:14])))

# %% [markdown]
# ## 2. How well is a text predicted?
#
# Whoever predicts says for each next character how likely it is. The right one had the probability
# $p$; that costs $-\log_2 p$ **bits**. Sure and right costs nothing, 1/2 costs one bit, 1/4 two.
# The mean over a text is its *bits per character*: so much room would a perfect compression take.
#
# *Predict first:* whoever knows nothing says 1/67 for each of 67 characters. What does that cost?
#
# <details><summary>Answer</summary>
#
# $\log_2 67 = 6.07$ bits. An untrained network should cost about that; in lesson 1 the same
# question had the answer $\ln 10$. (A file spends 8 bits on each character.)
#
# </details>
#
# **Exercise 1: Bits per character.** `p` holds the probability that each character of a text was
# given before it came.
#
# <details><summary>Hint 1</summary>
#
# First the bits of each character, then their mean. `np.log2` is the logarithm to the base of 2.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Probabilities are below 1, their logarithms below 0: something has to turn the sign round.
#
# </details>


# %% tags=["exercise"]
def bits_per_character(p):
    """Mean cost of characters that had the probabilities p, (n,), in bits."""
    # BEGIN SOLUTION
    return -np.log2(p).mean()
    # END SOLUTION


check.bits_per_character(bits_per_character)

# %% [markdown]
# ## 3. Counting
#
# Before networks there was counting: after `th`, how often did `e` follow? Groups of $n$ characters
# are *n-grams*; order 5 looks at the four characters before. Groups that never occurred would be
# impossible, and so each order hands something on to the one below it. How much is a science; ours
# is *Kneser-Ney*, which was the best known for 20 years.
#
# *Predict first:* in a million characters, which order will be best?

# %%
counted = {order: NGram(codes, len(alphabet), order) for order in (1, 2, 3, 4, 5, 6)}
costs = {f"order {order}": model.bits(held_out) for order, model in counted.items()}
baseline = costs["order 5"]
plots.show(
    pictures.bars(costs, f"Counting, on the held-out play{MARK}", "bits per character"),
    alt="Bits per character by order: "
    + ", ".join(f"{name} {bits:.2f}" for name, bits in costs.items()),
)

# %% [markdown]
# Each order costs less, and the gain shrinks: most groups of six characters were never seen before.
# More memory does not help who only counts. What does order 5 write?


# %%
def write_by_counting(model, count):
    """Draw characters one after the other, each by what stands before it."""
    rng, written = np.random.RandomState(SEED), list(alphabet.encode("\n\n"))
    for _ in range(count):
        written.append(rng.choice(len(alphabet), p=model.next(written[-model.order :])))
    return alphabet.decode(written).strip()


for order in (1, 3, 5):
    print(f"--- order {order}\n{write_by_counting(counted[order], 160)}\n")

# %% [markdown]
# ## 4. A network with a memory
#
# A **recurrent network** reads one character after the other and keeps a *state*, $h$: 256 numbers
# that are all it knows of what it has read. At each step
#
# $$h_t = \tanh(W_{x_t} + h_{t-1} U + b), \qquad p_t = \mathrm{softmax}(h_t V + d).$$
#
# The character $x_t$ picks a row of $W$. From the state, softmax says how likely each character is
# to come next. It is the same $W$, $U$ and $V$ in every step, and so the network can be drawn
# **unrolled**, once for each character:

# %%
plots.show(
    pictures.unrolled("To be, or", cut=5),
    alt="The network drawn once for each character of 'To be, or'. In each column an arrow goes "
    "from the character to the state and from there to the character that should come next. Arrows "
    "go from each state to that of the next column. A dotted line stands between two columns.",
)

# %% [markdown]
# Unrolled, it is a deep network like any other: as many layers as characters, a loss at each of
# them, and gradients that go back through all arrows. For a million characters that is too much.
# **Truncated backpropagation through time** cuts the text into blocks (`STEPS` characters). The
# state is carried on from block to block, the gradient is not followed across the dotted line. And
# as a computer likes large matrices, `STREAMS` places of the text are read side by side.
#
# Misconception: *"So the network cannot learn what is longer than a block."* It is not **taught**
# to; but what its state happens to keep from the block before, it can use.

# %%
rnn = Network("rnn", len(alphabet), UNITS, SEED)
trainings = {"plain recurrent network": Training(rnn, codes, STREAMS, STEPS, RATE, seed=SEED)}
in_pass = trainings["plain recurrent network"].steps_in_pass
print(f"{rnn.count():,} weights; {in_pass} steps read the whole text once")
first = Meter(rnn).bits(held_out[:5_000], streams=10)
print(f"before training: {first:.2f} bits per character; guessing: {np.log2(len(alphabet)):.2f}")

# %% [markdown]
# *Predict first:* what does it learn first - words, where lines end, or which letters are frequent?
# Interrupt the training with the square button whenever you like; run the cell again to go on.

# %%
samples = {name: {} for name in ("plain recurrent network", "LSTM")}
MOMENTS = (10, 40, 80, 160, 400, 800, 1_200, 1_800)  # steps after which it shows what it can write


def learn(name, writer, steps):
    """Train until `steps` are done; go on where an interruption stopped it."""
    training, live = trainings[name], plots.Live(alt="Bits per character, falling, step by step.")
    with Progress(steps, f"Training the {name}") as progress:
        progress.advance(len(training.losses))
        while (done := len(training.losses)) < steps:
            loss = training.step()
            progress.advance(note=f"{loss:.2f} bits per character")
            if done + 1 in MOMENTS:
                samples[name][done + 1] = writer.write(60, "\n", 0.8, seed=SEED)
            if done % 20 == 19:
                losses = {each: training.losses for each, training in trainings.items()}
                level = {"counting, order 5": baseline}
                live.show(pictures.curves(losses, level, steps, f"Learning{MARK}"))


learn("plain recurrent network", Writer(rnn, alphabet), RNN_STEPS)

# %%
for step, text in samples["plain recurrent network"].items():
    print(f"after {step:4} steps: {text!r}")

# %% [markdown]
# ## 5. LSTM: gates
#
# In the plain network every step multiplies the state by $U$ and squeezes it by $\tanh$: what was
# kept is stirred each time, and the gradient on its way back is stirred and squeezed just as
# often. It *vanishes*. The **long short-term memory** keeps a second state, the *cell* $c$, to
# which it only adds:
#
# $$c_t = \text{keep} \cdot c_{t-1} + \text{write} \cdot \text{new}, \qquad
#   h_t = \text{show} \cdot \tanh(c_t).$$
#
# *keep*, *write* and *show* are **gates**: numbers between 0 and 1, one for each unit, that are
# computed like a plain network's state, from character and $h_{t-1}$, but with a sigmoid; *new*
# has a $\tanh$. (In books *keep* is the forget gate, *write* the input gate, *show* the output
# gate.)
#
# **Exercise 2: One step of an LSTM**, with NumPy, when the gates are known.
#
# <details><summary>Hint 1</summary>
#
# The two formulas above, in this order: $h$ needs the new $c$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Every product is number by number, `*`; `np.tanh` of the new cell, then the gate.
#
# </details>


# %% tags=["exercise"]
def lstm_step(write, keep, show, new, cell):
    """The state h and the new cell, as a pair; all arrays are (units,)."""
    # BEGIN SOLUTION
    cell = keep * cell + write * new
    return show * np.tanh(cell), cell
    # END SOLUTION


check.lstm_step(lstm_step)

# %%
lstm = Network("lstm", len(alphabet), UNITS, SEED)
trainings["LSTM"] = Training(lstm, codes, STREAMS, STEPS, RATE, seed=SEED)
print(f"{lstm.count():,} weights: U alone has four times as many as the plain network's")

# %% [markdown]
# *Predict first:* three and a half times the weights. Where will its curve run at first, and
# where at the end?

# %%
writer = Writer(lstm, alphabet)
learn("LSTM", writer, LSTM_STEPS)

# %%
for step, text in samples["LSTM"].items():
    print(f"after {step:4} steps: {text!r}")

# %% [markdown]
# First comes what is frequent (spaces, `e`), then words of one syllable, then lines and names. It
# has read the whole text not even twice, and each next step towards English takes longer than the
# last.
#
# How far back does each network look? The gradient of the last state by what each earlier character
# contributed says how much that still matters:

# %%
line = held_out[1_000:1_060]
fading = {"plain recurrent network": influence(rnn, line), "LSTM": influence(lstm, line)}
plots.show(
    pictures.fading(fading, f"What a character still matters{MARK}"),
    alt="Length of the gradient against how many characters ago, on a logarithmic scale, for both "
    "networks; it falls by orders of magnitude within 60 characters.",
)

# %% [markdown]
# ## 6. What eight passes do
#
# For a good network three minutes are too short. We trained a larger LSTM, of 384 units, for
# longer, with `python3 -m workshop.language.train`: with dropout, as in lesson 1, with a learning
# rate that falls to 0, and with **label smoothing**: of what it is to expect, 5 % go to the whole
# alphabet, evenly, so that it learns never to be quite sure. Whoever is sure and wrong pays
# dearly, see the bits above, and in a play that nobody has read there is much to be wrong about.
#
# It was kept on the way: after 100 steps (a tenth of a *pass* over the plays), after one pass,
# after three, and after eight. (What it writes here is of the ten likeliest characters each time;
# section 8 says why.) *Predict first:* when does it overtake counting?

# %%
NAMES = ("plays-early", "plays-1", "plays-3", "plays-last")
grown = [checkpoints.load(name) for name in NAMES]
reader = grown[-1].network()
pen, meter = Writer(reader, alphabet), Meter(reader)
measured = {}
for checkpoint in grown:
    reader.set(checkpoint.arrays)
    measured[checkpoint.passes] = meter.bits(held_out, streams=8)
    print(f"--- after {checkpoint.passes:g} passes: {measured[checkpoint.passes]:.2f} bits")
    print(pen.write(250, "\n\n", temperature=0.8, top=10, seed=SEED).strip(), "\n")

# %%
costs = {f"LSTM, {passes:g} passes": bits for passes, bits in measured.items()}
costs |= {"counting, order 5": baseline, "counting, order 6": counted[6].bits(held_out)}
plots.show(
    pictures.bars(costs, f"The held-out play{MARK}", "bits per character"),
    alt="Bits per character: " + ", ".join(f"{name} {cost:.2f}" for name, cost in costs.items()),
)

# %% [markdown]
# To count is strong where there is much to count, and it keeps every group of characters it ever
# saw; the LSTM keeps its 720 thousand weights, whatever it reads. After three passes it is level
# with order 5, after eight it is ahead of all that we counted: it remembers more than five
# characters, see section 7, and what it learnt of one group helps it with others that are like it.
#
# Shakespeare's words are of course not the LSTM's: it has never been told what any of them means.
# But does what it writes have the *shape* of a play? A name, a colon, then lines:

# %%
play = pen.write(WRITTEN, "\n\n", temperature=0.8, top=10, seed=SEED)
shape = share_of_speeches(play)
print(
    f"{shape:.0%} of what it wrote are speeches; of the plays: {share_of_speeches(plays.train):.0%}"
)

# %% [markdown]
# ## 7. Inside, while it reads
#
# What does the network do with its 384 cells? Nobody told any of them to keep track of anything.
# We let it read a part of the held-out play and look for the cell that goes most with two things:
# *am I in the name of a speaker?* and *how far into the line am I?* Whoever looks through 384
# cells finds something by chance; so we judge the two by another part.

# %%
there, elsewhere = (pen.trace(part) for part in (plays.held_out[:3000], plays.held_out[3000:5000]))
units = {}
for name, ask in (("in a name", neurons.in_name), ("place in line", neurons.place_in_line)):
    unit, found = neurons.find(np.tanh(there.cell), ask(there.text))
    fresh = neurons.correlation(np.tanh(elsewhere.cell[:, unit]), ask(elsewhere.text))
    units[name] = (unit, fresh)
    print(f"{name}: unit {unit}, correlation {found:+.2f} there, {fresh:+.2f} elsewhere")

# %%
unit, _ = units["in a name"]
named = elsewhere.text.find("\n\n")
part = slice(max(0, named - 120), named + 330)
plots.show(
    pictures.painted(
        elsewhere.text[part], np.tanh(elsewhere.cell[part, unit]), f"Unit {unit}{MARK}"
    ),
    alt=f"Speeches of the held-out play, each character on a ground coloured by the cell of unit "
    f"{unit}: the names of the speakers stand out in another colour than their speeches.",
)

# %% [markdown]
# And the gates of this unit. *Predict first:* its cell changes where a name begins and where it
# ends. Which gate is open there, and which is closed?

# %%
part = slice(max(0, named - 22), named + 42)
gates = dict(zip(("write", "keep", "show"), elsewhere.gates[part, :3, unit].T, strict=True))
plots.show(
    pictures.rows(elsewhere.text[part], gates, f"Gates of unit {unit}{MARK}", (0, 1)),
    alt="Three rows of squares above a text, for write, keep and show: darker is more open.",
)
cell = {"new": elsewhere.gates[part, 3, unit], "cell": np.tanh(elsewhere.cell[part, unit])}
plots.show(
    pictures.rows(
        elsewhere.text[part], cell, f"What is written, and the cell of unit {unit}{MARK}", (-1, 1)
    ),
    alt="Two rows of squares above the same text, for what is new and for the cell.",
)

# %% [markdown]
# How surprised was it? Each character's cost in bits. *Predict first:* where in a word are the
# surprises?

# %%
surprise = {"bits": -np.log2(elsewhere.right[part])}
plots.show(
    pictures.rows(elsewhere.text[part], surprise, f"Cost of each character{MARK}", (0, 8)),
    alt="One row of squares above the same text: dark, that is dear, are first letters of words.",
)

# %% [markdown]
# First letters cost most, the rest of a word little, a line end more than a space. That is where
# the bits per character are.
#
# ## 8. How boldly?
#
# Softmax says how likely each character is, and we draw one. **Temperature** $T$ makes the network
# surer or less sure before: each $p$ becomes $p^{1/T}$, and all are divided by their sum. Below 1
# the likely gain, above 1 the unlikely do.
#
# **Exercise 3: Temperature.** From probabilities and a temperature, the new probabilities.
#
# <details><summary>Hint 1</summary>
#
# `p ** (1 / temperature)`, number by number.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Do they add up to 1? Divide by what they add up to.
#
# </details>


# %% tags=["exercise"]
def with_temperature(p, temperature):
    """Probabilities (symbols,) at another temperature."""
    # BEGIN SOLUTION
    powers = p ** (1 / temperature)
    return powers / powers.sum()
    # END SOLUTION


check.with_temperature(with_temperature)

# %% [markdown]
# **Top-k** is the other way to keep nonsense out: only the $k$ likeliest characters may be drawn at
# all. Our network needs it more than others: label smoothing taught it to leave 5 % to the whole
# alphabet, so that at $T = 1$ one character in twenty is just any.
#
# **Exercise 4: Top-k.** All but the `k` likeliest get the probability 0; what is left adds up to 1.
# No two of them are equally likely.
#
# <details><summary>Hint 1</summary>
#
# `np.sort(p)[-k]` is the smallest that stays.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where(condition, p, 0)` keeps where the condition holds. Then divide by the sum, as above.
#
# </details>


# %% tags=["exercise"]
def top_k(p, k):
    """Probabilities (symbols,) when only the k likeliest may be drawn."""
    # BEGIN SOLUTION
    kept = np.where(p >= np.sort(p)[-k], p, 0)
    return kept / kept.sum()
    # END SOLUTION


check.top_k(top_k)

# %% [markdown]
# *Predict first:* which of these repeats itself, and which invents words?

# %%
for temperature, top in ((0.2, None), (0.6, None), (1.0, None), (1.0, 5), (1.5, None)):
    print(f"--- temperature {temperature}" + (f", top {top}" if top else ""))
    print(pen.write(180, "\n\n", temperature, top, seed=SEED).strip(), "\n")

# %% [markdown]
# **Priming.** Let it read something first, and it goes on with that: a name, a line of yours. (It
# knows the 67 characters of the alphabet above; digits it never saw.)

# %%
PRIME = "PROSPERO:\nMy brave computer, "
print(PRIME + pen.write(240, PRIME, temperature=0.6, seed=SEED))

# %% [markdown]
# ## 9. Poems
#
# Shakespeare's poems are a quarter as long as the plays: too little to learn English from. So we
# did as in lesson 5: the network that knows the plays went on with the poems, for five passes. The
# last poem, *A Lover's Complaint*, is held out.

# %%
poems = load_poems()
if poems.is_standin:
    notice(poems.standin)
VERSE = " (stand-in for Shakespeare)" if poems.is_standin else ""
verse = alphabet.encode(poems.held_out)
of_poems = {"counting the poems, order 5": NGram(alphabet.encode(poems.train), len(alphabet), 5)}
of_poems = {name: model.bits(verse) for name, model in of_poems.items()}
for name, title in (("plays-last", "LSTM, plays only"), ("poems-last", "LSTM, plays, then poems")):
    reader.set(checkpoints.load(name).arrays)
    of_poems[title] = meter.bits(verse, streams=4)
plots.show(
    pictures.bars(of_poems, f"The held-out poem{VERSE}", "bits per character"),
    alt="Bits per character: " + ", ".join(f"{name} {cost:.2f}" for name, cost in of_poems.items()),
)

# %% [markdown]
# The same first words for both:

# %%
for name in ("plays-last", "poems-last"):
    reader.set(checkpoints.load(name).arrays)
    print(
        f"--- {name}\nWhen love" + pen.write(260, "\n\nWhen love", temperature=0.6, seed=SEED), "\n"
    )

# %% [markdown]
# ## 10. Your own text
#
# Put text files (`.txt`, 20,000 characters or more: e-mails, a diary, source code, any language
# with letters) into the folder `my-text` beside this notebook, and run these cells again. The
# network has the alphabet of your text; a tenth of it is held out. As long as there is none, poems
# take its place.

# %%
mine, findings = own.read_folder()
for finding in findings:
    notice(finding)
if not mine:
    print("my-text is empty, so these are Shakespeare's poems.")
    mine = poems.train
my_alphabet = Alphabet.of(mine)
cut = 9 * len(mine) // 10
print(f"{len(mine):,} characters, {len(my_alphabet)} different ones")
my_network = Network("lstm", len(my_alphabet), UNITS // 2, SEED)
my_writer = Writer(my_network, my_alphabet)
trainings["LSTM, your text"] = Training(
    my_network, my_alphabet.encode(mine[:cut]), STREAMS, STEPS, RATE, seed=SEED
)

# %%
samples["LSTM, your text"] = {}
learn("LSTM, your text", my_writer, OWN_STEPS)
print(my_writer.write(300, mine[:20], temperature=0.7, seed=SEED))

# %% [markdown]
# ## Recap
#
# - Bits per character say how well a text is predicted; held-out text tells the truth.
# - A recurrent network has a state; unrolled, it is a deep network with the same weights in each
#   layer.
# - Training is cut into blocks: the state is carried on, the gradient is not.
# - An LSTM's gates decide what is kept, written and shown; some units come to mean something.
# - Writing is drawing from predictions: temperature and top-k say how boldly.
#
# **At home.**
#
# - *How long a memory?* Train with `STEPS = 8` and `STREAMS = 256`: as many characters in a step.
#   Which curve suffers, and where in the text? (It learns letters as quickly, but not to close what
#   it opened long ago.)
# - *Without gates?* In `workshop/language/recurrent.py` fix the gate *show* at 1 and train again.
#   (The cell is then the state; it does nearly as well. *keep* is the gate that it cannot do
#   without.)
# - *More units, or more text?* Let the network of section 10 have 64 and 256 units, and compare the
#   bits per character of the tenth that is held out (`Meter`).
# - `python3 -m workshop.language.train my-networks` trains all networks of section 6 again.
#
# **References.** Hochreiter and Schmidhuber, *Long short-term memory* (1997). Karpathy, *The
# unreasonable effectiveness of recurrent neural networks* (2015). Karpathy, Johnson and Fei-Fei,
# *Visualizing and understanding recurrent networks* (2015). Chen and Goodman, *An empirical study
# of smoothing techniques for language modeling* (1998). Shannon, *Prediction and entropy of
# printed English* (1951): people need about 1.3 bits per character.
#
# ## Did it work?
#
# The last cells say so, or stop with what is off.

# %% tags=["expect"]
# After training, bits per character of the last 10 steps; on Python's manual they are others.
BARS = {
    "plain recurrent network": {"quick": 4.2, "full": 3.1},
    "LSTM": {"quick": 3.7, "full": 2.6},
    "LSTM, your text": {"quick": 5.0, "full": 3.8},
}
asked = {"plain recurrent network": RNN_STEPS, "LSTM": LSTM_STEPS, "LSTM, your text": OWN_STEPS}
for name, training in trainings.items():
    now, steps = float(np.mean(training.losses[-10:])), len(training.losses)
    assert steps == asked[name], f"{name}: interrupted; run its training cell again"
    assert now < training.losses[0] - 0.7, f"{name}: {now:.2f} bits; it has learnt hardly anything"
    bar = BARS[name][PROFILE]
    assert plays.is_standin or mine != poems.train or now < bar, (
        f"{name}: {now:.2f}, not {bar} bits"
    )
    print(f"{name}: {now:.2f} bits per character after {steps} steps")
assert abs(first - np.log2(len(alphabet))) < 0.5, (
    f"an untrained network should guess, not {first:.2f}"
)
for name, lengths in fading.items():
    assert lengths[0] < 1, f"{name}: what was read long ago matters more than the last character"

# %% tags=["expect"]
orders = [model.bits(held_out) for model in counted.values()]
assert orders[:5] == sorted(orders[:5], reverse=True), f"each order should cost less: {orders}"
unit, fresh = units["in a name"]
if not plays.is_standin:
    bits = list(measured.values())
    assert bits == sorted(bits, reverse=True), f"more passes should cost fewer bits: {bits}"
    assert bits[-1] < baseline, (
        f"the LSTM, {bits[-1]:.2f}, is no better than counting, {baseline:.2f}"
    )
    assert shape >= 0.8, (
        f"only {shape:.0%} of what it wrote have the shape of a speech; 80 % expected"
    )
    assert abs(fresh) > 0.5, f"unit {unit} does not know names: correlation {fresh:.2f}"
if not poems.is_standin and not plays.is_standin:
    before, after = of_poems["LSTM, plays only"], of_poems["LSTM, plays, then poems"]
    assert after < before, f"the poems did not help with poems: {before:.2f}, then {after:.2f} bits"
same = [pen.write(40, "\n\n", 0.8, seed=SEED) for _ in range(2)]
assert same[0] == same[1], "the same seed wrote two different texts"
print("All is well.")
