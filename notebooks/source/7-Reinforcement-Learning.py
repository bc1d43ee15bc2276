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
# # 7 - Learning to play: Bubble Breaker
#
# **Goals.** At the end you can
#
# - say what state, action, reward and return are, and play a game in which they are easy to see,
# - learn Q by a table on a tiny board, and check it against the truth,
# - replace the table by a network: after-states, replay, target network, exploration,
# - compare players fairly, in the same games, and say how sure you are.
#
# **You need** lessons 0 and 1 (functions and updates, training a network), and from lesson 2 what
# a convolution is. **Time:** about 45 minutes of reading, trying and playing; the computer needs
# about 3 minutes for everything (2 cores, no GPU).
#
# Run a cell with **Shift+Enter**. Where you read *Predict first*, do.

# %%
import inspect

import lasagne
import numpy as np
from IPython.display import display
from workshop import plots
from workshop.bubbles import arena, pictures, players, pretrained, tiny
from workshop.bubbles.deep import Learner, Settings
from workshop.bubbles.games import Games, play
from workshop.bubbles.match import Match
from workshop.bubbles.playing import Playing
from workshop.exercises import lesson7 as check
from workshop.progress import Progress
from workshop.session import device_line, own_file, profile

SEED = 1
print(device_line())

# %% [markdown]
# ## Settings
#
# `full` is what you run; automatic checks use `quick`.

# %% tags=["parameters"]
PROFILE = profile()
TABLE_GAMES = {"quick": 2_000, "full": 6_000}[PROFILE]  # that the table learns from
STEPS = {"quick": 700, "full": 2_000}[PROFILE]  # of the network's training
WATCHED = {"quick": 4, "full": 30}[PROFILE]  # moves that you watch the network make
SIZE, COLOURS = (8, 8), 4  # rows and columns of the board
TINY, TINY_COLOURS = (2, 3), 3  # of the one for the table
CONTEST = 200  # games in which players are compared
GAMMA = 0.97  # what a point is worth one move earlier

# %% [markdown]
# ## 1. The game
#
# Bubbles of one colour that touch, two or more, are a **group**. Click on one: it pops, what is
# above falls down, empty columns close up to the left, and new columns come in from the right. A
# group of $n$ gives $n(n-1)$ points. When no group is left, the game is over.
#
# *Predict first:* are twenty bubbles worth more as one group, or as ten pairs?
#
# **Play.** With the mouse, or with the arrow keys and Enter after a click on the board. U takes a
# move back, as often as you like; H asks the network that you meet in section 6.

# %%
trained = pretrained.load()
match = Match(seed=2016, size=SIZE, colours=COLOURS, adviser=trained.q)
display(Playing(match))

# %% [markdown]
# The twenty give $20 \cdot 19 = 380$ points at once and 20 in pairs. So it pays to *wait* and let a
# group grow; but who waits too long has no move left. That is the whole difficulty, and it is the
# difficulty of every task for **reinforcement learning**: what is good now and what is good in the
# end are not the same, and nobody says which of the moves it was that made the score.

# %%
plots.show(
    pictures.process(),
    alt="Two boxes, player and game. An arrow from player to game: action, which group is popped. "
    "An arrow back: state, the board, and reward, the points.",
)

# %% [markdown]
# | word | here |
# |---|---|
# | **state** | the board |
# | **action** | which group is popped |
# | **reward** | the points that this gives |
# | **policy** | what the player does on a board; it is what we want to improve |
# | **return** | all rewards from now on, later ones counting less: $r_0 + \gamma r_1 + ...$ |
#
# Why less? A game may go on for ever, and what is far away is mostly chance. With $\gamma = 0.97$,
# a point twenty-three moves ahead counts half.
#
# **Exercise 1: The return.** Write it for a list of rewards.
#
# <details><summary>Hint 1</summary>
#
# `enumerate(rewards)` gives each reward with its number, from 0.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Add up `gamma**number * reward`. The first number is 0, and anything to the power of 0 is 1.
#
# </details>


