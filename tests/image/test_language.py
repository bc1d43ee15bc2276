"""The recurrent networks of lesson 8 compute what they should, and ship as their script makes them.

The reference for the loop over time, which is ours, is Theano's `scan` over the same step.
"""

import json
import shlex

import pytest

from appliance_build.paths import NOTEBOOKS

from .tree import Tree

LOG = NOTEBOOKS / "workshop" / "language" / "trained" / "log.json"
ORDER = 5  # of the counting that the shipped network must beat

#: Largest differences of states and of gradients, in parts of the largest value. Python's own
#: linker: a scan takes half a minute to compile.
BY_SCAN = """
import numpy as np, theano, theano.tensor as T
from workshop.language.recurrent import Network
mode = theano.Mode("py", "fast_compile")
rng = np.random.RandomState(0)
for kind in ("rnn", "lstm"):
    network, block = Network(kind, 7, 5, seed=1), T.imatrix()
    U, count = network.weights["U"], network.of_kind.states
    U.set_value(2 * U.get_value())
    state = [theano.shared(rng.uniform(-1, 1, (3, 5))) for _ in range(count)]
    z = network.sums(block).astype("float64")
    def step(z, *state):
        return network.of_kind.step(z, U, *state)[:count]
    found, _ = theano.scan(step, sequences=z, outputs_info=state)
    ways = (found[0] if count > 1 else found), network.over_time(z, state)[0]
    ask = rng.uniform(-1, 1, (6, 3, 5))
    wanted = [network.weights["W"], U, network.weights["b"], *state]
    text = np.arange(18, dtype="int32").reshape(6, 3) ** 2 % 7
    both = [
        theano.function([block], [h, *T.grad((h * ask).sum(), wanted)], mode=mode)(text)
        for h in ways
    ]
    print(max(abs(a - b).max() / abs(a).max() for a, b in zip(*both, strict=True)))
"""
#: A text in one block, in several, and character by character costs the same.
CARRIED = """
import numpy as np
from workshop.language.corpus import SHAKESPEARE, Alphabet
from workshop.language.recurrent import Network
from workshop.language.training import Meter, Training
from workshop.language.writing import Writer
text = "Master:\\nBoatswain!\\n\\nBoatswain:\\nHere, master: what cheer?\\n" * 2
alphabet = Alphabet(SHAKESPEARE)
codes = alphabet.encode(text)
for kind in ("rnn", "lstm"):
    network = Network(kind, len(alphabet), 9, seed=1)
    meter = Meter(network)
    bits = [meter.bits(codes, steps=steps) for steps in (10, 33, 1000)]
    bits.append(-np.log2(Writer(network, alphabet).trace(text).right[1:]).mean())
    training = Training(network, codes, 1, 10, rate=0, seed=5, fresh=0)
    start = np.random.RandomState([5, 0]).randint(len(codes))
    losses = [training.step() for _ in range(training.steps_in_pass)]
    lengths = [10] * (len(losses) - 1) + [(len(codes) - 1) % 10 or 10]
    read = np.average(losses, weights=lengths), meter.bits(np.roll(codes, -start))
    print(max(bits) - min(bits), abs(read[0] - read[1]))
"""
LEARNS = """
import numpy as np
from workshop.language.corpus import Alphabet
from workshop.language.recurrent import Network
from workshop.language.training import Training
from workshop.language.writing import Writer
text = "a quick fox; " * 200
alphabet = Alphabet.of(text)
for kind in ("rnn", "lstm"):
    runs = []
    for _ in range(2):
        network = Network(kind, len(alphabet), 24, seed=1)
        training = Training(network, alphabet.encode(text), 8, 16, 0.02, last_pass=10, seed=2)
        while training.passes < 9 or len(training.losses) < 10 * training.steps_in_pass:
            training.step()
        runs.append(training.losses)
    writer = Writer(network, alphabet)
    print(runs[0] == runs[1], runs[0][0] > 2.5, np.mean(runs[0][-5:]) < 0.2,
          writer.write(20, "a qu", temperature=0.1) == "ick fox; a quick fox")
"""
#: Of a network whose answers hardly depend on h, the loss without dropout and its mean with it, as
#: distances from guessing: to hide half and to double the rest leaves the sums as they are.
DROPS = """
import numpy as np
from workshop.language.recurrent import Network
from workshop.language.training import Training
codes = np.arange(330, dtype="int32") ** 2 % 7
for drop in (0, 0.5):
    network = Network("lstm", 7, 50, seed=1)
    network.weights["V"].set_value(0.05 * network.weights["V"].get_value())
    training = Training(network, codes, 10, 32, rate=0, seed=3, fresh=0, drop=drop)
    losses = [training.step() for _ in range(400 if drop else 40)]
    print(np.mean(losses) - np.log2(7), np.std(losses))
"""
#: Of a text that can be known for sure, what a network has learnt to say of each character.
SMOOTHS = """
import numpy as np
from workshop.language.recurrent import Network
from workshop.language.training import Training
codes = np.arange(2000, dtype="int32") % 4
for smooth in (0, 0.2):
    network = Network("lstm", 4, 16, seed=1)
    training = Training(network, codes, 8, 16, 0.02, last_pass=15, seed=2, smooth=smooth)
    losses = [training.step() for _ in range(15 * training.steps_in_pass)]
    print(2 ** -np.mean(losses[-5:]))
"""
FIGURES = """
import numpy as np
from workshop.language import pictures
def drawn(fig):
    return [(text.get_text(), *map(float, text.get_position())) for text in fig.axes[0].texts]
text, values = "ab\\n\\ncdefg", np.linspace(-1, 1, 9)
painted = pictures.painted(text, values, "title", width=4)
grid = np.ma.filled(painted.axes[0].images[0].get_array(), np.nan)
print([symbol for symbol, *_ in drawn(painted)] == list("ab\u21b5\u21b5cdefg"),
      (~np.isnan(grid)).sum(axis=1).tolist(), np.allclose(grid[~np.isnan(grid)], values))
rows = pictures.rows("a b", {"keep": np.array([0, 0.5, 1])}, "Gates", (0, 1)).axes[0]
print(rows.images[0].get_array().tolist(), [t.get_text() for t in rows.get_xticklabels()])
curves = pictures.curves({"rnn": [6.0, 4.0, 2.0], "lstm": []}, {"counting": 2.5}, 9, "Learning", 2)
print([line.get_xydata().tolist() for line in curves.axes[0].lines[:-1]])
print([found for found in drawn(pictures.unrolled("abc", cut=1)) if found[0] in list("abc")])
print(pictures.fading({"rnn": [0.1, 0.5, 1.0]}, "Fading").axes[0].lines[0].get_xydata().tolist())
"""
SHIPPED = """
import json
from workshop.language import checkpoints
from workshop.language.corpus import load_plays, load_poems
from workshop.language.ngram import NGram
from workshop.language.train import MEASURED
from workshop.language.training import Meter
report = {}
for name, corpus in (("plays", load_plays()), ("poems", load_poems())):
    found = checkpoints.load(f"{name}-last")
    train, held_out = map(found.alphabet.encode, (corpus.train, corpus.held_out))
    counted = NGram(train, len(found.alphabet), ORDER).bits(held_out)
    bits = Meter(found.network()).bits(held_out, MEASURED)
    report[name] = [corpus.is_standin, counted, bits]
print(json.dumps(report))
"""