# %% tags=["exercise"]
def discounted(rewards, gamma):
    """The return of a game with these rewards, the first of them now."""
    # BEGIN SOLUTION
    return sum(gamma**number * reward for number, reward in enumerate(rewards))
    # END SOLUTION


check.discounted(discounted)

# %% [markdown]
# ## 2. Players that learn nothing
#
# Misconception: *"More points in every move make more points in the end."* Four simple players:
#
# - **random** pops any group,
# - **greedy** pops the largest one,
# - **saver** never pops the commonest colour while there is another one, so that it grows together,
# - **ahead** adds up the points of a move and of the best move after it.
#
# The columns that come are chance, but a game has a number, its seed, and the same seed brings the
# same columns, whatever is played. So all meet in the very same 200 games. *Predict first:* how
# much better than random is greedy?

# %%
games = Games.deal(np.arange(CONTEST), SIZE, COLOURS)
simple = {
    "random": players.random(SEED),
    "greedy": players.greedy,
    "saver": players.saver,
    "ahead": players.ahead,
}
found = arena.compete(games, simple)
plots.show(
    pictures.contest(found),
    alt="Scores of four players in the same games, each game a dot, with mean and interval: "
    + ", ".join(f"{name} {done.scores.mean():.0f}" for name, done in found.items()),
)

# %% [markdown]
# Not at all: whoever always takes the largest group breaks up what would have become a larger one.
# Looking only one move ahead helps a lot. Looking ahead further takes too long, since chance comes
# in. We want a player that *knows* what a board is worth without looking ahead. That is what is
# learnt.
#
# The black lines are 95 % intervals of the mean: had we played 200 other games, it would most
# likely lie in there as well.
#
# ## 3. Q, and a table of it
#
# **Q** of an action is the return after it, if all later moves are the best ones: its points now,
# plus $\gamma$ times the Q of the best action on the board that comes next, on average,
#
# $$Q(s, a) = r + \gamma \, \max_{a'} Q(s', a').$$
#
# Who knows Q plays best: take the action with the highest one. Nobody knows it, but the equation
# says how to find it out. Begin with 0 everywhere and play. After each move compare both sides,
# and move the left side a little, the part `rate`, towards the right side, the **target**. This is
# *Q-learning*.
#
# **Exercise 2: One step of Q-learning.** What is Q of the action after the move?
#
# <details><summary>Hint 1</summary>
#
# First the target: the right side of the equation. `best_next` is the maximum in it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The way to go is the target minus `q`. Go the part `rate` of it, from `q` on.
#
# </details>


# %% tags=["exercise"]
def update(q, reward, best_next, gamma, rate):
    """Q of an action after it gave a reward and led to a board whose best Q is `best_next`."""
    # BEGIN SOLUTION
    target = reward + gamma * best_next
    return q + rate * (target - q)
    # END SOLUTION


check.update(update)

# %% [markdown]
# A table has a number for every action on every board. On a tiny board that is possible, and more:
# there the *true* Q can be computed, by going through all boards again and again until the equation
# holds everywhere. So we see how far the table is from the truth.

# %%
solved = tiny.Solved(TINY, TINY_COLOURS, GAMMA)
table = tiny.Table(GAMMA, rate=0.5, explore=0.3, seed=SEED)
tiny_games = Games.deal(np.arange(1_000), TINY, TINY_COLOURS)
tiny_scores = {
    name: play(tiny_games, player).scores.mean()
    for name, player in (("random", simple["random"]), ("best play", solved.q))
}
print(f"{len(solved.boards):,} boards of {TINY[0]} by {TINY[1]} cells in {TINY_COLOURS} colours")
print({name: round(score, 1) for name, score in tiny_scores.items()})

# %% [markdown]
# Three moves in ten are made at random, whatever the table says: else an action whose first try
# went badly would never be tried again. This is **exploration**. *Predict first:* after 500 games,
# which curve is further from its goal, the score or the error of Q?

# %%
table_history = []


def learn_table(count, at_once=50):
    """Learn from games until it were so many. Interrupted and run again, it goes on."""
    curves = plots.Live(alt="Score of the table, and its distance from the true Q, by games.")
    missing = range(at_once * len(table_history), count, at_once)
    if not missing:
        return print(f"The table has learnt from its {count} games; ask for more to go on.")
    with Progress(len(missing), "Filling the table") as progress:
        for first in missing:
            table.rate = max(0.05, 0.5 * (1 - first / count))
            seeds = 1_000_000 + first + np.arange(at_once)
            table.learn(Games.deal(seeds, TINY, TINY_COLOURS))
            score = play(tiny_games[:300], table.q).scores.mean()
            error = np.abs(table.q(tiny_games) - solved.q(tiny_games)).mean()
            table_history.append((first + at_once, score, error))
            if len(table_history) % 8 == 0 or first == missing[-1]:
                curves.show(pictures.table_curves(table_history, tiny_scores))
            progress.advance(note=f"off by {error:.1f} points")


learn_table(TABLE_GAMES)

# %% [markdown]
# The score is soon near that of best play while the numbers are still far off: to play well, only
# the *order* of the actions must be right. Put the two side by side, on one board:

# %%
one = tiny_games[[np.bincount(tiny_games.choices.which).argmax()]]  # it has most choices
print("true Q:     ", solved.q(one).round(1))
print("table's Q:  ", table.q(one).round(1))
plots.show(
    pictures.heat(one, table.q(one), "The board"),
    alt="A tiny board, and the table's Q of each of its groups.",
)

# %% [markdown]
# ## 4. Too many boards
#
# Tables end here. *Predict first:* how many boards of 8 by 8 bubbles in 4 colours are there?

# %%
for size, colours in ((TINY, TINY_COLOURS), (SIZE, COLOURS), ((14, 10), 5)):
    power = size[0] * size[1] * np.log10(colours)
    print(f"{size[0]:2} by {size[1]:2} in {colours} colours: about 10^{power:.0f} full boards")

# %% [markdown]
# $10^{39}$: no board ever comes twice, and a table has an entry only for what came before. A
# network can tell what a *new* board is worth, from boards that are like it.
#
# **After-states.** A network with an output for every action is awkward here: each board has other
# actions. But a move has two parts: what the player does, without chance, and what chance adds.

# %%
later = play(games, players.greedy, moves=15)
vacated = (later.choices.afters == 0).all(axis=1).any(axis=1)  # moves that empty a column
plots.show(
    pictures.after_state(later, int(vacated.argmax())),
    alt="A board with a marked group; the after-state, in which it has popped, the bubbles have "
    "fallen and a column has closed up; the next board, with a new column on the right.",
)

# %% [markdown]
# The board in the middle is the **after-state**. It is all that matters from now on, however it
# came about. So the network tells one number for an after-state, $V$, what it is still worth, and
#
# $$Q(s, a) = r + \gamma \, V(\mathrm{afterstate}).$$
#
# **What the network sees.** Not colours: whether a bubble has the colour of its neighbour to the
# right, below, two below and so on, and which bubbles have the commonest colour, the second, ...
# Red and blue exchanged, that is the same picture; and so nothing must be learnt twice.

# %%
settings = Settings(SIZE, COLOURS, STEPS, gamma=GAMMA, seed=SEED)
learner = Learner(settings)
for layer in lasagne.layers.get_all_layers(learner.network.layer):
    print(f"{type(layer).__name__:18} output shape {layer.output_shape}")
print("weights:", lasagne.layers.count_params(learner.network.layer))

# %% [markdown]
# ## 5. Deep Q-learning
#
# As with the table: play, compare both sides of the equation, move the left towards the right.
# Three things keep a network from falling over while it does so:
#
# - **Replay.** Moves that follow each other are alike, and a network that sees one sort forgets
#   the others. So moves are put into a store, and each step learns from 128 drawn at random.
# - **A target network.** The right side has the network in it, too: it would run after its own
#   tail. So targets are computed by a copy, renewed every 150 steps.
# - **Exploring less and less.** At first all moves are random, after a fifth of the training 2 %.

# %%
print(inspect.getsource(Learner.step))
print(inspect.getsource(Learner._targets))