def python(tree: Tree, code: str) -> list[str]:
    """What Python code prints in the tree."""
    return tree.ok(f"python3 -c {shlex.quote(code)}").splitlines()


def test_the_loop_over_time_is_scans_and_so_are_its_gradients(tree):
    differences = [float(line) for line in python(tree, BY_SCAN)]
    assert len(differences) == 2 and max(differences) < 1e-9, differences


def test_the_state_is_carried_from_block_to_block(tree):
    lines = [[float(word) for word in line.split()] for line in python(tree, CARRIED)]
    assert len(lines) == 2 and all(max(line) < 1e-4 for line in lines), lines


def test_a_training_learns_and_repeats_itself_number_by_number(tree):
    assert python(tree, LEARNS) == 2 * ["True True True True"]


def test_dropout_hides_at_random_and_leaves_the_sums_as_they_are(tree):
    plain, dropped = ([float(word) for word in line.split()] for line in python(tree, DROPS))
    assert dropped[0] == pytest.approx(plain[0], rel=0.3)  # half, if not doubled
    assert dropped[1] > 2 * plain[1]


def test_label_smoothing_leaves_the_rest_to_the_whole_alphabet(tree):
    sure, smooth = map(float, python(tree, SMOOTHS))
    assert sure > 0.95
    assert smooth == pytest.approx(0.8 + 0.2 / 4, abs=0.01)


def test_figures_put_every_character_and_number_where_it_belongs(tree):
    painted, rows, curves, unrolled, fading = python(tree, FIGURES)
    assert painted == "True [3, 1, 4, 1] True"
    assert rows == "[[0.0, 0.5, 1.0]] ['a', '\u2423', 'b']"
    assert curves == "[[[2.0, 5.0], [3.0, 3.0]]]"  # a mean of two; what has not begun is left out
    expected = [("a", 0.0, 0.0), ("b", 0.0, 2.0), ("b", 1.0, 0.0), ("c", 1.0, 2.0)]
    assert unrolled == str(expected)
    assert fading == "[[2.0, 0.1], [1.0, 0.5], [0.0, 1.0]]"


def test_the_shipped_networks_beat_counting_and_are_those_of_the_log(tree):
    *_, line = python(tree, SHIPPED.replace("ORDER", str(ORDER)))
    log = json.loads(LOG.read_text())
    for name, (standin, counted, bits) in json.loads(line).items():
        if standin:
            pytest.skip("this build has stand-ins for Shakespeare")
        assert bits < counted, f"{name}: {bits:.3f}, counting {counted:.3f} bits per character"
        assert bits == pytest.approx(log[name][-1]["held_out"], abs=0.005)


@pytest.mark.full
def test_a_first_pass_gives_the_figures_of_the_log(tree):
    """Roundings differ between computers, and training makes more of them."""
    tree.ok("python3 -m workshop.language.train /var/tmp/networks --passes 1")
    found = json.loads(tree.ok("cat /var/tmp/networks/log.json"))["plays"]
    expected = json.loads(LOG.read_text())["plays"]
    assert [row["steps"] for row in found] == [row["steps"] for row in expected[: len(found)]]
    for ours, theirs in zip(found, expected, strict=False):
        assert ours["train"] == pytest.approx(theirs["train"], abs=0.03)
        assert ours["held_out"] == pytest.approx(theirs["held_out"], abs=0.05)