# %% [markdown]
# **Exercise 3: The best of each board.** In a batch all choices of all boards stand in one long
# array `q`, and `which` says for each on which board it is. Write what `np.maximum.at` does above:
# the highest Q of each board. *What is a board worth that is not in `which`?*
#
# <details><summary>Hint 1</summary>
#
# No choice means that the game is over: nothing is to come any more.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `q[which == board]` are the numbers of one board. `max(initial=0)` is 0 where there are none, and
# no Q is below 0.
#
# </details>


# %% tags=["exercise"]
def targets(q, which, count):
    """(count,) the highest q of each board; `which` has the board of each q."""
    # BEGIN SOLUTION
    return np.array([q[which == board].max(initial=0) for board in range(count)])
    # END SOLUTION


check.targets(targets)

# %% [markdown]
# Train, and watch. *Predict first:* the score will stay flat at first. How long, and why?

# %%
levels = {name: found[name].scores.mean() for name in ("random", "ahead")}
checked = Games.deal(np.arange(1_000, 1_030), SIZE, COLOURS)
history = []


def train(learner, steps, every=100):
    """Train until so many steps are done. Interrupted and run again, it goes on."""
    if learner.done >= steps:
        return print(f"The network has its {steps} steps; ask for more to go on.")
    curves = plots.Live(alt="Score of the network, and the share of random moves, by steps.")
    with Progress(steps - learner.done, "Training") as progress:
        while learner.done < steps:
            learner.step()
            note = f"{len(learner.scores)} games over"
            if learner.done % every == 0 or learner.done == steps:
                score = play(checked, learner.network.q, 300).scores.mean()
                history.append((learner.done, score, learner.explore))
                curves.show(pictures.learning(history, levels))
            progress.advance(note=note)


train(learner, STEPS)

# %% [markdown]
# While most moves are random, the games that it learns from are bad ones, and V is the worth of
# boards *in bad hands*. With better moves come better games, and from these it learns what a good
# player can do: the curve goes on rising long after exploring has ended.
#
# ## 6. A network with more patience
#
# The same code, more steps: a few minutes. What came out lies beside the code, with the log of its
# training. *Predict first:* how many times the score of random?

# %%
report = pretrained.report()
for line in report["log"][::3]:
    print(f"step {line['step']:5}: {line['games']:5} games, score {line['score']:6}")
everyone = {"yours": learner.network.q, "trained": trained.q}
with Progress(len(everyone), f"Playing {CONTEST} games") as progress:
    for name, player in everyone.items():
        found |= arena.compete(games, {name: player})
        progress.advance()

# %%
plots.show(
    pictures.contest(found),
    alt="Scores of all players in the same games, each game a dot, with mean and interval: "
    + ", ".join(f"{name} {done.scores.mean():.0f}" for name, done in found.items()),
)
for name, done in found.items():
    low, high = arena.interval(done.scores)
    chance = arena.chance(done.scores, found["greedy"].scores)
    print(f"{name:8} {done.scores.mean():6.0f} ({low:.0f} to {high:.0f}), p {chance:.4f}")

# %% [markdown]
# **Is it luck?** The last column answers: if a player were as good as greedy, its score and
# greedy's could be exchanged in each game. Exchange them at random, ten thousand times: in how
# many is the difference as large as the one that we saw? That share is `p`.
#
# **Exercise 4: Paired.** Two players have played the same games. How much better is the first, and
# how sure is that? Return the mean difference and its standard error.
#
# <details><summary>Hint 1</summary>
#
# Subtract game by game first: a lucky game is lucky for both, and that goes out.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The standard error of a mean of $n$ numbers is their standard deviation divided by $\sqrt{n}$.
#
# </details>


# %% tags=["exercise"]
def paired(one, other):
    """Mean of one - other, and the standard error of that mean; scores in the same games."""
    # BEGIN SOLUTION
    difference = one - other
    return difference.mean(), difference.std() / np.sqrt(len(difference))
    # END SOLUTION


check.paired(paired)

# %% [markdown]
# ## 7. Watch it play
#
# The left board shows the game, the right one the network's Q of each group. *Predict first*,
# before each move: which group would you pop? When it leaves a large group alone, look for its
# reason.

# %%
watched = [games[[5]]]


def watch(moves):
    """Show moves of the trained network; interrupted and run again, it goes on."""
    live = plots.Live(alt="A game, move by move: the board, and Q of each of its groups.")
    with Progress(max(1, moves + 1 - len(watched)), "Playing") as progress:
        while len(watched) <= moves and not watched[-1].over[0]:
            now = watched[-1]
            q = trained.q(now)
            title = f"move {now.moves[0] + 1}, {now.scores[0]} points"
            live.show(pictures.heat(now, q, title))
            watched.append(now.after(now.choices.best(q)))
            progress.advance()


watch(WATCHED)

# %% [markdown]
# Now **you** again, with hints of the network that you trained yourself (H). Can you beat the mean
# of the trained one?

# %%
own = Match(seed=7, size=SIZE, colours=COLOURS, adviser=learner.network.q)
display(Playing(own))

# %% [markdown]
# ## 8. Keep your network
#
# The weights, rounded to 16 bits, and how they came about: two files in a folder beside the
# notebook.

# %%
folder = own_file("my-player")
pretrained.save(folder, learner.network, {"log": history})
again = pretrained.load(folder)
size = sum(path.stat().st_size for path in folder.iterdir())
rounded = np.abs(again.q(games) - learner.network.q(games)).max()
print(f"{folder}: {size / 1e3:.0f} kB; no Q changed by more than {rounded:.2f} points")

# %% [markdown]
# ## Recap
#
# - Reward is what a move gives, return is what all later ones give as well, Q is the best return.
# - Q-learning moves Q towards reward plus gamma times the best Q of what comes next.
# - A network instead of the table needs replay, a target network, and enough exploration.
# - Taking the most now is no better than chance here; the network has learnt to wait.
# - Compare players in the same games, many of them, and say how sure you are.
#
# **At home.**
#
# - *Without a leg.* Set `renew=1` in `Settings`, then `replay=1300`: what does each cost?
# - *Short sight.* Train with `gamma=0.5`. Is it better than ahead? It plans a move or two.
# - *Train longer.* `python3 -m workshop.bubbles.train --steps 10000 --to longer` in a terminal,
#   then `pretrained.load(Path("longer"))`.
# - *The board of 2016* had 14 rows, 10 columns and 5 colours: `Settings((14, 10), 5, 5_000)`.
#
# **References.** Watkins and Dayan, *Q-learning* (1992). Tesauro, *Temporal difference learning and
# TD-Gammon* (1995). Mnih et al., *Human-level control through deep reinforcement learning* (2015).
# Sutton and Barto, *Reinforcement Learning: An Introduction* (2018), chapters 3 and 6.
#
# ## Did it work?

# %% tags=["expect"]
(_, _, first_error), *_, (_, _, last_error) = table_history
assert len(table_history) * 50 == TABLE_GAMES, "the table was interrupted; run its cell again"
assert last_error < 0.6 * first_error, (
    f"the table's Q was off by {first_error:.1f} points and is by {last_error:.1f}; expected less "
    "than six tenths of it"
)
assert learner.done == STEPS, "the training was interrupted; run its cell again"
means = {name: done.scores.mean() for name, done in found.items()}
sure = {
    name: arena.chance(found[name].scores, found["greedy"].scores) for name in ("yours", "trained")
}
for name, least in (("yours", 1.5), ("trained", 3)):
    times = means[name] / means["random"]
    assert times >= least, f"{name}: {times:.1f} times the score of random; expected {least}"
    assert means[name] > means["greedy"] and sure[name] < 0.01, f"{name}: no better than greedy"
    print(f"{name}: {times:.1f} times random (at least {least}), p against greedy {sure[name]:.4f}")

# %% tags=["expect"]
assert arena.compete(games, {"trained": trained.q})["trained"].scores.tolist() == (
    found["trained"].scores.tolist()
), "the same games ended with other scores"
assert rounded < 20, f"saved and read again, a Q changed by {rounded:.0f} points"
match.pop(*np.argwhere(match.now.choices.cells[0])[0])
match.undo()
assert np.array_equal(match.now.boards, match.moments[0].boards), "undo left another board"
print("All is well.")
